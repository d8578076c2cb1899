"""The urn: a hundred phones at once, one paper a slip, and copies that hold nothing of what is still open (P25)."""

import threading
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from random import SystemRandom
from time import perf_counter

import pytest

from core.errors import Conflict, OfficeError
from core.surveys import MEETING
from db import backup, surveys, urn
from db.backup import back_up
from db.engine import open_database
from db.verify import Installation
from tests.conftest import NAMED
from tests.polls import KEY, Votes, answers, guests, meeting, polling_of

CROWD = 100


@pytest.fixture
def polling(database, files, clock):
    return polling_of(database, files, clock, SystemRandom())


@pytest.fixture
def votes(office, polling, reader_of, clock):
    return Votes(office, polling, reader_of, clock)


def all_at_once(jobs):
    """Run them in threads that start together: of each the refusal, or None."""
    gate, said = threading.Barrier(len(jobs)), [None] * len(jobs)

    def run(n, job):
        gate.wait()
        try:
            job()
        except OfficeError as refusal:
            said[n] = refusal

    threads = [threading.Thread(target=run, args=one) for one in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def sent(office, polling, whom):
    """A survey about a new meeting: its id and the tokens."""
    case = meeting(office)
    return case, [token for _, token in polling.open_survey(case.id, "meeting", whom, by=NAMED["wang"])]


def test_a_hundred_phones_answer_at_once(office, polling, database, reader_of):
    """Every answer is counted, none twice, and nobody waits longer than a page would."""
    case, tokens = sent(office, polling, guests(database, CROWD))
    begun = perf_counter()
    said = all_at_once(
        [
            lambda n=n, token=token: polling.answer(token, answers(comment=f"第 {n} 位"))
            for n, token in enumerate(tokens)
        ]
    )
    print(f"{database.write.dialect.name}: {CROWD} answers in {perf_counter() - begun:.2f} s")
    assert said == [None] * CROWD
    held = reader_of(NAMED["wang"]).survey_about(case.id, MEETING).held
    polling.close_survey(held.id, by=NAMED["wang"])
    told = reader_of(NAMED["wang"]).outcome(held.id).tally
    assert told.n == told.satisfied == CROWD
    assert Counter(told.comments) == Counter(f"第 {n} 位" for n in range(CROWD))


@pytest.mark.parametrize("manner", ["无记名", "记名"])
def test_a_hundred_phones_vote_at_once(votes, polling, database, manner):
    """Every vote is counted, and with the last one the ballot ends by itself."""
    whom = guests(database, CROWD)
    case = votes.started(whom, manner=manner)
    choices = ["同意", "反对", "弃权"]
    begun = perf_counter()
    said = all_at_once(
        [
            lambda n=n, who=who: polling.vote(case.id, choices[n % 3], by=votes.person(who))
            for n, who in enumerate(whom)
        ]
    )
    print(f"{database.write.dialect.name}: {CROWD} votes in {perf_counter() - begun:.2f} s")
    assert said == [None] * CROWD
    assert votes.see(case).stage.key == "finished"
    assert votes.ballot(case).result.votes == {"同意": 34, "反对": 33, "弃权": 33}


def test_of_two_answers_with_one_link_at_once_one_is_refused(office, polling, database, reader_of):
    """Twenty phones with the same link: one answer stands."""
    _, tokens = sent(office, polling, guests(database, 5))
    said = all_at_once([lambda: polling.answer(tokens[0], answers())] * 20)
    assert sum(one is None for one in said) == 1
    assert all(isinstance(one, Conflict) for one in said if one)


def test_of_two_votes_of_one_person_at_once_one_is_refused(votes, polling, database):
    """Ten taps by one voter: one vote stands."""
    case = votes.started(guests(database, 5))
    voter = votes.person("guest:000")
    said = all_at_once([lambda: polling.vote(case.id, "同意", by=voter)] * 10)
    assert sum(one is None for one in said) == 1
    assert votes.ballot(case).voted == {"guest:000"}


def test_whoever_reads_meanwhile_is_not_in_the_way(office, polling, database, reader_of):
    """An answer that comes while a page is being read is taken; what could not be cleared up then is later."""
    case, tokens = sent(office, polling, guests(database, 6))
    with database.reading() as session:
        held = surveys.about(session, case.id, MEETING)
        assert surveys.answered(session, held) == 0
        for token in tokens:
            polling.answer(token, answers())
        assert surveys.answered(session, held) == 0  # one moment, as it was when the page was begun
    with database.reading() as session:
        assert surveys.answered(session, held) == 6
    urn.settle(database)
    if database.is_sqlite:
        log = Path(f"{database.write.url.database}-wal")
        assert not log.exists() or log.stat().st_size == 0


@pytest.mark.parametrize("given", [4, 7])
def test_a_backup_holds_no_answer_of_an_open_survey(
    given, office, polling, database, files, tmp_path, reader_of
):
    """Not below five and not above: two backups that differ by one answer would tell whose it is. In the
    restored office everybody can answer, whoever had answered and whoever had not.
    """
    _, tokens = sent(office, polling, guests(database, 8))
    for n, token in enumerate(tokens[:given]):
        polling.answer(token, answers(comment=f"unmistakable-{n}"))
    done, _ = back_up(Installation(database, KEY, files, tmp_path), tmp_path / "kept", _now())
    assert backup.read_manifest(done)["open_urns"] == 1
    assert b"unmistakable" not in (done / backup.DATABASE).read_bytes()
    assert backup.check(done, KEY) == []
    with backup.opened(done) as copy, copy.reading() as session:
        found = surveys.for_token(session, tokens[0])
        assert found is not None
        assert found[1] is False


def test_a_backup_holds_the_answers_of_a_closed_survey(office, polling, database, files, tmp_path, reader_of):
    """They are the result of the meeting, and nothing can be told from them any more."""
    case, tokens = sent(office, polling, guests(database, 6))
    for token in tokens:
        polling.answer(token, answers())
    held = reader_of(NAMED["wang"]).survey_about(case.id, MEETING).held
    polling.close_survey(held.id, by=NAMED["wang"])
    done, found = back_up(Installation(database, KEY, files, tmp_path), tmp_path / "kept", _now())
    assert found == []
    assert backup.read_manifest(done)["open_urns"] == 0
    with backup.opened(done) as copy, copy.reading() as session:
        assert len(surveys.answers(session, held)) == 6


def test_a_backup_holds_no_vote_of_a_running_ballot_and_every_one_of_a_finished(
    votes, polling, database, files, tmp_path
):
    """As with the survey: from the restored office the vote is taken again."""
    whom = guests(database, 6)
    running, over = votes.started(whom), votes.started(whom)
    for case in (running, over):
        for who in whom[:5]:
            polling.vote(case.id, "同意", by=votes.person(who))
    votes.step(over, "finish")
    done, _ = back_up(Installation(database, KEY, files, tmp_path), tmp_path / "kept", _now())
    assert backup.read_manifest(done)["open_urns"] == 1
    with backup.opened(done) as copy, copy.reading() as session:
        assert urn.papers(session, running.id) == []
        assert not any(urn.slips(session, running.id).values())
        assert len(urn.papers(session, over.id)) == 5


def test_what_is_kept_before_an_upgrade_holds_no_answer_either(
    office, polling, database, tmp_path, monkeypatch
):
    """The copy of the file stays for long beside the office that goes on."""
    if not database.is_sqlite:
        pytest.skip("the server's own administrator keeps it")
    _, tokens = sent(office, polling, guests(database, 8))
    for token in tokens[:6]:
        polling.answer(token, answers(comment="unmistakable"))
    monkeypatch.setattr("db.migrate.newest_revision", lambda: "9999")
    kept = backup.before_upgrade(database, tmp_path)
    assert b"unmistakable" not in kept.read_bytes()
    with open_database(f"sqlite:///{kept}").reading() as session:
        assert surveys.for_token(session, tokens[0])[1] is False


def _now():
    return datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
