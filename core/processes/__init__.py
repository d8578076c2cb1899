"""The standard: every module in this folder is one process, all its shipped versions in `VERSIONS`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib import import_module
from pkgutil import iter_modules

from core import standing
from core.amendment import Amendment, amended
from core.errors import BadDefinition, NotFound
from core.fields import Kind
from core.process import Process


def _shipped(module: str) -> tuple[Process, ...]:
    versions: tuple[Process, ...] = import_module(f"{__name__}.{module}").VERSIONS
    for process in versions:
        if taken := {action.key for action in process.actions} & standing.ACTIONS.keys():
            raise BadDefinition(process.key, [f"{key!r} is a standing action" for key in taken])
    return versions


_FOUND = {module: _shipped(module) for _, module, _ in iter_modules(__path__)}

FAMILIES = ("文书处理", "会议组织", "事务协调", "信息管理")
"""The four families of the standard in its order (R1)."""


def _place(found: tuple[str, tuple[Process, ...]]) -> tuple[bool, int, bool, str]:
    """What is opened from a page before what stands under another, by family; what is about another kind last."""
    key, newest = found[0], found[1][-1]
    about = any(field.kind is Kind.CASE and key not in field.options for field in newest.opens_with)
    return newest.child, FAMILIES.index(newest.family), about, key


SHIPPED: Mapping[str, tuple[Process, ...]] = dict(sorted(_FOUND.items(), key=_place))
"""The shipped versions of every process in the order in which lists show them."""


def _age(process: Process) -> tuple[date, int]:
    """Versions in the order in which they come into force."""
    return process.in_force_from, process.version


@dataclass(frozen=True)
class Standard:
    """The standard of one office: the shipped processes and its own approved amendments.

    A value: built when the office is read, the same for the whole of a command.
    """

    versions: Mapping[str, tuple[Process, ...]] = field(default_factory=lambda: SHIPPED)

    def __post_init__(self) -> None:
        for process in (p for versions in self.versions.values() for p in versions):
            for opens in (stage.opens for stage in process.stages if stage.opens):
                if opens.process not in self.versions:
                    raise BadDefinition(process.key, [f"opens unknown process {opens.process!r}"])

    def with_amendments(self, amendments: Iterable[Amendment]) -> "Standard":
        """The standard with these approved changes, in the order in which they were approved."""
        versions = {key: list(known) for key, known in self.versions.items()}
        for amendment in amendments:
            if amendment.process not in versions:
                raise NotFound(f"没有“{amendment.process}”这一标准")
            known = versions[amendment.process]
            base = next((p for p in known if p.version == amendment.base), known[-1])
            versions[amendment.process].append(amended(base, amendment))
        return Standard({key: tuple(sorted(known, key=_age)) for key, known in versions.items()})

    def in_force(self, key: str, on: date) -> Process:
        """The version a case opened on this day must follow."""
        started = [process for process in self.versions.get(key, ()) if process.in_force_from <= on]
        if not started:
            raise NotFound(f"{on:%Y-%m-%d} 没有施行中的“{key}”标准")
        return max(started, key=_age)

    def version(self, key: str, number: int) -> Process:
        """The version a case was opened under."""
        return next(process for process in self.versions[key] if process.version == number)

    def newest(self) -> tuple[Process, ...]:
        """The newest version of every process, in force or not yet."""
        return tuple(known[-1] for known in self.versions.values())

    def newest_of(self, key: str) -> Process:
        """The newest version of one process, in force or not yet."""
        if key not in self.versions:
            raise NotFound(f"没有“{key}”这一标准")
        return self.versions[key][-1]
