"""Mail over SMTP: encrypted unless said otherwise, one addressee a message, plain text."""

import re
import smtplib
import ssl
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

from core.messages import one_line
from db.channels.letters import TIMEOUT, Later, Letter, Never, Unclear

TLS = ("starttls", "implicit", "none")
"""How a connection is encrypted: after a greeting in the clear, from the first octet, or not at all."""

_FROM = re.compile(r"(?:(?P<name>[^<>\r\n]*)<)?(?P<address>[!-~]+@[!-~]+?)>?")

_SHAPE = "OFFICE_SMTP_URL 要写成 smtp://用户:密码@主机:端口?tls=starttls"

_POLICY = SMTP.clone(cte_type="7bit")
"""Any server takes seven bits."""


@dataclass(frozen=True)
class Mail:
    """The office's mail server and the address in whose name it sends."""

    host: str
    port: int
    tls: str
    user: str
    password: str = field(repr=False)
    ca: str
    sender: Address
    per_minute: int = 600

    @classmethod
    def at(cls, url: str, sender: str) -> Self:
        """The server at `smtp://user:password@host:port?tls=starttls`, or `smtps://…`; `ca` names a file with
        the certificate of the office's own authority. `ValueError` with a sentence where that cannot be.
        """
        parts, port = urlsplit(url), _port(url)
        asked = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        implicit = parts.scheme == "smtps"
        tls = asked.get("tls", "implicit" if implicit else "starttls")
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or tls not in TLS:
            raise ValueError(_SHAPE)
        named = _FROM.fullmatch(sender.strip())
        if named is None:
            raise ValueError("OFFICE_MAIL_FROM 要写成 办公室 <office@example.com>")
        return cls(
            host=parts.hostname,
            port=port or (465 if tls == "implicit" else 587 if tls == "starttls" else 25),
            tls=tls,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            ca=asked.get("ca", ""),
            sender=Address((named["name"] or "").strip(), addr_spec=named["address"]),
        )

    def send(self, letter: Letter) -> None:
        """Hand a letter to the server. Up to the text itself a failure is certain; silence after it is not."""
        said = self.message(letter).as_bytes()
        server = self._connected()
        try:
            self._addressed(server, letter.address)
            _handed_over(server, said)
        finally:
            server.close()

    def message(self, letter: Letter) -> EmailMessage:
        """The letter as mail; nothing in it can make a header of its own. `Never` for an impossible address."""
        mail = EmailMessage(policy=_POLICY)
        mail["From"] = self.sender
        try:
            mail["To"] = Address(one_line(letter.name, 60), addr_spec=letter.address)
        except ValueError as wrong:
            raise Never("电子邮箱不对，请在通讯录改正后重发") from wrong
        mail["Subject"] = one_line(letter.subject, 120)
        mail["Date"] = letter.at
        mail["Message-ID"] = f"<{letter.id}@{self.sender.domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content("\n\n".join(filter(None, (letter.text, letter.url))) + "\n", charset="utf-8")
        return mail

    def _connected(self) -> smtplib.SMTP:
        """A connection that is encrypted and signed in as the settings say; `Later` where there is none."""
        try:
            server = self._greeted()
        except (OSError, smtplib.SMTPException) as trouble:
            raise Later(f"邮件服务器 {self.host} 连不上（{_said(trouble)}）") from trouble
        try:
            if self.tls == "starttls":
                server.starttls(context=self._context())
                server.ehlo()
            if self.user:
                server.login(self.user, self.password)
        except (OSError, smtplib.SMTPException) as trouble:
            server.close()
            raise Later(f"邮件服务器 {self.host} 加密或登录没有成功（{_said(trouble)}）") from trouble
        return server

    def _greeted(self) -> smtplib.SMTP:
        here = self.sender.domain  # else a name server is asked
        if self.tls == "implicit":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, here, timeout=TIMEOUT, context=self._context()
            )
        else:
            server = smtplib.SMTP(self.host, self.port, here, TIMEOUT)
        server.ehlo()
        return server

    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.ca or None)

    def _addressed(self, server: smtplib.SMTP, address: str) -> None:
        try:
            for code, answer in (server.mail(self.sender.addr_spec), server.rcpt(address)):
                if code not in (250, 251):
                    _refused(code, answer)
        except (OSError, smtplib.SMTPException) as trouble:
            raise Later(f"邮件服务器 {self.host} 断开了连接（{_said(trouble)}）") from trouble


def _port(url: str) -> int | None:
    try:
        return urlsplit(url).port
    except ValueError:
        raise ValueError(_SHAPE) from None


def _handed_over(server: smtplib.SMTP, said: bytes) -> None:
    try:
        code, answer = server.data(said)
    except smtplib.SMTPDataError as refusal:  # before the text was asked for
        _refused(refusal.smtp_code, refusal.smtp_error)
    except (OSError, smtplib.SMTPException) as silence:
        raise Unclear(f"交给邮件服务器后没有收到答复（{_said(silence)}），可能已经发出") from silence
    else:
        if code != 250:
            _refused(code, answer)


def _refused(code: int, answer: bytes | str) -> None:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    said = f"邮件服务器答复 {code} {one_line(text, 160)}"
    if 400 <= code < 500:
        raise Later(said)
    raise Never(said)


def _said(trouble: Exception) -> str:
    """A failure in few words, never what was sent to the server."""
    if isinstance(trouble, TimeoutError):
        return "超时"
    if isinstance(trouble, smtplib.SMTPResponseException):
        error = trouble.smtp_error
        text = error.decode("utf-8", "replace") if isinstance(error, bytes) else str(error)
        return f"{trouble.smtp_code} {one_line(text, 120)}"
    return one_line(str(getattr(trouble, "strerror", None) or type(trouble).__name__), 80)
