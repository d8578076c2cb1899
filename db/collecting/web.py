"""Fetching over the web: only from hosts of the office's list, only so much, only so long.

Where a name leads is asked once, looked at, and that very address is called: a name that means another address a
moment later leads nowhere. Proxies of the environment are not used.
"""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from core.collecting import Hosts, host_of
from core.errors import Unreadable
from core.messages import one_line

READ, WHOLE = 10.0, 30.0
"""Seconds for one answer of a host, and for all of a look with its redirections."""

LARGEST = 5 * 2**20
"""The most octets that are read."""

MOST_REDIRECTIONS = 3

_REDIRECTIONS = (301, 302, 303, 307, 308)

_HEADERS = {
    "User-Agent": "office-secretariat (information collection)",
    "Accept": "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/html;q=0.8, */*;q=0.1",
    "Accept-Encoding": "identity",
    "Connection": "close",
}


@dataclass(frozen=True)
class Fetched:
    """What an address answered: `url` where it was found in the end, `charset` as the answer says, else empty."""

    url: str
    content: bytes
    kind: str
    charset: str


@dataclass(frozen=True)
class Patience:
    """How long and how much: the office's limits, which a test makes smaller."""

    read: float = READ
    whole: float = WHOLE
    largest: int = LARGEST


OFFICE = Patience()


def fetch(url: str, hosts: Hosts, patience: Patience = OFFICE) -> Fetched:
    """What stands at an address. `Unreadable` with a sentence where it may not or cannot be fetched."""
    with _stopwatch(patience.whole) as watch:
        for _ in range(MOST_REDIRECTIONS + 1):
            answer = _ask(url, hosts, patience, watch)
            if isinstance(answer, Fetched):
                return answer
            url = answer
    raise Unreadable(f"转了 {MOST_REDIRECTIONS} 次还没有到，请填写最后的网址")


def _ask(url: str, hosts: Hosts, patience: Patience, watch: "_Watch") -> Fetched | str:
    """The answer of one address, or the address it sends on to."""
    host = host_of(url)
    if host is None:
        raise Unreadable("地址不是 http 或 https 网址，请改正")
    if reason := hosts.why_not(host):
        raise Unreadable(reason)
    connection = _connection(url, host, hosts, patience)
    try:
        with _in_words(host, patience, watch):
            connection.connect()
            watch.over(connection)
            connection.request("GET", _path(url), headers=_HEADERS)
            taken = _taken(url, host, connection.getresponse(), patience)
            if watch.rang:
                raise TimeoutError
            return taken
    finally:
        connection.close()


@contextmanager
def _in_words(host: str, patience: Patience, watch: "_Watch") -> Iterator[None]:
    try:
        yield
    except (OSError, HTTPException, ValueError) as trouble:
        if watch.rang:
            raise Unreadable(f"{host} {patience.whole:g} 秒没有答完，下次再试") from trouble
        if isinstance(trouble, TimeoutError):
            raise Unreadable(f"{host} {patience.read:g} 秒没有回答，下次再试") from trouble
        if isinstance(trouble, ssl.SSLError):
            raise Unreadable(f"{host} 的证书不可信，请核对网址") from trouble
        said = one_line(str(getattr(trouble, "strerror", None) or type(trouble).__name__), 60)
        raise Unreadable(f"{host} 连不上（{said}），请核对网址") from trouble


def _taken(url: str, host: str, answer: HTTPResponse, patience: Patience) -> Fetched | str:
    if answer.status in _REDIRECTIONS and (onward := answer.getheader("Location")):
        return urljoin(url, onward)
    if answer.status != 200:
        raise Unreadable(f"{host} 答复 {answer.status}，请核对网址")
    if answer.getheader("Content-Encoding", "identity") not in ("identity", ""):
        raise Unreadable(f"{host} 只给压缩过的内容，不能接收")
    content = bytearray()
    while part := answer.read1(2**16):
        content += part
        if len(content) > patience.largest:
            raise Unreadable(f"{host} 的内容超过 {patience.largest // 2**20} MB，没有收")
    if answer.length:
        raise Unreadable(f"{host} 的内容没有传完，下次再试")
    charset = answer.headers.get_content_charset("")
    return Fetched(url, bytes(content), answer.headers.get_content_type(), charset)


def _path(url: str) -> str:
    parts = urlsplit(url)
    query = f"?{quote(parts.query, safe=_AS_IS)}" if parts.query else ""
    return quote(parts.path or "/", safe=_AS_IS) + query


_AS_IS = "%/:=&?~#+!$,;'@()*[]-._"


# --- the one address that is called -------------------------------------------------------------------


def _connection(url: str, host: str, hosts: Hosts, patience: Patience) -> HTTPConnection:
    """A connection that will call an address which may be called, whatever the name means later."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    address = _resolved(host, port, inside=host in hosts.inside)
    if secure:
        return _Secured(host, port, address, patience.read)
    return _Plain(host, port, address, patience.read)


def _resolved(host: str, port: int, *, inside: bool) -> str:
    """The first address of a host. `Unreadable` where any of them is not one that may be called."""
    try:
        known = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as trouble:
        raise Unreadable(f"找不到 {host} 这台主机，请核对网址") from trouble
    addresses = [str(one[4][0]) for one in known]
    if not inside and not all(map(is_public, addresses)):
        raise Unreadable(f"{host} 指向内部地址，不能访问；确是内网主机的，请管理员在名单上标明“内网”")
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an address is one of the open net: not of this machine, the house, the line, or of none."""
    where = ipaddress.ip_address(address.split("%")[0])
    mapped = getattr(where, "ipv4_mapped", None) or _carried(where)
    if mapped is not None:
        return is_public(str(mapped))
    return where.is_global and not (where.is_multicast or where.is_reserved or where.is_unspecified)


def _carried(where: Any) -> Any:
    """The IPv4 address that an IPv6 one stands for: 6to4, NAT64."""
    if where.version == 4:
        return None
    if where in ipaddress.ip_network("64:ff9b::/96"):
        return ipaddress.ip_address(int(where) & 0xFFFFFFFF)
    return where.sixtofour


class _Plain(HTTPConnection):
    """Calls the address that was looked at, under the name it was asked for."""

    def __init__(self, host: str, port: int, address: str, timeout: float) -> None:
        super().__init__(host, port, timeout=timeout)
        self._address = address

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), self.timeout)


class _Secured(HTTPSConnection):
    """The same, encrypted, with the certificate of the name."""

    def __init__(self, host: str, port: int, address: str, timeout: float) -> None:
        self._known = ssl.create_default_context()
        super().__init__(host, port, timeout=timeout, context=self._known)
        self._address = address

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), self.timeout)
        self.sock = self._known.wrap_socket(plain, server_hostname=self.host)


# --- how long ---------------------------------------------------------------------------------------------


class _Watch:
    """Ends a connection when all of the time is over: a host that answers octet by octet is never late by itself."""

    def __init__(self) -> None:
        self.rang = False
        self._guard = threading.Lock()
        self._socket: socket.socket | None = None

    def over(self, connection: HTTPConnection) -> None:
        with self._guard:
            self._socket = connection.sock
        if self.rang:
            self.ring()

    def ring(self) -> None:
        self.rang = True
        with self._guard, suppress(OSError):
            if self._socket:
                self._socket.shutdown(socket.SHUT_RDWR)


@contextmanager
def _stopwatch(seconds: float) -> Iterator[_Watch]:
    watch = _Watch()
    timer = threading.Timer(seconds, watch.ring)
    timer.daemon = True
    timer.start()
    try:
        yield watch
    finally:
        timer.cancel()
