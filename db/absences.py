"""Who is away and who stands in for them: absences registered, ended and listed (N10).

What a deputy may do is `core.policy`; whom one stands in for at a moment is `db.accounts.away_for`.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core.errors import NotAllowed, NotFound, Refused
from core.fields import Field, Kind, accept
from core.people import Person
from core.policy import why_not_keep_absence
from core.ports import Absence
from db import journal, office_data
from db.accounts import acting
from db.engine import Database
from db.tables import AbsenceRow, PersonRow

OWN = (
    Field(key="since", title="外出自", kind=Kind.DATE),
    Field(key="until", title="至（含当天）", kind=Kind.DATE),
    Field(key="deputy", title="代办人", kind=Kind.PERSON),
    Field(key="reason", title="事由", required=False, help="如 出差、年休假"),
)
"""What is asked of one's own absence."""

ABSENCE = (Field(key="person", title="外出人员", kind=Kind.PERSON), *OWN)
"""What is asked of somebody's."""

LONGEST_AHEAD = timedelta(days=366)
LONGEST_REASON = 200


@dataclass(frozen=True)
class Absences:
    """Commands on absences: one's own, and for administrators everybody's."""

    database: Database
    key: bytes
    """The chain's key: what is done here stands in the journal."""

    def register(self, values: Mapping[str, Any], now: datetime, *, by: Person) -> None:
        """Somebody is away from the first to the last day, both included, and has a deputy meanwhile.

        `values` are those of `ABSENCE`, or of `OWN` for oneself. Raises `Refused` field by field.
        """
        data = accept(ABSENCE, {"person": by.id, **values})
        with self.database.writing() as session:
            _check_may(session, by, data["person"])
            zone = office_data.calendar(session).zone
            _check_days(data, now.astimezone(zone).date())
            row = _row(data, zone, by.id, now)
            _check_people(session, row)
            session.add(row)
            told = {"deputy": row.deputy_id, "since": data["since"], "until": data["until"]}
            subject = session.get_one(PersonRow, row.person_id).name
            journal.record(
                session, self.key, now, by.id, "absence.set", subject, {**told, "reason": row.reason}
            )
            session.commit()

    def end(self, absence_id: str, now: datetime, *, by: Person) -> None:
        """The absent person is back: their deputy's power ends at once."""
        with self.database.writing() as session:
            row = session.get(AbsenceRow, absence_id)
            if row is None or row.until <= now:
                raise NotFound("这次外出已经结束")
            _check_may(session, by, row.person_id)
            mine = AbsenceRow.id == absence_id
            if row.since < now:
                session.execute(update(AbsenceRow).where(mine).values(until=now))
            else:
                session.execute(delete(AbsenceRow).where(mine))
            subject = session.get_one(PersonRow, row.person_id).name
            journal.record(session, self.key, now, by.id, "absence.ended", subject, {"deputy": row.deputy_id})
            session.commit()


def not_over(session: Session, now: datetime, zone: tzinfo, *, of: str = "") -> list[Absence]:
    """Absences now and to come, the next first; `of`: only this person's."""
    query = select(AbsenceRow).where(AbsenceRow.until > now)
    if of:
        query = query.where(AbsenceRow.person_id == of)
    rows = session.scalars(query.order_by(AbsenceRow.since, AbsenceRow.id))
    return [_told(row, zone) for row in rows]


def _told(row: AbsenceRow, zone: tzinfo) -> Absence:
    return Absence(
        id=row.id,
        person=row.person_id,
        deputy=row.deputy_id,
        since=row.since.astimezone(zone).date(),
        last=(row.until.astimezone(zone) - timedelta(microseconds=1)).date(),
        reason=row.reason,
    )


def _check_may(session: Session, by: Person, absent: str) -> None:
    if reason := why_not_keep_absence(acting(session, by.id), absent):
        raise NotAllowed(reason)


def _check_days(data: Mapping[str, Any], today: date) -> None:
    since, until = date.fromisoformat(data["since"]), date.fromisoformat(data["until"])
    problems: dict[str, str] = {}
    if since < today:
        problems["since"] = f"从今天（{today}）起登记，过去的日子不能补登"
    if until < since:
        problems["until"] = "最后一天不能早于第一天"
    if until > today + LONGEST_AHEAD:
        problems["until"] = f"最远登记到 {today + LONGEST_AHEAD}，到期再续"
    if len(data["reason"] or "") > LONGEST_REASON:
        problems["reason"] = f"“事由”最多 {LONGEST_REASON} 字"
    if problems:
        raise Refused(problems)


def _row(data: Mapping[str, Any], zone: tzinfo, by: str, now: datetime) -> AbsenceRow:
    """From the first midnight of the first day to the midnight after the last, in the office's zone."""
    return AbsenceRow(
        id=f"a-{secrets.token_hex(6)}",
        person_id=data["person"],
        deputy_id=data["deputy"],
        since=datetime.combine(date.fromisoformat(data["since"]), time(), zone),
        until=datetime.combine(date.fromisoformat(data["until"]) + timedelta(days=1), time(), zone),
        reason=data["reason"] or "",
        by=by,
        at=now,
    )


def _check_people(session: Session, row: AbsenceRow) -> None:
    """Both are here, the deputy is another and not away, and nobody stands in for a deputy."""
    person, deputy = (session.get(PersonRow, who) for who in (row.person_id, row.deputy_id))
    if person is None or not person.active:
        raise Refused({"person": "这个账号已停用，请重新选择"})
    if deputy is None or not deputy.active:
        raise Refused({"deputy": "代办人的账号已停用，请另选一位"})
    if person.id == deputy.id:
        raise Refused({"deputy": "代办人须是另一位，请重新选择"})
    if _during(session, row, AbsenceRow.person_id == person.id):
        raise Refused({"since": f"{person.name}在这段时间已登记外出，请先结束原来的，或改日期"})
    if _during(session, row, AbsenceRow.person_id == deputy.id):
        raise Refused({"deputy": f"{deputy.name}在这段时间也外出，请另选一位"})
    if other := _during(session, row, AbsenceRow.deputy_id == person.id):
        name = session.get_one(PersonRow, other.person_id).name
        raise Refused({"since": f"{person.name}在这段时间代{name}，请先为{name}另选代办人"})


def _during(session: Session, row: AbsenceRow, whose: Any) -> AbsenceRow | None:
    """An absence that has a moment to come in common with this one; what ended today is no hindrance."""
    common = AbsenceRow.since < row.until, AbsenceRow.until > max(row.since, row.at)
    return session.scalar(select(AbsenceRow).where(whose, *common).limit(1))
