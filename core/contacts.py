"""People the office works with who have no account: who they are and how they are reached.

Invitees of a meeting, guests of a reception, reporters of another unit. They are named where a person may be
(`Kind.GUESTS`) and never sign in; a signed link lets one of them act on the case that lies in their hand.
"""

import re
from dataclasses import dataclass

from core.fields import Field
from core.people import Person

GUEST = "guest:"
"""Prefix that tells a contact without an account from a person and from a department."""


@dataclass(frozen=True)
class Contact:
    """Somebody who can be reached; `id` is a person's id, or begins with `GUEST`. What is unknown is empty."""

    id: str
    name: str
    organisation: str = ""
    post: str = ""
    mobile: str = ""
    email: str = ""

    @property
    def label(self) -> str:
        """As chosen from a list."""
        told = " ".join(filter(None, (self.organisation, self.post)))
        return f"{self.name}（{told}）" if told else self.name


def is_guest(who: str) -> bool:
    """Whether the name is that of a contact without an account."""
    return who.startswith(GUEST)


def as_person(contact: Contact) -> Person:
    """Who acts when a contact answers through a link: nobody in the office, cleared for nothing."""
    return Person(contact.id, contact.name, frozenset())


def why_not_mobile(text: str) -> str | None:
    """Why a text is no number a message can be sent to, or None; spaces and hyphens are allowed for."""
    if re.fullmatch(r"\+?\d{7,15}", re.sub(r"[ -]", "", text)):
        return None
    return "手机号码请填写数字，例如 13800000000"


def why_not_email(text: str) -> str | None:
    """Why a text is no address mail can be sent to, or None."""
    if re.fullmatch(r"[^\s@<>(),;:\"\\]+@[^\s@<>(),;:\"\\]+\.[^\s@<>(),;:\"\\]+", text):
        return None
    return "电子邮箱请按 name@example.com 的样子填写"


REACHED = (
    Field(key="post", title="职务", required=False),
    Field(key="mobile", title="手机", required=False, why_not=why_not_mobile),
    Field(key="email", title="电子邮箱", required=False, why_not=why_not_email),
)
"""How somebody is reached, asked of contacts and of people alike."""

CONTACT = (
    Field(key="name", title="姓名"),
    Field(key="organisation", title="单位", required=False),
    *REACHED,
)
"""What is asked of a contact (R74: 姓名、部门、职务、联系方式)."""
