"""What somebody without an account sees and does through their link, on the days of the office (R30, R74)."""

from datetime import datetime, timedelta

import icalendar
import pytest

from core.by_link import CANCELLED, CHANGED, LISTED, NOT_YET, OVER, ByLink
from core.errors import Conflict, NotAllowed, NotFound, Refused
from core.office import Office
from db.by_link import Public
from db.contacts import AddressBook
from db.engine import Database
from db.files import FileStore
from db.links import Links
from db.unit import SqlUnit
from tests.conftest import NAMED, SHANGHAI, Post, StillClock
from tests.meetings import HELD_AT, WHEN_AND_WHERE, Meetings

KEY = b"key of the tests"
DEPUTY = {"deputy_name": "钱进", "deputy_post": "科长", "deputy_contact": "13800000009"}


@pytest.fixture
def public(database: Database, clock: StillClock) -> Public:
    return Public(database, Links(KEY), clock)


@pytest.fixture
def by_link(database: Database, files: FileStore, clock: StillClock) -> ByLink:
    return ByLink(lambda: SqlUnit(database, files, KEY), clock)


@pytest.fixture
def meetings(post: Post, database: Database) -> Meetings:
    return Meetings(post, AddressBook(database, KEY))


# --- the answer -----------------------------------------------------------------------------------------


def test_an_invitee_reads_answers_and_changes_their_mind(
    meetings: Meetings, public: Public, by_link: ByLink
) -> None:
    """What they need to know stands there; the answer is theirs in the trace, and can be changed."""
    guest = meetings.contact("赵强")
    case = meetings.inviting(invitees=["chen", guest])
    link = meetings.confirmation(case, guest).id

    asked = public.invited(link)
    assert asked.meeting.title == "冬季安全生产协调会"
    assert asked.meeting.when == "2026年12月3日（周四）14:30–16:00"
    assert (asked.meeting.place, asked.meeting.prepare) == ("三楼会议室", "带本单位排查台账")
    assert [way.title for way in asked.ways] == ["参加", "派人参加", "不能参加"]
    assert not asked.answer

    by_link.answer(link, "attend", {"remark": "晚到十分钟"}, seen=asked.seen)
    told = public.invited(link)
    assert (told.answer, told.said, told.comes) == ("参加", (("备注", "晚到十分钟"),), True)

    by_link.answer(link, "send_deputy", DEPUTY, seen=told.seen)
    changed = public.invited(link)
    assert changed.answer == "派人参加"
    assert dict(changed.said)["代为参加的人"] == "钱进"
    assert [way.title for way in changed.ways] == ["参加", "派人参加", "不能参加"]

    by_link.answer(link, "decline", {"declined_because": ""}, seen=changed.seen)
    assert not public.invited(link).comes
    assert meetings.see(link).last_actor == guest


def test_an_answer_given_twice_is_one(meetings: Meetings, public: Public, by_link: ByLink) -> None:
    """A second tap before the first answer has come changes nothing and is no error."""
    guest = meetings.contact()
    link = meetings.confirmation(meetings.inviting(invitees=[guest]), guest).id
    for _ in range(2):
        by_link.answer(link, "attend", {"remark": ""}, seen=1)
    assert public.invited(link).seen == 2


def test_an_answer_does_not_overwrite_what_was_said_on_the_telephone(
    meetings: Meetings, public: Public, by_link: ByLink
) -> None:
    """The secretary wrote the answer down while the page was open: it is shown before it is changed."""
    guest = meetings.contact()
    link = meetings.confirmation(meetings.inviting(invitees=[guest]), guest).id
    meetings.act(link, "decline", "wang", declined_because="来电请假")
    with pytest.raises(Conflict, match="刚有人代您答复过"):
        by_link.answer(link, "attend", {"remark": ""}, seen=1)
    assert public.invited(link).answer == "不参加"


def test_a_link_does_what_the_invitee_may_and_nothing_else(meetings: Meetings, by_link: ByLink) -> None:
    """Steps of the secretaries, standing actions and steps that are none are refused."""
    guest = meetings.contact()
    link = meetings.confirmation(meetings.inviting(invitees=[guest]), guest).id
    for action in ("record_silence", "void", "correct", "begin", "sign_in"):
        with pytest.raises((NotAllowed, Refused)):
            by_link.answer(link, action, {}, seen=1)
    assert meetings.see(link).seq == 1


def test_whoever_was_struck_from_the_address_book_answers_no_more(
    meetings: Meetings, by_link: ByLink
) -> None:
    """The link stands for a person; when the office knows them no longer, it stands for nobody."""
    guest = meetings.contact()
    link = meetings.confirmation(meetings.inviting(invitees=["chen", guest]), guest).id
    meetings.book.remove(guest, meetings.post._clock(), by=NAMED["wang"])
    with pytest.raises(NotAllowed, match="名单"):
        by_link.answer(link, "attend", {"remark": ""}, seen=1)


def test_a_cancelled_meeting_says_so(meetings: Meetings, public: Public, by_link: ByLink) -> None:
    """Whoever had answered already learns it as well, and cannot answer any more."""
    guest, other = meetings.contact("赵强"), meetings.contact("林岚")
    case = meetings.inviting(invitees=[guest, other])
    first, second = (meetings.confirmation(case, who).id for who in (guest, other))
    by_link.answer(first, "attend", {"remark": ""}, seen=1)
    meetings.act(case, "cancel", "wang", cancelled_because="改为书面征求意见")
    for link in (first, second):
        assert public.invited(link).meeting.off == CANCELLED
        assert not public.invited(link).ways
        with pytest.raises(NotAllowed, match=CANCELLED):
            by_link.answer(link, "decline", {"declined_because": ""}, seen=99)
        with pytest.raises(NotFound):
            public.calendar(link)


def test_a_voided_meeting_says_so(meetings: Meetings, public: Public) -> None:
    """Entered by mistake and voided: the invitees are told not to come."""
    guest = meetings.contact()
    case = meetings.inviting(invitees=[guest])
    meetings.act(case, "void", "wang", reason="重复登记")
    assert public.invited(meetings.confirmation(case, guest).id).meeting.off == CANCELLED


def test_after_a_change_of_place_only_the_new_link_is_answered(
    meetings: Meetings, public: Public, by_link: ByLink
) -> None:
    """The old one says that the arrangements have changed, whether it had been answered or not."""
    guest, other = meetings.contact("赵强"), meetings.contact("林岚")
    case = meetings.inviting(invitees=[guest, other])
    old = {who: meetings.confirmation(case, who).id for who in (guest, other)}
    by_link.answer(old[guest], "attend", {"remark": ""}, seen=1)
    meetings.post._clock.turn_to("2026-11-23 09:00")
    moved = {**WHEN_AND_WHERE, "place": "五楼会议室"}
    meetings.act(
        case, "rearrange", "wang", **moved, reply_by=HELD_AT.date(), rearranged_because="三楼会议室漏水"
    )
    for link in old.values():
        assert public.invited(link).closed == CHANGED
        with pytest.raises(NotAllowed, match=CHANGED):
            by_link.answer(link, "decline", {"declined_because": ""}, seen=99)
    new = meetings.confirmation(case, guest).id
    assert new != old[guest]
    assert public.invited(new).meeting.place == "五楼会议室"
    assert public.invited(new).ways


def test_once_the_meeting_is_on_the_list_is_closed(
    meetings: Meetings, public: Public, by_link: ByLink
) -> None:
    """The answer can still be read, and the page says whom to ask about changes."""
    guest = meetings.contact()
    case = meetings.held(invitees=[guest])
    link = meetings.confirmation(case, guest).id
    assert (public.invited(link).answer, public.invited(link).closed) == ("参加", LISTED)
    assert not public.invited(link).ways
    with pytest.raises(NotAllowed, match=LISTED):
        by_link.answer(link, "decline", {"declined_because": ""}, seen=99)


def test_nothing_of_a_classified_meeting_is_told_through_a_link(
    meetings: Meetings, public: Public, by_link: ByLink
) -> None:
    """Not its title and not that there is one: a link proves nothing about who looks (C23)."""
    case = meetings.inviting(
        secrecy_level="秘密", invitees=["he"], convener="zhang", to_prepare=None, **_STUB
    )
    link = meetings.confirmation(case, "he").id
    for read in (public.invited, public.calendar):
        with pytest.raises(NotFound, match="这个链接已失效"):
            read(link)
    with pytest.raises(NotFound):
        public.door(case.id)


_STUB = {"purpose": None, "issues": None, "materials": []}


def test_the_calendar_of_the_phone_takes_the_meeting(meetings: Meetings, public: Public) -> None:
    """Start, end, place and what to prepare, at the office's hour in whatever zone the phone is."""
    guest = meetings.contact()
    case = meetings.inviting(invitees=[guest], to_prepare="带排查台账；\n准备三分钟发言，逐项说明")
    made = public.calendar(meetings.confirmation(case, guest).id)
    assert all(len(line) <= 75 for line in made.split(b"\r\n"))
    entry = icalendar.Calendar.from_ical(made).walk("VEVENT")[0]
    assert entry.decoded("dtstart") == datetime(2026, 12, 3, 14, 30, tzinfo=SHANGHAI)
    assert entry.decoded("dtend") == datetime(2026, 12, 3, 16, 0, tzinfo=SHANGHAI)
    assert str(entry["summary"]) == "冬季安全生产协调会"
    assert str(entry["location"]) == "三楼会议室"
    assert "准备三分钟发言，逐项说明" in str(entry["description"])


# --- the sign-in sheet ------------------------------------------------------------------------------------


def test_everybody_stands_on_the_sign_in_sheet_once(
    meetings: Meetings, public: Public, by_link: ByLink, clock: StillClock
) -> None:
    """The invitee, whom somebody sent, and who was not on the list: with unit, post and telephone (R74)."""
    guest, absent = meetings.contact("赵强"), meetings.contact("林岚", mobile="13900000002")
    case = meetings.inviting(invitees=["chen", guest, absent])
    by_link.answer(meetings.confirmation(case, absent).id, "send_deputy", DEPUTY, seen=1)
    clock.turn_to("2026-12-03 14:20")

    names = [(one.name, one.instead_of) for one in public.door(case.id).expected]
    assert names == [("陈立", ""), ("赵强", ""), ("钱进", "林岚")]
    lines = {
        who: by_link.sign_in(case.id, public.line_of(case.id, who, "扫码")) for who in (guest, absent, "chen")
    }
    again = by_link.sign_in(case.id, public.line_of(case.id, guest, "扫码"))
    assert again == lines[guest]
    stranger = {
        "attendee_name": "孟川",
        "attendee_organisation": "港务公司",
        "attendee_post": "",
        "way": "扫码",
    }
    assert by_link.sign_in(case.id, stranger) == by_link.sign_in(case.id, stranger)

    with meetings.post.office._unit() as unit:
        sheet = [event.data for event in unit.events(case.id, "sign_in")]
    told = [(line["attendee_name"], line["attendee_organisation"], line["attendee_post"]) for line in sheet]
    assert told == [
        ("赵强", "市供电公司", "副经理"),
        ("钱进", "市供电公司", "科长"),
        ("陈立", "财务处", None),
        ("孟川", "港务公司", None),
    ]
    assert [line["attendee_contact"] for line in sheet][:2] == ["13900000001", "13800000009"]
    receipt = public.receipt(f"{case.id}~{lines[absent]}")
    assert (receipt.name, receipt.at, receipt.seat) == ("钱进", "14:20", "座次第 3 位")
    assert public.invited(meetings.confirmation(case, guest).id).signed_at == "14:20"


@pytest.mark.parametrize(
    ("moment", "reason"),
    [("2026-12-03 12:29", NOT_YET), ("2026-12-03 12:30", None), ("2026-12-03 15:59", None)],
)
def test_one_signs_in_from_two_hours_before(
    meetings: Meetings, public: Public, clock: StillClock, moment: str, reason: str | None
) -> None:
    """Before that the page says that it is too early, and takes nobody."""
    case = meetings.inviting(invitees=["chen"])
    clock.turn_to(moment)
    assert (public.door(case.id).why_not or None) == reason


def test_after_the_meeting_nobody_signs_in(meetings: Meetings, public: Public, by_link: ByLink) -> None:
    """The sheet is closed with the meeting."""
    case = meetings.closed(invitees=["chen"])
    assert public.door(case.id).why_not == OVER
    with pytest.raises(NotAllowed, match=OVER):
        by_link.sign_in(case.id, public.line_of(case.id, "chen", "扫码"))


def test_the_secretary_begins_while_people_sign_in(
    meetings: Meetings, public: Public, by_link: ByLink, clock: StillClock, office: Office
) -> None:
    """Signing in is said beside the work: whoever has the meeting's form open is not told of a conflict."""
    case = meetings.confirmed(invitees=["chen", "zhou"])
    clock.turn_to("2026-12-03 14:25")
    looked = meetings.see(case).seq
    by_link.sign_in(case.id, public.line_of(case.id, "chen", "扫码"))
    begun = office.act(case.id, "begin", {}, by=NAMED["wang"], seen=looked)
    assert begun.stage.title == "会议进行"
    by_link.sign_in(case.id, public.line_of(case.id, "zhou", "扫码"))
    assert {one.signed_at for one in public.door(case.id).expected} == {"14:25"}


def test_the_room_shows_another_code_every_few_minutes() -> None:
    """Six digits, of this meeting and this stretch of time alone."""
    links = Links(KEY)
    codes = [links.code("a" * 16, window) for window in range(500)]
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert len(set(codes)) > 490
    assert links.code("b" * 16, 0) != codes[0]
    assert Links(b"other").code("a" * 16, 0) != codes[0]


def test_an_online_meeting_is_signed_in_to_without_the_rooms_code(
    meetings: Meetings, public: Public, clock: StillClock
) -> None:
    """Where nobody need come, nobody can see the screen of the room."""
    guest = meetings.contact()
    online = {"mode": "线上", "place": None, "remote_address": "https://meet.example.com/77"}
    case = meetings.inviting(invitees=[guest], **online)
    link = meetings.confirmation(case, guest).id
    clock.turn_to("2026-12-03 14:25")
    assert public.invited(link).signs_in == "link"
    assert public.invited(link).meeting.remote == "https://meet.example.com/77"
    clock.now += timedelta(hours=12)
    assert not public.invited(link).signs_in
