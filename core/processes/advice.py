"""Advice given in a briefing: whoever it is addressed to adopts it or not, and says why (R65, C12)."""

from datetime import date

from core.fields import Field, Kind
from core.people import Role
from core.process import Action, Check, Due, Numbering, Process, Stage, Tells
from core.worktime import Limit

KEY = "advice"

ADOPTED, PARTLY, DECLINED = "采纳", "部分采纳", "不采纳"
DECISIONS = (ADOPTED, PARTLY, DECLINED)

WAITS = 10
"""Working days after which advice that is not decided yet is shown apart (C12)."""


V1 = Process(
    key=KEY,
    title="简报建议",
    family="信息管理",
    purpose="简报提的建议有人答复：采纳、部分采纳还是不采纳，为什么。",
    version=1,
    in_force_from=date(2026, 1, 1),
    number=Numbering("number", lambda data, office, year: f"建议〔{year}〕{{n}}号"),
    names="title",
    opening="提出",
    opened_by=frozenset({Role.SYSTEM}),
    child=True,
    opens_with=(
        Field(key="title", title="建议", carries_content=True, correctable=False),
        Field(key="addressee", title="向谁提", kind=Kind.PERSON),
        Field(key="author", title="编写人", kind=Kind.PERSON),
        Field(key="issue", title="出自", correctable=False),
        Field(key="row", title="第几条", kind=Kind.NUMBER, at_least=1, correctable=False),
    ),
    register=("title", "addressee", "issue", "decision"),
    stages=(
        Stage(
            key="deciding",
            title="待答复",
            scene="答复",
            does="看过简报，答复采纳、部分采纳还是不采纳；不全采纳的写明理由。部分采纳计为采纳。",
            inputs=("印发的简报",),
            outputs=("答复",),
            duty=Role.HANDLER,
            assignee="addressee",
            due=Due(Limit(days=WAITS), rule="R65；本办设定：印发后 10 个工作日内答复，过期未答复的单列"),
            actions=(
                Action(
                    key="decide",
                    title="答复",
                    to="decided",
                    by=frozenset({Role.HANDLER}),
                    tells=Tells("decided_because", to="author"),
                    asks=(
                        Field(
                            key="decision",
                            title="是否采纳",
                            kind=Kind.CHOICE,
                            options=DECISIONS,
                            correctable=False,
                        ),
                        Field(key="decided_because", title="说明", required=False, carries_content=True),
                    ),
                    checks=(
                        Check(
                            "部分采纳、不采纳的请写明理由",
                            lambda d: d["decision"] == ADOPTED or bool(d.get("decided_because")),
                            at="decided_because",
                        ),
                    ),
                ),
            ),
            spot_checks=("采纳的建议有没有落实的安排？",),
        ),
        Stage(key="decided", title="已答复", scene="答复", does="建议已答复。", duty=Role.HANDLER),
    ),
)

VERSIONS = (V1,)


def is_adopted(decision: str | None) -> bool:
    """Whether advice so decided counts as adopted: partly adopted counts (C12)."""
    return decision in (ADOPTED, PARTLY)
