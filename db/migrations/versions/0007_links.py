"""What a case names of other cases: an answer and the document it answers (N20)."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "links",
        sa.Column("case_id", sa.String(40), sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("other_id", sa.String(40), sa.ForeignKey("cases.id"), primary_key=True, index=True),
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: this would drop the record of the office")
