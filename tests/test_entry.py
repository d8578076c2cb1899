"""The doors of the real program: a server in its own process, a real browser, and whoever else tries."""

import http.client
import json
import shutil
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pyotp
import pytest
from google.protobuf.text_format import MessageToString
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from db import chain, invitations
from db.engine import open_database
from db.sessions import Sessions
from db.tables import PersonRow
from pages.ui.doors import disposition
from pages.ui.menu import PLACES, START
from tests.conftest import PEOPLE
from tests.entering.door import ENDINGS, PASSWORD
from tests.serving import ROOT, Server, cookies_of, create_office, sign_in, start_server, visitor

pytestmark = pytest.mark.browser

COOKIE = "office"
ADDRESSES = ["/" if place is START else f"/{place.address}" for place in PLACES]
OFTEN = {"/", "/case", "/audit"}
"""The start, a page that is reached by a link, one that few may open: what holds of them holds of the others."""

ONE_BY_ONE = [
    pytest.param(address, marks=() if address in OFTEN else pytest.mark.seldom) for address in ADDRESSES
]
COLD = [
    pytest.param(address, marks=() if address == "/case" else pytest.mark.seldom) for address in ADDRESSES
]
"""Each is a program of its own."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Server]:
    """A program whose office was created by Wang Min."""
    with start_server(tmp_path_factory.mktemp("entry")) as running:
        with visitor(browser, running) as page:
            create_office(page)
        yield running


# --- what a stranger meets --------------------------------------------------------------------------


def drawn_for(server: Server, address: str, cookie: str = "", origin: str = "") -> str:
    """Everything the program sends to a browser that opens an address, as text to search."""
    with socket_of(server, cookie, origin) as socket:
        return ask(socket, address)


def socket_of(server: Server, cookie: str = "", origin: str = "") -> ClientConnection:
    """The line on which a browser has its pages drawn."""
    return connect(
        server.url.replace("http", "ws") + "/_stcore/stream",
        subprotocols=["streamlit"],  # type: ignore[list-item]
        additional_headers={"Cookie": f"{COOKIE}={cookie}"} if cookie else {},
        origin=origin or server.url,  # type: ignore[arg-type]
        max_size=None,
    )


def ask(socket: ClientConnection, address: str) -> str:
    """Have a page drawn, and return what was drawn."""
    wanted = BackMsg()
    wanted.rerun_script.page_name = address.strip("/")
    socket.send(wanted.SerializeToString())
    return "\n".join(_drawn(socket))


def _drawn(socket: ClientConnection) -> Iterator[str]:
    answer = ForwardMsg()
    while answer.WhichOneof("type") != "script_finished":
        answer.ParseFromString(socket.recv(20))  # type: ignore[arg-type]
        if answer.WhichOneof("type") == "delta":
            yield MessageToString(answer.delta, as_utf8=True)


@pytest.mark.parametrize("address", COLD)
def test_a_cold_start_shows_no_page_to_a_stranger(tmp_path: Path, address: str) -> None:
    """The very first visitor of a new process gets the sign-in form, whatever page they ask for."""
    with start_server(tmp_path) as cold:
        drawn = drawn_for(cold, address)
    assert "创建办公室" in drawn
    assert drawn.count("heading {") == 1
    assert "退出" not in drawn


@pytest.mark.parametrize("address", ONE_BY_ONE)
def test_a_stranger_sees_only_the_sign_in_form(server: Server, browser: Browser, address: str) -> None:
    """No title, no menu, no person; and not one English word."""
    with visitor(browser, server) as page:
        page.goto(address)
        page.get_by_role("button", name="登录").wait_for()
        page.get_by_text("密码", exact=True).wait_for()
        expect(page.get_by_test_id("stSidebar")).to_have_count(0)
        words = page.get_by_test_id("stMain").inner_text().replace("visibility", "").split()
    assert words == ["市政府办公室", "办公室工作平台", "登录", "账号", "密码", "登录"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/_stcore/metrics", 403),
        ("GET", "/_stcore/agent/openapi.json", 403),
        ("GET", "/_stcore/agent", 403),
        ("POST", "/_stcore/agent/interact", 403),
        ("GET", "/_stcore/script-health-check", 403),
        ("GET", "/media/0123456789abcdef.txt", 401),
        ("PUT", "/_stcore/upload_file/session/file", 401),
        ("DELETE", "/_stcore/upload_file/session/file", 401),
        ("GET", "/files/a1b2c3", 401),
        ("GET", "/papers/a1b2c3/sheet.pdf", 401),
        ("GET", "/ledgers/incoming_document.xlsx", 401),
        ("POST", "/api/intake", 401),
        ("GET", "/api/intake", 405),
        ("POST", "/api/intake/more", 405),
        ("POST", "/api", 405),
        ("POST", "/session", 403),
        ("DELETE", "/session", 403),
    ],
)
def test_the_side_doors_are_closed(server: Server, method: str, path: str, status: int) -> None:
    """What Streamlit serves to anybody by default is closed (P34)."""
    assert httpx.request(method, server.url + path).status_code == status


def test_some_doors_are_closed_to_everybody(server: Server, wang: str) -> None:
    """What tells about the machine, and the door for agents, stay closed with a session as well (P34)."""
    for path in ("/_stcore/metrics", "/_stcore/agent/openapi.json", "/_stcore/script-health-check"):
        assert httpx.get(server.url + path, cookies={COOKIE: wang}).status_code == 403


def test_what_streamlit_is_told_keeps_the_doors_closed() -> None:
    """Nothing for agents, no files of the folder, nobody trusted by a header, no trace, no statistics (P34)."""
    told = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert told["server"]["enableAgentApi"] is False
    assert told["server"]["enableStaticServing"] is False
    assert "trustedUserHeaders" not in told["server"]
    assert told["client"]["showErrorDetails"] == "none"
    assert told["browser"]["gatherUsageStats"] is False


def test_a_made_up_ticket_and_a_made_up_cookie_open_nothing(server: Server) -> None:
    """Only what the program itself has issued counts."""
    answer = httpx.post(f"{server.url}/session", headers={"X-Office": "1"}, content="made-up")
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)
    assert httpx.get(f"{server.url}/files/a", cookies={COOKIE: "made-up"}).status_code == 401
    assert "退出" not in drawn_for(server, "/", cookie="made-up")


def test_another_site_cannot_open_the_websocket(server: Server) -> None:
    """A script of another site would come with the person's cookie (P34)."""
    for origin in ("http://evil.example", "null", server.url.replace("127.0.0.1", "127.0.0.1.evil.example")):
        with pytest.raises(WebSocketException):
            drawn_for(server, "/", origin=origin)


def test_too_big_is_refused_before_it_is_read(server: Server) -> None:
    """By its announced length; and without one it is not taken."""
    path = "/_stcore/upload_file/session/file"
    line = http.client.HTTPConnection(server.url.removeprefix("http://"))
    line.putrequest("PUT", path)
    line.putheader("Content-Length", str(500 * 1024 * 1024))
    line.endheaders()
    assert line.getresponse().status == 413
    assert httpx.put(server.url + path, content=iter([b"x"])).status_code == 411


def test_every_answer_carries_the_security_headers(server: Server) -> None:
    """Scripts come only from the program itself, and no other site may frame it."""
    for path in ("/", "/_stcore/health", "/media/x", "/session.js"):
        headers = httpx.get(server.url + path).headers
        assert "script-src 'self';" in headers["content-security-policy"]
        assert "unsafe-eval" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "SAMEORIGIN"
        assert headers["referrer-policy"] == "same-origin"


def test_the_health_page_tells_the_state_and_no_secret(server: Server) -> None:
    """Enough for whoever watches over the machine: the library in use is one without the known fault."""
    health = httpx.get(f"{server.url}/healthz").json()
    assert set(health) == {"ok", "database", "sqlite", "revision"}
    assert health["ok"] is True
    assert tuple(map(int, health["sqlite"].split("."))) >= (3, 51, 3)


def test_the_first_page_is_chinese_before_any_script_runs(server: Server) -> None:
    """Title, language and the note to browsers without scripts."""
    page = httpx.get(server.url).text
    assert '<html lang="zh-CN">' in page
    assert "<title>办公室</title>" in page
    assert ">Streamlit" not in page and "agent" not in page and "<script>" not in page


def test_an_address_that_is_none_leads_to_the_start_page(server: Server) -> None:
    """Streamlit would say so in English."""
    answer = httpx.get(f"{server.url}/no-such-page", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


# --- who works here ---------------------------------------------------------------------------------


def test_the_cookie_is_out_of_reach_of_scripts(server: Server, browser: Browser) -> None:
    """HttpOnly and SameSite=Strict; the token stands nowhere in the page or its address."""
    with visitor(browser, server) as page:
        sign_in(page)
        (cookie,) = (cookie for cookie in page.context.cookies() if cookie["name"] == COOKIE)
        assert (cookie["httpOnly"], cookie["sameSite"], cookie["expires"]) == (True, "Strict", -1)
        assert COOKIE not in page.evaluate("document.cookie")
        assert cookie["value"] not in page.content() + page.url
        assert cookie["value"] not in server.logged()


def test_the_address_asked_for_opens_behind_the_sign_in(server: Server, browser: Browser) -> None:
    """Somebody follows a link to a page, signs in, and is there; a reload keeps them in."""
    with visitor(browser, server, phone=True) as page:
        sign_in(page, at="/people")
        expect(page).to_have_url(f"{server.url}/people")
        expect(page.get_by_role("heading", name="人员与部门", exact=True)).to_be_visible()
        page.reload()
        expect(page.get_by_role("heading", name="人员与部门", exact=True)).to_be_visible()


def test_a_stolen_cookie_is_refused_after_signing_out(server: Server, browser: Browser) -> None:
    """On the pages, the files and the websocket alike (P20)."""
    with visitor(browser, server) as page:
        sign_in(page)
        stolen = cookies_of(page)[COOKIE]
        assert "退出" in drawn_for(server, "/", cookie=stolen)
        assert httpx.get(f"{server.url}/files/none", cookies={COOKIE: stolen}).status_code == 404
        page.get_by_role("button", name="退出").click()
        page.get_by_role("button", name="登录").wait_for()
        expect(page).to_have_url(f"{server.url}/")
        assert COOKIE not in cookies_of(page)
    assert "退出" not in drawn_for(server, "/", cookie=stolen)
    for path in ("/files/none", "/media/none"):
        assert httpx.get(server.url + path, cookies={COOKIE: stolen}).status_code == 401


PRIVATE = ("/media/none.txt", "/files/none", "/papers/none/sheet.pdf", "/ledgers/incoming_document.xlsx")


def answers(server: Server, cookie: str) -> list[int]:
    """What the private addresses answer to whoever has this cookie."""
    return [httpx.get(server.url + path, cookies={COOKIE: cookie}).status_code for path in PRIVATE]


@pytest.mark.parametrize("ending", [None, *ENDINGS.values()], ids=["退出", *ENDINGS])
def test_a_stolen_cookie_opens_nothing_afterwards(
    server: Server, wang: str, ending: Callable[[Sessions, datetime], None] | None
) -> None:
    """Pages, the line that is still open, files, papers, ledgers and uploads: all closed at once (P20)."""
    sessions = sessions_of(server)
    with socket_of(server, wang) as line:
        assert "退出" in ask(line, "/")
        assert answers(server, wang) == [404, 404, 404, 200]
        if ending:
            ending(sessions, datetime.now(UTC))
        else:
            sessions.sign_out(wang)
        assert "退出" not in ask(line, "/")
    assert answers(server, wang) == [401] * 4
    assert "退出" not in drawn_for(server, "/", cookie=wang)
    upload = f"{server.url}/_stcore/upload_file/session/file"
    assert httpx.put(upload, cookies={COOKIE: wang}, content=b"x").status_code == 401
    sessions.database.close()


def sessions_of(server: Server) -> Sessions:
    """The sessions of the running program, seen from beside it."""
    return Sessions(open_database(server.database_url), chain.key_in(server.data))


@pytest.fixture
def wang(server: Server) -> Iterator[str]:
    """The cookie of a secretary who has just signed in; nobody remembers what was done to her before."""
    sessions, now = sessions_of(server), datetime.now(UTC)
    with sessions.database.writing() as session:
        for person in PEOPLE[0], PEOPLE[2]:
            session.merge(
                PersonRow(
                    id=person.id, account=person.id, name=person.name, password="", roles=sorted(person.roles),
                    clearance=int(person.clearance), active=True, created_at=now, totp="", totp_step=0,
                )
            )  # fmt: skip
        session.commit()
    sessions.set_password("wang", PASSWORD, now)
    yield sessions.sign_in("wang", PASSWORD, "desk", now)
    sessions.database.close()


def test_an_open_page_notices_within_half_a_minute(server: Server, browser: Browser, wang: str) -> None:
    """Signed out elsewhere, it is the sign-in form; with a lowered role, its page is closed: without a hand
    on it. The next step of a lowered role is refused at once, and old addresses with the session (P17).
    """
    with visitor(browser, server) as left, visitor(browser, server) as lowered:
        sign_in(left)
        lowered.context.add_cookies([{"name": COOKIE, "value": wang, "url": server.url}])
        change(server, "wang", roles=["administrator"])
        lowered.goto("/people")
        lowered.get_by_role("heading", name="人员与部门", exact=True).wait_for()
        token = cookies_of(left)[COOKIE]
        gone = httpx.delete(f"{server.url}/session", headers={"X-Office": "1"}, cookies={COOKIE: token})
        assert gone.status_code == 204
        change(server, "wang", roles=["member"])
        assert answers(server, token) == [401] * 4
        assert "人员与部门" not in drawn_for(server, "/people", cookie=wang)
        left.get_by_role("button", name="登录").wait_for(timeout=40_000)
        expect(left.get_by_role("button", name="退出")).to_have_count(0)
        expect(lowered.get_by_role("heading", name="人员与部门", exact=True)).to_have_count(0, timeout=40_000)
        change(server, "wang", active=False)
        assert answers(server, wang) == [401] * 4


def change(server: Server, person_id: str, **values: object) -> None:
    """Change an account behind the program's back."""
    database = open_database(server.database_url)
    with database.writing() as session:
        session.execute(update(PersonRow).where(PersonRow.id == person_id).values(**values))
        session.commit()
    database.close()


def test_a_link_a_password_and_a_second_factor(server: Server, browser: Browser, wang: str) -> None:
    """Somebody new follows their link on a telephone, sets a password and is in; switches the second factor
    on, leaves every device, and comes back with password and code. The link is worth nothing any more.
    """
    sessions = sessions_of(server)
    with sessions.database.writing() as session:
        link = f"/?invitation={invitations.issue(session, 'wang', 'zhang', datetime.now(UTC))}"
        session.commit()
    with visitor(browser, server, phone=True) as page:
        page.goto(link)
        expect(page.get_by_text("王敏，请设置您的密码。您的登录账号是 wang")).to_be_visible()
        _set_password(page, "Xinmi-2027!", "Xinmi-2028!")
        expect(page.get_by_text("两次输入的密码不一致")).to_be_visible()
        _set_password(page, "Xinmi-2027!", "Xinmi-2027!")
        page.get_by_role("button", name="退出").wait_for(state="attached")
        expect(page).to_have_url(f"{server.url}/")
        secret = _switch_on(page)
        page.get_by_role("tab", name="所有设备").click()
        page.get_by_role("button", name="退出所有设备").click()
        page.get_by_label("账号", exact=True).fill("wang")
        page.get_by_label("密码", exact=True).fill("Xinmi-2027!")
        page.get_by_role("button", name="登录").click()
        page.get_by_label("验证码").fill("000000")
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_text("验证码不正确")).to_be_visible()
        page.get_by_label("验证码").fill(pyotp.TOTP(secret).at(datetime.now(UTC) + timedelta(seconds=30)))
        page.get_by_role("button", name="登录").click()
        page.get_by_role("button", name="退出").wait_for(state="attached")
    with visitor(browser, server) as page:
        page.goto(link)
        expect(page.get_by_text("这个链接已用过或已过期，请向管理员要一个新的")).to_be_visible()
        page.get_by_role("button", name="返回").click()
        page.get_by_role("button", name="登录").wait_for()
        expect(page).to_have_url(f"{server.url}/")
    sessions.database.close()


def _set_password(page: Page, new: str, again: str) -> None:
    page.get_by_label("新密码", exact=True).fill(new)
    page.get_by_label("再输一次新密码").fill(again)
    page.get_by_role("button", name="设置密码并登录").click()


def _switch_on(page: Page) -> str:
    """Switch the second factor on in the dialog; returns the secret that the telephone now has."""
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_role("button", name="账号安全").click()
    page.get_by_role("tab", name="第二验证").click()
    expect(page.get_by_test_id("stImage").locator("img")).to_be_visible()
    secret = page.get_by_test_id("stCode").inner_text().replace(" ", "").strip()
    page.get_by_label("验证器上的六位数字").fill(pyotp.TOTP(secret).at(datetime.now(UTC)))
    page.get_by_role("button", name="启用").click()
    expect(page.get_by_text("第二验证已启用")).to_be_visible()
    return secret


def test_a_link_for_somebody_else_says_so(server: Server, browser: Browser, wang: str) -> None:
    """Whoever is signed in here does not set another person's password by mistake."""
    sessions = sessions_of(server)
    with sessions.database.writing() as session:
        link = f"/?invitation={invitations.issue(session, 'zhang', 'zhang', datetime.now(UTC))}"
        session.commit()
    sessions.database.close()
    drawn = drawn_at(server, link, wang)
    assert "您已以王敏登录，这个链接是给另一个账号的" in drawn and "设置密码并登录" not in drawn
    assert "设置密码并登录" in drawn_at(server, link)


def drawn_at(server: Server, address: str, cookie: str = "") -> str:
    """What is drawn for an address of the start page with a query."""
    wanted = BackMsg()
    wanted.rerun_script.query_string = address.partition("?")[2]
    with socket_of(server, cookie) as socket:
        socket.send(wanted.SerializeToString())
        return "\n".join(_drawn(socket))


def test_a_wrong_password_keeps_what_was_typed(server: Server, browser: Browser) -> None:
    """One sentence beside the form, and the account still in it."""
    with visitor(browser, server, phone=True) as page:
        page.goto("/")
        page.get_by_label("账号").fill("zhaoliu")
        page.get_by_label("密码").fill("Falsch-2026")
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_text("账号或密码不正确")).to_be_visible()
        assert page.get_by_label("账号").input_value() == "zhaoliu"


BROKEN_PAGE = """
import streamlit as st
from pages.ui import session
session.desk()
st.file_uploader("来文")
def fail(): raise ValueError("SELECT secret")
st.button("办理", on_click=fail)
st.multiselect("选", ["一"], placeholder="请选择")
"""


def test_a_fault_shows_its_number_and_the_log_has_the_rest(tmp_path: Path, browser: Browser) -> None:
    """No trace and no SQL on the page, also when a callback fails (P31); and Streamlit's words are Chinese."""
    _copy(tmp_path)
    (tmp_path / "pages" / f"{START.address}.py").write_text(BROKEN_PAGE, encoding="utf-8")
    with start_server(tmp_path, root=tmp_path) as broken, visitor(browser, broken) as page:
        create_office(page)
        button = page.get_by_test_id("stFileUploaderDropzone").get_by_test_id("stBaseButton-secondary")
        assert button.evaluate("b => getComputedStyle(b, '::after').content") == '"选择文件"'
        expect(button.get_by_text("Upload", exact=True)).to_be_hidden()
        page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
            {"name": "通知.txt", "mimeType": "text/plain", "buffer": b"x"}
        )
        expect(page.get_by_text("通知.txt")).to_be_visible()
        page.get_by_role("button", name="办理").click()
        said = page.get_by_test_id("stAlert").inner_text()
        number = said.split("编号 ")[1][:8]
        assert "secret" not in page.content()
        assert number in broken.logged() and "SELECT secret" in broken.logged()


FORGED = 'SELECT secret\\r\\n{"event": "ready"}\\x1b[31m\\x9b0m\\u2028\\u202e' + "很长" * 5000
BROKEN = f"""
from pages.ui import session
session.desk()
raise ValueError('{FORGED}')
"""


def test_a_fault_of_any_page_is_a_number_and_one_line_of_the_log(tmp_path: Path) -> None:
    """The number on the page is the number in the log; no trace and no SQL on the page (P31). Whatever is in
    the text, it neither begins a line of its own nor reaches a terminal as a command (P35).
    """
    root = _copy(tmp_path)
    for place in PLACES:
        (root / "pages" / f"{place.address}.py").write_text(BROKEN, encoding="utf-8")
    with start_server(tmp_path, root=root) as broken:
        token = _first_day(broken)
        drawn = [drawn_for(broken, address, cookie=token) for address in ADDRESSES]
        logged = [line for line in broken.logged().split("\n") if line]
    numbers = [said.split("编号 ")[1][:8] for said in drawn]
    assert [text for text in drawn if "SELECT" in text or "Traceback" in text] == []
    faults = [json.loads(line) for line in logged if "page_failed" in line]
    assert [fault["number"] for fault in faults] == numbers
    assert all("SELECT secret\r\n" in fault["exception"] for fault in faults)
    assert [line for line in logged if not line.startswith("{")] == []
    assert [sign for line in logged for sign in line if not sign.isprintable()] == []
    assert sum(line.startswith('{"event": "ready"') for line in logged) == 0


def _first_day(server: Server) -> str:
    """Create the office beside the running program; returns the director's cookie."""
    sessions, now = sessions_of(server), datetime.now(UTC)
    first = {"office": "办公室", "name": "王敏", "account": "wangmin", "clearance": "机密"}
    sessions.set_up({**first, "password": PASSWORD, "again": PASSWORD}, now)
    token = sessions.sign_in("wangmin", PASSWORD, "desk", now)
    sessions.database.close()
    return token


def _copy(folder: Path) -> Path:
    """A copy of the program to change."""
    for part in ("core", "db", "pages", ".streamlit"):
        shutil.copytree(ROOT / part, folder / part)
    shutil.copy(ROOT / "app.py", folder)
    return folder


@pytest.mark.seldom
def test_nothing_is_asked_of_another_host_and_no_policy_is_broken(server: Server, browser: Browser) -> None:
    """The browser of somebody signed in fetches everything from the program itself (P32)."""
    asked: list[str] = []
    said: list[str] = []
    with visitor(browser, server) as page:
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        sign_in(page)
        for address in ADDRESSES[:-1]:
            page.goto(address)
            page.get_by_role("button", name="退出").wait_for()
            page.wait_for_timeout(500)
    home = (server.url, server.url.replace("http", "ws"), "data:", "blob:")
    assert [url for url in asked if not url.startswith(home)] == []
    assert [text for text in said if "Content Security Policy" in text] == []


def test_a_download_is_saved_under_its_own_name() -> None:
    """Old browsers get plain letters, new ones the Chinese name, and nobody a second header (RFC 6266)."""
    assert disposition('关于"通知"\r\n.pdf') == (
        "attachment; filename=\"________.pdf\"; filename*=UTF-8''"
        "%E5%85%B3%E4%BA%8E%22%E9%80%9A%E7%9F%A5%22%0D%0A.pdf"
    )
