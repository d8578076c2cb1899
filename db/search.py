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
from collections.abc import Collection, Iterator, Mapping, Sequence
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
from core.people import Grade
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
from db.tables import (
    CASE,
    CONCERNED,
    INDEX,
    AttachmentRow,
    CaseRow,
    ConcernedRow,
    FileRow,
    FileTextRow,
    SearchedRow,
)
from db.tables import table as table_of

log = structlog.get_logger(__name__)

MOST_PLACES = 3
"""Found places shown of one case."""

_WORDED = (Kind.LINE, Kind.TEXT)
_READABLE = ("docx", "pdf", "text")
_AT_ONCE = 500
"""Cases indexed in one transaction: others wait for no longer."""

_MERGED_PAGES = 500
"""Pages of the index written by one step of its merging."""

_ROWS_AT_ONCE = 20
"""Rows of the index written by one statement: the texts of their files are in memory together."""

_MOST_GRAMS = 7
"""Tokens of a word looked up in PostgreSQL beside its last one: each costs, and the kept text decides anyway."""

_MOST_COLLECTED = 20_000
"""So many cases at most that concern the person are collected in SQLite before a search."""

_TSVECTOR_BYTES = 1_000_000
"""A little less than what PostgreSQL lets the tokens of one row have."""

# What no database takes as text.
_UNKEEPABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_INDEX = table(INDEX, column("rowid"), column("id"), column("text"), column("initials"), column("grams"))
_SEARCHED = table_of(SearchedRow).c


# --- looking for something --------------------------------------------------------------------------


def find(
    session: Session, visible: Select[Any], query: str, concerning: Collection[str] | None = None
) -> list[str]:
    """Ids of the cases in which every word of the query stands, newest first; at most `COUNTED` + 1.

    `visible` selects the ids of the cases the person may see and wants to; where that is only what concerns
    them, `concerning` says under which names. The case whose number was typed whole comes before all others.
    """
    connection = session.connection()  # plain rows: a thousand ids are no objects to watch over
    numbers = _numbers(query)
    exact = connection.scalars(visible.where(CASE.number.in_(numbers))).all() if numbers else []
    if not (looked_for := words(query)):
        return list(exact)
    narrowed = _in_fts(visible, looked_for) if _is_sqlite(session) else _in_tsvector(visible, looked_for)
    if concerning is not None and _is_sqlite(session) and _collects(connection, looked_for, concerning):
        narrowed = narrowed.where(_among(concerning))
    found = connection.scalars(narrowed.limit(COUNTED + 1)).all()
    return list(dict.fromkeys([*exact, *found]))[: COUNTED + 1]


def _collects(connection: Connection, looked_for: Sequence[Word], concerning: Collection[str]) -> bool:
    """Whether to collect first what concerns the person: where the words stand in more cases than those.

    Of very many it is not worth it: there the first thousand hits come quickly.
    """
    concerned = select(CONCERNED.who).where(CONCERNED.who.in_(concerning))
    theirs = _count(connection, concerned.limit(_MOST_COLLECTED + 1))
    if theirs > _MOST_COLLECTED:
        return False
    hits = select(_INDEX.c.rowid).where(_MATCHES(_fts_query(looked_for)))
    return _count(connection, hits.limit(theirs + 1)) > theirs


def _count(connection: Connection, some: Select[Any]) -> int:
    return int(connection.scalar(select(func.count()).select_from(some.subquery())) or 0)


def _among(concerning: Collection[str]) -> ColumnElement[bool]:
    """What a hit must be among, so that not every hit is looked up to learn that it does not concern the person.

    `visible` asks that as well. The sign before the column keeps SQLite from beginning with it: a word that
    is looked up anew for every one of their cases takes far longer.
    """
    theirs = (
        select(_SEARCHED.id)
        .join(table_of(CaseRow), CASE.id == _SEARCHED.case_id)
        .join(table_of(ConcernedRow), CONCERNED.root_id == CASE.root_id)
        .where(CONCERNED.who.in_(concerning))
    )
    return literal_column(f"+{INDEX}.rowid").in_(theirs)


def _numbers(query: str) -> set[str]:
    """The number that may have been typed, with the brackets of a keyboard or the office's own."""
    typed = _UNKEEPABLE.sub("", query.strip()[:120])
    if not any(map(str.isdigit, typed)):
        return set()
    return {typed, typed.translate(str.maketrans("[]()（）［］【】", "〔〕〔〕〔〕〔〕〔〕"))}


# Put together once: that takes longer than finding a rare word.

_INDEXED = table_of(CaseRow).join(table_of(SearchedRow), _SEARCHED.case_id == CASE.id)
_FTS = _INDEXED.join(_INDEX, _INDEX.c.rowid == _SEARCHED.id)
_TSVECTOR = _INDEXED.join(_INDEX, _INDEX.c.id == _SEARCHED.id)
_MATCHES = literal_column(INDEX).bool_op("MATCH")


def _in_fts(visible: Select[Any], looked_for: Sequence[Word]) -> Select[Any]:
    matches = _MATCHES(bindparam("looked_for", _fts_query(looked_for)))
    return visible.select_from(_FTS).where(matches).order_by(_INDEX.c.rowid.desc())


def _fts_query(looked_for: Sequence[Word]) -> str:
    """Nothing but our own tokens in quotes, so that nobody's typing is an operator (P15)."""
    return " AND ".join(
        f'{"{grams initials}" if word.may_be_initials else "grams"} : "{" ".join(word.grams)}"{"*" * word.is_open}'
        for word in looked_for
    )


def _in_tsvector(visible: Select[Any], looked_for: Sequence[Word]) -> Select[Any]:
    hits = visible.select_from(_TSVECTOR)
    for word in looked_for:
        tokens = cast(_tsquery(word), TSQUERY)
        hits = hits.where(_INDEX.c.grams.bool_op("@@")(tokens), _stands(word))
    return hits.order_by(_SEARCHED.id.desc())


def _tsquery(word: Word) -> str:
    last = f"'{word.grams[-1]}'{':*' if word.is_open else ''}"
    return " & ".join([*(f"'{gram}'" for gram in _telling(word.grams)), last])


def _telling(tokens: Sequence[str]) -> list[str]:
    """What narrows beside the last token, from all over a long word: every second pair of a run has all it says."""
    kept = [token for run in _runs(tokens) for token in (*run[:-1:2], run[-1])]
    different = list(dict.fromkeys(kept[:-1]))
    step = max(len(different) / _MOST_GRAMS, 1)
    return [different[int(n * step)] for n in range(min(len(different), _MOST_GRAMS))]


def _runs(tokens: Sequence[str]) -> Iterator[Sequence[str]]:
    """The pairs of each run with the single character at its end; of the last, as far as there are some."""
    first = 0
    for n, token in enumerate(tokens, 1):
        if len(token) == 1 or n == len(tokens):
            yield tokens[first:n]
            first = n


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
    session: Session,
    cases: Sequence[tuple[Process, Mapping[str, Any]]],
    *,
    anew: bool = False,
    new: Collection[str] = (),
) -> None:
    """Bring the index up to what cases say: of each its process, and its row as the table holds it.

    Nothing is written of one that says nothing new. `anew`: the stamp may promise what the index has
    not. `new`: ids of cases opened just now and without a file, of which the database need not be asked.
    """
    connection = session.connection()
    known = [row["id"] for _, row in cases if row["id"] not in new]
    kept = dict(connection.execute(_KEPT, {"ids": known}).all()) if known else {}
    entries = [
        entry
        for entry in entries_of(connection, cases, known)
        if anew or kept.get(entry.case_id) != entry.stamp
    ]
    if not entries:
        return
    connection.execute(_MARK, [{"case_id": entry.case_id, "stamp": entry.stamp} for entry in entries])
    statements = _statements(connection)
    if again := [{"case_id": entry.case_id} for entry in entries if entry.case_id in kept]:
        connection.execute(statements.delete, again)
    searched = [entry for entry in entries if entry.stamp]
    for first in range(0, len(searched), _ROWS_AT_ONCE):
        rows = [row_of(session, one) for one in searched[first : first + _ROWS_AT_ONCE]]
        connection.execute(statements.insert, rows)


@dataclass(frozen=True)
class Entry:
    """What a case is found by: what it says, and its files. Of a classified one nothing, and no stamp."""

    case_id: str
    process: Process
    said: Sequence[tuple[Field, str]] = ()
    attached: Sequence[Any] = ()
    stamp: str = ""


# Written once as text: a row of the index is a good part of what registering a document costs.

_KEPT = select(_SEARCHED.case_id, _SEARCHED.stamp).where(
    _SEARCHED.case_id.in_(bindparam("ids", expanding=True))
)
_MARK = text(
    "INSERT INTO searched (case_id, stamp) VALUES (:case_id, :stamp) "
    "ON CONFLICT (case_id) DO UPDATE SET stamp = excluded.stamp"
)
_ATTACHED = text(
    "SELECT a.case_id, a.name, a.digest, t.digest IS NOT NULL AS has_text FROM attachments a "
    "LEFT JOIN file_texts t ON t.digest = a.digest WHERE a.case_id IN :ids ORDER BY a.at, a.name"
).bindparams(bindparam("ids", expanding=True))
_DATA = select(CASE.id, CASE.data).where(CASE.id.in_(bindparam("ids", expanding=True)))


@dataclass(frozen=True)
class _Statements:
    """How a row of the index is written and removed."""

    insert: TextClause
    delete: TextClause


_SQLITE = _Statements(
    # Never INSERT … SELECT: it may write several rows, so SQLite opens a savepoint for each, at which FTS5 writes down
    # all it holds; a big index then takes longer with every row.
    text(
        "INSERT INTO case_grams (rowid, grams, initials) "
        "VALUES ((SELECT id FROM searched WHERE case_id = :case_id), :grams, :initials)"
    ),
    text("DELETE FROM case_grams WHERE rowid = (SELECT id FROM searched WHERE case_id = :case_id)"),
)
_POSTGRESQL = _Statements(
    text(
        "INSERT INTO case_grams (id, text, initials, grams) "
        "SELECT id, :text, :initials, array_to_tsvector(CAST(:grams AS text[])) "
        "FROM searched WHERE case_id = :case_id"
    ),
    text("DELETE FROM case_grams WHERE id = (SELECT id FROM searched WHERE case_id = :case_id)"),
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
    told = [(fields[key], _words(fields[key], data[key])) for key in order if data.get(key) and key in fields]
    return [(field, words) for field, words in told if words]


def _words(field: Field, value: Any) -> str:
    """What a value says in words; of a table what its cells say, a line a row."""
    if field.kind in _WORDED:
        return str(value)
    cells = [column for column in field.columns if column.kind in _WORDED]
    rows = value if field.kind is Kind.ROWS else ()
    return "\n".join(" ".join(str(row[c.key]) for c in cells if row.get(c.key)) for row in rows).strip()


def entries_of(
    connection: Connection, cases: Sequence[tuple[Process, Mapping[str, Any]]], known: Sequence[str]
) -> Iterator[Entry]:
    """What each case is found by: of each its process and its row, `known` those that may have files.

    What is already in its parent is left out: it would be found twice.
    """
    attached = defaultdict[str, list[Any]](list)
    for one in connection.execute(_ATTACHED, {"ids": known}) if known else ():
        attached[one.case_id].append(one)
    parents = list({row["parent_id"] for _, row in cases if row["parent_id"]})
    above = {one.id: one.data for one in connection.execute(_DATA, {"ids": parents})} if parents else {}
    for process, row in cases:
        if Grade(row["grade"]).classified:
            yield Entry(row["id"], process)
            continue
        there = [*above.get(row["parent_id"], {}).values()]
        told = _said(process, row["data"])
        said = [(field, value) for field, value in told if row["data"][field.key] not in there]
        yield Entry(row["id"], process, said, attached[row["id"]], _stamp(said, attached[row["id"]]))


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


def row_of(session: Session, entry: Entry) -> dict[str, Any]:
    """What the database is given to find a case by: the parameters of its row in the index, of either database."""
    texts = [*(value for _, value in entry.said), *(one.name for one in entry.attached)]
    if any(one.has_text for one in entry.attached):
        texts += [read for _, read in _file_texts(session, entry.case_id)]
    clean = normal("\n".join(texts))
    letters = " ".join(initials(value) for field, value in entry.said if _has_initials(entry.process, field))
    if _is_sqlite(session):
        return {
            "case_id": entry.case_id,
            "grams": " ".join(grams(clean)),
            "initials": " ".join(grams(letters)),
        }
    tokens = _that_fit(grams(f"{clean} {letters}"))
    return {"case_id": entry.case_id, "text": clean, "initials": letters, "grams": tokens}


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
        tidy(database)
        log.info("indexed", cases=len(missing))
    return len(missing)


def tidy(database: Database) -> None:
    """Merge what the index has piled up into one piece, a little at a time: a search is then four times as fast.

    PostgreSQL does the like by itself.
    """
    if not database.is_sqlite:
        return
    pages = -_MERGED_PAGES  # below nought: everything there is, not only pieces of one size
    while _merged(database, pages):
        pages = _MERGED_PAGES


def _merged(database: Database, pages: int) -> bool:
    """One step of the merging, after which whoever waits to save goes on; whether there was anything to do."""
    with database.writing() as session:
        connection = session.connection()
        before = connection.scalar(_CHANGES)
        connection.execute(_MERGE, {"pages": pages})
        # What FTS5 says of it: less than two changed rows are its own note, and nothing is left.
        something = connection.scalar(_CHANGES) - before >= 2
        session.commit()
    return bool(something)


_MERGE = text("INSERT INTO case_grams (case_grams, rank) VALUES ('merge', :pages)")
_CHANGES = text("SELECT total_changes()")


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
        found = session.execute(select(table_of(CaseRow)).where(CASE.id.in_(ids)))
        rows = {row.id: dict(row._mapping) for row in found}
        cases = [(standard.version(row["process"], row["version"]), row) for row in map(rows.get, ids) if row]
        index(session, cases, anew=True)
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
