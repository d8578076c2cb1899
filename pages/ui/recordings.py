"""The recording of a meeting: made in the browser or put in, and in step with the lines of the record (R34)."""

import io
import wave
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

import streamlit as st

from core.errors import Refused
from core.fields import Field, FileRef
from core.intake import AUDIO
from core.meeting_record import Line, Record, Recording
from pages.ui import forms, session
from pages.ui.sitting import WHOLE, Sitting

BEFORE = timedelta(seconds=3)
"""How much earlier than a line its place in the recording begins to play: a line is typed after it was said."""

FROM = Field(
    key="audio_from", title="录音从几点开始", required=False, help="写到秒最准，例如 14:30:05；点过“录音开始”的不用写"
)  # fmt: skip


def draw(sitting: Sitting, record: Record) -> None:
    """The card of the recording: to listen to, and while the meeting is on to add to."""
    adds = sitting.may("keep_audio") and bool(sitting.asks("keep_audio", "audio"))
    if not (record.audio or adds):
        return
    with st.container(border=True, key="recordings", gap="small"):
        st.markdown(f"**录音**　{len(record.audio) or '还没有'}" + (" 段" if record.audio else ""))
        if record.audio:
            player(sitting, record)
        if adds:
            in_the_browser(sitting)
            put_in(sitting, record)


# --- listening -------------------------------------------------------------------------------------


def _at(sitting: Sitting) -> str:
    return f"{sitting.case.id}.room.at"


def jump(sitting: Sitting, record: Record, line: Line) -> None:
    """Play the recording from the moment of a line. A callback."""
    if found := record.heard(line):
        recording, offset = found
        turn = st.session_state.get(_at(sitting), (None, 0, 0))[2] + 1
        place = max(int((offset - BEFORE).total_seconds()), 0)
        st.session_state[_at(sitting)] = (recording.file["digest"], place, turn)
        st.session_state[_chosen(sitting)] = recording.file["digest"]
        st.session_state[WHOLE] = True


def _chosen(sitting: Sitting) -> str:
    return f"{sitting.case.id}.room.recording"


def player(sitting: Sitting, record: Record) -> None:
    """The recording that is chosen, from the moment that was asked for."""
    known = {one.file["digest"]: one for one in record.audio}
    if len(known) > 1:
        st.selectbox("哪一段", list(known), key=_chosen(sitting), label_visibility="collapsed",
                     format_func=lambda digest: titled([*known].index(digest) + 1, known[digest]))  # fmt: skip
    digest = st.session_state.get(_chosen(sitting)) or next(iter(known))
    wanted, place, turn = st.session_state.get(_at(sitting), (digest, 0, 0))
    place = place if wanted == digest else 0
    row = _attachment(sitting, digest)
    if row is None:
        st.caption("这段录音现在取不到。")
        return
    with st.container(key=f"player_{turn % 2}"):  # another place each time: the same moment twice plays twice
        st.audio(
            session.file_address(row.id), format=session.MEDIA_TYPES.get(row.kind, ""), start_time=place,
            autoplay=turn > 0, alt="会议录音",
        )  # fmt: skip
    if turn:
        st.caption(f"从 {timedelta(seconds=place)} 放起")


def titled(n: int, recording: Recording) -> str:
    since = f"{recording.since:%H:%M} 起" if recording.since else "开始时刻不明"
    return f"第 {n} 段 {since} {recording.file['name']}"


def _attachment(sitting: Sitting, digest: str) -> Any:
    """The attachment of a kept recording, by which the door lets it out."""
    files = session.reader().attachments(sitting.case.id)
    return next((row for row in files.itertuples() if row.digest == digest), None)


# --- adding ----------------------------------------------------------------------------------------


def in_the_browser(sitting: Sitting) -> None:
    """Record with this machine's microphone; each piece is kept as soon as it is ended."""
    key = f"{sitting.case.id}.room.mic"
    turn = st.session_state.get(f"{key}.turn", 0)
    st.audio_input("在浏览器里录，停下即存；每段不超过 45 分钟", key=f"{key}.{turn}", on_change=_recorded,
                   args=(sitting, key, turn))  # fmt: skip


def _recorded(sitting: Sitting, key: str, turn: int) -> None:
    """A piece was recorded: it began as long ago as it lasts. A callback."""
    made = st.session_state.get(f"{key}.{turn}")
    if made is None:
        return
    content, ended = made.getvalue(), session.now()
    st.session_state[f"{key}.turn"] = turn + 1

    def command() -> str:
        start = ended - (length_of(content) or timedelta())
        name = f"录音 {start.astimezone(sitting.calendar.zone):%m-%d %H%M%S}.wav"
        kept = session.office().keep(name, content, by=session.person())
        keep(sitting, [kept], start)
        return f"已存入录音：{name}"

    forms.run(command)


def length_of(content: bytes) -> timedelta | None:
    """How long a WAV lasts; None of what is none."""
    try:
        with wave.open(io.BytesIO(content)) as sound:
            return timedelta(seconds=sound.getnframes() / sound.getframerate())
    except (wave.Error, EOFError, ZeroDivisionError):
        return None


def keep(sitting: Sitting, files: Sequence[FileRef], since: datetime | None) -> None:
    """Put recordings to those the meeting has."""
    newest = session.reader().case(sitting.case.id)
    has = list(newest.data.get("audio") or [])
    known = {file["digest"] for file in has}
    if again := [file["name"] for file in files if file["digest"] in known]:
        raise Refused({"audio": f"“{again[0]}”已经放进来过了，请取下"})
    values = {"audio": [*has, *files], "audio_from": since}
    session.office().act(newest.id, "keep_audio", values, by=session.person(), seen=newest.seq)


def put_in(sitting: Sitting, record: Record) -> None:
    """A recording that another machine makes: say when it begins, put the file in afterwards."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.button("录音笔开始录了", key=f"{sitting.case.id}.room.start", icon=":material/fiber_manual_record:",
                  help="开录音笔或手机的同时点一下：存入录音后，每条记录就能跳到那一刻",
                  **sitting.on_click(_started, sitting))  # fmt: skip
        with forms.popover("放入录音", f"{sitting.case.id}.keep_audio", icon=":material/upload_file:"):
            files = sitting.asks("keep_audio", "audio")
            forms.ask(
                "存入", (*files, FROM), lambda said: _put_in(sitting, record, said),
                key=f"{sitting.case.id}.keep_audio", people=sitting.people, says="录音已存入",
            )  # fmt: skip
            st.caption(f"{'、'.join(kind.upper() for kind in AUDIO)}，每个不超过 100 MB。")
    if noted := unclaimed(record):
        st.caption(f":material/fiber_manual_record: 录音笔从 {noted:%H:%M:%S} 起在录")


def _started(sitting: Sitting) -> str:
    sitting.act("start_audio", said_at=session.now())
    return "已记下录音开始的时刻；散会前把录音放进来"


def unclaimed(record: Record) -> datetime | None:
    """When a recording was last said to begin that has not been put in."""
    taken = {one.since for one in record.audio}
    return record.started if record.started not in taken else None


def _put_in(sitting: Sitting, record: Record, said: dict[str, Any]) -> None:
    if not said["audio"]:
        raise Refused({"audio": "请先把录音拖进来"})
    others = [
        file["name"]
        for file in said["audio"]
        if file["name"].rsplit(".", 1)[-1].lower() not in (*AUDIO, "mp4", "oga", "opus")
    ]
    if others:
        raise Refused(
            {"audio": f"“{others[0]}”不是录音：请放 {'、'.join(kind.upper() for kind in AUDIO)} 文件"}
        )
    keep(sitting, said["audio"], moment_of(sitting, said["audio_from"]) or unclaimed(record))


def moment_of(sitting: Sitting, text: str | None) -> datetime | None:
    """The moment of the meeting's day that was written; `Refused` with an example if it is none."""
    if not text or not text.strip():
        return None
    try:
        clock = time.fromisoformat(text.strip().replace("：", ":").replace("点", ":").rjust(5, "0"))
    except ValueError:
        raise Refused({"audio_from": "请写时刻，例如 14:30 或 14:30:05"}) from None
    began = sitting.case.data.get("begun_at") or sitting.case.data["held_at"]
    return datetime.combine(began.astimezone(sitting.calendar.zone).date(), clock, sitting.calendar.zone)
