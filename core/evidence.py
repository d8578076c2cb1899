"""What a step may look at beside its case: the files it names, the votes on it, who takes it and when, who works
here, and how information is graded.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.grading import Rules
from core.people import Person
from core.worktime import WorkingCalendar

Votes = Sequence[tuple[str, str]]
"""The votes on a case: whose – empty where the ballot is secret – and what was chosen."""


@dataclass(frozen=True)
class Evidence:
    """How to look: `content` reads a kept file by its digest, `votes` counts nothing and hides nothing.

    `by`: the id of whoever takes the step, at the moment `at`; `people`: who is active, by id.
    """

    content: Callable[[str], bytes]
    votes: Callable[[], Votes]
    at: datetime
    by: str
    calendar: WorkingCalendar
    people: Mapping[str, Person]
    grading: Rules
