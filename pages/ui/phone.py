"""The doors for phones without a sign-in: answering an invitation, signing in at a meeting, a survey, a vote.

What a link opens is in the link (`db.links`); no cookie plays a part, so nobody else's page can act with it. A
GET shows and never acts, because programs for messages look at links before people do; a POST acts and sends
back to an address that shows the outcome, so that neither reload nor back does it twice.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from core.by_link import BY_CODE, ONLINE
from core.errors import Conflict, NotAllowed, NotFound, Refused, Unavailable
from core.fields import Field, Kind
from pages.ui import faults, session
from pages.ui.patience import Patience
from pages.ui.session import polls, signed_links

Form = Mapping[str, list[str]]

MOST_OCTETS = 64 * 1024
"""How large what a phone hands in may be: the longest comment fits, percent-encoded as it comes."""

MOST_NAMES = 15
"""How many names are listed before somebody has typed a part of theirs."""

MOST_FOUND = 50
"""How many names are listed then."""

DEAD = signed_links.DEAD_LINK
WRONG_CODE = "签到码不对，请看会场屏幕上现在的六位数字"

_dead = Patience(free=60, first=timedelta(seconds=1), longest=timedelta(minutes=1))
"""By address: a whole meeting may sit behind one, so much is free and little is to be waited."""

_codes = Patience(free=5, first=timedelta(seconds=15), longest=timedelta(minutes=15))
"""By invitation: six digits can be guessed."""

_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("assets") / "phone"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def _numbers(text: str) -> list[tuple[str, bool]]:
    """A text in pieces, each with whether it is a telephone number to tap on."""
    pieces = re.split(r"(\+?\d[\d -]{5,}\d)", text)
    return [(piece, bool(n % 2)) for n, piece in enumerate(pieces) if piece]


_PAGES.filters["numbers"] = _numbers


@dataclass(frozen=True)
class Visit:
    """A request as the doors want it; `here` is the path of the link, `subject` what it is about."""

    here: str
    subject: str
    posting: bool
    form: Form
    query: Form

    def typed(self, key: str) -> str:
        """The one value of a field that was handed in."""
        return (self.form.get(key) or [""])[0].strip()

    def asked(self, key: str) -> str:
        """The one value of a part of the address."""
        return (self.query.get(key) or [""])[0].strip()


Door = Callable[[Visit], Response]


# --- answering an invitation --------------------------------------------------------------------------


def _answer(visit: Visit) -> Response:
    if not visit.posting:
        return _show_answer(visit)
    if visit.typed("do") == "sign_in":
        return _sign_in_by_own_link(visit)
    action = signed_links.public().step(visit.subject, visit.typed("do"))
    seen = visit.typed("seen")
    if action is None or not (seen.isascii() and seen.isdigit() and len(seen) < 10):
        raise NotAllowed("请返回后重新选择")
    try:
        signed_links.by_link().answer(
            visit.subject, action.key, _values(action.asks, visit.form), seen=int(seen)
        )
    except Refused as refusal:
        return _show_step(visit, action, refusal.problems)
    return RedirectResponse(visit.here, 303)


def _show_answer(visit: Visit, problems: Mapping[str, str] = {}) -> Response:
    invited = signed_links.public().invited(visit.subject)
    chosen = next((action for action in invited.ways if action.key == visit.asked("do")), None)
    if chosen and not problems:
        return _show_step(visit, chosen, {})
    at_once = {a.key for a in invited.ways if not (a.quiet or any(field.required for field in a.asks))}
    return _page(
        "answer.html",
        422 if problems else 200,
        here=visit.here,
        invited=invited,
        at_once=at_once,
        problems=problems,
    )


def _show_step(visit: Visit, action: Any, problems: Mapping[str, str]) -> Response:
    invited = signed_links.public().invited(visit.subject)
    status = 422 if problems else 200
    return _page(
        "step.html",
        status,
        here=visit.here,
        invited=invited,
        action=action,
        form=visit.form,
        problems=problems,
    )


def _sign_in_by_own_link(visit: Visit) -> Response:
    """Whoever came by their own link need not say who they are, only that they are here: by the room's code."""
    invited = signed_links.public().invited(visit.subject)
    meeting, way = invited.meeting.id, ONLINE
    if invited.signs_in == "code" and not invited.signed_at:
        if wait := _codes.left(visit.subject):
            return _show_answer(visit, {"code": f"签到码错得太多，请 {wait} 秒后再试"})
        if not signed_links.is_room_code(meeting, visit.typed("code")):
            _codes.count(visit.subject)
            return _show_answer(visit, {"code": WRONG_CODE})
        way = BY_CODE
    signed_links.by_link().sign_in(meeting, signed_links.public().line_of(meeting, invited.who, way))
    return RedirectResponse(visit.here, 303)


def _calendar(visit: Visit) -> Response:
    made = signed_links.public().calendar(visit.subject)
    headers = {"Content-Disposition": 'inline; filename="meeting.ics"'}
    return Response(made, media_type="text/calendar; charset=utf-8", headers=headers)


# --- signing in at the meeting ------------------------------------------------------------------------


def _sign_in(visit: Visit) -> Response:
    """The room's QR code holds for minutes; who has read it in time gets a while to find their name."""
    return RedirectResponse(signed_links.on_the_spot(visit.subject), 303)


def _attend(visit: Visit) -> Response:
    if visit.posting and (who := visit.typed("who")):
        return _sign(visit, signed_links.public().line_of(visit.subject, who, BY_CODE))
    door = signed_links.public().door(visit.subject)
    if door.why_not:
        return _said(door.meeting.title, door.why_not, 409 if visit.posting else 200)
    if not visit.posting:
        return _show_walk_in(visit, door, {}) if visit.asked("do") == "walk_in" else _show_names(visit, door)
    try:
        return _sign(visit, _walk_in(door.asks, visit.form))
    except Refused as refusal:
        return _show_walk_in(visit, door, refusal.problems)


def _sign(visit: Visit, line: Mapping[str, Any]) -> Response:
    seq = signed_links.by_link().sign_in(visit.subject, line)
    return RedirectResponse(signed_links.receipt(visit.subject, seq), 303)


def _walk_in(asks: Iterable[Field], form: Form) -> dict[str, Any]:
    return {**_values(asks, form), "way": BY_CODE}


def _show_names(visit: Visit, door: Any) -> Response:
    typed = visit.asked("q")[:40]
    fitting = [one for one in door.expected if typed in f"{one.name} {one.organisation} {one.instead_of}"]
    shown = fitting[:MOST_FOUND] if typed or len(fitting) <= MOST_NAMES else []
    return _page(
        "sign_in.html", here=visit.here, door=door, typed=typed, names=shown, more=len(fitting) - len(shown)
    )


def _show_walk_in(visit: Visit, door: Any, problems: Mapping[str, str]) -> Response:
    status = 422 if problems else 200
    return _page("walk_in.html", status, here=visit.here, door=door, form=visit.form, problems=problems)


def _receipt(visit: Visit) -> Response:
    return _page("receipt.html", receipt=signed_links.public().receipt(visit.subject))


# --- a survey and a vote --------------------------------------------------------------------------------


def _survey(visit: Visit) -> Response:
    """The token is the whole subject; nothing here may note who came, or when."""
    try:
        asked = polls.survey_form(visit.subject)
    except Conflict as answered:
        return _said("谢谢您的意见", str(answered), tone="good")
    problems: Mapping[str, str] = {}
    if visit.posting:
        try:
            polls.answer_survey(visit.subject, _values(asked.asks, visit.form))
            return RedirectResponse(visit.here, 303)
        except Refused as refusal:
            problems = refusal.problems
    status = 422 if problems else 200
    return _page("survey.html", status, here=visit.here, asked=asked, form=visit.form, problems=problems)


def _ballot(visit: Visit) -> Response:
    case_id, who = signed_links.voter_in(visit.subject)
    problems: Mapping[str, str] = {}
    if visit.posting:
        try:
            return _cast(visit, case_id, who)
        except Refused as refusal:
            problems = refusal.problems
    ballot = polls.ballot_for(case_id, who)
    if ballot.case.grade.classified:  # a link proves nothing about who looks (C23)
        raise NotFound(DEAD)
    status = 422 if problems else 200
    voted = who in ballot.voted
    return _page("ballot.html", status, here=visit.here, ballot=ballot, voted=voted, problems=problems)


def _cast(visit: Visit, case_id: str, who: str) -> Response:
    """A second tap of somebody who has voted leads to the page that says so, though the vote be over by then."""
    try:
        polls.vote(case_id, who, visit.typed("choice"))
    except (Conflict, NotAllowed):
        if who not in polls.ballot_for(case_id, who).voted:
            raise
    return RedirectResponse(visit.here, 303)


# --- pages and forms --------------------------------------------------------------------------------


def _page(template: str, status: int = 200, **values: Any) -> Response:
    drawn = _PAGES.get_template(template).render(office=session.sessions().office_name(), **values)
    return HTMLResponse(drawn, status)


def _said(heading: str, sentence: str, status: int = 200, *, tone: str = "", back: str = "") -> Response:
    """A page of one sentence; it needs no database."""
    ended = sentence if sentence.endswith(("。", "！", "？")) else f"{sentence}。"
    drawn = _PAGES.get_template("said.html").render(
        office="", heading=heading, sentence=ended, tone=tone, back=back
    )
    return HTMLResponse(drawn, status)


def _values(fields: Iterable[Field], form: Form) -> dict[str, Any]:
    """What was typed, as the fields take it."""
    return {field.key: _value(field, form.get(field.key, [])) for field in fields}


def _value(field: Field, typed: list[str]) -> Any:
    if field.kind is Kind.CHOICES:
        return typed
    first = typed[0] if typed else ""
    return {"是": True, "否": False}.get(first) if field.kind is Kind.YES_NO else first


# --- routes -------------------------------------------------------------------------------------------

_DOORS: Mapping[str, Door] = {
    "answer": _answer,
    "sign_in": _sign_in,
    "attend": _attend,
    "receipt": _receipt,
    "ballot": _ballot,
}


def _signed(doors: Mapping[str, Door]) -> Callable[[Request], Any]:
    """A route of links that are signed, for the purposes of these doors."""

    def opened(visit: Visit, address: str) -> Response:
        try:
            purpose, subject = signed_links.read_link(visit.subject)
        except NotFound as dead:
            return _no_link(dead, address, guessed=signed_links.is_forged(dead))
        if purpose not in doors:
            raise NotFound(DEAD)
        return doors[purpose](Visit(visit.here, subject, visit.posting, visit.form, visit.query))

    return _route(opened)


def _of_survey(visit: Visit, address: str) -> Response:
    """The route of surveys, whose links say nothing, not even what they are for."""
    try:
        return _survey(visit)
    except NotFound as dead:
        return _no_link(dead, address, guessed=True)


def _no_link(dead: NotFound, address: str, *, guessed: bool) -> Response:
    """One sentence for every link that does not hold; whoever tries many is slowed down.

    Good links from the same address open all the while: of 144 bits none is ever guessed, and a whole meeting
    may sit behind one address together with somebody who tries.
    """
    if guessed:
        if wait := _dead.left(address):
            return _said("请稍候", f"打开的链接错得太多，请 {wait} 秒后再试", 429)
        _dead.count(address)
    return _said("链接已失效", str(dead), 404)


def _route(opened: Callable[[Visit, str], Response]) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return _said("内容太长", f"内容超过 {MOST_OCTETS // 1024} KB，请删减后再提交", 413)
        return await run_in_threadpool(_served, opened, _visit(request, body), _address(request))

    return endpoint


async def _body(request: Request) -> bytes | None:
    """What was handed in; None where it is too long. Its length is always said: the guard sees to that."""
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > MOST_OCTETS:
        return None
    return await request.body() if request.method == "POST" else b""


def _visit(request: Request, body: bytes) -> Visit:
    token = request.path_params.get("token", "")
    here = request.url.path.removesuffix("/calendar.ics")
    return Visit(here, token, request.method == "POST", _read(body), _read(request.url.query.encode()))


def _read(encoded: bytes) -> Form:
    """The fields of a form or of an address; what is no text is read as well as it can be."""
    try:
        return parse_qs(
            encoded.decode("ascii", "replace"), keep_blank_values=True, errors="replace", max_num_fields=200
        )
    except ValueError:
        return {}


def _address(request: Request) -> str:
    return session.address_in(request.headers, request.client.host if request.client else None)


def _served(opened: Callable[[Visit, str], Response], visit: Visit, address: str) -> Response:
    """What the door answers; whatever goes wrong is one sentence."""
    back = visit.here if visit.posting else ""
    try:
        return opened(visit, address)
    except NotFound:
        return _said("链接已失效", DEAD, 404)
    except (NotAllowed, Conflict, Refused) as refusal:
        return _said("没有办成", str(refusal), 409, tone="bad", back=back)
    except Unavailable as trouble:
        return _said("请稍后再试", str(trouble), 503, tone="bad", back=back)
    except Exception as fault:  # noqa: BLE001 -- the page shows its number (P31)
        return _said("程序出错", faults.report(fault), 500, tone="bad", back=back)


def _nowhere(visit: Visit, address: str) -> Response:
    raise NotFound(DEAD)


BOTH = ["GET", "POST"]

ROUTES = [
    Route("/m/s/{token}", _route(_of_survey), methods=BOTH),
    Route("/m/{token}", _signed(_DOORS), methods=BOTH),
    Route("/m/{token}/calendar.ics", _signed({"answer": _calendar})),
    Route("/m", _route(_nowhere), methods=BOTH),
    Route("/m/{rest:path}", _route(_nowhere), methods=BOTH),
]
