"""The monthly ledger of supervised tasks, and one's own over all meetings and documents (R41, N13).

The clock stands on Friday 2026-11-20 at 15:00 until a story turns it on; the meeting is on Thursday 2026-12-03.
"""

from datetime import date, datetime

import pytest

from core.supervision import IN_TIME, LATE, OPEN, OVERDUE, Happening, extended_to, verdict
from core.task_ledger import Wanted, ledger, owners, read, said, summary, written
from db.contacts import AddressBook
from tests.conftest import NAMED, SHANGHAI
from tests.meetings import Meetings

NOVEMBER, DECEMBER, JANUARY = date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)


@pytest.fixture
def meetings(post, database):
    return Meetings(post, AddressBook(database, b"key of the tests"))


@pytest.fixture
def issued(meetings, post, clock):
    """In November a document gave the department of finance a task; in December a meeting gave out three.

    One was accepted, one put off to the 22nd; it is Monday 2026-12-21.
    """
    post.bring_to("feedback", handling_dept="caiwu")
    case = meetings.split()
    done, put_off, _ = [child for child in meetings.children(case) if child.process.key == "task"]
    clock.turn_to("2026-12-09 10:00")
    meetings.act(done, "report", "zhou", result="清单已报送", result_files=[])
    meetings.act(done, "close_out", "wang", review="符合")
    meetings.act(put_off, "ask_extension", "chen", until=date(2026, 12, 22), reason="财政年底关账")
    meetings.act(put_off, "decide_extension", "zhang", decision="同意", text=None)
    clock.turn_to("2026-12-21 10:00")
    return case


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def titles(entries):
    return [one.title for one in entries]


FROM_THE_DOCUMENT = "办理：关于做好岁末年初安全生产工作的通知"
FROM_THE_MEETING = ["报送隐患整改清单", "落实排查经费", "汇总各区县排查数据"]


# --- in time or late ------------------------------------------------------------------------------------


def happened(*events):
    return [
        Happening(action, at(when), in_hand, at(due) if due else None)
        for action, when, in_hand, due in events
    ]


GIVEN = ("opened", "2026-12-01 09:00", True, "2026-12-10 17:30")


@pytest.mark.parametrize(
    ("events", "now", "says"),
    [
        ([GIVEN], "2026-12-05 09:00", OPEN),
        ([GIVEN], "2026-12-11 09:00", OVERDUE),
        ([GIVEN, ("report", "2026-12-10 09:00", False, None)], "2026-12-30 09:00", IN_TIME),
        ([GIVEN, ("report", "2026-12-11 09:00", False, None)], "2026-12-30 09:00", LATE),
        ([GIVEN, ("decide_extension", "2026-12-09 09:00", True, "2026-12-15 17:30"), ("report", "2026-12-14 09:00", False, None)],
         "2026-12-30 09:00", IN_TIME),
        ([GIVEN, ("report", "2026-12-09 09:00", False, None), ("return_task", "2026-12-10 09:00", True, "2026-12-10 17:30")],
         "2026-12-11 09:00", OVERDUE),
    ],
    ids=["not due", "past its day", "in time", "late", "put off", "returned, and then past its day"],
)  # fmt: skip
def test_a_task_is_in_time_when_it_was_reported_by_the_day_that_held_then(events, now, says):
    assert verdict(happened(*events), at(now)) == says


def test_how_far_a_task_was_put_off_is_told_only_where_it_was():
    put_off = ("decide_extension", "2026-12-09 09:00", True, "2026-12-15 17:30")
    milestone = date(2026, 12, 10)
    assert extended_to(milestone, happened(GIVEN), SHANGHAI) is None
    assert extended_to(milestone, happened(GIVEN, put_off), SHANGHAI) == date(2026, 12, 15)


# --- the ledger -----------------------------------------------------------------------------------------


def test_the_ledger_of_december_has_the_tasks_of_meetings_and_documents_with_how_each_stands(
    issued, reader_of
):
    """R41: each with whence it comes, its day, how far put off, what came of it, and whether in time."""
    found = reader_of(NAMED["zhang"]).tasks(Wanted(month=DECEMBER))
    assert sorted(titles(found)) == sorted([FROM_THE_DOCUMENT, *FROM_THE_MEETING])
    told = {one.title: one for one in found}
    cleared = told["报送隐患整改清单"]
    assert (cleared.source, cleared.owner) == ("会〔2026〕1号 冬季安全生产协调会", "周宁")
    assert (cleared.where, cleared.verdict, cleared.result) == ("已办结", "按期", "清单已报送")
    funded = told["落实排查经费"]
    assert (funded.milestone, funded.extended_to, funded.verdict) == ("2026-12-15", "2026-12-22", "未到期")
    assert told["汇总各区县排查数据"].verdict == "逾期未办"
    assert told[FROM_THE_DOCUMENT].source.startswith("收〔2026〕1号")
    assert told[FROM_THE_DOCUMENT].owner == "财务处"
    assert summary(found).startswith("共 4 项，已办结 1 项，在办 3 项")


def test_a_task_is_in_the_ledger_of_each_month_on_a_day_of_which_it_was_open(issued, reader_of):
    reader = reader_of(NAMED["zhang"])
    assert titles(reader.tasks(Wanted(month=NOVEMBER))) == [FROM_THE_DOCUMENT]
    assert "报送隐患整改清单" not in titles(reader.tasks(Wanted(month=JANUARY))), "it was done in December"
    assert "落实排查经费" in titles(reader.tasks(Wanted(month=JANUARY))), "it is still open"


def test_the_ledger_is_narrowed_by_whose_it_is_and_how_it_stands(issued, reader_of):
    reader = reader_of(NAMED["zhang"])
    assert titles(reader.tasks(Wanted(owner="zhou"))) == ["报送隐患整改清单"]
    assert titles(reader.tasks(Wanted(owner="dept:caiwu"))) == [FROM_THE_DOCUMENT]
    assert titles(reader.tasks(Wanted(month=DECEMBER, state="done"))) == ["报送隐患整改清单"]
    assert "汇总各区县排查数据" in titles(reader.tasks(Wanted(month=DECEMBER, state="late")))
    assert "落实排查经费" not in titles(reader.tasks(Wanted(month=DECEMBER, state="late")))


def test_ones_own_tasks_come_from_every_meeting_and_document_at_once(issued, reader_of):
    """N13; a member of a department has its tasks as well, and nobody else's."""
    assert titles(reader_of(NAMED["chen"]).my_tasks()) == [
        FROM_THE_DOCUMENT,
        "落实排查经费",
        "汇总各区县排查数据",
    ]
    assert titles(reader_of(NAMED["zhou"]).my_tasks()) == [], "hers is done"
    assert titles(reader_of(NAMED["he"]).my_tasks()) == []


def test_the_slip_that_was_issued_stands_in_the_ledger_also_when_the_task_is_done(
    issued, meetings, office, reader_of
):
    late = next(c for c in meetings.children(issued) if c.data.get("title") == "汇总各区县排查数据")
    office.issue_slips()
    told = {one.title: one for one in reader_of(NAMED["zhang"]).tasks(Wanted(month=DECEMBER))}
    assert told["汇总各区县排查数据"].slip == "红"
    meetings.act(late, "report", "chen", result="已汇总", result_files=[])
    meetings.act(late, "close_out", "wang", review=None)
    told = {one.title: one for one in reader_of(NAMED["zhang"]).tasks(Wanted(month=DECEMBER))}
    assert (told["汇总各区县排查数据"].slip, told["汇总各区县排查数据"].verdict) == ("红", "逾期")


def test_the_ledger_that_is_taken_along_has_the_columns_of_the_page(issued, reader_of):
    made = ledger(reader_of(NAMED["zhang"]).tasks(Wanted(month=DECEMBER, owner="zhou")))
    assert made.title == "督办月度台账"
    assert made.columns[:4] == ("登记号", "任务描述", "来源", "责任人")
    assert [row[1] for row in made.rows] == ["报送隐患整改清单"]


# --- the address ----------------------------------------------------------------------------------------


def test_the_address_of_a_ledger_can_be_sent_and_what_it_cannot_mean_is_left_out(reader_of):
    people = reader_of(NAMED["zhang"]).directory()
    wanted = Wanted(month=DECEMBER, owner="dept:caiwu", state="late")
    address = {key: [value] for key, value in written(wanted).items()}
    assert read(address, owners(people)) == wanted
    assert said(wanted, people.name) == "2026 年 12 月 · 责任人：财务处 · 逾期"
    wrong = {"month": ["2026-13"], "owner": ["nobody"], "state": ["lost"]}
    assert read(wrong, owners(people)) == Wanted()
