"""A meeting is on: two write, a hundred sign in at once, and nothing of it gets in anybody's way (R33, R74, N17)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from core.by_link import ByLink
from core.errors import NotAllowed, Refused, Unreadable
from core.intake import LARGEST_AUDIO, check
from core.meeting_record import follows, record_of
from db.contacts import AddressBook
from db.tables import AttachmentRow, EventRow
from db.unit import SqlUnit
from db.verify import verify
from tests.conftest import NAMED
from tests.meetings import Meetings
from tests.test_meeting_record import LINE, SIGNED, Room

KEY = b"key of the tests"


@pytest.fixture
def meetings(post, database):
    return Meetings(post, AddressBook(database, KEY))


@pytest.fixture
def room(meetings, reader_of, clock):
    return Room(meetings, reader_of, clock, meetings.held())


def test_two_who_write_at_the_same_time_never_get_in_each_others_way(room, office, secretary, colleague):
    """N17: both write on the meeting as they saw it when they came in; every line is kept, in one order."""
    seen = room.case.seq
    with ThreadPoolExecutor(2) as both:
        futures = [
            both.submit(
                office.act,
                room.case.id,
                "record_line",
                {**LINE, "said": f"{who.name}第{n}条"},
                by=who,
                seen=seen,
            )
            for n in range(15)
            for who in (secretary, colleague)
        ]
        for future in futures:
            future.result()
    lines = room.record().lines
    assert sorted(line.n for line in lines) == list(range(1, 31))
    assert {line.said for line in lines} == {f"{w}第{n}条" for w in ("王敏", "李华") for n in range(15)}


def test_whoever_fills_in_a_form_is_not_stopped_by_what_is_said_meanwhile(room, office, secretary):
    """散会 on the meeting as it was seen before ten lines and a sign-in."""
    seen = room.case.seq
    for n in range(10):
        room.says(f"第{n}条")
    room.signs_in("陈立", attendee="chen")
    closed = {"audio": [], "no_audio_because": "没有录音笔"}
    assert (
        office.act(room.case.id, "close_meeting", closed, by=secretary, seen=seen).stage.key
        == "minutes_draft"
    )


def test_what_is_said_in_the_room_changes_nothing_of_the_case(room):
    """Answers, deadlines, hand and the step that can be withdrawn stay as they were."""
    before = room.meetings.see(room.case)
    room.says("台账已报齐")
    room.signs_in("陈立", attendee="chen")
    room.does("start_topic", topic_no=1)
    room.does("use_contingency", contingency="超时", what_was_done=None)
    after = room.meetings.see(room.case)
    unchanged = (
        "data",
        "stage",
        "due_at",
        "case_due_at",
        "owner",
        "changed",
        "last_action",
        "stepped_by",
        "last_at",
    )
    assert all(getattr(before, key) == getattr(after, key) for key in unchanged)
    back = room.does("withdraw", reason="人还没到齐")
    assert back.stage.key == "inviting"
    with pytest.raises(NotAllowed):
        room.says("还没有开会")


def test_a_record_survives_a_withdrawn_beginning(room, clock):
    """What was said stays said, and goes on when the meeting begins anew."""
    room.says("第一次开会时的话")
    room.does("withdraw", reason="人还没到齐")
    room.at("14:50").does("begin")
    room.says("第二次开会时的话")
    assert [line.said for line in room.record().lines] == ["第一次开会时的话", "第二次开会时的话"]


def test_a_hundred_sign_in_at_once(meetings, reader_of, clock, database, files):
    """R74: a hundred phones in the same minute; everybody stands in the sheet once, none is turned away."""
    guests = [meetings.contact(f"来宾{n}", mobile=f"139{n:08}") for n in range(100)]
    room = Room(meetings, reader_of, clock, meetings.held(invitees=guests))
    by_link = ByLink(lambda: SqlUnit(database, files, KEY), clock)
    lines = [
        {**SIGNED, "attendee": who, "attendee_name": f"来宾{n}", "way": "扫码"}
        for n, who in enumerate(guests)
    ]
    with ThreadPoolExecutor(16) as phones:
        list(phones.map(lambda line: by_link.sign_in(room.case.id, line), [*lines, *lines[:20]]))
    record = room.record()
    assert [one.who for one in record.came()] == guests
    with database.reading() as session:
        events = select(func.count()).where(EventRow.action == "sign_in")
        assert session.scalar(events) == 100
    assert verify(database, KEY, files, []) == []


def test_the_record_survives_replay_and_verification(room, database, files):
    """The meeting's events add up to the same case and the same record, and the chain is whole."""
    room.says("台帐已报齐")
    room.amends(1, 1, "台账已报齐", by="li")
    room.signs_in("陈立", attendee="chen")
    room.audio()
    room.does("close_meeting", audio=room.meetings.see(room.case).data["audio"], no_audio_because=None)
    assert verify(database, KEY, files, []) == []
    assert [line.said for line in room.record().lines] == ["台账已报齐"]
    assert [one.file["name"] for one in room.record().audio] == ["会议.wav"]


def test_of_a_classified_meeting_nothing_is_kept(meetings, reader_of, clock, database):
    """C23: not a word of what was said, no recording, no note of what was done; that it was held, and who came."""
    room = Room(
        meetings, reader_of, clock,
        meetings.held(secrecy_level="秘密", purpose=None, issues=None, to_prepare=None, invitees=["wang", "zhang"]),
    )  # fmt: skip
    with pytest.raises(Refused, match="只登记、不存内容"):
        room.says("不该写下的话")
    with pytest.raises(Refused, match="只登记、不存内容"):
        room.does("use_contingency", contingency="人员冲突", what_was_done="不该写下的话")
    with pytest.raises(Refused, match="只登记、不存内容"):
        room.audio()
    room.signs_in("王敏", attendee="wang")
    room.does("use_contingency", contingency="人员冲突", what_was_done=None)
    with database.reading() as session:
        assert session.scalars(select(AttachmentRow)).all() == []
        assert "不该写下的话" not in str(session.scalars(select(EventRow.data)).all())
    assert [one.name for one in room.record(by="zhang").came()] == ["王敏"]
    assert room.does("close_meeting", audio=[], no_audio_because=None).stage.key == "minutes_draft"


def test_text_and_sound_are_both_kept_or_it_is_said_why_not(room):
    """R34: two kinds of record."""
    with pytest.raises(Refused, match="录音和文字两种记录都要有"):
        room.does("close_meeting", audio=[], no_audio_because=None)
    room.audio()
    kept = room.meetings.see(room.case).data["audio"]
    assert room.does("close_meeting", audio=kept, no_audio_because=None).stage.key == "minutes_draft"


def test_who_may_write_and_who_may_look(room, reader_of):
    """The secretaries and whoever prepares the meeting write; whoever is invited looks on."""
    room.says("文秘岗都能记", by="li")
    with pytest.raises(NotAllowed, match="这一步由文秘岗、经办人办理"):
        room.says("参会人不记", by="zhou")
    looking = reader_of(NAMED["zhou"])
    record = record_of(
        room.case, looking.children(room.case.id), looking.events(room.case.id), looking.directory()
    )
    assert [line.said for line in record.lines] == ["文秘岗都能记"]


def test_how_the_missing_are_reached_is_told_to_whoever_prepares_the_meeting(meetings, reader_of):
    """R74: the numbers of those who are not here, for the secretaries and the handler, for nobody else."""
    meetings.reach("chen", mobile="13800000011")
    case = meetings.held(invitees=["chen", "zhou", meetings.contact("赵强")])
    mine = reader_of(NAMED["wang"]).reached(case.id)
    assert {one.name: one.mobile for one in mine.values()}["陈立"] == "13800000011"
    assert {one.name: one.mobile for one in mine.values()}["赵强"] == "13900000001"
    assert reader_of(NAMED["zhou"]).reached(case.id) == {}


def test_whether_anything_happened_is_told_without_reading_it_all(room, reader_of):
    """An open page asks every few seconds: its answer changes with each line, and only then."""
    marks = reader_of(NAMED["wang"]).marks(room.case.id)
    assert reader_of(NAMED["wang"]).marks(room.case.id) == marks
    room.says("台账已报齐")
    assert reader_of(NAMED["wang"]).marks(room.case.id) != marks


def test_somebody_else_who_is_writing_is_seen(room, office, reader_of, colleague, clock):
    """N17: the draft of a line that is not saved yet tells the other note-taker."""
    office.save_draft(f"{room.case.id}.record_line", {"said": "正在写的半句"}, by=colleague)
    since = clock() - timedelta(minutes=1)
    writing = reader_of(NAMED["wang"]).writing(room.case.id, "record_line", since)
    assert [name for name, _ in writing] == ["李华"]
    room.says("写完的一句", by="li")
    assert reader_of(NAMED["wang"]).writing(room.case.id, "record_line", since) == []


def test_after_the_meeting_its_forms_begin_from_the_record(room):
    """R36, R40: the minutes, who is named in them and the tasks, by the fields that ask for them."""
    room.says("元旦前完成整改", line_kind="议定", speaker=None)
    room.signs_in("陈立", attendee="chen")
    dossier = room.dossier()
    begun = follows(room.record(), dossier.case.data, dossier.people, dossier.calendar)
    assert "1.元旦前完成整改。" in begun["minutes_body"]
    assert (begun["present"], begun["absent"]) == ("陈立", "周宁")
    assert begun["task_list"] == []


# --- recordings that come in (P11) -----------------------------------------------------------------

SOUNDS = {
    "wav": b"RIFF\x24\0\0\0WAVEfmt " + bytes(40),
    "mp3": b"ID3\x04\0\0\0\0\0\0" + bytes(40),
    "m4a": b"\0\0\0\x20ftypM4A \0\0\0\0" + bytes(40),
    "webm": b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm"
    + bytes(40),
    "ogg": b"OggS\0\x02" + bytes(40),
}


@pytest.mark.parametrize("kind", SOUNDS)
def test_a_recording_is_known_by_its_first_octets(kind):
    """Its name is not believed: under no name and under its own it is the same kind."""
    assert check("", SOUNDS[kind]) == check(f"会议.{kind}", SOUNDS[kind]) == kind
    with pytest.raises(Unreadable, match=f"文件名是 DOCX，内容却是 {kind.upper()} 录音"):
        check("会议.docx", SOUNDS[kind])


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("会议.wav", b"", "文件是空的"),
        ("会议.mp3", b"MZ\x90\0" + bytes(60), "可执行程序"),
        ("会议.wav", "会议记录".encode() * 40, "文件名是 WAV，内容却是纯文本"),
        ("会议.m4a", b"<html><script>1</script></html>", "网页或脚本"),
        ("会议.webm", SOUNDS["wav"], "文件名是 WEBM，内容却是 WAV 录音"),
        ("会议.wav", b"RIFF\x24\0\0\0AVI LIST" + bytes(40), "不认识这种文件格式"),
        ("会议.exe", SOUNDS["wav"], "可执行程序"),
        ("会议.wav", SOUNDS["wav"] + bytes(LARGEST_AUDIO), "录音超过 100 MB"),
        ("会议.bin", bytes(LARGEST_AUDIO), "文件超过 50 MB"),
    ],
    ids=range(9),
)
def test_what_only_says_it_is_a_recording_is_refused(office, database, files, secretary, name, content, says):
    """P11: with the reason, and nothing of it is kept."""
    with pytest.raises(Unreadable, match=says):
        office.keep(name, content, by=secretary)
    assert not files.folder.exists()


def test_a_recording_is_no_text(office, secretary):
    """It is kept as an attachment, and read by nobody."""
    with pytest.raises(Unreadable, match="这是录音，不能作为正文读取"):
        office.text_of("会议.wav", SOUNDS["wav"], by=secretary)
    assert office.keep("会议.wav", SOUNDS["wav"], by=secretary)["name"] == "会议.wav"


def test_a_change_on_a_line_needs_the_line_and_what_was_seen_of_it(room):
    """A command without them is refused field by field, as every form."""
    room.says("台账已报齐")
    with pytest.raises(Refused, match="请填写“第几条”"):
        room.does("drop_line", line=None, line_version=1)
    with pytest.raises(Refused, match="请填写“按第几稿”"):
        room.does("drop_line", line=1, line_version=None)
