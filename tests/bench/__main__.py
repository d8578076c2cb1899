"""Run all of the bench, or the parts named: `python -m tests.bench [B1 B5 …]`. Fails when a target is missed."""

import argparse
import importlib
import sys
import tempfile
from pathlib import Path

PARTS = {
    "B1": "registering",
    "B2": "overdue",
    "B3": "searching",
    "B4": "conflicts",
    "B5": "deadlines",
    "B6": "pages",
    "B7": "spreadsheets",
    "B8": "documents",
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="all of them where none is named")
    parser.add_argument("--cases", type=int, help="B3 alone: among how many it searches, as 1000000")
    told = parser.parse_args(arguments)
    chosen = told.parts or list(PARTS)
    missed = 0
    with tempfile.TemporaryDirectory(prefix="bench-", dir=Path.cwd()) as folder:
        for part in chosen:
            more = {"count": told.cases} if part == "B3" and told.cases else {}
            for line in importlib.import_module(f"tests.bench.{PARTS[part]}").lines(Path(folder), **more):
                print(line, flush=True)
                missed += not line.ok
    print(f"{missed} missed" if missed else "every target met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
