"""The doors of the real program: a server in its own process, a real browser, and whoever else tries."""

import http.client
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from google.protobuf.text_format import MessageToString
from playwright.sync_api import Browser, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from pages.ui.doors import disposition
from pages.ui.menu import PLACES, START
from tests.serving import ROOT, Server, chromium, cookies_of, create_office, sign_in, start_server, visitor

pytestmark = pytest.mark.browser

COOKIE = "office"
ADDRESSES = ["/" if place is START else f"/{place.address}" for place in PLACES]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


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
    headers = {"Cookie": f"{COOKIE}={cookie}"} if cookie else {}
    url = server.url.replace("http", "ws") + "/_stcore/stream"
    ask = BackMsg()
    ask.rerun_script.page_name = address.strip("/")
    with connect(
        url,
        subprotocols=["streamlit"],  # type: ignore[list-item]
        additional_headers=headers,
        origin=origin or server.url,  # type: ignore[arg-type]
        max_size=None,
    ) as socket:
        socket.send(ask.SerializeToString())
        return "\n".join(_drawn(socket))


def _drawn(socket: ClientConnection) -> Iterator[str]:
    answer = ForwardMsg()
    while answer.WhichOneof("type") != "script_finished":
        answer.ParseFromString(socket.recv(20))  # type: ignore[arg-type]
        if answer.WhichOneof("type") == "delta":
            yield MessageToString(answer.delta, as_utf8=True)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_cold_start_shows_no_page_to_a_stranger(tmp_path: Path, address: str) -> None:
    """The very first visitor of a new process gets the sign-in form, whatever page they ask for."""
    with start_server(tmp_path) as cold:
        drawn = drawn_for(cold, address)
    assert "创建办公室" in drawn
    assert drawn.count("heading {") == 1
    assert "退出" not in drawn


@pytest.mark.parametrize("address", ADDRESSES)
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
        ("POST", "/_stcore/agent/interact", 403),
        ("GET", "/_stcore/script-health-check", 403),
        ("GET", "/media/0123456789abcdef.txt", 401),
        ("PUT", "/_stcore/upload_file/session/file", 401),
        ("GET", "/files/a1b2c3", 401),
        ("POST", "/session", 403),
        ("DELETE", "/session", 403),
    ],
)
def test_the_side_doors_are_closed(server: Server, method: str, path: str, status: int) -> None:
    """What Streamlit serves to anybody by default is closed (P34)."""
    assert httpx.request(method, server.url + path).status_code == status


def test_a_made_up_ticket_and_a_made_up_cookie_open_nothing(server: Server) -> None:
    """Only what the program itself has issued counts."""
    answer = httpx.post(f"{server.url}/session", headers={"X-Office": "1"}, content="made-up")
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)
    assert httpx.get(f"{server.url}/files/a", cookies={COOKIE: "made-up"}).status_code == 401
    assert "退出" not in drawn_for(server, "/", cookie="made-up")


def test_another_site_cannot_open_the_websocket(server: Server) -> None:
    """A script of another site would come with the person's cookie."""
    with pytest.raises(WebSocketException):
        drawn_for(server, "/", origin="http://evil.example")


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


def test_signing_out_elsewhere_clears_an_open_page(server: Server, browser: Browser) -> None:
    """Within half a minute, without a hand on it (P17)."""
    with visitor(browser, server) as page:
        sign_in(page)
        token = cookies_of(page)[COOKIE]
        gone = httpx.delete(f"{server.url}/session", headers={"X-Office": "1"}, cookies={COOKIE: token})
        assert gone.status_code == 204
        page.get_by_role("button", name="登录").wait_for(timeout=40_000)
        expect(page.get_by_role("button", name="退出")).to_have_count(0)


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
    for part in ("core", "db", "pages", ".streamlit"):
        shutil.copytree(ROOT / part, tmp_path / part)
    shutil.copy(ROOT / "app.py", tmp_path)
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
