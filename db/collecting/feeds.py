"""Feeds (RSS, Atom) read into found things. Declarations of document types and entities are refused before anything parses."""

import io
import re
from calendar import timegm
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import feedparser

from core.collecting import Found
from core.errors import Unreadable
from db.collecting.markup import plain_text
from db.collecting.web import Fetched

MOST = 200
"""Entries of a feed that are read."""

_DECLARED = re.compile(rb"<!(?:doctype|entity)", re.IGNORECASE)
_FIRST = re.compile(rb"<[a-z_]", re.IGNORECASE)


def found_in(answer: Fetched) -> tuple[list[Found], str]:
    """The entries, the oldest first, and what was wrong with the feed. `Unreadable` where it is none."""
    _why_not(answer.content)
    told = {
        "content-location": answer.url,
        "content-type": f"{answer.kind}; charset={answer.charset or 'utf-8'}",
    }
    told = told if answer.charset else {"content-location": answer.url}
    # From a stream: a text that looks like an address would be fetched by the library itself.
    feed = feedparser.parse(io.BytesIO(answer.content), response_headers=told)
    if not feed.get("version") and not feed.entries:
        raise Unreadable("这个地址不是订阅（RSS、Atom），请核对，或把方式改为“网页”")
    trouble = "订阅内容有错，只读出一部分" if feed.get("bozo") and _is_broken(feed) else ""
    return [_found(entry) for entry in reversed(feed.entries[:MOST])], trouble


def _why_not(content: bytes) -> None:
    """A declaration before the first element could name entities that grow or that are fetched."""
    plain = content.replace(b"\0", b"")  # UTF-16 and UTF-32 as well
    first = _FIRST.search(plain)
    head = plain[: first.start()] if first else plain
    if _DECLARED.search(head) or re.search(rb"<!entity", plain, re.IGNORECASE):
        raise Unreadable("订阅里带有 DTD 或实体声明，有安全风险，没有读")


def _is_broken(feed: Any) -> bool:
    """Whether something was wrong that may have cost entries, rather than a wrong name of an encoding."""
    gentle = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)
    return not isinstance(feed.get("bozo_exception"), gentle)


def _found(entry: Mapping[str, Any]) -> Found:
    title = plain_text(str(entry.get("title") or ""))
    link = str(entry.get("link") or "")
    said = [str(part.get("value") or "") for part in entry.get("content") or ()]
    text = max([*said, str(entry.get("summary") or "")], key=len)
    return Found(
        uid=str(entry.get("id") or "") or link or title,
        title=title,
        text=plain_text(text),
        link=link,
        sender=plain_text(str(entry.get("author") or "")),
        published_at=_moment(entry),
    )


def _moment(entry: Mapping[str, Any]) -> datetime | None:
    for key in ("published_parsed", "updated_parsed"):
        if told := entry.get(key):
            try:
                return datetime.fromtimestamp(timegm(told), UTC)
            except (ValueError, OverflowError, OSError):
                return None
    return None
