"""Archives to search in, stored as an older version left them, and what Python's `in` finds in them."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from core.search import Word, initials, normal
from db import search
from db.tables import CaseRow

BITS = (
    "安全生产", "关于", "做好", "的通知", "重庆市", "预算", "〔2026〕", "号", "，", "。", "（试行）", " ", "ABC", "Ａｂ", "12", "３",
    "《办法》", "_", "%", "*", '"', "'", "\\", ":", "AND", "NEAR", "OR", "㈠", "𬱖", "𠮷", "〇", "é", "ß", "—", "\n", "-", "、", "①",
)  # fmt: skip
"""What titles are put together from: words, and every sign that might mean something to a database."""


def strewn(database, count, dice, shortest, longest):
    """So many documents with titles of so many bits, indexed; what each says, by its id, in the order they came."""
    titles = ("".join(dice.choices(BITS, k=dice.randint(shortest, longest))) for _ in range(count))
    rows = [document(n, title) for n, title in enumerate(titles)]
    store(database, rows)
    return {row["id"]: row["data"] for row in rows}


def document(n, title):
    """The row of the n-th incoming document, filed."""
    return row_of(n, {"number": f"收〔2026〕{n + 1}号", "title": title, "sender_org": f"第{n % 7}处"})


def row_of(n, data, **more):
    """The row of the n-th case, an hour after the one before it."""
    at = datetime(2026, 1, 5, 1, tzinfo=UTC) + timedelta(hours=n)
    return {
        "id": f"case{n:05}", "number": data["number"], "process": "incoming_document", "version": 1,
        "stage": "archiving", "is_open": False, "grade": 0, "title": data["title"], "owner": "", "duty": "secretary",
        "delegated_by": "", "parent_id": None, "root_id": f"case{n:05}", "opened_at": at, "entered_at": at,
        "urged": 0, "slip": "", "asked": False, "closed_at": at, "seq": 1, "data": data, **more,
    }  # fmt: skip


def store(database, rows):
    """Cases as an older version left them: indexed when the program starts."""
    with database.writing() as session:
        session.execute(insert(CaseRow), rows)
        session.commit()
    assert search.catch_up(database) == len(rows)


def pieces(archive, dice, count, longest):
    """Pieces of what stands in the documents, of one character to so many."""
    texts = ["\n".join(said.values()) for said in archive.values()]
    for _ in range(count):
        whole = dice.choice(texts)
        first = dice.randrange(len(whole))
        yield whole[first : first + dice.randint(1, longest)]


def said_by(archive, query):
    """The ids of the documents in which Python's `in` finds every word, newest first."""
    looked_for = {normal(word) for word in query.split()} - {""}
    return [
        key
        for key, said in sorted(archive.items(), reverse=True)
        if looked_for and all(_stands(word, said) for word in looked_for)
    ]


def _stands(word, said):
    letters = [initials(said["title"]), initials(said["sender_org"])]
    return word in normal("\n".join(said.values())) or (
        Word(word).may_be_initials and word in " ".join(letters)
    )
