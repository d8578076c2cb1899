"""Whoever takes the stories of the demonstration through the office: with what, and by whose hands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.case import Case
from core.office import Office
from core.people import Person
from core.worktime import WorkingCalendar
from db.reader import Reader


@dataclass
class Teller:
    """Tells one kind of story; `clock` is turned (its `at`), `now` is the present, `people` are known by their ids."""

    office: Office
    reader: Callable[[Person], Reader]
    clock: Any
    calendar: WorkingCalendar
    people: Mapping[str, Person]
    director: Person
    now: datetime

    def _see(self, case: Case) -> Case:
        """The case as it stands now."""
        return self.reader(self.director).case(case.id)

    def _act(self, case: Case, action: str, by: Person, **answers: Any) -> Case:
        """Take an action on the case as it stands now."""
        return self.office.act(case.id, action, answers, by=by, seen=self._see(case).seq)
