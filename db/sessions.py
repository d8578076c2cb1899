"""Who is at the browser: accounts, signing in and out, and how long it lasts (promises P17 to P20).

The browser holds a random token in an HttpOnly cookie; here is only its SHA-256. Every page asks
`person_of` on every run, so that signing out, a new role or a stopped account hold at once.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from core.errors import NotAllowed, NotFound, Refused, Unavailable
from core.people import Grade, Person, Role
from db import factor, invitations, journal, passwords, tokens
from db.accounts import COLUMNS, PEOPLE, away_for, to_person
from db.engine import Database
from db.tables import DraftRow, JournalRow, PersonRow, SessionRow, SettingRow, SignInRow, SpecialDayRow, table
from db.tokens import Tickets, digest

WRONG = "账号或密码不正确"
OVER = "登录已失效，请重新登录"
SAME = "新密码不能与原密码相同"
NO_ACCOUNT = "没有这个账号"
ALREADY_SET_UP = "办公室已经创建，请直接登录"

FREE_TRIES = 3
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)
"""How long failures count: a day without an attempt begins anew."""

FREE_AT_AN_ADDRESS = 30
REMEMBERED_AT_AN_ADDRESS = timedelta(hours=1)
"""How many failures an address has in an hour, over all accounts: a whole office may sit behind one."""

CHANGING, REMOVING = "修改密码", "取消第二验证"
"""Stand for the address where somebody signed in is asked for their password again."""

HALFWAY_LIFE = timedelta(minutes=5)
"""How long a right password waits for its code."""
KEEP_SIGN_INS = timedelta(days=365)
KEEP_DRAFTS = timedelta(days=90)
_REFRESH = timedelta(minutes=1)

STARTED, FAILED, SIGNED_IN, WAITING = "started", "failed", "signed_in", "waiting"
HALFWAY, PASSED, ENDED = "halfway", "passed", "ended"
"""A right password whose code is awaited, came, or is not taken any more."""


class CodeWanted(Exception):
    """The password was right; `half` is the ticket with which the code is to come."""

    def __init__(self, half: str) -> None:
        super().__init__()
        self.half = half


class PasswordTooOld(Exception):
    """Everything was right, but the password has to be changed first; `link` is an invitation to do so."""

    def __init__(self, link: str) -> None:
        super().__init__()
        self.link = link


@dataclass(frozen=True)
class Halfway:
    """Somebody whose password was right: their account as it was then, where, and which attempt."""

    row: PersonRow
    address: str
    attempt: int


@dataclass(frozen=True)
class Sessions:
    """The sessions of one office. `idle` and `longest` say when a session ends by itself.

    `password_days`: after how many days a password has to be changed; 0 for never.
    """

    database: Database
    key: bytes
    """The chain's key: a new password or factor stands in the journal."""
    idle: timedelta = timedelta(minutes=30)
    longest: timedelta = timedelta(hours=10)
    password_days: int = 90
    _tried: dict[str, datetime] = field(default_factory=dict)
    """When `seen_at` was last refreshed, or tried to be: a busy database is asked once a minute."""
    _halfway: Tickets[Halfway] = field(default_factory=lambda: Tickets(HALFWAY_LIFE))

    # --- signing in and out

    def sign_in(self, account: str, password: str, address: str, now: datetime) -> str:
        """A new session's token. Raises `NotAllowed` with the same words whatever was wrong.

        Raises `CodeWanted` where the account has a second factor: the session begins with `confirm`; and
        `PasswordTooOld` where a new password has to be set before.
        """
        account, address = normal(account), address[:64]
        if not account or not password:
            raise NotAllowed("请填写账号和密码")
        attempt = self._begin_attempt(account, address, now)
        with self.database.reading() as session:
            row = session.scalar(select(PersonRow).where(PersonRow.account == account, PersonRow.active))
        if not passwords.matches(password, row.password if row else None) or row is None:
            self._end_attempt(attempt, FAILED)
            raise NotAllowed(WRONG)
        if row.totp:
            self._end_attempt(attempt, HALFWAY)
            raise CodeWanted(self._halfway.issue(Halfway(row, address, attempt), now))
        return self._admit(attempt, row, now)

    def confirm(self, half: str, code: str, address: str, now: datetime) -> str:
        """The token of a new session for whoever brings the code to their right password.

        Raises `Refused` for a wrong code, which counts like a wrong password, and `NotFound` when the
        password has to be typed again.
        """
        waiting = self._halfway.look(half, now)
        if waiting is None or waiting.address != address[:64]:
            raise NotFound(OVER)
        attempt = self._begin_attempt(waiting.row.account, waiting.address, now)
        token = self._admit(attempt, waiting.row, now, halfway=waiting.attempt, code=code)
        self._halfway.redeem(half, now)
        return token

    def person_of(self, token: str | None, now: datetime, *, touch: bool = True) -> Person | None:
        """Who has this token, or None when the session has ended.

        `touch` counts as activity; a page that merely looks again by itself must not keep a session alive.
        """
        if not token:
            return None
        with self.database.reading() as session:
            rows = session.execute(_WHO, {"token": digest(token), "at": now}).all()
        own = next((row for row in rows if row.id == row.person_id), None)
        if own is None or not self._is_alive(own, now):
            return None
        if touch:
            self._refresh(own, now)
        return to_person(own, tuple(to_person(row) for row in rows if row is not own))

    def sign_out(self, token: str | None) -> None:
        """End this session; its token is worth nothing from now on."""
        if not token:
            return
        with self.database.writing() as session:
            session.execute(delete(SessionRow).where(SessionRow.token_hash == digest(token)))
            session.commit()

    def _begin_attempt(self, account: str, address: str, now: datetime) -> int:
        """Record the attempt before the password is looked at, so that guesses at once count as well."""
        with self.database.writing() as session:
            wait = _wait(session, account, address, now)
            outcome = WAITING if wait else STARTED
            attempt = SignInRow(at=now, account=account, address=address, outcome=outcome)
            session.add(attempt)
            session.commit()
        if wait:
            raise NotAllowed(f"连续登录失败，请{_in_words(wait)}后再试")
        return attempt.id

    def _end_attempt(self, attempt: int, outcome: str) -> None:
        with self.database.writing() as session:
            _set_outcome(session, attempt, outcome)
            session.commit()

    def _admit(
        self, attempt: int, row: PersonRow, now: datetime, *, halfway: int | None = None, code: str = ""
    ) -> str:
        """Begin a session, if the account still is as it was when the password was compared."""
        token = tokens.new()
        with self.database.writing() as session:
            _same(session, row, halfway)
            if row.totp and not factor.take(session, row.id, row.totp, code, now):
                _set_outcome(session, attempt, FAILED)
                session.commit()
                raise Refused({"code": factor.WRONG_CODE})
            if halfway is not None:
                _set_outcome(session, halfway, PASSED)
            if self._is_old(session, row, now):
                self._ask_for_another(session, attempt, row, now)
            _set_outcome(session, attempt, SIGNED_IN)
            session.add(self._begun(token, row.id, now))
            session.commit()
        return token

    def _is_old(self, session: Session, row: PersonRow, now: datetime) -> bool:
        """Whether the password was set too long ago: by its owner, as the journal has it, or with the account."""
        mine = JournalRow.by == row.id, JournalRow.action == "password.set"
        since = session.scalar(select(func.max(JournalRow.at)).where(*mine)) or row.created_at
        return bool(self.password_days) and now >= since + timedelta(days=self.password_days)

    def _ask_for_another(self, session: Session, attempt: int, row: PersonRow, now: datetime) -> None:
        _set_outcome(session, attempt, PASSED)
        link = invitations.issue(session, row.id, row.id, now)
        session.commit()
        raise PasswordTooOld(link)

    def _begun(self, token: str, person_id: str, now: datetime) -> SessionRow:
        return SessionRow(
            token_hash=digest(token),
            person_id=person_id,
            created_at=now,
            seen_at=now,
            expires_at=now + self.longest,
        )

    def _is_alive(self, row: Any, now: datetime) -> bool:
        return bool(now < row.expires_at and now < row.seen_at + self.idle)

    def _refresh(self, row: Any, now: datetime) -> None:
        last = max(row.seen_at, self._tried.get(row.token_hash, row.seen_at))
        if now - last < _REFRESH:
            return
        self._tried[row.token_hash] = now
        try:
            with self.database.writing() as session:
                seen = update(SessionRow).where(SessionRow.token_hash == row.token_hash).values(seen_at=now)
                session.execute(seen)
                session.commit()
        except Unavailable:
            return  # logged by the engine; who may read goes on reading while nobody can write (P7)

    def sign_out_everywhere(self, person_id: str, now: datetime) -> None:
        """The person's own way out of every device: whatever was issued for them is worth nothing now."""
        with self.database.writing() as session:
            row = _account(session, person_id)
            end_all(session, person_id)
            journal.record(session, self.key, now, person_id, "person.signed_out", row.name)
            session.commit()

    # --- passwords

    def change_password(self, person_id: str, old: str, new: str, now: datetime, *, keep: str = "") -> None:
        """The person's own change: wants the old password, ends every other session than `keep`'s."""
        self._prove(person_id, old, CHANGING, now, says={"old": "原密码不正确"})
        if old == new:
            raise Refused({"new": SAME})
        self.set_password(person_id, new, now, keep=keep)

    def set_password(self, person_id: str, password: str, now: datetime, *, keep: str = "") -> None:
        """Set one's password; every token of the person ends, except the session with the token `keep`."""
        with self.database.reading() as session:
            account = _account(session, person_id).account
        kept = _accepted(password, account)
        with self.database.writing() as session:
            self._put_password(session, _account(session, person_id), kept, now, keep)
            session.commit()

    def invited(self, token: str, now: datetime) -> tuple[str, str, str]:
        """Id, name and account of the person with this one-time link. Raises `NotAllowed` when it is dead."""
        with self.database.reading() as session:
            row = invitations.whose(session, token, now)
        return row.id, row.name, row.account

    def accept_invitation(self, token: str, password: str, now: datetime) -> str:
        """Set the password of the person with this one-time link, which is then used; returns the account."""
        with self.database.reading() as session:
            row = invitations.whose(session, token, now)
        kept = _accepted(password, row.account)
        if passwords.matches(password, row.password):
            raise Refused({"new": SAME})
        with self.database.writing() as session:
            row = invitations.use(session, token, now)
            self._put_password(session, row, kept, now)
            session.commit()
        return row.account

    def _put_password(
        self, session: Session, row: PersonRow, kept: str, now: datetime, keep: str = ""
    ) -> None:
        session.execute(update(PersonRow).where(PersonRow.id == row.id).values(password=kept))
        end_all(session, row.id, keep=keep)
        journal.record(session, self.key, now, row.id, "password.set", row.name)

    def _prove(self, person_id: str, password: str, where: str, now: datetime, says: dict[str, str]) -> None:
        """Ask somebody signed in for their password, as slow to guesses as the sign-in. Raises `says`."""
        with self.database.reading() as session:
            row = _account(session, person_id)
        attempt = self._begin_attempt(row.account, where, now)
        if not passwords.matches(password, row.password):
            self._end_attempt(attempt, FAILED)
            raise Refused(says)
        self._end_attempt(attempt, SIGNED_IN)

    # --- the second factor

    def has_factor(self, person_id: str) -> bool:
        """Whether this account asks for a code after the password."""
        with self.database.reading() as session:
            return bool(_account(session, person_id).totp)

    def factor_picture(self, person_id: str, secret: str) -> str:
        """The QR code that gives this secret to an authenticator, under the names of office and account."""
        with self.database.reading() as session:
            account = _account(session, person_id).account
        return factor.picture(secret, account, self.office_name())

    def set_factor(self, person_id: str, secret: str, code: str, now: datetime, *, keep: str = "") -> None:
        """Ask for codes of this secret from now on; `code` shows that the authenticator has it.

        Sessions begun without a code end, except the one with the token `keep`.
        """
        step = factor.step_of(secret, code, now)
        if step is None:
            raise Refused({"code": factor.WRONG_CODE})
        with self.database.writing() as session:
            row = _account(session, person_id)
            if row.totp:
                raise NotAllowed("第二验证已经启用")
            _set_factor(session, person_id, secret, step)
            end_all(session, person_id, keep=keep)
            journal.record(session, self.key, now, person_id, "factor.on", row.name)
            session.commit()

    def drop_factor(self, person_id: str, password: str, now: datetime) -> None:
        """The person's own way back to the password alone, which it asks for."""
        self._prove(person_id, password, REMOVING, now, says={"password": "密码不正确"})
        with self.database.writing() as session:
            row = _account(session, person_id)
            _set_factor(session, person_id, "", 0)
            journal.record(session, self.key, now, person_id, "factor.off", row.name)
            session.commit()

    # --- the first day

    def is_set_up(self) -> bool:
        """Whether anybody has an account here."""
        with self.database.reading() as session:
            return session.scalar(select(PersonRow.id).limit(1)) is not None

    def office_name(self) -> str:
        """What the office is called, for the heading of the sign-in page."""
        with self.database.reading() as session:
            row = session.get(SettingRow, "office")
        return str(row.value["name"]) if row else ""

    def set_up(self, values: Mapping[str, str], now: datetime) -> None:
        """Create the office and its director, once.

        `values` has office, name, account, password, again and clearance (its printed word). Raises
        `Refused` field by field, and `NotAllowed` when somebody else was faster.
        """
        values = {
            key: value if key in ("password", "again") else value.strip() for key, value in values.items()
        }
        if problems := _set_up_problems(values):
            raise Refused(problems)
        kept = passwords.hash_password(values["password"])
        with self.database.writing() as session:
            if session.scalar(select(PersonRow.id).limit(1)) is not None:
                raise NotAllowed(ALREADY_SET_UP)
            director = _director(values, kept, now)
            session.add(director)
            session.flush()
            journal.record(
                session, self.key, now, director.id, "person.added", director.name, journal.held(director)
            )
            session.merge(
                SettingRow(key="office", value={"name": values["office"], "fonds_no": "", "code": "BGS"})
            )
            _ship_calendar(session)
            session.commit()

    # --- housekeeping

    def sweep(self, now: datetime) -> None:
        """Remove what has ended: sessions, attempts older than a year, drafts nobody came back to."""
        over = (SessionRow.expires_at <= now) | (SessionRow.seen_at <= now - self.idle)
        with self.database.writing() as session:
            session.execute(delete(SessionRow).where(over))
            session.execute(delete(SignInRow).where(SignInRow.at < now - KEEP_SIGN_INS))
            session.execute(delete(DraftRow).where(DraftRow.saved_at < now - KEEP_DRAFTS))
            invitations.sweep(session, now)
            session.commit()
        for token_hash in [key for key, at in self._tried.copy().items() if at < now - self.idle]:
            self._tried.pop(token_hash, None)


def end_all(session: Session, person_id: str, *, keep: str = "") -> None:
    """Whatever was issued for this person ends: sessions but the one with the token `keep`, links, half-way
    sign-ins. In the caller's transaction, together with what makes it necessary (P20).
    """
    others = SessionRow.person_id == person_id, SessionRow.token_hash != digest(keep)
    session.execute(delete(SessionRow).where(*others))
    invitations.void(session, person_id)
    account = select(PersonRow.account).where(PersonRow.id == person_id).scalar_subquery()
    halfway = SignInRow.account == account, SignInRow.outcome == HALFWAY
    session.execute(update(SignInRow).where(*halfway).values(outcome=ENDED))


_SESSIONS = table(SessionRow).c
_WHO = (
    select(*_SESSIONS, *COLUMNS)
    .select_from(table(SessionRow))
    .join(
        table(PersonRow), or_(PEOPLE.id == _SESSIONS.person_id, PEOPLE.id.in_(away_for(_SESSIONS.person_id)))
    )
    .where(_SESSIONS.token_hash == bindparam("token"), PEOPLE.active)
    .order_by(PEOPLE.id)
)
"""Whose session it is, and whom they stand in for: asked some times for each page, so it is one statement."""


def normal(account: str) -> str:
    """An account as it is kept: without case and spaces around it, as the sign-in form reads it.

    What cannot be seen is no part of a name: it would forge lines where the attempts are listed (P35).
    """
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in account.strip().lower())[:64]


def _wait(session: Session, account: str, address: str, now: datetime) -> timedelta | None:
    """How long this account must still wait at this address.

    By both, so that whoever guesses cannot lock the owner out elsewhere (P18); by the name typed and
    not by an account found, so that it tells nothing about which accounts there are.
    """
    left = [_wait_of_account(session, account, address, now)]
    if address not in (CHANGING, REMOVING):
        left.append(_wait_of_address(session, address, now))
    return max((wait for wait in left if wait), default=None)


def _wait_of_account(session: Session, account: str, address: str, now: datetime) -> timedelta | None:
    here = SignInRow.account == account, SignInRow.address == address
    last_success = (
        select(func.max(SignInRow.at)).where(*here, SignInRow.outcome == SIGNED_IN).scalar_subquery()
    )
    count, last = session.execute(
        select(func.count(), func.max(SignInRow.at)).where(
            *here,
            SignInRow.outcome.in_((STARTED, FAILED)),
            SignInRow.at > now - FORGOTTEN_AFTER,
            SignInRow.at > func.coalesce(last_success, now - FORGOTTEN_AFTER),
        )
    ).one()
    return _left(count - FREE_TRIES, last, now)


def _wait_of_address(session: Session, address: str, now: datetime) -> timedelta | None:
    """Slows down whoever tries a few passwords on many accounts; one success does not forgive it."""
    count, last = session.execute(
        select(func.count(), func.max(SignInRow.at)).where(
            SignInRow.address == address,
            SignInRow.outcome.in_((STARTED, FAILED)),
            SignInRow.at > now - REMEMBERED_AT_AN_ADDRESS,
        )
    ).one()
    return _left(count - FREE_AT_AN_ADDRESS, last, now)


def _left(beyond: int, last: datetime, now: datetime) -> timedelta | None:
    """What is left of the wait after `last`; it doubles with each failure beyond those that are free."""
    if beyond < 0:
        return None
    left = last + min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(beyond, 10)) - now
    return left if left > timedelta() else None


def _in_words(wait: timedelta) -> str:
    seconds = int(wait.total_seconds()) + 1
    return f"{seconds}秒" if seconds < 60 else f"{-(-seconds // 60)}分钟"


def _account(session: Session, person_id: str) -> PersonRow:
    row = session.get(PersonRow, person_id)
    if row is None:
        raise NotAllowed(NO_ACCOUNT)
    return row


def _accepted(password: str, account: str) -> str:
    """What to keep of a new password. Raises `Refused` with what is wrong with it."""
    if reason := passwords.why_not(password, account):
        raise Refused({"new": reason})
    return passwords.hash_password(password)


def _same(session: Session, row: PersonRow, halfway: int | None) -> None:
    """Refuse when the account has changed since its password was compared, or its half-way sign-in ended."""
    now = session.get(PersonRow, row.id)
    if now is None or not now.active or (now.password, now.totp) != (row.password, row.totp):
        raise NotAllowed(WRONG) if halfway is None else NotFound(OVER)
    if halfway is not None and session.get_one(SignInRow, halfway).outcome != HALFWAY:
        raise NotFound(OVER)


def _set_outcome(session: Session, attempt: int, outcome: str) -> None:
    session.execute(update(SignInRow).where(SignInRow.id == attempt).values(outcome=outcome))


def _set_factor(session: Session, person_id: str, secret: str, step: int) -> None:
    session.execute(update(PersonRow).where(PersonRow.id == person_id).values(totp=secret, totp_step=step))


def _set_up_problems(values: Mapping[str, str]) -> dict[str, str]:
    wanted = {"office": "请填写办公室名称", "name": "请填写主任姓名", "account": "请填写登录账号"}
    problems = {key: sentence for key, sentence in wanted.items() if not values[key]}
    problems |= {
        key: f"不能超过{most}个字"
        for key, most in (("office", 80), ("name", 80), ("account", 64))
        if len(values[key]) > most
    }
    if any(sign.isspace() for sign in values["account"]):
        problems["account"] = "账号中不能有空格"
    if reason := passwords.why_not(values["password"], normal(values["account"])):
        problems["password"] = reason
    elif values["password"] != values["again"]:
        problems["again"] = "两次输入的密码不一致"
    return problems


def _director(values: Mapping[str, str], password: str, now: datetime) -> PersonRow:
    return PersonRow(
        id=f"p-{secrets.token_hex(6)}",
        account=normal(values["account"]),
        name=values["name"],
        password=password,
        roles=[Role.DIRECTOR.value, Role.ADMINISTRATOR.value],
        clearance=int(Grade.labelled(values["clearance"])),
        department_id=None,
        active=True,
        created_at=now,
    )


def _ship_calendar(session: Session) -> None:
    from db.holidays import shipped_days  # late: two big libraries that only the first day needs

    days = [
        {"day": special.day, "kind": special.kind, "name": special.name, "source": special.source}
        for special in shipped_days()
    ]
    session.execute(delete(SpecialDayRow))
    session.execute(insert(SpecialDayRow), days)
