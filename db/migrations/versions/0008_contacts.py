"""People without an account, how everybody is reached, and how often a case reminded of itself (R29, R44, R74)."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

REACHED = (("post", 80), ("mobile", 40), ("email", 200))


def upgrade() -> None:
    op.create_table(
        "contacts",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("organisation", sa.String(120), nullable=False),
        *(sa.Column(name, sa.String(length), nullable=False) for name, length in REACHED),
        sa.Column("active", sa.Boolean, nullable=False),
    )
    for name, length in REACHED:
        op.add_column("people", sa.Column(name, sa.String(length), nullable=False, server_default=""))
    op.add_column("cases", sa.Column("reminded", sa.Integer, nullable=False, server_default="0"))


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: this would drop the record of the office")
