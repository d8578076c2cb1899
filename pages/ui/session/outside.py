"""What comes in from outside: sources, the collector, and the interface for other systems."""

from functools import lru_cache
from zoneinfo import ZoneInfo

from core.clippings import Collecting, Outcome
from core.collecting import Found
from core.errors import NotAllowed
from db import office_data
from db.collecting import mailbox, store
from db.collecting.collector import NO_MAILBOX, Collector
from pages.ui.session import chain_key, channels, database, files, now, settings


@lru_cache(maxsize=1)
def collecting() -> Collecting:
    """The commands on sources and on what they bring."""
    return Collecting(collecting_unit, now)


def collecting_unit() -> store.SqlCollectingUnit:
    """A transaction that also reaches sources and clippings."""
    return store.SqlCollectingUnit(database(), files(), chain_key(), channels().senders.keys())


@lru_cache(maxsize=1)
def collector() -> Collector:
    """What looks at the sources that are due; by itself it calls nobody."""
    return Collector(database(), collecting(), now, _mailbox(), settings().intake_dir)


def _mailbox() -> mailbox.Account | str:
    """The mailbox of the settings, or the sentence that says what is wrong with them."""
    url = settings().imap_url
    if url is None or not url.get_secret_value().strip():
        return NO_MAILBOX
    try:
        return mailbox.Account.at(url.get_secret_value().strip())
    except ValueError as wrong:
        return str(wrong)


def caller(token: str) -> tuple[str, str] | None:
    """The id of a token of the interface and of its source; None for one that opens nothing."""
    with database().reading() as session:
        return store.token(session, token)


BECAME = {
    Outcome.TAKEN: "等人处理",
    Outcome.REGISTERED: "已登记",
    Outcome.SAME: "已有",
    Outcome.ASIDE: "与监测点无关",
}


def take_in(token_id: str, source_id: str, found: Found) -> list[dict[str, str | list[str]]]:
    """Take in what another system brought, and say of each thing what became of it."""
    with database().reading() as session:
        source = store.sources(session)[source_id]
    if not source.active or source.means.is_fetched:
        raise NotAllowed("这个来源已停用，请与办公室联系")
    done = collecting().take_in(source_id, found, store.recent(database(), now()))
    with collecting_unit() as unit:
        unit.used_token(token_id, now())
        unit.commit()
    return [
        {"id": part.clipping, "state": BECAME[part.outcome], "not_taken": list(part.troubles)}
        for part in done
    ]


def refuse(source_id: str, why: str) -> None:
    """Write down that something brought by the interface was not taken."""
    with database().reading() as session:
        known = store.sources(session).get(source_id)
    collecting().refused(known.title if known else "接口", why)


def office_zone() -> ZoneInfo:
    """The office's time zone, for a request that is not a page."""
    with database().reading() as session:
        return office_data.calendar(session).zone
