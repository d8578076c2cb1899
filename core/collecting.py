"""What comes in from outside: what a found thing is, whether it is known already, whether it is looked for (R57, R91).

Pure rules. Who fetches is `db.collecting`, what becomes of a found thing is `core.clippings`.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from rapidfuzz import fuzz

from core.fields import Field, Kind

# --- where it comes from ----------------------------------------------------------------------------


class Means(StrEnum):
    """By what a source is read."""

    FEED = "feed"
    PAGE = "page"
    MAILBOX = "mailbox"
    FOLDER = "folder"
    API = "api"

    @property
    def label(self) -> str:
        return _MEANS[self]

    @property
    def is_web(self) -> bool:
        """Whether a host is called for it, which has to be on the office's list."""
        return self in (Means.FEED, Means.PAGE)

    @property
    def is_fetched(self) -> bool:
        """Whether the program goes and looks; by the interface others bring it."""
        return self is not Means.API

    @classmethod
    def labelled(cls, label: str) -> "Means":
        return next(means for means in cls if means.label == label)


_MEANS = {
    Means.FEED: "订阅",
    Means.PAGE: "网页",
    Means.MAILBOX: "邮箱",
    Means.FOLDER: "文件夹",
    Means.API: "接口",
}

INFORMATION, DOCUMENTS = "信息", "来文"
"""What a source brings: things to be judged, or documents for the incoming register (R91)."""

ALL, ANY = "全部命中", "命中任一"
"""How the words of a monitoring point are meant."""


def words_in(text: str) -> tuple[str, ...]:
    """The words of a list as it is typed: between commas, semicolons, enumeration commas, blanks and lines."""
    return tuple(dict.fromkeys(filter(None, re.split(r"[\s,，、;；]+", text))))


LONGEST_WORD, MOST_WORDS = 40, 50


def why_not_words(text: str) -> str | None:
    """What is wrong with a list of words, or None."""
    words = words_in(text)
    if len(words) > MOST_WORDS:
        return f"最多 {MOST_WORDS} 个词，现有 {len(words)} 个，请分成几个监测点"
    long = next((word for word in words if len(word) > LONGEST_WORD), None)
    return f"“{long[:10]}…”太长：每个词最多 {LONGEST_WORD} 字，词与词之间用顿号分开" if long else None


POINT = (
    Field(key="title", title="监测点", help="例如：政策变化、竞品动作"),
    Field(key="words", title="关键词", kind=Kind.TEXT, required=False, why_not=why_not_words, help="用顿号分开；不填即来源里的都要"),
    Field(key="how", title="怎样算命中", kind=Kind.CHOICE, options=(ANY, ALL), default=ANY),
    Field(key="never", title="排除词", kind=Kind.TEXT, required=False, why_not=why_not_words, help="出现其中一个就不要"),
)  # fmt: skip
"""What is asked of a monitoring point (R57)."""

SOONEST, LATEST = 5, 24 * 60
"""Minutes between two looks at a source."""

SOURCE = (
    Field(key="title", title="来源名称", help="例如：省政府网站·政策文件"),
    Field(key="means", title="方式", kind=Kind.CHOICE, options=tuple(_MEANS.values()), default=_MEANS[Means.FEED]),
    Field(key="address", title="地址", required=False, help="订阅、网页填 https:// 网址；文件夹填收件目录下的名称；邮箱填邮件文件夹，不填即收件箱；接口不填"),
    Field(key="point", title="监测点", required=False),
    Field(key="takes", title="收什么", kind=Kind.CHOICE, options=(INFORMATION, DOCUMENTS), default=INFORMATION, help="来文进收文登记，信息等人判断"),
    Field(key="asks", title="登记前由人确认", kind=Kind.YES_NO, required=False, default=True, help="只管来文：不勾选的，程序自己登记，停在签收登记等人核对"),
    Field(key="every", title="每隔几分钟看一次", kind=Kind.NUMBER, at_least=SOONEST, default=30),
)  # fmt: skip
"""What is asked of a source."""

TOKEN = (Field(key="name", title="令牌名称", help="哪个系统用的，例如：政务交换平台"),)
"""What is asked of whoever issues a token for the interface."""

HOSTS = (
    Field(
        key="hosts", title="准许访问的网站", kind=Kind.TEXT, required=False,
        help="一行一个主机名，例如 www.gov.cn；内网的在后面加“ 内网”。不在名单上的一概不访问",
    ),
)  # fmt: skip
"""What is asked of whoever keeps the list of hosts."""

INSIDE = "内网"

_HOST = re.compile(r"(?=.{1,253}$)(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")


@dataclass(frozen=True)
class Hosts:
    """The hosts that may be called: by name; those of the house, whose addresses are private, are named as such."""

    outside: frozenset[str] = frozenset()
    inside: frozenset[str] = frozenset()

    def why_not(self, host: str) -> str | None:
        """Why this host may not be called, or None."""
        if host in self.outside or host in self.inside:
            return None
        return f"{host or '这个地址'}不在准许访问的网站名单上，请管理员在“监测”页加入后再试"

    @property
    def lines(self) -> str:
        """The list as it is typed."""
        return "\n".join([*sorted(self.outside), *(f"{host} {INSIDE}" for host in sorted(self.inside))])


def hosts_in(text: str) -> tuple[Hosts, str | None]:
    """The hosts of a typed list, and what is wrong with it."""
    named: dict[bool, set[str]] = {True: set(), False: set()}
    for line in filter(None, map(str.strip, text.lower().splitlines())):
        host, _, rest = line.partition(" ")
        if not _HOST.fullmatch(host) or rest.strip() not in ("", INSIDE):
            return Hosts(), f"“{line[:60]}”不是主机名：一行一个，例如 www.gov.cn，不带 http:// 和路径"
        named[rest.strip() == INSIDE].add(host)
    return Hosts(frozenset(named[False] - named[True]), frozenset(named[True])), None


def host_of(url: str) -> str | None:
    """The host of a web address as the list names it, or None where it is no address that may be called."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return None
    usable = parts.scheme in ("http", "https") and parts.hostname and not (parts.username or parts.password)
    return parts.hostname.lower() if usable and port != 0 and parts.hostname else None


def why_not_address(means: Means, address: str, hosts: Hosts) -> str | None:
    """What is wrong with the address of a source, or None."""
    if means.is_web:
        host = host_of(address)
        return hosts.why_not(host) if host else "地址要写成 https://主机/路径，不带用户名和密码"
    if means is Means.FOLDER and (not address or not _is_plain(address)):
        return "请填收件目录下的文件夹名称，例如 交换件，不能用 .. 和绝对路径"
    if means is Means.API and address:
        return "接口没有地址，请留空；另发令牌给对方系统"
    return None


def _is_plain(path: str) -> bool:
    parts = path.split("/")
    return "\\" not in path and "\0" not in path and all(p and not p.startswith(".") for p in parts)


# --- what is found ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Brought:
    """A file that comes with a found thing, not yet looked at."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Found:
    """One thing as its source brings it. `uid` names it within the source; what is unknown is empty.

    `troubles`: what of it could not be taken, a sentence each.
    """

    uid: str
    title: str = ""
    text: str = ""
    link: str = ""
    sender: str = ""
    published_at: datetime | None = None
    files: tuple[Brought, ...] = ()
    troubles: tuple[str, ...] = ()


LONGEST_TITLE, LONGEST_TEXT, LONGEST_LINK = 300, 20_000, 1000
"""Characters that are kept of a found thing."""

_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}


def uid_of(named: str) -> str:
    """What a thing is known by within its source, of one length whatever its source calls it."""
    return hashlib.sha256(named.encode()).hexdigest()


def line_of(text: str, longest: int = LONGEST_TITLE) -> str:
    """A text in one line: nothing invisible, single blanks, not longer than this."""
    seen = "".join(" " if unicodedata.category(c) in _UNSEEN or c.isspace() else c for c in text)
    return " ".join(seen.split())[:longest]


def text_of(text: str) -> str:
    """A text of several lines: nothing invisible, no empty lines, not longer than is kept."""
    lines = (line_of(line, LONGEST_TEXT) for line in text.splitlines())
    return "\n".join(filter(None, lines))[:LONGEST_TEXT]


def link_of(url: str) -> str:
    """A web address as it is compared and shown: no fragment; empty where it is none one could follow."""
    if host_of(url) is None or len(url) > LONGEST_LINK:
        return ""
    parts = urlsplit(url.strip())
    return urlunsplit((parts.scheme, parts.netloc.lower(), parts.path or "/", parts.query, ""))


def digest_of(found: Found) -> str:
    """What two found things share that say the same: of title and text, marks and blanks aside, and of the files."""
    said = plain(found.title) + "\n" + plain(found.text)
    files = sorted(hashlib.sha256(one.content).hexdigest() for one in found.files)
    return hashlib.sha256("\n".join([said, *files]).encode()).hexdigest()


def plain(text: str) -> str:
    """Letters, digits and characters only, of one width and case: how texts are compared."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).lower())


# --- whether it is known ------------------------------------------------------------------------------

SAME_TITLE, SAME_TEXT = 88, 80
"""From this likeness (0–100) titles and texts are near the same. Titles as in `Reader.duplicates` (N20)."""

SHORTEST_TITLE, SHORTEST_TEXT = 6, 40
"""Characters below which likeness says nothing: short ones are alike by accident."""

COMPARED = 500
"""Characters of a text that are compared."""

REMEMBERED, MOST_REMEMBERED = timedelta(days=60), 1_000
"""How far back near-same things are looked for."""


@dataclass(frozen=True)
class Known:
    """What is compared of a thing: its title, the figures in it, and its text, marks and blanks aside."""

    id: str
    title: str
    figures: tuple[str, ...]
    text: str

    @classmethod
    def of(cls, key: str, title: str, text: str) -> "Known":
        figures = re.findall(r"\d+", unicodedata.normalize("NFKC", title))
        return cls(key, plain(title), tuple(figures), plain(text[: COMPARED * 2])[:COMPARED])


def is_near(one: Known, two: Known) -> bool:
    """Whether two things tell the same: near the same text, or near the same title where one has no text to compare.

    第3期 and 第4期 are two things, however alike their titles are.
    """
    if min(len(one.text), len(two.text)) >= SHORTEST_TEXT:
        short, long = sorted((one.text, two.text), key=len)
        return short in long or fuzz.ratio(one.text, two.text, score_cutoff=SAME_TEXT) > 0
    if min(len(one.title), len(two.title)) < SHORTEST_TITLE or one.figures != two.figures:
        return False
    return fuzz.ratio(one.title, two.title, score_cutoff=SAME_TITLE) > 0


def near_of(found: Known, others: Iterable[Known]) -> str:
    """The id of the first of these that tells the same, empty for none."""
    return next((other.id for other in others if is_near(found, other)), "")


# --- whether it is looked for -------------------------------------------------------------------------


@dataclass(frozen=True)
class Point:
    """A monitoring point: what is looked for under which name."""

    id: str
    title: str
    words: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    how: str = ANY
    active: bool = True

    def hits(self, text: str) -> tuple[str, ...] | None:
        """The words of the point that stand in the text; None where it is not looked for."""
        said = plain(text)
        if any(plain(word) in said for word in self.never if plain(word)):
            return None
        found = tuple(word for word in self.words if plain(word) and plain(word) in said)
        enough = len(found) == len(self.words) if self.how == ALL else found or not self.words
        return found if enough else None


def point_of(key: str, values: dict[str, Any]) -> Point:
    """The monitoring point that a form describes."""
    words, never = (words_in(values.get(name) or "") for name in ("words", "never"))
    return Point(key, line_of(values["title"], 80), words, never, values["how"])


# --- when it is looked at again -----------------------------------------------------------------------

LONGEST_WAIT = timedelta(hours=24)
"""However often a source failed, it is tried once a day."""


def next_look(now: datetime, every: int, failures: int) -> datetime:
    """When a source is looked at again: after its minutes, after failures in a row twice as long each time."""
    wait = timedelta(minutes=every)
    longer: timedelta = wait * 2 ** min(failures, 10)
    return now + min(longer, max(LONGEST_WAIT, wait))


def said_of(taken: int, same: int, aside: int, refused: Sequence[str]) -> str:
    """The result of a look, in one sentence."""
    parts = [
        f"新收 {taken} 条",
        f"已有 {same} 条" if same else "",
        f"与监测点无关 {aside} 条" if aside else "",
    ]
    told = "，".join(filter(None, parts))
    return f"{told}；{'；'.join(refused[:3])}"[:300] if refused else told
