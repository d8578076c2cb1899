"""The figures of the overview: an index of what is paused or urged, and without `urged` the one they are counted in."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

OPEN = sa.text("is_open")
ASIDE = sa.text("is_open AND (paused_at IS NOT NULL OR urged > 0)")


def upgrade() -> None:
    op.drop_index("ix_cases_open_hand", table_name="cases")
    hand = ["owner", "duty", "process", "stage", "grade"]
    op.create_index(
        "ix_cases_open_hand",
        "cases",
        [*hand, "due_at", "paused_at", "is_open"],
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index(
        "ix_cases_open_aside",
        "cases",
        [*hand, "paused_at", "urged", "is_open"],
        sqlite_where=ASIDE,
        postgresql_where=ASIDE,
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: this would drop the record of the office")
