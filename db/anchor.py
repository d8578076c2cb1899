"""The daily heads of the chains: one line a day in a text file beside the backups.

A chain alone cannot tell that its end was cut off: what is left still fits together. A line that says
which event and which line of the journal were the last on a day can, wherever a copy of it is kept.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Self

from sqlalchemy import select

from core.errors import Unreadable
from db import chain, office_data
from db.engine import Database
from db.tables import EventRow, JournalRow

HEADS = "heads.log"


@dataclass(frozen=True)
class Head:
    """The last event, and the last line of the journal, as they were on a day; 0 where there was none."""

    day: date
    event: int
    mac: str
    line: int = 0
    line_mac: str = chain.START

    def __str__(self) -> str:
        journal = f" {self.line} {self.line_mac}" if self.line else ""
        return f"{self.day.isoformat()} {self.event} {self.mac}{journal}"

    @classmethod
    def read(cls, written: str) -> Self:
        """The head in a line of the file; lines from before there was a journal are shorter."""
        day, event, mac, *journal = written.split()
        line, line_mac = journal or ("0", chain.START)
        if {len(mac), len(line_mac)} != {64}:
            raise ValueError(written)
        return cls(date.fromisoformat(day), int(event), mac, int(line), line_mac)

    def reaches(self, other: "Head") -> bool:
        """Whether what the other tells of is not later than what this one tells of."""
        return other.event <= self.event and other.line <= self.line


def heads(folder: Path) -> list[Head]:
    """The heads written down in this folder, oldest first; none where nothing was written yet."""
    place = folder / HEADS
    lines = place.read_text(encoding="utf-8").splitlines() if place.exists() else []
    try:
        return [Head.read(line) for line in lines if line.strip()]
    except ValueError as error:
        raise Unreadable(
            f"{place} 里有一行读不出，请人工核对：每行应是日期、记录号、校验值，可再有办公室记录的号和校验值"
        ) from error


def head(database: Database, day: date) -> Head | None:
    """Where the chains end now, as the head of this day; None before anything happened."""
    with database.reading() as session:
        event, line = (
            session.execute(select(row.id, row.mac).order_by(row.id.desc()).limit(1)).one_or_none()
            for row in (EventRow, JournalRow)
        )
    return Head(day, *(event or (0, chain.START)), *(line or ())) if event or line else None


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
