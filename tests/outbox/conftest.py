"""How people are reached, and the office with the channels a story wants."""

import pytest
from sqlalchemy import update

from db.channels import open_channels
from db.tables import ContactRow, PersonRow
from tests.outbox.house import GUEST, House, settings


@pytest.fixture(autouse=True)
def address_book(database):
    """How people are reached: he and chen by both, zhou by mobile only, a guest by both; li not at all."""
    reached = {
        "he": ("13800000001", "he@city.example"),
        "chen": ("138 0000 0002", "chen@city.example"),
        "zhou": ("13800000003", ""),
        "zhang": ("13800000009", "zhang@city.example"),
    }
    with database.writing() as session:
        for who, (mobile, email) in reached.items():
            session.execute(update(PersonRow).where(PersonRow.id == who).values(mobile=mobile, email=email))
        session.add(
            ContactRow(
                id=GUEST,
                name="吴教授",
                organisation="市大学",
                post="",
                mobile="13800000004",
                email="wu@uni.example",
            )
        )
        session.commit()


@pytest.fixture
def house_at(database, files, clock, post):
    def made(**told) -> House:
        return House(database, files, clock, post, open_channels(settings(**told)))

    return made
