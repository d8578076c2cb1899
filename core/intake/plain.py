"""Text files: which encoding it is, and whether it is text at all."""

import codecs
import unicodedata

_SAMPLE = 64 * 2**10
_ALLOWED_CONTROLS = "\t\n\r\f\v\x1a"
_LOWEST_SHARE = 0.75
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(content: bytes) -> str | None:
    """The encoding under which the beginning reads as written Chinese or English; None for anything else."""
    for mark, name in _MARKS:
        if content.startswith(mark):
            return name if _sample(content, name) is not None else None
    if _sample(content, "utf-8") is not None:
        return "utf-8"
    share, name = max(
        (_share(_sample(content, name)), name) for name in ("gb18030", "utf-16-le", "utf-16-be")
    )
    return name if share >= _LOWEST_SHARE else None


def text(content: bytes, encoding: str) -> str:
    """The whole text; a stray byte far behind the sample becomes a replacement mark, not an error."""
    return content.decode(encoding, errors="replace").replace("\r\n", "\n").replace("\r", "\n")


def _sample(content: bytes, encoding: str) -> str | None:
    """The beginning decoded; None if it cannot be, or holds control characters no text has."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        text = decoder.decode(content[:_SAMPLE], final=len(content) <= _SAMPLE)
    except UnicodeDecodeError:
        return None
    controls = any(unicodedata.category(c) == "Cc" and c not in _ALLOWED_CONTROLS for c in set(text))
    return None if controls else text


def _share(text: str | None) -> float:
    """How much of it people write: almost any bytes decode as GB18030, but not to common characters."""
    return sum(map(_is_common, text)) / len(text) if text else 0.0


def _is_common(char: str) -> bool:
    if char.isascii():
        return True
    try:
        return len(char.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False
