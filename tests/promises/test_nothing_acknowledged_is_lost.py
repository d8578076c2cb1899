"""The program dies in the middle of its work: what was acknowledged is there, and nothing is half done (P1, P3)."""

import random
import time

from sqlalchemy import func, select, text

from db.engine import Database, open_database
from db.files import FileStore
from db.tables import CaseRow, ConcernedRow, EventRow
from db.verify import verify
from tests.promises.registrar import KEY, acknowledged, office_at, register, start


def numbers(database: Database) -> dict[str, str]:
    """The numbers of all documents, by the forms they came from."""
    with database.reading() as session:
        return dict(session.execute(select(CaseRow.id, CaseRow.number)).all())


def is_whole(database: Database, files: FileStore) -> None:
    """No document without both its events and whom it concerns, one unbroken chain, and a sound file."""
    assert verify(database, KEY, files, []) == []
    with database.reading() as session:
        per_case = select(func.count()).select_from(EventRow).group_by(EventRow.case_id)
        assert set(session.scalars(per_case)) == {2}
        concerned = select(ConcernedRow.root_id)
        assert session.scalars(select(CaseRow.id).where(CaseRow.root_id.not_in(concerned))).all() == []
    if database.is_sqlite:
        assert integrity(database) == "ok"


def integrity(database: Database) -> str:
    """What SQLite says of the file, asked anew: a connection that has searched before looks at an older index."""
    fresh = open_database(address_of(database))
    with fresh.reading() as session:
        said = str(session.scalar(text("PRAGMA integrity_check")))
    fresh.close()
    return said


def killed_while_registering(address: str, files: FileStore, name: str, after: float) -> dict[str, str]:
    """What twenty people had been told when their program was killed, so many seconds after the first word."""
    dying = start(address, files.folder, name, 20)
    assert dying.stdout
    first = dying.stdout.readline()
    time.sleep(after)
    dying.kill()
    said = first + dying.stdout.read()
    dying.wait()
    return acknowledged(said)


def address_of(database: Database) -> str:
    return database.write.url.render_as_string(hide_password=False)


def rounds_of_dying(database: Database, files: FileStore, rounds: int, seed: int) -> tuple[int, int]:
    """Kill the program so many times; how many documents were acknowledged, and how many stand without that."""
    moments, told = random.Random(seed), {}
    for n in range(rounds):
        told |= killed_while_registering(address_of(database), files, f"r{n}", moments.uniform(0.05, 0.6))
        there = numbers(database)
        assert {form: there.get(form) for form in told} == told
        is_whole(database, files)
    return len(told), len(there) - len(told)


def test_what_was_acknowledged_survives_the_death_of_the_program(database, files):
    """SIGKILL at a moment nobody chose, twenty people at work; three times on SQLite, once on PostgreSQL."""
    told, _ = rounds_of_dying(database, files, 3 if database.is_sqlite else 1, seed=2026)
    assert told


def test_a_form_handed_in_again_after_a_lost_answer_is_one_document(database, files):
    """The program dies between the commit and the answer: the person presses the key again, and it is there."""
    dying = start(address_of(database), files.folder, "lost", 1, "--silent")
    said, _ = dying.communicate(timeout=30)
    assert said == b""
    (form, number), *more = numbers(database).items()
    assert (form, more) == ("lost-0-1", [])
    office = office_at(address_of(database), files.folder)
    again = register(office, form)
    assert (again.number, numbers(database)) == (number, {form: number})
    assert register(office, "the next one").number == number.replace("1号", "2号")
    is_whole(database, files)


def test_after_a_kill_everybody_hands_in_again_what_was_not_answered(database, files):
    """Whoever got no answer does not know whether it was saved: handing it in again is always right."""
    told = killed_while_registering(address_of(database), files, "again", 0.3)
    unanswered = {f"again-{thread}-1" for thread in range(20)} | set(told)
    office = office_at(address_of(database), files.folder)
    answered = {form: register(office, form).number for form in sorted(unanswered)}
    assert {form: answered[form] for form in told} == told
    assert len(set(answered.values())) == len(answered)
    is_whole(database, files)
