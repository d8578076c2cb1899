"""What an official document says of itself: number, title, sender, date, kind, secrecy, urgency.

The reading follows the layout of GB/T 9704: marks, red mark of the issuer, number, title, addressees,
body, signature, date, imprint. Where a table of labels (索引号, 标题, 发文机关 …) goes with the text, as on
web pages, its explicit values come first. What is not there stays None: the clerk fills it in.
"""

import re
from dataclasses import dataclass
from datetime import date

from core.intake.dates import PATTERN, date_of
from core.intake.ending import Ending, agree, endings_in, imprint_in, own_ending
from core.intake.head import Head, head_of, is_lead_in
from core.intake.metadata import Metadata, metadata_in
from core.intake.normal import LONGEST_LINE, compact, joined, lines_of
from core.intake.numbers import number_behind, number_of
from core.intake.orgs import orgs_in, shortens, together
from core.intake.titles import issuers_in, kind_of, title_in

_FEWEST_LINES = 3
_STATE = "中华人民共和国"
_ADDRESSED = re.compile(r"主送(?:机关|单位)?[:：](.{2,300})")
_PROMULGATED = (
    re.compile(r"公布(?:的|修订后的|修改后的|[^《》。，]{0,12})《([^《》]{2,100})》"),
    re.compile(r"《([^《》]{2,100})》[^《》。]{0,10}(?:已|业|经)[^《》]{0,120}(?:公布|发布|施行)"),
    re.compile(r"(?:公布|发布|颁布)[^。]{0,40}《([^《》]{2,100})》"),
    re.compile(r"将?《([^《》]{2,100})》[^。]{0,40}(?:公布|发布)"),
)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """The fields of the register as the document itself gives them, in the office's own words."""

    doc_number: str | None
    title: str | None
    sender_org: str | None
    dated_on: date | None
    doc_kind: str | None
    secrecy_level: str | None
    secrecy_term: str | None
    urgency: str | None
    main_recipients: str | None
    copy_serial: str | None


@dataclass(frozen=True, slots=True)
class _Title:
    text: str | None
    issuers: list[str]
    part: list[str]


def read(text: str) -> Reading:
    """The fields found in a plain text; any text will do, and what is not there is never guessed."""
    lines = lines_of(text)
    metadata = metadata_in(lines)
    return _reading(_without(lines, metadata), metadata.values if metadata else {})


def _without(lines: list[str], metadata: Metadata | None) -> list[str]:
    """The document without the table of labels: what stands above it, or below it if nothing does."""
    if metadata is None:
        return lines
    above = lines[: metadata.first]
    return above if len(above) >= _FEWEST_LINES else lines[metadata.last :]


def _reading(lines: list[str], told: dict[str, str]) -> Reading:
    lines, head = _headed(lines)
    title = _title(head, lines)
    number, text = _number(head, title.text)
    body = lines[head.body :]
    imprint = imprint_in(body)
    known = title.issuers or head.orgs
    endings = endings_in(body)
    ending = own_ending(endings, known, head, body)
    named = _told_title(told) or text
    return Reading(
        doc_number=_told_number(told) or number,
        title=named,
        sender_org=_told_sender(told) or _sender(head, title.issuers, ending, imprint),
        dated_on=_told_date(told) or _date(head, ending, imprint, endings),
        doc_kind=_kind(head, named, told),
        secrecy_level=head.marks.secrecy_level,
        secrecy_term=head.marks.secrecy_term,
        urgency=head.marks.urgency,
        main_recipients=_recipients(lines, head, title.part),
        copy_serial=head.marks.copy_serial,
    )


def _headed(lines: list[str]) -> tuple[list[str], Head]:
    """The head; if the text does not begin with one, the head around the first line that is a number."""
    head = head_of(lines)
    if head.number or head.order or head.minutes or _found(head):
        return lines, head
    for at, line in enumerate(lines):
        if "号" in line and len(line) <= 60 and number_of(line):
            later = lines[_first_of_head(lines, at) :]
            moved = head_of(later)
            return (later, moved) if _found(moved) else (lines, head)
    return lines, head


def _first_of_head(lines: list[str], at: int) -> int:
    """How far up from the number a head reaches: over short lines that are no sentences."""
    first = at
    while (
        first > max(at - 6, 0)
        and len(lines[first - 1]) < 50
        and not re.search(r"[。；：]$", lines[first - 1])
    ):
        first -= 1
    return first


def _found(head: Head) -> bool:
    return any(title_in(part, strict=True) for part in (head.after, head.before))


def _title(head: Head, lines: list[str]) -> _Title:
    for strict in (True, False):
        for part in (head.after, head.before):
            if found := title_in(part, strict=strict):
                _keep_orgs(head, part, found[1])
                return _Title(found[0], issuers_in(found[1]), found[1])
        if special := _special_title(head, lines):
            return _Title(special, [], [])
    _keep_orgs(head, head.before, [])
    return _Title(None, [], [])


def _keep_orgs(head: Head, part: list[str], title: list[str]) -> None:
    """Lines of the head that are offices and no title are its mark: letters have one without 文件."""
    if not head.orgs:
        spare = [line for line in head.before if part is not head.before or line not in title]
        head.orgs = [name for line in spare for name in orgs_in(line)]


def _special_title(head: Head, lines: list[str]) -> str | None:
    """An order is called by what it promulgates, minutes and bare announcements by their mark."""
    if head.order and head.order.endswith("令"):
        return _promulgated(lines[head.body : head.body + 6]) or head.order
    return head.order or head.minutes


def _promulgated(lines: list[str]) -> str | None:
    order = [line for line in lines if len(line) <= 5 * LONGEST_LINE]
    text = compact("".join(order[:3]))
    named = [match.group(1) for form in _PROMULGATED for match in form.finditer(text)]
    headings = {compact(line) for line in lines if len(line) <= LONGEST_LINE}
    return next((name for name in named if name in headings), named[0] if named else None)


def _number(head: Head, title: str | None) -> tuple[str | None, str | None]:
    """The number, and the title without it when it stood in brackets at its end."""
    behind = number_behind(title) if title else None
    if behind:
        return head.number or behind[1], behind[0]
    if head.number is None and head.order and head.serial:
        return _order_office(head.order) + head.serial, title
    return head.number, title


def _order_office(order: str) -> str:
    """中华人民共和国国务院令 is cited as 国令, a ministry's as 财政部令."""
    short = order.removeprefix(_STATE)
    return "国令" if short == "国务院令" else short


def _told_number(told: dict[str, str]) -> str | None:
    value = told.get("number")
    return (
        (number_of(value) or (joined(value) if re.search(r"第.{1,8}号$", value) else None)) if value else None
    )


def _told_title(told: dict[str, str]) -> str | None:
    value = told.get("title")
    return joined(value) if value and len(value) >= 4 else None


def _told_sender(told: dict[str, str]) -> str | None:
    value = told.get("sender")
    return (together(orgs_in(value)) or joined(value)) if value else None


def _told_date(told: dict[str, str]) -> date | None:
    match = re.match(PATTERN, compact(told.get("dated", "")))
    return date_of(match.group()) if match else None


def _kind(head: Head, title: str | None, told: dict[str, str]) -> str | None:
    if head.order and head.order.endswith("令"):
        return "命令"
    marks = (told.get("kind"), title, head.order, head.minutes)
    return next((kind for mark in marks if mark and (kind := kind_of(mark))), None)


def _sender(head: Head, titled: list[str], ending: Ending | None, imprint: Ending | None) -> str | None:
    """The full name before the short one, several issuers before the one whose mark the paper bears."""
    signed = list(ending.orgs) if ending else []
    if head.order:
        return (
            head.order.removesuffix("令")
            .removesuffix("公告")
            .removesuffix("通告")
            .removeprefix(_STATE if not head.order.startswith(_STATE + "主席") else "")
        )
    if titled:
        return together(_in_full(titled, [*head.orgs, *signed]))
    if head.orgs and signed and len(signed) > len(head.orgs) and agree(signed, head.orgs):
        return together(signed)
    weakest = head.dated_by or (list(imprint.orgs) if imprint else [])
    return together(head.orgs or signed or weakest)


def _in_full(titled: list[str], others: list[str]) -> list[str]:
    """Each office of the title, or the longer name the mark or the signature has for it."""
    if any(name in others for name in titled):
        return titled
    return [next((full for full in others if shortens(name, full)), name) for name in titled]


def _date(head: Head, ending: Ending | None, imprint: Ending | None, others: list[Ending]) -> date | None:
    if ending:
        return ending.dated_on
    if head.dated_on or imprint:
        return head.dated_on or (imprint.dated_on if imprint else None)
    return next((found.dated_on for found in others), None)


def _wrapped(lines: list[str]) -> list[str]:
    """The last of these lines that list something: addressees too many for one line."""
    first = len(lines)
    while first > 0 and re.search(r"[，、]", lines[first - 1]):
        first -= 1
    return lines[first:]


def _recipients(lines: list[str], head: Head, title: list[str]) -> str | None:
    """The line ending in a colon below the title, with what was wrapped above it."""
    first = lines[head.body] if head.body < len(lines) else ""
    if len(first) <= LONGEST_LINE and first.endswith(("：", ":")) and not is_lead_in(first):
        above = [*head.before, *head.after]
        rest = above[above.index(title[-1]) + 1 :] if title and title[-1] in above else []
        return joined("".join([*_wrapped(rest), first]))[:-1] or None
    found = (
        _ADDRESSED.fullmatch(compact(line))
        for line in lines
        if "主送" in line[:9] and len(line) <= LONGEST_LINE
    )
    return next((match.group(1) for match in found if match), None)
