"""The office as somebody comes to its door."""

import pytest

from db.engine import Database
from db.sessions import Sessions
from tests.conftest import StillClock
from tests.entering.door import KEY, PASSWORD


@pytest.fixture
def sessions(database: Database, clock: StillClock) -> Sessions:
    """The office's sessions; Wang Min has a password."""
    found = Sessions(database, KEY)
    found.set_password("wang", PASSWORD, clock.now)
    return found
