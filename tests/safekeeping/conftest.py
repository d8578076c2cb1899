"""A document whose record is verified, and an office that is backed up."""

from datetime import date

import pytest

from db import anchor
from db.verify import verify
from tests.conftest import NAMED
from tests.safekeeping.house import House
from tests.safekeeping.tampering import KEY, LETTER


@pytest.fixture
def letter(office, files, post):
    """A document with a file, taken through the office to its feedback, and the day's head written down."""
    kept = office.keep("通知.txt", LETTER, by=NAMED["wang"])
    return post.bring_to("feedback", files=[kept], assist_depts=["caiwu"])


@pytest.fixture
def find(database, files, letter):
    """What the verification finds, with the head as it stood at the end of the story."""
    heads = [anchor.head(database, date(2026, 11, 20))]
    return lambda heads=heads: verify(database, KEY, files, heads)


@pytest.fixture
def house(tmp_path, sqlite_template):
    """An office with two documents, one of them with a file, and nobody at work."""
    built = House(tmp_path / "data", sqlite_template)
    with built.running() as (_, office):
        built.register(office, "关于防汛工作的通知", LETTER)
        built.register(office, "关于春节值班的通知")
    return built
