"""Files the office keeps: on disk beside the database, once each, under the SHA-256 of their bytes."""

import errno
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.errors import Unavailable
from db.engine import FULL

UNWRITABLE = "文件没有存上，已保留您填写的内容。请联系管理员检查数据目录的写入权限和磁盘。"


@dataclass(frozen=True)
class FileStore:
    """A folder of files by digest. Nothing in it is ever changed or named by a person (P12)."""

    folder: Path

    def keep(self, content: bytes) -> str:
        """Store the bytes and return their digest; storing the same again changes nothing.

        Raises `Unavailable` when the disk is full or may not be written (P8, P9).
        """
        digest = hashlib.sha256(content).hexdigest()
        place = self.path(digest)
        with _speaking():
            if not place.exists():
                place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._write_whole(place, content)
        return digest

    def remove(self, digest: str) -> None:
        """Take a file away; it is no fault if it is not there."""
        self.path(digest).unlink(missing_ok=True)

    def path(self, digest: str) -> Path:
        """Where the file of this digest is, or would be."""
        return self.folder / digest[:2] / digest

    def _write_whole(self, place: Path, content: bytes) -> None:
        """Never half a file under its digest, whenever the program dies: written aside, then renamed."""
        handle, aside = tempfile.mkstemp(dir=place.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(aside, place)
        except OSError:
            Path(aside).unlink(missing_ok=True)
            raise


@contextmanager
def _speaking() -> Iterator[None]:
    """Turn the disk's troubles into `Unavailable`."""
    try:
        yield
    except OSError as error:
        is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise Unavailable(FULL if is_full else UNWRITABLE) from error
