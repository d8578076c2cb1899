"""A briefing to be read beside its case: its text with every figure marked as it was checked, and the page it will be."""

import streamlit as st

from core.case import Case
from core.figure_check import BODY, CHECKLIST, RIGHT
from core.figures import figures
from core.papers import Laid, papers_of
from core.processes.briefing import ADVICE
from pages.ui import session
from pages.ui.session import printing
from pages.ui.words import plain

MOST_PAGES = 6
_HIGH = 560
_LONG = 500  # characters


def show(case: Case) -> None:
    """The text and its page; nothing of other kinds of case, or of what is not kept here."""
    body = case.data.get(BODY)
    if BODY not in case.process.fields or not body or case.grade.classified:
        return
    with st.container(border=True):
        st.markdown("**正文**")
        checked = _verdicts(case) if CHECKLIST.key in case.data else {}
        with st.container(
            height=_HIGH if len(body) > _LONG else "content", border=False, key="briefing.text"
        ):
            for line in filter(str.strip, body.splitlines()):
                st.markdown(_marked(line, checked))
            for n, row in enumerate(case.data.get(ADVICE.key) or (), 1):
                st.markdown(f":gray[建议 {n}]　{_marked(row['text'], checked)}")
        _page(case)


def _verdicts(case: Case) -> dict[str, list[str | None]]:
    """What came of each figure so far, in the order of the text; what is being ticked now goes before what was."""
    form = st.session_state.get(f"{case.id}.pass_figures.{CHECKLIST.key}")
    found: dict[str, list[str | None]] = {}
    skip = len(figures(case.title))
    for row in (form or case.data[CHECKLIST.key])[skip:]:
        found.setdefault(row["figure"], []).append(row.get("verdict"))
    return found


def _marked(line: str, checked: dict[str, list[str | None]]) -> str:
    """A line with its figures marked: right ones green, wrong ones red, others orange."""
    told, at = "", 0
    for one in figures(line):
        verdicts = checked.get(one.text)
        verdict = verdicts.pop(0) if verdicts else None
        colour = "orange" if not verdict else "green" if verdict == RIGHT else "red"
        told += f"{plain(line[at : one.start])}:{colour}-background[{plain(one.text)}]"
        at = one.end
    return told + plain(line[at:])


def _page(case: Case) -> None:
    """How it looks on paper, drawn only while it is open."""
    place = st.expander("看简报版面", icon=":material/preview:", key="briefing.page", on_change="rerun")
    if not place.open:
        return
    made = papers_of(case.process)["briefing"][1](session.reader().dossier(case.id))
    with place:
        drawn = printing.preview(made.official) if isinstance(made, Laid) else ()
        st.caption(f"共 {len(drawn)} 页")
        for one in drawn[:MOST_PAGES]:
            st.image(one, width="stretch")
