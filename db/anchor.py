"""The daily heads of the chain: one line a day in a text file beside the backups.

The chain alone cannot tell that its end was cut off: what is left still fits together. A line that
says which event was the last on a day can, wherever a copy of the line is kept.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Self

from sqlalchemy import select

from core.errors import Unreadable
from db import office_data
from db.engine import Database
from db.tables import EventRow

HEADS = "heads.log"


@dataclass(frozen=True)
class Head:
    """The last event of the chain as it was on a day."""

    day: date
    event: int
    mac: str

    def __str__(self) -> str:
        return f"{self.day.isoformat()} {self.event} {self.mac}"

    @classmethod
    def read(cls, line: str) -> Self:
        day, event, mac = line.split()
        if len(mac) != 64:
            raise ValueError(line)
        return cls(date.fromisoformat(day), int(event), mac)


def heads(folder: Path) -> list[Head]:
    """The heads written down in this folder, oldest first; none where nothing was written yet."""
    place = folder / HEADS
    lines = place.read_text(encoding="utf-8").splitlines() if place.exists() else []
    try:
        return [Head.read(line) for line in lines if line.strip()]
    except ValueError as error:
        raise Unreadable(f"{place} 里有一行读不出，请人工核对：每行应是日期、记录号、校验值") from error


def head(database: Database, day: date) -> Head | None:
    """The last event now, as the head of this day; None before anything happened."""
    with database.reading() as session:
        row = session.execute(
            select(EventRow.id, EventRow.mac).order_by(EventRow.id.desc()).limit(1)
        ).one_or_none()
    return Head(day, *row) if row else None


def keep(folder: Path, found: Head | None) -> None:
    """Write the head down as a line of its own, unless that line is there."""
    if found is None or found in heads(folder):
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(folder / HEADS, "a", encoding="utf-8") as file:
        file.write(f"{found}\n")
        file.flush()
        os.fsync(file.fileno())


def daily(database: Database, folder: Path) -> Callable[[datetime], None]:
    """The background job that writes down the first head of each day of the office."""

    def job(now: datetime) -> None:
        with database.reading() as session:
            day = now.astimezone(office_data.calendar(session).zone).date()
        if not any(kept.day == day for kept in heads(folder)):
            keep(folder, head(database, day))

    return job
