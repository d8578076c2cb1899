"""B3: words of one character to a whole title among 100,000 cases or more, beside LIKE, and beside tantivy."""

import shutil
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import tantivy

from core.people import Person
from core.search import COUNTED, grams, normal, words
from db.engine import CACHED_KIB, Database, _driver, open_database
from db.search import catch_up, find
from db.tables import CASE
from tests.bench.copying import crowd_by_copy, index_by_copy
from tests.bench.measuring import Line, Lines, typical
from tests.bench.offices import ORGANS, crowded, reader
from tests.conftest import NAMED, _furnished
from tests.postgres_server import connected, fresh_database, open_folder, postgres

COUNT = 100_000

Texts = list[tuple[str, int, str, str]]
Search = Callable[[str], Any]


def lines(folder: Path, count: int = COUNT) -> Lines:
    """The newest thousand a secretary may see, and a member whom one case in a hundred concerns; the worst of ten queries."""
    with crowded(folder, count) as (database, place):
        catch_up(database)
        texts = _texts(place)
        queries, like, peer = _queries(texts), _like(folder, texts), _tantivy(folder, texts)
        ours = _ours(database, folder)
        _count_alike(queries, ours, like, peer)
        yield from _beside_the_scan("SQLite", database, folder, queries, like, count)
        yield Line(_what(count, "SQLite"), _worst(ours, queries), _worst(peer, queries), "tantivy", 1.0)
    yield from _postgresql(folder, texts, queries)


def _postgresql(folder: Path, texts: Texts, queries: Sequence[str]) -> Lines:
    place = open_folder()
    try:
        with (
            postgres(place, furnish=_furnished) as address,
            fresh_database(address) as fresh,
            closing(open_database(fresh)) as database,
            connected(fresh) as connection,
        ):
            crowd_by_copy(database, fresh, len(texts))
            index_by_copy(database, fresh)
            like = _like_in_postgresql(connection, texts)
            _count_alike(queries, _ours(database, folder), like)
            yield from _beside_the_scan("PostgreSQL", database, folder, queries, like, len(texts))
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _beside_the_scan(
    where: str, database: Database, folder: Path, queries: Sequence[str], like: Search, count: int
) -> Lines:
    """Who oversees everything, and who sees what concerns them: for that one the scan asks for nothing of the kind."""
    share = 0.05 if count <= COUNT else 0.01
    for by, told, target in (("wang", "", share), ("chen", ", member", 0.5)):
        ours = _ours(database, folder, NAMED[by])
        yield Line(_what(count, where + told), _worst(ours, queries), _worst(like, queries), "LIKE", target)


def _what(count: int, where: str) -> str:
    return f"B3 worst of ten, {count // 1000}k, {where}"


def _worst(search: Search, queries: Sequence[str]) -> float:
    return max(typical(lambda q=q: search(q), 5) for q in queries)  # type: ignore[misc]


def _count_alike(queries: Sequence[str], *searches: Search) -> None:
    for query in queries:
        if len({len(search(query)) for search in searches}) > 1:
            raise AssertionError(f"{query}: they count differently")


def _queries(texts: Texts) -> tuple[str, ...]:
    return (
        "密",
        "预算",
        "结算",
        "防火期",
        "安全生产",
        "市发展改革",
        "校园安保、经费",
        texts[len(texts) // 2][2],
        "麒麟鑫淼",
        ORGANS[0],
    )


def _ours(database: Database, folder: Path, by: Person = NAMED["wang"]) -> Search:
    at = reader(database, by, folder)
    concerning = at._only_concerning()

    def run(query: str) -> list[str]:
        with database.reading() as session:
            return find(session, at._visible(CASE.id), query, concerning)[:COUNTED]

    return run


def _texts(place: Path) -> Texts:
    """Id, grade, title and everything searched of each case a search may find, oldest first."""
    connection = _driver().connect(str(place))
    rows = connection.execute(
        "SELECT id, grade, title, number || ' ' || title || ' ' || (data ->> 'doc_number') || ' ' || "
        "(data ->> 'sender_org') || ' 平件 ' || (data ->> 'handling_proposal') FROM cases ORDER BY opened_at"
    )
    return [(key, grade, title, normal(text)) for key, grade, title, text in rows]


def _like(folder: Path, texts: Texts) -> Search:
    """The scan everybody begins with, over a table of the same texts, in a file as the office's is."""
    connection = _driver().connect(str(folder / "like.db"))
    connection.execute(f"PRAGMA cache_size=-{CACHED_KIB}")
    connection.execute("CREATE TABLE searched (id INTEGER PRIMARY KEY, grade INTEGER, text TEXT)")
    rows = ((n, grade, text) for n, (_, grade, _, text) in enumerate(texts) if not grade)
    connection.executemany("INSERT INTO searched VALUES (?, ?, ?)", rows)
    connection.commit()
    query = "SELECT id FROM searched WHERE text LIKE ? AND grade <= 1 ORDER BY id DESC LIMIT ?"
    return lambda q: connection.execute(query, (f"%{normal(q)}%", COUNTED)).fetchall()


def _like_in_postgresql(connection: "psycopg.Connection[Any]", texts: Texts) -> Search:
    connection.execute("CREATE TABLE scanned (id INTEGER PRIMARY KEY, grade INTEGER, text TEXT)")
    with connection.cursor() as cursor, cursor.copy("COPY scanned FROM STDIN") as copying:
        for n, (_, grade, _, text) in enumerate(texts):
            if not grade:
                copying.write_row((n, grade, text))
    connection.execute("ANALYZE scanned")
    query = "SELECT id FROM scanned WHERE text LIKE %s AND grade <= 1 ORDER BY id DESC LIMIT %s"
    return lambda q: connection.execute(query, (f"%{normal(q)}%", COUNTED)).fetchall()


def _tantivy(folder: Path, texts: Texts) -> Search:
    """The same pairs of characters in a search engine of its own."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", tokenizer_name="whitespace", index_option="position")
    builder.add_integer_field("place", stored=True, fast=True)
    (folder / "tantivy").mkdir(exist_ok=True)
    index = tantivy.Index(builder.build(), path=str(folder / "tantivy"))
    writer = index.writer(128_000_000, 1)
    for n, (_, grade, _, text) in enumerate(texts):
        if not grade:
            writer.add_document(tantivy.Document(text=" ".join(grams(text)), place=n))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def run(query: str) -> Any:
        parts = [_phrase(index, word) for word in words(query)]
        whole = tantivy.Query.boolean_query([(tantivy.Occur.Must, part) for part in parts])
        found = searcher.search(whole, limit=COUNTED, order_by_field="place", order=tantivy.Order.Desc)
        return found.hits

    return run


def _phrase(index: Any, word: Any) -> Any:
    if word.is_open and len(word.grams) == 1:
        return tantivy.Query.regex_query(index.schema, "text", f"{word.grams[0]}.*")
    if len(word.grams) == 1:
        return tantivy.Query.term_query(index.schema, "text", word.grams[0])
    return tantivy.Query.phrase_query(index.schema, "text", list(word.grams))
