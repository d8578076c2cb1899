"""The urn, surveys, and named votes (R43, N25): papers without a time, a number or an order."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "urn_papers",
        sa.Column("urn", sa.String(40), primary_key=True),
        sa.Column("key", sa.LargeBinary(16), primary_key=True),
        sa.Column("paper", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "urn_slips",
        sa.Column("slip", sa.String(64), primary_key=True),
        sa.Column("urn", sa.String(40), primary_key=True),
        sa.Column("used", sa.Boolean, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "surveys",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("case_id", sa.String(40), sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("survey", sa.String(40), nullable=False),
        sa.Column("anonymous", sa.Boolean, nullable=False),
        sa.Column("issued", sa.Integer, nullable=False),
        sa.Column("answers", sa.JSON, nullable=False),
        sa.Column("opened_at", sa.DateTime, nullable=False),
        sa.Column("closes_at", sa.DateTime, nullable=False),
        sa.Column("closed_at", sa.DateTime, nullable=True),
        sa.UniqueConstraint("case_id", "survey"),
    )
    op.create_table(
        "votes",
        sa.Column("case_id", sa.String(40), sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("who", sa.String(60), primary_key=True),
        sa.Column("choice", sa.String(80), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: this would drop the record of the office")
