"""What was said and done in a meeting: its record, read off the events of its case (R32–R35, R74, N13).

Nothing here is stored a second time. A line that is amended or dropped stays in the trace as it first was; the
record shows how it stands. Minutes, tasks and sign-in sheet begin from here.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from core.case import Case, meant_for
from core.fields import FileRef
from core.ports import Directory
from core.process import Action
from core.processes.confirmation import COMES, DEPUTISED, invitations
from core.processes.meeting import CONTINGENCIES, DECISION, INVITEES, POINT, RECORD_LINE, TO_DO
from core.worktime import WorkingCalendar


class Said(Protocol):
    """What an event of the meeting's case says by itself."""

    @property
    def at(self) -> datetime: ...
    @property
    def case_id(self) -> str: ...
    @property
    def action(self) -> str: ...
    @property
    def data(self) -> Mapping[str, Any]: ...


class Happened(Said, Protocol):
    """An event of the meeting's case, its moment in the office's zone: a row of `Reader.history`."""

    @property
    def by_name(self) -> str: ...


@dataclass(frozen=True)
class Line:
    """One line of the record: the `n`-th that was written, as its `version`-th wording says it.

    `at`: when it was said. `written_by`, `written_at`: whose it first was. `changed_by`, `changed_at`: who
    amended it last, empty and None where nobody did.
    """

    n: int
    version: int
    at: datetime
    speaker: str
    kind: str
    said: str
    topic_no: int | None
    owner: str
    by_day: date | None
    written_by: str
    written_at: datetime
    changed_by: str = ""
    changed_at: datetime | None = None


@dataclass(frozen=True)
class Attendee:
    """One line of the sign-in sheet, whether they came or not; `who` is empty of whoever was not expected.

    `answer`: what they answered to the invitation, in the words of its step. `comes`: whether they said that
    somebody comes. `deputy`: who comes, or came, in their place. `signed_at`: when somebody signed in first.
    """

    who: str
    name: str
    organisation: str = ""
    post: str = ""
    reached: str = ""
    expected: bool = True
    answer: str = ""
    comes: bool = True
    deputy: str = ""
    signed_at: datetime | None = None
    way: str = ""

    @property
    def present(self) -> bool:
        return self.signed_at is not None

    @property
    def state(self) -> str:
        """How the sheet calls it."""
        if self.present:
            return "列席" if not self.expected else "代会" if self.deputy else "到会"
        return "未到" if self.comes else "请假"

    @property
    def shown(self) -> str:
        """The name, with the deputy's where one comes."""
        return f"{self.name}（{self.deputy}代）" if self.deputy else self.name


@dataclass(frozen=True)
class Topic:
    """An item of the agenda: the time it was given and, span by span, the time it took; None ends what runs."""

    n: int
    title: str
    reporter: str
    planned: timedelta
    spans: tuple[tuple[datetime, datetime | None], ...] = ()

    @property
    def running(self) -> bool:
        return any(end is None for _, end in self.spans)

    def taken(self, now: datetime) -> timedelta:
        return sum(((end or now) - start for start, end in self.spans), timedelta())

    def over(self, now: datetime) -> timedelta:
        """By how much it is past its time; zero while it is not."""
        return max(self.taken(now) - self.planned, timedelta())


@dataclass(frozen=True)
class Incident:
    """A contingency plan that was used: what went wrong, what the plan says, what was noted."""

    at: datetime
    by: str
    what: str
    plan: str
    note: str


@dataclass(frozen=True)
class Recording:
    """A kept recording, and the moment of its first second; None where nobody said."""

    file: FileRef
    since: datetime | None

    def place_of(self, at: datetime) -> timedelta | None:
        """How far into the recording a moment is; None where it is before it, or its start is unknown."""
        return at - self.since if self.since and at >= self.since else None


@dataclass(frozen=True)
class Record:
    """All of it, in the order of time; `started`: when somebody last said that a recording begins."""

    lines: tuple[Line, ...] = ()
    attendance: tuple[Attendee, ...] = ()
    topics: tuple[Topic, ...] = ()
    incidents: tuple[Incident, ...] = ()
    audio: tuple[Recording, ...] = ()
    started: datetime | None = None

    @property
    def current(self) -> Topic | None:
        """The topic that runs."""
        return next((topic for topic in self.topics if topic.running), None)

    def came(self) -> tuple[Attendee, ...]:
        return tuple(one for one in self.attendance if one.present)

    def missing(self) -> tuple[Attendee, ...]:
        """Who said they come, or said nothing, and is not here."""
        return tuple(one for one in self.attendance if one.expected and one.comes and not one.present)

    def excused(self) -> tuple[Attendee, ...]:
        return tuple(one for one in self.attendance if one.expected and not one.comes and not one.present)

    def heard(self, line: Line) -> tuple[Recording, timedelta] | None:
        """In which recording a line is, and how far into it: the last that had begun."""
        begun = [one for one in self.audio if one.since and one.since <= line.at]
        if not begun:
            return None
        last = max(begun, key=lambda one: one.since or line.at)
        return last, line.at - (last.since or line.at)


ROOM = frozenset({"audio"})
"""The fields of files that are put in on the page of the room."""


def in_the_room(action: Action) -> bool:
    """Whether an action is taken on the page of the room, where it stands beside the record."""
    return action.aside or any(field.key in ROOM for field in action.asks)


def record_of(
    meeting: Case, children: Sequence[Case], events: Iterable[Happened], people: Directory
) -> Record:
    """The record of a meeting; `events` are those of its case, the first one first."""
    past = [event for event in events if event.case_id == meeting.id]
    return Record(
        lines=_lines(past),
        attendance=sheet_of(meeting, children, past, people),
        topics=_topics(meeting, past),
        incidents=tuple(_incidents(past)),
        audio=tuple(_audio(meeting, past)),
        started=max((e.at for e in past if e.action == "start_audio"), default=None),
    )


# --- lines -----------------------------------------------------------------------------------------

_FIELDS = {field.key: field for field in RECORD_LINE}


def _lines(past: Iterable[Happened]) -> tuple[Line, ...]:
    lines: dict[int, Line] = {}
    count = 0
    for event in past:
        if event.action == "record_line":
            count += 1
            lines[count] = _line(event, count)
        elif event.action == "amend_line" and (before := lines.get(event.data["line"])):
            lines[before.n] = _amended(before, event)
        elif event.action == "drop_line":
            lines.pop(event.data["line"], None)
    return tuple(sorted(lines.values(), key=lambda line: (line.at, line.n)))


def _line(event: Happened, n: int) -> Line:
    said = {key: field.unpack(event.data.get(key)) for key, field in _FIELDS.items()}
    at = said["said_at"].astimezone(event.at.tzinfo) if said["said_at"] else event.at
    return Line(
        n=n,
        version=1,
        at=at,
        speaker=said["speaker"] or "",
        kind=said["line_kind"] or POINT,
        said=said["said"] or "",
        topic_no=said["topic_no"],
        owner=said["owner"] or "",
        by_day=said["by_day"],
        written_by=event.by_name,
        written_at=event.at,
    )


def _amended(before: Line, event: Happened) -> Line:
    new = _line(event, before.n)
    at = new.at if event.data.get("said_at") else before.at
    return replace(
        new, version=before.version + 1, at=at, written_by=before.written_by, written_at=before.written_at,
        changed_by=event.by_name, changed_at=event.at,
    )  # fmt: skip


SIGNS = ("sign_in", "undo_sign_in")
"""The actions that the sign-in sheet is read off."""

# --- who came --------------------------------------------------------------------------------------


def sheet_of(
    meeting: Case, children: Sequence[Case], past: Iterable[Said], people: Directory
) -> tuple[Attendee, ...]:
    """Who was expected and who came, by the sign-ins among `past`, the first one first."""
    answers = {meant_for(one): one for one in invitations(children)}
    sheet = {who: _invited(who, answers.get(who), people) for who in meeting.data.get(INVITEES.key) or ()}
    for event in past:
        if event.action == "sign_in":
            _sign_in(sheet, event)
        elif event.action == "undo_sign_in":
            _sign_out(sheet, event)
    return tuple(sheet.values())


def _invited(who: str, invitation: Case | None, people: Directory) -> Attendee:
    person, guest = people.people.get(who), people.guests.get(who)
    place = people.departments.get(person.department, "") if person else guest.organisation if guest else ""
    found = Attendee(who, people.name(who), place, guest.post if guest else "")
    if invitation is None:
        return found
    told = invitation.data
    deputised = invitation.stage.key == DEPUTISED
    first = invitation.stage is invitation.process.first
    return replace(
        found,
        answer=invitation.stage.title,
        comes=first or invitation.stage.key in COMES,
        deputy=str(told.get("deputy_name") or "") if deputised else "",
    )


def _sign_in(sheet: dict[str, Attendee], event: Said) -> None:
    key = _whose(sheet, event.data)
    told = _told(event)
    if key not in sheet:
        sheet[key] = replace(told, expected=False)
        return
    known = sheet[key]
    if known.present:
        return
    came = told.name if told.name and told.name != known.name else ""
    sheet[key] = replace(
        known, deputy=came, signed_at=told.signed_at, way=told.way,
        post=told.post or known.post, reached=told.reached or known.reached,
    )  # fmt: skip


def _sign_out(sheet: dict[str, Attendee], event: Said) -> None:
    key = _whose(sheet, event.data)
    if key in sheet and sheet[key].expected:
        sheet[key] = replace(sheet[key], signed_at=None, way="")
    else:
        sheet.pop(key, None)


def _told(event: Said) -> Attendee:
    """What the sign-in said."""
    said = {
        key: str(event.data.get(f"attendee_{key}") or "")
        for key in ("name", "organisation", "post", "contact")
    }
    return Attendee(
        who="", name=said["name"], organisation=said["organisation"], post=said["post"], reached=said["contact"],
        signed_at=event.at, way=str(event.data.get("way") or ""),
    )  # fmt: skip


def _whose(sheet: Mapping[str, Attendee], data: Mapping[str, Any]) -> str:
    """Whose line of the sheet a sign-in is: of who is named, or bears the name, or sent a deputy of the name."""
    if data.get("attendee") in sheet:
        return str(data["attendee"])
    name, place = str(data.get("attendee_name") or ""), str(data.get("attendee_organisation") or "")
    alike = [
        key
        for key, one in sheet.items()
        if one.expected and name in (one.name, one.deputy) and place in ("", one.organisation)
    ]
    return alike[0] if len(alike) == 1 else f"{name}\n{place}"


# --- topics, incidents, recordings -----------------------------------------------------------------


def _topics(meeting: Case, past: Iterable[Happened]) -> tuple[Topic, ...]:
    spans: dict[int, list[tuple[datetime, datetime | None]]] = {}
    starts = [(e.at, e.data["topic_no"]) for e in past if e.action == "start_topic"]
    ends = [*(at for at, _ in starts[1:]), _end_of(meeting, starts[-1][0] if starts else None)]
    for (start, n), end in zip(starts, ends, strict=False):
        spans.setdefault(n, []).append((start, end))
    return tuple(
        Topic(
            n,
            row["topic"],
            row.get("reporter") or "",
            timedelta(minutes=row["minutes"]),
            tuple(spans.get(n, ())),
        )
        for n, row in enumerate(meeting.data.get("agenda") or (), 1)
    )


def _end_of(meeting: Case, last: datetime | None) -> datetime | None:
    """When the meeting ended, for what was running then."""
    ended = meeting.data.get("ended_at")
    return ended if ended and last and ended >= last else None


def _incidents(past: Iterable[Happened]) -> Iterator[Incident]:
    for event in past:
        if event.action == "use_contingency":
            what = event.data["contingency"]
            yield Incident(
                event.at,
                event.by_name,
                what,
                CONTINGENCIES.get(what, ""),
                event.data.get("what_was_done") or "",
            )


def _audio(meeting: Case, past: Iterable[Happened]) -> Iterator[Recording]:
    """The recordings the case has, with the start that was said with each, else the last that was noted before."""
    wanted = {file["digest"] for file in meeting.data.get("audio") or ()}
    noted: datetime | None = None
    for event in past:
        if event.action == "start_audio":
            noted = event.at
        for file in event.data.get("audio") or ():
            if file["digest"] in wanted:
                wanted.remove(file["digest"])
                said = event.data.get("audio_from")
                yield Recording(
                    file, datetime.fromisoformat(said).astimezone(event.at.tzinfo) if said else noted
                )


# --- what follows from it --------------------------------------------------------------------------

_LEVEL = "一二三四五六七八九十"
OTHERS = "其他事项"


def draft_minutes(
    record: Record, meeting: Mapping[str, Any], people: Directory, calendar: WorkingCalendar
) -> str:
    """The text of the minutes to begin with, in the levels of an official text (一、 （一） 1.): what was agreed by
    topic, who said what, who does what until when. Empty where nothing was recorded.
    """
    parts = [
        ("议定事项", _agreed(record)),
        ("讨论情况", _discussed(record)),
        ("任务分工", [_numbered(n, _task(line, people)) for n, line in enumerate(_of(record, TO_DO), 1)]),
    ]
    said = [(title, lines) for title, lines in parts if lines]
    if not said:
        return ""
    text = [_opening(meeting, people, calendar)]
    for n, (title, lines) in enumerate(said):
        text += [f"{_chinese(n)}、{title}", *lines]
    return "\n".join(text)


def _opening(meeting: Mapping[str, Any], people: Directory, calendar: WorkingCalendar) -> str:
    day = (meeting.get("begun_at") or meeting["held_at"]).astimezone(calendar.zone)
    place = f"在{meeting['place']}" if meeting.get("place") else ""
    when = f"{day.year}年{day.month}月{day.day}日{'上午' if day.hour < 12 else '下午' if day.hour < 18 else '晚上'}"
    return (
        f"{when}，{people.name(meeting['convener'])}{place}主持召开{meeting['title']}。现将会议情况纪要如下："
    )


def _agreed(record: Record) -> list[str]:
    text: list[str] = []
    for n, (title, lines) in enumerate(_by_topic(record, _of(record, DECISION))):
        text.append(f"（{_chinese(n)}）{title}")
        text += [_numbered(k, _sentence(line.said)) for k, line in enumerate(lines, 1)]
    return text


def _discussed(record: Record) -> list[str]:
    text: list[str] = []
    for n, (title, lines) in enumerate(_by_topic(record, _of(record, POINT))):
        text.append(f"（{_chinese(n)}）{title}")
        speakers = dict.fromkeys(line.speaker for line in lines)
        text += [_spoke(one, [line.said for line in lines if line.speaker == one]) for one in speakers]
    return text


def _of(record: Record, kind: str) -> list[Line]:
    return [line for line in record.lines if line.kind == kind and line.said]


def _by_topic(record: Record, lines: Iterable[Line]) -> list[tuple[str, list[Line]]]:
    """The lines under the titles of their topics, in the agenda's order; what is under none comes last."""
    titles = {topic.n: f"关于{topic.title.removeprefix('关于')}" for topic in record.topics}
    found: dict[str, list[Line]] = {title: [] for title in (*titles.values(), OTHERS)}
    for line in lines:
        found[titles.get(line.topic_no or 0, OTHERS)].append(line)
    return [(title, lines) for title, lines in found.items() if lines]


def _spoke(speaker: str, said: Sequence[str]) -> str:
    told = _sentence("；".join(one.strip().rstrip("。；;") for one in said))
    return f"{speaker}提出，{told}" if speaker else told


def _task(line: Line, people: Directory) -> str:
    told = line.said.strip().rstrip("。；;")
    owner = f"由{people.name(line.owner)}负责" if line.owner else ""
    day = f"{line.by_day.month}月{line.by_day.day}日前完成" if line.by_day else ""
    return _sentence("，".join(filter(None, (told, owner, day))))


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith(("。", "！", "？", "：")) else f"{text.rstrip('；;，,.')}。"


def _numbered(n: int, text: str) -> str:
    return f"{n}.{text}"


def _chinese(n: int) -> str:
    """The n-th number (from 0) as it stands before 、."""
    n += 1
    tens, ones = divmod(n, 10)
    if not tens:
        return _LEVEL[ones - 1]
    return ("" if tens == 1 else _LEVEL[tens - 1]) + "十" + (_LEVEL[ones - 1] if ones else "")


def tasks_of(record: Record) -> list[dict[str, Any]]:
    """The to-dos as rows of `task_list`; the criterion of acceptance is for whoever gives them out to write."""
    return [
        {"task": line.said, "owner": line.owner or None, "milestone": line.by_day, "acceptance": None}
        for line in _of(record, TO_DO)
    ]


def attendance_of(record: Record) -> dict[str, str]:
    """Who came, who did not and who was there besides, as the minutes name them."""
    names = {
        "present": [one.shown for one in record.came() if one.expected],
        "absent": [one.name for one in (*record.excused(), *record.missing())],
        "observers": [one.shown for one in record.came() if not one.expected],
    }
    return {key: "、".join(found) for key, found in names.items()}


def to_be_asked(attended: Iterable[Attendee], meeting: Mapping[str, Any]) -> list[str]:
    """Who is asked how it was: who signed in, by their names; where nobody did, who was invited."""
    came = [one.who for one in attended if one.present and one.who]
    return came or list(meeting.get("invitees") or ())


FOLLOWS = frozenset({"minutes_body", "present", "absent", "observers", "task_list"})
"""The fields that are begun from the record."""


def follows(
    record: Record, meeting: Mapping[str, Any], people: Directory, calendar: WorkingCalendar
) -> dict[str, Any]:
    """What the forms after a meeting begin with, by field: its minutes, who is named in them, the tasks."""
    text = draft_minutes(record, meeting, people, calendar)
    return {"minutes_body": text, **attendance_of(record), "task_list": tasks_of(record)}
