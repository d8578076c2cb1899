"""Write each process's handbook chapter to `tests/approved/`: `make approve`, then read the difference."""

from pathlib import Path

from core.handbook import chapter
from core.processes import SHIPPED

APPROVED = Path(__file__).parent / "approved"


def main() -> None:
    for versions in SHIPPED.values():
        for process in versions:
            (APPROVED / f"{process.key}.v{process.version}.md").write_text(chapter(process), encoding="utf-8")


if __name__ == "__main__":
    main()
