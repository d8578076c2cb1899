"""Every night at half past two the office backs itself up, and keeps fourteen."""

from datetime import datetime, timedelta

import pytest

from db import backup
from db.config import Settings
from tests.conftest import StillClock
from tests.safekeeping.tampering import tamper


@pytest.fixture
def night(house):
    """The job of the nightly backup, to be run at a moment."""
    with house.running() as (here, _):
        job = backup.jobs(house.settings, here.database)["backup"]
        yield lambda moment: job(StillClock(moment)())


def made_at(house):
    return [path.name for path in backup.backups(house.data / "backups")]


def test_the_office_is_backed_up_once_a_night_at_half_past_two(house, night):
    for moment in (
        "2026-11-21 02:20",
        "2026-11-21 02:30",
        "2026-11-21 02:40",
        "2026-11-21 23:50",
        "2026-11-22 02:29",
    ):
        night(moment)
    assert made_at(house) == ["backup-20261121-023000"]


def test_a_night_without_a_running_server_is_made_good_in_the_morning(house, night):
    night("2026-11-21 08:15")
    assert made_at(house) == ["backup-20261121-081500"]


def test_the_last_fourteen_nights_are_kept(house, night):
    start = datetime(2026, 11, 1, 2, 30)
    for n in range(16):
        night(f"{start + timedelta(days=n):%Y-%m-%d %H:%M}")
    assert len(made_at(house)) == 14
    assert made_at(house)[0] == "backup-20261103-023000"


def test_while_the_record_is_damaged_no_good_backup_is_thrown_away(house, night):
    start = datetime(2026, 11, 1, 2, 30)
    for n in range(14):
        night(f"{start + timedelta(days=n):%Y-%m-%d %H:%M}")
    with backup.opened(house.data) as database:
        tamper(database, "UPDATE events SET \"by\" = 'li' WHERE id = 1")
    night("2026-11-20 02:30")
    assert len(made_at(house)) == 15


def test_nightly_backups_can_be_switched_off_and_the_heads_are_still_written(house):
    with house.running() as (here, _):
        settings = Settings(data_dir=house.data, nightly_backups=False)
        assert set(backup.jobs(settings, here.database)) == {"anchor"}
