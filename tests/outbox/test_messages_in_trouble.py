"""What does not go out at once is tried again, given up or left to a person, and said (N14)."""

from datetime import timedelta

import pytest

from core.messages import DELAYS, Link
from db import outbox
from db.links import Purpose
from tests.receiving import gateway, mail_server
from tests.serving import free_port


def test_while_the_server_is_down_it_is_tried_again_less_and_less_often(house_at):
    port = free_port()
    house = house_at(smtp_url=f"smtp://127.0.0.1:{port}?tls=none")
    house.post("he")
    house.send()
    (row,) = house.rows(recipient="he", channel="mail")
    assert (row.state, row.attempts) == ("retrying", 1)
    assert row.error.startswith("邮件服务器 127.0.0.1 连不上")
    assert row.next_at == house.clock() + timedelta(minutes=1)
    house.after(0.5)
    house.after(0.5)
    (row,) = house.rows(recipient="he", channel="mail")
    assert (row.attempts, row.next_at) == (2, house.clock() + timedelta(minutes=2))
    with mail_server(port) as mails:
        house.after(2)
        assert house.states("he")["mail"] == "sent"
        house.after(600)
    assert mails.subjects == ["会议通知：年度工作会议"]
    (row,) = house.rows(recipient="he", channel="mail")
    assert (row.attempts, row.error) == (3, "")


def test_after_the_last_try_it_has_not_gone_out(house_at):
    house = house_at(smtp_url=f"smtp://127.0.0.1:{free_port()}?tls=none")
    house.post("he")
    house.send()
    for delay in DELAYS:
        house.after(delay.total_seconds() / 60)
    (row,) = house.rows(recipient="he", channel="mail")
    assert (row.state, row.attempts, row.next_at) == ("failed", 7, None)
    assert not house.dispatcher.is_wanted(house.clock() + timedelta(days=30))


def test_a_refused_address_has_not_gone_out_with_the_servers_reason(house_at):
    with mail_server(answers={"he@city.example": "550 5.1.1 no such user"}) as mails:
        house = house_at(smtp_url=mails.url)
        house.post("he", "chen")
        house.send()
    assert [mail["To"] for mail in mails.arrived] == ["陈立 <chen@city.example>"]
    (row,) = house.rows(recipient="he", channel="mail")
    assert (row.state, row.error) == ("failed", "邮件服务器答复 550 5.1.1 no such user")


def test_an_address_that_is_greeted_with_later_is_tried_later(house_at):
    with mail_server(answers={"he@city.example": "451 greylisted"}) as mails:
        house = house_at(smtp_url=mails.url)
        house.post("he")
        house.send()
        assert house.states("he")["mail"] == "retrying"
        mails.answers.clear()
        house.after(1)
        assert house.states("he")["mail"] == "sent"


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        ((200, {"code": 0}), "sent"),
        ((200, {"code": 7, "msg": "余额不足"}), "failed"),
        ((200, b"<html>"), "failed"),
        ((400, {"msg": "bad"}), "failed"),
        ((302, {"to": "http://127.0.0.1:1/elsewhere"}), "failed"),
        ((429, {}), "retrying"),
        ((503, {}), "retrying"),
        ((500, {}), "unknown"),
        ((504, {}), "unknown"),
    ],
)
def test_what_a_gateway_answers_is_taken_at_its_word_and_no_better(house_at, reply, state):
    """An answer of 200 with an error in it is no success, and an error of the server itself says nothing."""
    with gateway(says=lambda body: reply) as sms:
        house = house_at(sms_url=sms.url, sms_ok="code=0")
        house.post("he")
        house.send()
        house.after(600)
    assert house.states("he")["sms"] == (state if state != "retrying" else "retrying")
    assert len(sms.posted) == (2 if state == "retrying" else 1)


def test_who_took_it_and_never_answered_leaves_it_unclear_and_nothing_is_sent_again(house_at, monkeypatch):
    monkeypatch.setattr("db.channels.mail.TIMEOUT", 0.3)
    monkeypatch.setattr("db.channels.web.TIMEOUT", 0.3)
    with mail_server(silent_after=True) as mails, gateway(slow=1.0) as sms:
        house = house_at(smtp_url=mails.url, sms_url=sms.url)
        house.post("he")
        house.send()
        assert house.states("he") == {"mail": "unknown", "oa": "sent", "sms": "unknown"}
        house.after(600)
        assert len(mails.arrived) == len(sms.posted) == 1
    (row,) = house.rows(recipient="he", channel="sms")
    assert row.error == "交给网关后没有收到答复（超时），可能已经发出"


def test_a_link_that_would_be_dead_on_arrival_is_not_sent(house_at):
    with gateway() as sms:
        house = house_at(sms_url=sms.url)
        house.post("he", link=Link(Purpose.ANSWER, house.case.id, house.clock()))
        house.send()
        assert sms.posted == []
    (row,) = house.rows(recipient="he", channel="sms")
    assert (row.state, row.error) == ("failed", outbox.TOO_LATE)
