"""Cases from before 0002 as this program reads their events: requests that wait, and when void cases closed.

Only cases with such an event are told again; their other columns stay as they are, so that whoever
altered one is still found out.
"""

import sqlalchemy as sa
from alembic import op

from core import amendment
from core.case import Event, replay
from core.processes import Standard
from db.tables import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_EVENTS = sa.table(
    "events",
    *(sa.column(name) for name in ("case_id", "seq", "by", "acting_for", "action", "stage", "process")),
    *(sa.column(name) for name in ("version", "parent_id")),
    *(sa.column(name, UtcDateTime) for name in ("at", "due_at", "case_due_at")),
    sa.column("data", sa.JSON),
)
_CASES = sa.table(
    "cases", sa.column("id"), sa.column("asked", sa.Boolean), sa.column("closed_at", UtcDateTime)
)


def upgrade() -> None:
    connection = op.get_bind()
    touched = sa.select(_EVENTS.c.case_id).where(_EVENTS.c.action.in_(("void", "ask_extension"))).distinct()
    ids = connection.scalars(touched).all()
    standard = _standard(connection) if ids else Standard()
    for case_id in ids:
        told = sa.select(*_EVENTS.c).where(_EVENTS.c.case_id == case_id).order_by(_EVENTS.c.seq)
        events = [Event(**row) for row in connection.execute(told).mappings()]
        case = replay(standard.version(events[0].process, events[0].version), events)
        values = {"asked": case.is_open and case.extension is not None, "closed_at": case.closed_at}
        connection.execute(sa.update(_CASES).where(_CASES.c.id == case_id).values(**values))


def _standard(connection: sa.Connection) -> Standard:
    kept = sa.table("amendments", sa.column("id"), sa.column("data", sa.JSON))
    rows = connection.scalars(sa.select(kept.c.data).order_by(kept.c.id))
    return Standard().with_amendments(amendment.unpack(row) for row in rows)


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: this would drop the record of the office")
