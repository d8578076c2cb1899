"""What the office needs from outside. `db` supplies the real ones, tests use the same."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Protocol, Self

from core.amendment import Amendment
from core.case import Case, Event
from core.policy import DEPARTMENT, Person
from core.process import OfficeProfile, Process
from core.processes import Standard
from core.worktime import WorkingCalendar

Clock = Callable[[], datetime]
"""The moment it is, with its zone."""


@dataclass(frozen=True)
class Directory:
    """Who works here: active people by id, departments' names by id, and names of people who left."""

    people: Mapping[str, Person]
    departments: Mapping[str, str]
    former: Mapping[str, str] = field(default_factory=dict)

    def name(self, who: str) -> str:
        """The name of a person or department, as owners are named; the id itself if it is gone."""
        if who.startswith(DEPARTMENT):
            key = who.removeprefix(DEPARTMENT)
            return self.departments.get(key, key)
        if who in self.departments:
            return self.departments[who]
        return self.people[who].name if who in self.people else self.former.get(who, who)


class Unit(Protocol):
    """One transaction. Leaving it without `commit` undoes everything."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def person(self, person_id: str) -> Person: ...
    def directory(self) -> Directory: ...
    def standard(self) -> Standard: ...
    def calendar(self) -> WorkingCalendar: ...
    def profile(self) -> OfficeProfile: ...
    def has_case(self, case_id: str) -> bool: ...
    def case(self, case_id: str) -> Case: ...
    def children(self, case_id: str) -> Sequence[Case]: ...
    def record(self, event: Event, process: Process) -> Case: ...
    def number(self, series: str) -> str: ...
    def new_id(self) -> str: ...
    def keep_file(self, content: bytes, kind: str, at: datetime) -> str: ...
    def keeps(self, digest: str) -> bool: ...
    def amend(self, amendment: Amendment, version: int) -> None: ...
    def save_draft(
        self, person_id: str, form: str, values: Mapping[str, Any] | None, at: datetime
    ) -> None: ...
    def commit(self) -> None: ...
