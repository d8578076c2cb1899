"""The power goes again and again, as SQLite's own tests let it go (P2)."""

import random

from tests.soak.power import Office, cut, recorded


def test_forty_power_cuts(sqlite_template, tmp_path, rounds, say):
    """What was not synced is lost, or a random part of it got out: our own statements on our own schema."""
    statements = recorded(sqlite_template, tmp_path, 300)
    acknowledged = lost = n = 0
    for n in rounds(80, 0.2):
        chance = random.Random(n)
        office = Office(sqlite_template, tmp_path / "cut.db")
        done = office.replay(statements, chance.randint(1, len(statements)))
        there = cut(office, chance if n % 2 else None, tmp_path / "after.db")
        acknowledged, lost = acknowledged + len(done), lost + len(done - there)
    say(f"sqlite FULL: {n + 1} power cuts, {acknowledged} acknowledged, {lost} lost")
    assert lost == 0
