"""Files the office keeps: on disk beside the database, once each, under the SHA-256 of their bytes."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class FileStore:
    """A folder of files by digest. Nothing in it is ever changed or named by a person (P12)."""

    folder: Path

    def keep(self, content: bytes) -> str:
        """Store the bytes and return their digest; storing the same again changes nothing."""
        digest = hashlib.sha256(content).hexdigest()
        place = self.path(digest)
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
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, place)
