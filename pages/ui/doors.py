"""The doors of the program: which addresses are open to whom, and the routes that are not pages.

Streamlit serves generated files, uploads and metrics to anybody who knows the address (promises.md,
finding 6), and its first page in English. The guard stands before all of it.
"""

import re
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import timedelta
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlparse

import streamlit
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request, cookie_parser
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import Route

from core.errors import NotAllowed, NotFound, Unavailable
from pages.ui import interface, phone, session
from pages.ui.menu import PLACES, START
from pages.ui.patience import Patience
from pages.ui.session import auditing, calendars, printing

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

CLOSED = ("/_stcore/metrics", "/_stcore/agent", "/_stcore/script-health-check")
"""For nobody: what they tell belongs to whoever runs the machine."""

GUARDED = ("/media/", "/_stcore/upload_file", "/files/", "/papers/", "/ledgers/", "/trails/", "/charts/")
"""Only with a session."""

_KNOWN = frozenset(
    (
        "_stcore",
        "static",
        "component",
        "media",
        "files",
        "papers",
        "ledgers",
        "trails",
        "charts",
        "session",
        "session.js",
        "healthz",
        "icon.svg",
        "auth",
        "m",
        "feeds",
    )
)
"""First parts of addresses that are no pages; everything else unknown goes to the start page."""

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",  # the calendar is a frame of our own
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(self), geolocation=(), payment=(), usb=()",
}

LINKS = ("/m/", "/feeds/")
"""The doors for phones and for calendars: their addresses are keys, so nothing may keep them or tell them on."""

_OF_LINKS = {
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
}

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; media-src 'self' blob:; worker-src 'self' blob:; manifest-src 'self'; "
    "frame-src 'self'; frame-ancestors 'self'; base-uri 'self'; form-action 'self'; object-src 'none'; "
    "connect-src 'self' blob:"  # what the browser itself has recorded, on its way to a WAV
)
"""Scripts only from our own files: the charts work without eval, and only the styles need to be inline."""


class Guard:
    """Asks who is there before Streamlit does, and puts the security headers on every answer."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        elif scope["type"] == "http":
            answer = await _refusal(scope) or _redirection(scope)
            await (answer or self._app)(scope, receive, _with_headers(scope, send))
        else:
            await self._app(scope, receive, send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Open to all, because the sign-in page is drawn through it; but not to another site's script."""
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if origin is not None and urlparse(origin).netloc != _host(headers):
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        await self._app(scope, receive, send)


async def _refusal(scope: Scope) -> Response | None:
    path = scope["path"]
    if path.startswith(CLOSED):
        return PlainTextResponse("此地址不开放。", 403)
    headers = Headers(scope=scope)
    if refusal := _too_big(headers):
        return refusal
    if path.startswith(GUARDED):
        try:
            if await run_in_threadpool(session.person_with, _cookie(headers)) is None:
                return PlainTextResponse("请先登录。", 401)
        except Unavailable as trouble:
            return PlainTextResponse(str(trouble), 503)
    return None


def _too_big(headers: Headers) -> Response | None:
    if "transfer-encoding" in headers:
        return PlainTextResponse("请说明内容的长度。", 411)
    length, limit = headers.get("content-length", "0"), session.settings().upload_limit_mb
    if not length.isdecimal() or int(length) > limit * 1024 * 1024:
        return PlainTextResponse(f"内容超过{limit}MB，不能接收。", 413)
    return None


def _redirection(scope: Scope) -> Response | None:
    """An address that is none goes to the start page: Streamlit would say so in English."""
    wants_page = "text/html" in Headers(scope=scope).get("accept", "") and scope["method"] == "GET"
    first = scope["path"].strip("/").split("/", 1)[0]
    if not wants_page or first in _KNOWN or scope["path"].rstrip("/") in _page_paths():
        return None
    return RedirectResponse("/", 303)


def _with_headers(scope: Scope, send: Send) -> Send:
    host = _host(Headers(scope=scope))
    # 'self' does not yet mean the websocket of the same host in every browser.
    sockets = f" ws://{host} wss://{host}" if re.fullmatch(r"[\w.:\[\]-]+", host) else ""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update({**_HEADERS, "Content-Security-Policy": _POLICY + sockets})
            if scope["path"].startswith(GUARDED):
                headers["Cache-Control"] = "no-store"
            if scope["path"].startswith(LINKS):
                headers.update(_OF_LINKS)
        await send(message)

    return send_with_headers


def _host(headers: Headers) -> str:
    forwarded = headers.get("x-forwarded-host") if session.settings().trust_proxy else None
    return forwarded or headers.get("host", "")


def _cookie(headers: Headers) -> str | None:
    return cookie_parser(headers.get("cookie", "")).get(session.cookie_name())


def _page_paths() -> frozenset[str]:
    return frozenset({""} | {f"/{place.address}" for place in PLACES if place is not START})


# --- routes -----------------------------------------------------------------------------------------


async def _index(request: Request) -> Response:
    """Streamlit's page, in Chinese before its scripts are there, and without its one inline script."""
    return HTMLResponse(_index_page(), headers={"Cache-Control": "no-cache"})


@lru_cache(maxsize=1)
def _index_page() -> str:
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    page = re.sub(r"<!--.*?-->\s*", "", page, flags=re.S)
    page = re.sub(r"<script>.*?</script>\s*", "", page, flags=re.S)
    page = re.sub(r'<link\s+rel="(preload|service-desc)".*?/>\s*', "", page, flags=re.S)
    page = re.sub(
        r"<noscript>.*?</noscript>", "<noscript>请启用 JavaScript 后再打开。</noscript>", page, flags=re.S
    )
    page = page.replace('lang="en"', 'lang="zh-CN"').replace("<title>Streamlit<", "<title>办公室<")
    return page.replace('href="./favicon.png"', 'href="/icon.svg" type="image/svg+xml"')


async def _icon(request: Request) -> Response:
    return FileResponse(Path(__file__).with_name("icon.svg"), media_type="image/svg+xml")


_SCRIPT = """
(() => {
  const ticket = document.currentScript.dataset.ticket;
  const asked = { method: ticket ? "POST" : "DELETE", headers: { "X-Office": "1" }, body: ticket };
  if (!ticket) sessionStorage.clear();
  fetch("/session", asked).finally(() => ticket ? location.reload() : location.replace("/"));
})();
"""
"""Changes a ticket for the cookie, or has the cookie removed, and opens the page anew. Whoever leaves takes along
what a draft keeps in this tab."""


async def _session_script(request: Request) -> Response:
    return Response(_SCRIPT, media_type="text/javascript", headers={"Cache-Control": "no-cache"})


async def _session(request: Request) -> Response:
    """Set or remove the cookie. The header cannot be sent by another site's form or image."""
    if request.headers.get("x-office") != "1" or int(request.headers.get("content-length", "0")) > 200:
        return PlainTextResponse("此地址不开放。", 403)
    return await (_arrive(request) if request.method == "POST" else _leave(request))


async def _arrive(request: Request) -> Response:
    token = session.redeem((await request.body()).decode("ascii", "replace"))
    if token is None:
        return PlainTextResponse("请重新登录。", 403)
    answer = Response(status_code=204)
    # No max-age: it ends with the browser, on a shared machine at the latest.
    answer.set_cookie(session.cookie_name(), token, **_cookie_flags())
    return answer


async def _leave(request: Request) -> Response:
    await run_in_threadpool(session.sessions().sign_out, request.cookies.get(session.cookie_name()))
    answer = Response(status_code=204)
    answer.delete_cookie(session.cookie_name(), **_cookie_flags())
    return answer


def _cookie_flags() -> dict[str, Any]:
    return {"path": "/", "httponly": True, "samesite": "strict", "secure": session.settings().secure_cookies}


async def _download(request: Request) -> Response:
    """An attachment, to whoever may see its case. What is not there and what is not allowed look alike."""
    try:
        person = await run_in_threadpool(session.person_with, _cookie(request.headers))
        if person is None:
            return PlainTextResponse("请先登录。", 401)
        name, media_type, content = await run_in_threadpool(
            printing.download, person, request.path_params["attachment_id"]
        )
    except NotFound:
        return PlainTextResponse("没有这个附件。", 404)
    except Unavailable as trouble:
        return PlainTextResponse(str(trouble), 503)
    headers = {"Content-Disposition": disposition(name)}
    if isinstance(content, Path):
        return FileResponse(content, media_type=media_type, headers=headers)
    return Response(content, media_type=media_type, headers=headers)


async def _paper(request: Request) -> Response:
    """A paper of a case, made now for whoever may see the case."""
    return await _made(
        request, printing.paper, *(request.path_params[k] for k in ("case_id", "which", "kind"))
    )


def _address(request: Request) -> dict[str, list[str]]:
    """What the address says after its path, each name with all that is said of it."""
    return {key: request.query_params.getlist(key) for key in request.query_params}


async def _ledger(request: Request) -> Response:
    """A process's register as its page at the same address shows it, with the cases this person may see."""
    which, kind = request.path_params["process"], request.path_params["kind"]
    return await _made(request, printing.ledger, which, kind, _address(request))


async def _task_ledger(request: Request) -> Response:
    """The ledger of supervised tasks as its page at the same address shows it."""
    return await _made(request, printing.task_ledger, request.path_params["kind"], _address(request))


async def _coordination_ledger(request: Request) -> Response:
    """The ledger of coordination as its page at the same address shows it."""
    return await _made(request, printing.coordination_ledger, request.path_params["kind"], _address(request))


async def _statistics(request: Request) -> Response:
    """Information counted as its page at the same address shows it, as a table or a picture."""
    return await _made(request, printing.statistics, request.path_params["kind"], _address(request))


async def _heat(request: Request) -> Response:
    """The nine cells of information as a picture."""
    return await _made(request, printing.heat_picture, request.path_params["kind"], _address(request))


async def _compiled_minutes(request: Request) -> Response:
    """The minutes of a series of meetings, or of some days, in one."""
    kind = request.path_params["kind"]
    return await _made(request, printing.compiled_minutes, kind, dict(request.query_params))


_wrong = Patience(free=20, first=timedelta(seconds=1), longest=timedelta(minutes=1))
"""By address: feeds that are none. Good ones from there open all the while."""

_often = Patience(free=30, first=timedelta(seconds=10), longest=timedelta(minutes=5))
"""By feed: a calendar program asks every quarter of an hour, and is never slowed down."""


async def _feed(request: Request) -> Response:
    """The calendar behind an unguessable link, for a program that cannot sign in (N19)."""
    return await run_in_threadpool(_fed, request.path_params["token"], _client(request))


def _fed(token: str, client: str) -> Response:
    key = sha256(token.encode()).hexdigest()
    if wait := _often.left(key):
        return PlainTextResponse(f"读得太勤，请 {wait} 秒后再试。", 429, {"Retry-After": str(wait)})
    try:
        name, content = calendars.feed(token)
    except NotFound as dead:
        if wait := _wrong.left(client):
            return PlainTextResponse(
                f"打开的链接错得太多，请 {wait} 秒后再试。", 429, {"Retry-After": str(wait)}
            )
        _wrong.count(client)
        return PlainTextResponse(f"{dead}。", 404)
    except Unavailable as trouble:
        return PlainTextResponse(str(trouble), 503)
    _often.count(key)
    headers = {"Content-Disposition": disposition(f"{name}.ics").replace("attachment", "inline")}
    return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)


def _client(request: Request) -> str:
    return session.address_in(request.headers, request.client.host if request.client else None)


async def _trail(request: Request) -> Response:
    """One of the auditor's lists as its page at the same address shows it."""
    return await _made(request, auditing.trail, request.path_params["which"], dict(request.query_params))


async def _made(request: Request, make: Callable[..., tuple[str, str, bytes]], *what: Any) -> Response:
    """A file made for this person. What is not there and what is not allowed look alike."""
    try:
        person = await run_in_threadpool(session.person_with, _cookie(request.headers))
        if person is None:
            return PlainTextResponse("请先登录。", 401)
        name, media_type, content = await run_in_threadpool(make, person, *what)
    except NotFound as nothing:
        return PlainTextResponse(f"{nothing}。", 404)
    except NotAllowed as refusal:
        return PlainTextResponse(f"{refusal}。", 403)
    except Unavailable as trouble:
        return PlainTextResponse(str(trouble), 503)
    return Response(content, media_type=media_type, headers={"Content-Disposition": disposition(name)})


def disposition(name: str) -> str:
    """The header that saves a download under its own name, for old and new browsers (RFC 6266)."""
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


async def _healthz(request: Request) -> Response:
    """Whether the program can work, for whoever watches over the machine. No secret and no name."""
    try:
        health = await run_in_threadpool(session.health)
    except Unavailable:
        return JSONResponse({"ok": False}, 503)
    return JSONResponse(health, 200 if health["ok"] else 503)


ROUTES = [
    Route("/session", _session, methods=["GET", "POST", "DELETE"]),
    Route("/session.js", _session_script),
    Route("/files/{attachment_id}", _download),
    Route("/papers/{case_id}/{which}.{kind}", _paper),
    Route("/ledgers/{process}.{kind}", _ledger),
    Route("/ledgers/minutes/compiled.{kind}", _compiled_minutes),
    Route("/ledgers/supervision/monthly.{kind}", _task_ledger),
    Route("/ledgers/coordination/items.{kind}", _coordination_ledger),
    Route("/ledgers/information/statistics.{kind}", _statistics),
    Route("/charts/information/statistics.{kind}", _statistics),
    Route("/charts/information/heat.{kind}", _heat),
    Route("/trails/{which}.xlsx", _trail),
    Route("/feeds/{token}.ics", _feed),
    Route("/healthz", _healthz),
    Route("/icon.svg", _icon),
    *phone.ROUTES,
    *interface.ROUTES,
    *(Route(path or "/", _index) for path in sorted(_page_paths())),
]
