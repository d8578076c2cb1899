"""Draws declared fields as widgets, and runs a command with what was filled in.

A page only reads while it is drawn. Commands run in the button's callback, bound to the case as it
was when the person saw it; that is what makes the office's `seen` honest. Every change of a field
is saved as a draft, so a reload, a dropped phone or a restart loses nothing.
"""

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from time import monotonic
from typing import Any

import streamlit as st

from core.errors import OfficeError, Refused
from core.fields import Field, FileRef, Kind, graded, nothing, says_nothing
from core.ports import Directory
from pages.ui import checklists, faults, session, widgets
from pages.ui.words import plain

Values = dict[str, Any]
Command = Callable[[Values], Any]

ARRIVED = 1.0
"""Seconds after which what was drawn has reached the browser."""


@dataclass(frozen=True)
class Form:
    """A form on a page: its fields under `key`, which is also the name of its draft."""

    key: str
    fields: tuple[Field, ...]
    people: Directory

    def at(self, field_key: str) -> str:
        """The key of a field's widget."""
        return f"{self.key}.{field_key}"

    def state(self) -> Values:
        """What stands in the widgets now."""
        return {field.key: st.session_state.get(self.at(field.key)) for field in self.fields}

    def values(self) -> Values:
        """What stands in the form now, files as they are kept."""
        kept = {f.key: list(self.kept(f.key)) for f in self.fields if f.kind is Kind.FILES}
        state = self.state()
        return {f.key: kept.get(f.key, as_given(f, state[f.key])) for f in self.fields}

    def kept(self, field_key: str) -> list[FileRef]:
        """The files of a field that are kept already."""
        found: list[FileRef] = st.session_state.get(f"{self.at(field_key)}.kept", [])
        return found

    def problems(self) -> dict[str, str]:
        """What the last attempt was refused for, by field."""
        found: dict[str, str] = st.session_state.get(f"{self.key}.problems", {})
        return found

    def begin(self, draft: Mapping[str, Any], given: Mapping[str, Any]) -> None:
        """Put into each empty widget what was typed before, else what is given, else the default."""
        fresh: Values = {}
        for field in self.fields:
            if field.kind is Kind.FILES:
                st.session_state.setdefault(f"{self.at(field.key)}.kept", list(draft.get(field.key) or []))
            elif self.at(field.key) not in st.session_state or self._is_overtaken(field, given):
                fresh[field.key] = _start(field, draft, given)
        if monotonic() > st.session_state.get(f"{self.key}.drawn", inf) + ARRIVED:
            self._waiting().clear()
        if fresh:
            self.put(fresh)
        for key, value in self._waiting().items():
            st.session_state[self.at(key)] = value

    def _is_overtaken(self, field: Field, given: Mapping[str, Any]) -> bool:
        """Whether the program has put another list in since this one was begun."""
        rows = st.session_state[self.at(field.key)]
        return field.listed and not checklists.same(field, rows, given.get(field.key))

    def put(self, values: Mapping[str, Any]) -> None:
        """Write values into the widgets, as if they had been typed. Only before they are drawn."""
        for key, value in values.items():
            st.session_state[self.at(key)] = value
        kinds = {field.key: field for field in self.fields}
        self._waiting().update({k: v for k, v in values.items() if not _is_blank(kinds[k], v)})
        st.session_state.pop(f"{self.key}.drawn", None)

    def drawn(self) -> None:
        """All widgets have been drawn: what waits is on its way to the browser."""
        if self._waiting():
            st.session_state[f"{self.key}.drawn"] = monotonic()

    def settle(self) -> None:
        """Undo what the browser answered for fields it had not got yet. A callback begins with it.

        Whoever types while the page is being drawn stops the drawing; the browser then answers for the
        fields below with blanks of its own, as if the person had cleared them.
        """
        kinds = {field.key: field for field in self.fields}
        for key, value in list(self._waiting().items()):
            answered = st.session_state.get(self.at(key))
            if _is_blank(kinds[key], answered):
                st.session_state[self.at(key)] = value
            elif answered != value:
                del self._waiting()[key]

    def _waiting(self) -> Values:
        """Values by field that may not have arrived in the browser."""
        found: Values = st.session_state.setdefault(f"{self.key}.waiting", {})
        return found

    def forget(self) -> None:
        """Empty the form after it was handed in."""
        for field in self.fields:
            for key in (self.at(field.key), f"{self.at(field.key)}.kept"):
                st.session_state.pop(key, None)
        st.session_state[f"{self.key}.round"] = st.session_state.get(f"{self.key}.round", 0) + 1
        st.session_state.pop(f"{self.key}.problems", None)
        st.session_state.pop(f"{self.key}.waiting", None)
        st.session_state.pop(f"{self.key}.drawn", None)

    def draft(self) -> Values:
        """What stands in the form, as it can be stored: of a classified document not what it says (C23)."""
        values = self.values()
        secret = graded(self.fields, values).classified
        return {
            f.key: _packed(f, None if secret and f.carries_content else values[f.key]) for f in self.fields
        }


def ask(
    title: str,
    fields: Iterable[Field],
    command: Command,
    *,
    key: str,
    people: Directory,
    given: Mapping[str, Any] | None = None,
    why_not: str | None = None,
    primary: bool = True,
    shortcut: str | None = None,
    says: str = "",
) -> None:
    """A form that runs `command` with its values. `why_not` greys the button and says why."""
    form = begin(key, fields, people, given or {})
    if why_not:
        st.caption(f":material/lock: {plain(why_not)}")
    else:
        draw(form)
    submit(form, title, command, why_not=why_not, primary=primary, shortcut=shortcut, says=says)


def popover(title: str, key: str, **shown: Any) -> Any:
    """The place of a form that folds away by itself once the form of this key is handed in."""
    return st.popover(title, key=f"{key}.fold.{st.session_state.get(f'{key}.round', 0)}", **shown)


def begin(key: str, fields: Iterable[Field], people: Directory, given: Mapping[str, Any]) -> Form:
    """The form with what was typed before in it."""
    form = Form(key, tuple(fields), people)
    fresh = any(form.at(f.key) not in st.session_state for f in form.fields if f.kind is not Kind.FILES)
    draft = session.reader().draft(key) if fresh and form.fields else {}
    form.begin(draft, given)
    return form


def draw(form: Form, rows: Sequence[Sequence[str]] | None = None) -> None:
    """The widgets, row by row; each refusal under the field it is about, and what is about none at the end."""
    part(form, rows or _rows(form.fields))
    strays(form)


def part(form: Form, rows: Sequence[Sequence[str]]) -> None:
    """Some rows of a form that is drawn in parts; `strays` follows the last of them."""
    fields = {field.key: field for field in form.fields}
    for row in rows:
        columns = st.columns([widgets.room(fields[key]) for key in row]) if len(row) > 1 else [st.container()]
        for column, key in zip(columns, row, strict=True):
            with column:
                _widget(form, fields[key])
    form.drawn()


def strays(form: Form) -> None:
    """What was refused about no field of the form."""
    keys = {field.key for field in form.fields}
    for key, problem in form.problems().items():
        if key not in keys:
            st.error(plain(problem), icon=":material/error:")


def submit(
    form: Form,
    title: str,
    command: Command,
    *,
    why_not: str | None = None,
    primary: bool = True,
    shortcut: str | None = None,
    says: str = "",
    name: str = "go",
) -> None:
    """The button that hands the form in."""
    st.button(
        title,
        key=f"{form.key}.{name}",
        type="primary" if primary else "secondary",
        disabled=bool(why_not),
        shortcut=shortcut,
        on_click=hand_in,
        args=(form, command, says),
    )


def hand_in(form: Form, command: Command, says: str = "") -> None:
    """Run the command with the form's values: a callback."""
    form.settle()
    try:
        outcome = command(form.values())
    except Refused as refusal:
        st.session_state[f"{form.key}.problems"] = refusal.problems
        save_draft(form)
        return
    except OfficeError as refusal:
        tell(str(refusal), good=False)
        save_draft(form)
        return
    except Exception as fault:  # noqa: BLE001 -- a bug: logged under an id that the page shows
        tell(faults.report(fault), good=False)
        return
    form.forget()
    forget_draft(form)
    tell(says or (getattr(outcome, "number", "") and f"{outcome.number} 已办理"))


def run(command: Callable[[], str | None]) -> None:
    """Run a command that has no form, in a callback; what it returns is said on the page."""
    try:
        said = command()
    except OfficeError as refusal:
        tell(str(refusal), good=False)
    except Exception as fault:  # noqa: BLE001 -- as above
        tell(faults.report(fault), good=False)
    else:
        if said:
            tell(said)


def tell(text: str, *, good: bool = True) -> None:
    """Leave a sentence for the page that is drawn next."""
    st.session_state["outcome"] = (text, good)


def show_outcome(seconds: float = 0.0) -> None:
    """Says how the last command went, once, where the page begins; for so long where it draws itself anew.

    Its place is kept when it is gone: a field that moved would lose what is being typed in it.
    """
    place = st.empty()
    text, good = st.session_state.pop("outcome", ("", True))
    if text or not seconds:
        st.session_state["outcome.last"] = (text, good, monotonic())
    else:
        text, good, at = st.session_state.get("outcome.last", ("", True, 0.0))
        text = text if monotonic() < at + seconds else ""
    if text and good:
        place.success(plain(text), icon=":material/check_circle:")
    elif text:
        place.error(plain(text), icon=":material/error:")


def _still_tell() -> None:
    """What the page says, it goes on saying while somebody types: nothing may move under their hands."""
    text, good, _ = st.session_state.get("outcome.last", ("", True, 0.0))
    if text:
        st.session_state.setdefault("outcome", (text, good))


def save_draft(form: Form) -> None:
    """Keep what is typed. A draft that cannot be kept must not stop the typing, but is said."""
    try:
        session.office().save_draft(form.key, form.draft(), by=session.person())
    except OfficeError as refusal:
        tell(f"草稿没有存上：{refusal}", good=False)


def forget_draft(form: Form) -> None:
    """What was handed in is no draft any more. Most commands have forgotten it in their own transaction."""
    with contextlib.suppress(OfficeError):
        if session.reader().draft(form.key):
            session.office().save_draft(form.key, None, by=session.person())


def changed(form: Form, field_key: str) -> None:
    """A field was changed: its refusal is gone, and what is typed is kept. A callback."""
    form.settle()
    _still_tell()
    st.session_state[f"{form.key}.problems"] = {k: v for k, v in form.problems().items() if k != field_key}
    save_draft(form)


def _keep_files(form: Form, field: Field, widget: str) -> None:
    """Keep the files that were dropped into a field; one that cannot be kept is named under it."""
    form.settle()
    kept: list[FileRef] = []
    problem = ""
    for dropped in st.session_state[widget] or []:
        try:
            kept.append(session.office().keep(dropped.name, dropped.getvalue(), by=session.person()))
        except OfficeError as refusal:
            problem = f"{dropped.name}：{refusal}"
    st.session_state[f"{form.at(field.key)}.kept"] = kept
    st.session_state[f"{form.key}.problems"] = {
        **form.problems(),
        **({field.key: problem} if problem else {}),
    }
    save_draft(form)


def _start(field: Field, draft: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
    if field.listed:
        return checklists.current(field, draft.get(field.key), given.get(field.key))
    if draft.get(field.key) is not None:
        return local(field.unpack(draft[field.key]))
    value = given.get(field.key, field.default)
    return nothing(field.kind) if value is None else local(value)


def _is_blank(field: Field, value: Any) -> bool:
    """Whether it is what a widget holds by itself."""
    return says_nothing(value) or value is False or (field.kind is Kind.NUMBER and value == field.at_least)


def local(value: Any) -> Any:
    """Moments as the widget takes them: the office's wall clock, without its zone."""
    zone = getattr(value, "tzinfo", None)
    return value.astimezone(session.zone()).replace(tzinfo=None) if zone else value


def _packed(field: Field, value: Any) -> Any:
    if field.kind is Kind.ROWS:  # half-filled rows are kept as far as they go
        return [{c.key: _packed(c, row.get(c.key)) for c in field.columns} for row in value or []]
    value, problem = field.take(value)
    return None if problem else field.pack(value)


def as_given(field: Field, value: Any) -> Any:
    """A widget's value as a command takes it: moments get the office's zone back."""
    return value.replace(tzinfo=session.zone()) if field.kind is Kind.MOMENT and value else value


def _rows(fields: Sequence[Field]) -> list[list[str]]:
    """Short fields two in a row, long ones alone."""
    rows: list[list[str]] = []
    open_row: list[str] | None = None
    for field in fields:
        if field.kind in (Kind.TEXT, Kind.FILES, Kind.PEOPLE, Kind.GUESTS, Kind.CASES, Kind.ROWS):
            rows.append([field.key])
            open_row = None
        elif open_row is None:
            open_row = [field.key]
            rows.append(open_row)
        else:
            open_row.append(field.key)
            open_row = None
    return rows


def _widget(form: Form, field: Field) -> None:
    shown = {
        "label": field.title + (" *" if field.required else ""),
        "key": form.at(field.key),
        "help": field.help or None,
    }
    if field.kind is Kind.FILES:
        _files(form, field, **shown)
    else:
        widgets.draw(field, form.people, **shown, on_change=changed, args=(form, field.key))
    if problem := form.problems().get(field.key):
        st.markdown(f":red[:material/error: {plain(problem)}]")


def _files(form: Form, field: Field, **shown: Any) -> None:
    widget = f"{shown['key']}.drop.{st.session_state.get(f'{form.key}.round', 0)}"
    dropped = st.file_uploader(
        shown["label"],
        key=widget,
        help=shown["help"],
        accept_multiple_files=True,
        on_change=_keep_files,
        args=(form, field, widget),
    )
    if (kept := form.kept(field.key)) and not dropped:
        st.caption(":material/attach_file: 已存好：" + plain("、".join(ref["name"] for ref in kept)))


def limited(field: Field, options: Sequence[str]) -> Field:
    """The field as a choice among these words, where a page knows better than the definition."""
    return replace(field, kind=Kind.CHOICE, options=tuple(options))
