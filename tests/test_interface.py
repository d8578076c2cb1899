"""Other systems bring information and documents through one door, with a token, over the real program (R57, R91, P34)."""

import base64
import http.client
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from core.clippings import Collecting
from core.errors import NotAllowed, Refused
from db import chain
from db.collecting.store import SqlCollectingUnit
from db.engine import Database, open_database
from db.files import FileStore
from db.reader import Reader
from db.tables import IntakeTokenRow, JournalRow
from pages.ui.patience import Pace
from tests.collecting import NOTICE, letter
from tests.conftest import NAMED
from tests.serving import Server, start_server

DOCX = ("关于开展冬季消防安全检查的通知.docx", letter(*NOTICE))
ITEM = {
    "title": "省政府印发安全生产责任考核办法",
    "text": "自明年一月起施行。",
    "link": "https://a.example/1",
}
WANG, ZHANG, LI = NAMED["wang"], NAMED["zhang"], NAMED["li"]


def clock() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Server]:
    """The running program with the office of the stories in it."""
    folder = tmp_path_factory.mktemp("interface")
    (folder / "data").mkdir()
    shutil.copy(sqlite_template, folder / "data" / "office.db")
    with start_server(folder) as running:
        yield running


@pytest.fixture(scope="module")
def its_database(server: Server) -> Iterator[Database]:
    opened = open_database(server.database_url)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def its_office(server: Server, its_database: Database) -> Collecting:
    files, key = FileStore(server.data / "files"), chain.key_in(server.data)
    return Collecting(lambda: SqlCollectingUnit(its_database, files, key), clock)


@pytest.fixture
def door(server, its_office, request):
    """A door to a source of its own: `door("信息")` gives the token, and the source's id."""

    def door(takes, asks=True):
        title = f"{request.node.name[:60]} {takes}"
        told = {"title": title, "means": "接口", "takes": takes, "asks": asks, "every": 30}
        source = its_office.keep_source(told, by=WANG)
        its_office.switch(source, True, by=WANG, seen=1)
        return its_office.issue_token(source, {"name": "交换平台"}, by=ZHANG), source

    return door


@pytest.fixture
def reader(its_database, server):
    return Reader(its_database, FileStore(server.data / "files"), WANG, clock)


def post(server, token, **more):
    headers = {"Authorization": f"Bearer {token}", **more.pop("headers", {})}
    return httpx.post(f"{server.url}/api/intake", headers=headers, **more)


def journal(database, action):
    with database.reading() as session:
        rows = session.scalars(select(JournalRow).where(JournalRow.action == action))
        return [(row.subject, row.data) for row in rows]


def test_information_comes_as_json_and_waits_for_a_person(server, door, reader):
    """Twice the same call is one thing, with a key of its own or by what it says."""
    token, source = door("信息")
    first = post(server, token, json=ITEM, headers={"Idempotency-Key": "a-1"})
    assert (first.status_code, first.json()["says"]) == (201, "已收到")
    assert first.json()["items"][0]["state"] == "等人处理"
    assert first.headers["cache-control"] == "no-store"
    again = post(server, token, json=ITEM, headers={"Idempotency-Key": "a-1"})
    assert (again.status_code, again.json()["says"]) == (200, "已经收过，没有重复收")
    assert post(server, token, json=ITEM).status_code == 200
    waiting = [one.clipping for one in reader.clippings() if one.clipping.source == source]
    assert [(one.title, one.link) for one in waiting] == [(ITEM["title"], ITEM["link"])]


def test_a_document_comes_as_a_form_with_its_file_and_is_registered(server, door, reader):
    """Where the source does not ask first, it is in the register with everything that was read."""
    token, _ = door("来文", asks=False)
    done = post(server, token, data={"title": "消防检查"}, files={"file": DOCX})
    assert (done.status_code, done.json()["items"][0]["state"]) == (201, "已登记")
    frame = reader.register("incoming_document")
    assert frame["title"].tolist() == ["关于开展冬季消防安全检查的通知"]
    case = reader.case(frame["id"].iloc[0])
    assert (case.data["doc_number"], case.stage.key) == ("某应急发〔2026〕88号", "registration")


def test_files_may_be_in_the_json(server, door, reader):
    """Base64, each with its name; a hostile one is refused with a sentence and the rest is taken."""
    token, source = door("信息")
    files = [
        {"name": name, "content": base64.b64encode(content).decode()}
        for name, content in (DOCX, ("恶意.pdf", b"MZ" + b"\0" * 99))
    ]
    done = post(server, token, json={**ITEM, "title": "带附件的一条", "link": "", "files": files})
    assert done.status_code == 201
    assert "可执行程序" in done.json()["items"][0]["not_taken"][0]
    (shown,) = [one for one in reader.clippings() if one.clipping.source == source]
    assert [name for name, _ in shown.files] == [DOCX[0]]
    assert httpx.get(f"{server.url}/files/{shown.files[0][1]}").status_code == 401


@pytest.mark.parametrize(
    ("call", "status", "says"),
    [
        ({"content": b"<xml/>", "headers": {"Content-Type": "application/xml"}}, 415, "只收 application/json"),
        ({"content": b"{", "headers": {"Content-Type": "application/json"}}, 422, "JSON 读不出来"),
        ({"content": b"\xff", "headers": {"Content-Type": "application/json"}}, 422, "JSON 读不出来"),
        ({"content": b"[" * 100_000, "headers": {"Content-Type": "application/json"}}, 422, "JSON 读不出来"),
        ({"json": [1]}, 422, "JSON 要是一个对象"),
        ({"json": {}}, 422, "请填 title，或附上文件"),
        ({"json": {"title": 5}}, 422, "title 要是文字"),
        ({"json": {"title": "x", "secrecy": "y"}}, 422, "不认识的字段：secrecy"),
        ({"json": {"title": "x" * 501}}, 422, "title 要是文字，最多 500 字"),
        ({"json": {"title": "x", "published_at": "yesterday"}}, 422, "published_at 请写成"),
        ({"json": {"title": "x", "files": [{"name": "a", "content": "**"}]}}, 422, "不是 Base64"),
        ({"json": {"title": "x", "files": [{"name": "a", "content": ""}] * 21}}, 422, "最多 20 个"),
        ({"content": b"a", "headers": {"Content-Type": "multipart/form-data"}}, 422, "表单读不出来"),
        ({"json": {"title": "x"}, "headers": {"Idempotency-Key": "k" * 201}}, 422, "最多 200 个"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_refused_with_a_sentence(
    server, door, its_database, call, status, says, reader
):
    """Nothing of it is kept, and it stands in the journal."""
    token, source = door("信息")
    answer = post(server, token, **call)
    assert (answer.status_code, answer.json()["ok"]) == (status, False)
    assert says in answer.json()["says"]
    assert [one for one in reader.clippings(limit=100) if one.clipping.source == source] == []
    assert any(says in data["why"] for _, data in journal(its_database, "intake.refused"))


def test_too_much_is_refused_by_its_length_before_it_is_read(server, door):
    """Of everybody, and of a body in JSON sooner."""
    token, _ = door("信息")
    for length, status in ((500 * 2**20, 413), (21 * 2**20, 413)):
        line = http.client.HTTPConnection(server.url.removeprefix("http://"))
        line.putrequest("POST", "/api/intake")
        line.putheader("Authorization", f"Bearer {token}")
        line.putheader("Content-Type", "application/json")
        line.putheader("Content-Length", str(length))
        line.endheaders()
        assert line.getresponse().status == status
        line.close()
    assert post(server, token, content=iter([b"{}"])).status_code == 411


def test_a_door_that_is_closed_stays_closed(server, door, its_office, its_database, reader):
    """A revoked token and a stopped source open nothing; nor does a token open any other door."""
    token, source = door("信息")
    assert httpx.get(f"{server.url}/files/x", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert httpx.get(f"{server.url}/api/intake").status_code == 405
    its_office.switch(source, False, by=WANG, seen=2)
    assert post(server, token, json=ITEM).status_code == 403
    with its_database.reading() as session:
        row = session.scalars(
            select(IntakeTokenRow).where(IntakeTokenRow.token_hash == sha256(token.encode()).hexdigest())
        ).one()
    with pytest.raises(NotAllowed):
        its_office.revoke_token(row.id, by=LI)
    its_office.revoke_token(row.id, by=ZHANG)
    assert post(server, token, json=ITEM).status_code == 401


def test_the_token_is_nowhere_but_with_whoever_got_it(server, door, its_database, its_office):
    """Not in the database, its journal or the log; and only who administers gives one, to an interface only."""
    token, source = door("信息")
    post(server, token, json={"title": "一条"})
    stored = b"".join(path.read_bytes() for path in server.data.glob("office.db*"))
    assert token.encode() not in stored
    assert token not in server.logged()
    with pytest.raises(NotAllowed):
        its_office.issue_token(source, {"name": "x"}, by=WANG)
    told = {
        "title": "一个文件夹",
        "means": "文件夹",
        "address": "交换件",
        "takes": "来文",
        "asks": True,
        "every": 30,
    }
    other = its_office.keep_source(told, by=WANG)
    with pytest.raises(Refused, match="令牌只发给方式为“接口”的来源"):
        its_office.issue_token(other, {"name": "x"}, by=ZHANG)


def test_whoever_sends_too_fast_waits(server, door):
    """Sixty calls a minute of one token; the next one is told when to come again."""
    token, _ = door("信息")
    answers = [post(server, token, content=b"x").status_code for _ in range(61)]
    assert set(answers[:60]) == {415}
    assert answers[60] == 429
    assert int(post(server, token, json=ITEM).headers["retry-after"]) > 0


def test_a_pace_is_kept_for_each_by_themselves():
    """So many in a stretch of time, and one more when the first is long enough ago."""
    at = [0.0]
    pace = Pace(2, timedelta(minutes=1), lambda: at[0])
    assert [pace.count("a"), pace.count("a"), pace.count("a"), pace.count("b")] == [0, 0, 60, 0]
    at[0] = 59.5
    assert pace.count("a") == 1
    at[0] = 60.5
    assert pace.count("a") == 0


def test_guessing_tokens_is_slowed_down(server, its_database):
    """The last story of this server: from here on this address waits. Each wrong one is in the journal."""
    answers = [post(server, f"guess-{n}", json=ITEM) for n in range(25)]
    assert answers[0].status_code == 401
    assert answers[0].json()["says"] == "令牌不对或已停用，请向办公室索取"
    assert answers[-1].status_code == 429
    assert json.loads(answers[-1].text)["ok"] is False
    assert len([1 for subject, _ in journal(its_database, "intake.refused") if subject == "接口"]) >= 15
