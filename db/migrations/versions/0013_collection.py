"""Collection from outside: monitoring points, sources, what they brought, tokens of the interface (R57, R91)."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "monitor_points",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("title", sa.String(80), nullable=False, unique=True),
        sa.Column("words", sa.JSON, nullable=False),
        sa.Column("never", sa.JSON, nullable=False),
        sa.Column("how", sa.String(20), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
    )
    op.create_table(
        "sources",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("title", sa.String(80), nullable=False, unique=True),
        sa.Column("means", sa.String(10), nullable=False),
        sa.Column("address", sa.String(1000), nullable=False),
        sa.Column("point_id", sa.String(40), sa.ForeignKey("monitor_points.id"), nullable=True),
        sa.Column("takes", sa.String(10), nullable=False),
        sa.Column("asks", sa.Boolean, nullable=False),
        sa.Column("every", sa.Integer, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("by", sa.String(40), nullable=False),
        sa.Column("next_at", sa.DateTime, nullable=True),
        sa.Column("last_at", sa.DateTime, nullable=True),
        sa.Column("last_said", sa.String(300), nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "clippings",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("source_id", sa.String(40), sa.ForeignKey("sources.id"), nullable=False),
        sa.Column("uid", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("takes", sa.String(10), nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("link", sa.String(1000), nullable=False),
        sa.Column("sender", sa.String(200), nullable=False),
        sa.Column("point", sa.String(80), nullable=False),
        sa.Column("matched", sa.JSON, nullable=False),
        sa.Column("reading", sa.JSON, nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("published_at", sa.DateTime, nullable=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("near_id", sa.String(40), sa.ForeignKey("clippings.id"), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("by", sa.String(40), nullable=False),
        sa.Column("decided_at", sa.DateTime, nullable=True),
        sa.Column("case_id", sa.String(40), sa.ForeignKey("cases.id"), nullable=True),
        sa.UniqueConstraint("source_id", "uid"),
    )
    op.create_index("ix_clippings_state", "clippings", ["state", "takes", "at"])
    op.create_index("ix_clippings_digest", "clippings", ["digest"])
    op.create_index("ix_clippings_link", "clippings", ["link"])
    op.create_table(
        "clipping_files",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("clipping_id", sa.String(40), sa.ForeignKey("clippings.id"), nullable=False, index=True),
        sa.Column("digest", sa.String(64), sa.ForeignKey("files.digest"), nullable=False, index=True),
        sa.Column("name", sa.String(200), nullable=False),
    )
    op.create_table(
        "intake_tokens",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("source_id", sa.String(40), sa.ForeignKey("sources.id"), nullable=False),
        sa.Column("by", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("used_at", sa.DateTime, nullable=True),
        sa.Column("revoked_at", sa.DateTime, nullable=True),
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: this would drop the record of the office")
