"""The title: which lines of the head it is made of, which kind it names, and which offices."""

import re

from core.intake.normal import compact, joined, words
from core.intake.orgs import is_org, orgs_in

_STATUTORY = (
    "决议",
    "决定",
    "命令",
    "公报",
    "公告",
    "通告",
    "意见",
    "通知",
    "通报",
    "报告",
    "请示",
    "批复",
    "议案",
    "函",
    "纪要",
)
_KINDS = {
    **{kind: kind for kind in _STATUTORY},
    "答复": "函",
    "令": "命令",
}
_KIND = re.compile(r"(决议|决定|命令|公报|公告|通告|意见|通知|通报|报告|请示|批复|议案|纪要|答复|函|令)$")
_NOTE = re.compile(r"[（(][^（）()]{1,60}[）)]$")
_OTHER = re.compile(
    r"(?:条例|办法|规定|规则|细则|方案|规划|纲要|预案|要点|计划|总结|讲话|说明|简报|安排|标准|制度|名单|建议|提案|章程|"
    r"实施|措施|规范|指南|倡议书?|通知书|决定书|意见书|公约|目录|清单|汇报|情况|简介|请柬|声明|公示|信|书|法)$"
)
_ISSUING = re.compile(
    r"关于|转发|印发|批转|公布|发布|表彰|授予|任免|对(?=.{2,80}(?:答复|复函|意见|批复|决定)$)|给(?=.{2,60}的?(?:函|信|复函)$)"
)
_PAIRS = ("《》", "（）", "“”", "()", "〈〉")
_BODY_WORDS = re.compile(r"^(?:根据|为了?|按照|经|现将|近年来|近期|兹|自.{1,12}起|依照|鉴于)")
MOST_LINES = 10


def kind_of(title: str) -> str | None:
    """The kind a title ends with: 指导意见 is an 意见, 复函 a 函."""
    match = _KIND.search(_bare(title))
    return _KINDS[match.group(1)] if match else None


def title_in(lines: list[str], *, strict: bool) -> tuple[str, list[str]] | None:
    """The title among the lines of a head and the lines it stands on, or None when no line is a title.

    Lines above it that name only offices stay out unless the sentence needs them; lines below it are the
    beginning of the addressees.
    """
    lines = lines[:MOST_LINES]
    while len(lines) > 1 and _repeats_head(lines):
        lines = lines[1:]
    for end in range(len(lines), 0, -1):
        part = lines[:end]
        if _is_title(part, strict):
            return joined(" ".join(part)), part
    return None


def issuers_in(part: list[str]) -> list[str]:
    """The offices a title begins with: 甲厅 乙厅关于… names two."""
    text = " ".join(" ".join(words(line)) for line in part)
    match = _ISSUING.search(text)
    if match is None or match.start() == 0:
        return _order_head(joined(text))
    before = text[: match.start()].strip()
    lines = _lines_within(part, before)
    if len(lines) > 1 and all(map(orgs_in, lines)):
        return [name for line in lines for name in orgs_in(line)]
    return orgs_in(before)


def _order_head(title: str) -> list[str]:
    """An announcement may be named by office and kind alone: 某某市人民政府公告."""
    match = re.fullmatch(r"(.{2,40}?)(?:公告|通告|公报|令|嘉奖令)", title)
    return [match.group(1)] if match and is_org(match.group(1)) else []


def _lines_within(part: list[str], before: str) -> list[str]:
    """The lines that make up the offices, when a line ends where they end."""
    wanted = compact(before)
    for end in range(1, len(part) + 1):
        if compact("".join(part[:end])) == wanted:
            return part[:end]
    return []


def _repeats_head(lines: list[str]) -> bool:
    """Whether the first line is an office's name above a title that names its offices again."""
    own, rest = orgs_in(lines[0]), compact("".join(lines[1:]))
    return bool(own) and (rest.startswith(compact(lines[0])) or _has_issuers(rest))


def _has_issuers(text: str) -> bool:
    match = _ISSUING.search(text)
    return match is not None and match.start() > 0 and is_org(text[: match.start()])


def _is_title(part: list[str], strict: bool) -> bool:
    text = compact("".join(part))
    bare = _bare(text)
    # 转发…意见 / 的通知: a part that leaves a bracket open or goes on with 的 is not all of it.
    if not 4 <= len(text) <= 200 or not _balanced(bare) or _BODY_WORDS.match(text) or "。" in text:
        return False
    if any(line.endswith(("，", ",")) and "关于" not in line for line in part[-1:]):
        return False
    if _KIND.search(bare):
        return not any(orgs_in(line) for line in part[1:-1]) or "关于" in text
    return not strict and _is_loose(part, bare)


def _is_loose(part: list[str], bare: str) -> bool:
    """Without a kind: a law's or a plan's name, or one line long enough not to be a cell of a table."""
    if _OTHER.search(bare) and min(map(len, part)) > 3:
        return True
    return len(part) == 1 and len(bare) >= 8 and not is_org(bare)


def _balanced(text: str) -> bool:
    return all(text.count(pair[0]) == text.count(pair[1]) for pair in _PAIRS)


def _bare(title: str) -> str:
    """Without a note in brackets behind it: （试行）, （征求意见稿）."""
    text = compact(title)
    return _NOTE.sub("", text) if not text.startswith(("（", "(")) else text
