"""Grading information on the pages: the suggestion with its reasons, the badge, and the office's own rules."""

from dataclasses import replace
from typing import Any

import streamlit as st

from core.case import Case
from core.fields import Field
from core.grading import (
    CELL_ROWS,
    CELLS,
    IMPORTANCE,
    RULE_ROWS,
    SUGGESTED,
    URGENCY,
    Rules,
    Suggestion,
    bears_grade,
    pack,
    suggest,
    text_of,
)
from core.people import Person
from core.policy import why_not_keep_grading
from core.process import Action
from pages.ui import forms, session
from pages.ui.words import plain

COLOURS = {"红": "red", "黄": "orange", "蓝": "blue"}
"""Of the badge; the word stands on it, and its flag tells it from document urgency and from slips (C7)."""


def badge(row: Any, data: Any) -> None:
    """What an item is graded, among the badges of its head."""
    if (urgency := data.get(URGENCY.key)) and (importance := data.get(IMPORTANCE.key)):
        row.badge(f"信息 {urgency}·{importance}", icon=":material/flag:", color=COLOURS[urgency])


def proposed(case: Case, rules: Rules) -> Suggestion | None:
    """What the rules say of a case that is being graded, None of any other."""
    if not bears_grade(case.process.fields) or case.data.get(URGENCY.key):
        return None
    return suggest(text_of(case.data), rules) if any(map(_grades, case.stage.actions)) else None


def given(case: Case, action: Action, rules: Rules) -> dict[str, Any]:
    """With what the form for another grade begins: the labels that are suggested."""
    said = proposed(case, rules) if _grades(action) else None
    return {URGENCY.key: said.urgency, IMPORTANCE.key: said.importance} if said else {}


def _grades(action: Action) -> bool:
    return bool(action.finds and SUGGESTED.key in {field.key for field in action.finds.fields})


def show(said: Suggestion) -> None:
    """A suggestion with the reasons for it."""
    why = "；".join(said.reasons) or "没有命中规则，按一般动态"
    colour = COLOURS[said.urgency]
    st.markdown(f":material/flag: 建议 :{colour}[**{said.urgency}·{said.importance}**]　:gray[{plain(why)}]")


# --- the office's own rules -------------------------------------------------------------------------------

_OF_A_CELL = tuple(column for column in CELL_ROWS.columns if column.key not in (URGENCY.key, IMPORTANCE.key))


def part(me: Person, reader: Any) -> None:
    """The rules and the nine cells, to read; to change for whoever may."""
    rules = reader.grading()
    if reason := why_not_keep_grading(me):
        st.caption(f":material/lock: {plain(reason)}")
        _read(rules, reader)
        return
    fields = (RULE_ROWS, *(_cell_field(cell, column) for cell in CELLS for column in _OF_A_CELL))
    form = forms.begin("grading", fields, reader.directory(), _as_given(rules))
    st.caption("标题、摘要、关键词里出现规则的词，就建议至少这样定级；几条都命中的取最重的。定级由人决定。")
    forms.part(form, [[RULE_ROWS.key]])
    st.markdown("**定级以后告知谁、多久之内**")
    for urgency in dict.fromkeys(urgency for urgency, _ in CELLS):
        for place, cell in zip(st.columns(3), (c for c in CELLS if c[0] == urgency), strict=True):
            with place.container(border=True):
                st.markdown(f":{COLOURS[urgency]}[**{urgency}**] · **{cell[1]}**")
                forms.part(form, [[_key(cell, column.key)] for column in _OF_A_CELL])
    forms.strays(form)
    forms.submit(form, "保存规则", _keep, says="定级规则已保存，从现在起按新规则")


def _key(cell: tuple[str, str], column: str) -> str:
    return f"{''.join(cell)}.{column}"


def _cell_field(cell: tuple[str, str], column: Field) -> Field:
    """A part of a cell as a field of the form."""
    return replace(column, key=_key(cell, column.key))


def _as_given(rules: Rules) -> dict[str, Any]:
    packed = pack(rules)
    cells = {(row[URGENCY.key], row[IMPORTANCE.key]): row for row in packed[CELL_ROWS.key]}
    told = {_key(cell, c.key): row[c.key] for cell, row in cells.items() for c in _OF_A_CELL}
    return {RULE_ROWS.key: packed[RULE_ROWS.key], **told}


def _keep(filled: dict[str, Any]) -> Rules:
    cells = [
        {URGENCY.key: urgency, IMPORTANCE.key: importance}
        | {column.key: filled[_key((urgency, importance), column.key)] for column in _OF_A_CELL}
        for urgency, importance in CELLS
    ]
    values = {RULE_ROWS.key: filled[RULE_ROWS.key], CELL_ROWS.key: cells}
    return session.reporting().set_grading(values, by=session.person())


def _read(rules: Rules, reader: Any) -> None:
    """The rules for those who only look."""
    for rule in rules.rules:
        st.markdown(plain(f"{rule.urgency}·{rule.importance}　{'、'.join(rule.words)}（{rule.because}）"))
    name = reader.directory().name
    for (urgency, importance), told in ((cell, rules.matrix[cell]) for cell in CELLS):
        whom = "、".join([*(role.label for role in told.roles), *map(name, told.people)]) or "不另告知"
        st.markdown(plain(f"{urgency}·{importance}：{whom}，{told.within}内"))
