"""收文: drop a document, check what was read, one key; below it the day's list.

What the program notices – the same file, the same number, a title near the same, the deadlines
that will follow – stands beside the form before anything is saved.
"""

from typing import Any

import streamlit as st

from core.brought import READ
from core.case import Case
from core.clippings import opening_of
from core.deadlines import moment_of
from core.errors import OfficeError
from core.intake import Reading, Scanned, read
from core.people import Grade
from core.policy import why_not_open
from core.processes.incoming_document import DIFFERS
from core.words import deadline
from pages.ui import clippings, days_list, forms, lists, session
from pages.ui.kept import Intake
from pages.ui.session import outside
from pages.ui.words import moment, plain, today_line

KEY = "incoming_document"

me = session.desk()
lists.follow()
reader = session.reader()
calendar, people = reader.calendar(), reader.directory()
now = session.now()
process = reader.standard().in_force(KEY, now.astimezone(calendar.zone).date())
register = process.first.actions[0]

ROWS = (
    ("doc_number", "sender_org"),
    ("title",),
    ("dated_on", "received_at", "doc_kind"),
    ("urgency", "secrecy_level", "copy_count", "medium"),
    ("number_check", "copies_check", "secrecy_check"),
)
"""The form as it is drawn."""

FIELDS = tuple(field for field in (*process.opens_with, *register.asks) if field.key != "files")
"""What signing in and registering ask together; the files come by the drop above the form."""


def intake() -> Intake:
    return st.session_state.setdefault("intake", Intake())


def the_form() -> forms.Form:
    """The fields of signing in and of registering, as one form."""
    return forms.begin(KEY, FIELDS, people, {"received_at": now})


def dropped() -> None:
    """A file was dropped: read it, keep it unless it is classified, fill the form. A callback."""
    file = st.session_state[_drop_key()]
    if file is None:
        st.session_state["intake"] = Intake()
        return
    content = file.getvalue()
    got = Intake(name=file.name)
    try:
        got.text = session.office().text_of(file.name, content, by=session.person())
        reading = read(got.text)
    except Scanned as scanned:
        got.trouble, reading = str(scanned), None
    except OfficeError as refusal:
        st.session_state["intake"] = Intake(name=file.name, trouble=str(refusal))
        return
    except Exception as fault:  # noqa: BLE001 -- a bug in reading must not cost the registration
        st.session_state["intake"] = Intake(name=file.name, trouble=forms.faults.report(fault))
        return
    _take(got, reading)
    _keep(got, content, reading)


def pasted() -> None:
    """Text was pasted instead of a file. A callback."""
    text = st.session_state["intake.paste"] or ""
    if text.strip():
        _take(Intake(name="粘贴的文字", text=text), read(text))


def taken_over(clipping_id: str) -> None:
    """A document that came by itself goes into the form, with its files and all that was read. A callback."""

    def command() -> None:
        one = session.reader().clipping(clipping_id).clipping
        form = forms.Form(KEY, FIELDS, people)
        form.settle()
        filled = {
            key: value for key, value in opening_of(one, process, session.now()).items() if key != "files"
        }
        if one.is_stub:
            filled["title"] = ""
        form.put({key: forms.local(value) for key, value in filled.items()})
        st.session_state[f"{KEY}.problems"] = {}
        st.session_state["intake"] = Intake(
            name=one.title,
            text=one.text,
            files=list(one.files),
            found=tuple(key for key in READ if key in one.reading),
            trouble=one.note,
            clipping=one.id,
        )
        forms.save_draft(form)

    forms.run(command)


def _keep(got: Intake, content: bytes, reading: Reading | None) -> None:
    if reading and reading.secrecy_level:
        return
    try:
        got.files = [session.office().keep(got.name, content, by=session.person())]
    except OfficeError as refusal:
        got.trouble = str(refusal)


def _take(got: Intake, reading: Reading | None) -> None:
    """Fill the form with what was read; what was not read is left as it stands."""
    form = forms.Form(KEY, FIELDS, people)
    form.settle()
    values = _values(reading) if reading else {}
    if reading and reading.secrecy_level:
        got.trouble = (
            f"读到密级“{reading.secrecy_level}”：涉密件只登记、不存件，原文和标题没有保存，请填不含秘密的标题"
        )
        got.text = ""
        values.pop("title", None)
    got.found = tuple(values)
    form.put(values)
    st.session_state[f"{KEY}.problems"] = {}
    st.session_state["intake"] = got
    forms.save_draft(form)


def _values(reading: Reading) -> dict[str, Any]:
    """A reading in the words of the form; what the form does not offer is left to the person."""
    options = {f.key: f.choices for f in process.opens_with}
    found = {key: getattr(reading, key) for key in READ if getattr(reading, key)}
    return {key: value for key, value in found.items() if not options[key] or value in options[key]}


def clear(form: forms.Form) -> None:
    """Begin anew: the drop, the fields and the draft are gone. A callback."""

    def command() -> None:
        office, by = session.office(), session.person()
        office.discard([ref["digest"] for ref in intake().files], by=by)
        office.save_draft(KEY, None, by=by)
        form.forget()
        _begin_anew()

    forms.run(command)


def _begin_anew() -> None:
    st.session_state["intake"] = Intake()
    st.session_state["intake.round"] = st.session_state.get("intake.round", 0) + 1
    st.session_state["intake.paste"] = ""
    st.session_state["intake.reserved"] = None
    session.forget_form_id(KEY)


def save(filled: dict[str, Any], *, and_register: bool) -> Case:
    """Sign in, and register in the same moment if asked: one transaction."""
    got = intake()
    asks = {f.key for f in register.asks}
    opening = {k: v for k, v in filled.items() if k not in asks}
    classified = opening.get("secrecy_level") not in (None, Grade.OPEN.label)
    opening["files"] = [] if classified else got.files
    if classified and got.files:
        session.office().discard([ref["digest"] for ref in got.files], by=session.person())
        got.files = []
    then = (register.key, {k: v for k, v in filled.items() if k in asks}) if and_register else None
    reserved = st.session_state.get("intake.reserved") or ""
    told = {"by": session.person(), "form": session.form_id(KEY), "then": then, "reserved": reserved}
    if got.clipping:
        case = outside.collecting().register(got.clipping, opening, **told)
    else:
        case = session.office().open(KEY, opening, **told)
    _begin_anew()
    st.session_state["intake.last"] = case.id
    return case


def _drop_key() -> str:
    return f"intake.drop.{st.session_state.get('intake.round', 0)}"


def quick_intake() -> None:
    got = intake()
    with st.container(border=True):
        st.subheader("快速登记", anchor=False)
        st.file_uploader(
            "把来文拖到这里（DOCX、PDF、文本）",
            key=_drop_key(),
            on_change=dropped,
            label_visibility="collapsed",
        )
        with st.expander("没有文件？粘贴文字", icon=":material/content_paste:"):
            st.text_area("粘贴来文文字", key="intake.paste", on_change=pasted, label_visibility="collapsed",
                         placeholder="粘贴后点一下别处，程序自动读取")  # fmt: skip
        form = the_form()
        # Both places are kept: a field that moved would lose what is being typed in it.
        trouble, found = st.empty(), st.empty()
        if got.trouble:
            trouble.warning(plain(got.trouble), icon=":material/info:")
        if got.found:
            unread = [f.title for f in process.opens_with if f.key in READ[:4] and f.key not in got.found]
            rest = f"，请补填：{'、'.join(unread)}" if unread else "，请核对"
            found.markdown(f":green[:material/check_circle:] 已读出 {len(got.found)} 项{plain(rest)}")
        differs = DIFFERS in form.state().values()
        forms.draw(form, (*ROWS, ("check_note",)) if differs else ROWS)
        reserved_number()
        with st.container(horizontal=True):
            key = None if lists.is_phone() else "Ctrl+Enter"
            forms.submit(form, "登记", lambda v: save(v, and_register=True), shortcut=key)
            forms.submit(
                form, "只签收，稍后登记", lambda v: save(v, and_register=False), primary=False, name="sign_in"
            )
            st.button("清空", key="intake.clear", type="tertiary", on_click=clear, args=(form,))


def reserved_number() -> None:
    """The choice of a number that was set aside, where there are some (N7)."""
    if numbers := reader.waiting_numbers(KEY):
        st.selectbox(
            "用预留号",
            numbers,
            index=None,
            key="intake.reserved",
            placeholder="不用，按顺序取下一号",
            help="预留号在“登记簿 · 编号簿”里设；不选就取下一个号",
            width=280,
        )


def before_saving() -> None:
    """A look before saving: what is alike, and what will be due."""
    got = intake()
    form = forms.Form(KEY, FIELDS, people)
    filled = form.values()
    with st.container(border=True):
        st.subheader("登记前看一眼", anchor=False)
        alike = reader.duplicates(
            number=filled.get("doc_number"),
            sender=filled.get("sender_org"),
            title=filled.get("title"),
            digests=[ref["digest"] for ref in got.files],
        )
        for row in alike.itertuples():
            with st.container(border=True, key=f"alike-card-{row.id}", gap="xsmall"):
                st.markdown(
                    f":orange[:material/content_copy: {plain(row.why)}]　:small[{moment(row.opened_at)} 登记]"
                )
                st.page_link(
                    lists.CASE_PAGE,
                    label=f"{plain(row.number)} {plain(row.title)}",
                    query_params={"id": row.id},
                )
        if alike.empty and filled.get("title"):
            st.markdown(":green[:material/check_circle:] 没有发现重复的来文。")
        deadlines(filled)
        if got.text:
            with st.expander("读到的原文", icon=":material/notes:"):
                st.text(got.text[:3000])


def deadlines(filled: dict[str, Any]) -> None:
    """The deadlines that will follow once it is registered: of the next two steps, and of the whole."""
    if not filled.get("received_at"):
        return
    known = {**filled, "received_at": filled["received_at"]}
    whole = moment_of(process.due, known, now, calendar)
    rows, entered = [], now
    for stage in process.stages[1:3]:
        due = moment_of(stage.due, known, entered, calendar)
        rows.append((stage.title, due))
        entered = due or entered
    lines = [f"{plain(title)}　**{deadline(due, calendar)}**" for title, due in rows]
    lines.append(f"全程　**{deadline(whole, calendar)}**")
    st.info("随后的时限  \n" + "  \n".join(lines), icon=":material/schedule:")


TABS = {"在办": (), "待拟办": ("intake_check", "proposal"), "待批示": ("instruction",), "传阅中": ("distribution", "circulation"),
        "督办中": ("feedback",), "待答复归档": ("answer", "archiving"), "全部": ()}  # fmt: skip
"""The day's list by where documents stand."""


st.title("收文", anchor=False)
st.caption(today_line(now, calendar))
forms.show_outcome()
door = st.empty()
if last := st.session_state.pop("intake.last", None):
    door.page_link(
        lists.CASE_PAGE, label="打开刚登记的一件", icon=":material/arrow_forward:", query_params={"id": last}
    )
if not why_not_open(me, process):
    left, right = st.columns([5, 3])
    with left:
        clippings.documents(reader, taken_over, intake().clipping)
        quick_intake()
    with right:
        before_saving()
days_list.show(
    KEY,
    TABS,
    "文号、标题、来文单位、登记号",
    "这里是收文清单。把第一份来文拖到上面的框里，核对后登记即可。",
)
