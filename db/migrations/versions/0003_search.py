"""Search: the text of each file, which cases are indexed, and the index itself.

The tables begin empty: `db.search.catch_up` fills them when the program starts.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "file_texts",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["digest"], ["files.digest"]),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "searched",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("stamp", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id"),
    )
    if op.get_bind().dialect.name == "sqlite":
        # The tokens are ours. `unicode61` would drop characters younger than its tables, such as those of
        # rare names; `ascii` takes every character beyond ASCII as part of a token.
        op.execute("CREATE VIRTUAL TABLE case_grams USING fts5(grams, initials, tokenize='ascii')")
        return
    op.execute(
        "CREATE TABLE case_grams (id integer PRIMARY KEY REFERENCES searched (id), "
        "text text NOT NULL, initials text NOT NULL, grams tsvector NOT NULL)"
    )
    op.execute("CREATE INDEX ix_case_grams ON case_grams USING gin (grams)")


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: this would drop the record of the office")
