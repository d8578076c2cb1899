"""One transaction that also reaches the duties of reporters and the rules of grading: the `ReportingUnit` that
`core.reporting` asks for.
"""

from collections.abc import Mapping
from typing import Any

from core.reporting import Duty
from db import information, office_data
from db.unit import SqlUnit


class SqlReportingUnit(SqlUnit):
    """The writing transaction of a command on who reports what, or on how information is graded."""

    def duties(self) -> Mapping[str, Duty]:
        return self._once(information.duties)

    def keep_duty(self, duty: Duty) -> None:
        information.keep_duty(self._session, duty)
        self._known.pop(information.duties, None)

    def set_grading(self, values: Mapping[str, Any]) -> None:
        information.set_grading(self._session, values)
        for told in (office_data.known, office_data.grading):
            self._known.pop(told, None)
