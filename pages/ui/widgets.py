"""One widget for each kind of field, in Chinese wherever Streamlit has words of its own."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import streamlit as st

from core.fields import Field, Kind
from core.ports import Directory
from pages.ui import checklists, rows, session

SEGMENTS = 3
"""Up to so many options lie open side by side; more are a list to drop down."""


def draw(field: Field, people: Directory, **shown: Any) -> None:
    """The widget of a field; `shown` is what every widget takes: label, key, help, on_change, args."""
    _WIDGETS[field.kind](field, people, **shown)


def room(field: Field) -> float:
    """How wide a field wants to stand beside others."""
    if field.kind in (Kind.CHOICE, Kind.GRADE) and len(field.choices) <= SEGMENTS:
        return 1.45
    return {Kind.MOMENT: 1.2, Kind.NUMBER: 0.8}.get(field.kind, 1.0)


def _line(field: Field, people: Directory, **shown: Any) -> None:
    st.text_input(**shown)


def _text(field: Field, people: Directory, **shown: Any) -> None:
    long = (st.session_state.get(shown["key"]) or "").count("\n") >= 3
    st.text_area(**shown, height="content" if long else 96)


def _number(field: Field, people: Directory, **shown: Any) -> None:
    st.number_input(**shown, step=1, min_value=field.at_least)


def _date(field: Field, people: Directory, **shown: Any) -> None:
    st.date_input(**shown, value=None, format="YYYY-MM-DD")


def _moment(field: Field, people: Directory, **shown: Any) -> None:
    st.datetime_input(**shown, value=None, format="YYYY-MM-DD", step=timedelta(minutes=5))


def _choice(field: Field, people: Directory, **shown: Any) -> None:
    if len(field.choices) <= SEGMENTS:
        st.segmented_control(**shown, options=field.choices, required=field.required)
    else:
        st.selectbox(**shown, options=field.choices, index=None, placeholder="请选择")


def _choices(field: Field, people: Directory, **shown: Any) -> None:
    st.multiselect(**shown, options=field.choices, placeholder="请选择，可选几项", select_all=False)


def _person(field: Field, people: Directory, **shown: Any) -> None:
    st.selectbox(
        **shown,
        options=list(people.people),
        index=None,
        placeholder="请选择人员",
        format_func=lambda who: person_label(people, who),
    )


def _people(field: Field, people: Directory, **shown: Any) -> None:
    st.multiselect(
        **shown,
        options=list(people.people),
        placeholder="请选择人员，按先后选",
        format_func=lambda who: person_label(people, who),
        select_all=False,
    )


def _guests(field: Field, people: Directory, **shown: Any) -> None:
    """People with an account first, then the contacts."""
    st.multiselect(
        **shown,
        options=[*people.people, *people.guests],
        placeholder="请选择人员，可输入姓名或单位查找；外单位的先记入通讯录",
        format_func=lambda who: guest_label(people, who),
        select_all=False,
    )


def _guest(field: Field, people: Directory, **shown: Any) -> None:
    st.selectbox(
        **shown,
        options=[*people.people, *people.guests],
        index=None,
        placeholder="请选择人员，可输入姓名或单位查找",
        format_func=lambda who: guest_label(people, who),
    )


def guest_label(people: Directory, who: str) -> str:
    """Somebody with or without an account as chosen from a list."""
    return people.guests[who].label if who in people.guests else person_label(people, who)


def person_label(people: Directory, who: str) -> str:
    """A person as chosen from a list: name and department, and who stands in while they are away."""
    person = people.people.get(who)
    place = people.departments.get(person.department, "") if person else ""
    away = f"外出，{people.name(people.away[who])}代" if who in people.away else ""
    told = "，".join(filter(None, (place, away)))
    return f"{people.name(who)}（{told}）" if told else people.name(who)


def _department(field: Field, people: Directory, **shown: Any) -> None:
    names = people.departments
    st.selectbox(
        **shown,
        options=list(names),
        index=None,
        placeholder="请选择部门",
        format_func=names.get,
    )


def _departments(field: Field, people: Directory, **shown: Any) -> None:
    names = people.departments
    st.multiselect(
        **shown,
        options=list(names),
        placeholder="请选择部门",
        format_func=names.get,
        select_all=False,
    )


def _yes_no(field: Field, people: Directory, **shown: Any) -> None:
    st.toggle(**shown)


def _case(field: Field, people: Directory, **shown: Any) -> None:
    """A choice among the cases the person may see; one that is named already stays to be chosen."""
    known = session.reader().to_name(field.options)
    if (named := st.session_state.get(shown["key"])) and named not in known:
        known[named] = named
    st.selectbox(
        **shown,
        options=list(known),
        index=None,
        placeholder="请选择；可输入文号或标题查找",
        format_func=known.get,
    )


def _cases(field: Field, people: Directory, **shown: Any) -> None:
    """Several of the cases the person may see; those that are named already stay to be chosen."""
    known = session.reader().to_name(field.options)
    known |= {named: named for named in st.session_state.get(shown["key"]) or () if named not in known}
    st.multiselect(
        **shown,
        options=list(known),
        placeholder="可选几件；可输入编号或标题查找",
        format_func=known.get,
        select_all=False,
    )


def _rows(field: Field, people: Directory, **shown: Any) -> None:
    if field.listed:
        checklists.draw(field, **shown)
    else:
        rows.draw(field, people, draw, **shown)


_WIDGETS: dict[Kind, Callable[..., None]] = {
    Kind.LINE: _line,
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.DATE: _date,
    Kind.MOMENT: _moment,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.GRADE: _choice,
    Kind.PERSON: _person,
    Kind.PEOPLE: _people,
    Kind.GUEST: _guest,
    Kind.GUESTS: _guests,
    Kind.DEPARTMENT: _department,
    Kind.DEPARTMENTS: _departments,
    Kind.YES_NO: _yes_no,
    Kind.CASE: _case,
    Kind.CASES: _cases,
    Kind.ROWS: _rows,
}
"""Files have a state of their own and are drawn by the form."""
