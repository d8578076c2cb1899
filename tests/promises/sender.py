"""A process of its own that sends what waits in the outbox of the tests, to be killed on the way.

`python -m tests.promises.sender ADDRESS MAIL_PORT GATEWAY_PORT NOW [--commit N] [--after]`: the clock stands at
NOW; it dies before the N-th commit, or right `--after` it.
"""

import os
import signal
import sys
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from subprocess import Popen

import structlog
from sqlalchemy import event

from db.channels import Channels, open_channels
from db.config import Settings
from db.engine import Database, open_database
from db.links import Links
from db.outbox import Dispatcher

KEY = b"key of the tests"
ROOT = Path(__file__).parents[2]


def channels_at(mail_port: int, gateway_port: int) -> Channels:
    """Mail and short messages by servers on this machine."""
    return open_channels(
        Settings(
            _env_file=None,  # type: ignore[call-arg]
            mail_from="办公室 <office@bgs.example>",
            public_url="https://oa.example",
            smtp_url=f"smtp://127.0.0.1:{mail_port}?tls=none",  # type: ignore[arg-type]
            sms_url=f"http://127.0.0.1:{gateway_port}/send",  # type: ignore[arg-type]
            sms_fields='{"mobile": "{mobile}", "text": "{text}", "id": "{id}"}',
        )
    )


def start(address: str, mail_port: int, gateway_port: int, now: datetime, *more: str) -> "Popen[bytes]":
    """Start one; its process id is what to kill."""
    told = [address, str(mail_port), str(gateway_port), now.isoformat(), *more]
    return Popen([sys.executable, "-m", "tests.promises.sender", *told], cwd=ROOT)


def _die_at(database: Database, wanted: int, *, after: bool) -> None:
    """Arrange for this process to be killed around its n-th commit."""
    done = 0

    def count(connection: object) -> None:
        nonlocal done
        done += 1
        if done == wanted:
            os.kill(os.getpid(), signal.SIGKILL)

    if after:  # the next statement of anybody comes when the commit is through
        wanted += 1
        event.listen(database.write, "begin", count)
    else:
        event.listen(database.write, "commit", count)


def main() -> None:
    """Send until nothing is due, or until killed."""
    parser = ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("mail_port", type=int)
    parser.add_argument("gateway_port", type=int)
    parser.add_argument("now", type=datetime.fromisoformat)
    parser.add_argument("--commit", type=int, default=0)
    parser.add_argument("--after", action="store_true")
    told = parser.parse_args()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    database = open_database(told.address)
    if told.commit:
        _die_at(database, told.commit, after=told.after)
    channels = channels_at(told.mail_port, told.gateway_port)
    dispatcher = Dispatcher(database, channels, Links(KEY), lambda: told.now)
    while dispatcher.is_wanted(told.now):
        dispatcher.run(told.now)


if __name__ == "__main__":
    main()
