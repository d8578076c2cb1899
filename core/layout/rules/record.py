"""A rule as a record, and what it says of one place."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from core.layout import measures as m
from core.layout.rules import hands
from core.layout.rules.parts import Parts
from core.layout.rules.sheet import Span, same


class Severity(StrEnum):
    """How bad it is when a rule is broken."""

    GRAVE = "严重"
    PLAIN = "一般"
    MINOR = "轻微"


@dataclass(frozen=True)
class Verdict:
    """One check: whether it holds, where, what is wrong; `mend` puts it right where a program can."""

    ok: bool
    where: str
    says: str = ""
    mend: Callable[[], None] | None = None


Judge = Callable[[Parts], Iterable[Verdict]]


@dataclass(frozen=True)
class Rule:
    """What is demanded and where the standard says so; `advice` is how to mend it by hand."""

    key: str
    title: str
    source: str
    severity: Severity
    advice: str
    judge: Judge


def typeface(spans: Iterable[Span], what: str, face: m.Face) -> Iterator[Verdict]:
    """The typeface of each span: its Chinese characters, or its figures where it has no others."""
    for span in spans:
        wrong = sorted({run.font or "未指定" for run in span.runs if not same(face, run.font)})
        says = f"{what}用{face.title}体，这里是{'、'.join(wrong)}".replace("体体", "体")
        yield Verdict(not wrong, span.para.where, says, partial(hands.face, span, face))


def sized(spans: Iterable[Span], what: str, name: str) -> Iterator[Verdict]:
    """The size of each span."""
    for span in spans:
        wrong = sorted({run.size for run in span.runs if abs(run.size - m.SIZES[name]) > 0.3})
        says = (
            f"{what}用{name}字（{m.SIZES[name]:g} 磅），这里是 {'、'.join(f'{size:g}' for size in wrong)} 磅"
        )
        yield Verdict(not wrong, span.para.where, says, partial(hands.size, span, m.SIZES[name]))


def inset(spans: Iterable[Span], what: str, characters: float) -> Iterator[Verdict]:
    """Where the first line begins, in characters from the left; nobody types it with spaces."""
    for span in spans:
        para = span.para
        typed = para.text.startswith(("　", "  "))
        ok = (
            abs(para.begins - characters) <= 0.3
            and not typed
            and para.align in ("left", "both", "distribute")
        )
        place = f"左空 {characters:g} 字" if characters else "顶格"
        says = f"{what}{place}编排，" + ("这里是用空格空出来的" if typed else f"这里是 {para.begins:.1f} 字")
        yield Verdict(ok, para.where, says, partial(hands.inset, para, characters))
