"""What is free instead, what may give way, what is left out and what comes back (N18, N19, R48)."""

from datetime import date, datetime, timedelta

import pytest

from core.errors import Conflict, NotAllowed, NotFound, Refused
from core.scheduling import Scheduling
from db.scheduling import SqlSchedulingUnit
from tests.conftest import NAMED, SHANGHAI
from tests.test_schedule import at, form
from tests.test_scheduling import KEY, WEEK, conflict, decide, titles

MONTH = at(1, 0), at(31, 0)


@pytest.fixture
def scheduling(database, files, clock):
    return Scheduling(lambda: SqlSchedulingUnit(database, files, KEY), clock)


@pytest.fixture
def rooms(scheduling):
    """Three rooms of different sizes."""
    told = (("302 会议室", 20), ("401 会议室", 12), ("礼堂", 200))
    keep = scheduling.keep_resource
    return [keep({"kind": "会议室", "name": name, "capacity": n}, by=NAMED["wang"]) for name, n in told]


WEEKLY = {
    "title": "周例会",
    "sort": "固定",
    "repeat": "每周",
    "until": date(2026, 12, 31),
    "resources": ["302 会议室"],
}


def test_what_is_free_can_be_taken_as_it_is_offered(scheduling, reader_of, rooms):
    """The nearest times of that day for all who clash, then rooms, those with seats enough first; each holds."""
    scheduling.add(form(resources=["302 会议室"]), by=NAMED["wang"])
    wanted = form(title="预算会", people=["he", "zhang"], resources=["302 会议室"])
    met = reader_of(NAMED["wang"]).meets(wanted)
    assert [one.says for one in met.offers[:3]] == [
        "周四 10:30 何副市长、张主任、302 会议室空闲",
        "周四 11:00 何副市长、张主任、302 会议室空闲",
        "周四 13:30 何副市长、张主任、302 会议室空闲",
    ]
    only_room = reader_of(NAMED["wang"]).meets(form(people=["he"], resources=["302 会议室"]))
    assert [one.says for one in only_room.offers][3:] == ["原时间礼堂空闲", "原时间401 会议室空闲"]
    for offer in (*met.offers[:3], *only_room.offers):
        free = form(begins=offer.begins, ends=offer.ends, people=["he"])
        names = {room.id: room.name for room in reader_of(NAMED["wang"]).resources().values()}
        again = {**free, "resources": [names[one] for one in offer.resources]}
        assert reader_of(NAMED["wang"]).meets(again).clashes == ()


def test_nothing_is_offered_that_is_over(scheduling, reader_of, clock):
    """At ten past eleven only the afternoon of today is free."""
    clock.turn_to("2026-12-03 11:10")
    scheduling.add(form(begins=at(3, 14), ends=at(3, 16)), by=NAMED["wang"])
    met = reader_of(NAMED["wang"]).meets(form(begins=at(3, 15), ends=at(3, 16)))
    assert [one.says[:8] for one in met.offers] == ["周四 16:00", "周四 16:30"]


def test_the_form_says_what_may_give_way(scheduling, reader_of):
    """By the priorities: what is sudden may ask what is passing to give way, and not the other way round."""
    scheduling.add(form(title="听汇报"), by=NAMED["wang"])
    sudden = reader_of(NAMED["wang"]).meets(form(sort="突发"))
    assert sudden.clashes == ("张主任12月3日（周四）09:30–10:30已有“听汇报”，按优先级可以请它让",)
    assert not reader_of(NAMED["wang"]).meets(form()).clashes[0].endswith("让")


def test_a_series_is_entered_without_the_days_that_are_taken(scheduling, reader_of, rooms):
    """On the 10th the room is taken: refused with another room and time that hold each week, or without that day."""
    training = scheduling.add(
        form(title="培训", begins=at(10, 9), ends=at(10, 10), people=["li"], resources=["302 会议室"]),
        by=NAMED["li"],
    ).entry
    met = reader_of(NAMED["wang"]).meets(form(**WEEKLY))
    assert met.days == (date(2026, 12, 10),)
    assert met.offers[0].says == "每次都在 10:00，张主任、302 会议室空闲"
    with pytest.raises(Refused):
        scheduling.add(form(**WEEKLY), by=NAMED["wang"])
    kept = scheduling.add(form(**WEEKLY), by=NAMED["wang"], skip=True)
    assert kept.says == "“周例会”已登上日程；避开了12月10日等 1 天"
    days = reader_of(NAMED["zhang"]).entries(*MONTH, whom=["zhang"])["begins"]
    assert [f"{begins:%d}" for begins in days] == ["03", "17", "24"]
    ((day, stands),) = reader_of(NAMED["wang"]).left_out(kept.entry)
    assert (day, stands) == (date(2026, 12, 10), "302 会议室12月10日（周四）09:00–10:00已有“培训”")
    scheduling.cancel(training.id, "改线上", by=NAMED["li"], seen=1)
    assert reader_of(NAMED["wang"]).left_out(kept.entry) == [(date(2026, 12, 10), "")]
    scheduling.restore_day(kept.entry.id, date(2026, 12, 10), by=NAMED["wang"], seen=1)
    assert len(reader_of(NAMED["zhang"]).entries(*MONTH, whom=["zhang"])) == 4


def test_what_was_cancelled_comes_back_whole(scheduling, reader_of, rooms):
    """As it was, with its room, unless somebody has the room by now; the trace tells both."""
    kept = scheduling.add(form(**WEEKLY), by=NAMED["wang"]).entry
    scheduling.cancel(kept.id, "领导外出", by=NAMED["wang"], seen=1)
    (gone,) = reader_of(NAMED["li"]).cancelled()
    assert (gone.title, gone.version) == ("周例会", 2)
    assert reader_of(NAMED["chen"]).cancelled() == []
    with pytest.raises((NotFound, NotAllowed)):
        scheduling.restore(kept.id, by=NAMED["chen"], seen=2)
    other = form(title="占房", people=[], resources=["302 会议室"])
    squatter = scheduling.add(other, by=NAMED["li"]).entry
    with pytest.raises(Refused, match="已有“占房”"):
        scheduling.restore(kept.id, by=NAMED["wang"], seen=2)
    scheduling.cancel(squatter.id, "让出", by=NAMED["li"], seen=1)
    with pytest.raises(Conflict):
        scheduling.restore(kept.id, by=NAMED["wang"], seen=1)
    scheduling.restore(kept.id, by=NAMED["wang"], seen=2)
    assert titles(reader_of(NAMED["zhang"]).entries(*WEEK)) == ["周例会 03 09:30"]
    with pytest.raises(NotFound, match="没有取消"):
        scheduling.restore(kept.id, by=NAMED["wang"], seen=3)


def test_whoever_decides_is_proposed_what_gives_way_and_when(scheduling, reader_of):
    """The side that weighs less, and times at which everybody of it is free; the decision takes one of them."""
    kept = conflict(scheduling)
    side, free = reader_of(NAMED["zhang"]).gives_way(kept.case.id)
    assert (side, free[0].says) == (2, "周四 10:30 何副市长、张主任空闲")
    decide(scheduling, reader_of, kept, decision="移动", side=side, moved_to=free[0].begins)
    assert titles(reader_of(NAMED["zhang"]).entries(*WEEK)) == ["企业座谈会 03 09:30", "省里视频会 03 10:30"]


def test_several_people_and_any_room(scheduling, reader_of, rooms):
    """When two are free and a room is: the first one that is free at that time is named."""
    scheduling.add(form(begins=at(3, 9), ends=at(3, 12), people=["he"]), by=NAMED["wang"])
    busy = form(begins=at(3, 13, 30), ends=at(3, 15), people=["li"], resources=["302 会议室"])
    scheduling.add(busy, by=NAMED["wang"])
    day = date(2026, 12, 3)
    found = reader_of(NAMED["wang"]).free_with(
        ["he", "zhang"], day, day, timedelta(hours=1), "会议室", most=4
    )
    said = [f"{span[0].astimezone(SHANGHAI):%H:%M} {room.name}" for span, room in found]
    assert said == ["13:30 401 会议室", "14:00 401 会议室", "14:30 401 会议室", "15:00 302 会议室"]
    assert reader_of(NAMED["wang"]).free_with(["he"], day, day, timedelta(hours=1), "车辆") == []


def test_what_meets_nothing_is_offered_nothing(scheduling, reader_of):
    """A year's series that never clashes, and a form that is only half filled in."""
    assert reader_of(NAMED["wang"]).meets(form(repeat="每周", until=date(2027, 11, 30))).offers == ()
    assert (
        reader_of(NAMED["wang"]).meets({**form(), "ends": datetime(2026, 12, 3, 9, tzinfo=SHANGHAI)}).clashes
        == ()
    )
