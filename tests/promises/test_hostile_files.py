"""Hostile files: refused with the reason, written down, at no cost; and a name leads nowhere (P11, P12)."""

import json
import subprocess
import sys
import zlib
from collections.abc import Callable
from email.message import Message
from email.utils import collapse_rfc2231_value
from pathlib import Path

import pytest
from sqlalchemy import select

from core.errors import Unreadable
from core.intake import Scanned
from db.tables import FileRow, JournalRow
from pages.ui.doors import disposition
from tests.intake.made import (
    as_word,
    entity_bomb,
    linked,
    locked_pdf,
    locked_zip,
    lying,
    zipped,
)
from tests.promises.registrar import ROOT

GIGABYTE = 2**30


def a_gigabyte_of_zeros(declared: int = GIGABYTE) -> bytes:
    """A sheet of 1 GB in 1 MB that says it has so many bytes, put together from a thousand equal blocks instead of being packed."""
    sheet = "xl/worksheets/sheet1.xml"
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = block * 1024 + packer.flush()
    small = zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>", sheet: b"\0" * 64})
    return with_stream(small, sheet, packed, declared)


def with_stream(archive: bytes, name: str, packed: bytes, size: int) -> bytes:
    """The archive with its last part replaced by a packed stream of this size."""
    import io
    import struct
    import zipfile

    with zipfile.ZipFile(io.BytesIO(archive)) as parts:
        last = parts.getinfo(name)
    start = last.header_offset + 30 + len(name)
    end = start + last.compress_size
    head = bytearray(archive[:start])
    struct.pack_into("<II", head, last.header_offset + 18, len(packed), size)
    tail = bytearray(archive[end:])
    at = tail.rfind(b"PK\x01\x02")
    struct.pack_into("<II", tail, at + 20, len(packed), size)
    finish = tail.rfind(b"PK\x05\x06")
    struct.pack_into("<I", tail, finish + 16, len(head) + len(packed))
    return bytes(head) + packed + bytes(tail)


def a_real_program() -> bytes:
    return Path(sys.executable).resolve().read_bytes()[: 40 * 2**20]


FILES: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "0 bytes": ("来文.docx", lambda: b"", "0 字节"),
    "text named .docx": ("来文.docx", lambda: "关于放假的通知".encode() * 100, "纯文本"),
    "a real program named .pdf": ("来文.pdf", a_real_program, "可执行程序"),
    "1 GB sheet in 1 MB": ("名单.xlsx", a_gigabyte_of_zeros, "压缩炸弹"),
    "1 GB sheet that says it is small": ("名单.xlsx", lambda: a_gigabyte_of_zeros(1000), "大小与实际不符"),
    "a size that lies": ("来文.docx", lambda: lying(as_word(a=bytes(9000)), "a", 9), "大小与实际不符"),
    "an entity bomb": (
        "来文.docx",
        lambda: zipped(as_word(**{"word/document.xml": entity_bomb()})),
        "实体声明",
    ),
    "an entry that climbs out": ("来文.docx", lambda: zipped(as_word(**{"../../x": b"1"})), "不安全的路径"),
    "an entry that is a link": ("来文.docx", linked, "不安全的路径或链接"),
    "2,001 entries": (
        "来文.docx",
        lambda: zipped(as_word(**{f"x{n}": b"" for n in range(1999)})),
        "2000 个",
    ),
    "an encrypted archive": ("来文.docx", locked_zip, "已加密"),
}


@pytest.mark.parametrize(("name", "make", "reason"), FILES.values(), ids=FILES)
def test_it_is_refused_with_its_reason_and_the_refusal_is_written_down(
    office, database, files, secretary, clock, name, make, reason
):
    """By either door: dropped to be read, or kept as an attachment."""
    content = make()
    for door in (office.text_of, office.keep):
        with pytest.raises(Unreadable, match=reason):
            door(name, content, by=secretary)
    with database.reading() as session:
        lines = session.scalars(select(JournalRow).order_by(JournalRow.id)).all()
        assert session.scalars(select(FileRow)).all() == []
    assert [(line.at, line.by, line.action, line.subject) for line in lines] == [
        (clock(), "wang", "file.refused", name)
    ] * 2
    assert all(reason in line.data["why"] for line in lines)
    assert not files.folder.exists()


def test_a_locked_document_is_refused_when_it_is_read(office, secretary):
    """Its pages cannot be looked into; as an attachment somebody may have the password for it."""
    with pytest.raises(Unreadable, match="已加密"):
        office.text_of("来文.pdf", locked_pdf(), by=secretary)


def test_a_scan_is_no_refusal(office, database, secretary):
    """It can be kept, and its fields are typed in: nothing to write down."""
    with pytest.raises(Scanned):
        office.text_of("照片.jpg", b"\xff\xd8\xff\xe0" + bytes(60), by=secretary)
    with database.reading() as session:
        assert session.scalars(select(JournalRow)).all() == []


MEASURING = """
import json, resource, sys, time
from pathlib import Path
from core.errors import Unreadable
from core.intake import text_of
contents = {path: path.read_bytes() for path in sorted(Path(sys.argv[1]).iterdir())}
try:
    text_of("first.txt", b"abc")  # what is imported at the first file is no cost of a hostile one
except Unreadable:
    pass
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
before, slowest = peak(), 0.0
for path, content in contents.items():
    began = time.perf_counter()
    try:
        text_of(path.name.split("-", 1)[1], content)
        raise SystemExit(f"{path.name} was taken in")
    except Unreadable:
        slowest = max(slowest, time.perf_counter() - began)
print(json.dumps({"megabytes": peak() - before, "seconds": slowest}))
"""


def cost_of_refusing(folder: Path) -> dict[str, float]:
    """The most memory (MB) and the longest time (s) refusing any of the hostile files costs a process."""
    for n, (name, make, _) in enumerate(FILES.values()):
        (folder / f"{n:02}-{name}").write_bytes(make())
    command = [sys.executable, "-c", MEASURING, str(folder)]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(answer.stdout)


def test_refusing_all_of_them_takes_less_than_fifty_megabytes(tmp_path):
    assert cost_of_refusing(tmp_path)["megabytes"] < 50


# --- names (P12) ------------------------------------------------------------------------------------

NAMES = {
    "../../../x.txt": "x.txt",
    "C:\\Windows\\x.txt": "x.txt",
    "来\x00文.txt": "来文.txt",
    "长" * 300 + ".txt": "长" * 116 + ".txt",
    "来文\u202etxt.txt": "来文txt.txt",
    "通知😀.txt": "通知😀.txt",
    'x"; filename="y.exe\r\nSet-Cookie: a=b.txt': 'x"; filename="y.exe Set-Cookie: a=b.txt',
    "..": "未命名",
}


@pytest.mark.parametrize(("given", "shown"), NAMES.items(), ids=range(len(NAMES)))
def test_a_name_leads_nowhere_and_is_shown_clean(post, office, reader_of, secretary, files, given, shown):
    """Stored under its digest, inside the store; downloaded under the name that is shown."""
    ref = office.keep(given, "附件".encode(), by=secretary)
    case = post.register(files=[ref])
    (row,) = reader_of(secretary).attachments(case.id).to_dict("records")
    name, _, place = reader_of(secretary).attachment(row["id"])
    assert (row["name"], name, place.name) == (shown, shown, ref["digest"])
    stored = [path for path in files.folder.parent.rglob("*") if path.is_file()]
    assert stored == [files.path(ref["digest"])]
    assert as_browsers_read(disposition(name)) == shown


def as_browsers_read(header: str) -> str:
    """The name a browser saves under: the extended one of RFC 6266."""
    assert header.isascii() and "\n" not in header and "\r" not in header
    message = Message()
    message["Content-Disposition"] = header
    extended = dict(message.get_params(header="Content-Disposition", unquote=True) or [])["filename"]
    return collapse_rfc2231_value(extended)
