"""What a file really is, and its plain text. The content decides; the name is never believed.

Every refusal is one sentence that says what is wrong with the file and what the person should do.
"""

import re
import unicodedata
from pathlib import Path

import filetype

from core.errors import Unreadable
from core.intake import archive, pdf, plain, word

LARGEST = 50 * 2**20
"""The most bytes a file may have."""

LARGEST_AUDIO = 100 * 2**20
"""The most bytes a recording may have: three hours of speech as M4A, fifty minutes as WAV."""

AUDIO = ("wav", "mp3", "m4a", "webm", "ogg")
"""The kinds of recording that are kept, as browsers, telephones and recorders make them."""

MOST_CHARACTERS = 10_000_000
_LARGEST_TEXT = 20 * 2**20
_FEWEST_VISIBLE = 10
_LONGEST_NAME = 120
_LONGEST_SUFFIX = 12
_NAMELESS = "未命名"

_SUFFIXES = {
    "docx": "docx",
    "pdf": "pdf",
    "txt": "text",
    "png": "image",
    "jpg": "image",
    "jpeg": "image",
    "xlsx": "xlsx",
    **{kind: kind for kind in AUDIO},
    "mp4": "m4a",
    "oga": "ogg",
    "opus": "ogg",
}
_WORDS = {
    "docx": " DOCX",
    "pdf": " PDF",
    "text": "纯文本",
    "image": "图片",
    "xlsx": " XLSX 表格",
    **{kind: f" {kind.upper()} 录音" for kind in AUDIO},
}
_ACTIVE = re.compile(
    r"exe|dll|com|scr|msi|bat|cmd|ps1|vb[se]|jse?|hta|jar|lnk|sh|py|html?|svg|xml|mht|url", re.IGNORECASE
)

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"#!")
_MARKUP = re.compile(rb"\s*<(?:!doctype|html|svg|\?xml|script|head|body)", re.IGNORECASE)

_BRANDS = (
    b"M4A ",
    b"M4B ",
    b"mp41",
    b"mp42",
    b"isom",
    b"iso2",
    b"iso4",
    b"iso5",
    b"iso6",
    b"dash",
    b"3gp4",
    b"3gp5",
)
_MP3 = (b"ID3", b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2")

_EMPTY = "文件是空的（0 字节），请重新导出或向来文单位索取后再上传。"
_BIG = f"文件超过 {LARGEST // 2**20} MB，请压缩图片或拆分后再上传。"
_BIG_AUDIO = f"录音超过 {LARGEST_AUDIO // 2**20} MB，请分段，或另存为 M4A、MP3 再上传。"
_PROGRAM = "这是一个可执行程序，不是公文，不能接收，请核实来源。"
_PAGE = "这是网页或脚本文件，不能接收，请另存为 DOCX 或 PDF 再上传。"
_OLD = "这是旧版 DOC、WPS 或 XLS 格式，无法读取，请另存为 DOCX 或 PDF 再上传。"
_LOCKED = "文件已加密，请解除密码后另存为 DOCX 或 PDF 再上传。"
_UNKNOWN = "不认识这种文件格式，请另存为 DOCX、PDF 或 TXT 再上传。"
_ARCHIVE = "这是压缩包，请解压后逐个上传其中的文件。"
_SCANNED = "这是扫描件，读不出文字，请对照原件手工填写。"
_TABLE = "这是 XLSX 表格，不能作为正文读取，请作为附件上传，正文请用 DOCX 或 PDF。"
_AUDIO = "这是录音，不能作为正文读取，请作为附件上传。"
_LONG = "文本文件过大，不是正常的公文，请拆分后再上传。"


class Scanned(Unreadable):
    """A sound file whose pages are pictures: it may be kept, but its fields must be typed in."""


def content_of(path: Path) -> bytes:
    """The bytes, at most one more than the limit: enough for `check` to say that it is too big."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except IsADirectoryError:
        raise Unreadable("这是一个文件夹，请逐个指明其中的文件。") from None
    except OSError:
        raise Unreadable("找不到或打不开这个文件，请核对路径和权限后重试。") from None
    except ValueError:
        raise Unreadable("文件路径中有不能使用的字符，请改名后重试。") from None


def check(name: str, content: bytes) -> str:
    """The kind of a file that may be kept: docx, pdf, text, image, xlsx or one of `AUDIO`; anything else is refused."""
    if not content:
        raise Unreadable(_EMPTY)
    audio = _kind_of_audio(content[:64])
    if len(content) > (LARGEST_AUDIO if audio else LARGEST):
        raise Unreadable(_BIG_AUDIO if audio else _BIG)
    kind = audio or _kind(content)
    _check_name(name, kind)
    return kind


def text_of(name: str, content: bytes) -> str:
    """The plain text, one paragraph a line; `Scanned` when there are only pictures of it."""
    kind = check(name, content)
    if kind == "xlsx":
        raise Unreadable(_TABLE)
    if kind in AUDIO:
        raise Unreadable(_AUDIO)
    if kind == "text":
        return _plain_text(content)
    text = _laid_out(kind, content)
    if kind != "docx" and sum(not c.isspace() for c in text[:1000]) < _FEWEST_VISIBLE:
        raise Scanned(_SCANNED)
    return text


def safe_name(name: str) -> str:
    """The name to show: no path, nothing invisible, at most 120 characters with its extension kept."""
    base = re.split(r"[/\\]", name)[-1]
    shown = "".join(" " if c in "\t\n\r" else c for c in base)
    shown = "".join(
        c for c in shown if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    )
    shown = " ".join(unicodedata.normalize("NFC", shown).split())
    if not shown.strip(". "):
        return _NAMELESS
    return _shortened(shown)


def _shortened(name: str) -> str:
    stem, dot, suffix = name.rpartition(".")
    if not dot or not stem or len(suffix) > _LONGEST_SUFFIX:
        return name[:_LONGEST_NAME]
    return f"{stem[: _LONGEST_NAME - len(suffix) - 1]}.{suffix}"


def _laid_out(kind: str, content: bytes) -> str:
    if kind == "pdf":
        return pdf.text(content, MOST_CHARACTERS)
    if kind == "image":
        return ""
    with archive.opened(content) as parts:
        return word.text(parts, MOST_CHARACTERS)


def _plain_text(content: bytes) -> str:
    if len(content) > _LARGEST_TEXT:
        raise Unreadable(_LONG)
    return plain.text(content, plain.encoding_of(content) or "utf-8")


def _kind(content: bytes) -> str:
    head = content[:8192]
    if head.startswith(_PROGRAMS):
        raise Unreadable(_PROGRAM)
    if head.startswith(_OLE):
        raise Unreadable(_LOCKED if _names_encryption(content) else _OLD)
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return _kind_of_archive(content)
    return _kind_of_rest(content, head)


def _kind_of_audio(head: bytes) -> str:
    """Which kind of recording it is, by the marks at its beginning; empty where it is none."""
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "wav"
    if head[4:8] == b"ftyp" and head[8:12] in _BRANDS:
        return "m4a"
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head:
        return "webm"
    return "ogg" if head.startswith(b"OggS\0") else "mp3" if head.startswith(_MP3) else ""


def _names_encryption(content: bytes) -> bool:
    return "EncryptedPackage".encode("utf-16-le") in content


def _kind_of_archive(content: bytes) -> str:
    with archive.opened(content) as parts:
        names = set(parts.namelist())
        if word.is_document(parts):
            return "docx"
        if {"[Content_Types].xml", "xl/workbook.xml"} <= names:
            return "xlsx"
    raise Unreadable(_UNKNOWN if names & {"OFD.xml", "mimetype", "[Content_Types].xml"} else _ARCHIVE)


def _kind_of_rest(content: bytes, head: bytes) -> str:
    guess = filetype.guess(head)
    if guess is not None and guess.extension in {"png", "jpg"}:
        return "image"
    if guess is not None and guess.mime.startswith("application/") and guess.extension in {"exe", "elf"}:
        raise Unreadable(_PROGRAM)
    if guess is not None and guess.extension in {"rar", "7z", "gz", "tar", "bz2", "xz", "zip"}:
        raise Unreadable(_ARCHIVE)
    if _MARKUP.match(head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")):
        raise Unreadable(_PAGE)
    if head.startswith(b"{\\rtf") or plain.encoding_of(content) is None:
        raise Unreadable(_UNKNOWN)
    return "text"


def _check_name(name: str, kind: str) -> None:
    """A name that promises something else is refused: the next program would believe it."""
    suffix = safe_name(name).rpartition(".")[2].lower()
    if _ACTIVE.fullmatch(suffix):
        raise Unreadable(_PAGE if kind == "text" else _PROGRAM)
    promised = _SUFFIXES.get(suffix, kind)
    if promised != kind:
        raise Unreadable(_mismatch(suffix.upper(), kind))


def _mismatch(promised: str, kind: str) -> str:
    return f"文件名是 {promised}，内容却是{_WORDS[kind]}，请改正扩展名或另存为 {promised} 后再上传。"
