"""Rules of the head: marks, red mark, number, signer, red line, title, recipients."""

import re
from collections.abc import Callable, Iterator
from functools import partial

from core.doc_number import right_number, why_not_number
from core.layout import measures as m
from core.layout.official import Form
from core.layout.ooxml import twips
from core.layout.rules import hands
from core.layout.rules.formats import local, number
from core.layout.rules.parts import Part, Parts, is_red, squeezed
from core.layout.rules.record import Rule, Severity, Verdict, inset, sized, typeface
from core.layout.rules.sheet import Para, Span
from core.layout.styles import PITCH
from core.official_kinds import KINDS

_WHOLE = "全文"
_LINE = PITCH / 20
_RED_LINE = re.compile(r"\S+ (?:FF0000|ff0000|[C-Fc-f][0-9A-Fa-f][0-3][0-9A-Fa-f][0-3][0-9A-Fa-f]) ")
_DOUBLE = re.compile("thick|thin|double")
_UPWARD = ("请示", "报告")


# --- marks ----------------------------------------------------------------------------------------------


def _serial(parts: Parts) -> Iterator[Verdict]:
    for span in parts[Part.SERIAL]:
        said = squeezed(span.text)
        ok = re.fullmatch(r"\d{6}", said) is not None
        digits = re.sub(r"\D", "", said)
        right = digits.zfill(6) if len(digits) <= 6 else ""
        says = "份号用 6 位数字，" + (f"应为 {right}" if right else "如 000001")
        yield Verdict(ok, span.para.where, says, _replaced(span, right) if right else None)


def _classified(parts: Parts) -> Iterator[Verdict]:
    if secrecy := parts.one(Part.SECRECY):
        yield Verdict(bool(parts[Part.SERIAL]), secrecy.para.where, "涉密公文应标注份号，如 000001")


def _secrecy(parts: Parts) -> Iterator[Verdict]:
    for span in parts[Part.SECRECY]:
        said = squeezed(span.text)
        ok = re.fullmatch(r"(?:绝密|机密|秘密)★(?:[1-9]\d?年|[1-9]\d?个月|长期)", said) is not None
        meant = re.fullmatch(r"(绝密|机密|秘密)[☆*＊●·]?0*([1-9]\d?)(年|个月|月)", said)
        right = (
            f"{meant[1]}★{meant[2]}{meant[3].replace('月', '个月') if meant[3] == '月' else meant[3]}"
            if meant
            else ""
        )
        says = "密级和保密期限写成密级★期限，" + (f"应为 {right}" if right else "如 机密★10年")
        yield Verdict(ok, span.para.where, says, _replaced(span, right) if right else None)


def _urgency(parts: Parts) -> Iterator[Verdict]:
    for span in parts[Part.URGENCY]:
        said = squeezed(span.text)
        right = {"特急件": "特急", "加急件": "加急"}.get(said, "")
        says = f"紧急程度只有“特急”“加急”，“{said}”不是现行用语" + (f"，应为 {right}" if right else "")
        yield Verdict(
            said in ("特急", "加急"), span.para.where, says, _replaced(span, right) if right else None
        )


def _marks_font(parts: Parts) -> Iterator[Verdict]:
    spans = (*parts[Part.SECRECY], *parts[Part.URGENCY])
    yield from typeface(spans, "密级、紧急程度", m.HEI)
    yield from sized((*spans, *parts[Part.SERIAL]), "份号、密级、紧急程度", "三号")


def _replaced(span: Span, right: str) -> Callable[[], None]:
    said = span.text.strip()
    return partial(hands.exchange, span.para, said, right)


# --- the red mark and the red line ----------------------------------------------------------------------


def _mark_red(parts: Parts) -> Iterator[Verdict]:
    for span in parts[Part.MARK]:
        ok = all(is_red(run.colour) for run in span.runs)
        yield Verdict(ok, span.para.where, "发文机关标志用红色", partial(hands.colour, span, "FF0000"))


def _mark_font(parts: Parts) -> Iterator[Verdict]:
    yield from typeface(parts[Part.MARK], "发文机关标志", m.XIAOBIAOSONG)


def _mark_centred(parts: Parts) -> Iterator[Verdict]:
    for span in parts[Part.MARK]:
        if span.para.table is None:
            ok = _is_centred(span.para)
            yield Verdict(ok, span.para.where, "发文机关标志居中排布", partial(hands.centred, span.para))


def _is_centred(para: Para) -> bool:
    skewed = abs(para.indent("left") - para.indent("right")) > 0.3 or abs(para.indent("firstLine")) > 0.3
    return para.align in ("center", "distribute") and not skewed


def _mark_place(parts: Parts) -> Iterator[Verdict]:
    """Made where the mark lies in a frame: elsewhere its place is what everything above it comes to."""
    span = parts.one(Part.MARK)
    frame = span.para.looks.get("framePr") if span else None
    y = number(frame.get("y")) if frame else None
    if span and frame and y is not None:
        letter = parts.form is Form.LETTER
        below = m.ORDER_MARK_BELOW_TOP if parts.form is Form.ORDER else m.MARK_BELOW_TOP
        wanted, edge = (m.LETTER_LINES[1], "页上边") if letter else (below, "版心上边缘")
        inside = frame.get("vAnchor") in ("margin", "text")
        off = m.TOP * (
            inside - (not letter)
        )  # from the edge it is measured from to the one the standard says
        at = y / 1440 * 25.4 + off
        says = f"发文机关标志上边缘距{edge}应为 {wanted:g} mm，这里是 {at:.1f} mm"
        mend = partial(hands.frame, span.para, twips(wanted - off))
        yield Verdict(abs(at - wanted) <= m.TOLERANCE + 0.05, span.para.where, says, mend)


def _red_line(parts: Parts) -> Iterator[Verdict]:
    """Made where there is a number under a mark, which is no letter's and no order's; a drawn line counts as one."""
    span = parts.one(Part.NUMBER)
    if span is None or not parts[Part.MARK] or parts.form in (Form.LETTER, Form.ORDER):
        return
    head = _head(parts)
    ok = any(_RED_LINE.match(line) for para in head for line in para.borders.values()) or any(
        map(_drawn, head)
    )
    says = "发文字号之下 4 mm 处印一条与版心等宽的红色分隔线"
    yield Verdict(ok, span.para.where, says, partial(hands.border, span.para, "bottom", "FF0000", 12, 11))


def _letter_lines(parts: Parts) -> Iterator[Verdict]:
    if parts.form is not Form.LETTER:
        return
    upper = any(_DOUBLE.match(line) for para in _head(parts) for line in para.borders.values())
    yield Verdict(
        upper or any(map(_drawn, _head(parts))), "首页", "信函的发文机关标志下 4 mm 处印红色双线（上粗下细）"
    )
    footer = parts.sheet.footers.get("first")
    borders = [side for side in footer.element.iter() if _DOUBLE.match(_kind(side))] if footer else []
    drawn = footer is not None and any(local(e) in ("drawing", "pict") for e in footer.element.iter())
    yield Verdict(bool(borders) or drawn, "首页", "信函首页距下页边 20 mm 处印红色双线（上细下粗）")


def _kind(side: object) -> str:
    attributes = getattr(side, "attrib", {})
    return next((value for key, value in attributes.items() if key.endswith("}val")), "")


def _head(parts: Parts) -> list[Para]:
    """Every paragraph down to the title, the empty ones too."""
    title = parts.one(Part.TITLE) or parts.one(Part.BODY)
    head: list[Para] = []
    for para in parts.sheet.every:
        if title and para is title.para:
            break
        head.append(para)
    return head


def _drawn(para: Para) -> bool:
    return any(local(child) in ("drawing", "pict") for child in para.element.iter())


# --- number and signer ----------------------------------------------------------------------------------


def _number_format(parts: Parts) -> Iterator[Verdict]:
    for span in parts[Part.NUMBER]:
        said = span.text.strip()
        own = parts.form in (Form.MINUTES, Form.ORDER)
        if own and re.fullmatch(r"(?:第|〔\d{4}〕)[1-9]\d*[号期]", squeezed(said)):
            yield Verdict(True, span.para.where)
            continue
        right = right_number(squeezed(said))
        reason = why_not_number(said) or ""
        yield Verdict(not reason, span.para.where, reason, _replaced(span, right) if right else None)


def _number_font(parts: Parts) -> Iterator[Verdict]:
    yield from typeface(parts[Part.NUMBER], "发文字号", m.FANGSONG)
    yield from sized(parts[Part.NUMBER], "发文字号", "三号")


def _number_place(parts: Parts) -> Iterator[Verdict]:
    span = parts.one(Part.NUMBER)
    if span is None or parts.form is Form.LETTER:
        return
    if not parts[Part.SIGNER]:
        if parts.says(Part.TITLE).endswith(_UPWARD):
            return  # how it should stand depends on the signer, who is missing
        ok = _is_centred(span.para)
        yield Verdict(ok, span.para.where, "发文字号居中排布", partial(hands.centred, span.para))
    elif not span.para.text[: span.start].strip():
        ok = (
            abs(span.para.begins - 1) <= 0.3
            and not span.para.text.startswith(("　", " "))
            and span.para.align != "center"
        )
        yield Verdict(
            ok, span.para.where, "上行文的发文字号居左空一字编排", partial(hands.leftmost, span.para, 1)
        )


def _signer(parts: Parts) -> Iterator[Verdict]:
    if parts.says(Part.TITLE).endswith(_UPWARD) and parts[Part.MARK] and parts[Part.NUMBER]:
        says = "上行文应在发文字号右侧标注签发人姓名"
        yield Verdict(bool(parts[Part.SIGNER]), parts[Part.NUMBER][0].para.where, says)


def _signer_font(parts: Parts) -> Iterator[Verdict]:
    names, labels = [], []
    for span in parts[Part.SIGNER]:
        label = re.match(r"\s*签发人?[:：]", span.text)
        cut = span.start + (label.end() if label else 0)
        labels += [Span(span.para, span.start, cut)] if label else []
        names += [Span(span.para, cut, span.stop)]
    yield from typeface(labels, "“签发人”三字", m.FANGSONG)
    yield from typeface(names, "签发人姓名", m.KAI)


# --- title and recipients -------------------------------------------------------------------------------


def _title_font(parts: Parts) -> Iterator[Verdict]:
    yield from typeface(parts[Part.TITLE], "标题", m.XIAOBIAOSONG)


def _title_size(parts: Parts) -> Iterator[Verdict]:
    yield from sized(parts[Part.TITLE], "标题", "二号")


def _title_centred(parts: Parts) -> Iterator[Verdict]:
    for span in parts[Part.TITLE]:
        yield Verdict(
            _is_centred(span.para), span.para.where, "标题居中排布", partial(hands.centred, span.para)
        )


def _title_end(parts: Parts) -> Iterator[Verdict]:
    if parts[Part.TITLE]:
        span = parts[Part.TITLE][-1]
        ok = not re.search(r"[。．.，,；;！!？?、]\s*$", span.text)
        yield Verdict(
            ok, span.para.where, "标题末尾不加标点", partial(hands.rewrite, span.para.element, _bare)
        )


def _bare(text: str) -> str:
    return re.sub(r"[。．.，,；;！!？?、\s]+$", "", text)


def _title_kind(parts: Parts) -> Iterator[Verdict]:
    if span := parts.one(Part.TITLE):
        said = re.sub(r"[（(].{1,10}[）)]$", "", parts.says(Part.TITLE).rstrip("。．.，,；;！!？?、"))
        ok = said.endswith((*KINDS, "令"))
        yield Verdict(ok, span.para.where, "标题以文种结尾，如通知、请示、函等十五种之一")


def _title_place(parts: Parts) -> Iterator[Verdict]:
    """Made under a mark and a number: two lines between the red line (or the last mark of a letter) and the title."""
    span = parts.one(Part.TITLE)
    if span is None or not parts[Part.NUMBER]:
        return
    lines = span.para.before(_LINE)
    for para in reversed(_head(parts)):
        if para.at:
            break
        lines += para.pitch(parts.sheet.grid) / _LINE if not _drawn(para) else 0
    says = f"标题在红色分隔线下空二行编排，这里空 {lines:.1f} 行"
    more = round((2 - lines + span.para.before(_LINE)) * PITCH)
    yield Verdict(1.5 <= lines <= 2.6, span.para.where, says, partial(hands.before, span.para, max(more, 0)))


def _recipients_colon(parts: Parts) -> Iterator[Verdict]:
    for span in parts[Part.RECIPIENTS]:
        ok = span.text.rstrip().endswith("：")
        yield Verdict(
            ok,
            span.para.where,
            "主送机关最后一个名称后标全角冒号",
            partial(hands.rewrite, span.para.element, _ended),
        )


def _ended(text: str) -> str:
    return text.rstrip().rstrip(":：;；,，。") + "："


def _recipients_place(parts: Parts) -> Iterator[Verdict]:
    yield from inset(parts[Part.RECIPIENTS], "主送机关", 0)


def _recipients_font(parts: Parts) -> Iterator[Verdict]:
    yield from typeface(parts[Part.RECIPIENTS], "主送机关", m.FANGSONG)
    yield from sized(parts[Part.RECIPIENTS], "主送机关", "三号")


# --- what must be there ---------------------------------------------------------------------------------


def _elements(parts: Parts) -> Iterator[Verdict]:
    """A mark demands a number and the other way round; all but minutes, which tell their day, have a date, all but orders a title."""
    lacking = {Form.MINUTES: Part.DATED, Form.ORDER: Part.TITLE}.get(parts.form)
    demanded = [part for part in (Part.TITLE, Part.BODY, Part.DATED) if part is not lacking]
    if parts[Part.MARK] or parts[Part.NUMBER]:
        demanded = [Part.MARK, Part.NUMBER, *demanded]
    for part in demanded:
        yield Verdict(bool(parts[part]), _WHOLE, f"没有找到{part}")


_S = "GB/T 9704—2012 "

HEAD = (
    Rule("elements", "必备要素", "《党政机关公文处理工作条例》第九条", Severity.GRAVE, "补上缺少的要素", _elements),
    Rule("serial_form", "份号", _S + "7.2.1", Severity.PLAIN, "份号写成 6 位数字", _serial),
    Rule("serial_demanded", "涉密公文标份号", "《党政机关公文处理工作条例》第九条（一）", Severity.GRAVE, "在版心左上角第一行标注份号", _classified),
    Rule("secrecy_form", "密级和保密期限", _S + "7.2.2", Severity.GRAVE, "写成密级★期限", _secrecy),
    Rule("urgency_word", "紧急程度", _S + "7.2.3", Severity.PLAIN, "改为“特急”或“加急”", _urgency),
    Rule("marks_font", "密级、紧急程度的字体字号", _S + "7.2.2", Severity.MINOR, "设为三号黑体，份号用三号字", _marks_font),
    Rule("mark_red", "发文机关标志的颜色", _S + "7.2.4", Severity.PLAIN, "字体颜色设为红色", _mark_red),
    Rule("mark_font", "发文机关标志的字体", _S + "7.2.4", Severity.PLAIN, "设为小标宋体", _mark_font),
    Rule("mark_centred", "发文机关标志居中", _S + "7.2.4", Severity.PLAIN, "段落设为居中", _mark_centred),
    Rule("mark_place", "发文机关标志的位置", _S + "7.2.4、10.1、10.2", Severity.PLAIN, "调整到距版心上边缘 35 mm（命令 20 mm，信函距页边 30 mm）", _mark_place),
    Rule("number_format", "发文字号", _S + "7.2.5", Severity.GRAVE, "改成机关代字〔年份〕序号号", _number_format),
    Rule("number_font", "发文字号的字体字号", _S + "7.2.5", Severity.MINOR, "设为三号仿宋", _number_font),
    Rule("number_place", "发文字号的位置", _S + "7.2.5", Severity.PLAIN, "下行文居中，上行文左空一字", _number_place),
    Rule("signer", "上行文的签发人", _S + "7.2.6", Severity.GRAVE, "在发文字号右侧标注“签发人：”和姓名", _signer),
    Rule("signer_font", "签发人的字体", _S + "7.2.6", Severity.MINOR, "“签发人”用三号仿宋，姓名用三号楷体", _signer_font),
    Rule("red_line", "红色分隔线", _S + "7.2.7", Severity.PLAIN, "发文字号下加与版心等宽的红线", _red_line),
    Rule("letter_lines", "信函的红色双线", _S + "10.1", Severity.PLAIN, "首页上下各印一条 170 mm 的红色双线", _letter_lines),
    Rule("title_font", "标题字体", _S + "7.3.1", Severity.PLAIN, "设为小标宋体", _title_font),
    Rule("title_size", "标题字号", _S + "7.3.1", Severity.PLAIN, "设为二号字", _title_size),
    Rule("title_centred", "标题居中", _S + "7.3.1", Severity.PLAIN, "段落设为居中，不缩进", _title_centred),
    Rule("title_end", "标题末尾的标点", _S + "7.3.1", Severity.MINOR, "删去标题末尾的标点", _title_end),
    Rule("title_kind", "标题中的文种", "《党政机关公文处理工作条例》第八条、第九条（七）", Severity.GRAVE, "标题写成发文机关、事由、文种", _title_kind),
    Rule("title_place", "标题的位置", _S + "7.3.1", Severity.MINOR, "标题前空二行", _title_place),
    Rule("recipients_colon", "主送机关后的冒号", _S + "7.3.2", Severity.PLAIN, "末尾用全角冒号", _recipients_colon),
    Rule("recipients_place", "主送机关的位置", _S + "7.3.2", Severity.PLAIN, "顶格编排，不缩进", _recipients_place),
    Rule("recipients_font", "主送机关的字体字号", _S + "7.3.2", Severity.MINOR, "设为三号仿宋", _recipients_font),
)  # fmt: skip
"""Made where the element is there."""
