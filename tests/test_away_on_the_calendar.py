"""Who is away, and who stands in, is on the calendar and in everything that looks for free times (N10, N18)."""

from datetime import date, timedelta

import pytest

from core import ics
from core.errors import Refused
from core.schedule import Rules
from core.scheduling import Scheduling
from db.absences import Absences
from db.scheduling import SqlSchedulingUnit
from tests.conftest import NAMED
from tests.test_ics import NOW, heard
from tests.test_schedule import CALENDAR, at, form
from tests.test_scheduling import KEY, WEEK, conflict, decide


@pytest.fixture
def scheduling(database, files, clock):
    return Scheduling(lambda: SqlSchedulingUnit(database, files, KEY), clock)


@pytest.fixture
def away(database, clock):
    """The leader is away on Thursday the 3rd and Friday the 4th; the director stands in."""

    def register(person="he", deputy="zhang", since="2026-12-03", until="2026-12-04"):
        told = {"person": person, "deputy": deputy, "since": since, "until": until, "reason": "赴省开会"}
        Absences(database, KEY).register(told, clock(), by=NAMED[person])

    return register


def test_an_absence_is_on_the_calendar_for_everybody_with_the_deputy(away, reader_of):
    """Whole days, without the reason, and nobody changes it there."""
    away()
    for who in ("zhang", "chen"):
        (row,) = reader_of(NAMED[who]).entries(*WEEK).itertuples()
        assert (row.title, row.names, row.all_day) == ("外出（张主任代）", "何副市长", True)
        assert (row.begins, row.ends) == (at(3, 0), at(5, 0))
        assert not row.mine
    department = reader_of(NAMED["zhang"]).entries(*WEEK, departments=["caiwu"])
    assert department.empty


def test_whoever_is_away_is_warned_of_and_offered_on_another_day(away, scheduling, reader_of):
    """While it is typed, and when it is kept; the nearest time is on the first day back."""
    away()
    met = reader_of(NAMED["wang"]).meets(form(people=["he"]))
    assert met.clashes == ("何副市长12月3日（周四）至12月4日外出（张主任代）",)
    assert met.offers[0].says == "12月7日（周一）09:00 何副市长空闲"
    kept = scheduling.add(form(people=["he"]), by=NAMED["wang"])
    assert kept.warnings == met.clashes
    clash = reader_of(NAMED["zhang"]).conflicts(*WEEK).iloc[0]
    assert (clash["name"], clash.may_move) == ("何副市长", "专题会")


def test_nobody_is_free_who_is_away(away, reader_of):
    """Two days of absence: the first common time is on Monday."""
    away()
    found = reader_of(NAMED["wang"]).free(
        ["he", "zhang"], date(2026, 12, 3), date(2026, 12, 7), timedelta(hours=1)
    )
    assert found[0][0] == at(7, 9)


def test_nothing_is_given_to_somebody_who_is_away(away, scheduling, reader_of):
    """A decision that would send a person who is not there is refused whole."""
    kept = conflict(scheduling)
    away("zhou", "chen")
    with pytest.raises(Refused) as refused:
        decide(scheduling, reader_of, kept, decision="改派他人", delegate="zhou")
    assert "外出（陈立代），仍然冲突，请另选" in refused.value.problems["delegate"]


def test_a_calendar_program_reads_the_absence_as_whole_days(away, reader_of):
    """In the feed of the leader, whoever opened it."""
    away()
    reader = reader_of(NAMED["chen"])
    entries = reader.to_feed("he", at(1, 0))
    event = heard(ics.feed("日程", entries, reader.sees, Rules(), CALENDAR, NOW))["外出（张主任代）"]
    assert (event.dtstart.value, event.dtend.value) == (date(2026, 12, 3), date(2026, 12, 5))


def test_whoever_stands_in_for_the_director_decides_in_their_name(away, scheduling, reader_of, clock):
    """The case lies with the director, who is away: the deputy's decision says for whom it was taken."""
    kept = conflict(scheduling)
    away("zhang", "zhou", "2026-11-23", "2026-11-24")
    clock.turn_to("2026-11-23 09:00")
    case = reader_of(NAMED["zhang"]).case(kept.case.id)
    told = {"decision": "允许并行", "side": 1, "moved_to": None, "delegate": None, "reason": "两头兼顾"}
    case = scheduling.act(case.id, "decide", told, by=NAMED["zhou"], seen=case.seq)
    assert not case.is_open
    last = reader_of(NAMED["zhang"]).history(case.id).iloc[0]
    assert (last["action"], last["by_name"]) == ("decide", "周宁（代张主任）")
    assert reader_of(NAMED["zhang"]).entry(kept.entry.id).state == "已定"
