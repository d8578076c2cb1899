"""Who is who: roles, degrees of secrecy, people, and how a department or a room is told from a person."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Role(StrEnum):
    """What a person is in the office, and (`HANDLER`, `SYSTEM`) what somebody is to one case."""

    DIRECTOR = "director"
    LEADER = "leader"
    SECRETARY = "secretary"
    MEMBER = "member"
    STANDARDS = "standards_group"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    HANDLER = "handler"
    SYSTEM = "system"

    @property
    def label(self) -> str:
        return _ROLE_TITLES[self]


_ROLE_TITLES = {
    Role.DIRECTOR: "办公室主任",
    Role.LEADER: "领导",
    Role.SECRETARY: "文秘岗",
    Role.MEMBER: "部门人员",
    Role.STANDARDS: "标准化小组",
    Role.AUDITOR: "审计",
    Role.ADMINISTRATOR: "管理员",
    Role.HANDLER: "经办人",
    Role.SYSTEM: "系统",
}

ASSIGNABLE = tuple(role for role in Role if role not in (Role.HANDLER, Role.SYSTEM))
"""The roles an administrator can give to a person."""


class Grade(IntEnum):
    """How secret a thing is, and how much a person is cleared for."""

    OPEN = 0
    CONFIDENTIAL = 1
    SECRET = 2
    TOP_SECRET = 3

    @property
    def label(self) -> str:
        return ("非密", "秘密", "机密", "绝密")[self]

    @classmethod
    def labelled(cls, label: str) -> Grade:
        """The grade by the word printed on the document."""
        return _LABELLED[label]

    @property
    def classified(self) -> bool:
        """Whether only a register stub may be kept here (C23)."""
        return self >= Grade.CONFIDENTIAL


_LABELLED = {grade.label: grade for grade in Grade}

DEPARTMENT = "dept:"
"""Prefix that tells a department from a person wherever either may be named as owner."""

RESOURCE = "res:"
"""Prefix that tells a room or a car from a person and from a department."""


@dataclass(frozen=True)
class Person:
    """Somebody with an account. `department` is the department's id, empty for the leadership."""

    id: str
    name: str
    roles: frozenset[Role]
    clearance: Grade = Grade.OPEN
    department: str = ""
    stands_in_for: tuple[Person, ...] = ()
    """Those who are away now and have named this person as their deputy (N10)."""

    @property
    def own_names(self) -> frozenset[str]:
        """What a case may call this person themselves: their id, and their department."""
        return frozenset({self.id, DEPARTMENT + self.department} if self.department else {self.id})

    @property
    def names(self) -> frozenset[str]:
        """Everything a case may call this person, and those they stand in for."""
        return self.own_names.union(*(absent.own_names for absent in self.stands_in_for))

    @property
    def duties(self) -> frozenset[Role]:
        """The roles whose work lies on this person's desk: their own, and of those they stand in for."""
        return self.roles.union(*(absent.roles for absent in self.stands_in_for))


SYSTEM = Person("system", "系统", frozenset({Role.SYSTEM}), Grade.TOP_SECRET)
"""Who acts when a step follows by itself, so that the trace tells hand work from the rest (C22)."""
