"""Document numbers: 机关代字〔2026〕7号 in the brackets of the standard, however they were typed."""

import re

from core.intake.normal import compact

_OPEN, _CLOSE = r"[〔\[【［(（﹝〈{]", r"[〕\]】］)）﹞〉}]"
_CODE = r"[\u3400-\u9fff×✕╳A-Za-z0-9（）()·*\-]"
_SERIAL = r"(第?)([0-9]{1,6}|[一二三四五六七八九十百〇零]{1,6})(?:-\d{1,3})?号"
_USUAL = re.compile(rf"({_CODE}{{0,24}}?){_OPEN}((?:19|20)\d\d)年?{_CLOSE}({_CODE}{{0,12}}?{_SERIAL})")
_YEARLY = re.compile(r"([\u3400-\u9fff]{0,20}公告)?((?:19|20)\d\d)年第(\d{1,5})号")
_MOST_PARTS = 12
_LABEL = re.compile(r"^(?:发文字号|发文号|文件编号|文号|字号|编号|来文字号)[:：]?")
_SIGNER = re.compile(r"(?:签发人?|会签人?)[:：].*$")
# The head of a telegram puts its degree before the number: 等级 特急·明电 某发电〔2026〕3号.
_URGENT = re.compile(
    r"^(?:(?:发电)?等级[:：]?|紧急程度[:：]?|(?=特提|特急|加急|平急))(?:特提|特急|加急|平急)?(?:[·•.、](?:明电|密码?电))?"
)


def number_of(line: str) -> str | None:
    """The number a line is, apart from a label before it and a signer after it."""
    text = _SIGNER.sub("", _LABEL.sub("", compact(line)))
    text = _URGENT.sub("", text)
    text = text.strip("（）()") if re.fullmatch(r"[（(].*号[）)]", text) else text
    match = _USUAL.fullmatch(text)
    if match:
        return _written(match)
    yearly = _YEARLY.fullmatch(text)
    return text if yearly else None


def number_among(line: str) -> str | None:
    """The number a line of the head ends or begins with, beside other marks (telegrams, red heads)."""
    parts = _SIGNER.sub("", line).split()[:_MOST_PARTS]
    for first in range(len(parts)):
        for last in range(len(parts), first, -1):
            if found := number_of("".join(parts[first:last])):
                return found
    return None


def number_behind(title: str) -> tuple[str, str] | None:
    """A title and the number in round brackets at its end, as lists and web pages give it."""
    match = re.search(r"[（(]([^（）()]{2,24}[〔\[【［](?:19|20)\d\d[〕\]】］]第?\d{1,6}号)[）)]$", title)
    found = number_of(match.group(1)) if match else None
    return (title[: match.start()], found) if match and found else None


def _written(match: re.Match[str]) -> str:
    return f"{match.group(1)}〔{match.group(2)}〕{match.group(3)}"
