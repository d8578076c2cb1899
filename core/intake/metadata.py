"""The table of labels a web page or a registry puts around a document: 索引号, 标题, 发文机关, 成文日期 …"""

import re
from dataclasses import dataclass

from core.intake.normal import LONGEST_LINE, compact

_FIELDS = {
    "number": ("发文字号", "发文号", "文件编号", "文号", "来文字号", "来文文号"),
    "title": ("标题", "文件标题", "来文标题", "文件名称", "信息名称", "名称"),
    "sender": (
        "发文机关",
        "发文单位",
        "来文单位",
        "来文机关",
        "发布机构",
        "发布机关",
        "制发机关",
        "发文部门",
    ),
    "dated": ("成文日期", "成文时间", "签发日期", "发文日期", "发文时间", "来文日期"),
    "kind": ("文种", "公文种类", "文件种类"),
}
_OTHERS = re.findall(
    r"\S+",
    "索引号 主题分类 发布日期 主题词 有效性 信息分类 组配分类 公开方式 生成日期 公开日期 失效日期 "
    "施行日期 体裁分类 信息索引 发布时间 公文时效 时效性 公开范围 公开类别 统一编号 废止日期 生效日期",
)
_KEYS = {label: key for key, labels in _FIELDS.items() for label in labels} | dict.fromkeys(_OTHERS, "")
# Labels are spread to one width by spaces (标　题：), so each may have them anywhere.
_LABELS = "|".join(r"\s?".join(label) for label in sorted(_KEYS, key=len, reverse=True))
_ANY = re.compile(rf"(?:^|(?<=\s))[【\[]?({_LABELS})[】\]]?\s?[:：]")
_BARE = {label: key for label, key in _KEYS.items() if len(label) > 2}
_NEAR = 4
_FEWEST = 3


@dataclass(frozen=True, slots=True)
class Metadata:
    """The values found by field, and the lines [first, last) they stood in."""

    values: dict[str, str]
    first: int
    last: int


def metadata_in(lines: list[str]) -> Metadata | None:
    """The first table of labels, if there is one: a single label is no table."""
    places = [(at, key, value) for at, line in enumerate(lines) for key, value in _labelled(line)]
    for start in range(len(places)):
        group = _neighbours(places, start)
        if len(group) >= _FEWEST:
            return _collected(lines, group)
    return None


def labelled(line: str) -> bool:
    """Whether a line begins with one of the labels and a colon."""
    return len(line) <= LONGEST_LINE and _ANY.match(line) is not None


def _labelled(line: str) -> list[tuple[str, str]]:
    """Each label of a line with the value behind it."""
    if len(line) > LONGEST_LINE:
        return []
    found = list(_ANY.finditer(line))
    if not found:
        bare = _BARE.get(compact(line)) if len(line) < 12 else None
        return [] if bare is None else [(bare, "")]
    if found[0].start() > 0:
        return []
    ends = [match.start() for match in found[1:]] + [len(line)]
    pairs = zip(found, ends, strict=True)
    return [(_KEYS[compact(match.group(1))], line[match.end() : end].strip()) for match, end in pairs]


def _neighbours(places: list[tuple[int, str, str]], start: int) -> list[tuple[int, str, str]]:
    group = places[start : start + 1]
    for place in places[start + 1 : start + 40]:
        if place[0] - group[-1][0] > _NEAR:
            break
        group.append(place)
    return group


def _collected(lines: list[str], group: list[tuple[int, str, str]]) -> Metadata:
    labelled = {at for at, _, _ in group}
    values: dict[str, str] = {}
    last = group[-1][0] + 1
    for at, key, value in group:
        following = at + 1 < len(lines) and at + 1 not in labelled
        found = value or (lines[at + 1] if following else "")
        if key and found.strip("_—-/ ") and len(found) <= LONGEST_LINE:
            values.setdefault(key, found)
        if key and not value and following:
            last = max(last, at + 2)
    return Metadata(values, group[0][0], last)
