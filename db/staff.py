"""Who works here: departments and accounts, kept by whoever may administer them."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core.errors import NotAllowed, NotFound, Refused
from core.fields import Field, Kind, accept
from core.policy import ASSIGNABLE, Grade, Person, Role
from core.process import OfficeProfile
from db import passwords
from db.accounts import administering
from db.engine import Database
from db.sessions import normal
from db.tables import DepartmentRow, PersonRow, SessionRow, SettingRow

ROLES = {role.label: role for role in ASSIGNABLE}

PERSON = (
    Field(key="name", title="姓名"),
    Field(key="account", title="登录账号", help="登录时填写，不分大小写"),
    Field(key="role", title="角色", kind=Kind.CHOICE, options=tuple(ROLES), default=Role.MEMBER.label),
    Field(key="department", title="所在部门", kind=Kind.DEPARTMENT, required=False),
    Field(
        key="clearance",
        title="知悉范围",
        kind=Kind.GRADE,
        default=Grade.OPEN.label,
        help="可以看到的最高密级",
    ),
)
"""What is asked of a new account."""

CHANGE = tuple(field for field in PERSON if field.key in ("role", "department", "clearance"))
"""What can be changed of one."""

DEPARTMENT = (Field(key="department_name", title="部门名称"),)

PROFILE = (
    Field(key="office_name", title="办公室名称"),
    Field(key="fonds_no", title="全宗号", required=False, help="写在档号最前，如 Z109"),
    Field(key="code", title="机构代码", help="档号里的机构，如 BGS"),
)


@dataclass(frozen=True)
class Staff:
    """Commands on accounts; each asks the database who gives it, and policy whether they may."""

    database: Database
    key: bytes
    """The chain's key: what is done here stands in the journal."""

    def add_department(self, values: Mapping[str, Any], *, by: Person) -> str:
        """A new department; returns its name."""
        name = accept(DEPARTMENT, values)["department_name"]
        with self._administering(by) as session:
            if session.scalar(select(DepartmentRow.id).where(DepartmentRow.name == name)):
                raise Refused({"department_name": "已经有这个部门"})
            session.add(DepartmentRow(id=f"d-{secrets.token_hex(4)}", name=name))
            session.commit()
        return str(name)

    def add_person(self, values: Mapping[str, Any], now: datetime, *, by: Person) -> tuple[str, str]:
        """A new account; returns its login name and the first password, which is shown this once."""
        data = accept(PERSON, values)
        account, password = normal(data["account"]), first_password()
        kept = passwords.hash_password(password)
        with self._administering(by) as session:
            if session.scalar(select(PersonRow.id).where(PersonRow.account == account)):
                raise Refused({"account": "这个登录账号已有人用，请换一个"})
            row = PersonRow(
                id=f"p-{secrets.token_hex(6)}",
                account=account,
                name=data["name"],
                password=kept,
                created_at=now,
                **_settings(session, data),
            )
            session.add(row)
            session.commit()
        return account, password

    def change_person(self, person_id: str, values: Mapping[str, Any], *, by: Person) -> None:
        """Another role, department or clearance, from the person's next step on (P17)."""
        data = accept(CHANGE, values)
        with self._administering(by) as session:
            row = _found(session, person_id)
            new = _settings(session, data)
            if Role.ADMINISTRATOR in row.roles and Role.ADMINISTRATOR.value not in new["roles"]:
                _keep_an_administrator(session, person_id)
            session.execute(update(PersonRow).where(PersonRow.id == person_id).values(**new))
            session.commit()

    def set_active(self, person_id: str, active: bool, *, by: Person) -> None:
        """Stop an account, ending its sessions at once, or let it in again."""
        with self._administering(by) as session:
            _found(session, person_id)
            if not active:
                _keep_an_administrator(session, person_id)
                session.execute(delete(SessionRow).where(SessionRow.person_id == person_id))
            session.execute(update(PersonRow).where(PersonRow.id == person_id).values(active=active))
            session.commit()

    def reset_password(self, person_id: str, *, by: Person) -> str:
        """A new first password for somebody who lost theirs; their sessions end."""
        password = first_password()
        kept = passwords.hash_password(password)
        with self._administering(by) as session:
            _found(session, person_id)
            session.execute(update(PersonRow).where(PersonRow.id == person_id).values(password=kept))
            session.execute(delete(SessionRow).where(SessionRow.person_id == person_id))
            session.commit()
        return password

    def set_profile(self, values: Mapping[str, Any], *, by: Person) -> None:
        """The office's name and the codes in its reference numbers."""
        data = accept(PROFILE, values)
        bad = {key: "代码里不能有花括号" for key in ("fonds_no", "code") if set("{}") & set(data[key] or "")}
        if bad:
            raise Refused(bad)
        profile = OfficeProfile(name=data["office_name"], fonds_no=data["fonds_no"] or "", code=data["code"])
        with self._administering(by) as session:
            session.merge(SettingRow(key="office", value=vars(profile)))
            session.commit()

    @contextmanager
    def _administering(self, by: Person) -> Iterator[Session]:
        with self.database.writing() as session:
            administering(session, by.id)
            yield session


def first_password() -> str:
    """A password that satisfies the rules and can be read out over the telephone."""
    letters, digits = "abcdefghjkmnpqrstuvwxyz", "23456789"
    groups = ("".join(secrets.choice(letters) for _ in range(4)) for _ in range(2))
    return "-".join([*(g.capitalize() for g in groups), "".join(secrets.choice(digits) for _ in range(4))])


def _settings(session: Session, data: Mapping[str, Any]) -> dict[str, Any]:
    if data["department"] and session.get(DepartmentRow, data["department"]) is None:
        raise Refused({"department": "这个部门已撤销，请重新选择"})
    return {
        "roles": _roles(ROLES[data["role"]]),
        "department_id": data["department"],
        "clearance": int(Grade.labelled(data["clearance"])),
    }


def _roles(role: Role) -> list[str]:
    """A director also administers: a small office has nobody else to ask."""
    return [role.value, Role.ADMINISTRATOR.value] if role is Role.DIRECTOR else [role.value]


def _found(session: Session, person_id: str) -> PersonRow:
    row = session.get(PersonRow, person_id)
    if row is None:
        raise NotFound("没有这个人员")
    return row


def _keep_an_administrator(session: Session, leaving: str) -> None:
    """Nobody can take the last administrator away."""
    rows = session.execute(select(PersonRow.roles).where(PersonRow.active, PersonRow.id != leaving)).scalars()
    if not any(Role.ADMINISTRATOR.value in roles for roles in rows):
        raise NotAllowed("至少要留一位管理员，请先让别人担任")
