"""Short messages through a gateway of the office's own choice, and the group robots of three messengers.

What a gateway wants differs from one to the next: the fields of a short message are a template in the
settings, the robots have the shapes that their makers publish. All of them say in their answer whether
they took the letter; 200 alone is not yet a yes.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import quote

from core.messages import one_line, spoken
from db.channels import web
from db.channels.letters import Later, Letter, Never

FIELDS = '{"mobile": "{mobile}", "text": "{text}"}'
"""What a gateway is sent where the settings say nothing else."""

_ROBOT_PACE = 20
"""Letters a minute that a group robot takes, by the documents of all three makers."""

_LONGEST_POST = 600
"""Characters of what a robot says: 2048 octets is the least that any of the three takes."""


@dataclass(frozen=True)
class Sms:
    """A gateway for short messages that takes JSON over HTTP."""

    url: str = field(repr=False)
    fields: Mapping[str, Any]
    headers: Mapping[str, str] = field(repr=False)
    ok: tuple[str, str] | None
    """The field of the answer that says yes, and what stands in it then; None where any 2xx is a yes."""
    per_minute: int = 600

    @classmethod
    def at(cls, url: str, secret: str, header: str, fields: str, ok: str) -> Self:
        """The gateway of the settings; `ValueError` with a sentence where that cannot be."""
        if problem := web.why_not_url(url):
            raise ValueError(f"OFFICE_SMS_URL 的{problem}")
        try:
            shape = json.loads(fields or FIELDS)
        except ValueError:
            shape = None
        if not isinstance(shape, dict) or not _asks(shape, "{mobile}") or not _asks(shape, "{text}"):
            raise ValueError(f"OFFICE_SMS_FIELDS 要写成 JSON，其中有 {{mobile}} 和 {{text}}，例如 {FIELDS}")
        key, mark, value = ok.partition("=")
        if ok and not (key and mark):
            raise ValueError("OFFICE_SMS_OK 要写成 字段=值，例如 code=0")
        said = f"Bearer {secret}" if header == "Authorization" else secret
        return cls(url, shape, {header: said} if secret else {}, (key, value) if ok else None)

    def send(self, letter: Letter) -> None:
        """Hand a letter to the gateway under its own id: a gateway that knows that header takes it once."""
        text = " ".join(filter(None, (spoken(letter.text), letter.url)))
        known = {"mobile": letter.address, "text": text, "id": letter.id, "name": one_line(letter.name, 60)}
        said = web.post(self.url, _filled(self.fields, known), {**self.headers, "Idempotency-Key": letter.id})
        if self.ok and _shown(said.json.get(self.ok[0])) != self.ok[1]:
            raise Never(f"短信网关没有收下：{one_line(said.text, 160)}")


def _asks(shape: Any, blank: str) -> bool:
    return blank in json.dumps(shape, ensure_ascii=False)


def _filled(shape: Any, known: Mapping[str, str]) -> Any:
    """The template with its blanks filled; what is filled in is never looked at again."""
    if isinstance(shape, dict):
        return {key: _filled(value, known) for key, value in shape.items()}
    if isinstance(shape, list):
        return [_filled(value, known) for value in shape]
    if not isinstance(shape, str):
        return shape
    parts = shape.split("{")
    return parts[0] + "".join(_blank(part, known) for part in parts[1:])


def _blank(part: str, known: Mapping[str, str]) -> str:
    name, end, rest = part.partition("}")
    return known[name] + rest if end and name in known else "{" + part


def _shown(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool) else str(value)


# --- robots in groups ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Robot:
    """What the robots have in common: they speak in a group, name whom they mean, and answer with a code."""

    url: str = field(repr=False)
    secret: str = field(default="", repr=False)
    per_minute: int = _ROBOT_PACE

    def send(self, letter: Letter) -> None:
        """Say it in the group. A code that says “too fast” is tried again, any other refusal is final."""
        url, body = self.shaped(letter)
        said = web.post(url, body, {"Idempotency-Key": letter.id})
        code = next((said.json[key] for key in ("errcode", "code", "StatusCode") if key in said.json), None)
        if code == 0:
            return
        reason = f"机器人答复 {one_line(said.text, 160)}"
        raise Later(reason) if code in _TOO_FAST else Never(reason)

    def shaped(self, letter: Letter) -> tuple[str, dict[str, Any]]:
        """Where to send it, and what."""
        raise NotImplementedError


_TOO_FAST = (-1, 45009, 45033, 130101, 410100, 9499, 11232)
"""Busy, or more letters than the maker allows: 企业微信, 钉钉 and 飞书 in this order."""


def _spoken(letter: Letter) -> str:
    said = spoken(letter.text)
    return one_line(f"{letter.name}：{said}" if letter.name else said, _LONGEST_POST)


class Wecom(Robot):
    """企业微信: the addressee is mentioned by their mobile number."""

    def shaped(self, letter: Letter) -> tuple[str, dict[str, Any]]:
        mentioned = [letter.address] if letter.address else []
        text = {"content": _spoken(letter), "mentioned_mobile_list": mentioned}
        return self.url, {"msgtype": "text", "text": text}


class Dingtalk(Robot):
    """钉钉: mentioned by their mobile number; signed in the address where the robot asks for that."""

    def shaped(self, letter: Letter) -> tuple[str, dict[str, Any]]:
        url = self.url
        if self.secret:
            stamp = str(round(letter.at.timestamp() * 1000))
            mac = _mac(self.secret.encode(), f"{stamp}\n{self.secret}".encode())
            url += f"{'&' if '?' in url else '?'}timestamp={stamp}&sign={quote(mac, safe='')}"
        at = {"atMobiles": [letter.address] if letter.address else [], "isAtAll": False}
        return url, {"msgtype": "text", "text": {"content": _spoken(letter)}, "at": at}


class Feishu(Robot):
    """飞书: signed in the body where the robot asks for that; it mentions nobody by mobile number."""

    def shaped(self, letter: Letter) -> tuple[str, dict[str, Any]]:
        body: dict[str, Any] = {"msg_type": "text", "content": {"text": _spoken(letter)}}
        if self.secret:
            stamp = str(int(letter.at.timestamp()))
            body |= {"timestamp": stamp, "sign": _mac(f"{stamp}\n{self.secret}".encode(), b"")}
        return self.url, body


def _mac(key: bytes, said: bytes) -> str:
    return base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()
