"""The door of the office as stories come to it: right and wrong passwords, links, half-way sign-ins, and what ends them."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select

from core.errors import NotAllowed, OfficeError
from db import invitations
from db.sessions import CodeWanted, Sessions
from db.staff import Staff
from db.tables import JournalRow
from tests.conftest import PEOPLE

PASSWORD, KEY = "Kanwu-2026", b"key of the tests"
NEW = "Xinmi-2027!"
DESK, HOME = "10.1.0.7", "172.20.3.4"


def why_not(sessions: Sessions, account: str, password: str, address: str, now: datetime) -> str:
    with pytest.raises(NotAllowed) as refusal:
        sessions.sign_in(account, password, address, now)
    return str(refusal.value)


def halfway(sessions: Sessions, now: datetime, address: str = DESK) -> str:
    """What is left after Wang Min's right password: half a ticket."""
    with pytest.raises(CodeWanted) as step:
        sessions.sign_in("wang", PASSWORD, address, now)
    return step.value.half


def link_of(sessions: Sessions, person_id: str, now: datetime) -> str:
    """The token of a link the administrator has issued."""
    with sessions.database.writing() as session:
        token = invitations.issue(session, person_id, "zhang", now)
        session.commit()
    return token


def answer(sessions: Sessions, token: str, password: str, now: datetime) -> str:
    """What whoever uses a link hears."""
    try:
        return f"{sessions.accept_invitation(token, password, now)} 已设好"
    except OfficeError as refusal:
        return str(refusal)


def journal_of(sessions: Sessions) -> list[tuple[str, str, str]]:
    """The lines of the journal: by whom, what, to whom."""
    with sessions.database.reading() as session:
        rows = session.scalars(select(JournalRow).order_by(JournalRow.id)).all()
    return [(row.by, row.action, row.subject) for row in rows]


ENDINGS: dict[str, Callable[[Sessions, datetime], None]] = {
    "修改密码": lambda sessions, now: sessions.change_password("wang", PASSWORD, NEW, now),
    "退出所有设备": lambda sessions, now: sessions.sign_out_everywhere("wang", now),
    "用链接设密码": lambda sessions, now: _use_the_link(sessions, now),
    "停用账号": lambda sessions, now: staff(sessions).set_active("wang", False, now, by=PEOPLE[0]),
    "管理员退出其全部登录": lambda sessions, now: staff(sessions).sign_out("wang", now, by=PEOPLE[0]),
    "管理员发新的链接": lambda sessions, now: staff(sessions).invite("wang", now, by=PEOPLE[0]),
}


def staff(sessions: Sessions) -> Staff:
    """The administrator's commands in the same office."""
    return Staff(sessions.database, KEY)


def _use_the_link(sessions: Sessions, now: datetime) -> None:
    sessions.accept_invitation(link_of(sessions, "wang", now), NEW, now)
