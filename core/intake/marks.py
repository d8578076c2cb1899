"""The small marks at the head of a document: copy serial, secrecy, urgency, signer."""

import re
from dataclasses import dataclass

from core.intake.normal import compact

_SERIAL = re.compile(r"(?:份号|编号|印号|№|No\.?|NO\.?)[:：.]?([0-9]{4,8})|([0-9]{6})")
_TERM = r"(?:[0-9]{1,3}|[一二三四五六七八九十]{1,3})(?:年|个?月)|长期|[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日"
_SECRECY = re.compile(rf"(?:密级[:：]?)?(绝密|机密|秘密)(?:[★☆*＊●]?({_TERM})?(?:解密)?|[（(]({_TERM})[）)])")
_PERIOD = re.compile(rf"(?:保密期限[:：]?|[★☆*＊])({_TERM})")
_URGENCY = re.compile(
    r"(?:紧急程度|缓急程度|等级)?[:：]?(特急|加急|特提|平急|急件|特急件|加急件)(?:[·•.、]?(?:明电|密电))?"
)
_URGENT = {"急件": "加急", "特提": "特急", "特急件": "特急", "加急件": "加急"}
_IGNORED = re.compile(
    r"(?:签发人?|会签人?|签批盖章|发电单位|发电机关|等级|缓急|密级|份号|紧急程度|保密期限)[:：]?|明电|密电|内部|公开|普通|"
    r"内部资料|★|(?:签发人?|会签人?)[:：].*"
)


# 机 密 ★ 6个月 is one mark, however it is spaced out.
_SPACED = re.compile(
    r"\s+(?=[★☆*＊])|(?<=[★☆*＊])\s+|(?<=[绝机秘])\s+(?=密)|(?<=[特加])\s+(?=急)|(?<=[0-9])\s+(?=[个年月])"
)
# A PDF may lose the gap between two marks on one line.
_RUN_ON = re.compile(r"(?<=[年月期密0-9])(?=(?:特急|加急|特提|平急|急件)$)|(?<=[0-9])(?=(?:绝密|机密|秘密))")


@dataclass(slots=True)
class Marks:
    """What the marks of the head say."""

    copy_serial: str | None = None
    secrecy_level: str | None = None
    secrecy_term: str | None = None
    urgency: str | None = None


def take(line: str, marks: Marks) -> bool:
    """Whether a line holds nothing but marks; what it says is noted in `marks`, the first of a sort stays."""
    text = compact(line)
    if len(text) > 60:
        return False
    line = _RUN_ON.sub(" ", _SPACED.sub("", line))
    if re.match(r"(?:签发|会签)人?[:：]", text) or _take_part(text, marks, True):
        return True
    parts = line.split()
    trial = Marks(marks.copy_serial, marks.secrecy_level, marks.secrecy_term, marks.urgency)
    if not all(_take_part(part, trial, False) for part in parts):
        return False
    return all(_take_part(part, marks, False) for part in parts)


def urgency_in(line: str) -> str | None:
    """The degree in a telegram's head, where it stands among other words."""
    match = re.match(r"(?:发电等级|等级|紧急程度)[:：]?(特提|特急|加急|平急)", compact(line[:60]))
    return _URGENT.get(match.group(1), match.group(1)) if match else None


def _take_part(text: str, marks: Marks, whole: bool) -> bool:
    if serial := _SERIAL.fullmatch(text):
        marks.copy_serial = marks.copy_serial or serial.group(1) or serial.group(2)
    elif secrecy := _SECRECY.fullmatch(text):
        marks.secrecy_level = marks.secrecy_level or secrecy.group(1)
        marks.secrecy_term = marks.secrecy_term or secrecy.group(2) or secrecy.group(3)
    elif period := _PERIOD.fullmatch(text):
        marks.secrecy_term = marks.secrecy_term or period.group(1)
    elif urgent := _URGENCY.fullmatch(text):
        marks.urgency = marks.urgency or _URGENT.get(urgent.group(1), urgent.group(1))
    else:
        return not whole and _IGNORED.fullmatch(text) is not None
    return True
