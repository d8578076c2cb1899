"""`python -m core.intake FILE…`: one JSON object a line with what each document says of itself."""

import json
import sys
from pathlib import Path

from core.errors import Unreadable
from core.intake import Reading, content_of, read, text_of

USAGE = "用法：python -m core.intake 文件…"


def main(paths: list[str]) -> int:
    """Print a line for each file; 1 when any could not be read, 2 when none was named."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    if not paths:
        print(USAGE, file=sys.stderr)
        return 2
    return max([_report(path) for path in paths])


def _report(path: str) -> int:
    try:
        reading = read(text_of(Path(path).name, content_of(Path(path))))
    except Unreadable as reason:
        print(json.dumps({"file": path, "error": str(reason)}, ensure_ascii=False), file=sys.stderr)
        return 1
    print(json.dumps(_row(reading), ensure_ascii=False))
    return 0


def _row(reading: Reading) -> dict[str, str | None]:
    return {
        "doc_number": reading.doc_number,
        "title": reading.title,
        "sender_org": reading.sender_org,
        "dated_on": reading.dated_on.isoformat() if reading.dated_on else None,
        "doc_kind": reading.doc_kind,
        "secrecy_level": reading.secrecy_level,
        "urgency": reading.urgency,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
