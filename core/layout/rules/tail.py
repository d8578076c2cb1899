"""Rules of what follows the text: attachments, people, signature, date, annotation, imprint."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from docx.oxml.ns import qn

from core.intake.dates import date_of
from core.layout import measures as m
from core.layout.docx import imprint_lines
from core.layout.elements import in_brackets, in_figures
from core.layout.official import Form
from core.layout.ooxml import put
from core.layout.rules import hands
from core.layout.rules.formats import local, number
from core.layout.rules.parts import DAY, Part, Parts, squeezed
from core.layout.rules.record import Rule, Severity, Verdict, sized, typeface
from core.layout.rules.sheet import Para, Span
from core.layout.titles import width

_ORDINAL = re.compile(
    r"(?:附件[:：])?\s*(?:(?P<good>\d{1,2}\.)|(?P<bad>[一二三四五六七八九十]{1,3}[、.．]|\d{1,2}[、．]|[（(]\d{1,2}[)）]))"
)
_END = re.compile(r"[。．.，,；;、：:！!]\s*$")
_REMARK = re.compile(r"（[^（）()]*(?:（[^（）()]*）[^（）()]*)*）")
_LISTED = re.compile(r"(?:抄送|抄报|分送|主送)：[^:,;。]+。")
_OUTER, _INNER = (round(thick / 25.4 * 72 * 8) for thick in m.IMPRINT_LINES)


# --- attachments and people -----------------------------------------------------------------------------


def _attachments_place(parts: Parts) -> Iterator[Verdict]:
    """The first stands two characters in; the others stand below its title."""
    spans = parts[Part.ATTACHMENTS]
    for at, span in enumerate(spans):
        begins, typed = span.para.begins, span.text.startswith(("　", " "))
        wanted = 2 if at == 0 else 5
        ok = abs(begins - wanted) <= 0.6 and not typed
        says = "附件说明左空二字编排" if at == 0 else "各个附件的序号与上一个对齐（左空五字）"
        yield Verdict(
            ok,
            span.para.where,
            f"{says}，这里空 {begins:.1f} 字",
            partial(hands.hung, span.para, wanted),
        )


def _attachments_end(parts: Parts) -> Iterator[Verdict]:
    for span in parts[Part.ATTACHMENTS]:
        ok = not _END.search(span.text) or re.fullmatch(r"附件[:：]\s*", span.text) is not None
        yield Verdict(
            ok, span.para.where, "附件名称后不加标点", partial(hands.rewrite, span.para.element, _bare)
        )


def _bare(text: str) -> str:
    return _END.sub("", text)


def _attachments_numbers(parts: Parts) -> Iterator[Verdict]:
    spans = parts[Part.ATTACHMENTS]
    several = len(spans) > 1
    for n, span in enumerate(spans, 1):
        found = _ORDINAL.match(span.para.number or span.text)
        if not several and not found:
            continue
        right = f"{n}."
        ok = bool(found and found["good"] == right and several)
        says = f"两个以上附件用阿拉伯数字编号，这里应为“{right}”" if several else "只有一个附件时不编序号"
        mend = _ordinal(span, found, right if several else "")
        yield Verdict(ok, span.para.where, says, mend)


def _ordinal(span: Span, found: re.Match[str] | None, right: str) -> Callable[[], None] | None:
    said = (found["good"] or found["bad"]) if found else ""
    if not said or span.para.number:
        return None
    return partial(hands.exchange, span.para, said, right)


def _attachments_font(parts: Parts) -> Iterator[Verdict]:
    yield from typeface(parts[Part.ATTACHMENTS], "附件说明", m.FANGSONG)
    yield from sized(parts[Part.ATTACHMENTS], "附件说明", "三号")


def _people_font(parts: Parts) -> Iterator[Verdict]:
    labels, names = [], []
    for span in parts[Part.PEOPLE]:
        cut = re.match(r"\s*\S{2,4}[:：]", span.text)
        at = span.start + (cut.end() if cut else 0)
        labels.append(Span(span.para, span.start, at))
        names.append(Span(span.para, at, span.stop))
    yield from typeface(labels, "“出席”“请假”“列席”", m.HEI)
    yield from typeface(names, "出席人员", m.FANGSONG)


# --- signature, date, annotation ------------------------------------------------------------------------


def _signed(parts: Parts) -> Iterator[Verdict]:
    """Where there is a date; minutes have none, and joint ones say so by several."""
    if (dated := parts.one(Part.DATED)) and parts.form is not Form.MINUTES:
        says = "成文日期之上应有" + ("签发人职务和签名章" if parts.form is Form.ORDER else "发文机关署名")
        yield Verdict(bool(parts[Part.SIGNED]), dated.para.where, says)


def _signed_place(parts: Parts) -> Iterator[Verdict]:
    """To the right, over the date; who signs an order four characters in (7.3.5.3)."""
    if parts.form is Form.ORDER:
        yield from _stamp_place(parts)
        return
    for span in parts[Part.SIGNED]:
        para = span.para
        ok = (para.align == "right" and not para.text.endswith(("　", " "))) or "\t" in para.text
        yield Verdict(
            ok, para.where, "发文机关署名居右编排，与成文日期上下对应", partial(hands.right, para, 2)
        )


def _stamp_place(parts: Parts) -> Iterator[Verdict]:
    for span in parts[Part.SIGNED]:
        para = span.para
        ok = para.align == "right" and abs(para.indent("right") - 4) <= 0.3
        says = "签发人职务和签名章右空四字编排"
        yield Verdict(ok, para.where, says, partial(hands.right, para, 4))


def _closing_font(parts: Parts) -> Iterator[Verdict]:
    spans = (*parts[Part.SIGNED], *parts[Part.DATED], *parts[Part.ANNOTATION])
    yield from typeface(spans, "署名、成文日期、附注", m.FANGSONG)
    yield from sized(spans, "署名、成文日期、附注", "三号")


def _date_form(parts: Parts) -> Iterator[Verdict]:
    for span in parts[Part.DATED]:
        said, right = squeezed(span.text), _day(span.text)
        says = "成文日期用阿拉伯数字，年份写全，月、日不编虚位，" + (
            f"应为 {right}" if right else "如 2026年1月5日"
        )
        mend = partial(hands.exchange, span.para, span.text, right) if right else None
        yield Verdict(said == right and said == span.text.strip(), span.para.where, says, mend)


def _day(text: str) -> str:
    """The right form of a date; empty where there is no such day."""
    said = squeezed(text)
    said = f"20{said}" if re.match(r"\d\d年", said) else said
    day = date_of(said)
    return in_figures(day) if day else ""


def _date_place(parts: Parts) -> Iterator[Verdict]:
    """Right: four characters in with a seal, at least two (or what the signature asks for) without one."""
    for span in parts[Part.DATED]:
        para = span.para
        ok = para.align == "right" and para.indent("right") > -0.1 and not para.text.endswith(("　", " "))
        widest = max((width(signed.text.strip()) for signed in parts[Part.SIGNED]), default=0.0)
        least = 0 if widest >= width(squeezed(span.text)) else 1.7
        ok = ok and para.indent("right") >= least
        yield Verdict(
            ok,
            para.where,
            "成文日期右空四字编排（不加盖印章的，与署名对应）",
            partial(hands.right, para, 4),
        )


def _annotation(parts: Parts) -> Iterator[Verdict]:
    for span in parts[Part.ANNOTATION]:
        said = span.text.strip()
        mend = (
            partial(hands.rewrite, span.para.element, _enclosed)
            if _REMARK.fullmatch(_enclosed(said))
            else None
        )
        yield Verdict(_REMARK.fullmatch(said) is not None, span.para.where, "附注加圆括号（全角）", mend)


def _enclosed(text: str) -> str:
    """What is half in brackets loses that one first."""
    half = text.strip().translate(str.maketrans("()", "（）"))
    whole = half.startswith("（") and half.endswith("）")
    return in_brackets(half if whole else half.removeprefix("（").removesuffix("）"))


def _annotation_place(parts: Parts) -> Iterator[Verdict]:
    for span in parts[Part.ANNOTATION]:
        typed = span.text.startswith(("　", " "))
        ok = abs(span.para.begins - 2) <= 0.3 and not typed and span.para.align in ("left", "both")
        yield Verdict(ok, span.para.where, "附注居左空二字编排", partial(hands.leftmost, span.para, 2))


# --- the imprint ----------------------------------------------------------------------------------------


def _imprint(parts: Parts) -> tuple[Span, ...]:
    return (*parts[Part.COPIES], *parts[Part.PRINTED])


def _imprint_font(parts: Parts) -> Iterator[Verdict]:
    yield from typeface(_imprint(parts), "版记", m.FANGSONG)
    yield from sized(_imprint(parts), "版记", "四号")


def _imprint_lines(parts: Parts) -> Iterator[Verdict]:
    """The first and the last line 0.35 mm, those between 0.25 mm; a letter has none (10.1)."""
    spans = _imprint(parts)
    if not spans or parts.form is Form.LETTER:
        return
    lines = _lines(spans[0].para, spans[-1].para)
    inner = len(spans) > 1
    wrong = [
        title
        for side, title, size in (
            ("top", "首条", _OUTER),
            ("bottom", "末条", _OUTER),
            ("insideH", "中间", _INNER),
        )
        if (inner or side != "insideH") and abs(lines.get(side, 0) - size) > 1
    ]
    says = f"版记的首条、末条分隔线粗 0.35 mm，中间的粗 0.25 mm；{'、'.join(wrong)}分隔线没有或粗细不对"
    paras = list(dict.fromkeys(span.para for span in spans))
    yield Verdict(not wrong, spans[0].para.where, says, partial(_rule, paras))


def _lines(first: Para, last: Para) -> dict[str, float]:
    """The lines around the imprint in eighths of a point, as its table's borders or its paragraphs'."""
    if first.table is not None:
        return _table_lines(first.table)
    sides = {"top": (first, "top"), "bottom": (last, "bottom")}
    lines = {side: _thick(para.borders.get(name, "")) for side, (para, name) in sides.items()}
    between = [first.borders.get("between", ""), last.borders.get("top", ""), first.borders.get("bottom", "")]
    return lines | {"insideH": next((thick for line in between if (thick := _thick(line))), 0)}


def _thick(line: str) -> float:
    return number(line.rpartition(" ")[2]) or 0


def _table_lines(table: Any) -> dict[str, float]:
    found: dict[str, float] = {}
    cells = [*table.iter(qn("w:tcBorders"))]
    for borders in [*table.iter(qn("w:tblBorders")), *cells[:1]]:
        for side in borders:
            if side.get(qn("w:val")) not in ("nil", "none"):
                found[local(side)] = number(side.get(qn("w:sz"))) or 0
    if cells:
        found = {**{local(s): number(s.get(qn("w:sz"))) or 0 for c in cells for s in c}, **found}
        found.setdefault("insideH", found.get("bottom", 0))
    return found


def _rule(paras: list[Para]) -> None:
    """The lines on the table they stand in, or along the paragraphs."""
    tables = {id(para.table): para.table for para in paras}
    if len(tables) == 1 and paras[0].table is not None:
        table = paras[0].table
        for borders in [*table.iter(qn("w:tcBorders"))]:
            borders.getparent().remove(borders)
        imprint_lines(put(table.find(qn("w:tblPr")), "w:tblBorders"))
        return
    for at, para in enumerate(paras):
        if at == 0:
            hands.border(para, "top", "000000", _OUTER, 0)
        last = at == len(paras) - 1
        hands.border(para, "bottom", "000000", _OUTER if last else _INNER, 0)


def _copies(parts: Parts) -> Iterator[Verdict]:
    for span in parts[Part.COPIES]:
        said = span.text.strip()
        mend = (
            partial(hands.rewrite, span.para.element, _listed) if _LISTED.fullmatch(_listed(said)) else None
        )
        says = "抄送后标全角冒号，机关之间用“，”或“、”，最后一个机关后标句号"
        yield Verdict(_LISTED.fullmatch(said) is not None, span.para.where, says, mend)


def _listed(text: str) -> str:
    found = re.match(r"\s*(抄送|抄报|分送|主送)\s*[:：]?\s*(.*)", text, re.DOTALL)
    if not found:
        return text
    offices = (
        found[2].translate(str.maketrans(",;:", "，；：")).strip().rstrip("。.；，、 ").replace("。", "，")
    )
    return f"{found[1]}：{offices}。"


def _printed(parts: Parts) -> Iterator[Verdict]:
    for span in parts[Part.PRINTED]:
        found = re.search(rf"({DAY})?\s*印(?:发|制)?\s*$", span.text)
        day = found[1] if found else None
        right = _day(day) if day else ""
        ok = bool(day) and day == right and span.text.rstrip().endswith("印发")
        says = "印发日期用阿拉伯数字写全年月日，后加“印发”" + (f"，应为 {right}印发" if right else "")
        mend = partial(hands.exchange, span.para, found.group(), f"{right}印发") if right and found else None
        yield Verdict(ok, span.para.where, says, mend)


def _subjects(parts: Parts) -> Iterator[Verdict]:
    for span in parts[Part.SUBJECTS]:
        yield Verdict(False, span.para.where, "主题词已不是公文要素（2012 年起），不印在公文上")


_S = "GB/T 9704—2012 "

TAIL = (
    Rule("attachments_place", "附件说明的位置", _S + "7.3.4", Severity.MINOR, "左空二字编排，回行与名称首字对齐", _attachments_place),
    Rule("attachments_end", "附件名称后的标点", _S + "7.3.4", Severity.MINOR, "删去附件名称后的标点", _attachments_end),
    Rule("attachments_numbers", "附件的序号", _S + "7.3.4", Severity.MINOR, "用 1. 2. 3. 编号", _attachments_numbers),
    Rule("attachments_font", "附件说明的字体字号", _S + "7.3.4", Severity.MINOR, "设为三号仿宋", _attachments_font),
    Rule("people_font", "出席人员的字体", _S + "10.3", Severity.MINOR, "“出席”等设为黑体，姓名设为仿宋", _people_font),
    Rule("signed", "发文机关署名", _S + "7.3.5", Severity.GRAVE, "在成文日期之上署发文机关名称", _signed),
    Rule("signed_place", "署名的位置", _S + "7.3.5", Severity.PLAIN, "居右编排", _signed_place),
    Rule("closing_font", "署名、日期、附注的字体字号", _S + "7.3.5", Severity.MINOR, "设为三号仿宋", _closing_font),
    Rule("date_form", "成文日期的写法", _S + "7.3.5.4", Severity.GRAVE, "写成如 2026年1月5日", _date_form),
    Rule("date_place", "成文日期的位置", _S + "7.3.5", Severity.PLAIN, "右空四字编排", _date_place),
    Rule("annotation_form", "附注的括号", _S + "7.3.6", Severity.MINOR, "加全角圆括号", _annotation),
    Rule("annotation_place", "附注的位置", _S + "7.3.6", Severity.MINOR, "左空二字编排", _annotation_place),
    Rule("imprint_font", "版记的字体字号", _S + "7.4", Severity.MINOR, "设为四号仿宋", _imprint_font),
    Rule("imprint_lines", "版记的分隔线", _S + "7.4.1", Severity.PLAIN, "首末两条 0.35 mm，中间 0.25 mm", _imprint_lines),
    Rule("copies_form", "抄送机关", _S + "7.4.2", Severity.MINOR, "写成“抄送：甲，乙。”", _copies),
    Rule("printed_form", "印发日期", _S + "7.4.3", Severity.PLAIN, "写成如 2026年1月5日印发", _printed),
    Rule("no_subjects", "主题词", "《党政机关公文处理工作条例》第九条", Severity.PLAIN, "删去主题词一行，主题词只在系统里登记", _subjects),
)  # fmt: skip
"""Made where the element is there."""
