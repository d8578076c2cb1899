"""The first day of an installation: an office, its first account, its calendar and its tables."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from core.errors import NotAllowed, Refused
from core.people import Grade, Role
from db.engine import Database, open_database
from db.migrate import differences, upgrade
from db.sessions import ALREADY_SET_UP, Sessions
from db.tables import PersonRow, SettingRow, SpecialDayRow
from tests.conftest import StillClock
from tests.entering.door import DESK, KEY, PASSWORD


@pytest.fixture
def empty() -> Iterator[Sessions]:
    """The sessions of an installation on its first day."""
    database = open_database("sqlite://")
    upgrade(database)
    yield Sessions(database, KEY)
    database.close()


FIRST_DAY = {
    "office": " 市政府办公室 ",
    "name": "张主任",
    "account": "Zhang",
    "password": PASSWORD,
    "again": PASSWORD,
    "clearance": "机密",
}


def test_the_first_day_makes_an_office_with_a_director_and_a_calendar(
    empty: Sessions, clock: StillClock
) -> None:
    """Whoever creates the office may manage it, and the working days are there at once."""
    assert not empty.is_set_up()
    empty.set_up(FIRST_DAY, clock.now)
    person = empty.person_of(empty.sign_in("zhang", PASSWORD, DESK, clock.now), clock.now)
    assert person is not None
    assert (person.roles, person.clearance) == ({Role.DIRECTOR, Role.ADMINISTRATOR}, Grade.SECRET)
    assert empty.office_name() == "市政府办公室"
    with empty.database.reading() as session:
        office = session.get_one(SettingRow, "office").value
        days = session.scalar(select(func.count()).select_from(SpecialDayRow))
    assert office == {"name": "市政府办公室", "fonds_no": "", "code": "BGS"}
    assert days is not None and days > 500


def test_of_two_who_create_the_office_at_once_one_is_told(empty: Sessions, clock: StillClock) -> None:
    """There is one office and one first account, whoever is faster."""

    def create(account: str) -> str:
        try:
            empty.set_up({**FIRST_DAY, "account": account}, clock.now)
        except NotAllowed as refusal:
            return str(refusal)
        return "created"

    with ThreadPoolExecutor(4) as crowd:
        said = sorted(crowd.map(create, ("zhang", "he", "li", "chen")))
    assert said == sorted(["created", *[ALREADY_SET_UP] * 3])
    with empty.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(PersonRow)) == 1


def test_a_form_of_the_first_day_is_refused_field_by_field(empty: Sessions, clock: StillClock) -> None:
    """Each sentence belongs to one field, and nothing is created."""
    with pytest.raises(Refused) as refusal:
        empty.set_up({**FIRST_DAY, "office": " ", "account": "zhang san", "again": "other"}, clock.now)
    assert refusal.value.problems == {
        "office": "请填写办公室名称",
        "account": "账号中不能有空格",
        "again": "两次输入的密码不一致",
    }
    assert not empty.is_set_up()


# --- the tables -----------------------------------------------------------------------------------


def test_the_migrations_make_the_tables_the_program_knows(database: Database) -> None:
    """Nobody changes db/tables.py without a revision."""
    assert differences(database) == []


def test_two_programs_may_start_at_once(tmp_path: object) -> None:
    """Each brings the schema up to date or finds that it is."""
    databases = [open_database(f"sqlite:///{tmp_path}/office.db") for _ in range(4)]
    with ThreadPoolExecutor(4) as crowd:
        list(crowd.map(upgrade, databases))
    assert differences(databases[0]) == []
