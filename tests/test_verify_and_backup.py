"""What was done behind the program's back is found and named, and a backup brings the whole office back."""

import shutil
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import select, text

from core.amendment import Amendment, SetLimit
from core.errors import Unreadable
from core.office import Office
from db import anchor, backup, chain, journal, restore, search
from db import verify as verify_command
from db.config import Settings
from db.tables import AmendmentRow, Base, CaseRow, EventRow, FileRow, JournalRow
from db.unit import SqlUnit, link_fields, to_event
from db.verify import Installation, verify
from tests.conftest import CHECKED, DOCUMENT, NAMED, StillClock

KEY = b"key of the tests"
LETTER = "关于做好岁末年初安全生产工作的通知".encode()


@pytest.fixture
def letter(office, files, post):
    """A document with a file, taken through the office to its feedback, and the day's head written down."""
    kept = office.keep("通知.txt", LETTER, by=NAMED["wang"])
    return post.bring_to("feedback", files=[kept], assist_depts=["caiwu"])


@pytest.fixture
def find(database, files, letter):
    """What the verification finds, with the head as it stood at the end of the story."""
    heads = [anchor.head(database, date(2026, 11, 20))]
    return lambda heads=heads: verify(database, KEY, files, heads)


def tamper(database, *statements):
    """Do as somebody with the database file in hand could: no triggers, no foreign keys."""
    with database.write.connect() as connection:
        if database.is_sqlite:
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")
            for table, verb in product(("events", "journal", "amendments"), ("update", "delete")):
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
        for statement in statements:
            connection.execute(text(statement))
        connection.commit()
        connection.invalidate()  # the next to use the connection is the program again


def ids(database, row=EventRow):
    with database.reading() as session:
        return list(session.scalars(select(row.id).order_by(row.id)))


# --- the record ---------------------------------------------------------------------------------------


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


def cast(database):
    return "" if database.is_sqlite else "::json"


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


LONGER = Amendment(
    process="incoming_document",
    in_force_from=date(2026, 12, 1),
    changes=(SetLimit(stage="registration", days=2),),
    reason="登记人手不足",
    proposed_by="wang",
    approved_by="",
)


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


# --- the attachments ----------------------------------------------------------------------------------


@pytest.fixture
def kept(files, letter):
    """Where the letter's file lies."""
    (place,) = (path for path in files.folder.rglob("*") if path.is_file())
    return place


def test_a_deleted_attachment_is_named_by_its_document(find, kept, letter):
    kept.unlink()
    assert find() == [f"附件缺失：{kept.name}（{letter.number} '通知.txt'）"]


def test_an_altered_attachment_is_named(find, kept, letter):
    kept.write_bytes(LETTER + b".")
    assert find() == [f"附件被改：{kept.name}（{letter.number} '通知.txt'）"]
    assert kept.read_bytes() == LETTER + b"."  # nothing is repaired silently


def test_a_file_nobody_kept_is_named(find, files):
    (files.folder / "00").mkdir()
    (files.folder / "00" / "stranger.exe").write_bytes(b"MZ")
    assert find() == ["附件目录里多出文件：00/stranger.exe"]


def test_a_file_uploaded_for_a_form_not_handed_in_yet_is_no_fault(find, office, secretary):
    office.keep("草稿.txt", b"draft", by=secretary)
    assert find() == []


def test_an_attachment_put_into_a_case_behind_the_programs_back_is_named(find, database, kept, letter):
    columns, like = (
        "id, case_id, digest, name, at",
        "SELECT 'x', case_id, digest, '伪造.txt', at FROM attachments",
    )
    tamper(database, f"INSERT INTO attachments ({columns}) {like}")
    assert find() == [
        f"事项 {letter.number}（{letter.id}）的附件登记多出 '伪造.txt'（{kept.name}）：没有记录说明（attachments 表）"
    ]


def test_an_attachment_taken_out_of_a_case_is_named(find, database, kept, letter):
    tamper(database, "DELETE FROM attachments")
    assert find() == [
        f"事项 {letter.number}（{letter.id}）的附件登记少了 '通知.txt'（{kept.name}）（attachments 表）"
    ]


def test_an_attachment_of_a_file_nobody_knows_is_named(find, database, kept):
    tamper(database, "DELETE FROM files")
    (orphan, extra) = find()
    assert orphan.startswith("附件登记无着落：'通知.txt'")
    assert extra == f"附件目录里多出文件：{kept.name[:2]}/{kept.name}"


# --- the head of each day -----------------------------------------------------------------------------


def test_the_head_is_written_down_once_a_day_in_the_offices_own_days(database, letter, files, tmp_path, post):
    beside = tmp_path / "backups"
    job = anchor.daily(database, beside)
    for moment in ("2026-11-23 00:05", "2026-11-23 18:00", "2026-11-24 07:00"):
        job(StillClock(moment)())
        post.act(letter, "note", "wang", text="记一笔")
    days = [head.day.isoformat() for head in anchor.heads(beside)]
    assert days == ["2026-11-23", "2026-11-24"]
    assert verify(database, KEY, files, anchor.heads(beside)) == []


def test_a_line_from_before_there_was_a_journal_is_still_a_head(tmp_path, find, database):
    head = anchor.head(database, date(2026, 11, 20))
    (tmp_path / anchor.HEADS).write_text(f"2026-11-20 {head.event} {head.mac}\n")
    assert find(anchor.heads(tmp_path)) == []


def test_a_head_tells_where_both_chains_ended(tmp_path, find, database, clock):
    write_in_the_journal(database, clock)
    anchor.keep(tmp_path, anchor.head(database, date(2026, 11, 20)))
    (head,) = anchor.heads(tmp_path)
    assert (head.event, head.line) == (ids(database)[-1], ids(database, JournalRow)[-1])
    assert find([head]) == []


def test_a_line_of_heads_nobody_can_read_is_said(tmp_path):
    (tmp_path / anchor.HEADS).write_text("2026-11-23 12 abc\n")
    with pytest.raises(Unreadable, match="有一行读不出"):
        anchor.heads(tmp_path)


# --- an office in a folder, its backup and its restore ------------------------------------------------


class House:
    """An office in a data folder of its own, as somebody installed it."""

    def __init__(self, data: Path, template: Path) -> None:
        data.mkdir(parents=True, exist_ok=True)
        shutil.copy(template, data / "office.db")
        (data / "chain.key").write_text(KEY.hex())
        self.data, self.clock = data, StillClock("2026-11-20 15:00")

    @property
    def settings(self) -> Settings:
        return Settings(data_dir=self.data)

    @contextmanager
    def running(self):
        here = Installation.at(self.settings)
        yield here, Office(lambda: SqlUnit(here.database, here.files, here.key), self.clock)
        here.database.close()

    def register(self, office: Office, title: str, content: bytes | None = None):
        by = NAMED["wang"]
        files = [office.keep("附件.txt", content, by=by)] if content else []
        document = DOCUMENT | {"received_at": self.clock(), "title": title, "files": files}
        return office.open("incoming_document", document, by=by, then=("register", CHECKED))

    def backup(self, *arguments: str) -> int:
        return backup.main(self.settings, arguments, self.clock)

    def restore(self, *arguments: str, ask=None) -> int:
        return restore.main(self.settings, arguments, self.clock, ask or no_question)

    def verify(self) -> int:
        return verify_command.main(self.settings)

    def newest(self) -> Path:
        return backup.backups(self.data / "backups")[-1]


def no_question(_prompt: str) -> str:
    raise AssertionError("nobody should be asked")


@pytest.fixture
def house(tmp_path, sqlite_template):
    """An office with two documents, one of them with a file, and nobody at work."""
    built = House(tmp_path / "data", sqlite_template)
    with built.running() as (_, office):
        built.register(office, "关于防汛工作的通知", LETTER)
        built.register(office, "关于春节值班的通知")
    return built


def contents(folder: Path) -> dict[str, list]:
    """Every row of every table in the database of a folder."""
    with backup.opened(folder) as database, database.reading() as session:
        return {
            table.name: sorted(map(repr, session.execute(select(table))))
            for table in Base.metadata.sorted_tables
        }


def titles(folder: Path) -> set[str]:
    with backup.opened(folder) as database, database.reading() as session:
        return set(session.scalars(select(CaseRow.title)))


def attached(folder: Path) -> set[str]:
    return {backup.sha256(path) for path in (folder / "files").rglob("*") if path.is_file()}


def test_a_backup_under_eight_writers_brings_the_whole_office_back_elsewhere(
    house, tmp_path, sqlite_template, capsys
):
    acknowledged, stop = [], threading.Event()

    def work(office, name):
        n = 0
        while not stop.is_set():
            house.register(office, f"{name} 的第 {n} 件", f"{name}.{n}".encode())
            acknowledged.append(f"{name} 的第 {n} 件")
            n += 1

    with house.running() as (_, office), ThreadPoolExecutor(8) as people:
        work_of = [people.submit(work, office, f"第 {i} 位") for i in range(8)]
        while len(acknowledged) < 16:
            stop.wait(0.05)
        before = set(acknowledged)
        try:
            assert house.backup(str(tmp_path / "usb")) == 0
        finally:
            stop.set()
        for one in work_of:
            one.result()
    (made,) = backup.backups(tmp_path / "usb")
    assert before <= titles(made)

    elsewhere = House(tmp_path / "new machine" / "data", sqlite_template)
    (elsewhere.data / "office.db").unlink()
    assert elsewhere.restore(str(made)) == 0
    assert contents(elsewhere.data) == contents(made)
    with backup.opened(made) as database, database.reading() as session:
        known = set(session.scalars(select(FileRow.digest)))
    assert attached(elsewhere.data) == attached(made) == known
    assert elsewhere.verify() == 0
    with backup.opened(elsewhere.data) as database:
        head = anchor.head(database, date(2026, 11, 20))
    assert str(head) == backup.read_manifest(made)["head"]


def test_the_backup_does_not_carry_the_key(house, capsys):
    house.backup()
    assert KEY.hex() not in "".join(
        path.read_bytes().decode("latin-1") for path in house.newest().rglob("*") if path.is_file()
    )
    assert "请另存一份" in capsys.readouterr().out


def places_in(made: Path) -> list[Path]:
    return sorted(path for path in made.rglob("*") if path.is_file())


@pytest.mark.parametrize("which", [0, 1, 2], ids=["attachment", "manifest", "database"])
def test_one_byte_damaged_is_named_and_not_restored(house, which, capsys):
    house.backup()
    before = contents(house.data)
    place = places_in(house.newest())[which]
    content = bytearray(place.read_bytes())
    content[len(content) // 2] ^= 1
    place.write_bytes(content)
    assert house.restore(str(house.newest()), "--yes") == 1
    said = capsys.readouterr().out
    assert "这份备份已损坏，没有恢复" in said
    assert place.name in said
    assert contents(house.data) == before


def test_a_backup_with_an_attachment_missing_is_not_restored(house, capsys):
    house.backup()
    places_in(house.newest())[0].unlink()
    assert house.restore(str(house.newest()), "--yes") == 1
    assert "备份里缺附件" in capsys.readouterr().out


def test_a_manifest_written_to_fit_an_altered_backup_is_found(house, capsys):
    """Whoever alters the backup can write the new hash down, but cannot sign it."""
    house.backup()
    made = house.newest()
    place = made / backup.MANIFEST
    database = made / "office.db"
    was = backup.sha256(database)
    database.write_bytes(database.read_bytes() + b"\0")
    place.write_text(place.read_text().replace(was, backup.sha256(database)))
    assert house.restore(str(made), "--yes") == 1
    assert "manifest.json 被改" in capsys.readouterr().out


def test_restoring_over_a_living_office_asks_first(house, capsys):
    house.backup()
    with house.running() as (_, office):
        house.register(office, "备份以后来的文")
    for answer in ("", "no"):
        assert house.restore(str(house.newest()), ask=lambda _prompt, answer=answer: answer) == 1
    assert "没有恢复，一切照旧" in capsys.readouterr().out
    assert "备份以后来的文" in titles(house.data)


def test_restoring_keeps_the_old_office_aside_and_the_key_and_the_backups_in_place(house, capsys):
    house.backup()
    made = house.newest()
    with house.running() as (_, office):
        house.register(office, "备份以后来的文")
    house.clock.turn_to("2026-11-21 09:00")
    house.backup()
    assert house.restore(str(made), ask=lambda _prompt: "yes") == 0
    (before,) = house.data.parent.glob("data.before-*")
    assert str(before) in capsys.readouterr().out
    assert "备份以后来的文" in titles(before)
    assert "备份以后来的文" not in titles(house.data)
    assert attached(before) == attached(house.data)
    assert (house.data / "chain.key").read_text() == KEY.hex() == (before / "chain.key").read_text()
    assert len(backup.backups(house.data / "backups")) == 2
    assert house.verify() == 0


@pytest.fixture(params=["a disk of its own", "a folder of the same disk"])
def mounted(request, tmp_path, sqlite_template):
    """An office with one document in a data folder that is a mount and so cannot be renamed."""
    data, elsewhere = tmp_path / "data", tmp_path / "elsewhere"
    data.mkdir()
    elsewhere.mkdir()
    disk = ["-t", "tmpfs", "office"] if request.param == "a disk of its own" else ["--bind", str(elsewhere)]
    if subprocess.run(["mount", *disk, str(data)], capture_output=True, check=False).returncode:
        pytest.skip("nothing may be mounted here")
    try:
        built = House(data, sqlite_template)
        with built.running() as (_, office):
            built.register(office, "关于防汛工作的通知", LETTER)
        yield built
    finally:
        subprocess.run(["umount", str(data)], check=True)


def test_a_data_folder_that_is_a_mount_gets_the_backup_into_it(mounted, capsys):
    mounted.backup()
    with mounted.running() as (_, office):
        mounted.register(office, "备份以后来的文")
    for moment in ("2026-11-20 16:00", "2026-11-20 17:00"):  # and once more, over what was restored
        mounted.clock.turn_to(moment)
        assert mounted.restore(str(mounted.newest()), "--yes") == 0
        assert titles(mounted.data) == {"关于防汛工作的通知"}
        assert mounted.verify() == 0
    first, _ = sorted(mounted.data.glob("before-*"))
    assert str(first) in capsys.readouterr().out
    assert "备份以后来的文" in titles(first)
    assert (mounted.data / "chain.key").read_text() == KEY.hex()
    assert len(backup.backups(mounted.data / "backups")) == 1
    assert list(mounted.data.parent.glob("data.*")) == []


def test_the_contents_of_a_folder_are_exchanged_inside_it(house, tmp_path):
    """What happens in a mount, wherever this is run."""
    building = house.data / "data.restoring-x"
    building.mkdir()
    (building / "office.db").write_text("new")
    (house.data / "before-20260101-000000").mkdir()
    before = restore.swap_inside(house.data, building, house.data / "before-20261120-150000")
    assert (house.data / "office.db").read_text() == "new"
    assert titles(before) == {"关于防汛工作的通知", "关于春节值班的通知"}
    assert (house.data / "before-20260101-000000").exists()


def test_the_restored_office_goes_on_and_its_chain_holds(house):
    house.backup()
    assert house.restore(str(house.newest()), "--yes") == 0
    with house.running() as (_, office):
        house.register(office, "恢复以后来的文")
    assert house.verify() == 0


def test_an_office_whose_database_is_rubbish_is_put_aside_and_restored(house):
    house.backup()
    before = titles(house.data)
    (house.data / "office.db").write_bytes(b"rubbish" * 1000)
    assert house.restore(str(house.newest()), "--yes") == 0
    assert titles(house.data) == before
    (aside,) = house.data.parent.glob("data.before-20261120-150000")
    assert (aside / "office.db").read_bytes().startswith(b"rubbish")


def test_nothing_is_restored_under_a_running_service(house, capsys):
    house.backup()
    with house.running() as (_, office):
        house.register(office, "还在登记")
        assert house.restore(str(house.newest()), "--yes") == 1
    assert "服务还在运行" in capsys.readouterr().out
    assert "还在登记" in titles(house.data)


def test_without_the_key_a_restore_says_what_is_lost_and_does_it_only_when_told(
    house, tmp_path, sqlite_template, capsys
):
    house.backup()
    elsewhere = House(tmp_path / "new machine" / "data", sqlite_template)
    shutil.rmtree(elsewhere.data)
    assert elsewhere.restore(str(house.newest())) == 1
    assert "请先把另存的 chain.key 放进数据目录" in capsys.readouterr().out
    assert not elsewhere.data.exists()
    assert elsewhere.restore(str(house.newest()), "--without-key") == 0
    assert titles(elsewhere.data) == titles(house.data)


def test_a_restore_into_postgresql_is_refused_in_one_sentence(house, capsys):
    settings = Settings(data_dir=house.data, database_url="postgresql://office@localhost/office")
    assert restore.main(settings, [str(house.data)], house.clock) == 1
    assert "本版只恢复到数据目录里的 SQLite 数据库" in capsys.readouterr().out


def test_an_office_that_is_not_whole_is_backed_up_and_it_is_said(house, capsys):
    """One attachment lost must not mean no backup from now on."""
    with house.running() as (here, _):
        (place,) = (path for path in here.files.folder.rglob("*") if path.is_file())
        place.unlink()
    assert house.backup() == 1
    assert "附件缺失" in capsys.readouterr().out
    assert "附件缺失" in backup.read_manifest(house.newest())["findings"][0]
    assert house.restore(str(house.newest()), "--yes") == 1  # restored, and said again
    assert "附件缺失" in capsys.readouterr().out
    assert len(titles(house.data)) == 2


def test_a_file_is_stored_once_among_backups_and_never_shared_with_the_office(house):
    for moment in ("2026-11-20 15:00", "2026-11-21 15:00"):
        house.clock.turn_to(moment)
        house.backup()
    first, second = (places_in(made)[0] for made in backup.backups(house.data / "backups"))
    (own,) = (path for path in (house.data / "files").rglob("*") if path.is_file())
    assert first.samefile(second)
    assert not own.samefile(second)


def test_what_was_damaged_in_the_office_comes_whole_from_the_backup_before(house):
    house.backup()
    (own,) = (path for path in (house.data / "files").rglob("*") if path.is_file())
    own.write_bytes(b"damaged")
    house.clock.turn_to("2026-11-21 15:00")
    assert house.backup() == 0
    assert house.verify() == 1


def test_the_commands_say_where_nothing_is_installed(tmp_path, capsys):
    settings = Settings(data_dir=tmp_path / "nothing")
    assert verify_command.main(settings) == 1
    assert backup.main(settings, [], StillClock("2026-11-20 15:00")) == 1
    assert capsys.readouterr().out.count("里没有 chain.key") == 2
    assert not (tmp_path / "nothing").exists()


def test_a_whole_office_is_said_with_its_numbers(house, capsys):
    house.backup()
    capsys.readouterr()
    assert house.verify() == 0
    assert capsys.readouterr().out == "完好：2 件事项、4 条记录、0 条办公室记录、1 个附件\n"


# --- every night --------------------------------------------------------------------------------------


@pytest.fixture
def night(house):
    """The job of the nightly backup, to be run at a moment."""
    with house.running() as (here, _):
        job = backup.jobs(house.settings, here.database)["backup"]
        yield lambda moment: job(StillClock(moment)())


def made_at(house):
    return [path.name for path in backup.backups(house.data / "backups")]


def test_the_office_is_backed_up_once_a_night_at_half_past_two(house, night):
    for moment in (
        "2026-11-21 02:20",
        "2026-11-21 02:30",
        "2026-11-21 02:40",
        "2026-11-21 23:50",
        "2026-11-22 02:29",
    ):
        night(moment)
    assert made_at(house) == ["backup-20261121-023000"]


def test_a_night_without_a_running_server_is_made_good_in_the_morning(house, night):
    night("2026-11-21 08:15")
    assert made_at(house) == ["backup-20261121-081500"]


def test_the_last_fourteen_nights_are_kept(house, night):
    start = datetime(2026, 11, 1, 2, 30)
    for n in range(16):
        night(f"{start + timedelta(days=n):%Y-%m-%d %H:%M}")
    assert len(made_at(house)) == 14
    assert made_at(house)[0] == "backup-20261103-023000"


def test_while_the_record_is_damaged_no_good_backup_is_thrown_away(house, night):
    start = datetime(2026, 11, 1, 2, 30)
    for n in range(14):
        night(f"{start + timedelta(days=n):%Y-%m-%d %H:%M}")
    with backup.opened(house.data) as database:
        tamper(database, "UPDATE events SET \"by\" = 'li' WHERE id = 1")
    night("2026-11-20 02:30")
    assert len(made_at(house)) == 15


def test_nightly_backups_can_be_switched_off_and_the_heads_are_still_written(house):
    with house.running() as (here, _):
        settings = Settings(data_dir=house.data, nightly_backups=False)
        assert set(backup.jobs(settings, here.database)) == {"anchor"}


# --- PostgreSQL ---------------------------------------------------------------------------------------


def test_the_backup_of_either_database_is_one_sqlite_file_with_every_row(
    database, files, letter, tmp_path, clock
):
    here = Installation(database, KEY, files, tmp_path / "backups")
    made, found = backup.back_up(here, tmp_path / "backups", clock())
    assert found == []
    assert backup.check(made, KEY) == []
    with database.reading() as session:
        live = {
            table.name: sorted(map(repr, session.execute(select(table))))
            for table in Base.metadata.sorted_tables
        }
    assert contents(made) == live
    with backup.opened(made) as copy:
        assert search.catch_up(copy) == 0  # the index came along, or was made anew
    assert attached(made) == {path.name for path in files.folder.rglob("*") if path.is_file()}
