"""The calendar for other programs: what a reader that is not ours makes of a feed, and what comes in (N19)."""

from datetime import UTC, date, datetime

import httpx
import pytest
import vobject

from core import ics
from core.errors import NotFound, Refused
from core.schedule import Rules, spans
from core.scheduling import Scheduling
from db.scheduling import SqlSchedulingUnit, fed, feeds
from tests.conftest import NAMED, SHANGHAI
from tests.test_schedule import CALENDAR, at, entry, form

KEY = b"key of the tests"
NOW = datetime(2026, 11, 20, 15, tzinfo=SHANGHAI)


@pytest.fixture
def scheduling(database, files, clock):
    return Scheduling(lambda: SqlSchedulingUnit(database, files, KEY), clock)


def heard(content):
    """The events of a calendar as vobject reads them, by their title."""
    return {one.summary.value: one for one in vobject.readOne(content.decode()).vevent_list}


def made(*entries, seen=lambda one: True):
    return heard(ics.feed("何副市长日程", entries, seen, Rules(), CALENDAR, NOW))


def times(event, until=datetime(2027, 6, 1)):
    """When an event takes place, as the other reader counts it; UTC."""
    rules = event.getrruleset(addRDate=True)
    if rules is None:
        return [event.dtstart.value.astimezone(UTC)]
    return [one.astimezone(UTC) for one in rules if one.replace(tzinfo=None) < until]


def test_another_reader_finds_the_same_times():
    """Once, weekly with an exception, and every working day over a holiday: the same moments as here."""
    once = entry(id="1", title="一次", place="302 会议室", important=True)
    weekly = entry(
        id="2", title="周例会", rule="FREQ=WEEKLY", until=date(2027, 1, 31), exceptions=(date(2026, 12, 21),)
    )
    daily = entry(
        id="3",
        title="早碰头",
        begins=at(30, 8, 30),
        ends=at(30, 9),
        rule="FREQ=DAILY",
        working_days_only=True,
        until=date(2027, 1, 8),
    )
    found = made(once, weekly, daily)
    for one in (once, weekly, daily):
        assert times(found[one.title]) == [begins for begins, _ in spans(one, CALENDAR)]
    told = found["一次"]
    assert told.dtstart.value.isoformat() == "2026-12-07T09:00:00+08:00"
    assert told.location.value == "302 会议室"
    assert told.valarm.trigger.value.total_seconds() == -15 * 60


def test_whole_days_are_days_and_what_is_open_is_tentative():
    """Leave of three days has no time of day; an entry that waits for a decision says so."""
    found = made(
        entry(title="休假", begins=at(7, 0), ends=at(10, 0), all_day=True),
        entry(id="2", title="座谈", state="待定"),
    )
    assert (found["休假"].dtstart.value, found["休假"].dtend.value) == (date(2026, 12, 7), date(2026, 12, 10))
    assert found["座谈"].status.value == "TENTATIVE"


def test_who_may_not_see_reads_only_that_it_is_taken():
    """No title, no place, no note, no alarm."""
    text = ics.feed(
        "日程",
        [entry(title="人事酝酿", place="小会议室", note="名单")],
        lambda one: False,
        Rules(),
        CALENDAR,
        NOW,
    ).decode()
    assert "SUMMARY:忙" in text
    assert not any(word in text for word in ("人事", "小会议室", "名单", "VALARM"))


COMES = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//else//
BEGIN:VEVENT
UID:a
SUMMARY:党组学习
DTSTART:20261207T090000
DTEND:20261207T110000
RRULE:FREQ=WEEKLY;COUNT=4
EXDATE:20261214T090000
END:VEVENT
BEGIN:VEVENT
UID:a
RECURRENCE-ID:20261221T090000
SUMMARY:党组学习（改期）
DTSTART:20261222T090000
DTEND:20261222T110000
END:VEVENT
BEGIN:VEVENT
UID:b
SUMMARY:出访
DTSTART;VALUE=DATE:20261210
DTEND;VALUE=DATE:20261213
END:VEVENT
BEGIN:VEVENT
UID:c
SUMMARY:视频会
DTSTART:20261208T013000Z
DURATION:PT45M
END:VEVENT
%sEND:VCALENDAR
"""


def test_a_calendar_that_comes_in_is_read_entry_by_entry():
    """A series with a count, one of its days left out and one moved; whole days; a time of another zone."""
    found, problems = ics.read((COMES % "").replace("\n", "\r\n").encode(), ("he",), CALENDAR)
    assert problems == []
    series, moved, abroad, video = found
    assert [f"{one[0].astimezone(SHANGHAI):%m-%d %H}" for one in spans(series, CALENDAR)] == [
        "12-07 09",
        "12-28 09",
    ]
    assert moved.begins == at(22, 9)
    assert (abroad.all_day, abroad.begins, abroad.ends) == (True, at(10, 0), at(13, 0))
    assert (video.begins, video.ends) == (at(8, 9, 30), at(8, 10, 15))
    assert {one.whom for one in found} == {("he",)}


def test_what_cannot_be_taken_in_says_why():
    """Each with its place in the file and its title; the others can still be taken."""
    wrong = (
        "BEGIN:VEVENT\nUID:d\nSUMMARY:倒着的\nDTSTART:20261208T100000\nDTEND:20261208T090000\nEND:VEVENT\n"
        "BEGIN:VEVENT\nUID:e\nDTSTART:20261208T100000\nEND:VEVENT\n"
        "BEGIN:VEVENT\nUID:f\nSUMMARY:没时间\nEND:VEVENT\n"
    )
    found, problems = ics.read((COMES % wrong).encode(), ("he",), CALENDAR)
    assert len(found) == 4
    assert problems == [
        "第 5 项“倒着的”：结束要晚于开始",
        "第 6 项“无标题”：没有标题",
        "第 7 项“没时间”：没有开始时间，或时间写得不对",
    ]
    for nothing in (b"PK\x03\x04", b"", b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"):
        with pytest.raises(Refused):
            ics.read(nothing, ("he",), CALENDAR)


def test_a_list_is_taken_in_whole_or_not_at_all(scheduling, reader_of):
    """One of the rooms is taken: nothing of the list is kept, and the refusal names the entry."""
    scheduling.keep_resource({"kind": "会议室", "name": "302 会议室", "capacity": 20}, by=NAMED["wang"])
    room = next(iter(reader_of(NAMED["wang"]).resources()))
    scheduling.add(form(resources=["302 会议室"]), by=NAMED["wang"])
    coming = [
        entry(title="空的", begins=at(4, 9), ends=at(4, 10)),
        entry(title="占的", begins=at(3, 10), ends=at(3, 11), whom=("zhang", room)),
    ]
    with pytest.raises(Refused) as refused:
        scheduling.add_all(coming, by=NAMED["wang"])
    assert refused.value.problems["list"].startswith(
        "第 2 项“占的”：302 会议室12月3日（周四）09:30–10:30已有“专题会”"
    )
    assert len(reader_of(NAMED["wang"]).entries(at(1, 0), at(8, 0))) == 1
    scheduling.add_all(coming[:1], by=NAMED["wang"])
    assert len(reader_of(NAMED["wang"]).entries(at(1, 0), at(8, 0))) == 2


def test_of_a_feed_only_the_digest_is_kept_and_it_can_be_revoked(scheduling, database):
    """Whoever has the database has no link; a revoked one and one that was made up are the same to whoever asks."""
    token = scheduling.open_feed("he", by=NAMED["wang"])
    who, about = fed(database, token)
    assert (who.id, about) == ("wang", "he")
    (kept,) = feeds(database, "wang")
    with pytest.raises(NotFound):
        scheduling.revoke_feed(kept.id, by=NAMED["chen"])
    scheduling.revoke_feed(kept.id, by=NAMED["wang"])
    for dead in (token, "x" * 43):
        with pytest.raises(NotFound, match="这个订阅链接不对，或者已停用"):
            fed(database, dead)


@pytest.mark.browser
def test_the_feed_is_read_over_http_by_another_reader(tmp_path):
    """The running program: the leader's feed through the secretary's eyes with the same times, through a member's only busy."""
    from db import chain
    from db.engine import open_database
    from db.files import FileStore
    from tests.serving import furnish_demo, start_server

    furnish_demo(tmp_path)
    database = open_database(f"sqlite:///{tmp_path / 'data' / 'office.db'}")

    def unit():
        data = tmp_path / "data"
        return SqlSchedulingUnit(database, FileStore(data / "files"), chain.key_in(data))

    scheduling = Scheduling(unit, lambda: datetime.now(UTC))
    with unit() as here:
        wangmin, chenli = (here.person(who, datetime.now(UTC)) for who in ("wangmin", "chenli"))
    weekly = form(title="碰头会", people=["heyun"], repeat="每周", until=date(2027, 2, 28), sort="固定")
    kept = scheduling.add(weekly, by=wangmin).entry
    hers, his = (scheduling.open_feed("heyun", by=one) for one in (wangmin, chenli))
    database.close()
    with start_server(tmp_path) as server:
        answer = httpx.get(f"{server.url}/feeds/{hers}.ics")
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        assert answer.headers["cache-control"] == "no-store"
        assert times(heard(answer.content)["碰头会"]) == [begins for begins, _ in spans(kept, CALENDAR)]
        busy = httpx.get(f"{server.url}/feeds/{his}.ics").text
        assert "碰头会" not in busy and "SUMMARY:忙" in busy
        wrong = [httpx.get(f"{server.url}/feeds/{hers[:-1]}.ics").status_code for _ in range(22)]
        assert wrong == [404] * 20 + [429] * 2
        assert httpx.get(f"{server.url}/feeds/{hers}.ics").status_code == 200
