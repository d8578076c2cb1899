"""The number book: numbers set aside, used and void, and the gap report (N7, P5).

The clock stands on Friday 2026-11-20 at 15:00 until a story turns it on.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import delete, select, update

from core.errors import Conflict, NotAllowed, NotFound, Refused
from core.number_book import count_in, gap_words, gaps, series_of, year_of
from core.process import Numbering
from core.processes.incoming_document import V1
from core.profile import OfficeProfile
from db.tables import CaseRow, JournalRow, ReservedNumberRow, SequenceRow
from db.unit import SqlUnit
from tests.conftest import DOCUMENT, NAMED

KEY, SERIES = "incoming_document", "收〔2026〕{n}号"
WANG, ZHANG = NAMED["wang"], NAMED["zhang"]
OFFICE = OfficeProfile(name="某某市人民政府办公室")


@pytest.fixture
def sign_in(office, clock):
    """Sign in a document, with a number that was set aside if one is given."""

    def signed_in(reserved="", **changes):
        values = {**DOCUMENT, "received_at": clock(), **changes}
        return office.open(KEY, values, by=WANG, reserved=reserved)

    return signed_in


@pytest.fixture
def book(reader_of):
    """The book of 2026 as the secretary sees it, series by series."""

    def rows():
        frame = reader_of(WANG).numbers(2026)
        return {
            row.series: (row.last, row.used, row.reserved, row.void, row.gaps) for row in frame.itertuples()
        }

    return rows


# --- what a series is -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last", "known", "words"),
    [
        (0, [], "无缺号"),
        (5, [1, 2, 3, 4, 5], "无缺号"),
        (10, [1, 2, 4, 5, 10], "缺 3、6–9"),
        (3, [], "缺 1–3"),
        (3, [5, 1, 1], "缺 2–3"),
    ],
)
def test_a_gap_is_a_number_of_which_nothing_is_known(last, known, words):
    assert gap_words(gaps(last, known)) == words


def test_a_number_says_which_one_of_its_series_it_is():
    assert count_in(SERIES, "收〔2026〕12号") == 12
    assert count_in("WS·2026-D10-BGS-{n:04}", "WS·2026-D10-BGS-0012") == 12
    for other in (
        "收〔2025〕12号",
        "收〔2026〕012号",
        "收〔2026〕１２号",
        "收〔2026〕号",
        "WS·2026-D10-BGS-12",
    ):
        assert count_in(SERIES, other) is None
    assert (year_of(SERIES), year_of("Z109-WS·2026-D30-BGS-{n:04}"), year_of("总{n}")) == (2026, 2026, None)


def test_a_series_that_depends_on_the_case_is_not_known_beforehand():
    """The reference code hangs on how long an item is kept, so only the register's own number is known."""
    assert list(series_of(V1, OFFICE, 2026)) == [SERIES]
    asking = Numbering("number", lambda data, office, year: f"{data.get('kind', '函')}{year}-{{n}}")
    assert SERIES not in series_of(replace(V1, number=asking), OFFICE, 2026)


# --- set aside, used, void ------------------------------------------------------------------------


def test_numbers_set_aside_are_the_next_ones_and_are_passed_over(office, sign_in, book):
    sign_in()
    assert office.reserve(KEY, 2, "留给晚些补登的传真", by=WANG) == ["收〔2026〕2号", "收〔2026〕3号"]
    assert sign_in().number == "收〔2026〕4号"
    assert book() == {SERIES: (4, 2, 2, 0, "无缺号")}


def test_a_document_takes_the_number_that_was_set_aside_for_it(office, sign_in, book, reader_of):
    (aside,) = office.reserve(KEY, 1, "留给晚些补登的传真", by=WANG)
    assert reader_of(WANG).waiting_numbers(KEY) == [aside]
    case = sign_in(reserved=aside)
    assert case.number == aside
    assert reader_of(WANG).waiting_numbers(KEY) == []
    assert book() == {SERIES: (1, 1, 0, 0, "无缺号")}
    (row,) = reader_of(WANG).numbers_aside(2026).itertuples()
    assert (row.number, row.state, row.reason, row.by, row.case_id) == (
        aside, "已用", "留给晚些补登的传真", "王敏", case.id,
    )  # fmt: skip


def test_the_same_form_handed_in_again_is_the_same_document(office, clock):
    (aside,) = office.reserve(KEY, 1, "留给传真", by=WANG)
    values = {**DOCUMENT, "received_at": clock()}
    twice = [office.open(KEY, values, by=WANG, form="one-form", reserved=aside) for _ in range(2)]
    assert [case.number for case in twice] == [aside, aside]


def test_a_number_that_is_not_free_is_refused_and_nothing_is_taken(office, sign_in, book, clock):
    used, void, other = office.reserve(KEY, 3, "备用", by=WANG)
    sign_in(reserved=used)
    office.void_number(void, "没有来文", by=ZHANG)
    for number, says in (
        (used, "已用于另一件，请另选一个，或不用预留号"),
        (void, "已经作废，请另选一个，或不用预留号"),
        ("收〔2026〕99号", "不在预留号中，请重新选择"),
    ):
        with pytest.raises(Refused) as refused:
            sign_in(reserved=number)
        assert refused.value.problems == {"reserved": f"“{number}”{says}"}
    clock.turn_to("2027-01-04 09:00")
    with pytest.raises(Refused, match="不是本登记簿今年的号"):
        sign_in(reserved=other)
    assert book()[SERIES] == (3, 1, 1, 1, "无缺号")


def test_a_document_that_is_refused_leaves_its_number_set_aside(office, sign_in, reader_of):
    (aside,) = office.reserve(KEY, 1, "备用", by=WANG)
    with pytest.raises(Refused):
        sign_in(reserved=aside, title="")
    assert reader_of(WANG).waiting_numbers(KEY) == [aside]


def test_a_number_given_up_keeps_both_reasons_and_stands_in_the_journal(office, reader_of, database):
    (aside,) = office.reserve(KEY, 1, "留给传真", by=WANG)
    office.void_number(aside, "传真没有来", by=ZHANG)
    with pytest.raises(Conflict, match="已经作废"):
        office.void_number(aside, "再作废一次", by=ZHANG)
    with pytest.raises(NotFound):
        office.void_number("收〔2026〕77号", "没有这个号", by=ZHANG)
    (row,) = reader_of(WANG).numbers_aside(2026).itertuples()
    assert (row.state, row.reason) == ("作废", "留给传真；作废：传真没有来")
    with database.reading() as session:
        lines = session.execute(select(JournalRow.action, JournalRow.by, JournalRow.subject, JournalRow.data))
        assert [tuple(line) for line in lines] == [
            ("number.reserved", "wang", aside, {"numbers": [aside], "reason": "留给传真"}),
            ("number.voided", "zhang", aside, {"reason": "传真没有来"}),
        ]


@pytest.mark.parametrize("who", ["he", "chen", "sun"])
def test_only_secretaries_and_the_director_keep_the_book(office, who):
    (aside,) = office.reserve(KEY, 1, "备用", by=WANG)
    with pytest.raises(NotAllowed):
        office.reserve(KEY, 1, "备用", by=NAMED[who])
    with pytest.raises(NotAllowed):
        office.void_number(aside, "不用了", by=NAMED[who])


def test_whoever_sees_no_register_sees_no_number_book(reader_of, office):
    office.reserve(KEY, 1, "备用", by=WANG)
    for ask in (lambda r: r.numbers(2026), lambda r: r.numbers_aside(2026)):
        with pytest.raises(NotFound):
            ask(reader_of(NAMED["chen"]))
    assert reader_of(NAMED["chen"]).waiting_numbers(KEY) == []
    assert len(reader_of(NAMED["sun"]).numbers(2026)) == 1


@pytest.mark.parametrize(
    ("count", "reason", "field"),
    [
        (0, "备用", "count"),
        (51, "备用", "count"),
        ("几个", "备用", "count"),
        (1, " ", "reason"),
        (1, "长" * 201, "reason"),
    ],
)
def test_what_cannot_be_set_aside_is_refused_beside_the_field(office, book, count, reason, field):
    with pytest.raises(Refused) as refused:
        office.reserve(KEY, count, reason, by=WANG)
    assert set(refused.value.problems) == {field}
    assert book() == {}


# --- the gap report -------------------------------------------------------------------------------


def test_every_number_of_the_office_is_in_the_book(post, reader_of):
    case = post.bring_to("archiving", handling="阅件")
    post.act(case, "archive", "wang", retention="30年", box="")
    frame = reader_of(WANG).numbers(2026)
    assert [tuple(row) for row in frame.drop(columns="series").itertuples(index=False)] == [
        ("档号", 1, 1, 0, 0, "无缺号"),
        ("收文办理", 1, 1, 0, 0, "无缺号"),
        ("阅件", 1, 1, 0, 0, "无缺号"),
    ]
    assert reader_of(WANG).number_years() == [2026]


def test_a_voided_document_is_void_in_the_book_with_its_reason(post, book, reader_of):
    case = post.register()
    post.act(case, "void", "zhang", reason="重复登记")
    assert book() == {SERIES: (1, 0, 0, 1, "无缺号")}
    (row,) = reader_of(WANG).numbers_aside(2026).itertuples()
    assert (row.number, row.state, row.reason, row.by) == (case.number, "作废", "重复登记", "张主任")


def test_a_number_given_on_the_way_that_its_case_has_no_more_is_void(post, book, database):
    """As after a step that was withdrawn: the trace still knows the number."""
    case = post.act(post.bring_to("archiving", handling="阅件"), "archive", "wang", retention="10年", box="")
    series = "Z109-WS·2026-D10-BGS-{n:04}"
    assert book()[series] == (1, 1, 0, 0, "无缺号")
    with database.writing() as session:
        before = session.get(CaseRow, case.id).data
        data = {key: value for key, value in before.items() if key != "reference_code"}
        session.execute(update(CaseRow).where(CaseRow.id == case.id).values(data=data))
        session.commit()
    assert book()[series] == (1, 0, 0, 1, "无缺号")


def test_a_number_of_what_one_may_not_see_is_no_gap(post, reader_of):
    secret = post.register(secrecy_level="秘密", title="（涉密件）")
    post.register()
    post.act(secret, "void", "zhang", reason="机要渠道另登")
    frame = reader_of(NAMED["li"]).numbers(2026)
    assert list(frame["gaps"]) == ["无缺号"]
    assert reader_of(NAMED["li"]).numbers_aside(2026).empty
    assert len(reader_of(WANG).numbers_aside(2026)) == 1


def test_a_number_that_vanished_behind_the_programs_back_is_reported(office, post, book, database):
    post.register()
    office.reserve(KEY, 3, "备用", by=WANG)
    post.register()
    with database.writing() as session:
        session.execute(delete(ReservedNumberRow).where(ReservedNumberRow.n.in_([2, 3])))
        session.commit()
    assert book() == {SERIES: (5, 2, 1, 0, "缺 2–3")}


# --- all at once ----------------------------------------------------------------------------------


def test_fifty_at_once_leave_no_gap_and_give_no_number_twice(
    office, sign_in, book, database, files, reader_of
):
    """P5: documents, numbers set aside and used, and steps that fail half way, in fifty threads."""
    (wanted_by_two,) = office.reserve(KEY, 1, "两人都想用", by=WANG)

    def rolled_back():
        with SqlUnit(database, files, b"key of the tests") as unit:
            unit.number(SERIES)  # left without a commit

    def reserve():
        return office.reserve(KEY, 2, "备用", by=WANG)

    def use():
        try:
            return [sign_in(reserved=wanted_by_two).number]
        except Refused as refused:
            return [str(refused)]

    ways = (lambda: [sign_in().number], reserve, lambda: rolled_back() or [], lambda: [sign_in().number], use)
    with ThreadPoolExecutor(50) as threads:
        given = [*threads.map(lambda n: ways[n % len(ways)](), range(50))]
    lost = [one for answers in given for one in answers if "另选" in one]
    numbers = [one for answers in given for one in answers if "另选" not in one]
    assert len(lost) == 9, "one wins, the others are told"
    assert len(numbers) == len({*numbers}) == 20 + 20 + 1
    last, used, reserved, void, report = book()[SERIES]
    assert (last, used, reserved, void, report) == (41, 21, 20, 0, "无缺号")
    with database.reading() as session:
        assert session.scalar(select(SequenceRow.last).where(SequenceRow.series == SERIES)) == 41
