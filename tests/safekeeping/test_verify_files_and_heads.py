"""Attachments changed behind the program's back are found and named; each day the ends of the chains are written down."""

from datetime import date

import pytest

from core.errors import Unreadable
from db import anchor
from db.tables import JournalRow
from db.verify import verify
from tests.conftest import StillClock
from tests.safekeeping.tampering import KEY, LETTER, ids, tamper
from tests.safekeeping.test_verify import write_in_the_journal


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
