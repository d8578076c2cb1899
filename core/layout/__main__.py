"""`python -m core.layout`: write the sample documents, or check a DOCX against the standard.

`sample DIR` writes one DOCX and one PDF of each form. `check FILE.docx` prints a JSON line for each check
and ends with a summary.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from core.errors import Unreadable
from core.intake import content_of


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code: 0 when done, whatever a check found; 2 for what cannot be read."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    parser = argparse.ArgumentParser(prog="python -m core.layout", description="GB/T 9704-2012 版式")
    commands = parser.add_subparsers(dest="command", required=True)
    sample = commands.add_parser("sample", help="写出各种格式的样张（DOCX 和 PDF）")
    sample.add_argument("folder", type=Path, metavar="DIR")
    check = commands.add_parser("check", help="检查一份 DOCX 的格式")
    check.add_argument("file", type=Path, metavar="FILE.docx")
    chosen = parser.parse_args(arguments)
    return _sample(chosen.folder) if chosen.command == "sample" else _check(chosen.file)


def _sample(folder: Path) -> int:
    from core.layout.sample import write

    for file in write(folder):
        print(file)
    return 0


def _check(file: Path) -> int:
    from core.layout.check import check, told  # the checker needs no Typst, the samples no checker

    try:
        findings = check(content_of(file))
    except Unreadable as reason:
        print(reason, file=sys.stderr)
        return 2
    for record in told(findings):
        print(json.dumps(record, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
