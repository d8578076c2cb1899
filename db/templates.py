"""The office's own templates for its papers: handed in, used and taken back by whoever administers.

A template is kept like every other file, so that backups carry it and verification looks at it; one
that was replaced stays kept, as papers were printed from it. The change stands in the journal.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.errors import GONE, NotFound
from core.intake import safe_name
from core.papers import blanks, templated
from core.papers.template import Blanks, accepted
from core.people import Person
from db import journal, office_data
from db.accounts import administering
from db.engine import Database
from db.files import FileStore
from db.tables import FileRow, TemplateRow


@dataclass(frozen=True)
class Used:
    """The template in use for a paper: its file, the name it came under, by whom and since when."""

    digest: str
    name: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Templates:
    """Commands on the templates; each asks the database who gives it, and policy whether they may."""

    database: Database
    files: FileStore
    key: bytes
    """The chain's key: what is done here stands in the journal."""

    def in_use(self, process: str, paper: str) -> Used | None:
        """The office's own template for a paper of a process, None where the program's own is printed."""
        with self.database.reading() as session:
            row = session.get(TemplateRow, (process, paper))
            return Used(row.digest, row.name, row.by, row.at) if row else None

    def blanks(self, process: str, paper: str) -> Blanks:
        """The blanks that a template of this paper can have."""
        with self.database.reading() as session:
            return _blanks(session, process, paper)

    def content(self, used: Used) -> bytes:
        """The file of a template. `NotFound` where it is not on the disk any more."""
        try:
            return self.files.path(used.digest).read_bytes()
        except FileNotFoundError:
            raise NotFound(f"单据模板“{used.name}”的文件不在了，请管理员重新上传模板") from None

    def set(self, process: str, paper: str, name: str, content: bytes, now: datetime, *, by: Person) -> None:
        """Print this paper from the office's own DOCX from now on.

        Raises `Unreadable` or `Refused` with what is wrong with it; then nothing is kept.
        """
        with self.database.reading() as session:
            administering(session, by.id)
            known, subject = _blanks(session, process, paper), _subject(session, process, paper)
        shown = safe_name(name)
        accepted(name, content, known)
        with self.database.writing() as session:
            administering(session, by.id)
            digest = self.files.keep(content)
            if session.get(FileRow, digest) is None:
                session.add(FileRow(digest=digest, size=len(content), kind="docx", kept_at=now))
                session.flush()
            row = TemplateRow(process=process, paper=paper, digest=digest, name=shown, by=by.id, at=now)
            session.merge(row)
            said = {"name": shown, "digest": digest}
            journal.record(session, self.key, now, by.id, "template.set", subject, said)
            session.commit()

    def remove(self, process: str, paper: str, now: datetime, *, by: Person) -> None:
        """Print the program's own paper again."""
        with self.database.writing() as session:
            administering(session, by.id)
            mine = (TemplateRow.process == process, TemplateRow.paper == paper)
            digest = session.scalar(select(TemplateRow.digest).where(*mine))
            if digest is None:
                return
            session.execute(delete(TemplateRow).where(*mine))
            subject = _subject(session, process, paper)
            journal.record(session, self.key, now, by.id, "template.removed", subject, {"digest": digest})
            session.commit()


def _blanks(session: Session, process: str, paper: str) -> Blanks:
    versions = office_data.standard(session).versions.get(process, ())
    if not any(paper in templated(process) for process in versions):
        raise NotFound(GONE)
    return blanks.blanks(versions, paper)


def _subject(session: Session, process: str, paper: str) -> str:
    """The paper as it is called, for the journal."""
    newest = office_data.standard(session).newest_of(process)
    return f"{newest.title} · {templated(newest)[paper]}"
