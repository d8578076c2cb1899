"""Looking into a ZIP without trusting it: DOCX and XLSX are archives, and so are the bombs made of them."""

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator

from core.errors import Unreadable

MOST_ENTRIES = 2_000
MOST_BYTES = 200 * 2**20
MOST_XML = 48 * 2**20
"""Of all XML parts together: each is searched for entities, which takes about a second for 50 MB."""
SMALL_PART = 2**20
HIGHEST_RATIO = 200

_CHUNK = 256 * 2**10
_END = b"PK\x05\x06"
_END_LENGTH = 22
_LONGEST_DIRECTORY = MOST_ENTRIES * 512
_ENCRYPTED = 0x1
_XML = re.compile(r"\.(?:xml|rels|vml)$", re.IGNORECASE)
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING = re.compile(rb"<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([^\"']{1,40})", re.IGNORECASE)
# Parsers elsewhere know encodings (UTF-7) in which a DOCTYPE does not look like one.
_ENCODINGS = {b"utf-8", b"utf8", b"utf-16", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252"}

BROKEN = "文件已损坏，无法打开，请向来文单位重新索取，或另存一次后再上传。"
_BOMB = "文件解压后异常庞大，疑似压缩炸弹，请核实来源后重新索取。"
_LYING = "文件内部登记的大小与实际不符，可能被篡改，请核实来源后重新索取。"
_NAMES = "文件内部含有不安全的路径或链接，请核实来源后重新索取。"
_LOCKED = "文件已加密，请解除密码后另存为 DOCX 或 PDF 再上传。"
_ENTITIES = "文件内部含有不允许的实体声明，可能是恶意文件，请核实来源后重新索取。"
_MANY = f"文件内部条目超过 {MOST_ENTRIES} 个，不是正常的公文，请核实来源后重新索取。"


def opened(content: bytes) -> zipfile.ZipFile:
    """The archive, after every entry has been unpacked once within the limits and thrown away."""
    _check_directory(content)
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        _check_entries(archive.infolist())
        _check_parts(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as fault:
        raise Unreadable(BROKEN) from fault
    return archive


def chunks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """One part in pieces, so that no part is ever whole in memory."""
    with archive.open(name) as part:
        while piece := part.read(_CHUNK):
            yield piece


def _check_directory(content: bytes) -> None:
    """Refuse a huge directory before `zipfile` makes an object of each of its entries."""
    at = _end_of_directory(content)
    if at < 0 or at + _END_LENGTH > len(content):
        raise Unreadable(BROKEN)
    if content[max(at - 20, 0) : at].startswith(b"PK\x06\x07"):
        raise Unreadable(_MANY)
    entries, size = struct.unpack_from("<HI", content, at + 10)
    if entries > MOST_ENTRIES or size > _LONGEST_DIRECTORY:
        raise Unreadable(_MANY)


def _end_of_directory(content: bytes) -> int:
    """Where `zipfile` will find the end record: the same two steps, or we would check another one."""
    tail = content[-_END_LENGTH:]
    if tail.startswith(_END) and tail.endswith(b"\0\0"):
        return len(content) - _END_LENGTH
    return content.rfind(_END, max(len(content) - 2**16 - _END_LENGTH, 0))


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_ENTRIES:
        raise Unreadable(_MANY)
    if len({entry.filename for entry in entries}) != len(entries):
        raise Unreadable(BROKEN)
    if any(_leads_outside(entry) for entry in entries):
        raise Unreadable(_NAMES)
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise Unreadable(_LOCKED)
    xml = [entry for entry in entries if _XML.search(entry.filename)]
    if _total(entries) > MOST_BYTES or _total(xml) > MOST_XML or any(map(_swells, entries)):
        raise Unreadable(_BOMB)


def _total(entries: Iterable[zipfile.ZipInfo]) -> int:
    return sum(entry.file_size for entry in entries)


def _leads_outside(entry: zipfile.ZipInfo) -> bool:
    name = (entry.orig_filename or entry.filename).replace("\\", "/")
    rooted = name.startswith("/") or re.match(r"[A-Za-z]:", name) is not None
    link = stat.S_ISLNK(entry.external_attr >> 16)
    return rooted or link or ".." in name.split("/") or "\0" in name


def _swells(entry: zipfile.ZipInfo) -> bool:
    return entry.file_size > SMALL_PART and entry.file_size > HIGHEST_RATIO * max(entry.compress_size, 1)


def _check_parts(archive: zipfile.ZipFile) -> None:
    for entry in archive.infolist():
        _check_part(archive, entry)


def _check_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Unpack a part up to the size the directory declares, which is within the limits, and to its real end."""
    declared, entry.file_size = entry.file_size, MOST_BYTES + 1  # or `zipfile` stops where it was told to
    size, is_xml, tail = 0, _XML.search(entry.filename) is not None, b""
    try:
        for piece in chunks(archive, entry.filename):
            size += len(piece)
            if size > declared:
                raise Unreadable(_LYING)
            tail = _check_xml(tail, piece) if is_xml else b""
    except zipfile.BadZipFile as fault:
        raise Unreadable(BROKEN if size == declared else _LYING) from fault
    finally:
        entry.file_size = declared
    if size != declared:
        raise Unreadable(_LYING)


def _check_xml(tail: bytes, piece: bytes) -> bytes:
    """Refuse any DTD; NULs are dropped so that UTF-16 hides nothing. Returns what the next piece needs."""
    seen = tail + (piece.replace(b"\0", b"") if b"\0" in piece else piece)
    encoding = None if tail else _ENCODING.search(seen[:300])
    odd = encoding is not None and encoding.group(1).lower() not in _ENCODINGS
    if odd or _DECLARATION.search(seen):
        raise Unreadable(_ENTITIES)
    return seen[-16:]
