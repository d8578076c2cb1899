"""Indexes that answer the late list and every figure of the overview without the table."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

def upgrade() -> None:
    op.drop_index("ix_cases_open_due", "cases")
    op.create_index(
        "ix_cases_open_due", "cases", ["due_at", "id", "process", "grade", "paused_at", "is_open"],
        sqlite_where=sa.text("is_open"), postgresql_where=sa.text("is_open"),
    )
    op.create_index(
        "ix_cases_open_hand",
        "cases",
        ["owner", "duty", "process", "stage", "grade", "due_at", "paused_at", "urged", "is_open"],
        sqlite_where=sa.text("is_open"),
        postgresql_where=sa.text("is_open"),
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: this would drop the record of the office")
