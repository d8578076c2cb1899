"""A mailbox over IMAP: read without changing anything; a mail is marked as seen once it is kept here."""

import imaplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import parseaddr
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

import structlog
from imap_tools import AND, BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted, MailMessageFlags
from imap_tools.errors import ImapToolsError
from imap_tools.message import MailMessage

from core.collecting import Brought, Found
from core.errors import Unreadable
from core.intake import LARGEST
from core.messages import one_line
from db.collecting.looks import Look
from db.collecting.markup import plain_text

log = structlog.get_logger(__name__)

TIMEOUT = 10.0
"""Seconds for one answer of the server."""

MOST = 30
"""Mails read at one look; the next one goes on."""

LARGEST_MAIL = 2 * LARGEST
"""Octets of a whole mail that are fetched: a file of the largest size with what carries it, and a little more."""

_SHAPE = "OFFICE_IMAP_URL 要写成 imaps://用户:密码@主机:993"


@dataclass(frozen=True)
class Account:
    """The office's mailbox, as the settings name it."""

    host: str
    port: int
    tls: str
    user: str
    password: str = field(repr=False)
    ca: str = ""

    @classmethod
    def at(cls, url: str) -> Self:
        """The account of `imaps://user:password@host:port`, or `imap://…?tls=starttls`; `tls=none` and `ca=FILE` may
        be added. `ValueError` with a sentence where that cannot be.
        """
        try:
            parts, port = urlsplit(url), urlsplit(url).port
        except ValueError:
            raise ValueError(_SHAPE) from None
        asked = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        implicit = parts.scheme == "imaps"
        tls = asked.get("tls", "implicit" if implicit else "starttls")
        known = parts.scheme in ("imap", "imaps") and parts.hostname and parts.username
        if not known or tls not in ("starttls", "implicit", "none"):
            raise ValueError(_SHAPE)
        return cls(
            host=parts.hostname or "",
            port=port or (993 if tls == "implicit" else 143),
            tls=tls,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            ca=asked.get("ca", ""),
        )


_TROUBLES = (OSError, imaplib.IMAP4.error, ImapToolsError)
"""What the library raises for a server that does not do what it should."""


def look(account: Account, folder: str) -> Iterator[Look]:
    """The mails of a folder that nobody has seen, the oldest first; each is marked as seen when it is `done`.

    One that the server cannot hand over is left, and the others are read all the same.
    """
    folder, left = folder or "INBOX", 0
    box = _entered(account, folder)
    try:
        for uid in box.uids(AND(seen=False))[:MOST]:
            try:
                found = _found(box, folder, uid)
            except _TROUBLES:
                left += 1
                _closed(box)
                box = _entered(account, folder)
                continue
            yield Look(found, lambda done, box=box, uid=uid: _mark(box, folder, uid))  # type: ignore[misc]
    except _TROUBLES as trouble:
        raise Unreadable(f"邮箱 {account.host} 读到一半断了（{_said(trouble)}），下次接着读") from trouble
    finally:
        _closed(box)
    if left:
        raise Unreadable(f"有 {left} 封邮件服务器交不出来，请到邮箱里处理")


def _entered(account: Account, folder: str) -> BaseMailBox:
    """A connection that looks at the folder without changing anything; only `_mark` opens it for writing."""
    try:
        box = _opened(account)
        box.folder.set(folder, readonly=True)
    except _TROUBLES as trouble:
        raise Unreadable(
            f"邮箱 {account.host} 连不上或登录不了（{_said(trouble)}），请管理员核对设置"
        ) from trouble
    return box


def _opened(account: Account) -> BaseMailBox:
    if account.tls == "none":
        box: BaseMailBox = MailBoxUnencrypted(account.host, account.port, TIMEOUT)
    else:
        context = ssl.create_default_context(cafile=account.ca or None)
        kind = MailBox if account.tls == "implicit" else MailBoxStartTls
        box = kind(account.host, account.port, TIMEOUT, ssl_context=context)
    try:
        box.login(account.user, account.password, initial_folder=None)
    except (*_TROUBLES, UnicodeError):
        _closed(box)
        raise
    return box


def _closed(box: BaseMailBox) -> None:
    try:
        box.client.shutdown()
    except (OSError, imaplib.IMAP4.error):
        log.info("mailbox_closed_roughly")


def _mark(box: BaseMailBox, folder: str, uid: str) -> None:
    box.folder.set(folder, readonly=False)
    box.flag(uid, MailMessageFlags.SEEN, True)
    box.folder.set(folder, readonly=True)


def _found(box: BaseMailBox, folder: str, uid: str) -> Found:
    head = _fetched(box, uid, headers_only=True)
    named = _message_id(head) or f"{folder}/{uid}"
    told = {"uid": named, "title": head.subject, "sender": _sender(head), "published_at": _sent(head)}
    if head.size_rfc822 > LARGEST_MAIL:
        size = f"{head.size_rfc822 // 2**20} MB"
        return Found(
            **told, troubles=(f"邮件有 {size}，超过 {LARGEST_MAIL // 2**20} MB，没有收，请到邮箱里处理",)
        )
    try:
        return Found(**told, **_content(_fetched(box, uid)))
    except _TROUBLES:
        raise
    except Exception as fault:  # noqa: BLE001 -- a mail made to break its reader must not stop the others
        log.warning("mail_unreadable", fault=type(fault).__name__)
        return Found(**told, troubles=("邮件的格式读不出来，没有收附件，请到邮箱里处理",))


def _fetched(box: BaseMailBox, uid: str, *, headers_only: bool = False) -> MailMessage:
    return next(iter(box.fetch(AND(uid=uid), mark_seen=False, headers_only=headers_only)))


def _content(mail: MailMessage) -> dict[str, Any]:
    files = [
        Brought(one.filename or "附件", one.payload)
        for one in mail.attachments
        if one.content_disposition == "attachment" or not one.content_type.startswith("image/")
    ]
    return {"text": mail.text or plain_text(mail.html), "files": tuple(files)}


def _message_id(mail: MailMessage) -> str:
    return one_line(str(mail.obj.get("message-id") or ""), 500)


def _sender(mail: MailMessage) -> str:
    told = mail.from_values
    if told is None:
        return one_line(parseaddr(mail.from_)[1], 200)
    return one_line(told.name or told.email, 200)


def _sent(mail: MailMessage) -> Any:
    """When it was sent; None where the mail says nothing usable."""
    return mail.date if mail.date_str and mail.date.year > 1990 and mail.date.tzinfo else None


def _said(trouble: Exception) -> str:
    """A failure in few words; never what was sent to the server."""
    if isinstance(trouble, TimeoutError):
        return "超时"
    if isinstance(trouble, ssl.SSLError):
        return "证书不可信"
    return one_line(str(getattr(trouble, "strerror", None) or type(trouble).__name__), 80)
