"""Offices to measure: a small one to register in, and one with very many open cases."""

import random
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, text

from core.office import Office
from core.people import DEPARTMENT, Person
from db.engine import Database, open_database
from db.files import FileStore
from db.migrate import upgrade
from db.reader import Reader
from db.tables import CaseRow, ConcernedRow
from db.unit import SqlUnit
from tests.conftest import CHECKED, DOCUMENT, NAMED, furnish

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)

ORGANS = [
    "市财政局",
    "市教育局",
    "市公安局",
    "市民政局",
    "市水务局",
    "市商务局",
    "市审计局",
    "市统计局",
    "市医保局",
    "市档案馆",
    "省政府办公厅",
    "区政府办公室",
]
VERBS = ["做好", "加强", "开展", "推进", "规范", "调整", "印发", "报送", "落实", "组织"]
THINGS = [
    "安全生产",
    "防汛抗旱",
    "预算编制",
    "档案归集",
    "值班值守",
    "人员培训",
    "数据上报",
    "项目申报",
    "经费结算",
    "设备检修",
    "医保结算",
    "校园安保",
    "道路施工",
    "森林防火",
    "公务用车",
    "干部学习",
]
ENDS = ["通知", "请示", "报告", "函", "意见", "通报"]


def titles(count: int, seed: int = 7) -> Iterator[str]:
    """Invented titles, the same for every run."""
    dice = random.Random(seed)
    for n in range(count):
        what = "、".join(dice.sample(THINGS, dice.randint(1, 3)))
        yield f"关于{dice.choice(VERBS)}{what}第{n}批工作的{dice.choice(ENDS)}"


@contextmanager
def small(folder: Path, address: str = "") -> Iterator[tuple[Database, Office]]:
    """A furnished office in the folder, or at the address."""
    database = open_database(address or f"sqlite:///{folder / f'office-{secrets.token_hex(4)}.db'}")
    if not address:
        upgrade(database)
        furnish(database)
    files = FileStore(folder / "files")
    try:
        yield (
            database,
            Office(lambda: SqlUnit(database, files, b"key of the bench"), lambda: datetime.now(UTC)),
        )
    finally:
        database.close()


def register(office: Office, n: int, title: str, by: str = "wang") -> None:
    """One document signed in and registered: what a secretary does all day."""
    document: dict[str, Any] = {**DOCUMENT, "doc_number": f"市测〔2026〕{n}号", "title": title}
    document["received_at"] = datetime.now(UTC)
    office.open(
        "incoming_document", document, by=NAMED[by], form=secrets.token_hex(8), then=("register", CHECKED)
    )


@contextmanager
def crowded(folder: Path, count: int, late: float = 0.02) -> Iterator[tuple[Database, Path]]:
    """An office with so many open cases, of which this share is late. Rows only: nobody worked for them."""
    place = folder / f"crowded-{count}.db"
    fresh = not place.exists()
    database = open_database(f"sqlite:///{place}")
    if fresh:
        upgrade(database)
        furnish(database)
        crowd(database, count, late)
    try:
        yield database, place
    finally:
        database.close()


def crowd(database: Database, count: int, late: float = 0.02) -> None:
    """Fill a furnished office with cases; one in a hundred concerns the department of the member `chen`."""
    with database.writing() as session:
        for some in batches(count, late):
            session.execute(insert(CaseRow.__table__), some)
            session.execute(insert(ConcernedRow.__table__), [*concerned(some)])
        session.commit()
    with database.writing() as session:
        session.execute(text("ANALYZE"))
        session.commit()


def concerned(rows: list[dict[str, Any]]) -> Iterator[dict[str, str]]:
    """Whom each case concerns: the secretary who registered it, and one department."""
    for row in rows:
        n = int(row["id"], 16)
        yield {"root_id": row["id"], "who": "wang"}
        yield {"root_id": row["id"], "who": DEPARTMENT + ("caiwu" if n % 100 == 7 else f"other-{n % 30}")}


def batches(count: int, late: float = 0.02) -> Iterator[list[dict[str, Any]]]:
    dice = random.Random(5)
    rows: list[dict[str, Any]] = []
    for n, title in enumerate(titles(count)):
        due = NOW + timedelta(days=-dice.randint(1, 90) if dice.random() < late else dice.randint(1, 400))
        rows.append(_row(n, title, due, dice))
        if len(rows) == 5000:
            yield rows
            rows = []
    if rows:
        yield rows


def _said(dice: random.Random) -> str:
    """A proposal of about a hundred characters: what a search has to look through."""
    return "；".join(
        f"请{dice.choice(ORGANS)}{dice.choice(VERBS)}{dice.choice(THINGS)}并报结果" for _ in range(6)
    )


STAGES = ("registration", "intake_check", "proposal", "instruction", "distribution")


def _row(n: int, title: str, due: datetime, dice: random.Random) -> dict[str, Any]:
    opened = NOW - timedelta(minutes=n + 1)
    return {
        "id": f"{n:016x}", "number": f"收〔2026〕{n + 1}号", "process": "incoming_document", "version": 1,
        "stage": dice.choice(STAGES), "is_open": True, "grade": dice.choices((0, 1, 2, 3), (85, 9, 5, 1))[0],
        "title": title, "owner": "", "duty": "secretary", "delegated_by": "", "parent_id": None,
        "root_id": f"{n:016x}", "opened_at": opened, "entered_at": opened, "due_at": due,
        "case_due_at": due, "paused_at": None, "urged_at": None, "urged": 0, "slip": "", "asked": False,
        "closed_at": None, "seq": 2,
        "data": {
            "number": f"收〔2026〕{n + 1}号", "doc_number": f"市测〔2026〕{n}号", "title": title,
            "sender_org": dice.choice(ORGANS), "urgency": "平件", "handling_proposal": _said(dice),
        },
    }  # fmt: skip


def reader(database: Database, person: Person = NAMED["wang"], folder: Path = Path()) -> Reader:
    """What this person may look at."""
    return Reader(database, FileStore(folder), person, lambda: NOW)
