"""The number of an official document (发文字号): what one looks like, and the right form of a wrong one.

机关代字〔YYYY〕N号: six-corner brackets, the year in full, no 第 and no leading zeros (GB/T 9704-2012, 7.2.5).
"""

import re

FORM = "某办发〔2026〕12号"
"""One as an example."""

_CODE = r"[^\s\d〔〕\[\]()（）【】{}第号、]{1,20}"
_NUMBER = re.compile(rf"{_CODE}〔(?:19|20)\d\d〕[1-9]\d*号")
_MEANT = re.compile(
    rf"(?P<code>{_CODE})?\s*[〔\[(（【]\s*(?P<year>\d{{2,4}})\s*[〕\])）】]\s*第?\s*(?P<n>\d+)\s*号?"
)


def why_not_number(text: str) -> str | None:
    """What is wrong with a document number, with the right form where it can be told; None for a good one."""
    if _NUMBER.fullmatch(text):
        return None
    right = right_number(text)
    return f"文号格式不对，应为 {right}" if right else f"文号应写成“机关代字〔年份〕序号号”，如 {FORM}"


def _right(found: re.Match[str]) -> str:
    """The right form of a number that was meant."""
    year = found["year"] if len(found["year"]) == 4 else f"20{found['year'][-2:]}"
    return f"{found['code'] or ''}〔{year}〕{int(found['n'])}号"


def right_number(text: str) -> str | None:
    """The right form of a number with wrong brackets, zeros, 第 or a short year; None where it cannot be told."""
    found = _MEANT.fullmatch(text.strip())
    return _right(found) if found and found["code"] and int(found["n"]) else None


def why_not_given(text: str) -> str | None:
    """The same for a number that another office gave: it may be of a form of its own, as 国务院令第793号 is, and
    only what was meant for the usual one is refused.
    """
    found = _MEANT.fullmatch(text.strip())
    right = _right(found) if found else text
    if not found or text == right:
        return None
    return f"文号格式不对，应为 {right}" + ("" if found["code"] else "，前面写来文机关的代字")


def why_not_code(text: str) -> str | None:
    """What is wrong with a 机关代字, or None."""
    if re.fullmatch(_CODE, text):
        return None
    return f"机关代字“{text}”里不要写年份、序号和括号，只写字，如 某办发"
