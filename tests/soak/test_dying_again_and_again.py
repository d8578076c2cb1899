"""The program and the database's server go away again and again (P1, P10)."""

import random

from tests.promises.test_nothing_acknowledged_is_lost import (
    address_of,
    is_whole,
    killed_while_registering,
    numbers,
)
from tests.promises.test_trouble_with_the_database import deaths_of_postgres


def test_fifteen_deaths_of_the_program(database, files, rounds, say):
    moments, told, n = random.Random(15), {}, 0
    for n in rounds(15, 0.15):
        told |= killed_while_registering(address_of(database), files, f"r{n}", moments.uniform(0.05, 1.5))
    there = numbers(database)
    assert {form: there.get(form) for form in told} == told
    is_whole(database, files)
    say(
        f"{database.write.dialect.name}: {n + 1} kills, {len(told)} acknowledged, 0 lost, "
        f"{len(there) - len(told)} saved without an answer"
    )


def test_five_deaths_of_the_postmaster(files, rounds, say):
    most = sum(1 for _ in zip(range(5), rounds(5, 0.1), strict=False))
    waited, troubles = deaths_of_postgres(files, most)
    say(f"postgresql: postmaster killed {most} times, writing again after {[round(w, 1) for w in waited]} s")
    say(f"postgresql: people were told {sorted(troubles)}")
    assert max(waited) <= 5
