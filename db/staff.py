"""Who works here: departments and accounts, kept by whoever may administer them."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, literal_column, or_, select, update
from sqlalchemy.orm import Session

from core.doc_number import why_not_code
from core.errors import NotAllowed, NotFound, Refused
from core.fields import Field, Kind, accept
from core.people import ASSIGNABLE, DEPARTMENT, Grade, Person, Role
from core.policy import why_not_together
from core.profile import OfficeProfile
from core.roster import LONGEST_ACCOUNT, LONGEST_DEPARTMENT, LONGEST_NAME, Listed
from db import invitations, journal, office_data
from db.accounts import administering
from db.engine import Database
from db.sessions import end_all, normal
from db.tables import CaseRow, ConcernedRow, DepartmentRow, PersonRow, SettingRow

ROLES = {role.label: role for role in ASSIGNABLE}

_NAME = Field(key="name", title="姓名")
_ACCOUNT = Field(key="account", title="登录账号", help="登录时填写，不分大小写")

CHANGE = (
    _NAME,
    Field(
        key="roles",
        title="角色",
        kind=Kind.CHOICES,
        options=tuple(ROLES),
        help="可兼任几项；办公室主任同时是管理员",
    ),
    Field(key="department", title="所在部门", kind=Kind.DEPARTMENT, required=False),
    Field(
        key="clearance",
        title="知悉范围",
        kind=Kind.GRADE,
        default=Grade.OPEN.label,
        help="可以看到的最高密级",
    ),
)
"""What can be changed of an account."""

PERSON = (_NAME, _ACCOUNT, *CHANGE[1:])
"""What is asked of a new one."""

DEPARTMENT_FORM = (Field(key="department_name", title="部门名称"),)

PROFILE = (
    Field(key="office_name", title="办公室名称"),
    Field(key="fonds_no", title="全宗号", required=False, help="写在档号最前，如 Z109"),
    Field(key="code", title="机构代码", help="档号里的机构，如 BGS"),
    Field(
        key="office_codes",
        title="机关代字",
        required=False,
        help="发文字号最前面的字，几个的用顿号分开，常用的在前，如 某办发、某办函",
    ),
)


@dataclass(frozen=True)
class Invited:
    """A link for somebody to set their own password, to be shown this once."""

    name: str
    account: str
    token: str


@dataclass(frozen=True)
class Administering:
    """A writing transaction of an administrator; whatever it does stands in the journal."""

    session: Session
    key: bytes
    by: str
    now: datetime

    def tell(self, action: str, subject: str, data: Mapping[str, Any] | None = None) -> None:
        """A line of the journal."""
        journal.record(self.session, self.key, self.now, self.by, action, subject, data)

    def change(self, row: PersonRow, values: Mapping[str, Any], action: str) -> None:
        """Set columns of an account, and tell those that differ; nothing where none does."""
        told = {key: _differing(self.session, row, key, new) for key, new in values.items()}
        told = {key: both for key, both in told.items() if both["was"] != both["now"]}
        if not told:
            return
        self.tell(action, row.name, {**told, **journal.held(row, values)})
        self.session.execute(update(PersonRow).where(PersonRow.id == row.id).values(**values))


@dataclass(frozen=True)
class Staff:
    """Commands on accounts; each asks the database who gives it, and policy whether they may."""

    database: Database
    key: bytes
    """The chain's key: what is done here stands in the journal."""

    # --- people

    def add_person(self, values: Mapping[str, Any], now: datetime, *, by: Person) -> Invited:
        """A new account, and the link with which its owner sets the password."""
        data = accept(PERSON, values)
        _check_account(data)
        with self._administering(by, now) as work:
            if _taken(work.session, [normal(data["account"])]):
                raise Refused({"account": "这个登录账号已有人用，请换一个"})
            settings = _settings(work.session, data)
            invited = _admit(work, data["name"], normal(data["account"]), settings)
            work.session.commit()
        return invited

    def import_people(
        self, people: Sequence[Listed], now: datetime, *, by: Person, departments: bool = False
    ) -> list[Invited]:
        """The accounts of a whole list, or of none; `departments`: those that are missing are made.

        Raises `Refused` under the key `list`, one line a problem.
        """
        with self._administering(by, now) as work:
            if problems := _why_not_import(work.session, people, departments):
                raise Refused({"list": "\n".join(problems)})
            known = {row.name: row.id for row in work.session.scalars(select(DepartmentRow))}
            for name in dict.fromkeys(p.department for p in people if p.department):
                if name not in known:
                    known[name] = _add_department(work, name)
            invited = [_admit(work, p.name, p.account, _listed(p, known)) for p in people]
            work.session.commit()
        return invited

    def change_person(self, person_id: str, values: Mapping[str, Any], now: datetime, *, by: Person) -> None:
        """Another name, other roles, department or clearance, from the person's next step on (P17)."""
        data = accept(CHANGE, values)
        _check_name(data["name"])
        with self._administering(by, now) as work:
            row = _found(work.session, person_id)
            new = {"name": data["name"], **_settings(work.session, data)}
            if not _administers(new["roles"]):
                _keep_an_administrator(work.session, person_id)
            work.change(row, new, "person.changed")
            work.session.commit()

    def set_active(self, person_id: str, active: bool, now: datetime, *, by: Person) -> None:
        """Stop an account, ending its sessions and links at once, or let it in again."""
        with self._administering(by, now) as work:
            row = _found(work.session, person_id)
            if not active:
                _keep_an_administrator(work.session, person_id)
                end_all(work.session, person_id)
            work.change(row, {"active": active}, "person.restored" if active else "person.stopped")
            work.session.commit()

    def invite(self, person_id: str, now: datetime, *, by: Person) -> Invited:
        """A link for somebody who lost their password; their sessions and earlier links end."""
        with self._administering(by, now) as work:
            row = _found(work.session, person_id)
            if not row.active:
                raise NotAllowed("账号已停用，请先恢复账号")
            end_all(work.session, person_id)
            invited = _invite(work, row)
            work.session.commit()
        return invited

    def sign_out(self, person_id: str, now: datetime, *, by: Person) -> None:
        """End whatever this person is signed in with."""
        with self._administering(by, now) as work:
            row = _found(work.session, person_id)
            end_all(work.session, person_id)
            work.tell("person.signed_out", row.name)
            work.session.commit()

    def drop_factor(self, person_id: str, now: datetime, *, by: Person) -> None:
        """Switch the second factor off for somebody who lost their telephone; their sessions end."""
        with self._administering(by, now) as work:
            row = _found(work.session, person_id)
            if not row.totp:
                raise NotAllowed("没有启用第二验证")
            work.session.execute(
                update(PersonRow).where(PersonRow.id == person_id).values(totp="", totp_step=0)
            )
            end_all(work.session, person_id)
            work.tell("factor.off", row.name)
            work.session.commit()

    # --- departments and the office

    def add_department(self, values: Mapping[str, Any], now: datetime, *, by: Person) -> str:
        """A new department; returns its name."""
        name = _department_name(values)
        with self._administering(by, now) as work:
            _check_new(work.session, name)
            _add_department(work, name)
            work.session.commit()
        return name

    def rename_department(
        self, department_id: str, values: Mapping[str, Any], now: datetime, *, by: Person
    ) -> None:
        """Another name, under which it also stands in what it did before."""
        name = _department_name(values)
        with self._administering(by, now) as work:
            row = _department(work.session, department_id)
            if name == row.name:
                return
            _check_new(work.session, name)
            work.tell("department.changed", row.name, {"name": {"was": row.name, "now": name}})
            renamed = update(DepartmentRow).where(DepartmentRow.id == department_id)
            work.session.execute(renamed.values(name=name))
            work.session.commit()

    def dissolve_department(self, department_id: str, now: datetime, *, by: Person) -> None:
        """Nobody can choose it any more; what it did keeps its name."""
        with self._administering(by, now) as work:
            row = _department(work.session, department_id)
            if reason := _why_not_dissolve(work.session, department_id):
                raise NotAllowed(f"{row.name}{reason}")
            names = office_data.dissolved(work.session) | {row.id: row.name}
            work.session.merge(SettingRow(key=office_data.DISSOLVED, value=names))
            for member in work.session.scalars(select(PersonRow).where(PersonRow.department_id == row.id)):
                work.change(member, {"department_id": None}, "person.changed")
            work.session.execute(delete(DepartmentRow).where(DepartmentRow.id == row.id))
            work.tell("department.dissolved", row.name)
            work.session.commit()

    def set_profile(self, values: Mapping[str, Any], now: datetime, *, by: Person) -> None:
        """The office's name and the codes in its reference numbers."""
        data = accept(PROFILE, values)
        bad = {key: "代码里不能有花括号" for key in ("fonds_no", "code") if set("{}") & set(data[key] or "")}
        codes = [code.strip() for code in (data["office_codes"] or "").split("、") if code.strip()]
        if wrong := next((code for code in codes if why_not_code(code)), ""):
            bad["office_codes"] = why_not_code(wrong) or ""
        if bad:
            raise Refused(bad)
        profile = OfficeProfile(
            name=data["office_name"],
            fonds_no=data["fonds_no"] or "",
            code=data["code"],
            office_codes="、".join(dict.fromkeys(codes)),
        )
        with self._administering(by, now) as work:
            was = vars(office_data.profile(work.session))
            new = dict(vars(profile))
            told = {key: {"was": was[key], "now": new[key]} for key in new if was[key] != new[key]}
            if told:
                work.session.merge(SettingRow(key="office", value=new))
                work.tell("office.changed", profile.name, told)
                work.session.commit()

    @contextmanager
    def _administering(self, by: Person, now: datetime) -> Iterator[Administering]:
        with self.database.writing() as session:
            administering(session, by.id)
            yield Administering(session, self.key, by.id, now)


# --- accounts -----------------------------------------------------------------------------------------


def _check_name(name: str) -> None:
    if len(name) > LONGEST_NAME:
        raise Refused({"name": f"“姓名”最多 {LONGEST_NAME} 字"})


def _check_account(data: Mapping[str, Any]) -> None:
    _check_name(data["name"])
    if any(sign.isspace() for sign in data["account"]):
        raise Refused({"account": "账号中不能有空格"})
    if len(data["account"]) > LONGEST_ACCOUNT:
        raise Refused({"account": f"“登录账号”最多 {LONGEST_ACCOUNT} 字"})


def _taken(session: Session, accounts: Sequence[str]) -> set[str]:
    return set(session.scalars(select(PersonRow.account).where(PersonRow.account.in_(accounts))))


def _admit(work: Administering, name: str, account: str, settings: Mapping[str, Any]) -> Invited:
    """Make an account without a password, and the link that sets one."""
    row = PersonRow(
        id=f"p-{secrets.token_hex(6)}",
        account=account,
        name=name,
        password="",
        created_at=work.now,
        **settings,
    )
    work.session.add(row)
    work.session.flush()
    department = _department_called(work.session, settings["department_id"])
    told = {"account": account, **settings, "department_id": department}
    work.tell("person.added", name, {**told, **journal.held(row)})
    return _invite(work, row)


def _invite(work: Administering, row: PersonRow) -> Invited:
    token = invitations.issue(work.session, row.id, work.by, work.now)
    work.tell("person.invited", row.name)
    return Invited(row.name, row.account, token)


def _settings(session: Session, data: Mapping[str, Any]) -> dict[str, Any]:
    if data["department"] and session.get(DepartmentRow, data["department"]) is None:
        raise Refused({"department": "这个部门已撤销，请重新选择"})
    roles = [ROLES[label] for label in data["roles"]]
    if reason := why_not_together(roles):
        raise Refused({"roles": reason})
    return {
        "roles": _roles(roles),
        "department_id": data["department"],
        "clearance": int(Grade.labelled(data["clearance"])),
    }


def _listed(person: Listed, departments: Mapping[str, str]) -> dict[str, Any]:
    return {
        "roles": _roles(person.roles),
        "department_id": departments[person.department] if person.department else None,
        "clearance": int(person.clearance),
    }


def _why_not_import(session: Session, people: Sequence[Listed], departments: bool) -> list[str]:
    taken = _taken(session, [person.account for person in people])
    problems = [
        f"第 {p.row} 行 登录账号：{p.account} 已有人用，请换一个" for p in people if p.account in taken
    ]
    if not departments:
        known = {"", *session.scalars(select(DepartmentRow.name))}
        problems += [
            f"第 {p.row} 行 部门：还没有“{p.department}”，请改正，或勾选“新建缺少的部门”"
            for p in people
            if p.department not in known
        ]
    return problems


def _roles(roles: Sequence[Role]) -> list[str]:
    """In the order of the roles. A director also administers: a small office has nobody else to ask."""
    held = {*roles, Role.ADMINISTRATOR} if Role.DIRECTOR in roles else set(roles)
    return [role.value for role in Role if role in held]


def _administers(roles: Sequence[str]) -> bool:
    return bool({Role.ADMINISTRATOR, Role.DIRECTOR} & set(roles))


def _found(session: Session, person_id: str) -> PersonRow:
    row = session.get(PersonRow, person_id)
    if row is None:
        raise NotFound("没有这个人员")
    return row


def _keep_an_administrator(session: Session, leaving: str) -> None:
    """Nobody can take the last administrator away."""
    rows = session.execute(select(PersonRow.roles).where(PersonRow.active, PersonRow.id != leaving)).scalars()
    if not any(_administers(roles) for roles in rows):
        raise NotAllowed("至少要留一位管理员，请先让别人担任")


def _differing(session: Session, row: PersonRow, key: str, new: Any) -> dict[str, Any]:
    """What a column was and is, departments by their name as it is now."""
    was = getattr(row, key)
    if key == "department_id":
        was, new = (_department_called(session, one) for one in (was, new))
    return {"was": sorted(was) if key == "roles" else was, "now": sorted(new) if key == "roles" else new}


# --- departments --------------------------------------------------------------------------------------


def _department_name(values: Mapping[str, Any]) -> str:
    name = str(accept(DEPARTMENT_FORM, values)["department_name"])
    if len(name) > LONGEST_DEPARTMENT:
        raise Refused({"department_name": f"“部门名称”最多 {LONGEST_DEPARTMENT} 字"})
    return name


def _check_new(session: Session, name: str) -> None:
    if session.scalar(select(DepartmentRow.id).where(DepartmentRow.name == name)):
        raise Refused({"department_name": "已经有这个部门"})


def _add_department(work: Administering, name: str) -> str:
    made = f"d-{secrets.token_hex(4)}"
    work.session.add(DepartmentRow(id=made, name=name))
    work.session.flush()
    work.tell("department.added", name)
    return made


def _department(session: Session, department_id: str) -> DepartmentRow:
    row = session.get(DepartmentRow, department_id)
    if row is None:
        raise NotFound("这个部门已撤销")
    return row


def _department_called(session: Session, department_id: str | None) -> str:
    row = session.get(DepartmentRow, department_id) if department_id else None
    return row.name if row else ""


def _why_not_dissolve(session: Session, department_id: str) -> str | None:
    """Who and what still needs the department: active people, and open cases that concern it."""
    inside = PersonRow.department_id == department_id, PersonRow.active
    if people := session.scalar(select(func.count()).select_from(PersonRow).where(*inside)):
        return f"还有 {people} 位在用人员，请先把他们调到其他部门"
    who = DEPARTMENT + department_id
    concerned = select(ConcernedRow.root_id).where(ConcernedRow.who == who)
    here = or_(CaseRow.root_id.in_(concerned), CaseRow.owner == who)
    is_open: ColumnElement[bool] = literal_column("cases.is_open")
    if cases := session.scalar(select(func.count()).select_from(CaseRow).where(is_open, here)):
        return f"还有 {cases} 件在办事项，请先办结"
    return None
