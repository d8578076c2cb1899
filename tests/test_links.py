"""Links for people without an account: who holds one may do the one thing it is for, while it holds."""

import string
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import NotFound
from db.links import DEAD, Forged, Links, Purpose
from tests.conftest import SHANGHAI

OFFICE = Links(b"k" * 32)
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=SHANGHAI)
UNTIL = NOW + timedelta(days=3)
CASE = "a3f09c1e5b7d2468"


def token(links: Links = OFFICE, purpose: Purpose = Purpose.ANSWER, until: datetime = UNTIL) -> str:
    return links.address(purpose, CASE, until).removeprefix("/m/")


@pytest.mark.parametrize("purpose", Purpose)
def test_a_link_says_what_it_is_for(purpose: Purpose) -> None:
    """Purpose and case come back as they were put in, out of one short address that needs no quoting."""
    address = OFFICE.address(purpose, CASE, UNTIL)
    assert OFFICE.read(address.removeprefix("/m/"), NOW) == (purpose, CASE)
    assert len(address) <= 55
    assert set(address) <= {*string.ascii_letters, *string.digits, *"-_./"}


def test_a_link_ends_at_its_moment() -> None:
    """It holds until the last second, and then says what to do."""
    assert OFFICE.read(token(), UNTIL - timedelta(seconds=1))
    with pytest.raises(NotFound, match=DEAD) as refusal:
        OFFICE.read(token(), UNTIL)
    assert not isinstance(refusal.value, Forged)


@pytest.mark.parametrize("n", range(0, 50))
def test_a_link_with_one_sign_changed_is_none(n: int) -> None:
    """Whichever sign it is: no other case, no later end, no other purpose, and no second spelling of the same."""
    good = token()
    for other in {"A", "0", "b", "_"} - {good[n]}:
        with pytest.raises(Forged, match=DEAD):
            OFFICE.read(good[:n] + other + good[n + 1 :], NOW)


@pytest.mark.parametrize("length", [0, 1, 8, 25, 26, 40, 49])
def test_a_link_that_was_cut_off_is_none(length: int) -> None:
    """Programs for messages like to break long addresses."""
    with pytest.raises(Forged, match=DEAD):
        OFFICE.read(token()[:length], NOW)


@pytest.mark.parametrize(
    "typed", ["", ".", "..", "a", "会议", "a" * 100_000, token() + "=", token() + " ", f"\x00{token()}"]
)
def test_what_never_was_a_link_is_none(typed: str) -> None:
    """Nothing that can stand in an address makes more of it than a refusal."""
    with pytest.raises(Forged, match=DEAD):
        OFFICE.read(typed, NOW)


@given(st.text(max_size=300))
def test_no_text_is_a_link_by_chance(typed: str) -> None:
    """Whatever somebody types after /m/ is answered with the one sentence."""
    with pytest.raises(Forged, match=DEAD):
        OFFICE.read(typed, NOW)


def test_a_link_of_another_office_is_none() -> None:
    """An installation with another key neither takes our links nor makes any that we take."""
    with pytest.raises(Forged, match=DEAD):
        OFFICE.read(token(Links(b"j" * 32)), NOW)


def test_a_link_tells_nothing_of_the_key_of_the_chain() -> None:
    """Links are signed by a key of their own: a link of the chain made over the same words is no link here."""
    from base64 import urlsafe_b64encode

    from db.chain import START, link

    said = token().rpartition(".")[0]
    mac = bytes.fromhex(link(OFFICE.key, START, {"": said}))
    with pytest.raises(Forged, match=DEAD):
        OFFICE.read(f"{said}.{urlsafe_b64encode(mac[:18]).decode()}", NOW)
