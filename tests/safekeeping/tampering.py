"""An office whose record somebody could lay hands on: its key, its letter, and the hand itself."""

from itertools import product

from sqlalchemy import select, text

from db.tables import EventRow

KEY = b"key of the tests"
LETTER = "关于做好岁末年初安全生产工作的通知".encode()


def tamper(database, *statements):
    """Do as somebody with the database file in hand could: no triggers, no foreign keys."""
    with database.write.connect() as connection:
        if database.is_sqlite:
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")
            for table, verb in product(("events", "journal", "amendments"), ("update", "delete")):
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
        for statement in statements:
            connection.execute(text(statement))
        connection.commit()
        connection.invalidate()  # the next to use the connection is the program again


def ids(database, row=EventRow):
    with database.reading() as session:
        return list(session.scalars(select(row.id).order_by(row.id)))


def cast(database):
    return "" if database.is_sqlite else "::json"
