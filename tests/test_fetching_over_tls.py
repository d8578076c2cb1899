"""What is fetched encrypted comes from the host it was asked of, or not at all."""

import pytest

from core.collecting import Hosts
from core.errors import Unreadable
from db.collecting.web import fetch
from tests.collecting import site

FEED = "<rss><channel><item><title>河道水位</title></item></channel></rss>"
INSIDE = Hosts(frozenset({"127.0.0.1", "localhost"}), frozenset({"127.0.0.1", "localhost"}))


@pytest.fixture
def secured(certificate):
    """A site over TLS, and the file of its certificate."""
    file, context = certificate
    with site(context) as here:
        here.serves("/feed", FEED)
        yield here, file


def test_a_site_whose_certificate_is_known_is_read(secured, monkeypatch):
    here, file = secured
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    found = fetch(here.url("/feed"), INSIDE)
    assert (found.content.decode(), found.kind) == (FEED, "application/rss+xml")
    assert here.asked == ["/feed"]


def test_a_site_that_vouches_for_itself_is_not_believed(secured):
    here, _ = secured
    with pytest.raises(Unreadable, match="的证书不可信，请核对网址"):
        fetch(here.url("/feed"), INSIDE)
    assert here.asked == []


def test_a_certificate_of_another_name_is_not_believed(secured, monkeypatch):
    here, file = secured
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with pytest.raises(Unreadable, match="localhost 的证书不可信"):
        fetch(here.url("/feed").replace("127.0.0.1", "localhost"), INSIDE)
    assert here.asked == []


def test_it_may_send_on_to_an_encrypted_address_and_to_none_that_is_not_believed(secured, monkeypatch):
    here, file = secured
    with site() as plain:
        onward = plain.sends_on("/old", here.url("/feed"))
        with pytest.raises(Unreadable, match="证书不可信"):
            fetch(onward, INSIDE)
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        assert fetch(onward, INSIDE).url == here.url("/feed")
