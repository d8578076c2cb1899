"""Search over everything a case says: `python -m db.search` builds the index anew.

A case is indexed in the transaction that records what it says, so what is registered is found at once;
classified cases are not in the index at all (P24). The tokens are `core.search`'s on both databases.
SQLite keeps them in FTS5, where a phrase is exact by itself; an ordinary FTS5 table rather than one
without content, because that works with every SQLite and a row is replaced without knowing what it was
made of. PostgreSQL narrows by a GIN index of tokens and then looks into the kept text.
"""

import hashlib
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    TextClause,
    bindparam,
    cast,
    column,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from core.errors import OfficeError
from core.fields import Field, Kind
from core.policy import Grade
from core.process import Process
from core.search import (
    COUNTED,
    EDITION,
    Place,
    Word,
    grams,
    initials,
    initials_place_of,
    normal,
    place_of,
    text_in,
    words,
)
from db import office_data
from db.config import Settings
from db.engine import Database, open_database
from db.files import FileStore
from db.tables import INDEX, AttachmentRow, CaseRow, FileRow, FileTextRow, SearchedRow

log = structlog.get_logger(__name__)

MOST_PLACES = 3
"""Found places shown of one case."""

_WORDED = (Kind.LINE, Kind.TEXT)
_READABLE = ("docx", "pdf", "text")
_AT_ONCE = 200
"""Cases indexed in one transaction: others wait for no longer."""

_MOST_GRAMS = 40
"""Tokens of a word looked up in PostgreSQL; the kept text decides about the rest."""

_TSVECTOR_BYTES = 1_000_000
"""A little less than what PostgreSQL lets the tokens of one row have."""

# What no database takes as text.
_UNKEEPABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_INDEX = table(INDEX, column("rowid"), column("id"), column("text"), column("initials"), column("grams"))


# --- looking for something --------------------------------------------------------------------------


def find(session: Session, visible: Select[Any], query: str) -> list[str]:
    """Ids of the cases in which every word of the query stands, newest first; at most `COUNTED` + 1.

    `visible` selects the ids of the cases the person may see and wants to. The case whose number was
    typed whole comes before all others.
    """
    exact = session.scalars(visible.where(CaseRow.number.in_(_numbers(query)))).all()
    if not (looked_for := words(query)):
        return list(exact)
    hits = visible.join(SearchedRow, SearchedRow.case_id == CaseRow.id)
    narrowed = _in_fts(hits, looked_for) if _is_sqlite(session) else _in_tsvector(hits, looked_for)
    found = session.scalars(narrowed.limit(COUNTED + 1)).all()
    return list(dict.fromkeys([*exact, *found]))[: COUNTED + 1]


def _numbers(query: str) -> set[str]:
    """The number that may have been typed, with the brackets of a keyboard or the office's own."""
    typed = _UNKEEPABLE.sub("", query.strip()[:120])
    return {typed, typed.translate(str.maketrans("[]()（）［］【】", "〔〕〔〕〔〕〔〕〔〕"))}


def _in_fts(hits: Select[Any], looked_for: Sequence[Word]) -> Select[Any]:
    matches = literal_column(INDEX).bool_op("MATCH")(bindparam("looked_for", _fts_query(looked_for)))
    return hits.join(_INDEX, _INDEX.c.rowid == SearchedRow.id).where(matches).order_by(_INDEX.c.rowid.desc())


def _fts_query(looked_for: Sequence[Word]) -> str:
    """Nothing but our own tokens in quotes, so that nobody's typing is an operator (P15)."""
    return " AND ".join(
        f'{"{grams initials}" if word.may_be_initials else "grams"} : "{" ".join(word.grams)}"{"*" * word.is_open}'
        for word in looked_for
    )


def _in_tsvector(hits: Select[Any], looked_for: Sequence[Word]) -> Select[Any]:
    hits = hits.join(_INDEX, _INDEX.c.id == SearchedRow.id)
    for word in looked_for:
        tokens = cast(_tsquery(word), TSQUERY)
        hits = hits.where(_INDEX.c.grams.bool_op("@@")(tokens), _stands(word))
    return hits.order_by(SearchedRow.id.desc())


def _tsquery(word: Word) -> str:
    last = f"'{word.grams[-1]}'{':*' if word.is_open else ''}"
    return " & ".join([*(f"'{gram}'" for gram in dict.fromkeys(word.grams[:-1][:_MOST_GRAMS])), last])


def _stands(word: Word) -> ColumnElement[bool]:
    columns = (_INDEX.c.text, _INDEX.c.initials)[: 1 + word.may_be_initials]
    return or_(*(func.strpos(where, word.text) > 0 for where in columns))


def show(session: Session, ids: Sequence[str], query: str) -> dict[str, list[Place]]:
    """Where the words of the query stand in these cases, which the person may see."""
    looked_for, standard = words(query), office_data.standard(session)
    names = _file_names(session, ids)
    return {
        row.id: list(
            islice(
                _places(session, standard.version(row.process, row.version), row, names[row.id], looked_for),
                MOST_PLACES,
            )
        )
        for row in session.scalars(select(CaseRow).where(CaseRow.id.in_(ids)))
    }


def _places(
    session: Session, process: Process, row: CaseRow, names: Sequence[str], looked_for: Sequence[Word]
) -> Iterator[Place]:
    """The place of each word: in what is filled in, in names and texts of files, as initials."""
    said = _said(process, row.data)
    texts = [*((field.title, value) for field, value in said), *(("附件", name) for name in names)]
    short = [(field.title, value) for field, value in said if _has_initials(process, field)]
    for word in looked_for:
        found = place_of(texts, word) or place_of(_file_texts(session, row.id), word)
        if not found and word.may_be_initials:
            found = initials_place_of(short, word)
        if found:
            yield found


def _file_names(session: Session, ids: Sequence[str]) -> Mapping[str, Sequence[str]]:
    files = select(AttachmentRow.case_id, AttachmentRow.name).where(AttachmentRow.case_id.in_(ids))
    names = defaultdict[str, list[str]](list)
    for case_id, name in session.execute(files.order_by(AttachmentRow.at, AttachmentRow.name)):
        names[case_id].append(name)
    return names


def _file_texts(session: Session, case_id: str) -> list[tuple[str, str]]:
    query = (
        select(AttachmentRow.name, FileTextRow.text)
        .join(FileTextRow, FileTextRow.digest == AttachmentRow.digest)
        .where(AttachmentRow.case_id == case_id)
        .order_by(AttachmentRow.at, AttachmentRow.name)
    )
    return [(f"附件“{name}”", kept) for name, kept in session.execute(query)]


# --- the index --------------------------------------------------------------------------------------


def index(
    session: Session, process: Process, row: Mapping[str, Any], *, anew: bool = False, new: bool = False
) -> None:
    """Bring the index up to what a case says; `row` is the case as its table holds it.

    Nothing is written where it says nothing new. `anew`: the stamp may promise what the index has not.
    `new`: a case opened just now and without a file, of which the database need not be asked.
    """
    connection = session.connection()
    kept = None if new else connection.execute(_KEPT, {"case_id": row["id"]}).one_or_none()
    classified = Grade(row["grade"]).classified
    bare = classified or new
    attached = [] if bare else connection.execute(_ATTACHED, {"case_id": row["id"]}).all()
    said = [] if classified else _own(session, process, row)
    stamp = "" if classified else _stamp(said, attached)
    if kept and kept.stamp == stamp and not anew:
        return
    key = _stamped(connection, row["id"], stamp, kept.id if kept else None)
    if kept:
        connection.execute(_statements(connection).delete, {"id": key})
    if not classified:
        texts = [*(value for _, value in said), *(one.name for one in attached)]
        if any(one.has_text for one in attached):
            texts += [read for _, read in _file_texts(session, row["id"])]
        letters = [initials(value) for field, value in said if _has_initials(process, field)]
        _put(connection, key, normal("\n".join(texts)), " ".join(letters))


# Written once as text: a row of the index is a good part of what registering a document costs.

_KEPT = text("SELECT id, stamp FROM searched WHERE case_id = :case_id")
_MARK = text("INSERT INTO searched (case_id, stamp) VALUES (:case_id, :stamp) RETURNING id")
_MARK_AGAIN = text("UPDATE searched SET stamp = :stamp WHERE id = :id")
_ATTACHED = text(
    "SELECT a.name, a.digest, t.digest IS NOT NULL AS has_text FROM attachments a "
    "LEFT JOIN file_texts t ON t.digest = a.digest WHERE a.case_id = :case_id ORDER BY a.at, a.name"
)


@dataclass(frozen=True)
class _Statements:
    """How a row of the index is written and removed."""

    insert: TextClause
    delete: TextClause


_SQLITE = _Statements(
    text("INSERT INTO case_grams (rowid, grams, initials) VALUES (:id, :grams, :initials)"),
    text("DELETE FROM case_grams WHERE rowid = :id"),
)
_POSTGRESQL = _Statements(
    text(
        "INSERT INTO case_grams (id, text, initials, grams) "
        "VALUES (:id, :text, :initials, array_to_tsvector(CAST(:grams AS text[])))"
    ),
    text("DELETE FROM case_grams WHERE id = :id"),
)


def _statements(connection: Connection) -> _Statements:
    return _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL


def forget_text(session: Session, digest: str) -> None:
    """A kept file is thrown away: so is what was read in it."""
    session.execute(delete(FileTextRow).where(FileTextRow.digest == digest))


def keep_text(session: Session, digest: str, read: str) -> None:
    """Keep what was read in a file, once; empty where nothing could be read."""
    if session.get(FileTextRow, digest) is None:
        session.execute(insert(FileTextRow).values(digest=digest, text=_UNKEEPABLE.sub("", read)))


def _said(process: Process, data: Mapping[str, Any]) -> list[tuple[Field, str]]:
    """What is written in a case in words, the number and the title first."""
    fields = process.fields
    first = (process.number.field, process.names)
    order = [*first, *(key for key in data if key not in first)]
    return [
        (fields[key], str(data[key]))
        for key in order
        if data.get(key) and key in fields and fields[key].kind in _WORDED
    ]


def _own(session: Session, process: Process, row: Mapping[str, Any]) -> list[tuple[Field, str]]:
    """What is written in a case and not already in its parent, with which it would be found twice."""
    said = _said(process, row["data"])
    if not row["parent_id"]:
        return said
    above = session.scalar(select(CaseRow.data).where(CaseRow.id == row["parent_id"])) or {}
    known = {value for value in above.values() if isinstance(value, str)}
    return [(field, value) for field, value in said if value not in known]


def _has_initials(process: Process, field: Field) -> bool:
    """Whether a field is found by pinyin initials: the title, and the lines of the register."""
    return field.kind is Kind.LINE and field.key in (process.names, *process.register)


_PREFIX = f"{EDITION}:"


def _stamp(said: Sequence[tuple[Field, str]], attached: Sequence[Any]) -> str:
    """What a row of the index is made of, in short."""
    made_of = [
        *((field.key, value) for field, value in said),
        *((one.name, one.digest, bool(one.has_text)) for one in attached),
    ]
    return _PREFIX + hashlib.sha256(json.dumps(made_of).encode()).hexdigest()


def _stamped(connection: Connection, case_id: str, stamp: str, key: int | None) -> int:
    if key is None:
        return int(connection.execute(_MARK, {"case_id": case_id, "stamp": stamp}).scalar_one())
    connection.execute(_MARK_AGAIN, {"id": key, "stamp": stamp})
    return key


def _put(connection: Connection, key: int, clean: str, letters: str) -> None:
    statements = _statements(connection)
    if statements is _SQLITE:
        row: dict[str, Any] = {"grams": " ".join(grams(clean)), "initials": " ".join(grams(letters))}
    else:
        row = {"text": clean, "initials": letters, "grams": _that_fit(grams(f"{clean} {letters}"))}
    connection.execute(statements.insert, {"id": key, **row})


def _that_fit(tokens: Sequence[str]) -> list[str]:
    """The different tokens, as many as a tsvector can hold: all but those of absurdly long texts."""
    kept, left = [], _TSVECTOR_BYTES
    for token in dict.fromkeys(tokens):
        left -= len(token.encode())
        if left < 0:
            break
        kept.append(token)
    return kept


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _key(session: Session) -> Any:
    """The column of the index that holds the id of `SearchedRow`."""
    return _INDEX.c.rowid if _is_sqlite(session) else _INDEX.c.id


# --- what is not indexed yet ------------------------------------------------------------------------


def catch_up(database: Database) -> int:
    """Index the cases that are not, or were with other tokens; returns how many there were.

    A database that was just migrated or copied has none; one in use has nothing to catch up on.
    """
    with database.reading() as session:
        missing = session.scalars(_missing(session)).all()
    for first in range(0, len(missing), _AT_ONCE):
        _index_again(database, missing[first : first + _AT_ONCE])
    if missing:
        log.info("indexed", cases=len(missing))
    return len(missing)


def _missing(session: Session) -> Select[Any]:
    key = _key(session)
    lost = ~SearchedRow.stamp.startswith(_PREFIX) | key.is_(None)
    return (
        select(CaseRow.id)
        .outerjoin(SearchedRow, SearchedRow.case_id == CaseRow.id)
        .outerjoin(_INDEX, key == SearchedRow.id)
        .where(or_(SearchedRow.id.is_(None), (SearchedRow.stamp != "") & lost))
        .order_by(CaseRow.opened_at, func.length(CaseRow.number), CaseRow.number)
    )


def _index_again(database: Database, ids: Sequence[str]) -> None:
    with database.writing() as session:
        standard = office_data.standard(session)
        rows = {
            row.id: row for row in session.execute(select(*CaseRow.__table__.c).where(CaseRow.id.in_(ids)))
        }
        for case_id in ids:
            row = rows[case_id]
            index(session, standard.version(row.process, row.version), dict(row._mapping), anew=True)
        session.commit()


def read_files(database: Database, files: FileStore) -> int:
    """Read the attached files whose text is not kept, and index their cases anew; returns how many.

    Files are read outside the transaction. One that is gone is left to the verification.
    """
    with database.reading() as session:
        unread = session.scalars(_unread()).all()
    for digest in unread:
        place = files.path(digest)
        if place.is_file():
            _take_text(database, digest, _text_at(place))
    return len(unread)


def _unread() -> Select[Any]:
    """Digests of readable files of unclassified cases; of classified ones nothing is kept (P24)."""
    return (
        select(FileRow.digest)
        .distinct()
        .join(AttachmentRow, AttachmentRow.digest == FileRow.digest)
        .join(CaseRow, CaseRow.id == AttachmentRow.case_id)
        .outerjoin(FileTextRow, FileTextRow.digest == FileRow.digest)
        .where(
            FileTextRow.digest.is_(None), FileRow.kind.in_(_READABLE), CaseRow.grade < int(Grade.CONFIDENTIAL)
        )
    )


def _take_text(database: Database, digest: str, read: str) -> None:
    with database.writing() as session:
        keep_text(session, digest, read)
        session.commit()
    with database.reading() as session:
        cases = session.scalars(
            select(AttachmentRow.case_id).distinct().where(AttachmentRow.digest == digest)
        ).all()
    _index_again(database, cases)


def _text_at(place: Path) -> str:
    try:
        return text_in(place.read_bytes())
    except Exception:  # a bug in reading one file must not keep the others from being found
        log.exception("file_not_read", digest=place.name)
        return ""


def rebuild(database: Database) -> int:
    """Make the index anew from nothing, also where it is damaged; returns how many cases it has."""
    with database.writing() as session:
        _empty(session)
        session.execute(delete(SearchedRow))
        session.commit()
    return catch_up(database)


def _empty(session: Session) -> None:
    if not _is_sqlite(session):
        session.execute(delete(_INDEX))
        return
    made_by = session.scalar(text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": INDEX})
    for statement in (f"DROP TABLE {INDEX}", str(made_by)):
        session.execute(text(statement))


def main(settings: Settings) -> int:
    """Build the index anew and say what is in it."""
    files = FileStore(settings.data_dir / "files")
    try:
        with closing(open_database(settings.url)) as database:
            cases = rebuild(database)
            read = read_files(database, files)
    except OfficeError as trouble:
        print(trouble)
        return 1
    print(f"查找索引已重建：{cases} 件事项，新读 {read} 个附件")
    return 0


if __name__ == "__main__":
    sys.exit(main(Settings()))
