"""Surveys whose answers are of nobody: what is asked, when a result may be shown, and what it comes to (R43, N25).

No result is shown while answers still come in: of two reports that differ by one answer, the difference is that
answer (P26). Of how many have come in only every fifth is told, and a survey with too few is never counted,
neither by itself nor in a sum that is shown beside its parts.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from core.fields import Field, Kind
from core.people import Grade
from core.worktime import Limit

MINIMUM = 5
"""The fewest answers of which anything is shown."""

OPEN_FOR = Limit(days=3)
"""How long a survey takes answers, where the installation sets nothing else."""

SCALE = ("5 很满意", "4 满意", "3 一般", "2 不满意", "1 很不满意")
"""The five points, the best first; what is satisfied are the first two (C13)."""

TARGET = 90.0
"""The share of satisfied answers that the standard wants, in percent (R43)."""

WARNING = (
    "答卷不记名，不记时间，也不记先后；但文字本身可能让人认出是谁写的，请不要写姓名、职务或只有您知道的事"
)

SIGNED = Field(key="signed", title="署名")
"""What is asked as well in a survey that is not anonymous."""


def _scale(key: str, title: str) -> Field:
    return Field(key=key, title=title, kind=Kind.CHOICE, options=SCALE)


@dataclass(frozen=True, kw_only=True)
class Survey:
    """A questionnaire: `fields` are what it asks, `overall` the one that the satisfaction is read off.

    `about` is the process of the cases it is held about, `over` the field that says when such a case was over,
    `split` the one by which figures are told apart. `minimum`: of fewer answers nothing is shown.
    """

    key: str
    title: str
    about: str
    fields: tuple[Field, ...]
    overall: str
    over: str
    split: str
    minimum: int = MINIMUM

    def asks(self, *, anonymous: bool) -> tuple[Field, ...]:
        """What is asked of whoever answers."""
        if anonymous:
            return self.fields
        plain = (replace(field, help="") if field.help == WARNING else field for field in self.fields)
        return (*plain, SIGNED)


MEETING = Survey(
    key="meeting",
    title="会议满意度",
    about="meeting",
    overall="overall",
    over="ended_at",
    split="meeting_kind",
    fields=(
        _scale("overall", "总体评价"),
        _scale("preparation", "会议准备"),
        _scale("notice", "通知及时"),
        _scale("efficiency", "会议效率"),
        _scale("minutes", "纪要及时"),
        Field(
            key="comment",
            title="意见建议",
            kind=Kind.TEXT,
            required=False,
            help=WARNING,
            carries_content=True,
        ),
    ),
)
"""What every meeting is asked about afterwards."""

SURVEYS: Mapping[str, Survey] = {survey.key: survey for survey in (MEETING,)}


@dataclass(frozen=True)
class Held:
    """A survey that was opened about a case. `issued`: how many links were handed out, one an attendee."""

    id: str
    case_id: str
    survey: Survey
    anonymous: bool
    issued: int
    opened_at: datetime
    closes_at: datetime
    closed_at: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether it takes answers at this moment."""
        return self.closed_at is None and now < self.closes_at

    def asks(self, grade: Grade) -> tuple[Field, ...]:
        """What is asked of whoever answers about a case of this grade: of a classified one no free text (C23)."""
        fields = self.survey.asks(anonymous=self.anonymous)
        return tuple(field for field in fields if not (grade.classified and field.carries_content))


@dataclass(frozen=True)
class Asked:
    """A survey as whoever has a link sees it: what it is about, and what is asked of them."""

    survey: Survey
    about: str
    anonymous: bool
    asks: tuple[Field, ...]


def is_satisfied(answer: str) -> bool:
    """Whether an answer on the scale counts as satisfied: four or five points (C13)."""
    return answer in SCALE[:2]


@dataclass(frozen=True)
class Tally:
    """What the answers of a closed survey come to: how many, and of each question how often each point was given.

    `comments` are in an order that says nothing.
    """

    n: int
    satisfied: int
    points: Mapping[str, Mapping[str, int]]
    comments: Sequence[str]

    @property
    def rate(self) -> float:
        """The share of satisfied answers in percent."""
        return 100 * self.satisfied / self.n


def tally(survey: Survey, answers: Sequence[Mapping[str, Any]], *, is_open: bool) -> Tally | None:
    """What the answers come to; None while more may come in, and where there are too few."""
    if is_open or len(answers) < survey.minimum:
        return None
    asked = [field.key for field in survey.fields if field.kind is Kind.CHOICE]
    points = {key: Counter(str(answer[key]) for answer in answers) for key in asked}
    comments = [text for answer in answers if (text := answer.get("comment"))]
    satisfied = sum(n for word, n in points[survey.overall].items() if is_satisfied(word))
    return Tally(
        len(answers),
        satisfied,
        {key: {word: found[word] for word in SCALE} for key, found in points.items()},
        sorted(comments),
    )


def reached(n: int, *, is_open: bool, minimum: int = MINIMUM) -> str:
    """How many answers there are, as far as that may be told: every fifth while more may come in."""
    if n < minimum:
        return f"不足 {minimum} 份"
    return f"{n // minimum * minimum} 份以上" if is_open else f"{n} 份"


def shown(groups: Mapping[str, int], minimum: int = MINIMUM) -> frozenset[str]:
    """Which groups of a split may be shown beside their sum, given how many answers each has (P26).

    Not one that is too small, and none by which a too small rest could be found as the difference.
    """
    kept = {name for name, n in groups.items() if n >= minimum}
    hidden = sum(n for name, n in groups.items() if name not in kept)
    while kept and 0 < hidden < minimum:
        least = min(kept, key=lambda name: (groups[name], name))
        kept.remove(least)
        hidden += groups[least]
    return frozenset(kept)
