"""A ledger (登记表): every case of a process a row, its columns in words (R73)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.ports import Directory
from core.process import NUMBER_TITLES, Process
from core.words import value, values
from core.worktime import WorkingCalendar

Columns = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Ledger:
    """A ledger ready to be written: its name, its columns, and rows of text."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def ledger(
    process: Process,
    cases: Iterable[tuple[str, str, Mapping[str, Any]]],
    people: Directory,
    calendar: WorkingCalendar,
) -> Ledger:
    """The ledger of cases, each given as number, where it stands, and its recorded data."""
    columns = process.papers.columns or tuple((process.fields[key].title, (key,)) for key in process.register)
    rows = (
        (number, *(_words(process, keys, data, people, calendar) for _, keys in columns), where)
        for number, where, data in cases
    )
    titles = (NUMBER_TITLES["number"], *(title for title, _ in columns), "办结状态")
    return Ledger(process.papers.ledger or f"{process.title}登记表", titles, tuple(rows))


def _words(
    process: Process,
    keys: tuple[str, ...],
    data: Mapping[str, Any],
    people: Directory,
    calendar: WorkingCalendar,
) -> str:
    """One field's words alone; of several, each with its title."""
    if len(keys) == 1:
        stored = data.get(keys[0])
        return (
            value(process.fields[keys[0]], stored, people, calendar) if stored not in (None, "", []) else ""
        )
    told = values(process.fields, {key: data.get(key) for key in keys}, people, calendar)
    return "；".join(f"{title}：{words}" for title, words in told)
