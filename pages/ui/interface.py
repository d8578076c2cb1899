"""The door for other systems: `POST /api/intake` brings information or a document to one source (R57, R91).

Whoever calls shows a token that opens this door only. Every answer is JSON, and what is refused says why in a sentence.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from core.collecting import Brought, Found
from core.errors import Conflict, NotAllowed, NotFound, OfficeError, Unavailable
from core.fields import says_nothing
from pages.ui import session
from pages.ui.patience import Pace, Patience
from pages.ui.session import outside

MOST_FILES = 20
LARGEST_JSON = 20 * 2**20
"""Octets of a body in JSON; what is larger is sent as multipart/form-data."""

LONGEST = {"title": 500, "text": 200_000, "link": 1000, "sender": 200}
"""Characters of each field that are taken."""

_wrong = Patience(free=20, first=timedelta(seconds=1), longest=timedelta(minutes=1))
"""By address: tokens that open nothing."""

_pace = Pace(60, timedelta(minutes=1))
"""By token: so many calls a minute."""


class Bad(Exception):
    """A call that cannot be taken: its status, and the sentence."""

    def __init__(self, status: int, says: str, wait: int = 0) -> None:
        super().__init__(says)
        self.status, self.says, self.wait = status, says, wait


async def _intake(request: Request) -> JSONResponse:
    try:
        return await _taken(request)
    except Bad as refusal:
        headers = {"Retry-After": str(refusal.wait)} if refusal.wait else {}
        headers |= {"WWW-Authenticate": "Bearer"} if refusal.status == 401 else {}
        return _answer(refusal.status, {"ok": False, "says": refusal.says}, headers)
    except Unavailable as trouble:
        return _answer(503, {"ok": False, "says": str(trouble)})


async def _taken(request: Request) -> JSONResponse:
    """Who calls is asked before anything of what they send is read."""
    if request.method != "POST":
        raise Bad(405, "请用 POST 送来")
    token_id, source = await _caller(request)
    if wait := _pace.count(token_id):
        raise Bad(429, f"送得太快，请 {wait} 秒后再送", wait)
    try:
        found = await _found(request)
        done = await run_in_threadpool(outside.take_in, token_id, source, found)
    except Bad as refusal:
        await run_in_threadpool(outside.refuse, source, refusal.says)
        raise
    except (NotAllowed, NotFound, Conflict) as refusal:
        raise Bad(403, str(refusal)) from refusal
    except OfficeError as refusal:
        await run_in_threadpool(outside.refuse, source, str(refusal))
        raise Bad(422, str(refusal)) from refusal
    known = all(part["state"] == "已有" for part in done)
    says = "已经收过，没有重复收" if known else "已收到"
    return _answer(200 if known else 201, {"ok": True, "says": says, "items": done})


async def _caller(request: Request) -> tuple[str, str]:
    client = session.address_in(request.headers, request.client.host if request.client else None)
    if wait := _wrong.left(client):
        raise Bad(429, f"令牌错得太多，请 {wait} 秒后再试", wait)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    found = None
    if scheme.lower() == "bearer" and token:
        found = await run_in_threadpool(outside.caller, token.strip())
    if found is None:
        _wrong.count(client)
        await run_in_threadpool(outside.refuse, "", f"接口令牌不对，来自 {client}")
        raise Bad(401, "令牌不对或已停用，请向办公室索取")
    return found


async def _found(request: Request) -> Found:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        told, files = await _json(request)
    elif kind == "multipart/form-data":
        told, files = await _form(request)
    else:
        raise Bad(415, "只收 application/json 和 multipart/form-data")
    return _checked(told, files, request.headers.get("idempotency-key", ""))


async def _json(request: Request) -> tuple[Mapping[str, Any], list[Brought]]:
    if int(request.headers.get("content-length", "0")) > LARGEST_JSON:
        raise Bad(413, f"JSON 超过 {LARGEST_JSON // 2**20} MB，请改用 multipart/form-data")
    try:
        told = json.loads(await request.body())
        if not isinstance(told, dict):
            raise Bad(422, 'JSON 要是一个对象，例如 {"title": …}')
        files = told.pop("files", None) or []
        if not isinstance(files, list) or len(files) > MOST_FILES:
            raise Bad(422, f"files 要是列表，最多 {MOST_FILES} 个")
        return told, [_decoded(one) for one in files]
    except (ValueError, RecursionError) as wrong:
        raise Bad(422, "JSON 读不出来，请核对格式和 UTF-8 编码") from wrong
    except ClientDisconnect as gone:
        raise Bad(422, "没有传完") from gone


def _decoded(one: Any) -> Brought:
    if not isinstance(one, dict) or not all(isinstance(one.get(key), str) for key in ("name", "content")):
        raise Bad(422, "files 里每一个要有 name 和 content（Base64）")
    try:
        return Brought(one["name"], base64.b64decode(one["content"], validate=True))
    except (binascii.Error, ValueError) as wrong:
        raise Bad(422, f"文件“{one['name'][:60]}”的 content 不是 Base64") from wrong


async def _form(request: Request) -> tuple[Mapping[str, Any], list[Brought]]:
    form = FormData()
    try:
        form = await request.form(max_files=MOST_FILES, max_fields=20, max_part_size=2**20)
        told = {key: value for key, value in form.multi_items() if isinstance(value, str)}
        uploads = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
        return told, [Brought(one.filename or "附件", await one.read()) for one in uploads]
    except (MultiPartException, ClientDisconnect, ValueError) as wrong:
        raise Bad(422, f"表单读不出来，文件最多 {MOST_FILES} 个") from wrong
    except Exception as wrong:  # starlette answers in English where it finds a fault in the form by itself
        if getattr(wrong, "status_code", None) == 400:
            raise Bad(422, f"表单读不出来，文件最多 {MOST_FILES} 个") from wrong
        raise
    finally:
        await form.close()


def _checked(told: Mapping[str, Any], files: list[Brought], key: str) -> Found:
    if unknown := sorted(told.keys() - LONGEST.keys() - {"published_at"}):
        raise Bad(422, f"不认识的字段：{'、'.join(unknown)[:100]}")
    said = {name: told.get(name) or "" for name in LONGEST}
    for name, value in said.items():
        if not isinstance(value, str) or len(value) > LONGEST[name]:
            raise Bad(422, f"{name} 要是文字，最多 {LONGEST[name]} 字")
    if says_nothing(said["title"].strip()) and not files:
        raise Bad(422, "请填 title，或附上文件")
    if len(key) > 200 or not key.isprintable():
        raise Bad(422, "Idempotency-Key 最多 200 个可见字符")
    return Found(uid=_uid(said, files, key), published_at=_moment(told), files=tuple(files), **said)


def _uid(said: Mapping[str, str], files: list[Brought], key: str) -> str:
    """What tells two calls apart: their key, and where they have none what they bring."""
    if key:
        return f"key {key}"
    brought = [f"{one.name} {sha256(one.content).hexdigest()}" for one in files]
    return sha256("\n".join([*said.values(), *brought]).encode("utf-8", "surrogatepass")).hexdigest()


def _moment(told: Mapping[str, Any]) -> datetime | None:
    if says_nothing(value := told.get("published_at")):
        return None
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError as wrong:
        raise Bad(422, "published_at 请写成 2026-11-24T09:30:00+08:00") from wrong
    return moment if moment.tzinfo else moment.replace(tzinfo=outside.office_zone())


def _answer(status: int, said: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse(dict(said), status, {"Cache-Control": "no-store", **(headers or {})})


ADDRESS = "/api/intake"
ROUTES = [Route(ADDRESS, _intake, methods=["POST", "GET", "HEAD", "PUT", "PATCH", "DELETE"])]
