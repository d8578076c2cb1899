"""手册: the standard of any day as it was in force, the live cases on its map, its versions (R2, R67–R72).

Process, day and view stand in the address, so that a link to them can be sent.
"""

from datetime import date
from functools import partial

import pandas as pd
import streamlit as st

from core.amendment import Amendment
from core.errors import NotFound
from core.handbook import Change, Step, difference, ends, head, spare, steps
from core.process import Process, Stage
from pages.ui import lists, session
from pages.ui.words import plain

session.desk()
if st.session_state.pop("handbook.more", None):
    st.switch_page("overview.py")
reader = session.reader()
standard, people = reader.standard(), reader.directory()
today = session.now().astimezone(reader.calendar().zone).date()

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
AT_ONCE = 8
"""Live cases shown at a step; the rest are behind a link."""


def chosen() -> tuple[str, date, str]:
    """Which process, of which day, and what of it: from the address, then from the widgets."""
    asked = st.query_params
    begin("process", asked.get("process"), list(standard.versions))
    begin("view", asked.get("view"), list(VIEWS))
    st.session_state.setdefault("handbook.day", _day(asked.get("on", "")))
    titles = {key: known[-1].title for key, known in standard.versions.items()}
    shown = {"required": True, "label_visibility": "collapsed"}
    key = st.pills("标准", list(titles), format_func=titles.get, key="handbook.process", **shown)
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        view = st.segmented_control(
            "看什么", list(VIEWS), format_func=VIEWS.get, key="handbook.view", width="content", **shown
        )
        day = st.date_input(
            "哪一天施行的标准",
            key="handbook.day",
            format="YYYY-MM-DD",
            min_value=FIRST_DAY,
            max_value=LAST_DAY,
            width=180,
        )
    address = {"process": key, "on": f"{day}", "view": view}
    if asked.to_dict() != address:
        asked.from_dict(address)
    return key, day, view


def begin(what: str, asked: str | None, known: list[str]) -> None:
    """What the address asks for, if there is such a thing, else the first."""
    st.session_state.setdefault(f"handbook.{what}", asked if asked in known else known[0])


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if FIRST_DAY <= day <= LAST_DAY else today


# --- the chapter --------------------------------------------------------------------------------------


def the_chapter(process: Process) -> None:
    with st.container(border=True):
        first, *rest = head(process)
        st.subheader(plain(process.title), anchor=False)
        st.markdown(plain(first))
        st.markdown("  \n".join(map(labelled, rest)))
    for step in steps(process):
        a_step(step)
    for line in filter(None, (ends(process), spare(process))):
        st.caption(plain(line))


def a_step(step: Step) -> None:
    """One step as a block: the five fields, what can be done, what is looked at in a spot check."""
    with st.container(border=True, key=f"handbook_step_{step.n}"):
        scene = f"　:small[:gray[{plain(step.scene)}]]" if step.scene else ""
        st.markdown(f"**{step.n}\\. {plain(step.title)}**{scene}")
        left, right = st.columns(2, gap="medium")
        with left:
            st.markdown("  \n".join(f":gray[{plain(label)}]　{plain(words)}" for label, words in step.facts))
        with right:
            for act in step.acts:
                st.markdown("  \n".join(an_act(act)))
            if step.opens:
                st.markdown(f":gray[分办]　{plain(step.opens)}")
        if step.spot_checks:
            st.markdown(f":small[:gray[抽查要点]　{plain('　'.join(step.spot_checks))}]")


def an_act(act) -> list[str]:
    lines = [f"**【{plain(act.title)}】** {plain(act.who)}"]
    if act.asks:
        lines.append(f":small[:gray[填写]　{plain('、'.join(act.asks))}]")
    return lines + [f":small[:gray[不能办理时说明]　{plain(says)}]" for says in act.refusals]


def labelled(line: str) -> str:
    """A line `label：words`, its label in grey."""
    label, _, words = line.partition("：")
    return f":gray[{plain(label)}]　{plain(words)}"


# --- the map ------------------------------------------------------------------------------------------


def the_map(process: Process) -> None:
    """Scene by scene its steps, and at each the live cases that this person may see."""
    cases = reader.on_map(process.key, each=AT_ONCE)
    counts = {row.stage: row for row in reader.positions().itertuples() if row.process == process.key}
    st.caption(
        plain(
            f"在办 {sum(row.live for row in counts.values())} 件，逾期 {sum(row.late for row in counts.values())} 件"
        )
    )
    scenes = [(name, under_way) for name, stages in process.scenes if (under_way := _under_way(stages))]
    if other := _elsewhere(process, counts):
        scenes.append(("不在这一版的步骤", other))
    for n in range(0, len(scenes), 4):
        for column, (name, stages) in zip(st.columns(4, gap="small"), scenes[n : n + 4], strict=False):
            with column, st.container(border=True, height="stretch"):
                st.markdown(f"**{plain(name)}**")
                for stage in stages:
                    at_step(process.key, stage, cases[cases["stage"] == stage.key], counts.get(stage.key))


def _under_way(stages: tuple[Stage, ...]) -> list[Stage]:
    return [stage for stage in stages if not stage.is_end]


def _elsewhere(process: Process, counts: dict) -> list[Stage]:
    """Steps of other versions at which cases still are."""
    known = {stage.key for stage in process.stages}
    every = {s.key: s for version in standard.versions[process.key] for s in version.stages}
    return [every[key] for key in counts if key not in known]


def at_step(process: str, stage: Stage, cases: pd.DataFrame, count) -> None:
    live = count.live if count else 0
    late = f"，:red[逾期 {count.late}]" if live and count.late else ""
    st.markdown(f":gray[{plain(stage.title)}]　{live or '—'}{' 件' if live else ''}{late}")
    with st.container(key=f"handbook-card-{stage.key}", gap="xsmall"):
        for row in lists.rows(cases):
            late = ":red[逾期] " if row.late else ""
            label = late + plain(f"{row.number} {row.title[:60]}")
            st.page_link(lists.CASE_PAGE, label=label, query_params={"id": row.id}, width="stretch")
    if live > len(cases):
        st.button(
            f"还有 {live - len(cases)} 件",
            key=f"handbook.more.{stage.key}",
            type="tertiary",
            icon=":material/arrow_forward:",
            on_click=partial(see_all, process, stage.key),
        )


def see_all(process: str, stage: str) -> None:
    """Go to the list of all cases at a step: a callback."""
    st.session_state["overview.where"] = {"process": process, "stage": stage}
    st.session_state["handbook.more"] = True


# --- versions -----------------------------------------------------------------------------------------


def the_versions(process: Process) -> None:
    """Every version with what it changed, and what any two differ in."""
    known = standard.versions[process.key]
    made = reader.amendments(process.key)
    left, right = st.columns([2, 3], gap="medium")
    with left:
        for n in reversed(range(len(known))):
            a_version(known[n], known[n - 1] if n else None, made.get(known[n].version))
    with right, st.container(border=True):
        compare(process.key, known)


def a_version(process: Process, before: Process | None, made: Amendment | None) -> None:
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{plain(process.edition)}**　:small[{plain(standing(process))}]")
        st.markdown(f":gray[施行]　自 {process.in_force_from} 起")
        if made:
            st.markdown(f":gray[修订理由]　{plain(made.reason)}")
            st.markdown(
                f":gray[提出]　{plain(people.name(made.proposed_by))}　:gray[批准]　{plain(people.name(made.approved_by))}"
            )
        if before is None:
            st.markdown(":gray[首版，随程序发布]")
            return
        if not made:
            st.markdown(":gray[随程序更新发布]")
        for change in difference(before, process):
            st.markdown(f":small[{plain(f'{change.step} · {change.what}')}]")


def standing(process: Process) -> str:
    """Whether it is the version in force today, one of the past or one to come."""
    if process.in_force_from > today:
        return "尚未施行"
    return "现行" if process is standard.in_force(process.key, today) else "已被取代"


def compare(key: str, known: tuple[Process, ...]) -> None:
    st.markdown("**两版对照**")
    if len(known) == 1:
        st.markdown(":gray[只有一版，没有可对照的。修订后，每一处改动都会列在这里。]")
        return
    numbers = [p.version for p in known]
    named = {p.version: f"{p.edition}，自 {p.in_force_from} 起" for p in known}
    one, other = st.columns(2)
    shown = {"format_func": named.get}
    old = one.selectbox("原", numbers, index=len(numbers) - 2, key=f"handbook.old.{key}", **shown)
    new = other.selectbox("现", numbers, index=len(numbers) - 1, key=f"handbook.new.{key}", **shown)
    changes = difference(standard.version(key, old), standard.version(key, new))
    if not changes:
        st.markdown(":gray[这两版没有不同。]")
    for step in dict.fromkeys(change.step for change in changes):
        st.markdown(f"**{plain(step)}**")
        for change in changes:
            if change.step == step:
                a_change(change)


def a_change(change: Change) -> None:
    """What it was and what it is, side by side where there is room and one under the other on a phone."""
    with st.container(border=True, gap="xsmall"):
        st.markdown(f":gray[{plain(change.what)}]")
        was, now = st.columns(2, gap="small")
        was.markdown(f":gray[原]　{plain(change.old or '（无）')}")
        now.markdown(f":gray[现]　{plain(change.new or '（无）')}")


VIEWS = {"text": "标准", "map": "在办分布", "versions": "版本与对照"}
DRAW = {"text": the_chapter, "map": the_map, "versions": the_versions}

st.title("手册", anchor=False)
key, day, view = chosen()
try:
    process = standard.in_force(key, day)
except NotFound:
    first = standard.versions[key][0]
    st.info(
        plain(
            f"{day} 还没有施行中的“{first.title}”标准，首版自 {first.in_force_from} 起施行；请选这一天或以后的日期。"
        )
    )
    st.stop()
st.caption(plain(f"{day} 施行的是{process.edition}"))
DRAW[view](process)
