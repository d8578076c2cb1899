"""A register is counted and put in order within its index, however wide its cases are."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_cases_register", table_name="cases")
    op.create_index("ix_cases_register", "cases", ["process", "opened_at", "grade", "number", "id", "root_id"])


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: this would drop the record of the office")
