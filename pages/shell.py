"""The frame around every page: who is here, the menu, and nothing else before somebody signs in."""

from pathlib import Path

import streamlit as st

from core.people import Person
from pages.ui import account, entry, finder, session, style, turns
from pages.ui.menu import PLACES, START, Place

LOOK_AGAIN = 30
"""Seconds after which an open page notices that its session has ended or its rights have changed (P17)."""


def main() -> None:
    session.prepare()
    style.page()
    with turns.turn(), session.database().one_moment():
        _draw()


def _draw() -> None:
    """The page, all of it read at one moment; a command given on the way shows in what is drawn after it."""
    person = session.current_person()
    # All pages are known before the gate, so that the address asked for still opens behind it.
    pages = _pages(person)
    if person is None or entry.comes_first():
        st.navigation(list(pages.values()), position="hidden")
        entry.draw()
    else:
        with session.drawing_for(person):
            _office(person, pages)


_PAGES = "shell.pages"


def _pages(person: Person | None) -> dict[Place, st.Page]:
    """Every page; those this person may open stand in the menu. Made once a visit, as long as they are the same."""
    shown = frozenset(place for place in PLACES if not (place.hidden or _why_closed(place, person)))
    for_whom, pages = st.session_state.get(_PAGES, (None, {}))
    if for_whom != shown:
        pages = {place: _page(place, place in shown) for place in PLACES}
        st.session_state[_PAGES] = shown, pages
    return pages


def _page(place: Place, shown: bool) -> st.Page:
    return st.Page(
        f"{place.address}.py",
        title=place.title,
        icon=place.icon,
        url_path=place.address,
        default=place is START,
        visibility="visible" if shown else "hidden",
    )


def _why_closed(place: Place, person: Person | None) -> str | None:
    return place.why_not(person) if place.why_not and person else None


def _office(person: Person, pages: dict[Place, st.Page]) -> None:
    chosen = st.navigation(_menu(pages), expanded=True)
    finder.draw()
    account.draw(person)
    _watch(person)
    place = next(place for place, page in pages.items() if page is chosen)
    if reason := _why_closed(place, person):
        st.error(reason)
    else:
        chosen.run()


def _menu(pages: dict[Place, st.Page]) -> dict[str, list[st.Page]]:
    menu: dict[str, list[st.Page]] = {}
    for place, page in pages.items():
        menu.setdefault(place.section, []).append(page)
    return menu


@st.fragment(run_every=LOOK_AGAIN)
def _watch(person: Person) -> None:
    """Close the page of somebody who has been signed out, stopped or given other roles meanwhile."""
    if session.current_person(touch=False) != person:
        st.rerun()


# A file of our own: the icons of pages, Streamlit would have the browser fetch from outside.
st.set_page_config(layout="wide", page_icon=Path(__file__).with_name("ui") / "icon.svg")
main()
