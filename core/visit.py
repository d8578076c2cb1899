"""A visit as its handbook shows it: the itinerary with how far it is, and the way from place to place (R54)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

A_ROW = 4
"""Places side by side in the drawing of the way; the next row runs back, so that the line never jumps."""

TO_COME = "未开始"


class Happened(Protocol):
    """What of an event of the case is looked at."""

    @property
    def action(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def by_name(self) -> str: ...
    @property
    def data(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class Item:
    """One line of the itinerary, with what was last said of it, by whom and when."""

    n: int
    begins: str
    activity: str
    place: str
    in_charge: str | None
    remark: str
    state: str = TO_COME
    note: str = ""
    told_by: str = ""
    told_at: datetime | None = None


@dataclass(frozen=True)
class Stop:
    """A place on the way: which lines of the itinerary are there, and where it stands in the drawing."""

    place: str
    items: tuple[int, ...]
    x: int
    y: int


def items(itinerary: Sequence[Mapping[str, Any]], past: Iterable[Happened]) -> tuple[Item, ...]:
    """The itinerary, each line as it was last marked; `past` in the order in which it happened."""
    marks = {event.data["item_no"]: event for event in past if event.action == "mark_item"}
    return tuple(_item(n, row, marks.get(n)) for n, row in enumerate(itinerary, 1))


def _item(n: int, row: Mapping[str, Any], mark: Happened | None) -> Item:
    planned = Item(
        n, row["begins"], row["activity"], row["place"], row.get("in_charge"), row.get("remark") or ""
    )
    if mark is None:
        return planned
    told = mark.data.get("item_note") or ""
    return Item(**{**vars(planned), "state": mark.data["item_state"], "note": told, "told_by": mark.by_name, "told_at": mark.at})  # fmt: skip


def stops(itinerary: Sequence[Mapping[str, Any]]) -> tuple[Stop, ...]:
    """The places in the order in which they are gone to; staying at one is one stop, coming back another."""
    found: list[tuple[str, list[int]]] = []
    for n, row in enumerate(itinerary, 1):
        if found and found[-1][0] == row["place"]:
            found[-1][1].append(n)
        else:
            found.append((row["place"], [n]))
    return tuple(Stop(place, tuple(lines), *_at(k)) for k, (place, lines) in enumerate(found))


def _at(k: int) -> tuple[int, int]:
    """Where the k-th stop stands: there, and back in the row below."""
    row, column = divmod(k, A_ROW)
    return (column if row % 2 == 0 else A_ROW - 1 - column), row
