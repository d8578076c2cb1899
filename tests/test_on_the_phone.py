"""The doors for phones, over a real server: what an invitee, a guest at the door and a voter meet (R30, R74, P35).

The server looks at the real clock, so these meetings begin within the hour.
"""

import asyncio
import re
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

import httpx
import pytest

from core.case import Case
from core.office import Office
from core.polling import Polling
from core.worktime import Limit
from db import chain
from db.contacts import AddressBook
from db.engine import Database, open_database
from db.files import FileStore
from db.links import DEAD, Links, Purpose
from db.migrate import upgrade
from db.polling import SqlPollingUnit
from db.reader import Reader
from db.unit import SqlUnit
from tests.conftest import NAMED, SHANGHAI, Post, StillClock, furnish
from tests.meetings import MEETING, Meetings
from tests.polls import MOTION, SATISFIED
from tests.serving import Server, start_server

HOSTILE = "<script>alert('x')</script>&\"吴"


@dataclass
class House:
    """A running office: its server, its links, and the hands that arrange its meetings."""

    server: Server
    database: Database
    links: Links
    meetings: Meetings
    clock: StillClock
    counter: Iterator[int] = field(default_factory=count)

    def guest(self, name: str = "赵强", organisation: str = "") -> str:
        """Somebody of another unit, of a new one each time."""
        return self.meetings.contact(name, organisation=organisation or f"某县供电公司{next(self.counter)}")

    def phone(self) -> httpx.Client:
        """Somebody's phone, which keeps no cookie and follows no redirect by itself."""
        return httpx.Client(base_url=self.server.url, timeout=60)

    def invite(self, *whom: str, **changes: Any) -> Case:
        """A meeting that begins in half an hour, its invitations out."""
        self.clock.now = datetime.now(SHANGHAI)
        begins = self.clock.now.replace(microsecond=0) + timedelta(minutes=30)
        times = {"held_at": begins, "ends_at": begins + timedelta(hours=2), "reply_by": begins.date()}
        return self.meetings.inviting(**{"invitees": list(whom), **times, **changes})

    def answer_link(self, case: Case, who: str, **lasts: int) -> str:
        return self.link(Purpose.ANSWER, self.meetings.confirmation(case, who).id, **lasts)

    def link(self, purpose: Purpose, subject: str, **lasts: int) -> str:
        until = datetime.now(SHANGHAI) + timedelta(**(lasts or {"hours": 3}))
        return self.links.address(purpose, subject, until)

    def polling(self) -> Polling:
        """The commands on surveys and ballots."""
        chance, key = Random(1), self.links.key

        def unit() -> SqlPollingUnit:
            return SqlPollingUnit(self.database, FileStore(self.server.data / "files"), key, chance)

        return Polling(unit, self.clock, Limit(days=3))

    def put_to_the_vote(self, meeting: Case, voters: list[str]) -> Case:
        """A secret ballot of a meeting that takes votes now."""
        asked = {**MOTION, "meeting": meeting.id, "voters": voters}
        case = self.meetings.office.open("ballot", asked, by=NAMED["wang"])
        return self.meetings.act(case, "start", "wang")

    def sheet(self, case: Case) -> list[str]:
        """The names on the sign-in sheet as it stands in the events, doubles and all."""
        with self.meetings.office._unit() as unit:
            return [event.data["attendee_name"] for event in unit.events(case.id, "sign_in")]


@contextmanager
def house(folder: Path, address: str = "", **settings: str) -> Iterator[House]:
    """An office with the people of these stories, on SQLite or at this address, and its server."""
    data = folder / "data"
    key = chain.key_in(data)
    database = open_database(address or f"sqlite:///{data / 'office.db'}")
    if not address:
        upgrade(database)
        furnish(database)
    files, clock = FileStore(data / "files"), StillClock("2026-11-20 15:00")
    clock.now = datetime.now(SHANGHAI)
    office = Office(lambda: SqlUnit(database, files, key), clock)
    post = Post(office, lambda person: Reader(database, files, person, clock), clock)
    if address:
        settings["OFFICE_DATABASE_URL"] = address
    with start_server(folder, **settings) as server:
        yield House(server, database, Links(key), Meetings(post, AddressBook(database, key)), clock)
    database.close()


@pytest.fixture(scope="module")
def at_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("phones")) as found:
        yield found


def follow(phone: httpx.Client, answer: httpx.Response) -> httpx.Response:
    """Where a 303 leads."""
    assert answer.status_code == 303, answer.text
    return phone.get(answer.headers["location"])


def seen_in(page: str) -> str:
    found = re.search(r'name="seen" value="(\d+)"', page)
    assert found, page
    return found[1]


# --- an invitee ---------------------------------------------------------------------------------------------


def test_an_invitee_answers_with_one_tap(at_home: House) -> None:
    """They read, tap 参加, see it, change their mind with a reason; reload and back say nothing twice."""
    tell_the_invitees_story(at_home)


@pytest.mark.postgres
def test_an_invitee_answers_with_one_tap_on_postgres(tmp_path: Path, fresh_postgres: str) -> None:
    """The same story, and the sign-in after it, where the office keeps its data in PostgreSQL."""
    with house(tmp_path, fresh_postgres) as found:
        tell_the_invitees_story(found)
        tell_the_story_at_the_door(found)


def tell_the_invitees_story(here: House) -> None:
    guest = here.guest("赵强")
    case = here.invite("chen", guest)
    link = here.answer_link(case, guest)
    with here.phone() as phone:
        page = phone.get(link)
        assert page.status_code == 200
        for words in (
            MEETING["title"],
            MEETING["place"],
            MEETING["contact"],
            "带本单位排查台账",
            "赵强，您能参加吗？",
        ):
            assert words in page.text
        told = follow(phone, phone.post(link, data={"do": "attend", "seen": seen_in(page.text)}))
        assert "赵强：参加" in told.text
        assert phone.get(link).text == told.text

        step = phone.get(link, params={"do": "decline"})
        assert "原因" in step.text
        declined = {"do": "decline", "seen": seen_in(step.text), "declined_because": "出差在外"}
        changed = follow(phone, phone.post(link, data=declined))
        assert "赵强：不参加" in changed.text
        assert "原因：出差在外" in changed.text
    child = here.meetings.confirmation(case, guest)
    assert [action for _, action in actions(here, child)] == ["opened", "attend", "decline"]
    assert {who for who, action in actions(here, child) if action != "opened"} == {"赵强"}


def actions(here: House, case: Case) -> list[tuple[str, str]]:
    """Who did what to the case, the oldest first."""
    rows = here.meetings.post._reader_of(NAMED["zhang"]).history(case.id)
    return [(row.by_name, row.action) for row in rows.iloc[::-1].itertuples()]


def test_whoever_sends_somebody_says_whom(at_home: House) -> None:
    """Without a name the form comes back with the sentence beside the field, and what was typed is still there."""
    guest = at_home.guest("林岚")
    link = at_home.answer_link(at_home.invite(guest), guest)
    with at_home.phone() as phone:
        seen = seen_in(phone.get(link).text)
        deputy = {"do": "send_deputy", "seen": seen, "deputy_name": " ", "deputy_post": "科长"}
        refused = phone.post(link, data=deputy)
        assert refused.status_code == 422
        assert "请填写“代为参加的人”" in refused.text
        assert 'value="科长"' in refused.text
        told = follow(phone, phone.post(link, data={**deputy, "deputy_name": "钱进"}))
        assert "林岚：派人参加" in told.text
        assert "代为参加的人：钱进" in told.text


def test_a_program_that_looks_at_links_answers_for_nobody(at_home: House) -> None:
    """Mail filters and messengers fetch every address in a message before a person sees it."""
    guest = at_home.guest()
    case = at_home.invite(guest)
    link = at_home.answer_link(case, guest)
    with at_home.phone() as robot:
        for address in (link, f"{link}?do=attend", f"{link}?do=decline&seen=1", f"{link}/calendar.ics"):
            assert robot.get(address).status_code == 200
            assert robot.head(address).status_code == 200
        for method in ("PUT", "DELETE", "OPTIONS", "PATCH"):
            assert robot.request(method, link).status_code in (405, 411)
    assert at_home.meetings.confirmation(case, guest).seq == 1


def test_an_address_that_is_a_key_is_told_to_nobody(at_home: House) -> None:
    """No referrer, nothing kept, nothing indexed, no cookie, no script; and the log names neither link nor person."""
    guest = at_home.guest()
    link = at_home.answer_link(at_home.invite(guest), guest)
    with at_home.phone() as phone:
        for page in (
            phone.get(link),
            phone.get("/m/none"),
            phone.post(link, data={"do": "attend", "seen": "1"}),
        ):
            headers = page.headers
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["cache-control"] == "no-store"
            assert "noindex" in headers["x-robots-tag"]
            assert "set-cookie" not in headers
            assert "<script" not in page.text
            assert "http" not in page.text.replace("https://meet", "")
    assert link.removeprefix("/m/")[:20] not in at_home.server.logged()
    assert guest not in at_home.server.logged()


def test_links_that_do_not_hold_say_one_sentence(at_home: House) -> None:
    """Too old, changed, cut off, of another office, of another purpose, of a case that is none."""
    guest = at_home.guest()
    case = at_home.invite(guest)
    link = at_home.answer_link(case, guest)
    child = at_home.meetings.confirmation(case, guest).id
    tomorrow = datetime.now(SHANGHAI) + timedelta(days=1)
    dead = [
        at_home.answer_link(case, guest, seconds=-1),
        link[:-1],
        link.replace("/m/a", "/m/p"),
        Links(b"of another office").address(Purpose.ANSWER, child, tomorrow),
        at_home.link(Purpose.ANSWER, "0" * 16),
        at_home.link(Purpose.ANSWER, case.id),
        at_home.link(Purpose.ATTEND, "no such case"),
        at_home.link(Purpose.RECEIPT, f"{case.id}~1"),
        at_home.link(Purpose.ATTEND, case.id) + "/calendar.ics",
        "/m/",
        "/m/a/b/c",
        "/m/" + "a" * 3000,
    ]
    with at_home.phone() as phone:
        for address in dead:
            page = phone.get(address)
            assert (address, page.status_code) == (address, 404)
            assert DEAD in page.text
        assert phone.post(dead[0], data={"do": "attend", "seen": "1"}).status_code == 404
    assert at_home.meetings.confirmation(case, guest).seq == 1
    assert "page_failed" not in at_home.server.logged()


def test_a_hostile_name_is_only_a_name(at_home: House) -> None:
    """In the pages of the link, at the door and in the address: escaped wherever it stands."""
    guest = at_home.guest(HOSTILE)
    case = at_home.invite(guest, title=f"会议{HOSTILE}", place=HOSTILE, contact=HOSTILE)
    link, door = at_home.answer_link(case, guest), at_home.link(Purpose.ATTEND, case.id)
    with at_home.phone() as phone:
        typed = {"do": "send_deputy", "seen": "1", "deputy_name": HOSTILE, "deputy_post": HOSTILE}
        step = phone.post(link, data={**typed, "deputy_name": "", "deputy_contact": HOSTILE})
        sent = follow(phone, phone.post(link, data=typed))
        walk_in = follow(phone, phone.post(door, data={"do": "walk_in", "attendee_name": HOSTILE}))
        pages = [
            phone.get(link),
            step,
            sent,
            phone.get(door),
            phone.get(door, params={"q": HOSTILE}),
            walk_in,
        ]
    for page in pages:
        assert "<script" not in page.text
        assert "&lt;script&gt;" in page.text
        assert 'content="&lt;' not in page.text


def test_what_a_phone_hands_in_is_small(at_home: House) -> None:
    """A long text is refused with a sentence, without being read."""
    guest = at_home.guest()
    link = at_home.answer_link(at_home.invite(guest), guest)
    with at_home.phone() as phone:
        assert phone.post(link, content=b"x" * 70_000).status_code == 413
        strange = {"do": "attend", "seen": "9" * 40}
        assert phone.post(link, data=strange).status_code == 409
        assert phone.post(link, content=b"%ff%00=&&&=%zz&do=attend&seen=\xff").status_code == 409
        assert phone.post(link, content=b"a=1&" * 500).status_code == 409
    assert "page_failed" not in at_home.server.logged()


def test_whoever_tries_addresses_has_to_wait_and_nobody_else(tmp_path: Path) -> None:
    """Guesses from one address are slowed down; a good link from the same address opens all the while."""
    with house(tmp_path) as here, here.phone() as phone:
        guest = here.guest()
        link = here.answer_link(here.invite(guest), guest)
        answers = [phone.get(f"/m/{n:050}").status_code for n in range(64)]
        assert answers[:60] == [404] * 60
        assert 429 in answers[60:]
        assert phone.get("/m/s/none").status_code in (404, 429)
        assert phone.get(link).status_code == 200


# --- at the door ----------------------------------------------------------------------------------------------


def test_people_sign_in_by_the_code_on_the_screen(at_home: House) -> None:
    """By their name, by a part of it, as somebody who was not expected; and once."""
    tell_the_story_at_the_door(at_home)


def tell_the_story_at_the_door(here: House) -> None:
    guest, other = here.guest("赵立强"), here.guest("林小岚", organisation="市水务局")
    case = here.invite("chen", guest, other)
    with here.phone() as phone:
        spot = phone.get(here.link(Purpose.SIGN_IN, case.id, minutes=3))
        assert spot.status_code == 303
        door = spot.headers["location"]
        page = phone.get(door).text
        assert all(name in page for name in ("赵立强", "林小岚", "陈立", "市水务局"))
        found = phone.get(door, params={"q": "小岚"}).text
        assert "林小岚" in found
        assert "赵立强" not in found
        assert "名单里没有“李四”" in phone.get(door, params={"q": "李四"}).text

        receipt = follow(phone, phone.post(door, data={"who": guest}))
        assert re.search(r"已签到 \d\d:\d\d", receipt.text)
        assert "赵立强" in receipt.text
        assert "座次第 2 位" in receipt.text
        follow(phone, phone.post(door, data={"who": guest}))
        missing = phone.post(door, data={"do": "walk_in", "attendee_name": "", "attendee_post": "司机"})
        assert missing.status_code == 422
        assert "请填写“姓名”" in missing.text
        walk_in = {"do": "walk_in", "attendee_name": "孟川", "attendee_organisation": "港务公司"}
        assert "孟川" in follow(phone, phone.post(door, data=walk_in)).text
        assert phone.post(door, data={"who": "guest:nobody"}).status_code == 409
        assert "已签到" in phone.get(door).text
    assert here.sheet(case) == ["赵立强", "孟川"]


def test_a_photo_of_the_screen_signs_nobody_in_at_home(at_home: House) -> None:
    """The address on the screen holds for minutes; a moment too late it is like any other dead link."""
    case = at_home.invite("chen")
    with at_home.phone() as phone:
        for purpose in (Purpose.SIGN_IN, Purpose.ATTEND):
            assert phone.get(at_home.link(purpose, case.id, seconds=-1)).status_code == 404
        late = at_home.link(Purpose.ATTEND, case.id, seconds=-1)
        assert phone.post(late, data={"who": "chen"}).status_code == 404
    assert at_home.sheet(case) == []


def test_whoever_comes_by_their_own_link_is_recognised(at_home: House) -> None:
    """They type the six digits on the screen and nothing else; from home they cannot know them."""
    guest = at_home.guest("赵强")
    case = at_home.invite(guest)
    link = at_home.answer_link(case, guest)
    window = int(datetime.now(SHANGHAI).timestamp()) // 180
    with at_home.phone() as phone:
        assert "签到码" in phone.get(link).text
        wrong = phone.post(link, data={"do": "sign_in", "code": "12345"})
        assert wrong.status_code == 422
        assert "签到码不对" in wrong.text
        code = at_home.links.code(case.id, window)
        wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
        told = follow(phone, phone.post(link, data={"do": "sign_in", "code": f" {wide[:3]} {wide[3:]}"}))
        assert re.search(r"已签到 \d\d:\d\d", told.text)
        follow(phone, phone.post(link, data={"do": "sign_in", "code": "000000"}))
    assert at_home.sheet(case) == ["赵强"]


def test_the_six_digits_cannot_be_tried_out(at_home: House) -> None:
    """After five wrong ones each further one has to wait, even the right one."""
    guest = at_home.guest()
    case = at_home.invite(guest)
    link = at_home.answer_link(case, guest)
    right = at_home.links.code(case.id, int(datetime.now(SHANGHAI).timestamp()) // 180)
    with at_home.phone() as phone:
        for _ in range(5):
            assert "签到码不对" in phone.post(link, data={"do": "sign_in", "code": "1"}).text
        assert "秒后再试" in phone.post(link, data={"do": "sign_in", "code": right}).text
    assert at_home.sheet(case) == []


def test_a_large_meeting_asks_for_a_part_of_the_name(at_home: House) -> None:
    """Nobody scrolls through sixty names, and the page does not show them to whoever merely looks."""
    guests = [at_home.guest(f"来宾{n:02}") for n in range(20)]
    case = at_home.invite(*guests)
    door = at_home.link(Purpose.ATTEND, case.id)
    with at_home.phone() as phone:
        assert "来宾07" not in phone.get(door).text
        assert "来宾07" in phone.get(door, params={"q": "07"}).text


# --- a vote and a survey ------------------------------------------------------------------------------------------


def test_a_voter_finds_the_vote_behind_their_invitation(at_home: House) -> None:
    """The question, the options, one vote that cannot be changed; whoever may not vote is not asked."""
    voter, listener = at_home.guest("郑洁"), at_home.guest("韩冰")
    case = at_home.invite(voter, listener)
    ballot = at_home.put_to_the_vote(case, [voter, "chen"])
    links = {who: at_home.answer_link(case, who) for who in (voter, listener)}
    with at_home.phone() as phone:
        assert MOTION["question"] not in phone.get(links[listener]).text
        found = re.search(r'href="(/m/b[^"]+)"', phone.get(links[voter]).text)
        assert found
        page = phone.get(found[1])
        assert "无记名表决" in page.text
        assert all(choice in page.text for choice in ("同意", "反对", "弃权"))
        nothing = phone.post(found[1], data={"choice": "也许"})
        assert nothing.status_code == 422
        assert "请从所列选项中选一项" in nothing.text
        voted = follow(phone, phone.post(found[1], data={"choice": "同意"}))
        assert "您已投票" in voted.text
        assert "您已投票" in follow(phone, phone.post(found[1], data={"choice": "反对"})).text
        stranger = at_home.link(Purpose.BALLOT, f"{ballot.id}~{listener}")
        assert phone.post(stranger, data={"choice": "同意"}).status_code in (404, 409)
    assert at_home.meetings.see(ballot).stage.key == "running"
    assert at_home.server.logged().count(voter) == 0


def test_an_attendee_answers_the_survey_once(at_home: House) -> None:
    """Every question, one link, one answer; a second visit thanks and asks nothing."""
    whom = [at_home.guest(f"来宾{n}") for n in range(5)]
    case = at_home.invite(*whom)
    tokens = dict(at_home.polling().open_survey(case.id, "meeting", whom, by=NAMED["wang"]))
    link = f"/m/s/{tokens[whom[0]]}"
    with at_home.phone() as phone:
        page = phone.get(link)
        assert page.status_code == 200
        assert "会议满意度" in page.text
        assert "不记名" in page.text
        assert phone.get(link).text == page.text
        part = phone.post(link, data={"overall": SATISFIED["overall"], "comment": HOSTILE})
        assert part.status_code == 422
        assert "请填写“会议准备”" in part.text
        assert "&lt;script&gt;" in part.text
        thanks = follow(phone, phone.post(link, data={**SATISFIED, "comment": "茶凉了"}))
        assert "谢谢您的意见" in thanks.text
        assert "谢谢您的意见" in phone.post(link, data=SATISFIED).text
        assert phone.get("/m/s/" + "A" * 24).status_code == 404
    assert "茶凉了" not in at_home.server.logged()
    assert tokens[whom[0]] not in at_home.server.logged()


# --- many at once -----------------------------------------------------------------------------------------------


@pytest.mark.seldom
def test_a_hundred_phones_answer_sign_in_and_vote_at_once(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Everybody is recorded once, nobody is turned away, though all tap twice; how long the slowest waited is noted."""
    with house(tmp_path) as here:
        guests = [here.guest(f"来宾{n:03}") for n in range(100)]
        case = here.invite(*guests)
        invitations = {child.data["invitee"][0]: child.id for child in here.meetings.children(case)}
        door = here.link(Purpose.ATTEND, case.id)
        answers = [
            (here.link(Purpose.ANSWER, invitations[who]), {"do": "attend", "seen": "1"}) for who in guests
        ]
        ballot = here.put_to_the_vote(case, guests)
        votes = [
            (here.link(Purpose.BALLOT, f"{ballot.id}~{who}"), {"choice": ("同意", "反对")[n % 4 == 0]})
            for n, who in enumerate(guests)
        ]
        doors = [(door, {"who": who}) for who in guests]
        for what, posts in (("answer", answers), ("sign_in", doors), ("vote", votes)):
            times = in_a_loop_of_its_own(at_once(here.server.url, [*posts, *posts]))
            slowest = sorted(times)[int(len(times) * 0.99) - 1]
            record_property(f"{what}_p99_s", round(slowest, 2))
            print(f"{what}: median {sorted(times)[len(times) // 2]:.2f} s, p99 {slowest:.2f} s")
        assert [child.seq for child in here.meetings.children(case)] == [2] * 100
        assert {child.stage.key for child in here.meetings.children(case)} == {"attending"}
        assert sorted(here.sheet(case)) == [f"来宾{n:03}" for n in range(100)]
        result = here.meetings.act(ballot, "publish", "wang").data
        assert [(row["choice"], row["n"]) for row in result["votes"]] == [
            ("同意", 75),
            ("反对", 25),
            ("弃权", 0),
        ]
        assert "page_failed" not in here.server.logged()


def in_a_loop_of_its_own(what: Coroutine[Any, Any, list[float]]) -> list[float]:
    """What it comes to, whether or not a browser's loop runs in this thread already."""
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(asyncio.run, what).result()


async def at_once(url: str, posts: list[tuple[str, dict[str, str]]]) -> list[float]:
    """All of these at the same time, each followed to its page: seconds of each until then."""
    limits = httpx.Limits(max_connections=len(posts), max_keepalive_connections=0)

    async with httpx.AsyncClient(base_url=url, timeout=120, limits=limits, follow_redirects=True) as phones:

        async def tap(address: str, form: dict[str, str]) -> float:
            began = perf_counter()
            answer = await phones.post(address, data=form)
            assert answer.status_code == 200, answer.text
            assert [one.status_code for one in answer.history] == [303]
            return perf_counter() - began

        return list(await asyncio.gather(*(tap(*post) for post in posts)))
