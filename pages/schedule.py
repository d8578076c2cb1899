"""日程: the leaders' schedule and the departments' calendar, two views of one set of data (R47–R50, N18, N19).

Conflicts that wait for a decision stand on top; then today and this week; then the calendar, in which entries are
moved by dragging and begun by selecting.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st
from streamlit_calendar import calendar as draw_calendar

from core.case import why_not
from core.errors import NotFound, OfficeError
from core.people import DEPARTMENT, Role
from core.policy import sees_everything, why_not_amend, why_not_keep_entry, why_not_keep_resources
from core.processes.schedule_conflict import DECIDE, MOVE
from core.schedule import DAY, OFF, REPEATS, RESOURCE_FORM, RULES, Entry, entry_fields, name_of, when
from core.words import deadline
from pages.ui import agenda, forms, lists, session
from pages.ui.session import calendars
from pages.ui.words import plain, today_line

me = session.desk()
lists.follow()
reader = session.reader()
calendar, people, resources = reader.calendar(), reader.directory(), reader.resources()
zone = calendar.zone
now = session.now().astimezone(zone)
today = now.date()
phone = lists.is_phone()
FIELDS = entry_fields(resources.values())

LEADERS, DEPARTMENTS, ROOMS = "领导日程表", "部门协作日历", "会议室、车辆"
CALENDAR, BOARD = "日历", "时间板"
KEY = "schedule"
HOURS = calendar.hours[0][0], calendar.hours[-1][1]


# --- what is shown ------------------------------------------------------------------------------------


def leaders() -> list[str]:
    """Leaders and the director first; whoever is signed in among them."""
    heads = [who for who, one in people.people.items() if one.roles & {Role.LEADER, Role.DIRECTOR}]
    return sorted(heads, key=lambda who: Role.LEADER not in people.people[who].roles)


def choices(view: str) -> list[str]:
    """Whose calendar there is in a view."""
    if view == LEADERS:
        return list(dict.fromkeys([*leaders(), me.id]))
    if view == DEPARTMENTS:
        return [DEPARTMENT + one for one in people.departments]
    return [one.id for one in resources.values() if one.active]


def called(who: str) -> str:
    return name_of(who, people, resources)


def at_start(view: str) -> list[str]:
    """Whom a view begins with: everybody in it, of departments one's own where there is one."""
    own = DEPARTMENT + me.department
    return [own] if view == DEPARTMENTS and me.department else []


def shown(view: str, chosen: Sequence[str], since: date, until: date) -> pd.DataFrame:
    """The entries of the view, of whom was chosen or of everybody in it."""
    wanted = chosen or choices(view)
    begin, end = (datetime.combine(day, time.min, zone) for day in (since, until))
    if view == DEPARTMENTS:
        return reader.entries(begin, end, departments=[one.removeprefix(DEPARTMENT) for one in wanted])
    return reader.entries(begin, end, whom=wanted)


# --- what was done in the calendar --------------------------------------------------------------------


def dragged(told: Any) -> None:
    """An entry was dragged to another time: of a series only the time that was dragged."""
    entry_id, day = agenda.named(told["oldEvent"])
    event = told["event"]
    begins = agenda.moment(event["start"], zone)
    known = reader.entry(entry_id)
    if bool(event.get("allDay")) != known.all_day:
        forms.tell("拖动只改时间；要改成全天或不全天，请点开后修改", good=False)
        return
    ends = agenda.moment(event["end"], zone) if event.get("end") else begins + (known.ends - known.begins)

    def move() -> str:
        kept = session.scheduling().move(
            entry_id, begins, ends, by=session.person(), seen=known.version, day=day if known.rule else None
        )
        return kept.says

    forms.run(move)


def act_on_the_calendar(key: str) -> None:
    """What was done there since the page was last drawn, once; the page is drawn with what has come of it."""
    told = agenda.news(key)
    if told is None:
        return
    match told["callback"]:
        case "eventChange":
            with suppress(NotFound):
                dragged(told["eventChange"])
        case "select":
            begin_at(told["select"])
        case "eventClick" if agenda.is_absence(told["eventClick"]["event"]):
            forms.tell(str(told["eventClick"]["event"]["title"]).replace(" · ", "："))
        case "eventClick":
            st.session_state[f"{KEY}.chosen"] = agenda.named(told["eventClick"]["event"])
            st.session_state.pop(f"{KEY}.editing", None)


def choose(entry_id: str, day: date) -> None:
    """An entry is looked at: a callback."""
    st.session_state[f"{KEY}.chosen"] = entry_id, day


def close() -> None:
    """Nothing is chosen any more: a callback."""
    for name in ("chosen", "editing"):
        st.session_state.pop(f"{KEY}.{name}", None)


def begin_at(told: Any) -> None:
    """A time was selected: the form begins with it."""
    begins, ends = (agenda.moment(told[side], zone).replace(tzinfo=None) for side in ("start", "end"))
    whole = bool(told["allDay"])
    values = {
        "begins": begins,
        "ends": ends - timedelta(minutes=1) if whole else ends,
        "all_day": whole,
    }
    form = forms.begin(KEY, FIELDS, people, given())
    form.put(values)
    st.session_state[f"{KEY}.open"] = st.session_state.get(f"{KEY}.open", 0) + 1
    close()
    forms.tell(
        f"{when((begins.replace(tzinfo=zone), ends.replace(tzinfo=zone)), calendar)} 已填入“登记日程”，请写明事项"
    )


# --- the form -----------------------------------------------------------------------------------------

ROWS = (
    ("title",),
    ("begins", "ends", "all_day"),
    ("sort", "important"),
    ("people", "departments"),
    ("resources", "place"),
    ("repeat", "until"),
    ("note",),
)


def given() -> dict[str, Any]:
    """The next full hour, for oneself; a secretary chooses."""
    begins = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    mine = [] if me.roles & {Role.SECRETARY, Role.DIRECTOR} else [me.id]
    return {"begins": begins, "ends": begins + timedelta(hours=1), "people": mine}


def rows_of(fields: Sequence[Any]) -> list[list[str]]:
    known = {field.key for field in fields}
    kept = [[key for key in row if key in known] for row in ROWS]
    return [[key] for row in kept for key in row] if phone else [row for row in kept if row]


def meets(form: forms.Form, entry_id: str = "") -> Any:
    """What the entry would meet as it stands there, before it is saved, with what is free instead to be taken with one
    tap (N18).
    """
    met = reader.meets(form.values(), entry_id=entry_id)
    if not met.clashes:
        return met
    lines = [plain(one) for one in met.clashes]
    lines += [f"另有 {met.more} 处"] if met.more > 0 else []
    if met.decides:
        lines.append("同一时段的重要活动达到阈值：保存后为待定，并报批")
    st.warning("  \n".join(lines), icon=":material/event_busy:")
    if met.offers:
        row = st.container(horizontal=True, vertical_alignment="center", key=f"{form.key}.offers")
        row.markdown("空闲的有：", width="content")
        for n, offer in enumerate(met.offers):
            row.button(plain(offer.says), key=f"{form.key}.offer.{n}", icon=":material/event_available:", on_click=take, args=(form, offer))  # fmt: skip
    return met


def take(form: forms.Form, offer: Any) -> None:
    """What is free is taken into the form: a callback."""
    form.settle()
    form.put(in_form(offer.begins, offer.ends, offer.resources))
    forms.save_draft(form)


def in_form(begins: datetime, ends: datetime, taken: Sequence[str]) -> dict[str, Any]:
    """A time and what is booked as the form of an entry holds them."""
    values: dict[str, Any] = {"begins": forms.local(begins), "ends": forms.local(ends)}
    if any(one.active for one in resources.values()):
        values["resources"] = [resources[one].name for one in taken if one in resources]
    return values


def skipping(form: forms.Form, met: Any, save: Any) -> None:
    """The button that enters a series without the days on which something stands already (N19)."""
    if met.days:
        told = "、".join(f"{day.month}月{day.day}日" for day in met.days[:3])
        more = f"等 {len(met.days)} 天" if len(met.days) > 3 else ""
        forms.submit(form, f"避开 {told}{more}，其余登记", save, primary=False, name="skip")


def save(values: dict[str, Any], *, skip: bool = False) -> Any:
    kept = session.scheduling().add(values, by=session.person(), form=session.form_id(KEY), skip=skip)
    session.forget_form_id(KEY)
    st.session_state.pop(f"{KEY}.open", None)
    st.session_state[f"{KEY}.says"] = kept.says
    return kept


def the_door() -> None:
    form = forms.begin(KEY, FIELDS, people, given())
    begun = bool(st.session_state.get(f"{KEY}.open") or form.state().get("title"))
    # A door of another name each time: one that is drawn already is not opened by being asked to.
    door = f"{KEY}.door.{st.session_state.get(f'{KEY}.open', 0)}"
    with st.expander("登记日程", expanded=begun, icon=":material/add:", key=door):
        forms.draw(form, rows_of(FIELDS))
        met = meets(form)
        with st.container(horizontal=True):
            forms.submit(form, "登记", save, shortcut=None if phone else "Ctrl+Enter")
            skipping(form, met, partial(save, skip=True))


# --- one entry ----------------------------------------------------------------------------------------


def editing(entry: Entry) -> dict[str, Any]:
    """The form of an entry as it is."""
    last = entry.ends - timedelta(minutes=1) if entry.all_day else entry.ends
    return {
        "title": entry.title, "begins": entry.begins, "ends": last, "all_day": entry.all_day, "sort": entry.sort,
        "important": entry.important, "people": list(entry.people), "place": entry.place, "note": entry.note,
        "departments": [one.removeprefix(DEPARTMENT) for one in entry.whom if one.startswith(DEPARTMENT)],
        "resources": [resources[one].name for one in entry.resources if one in resources],
        "repeat": entry.repeats, "until": entry.until,
    }  # fmt: skip


def cancel(entry: Entry, day: date | None, values: dict[str, Any]) -> None:
    session.scheduling().cancel(
        entry.id, values["reason"] or "", by=session.person(), seen=entry.version, day=day
    )
    close()


def chosen_entry() -> None:
    """The entry that was clicked: what is known of it, and what can be done with it."""
    entry_id, day = st.session_state.get(f"{KEY}.chosen", ("", None))
    if not entry_id:
        return
    try:
        entry = reader.entry(entry_id)
    except NotFound:
        st.session_state.pop(f"{KEY}.chosen", None)
        return
    if entry.state == OFF:
        return
    with st.container(border=True, key=f"{KEY}.chosen_entry"):
        head = st.container(horizontal=True, vertical_alignment="center")
        head.markdown(f"**{plain(entry.title)}**", width="stretch")
        head.button("收起", key=f"{KEY}.close", type="tertiary", icon=":material/close:", on_click=close)
        facts = [when(time_on(entry, day), calendar), "、".join(map(called, entry.whom)), entry.place]
        facts += [entry.sort + ("·重要" if entry.important else ""), entry.state]
        facts += [f"{entry.repeats}，到 {entry.until}"] if entry.rule else []
        st.markdown(f":small[{plain(' · '.join(filter(None, facts)))}]")
        if entry.note:
            st.markdown(plain(entry.note))
        if entry.case_id:
            st.page_link(
                lists.CASE_PAGE,
                label="打开事项（时间、地点、人员在那里改）",
                query_params={"id": entry.case_id},
            )
        elif entry.by == me.id or not why_not_keep_entry(me, entry.whom):
            doing(entry, day)


def time_on(entry: Entry, day: date | None) -> tuple[datetime, datetime]:
    """When the entry takes place on that day."""
    begins, ends = (at.astimezone(zone) for at in (entry.begins, entry.ends))
    if day is None:
        return begins, ends
    at = datetime.combine(day, begins.time(), zone)
    return at, at + (ends - begins)


def doing(entry: Entry, day: date | None) -> None:
    """Change it, cancel one time or all of them, and have a day again that was left out."""
    row = st.container(horizontal=True, vertical_alignment="center")
    if entry.repeats in REPEATS:
        with row, forms.popover("修改", f"{KEY}.{entry.id}.{entry.version}", icon=":material/edit:"):
            change(entry)
    whole = "取消整个系列" if entry.rule else "取消"
    for title, only, name in ((("只取消这一次", day, "one"),) if entry.rule else ()) + (
        (whole, None, "all"),
    ):
        key = f"{KEY}.{entry.id}.{entry.version}.cancel.{name}"
        with row, forms.popover(title, key, icon=":material/event_busy:"):
            forms.ask(title, (agenda.REASON,), lambda filled, only=only: cancel(entry, only, filled), key=key, people=people, says="已取消")  # fmt: skip
    left_out(entry)


def left_out(entry: Entry) -> None:
    """The days that were taken out of a series: those that are free by now come back with one tap (N19)."""
    for day, stands in reader.left_out(entry):
        row = st.container(horizontal=True, vertical_alignment="center", gap="small")
        told = f"{day.month}月{day.day}日已排除：{stands or '现在空闲'}"
        row.markdown(f":small[:gray[{plain(told)}]]", width="content")
        if not stands:
            row.button(f"恢复 {day.month}月{day.day}日", key=f"{KEY}.restore.{day}", type="tertiary", on_click=restore, args=(entry, day))  # fmt: skip


def change(entry: Entry) -> None:
    key = f"{KEY}.{entry.id}.{entry.version}"
    form = forms.begin(key, FIELDS, people, editing(entry))
    forms.draw(form, [[key] for row in rows_of(FIELDS) for key in row])
    met = meets(form, entry.id)

    def save(values: dict[str, Any], *, skip: bool = False) -> Any:
        kept = session.scheduling().change(
            entry.id, values, by=session.person(), seen=entry.version, skip=skip
        )
        st.session_state[f"{KEY}.says"] = kept.says
        return kept

    forms.submit(form, "保存", save)
    skipping(form, met, partial(save, skip=True))


def restore(entry: Entry, day: date) -> None:
    """A callback."""
    forms.run(
        lambda: session.scheduling().restore_day(entry.id, day, by=session.person(), seen=entry.version).says
    )


def cancelled() -> None:
    """What was cancelled, to be had again as it was (N19)."""
    found = reader.cancelled()
    if not found:
        return
    with st.expander(f"已取消的日程 {len(found)}", icon=":material/restore:"):
        for entry in found:
            row = st.container(horizontal=True, vertical_alignment="center", gap="small")
            told = f"{entry.title}　{when((entry.begins, entry.ends), calendar)}　{'、'.join(map(called, entry.whom))}"
            row.markdown(plain(told + (f"　{entry.repeats}" if entry.rule else "")), width="content")
            row.button("恢复", key=f"{KEY}.again.{entry.id}", type="tertiary", on_click=again, args=(entry,))


def again(entry: Entry) -> None:
    """A callback."""
    forms.run(lambda: session.scheduling().restore(entry.id, by=session.person(), seen=entry.version).says)


# --- conflicts ----------------------------------------------------------------------------------------


def escalations() -> None:
    """The conflicts that wait for a decision, with the form for whoever decides (R49)."""
    frame = reader.escalations()
    for row in lists.rows(frame):
        case = reader.case(row.id)
        with st.container(border=True, key=f"{KEY}-card-{case.id}{'_late' if row.late else ''}"):
            st.page_link(
                lists.CASE_PAGE,
                label=plain(case.title),
                query_params={"id": case.id},
                icon=":material/warning:",
            )
            for n, side in enumerate(case.data["sides"], 1):
                who = called(side["person"]) if side["person"] else ""
                told = (f"{n}. {side['what']}", side["sort"], side["time"], who, side["proposal"])
                st.markdown(plain("　".join(filter(None, told))))
            due = f"{people.name(case.owner)}审批，限 {deadline(case.due_at, calendar)}"
            free = (case.data.get("alternatives") or "").replace("\n", "；")
            st.markdown(f":small[:gray[{plain('　'.join(filter(None, (due, free and f'备选：{free}'))))}]]")
            action = case.action(DECIDE)
            if not why_not(case, action, me, session.now()):
                with forms.popover("定下来", f"{case.id}.{DECIDE}", icon=":material/gavel:"):
                    decision(case, action)


def decision(case: Any, action: Any) -> None:
    """The form of the decision; what the priorities propose, and when it could be instead, to be taken with one tap."""
    key = f"{case.id}.{DECIDE}"
    side, free = reader.gives_way(case.id)
    form = forms.begin(key, action.asks, people, {"side": side})
    if free:
        st.markdown(f":small[第 {side} 项按优先级可以让，空闲的有：]")
        for n, offer in enumerate(free):
            st.button(plain(offer.says), key=f"{key}.offer.{n}", icon=":material/event_available:", on_click=move_to, args=(form, side, offer))  # fmt: skip
    forms.draw(form)

    def decide(values: dict[str, Any]) -> Any:
        return session.office().act(case.id, DECIDE, values, by=session.person(), seen=case.seq)

    forms.submit(form, action.title, decide, says="已定，日程随之更改，有关人员已告知")


def move_to(form: forms.Form, side: int, offer: Any) -> None:
    """The side that gives way moves to a free time: a callback."""
    form.settle()
    form.put({"decision": MOVE, "side": side, "moved_to": forms.local(offer.begins)})
    forms.save_draft(form)


# --- today and this week ------------------------------------------------------------------------------


def near() -> None:
    """今天, 本周 and 下周 in a list – of the leaders for whoever oversees them, else of oneself –, and what clashes."""
    monday = today - today.weekday() * DAY
    spans = {
        "今天": (today, today + DAY),
        "本周": (monday, monday + 7 * DAY),
        "下周": (monday + 7 * DAY, monday + 14 * DAY),
    }
    row = st.container(horizontal=True, vertical_alignment="center")
    chosen = row.segmented_control(
        "哪几天", list(spans), default="今天", required=True, key=f"{KEY}.near", label_visibility="collapsed"
    )
    since, until = (datetime.combine(day, time.min, zone) for day in spans[chosen])
    frame = reader.entries(since, until, whom=leaders() if sees_everything(me) else [me.id])
    clashes = reader.conflicts(since, until)
    row.markdown(
        f"{len(frame)} 项" + (f"，:red[{len(clashes)} 处冲突]" if len(clashes) else ""), width="content"
    )
    for clash in lists.rows(clashes.head(5)):
        line = st.container(horizontal=True, vertical_alignment="center", gap="small")
        may = "，按优先级" if clash.may_move else ""
        said = f"{clash.name} {when((clash.begins, clash.ends), calendar)}：“{short(clash.first)}”与“{short(clash.second)}”{may}"
        line.markdown(f":small[:red[{plain(said)}]]", width="stretch" if phone else "content")
        if clash.may_move:
            key = f"{KEY}.clash.{clash.whom}.{clash.first_id}.{clash.second_id}.{clash.begins:%d%H%M}"
            args = (clash.may_move_id, clash.may_move_day)
            line.button(
                f"可以移“{plain(short(clash.may_move))}”",
                key=key,
                type="tertiary",
                on_click=choose,
                args=args,
            )
    if frame.empty:
        st.markdown(":gray[没有安排。点“登记日程”，会议和接待登记后也会自己列在这里。]")
    elif phone:
        for one in lists.rows(frame):
            st.markdown(f"**{one.begins:%H:%M}** {plain(one.title)}  \n:small[:gray[{plain(told_of(one))}]]")
    else:
        table(frame)


def short(title: str) -> str:
    """As much of a title as stands in a line."""
    return title if len(title) <= 24 else f"{title[:23]}…"


def told_of(one: Any) -> str:
    return " · ".join(
        filter(None, (one.names, one.place, one.sort, one.state if one.state != "已定" else ""))
    )


def table(frame: pd.DataFrame) -> None:
    every = list(lists.rows(frame))
    st.dataframe(
        pa.table(
            {
                "when": [when((one.begins, one.ends), calendar) for one in every],
                "title": [("★ " if one.important else "") + one.title for one in every],
                "names": [one.names for one in every],
                "place": [one.place for one in every],
                "sort": [one.sort for one in every],
                "state": [one.state for one in every],
            }
        ),
        key=f"{KEY}.table",
        hide_index=True,
        height=min(38 + 36 * len(every), 260),
        row_height=36,
        placeholder="",
        column_config={
            "when": st.column_config.TextColumn("时间", width=190),
            "title": st.column_config.TextColumn("事项", width=260),
            "names": st.column_config.TextColumn("人员", width=240),
            "place": st.column_config.TextColumn("地点", width=150),
            "sort": st.column_config.TextColumn("类别", width=70),
            "state": st.column_config.TextColumn("状态", width=70),
        },
    )


# --- the two views ------------------------------------------------------------------------------------


def calendar_key(view: str, at: date) -> str:
    """Stable as long as the same days are read."""
    return f"{KEY}.calendar.{view}.{at}"


def views() -> None:
    row = st.container(horizontal=True, vertical_alignment="bottom")
    there = [LEADERS, DEPARTMENTS, *([ROOMS] if choices(ROOMS) else [])]
    view = row.segmented_control("看谁的", there, default=LEADERS, required=True, key=f"{KEY}.view")
    style = row.segmented_control(
        "样式", [CALENDAR, BOARD], default=CALENDAR, required=True, key=f"{KEY}.style"
    )
    at = row.date_input("日期", value=today, format="YYYY-MM-DD", key=f"{KEY}.at", width=150) or today
    chosen = row.multiselect(
        "只看", choices(view), default=at_start(view), format_func=called, placeholder="全部", key=f"{KEY}.only.{view}", width=320,
        select_all=False,
    )  # fmt: skip
    st.session_state[f"{KEY}.now"] = calendar_key(view, at)
    if style == BOARD:
        the_board(view, chosen, at)
        return
    first, last = agenda.window(at)
    frame = shown(view, chosen, first, last)
    draw_calendar(
        events=agenda.events(frame),
        options=agenda.options(phone=phone, first=first, last=last, at=at, hours=HOURS),
        custom_css=agenda.CSS,
        callbacks=["eventClick"] if phone else ["eventClick", "eventChange", "select"],
        key=calendar_key(view, at),
    )
    st.caption(
        "看别的月份请改“日期”。颜色：蓝为固定，绿为临时，红为突发，褐为外出，灰为忙；★为重要，白底为待定。"
        + ("" if phone else "拖动改时间，选一段时间登记。")
    )


def the_board(view: str, chosen: Sequence[str], at: date) -> None:
    wanted = chosen or choices(view)
    if view == DEPARTMENTS:
        places = {one.removeprefix(DEPARTMENT) for one in wanted}
        wanted = [*wanted, *(who for who, one in people.people.items() if one.department in places)]
    frame = shown(view, chosen, at, at + DAY)
    names = [(who, called(who)) for who in wanted]
    st.vega_lite_chart(agenda.board(frame, names, at, HOURS), width="stretch", key=f"{KEY}.board")


# --- free times, feeds, lists that come in, rooms -----------------------------------------------------


def free_times() -> None:
    """When several are free, with a room if one is needed: a tap begins the entry with it (N18)."""
    with st.expander("找空闲时间", icon=":material/event_available:"):
        row = st.container(horizontal=True, vertical_alignment="bottom")
        everybody = [*people.people, *(one.id for one in resources.values() if one.active)]
        whom = row.multiselect("人员、会议室", everybody, format_func=called, placeholder="请选择", key=f"{KEY}.free.whom", select_all=False, width=360)  # fmt: skip
        kinds = ["", *dict.fromkeys(one.kind for one in resources.values() if one.active)]
        kind = row.selectbox("另要一间、一辆", kinds, format_func=lambda one: one or "不需要", key=f"{KEY}.free.kind", width=140)  # fmt: skip
        minutes = row.number_input("时长（分钟）", 15, 480, 60, 15, key=f"{KEY}.free.minutes", width=130)
        first = row.date_input("从哪天起", value=today, min_value=today, format="YYYY-MM-DD", key=f"{KEY}.free.from", width=150) or today  # fmt: skip
        days = row.number_input("几天之内", 1, 30, 5, key=f"{KEY}.free.days", width=110)
        if not whom and not kind:
            return
        length = timedelta(minutes=int(minutes))
        found = reader.free_with(whom, first, first + (int(days) - 1) * DAY, length, kind)
        if not found:
            st.markdown("这几天没有共同的空闲，请放宽天数或缩短时长。")
        slots = st.container(horizontal=True, key=f"{KEY}.free.slots")
        for n, (span, room) in enumerate(found):
            said = when(span, calendar) + (f" · {room.name}" if room else "")
            taken = [one for one in whom if one in resources] + ([room.id] if room else [])
            slots.button(plain(said), key=f"{KEY}.free.{n}", on_click=begin_with, args=(span, [one for one in whom if one not in resources], taken))  # fmt: skip
        if whom:
            day = found[0][0][0].date() if found else first
            begin = datetime.combine(day, time.min, zone)
            frame = reader.entries(begin, begin + DAY, whom=whom)
            names = [(who, called(who)) for who in whom]
            st.caption(plain(f"{when((begin, begin + DAY), calendar)}的安排"))
            st.vega_lite_chart(
                agenda.board(frame, names, day, HOURS), width="stretch", key=f"{KEY}.free.board"
            )


def begin_with(span: tuple[datetime, datetime], whom: list[str], taken: list[str]) -> None:
    """The form begins with a time at which they are free: a callback."""
    form = forms.begin(KEY, FIELDS, people, given())
    form.put({**in_form(*span, taken), "people": whom, "all_day": False})
    st.session_state[f"{KEY}.open"] = st.session_state.get(f"{KEY}.open", 0) + 1
    forms.tell(f"{when(span, calendar)} 已填入“登记日程”，请写明事项")


def feeds() -> None:
    with st.expander("订阅到手机或电脑的日历", icon=":material/rss_feed:"):
        if link := st.session_state.pop(f"{KEY}.feed", ""):
            st.success("把这个地址填进日历程序的“订阅日历”。只显示这一次，请现在就复制；不要转给别人。")
            st.code(link, language=None)
        row = st.container(horizontal=True, vertical_alignment="bottom")
        about = row.selectbox(
            "订阅谁的", [*dict.fromkeys([me.id, *choices(LEADERS), *choices(DEPARTMENTS), *choices(ROOMS)])],
            format_func=called, key=f"{KEY}.feed.about", width=260,
        )  # fmt: skip
        row.button("生成链接", key=f"{KEY}.feed.open", on_click=open_feed, args=(about,))
        for one in calendars.my_feeds():
            line = st.container(horizontal=True, vertical_alignment="center")
            line.markdown(
                plain(f"{called(one.about)}，{one.at.astimezone(zone):%Y-%m-%d %H:%M} 开通"), width="content"
            )
            line.button("停用", key=f"{KEY}.feed.{one.id}", type="tertiary", on_click=revoke, args=(one.id,))


def open_feed(about: str) -> None:
    """A callback."""

    def opened() -> None:
        token = session.scheduling().open_feed(about, by=session.person())
        st.session_state[f"{KEY}.feed"] = calendars.feed_address(token)

    forms.run(opened)


def revoke(feed_id: str) -> None:
    """A callback."""

    def revoked() -> str:
        session.scheduling().revoke_feed(feed_id, by=session.person())
        return "订阅链接已停用"

    forms.run(revoked)


def coming_in() -> None:
    with st.expander("导入日历文件（.ics）", icon=":material/upload:"):
        mine = bool(me.duties & {Role.SECRETARY, Role.DIRECTOR})
        who = st.selectbox(
            "录到谁的日程",
            list(people.people) if mine else [me.id],
            format_func=called,
            key=f"{KEY}.import.whom",
        )
        count = st.session_state.get(f"{KEY}.import.round", 0)
        dropped = st.file_uploader("日历文件", type=["ics"], key=f"{KEY}.import.{count}")
        if not dropped:
            return
        try:
            found, problems = calendars.read_calendar(dropped.getvalue(), (who,))
        except OfficeError as refusal:
            st.error(plain(refusal))
            return
        for problem in problems[:20]:
            st.markdown(f":red[:material/error: {plain(problem)}]")
        st.markdown(f"读出 {len(found)} 项" + (f"，{len(problems)} 项不能录入" if problems else ""))
        st.button(f"录入 {len(found)} 项", key=f"{KEY}.import.go", type="primary", disabled=not found, on_click=take_in, args=(found,))  # fmt: skip


def take_in(found: list[Entry]) -> None:
    """A callback."""

    def taken() -> str:
        kept = session.scheduling().add_all(found, by=session.person())
        st.session_state[f"{KEY}.import.round"] = st.session_state.get(f"{KEY}.import.round", 0) + 1
        return f"已录入 {len(kept)} 项"

    forms.run(taken)


def rooms() -> None:
    """What can be booked, and the figures of the schedule, for those who keep them."""
    if why_not_keep_resources(me):
        return
    place = st.expander(
        "会议室、车辆和规则", icon=":material/meeting_room:", key=f"{KEY}.rooms", on_change="rerun"
    )
    if not place.open:  # a form for each of many rooms is drawn only for whoever looks at them
        return
    with place:
        for one in resources.values():
            line = st.container(horizontal=True, vertical_alignment="center")
            seats = f"，{one.capacity} 座" if one.capacity else ""
            line.markdown(
                plain(f"{one.kind} {one.name}{seats}" + ("" if one.active else "（停用）")), width="content"
            )
            key = f"{KEY}.{one.id}.change"
            with line, forms.popover("修改", key, type="tertiary"):
                forms.ask(
                    "保存", RESOURCE_FORM, partial(keep_resource, one), key=key, people=people, primary=False,
                    given={"kind": one.kind, "name": one.name, "capacity": one.capacity or None}, says=f"{one.name}已改",
                )  # fmt: skip
            line.button(
                "停用" if one.active else "恢复", key=f"{KEY}.{one.id}.active", type="tertiary", on_click=switch, args=(one,)
            )  # fmt: skip
        forms.ask(
            "增加", RESOURCE_FORM, lambda filled: session.scheduling().keep_resource(filled, by=session.person()),
            key=f"{KEY}.resource", people=people, says="已增加", primary=False,
        )  # fmt: skip
        if not why_not_amend(me):
            rules = reader.rules()
            known = {"threshold": rules.threshold, "important": rules.important, **rules.weights}
            known |= {"step": rules.step, "offered": rules.offered, "alarm": rules.alarm}
            forms.ask(
                "保存规则", RULES, lambda filled: session.scheduling().set_rules(filled, by=session.person()),
                key=f"{KEY}.rules", people=people, given=known, says="规则已保存", primary=False,
            )  # fmt: skip


def keep_resource(one: Any, filled: dict[str, Any]) -> Any:
    """Another name or size of a room: what is booked stays booked."""
    return session.scheduling().keep_resource(
        filled, by=session.person(), resource_id=one.id, active=one.active
    )


def switch(one: Any) -> None:
    """A callback."""
    values = {"kind": one.kind, "name": one.name, "capacity": one.capacity}

    def done() -> str:
        session.scheduling().keep_resource(
            values, by=session.person(), resource_id=one.id, active=not one.active
        )
        return f"{one.name}已{'停用' if one.active else '恢复'}"

    forms.run(done)


# --- the page -----------------------------------------------------------------------------------------

act_on_the_calendar(st.session_state.get(f"{KEY}.now", ""))
st.title("日程", anchor=False)
st.caption(today_line(session.now(), calendar))
if says := st.session_state.pop(f"{KEY}.says", ""):
    forms.tell(says)
forms.show_outcome()
# Each has its place even when it is empty: a calendar that moved on the page would begin anew at this week.
with st.container():
    escalations()
the_door()
with st.container():
    chosen_entry()
with st.container(border=True):
    near()
with st.container(border=True):
    views()
free_times()
cancelled()
feeds()
coming_in()
rooms()
