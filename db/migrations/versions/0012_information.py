"""Information: what departments report and when; labels and figures for counting (R56, R66)."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reporting_duties",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("department", sa.String(40), nullable=False),
        sa.Column("reporter", sa.String(40), sa.ForeignKey("people.id"), nullable=False),
        sa.Column("figures", sa.JSON, nullable=False),
        sa.Column("every", sa.String(10), nullable=False),
        sa.Column("due_day", sa.Integer, nullable=False),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "information",
        sa.Column("case_id", sa.String(40), sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("urgency", sa.String(10), nullable=False),
        sa.Column("importance", sa.String(10), nullable=False),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("department", sa.String(40), nullable=False),
        sa.Column("source", sa.String(500), nullable=False),
        sa.Column("point", sa.String(500), nullable=False),
        sa.Column("opened_at", sa.DateTime, nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("week", sa.String(8), nullable=False),
    )
    op.create_index("ix_information_opened_at", "information", ["opened_at"])
    op.create_table(
        "reported_figures",
        sa.Column("case_id", sa.String(40), sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("n", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(500), nullable=False),
        sa.Column("unit", sa.String(500), nullable=False),
        sa.Column("micros", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_reported_figures_name", "reported_figures", ["name"])


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: this would drop the record of the office")
