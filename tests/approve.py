"""The approved text of each version of the standard: `make approve` writes it anew, then read the difference."""

from pathlib import Path

from core.handbook import chapter
from core.process import Process
from core.processes import SHIPPED

APPROVED = Path(__file__).parent / "approved"
EVERY_VERSION = [process for versions in SHIPPED.values() for process in versions]


def approved(process: Process) -> Path:
    """Where the approved text of a version is."""
    return APPROVED / f"{process.key}.v{process.version}.md"


if __name__ == "__main__":
    for one in EVERY_VERSION:
        approved(one).write_text(chapter(one), encoding="utf-8")
