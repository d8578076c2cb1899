"""The outbox: messages to people by several channels, each with how far it came (R29, C21)."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("case_id", sa.String(40), sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("occasion", sa.String(80), nullable=False),
        sa.Column("recipient", sa.String(60), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("address", sa.String(200), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("link", sa.JSON, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_at", sa.DateTime),
        sa.Column("claimed_by", sa.String(40), nullable=False),
        sa.Column("claimed_until", sa.DateTime),
        sa.Column("tried_at", sa.DateTime),
        sa.Column("sent_at", sa.DateTime),
        sa.Column("error", sa.String(300), nullable=False),
        sa.Column("notice_id", sa.Integer, sa.ForeignKey("notices.id")),
        sa.UniqueConstraint("case_id", "occasion", "recipient", "channel"),
    )
    op.create_index("ix_messages_state", "messages", ["state", "next_at"])
    op.create_index("ix_messages_at", "messages", ["at"])


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: this would drop the record of the office")
