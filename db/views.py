"""Saved views of a list: its filters and columns under a name, for everybody of a role (N23)."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from core.errors import NotAllowed, NotFound, Refused
from core.fields import Field, Kind, accept
from core.people import ASSIGNABLE, Person, Role
from core.policy import why_not_keep_views
from db import journal
from db.accounts import acting
from db.engine import Database
from db.tables import PersonRow, ViewRow

EVERYBODY = "所有人"
"""Whom a view is for that no role alone finds."""

ROLES = {EVERYBODY: "", **{role.label: role.value for role in ASSIGNABLE}}
"""Whom a view can be for, in the office's words."""

VIEW = (
    Field(key="name", title="视图名称", help="如 本年逾期"),
    Field(key="role", title="给谁用", kind=Kind.CHOICE, options=tuple(ROLES), default=Role.SECRETARY.label),
)
"""What is asked of whoever saves a view."""

REPLACE = Field(key="replace", title="替换同名视图", kind=Kind.YES_NO, required=False)
"""Asked as well where the role has a view of that name."""

LONGEST_NAME, LONGEST_QUERY = 40, 4_000
"""Characters of a name, and of what a view keeps."""


@dataclass(frozen=True)
class View:
    """A saved view: `role` in words, `query` as it was saved."""

    id: int
    name: str
    role: str
    query: Mapping[str, Any]


@dataclass(frozen=True)
class Views:
    """Commands on saved views; each asks the database who gives it, and policy whether they may."""

    database: Database
    key: bytes
    """The chain's key: what is done here stands in the journal."""

    def save(
        self, page: str, values: Mapping[str, Any], query: Mapping[str, Any], now: datetime, *, by: Person
    ) -> str:
        """Keep what a page shows as a view, and return its name.

        `Refused` beside `replace` if the role has one of that name and `values` do not say to replace it.
        """
        data = accept((*VIEW, REPLACE), values)
        name, role = data["name"], ROLES[data["role"]]
        if len(name) > LONGEST_NAME:
            raise Refused({"name": f"“视图名称”最多 {LONGEST_NAME} 字，现有 {len(name)} 字，请删减"})
        if len(json.dumps(query)) > LONGEST_QUERY:
            raise Refused({"name": "筛选条件太多，存不下；请减少几项再存"})
        with self.database.writing() as session:
            person = _keeping(session, by.id)
            same = (ViewRow.page == page, ViewRow.role == role, ViewRow.name == name)
            there = session.scalar(select(ViewRow).where(*same))
            if there and not data["replace"]:
                raise Refused({REPLACE.key: _asks(session, there)})
            session.execute(delete(ViewRow).where(*same))
            row = {"page": page, "role": role, "name": name, "query": dict(query), "by": person.id, "at": now}
            session.execute(insert(ViewRow).values(**row))
            said = {"page": page, "role": role, "query": dict(query), "replaced": bool(there)}
            journal.record(session, self.key, now, person.id, "view.saved", name, said)
            session.commit()
        return str(name)

    def remove(self, view_id: int, now: datetime, *, by: Person) -> str:
        """Take a view away for everybody, and return its name. `NotFound` if somebody did already."""
        with self.database.writing() as session:
            person = _keeping(session, by.id)
            row = session.get(ViewRow, view_id)
            if row is None:
                raise NotFound("这个视图已经删除了")
            said = {"page": row.page, "role": row.role, "query": row.query}
            journal.record(session, self.key, now, person.id, "view.removed", row.name, said)
            session.execute(delete(ViewRow).where(ViewRow.id == view_id))
            session.commit()
            return row.name


def found(session: Session, page: str, roles: Collection[str] | None) -> Sequence[View]:
    """The views of a page for these roles and for everybody; all of them where `roles` is None."""
    query = select(ViewRow).where(ViewRow.page == page).order_by(ViewRow.name, ViewRow.role)
    if roles is not None:
        query = query.where(ViewRow.role.in_(["", *roles]))
    labels = {value: label for label, value in ROLES.items()}
    return [
        View(row.id, row.name, labels.get(row.role, row.role), row.query) for row in session.scalars(query)
    ]


def _keeping(session: Session, person_id: str) -> Person:
    person = acting(session, person_id)
    if reason := why_not_keep_views(person):
        raise NotAllowed(reason)
    return person


def _asks(session: Session, there: ViewRow) -> str:
    who = session.get(PersonRow, there.by)
    name = who.name if who else there.by
    return f"{name}已存有同名视图“{there.name}”；要用现在的替换它，请打开“{REPLACE.title}”再存"
