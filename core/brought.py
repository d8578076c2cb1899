"""A found thing before it is kept: its files examined, marks of secrecy looked for, documents told apart (R91, P11, P24).

Pure. What bears a mark of secrecy comes out as a stub that says nothing but that it came.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from core.collecting import INFORMATION, Brought, Found, digest_of, line_of, link_of, text_of, uid_of
from core.errors import Unreadable
from core.intake import Reading, check, read, safe_name
from core.search import text_in

READ = ("doc_number", "title", "sender_org", "dated_on", "doc_kind", "secrecy_level", "urgency")
"""What is read of a document, under the keys of the register."""

DOCUMENT_KINDS = ("docx", "pdf", "text")
"""The kinds of file that are a document by themselves; what else comes along goes with the first of them."""


@dataclass(frozen=True, kw_only=True)
class File:
    """A file that may be kept."""

    name: str
    content: bytes
    kind: str
    text: str | None


@dataclass(frozen=True, kw_only=True)
class Part:
    """What becomes one clipping. `troubles`: what was not taken; `unread`: a file that is kept and could not be read;
    `level`: the mark of secrecy it bears.
    """

    uid: str
    digest: str
    title: str
    text: str
    link: str
    sender: str
    published_at: datetime | None
    files: tuple[File, ...] = ()
    reading: Mapping[str, Any] = field(default_factory=dict)
    troubles: tuple[str, ...] = ()
    unread: str = ""
    level: str = ""


def parts(found: Found, takes: str) -> tuple[Part, ...]:
    """A found thing as one clipping, or as one for each document that came with it."""
    files, refused = _examined(found.files)
    troubles = (*found.troubles, *refused)
    texts = [f"{found.title}\n{found.text}", *(one.text or "" for one in files)]
    if level := next(filter(None, (read(text).secrecy_level for text in texts)), ""):
        return (_stub(found, level),)
    if takes == INFORMATION:
        return (_part(found, found.uid, files=tuple(files), troubles=troubles),)
    letters: list[File | None] = [one for one in files if one.kind in DOCUMENT_KINDS]
    rest = [one for one in files if one not in letters]
    return tuple(
        _document(found, n, letter, rest if n == 0 else [], troubles if n == 0 else ())
        for n, letter in enumerate(letters or [None])
    )


def _examined(brought: Iterable[Brought]) -> tuple[list[File], list[str]]:
    """The files that may be kept, and of each other a sentence (P11)."""
    files, troubles = list[File](), list[str]()
    for one in brought:
        name = safe_name(one.name)
        try:
            kind = check(name, one.content)
        except Unreadable as refusal:
            troubles.append(f"附件“{name}”没有收：{refusal}")
            continue
        files.append(File(name=name, content=one.content, kind=kind, text=_text_in(one.content)))
    return files, troubles


def _text_in(content: bytes) -> str | None:
    try:
        return text_in(content)
    except Exception:  # noqa: BLE001 -- a bug in reading must not cost the keeping; background work reads it again
        return None


def _part(found: Found, uid: str, **more: Any) -> Part:
    told = {
        "title": line_of(found.title) or "（无标题）",
        "text": text_of(found.text),
        "link": link_of(found.link),
        "sender": line_of(found.sender, 200),
        "published_at": found.published_at,
    }
    return Part(uid=uid_of(uid), digest=digest_of(found), **{**told, **more})


def _stub(found: Found, level: str) -> Part:
    """Of what bears a mark of secrecy nothing but that it came, and from whom (C23, P24)."""
    because = f"标有密级“{level}”：没有保存，请按保密规定处理原件，只登记不含秘密的标题"
    return Part(
        uid=uid_of(found.uid),
        digest=uid_of(f"{found.uid} "),
        title=f"（标有“{level}”的来件，题名从略）",
        text="",
        link="",
        sender=line_of(found.sender, 200),
        published_at=found.published_at,
        reading={"secrecy_level": level},
        troubles=(because,),
        level=level,
    )


def _document(
    found: Found, n: int, letter: File | None, rest: Sequence[File], troubles: Sequence[str]
) -> Part:
    """One document: a file that came, or what the letter itself says."""
    text = (letter.text or "" if letter else found.text) or ""
    reading = packed(read(text)) if text.strip() else {}
    own = replace(
        found,
        title=reading.get("title") or found.title or (letter.name if letter else ""),
        text=text,
        files=tuple(Brought(one.name, one.content) for one in ((letter, *rest) if letter else rest)),
    )
    return _part(
        own,
        f"{found.uid}#{n}" if n else found.uid,
        files=(letter, *rest) if letter else tuple(rest),
        reading=reading,
        troubles=tuple(troubles),
        unread=f"“{letter.name}”读不出文字，请对照原件填写" if letter and not text.strip() else "",
    )


def packed(reading: Reading) -> dict[str, Any]:
    """What was read, as it can be stored; what was not found is left out."""
    told = {key: getattr(reading, key) for key in READ}
    return {key: value.isoformat() if key == "dated_on" else value for key, value in told.items() if value}
