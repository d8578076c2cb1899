"""Messages to people by several channels at once: what one says, how it stands, when it is tried again.

A message leaves as one row a channel (R29: 短信 + 邮件 + OA), and each row says for itself how far it came.
Nothing is called sent that may not have been, and nothing is sent twice unless a person decides it (C21).
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.contacts import Contact, is_guest, why_not_email, why_not_mobile


class Channel(StrEnum):
    """A way by which a message reaches somebody."""

    SMS = "sms"
    MAIL = "mail"
    OA = "oa"
    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"

    @property
    def label(self) -> str:
        return _CHANNEL_TITLES[self]

    @property
    def settings(self) -> str:
        """What has to be set for it, in words; nothing for the desks of the program itself."""
        return _SETTINGS.get(self, "")

    @property
    def is_private(self) -> bool:
        """Whether only the addressee reads it: a link that acts for them never goes to a group."""
        return self in (Channel.SMS, Channel.MAIL)


_CHANNEL_TITLES = {
    Channel.SMS: "短信",
    Channel.MAIL: "邮件",
    Channel.OA: "办公系统",
    Channel.WECOM: "企业微信",
    Channel.DINGTALK: "钉钉",
    Channel.FEISHU: "飞书",
}

_SETTINGS = {
    Channel.SMS: "OFFICE_SMS_URL 和 OFFICE_PUBLIC_URL",
    Channel.MAIL: "OFFICE_SMTP_URL、OFFICE_MAIL_FROM 和 OFFICE_PUBLIC_URL",
    Channel.WECOM: "OFFICE_WECOM_URL",
    Channel.DINGTALK: "OFFICE_DINGTALK_URL",
    Channel.FEISHU: "OFFICE_FEISHU_URL",
}

TOGETHER = (Channel.SMS, Channel.MAIL, Channel.OA)
"""The channels that every message takes, configured or not: what is missing is seen (R29)."""


class State(StrEnum):
    """How far a message came on one channel."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    SEEN = "seen"
    RETRYING = "retrying"
    FAILED = "failed"
    UNKNOWN = "unknown"
    WITHHELD = "withheld"
    TOLD = "told"
    CALLED_OFF = "called_off"

    @property
    def label(self) -> str:
        return _STATE_TITLES[self]

    @property
    def is_over(self) -> bool:
        """Whether the program does nothing more about it by itself."""
        return self not in (State.WAITING, State.SENDING, State.RETRYING)


_STATE_TITLES = {
    State.WAITING: "待发",
    State.SENDING: "发送中",
    State.SENT: "已发出",
    State.SEEN: "已读",
    State.RETRYING: "重试中",
    State.FAILED: "没有发出",
    State.UNKNOWN: "结果不明",
    State.WITHHELD: "不发",
    State.TOLD: "已另行告知",
    State.CALLED_OFF: "不再发",
}

NOT_OUT = (State.FAILED, State.UNKNOWN, State.WITHHELD)
"""What did not go out, or may not have: somebody has to look at it."""

DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 60, 180))
"""How long after each failed attempt the next one is made; after the last nothing is tried any more."""

LONGEST_SUBJECT, LONGEST_TEXT, LONGEST_SPOKEN = 200, 2000, 500
"""Characters of a subject, of a text, and of a text said in one line."""


@dataclass(frozen=True)
class Link:
    """A signed link that the message is to bear, made at the moment it leaves.

    Kept is only what it is for: a token that acts for a person stands in no table and in no backup.
    `purpose` is one of the purposes of signed links, `subject` a case's id.
    """

    purpose: str
    subject: str
    until: datetime


@dataclass(frozen=True)
class Message:
    """Something to tell somebody of a case, by every channel that reaches them.

    `to` is a person's id or that of a contact without an account. `subject` heads a mail; `text` says all
    by itself, for a text message has nothing else. `link` is a signed link, or the path of a page behind
    the sign-in ("/case?id=…"). `occasion` tells the messages of a case to one person apart: with the same
    one none is made a second time; empty, it is the case's last event.
    """

    case_id: str
    to: str
    subject: str
    text: str
    link: Link | str = ""
    occasion: str = ""


def neutral(message: Message, number: str) -> Message:
    """The message of a classified case: that there is something, and nothing of what it is (C23)."""
    text = f"您有一件涉密事项（{number}）需要办理，请登录办公系统或到办公室当面办理。"
    return replace(message, subject="涉密事项提醒", text=text, link="")


def next_try(attempts: int, failed_at: datetime) -> datetime | None:
    """When to try again after so many attempts, the last of which failed then; None to give up."""
    return failed_at + DELAYS[attempts - 1] if attempts <= len(DELAYS) else None


def address(channel: Channel, contact: Contact) -> str:
    """Where somebody is reached by this channel; empty where they are not."""
    if channel is Channel.OA:
        return "" if is_guest(contact.id) else contact.id
    return (
        contact.email.strip() if channel is Channel.MAIL else contact.mobile.replace(" ", "").replace("-", "")
    )


def why_withheld(channel: Channel, contact: Contact | None, configured: Collection[Channel]) -> str | None:
    """Why nothing is sent to them by this channel, or None; `contact` is None of who is not here any more."""
    if contact is None:
        return "已停用或已移出通讯录，不再通知"
    if channel is Channel.OA:
        return "没有账号，不收办公系统的通知" if is_guest(contact.id) else None
    if channel not in configured:
        return why_not_configured(channel)
    where = address(channel, contact)
    match channel:
        case Channel.SMS:
            return _why_not_reached("手机号码", where, why_not_mobile(where))
        case Channel.MAIL:
            wrong = why_not_email(where) or (None if where.isascii() else "电子邮箱请用英文字母和数字")
            return _why_not_reached("电子邮箱", where, wrong)
    return None


def why_not_configured(channel: Channel) -> str:
    """What to do about a channel that is not there."""
    return f"{channel.label}通道没有配置：请管理员在服务器上设置 {channel.settings}"


def _why_not_reached(what: str, where: str, wrong: str | None) -> str | None:
    if not where:
        return f"没有{what}：请在通讯录补上后重发"
    return f"{what}不对：{wrong}，改正后重发" if wrong else None


def taken_by(configured: Collection[Channel]) -> tuple[Channel, ...]:
    """The channels of a message: those of `TOGETHER`, and of the others what is configured."""
    return (*TOGETHER, *(one for one in Channel if one in configured and one not in TOGETHER))


def why_not_again(state: State) -> str | None:
    """Why a message cannot be sent again in this state, or None; `TOLD` may be taken back by sending."""
    if not state.is_over:
        return f"这条还在“{state.label}”，等有了结果再决定"
    if state in (State.SENT, State.SEEN, State.CALLED_OFF):
        return f"这条{state.label}，不必再发"
    return None


def why_not_told(state: State) -> str | None:
    """Why nobody need say that they told the addressee in another way, or None."""
    return None if state in NOT_OUT else f"这条是“{state.label}”，不用另行告知"


def masked(where: str) -> str:
    """An address as a list shows it: enough to recognise it, not enough to use it."""
    if "@" in where:
        name, _, place = where.rpartition("@")
        return f"{name[:1]}***@{place}"
    return f"{where[:-8]}****{where[-4:]}" if len(where) >= 11 else "*" * max(len(where) - 2, 0) + where[-2:]


def spoken(text: str) -> str:
    """A text of several lines as one, for a short message or a notice on the desk."""
    return one_line("；".join(filter(None, map(str.strip, text.splitlines()))), LONGEST_SPOKEN)


def one_line(text: str, longest: int) -> str:
    """A text in one line without signs that steer a terminal, a header or the direction of writing; cut to fit."""
    told = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return told if len(told) <= longest else f"{told[: longest - 1]}…"
