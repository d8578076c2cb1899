"""The figures of a briefing held against their sources, one by one: what is listed, what is still open, what is
counted (R61 gate 1, R63, C11).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.errors import Refused
from core.fields import MOST_ROWS, Field, Kind
from core.figures import figures

RIGHT, WRONG = "对", "错"

BODY = "briefing_body"
"""The field of a briefing's text."""

CHECKLIST = Field(
    key="figures_checked",
    title="数据核验清单",
    kind=Kind.ROWS,
    required=False,
    carries_content=True,
    listed=True,
    columns=(
        Field(key="figure", title="数字"),
        Field(key="sentence", title="所在句", required=False),
        Field(key="verdict", title="结果", kind=Kind.CHOICE, options=(RIGHT, WRONG), required=False),
        Field(key="should_be", title="应为", required=False),
        Field(key="source", title="依据", required=False, help="数字出自哪里"),
    ),
    help="程序已找出文中每个数字；逐个对照来源，点“对”或“错”",
)
"""The figures of the text with what came of each."""

MADE = Field(key="figures_made", title="核验数字", kind=Kind.NUMBER, required=False, correctable=False)
FAILED = Field(key="figures_wrong", title="差错数字", kind=Kind.NUMBER, required=False, correctable=False)
"""How many figures were checked, and how many were wrong: at the first gate, in every round of it, and later (C11)."""

Rows = Sequence[Mapping[str, Any]]


def to_check(text: str) -> list[dict[str, Any]]:
    """The checklist of a text with nothing ticked yet."""
    empty = dict.fromkeys(column.key for column in CHECKLIST.columns)
    return [{**empty, "figure": found.text, "sentence": found.sentence} for found in figures(text)]


def listed(text: str) -> list[dict[str, Any]]:
    """The checklist of a text; `Refused` where it is longer than one can be."""
    rows = to_check(text)
    if len(rows) > MOST_ROWS:
        raise Refused({"": f"文中有 {len(rows)} 处数字，一期最多核验 {MOST_ROWS} 处，请分成几期"})
    return rows


def why_not_passed(text: str, rows: Rows) -> str | None:
    """Why the figures of this text have not passed: some are not listed, not ticked, or wrong; None if all are right."""
    if missing := _missing(text, rows):
        return f"文中的“{missing[0]}”不在清单上，请刷新页面，按现在的文字核对"
    if left := [row["figure"] for row in rows if not row.get("verdict")]:
        return f"还有 {len(left)} 处数字没有核对：{_some(left)}"
    if wrong := wrong_ones(rows):
        return f"有 {len(wrong)} 处数字不对：{_some(row['figure'] for row in wrong)}，请退回修改"
    return None


def why_not_returned(rows: Rows) -> str | None:
    """What is missing for the author to correct what was found wrong, or None."""
    bare = [row["figure"] for row in wrong_ones(rows) if not (row.get("should_be") or row.get("source"))]
    return f"不对的数字请写明应为多少或依据：{_some(bare)}" if bare else None


def wrong_ones(rows: Rows) -> list[Mapping[str, Any]]:
    """The figures that were found wrong."""
    return [row for row in rows if row.get("verdict") == WRONG]


def counted(data: Mapping[str, Any], wrong: int) -> dict[str, int]:
    """How many figures were checked by now, and how many were wrong, with those found just now.

    A text that comes back counts its figures once; one that is wrong once more counts once more.
    """
    failed = (data.get(FAILED.key) or 0) + wrong
    ticked = sum(bool(row.get("verdict")) for row in data.get(CHECKLIST.key) or ())
    return {MADE.key: max(data.get(MADE.key) or 0, ticked, failed), FAILED.key: failed}


def _missing(text: str, rows: Rows) -> list[str]:
    """Figures of the text that are not listed with their sentence as it is now."""
    there = Counter((_bare(row["figure"]), _bare(row.get("sentence"))) for row in rows)
    wanted = Counter((_bare(row["figure"]), _bare(row["sentence"])) for row in to_check(text))
    return [figure for figure, _ in wanted - there]


def _bare(text: str | None) -> str:
    return "".join((text or "").split())


def _some(figures: Iterable[str], most: int = 5) -> str:
    """The first of them, and whether there are more."""
    shown = [*figures]
    return "、".join(shown[:most]) + ("等" if len(shown) > most else "")
