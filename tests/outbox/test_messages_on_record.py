"""What is kept of the messages of a case, who reads it, and who decides what did not go out (N14, C23)."""

from datetime import datetime

import pytest
from sqlalchemy import func, select, update

from core.messages import Channel, Link, Message, State, masked, next_try
from db import outbox
from db.links import Links, Purpose
from db.tables import MessageRow, PersonRow
from db.unit import SqlUnit
from tests.conftest import NAMED, SHANGHAI
from tests.outbox.house import HELD, KEY, notices
from tests.receiving import gateway, mail_server


def test_neither_the_database_nor_a_backup_holds_a_link_that_acts_for_somebody(house_at):
    with gateway() as sms:
        house = house_at(sms_url=sms.url)
        house.post("he", link=Link(Purpose.ANSWER, house.case.id, HELD))
        token = Links(KEY).address(Purpose.ANSWER, house.case.id, HELD)
        before = [repr(vars(row)) for row in house.rows()]
        house.send()
        assert token in sms.bodies[0]["text"]
    assert token not in repr(before) + repr([vars(row) for row in house.rows()])
    with pytest.raises(ValueError, match="what its link is for"):
        house.post("chen", link=token)


def test_of_a_classified_case_nothing_leaves_but_that_there_is_something(house_at, post):
    """C23, whatever the words of the definition say."""
    with mail_server() as mails, gateway() as sms:
        house = house_at(smtp_url=mails.url, sms_url=sms.url)
        secret = post.register(secrecy_level="秘密", title="（题名从略）", doc_number="机密件登记第2026-6号")
        house.post("he", case=secret, link=Link(Purpose.ANSWER, secret.id, HELD))
        house.send()
    left = mails.subjects[0] + mails.says() + sms.bodies[0]["text"] + notices(house, "he")[0]
    assert "年度工作会议" not in left
    assert "/m/" not in left
    assert secret.number in left


def test_once_a_case_is_found_to_be_classified_what_was_written_of_it_is_gone(house_at, post):
    with gateway() as sms:
        house = house_at(sms_url=sms.url)
        house.post("he")
        post.act(house.case, "correct", "wang", item="secrecy_level", value="秘密", reason="补定密级")
        house.send()
        assert "年度工作会议" not in sms.bodies[0]["text"]
    assert all("年度" not in row.subject + row.text for row in house.rows())


def test_who_sees_the_case_sees_what_was_sent_of_it_and_nobody_else(house_at, reader_of, post):
    from core.errors import NotAllowed, NotFound

    with gateway() as sms:
        house = house_at(sms_url=sms.url)
        house.post("he", "chen")
        house.send()
    frame = reader_of(NAMED["wang"]).messages(house.case.id)
    shown = frame[frame["channel"] == "sms"][["name", "address", "state"]].to_numpy().tolist()
    assert shown == [["何副市长", "138****0001", "sent"], ["陈立", "138****0002", "sent"]]
    with pytest.raises(NotFound):
        reader_of(NAMED["chen"]).messages(house.case.id)
    with pytest.raises(NotAllowed):
        reader_of(NAMED["chen"]).unsent()
    assert set(reader_of(NAMED["zhang"]).unsent()["channel"]) == {"mail"}
    assert reader_of(NAMED["zhang"]).message_counts() == {
        (State.WITHHELD, Channel.MAIL): 2,
        (State.SENT, Channel.SMS): 2,
        (State.SENT, Channel.OA): 2,
    }
    assert reader_of(NAMED["zhang"]).unsent(able=[Channel.SMS]).empty
    assert reader_of(NAMED["sun"]).outbox(text="何副市长 会议通知")["name"].unique().tolist() == ["何副市长"]


def test_what_was_seen_on_the_desk_is_read(house_at, reader_of, office):
    house = house_at()
    house.post("zhang")
    reader = reader_of(NAMED["zhang"])
    office.dismiss([int(n) for n in reader.notices()["id"]], by=NAMED["zhang"])
    frame = reader_of(NAMED["zhang"]).messages(house.case.id)
    (row,) = frame[frame["channel"] == "oa"].itertuples()
    assert (row.state, row.seen_at) == (State.SEEN, house.clock())


def test_a_person_sends_again_to_where_the_addressee_is_reached_now(house_at, reader_of, clock, database):
    with gateway() as sms:
        house = house_at(sms_url=sms.url)
        house.post("li")
        (row,) = house.rows(recipient="li", channel="sms")
        said = house.resending.again([row.id], clock(), by=NAMED["wang"])
        assert said == {row.id: "没有手机号码：请在通讯录补上后重发"}
        with database.writing() as session:
            session.execute(update(PersonRow).where(PersonRow.id == "li").values(mobile="13800000007"))
            session.commit()
        assert house.resending.again([row.id], clock(), by=NAMED["wang"]) == {row.id: None}
        assert house.resending.again([row.id], clock(), by=NAMED["wang"])[row.id].startswith("这条还在“待发”")
        house.send()
        assert house.resending.again([row.id], clock(), by=NAMED["wang"]) == {row.id: "这条已发出，不必再发"}
    assert [body["mobile"] for body in sms.bodies] == ["13800000007"]
    journal = reader_of(NAMED["sun"]).journal()
    assert journal["action_title"].tolist() == ["重发通知"]
    assert journal["changes"].tolist() == [f"编号：{house.case.number}；通道：短信；原：不发"]


def test_whoever_telephoned_says_so_and_it_is_done_with(house_at, clock, reader_of):
    house = house_at()
    house.post("he")
    ids = [row.id for row in house.rows(recipient="he") if row.state == "withheld"]
    assert set(house.resending.told(ids, clock(), by=NAMED["wang"]).values()) == {None}
    assert reader_of(NAMED["wang"]).unsent().empty
    (desk,) = house.rows(recipient="he", channel="oa")
    assert house.resending.told([desk.id], clock(), by=NAMED["wang"])[desk.id] is not None


def test_who_has_nothing_to_do_with_the_case_decides_nothing_about_its_messages(house_at, clock, post):
    house = house_at()
    house.post("he")
    ids = [row.id for row in house.rows(recipient="he")]
    for who in ("chen", "sun"):
        outcome = house.resending.again(ids, clock(), by=NAMED[who])
        assert None not in outcome.values()
    assert house.resending.again(["no such"], clock(), by=NAMED["wang"]) == {
        "no such": "没有这一件，或不在您的知悉范围"
    }


def test_an_administrator_tries_a_channel_on_themselves(house_at, clock, reader_of):
    from core.errors import NotAllowed

    with mail_server() as mails:
        house = house_at(smtp_url=mails.url)
        assert house.resending.test(Channel.MAIL, clock(), by=NAMED["zhang"]) == "邮件已发出，请看是否收到"
        with pytest.raises(NotAllowed):
            house.resending.test(Channel.MAIL, clock(), by=NAMED["wang"])
        with pytest.raises(NotAllowed, match="短信通道没有配置"):
            house.resending.test(Channel.SMS, clock(), by=NAMED["zhang"])
    assert mails.arrived[0]["To"] == "张主任 <zhang@city.example>"
    assert house.resending.test(Channel.MAIL, clock(), by=NAMED["zhang"]).startswith("邮件没有发成：")
    assert len(reader_of(NAMED["sun"]).journal(action="message.tested")) == 2


def test_what_waited_in_a_backup_is_unclear_when_it_comes_back(house_at):
    with gateway() as sms:
        house = house_at(sms_url=sms.url)
        house.post("he")
        with house.database.writing() as session:
            outbox.after_restore(session)
            session.commit()
        house.after(600)
        assert sms.posted == []
    assert house.states("he") == {"mail": "withheld", "oa": "sent", "sms": "unknown"}


def test_the_plan_of_tries_ends():
    at = datetime(2026, 11, 20, 15, 0, tzinfo=SHANGHAI)
    waits = [(next_try(n, at) - at).total_seconds() / 60 for n in range(1, 7)]
    assert waits == [1, 2, 5, 15, 60, 180]
    assert next_try(7, at) is None


def test_an_address_is_shown_so_that_it_can_be_recognised_and_not_used():
    assert masked("13812341234") == "138****1234"
    assert masked("+8613812341234") == "+86138****1234"
    assert masked("wangmin@city.example") == "w***@city.example"
    assert masked("12345") == "***45"
    assert masked("") == ""


def test_nothing_is_posted_when_its_cause_is_undone(house_at):
    house = house_at()
    with SqlUnit(house.database, house.files, KEY) as unit:
        unit.post(Message(house.case.id, "he", "通知", "请到会"), house.clock())
    with house.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(MessageRow)) == 0


def test_what_waits_of_a_case_that_was_voided_leaves_no_more(house_at, post):
    """A gateway that is down must not tell people tomorrow of what was called off today."""
    with gateway() as sms:
        house = house_at(sms_url=sms.url)
        house.post("he", "chen")
        post.act(house.case, "void", "zhang", reason="重复登记")
        house.after(600)
        assert sms.posted == []
    row = house.rows(recipient="he", channel="sms")[0]
    assert (State(row.state).label, row.error) == ("不再发", "事项已撤回或作废，不再发送")
    assert house.states("chen")["oa"] == "sent"
    assert house.rows(recipient="chen", channel="sms")[0].next_at is None
