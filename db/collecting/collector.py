"""Looks at the sources that are due, one after the other; one that fails never stops another."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic

import structlog

from core.clippings import Collecting, Outcome
from core.collecting import Known, Means, said_of
from core.errors import NotAllowed, NotFound, OfficeError, Unavailable, Unreadable
from core.people import Person
from core.policy import why_not_keep_sources
from core.sources import Source
from db.accounts import acting
from db.collecting import feeds, folder, mailbox, pages, store, web
from db.collecting.looks import Look
from db.engine import Database

log = structlog.get_logger(__name__)

ENOUGH = 60
"""Seconds of one round after which no further source is begun: the lease it is done under lasts two minutes."""

NO_MAILBOX = "没有设置邮箱，请管理员设置 OFFICE_IMAP_URL"


@dataclass(frozen=True)
class Collector:
    """What looks at sources. `account` and `intake` are what the settings name; a wrong one is a sentence."""

    database: Database
    collecting: Collecting
    clock: Callable[[], datetime]
    account: mailbox.Account | str = NO_MAILBOX
    intake: Path | None = None
    patience: web.Patience = web.OFFICE

    def is_wanted(self, now: datetime) -> bool:
        """Whether a source is due: while none is switched on, nothing at all is done."""
        return bool(store.due(self.database, now))

    def run(self, now: datetime) -> None:
        """Look at what is due, those that wait longest first; what is left after a while is looked at next time."""
        until = monotonic() + ENOUGH
        for source_id in store.due(self.database, now):
            if monotonic() > until:
                return
            self.look(source_id)

    def look_now(self, source_id: str, *, by: Person) -> str:
        """Look at a source because a person asks for it; what it came to, in a sentence."""
        with self.database.reading() as session:
            by = acting(session, by.id, self.clock())
        if reason := why_not_keep_sources(by):
            raise NotAllowed(reason)
        return self.look(source_id)

    def look(self, source_id: str) -> str:
        """Look at a source, and write down how it went; in a sentence."""
        with self.database.reading() as session:
            source = store.sources(session).get(source_id)
        if source is None:
            raise NotFound("没有这个来源，请刷新后再看")
        tally = _Tally()
        try:
            self._take(source, tally)
            said, failed = tally.said, False
        except Unavailable:
            raise
        except OfficeError as refusal:
            said, failed = str(refusal), True
        except Exception:
            log.exception("source_failed", source=source.id)
            said, failed = "读取时程序出错，已记入日志，请告诉管理员", True
        if failed and tally.counts:
            said = f"{said}（此前{tally.said}）"
        self.collecting.looked(source_id, said, failed=failed)
        return said

    def _take(self, source: Source, tally: "_Tally") -> None:
        recent = store.recent(self.database, self.clock())
        for look in self._looks(source, tally):
            done = self.collecting.take_in(source.id, look.found, recent)
            for part in done:
                tally.count(part.outcome)
                if part.outcome is Outcome.TAKEN:
                    recent.insert(0, Known.of(part.clipping, part.title, part.text))
            look.done([trouble for part in done for trouble in part.troubles])

    def _looks(self, source: Source, tally: "_Tally") -> Iterator[Look]:
        match source.means:
            case Means.FEED | Means.PAGE:
                return self._on_the_web(source, tally)
            case Means.MAILBOX:
                if isinstance(self.account, str):
                    raise Unreadable(self.account)
                return mailbox.look(self.account, source.address)
            case Means.FOLDER:
                return folder.look(self.intake, source.address, self.clock())
            case Means.API:
                raise Unreadable("接口由对方系统送来，不用去看")

    def _on_the_web(self, source: Source, tally: "_Tally") -> Iterator[Look]:
        with self.database.reading() as session:
            hosts = store.hosts(session)
        answer = web.fetch(source.address, hosts, self.patience)
        found, trouble = (feeds if source.means is Means.FEED else pages).found_in(answer)
        if trouble:
            tally.troubles.append(trouble)
        return map(Look, found)


class _Tally:
    """What a look came to, counted."""

    def __init__(self) -> None:
        self.counts: dict[Outcome, int] = {}
        self.troubles: list[str] = []

    def count(self, outcome: Outcome) -> None:
        self.counts[outcome] = self.counts.get(outcome, 0) + 1

    @property
    def said(self) -> str:
        taken, same, aside, registered = (
            self.counts.get(one, 0)
            for one in (Outcome.TAKEN, Outcome.SAME, Outcome.ASIDE, Outcome.REGISTERED)
        )
        told = [*([f"自动登记 {registered} 件"] if registered else []), *self.troubles]
        return said_of(taken, same, aside, told)
