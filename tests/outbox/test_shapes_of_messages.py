"""What a mail, a short message and a robot's message look like outside, and what never is in them (R29, C21)."""

import pytest
from sqlalchemy import update

from core.messages import Channel, Link
from db.channels import open_channels
from db.links import Purpose
from db.tables import PersonRow
from tests.outbox.house import HELD, settings
from tests.receiving import gateway, mail_server


def test_a_hostile_name_or_subject_makes_no_header(house_at, database):
    hostile = "会议\r\nBcc: spy@evil.example\r\n\r\n<b>\u2028\u202e"
    with database.writing() as session:
        session.execute(update(PersonRow).where(PersonRow.id == "he").values(name=hostile[:60]))
        session.execute(
            update(PersonRow)
            .where(PersonRow.id == "chen")
            .values(email="a@b.example\r\nBcc: spy@evil.example")
        )
        session.execute(update(PersonRow).where(PersonRow.id == "zhou").values(email="周@例子.example"))
        session.commit()
    with mail_server() as mails:
        house = house_at(smtp_url=mails.url)
        house.post("he", "chen", "zhou", subject=hostile, text=hostile + "\r\n.\r\nQUIT\r\n")
        house.send()
    (mail,) = mails.arrived
    assert mail["Bcc"] is None
    assert set(mail.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Type",
        "Content-Transfer-Encoding", "MIME-Version", "X-Peer", "X-MailFrom", "X-RcptTo",
    } - {"X-Peer", "X-MailFrom", "X-RcptTo"}  # fmt: skip
    assert mail["Subject"] == "会议 Bcc: spy@evil.example <b>"
    assert mail["To"].addresses[0].addr_spec == "he@city.example"
    assert "\nQUIT" in mails.says()
    assert house.states("chen")["mail"] == house.states("zhou")["mail"] == "withheld"


def test_each_try_of_a_mail_bears_the_same_id(house_at):
    with mail_server() as mails:
        house = house_at(smtp_url=mails.url)
        house.post("he")
        house.send()
        (row,) = house.rows(channel="mail")
    assert mails.arrived[0]["Message-ID"] == f"<{row.id}@bgs.example>"
    assert mails.arrived[0]["From"] == "办公室 <office@bgs.example>"


def test_mail_is_encrypted_and_signed_in_where_the_server_wants_it(house_at, certificate, monkeypatch):
    """STARTTLS with the office's own authority; a server whose certificate nobody vouches for gets nothing."""
    monkeypatch.setattr("db.channels.mail.TIMEOUT", 2)
    ca, context = certificate
    with mail_server(tls=context) as mails:
        at = f"127.0.0.1:{mails.port}"
        house = house_at(smtp_url=f"smtp://bgs:a%20p%40ss@{at}?tls=starttls&ca={ca}")
        house.post("he")
        house.send()
        assert (house.states("he")["mail"], mails.signed_in) == ("sent", ["bgs"])
        for n, url in enumerate(
            (f"smtp://bgs:a%20p%40ss@{at}", f"smtp://bgs:wrong@{at}?ca={ca}", f"smtp://{at}?tls=none")
        ):
            house.channels = open_channels(settings(smtp_url=url))
            house.dispatcher = house.another_dispatcher()
            house.post("he", occasion=f"try {n}")
            house.send()
        troubles = [row.error for row in house.rows(channel="mail") if row.state != "sent"]
        assert len(troubles) == 3
        assert not any("a p@ss" in said or "wrong" in said for said in troubles)
        assert len(mails.arrived) == 1


def test_a_gateway_has_its_own_fields_and_header(house_at):
    with gateway() as sms:
        fields = '{"to": ["{mobile}"], "params": {"content": "{text}", "n": 1}, "id": "{id}", "as": "{no}{"}'
        house = house_at(sms_url=sms.url, sms_secret="abc", sms_header="X-Key", sms_fields=fields)
        house.post("he", text="{mobile}{id}")
        house.send()
        (row,) = house.rows(channel="sms")
    _, headers, body = sms.posted[0]
    assert body == {
        "to": ["13800000001"], "params": {"content": "{mobile}{id}", "n": 1}, "id": row.id, "as": "{no}{",
    }  # fmt: skip
    assert (headers["X-Key"], headers["Idempotency-Key"]) == ("abc", row.id)


def test_robots_speak_in_the_group_in_their_own_shapes_and_never_with_a_personal_link(house_at, clock):
    """The signatures are those of the makers' published examples, computed here a second way."""
    import base64
    import hashlib
    import hmac
    from urllib.parse import parse_qs, urlsplit

    with gateway() as robots:
        base = f"http://127.0.0.1:{robots.port}"
        house = house_at(
            wecom_url=f"{base}/wecom?key=k", dingtalk_url=f"{base}/dingtalk?access_token=t", dingtalk_secret="SECd",
            feishu_url=f"{base}/feishu", feishu_secret="SECf",
        )  # fmt: skip
        house.post("he", text="请到会", link=Link(Purpose.ANSWER, house.case.id, HELD))
        house.send()
    by_path = {path.split("?")[0][1:]: (path, body) for path, _, body in robots.posted}
    assert by_path["wecom"][1] == {
        "msgtype": "text",
        "text": {"content": "何副市长：请到会", "mentioned_mobile_list": ["13800000001"]},
    }
    path, body = by_path["dingtalk"]
    assert body["at"] == {"atMobiles": ["13800000001"], "isAtAll": False}
    asked = parse_qs(urlsplit(path).query)
    stamp = str(int(clock().timestamp() * 1000))
    mac = hmac.new(b"SECd", f"{stamp}\nSECd".encode(), hashlib.sha256).digest()
    assert (asked["timestamp"], asked["sign"]) == ([stamp], [base64.b64encode(mac).decode()])
    stamp = str(int(clock().timestamp()))
    mac = hmac.new(f"{stamp}\nSECf".encode(), b"", hashlib.sha256).digest()
    assert by_path["feishu"][1] == {
        "msg_type": "text", "content": {"text": "何副市长：请到会"}, "timestamp": stamp, "sign": base64.b64encode(mac).decode(),
    }  # fmt: skip
    assert "/m/" not in repr(robots.posted)
    assert house.states("he") == {
        "sms": "withheld", "mail": "withheld", "oa": "sent", "wecom": "sent", "dingtalk": "sent", "feishu": "sent",
    }  # fmt: skip


def test_a_robot_that_refuses_or_is_in_a_hurry_is_heard(house_at):
    answers = iter(
        [
            {"errcode": 45009, "errmsg": "api freq out of limit"},
            {"errcode": 93000, "errmsg": "invalid webhook"},
        ]
    )
    with gateway(says=lambda body: (200, next(answers))) as robots:
        house = house_at(wecom_url=robots.url)
        house.post("he")
        house.send()
        assert house.states("he")["wecom"] == "retrying"
        house.after(1)
    (row,) = house.rows(channel="wecom")
    assert row.state == "failed"
    assert "invalid webhook" in row.error


def test_a_robot_is_given_no_more_in_a_minute_than_it_takes(house_at):
    with gateway() as robots:
        house = house_at(wecom_url=robots.url)
        for n in range(25):
            house.post("he", occasion=f"n{n}")
        house.send()
        house.after(0.5)
        assert len(robots.posted) == 20
        house.after(0.6)
        assert len(robots.posted) == 25


def test_an_unencrypted_address_outside_the_house_is_refused_before_anything_is_said(house_at, monkeypatch):
    with gateway() as sms:
        house = house_at(sms_url=sms.url)
        monkeypatch.setattr("db.channels.web._is_inside", lambda connection: False)
        house.post("he")
        house.send()
    assert sms.posted == []
    (row,) = house.rows(channel="sms")
    assert row.error == "网关 127.0.0.1 不在内网，地址要用 https"


@pytest.mark.parametrize(
    ("told", "channel", "said"),
    [
        ({"smtp_url": "http://mail"}, Channel.MAIL, "OFFICE_SMTP_URL 要写成"),
        ({"smtp_url": "smtp://mail:x"}, Channel.MAIL, "OFFICE_SMTP_URL 要写成"),
        ({"sms_url": "ftp://x"}, Channel.SMS, "OFFICE_SMS_URL 的地址要写成"),
        ({"sms_url": "https://x:y/"}, Channel.SMS, "OFFICE_SMS_URL 的地址要写成"),
        ({"sms_url": "https://x/", "sms_fields": "{}"}, Channel.SMS, "OFFICE_SMS_FIELDS 要写成"),
        ({"sms_url": "https://x/", "sms_ok": "yes"}, Channel.SMS, "OFFICE_SMS_OK 要写成"),
        ({"feishu_url": "feishu"}, Channel.FEISHU, "OFFICE_FEISHU_URL 的地址要写成"),
    ],
)
def test_a_setting_that_cannot_be_is_said_and_the_office_opens_all_the_same(told, channel, said):
    found = open_channels(settings(**told))
    assert channel not in found.senders
    assert said in found.missing[channel]


def test_no_secret_of_a_channel_is_shown_when_it_is_printed():
    told = settings(
        smtp_url="smtp://u:s3cret@mail.example", sms_url="https://g.example/s3cret", sms_secret="s3cret",
        wecom_url="https://w.example/?key=s3cret", dingtalk_url="https://d.example/", dingtalk_secret="s3cret",
    )  # fmt: skip
    assert len(open_channels(told).senders) == 4
    assert "s3cret" not in f"{told!r} {open_channels(told)!r}"
