"""Rules of the text: typeface, indent, pitch, levels and their numbers, signs, colour."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import takewhile

from core.layout import measures as m
from core.layout.rules import hands
from core.layout.rules.parts import FORMS, Level, Part, Parts
from core.layout.rules.record import Judge, Rule, Severity, Verdict, inset, sized, typeface
from core.layout.rules.sheet import Span
from core.layout.styles import PITCH

_FACES = {1: m.HEI, 2: m.KAI, 3: m.FANGSONG, 4: m.FANGSONG}
_NAMES = {1: "第一层（一、）", 2: "第二层（（一））", 3: "第三层（1.）", 4: "第四层（（1））"}
_FULL = str.maketrans(",;:!?.", "，；：！？。")
_HAN = r"\u4e00-\u9fff》”）"
_SIGN = re.compile(rf"(?<=[{_HAN}])(?:[,;:!?](?![A-Za-z/\\])|\.(?=[{_HAN}《“（]|$))")
_PAIR = re.compile(rf"\((?=[^()]*[{_HAN}])[^()]*\)")
"""Brackets around Chinese characters; Latin words and figures keep theirs."""

_PITCHES = (27.5, 30.5)
"""Points from line to line with which 22 lines (21 to 23 as the paper bends them) still stand on a page."""


def _plain(parts: Parts) -> Iterator[Span]:
    """The text without its headings."""
    levels = {level.para: level for level in parts.levels}
    for span in parts[Part.BODY]:
        level = levels.get(span.para)
        rest = level.rest if level else span
        if rest.text.strip():
            yield rest


def _headings(parts: Parts, depths: tuple[int, ...]) -> Iterator[Level]:
    return (level for level in parts.levels if level.depth in depths)


def _body_font(parts: Parts) -> Iterator[Verdict]:
    yield from typeface(_plain(parts), "正文", m.FANGSONG)


def _body_size(parts: Parts) -> Iterator[Verdict]:
    yield from sized(parts[Part.BODY], "正文", "三号")


def _body_indent(parts: Parts) -> Iterator[Verdict]:
    yield from inset(parts[Part.BODY], "正文每个自然段", 2)


def _body_pitch(parts: Parts) -> Iterator[Verdict]:
    for span in parts[Part.BODY]:
        pitch = span.para.pitch(parts.sheet.grid)
        spaced = span.para.before(pitch) > 0.05
        ok = _PITCHES[0] <= pitch <= _PITCHES[1] and not spaced
        says = f"行距应使一面排 22 行（约 {PITCH / 20:g} 磅）、段前不空，这里是 {pitch:.1f} 磅" + (
            "，段前有空" if spaced else ""
        )
        yield Verdict(ok, span.para.where, says, partial(hands.pitch, span.para, PITCH))


def _level_font(*depths: int) -> Judge:
    def judge(parts: Parts) -> Iterator[Verdict]:
        for level in _headings(parts, depths):
            yield from typeface([level.head], f"{_NAMES[level.depth]}标题", _FACES[level.depth])

    return judge


def _level_form(parts: Parts) -> Iterator[Verdict]:
    for level in parts.levels:
        ok = level.said == level.right
        says = f"结构层次序数写成“{level.right}”，这里是“{level.said}”"
        yield Verdict(ok, level.para.where, says, _written(level))


def _written(level: Level) -> Callable[[], None] | None:
    """Puts a number right where it is typed, or where the list says how it is counted."""
    if level.para.number:
        return partial(hands.numbering, level.para, FORMS[level.depth])
    return partial(hands.exchange, level.para, level.said, level.right)


def _level_sequence(parts: Parts) -> Iterator[Verdict]:
    """Each number is one more than the last of its level since a higher one stood."""
    last: dict[int, int] = {}
    for level in parts.levels:
        expected = last.get(level.depth, 0) + 1
        says = f"序数应为第 {expected} 个，这里写的是第 {level.ordinal} 个（“{level.said}”）"
        yield Verdict(level.ordinal == expected, level.para.where, says)
        last = {depth: n for depth, n in last.items() if depth < level.depth} | {level.depth: level.ordinal}


def _level_skipped(parts: Parts) -> Iterator[Verdict]:
    """一、 then （一） then 1. then （1）; 1. may stand right below 一、 where that part has no （一）."""
    levels, before = parts.levels, 0
    for at, level in enumerate(levels):
        missing = [*range(before + 1, level.depth)]
        if missing == [2] and not any(other.depth == 2 for other in _below(levels, at)):
            missing = []
        if not at and level.depth == 3:
            missing = []  # a short text may count 1. 2. 3. only
        says = f"层次依次用“一、”“（一）”“1.”“（1）”，这里跳过了{_names(missing)}"
        yield Verdict(not missing, level.para.where, says)
        before = level.depth


def _below(levels: Sequence[Level], at: int) -> Iterator[Level]:
    """The levels from here to the next 一、."""
    return takewhile(lambda level: level.depth > 1, levels[at:])


def _names(depths: list[int]) -> str:
    return "、".join(_NAMES[depth] for depth in depths)


def _half_width(parts: Parts) -> Iterator[Verdict]:
    """Without what other rules judge: the number of a level, the last sign of the title and the recipients."""
    numbers = {level.para: level.said for level in parts.levels}
    for part in (Part.TITLE, Part.RECIPIENTS, Part.BODY, Part.ATTACHMENTS):
        for span in parts[part]:
            text = span.text.strip().removeprefix(numbers.get(span.para, ""))
            text = text[:-1] if part in (Part.TITLE, Part.RECIPIENTS) else text
            found = [*_SIGN.findall(text), *("()" for _ in _PAIR.findall(text))]
            signs = "、".join(f"“{sign}”" for sign in dict.fromkeys(found))
            says = f"汉字之间用全角标点，这里有半角的{signs}"
            yield Verdict(
                not found, span.para.where, says, partial(hands.rewrite, span.para.element, _widened)
            )


def _widened(text: str) -> str:
    signs = _SIGN.sub(lambda found: found.group().translate(_FULL), text)
    return _PAIR.sub(lambda found: f"（{found.group()[1:-1]}）", signs)


def _black(parts: Parts) -> Iterator[Verdict]:
    red = {span.para for span in parts[Part.MARK]}
    everything = [*parts.spans.items()]
    for span in (span for part, spans in everything if part is not Part.MARK for span in spans):
        if span.para not in red:
            ok = all(max(run.colour) <= 0x20 for run in span.runs)
            yield Verdict(
                ok,
                span.para.where,
                "文字用黑色（发文机关标志除外）",
                partial(hands.colour, span, "000000"),
            )


_S = "GB/T 9704—2012 "

TEXT = (
    Rule("body_font", "正文字体", _S + "5.2.2、7.3.3", Severity.PLAIN, "设为仿宋体", _body_font),
    Rule("body_size", "正文字号", _S + "5.2.2", Severity.PLAIN, "设为三号字", _body_size),
    Rule("body_indent", "正文首行缩进", _S + "7.3.3", Severity.PLAIN, "段落设首行缩进 2 字符，不用空格", _body_indent),
    Rule("body_pitch", "正文行距", _S + "5.2.3", Severity.PLAIN, "段落设固定值行距，段前段后为 0", _body_pitch),
    Rule("level1_font", "第一层标题字体", _S + "7.3.3", Severity.PLAIN, "“一、”一层设为黑体", _level_font(1)),
    Rule("level2_font", "第二层标题字体", _S + "7.3.3", Severity.PLAIN, "“（一）”一层设为楷体", _level_font(2)),
    Rule("level34_font", "第三、四层标题字体", _S + "7.3.3", Severity.MINOR, "“1.”“（1）”两层设为仿宋体", _level_font(3, 4)),
    Rule("level_form", "结构层次序数的写法", _S + "7.3.3", Severity.PLAIN, "写成“一、”“（一）”“1.”“（1）”", _level_form),
    Rule("level_sequence", "结构层次序数的顺序", _S + "7.3.3", Severity.PLAIN, "按顺序改正序数", _level_sequence),
    Rule("level_skipped", "结构层次", _S + "7.3.3", Severity.PLAIN, "补上跳过的层次，或改用上一层的序数", _level_skipped),
    Rule("half_width", "标点符号", "GB/T 15834—2011 4、5", Severity.MINOR, "改用全角标点", _half_width),
    Rule("black_text", "文字颜色", _S + "5.2.4", Severity.PLAIN, "字体颜色设为黑色", _black),
)  # fmt: skip
"""Made for each paragraph of the text they apply to."""
