"""What is read from a document: forms an office receives, dates, numbers, and texts that are none; by the command too."""

import json
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.intake import read
from core.intake.dates import date_of
from core.intake.numbers import number_of
from tests.intake.invented_acts import ACTS
from tests.intake.invented_letters import LETTERS
from tests.intake.invented_notices import NOTICES
from tests.intake.made import FORMATS, ROOT, Document, said

DOCUMENTS = [*NOTICES, *LETTERS, *ACTS]
STORIES = [story for story, _, _ in DOCUMENTS]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("document", DOCUMENTS, ids=STORIES)
def test_a_document_of_this_form_says_what_it_is(document: Document, form: str) -> None:
    _, text, expected = document
    found = said(FORMATS[form](text.strip()))
    assert {key: found[key] for key in expected} == expected


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2019年1月27日", date(2019, 1, 27)),
        ("二〇〇五年三月三日", date(2005, 3, 3)),
        ("二○○五年十月二十一日", date(2005, 10, 21)),
        ("二零零五年十二月卅一日", date(2005, 12, 31)),
        ("二O二六年元月廿日", date(2026, 1, 20)),
        ("2019-01-27", date(2019, 1, 27)),
        ("2019.1.27", date(2019, 1, 27)),
        ("2026年2月30日", None),
        ("二〇二六年二一月三日", None),
    ],
)
def test_a_date_is_read_however_it_is_written(written: str, day: date | None) -> None:
    assert date_of(written) == day


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("某办发[2026]7号", "某办发〔2026〕7号"),
        ("某办发 （2026） 7 号", "某办发〔2026〕7号"),
        ("某办发(2026)7号", "某办发〔2026〕7号"),
        ("某办发【2026】7号", "某办发〔2026〕7号"),
        ("某办发［2026］7号　　签发人：何清", "某办发〔2026〕7号"),
        ("发文字号：某政字〔2026〕第12号", "某政字〔2026〕第12号"),
        ("〔1998〕某司字第21号", "〔1998〕某司字第21号"),
        ("根据某办发〔2026〕7号的要求", None),
        ("第三次会议", None),
    ],
)
def test_a_number_comes_out_in_the_brackets_of_the_standard(typed: str, number: str | None) -> None:
    assert number_of(typed) == number


def test_a_text_that_is_no_document_says_nothing() -> None:
    assert set(said("今天下雨。\n明天开会，请大家准时。").values()) == {None}


@given(
    st.text(
        alphabet=st.one_of(st.characters(), st.sampled_from("关于的通知〔2026〕号年月日令文件：\n 机密★")),
        max_size=300,
    )
)
@settings(max_examples=300, deadline=None)
def test_any_text_at_all_is_read_without_a_fault(text: str) -> None:
    for value in said(text).values():
        assert value is None or value


@pytest.mark.parametrize(
    "text",
    [
        "关于" * 250_000,
        "〔2026〕" * 80_000,
        "（" * 500_000,
        "某局 " * 200_000,
        "某某局\n" * 200_000,
        "2026年" * 150_000,
        "关于做好工作的通知\n" * 90_000,
        "标题：\n" * 200_000,
        "《" * 300 + "\n",
        ("一" * 399 + "\n") * 1_500,
    ],
)
def test_a_megabyte_of_anything_is_read_at_once(text: str) -> None:
    started = time.perf_counter()
    read(text)
    assert time.perf_counter() - started < 5


# ---- the command ----------------------------------------------------------------------------------------


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "core.intake", *arguments],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_the_command_prints_one_object_a_file_and_goes_on_after_a_bad_one(tmp_path: Path) -> None:
    good, bad = tmp_path / "好.txt", tmp_path / "坏.docx"
    good.write_text(DOCUMENTS[0][1].strip(), encoding="utf-8")
    bad.write_bytes(b"")
    done = command(str(bad), str(tmp_path / "无.txt"), str(tmp_path), str(good))
    assert done.returncode == 1
    keys = ["doc_number", "title", "sender_org", "dated_on", "doc_kind", "secrecy_level", "urgency"]
    (row,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert list(row) == keys and row["title"] == DOCUMENTS[0][2]["title"] and "\\u" not in done.stdout
    faults = [json.loads(line) for line in done.stderr.splitlines()]
    assert [fault["file"] for fault in faults] == [str(bad), str(tmp_path / "无.txt"), str(tmp_path)]
    assert all(fault["error"].endswith("。") for fault in faults)


def test_the_command_without_files_says_how_to_use_it() -> None:
    done = command()
    assert (done.returncode, done.stdout) == (2, "") and "用法" in done.stderr
