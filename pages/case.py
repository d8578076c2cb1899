"""One case: where it stands, what is to be done now in the words of the standard, and all that happened."""

from datetime import date
from functools import partial
from urllib.parse import quote

import pandas as pd
import streamlit as st

from core import policy, standing, words
from core.case import Case, stands_for, why_not
from core.deadlines import left as time_left
from core.errors import NotFound
from core.fields import Field, Kind
from core.figure_check import BODY as BRIEFING
from core.handbook import limit_text
from core.meeting_record import FOLLOWS, follows, in_the_room, record_of
from core.meeting_series import AGENDA, carried_over
from core.number_book import count_in, series_by
from core.outgoing_draft import BODY, lays_out, writes
from core.papers import CONTENTS, has_official, official_title, papers_of
from core.people import DEPARTMENT
from core.process import Action
from pages.ui import briefing_text, companions, forms, grading, lists, minutes, outcomes, session
from pages.ui.deadlines import bar, clock_words
from pages.ui.menu import PLACES
from pages.ui.words import NONE, moment, plain, size, values, weekday

me = session.desk()
office, reader = session.office(), session.reader()

try:
    case = reader.case(st.query_params.get("id", ""))
except NotFound as nothing:
    st.info(f"{nothing}。", icon=":material/search_off:")
    with st.container(horizontal=True):
        st.page_link("desk.py", label="我的待办", icon=":material/task_alt:")
        st.page_link("search.py", label="查找", icon=":material/search:")
    st.stop()
# A door from one case to another leaves the address as it was: a reload would open the former one.
st.query_params["id"] = case.id

people, calendar, now = reader.directory(), reader.calendar(), session.now()
standard = reader.standard()
children = reader.children(case.id)
history = [*lists.rows(reader.history(case.id))]
parent = reader.case(case.parent_id) if case.parent_id else None


def head() -> None:
    if parent:
        st.page_link(
            lists.CASE_PAGE,
            label=f"返回 {plain(parent.number)}",
            icon=":material/arrow_back:",
            query_params={"id": parent.id},
        )
    st.caption(plain(" · ".join(filter(None, [case.number, str(case.data.get("doc_number") or "")]))))
    st.header(plain(case.title), anchor=False)
    row = st.container(horizontal=True, gap="xsmall")
    if (urgency := case.data.get("urgency")) and urgency != "平件":
        row.badge(urgency, icon=":material/priority_high:", color="red" if urgency == "特急" else "orange")
    grading.badge(row, case.data)
    if case.grade.classified:
        row.badge(f"{case.grade.label} · 只登记不存件", icon=":material/lock:", color="violet")
    row.badge(f"{case.process.title} {case.process.edition}", icon=":material/menu_book:", color="gray")
    if case.voided:
        row.badge("已作废", color="gray")
    if case.paused_at and case.is_open:
        row.badge(
            f"计时暂停自 {moment(case.paused_at.astimezone(calendar.zone))}",
            icon=":material/pause:",
            color="orange",
        )
    if case.slip and case.is_open:
        row.badge(f"{case.slip}色督办单", icon=":material/receipt_long:", color=SLIPS[case.slip])
    if case.urged and case.is_open:
        row.badge(f"已催办 {case.urged} 次", icon=":material/campaign:", color="orange")
    if case.extension:
        row.badge(f"申请延至 {case.extension['until']}", icon=":material/event_repeat:", color="blue")


SLIPS = {"蓝": "blue", "黄": "yellow", "红": "red"}
"""The colours of supervision slips; their names stand beside them (C7)."""


def rail() -> None:
    """The process map with this case on it; it lies flat on every screen."""
    passed = {row.stage_title: row.at for row in reversed(history) if row.case_id == case.id}
    here = case.stage.on_map
    names = [name for name, _ in case.process.scenes]
    at = names.index(here) if here in names else len(names)
    gap = "medium" if len(names) <= 8 else "small"
    with st.container(border=True, horizontal=True, gap=gap, key="rail"):
        for n, (name, stages) in enumerate(case.process.scenes):
            when = next((passed[s.title] for s in reversed(stages) if s.title in passed), None)
            if n == at and case.voided:
                st.markdown(
                    f":gray[:material/cancel: {plain(name)}]  \n:small[:gray[{moment(_local(case.closed_at))} 作废]]"
                )
            elif n < at or (not case.is_open and n == at):
                st.markdown(f":green[:material/check_circle:] {plain(name)}  \n:small[:gray[{moment(when)}]]")
            elif n == at:
                st.markdown(
                    f":primary[:material/radio_button_checked:] **{plain(name)}**  \n:small[限 {words.deadline(case.due_at, calendar)}]"
                )
            else:
                st.markdown(
                    f":gray[:material/radio_button_unchecked: {plain(name)}]  \n:small[:gray[{NONE}]]"
                )


def _local(at):
    return at.astimezone(calendar.zone) if at else None


def now_card() -> None:
    """The next action: the biggest thing on the page, in the words of the standard."""
    stage = case.stage
    with st.container(border=True):
        if not case.is_open:
            st.subheader("已作废" if case.voided else stage.title, anchor=False)
            st.markdown(plain(stage.does) if not case.voided else "本件已作废，全程留痕保留在下面。")
            if not case.voided:
                st.markdown(f":small[{plain(in_time())}]")
            for action in () if case.voided else stage.actions:
                if action.quiet:
                    action_form(action)
            action_form(standing.ACTIONS["restore"])
            return
        st.subheader(f"现在要做：{stage.title}", anchor=False)
        st.markdown(plain(stage.does))
        owner = people.name(case.owner) if case.owner else stage.duty.label
        st.caption(plain(f"在 {owner} 手里 · 时限：{limit_text(case.process, stage.due)}"))
        bar(case, now, calendar)
        if stage.opens:
            waiting()
        if said := grading.proposed(case, reader.grading()):
            grading.show(said)
        if case.extension:
            extension()
        own = [a for a in stage.actions if not (in_the_room(a) or (stage.then and a.key in stage.then))]
        writing(case, [a for a in own if writes(a)])
        for action in (a for a in own if not writes(a)):
            action_form(action)
        claim = standing.ACTIONS["claim"]
        if case.owner.startswith(DEPARTMENT) and not why_not(case, claim, me, now, children=children):
            action_form(claim, open_=True)


def writing(of: Case, actions: list[Action]) -> None:
    """The door to the page where the text is written, kept and handed in, for whoever may."""
    mine = [a for a in actions if not why_not(of, a, me, now, children=children)]
    if mine and st.button("打开文稿", type="primary", icon=":material/edit_document:", key="write"):
        st.switch_page("draft.py", query_params={"id": of.id})


def extension() -> None:
    """Who asks for more time and why; before the step itself, for whoever may decide it."""
    asked = case.extension
    words_of_it = f"{people.name(asked['by'])}申请延至 {asked['until']}：{asked['reason']}"
    st.info(plain(words_of_it + past_parent(asked["until"])), icon=":material/event_repeat:")
    decide = standing.ACTIONS["decide_extension"]
    if not why_not(case, decide, me, now, children=children):
        action_form(decide, open_=True)


def past_parent(until: str) -> str:
    """What whoever decides an extension should know: the parent's deadline, where this day lies beyond it."""
    due = parent.due_at if parent and parent.is_open else None
    if due is None or calendar.closing(date.fromisoformat(until)) <= due:
        return ""
    return f"。上级事项时限 {moment(_local(due))}，延期后将超过"


def in_time() -> str:
    """Whether the closed case was finished in time, in the words of its last promise."""
    due, closed = case.case_due_at, case.closed_at
    if due is None or closed is None:
        return f"办结于 {words.full_moment(_local(closed))}"
    verdict = time_left(due, closed, calendar) if closed > due else "按时办结"
    return f"办结于 {words.full_moment(_local(closed))} · {verdict} · 全程时限 {words.deadline(due, calendar, year=True)}"


def waiting() -> None:
    """Who has it, who has finished, and whose turn is still to come: the children of this step."""
    opens = case.stage.opens
    asked = [child for child in children if case.asks_for(child)]
    queued = [name for name in case.wanted if name not in {stands_for(child) for child in asked}]
    frame = pd.DataFrame([*map(_part, asked), *map(_queued, queued)], columns=list(PARTS))
    done = sum(not child.is_open and not child.voided for child in asked)
    st.markdown(f"**{plain(opens.done)} {done} / {len(frame)}**")
    if lists.is_phone():
        for row in lists.rows(frame):
            mark = ":green[:material/check_circle:]" if row.done != NONE else ":gray[:material/schedule:]"
            st.markdown(
                f"{mark} {plain(row.who)} · {plain(row.state)} · :small[{plain(row.done if row.done != NONE else row.left)}]"
            )
    else:
        st.dataframe(
            frame,
            hide_index=True,
            key="waiting",
            column_config={**PARTS, "who": opens.noun, "done": opens.done},
        )
    open_ones = [child.id for child in asked if child.is_open]
    for child in (child for child in asked if child.is_open and child.owner in me.names):
        st.page_link(
            lists.CASE_PAGE,
            label=f"办理我的一份：{plain(child.stage.title)}",
            icon=":material/edit_note:",
            query_params={"id": child.id},
        )
    if open_ones and me.duties & standing.ACTIONS["urge"].by:
        st.button(
            f"催办未办的 {len(open_ones)} 位",
            key="urge_children",
            icon=":material/campaign:",
            on_click=outcomes.urge,
            args=(open_ones,),
        )


PARTS = {
    "who": "谁",
    "sent": "送达",
    "done": "办结",
    "state": "状态",
    "said": st.column_config.TextColumn("意见或结果", width="medium"),
    "left": "剩余",
}
"""Columns of the list of children."""


def _part(child: Case) -> dict[str, str]:
    return {
        "who": _who(child),
        "sent": moment(_local(child.opened_at)),
        "done": moment(_local(child.closed_at)),
        "state": "已作废" if child.voided else child.stage.title,
        "said": _came_of(child),
        "left": clock_words(child, now, calendar),
    }


def _came_of(child: Case) -> str:
    """What came of it; what is wanted otherwise, while that is not settled."""
    keys = ("remark", "result", "instruction", "objection" if child.is_open else "opinion")
    return str(next(filter(None, map(child.data.get, keys)), ""))


def _queued(name: str) -> dict[str, str]:
    """Somebody whose turn has not come."""
    return {"who": people.name(name), "sent": NONE, "done": NONE, "state": "未轮到", "said": "", "left": ""}


def _who(child: Case) -> str:
    return words.whose(child, people)


def action_form(action: Action, *, open_: bool = False) -> None:
    """One thing that can be done: the step that leads on lies open, a by-way is folded."""
    reason = why_not(case, action, me, now, children=children)
    asks = case.asks(action)
    if action.key == "correct":
        titles = {
            f.title: k
            for k, f in case.process.fields.items()
            if f.kind in standing.CORRECTABLE and f.correctable and k in case.data
        }
        asks = (forms.limited(asks[0], list(titles)), *asks[1:])
    asks = numbered_by(action, asks)
    command = partial(_act, action.key)
    if action.quiet and (ticked := ticked_above(action)):
        asks = tuple(field for field in asks if field not in ticked)
        command = partial(_act_on_the_list, action.key, ticked)
    draw = partial(
        forms.ask, action.title, asks, command, key=f"{case.id}.{action.key}", people=people, given=_given(action), why_not=reason,
        says=f"{case.number} 已办理：{action.title}", primary=not action.quiet, shortcut=None,
    )  # fmt: skip
    if action.quiet and not open_:
        if not reason:
            # Drawn only while it is open, as there are many and one of them at most is wanted.
            place = forms.popover(action.title, f"{case.id}.{action.key}", on_change="rerun")
            if place.open:
                with place:
                    draw()
    else:
        draw()


def ticked_above(action: Action) -> dict[Field, forms.Form]:
    """The lists of a by-way that stand in the form of the step that leads on: ticked once, handed in with either."""
    leading = [one for one in case.stage.actions if not one.quiet]
    return {
        field: forms.Form(f"{case.id}.{one.key}", case.asks(one), people)
        for field in action.asks
        for one in leading
        if field.listed and field in one.asks
    }


def _act_on_the_list(key: str, ticked: dict[Field, forms.Form], filled: dict) -> Case:
    lists_of = {field.key: form.state()[field.key] or [] for field, form in ticked.items()}
    after = _act(key, {**filled, **lists_of})
    for form in ticked.values():
        form.forget()
        forms.forget_draft(form)
    return after


def numbered_by(action: Action, asks: tuple[Field, ...]) -> tuple[Field, ...]:
    """What is asked where a number is given: only what the office numbers by, and a number set aside, if any (N7)."""
    if action.numbers is None:
        return asks
    profile, year = reader.profile(), now.astimezone(calendar.zone).year
    possible = action.numbers.known(profile)
    options = {key: dict.fromkeys(one[key] for one in possible) for one in possible for key in one}
    asks = tuple(forms.limited(f, list(options[f.key])) if f.key in options else f for f in asks)
    series = series_by(action.numbers, profile, year)
    kept = [n for n in reader.waiting_numbers(case.process.key) if any(count_in(one, n) for one in series)]
    return (*asks, forms.limited(RESERVED, kept)) if kept else asks


RESERVED = Field(key="reserved", title="用预留号", required=False, help="不选就按顺序取下一个号")


def _given(action: Action) -> dict:
    """What a form can start with: what the case already knows, and what is nearly always meant."""
    known = {f.key: case.data[f.key] for f in action.asks if f.key in case.data and action.key != "correct"}
    today = now.astimezone(calendar.zone).date()
    defaults = {"tracker": me.id, "replied_on": today, "dated_on": today, "printed_on": today}
    defaults["minutes_signed_on"] = defaults["issued_on"] = today
    if AGENDA not in case.data and any(field.key == AGENDA for field in action.asks):
        defaults[AGENDA] = carried_over(reader.tasks_left(case.id), people)
    if case.process.asides and any(field.key in FOLLOWS for field in action.asks):
        record = record_of(case, children, reader.events(case.id), people)
        defaults |= follows(record, case.data, people, calendar)
    if case.case_due_at:
        defaults["time_limit"] = case.case_due_at.astimezone(calendar.zone).date()
    defaults |= proposed | grading.given(case, action, reader.grading())
    if action.numbers:
        defaults |= next(iter(action.numbers.known(reader.profile())), {})
    return {**{k: v for k, v in defaults.items() if any(f.key == k for f in action.asks)}, **known}


def left_over() -> None:
    """What this person typed for a step that another has taken meanwhile: nothing typed is ever lost."""
    if not case.is_open:
        return
    here = {action.key for action in case.stage.actions}
    steps = {action.key: action for action in case.process.actions if action.key not in here}
    for key, draft in reader.drafts(case.id).items():
        if typed := _facts(draft) if key in steps else "":
            with st.container(border=True):
                st.markdown(f":orange[:material/edit_off:] **{plain(_taken(steps[key]))}**")
                st.markdown(typed)
                st.button(
                    "不再需要", key=f"left_over.{key}", type="tertiary", on_click=forms.run, args=(partial(_drop_draft, key),)
                )  # fmt: skip


def _taken(action: Action) -> str:
    """Who has taken the step somebody else was still writing for, and when."""
    taken = next((row for row in history if (row.case_id, row.action) == (case.id, action.key)), None)
    kept = f"您为“{action.title}”填写的内容还在："
    if taken is None:
        return kept
    return f"{taken.by_name}已于 {moment(taken.at)} 办理“{action.title}”，{kept}"


def _drop_draft(key: str) -> None:
    office.save_draft(f"{case.id}.{key}", None, by=session.person())


def _act(key: str, filled: dict) -> Case:
    if key == "correct":
        titles = {f.title: k for k, f in case.process.fields.items()}
        filled = {**filled, "item": titles.get(filled["item"] or "", "")}
    reserved = filled.get(RESERVED.key) or ""
    filled = {name: value for name, value in filled.items() if name != RESERVED.key}
    return office.act(case.id, key, filled, by=session.person(), seen=case.seq, reserved=reserved)


def more() -> None:
    """What can be done to any case, and is allowed to this person now."""
    allowed = [
        action
        for action in standing.ACTIONS.values()
        if action.key not in ("claim", "decide_extension", "restore")
        and not why_not(case, action, me, now, children=children)
    ]
    if not allowed:
        return
    with st.container(border=True):
        st.markdown("**其他办理**")
        with st.container(horizontal=True, gap="small"):
            for action in allowed:
                action_form(action)


def facts() -> None:
    """What the register and the decisions say; the rest is folded."""
    packed = {k: case.process.fields[k].pack(v) for k, v in case.data.items()}
    if lays_out(case.process):
        packed.pop(BODY, None)  # it is read as the page it is
    packed.pop(BRIEFING, None)  # the same, beside its figures
    texts = {f.key for f in case.process.fields.values() if f.kind is Kind.TEXT}
    first = {k: v for k, v in packed.items() if k in case.process.register or k in texts}
    rest = {k: v for k, v in packed.items() if k not in first and k != case.process.number.field}
    first.pop(case.process.names, None)
    with st.container(border=True):
        st.markdown("**要点**")
        st.markdown(_facts(first))
        if case.case_due_at and not case.voided:
            st.markdown(f":gray[全程时限]　**{words.deadline(case.case_due_at, calendar, year=True)}**")
            st.caption(plain(limit_text(case.process, case.process.due)))
        for title, took in [] if case.voided else words.spans(case, now, calendar):
            st.markdown(f":gray[{plain(title)}]　{plain(took)}")
        if rest:
            with st.expander("其余各项"):
                st.markdown(_facts(rest))


def _facts(packed: dict) -> str:
    shown = values(case.process.fields, packed, people, calendar)
    return "  \n".join(f":gray[{plain(title)}]　{plain(text)}" for title, text in shown)


def papers() -> None:
    """The papers; a part of a case shows those of the whole as well: a reader reads them here."""
    files = reader.attachments(parent.id if parent else case.id).drop_duplicates(["digest", "name"])
    with st.container(border=True):
        st.markdown("**附件与单据**")
        if files.empty:
            st.markdown(":gray[涉密件不存附件。]" if case.grade.classified else ":gray[没有附件。]")
        for row in lists.rows(files):
            st.link_button(
                f"{plain(row.name)}　{size(row.size)}",
                f"/files/{quote(row.id)}",
                icon=":material/download:",
                type="tertiary",
            )
        whole = parent or case
        if lays_out(whole.process):
            st.page_link(
                "draft.py", label="看文稿和版面", icon=":material/preview:", query_params={"id": whole.id}
            )
        if reason := policy.why_not_print(me, case):
            st.caption(plain(reason))
            return
        if has_official(whole):
            printed(session.OFFICIAL, official_title(whole.process), whole)
        minutes.page(case)
        minutes.of_series(case)
        for which, (title, _) in papers_of(case.process).items():
            if which != "slip" or any(row.action == "issue_slip" for row in history):
                printed(which, title)


def printed(which: str, title: str, of: Case = case) -> None:
    """A paper as it stands now, to print or to fill in further."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":small[:material/print: {plain(title)}]", width="content")
        for kind in (*session.DRAWN, *(("zip",) if which == CONTENTS else ())):
            address = f"/papers/{quote(of.id)}/{which}.{kind}"
            st.link_button(kind.upper(), address, type="tertiary", key=f"{which}.{kind}")


def trace() -> None:
    """Everything that happened, folded by day, newest first."""
    room = case.process.asides
    kinds = {
        "全部": lambda row: True,
        "本件": lambda row: row.case_id == case.id,
        "催办": lambda row: row.action == "urge",
    }
    if any(row.action in room for row in history):
        # A meeting's record is long, and stands in the room.
        kinds = {"办理": lambda row: row.action not in room, "现场": lambda row: row.action in room, **kinds}
    with st.container(border=True):
        row = st.container(horizontal=True, vertical_alignment="center")
        row.subheader("全程留痕", anchor=False)
        which = row.segmented_control(
            "筛选",
            list(kinds),
            default=next(iter(kinds)),
            required=True,
            key="trace",
            label_visibility="collapsed",
        )
        shown = list(filter(kinds[which], history))
        if not shown:
            st.markdown(":gray[没有这类记录。]")
        days = [row.at.date() for row in shown]
        for n, day in enumerate(dict.fromkeys(days)):
            with st.expander(f"{day:%m-%d} {weekday(day)}　{days.count(day)} 条", expanded=n < 2):
                st.markdown("\n".join(_line(r) for r, d in zip(shown, days, strict=True) if d == day))


def _line(row) -> str:
    """One event: when, who, what, on whose part; what was filled in; the deadline it set."""
    what = f"**{plain(row.action_title)}**"
    if row.stage_title != row.action_title and row.action not in standing.ACTIONS:
        what += f" → {plain(row.stage_title)}"
    whose = f" :gray[{plain(_whose(row))}]" if row.case_id != case.id else ""
    due = (
        f" :small[:gray[限 {words.deadline(row.due_at, calendar)}]]"
        if row.case_id == case.id and words.sets_due(row)
        else ""
    )
    said = _said(row)
    return f"- `{row.at:%H:%M}` {plain(row.by_name)} {what}{whose}{due}" + (
        f"  \n  :gray[{plain(said)}]" if said else ""
    )


def _said(row) -> str:
    told = words.said(row, case, standard, people, calendar)
    return "；".join(f"{title} {text}" for title, text in told)


def _whose(row) -> str:
    child = next((c for c in children if c.id == row.case_id), None)
    name = _who(child) if child else ""
    return name if name and name != row.by_name else ""


head()
forms.show_outcome()
rail()


def related() -> None:
    """What it answers, and what answers it: each a door (N20)."""
    known = reader.linked(case.id)
    naming = [
        (place, field)
        for place in PLACES
        if place.opens and not policy.why_not_open(me, begun := standard.newest_of(place.opens))
        for field in begun.fields.values()
        if field.begins and case.process.key in field.options
    ]
    if known.empty and (not naming or case.voided):
        return
    with st.container(border=True):
        st.markdown("**相关事项**")
        for row in known.itertuples():
            st.page_link(
                lists.CASE_PAGE, label=f"{plain(row.number)} {plain(row.title)}", query_params={"id": row.id}
            )
        if not (case.voided or case.grade.classified):
            for place, field in naming:
                st.page_link(
                    f"{place.address}.py",
                    label=field.begins,
                    icon=":material/reply:",
                    query_params={field.key: case.id},
                )


proposed = reader.proposed(case.id)
companions.show(case, children, people)
left, right = st.columns([2, 1])
with left:
    now_card()
    left_over()
    more()
with right:
    briefing_text.show(case)
    facts()
    related()
    papers()
trace()
