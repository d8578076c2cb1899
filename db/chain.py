"""The chain that makes tampering with events visible: each carries a keyed hash of itself and the one before.

The key lies outside the database, so whoever can edit the file cannot hash it anew (P22).
"""

import hmac
import json
import os
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

KEY_FILE = "chain.key"
"""Where an installation keeps the key, in its data folder. Backups do not carry it."""

START = "0" * 64
"""What stands before the first event."""


def key_in(folder: Path) -> bytes:
    """The installation's key, made on first use, readable by its owner only."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    place = folder / KEY_FILE
    try:
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return bytes.fromhex(place.read_text())
    with os.fdopen(handle, "w") as file:
        key = secrets.token_bytes(32)
        file.write(key.hex())
    return key


def link(key: bytes, prev: str, fields: Mapping[str, Any]) -> str:
    """The hash of an event that follows `prev`."""
    return hmac.digest(key, f"{prev}{canonical(fields)}".encode(), "sha256").hex()


def canonical(fields: Mapping[str, Any]) -> str:
    """The one way to write an event down, so that its hash can be found again."""
    return _WRITTEN.encode(fields)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"an event cannot hold a {type(value).__name__}")


_WRITTEN = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)
"""Made once: a million events are written down by it when the record is verified."""
