"""What the stories of collection share: a real web server that can be made to misbehave, and the office's hands."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any

from docx import Document


@dataclass
class Site:
    """A site on this machine: what each path answers, and which were asked for."""

    port: int = 0
    scheme: str = "http"
    pages: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def url(self, path: str) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}{path}"

    def serves(self, path: str, content: str | bytes, kind: str = "application/rss+xml") -> str:
        """This path answers with the content; its address."""
        said = content.encode() if isinstance(content, str) else content

        def answer(request: BaseHTTPRequestHandler) -> None:
            request.send_response(200)
            request.send_header("Content-Type", kind)
            request.send_header("Content-Length", str(len(said)))
            request.end_headers()
            request.wfile.write(said)

        self.pages[path] = answer
        return self.url(path)

    def sends_on(self, path: str, target: str, status: int = 302) -> str:
        """This path sends on to another address."""

        def answer(request: BaseHTTPRequestHandler) -> None:
            request.send_response(status)
            request.send_header("Location", target)
            request.end_headers()

        self.pages[path] = answer
        return self.url(path)

    def drips(self, path: str, pause: float) -> str:
        """This path answers octet by octet and never ends."""

        def answer(request: BaseHTTPRequestHandler) -> None:
            request.send_response(200)
            request.send_header("Content-Type", "application/rss+xml")
            request.end_headers()
            while True:
                request.wfile.write(b" ")
                request.wfile.flush()
                time.sleep(pause)

        self.pages[path] = answer
        return self.url(path)

    def is_huge(self, path: str, octets: int) -> str:
        """This path answers more than it should, without saying so before."""

        def answer(request: BaseHTTPRequestHandler) -> None:
            request.send_response(200)
            request.send_header("Content-Type", "application/rss+xml")
            request.end_headers()
            for _ in range(octets // 65536 + 1):
                request.wfile.write(b" " * 65536)

        self.pages[path] = answer
        return self.url(path)


@contextmanager
def site(secured: ssl.SSLContext | None = None) -> Iterator[Site]:
    """A web server on a free port of this machine; with a context of its own, over TLS."""
    here = Site(scheme="https" if secured else "http")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            here.asked.append(self.path)
            if answer := here.pages.get(self.path):
                try:
                    answer(self)
                except OSError:
                    return
            else:
                self.send_error(404)

        def log_message(self, *_told: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if secured:
        server.socket = secured.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    here.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()


def feed(*items: tuple[str, str, str], title: str = "省政府网站") -> str:
    """A feed with these items: title, address, what it says."""
    told = "".join(
        f"<item><title>{name}</title><link>{link}</link><description>{text}</description>"
        "<pubDate>Fri, 20 Nov 2026 02:00:00 GMT</pubDate></item>"
        for name, link, text in items
    )
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>{title}</title>{told}</channel></rss>'


def letter(*lines: str) -> bytes:
    """A document as another office sends it."""
    document, content = Document(), BytesIO()
    for line in lines:
        document.add_paragraph(line)
    document.save(content)
    return content.getvalue()


NOTICE = (
    "某省应急管理厅文件",
    "某应急发〔2026〕88号",
    "关于开展冬季消防安全检查的通知",
    "各市应急管理局：",
    "请于12月10日前完成人员密集场所的消防安全检查，结果书面报送。",
    "某省应急管理厅",
    "2026年11月18日",
)
"""A notice in its usual form."""
