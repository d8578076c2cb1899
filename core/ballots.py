"""A ballot: what is put to the vote, who may vote, and what the votes come to, with the sentence that says how.

Present (实到) is whoever cast a vote; an abstention is one, so it counts to the quorum. What has been voted is
not shown while the ballot runs; who has not voted yet is.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.errors import GONE, Conflict, NotAllowed, NotFound, Refused
from core.evidence import Evidence, Votes
from core.fields import Field, Kind
from core.process import Data

if TYPE_CHECKING:
    from core.case import Case

RUNNING = "running"
"""The stage at which votes are taken."""

PUBLISHED = "published"
"""The stage at which everybody may know the result."""

FOR, AGAINST, ABSTAINED = "同意", "反对", "弃权"
BY_NAME, SECRET = "记名", "无记名"

HALF, TWO_THIRDS, ALL = "过半数", "三分之二以上", "全体一致"
OF_PRESENT, OF_VOTING, OF_ENTITLED = "实到人数", "不含弃权的票数", "应到人数"
A_NUMBER = "按人数"

PASSED, FAILED, NO_QUORUM = "通过", "未通过", "未达法定人数"

_REACHES: dict[str, Callable[[int, int], bool]] = {
    HALF: lambda n, of: 2 * n > of,
    TWO_THIRDS: lambda n, of: 3 * n >= 2 * of,
    ALL: lambda n, of: n == of,
}
"""Whether so many of a number are enough; 以上 includes the number itself, 过半数 does not."""


def choices(text: str) -> tuple[str, ...]:
    """The options of a ballot, written one by the other with 、 between."""
    return tuple(filter(None, (one.strip() for one in text.replace("，", "、").split("、"))))


def why_not_choices(text: str) -> str | None:
    """What is wrong with the options as they are written, or None."""
    found = choices(text)
    if len(found) != len(set(found)):
        return "表决选项有重复，请删去一个"
    if not 2 <= len(found) <= 12 or any(len(one) > 40 for one in found):
        return "请写 2 至 12 个选项，用顿号隔开，每个不超过 40 字"
    return None


ASKS = (
    Field(key="question", title="表决事项", help="涉密会议请填不含秘密的名称"),
    Field(key="secrecy_level", title="密级", kind=Kind.GRADE, default="非密"),
    Field(key="meeting", title="所属会议", kind=Kind.CASE, options=("meeting",), required=False),
    Field(
        key="choices",
        title="表决选项",
        default="、".join((FOR, AGAINST, ABSTAINED)),
        why_not=why_not_choices,
        help="用顿号隔开。有“同意”的，看“同意”是否达到通过规则；没有的，看哪一项达到；“弃权”只计入实到",
    ),
    Field(key="manner", title="表决方式", kind=Kind.CHOICE, options=(SECRET, BY_NAME), default=SECRET),
    Field(
        key="voters",
        title="有表决权的人",
        kind=Kind.GUESTS,
        help="启动表决时固定，之后不再增减；人数就是应到人数",
    ),
    Field(
        key="quorum", title="法定人数", kind=Kind.CHOICE, options=(HALF, TWO_THIRDS, A_NUMBER), default=HALF
    ),
    Field(
        key="quorum_number",
        title="法定人数（人）",
        kind=Kind.NUMBER,
        required=False,
        at_least=1,
        help="只在“按人数”时填写",
    ),
    Field(key="rule", title="通过规则", kind=Kind.CHOICE, options=(HALF, TWO_THIRDS, ALL), default=HALF),
    Field(
        key="base",
        title="以什么为基数",
        kind=Kind.CHOICE,
        options=(OF_PRESENT, OF_VOTING, OF_ENTITLED),
        default=OF_PRESENT,
        help="实到人数：投了票的人，弃权也算；不含弃权的票数：只算表明意见的；应到人数：所有有表决权的人",
    ),
)
"""What is asked of whoever puts something to the vote."""

TERMS = Field(
    key="terms",
    title="启动时固定的表决规则",
    kind=Kind.ROWS,
    required=False,
    columns=tuple(field for field in ASKS if field.key not in ("meeting", "secrecy_level")),
)
"""What was asked, as it stood when the ballot was started: a correction afterwards changes nothing of it."""

RESULT = (
    Field(
        key="votes",
        title="各项票数",
        kind=Kind.ROWS,
        columns=(
            Field(key="choice", title="选项"),
            Field(key="n", title="票数", kind=Kind.NUMBER),
            Field(key="whose", title="投票人", kind=Kind.GUESTS, required=False),
        ),
    ),
    Field(key="entitled", title="应到", kind=Kind.NUMBER),
    Field(key="present", title="实到", kind=Kind.NUMBER),
    Field(key="outcome", title="表决结果"),
    Field(key="arithmetic", title="计票说明", kind=Kind.TEXT),
)
"""What is published of a ballot; whose vote it was only in one by name."""


@dataclass(frozen=True)
class Terms:
    """What holds for a ballot: the question, the options in their order, who may vote, and what is enough."""

    question: str
    choices: tuple[str, ...]
    secret: bool
    voters: tuple[str, ...]
    quorum: str
    quorum_number: int
    rule: str
    base: str

    @property
    def wanted(self) -> int:
        """How many must cast a vote for it to count."""
        n = len(self.voters)
        return {HALF: n // 2 + 1, TWO_THIRDS: -(-2 * n // 3)}.get(self.quorum, self.quorum_number)


def freeze(data: Data, evidence: Evidence) -> dict[str, Any]:
    """What is recorded when a ballot is started."""
    return {TERMS.key: [{column.key: data.get(column.key) for column in TERMS.columns}]}


def terms(data: Data) -> Terms | None:
    """What holds for the ballot of a case: what was fixed, before it was started what is planned; None for no ballot."""
    asked = next(iter(data.get(TERMS.key) or ()), data)
    if "voters" not in asked or "manner" not in asked:
        return None
    return Terms(
        question=asked["question"],
        choices=choices(asked["choices"]),
        secret=asked["manner"] == SECRET,
        voters=tuple(dict.fromkeys(asked["voters"])),
        quorum=asked["quorum"],
        quorum_number=asked["quorum_number"] or 0,
        rule=asked["rule"],
        base=asked["base"],
    )


def quorum_is_named(data: Data) -> bool:
    """Whether the number stands where it is asked for."""
    return data["quorum"] != A_NUMBER or bool(data.get("quorum_number"))


def quorum_can_be_reached(data: Data) -> bool:
    """Whether there are as many voters as must vote."""
    held = terms({**data, TERMS.key: None})
    return held is None or held.wanted <= len(held.voters)


def held_of(case: "Case") -> Terms:
    """What holds for the ballot of a case that takes votes now; `NotAllowed` with the reason if it takes none."""
    held = terms(case.data)
    if held is None:
        raise NotFound(GONE)
    if case.is_open and case.stage.key == RUNNING:
        return held
    early = TERMS.key not in case.data and case.is_open
    raise NotAllowed("表决还没有启动，请等会议工作人员启动后再投" if early else "表决已经结束，不再接受投票")


def check_vote(held: Terms, who: str, choice: str, voted: bool) -> None:
    """Whether this vote may be cast: `NotAllowed`, `Refused` or `Conflict` with the reason if not."""
    if who not in held.voters:
        raise NotAllowed("您不在本次有表决权的名单里")
    if choice not in held.choices:
        raise Refused({"choice": f"请从所列选项中选一项：{'、'.join(held.choices)}"})
    if voted:
        raise Conflict("您已经投过票，每人一票，投出后不能更改")


# --- what the votes come to ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Result:
    """What the votes come to. `votes`: of each option how many; `says`: how that was found, in one sentence."""

    votes: Mapping[str, int]
    entitled: int
    present: int
    outcome: str
    says: str


def result(held: Terms, votes: Votes) -> Result:
    """What these votes come to under these terms."""
    counted = Counter(choice for _, choice in votes)
    n = {choice: counted[choice] for choice in held.choices}
    entitled, present = len(held.voters), len(votes)
    told = f"应到 {entitled} 人，实到 {present} 人，{'、'.join(f'{c} {k} 票' for c, k in n.items())}"
    if present < held.wanted:
        return Result(n, entitled, present, NO_QUORUM, f"{told}；法定人数 {held.wanted} 人，未达到，表决无效")
    outcome, why = _decided(held, n, entitled, present)
    return Result(n, entitled, present, outcome, f"{told}；{why}")


@dataclass(frozen=True)
class Ballot:
    """A ballot as somebody may see it: its case, what holds, who has voted, and the result where it may be shown."""

    case: "Case"
    held: Terms
    voted: frozenset[str]
    result: Result | None

    @property
    def waiting(self) -> tuple[str, ...]:
        """Who has not voted yet, in the order of the list."""
        return tuple(who for who in self.held.voters if who not in self.voted)

    @property
    def is_running(self) -> bool:
        return self.case.is_open and self.case.stage.key == RUNNING

    @property
    def is_published(self) -> bool:
        return "outcome" in self.case.data

    @property
    def whose(self) -> Mapping[str, Sequence[str]]:
        """Who voted what, by option, as it was published; empty of a secret one."""
        rows = self.case.data.get("votes") or ()
        return {row["choice"]: row["whose"] for row in rows if row.get("whose")}


def published(data: Data) -> Result | None:
    """The result as it was published; None where it was not."""
    if "outcome" not in data:
        return None
    n = {row["choice"]: row["n"] for row in data["votes"]}
    return Result(n, data["entitled"], data["present"], data["outcome"], data["arithmetic"])


def publish(data: Data, evidence: Evidence) -> dict[str, Any]:
    """What is recorded when the result is published (`RESULT`)."""
    held = terms(data)
    if held is None:
        raise NotFound(GONE)
    votes = evidence.votes()
    found = result(held, votes)
    rows = [
        {
            "choice": choice,
            "n": n,
            "whose": [who for who, chosen in votes if who and chosen == choice] or None,
        }
        for choice, n in found.votes.items()
    ]
    return {
        "votes": rows,
        "entitled": found.entitled,
        "present": found.present,
        "outcome": found.outcome,
        "arithmetic": found.says,
    }


def _decided(held: Terms, n: Mapping[str, int], entitled: int, present: int) -> tuple[str, str]:
    of = {OF_PRESENT: present, OF_ENTITLED: entitled}.get(held.base, present - n.get(ABSTAINED, 0))
    motions = [FOR] if FOR in n else [choice for choice in n if choice != ABSTAINED]
    best = max(motions, key=lambda choice: n[choice])
    enough = of > 0 and _REACHES[held.rule](n[best], of)
    why = f"{best} {n[best]} 票，{_compared(held.rule, enough)}{held.base}（{of}）的{_SHARE[held.rule]}"
    if motions == [FOR]:
        return (PASSED, f"{why}，通过") if enough else (FAILED, f"{why}，未通过")
    return (f"“{best}”{PASSED}", f"{why}，“{best}”通过") if enough else (FAILED, f"{why}，没有一项通过")


_SHARE = {HALF: "半数", TWO_THIRDS: "三分之二", ALL: "全部"}


def _compared(rule: str, enough: bool) -> str:
    words: Sequence[str] = ("超过", "没有超过") if rule == HALF else ("达到", "没有达到")
    return words[0] if enough else words[1]
