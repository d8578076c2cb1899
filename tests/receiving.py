"""What stands at the other end of the channels in these stories: a real mail server and a real HTTP gateway."""

import asyncio
import imaplib
import json
import smtplib
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import make_msgid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox as Maildelivery
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from pysasl.hashing import BuiltinHash

from tests.serving import free_port


@dataclass
class Mailbox:
    """A mail server and what has arrived in it; `answers` are what it says to addresses it will not take."""

    port: int
    arrived: list[EmailMessage] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    signed_in: list[str] = field(default_factory=list)
    silent_after: bool = False
    """Whether it takes the text and then never says so."""

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?tls=none"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = cast(bytes, envelope.content)
        self.arrived.append(cast(EmailMessage, message_from_bytes(content, policy=default)))  # type: ignore[arg-type]
        if self.silent_after:
            await asyncio.sleep(60)
        return "250 taken"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        known = isinstance(data, LoginPassword) and data.password == b"a p@ss"
        if known:
            self.signed_in.append(cast(LoginPassword, data).login.decode())
        return AuthResult(success=known)

    def says(self, n: int = 0) -> str:
        """The text of what arrived as the n-th."""
        return str(self.arrived[n].get_content()).replace("\r\n", "\n")

    @property
    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for mail in self.arrived]


@contextmanager
def mail_server(port: int = 0, tls: ssl.SSLContext | None = None, **told: Any) -> Iterator[Mailbox]:
    """A mail server until the block ends; with `tls` it wants to be spoken to in secret, and a password."""
    box = Mailbox(port or free_port(), **told)
    secret = {"tls_context": tls, "require_starttls": True, "authenticator": box.authenticate} if tls else {}
    server = Controller(box, hostname="127.0.0.1", port=box.port, **secret)
    server.start()
    try:
        yield box
    finally:
        server.stop()


Reply = tuple[int, Any]


@dataclass
class Gateway:
    """An HTTP server and what was posted to it: path, headers and JSON. `says` makes the answer."""

    port: int = 0
    posted: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    says: Callable[[Any], Reply] = lambda body: (200, {"code": 0})
    slow: float = 0.0
    """Seconds it takes before it answers."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/send"

    @property
    def bodies(self) -> list[Any]:
        with self.lock:
            return [body for _, _, body in self.posted]


@contextmanager
def gateway(port: int = 0, **told: Any) -> Iterator[Gateway]:
    """An HTTP gateway until the block ends."""
    box = Gateway(port, **told)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with box.lock:
                box.posted.append((self.path, dict(self.headers), body))
            time.sleep(box.slow)
            status, answer = box.says(body)
            said = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            if status in (301, 302, 307):
                self.send_header("Location", answer["to"])
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

        def handle_error(self, *_: object) -> None:
            pass

    server = Server(("127.0.0.1", port), Handler)
    box.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield box
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class PostOffice:
    """A mailbox that mail is delivered to over SMTP and read from over IMAP, both real servers, one Maildir."""

    smtp: int
    imap: int
    folder: Path
    password: str = "Youxiang-2026"

    @property
    def url(self) -> str:
        return f"imap://office:{self.password}@127.0.0.1:{self.imap}?tls=none"

    def deliver(self, subject: str, *files: tuple[str, bytes], text: str = "", sender: str = "") -> None:
        """Hand a mail over SMTP to the server."""
        mail = EmailMessage()
        mail["From"] = sender or "省应急管理厅办公室 <office@yingji.example>"
        mail["To"] = "office@bgs.example"
        mail["Subject"] = subject
        mail["Message-ID"] = make_msgid(domain="yingji.example")
        mail["Date"] = "Thu, 19 Nov 2026 09:12:00 +0800"
        mail.set_content(text or "请查收。")
        for name, content in files:
            mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
        self.send(mail)

    def send(self, mail: EmailMessage) -> None:
        with smtplib.SMTP("127.0.0.1", self.smtp) as server:
            server.send_message(mail)

    def unseen(self) -> int:
        """How many mails nobody has seen yet, as another mail program counts them."""
        with imaplib.IMAP4("127.0.0.1", self.imap) as box:
            box.login("office", self.password)
            box.select("INBOX", readonly=True)
            return len(box.search(None, "UNSEEN")[1][0].split())


@contextmanager
def post_office(folder: Path, certificate: Path | None = None) -> Iterator[PostOffice]:
    """The two servers, until the block ends; with a certificate one reads in secret only."""
    here = PostOffice(free_port(), free_port(), folder)
    (folder / "office").mkdir(parents=True)
    for place in ("cur", "new", "tmp"):
        (folder / "office" / place).mkdir()
    (folder / "pymap-etc-passwd").write_text("office:x::::office:\n", encoding="utf-8")
    (folder / "pymap-etc-shadow").write_text(
        f"office:{BuiltinHash(rounds=1000).hash(here.password)}\n", encoding="utf-8"
    )
    delivery = Controller(Maildelivery(folder / "office"), hostname="127.0.0.1", port=here.smtp)
    program = Path(sys.executable).with_name("pymap")
    key = certificate.with_name("key.pem") if certificate else ""
    secret = ["--cert", str(certificate), "--key", str(key)] if certificate else ["--no-tls"]
    reading = subprocess.Popen(
        [program, "--host", "127.0.0.1", "--port", str(here.imap), *secret, "maildir", str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    delivery.start()
    try:
        wait_for_port(here.imap)
        yield here
    finally:
        delivery.stop()
        reading.terminate()
        reading.wait(10)


def wait_for_port(port: int) -> None:
    until = time.monotonic() + 15
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the IMAP server did not start")
