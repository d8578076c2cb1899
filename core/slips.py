"""Three-colour supervision slips (N1): who is warned, in which colour, and why.

Blue when a deadline is near, yellow when the work lags or came back as not good enough, red when it
is late. A slip stands until the step is done; it only ever becomes graver. They are a third system
of colours beside document urgency and information grading (C7), so a slip is always named in words.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.deadlines import used
from core.worktime import WorkingCalendar

NEAR = 0.8
"""From this share of the time allowed on, a deadline is near."""


class Colour(StrEnum):
    """The colour of a slip, as it is printed; graver ones come later."""

    BLUE = "蓝"
    YELLOW = "黄"
    RED = "红"

    @property
    def says(self) -> str:
        """Why a slip of this colour is issued."""
        return {"蓝": "时限将到", "黄": "进度滞后或质量不合要求", "红": "已逾期"}[self]

    def series(self, year: int) -> str:
        """The pattern of its numbers: a series of its own a year and colour."""
        return f"督单〔{year}〕{self.value}{{n}}号"


GRAVITY = {"": 0, **{colour.value: n for n, colour in enumerate(Colour, 1)}}


@dataclass(frozen=True)
class Running:
    """What of a running step decides its slip: since when, until when, how often urged, what it has.

    `target_at`: the moment by which it was meant to be done, where that is earlier than the deadline (C1).
    """

    case_id: str
    entered_at: datetime
    due_at: datetime
    urged: int
    slip: str
    target_at: datetime | None = None


def wanted(clock: Running, now: datetime, calendar: WorkingCalendar) -> Colour | None:
    """The slip to issue now, or None where none is due or one as grave stands already."""
    if now > clock.due_at:
        colour = Colour.RED
    elif clock.target_at and now > clock.target_at:
        colour = Colour.YELLOW
    elif used(clock.entered_at, clock.due_at, now, calendar) < NEAR:
        return None
    else:
        colour = Colour.YELLOW if clock.urged else Colour.BLUE
    return colour if GRAVITY[colour] > GRAVITY[clock.slip] else None
