"""B3: words of one character to a whole title among 100,000 cases or more, beside LIKE, and beside tantivy."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import tantivy

from core.search import COUNTED, grams, normal, words
from db.engine import CACHED_KIB, Database, _driver
from db.search import catch_up, find
from db.tables import CaseRow
from tests.bench.measuring import Line, Lines, typical
from tests.bench.offices import ORGANS, crowded, reader

COUNT, FIRST = 100_000, 50


def lines(folder: Path, count: int = COUNT) -> Lines:
    """The newest fifty a secretary may see, and how many there are up to a thousand; the worst of ten queries."""
    with crowded(folder, count) as (database, place):
        catch_up(database)
        texts = _texts(place)
        queries = (
            "密",
            "预算",
            "结算",
            "防火期",
            "安全生产",
            "市发展改革",
            "校园安保、经费",
            texts[count // 2][2],
            "麒麟鑫淼",
            ORGANS[0],
        )
        ours, like, peer = _ours(database, folder), _like(folder, texts), _tantivy(folder, texts)
        for query in queries:
            if not len(ours(query)) == len(like(query)) == peer(query):
                raise AssertionError(f"{query}: the three count differently")
        worst = {
            name: max(typical(lambda f=f, q=q: f(q), 5) for q in queries)
            for name, f in (("ours", ours), ("like", like), ("tantivy", peer))
        }  # type: ignore[misc]
        what = f"B3 worst of ten searches, {count // 1000}k"
        yield Line(what, worst["ours"], worst["like"], "LIKE", 0.05 if count <= COUNT else 0.01)
        yield Line(what, worst["ours"], worst["tantivy"], "tantivy", 1.0)


def _ours(database: Database, folder: Path) -> Callable[[str], Any]:
    at = reader(database, folder=folder)

    def run(query: str) -> list[str]:
        with database.reading() as session:
            return find(session, at._visible(CaseRow.id), query)[:COUNTED]

    return run


def _texts(place: Path) -> list[tuple[str, int, str, str]]:
    """Id, grade, title and everything searched of each case a search may find, oldest first."""
    connection = _driver().connect(str(place))
    rows = connection.execute(
        "SELECT id, grade, title, number || ' ' || title || ' ' || (data ->> 'doc_number') || ' ' || "
        "(data ->> 'sender_org') || ' 平件 ' || (data ->> 'handling_proposal') FROM cases ORDER BY opened_at"
    )
    return [(key, grade, title, normal(text)) for key, grade, title, text in rows]


def _like(folder: Path, texts: list[tuple[str, int, str, str]]) -> Callable[[str], Any]:
    """The scan everybody begins with, over a table of the same texts, in a file as the office's is."""
    connection = _driver().connect(str(folder / "like.db"))
    connection.execute(f"PRAGMA cache_size=-{CACHED_KIB}")
    connection.execute("CREATE TABLE searched (id INTEGER PRIMARY KEY, grade INTEGER, text TEXT)")
    rows = ((n, grade, text) for n, (_, grade, _, text) in enumerate(texts) if not grade)
    connection.executemany("INSERT INTO searched VALUES (?, ?, ?)", rows)
    connection.commit()
    query = "SELECT id FROM searched WHERE text LIKE ? AND grade <= 1 ORDER BY id DESC LIMIT ?"
    return lambda q: connection.execute(query, (f"%{normal(q)}%", COUNTED)).fetchall()


def _tantivy(folder: Path, texts: list[tuple[str, int, str, str]]) -> Callable[[str], int]:
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

    def run(query: str) -> int:
        parts = [_phrase(index, word) for word in words(query)]
        whole = tantivy.Query.boolean_query([(tantivy.Occur.Must, part) for part in parts])
        found = searcher.search(whole, limit=COUNTED, order_by_field="place", order=tantivy.Order.Desc)
        return len(found.hits)

    return run


def _phrase(index: Any, word: Any) -> Any:
    if word.is_open and len(word.grams) == 1:
        return tantivy.Query.regex_query(index.schema, "text", f"{word.grams[0]}.*")
    if len(word.grams) == 1:
        return tantivy.Query.term_query(index.schema, "text", word.grams[0])
    return tantivy.Query.phrase_query(index.schema, "text", list(word.grams))
