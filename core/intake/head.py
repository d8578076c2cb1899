"""The head of a document: everything above the addressees, told apart by what each line looks like."""

import re
from dataclasses import dataclass, field
from datetime import date

from core.intake import marks as mark
from core.intake.dates import PATTERN, date_of
from core.intake.marks import Marks
from core.intake.normal import LONGEST_LINE, compact
from core.intake.numbers import number_among, number_of
from core.intake.orgs import is_org, orgs_in

_LONGEST_HEAD = 60
_MARK = re.compile(r"(.{2,60}?)文件")
_ORDER = re.compile(
    r"(.{2,60}?)(令|公告|通告|公报)(?:[（(]?(第[0-9一二三四五六七八九十百〇零]{1,8}号)[）)]?)?"
)
_SERIAL = re.compile(r"[（(]?(第[0-9一二三四五六七八九十百〇零]{1,8}号)[）)]?")
_MINUTES = re.compile(r"(.{2,50}?)(?:会议|办公会|联席会|专题|协调会)?纪要")
_ISSUE = re.compile(r"[（(]?(?:第[0-9一二三四五六七八九十百]{1,5}[期次]|总第.{1,8}期)[）)]?")
_NOTE = re.compile(r"[（(].{4,150}[）)]")
_NOTE_DATE = re.compile(PATTERN)
_DATE_ENDS = "日号0123456789"
_HEADING = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|第[一二三四五六七八九十百]{1,4}[章条节编]|目录$)"
)
_OPENING = re.compile(
    r"(?:根据|为了?(?=[^国])|按照|经|现将|现就|近年来|近期|兹|依照|鉴于|时间[:：]|会议时间|地点[:：])"
)
_SENDING = re.compile(r"发电(?:单位|机关)[:：]?(.{2,40}?)(?:签批盖章.*|签发.*)?")
_LABEL = re.compile(r"(?:文件)?(?:标题|题目|名称|发文机关|发文单位|主题词)[:：]")
_LEAD_IN = re.compile(
    r"(?:如下|以下|如次|决定|通知|通告|公告|命令|批复|下列.{0,6}|答复|建议|意见|请示|报告)[:：]$"
)


@dataclass(slots=True)
class Head:
    """What was found above the body, and where the body begins."""

    marks: Marks = field(default_factory=Marks)
    number: str | None = None
    orgs: list[str] = field(default_factory=list)
    order: str | None = None
    serial: str | None = None
    minutes: str | None = None
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    noted_on: date | None = None
    dated_on: date | None = None
    dated_by: list[str] = field(default_factory=list)
    body: int = 0


def head_of(lines: list[str]) -> Head:
    """Read lines until one belongs to the body."""
    head = Head()
    for line in lines[:_LONGEST_HEAD]:
        if _begins_body(line):
            break
        _take(line, head)
        head.body += 1
    _settle(head)
    return head


def is_lead_in(line: str) -> bool:
    """现将有关事项通知如下： ends like addressees do, but is a sentence of the body."""
    text = compact(line)
    return bool(_LEAD_IN.search(text) or _OPENING.match(text) or "，现" in text)


def _begins_body(line: str) -> bool:
    if len(line) > LONGEST_LINE:
        return True
    text = compact(line)
    if _NOTE.fullmatch(text) or number_among(line) or _LABEL.match(text):
        return False
    if text.endswith(("：", ":")):
        return not re.fullmatch(r"(?:签发人?|会签人?|份号|密级|等级|紧急程度|发文字号|文号)[:：]", text)
    if "。" in text or text.endswith(("；", ";")) or _HEADING.match(text):
        return True
    return _OPENING.match(text) is not None and ("，" in text or len(text) > 20)


def _take(line: str, head: Head) -> None:
    if mark.take(line, head.marks):
        return
    head.marks.urgency = head.marks.urgency or mark.urgency_in(line)
    if _take_number(line, head) or _take_mark(line, head) or _take_order(line, head):
        return
    if not (_take_date(line, head) or _take_minutes(line, head)):
        stripped = _LABEL.sub("", line) if _LABEL.match(line) else line
        if stripped:
            (head.after if head.number or head.serial else head.before).append(stripped)


def _take_number(line: str, head: Head) -> bool:
    found = number_among(line) if len(line) <= 160 else None
    if found is None:
        return False
    head.number = head.number or found
    for part in line.split():
        if number_of(part) is None and not mark.take(part, head.marks):
            _take_mark(part, head)
    return True


def _take_mark(line: str, head: Head) -> bool:
    """The red mark 某某局文件; 文件 makes a mark of the offices on the lines right above it as well."""
    text = compact(line)
    if sending := _SENDING.fullmatch(text):
        head.orgs = head.orgs or orgs_in(sending.group(1))
        return True
    match = _MARK.fullmatch(text)
    if text != "文件":
        if match is None or "关于" in text or (head.orgs and not is_org(match.group(1))):
            return False
        head.orgs += orgs_in(line.removesuffix("文件")) or orgs_in(match.group(1)) or [match.group(1)]
    _take_offices_above(head)
    return True


def _take_offices_above(head: Head) -> None:
    while head.before and (names := orgs_in(head.before[-1])):
        head.orgs[:0] = names
        head.before.pop()


def _take_order(line: str, head: Head) -> bool:
    """某某部令 and 第12号, on one line or two; the office is what stands before 令."""
    text = compact(line)
    serial = _SERIAL.fullmatch(text)
    if serial and head.order:
        head.serial = head.serial or serial.group(1)
        return True
    match = _ORDER.fullmatch(text)
    if match is None or head.order or not is_org(match.group(1)):
        return bool(_ISSUE.fullmatch(text))
    head.order, head.serial = match.group(1) + match.group(2), match.group(3)
    return True


def _take_date(line: str, head: Head) -> bool:
    text = compact(line)
    if _NOTE.fullmatch(text):
        match = _NOTE_DATE.search(text)
        if match is None:
            return False
        head.noted_on = head.noted_on or date_of(match.group())
        head.dated_by = head.dated_by or orgs_in(text[1 : match.start()])
        return True
    found = dated(line)
    if found is None:
        return False
    head.dated_on, head.dated_by = head.dated_on or found[1], head.dated_by or found[0]
    return True


def _take_minutes(line: str, head: Head) -> bool:
    """The mark of minutes names the meeting; a title with 关于 is a title."""
    text = compact(line)
    if head.minutes or head.number or "关于" in text or not _MINUTES.fullmatch(text):
        return False
    head.minutes = text
    return True


def dated(line: str) -> tuple[list[str], date] | None:
    """The date a line is, with the offices standing before it on the same line."""
    if len(line) > 120 or line[-1] not in _DATE_ENDS:
        return None
    text = compact(line)
    if found := date_of(text):
        return [], found
    match = re.fullmatch(rf"(.{{2,80}}?)({PATTERN})", text)
    day = date_of(match.group(2)) if match else None
    if match is None or day is None:
        return None
    names = orgs_in(_before(line, len(match.group(1))))
    return (names, day) if names else None


def _before(line: str, visible: int) -> str:
    """The beginning of a line up to so many visible characters, its spaces kept."""
    for at, char in enumerate(line):
        if not char.isspace():
            visible -= 1
        if visible == 0:
            return line[: at + 1]
    return line


def _settle(head: Head) -> None:
    """The office holding the meeting is the longest office name the mark of the minutes begins with."""
    if head.minutes is None or head.orgs:
        return
    match = _MINUTES.fullmatch(head.minutes)
    text = match.group(1) if match else ""
    for end in range(len(text), 3, -1):
        if is_org(text[:end]) and not re.search(
            r"(?:常务|办公|专题|全体|联席|协调|工作|党组|次|届)?会$", text[:end]
        ):
            head.orgs = [text[:end]]
            return
