"""Notices leave on several channels at once, through a real mail server and a real gateway (R29, C21, N14)."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from core.messages import DELAYS, Channel, Link, Message, State, masked, next_try
from db import outbox
from db.channels import Channels, open_channels
from db.config import Settings
from db.links import Links, Purpose
from db.outbox import Dispatcher
from db.resending import Resending
from db.tables import ContactRow, MessageRow, NoticeRow, PersonRow
from db.unit import SqlUnit
from tests.conftest import NAMED, SHANGHAI
from tests.receiving import gateway, mail_server
from tests.serving import free_port

KEY = b"key of the tests"
PUBLIC = "https://oa.example"
HELD = datetime(2026, 11, 27, 9, 0, tzinfo=SHANGHAI)
GUEST = "guest:0a1b2c"
TEXT = "年度工作会议\n时间：11月27日 9:00\n地点：三楼会议室"


@pytest.fixture(autouse=True)
def address_book(database):
    """How people are reached: he and chen by both, zhou by mobile only, a guest by both; li not at all."""
    reached = {
        "he": ("13800000001", "he@city.example"),
        "chen": ("138 0000 0002", "chen@city.example"),
        "zhou": ("13800000003", ""),
        "zhang": ("13800000009", "zhang@city.example"),
    }
    with database.writing() as session:
        for who, (mobile, email) in reached.items():
            session.execute(update(PersonRow).where(PersonRow.id == who).values(mobile=mobile, email=email))
        session.add(
            ContactRow(
                id=GUEST,
                name="吴教授",
                organisation="市大学",
                post="",
                mobile="13800000004",
                email="wu@uni.example",
            )
        )
        session.commit()


def settings(**told) -> Settings:
    return Settings(mail_from="办公室 <office@bgs.example>", public_url=PUBLIC, _env_file=None, **told)


class House:
    """The office with its outbox: posts messages of a case, and lets a dispatcher run."""

    def __init__(self, database, files, clock, post, channels: Channels) -> None:
        self.database, self.files, self.clock, self.channels = database, files, clock, channels
        self.case = post.register()
        self.dispatcher = self.another_dispatcher()
        self.resending = Resending(database, KEY, channels)

    def another_dispatcher(self) -> Dispatcher:
        return Dispatcher(self.database, self.channels, Links(KEY), self.clock)

    def post(self, *whom: str, case=None, **changes) -> None:
        told = {"subject": "会议通知：年度工作会议", "text": TEXT, "occasion": "invited", **changes}
        with SqlUnit(self.database, self.files, KEY, self.channels.senders.keys()) as unit:
            for who in whom:
                unit.post(Message((case or self.case).id, who, **told), self.clock())
            unit.commit()

    def send(self) -> None:
        self.dispatcher.run(self.clock())

    def after(self, minutes: float) -> None:
        self.clock.now += timedelta(minutes=minutes)
        self.send()

    def rows(self, **where) -> list[MessageRow]:
        with self.database.reading() as session:
            query = select(MessageRow).filter_by(**where).order_by(MessageRow.recipient, MessageRow.channel)
            return list(session.scalars(query))

    def states(self, who: str) -> dict[str, str]:
        return {row.channel: row.state for row in self.rows(recipient=who)}


@pytest.fixture
def house_at(database, files, clock, post):
    def made(**told) -> House:
        return House(database, files, clock, post, open_channels(settings(**told)))

    return made


# --- three channels at once ---------------------------------------------------------------------------


def test_a_notice_leaves_as_short_message_mail_and_on_the_desk_at_once(house_at):
    """R29; the link acts for the addressee, so it is in what only they read."""
    with mail_server() as mails, gateway() as sms:
        house = house_at(smtp_url=mails.url, sms_url=sms.url, sms_secret="tops3cret")
        house.post("he", link=Link(Purpose.ANSWER, house.case.id, HELD))
        assert house.states("he") == {"mail": "waiting", "oa": "sent", "sms": "waiting"}
        house.send()
        assert house.states("he") == {"mail": "sent", "oa": "sent", "sms": "sent"}
    (mail,), (path, headers, body) = mails.arrived, sms.posted[0]
    link = PUBLIC + Links(KEY).address(Purpose.ANSWER, house.case.id, HELD)
    assert (mail["To"], mail["Subject"]) == ("何副市长 <he@city.example>", "会议通知：年度工作会议")
    assert mails.says() == f"{TEXT}\n\n{link}\n"
    assert body == {
        "mobile": "13800000001",
        "text": f"年度工作会议；时间：11月27日 9:00；地点：三楼会议室 {link}",
    }
    assert (headers["Authorization"], path) == ("Bearer tops3cret", "/send")
    (notice,) = notices(house, "he")
    assert notice == "年度工作会议；时间：11月27日 9:00；地点：三楼会议室"


def notices(house: House, who: str) -> list[str]:
    with house.database.reading() as session:
        return list(session.scalars(select(NoticeRow.text).where(NoticeRow.person_id == who)))


def test_the_same_command_given_again_makes_no_second_message(house_at):
    with mail_server() as mails, gateway() as sms:
        house = house_at(smtp_url=mails.url, sms_url=sms.url)
        for _ in range(2):
            house.post("he", "chen")
            house.send()
        house.post("he", occasion="reminder")
        house.send()
    assert len(mails.arrived) == len(sms.posted) == 3
    assert len(house.rows()) == 9
    assert len(notices(house, "he")) == 2


def test_who_is_reached_by_less_is_said_for_each_channel(house_at):
    """A guest has no desk here, zhou no mail address, li nothing but the desk."""
    with mail_server() as mails, gateway() as sms:
        house = house_at(smtp_url=mails.url, sms_url=sms.url)
        house.post(GUEST, "zhou", "li", "nobody")
        house.send()
    assert house.states(GUEST) == {"mail": "sent", "sms": "sent", "oa": "withheld"}
    assert house.states("zhou") == {"mail": "withheld", "sms": "sent", "oa": "sent"}
    assert house.states("li") == {"mail": "withheld", "sms": "withheld", "oa": "sent"}
    assert set(house.states("nobody").values()) == {"withheld"}
    (row,) = house.rows(recipient="zhou", channel="mail")
    assert row.error == "没有电子邮箱：请在通讯录补上后重发"


def test_without_configured_channels_nothing_is_called_and_everybody_sees_why(house_at, monkeypatch):
    """P32 and C21: unsent is visible; not one connection is tried."""
    house = house_at()
    house.post("he")
    asked = []
    monkeypatch.setattr("http.client.HTTPConnection.connect", lambda *_: asked.append(1))
    monkeypatch.setattr("smtplib.SMTP.connect", lambda *_: asked.append(1))
    assert not house.dispatcher.is_wanted(house.clock())
    house.send()
    assert asked == []
    assert house.states("he") == {"mail": "withheld", "oa": "sent", "sms": "withheld"}
    (row,) = house.rows(recipient="he", channel="sms")
    assert row.error == "短信通道没有配置：请管理员在服务器上设置 OFFICE_SMS_URL 和 OFFICE_PUBLIC_URL"


def test_a_channel_that_was_taken_away_keeps_what_waited_and_says_so(house_at, database, files, clock, post):
    with gateway() as sms:
        house = house_at(sms_url=sms.url)
        house.post("he")
        house.channels = open_channels(settings())
        house.dispatcher = house.another_dispatcher()
        house.send()
        assert sms.posted == []
    assert house.states("he")["sms"] == "withheld"


# --- what goes wrong ----------------------------------------------------------------------------------


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


# --- nothing is sent twice ----------------------------------------------------------------------------


def test_two_dispatchers_at_the_same_time_send_each_message_once(house_at):
    from threading import Thread

    with gateway(slow=0.01) as sms:
        house = house_at(sms_url=sms.url)
        for n in range(30):
            house.post("he", occasion=f"n{n}", text=f"第 {n} 条")
        others = [house.another_dispatcher() for _ in range(3)]
        threads = [Thread(target=one.run, args=(house.clock(),)) for one in others]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    texts = [body["text"] for body in sms.bodies]
    assert sorted(texts) == sorted(f"第 {n} 条" for n in range(30))
    assert {row.state for row in house.rows(channel="sms")} == {"sent"}


def test_a_hundred_notices_take_seconds(house_at):
    import time

    with gateway(slow=0.05) as sms:
        house = house_at(sms_url=sms.url)
        for n in range(100):
            house.post("he", occasion=f"n{n}")
        began = time.monotonic()
        house.send()
        took = time.monotonic() - began
    assert len(sms.posted) == 100
    assert took < 30  # a second or two on a machine that has nothing else to do


def test_what_a_dead_program_left_behind_is_unclear_until_a_person_decides(house_at, clock):
    with gateway() as sms:
        house = house_at(sms_url=sms.url)
        house.post("he")
        (row,) = house.rows(channel="sms")
        assert house.dispatcher._claimed(row.id, "the dead one")
        house.after(2)
        assert house.states("he")["sms"] == "sending"
        house.after(2)
        assert house.states("he")["sms"] == "unknown"
        house.after(600)
        assert sms.posted == []
        assert house.resending.again([row.id], clock(), by=NAMED["wang"]) == {row.id: None}
        house.send()
        assert len(sms.posted) == 1
    assert house.states("he")["sms"] == "sent"


def test_a_round_that_is_stopped_begins_nothing_more_and_ends_soon(house_at):
    import time
    from threading import Thread

    with gateway(slow=0.3) as sms:
        house = house_at(sms_url=sms.url)
        for n in range(40):
            house.post("he", occasion=f"n{n}")
        running = Thread(target=house.send)
        running.start()
        while not sms.bodies:
            time.sleep(0.01)
        began = time.monotonic()
        house.dispatcher.stop()
        assert time.monotonic() - began < 2
        running.join(2)
        assert not running.is_alive()
        states = [row.state for row in house.rows(channel="sms")]
        assert len(sms.posted) < 20
        assert states.count("sent") == len(sms.posted)
        assert set(states) == {"sent", "waiting"}


# --- the shapes ---------------------------------------------------------------------------------------


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


# --- what is kept, and who reads it -------------------------------------------------------------------


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
