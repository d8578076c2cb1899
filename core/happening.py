"""When, where and with whom a case takes place: what puts it on the calendar."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Data = Mapping[str, Any]


@dataclass(frozen=True)
class Happens:
    """When, where and with whom a case takes place, by its fields: it stands on everybody's calendar by itself (R47).

    `place`: of several the first that says something. `off`: the stages in which it does not take place after all.
    `sort` and `important`: its kind (R48), and whether it counts where important things clash (R49).
    """

    begins: str
    ends: str
    whom: tuple[str, ...]
    sort: Callable[[Data], str]
    important: Callable[[Data], bool]
    place: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
