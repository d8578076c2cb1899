"""What the auditor is shown: the lists and their files, the verification of the record, the newest backup."""

from collections.abc import Mapping
from datetime import datetime

import pandas as pd

from core import papers
from core.errors import GONE, NotAllowed, NotFound
from core.papers.xlsx import xlsx
from core.people import Person
from core.policy import why_not_audit
from db import anchor, backup, journal
from db.reader import Reader
from db.verify import BACKUPS, Installation, how_many_events, verify
from pages.ui import trails
from pages.ui.session import MEDIA_TYPES, chain_key, database, files, now, person, settings

JOURNAL_TITLES = journal.TITLES
"""What can stand in the journal of the office, in words by its key."""


def trail(person: Person, which: str, address: Mapping[str, str]) -> tuple[str, str, bytes]:
    """Name, media type and content of one of the auditor's lists as the page at this address shows it.

    `NotAllowed` for whoever is no auditor, and with what to do if there are too many rows.
    """
    reader = Reader(database(), files(), person, now)
    frame = found(reader, which, trails.Asked.read(address), limit=papers.MOST_ROWS["xlsx"] + 1)
    if len(frame) > papers.MOST_ROWS["xlsx"]:
        raise NotAllowed(f"超过 {papers.MOST_ROWS['xlsx']:,} 条，一个文件放不下：请按日期缩小范围")
    day = now().astimezone(reader.calendar().zone).date()
    made = trails.ledger(which, frame)
    return f"{made.title} {day}.xlsx", MEDIA_TYPES["xlsx"], xlsx(made)


def found(reader: Reader, which: str, asked: trails.Asked, *, limit: int, offset: int = 0) -> pd.DataFrame:
    """What of one of the auditor's lists is looked for, the newest first."""
    match which:
        case "log":
            return reader.log(**asked.of_log(reader.standard()), limit=limit, offset=offset)
        case "journal":
            return reader.journal(**asked.of_journal(JOURNAL_TITLES), limit=limit, offset=offset)
        case "sign_ins":
            return reader.sign_ins(**asked.of_sign_ins(), limit=limit, offset=offset)
    raise NotFound(GONE)


MOST_VERIFIED = 200_000
"""Events verified from a page: more take minutes, in which everybody's pages would be slow."""


def verify_record() -> list[str]:
    """What the verification finds now, one sentence each; only for whoever may audit."""
    if reason := why_not_audit(person()):
        raise NotAllowed(reason)
    here = Installation(database(), chain_key(), files(), settings().data_dir / BACKUPS)
    if (events := how_many_events(here.database)) > MOST_VERIFIED:
        raise NotAllowed(
            f"已有 {events:,} 条记录，在网页里核对太慢：请管理员在服务器上运行 python -m db.verify"
        )
    return verify(here.database, here.key, here.files, anchor.heads(here.backups))


def last_backup() -> tuple[datetime, list[str]] | None:
    """When the newest backup here was made and what it found, for whoever may audit; None if there is none."""
    if reason := why_not_audit(person()):
        raise NotAllowed(reason)
    return backup.last(settings().data_dir / BACKUPS)
