"""Notices leave on several channels at once, through a real mail server and a real gateway, none twice (R29, C21, N14)."""

from core.messages import Link
from db.channels import open_channels
from db.links import Links, Purpose
from tests.conftest import NAMED
from tests.outbox.house import GUEST, HELD, KEY, PUBLIC, TEXT, notices, settings
from tests.receiving import gateway, mail_server


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
