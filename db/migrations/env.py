"""How alembic meets our database: with the connection `db.migrate` hands it, or one of its own.

The second way is for the developer who types `alembic revision --autogenerate`.
"""

from typing import Literal

from alembic import context
from sqlalchemy import Connection

from db.config import Settings
from db.engine import open_database
from db.tables import Base, UtcDateTime, is_declared


def render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write plain SQLAlchemy types into a revision: it must not change when our classes do."""
    return "sa.DateTime()" if kind == "type" and isinstance(item, UtcDateTime) else False


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render_item,
        include_name=is_declared,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with open_database(Settings().url).write.begin() as connection:
        run(connection)
