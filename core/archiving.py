"""Filing by item (件): the last step of every document, with its retention and its reference code."""

from collections.abc import Mapping
from typing import Any

from core.fields import Field, Kind
from core.people import Role
from core.process import Action, Numbering
from core.profile import OfficeProfile

RETENTIONS = {"永久": "Y", "30年": "D30", "10年": "D10"}
"""How long an item is kept (国家档案局令第8号), with the code in its reference code."""


def _reference_code(data: Mapping[str, Any], office: OfficeProfile, year: int) -> str:
    """全宗号-门类·年度-保管期限-机构-件号 (DA/T 22-2015): one series a year and retention.

    An office that has not entered its fonds number yet begins with the category.
    """
    fonds = f"{office.fonds_no}-" if office.fonds_no else ""
    return f"{fonds}WS·{year}-{RETENTIONS[data['retention']]}-{office.code}-{{n:04}}"


ARCHIVE = Action(
    key="archive",
    title="归档",
    to="archived",
    by=frozenset({Role.SECRETARY}),
    numbers=Numbering("reference_code", _reference_code),
    asks=(
        Field(
            key="retention",
            title="保管期限",
            kind=Kind.CHOICE,
            options=tuple(RETENTIONS),
            default="10年",
        ),
        Field(key="box", title="存放位置", required=False, help="纸质原件的盒号，如 2026-12 盒"),
    ),
)
"""Leads to the end that is called `archived`."""
