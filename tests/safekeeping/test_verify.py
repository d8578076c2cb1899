"""What was done to the record behind the program's back is found and named."""

from datetime import date

import pytest
from sqlalchemy import select

from db import anchor, chain, journal
from db.tables import AmendmentRow, EventRow, JournalRow
from db.unit import link_fields, to_event
from db.verify import verify
from tests.safekeeping.tampering import KEY, cast, ids, tamper
from tests.test_chain import LONGER


def test_an_office_nobody_tampered_with_is_whole(find, database):
    assert find() == []


def test_every_kind_of_story_leaves_cases_that_are_what_their_events_add_up_to(find, post, clock):
    """Corrections, urgings, pauses, ways back, a voided family, notes on what is closed."""
    case = post.bring_to("feedback", doc_number="国办发〔2026〕42号")
    post.act(case, "note", "wang", text="第一行\n第二行🎉")
    post.act(case, "correct", "wang", item="copy_count", value="3", reason="多出一份")
    clock.turn_to("2026-11-24 09:30")
    post.act(case, "urge", "zhang", text="请抓紧")
    post.act(case, "pause", "wang", reason="等待上级答复")
    clock.turn_to("2026-11-25 09:30")
    post.act(case, "resume", "wang", reason="")
    post.act(case, "void", "zhang", reason="重复登记")
    back = post.bring_to("instruction", doc_number="国办发〔2026〕43号")
    post.act(back, "withdraw", "wang", reason="漏填")
    done = post.bring_to("circulation", doc_number="国办发〔2026〕44号")
    post.act(post.open_children(done)[0], "finish_reading", "he", remark="已阅")
    assert find() == []


def test_an_altered_event_is_named(find, database):
    middle = ids(database)[4]
    tamper(database, f"UPDATE events SET \"by\" = 'li' WHERE id = {middle}")
    assert find()[0] == (
        f"记录 {middle} 内容被改：与校验值不符（events 表，登记号 收〔2026〕1号，2026-11-20 07:00 UTC），"
        "或不是用本机的 chain.key 写的"
    )


def test_an_event_altered_in_what_was_filled_in_is_named_and_its_case_no_longer_adds_up(find, database):
    first = ids(database)[0]
    tamper(
        database,
        f"UPDATE events SET data = replace(CAST(data AS TEXT), 'copy_count\": 2', 'copy_count\": 3'){cast(database)} "
        f"WHERE id = {first}",
    )
    chain, case = find()
    assert chain.startswith(f"记录 {first} 内容被改")
    assert case.endswith("与它的记录不符：填写内容")


@pytest.mark.parametrize("table", ["events", "journal", "amendments", "cases"])
def test_rubbish_in_a_table_is_a_finding_and_no_fault(find, database, office, director, clock, letter, table):
    write_in_the_journal(database, clock)
    office.amend(LONGER, by=director)
    rubbish = "'{rubbish'" if database.is_sqlite else "'[1]'::json"
    tamper(database, f"UPDATE {table} SET data = {rubbish}")
    if table in ("events", "cases") and database.is_sqlite:
        tamper(database, f"UPDATE {table} SET due_at = 'yesterday'")
    assert find([]) != []


def test_a_deleted_middle_event_is_named(find, database):
    rows = ids(database)
    tamper(database, f"DELETE FROM events WHERE id = {rows[4]}")
    assert find()[0] == f"记录 {rows[5]} 之前中间缺失：记录 {rows[3]} 之后的记录被删"


def test_a_deleted_first_event_is_named(find, database):
    rows = ids(database)
    tamper(database, f"DELETE FROM events WHERE id = {rows[0]}")
    assert find()[0] == f"记录 {rows[1]} 之前中间缺失：开头的记录被删"


def test_two_swapped_events_are_named(find, database):
    rows = ids(database)
    here, there = rows[4], rows[5]
    tamper(
        database,
        f"UPDATE events SET id = 100000 WHERE id = {here}",
        f"UPDATE events SET id = {here} WHERE id = {there}",
        f"UPDATE events SET id = {there} WHERE id = 100000",
    )
    assert find() == [f"记录 {here} 次序被换：记录 {rows[3]} 之后应是记录 {there}"]


def test_a_record_hashed_anew_without_the_key_is_named_from_its_first_event(find, database, files):
    """Whoever has the database and not the key hashes everything again with a key of their own."""
    with database.reading() as session:
        rows = list(session.scalars(select(EventRow).order_by(EventRow.id)))
    statements, prev = [], chain.START
    for row in rows:
        mac = chain.link(b"guessed", prev, link_fields(to_event(row)))
        statements.append(f"UPDATE events SET prev = '{prev}', mac = '{mac}' WHERE id = {row.id}")
        prev = mac
    tamper(database, *statements)
    chain_says, anchor_says = find()
    assert chain_says.startswith(f"记录 {rows[0].id} 内容被改")
    assert anchor_says.startswith(f"记录 {rows[-1].id} 与 2026-11-20 记下的校验值不符")


def test_a_cut_tail_is_found_by_the_head_of_the_day(find, database, letter, post):
    """The table of cases may be made to fit: what is left still fits together, but not the head."""
    heads = [anchor.head(database, date(2026, 11, 19))]
    post.act(letter, "note", "wang", text="请财务处配合")
    heads.append(anchor.head(database, date(2026, 11, 20)))
    *_, before, last = ids(database)
    seq = post.see(letter).seq
    tamper(
        database,
        f"DELETE FROM events WHERE id = {last}",
        f"UPDATE cases SET seq = {seq - 1} WHERE id = '{letter.id}'",
    )
    assert find(heads[:1]) == []
    assert find(heads) == [f"记录 {before} 之后末尾被截：2026-11-20 记下的末条是记录 {last}，现已不在"]


def test_a_cut_tail_that_grew_again_is_found_too(find, database, letter, post):
    post.act(letter, "note", "wang", text="请财务处配合")
    heads = [anchor.head(database, date(2026, 11, 20))]
    last, seq = ids(database)[-1], post.see(letter).seq
    tamper(
        database,
        f"DELETE FROM events WHERE id = {last}",
        f"UPDATE cases SET seq = {seq - 1} WHERE id = '{letter.id}'",
    )
    post.act(letter, "note", "wang", text="另一句话")
    if not database.is_sqlite:  # PostgreSQL never gives the number of an event again
        tamper(database, f"UPDATE events SET id = {last} WHERE id = (SELECT max(id) FROM events)")
    assert find(heads) == [f"记录 {last} 与 2026-11-20 记下的校验值不符：这一条或它以前的记录被改写过"]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("owner = 'li'", "在谁手里"),
        ("due_at = '2027-01-01 00:00:00.000000'", "步骤时限"),
        ("grade = 2", "密级"),
        ("stage = 'archived'", "步骤"),
        ("closed_at = opened_at", "办结时间"),
        ("title = '无'", "标题"),
        ("slip = '红'", "督办单"),
        ("asked = NOT asked", "延期申请"),
        ("duty = 'leader'", "责任岗位"),
    ],
)
def test_a_case_altered_beside_its_events_is_named(find, database, letter, change, what):
    tamper(database, f"UPDATE cases SET {change} WHERE id = '{letter.id}'")
    assert f"事项 {letter.number}（{letter.id}）与它的记录不符：{what}" in find()


def test_a_case_without_any_record_is_named(find, database, letter, post):
    child = post.children(letter)[0]
    tamper(database, f"DELETE FROM events WHERE case_id = '{child.id}'")
    assert f"事项 {child.number}（{child.id}）没有任何记录" in find()


# --- beside the cases: whom they concern, numbers, the journal, the standard ---------------------------


def test_whoever_was_let_into_a_case_behind_the_programs_back_is_named(find, database, letter):
    tamper(database, f"INSERT INTO concerned (root_id, who) VALUES ('{letter.id}', 'spy')")
    assert find() == [
        f"事项 {letter.number}（{letter.id}）的知悉范围里多出 spy：没有记录说明（concerned 表）"
    ]


def test_whoever_was_shut_out_of_a_case_is_named(find, database, letter):
    tamper(database, f"DELETE FROM concerned WHERE root_id = '{letter.id}' AND who = 'he'")
    assert find() == [f"事项 {letter.number}（{letter.id}）的知悉范围里少了 he（concerned 表）"]


def test_whoever_a_withdrawn_step_had_named_and_was_let_in_again_is_named(find, database, post):
    case = post.bring_to("distribution", doc_number="国办发〔2026〕45号")
    sent = {"readers": ["he"], "circulation": "同时分送", "tracker": "li"}
    post.act(case, "distribute", "wang", **sent)
    post.act(case, "withdraw", "wang", reason="分错了")
    assert find() == []
    tamper(database, f"INSERT INTO concerned (root_id, who) VALUES ('{case.id}', 'he')")
    assert "多出 he" in find()[0]


def test_a_series_that_would_give_its_numbers_again_is_named(find, database):
    tamper(database, "UPDATE sequences SET last = 0 WHERE series LIKE '收%'")
    assert find() == ["编号序列 收〔2026〕…号 只记到 0，实际已用到 1（sequences 表）"]


def test_a_reserved_number_that_hides_its_case_is_named(find, database, letter):
    columns = 'number, series, n, state, reason, "by", at'
    row = "'收〔2026〕{n}号', 1, 'reserved', '无', 'wang', '2026-11-20 07:00:00.000000'"
    tamper(database, f"INSERT INTO reserved_numbers ({columns}) VALUES ('{letter.number}', {row})")
    assert find() == [f"预留号 {letter.number} 已有事项在用，却没有记下（reserved_numbers 表）"]


JOURNAL_STORIES = {
    "altered": (["UPDATE journal SET subject = '无' WHERE id = {3}"], "办公室记录 {3} 内容被改"),
    "middle deleted": (["DELETE FROM journal WHERE id = {2}"], "办公室记录 {3} 之前中间缺失：办公室记录 {1} 之后的记录被删"),
    "first deleted": (["DELETE FROM journal WHERE id = {0}"], "办公室记录 {1} 之前中间缺失：开头的记录被删"),
    "swapped": (
        [
            "UPDATE journal SET id = 100000 WHERE id = {2}",
            "UPDATE journal SET id = {2} WHERE id = {3}",
            "UPDATE journal SET id = {3} WHERE id = 100000",
        ],
        "办公室记录 {2} 次序被换：办公室记录 {1} 之后应是办公室记录 {3}",
    ),
    "tail cut": (
        ["DELETE FROM journal WHERE id >= {4}"],
        "办公室记录 {3} 之后末尾被截：2026-11-20 记下的末条是办公室记录 {5}，现已不在",
    ),
    "all cut": (
        ["DELETE FROM journal"],
        "办公室记录 0 之后末尾被截：2026-11-20 记下的末条是办公室记录 {5}，现已不在",
    ),
}  # fmt: skip


def write_in_the_journal(database, clock, lines=6):
    with database.writing() as session:
        for n in range(lines):
            journal.record(
                session, KEY, clock(), "zhang", "department.added", f"第 {n} 处", {"name": f"第 {n} 处"}
            )
        session.commit()


@pytest.mark.parametrize("story", JOURNAL_STORIES)
def test_the_journal_shows_what_was_done_to_it(database, files, clock, story):
    write_in_the_journal(database, clock)
    heads, rows = [anchor.head(database, date(2026, 11, 20))], ids(database, JournalRow)
    assert verify(database, KEY, files, heads) == []
    statements, says = JOURNAL_STORIES[story]
    tamper(database, *(statement.format(*rows) for statement in statements))
    assert verify(database, KEY, files, heads)[0].startswith(says.format(*rows))


def test_a_journal_hashed_anew_without_the_key_is_named_from_its_first_line(database, files, clock):
    write_in_the_journal(database, clock)
    heads = [anchor.head(database, date(2026, 11, 20))]
    with database.reading() as session:
        rows = list(session.scalars(select(JournalRow).order_by(JournalRow.id)))
    statements, prev = [], chain.START
    for row in rows:
        mac = chain.link(b"guessed", prev, {name: getattr(row, name) for name in journal.COVERED})
        statements.append(f"UPDATE journal SET prev = '{prev}', mac = '{mac}' WHERE id = {row.id}")
        prev = mac
    tamper(database, *statements)
    altered, head = verify(database, KEY, files, heads)
    assert altered.startswith(f"办公室记录 {rows[0].id} 内容被改")
    assert head.startswith(f"办公室记录 {rows[-1].id} 与 2026-11-20 记下的校验值不符")


@pytest.fixture
def amended(database, files, office, director, clock):
    """An office whose first day stands in its journal, and which changed its standard; what is found in it."""
    write_in_the_journal(database, clock, 1)
    office.amend(LONGER, by=director)
    return lambda: verify(database, KEY, files, [])


def test_a_change_of_the_standard_is_what_was_approved(amended):
    assert amended() == []


def test_an_amendment_altered_afterwards_is_named(amended, database):
    (row,) = ids(database, AmendmentRow)
    change = f"replace(CAST(data AS TEXT), 'days\": 2', 'days\": 9'){cast(database)}"
    tamper(database, f"UPDATE amendments SET data = {change}")
    assert amended() == [f"标准修订 {row}（incoming_document 第 1001 版，amendments 表）与批准时的记录不符"]


def test_an_amendment_nobody_approved_is_named(amended, database):
    columns, like = "process, version, data", "SELECT process, version + 1, data FROM amendments"
    tamper(database, f"INSERT INTO amendments ({columns}) {like}")
    assert amended()[0].endswith("第 1002 版，amendments 表）没有批准的记录")


def test_an_amendment_taken_away_is_named(amended, database):
    tamper(database, "DELETE FROM amendments")
    assert amended() == ["标准修订缺失：incoming_document 第 1001 版已经批准，amendments 表里却没有"]


def test_amendments_from_before_there_was_a_journal_are_taken_as_they_are(find, database, office, director):
    office.amend(LONGER, by=director)
    tamper(database, "DELETE FROM journal")
    assert find([]) == []
