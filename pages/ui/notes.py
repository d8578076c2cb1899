"""The record of a meeting while it is written: a line in one move, the lines below it, each to be changed (R33, N13).

What is typed is kept every second or two, and what somebody else has written appears by itself (N17).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import Any

import streamlit as st

from core import to_dos
from core.errors import Refused
from core.meeting_record import Line, Record
from core.processes.meeting import DECISION, TO_DO
from pages.ui import attendance, editor, forms, lists, recordings, session
from pages.ui.sitting import WHOLE, Sitting, settled
from pages.ui.words import plain

LOOK_AGAIN = 5
"""Seconds after which the other note-taker's lines are here."""

AT_WORK = timedelta(minutes=1)
"""How long somebody who typed counts as still writing."""

SAME = 3.0
"""Seconds within which the same line once more is the same press."""

NEWEST = 30
"""Lines that are shown at first."""

EXAMPLE = "写要点。“周宁：……”换发言人；“@陈立 12月10日前 ……”记为待办；Ctrl+Enter 记下"
ON_A_PHONE = "写要点；“@陈立 12月10日前 ……”记为待办"


# --- writing a line --------------------------------------------------------------------------------


@dataclass(frozen=True)
class NewLine(forms.Form):
    """A line that is being written: it keeps the moment at which its first word was."""

    @property
    def since_at(self) -> str:
        return f"{self.key}.since"

    def settle(self) -> None:
        editor.take(self.at("said"))
        super().settle()
        if not st.session_state.get(self.at("said")):
            st.session_state.pop(self.since_at, None)
        elif self.since_at not in st.session_state:
            st.session_state[self.since_at] = session.now().isoformat()

    def draft(self) -> forms.Values:
        return {**super().draft(), "since": st.session_state.get(self.since_at)}

    def forget(self) -> None:
        super().forget()
        st.session_state.pop(self.since_at, None)


def entry(sitting: Sitting, record: Record) -> None:
    """The quick entry: who speaks, of what kind, what."""
    names = attendance.names(record)
    form = _new_line(sitting, names)
    with st.container(border=True, key="entry", gap="small"):
        with st.container(height=104 if len(names) > 14 else "content", border=False):
            st.pills("发言人", _with(names, form.state()["speaker"]), key=form.at("speaker"),
                     on_change=typed, args=(form, "speaker"), format_func=plain,
                     label_visibility="collapsed")  # fmt: skip
        editor.draw(
            form.at("said"), "记录", store=f"{sitting.me.id}.{form.key}",
            on_change=partial(typed, form), low=ON_A_PHONE if lists.is_phone() else EXAMPLE,
        )  # fmt: skip
        for problem in form.problems().values():
            st.markdown(f":red[:material/error: {plain(problem)}]")
        with st.container(horizontal=True, vertical_alignment="center"):
            kinds = sitting.asks("record_line", "line_kind")[0].options
            st.segmented_control("类别", kinds, key=form.at("line_kind"), required=True, on_change=typed,
                                 args=(form, "line_kind"), label_visibility="collapsed")  # fmt: skip
            key = None if lists.is_phone() else "Ctrl+Enter"
            forms.submit(form, "记下", partial(write, sitting, form), shortcut=key)
        st.caption(plain(st.session_state.get(_note(sitting), "")) or "\u00a0")
    form.drawn()


def typed(form: NewLine, field_key: str = "said") -> None:
    """Some more of the line arrived: it is kept, and never handed in by itself, however soon after a refusal.

    Without a word there is nothing to keep. A callback.
    """
    form.settle()
    text = st.session_state.get(form.at("said"))
    if not text:
        forms.forget_draft(form)
    elif field_key != "said" or text != st.session_state.get(f"{form.key}.handed"):
        st.session_state.pop(f"{form.key}.handed", None)
        forms.changed(form, field_key)  # what was handed in may arrive once more, after the press


def _note(sitting: Sitting) -> str:
    return f"{sitting.case.id}.room.note"


def _with(names: list[str], chosen: Any) -> list[str]:
    """The names, and the chosen one where it is not among them any more."""
    return names if not chosen or chosen in names else [*names, chosen]


def _new_line(sitting: Sitting, names: list[str]) -> NewLine:
    """The form with what was typed before; the speaker stays from line to line."""
    speaker, kind, said = sitting.asks("record_line", "speaker", "line_kind", "said")
    form = NewLine(
        f"{sitting.case.id}.record_line", (forms.limited(speaker, names), kind, said), sitting.people
    )
    fresh = form.at("line_kind") not in st.session_state
    draft = session.reader().draft(form.key) if fresh else {}
    form.begin(draft, {"speaker": st.session_state.get(f"{form.key}.last")})
    if draft.get("since"):
        st.session_state.setdefault(form.since_at, draft["since"])
    return form


def write(sitting: Sitting, form: NewLine, filled: dict[str, Any]) -> None:
    """Record a line; what names somebody by @ is something for them to do."""
    st.session_state[f"{form.key}.handed"] = filled["said"]
    record = sitting.look().record
    speaker, said = spoken(filled["said"] or "", filled["speaker"], attendance.names(record))
    last, at = st.session_state.get(f"{form.key}.pressed", (None, 0.0))
    if monotonic() < at + SAME and (not said or last == (speaker, said)):
        return
    line = understood(sitting, filled["line_kind"], said)
    since = st.session_state.get(form.since_at)
    current = record.current
    sitting.act(
        "record_line", speaker=speaker, topic_no=current.n if current else None,
        said_at=datetime.fromisoformat(since) if since else None, **line,
    )  # fmt: skip
    st.session_state[f"{form.key}.pressed"] = (speaker, said), monotonic()
    st.session_state[f"{form.key}.last"] = speaker
    st.session_state[_note(sitting)] = told(sitting, line)


def spoken(text: str, chosen: str | None, names: list[str]) -> tuple[str | None, str]:
    """Who speaks: whom the line begins with, else whom was chosen."""
    name, colon, rest = text.replace(":", "：", 1).partition("：")
    return (name.strip(), rest.strip()) if colon and name.strip() in names else (chosen, text.strip())


def understood(sitting: Sitting, kind: str, said: str) -> dict[str, Any]:
    """A line as it is recorded: with owner and day where it gives somebody something to do."""
    if kind != TO_DO and not to_dos.has_mention(said):
        return {"line_kind": kind, "said": said}
    today = session.now().astimezone(sitting.calendar.zone).date()
    found = to_dos.read(said, sitting.people, today, sitting.calendar)
    return {"line_kind": TO_DO, "said": found.what, "owner": found.owner or None, "by_day": found.by}


def told(sitting: Sitting, line: dict[str, Any]) -> str:
    """What became of a line that gives somebody something to do; others are seen below."""
    if line["line_kind"] != TO_DO:
        return ""
    owner = sitting.people.name(line["owner"]) if line["owner"] else "还没有责任人，可以用 @姓名 写明"
    day = f"{line['by_day'].month}月{line['by_day'].day}日前" if line["by_day"] else "没有写日期"
    return f"已记为待办：{owner}，{day}，{line['said']}"


# --- the lines -------------------------------------------------------------------------------------


@st.fragment(run_every=LOOK_AGAIN)
def lines(sitting: Sitting) -> None:
    """The lines, the newest first, and who else is writing; redrawn by itself."""
    look = sitting.look()
    settled(sitting, look)
    with st.container(border=True, key="lines", gap="small"):
        kept = look.record.lines
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**记录** {len(kept)} 条　{_busy(sitting)}")
            every = len(kept) <= NEWEST or st.toggle("显示全部", key=f"{sitting.case.id}.room.every")
        if not kept:
            st.markdown(
                ":gray[还没有记录。选好发言人，写下要点，就是第一条。]" if sitting.on else ":gray[没有记录。]"
            )
            return
        shown = kept[::-1] if every else kept[::-1][:NEWEST]
        with st.container(
            height="content" if lists.is_phone() or not sitting.on else 330, border=False, gap="xsmall"
        ):
            topic: int | None = -1
            for line in shown:
                if line.topic_no != topic:
                    topic = line.topic_no
                    st.caption(plain(_topic(look.record, topic)))
                _drawn(sitting, look.record, line)


def _busy(sitting: Sitting) -> str:
    """Who else is writing a line."""
    if not sitting.may("record_line"):
        return ""
    found = session.reader().writing(sitting.case.id, "record_line", session.now() - AT_WORK)
    names = "、".join(name for name, _ in found)
    return f":orange[:material/edit: {plain(names)}正在记]" if names else ""


def _topic(record: Record, n: int | None) -> str:
    title = next((topic.title for topic in record.topics if topic.n == n), "")
    return f"议题 {n}　{title}" if title else "未归入议题"


def _drawn(sitting: Sitting, record: Record, line: Line) -> None:
    with st.container(horizontal=True, vertical_alignment="top", gap="xsmall", key=f"line_{line.n}"):
        if record.heard(line):
            st.button(f"{line.at:%H:%M}", key=f"hear.{line.n}", type="tertiary", icon=":material/play_arrow:",
                      help="听这一段录音", on_click=recordings.jump, args=(sitting, record, line))  # fmt: skip
        else:
            st.markdown(f":small[:gray[{line.at:%H:%M}]]", width="content")
        st.markdown(in_words(sitting, line))
        if sitting.may("amend_line"):
            st.button("改", key=f"edit.{line.n}", type="tertiary", help="改或删这一条",
                      on_click=_edit, args=(sitting, line.n))  # fmt: skip


_MARKS = {TO_DO: ":orange-badge[待办] ", DECISION: ":green-badge[议定] "}


def in_words(sitting: Sitting, line: Line) -> str:
    """A line as it is read: who said it, what it is, for whom; and who changed it when."""
    speaker = f"**{plain(line.speaker)}**　" if line.speaker else ""
    owner = sitting.people.name(line.owner) if line.owner else ""
    day = f"{line.by_day:%m-%d} 前" if line.by_day else ""
    task = f"　:orange[→ {plain(' '.join(filter(None, (owner, day))))}]" if owner or day else ""
    by = "" if line.written_by == sitting.me.name else f"{line.written_by}记"
    changed = f"{line.changed_by} {line.changed_at:%H:%M} 改过" if line.changed_at else ""
    who = " · ".join(filter(None, (by, changed)))
    tail = f"　:small[:gray[{plain(who)}]]" if who else ""
    return f"{_MARKS.get(line.kind, '')}{speaker}{plain(line.said)}{task}{tail}"


# --- changing a line -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Changed(forms.Form):
    """A line that is being changed: it knows the wording it was begun on."""

    @property
    def seen_at(self) -> str:
        return f"{self.key}.seen"

    def draft(self) -> forms.Values:
        return {**super().draft(), "seen": st.session_state.get(self.seen_at)}

    def forget(self) -> None:
        super().forget()
        st.session_state.pop(self.seen_at, None)


def _editing(sitting: Sitting) -> str:
    return f"{sitting.case.id}.room.editing"


def _edit(sitting: Sitting, n: int) -> None:
    """Open a line for changing. A callback."""
    st.session_state[_editing(sitting)] = n
    st.session_state[WHOLE] = True


def change(sitting: Sitting, record: Record) -> None:
    """The line that is being changed, if one is."""
    n = st.session_state.get(_editing(sitting))
    if n is None or not sitting.may("amend_line"):
        return
    line = next((line for line in record.lines if line.n == n), None)
    with st.container(border=True, key="changing", gap="small"):
        if line is None:
            _gone(sitting, n)
            return
        form = _changed_line(sitting, record, line)
        seen = st.session_state[form.seen_at]
        st.markdown(f"**改这一条**　:gray[{plain(f'{line.written_by} {line.written_at:%H:%M} 记')}]")
        if seen < line.version:
            st.warning(plain(f"{line.changed_by}已于 {line.changed_at:%m-%d %H:%M} 改过这一条，现在是：{line.said}　您写的还在下面。"),
                       icon=":material/call_merge:")  # fmt: skip
        forms.draw(form, (("speaker", "line_kind"), ("said",), ("owner", "by_day"), ("topic_no", "said_at")))
        with st.container(horizontal=True):
            forms.submit(form, "存", partial(amend, sitting, line))
            forms.submit(form, "删去", partial(drop, sitting, line), primary=False, name="drop")
            st.button(
                "不改了", key=f"{form.key}.leave", type="tertiary", on_click=_leave, args=(sitting, form)
            )


def _changed_line(sitting: Sitting, record: Record, line: Line) -> Changed:
    """The form with what was typed before, else with the line as it is."""
    topics = [_choice(topic.n, topic.title) for topic in record.topics]
    names = _with(attendance.names(record), line.speaker)
    asks = {
        field.key: field for field in sitting.asks("amend_line") if field.key not in ("line", "line_version")
    }
    asks["speaker"] = forms.limited(asks["speaker"], names)
    asks["topic_no"] = forms.limited(asks["topic_no"], topics)
    form = Changed(f"{sitting.case.id}.amend_line.{line.n}", tuple(asks.values()), sitting.people)
    kept = session.reader().draft(form.key) if form.seen_at not in st.session_state else {}
    st.session_state.setdefault(form.seen_at, kept.get("seen") or line.version)
    given = {
        "speaker": line.speaker or None, "line_kind": line.kind, "said": line.said, "owner": line.owner or None,
        "by_day": line.by_day, "said_at": line.at.replace(second=0, microsecond=0),
        "topic_no": next((topic for topic in topics if topic.startswith(f"{line.topic_no} ")), None),
    }  # fmt: skip
    form.begin(kept, given)
    return form


def _choice(n: int, title: str) -> str:
    return f"{n} {title}"


def amend(sitting: Sitting, line: Line, filled: dict[str, Any]) -> None:
    """Another wording of a line, in place of the one that was shown."""
    topic = int(filled["topic_no"].split(" ")[0]) if filled["topic_no"] else None
    same = filled["said_at"] == line.at.replace(second=0, microsecond=0)
    if filled["line_kind"] != TO_DO and (filled["owner"] or filled["by_day"]):
        raise Refused({"line_kind": "写了责任人或节点的是待办，请把类别改为“待办”，或清空责任人和节点"})
    sitting.act(
        "amend_line", line=line.n, line_version=line.version,
        **{**filled, "topic_no": topic, "said_at": line.at if same else filled["said_at"]},
    )  # fmt: skip
    st.session_state.pop(_editing(sitting), None)


def drop(sitting: Sitting, line: Line, filled: dict[str, Any]) -> None:
    """Take a line out of the record; it stays in the trace."""
    sitting.act("drop_line", line=line.n, line_version=line.version)
    st.session_state.pop(_editing(sitting), None)


def _leave(sitting: Sitting, form: Changed) -> None:
    """Leave the line as it is. A callback."""
    st.session_state.pop(_editing(sitting), None)
    form.forget()
    forms.forget_draft(form)


def _gone(sitting: Sitting, n: int) -> None:
    """The line was dropped by somebody else while it was being changed: what was typed is not lost."""
    typed = session.reader().draft(f"{sitting.case.id}.amend_line.{n}")
    st.warning("这一条刚被删去。您改的文字还在：", icon=":material/call_merge:")
    if typed.get("said"):
        st.markdown(plain(typed["said"]))
    form = Changed(f"{sitting.case.id}.amend_line.{n}", (), sitting.people)
    st.button("知道了", key=f"{form.key}.leave", on_click=_leave, args=(sitting, form))
