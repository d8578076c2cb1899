"""`python -m core.intake FILE…`: one JSON object a line with what each document says of itself."""

import json
import sys
from pathlib import Path

from core.errors import Unreadable
from core.intake import LARGEST, Reading, read, text_of

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
        reading = read(text_of(Path(path).name, _content(Path(path))))
    except Unreadable as reason:
        print(json.dumps({"file": path, "error": str(reason)}, ensure_ascii=False), file=sys.stderr)
        return 1
    print(json.dumps(_row(reading), ensure_ascii=False))
    return 0


def _content(path: Path) -> bytes:
    """The bytes, at most one more than the limit: enough for `check` to say that it is too big."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except IsADirectoryError:
        raise Unreadable("这是一个文件夹，请逐个指明其中的文件。") from None
    except OSError:
        raise Unreadable("找不到或打不开这个文件，请核对路径和权限后重试。") from None
    except ValueError:
        raise Unreadable("文件路径中有不能使用的字符，请改名后重试。") from None


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
