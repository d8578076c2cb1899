"""The schedule: entries, what they use and when, rooms and cars, feeds (R47–R50, N19)."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "resources",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("name", sa.String(80), nullable=False, unique=True),
        sa.Column("capacity", sa.Integer, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
    )
    op.create_table(
        "entries",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("title", sa.String(600), nullable=False),
        sa.Column("sort", sa.String(10), nullable=False),
        sa.Column("important", sa.Boolean, nullable=False),
        sa.Column("begins", sa.DateTime, nullable=False),
        sa.Column("ends", sa.DateTime, nullable=False),
        sa.Column("all_day", sa.Boolean, nullable=False),
        sa.Column("whom", sa.JSON, nullable=False),
        sa.Column("place", sa.String(500), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("rule", sa.String(200), nullable=False),
        sa.Column("working_days_only", sa.Boolean, nullable=False),
        sa.Column("until", sa.Date, nullable=True),
        sa.Column("exceptions", sa.JSON, nullable=False),
        sa.Column("series", sa.String(40), nullable=False),
        sa.Column("case_id", sa.String(40), sa.ForeignKey("cases.id"), nullable=True, index=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("grade", sa.Integer, nullable=False),
        sa.Column("by", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("conflict_id", sa.String(40), sa.ForeignKey("cases.id"), nullable=True, index=True),
        sa.Column("sides", sa.JSON, nullable=False),
    )
    op.create_table(
        "occurrences",
        sa.Column("entry_id", sa.String(40), sa.ForeignKey("entries.id"), primary_key=True),
        sa.Column("whom", sa.String(60), primary_key=True),
        sa.Column("begins", sa.DateTime, primary_key=True),
        sa.Column("ends", sa.DateTime, nullable=False),
        sa.Column("important", sa.Boolean, nullable=False),
        sa.Column("alone", sa.Boolean, nullable=False),
    )
    op.create_index("ix_occurrences_whom", "occurrences", ["whom", "begins", "ends"])
    op.create_index("ix_occurrences_begins", "occurrences", ["begins", "ends"])
    op.create_table(
        "longest_uses",
        sa.Column("whom", sa.String(60), primary_key=True),
        sa.Column("minutes", sa.Integer, nullable=False),
    )
    op.create_table(
        "feeds",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("about", sa.String(60), nullable=False),
        sa.Column("person_id", sa.String(40), sa.ForeignKey("people.id"), nullable=False, index=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("revoked_at", sa.DateTime, nullable=True),
    )
    if op.get_bind().dialect.name == "postgresql":
        _one_at_a_time()


def _one_at_a_time() -> None:
    """What only one can use at a time is used by one at a time. Where the server lacks the extension, the check of
    the command is what is left: it runs under the lock that every writing transaction takes first.
    """
    has = op.get_bind().scalar(sa.text("SELECT 1 FROM pg_available_extensions WHERE name = 'btree_gist'"))
    if has:
        op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        op.execute(
            "ALTER TABLE occurrences ADD CONSTRAINT one_at_a_time "
            "EXCLUDE USING gist (whom WITH =, tsrange(begins, ends) WITH &&) WHERE (alone)"
        )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: this would drop the record of the office")
