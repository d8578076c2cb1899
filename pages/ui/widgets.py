"""One widget for each kind of field, in Chinese wherever Streamlit has words of its own."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from core.fields import Field, Kind
from core.ports import Directory
from pages.ui import checklists, lists, session

SEGMENTS = 3
"""Up to so many options lie open side by side; more are a list to drop down."""

THUMB = 132
"""Dots a short cell is wide on a phone, so that two stand side by side."""


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
    """A table to fill in. What stands in it is kept under the field's own key, row by row.

    The grid itself answers with changes to what it was drawn from, so that must stay the same while
    somebody types: it is drawn anew only when the program puts other rows in.
    """
    if field.listed:
        return checklists.draw(field, **shown)
    key, on_change, args = shown["key"], shown.pop("on_change"), shown.pop("args")
    rows = st.session_state.get(key) or []
    if lists.is_phone():
        _rows_by_thumb(field, people, rows, partial(on_change, *args), **shown)
        return
    drawn = f"{key}.drawn"
    known = st.session_state.get(drawn)
    if known is None or known["now"] != rows:
        n = 0 if known is None else known["n"] + 1
        known = st.session_state[drawn] = {"from": rows, "now": rows, "n": n}
    grid = f"{key}.grid.{known['n']}"

    def changed() -> None:
        known["now"] = st.session_state[key] = _after(known["from"], st.session_state[grid])
        on_change(*args)

    st.markdown(shown["label"], help=shown["help"])
    st.data_editor(
        _grid(field, known["from"]),
        key=grid,
        hide_index=True,
        num_rows="dynamic",
        on_change=changed,
        column_config={column.key: _column(column, people) for column in field.columns},
        placeholder="",
    )


def _rows_by_thumb(
    field: Field, people: Directory, rows: list[dict[str, Any]], on_change: Callable[[], None], **shown: Any
) -> None:
    """The same as cards, for a grid cannot be typed into with the thumb: one row a card, its cells as other fields.

    What stands in the cells is kept under the field's own key as well; other rows are other widgets.
    """
    key = shown["key"]
    known = st.session_state.get(f"{key}.drawn")
    if known is None or known["now"] != rows:
        known = {"now": rows, "n": known["n"] + 1 if known else 0}
        st.session_state[f"{key}.drawn"] = known

    def put(changed: list[dict[str, Any]]) -> None:
        st.session_state[key] = changed
        on_change()

    def typed(n: int, column: str, at: str) -> None:
        row = {**known["now"][n], column: st.session_state[at]}
        known["now"] = [row if place == n else other for place, other in enumerate(known["now"])]
        put(known["now"])

    st.markdown(shown["label"], help=shown["help"])
    for n, row in enumerate(known["now"]):
        with st.container(border=True, gap="xsmall"):
            first, beside = st.container(), st.container(horizontal=True, gap="small")
            for place, column in enumerate(field.columns):
                at = f"{key}.cell.{known['n']}.{n}.{column.key}"
                st.session_state.setdefault(at, _cell(column, row.get(column.key)))
                with beside if place else first:
                    _thumbed(column, people, at, partial(typed, n, column.key, at), short=place > 0)
            others = [other for place, other in enumerate(known["now"]) if place != n]
            st.button(
                "删去", key=f"{key}.drop.{known['n']}.{n}", type="tertiary", on_click=put, args=(others,)
            )
    more = [*known["now"], {}]
    st.button("加一行", key=f"{key}.add.{known['n']}", icon=":material/add:", on_click=put, args=(more,))


def _thumbed(
    column: Field, people: Directory, at: str, on_change: Callable[[], None], *, short: bool
) -> None:
    """One cell of a card; short ones two abreast."""
    label = column.title + (" *" if column.required else "")
    narrow = {"width": THUMB} if short and column.kind in (Kind.LINE, Kind.NUMBER) else {}
    draw(
        column, people, label=label, key=at, help=column.help or None, on_change=on_change, args=(), **narrow
    )


def _cell(column: Field, value: Any) -> Any:
    """What stands in a widget for a cell that says nothing yet."""
    empty = {Kind.LINE: "", Kind.TEXT: "", Kind.YES_NO: False, Kind.CHOICES: [], Kind.PEOPLE: []}
    said = column.default if value is None else value
    return empty.get(column.kind) if said is None else said


def _after(rows: list[dict[str, Any]], changes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows with the changes of a grid in them."""
    edited = changes["edited_rows"]
    gone = set(changes["deleted_rows"])
    left = [{**row, **edited.get(n, {})} for n, row in enumerate(rows) if n not in gone]
    return left + [row for row in changes["added_rows"] if row]


_TYPES = {Kind.NUMBER: "Int64", Kind.DATE: "datetime64[s]"}
"""What a column of a grid holds; of the other kinds, text."""


def _grid(field: Field, rows: list[dict[str, Any]]) -> pd.DataFrame:
    cells = {c.key: pd.Series([row.get(c.key) for row in rows], dtype="object") for c in field.columns}
    return pd.DataFrame({c.key: cells[c.key].astype(_TYPES.get(c.kind, "string")) for c in field.columns})


def _column(field: Field, people: Directory) -> Any:
    """The column of a grid for a field."""
    shown = {
        "label": field.title + (" *" if field.required else ""),
        "help": field.help or None,
        "default": field.default,
    }
    match field.kind:
        case Kind.DEPARTMENT:
            return st.column_config.SelectboxColumn(
                **shown, options=list(people.departments), format_func=people.departments.get
            )
        case Kind.PERSON:
            return st.column_config.SelectboxColumn(
                **shown, options=list(people.people), format_func=people.name
            )
        case Kind.CHOICE:
            return st.column_config.SelectboxColumn(**shown, options=list(field.choices))
        case Kind.NUMBER:
            return st.column_config.NumberColumn(**shown, min_value=field.at_least, step=1, format="%d")
        case Kind.DATE:
            return st.column_config.DateColumn(**shown, format="YYYY-MM-DD")
        case _:
            return st.column_config.TextColumn(**shown)


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
