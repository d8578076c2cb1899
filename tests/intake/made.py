"""Files as they come in, made here: a text in every format, and files that lie about themselves."""

import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import typst

from core.intake import read, text_of

ROOT = Path(__file__).parents[2]
Document = tuple[str, str, dict[str, str | None]]
"""What it is, its text, and what is to be read from it: by field, None where there is nothing."""


def as_text(text: str) -> str:
    return text_of("来文.txt", text.encode("gb18030"))


def as_docx(text: str) -> str:
    return text_of("来文.docx", docx_bytes(text.split("\n")))


def as_pdf(text: str) -> str:
    return text_of("来文.pdf", pdf_bytes(text.split("\n")))


FORMATS: dict[str, Callable[[str], str]] = {"txt": as_text, "docx": as_docx, "pdf": as_pdf}


def docx_bytes(lines: list[str]) -> bytes:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def pdf_bytes(lines: list[str]) -> bytes:
    """A4 with the margins of GB/T 9704, size-three type, long lines wrapped by the page."""
    page = '#set page(paper: "a4", margin: (left: 28mm, right: 26mm), numbering: "— 1 —")\n'
    face = '#set text(font: "Noto Serif CJK SC", size: 16pt, lang: "zh")\n'
    body = "\n\n".join(f"#text({json.dumps(line, ensure_ascii=False)})" for line in lines)
    return typst.compile((page + face + body).encode())  # type: ignore[no-any-return]


def said(text: str) -> dict[str, str | None]:
    reading = read(text)
    values = {key: getattr(reading, key) for key in reading.__dataclass_fields__}
    return values | {"dated_on": reading.dated_on.isoformat() if reading.dated_on else None}


def zipped(parts: dict[str, bytes], **options: Any) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def as_word(**parts: bytes) -> dict[str, bytes]:
    return {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"} | parts


def lying(parts: dict[str, bytes], name: str, size: int) -> bytes:
    """The archive with another size for one part in both its headers."""
    content = bytearray(zipped(parts))
    for mark, offset, length in ((b"PK\x03\x04", 22, 30), (b"PK\x01\x02", 24, 46)):
        at = -1
        while (at := content.find(mark, at + 1)) >= 0:
            if content[at + length :].startswith(name.encode()):
                struct.pack_into("<I", content, at + offset, size)
    return bytes(content)


def linked() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in as_word().items():
            archive.writestr(name, content)
        link = zipfile.ZipInfo("word/media/a.png")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return file.getvalue()


def locked_zip() -> bytes:
    content = bytearray(zipped(as_word()))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := content.find(mark, at + 1)) >= 0:
            content[at + offset] |= 1
    return bytes(content)


def pdf_of(objects: list[bytes], trailer: bytes = b"") -> bytes:
    out, places = b"%PDF-1.6\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    tail = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF"
    return out + tail % (size, table, size, trailer, len(out))


CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>"


def stream(content: bytes, extra: bytes = b"") -> bytes:
    return b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(content), extra, content)


def locked_pdf() -> bytes:
    """A file whose keys fit no password anyone knows."""
    lock = b"<</Filter/Standard/V 2/R 3/Length 128/P -44/O<%s>/U<%s>>>" % (b"ab" * 32, b"cd" * 32)
    trailer = b"/Encrypt 5 0 R/ID[<%s><%s>]" % (b"0f" * 16, b"0f" * 16)
    return pdf_of([CATALOG, PAGES, PAGE, stream(b"BT ET"), lock], trailer)


def entity_bomb() -> bytes:
    names = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "哈"}">' for n in range(10))
    return f'<?xml version="1.0"?><!DOCTYPE w [{names}]><w>&e9;</w>'.encode()
