"""Who is at the browser: accounts, signing in and out, and how long it lasts (promises P17 to P20).

The browser holds a random token in an HttpOnly cookie; here is only its SHA-256. Every page asks
`person_of` on every run, so that signing out, a new role or a stopped account hold at once.
"""

import hashlib
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from core.errors import NotAllowed, Refused, Unavailable
from core.policy import Grade, Person, Role
from db import passwords
from db.accounts import absent_for, to_person
from db.engine import Database
from db.tables import DraftRow, PersonRow, SessionRow, SettingRow, SignInRow, SpecialDayRow

WRONG = "账号或密码不正确"
ALREADY_SET_UP = "办公室已经创建，请直接登录"

FREE_TRIES = 3
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)
"""How long failures count: a day without an attempt begins anew."""

TICKET_LIFE = timedelta(seconds=30)
KEEP_SIGN_INS = timedelta(days=365)
KEEP_DRAFTS = timedelta(days=90)
_REFRESH = timedelta(minutes=1)

STARTED, FAILED, SIGNED_IN, WAITING = "started", "failed", "signed_in", "waiting"


@dataclass(frozen=True)
class Sessions:
    """The sessions of one office. `idle` and `longest` say when a session ends by itself."""

    database: Database
    idle: timedelta = timedelta(minutes=30)
    longest: timedelta = timedelta(hours=10)
    _tried: dict[str, datetime] = field(default_factory=dict)
    """When `seen_at` was last refreshed, or tried to be: a busy database is asked once a minute."""

    # --- signing in and out

    def sign_in(self, account: str, password: str, address: str, now: datetime) -> str:
        """A new session's token. Raises `NotAllowed` with the same words whatever was wrong."""
        account, address = normal(account), address[:64]
        if not account or not password:
            raise NotAllowed("请填写账号和密码")
        attempt = self._begin_attempt(account, address, now)
        with self.database.reading() as session:
            row = session.scalar(select(PersonRow).where(PersonRow.account == account, PersonRow.active))
        if not passwords.matches(password, row.password if row else None) or row is None:
            self._end_attempt(attempt, FAILED)
            raise NotAllowed(WRONG)
        return self._admit(attempt, row, now)

    def person_of(self, token: str | None, now: datetime, *, touch: bool = True) -> Person | None:
        """Who has this token, or None when the session has ended.

        `touch` counts as activity; a page that merely looks again by itself must not keep a session alive.
        """
        if not token:
            return None
        with self.database.reading() as session:
            found = session.execute(
                select(SessionRow, PersonRow)
                .join(PersonRow, PersonRow.id == SessionRow.person_id)
                .where(SessionRow.token_hash == digest(token), PersonRow.active)
            ).first()
            absent = absent_for(session, found[1].id, now) if found else ()
        if found is None or not self._is_alive(found[0], now):
            return None
        if touch:
            self._refresh(found[0], now)
        return to_person(found[1], absent)

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
            session.execute(update(SignInRow).where(SignInRow.id == attempt).values(outcome=outcome))
            session.commit()

    def _admit(self, attempt: int, row: PersonRow, now: datetime) -> str:
        token = secrets.token_urlsafe(32)
        with self.database.writing() as session:
            unchanged = select(PersonRow.id).where(
                PersonRow.id == row.id, PersonRow.active, PersonRow.password == row.password
            )
            if session.scalar(unchanged) is None:
                raise NotAllowed(WRONG)
            session.execute(update(SignInRow).where(SignInRow.id == attempt).values(outcome=SIGNED_IN))
            session.add(
                SessionRow(
                    token_hash=digest(token),
                    person_id=row.id,
                    created_at=now,
                    seen_at=now,
                    expires_at=now + self.longest,
                )
            )
            session.commit()
        return token

    def _is_alive(self, row: SessionRow, now: datetime) -> bool:
        return now < row.expires_at and now < row.seen_at + self.idle

    def _refresh(self, row: SessionRow, now: datetime) -> None:
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

    # --- passwords

    def change_password(self, person_id: str, old: str, new: str, now: datetime, *, keep: str = "") -> None:
        """The person's own change: wants the old password, ends every other session than `keep`'s."""
        with self.database.reading() as session:
            row = session.get(PersonRow, person_id)
        if row is None:
            raise NotAllowed("没有这个账号")
        attempt = self._begin_attempt(row.account, "修改密码", now)
        if not passwords.matches(old, row.password):
            self._end_attempt(attempt, FAILED)
            raise Refused({"old": "原密码不正确"})
        self._end_attempt(attempt, SIGNED_IN)
        if old == new:
            raise Refused({"new": "新密码不能与原密码相同"})
        self.set_password(person_id, new, keep=keep)

    def set_password(self, person_id: str, password: str, *, keep: str = "") -> None:
        """Set a password and end the person's sessions, except the one with the token `keep`."""
        with self.database.reading() as session:
            account = session.scalar(select(PersonRow.account).where(PersonRow.id == person_id))
        if account is None:
            raise NotAllowed("没有这个账号")
        if reason := passwords.why_not(password, account):
            raise Refused({"new": reason})
        kept = passwords.hash_password(password)
        with self.database.writing() as session:
            session.execute(update(PersonRow).where(PersonRow.id == person_id).values(password=kept))
            others = SessionRow.person_id == person_id, SessionRow.token_hash != digest(keep)
            session.execute(delete(SessionRow).where(*others))
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
            session.add(_director(values, kept, now))
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
            session.commit()
        for token_hash in [key for key, at in self._tried.copy().items() if at < now - self.idle]:
            self._tried.pop(token_hash, None)


class Tickets:
    """One-time, half-minute promises of a cookie.

    A page cannot set an HttpOnly cookie; a route can. What travels through the page on the way there
    is a ticket, worth nothing once used, and never the token.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._tokens: dict[str, tuple[str, datetime]] = {}

    def issue(self, token: str, now: datetime) -> str:
        """A ticket that brings this token once."""
        ticket = secrets.token_urlsafe(32)
        with self._guard:
            self._tokens = {key: kept for key, kept in self._tokens.items() if now < kept[1]}
            self._tokens[ticket] = (token, now + TICKET_LIFE)
        return ticket

    def redeem(self, ticket: str, now: datetime) -> str | None:
        """The token of a ticket that is neither used nor too old."""
        with self._guard:
            token, until = self._tokens.pop(ticket, (None, now))
        return token if now < until else None


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def normal(account: str) -> str:
    """An account as it is kept: without case and spaces around it, as the sign-in form reads it."""
    return account.strip().lower()[:64]


def _wait(session: Session, account: str, address: str, now: datetime) -> timedelta | None:
    """How long this account must still wait at this address.

    By both, so that whoever guesses cannot lock the owner out elsewhere (P18); by the name typed and
    not by an account found, so that it tells nothing about which accounts there are.
    """
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
    if count < FREE_TRIES:
        return None
    wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(count - FREE_TRIES, 10))
    left: timedelta = last + wait - now
    return left if left > timedelta() else None


def _in_words(wait: timedelta) -> str:
    seconds = int(wait.total_seconds()) + 1
    return f"{seconds}秒" if seconds < 60 else f"{-(-seconds // 60)}分钟"


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
