"""A watched folder: files that have stopped growing are taken, then moved to 已收 or to 未收 with the reason."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from core.collecting import Brought, Found
from core.errors import Unreadable
from core.intake import LARGEST, LARGEST_AUDIO, safe_name
from db.collecting.looks import Look

TAKEN, LEFT = "已收", "未收"
"""The folders beside the files, for what was taken and what was not."""

QUIET = timedelta(seconds=10)
"""A file that was not changed for so long has stopped growing."""

MOST = 100
"""Files taken at one look; the next one goes on."""


def look(root: Path | None, name: str, now: datetime) -> Iterator[Look]:
    """The files of a folder below the office's own, the oldest first. `Unreadable` where there is no such folder."""
    folder = place(root, name)
    for path in _resting(folder, now)[:MOST]:
        if (found := _found(path)) is not None:
            yield Look(found, lambda troubles, path=path: _put_away(path, troubles))  # type: ignore[misc]


def place(root: Path | None, name: str) -> Path:
    """The folder of that name; `Unreadable` where the setting is missing or the name leads out of it."""
    if root is None:
        raise Unreadable("没有设置收件目录，请管理员设置 OFFICE_INTAKE_DIR")
    folder = (root / name).resolve()
    if not folder.is_relative_to(root.resolve()) or folder == root.resolve():
        raise Unreadable("文件夹要在收件目录之下，请改正")
    if not folder.is_dir():
        raise Unreadable(f"收件目录下没有“{name}”这个文件夹，请先建好")
    return folder


def _resting(folder: Path, now: datetime) -> list[Path]:
    """Plain files, no links and nothing hidden, that were last changed a while ago."""
    try:
        with os.scandir(folder) as entries:
            files = [
                (entry.stat(follow_symlinks=False).st_mtime, entry.name)
                for entry in entries
                if entry.is_file(follow_symlinks=False) and not entry.name.startswith((".", "~$"))
            ]
    except OSError as trouble:
        raise Unreadable(f"文件夹“{folder.name}”打不开，请管理员检查权限") from trouble
    latest = (now - QUIET).timestamp()
    return [folder / name for changed, name in sorted(files) if changed <= latest]


def _found(path: Path) -> Found | None:
    """The file as a found thing; None where it changed while it was read."""
    try:
        before = path.stat()
        content = _content(path)
        after = path.stat()
    except OSError:
        return None
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        return None
    name = safe_name(path.name)
    uid = f"{name} {hashlib.sha256(content).hexdigest()} {before.st_size}"
    return Found(uid=uid, title=name.rpartition(".")[0] or name, files=(Brought(name, content),))


def _content(path: Path) -> bytes:
    """The bytes, at most one more than the most that may be kept: enough to say that it is too big."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(handle, "rb") as file:
        return file.read(max(LARGEST, LARGEST_AUDIO) + 1)


def _put_away(path: Path, troubles: Sequence[str]) -> None:
    """Move a file to where it belongs now; nothing that lies there is written over."""
    aside = path.parent / (LEFT if troubles else TAKEN)
    aside.mkdir(exist_ok=True)
    target = _free(aside, path.name)
    os.rename(path, target)
    if troubles:
        target.with_name(f"{target.name}.原因.txt").write_text("\n".join(troubles) + "\n", encoding="utf-8")


def _free(folder: Path, name: str) -> Path:
    stem, dot, suffix = name.rpartition(".")
    named = (f"{stem}（{n}）.{suffix}" if dot and stem else f"{name}（{n}）" for n in range(2, 10_000))
    return next(folder / one for one in (name, *named) if not (folder / one).exists())
