"""An index for the sign-ins of one address: the limit per address asks for them at every attempt."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_sign_ins_address", "sign_ins", ["address", "at"])


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: this would drop the record of the office")
