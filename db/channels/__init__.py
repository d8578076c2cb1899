"""The channels by which messages leave the house, each with the server the office configured for it.

They are made once, when the program starts; nothing is called by that, and nothing ever of one that is not set.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import SecretStr

from core.messages import Channel, why_not_configured
from db.channels import web
from db.channels.gateways import Dingtalk, Feishu, Robot, Sms, Wecom
from db.channels.letters import Sender
from db.channels.mail import Mail
from db.config import Settings


@dataclass(frozen=True)
class Channels:
    """The channels there are, and of each that is not, one sentence that says what to set."""

    senders: Mapping[Channel, Sender]
    missing: Mapping[Channel, str]
    public_url: str = ""
    """The address under which a phone reaches the office, put before every link."""


def open_channels(settings: Settings) -> Channels:
    """The channels of these settings. What is set wrongly is missing, with the reason."""
    senders: dict[Channel, Sender] = {}
    missing: dict[Channel, str] = {}
    for channel, made in _MAKERS.items():
        try:
            sender = made(settings)
        except ValueError as wrong:
            missing[channel] = f"{channel.label}通道的设置不对：{wrong}"
            continue
        if sender is None:
            missing[channel] = why_not_configured(channel)
        else:
            senders[channel] = sender
    return Channels(senders, missing, settings.public_url.rstrip("/"))


def _said(secret: SecretStr | None) -> str:
    return secret.get_secret_value().strip() if secret else ""


def _mail(settings: Settings) -> Sender | None:
    url = _said(settings.smtp_url)
    if not url or not settings.mail_from or not _reachable(settings):
        return None
    return Mail.at(url, settings.mail_from)


def _sms(settings: Settings) -> Sender | None:
    url = _said(settings.sms_url)
    if not url or not _reachable(settings):
        return None
    return Sms.at(url, _said(settings.sms_secret), settings.sms_header, settings.sms_fields, settings.sms_ok)


def _reachable(settings: Settings) -> bool:
    """Whether there is an address to put before links; `ValueError` where it is none."""
    if not settings.public_url:
        return False
    parts = urlsplit(settings.public_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("OFFICE_PUBLIC_URL 要写成 https://主机，即手机打开本系统的地址")
    return True


def _robot(
    kind: type[Robot], name: str, url: SecretStr | None, secret: SecretStr | None = None
) -> Sender | None:
    if not _said(url):
        return None
    if problem := web.why_not_url(_said(url)):
        raise ValueError(f"{name} 的{problem}")
    return kind(_said(url), _said(secret))


_MAKERS: Mapping[Channel, Callable[[Settings], Sender | None]] = {
    Channel.SMS: _sms,
    Channel.MAIL: _mail,
    Channel.WECOM: lambda known: _robot(Wecom, "OFFICE_WECOM_URL", known.wecom_url),
    Channel.DINGTALK: lambda known: _robot(
        Dingtalk, "OFFICE_DINGTALK_URL", known.dingtalk_url, known.dingtalk_secret
    ),
    Channel.FEISHU: lambda known: _robot(Feishu, "OFFICE_FEISHU_URL", known.feishu_url, known.feishu_secret),
}
