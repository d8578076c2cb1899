"""JSON over HTTP to a gateway: no redirects, no proxies, unencrypted only inside the house."""

import ipaddress
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.parse import SplitResult, urlsplit

from core.messages import one_line
from db.channels.letters import TIMEOUT, Later, Never, Unclear

_MOST = 64 * 1024
"""Octets of an answer that are read."""

_BUSY = (425, 429, 503)
"""Answers that say: not taken, come again."""


@dataclass(frozen=True)
class Answer:
    """What a gateway said to a letter it took: its JSON, or its text where it is none."""

    text: str

    @property
    def json(self) -> dict[str, Any]:
        try:
            said = json.loads(self.text)
        except ValueError:
            return {}
        return said if isinstance(said, dict) else {}


def why_not_url(url: str) -> str | None:
    """Why this is no address of a gateway, or None."""
    try:
        parts = urlsplit(url)
        if parts.scheme in ("https", "http") and parts.hostname and not parts.username and parts.port != 0:
            return None
    except ValueError:  # a port that is no number
        pass
    return "地址要写成 https://主机/路径"


def post(url: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Answer:
    """Hand the body over and return the answer; `Later`, `Never` or `Unclear` where none says yes.

    Until the connection stands nothing has left the house. From then on every silence is unclear, and so is an
    error of a server that may have passed the letter on before (500, 502, 504).
    """
    parts = urlsplit(url)
    connection = _connected(parts)
    try:
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        said = json.dumps(body, ensure_ascii=False).encode()
        told = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "office-secretariat"}
        connection.request("POST", path, said, {**told, **headers})
        response = connection.getresponse()
        answer = response.read(_MOST).decode("utf-8", "replace")
    except (OSError, HTTPException) as silence:
        raise Unclear(f"交给网关后没有收到答复（{_named(silence)}），可能已经发出") from silence
    finally:
        connection.close()
    return _taken(response, answer)


def _connected(parts: SplitResult) -> HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "https":
        context = ssl.create_default_context()
        connection: HTTPConnection = HTTPSConnection(host, parts.port, timeout=TIMEOUT, context=context)
    else:
        connection = HTTPConnection(host, parts.port, timeout=TIMEOUT)
    try:
        connection.connect()
    except OSError as trouble:
        raise Later(f"网关 {host} 连不上（{_named(trouble)}）") from trouble
    if parts.scheme != "https" and not _is_inside(connection):
        connection.close()
        raise Never(f"网关 {host} 不在内网，地址要用 https")
    return connection


def _is_inside(connection: HTTPConnection) -> bool:
    """Whether who answers is in the house; asked of the connection itself, whatever its name means later."""
    where = ipaddress.ip_address(connection.sock.getpeername()[0].split("%")[0])
    return where.is_private or where.is_loopback


def _taken(response: HTTPResponse, answer: str) -> Answer:
    if 200 <= response.status < 300:
        return Answer(answer)
    said = f"网关答复 {response.status} {one_line(answer, 120)}".strip()
    if response.status in _BUSY:
        raise Later(said)
    if response.status >= 500:
        raise Unclear(f"{said}，可能已经发出")
    raise Never(said)


def _named(trouble: Exception) -> str:
    """A failure in few words: never the address, which may bear a secret."""
    if isinstance(trouble, TimeoutError):
        return "超时"
    return one_line(str(getattr(trouble, "strerror", None) or type(trouble).__name__), 80)
