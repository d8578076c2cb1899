"""P25: whoever holds the database file cannot tell whose an answer is. P26: small groups are not shown.

Five attacks over ten rounds of forty answers, each given by somebody known to the test, in an order known to
it. An attack's score is the share of people it links to their own paper; by chance it is one in forty.
"""

import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random, SystemRandom

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from db import tokens, urn
from db.engine import Database
from tests.conftest import NAMED
from tests.polls import answers, guests, meeting, polling_of

PEOPLE, ROUNDS = 40, 10
MOST = 0.08
"""Of four hundred links ten are right by chance; thirty-two or more are so once in many millions of runs."""

MOST_DRIFT = 0.3
"""Of ten rounds of forty the average is 0 by chance, give or take 0.05: six times as much is none."""


@pytest.fixture
def polling(database, files, clock):
    return polling_of(database, files, clock, SystemRandom())


# --- what a thief sees ----------------------------------------------------------------------------------


def rows(database: Database, table: str, column: str, order: str = "") -> list[str]:
    """A column of a table as the database hands it out, or by where the rows lie."""
    with create_engine(database.read.url, poolclass=NullPool).connect() as connection:
        return [row[0] for row in connection.execute(text(f"SELECT {column} FROM {table} {order}"))]


def file_of(database: Database) -> Path:
    return Path(database.write.url.database or "")


def file_of_table(database: Database, table: str) -> bytes:
    """What the server has on the disk of a table."""
    with create_engine(
        database.write.url, isolation_level="AUTOCOMMIT", poolclass=NullPool
    ).connect() as connection:
        connection.execute(text("CHECKPOINT"))
        folder = connection.scalar(text("SHOW data_directory"))
        place = connection.scalar(text("SELECT pg_relation_filepath(:name)"), {"name": table})
    return Path(str(folder), str(place)).read_bytes()


def cells(file: Path, table: str) -> list[bytes]:
    """The cells of a table of SQLite from the end of each page to its beginning: as they were written into it."""
    with create_engine(f"sqlite:///{file}", poolclass=NullPool).connect() as connection:
        root = connection.scalar(
            text("SELECT rootpage FROM sqlite_master WHERE name = :name"), {"name": table}
        )
        size = connection.scalar(text("PRAGMA page_size"))
    return [*_cells(file.read_bytes(), root, size)]


def _cells(raw: bytes, page: int, size: int) -> Iterator[bytes]:
    start = (page - 1) * size
    head = start + (100 if page == 1 else 0)
    inner = raw[head] in (2, 5)
    count = struct.unpack_from(">H", raw, head + 3)[0]
    places = struct.unpack_from(f">{count}H", raw, head + (12 if inner else 8))
    if inner:
        for place in places:
            yield from _cells(raw, struct.unpack_from(">I", raw, start + place)[0], size)
        yield from _cells(raw, struct.unpack_from(">I", raw, head + 8)[0], size)
    for place in sorted(places, reverse=True):
        yield raw[start + place : start + place + 300]


def named_in(found: Sequence[bytes], names: Sequence[str]) -> list[str]:
    """Of each cell the name that comes first in it."""
    places = [[(cell.find(name.encode()), name) for name in names if name.encode() in cell] for cell in found]
    return [min(at)[1] for at in places if at]


def linked(truth: Mapping[str, str], slips: Sequence[str], papers: Sequence[str]) -> float:
    """The share of people whose paper stands in the same place as their slip."""
    assert len(slips) == len(papers) == len(truth)
    return sum(truth[slip] == paper for slip, paper in zip(slips, papers, strict=True)) / len(truth)


def in_order_of_arrival(arrived: Sequence[str], papers: Sequence[str]) -> float:
    """The share of papers that lie where they came: first, second, third …, or the other way round."""
    ways = (papers, papers[::-1])
    return max(sum(a == b for a, b in zip(arrived, way, strict=True)) for way in ways) / len(arrived)


def drift(arrived: Sequence[str], papers: Sequence[str]) -> float:
    """How far the places follow the order of arrival: 1 or -1 where they do, 0 where they do not (Spearman)."""
    n, place = len(arrived), {paper: i for i, paper in enumerate(papers)}
    return 1 - 6 * sum((i - place[paper]) ** 2 for i, paper in enumerate(arrived)) / (n * (n * n - 1))


# --- the survey and the ballot, round by round ----------------------------------------------------------


class Scores:
    """What each attack came to, round by round."""

    def __init__(self) -> None:
        self.links: dict[str, list[float]] = {}
        self.drifts: dict[str, list[float]] = {}

    def attack(self, database: Database, truth: Mapping[str, str]) -> None:
        """All attacks on the urns as they are now; `truth` in the order of arrival."""
        arrived = [*truth.values()]
        for attack, (slips, papers) in _views(database, truth).items():
            self.links.setdefault(f"whose, by {attack}", []).append(linked(truth, slips, papers))
            self.links.setdefault(f"when, by {attack}", []).append(in_order_of_arrival(arrived, papers))
            self.drifts.setdefault(attack, []).append(drift(arrived, papers))

    def check(self) -> None:
        """No attack may be better than guessing, within what chance allows over all rounds."""
        links, drifts = ({k: sum(v) / ROUNDS for k, v in d.items()} for d in (self.links, self.drifts))
        print(links, drifts)
        assert all(score <= MOST for score in links.values()), links
        assert all(abs(score) <= MOST_DRIFT for score in drifts.values()), drifts


def _words(paper: str) -> str:
    told = json.loads(paper)
    return told.get("comment") or told["choice"]


def surveyed(office, polling, whom, n: int) -> dict[str, str]:
    """A meeting whose guests answer one after the other, each with words of their own: of each slip the words."""
    links = [*polling.open_survey(meeting(office, title=f"第 {n} 次").id, "meeting", whom, by=NAMED["wang"])]
    Random(n).shuffle(links)
    truth = {tokens.digest(token): f"answer-{n:02}-{i:03}-{token[:6]}" for i, (_, token) in enumerate(links)}
    for (_, token), words in zip(links, truth.values(), strict=True):
        polling.answer(token, answers(comment=words))
    return truth


def test_of_a_survey_no_place_in_the_file_links_an_answer_to_its_link(office, polling, database):
    """By the order of rows, by their place in the page or the heap: not whose an answer is, nor when it came."""
    whom, scores = guests(database, PEOPLE), Scores()
    for n in range(ROUNDS):
        truth = surveyed(office, polling, whom, n)
        scores.attack(database, truth)
        _forget(database)
    scores.check()


def _views(database: Database, truth: Mapping[str, str]) -> dict[str, tuple[list[str], list[str]]]:
    """Slips and papers in the orders in which the file has them."""
    words = [*truth.values()]

    def told(papers: list[str]) -> list[str]:
        return [_words(paper) for paper in papers]

    if database.is_sqlite:
        places = {name: cells(file_of(database), f"urn_{name}") for name in ("slips", "papers")}
        plain = rows(database, "urn_slips", "slip"), told(rows(database, "urn_papers", "paper"))
        return {
            "row order": plain,
            "place in the page": (named_in(places["slips"], [*truth]), named_in(places["papers"], words)),
        }
    by = "ORDER BY ctid"
    return {
        "row order": (rows(database, "urn_slips", "slip"), told(rows(database, "urn_papers", "paper"))),
        "ctid": (rows(database, "urn_slips", "slip", by), told(rows(database, "urn_papers", "paper", by))),
    }


def _forget(database: Database) -> None:
    """The next round begins with empty urns."""
    with database.writing() as session:
        session.execute(text("DELETE FROM urn_papers"))
        session.execute(text("DELETE FROM urn_slips"))
        session.commit()


def test_the_log_and_the_erased_rows_tell_nothing(office, polling, database):
    """After each answer SQLite's log is empty and every answer stands in the file once; in PostgreSQL all rows
    are of one transaction, and nothing of the ones before is left in the files.
    """
    whom = guests(database, PEOPLE)
    links = dict(polling.open_survey(meeting(office).id, "meeting", whom, by=NAMED["wang"]))
    slips = [tokens.digest(token) for token in links.values()]
    for i, token in enumerate(links.values()):
        polling.answer(token, answers(comment=f"answer-{i:03}-{token[:6]}"))
        if database.is_sqlite:
            log = Path(f"{file_of(database)}-wal")
            assert not log.exists() or log.stat().st_size == 0
            assert file_of(database).read_bytes().count(b"answer-") == i + 1
        else:
            for table in ("urn_papers", "urn_slips"):
                assert len(set(rows(database, table, "xmin::text"))) == 1
            assert file_of_table(database, "urn_papers").count(b"answer-") == i + 1
            assert all(file_of_table(database, "urn_slips").count(slip.encode()) == 1 for slip in slips[:1])


TELLING = ("events", "journal", "sign_ins", "notices", "cases", "surveys", "sessions", "leases")
"""Tables in which a line with a moment could stand."""


def test_no_line_of_the_record_or_of_the_log_tells_that_an_answer_came(
    office, polling, database, capsys, caplog
):
    """What stood in every table with a moment before the answers stands there unchanged afterwards."""
    whom = guests(database, 8)
    links = dict(polling.open_survey(meeting(office).id, "meeting", whom, by=NAMED["wang"]))
    before = {table: rows(database, table, "count(*)") + _newest(database, table) for table in TELLING}
    capsys.readouterr()
    caplog.clear()
    for token in links.values():
        polling.answer(token, answers())
    assert {t: rows(database, t, "count(*)") + _newest(database, t) for t in TELLING} == before
    assert capsys.readouterr() == ("", "")
    assert caplog.records == []


def _newest(database: Database, table: str) -> list[str]:
    with create_engine(database.read.url, poolclass=NullPool).connect() as connection:
        return sorted(str(row) for row in connection.execute(text(f"SELECT * FROM {table}")))


def test_of_a_secret_ballot_no_place_in_the_file_links_a_vote_to_its_voter(database):
    """Who has voted is known; of forty voters nobody's of forty choices is found by where it lies."""
    whom, scores = [f"voter-{n:02}" for n in range(PEOPLE)], Scores()
    chance = SystemRandom()
    for n in range(ROUNDS):
        Random(n).shuffle(whom)
        truth = {who: f"choice-{n:02}-{i:02}-{chance.randbytes(4).hex()}" for i, who in enumerate(whom)}
        _vote(database, f"ballot-{n}", truth, chance)
        scores.attack(database, truth)
        _forget(database)
    scores.check()


class NoChance(Random):
    """Puts everything in the order in which it came, under keys that rise."""

    def __init__(self) -> None:
        super().__init__(0)
        self.n = 0

    def shuffle(self, x) -> None:
        """Leave it as it is."""

    def randbytes(self, n: int) -> bytes:
        self.n += 1
        return self.n.to_bytes(n)


def test_the_attacks_would_link_everybody_in_an_urn_that_is_not_shuffled(database):
    """So that what they do not find in the real one is not for want of looking."""
    truth = {f"voter-{i:02}": f"choice-{i:02}" for i in range(PEOPLE)}
    _vote(database, "ballot", truth, NoChance())
    for slips, papers in _views(database, truth).values():
        assert linked(truth, slips, papers) == in_order_of_arrival([*truth.values()], papers) == 1.0
        assert abs(drift([*truth.values()], papers)) == 1.0


def _vote(database: Database, ballot: str, truth: Mapping[str, str], chance: Random) -> None:
    for who, choice in truth.items():
        with database.writing() as session:
            urn.put(session, ballot, who, json.dumps({"choice": choice}), chance)
            session.commit()
            urn.settle(database)
