"""How urgent and how important an item of information is (R58–R60): the labels, the rules that suggest them, and
what each of the nine cells obliges to.

The labels are a code list of their own: 红·黄·蓝 is neither the urgency of documents nor the colour of supervision
slips (C7). What the office has not set is as shipped; its own rules and matrix are one setting.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any
from unicodedata import normalize

from core.errors import Refused
from core.fields import Field, Kind, accept
from core.people import Grade, Person, Role
from core.worktime import Limit

URGENCIES = ("红", "黄", "蓝")
IMPORTANCES = ("高", "中", "低")
"""The labels of information, the gravest first (R58, R59)."""

CELLS = tuple(product(URGENCIES, IMPORTANCES))
"""The nine cells in the order in which they are shown."""

URGENCY = Field(
    key="info_urgency", title="紧急程度", kind=Kind.CHOICE, options=URGENCIES, fixed=True,
    help="红：马上处置；黄：当天处置；蓝：一般动态",
)  # fmt: skip
IMPORTANCE = Field(key="importance", title="重要程度", kind=Kind.CHOICE, options=IMPORTANCES, fixed=True)
SUGGESTED = Field(key="suggested", title="定级建议", required=False)
BECAUSE = Field(key="grade_because", title="定级理由", required=False, help="与建议不同的，写明为什么")

LONGEST_SUGGESTION = 400
"""Characters of a suggestion with its reasons."""


@dataclass(frozen=True)
class Rule:
    """Any of these words in a text makes it at least so urgent and so important, and why."""

    words: tuple[str, ...]
    urgency: str
    importance: str
    because: str


@dataclass(frozen=True)
class Obligation:
    """Who is told of an item of a cell – everybody of these roles, and these people by their ids –, within what time.

    Where nobody is named, whoever grades may still tell somebody, within the same time.
    """

    roles: tuple[Role, ...]
    people: tuple[str, ...]
    within: Limit


@dataclass(frozen=True)
class Rules:
    """The rules in the order in which their reasons are given, and what each cell (urgency, importance) obliges to."""

    rules: tuple[Rule, ...]
    matrix: Mapping[tuple[str, str], Obligation]


@dataclass(frozen=True)
class Suggestion:
    """What the rules say of a text, with a reason for each that hit; without one it is 蓝·低."""

    urgency: str
    importance: str
    reasons: tuple[str, ...] = ()

    @property
    def gravity(self) -> tuple[int, int]:
        """By which the gravest comes first."""
        return URGENCIES.index(self.urgency), IMPORTANCES.index(self.importance)

    @property
    def words(self) -> str:
        """As it is recorded with the decision: "黄·中：命中“安全生产”（…）"."""
        said = f"{self.urgency}·{self.importance}：{'；'.join(self.reasons) or '没有命中规则'}"
        return said if len(said) <= LONGEST_SUGGESTION else f"{said[: LONGEST_SUGGESTION - 1]}…"


def suggest(text: str, rules: Rules) -> Suggestion:
    """The gravest urgency and the gravest importance of the rules whose words stand in the text, each by itself."""
    plain = _plain(text)
    hits = [(rule, word) for rule in rules.rules if (word := _first_in(plain, rule.words))]
    return Suggestion(
        min((rule.urgency for rule, _ in hits), key=URGENCIES.index, default=URGENCIES[-1]),
        min((rule.importance for rule, _ in hits), key=IMPORTANCES.index, default=IMPORTANCES[-1]),
        tuple(f"命中“{word}”（{rule.because}）" for rule, word in hits),
    )


def obligation(urgency: str, importance: str, rules: Rules) -> Obligation:
    """What the cell obliges to."""
    return rules.matrix[urgency, importance]


def whom(told: Obligation, people: Mapping[str, Person], grade: Grade) -> tuple[str, ...]:
    """The ids of those who are told of an item of this secrecy: who is here and cleared for it, in their order."""
    return tuple(
        one.id
        for one in people.values()
        if (one.id in told.people or one.roles & {*told.roles}) and one.clearance >= grade
    )


def text_of(data: Mapping[str, Any]) -> str:
    """What of an item the rules look at: title, summary, the keywords that matched, the names of its figures."""
    figures = (str(row.get("name") or "") for row in data.get("figures") or ())
    return "\n".join([*(str(data.get(key) or "") for key in ("title", "summary", "matched")), *figures])


def bears_grade(fields: Iterable[str]) -> bool:
    """Whether something with fields of these keys is information: both labels are among them."""
    return {URGENCY.key, IMPORTANCE.key} <= {*fields}


def _plain(text: str) -> str:
    return normalize("NFKC", text).casefold()


def _first_in(plain: str, words: Iterable[str]) -> str:
    return next((word for word in words if _plain(word) in plain), "")


# --- the office's own rules -------------------------------------------------------------------------------

UNITS = ("小时", "工作小时", "工作日")
"""In what a time limit is counted: hours of the clock, hours and days of the office (C2)."""

_TOLD_ROLES = (Role.DIRECTOR, Role.LEADER, Role.SECRETARY)

RULE_ROWS = Field(
    key="rules",
    title="定级规则",
    kind=Kind.ROWS,
    columns=(
        Field(key="words", title="出现这些词", help="几个词用顿号隔开，出现一个就算"),
        Field(key="urgency", title="紧急至少", kind=Kind.CHOICE, options=URGENCIES),
        Field(key="importance", title="重要至少", kind=Kind.CHOICE, options=IMPORTANCES),
        Field(key="because", title="为什么"),
    ),
)
CELL_ROWS = Field(
    key="matrix",
    title="每一格告知谁",
    kind=Kind.ROWS,
    columns=(
        URGENCY,
        IMPORTANCE,
        Field(key="roles", title="告知岗位", kind=Kind.CHOICES, options=tuple(r.label for r in _TOLD_ROLES), required=False),
        Field(key="people", title="另告知", kind=Kind.PEOPLE, required=False),
        Field(key="amount", title="时限", kind=Kind.NUMBER, at_least=1),
        Field(key="unit", title="单位", kind=Kind.CHOICE, options=UNITS),
    ),
)  # fmt: skip
GRADING = (RULE_ROWS, CELL_ROWS)
"""What is asked of whoever changes how information is graded; the setting holds the answers."""


def rules_from(values: Mapping[str, Any], people: Mapping[str, Person]) -> Rules:
    """The rules that were filled in. `Refused` with what to mend: a word missing, a cell missing or named twice."""
    made = read(accept(GRADING, values))
    if problems := _problems(made, values, people):
        raise Refused(problems)
    return made


def read(setting: Mapping[str, Any] | None) -> Rules:
    """The rules of the office as its setting has them; as shipped where there is none."""
    if not setting:
        return SHIPPED
    rules = (
        Rule(_words(row["words"]), row["urgency"], row["importance"], row["because"])
        for row in setting[RULE_ROWS.key]
    )
    cells = {(row[URGENCY.key], row[IMPORTANCE.key]): _obliges(row) for row in setting[CELL_ROWS.key]}
    return Rules(tuple(rules), cells)


def pack(rules: Rules) -> dict[str, Any]:
    """The rules as the setting holds them, and as the form shows them."""
    said = [
        {
            "words": "、".join(rule.words),
            "urgency": rule.urgency,
            "importance": rule.importance,
            "because": rule.because,
        }
        for rule in rules.rules
    ]
    return {
        RULE_ROWS.key: said,
        CELL_ROWS.key: [_cell(*cell, rules.matrix[cell]) for cell in CELLS if cell in rules.matrix],
    }


def _cell(urgency: str, importance: str, told: Obligation) -> dict[str, Any]:
    within = told.within
    amount, unit = next(
        (n, unit) for n, unit in zip((within.clock_hours, within.hours, within.days), UNITS, strict=True) if n
    )
    return {
        URGENCY.key: urgency,
        IMPORTANCE.key: importance,
        "roles": [role.label for role in told.roles],
        "people": list(told.people),
        "amount": amount,
        "unit": unit,
    }


def _obliges(row: Mapping[str, Any]) -> Obligation:
    roles = tuple(role for role in _TOLD_ROLES if role.label in (row["roles"] or ()))
    n, unit = row["amount"], row["unit"]
    counted = dict(zip(UNITS, ("clock_hours", "hours", "days"), strict=True))[unit]
    return Obligation(roles, tuple(row["people"] or ()), Limit(**{counted: n}))


def _words(text: str) -> tuple[str, ...]:
    apart = text.replace("，", "、").replace(",", "、").replace("；", "、").replace(" ", "、")
    return tuple(dict.fromkeys(filter(None, apart.split("、"))))


def _problems(made: Rules, values: Mapping[str, Any], people: Mapping[str, Person]) -> dict[str, str]:
    problems = {}
    if empty := [n for n, rule in enumerate(made.rules, 1) if not rule.words]:
        problems[RULE_ROWS.key] = f"第 {'、'.join(map(str, empty))} 条规则没有词，请写上或删去"
    missing = [
        f"{urgency}·{importance}" for urgency, importance in CELLS if (urgency, importance) not in made.matrix
    ]
    if missing or len(values[CELL_ROWS.key]) != len(CELLS):
        problems[CELL_ROWS.key] = (
            f"九格每格写一行：缺 {'、'.join(missing)}" if missing else "九格每格只写一行"
        )
    if any(who not in people for told in made.matrix.values() for who in told.people):
        problems[CELL_ROWS.key] = "告知的人里有已停用的，请重新选择"
    return problems  # fmt: skip


_HEADS = (Role.DIRECTOR, Role.LEADER)
_HEAD = (Role.DIRECTOR,)

SHIPPED = Rules(
    rules=(
        Rule(("死亡", "伤亡", "爆炸", "火灾", "坍塌", "泄漏", "中毒"), "红", "高", "突发事件，须立即报告"),
        Rule(("群体性事件", "集体上访", "聚集", "停工"), "红", "高", "影响稳定，须立即报告"),
        Rule(("舆情", "热搜", "曝光"), "红", "中", "舆情发酵快，须当即核实"),
        Rule(("安全生产", "隐患", "事故"), "黄", "高", "安全生产，当天处置"),
        Rule(("新规", "条例", "管理办法", "实施意见", "征求意见稿"), "黄", "高", "政策变化，影响本单位工作"),
        Rule(("竞争对手", "竞品", "降价", "中标"), "黄", "中", "市场动向，当天研判"),
        Rule(("延期", "滞后", "超支", "下滑", "投诉"), "黄", "中", "偏离计划，当天研判"),
        Rule(("销售", "产量", "营收", "进度"), "蓝", "中", "经营数据，按期掌握"),
    ),
    matrix={
        ("红", "高"): Obligation(_HEADS, (), Limit(clock_hours=1)),
        ("红", "中"): Obligation(_HEADS, (), Limit(clock_hours=2)),
        ("红", "低"): Obligation(_HEAD, (), Limit(hours=4)),
        ("黄", "高"): Obligation(_HEADS, (), Limit(hours=7)),
        ("黄", "中"): Obligation(_HEAD, (), Limit(days=1)),
        ("黄", "低"): Obligation((), (), Limit(days=2)),
        ("蓝", "高"): Obligation(_HEAD, (), Limit(days=2)),
        ("蓝", "中"): Obligation((), (), Limit(days=5)),
        ("蓝", "低"): Obligation((), (), Limit(days=5)),
    },
)
"""How information is graded until the office says otherwise."""
