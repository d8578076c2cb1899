"""What a paper is: a title, and a form of rows whose cells lie on a grid of `GRID` columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from unicodedata import east_asian_width

from core.case import Case
from core.contacts import Contact
from core.ports import Directory
from core.process import NUMBER_TITLES
from core.processes import Standard
from core.profile import OfficeProfile
from core.words import Told, full_moment
from core.worktime import WorkingCalendar

GRID = 24
"""Columns of the grid: the spans of a row add up to it."""


def width(text: str) -> int:
    """Columns of type that a text takes: a Chinese character takes two."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


class Look(StrEnum):
    """How a cell is drawn: what the form says, what was filled in, or the head of a list."""

    LABEL = "label"
    TEXT = "text"
    HEAD = "head"


@dataclass(frozen=True)
class Cell:
    """`sign` stands below the text, at the right: who signed and when."""

    span: int
    text: str
    look: Look = Look.TEXT
    sign: str = ""


@dataclass(frozen=True)
class Row:
    """One row of the form; `height` is the least it takes in millimetres, for writing by hand."""

    cells: tuple[Cell, ...]
    height: int = 8


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A paper ready to be drawn. `head`, if there is one, is repeated on every page.

    `numbered`: what its number is called. `landscape`: whether it lies across.
    """

    title: str
    number: str
    state: str
    made_at: datetime
    rows: tuple[Row, ...]
    head: Row | None = None
    numbered: str = NUMBER_TITLES["number"]
    landscape: bool = False

    @property
    def number_line(self) -> str:
        """The serial by which the paper and the case are found from each other (N21)."""
        return f"{self.numbered}：{self.number}"

    @property
    def foot(self) -> str:
        """What stands at the foot of every page beside its number."""
        return f"{self.number}　打印于 {full_moment(self.made_at)}"


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """Everything the papers of a case are made from. `history` is of it and its children, oldest first.

    `linked`: the cases it names and those that name it, as a reply what it answers (N20). `parent`: the case it was
    begun for. `contacts`: unit and post of those it names, by id; how they are reached only for who may know (R74).
    """

    case: Case
    children: Sequence[Case]
    history: Sequence[Told]
    standard: Standard
    people: Directory
    calendar: WorkingCalendar
    profile: OfficeProfile
    now: datetime
    linked: Sequence[Case] = ()
    parent: Case | None = None
    contacts: Mapping[str, Contact] = field(default_factory=dict)

    def paper(
        self, name: str, rows: Sequence[Row], head: Row | None = None, *, landscape: bool = False
    ) -> Paper:
        """A paper of this case, with what every one of them carries."""
        case = self.case
        return Paper(
            title=f"{self.profile.name}{name}",
            number=case.number,
            state=f"办理状态：{'已作废' if case.voided else case.stage.title}",
            made_at=self.now.astimezone(self.calendar.zone),
            rows=tuple(rows),
            head=head,
            landscape=landscape,
        )

    def local(self, moment: datetime | None) -> str:
        """A moment as the office reads it off its clock; nothing where there is none."""
        return full_moment(moment.astimezone(self.calendar.zone)) if moment else ""
