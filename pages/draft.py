"""文稿: one draft of an official document – written on the left, the page it will be on the right; below, its versions."""

from datetime import timedelta
from functools import partial
from typing import Any

import streamlit as st

from core.case import OPENED, Case, act, why_not
from core.errors import NotAllowed, NotFound, OfficeError, Refused
from core.fields import Kind, graded
from core.intake import read
from core.layout.check import Finding, check
from core.layout.mend import mend
from core.layout.official import Form, Official
from core.official_kinds import KINDS, form_of, several
from core.outgoing_draft import BODY, lays_out, official_of, writes
from core.papers import official
from core.pasting import draft_in
from core.people import Grade
from core.process import Action
from core.subject_terms import suggested
from core.versions import Change, difference, is_changed, summary
from core.words import value
from pages.ui import editor, forms, lists, session
from pages.ui.kept import Draft, Version
from pages.ui.session import printing
from pages.ui.words import moment, plain

AT_WORK = timedelta(minutes=10)
"""How long somebody who typed counts as still writing (N17)."""

LOOK_AGAIN = 15
"""Seconds after which an open draft notices who else is writing, and a newer version."""

SECTIONS: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = (
    ("", (("doc_kind", "direction"), ("layout_form", "urgency"), ("title",), ("main_recipients", "issuers"),
          ("secrecy_level", "secrecy_term", "copy_serial"))),
    ("正文", ((BODY,),)),
    ("附件和署名", (("attachment_note",), ("attachments",), ("signatory", "drafter"), ("signer_post",),
                    ("joint_signers",), ("copies_to", "annotation"))),
    ("索引和要求", (("answers",), ("subject_terms", "effective_on"))),
)  # fmt: skip
"""The form as it is drawn, part by part."""

CLASSIFIED = ("secrecy_term", "copy_serial")
"""What is asked of a classified document only."""

ORDER, JOINT = ("signer_post",), ("joint_signers",)
"""What is asked of an order, and of a joint document."""

me = session.desk()
office, reader = session.office(), session.reader()

try:
    case = reader.case(st.query_params.get("id", ""))
    if not lays_out(case.process):
        raise NotFound("这一件没有文稿")
except NotFound as nothing:
    st.info(f"{plain(nothing)}。", icon=":material/search_off:")
    st.page_link("outgoing.py", label="发文", icon=":material/outbox:")
    st.stop()

people, calendar, profile = reader.directory(), reader.calendar(), reader.profile()
children = reader.children(case.id)


def form_of_draft(action: Action) -> Draft:
    """The form with what this person has typed, else with the newest version."""
    asks = case.asks(action)
    form = Draft(f"{case.id}.{action.key}", asks, people, case.changed)
    kept = reader.draft(form.key)
    if not kept and st.session_state.get(form.seen_at, case.changed) < case.changed:
        form.forget()
    st.session_state.setdefault(form.seen_at, kept.get("seen", case.changed))
    form.begin(kept, {f.key: case.data.get(f.key) for f in asks})
    return form


# --- writing ---------------------------------------------------------------------------------------


@st.fragment
def desk_of_the_draft(action: Action, leads: Action | None) -> None:
    """The form and, beside it, the page: redrawn together and alone, so that nobody's typing waits for more."""
    if moved():
        st.rerun()
    form = form_of_draft(action)
    kind_chosen(form)
    left, right = (st.container(), st.container()) if lists.is_phone() else st.columns([6, 5], gap="medium")
    with left:
        the_form(form)
    with right, st.container(key="page_beside"):
        said = {**case.data, **form.values()}
        if leads:
            missing(leads, form)
        if lists.is_phone():
            with st.expander("版面预览", icon=":material/preview:"):
                preview_of(said)
        else:
            preview_of(said)


def kind_chosen(form: Draft) -> None:
    """The kind that was just chosen brings its direction and its form along."""
    at = f"{form.key}.kind"
    kind = st.session_state.get(form.at("doc_kind"))
    before = st.session_state.get(at, kind)
    st.session_state[at] = kind
    if kind and kind != before and kind in KINDS:
        offered = next(f.choices for f in form.fields if f.key == "layout_form")
        usual = form_of(kind) if form_of(kind) in offered else Form.GENERAL
        form.put({"direction": KINDS[kind].ways[0].value, "layout_form": usual.value})


def the_form(form: Draft) -> None:
    """The fields, part by part."""
    known = {field.key for field in form.fields} - not_asked(form)
    left = known - {key for _, rows in SECTIONS for row in rows for key in row}
    for title, rows in (*SECTIONS, ("", tuple((key,) for key in sorted(left)))):
        kept = [tuple(k for k in row if k in known) for row in rows]
        if not any(kept):
            continue
        with st.container(border=True):
            if title:
                st.markdown(f"**{title}**")
            if (BODY,) in kept:
                the_body(form)
            elif fields := [row for row in kept if row]:
                forms.part(form, fields)
            if "subject_terms" in {key for row in kept for key in row}:
                terms(form)
    forms.strays(form)


def not_asked(form: Draft) -> set[str]:
    """The fields that have no meaning for this document as it stands."""
    state = form.state()
    unasked: set[str] = set()
    if state.get("secrecy_level") in (None, Grade.OPEN.label):
        unasked |= {*CLASSIFIED}
    elif not form.kept("attachments"):
        unasked |= {"attachments"}  # of what is classified no file is kept either (C23)
    if state.get("layout_form") != Form.ORDER:
        unasked |= {*ORDER}
    if len(several(state.get("issuers"))) < 2:
        unasked |= {*JOINT}
    return unasked


def the_body(form: Draft) -> None:
    editor.draw(
        form.at(BODY), "正文", store=f"{me.id}.{form.key}", on_change=partial(forms.changed, form, BODY)
    )
    if graded(form.fields, form.state()).classified:
        st.caption("涉密公文只登记、不存内容：正文在涉密设备上写，这里写的不会存下来。")
    if problem := form.problems().get(BODY):
        st.markdown(f":red[:material/error: {plain(problem)}]")


def terms(form: Draft) -> None:
    """Words to find it by, offered from its title and text; one click takes one over."""
    state = form.state()
    has = several(state.get("subject_terms"))
    offered = [t for t in suggested(state.get("title") or "", state.get(BODY) or "") if t not in has]
    if not offered:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(":small[:gray[可用的主题词]]", width="content")
        for term in offered:
            st.button(term, key=f"{form.key}.term.{term}", type="tertiary", icon=":material/add:",
                      on_click=add_term, args=(form, term))  # fmt: skip


def add_term(form: Draft, term: str) -> None:
    """Take a word over. A callback."""
    has = several(st.session_state.get(form.at("subject_terms")))
    form.put({"subject_terms": "、".join(dict.fromkeys((*has, term)))})
    forms.changed(form, "subject_terms")


def missing(leads: Action, form: Draft) -> None:
    """What would be refused if it were handed in now: the very checks of the command."""
    told = refused(leads, form)
    if not told:
        st.markdown(f":green[:material/check_circle: 齐了，可以“{plain(leads.title)}”]")
        return
    with st.expander(f"“{plain(leads.title)}”前还有 {len(told)} 项要补", icon=":material/checklist:"):
        st.markdown("\n".join(f"- {plain(one)}" for one in told))


def refused(action: Action, form: Draft) -> list[str]:
    """Why the action would be refused with what stands in the form."""
    try:
        act(case, action.key, form.values(), me, session.now(), calendar, children=children)
    except Refused as refusal:
        return list(refusal.problems.values())
    except NotAllowed as refusal:
        return [str(refusal)]
    return []


def preview_of(said: dict[str, Any]) -> None:
    """The pages as they will be printed, as far as the draft is written."""
    if not all(said.get(key) for key in ("doc_kind", "direction", "layout_form", "title", "urgency")):
        st.caption("选好文种、写好标题，这里就有版面。")
        return
    preview(official_of(said, profile, people))


def preview(made: Official) -> None:
    """The pages as pictures."""
    drawn = printing.preview(made)
    st.caption(f"版面预览 · 共 {len(drawn)} 页")
    for page in drawn[:MOST_PAGES]:
        st.image(page, width="stretch")
    if len(drawn) > MOST_PAGES:
        st.caption(f"其余 {len(drawn) - MOST_PAGES} 页请下载 PDF 查看。")


MOST_PAGES = 12
"""Pages that are shown; a longer document is downloaded."""


def moved() -> bool:
    """Whether the case is no longer as the page shows it: a part of the page must not be drawn on old ground."""
    try:
        return session.reader().case(case.id).changed != case.changed
    except NotFound:
        return True


# --- two at one draft (N17) ------------------------------------------------------------------------


@st.fragment(run_every=LOOK_AGAIN)
def others(action: str) -> None:
    """Who else is writing; and a version that came meanwhile draws the page anew."""
    if moved():
        st.rerun()
    busy = session.reader().writing(case.id, action, session.now() - AT_WORK)
    if busy:
        told = "、".join(f"{name}（{at:%H:%M}）" for name, at in busy)
        st.warning(
            plain(f"{told} 也在改这份文稿，还没有存。先商量由谁来改；两人都存时，程序会把两稿的差异列出来。"),
            icon=":material/group:",
        )


def came_between(form: Draft) -> None:
    """Somebody stored another version while this person was writing: both are shown, the person chooses."""
    newest = versions[-1]
    st.warning(
        plain(
            f"{newest.by}在 {moment(newest.at)} 存了一版，您的文字是在上一版上改的，两稿都在。请看过差异再选。"
        ),
        icon=":material/call_merge:",
    )
    mine = {f.key: form.values()[f.key] for f in form.fields}
    with st.expander("对方那一版与您的文字有什么不同", expanded=True):
        show_difference({f.key: newest.data.get(f.key) for f in form.fields}, packed(form, mine), "came")
    with st.container(horizontal=True):
        st.button("以我的为准，继续改", key="merge.mine", type="primary", on_click=keep_mine, args=(form,))
        st.button("改用对方那一版", key="merge.theirs", on_click=take_theirs, args=(form,))


def keep_mine(form: Draft) -> None:
    """Go on from one's own text: what the other stored stays a version. A callback."""
    st.session_state[form.seen_at] = case.changed
    forms.changed(form, BODY)


def take_theirs(form: Draft) -> None:
    """Drop one's own text for the newest version. A callback."""

    def command() -> None:
        session.office().save_draft(form.key, None, by=session.person())
        form.forget()

    forms.run(command)


# --- versions --------------------------------------------------------------------------------------


def all_versions() -> list[Version]:
    """Every version, the oldest first, read off what happened."""
    keys = {f.key for a in case.process.actions if writes(a) for f in a.asks}
    writing = {OPENED, *(a.key for a in case.process.actions if writes(a))}
    found: list[Version] = []
    data: dict[str, Any] = {}
    rows = [r for r in lists.rows(reader.history(case.id)) if r.case_id == case.id and r.action in writing]
    for row in reversed(rows):
        after = {**data, **{k: v for k, v in row.data.items() if k in keys}}
        if not found or any(blank(after.get(k)) != blank(data.get(k)) for k in keys):
            found.append(Version(len(found) + 1, row.by_name, row.at, row.action_title, after))
        data = after
    return found


def blank(stored: Any) -> Any:
    """A stored value, nothing alike however it is nothing."""
    return stored or None


def packed(form: Draft, said: dict[str, Any]) -> dict[str, Any]:
    """Values as an event stores them, as far as they can be."""
    taken = {f.key: (f, *f.take(said.get(f.key))) for f in form.fields}
    return {key: None if problem else f.pack(found) for key, (f, found, problem) in taken.items()}


def what_changed(old: dict[str, Any], new: dict[str, Any]) -> str:
    """What changed between two versions, in one line."""
    fields = case.process.fields
    told = [
        fields[k].title for k in new if k != BODY and k in fields and blank(old.get(k)) != blank(new.get(k))
    ]
    body = summary(old.get(BODY) or "", new.get(BODY) or "")
    return "；".join(filter(None, (f"正文{body}" if body else "", "、".join(told))))


def the_versions() -> None:
    """Every version in a line; any two of them beside one another."""
    with st.container(border=True):
        st.subheader("历次文稿", anchor=False)
        lines = []
        for before, one in zip([None, *versions], versions, strict=False):
            told = what_changed(before.data, one.data) if before else one.what
            lines.append(f"- {plain(one.title)}　:gray[{plain(told)}]")
        st.markdown("\n".join(reversed(lines)))
        if len(versions) > 1:
            compare()


def compare() -> None:
    """Two versions to choose, and their difference."""
    names = {one.title: one for one in reversed(versions)}
    with st.container(horizontal=True):
        old = st.selectbox("从", list(names), index=1, key=f"{case.id}.from.{len(versions)}", width=320)
        new = st.selectbox("到", list(names), index=0, key=f"{case.id}.to.{len(versions)}", width=320)
    if not (old and new):
        return
    with st.expander("看差异", icon=":material/difference:"):
        show_difference(names[old].data, names[new].data, "chosen")
    if form:
        st.button(f"把“{old}”放进稿纸", key="back", type="tertiary", icon=":material/history:",
                  on_click=back_to, args=(form, names[old]),
                  help="现在稿纸上的文字会换成那一稿；不点“存一版”，谁的稿子都不变")  # fmt: skip


def back_to(form: Draft, version: Version) -> None:
    """Put an older version into the form: it becomes a new version once it is saved. A callback."""
    known = {f.key: f for f in form.fields if f.kind is not Kind.FILES}
    form.put({k: forms.local(f.unpack(version.data.get(k))) for k, f in known.items()})
    forms.save_draft(form)


def show_difference(old: dict[str, Any], new: dict[str, Any], name: str) -> None:
    """What was taken out is struck through, what was added is underlined; unchanged paragraphs are left out."""
    with st.container(key=f"difference_{name}"):
        for key in (k for k in new if k != BODY and blank(old.get(k)) != blank(new.get(k))):
            if field := case.process.fields.get(key):
                said = (
                    value(field, data.get(key), people, calendar) if data.get(key) else ""
                    for data in (old, new)
                )
                st.markdown(f":gray[{plain(field.title)}]　" + marked(*said))  # fmt: skip
        body = [p for p in difference(old.get(BODY) or "", new.get(BODY) or "") if is_changed(p)]
        for paragraph in body:
            st.markdown("".join(map(_piece, ((p.change, p.text) for p in paragraph))))
        if not body:
            st.markdown(":gray[正文相同。]")


def marked(old: str, new: str) -> str:
    return _piece((Change.GONE, old)) + _piece((Change.NEW, new))


def _piece(piece: tuple[Change, str]) -> str:
    change, text = piece
    shown = plain(text.replace("\n", " "))
    if not text or change is Change.SAME:
        return shown
    return f":red[~~{shown.strip()}~~]" if change is Change.GONE else f":green-background[{shown}]"


# --- a draft written elsewhere ---------------------------------------------------------------------


def word_file(form: Draft) -> None:
    """A Word file fills the form, and is checked against the standard; one click mends what can be mended."""
    with st.expander("已有 Word 稿？拖到这里", icon=":material/upload_file:"):
        st.file_uploader(
            "Word 稿（DOCX）", key=f"{form.key}.word.{_round()}", on_change=dropped, args=(form,),
            label_visibility="collapsed",
        )  # fmt: skip
        if found := st.session_state.get(f"{case.id}.word"):
            findings(*found)


def _round() -> int:
    return int(st.session_state.get(f"{case.id}.word.round", 0))


def dropped(form: Draft) -> None:
    """A Word file was dropped. A callback."""
    file = st.session_state[f"{form.key}.word.{_round()}"]
    st.session_state.pop(f"{case.id}.word", None)
    if file is None:
        return
    form.settle()
    content = file.getvalue()
    try:
        text = session.office().text_of(file.name, content, by=session.person())
        if level := read(text).secrecy_level:
            raise NotAllowed(f"文件标有密级“{level}”：涉密公文不在这里起草，请按保密规定办理")
        found = draft_in(content)
        st.session_state[f"{case.id}.word"] = (file.name, content, check(content))
    except OfficeError as refusal:
        forms.tell(str(refusal), good=False)
        return
    except Exception as fault:  # noqa: BLE001 -- a bug in reading must not cost the draft
        forms.tell(forms.faults.report(fault), good=False)
        return
    options = {f.key: f.choices for f in form.fields}
    read_ = {k: v for k, v in vars(found).items() if v and k in options and v in (options[k] or (v,))}
    form.put(read_)
    forms.save_draft(form)
    forms.tell(f"已从“{file.name}”读出 {len(read_)} 项，请核对")


def findings(name: str, content: bytes, found: tuple[Finding, ...]) -> None:
    """What the standard finds in the file: rule, place, what is wrong."""
    wrong = [one for one in found if not one.ok]
    if not wrong:
        st.markdown(f":green[:material/check_circle: 版式查了 {len(found)} 项，没有问题。]")
        return
    st.markdown(
        f"版式查了 {len(found)} 项，:orange[{len(wrong)} 项不符]（这个文件本身；存进系统的稿子按标准排版）"
    )
    alike: dict[str, list[Finding]] = {}
    for one in wrong:
        alike.setdefault(one.rule, []).append(one)
    with st.container(height=280, border=False):
        st.markdown("\n".join(f"- {found_line(ones)}" for ones in alike.values()))
    if any(one.mend for one in wrong):
        st.download_button(
            "一键修正并下载", partial(mend, content), f"修正-{name}", session.MEDIA_TYPES["docx"],
            key=f"{case.id}.mend", icon=":material/build:", on_click="ignore",
        )  # fmt: skip


def found_line(ones: list[Finding]) -> str:
    """What is wrong with one rule: where first, what, how to mend it."""
    first, more = ones[0], f"等 {len(ones)} 处" if len(ones) > 1 else ""
    told = f"{first.says}。{first.advice}" if first.advice else first.says
    return f"**{plain(first.title)}**　{plain(told)}　:gray[{plain(first.where + more)}]"


# --- handing in ------------------------------------------------------------------------------------


def hand_in(action: Action, form: Draft, filled: dict[str, Any]) -> Case:
    """Run an action with what stands in the form, on the version it was begun on."""
    seen = st.session_state.get(form.seen_at, case.changed)
    if seen == case.changed:
        seen = case.seq  # what was noted or urged besides stands in nobody's way
    done = office.act(case.id, action.key, filled, by=session.person(), seen=seen)
    session.office().save_draft(form.key, None, by=session.person())
    return done


def actions(keeps: Action, leads: Action | None, form: Draft) -> None:
    """The buttons: they stay in sight at the foot of the page."""
    with st.container(horizontal=True, key="draft_actions", vertical_alignment="center"):
        if leads:
            forms.submit(form, leads.title, partial(hand_in, leads, form), name="leads",
                         says=f"{case.number} 已办理：{leads.title}")  # fmt: skip
        forms.submit(
            form, keeps.title, partial(hand_in, keeps, form), primary=not leads, says="已存为新的一稿"
        )
        downloads()


def downloads() -> None:
    """The document as it was stored last."""
    for kind in session.DRAWN:
        address = f"/papers/{case.id}/{session.OFFICIAL}.{kind}"
        st.link_button(f"下载 {kind.upper()}", address, type="tertiary", icon=":material/download:",
                       help="按最近存的一稿排版")  # fmt: skip


def head() -> None:
    st.page_link(
        lists.CASE_PAGE, label=f"返回 {plain(case.number)}", icon=":material/arrow_back:",
        query_params={"id": case.id},
    )  # fmt: skip
    st.header(plain(case.title), anchor=False)
    st.caption(plain(f"{case.process.title} · 现在：{case.stage.title} · 第 {len(versions)} 稿"))


versions = all_versions()
allowed = [
    a
    for a in case.stage.actions
    if writes(a) and case.is_open and not why_not(case, a, me, session.now(), children=children)
]
keeps = next((a for a in allowed if a.to is None), None)
leads = next((a for a in allowed if a.to), None)
form = form_of_draft(keeps) if keeps else None

head()
forms.show_outcome()
if keeps and form:
    others(keeps.key)
    if st.session_state[form.seen_at] < case.changed:
        came_between(form)
    word_file(form)
    desk_of_the_draft(keeps, leads)
    actions(keeps, leads, form)
else:
    st.caption("现在这一步不改文稿。")
    with st.container(horizontal=True):
        downloads()
    shown, _ = st.columns([3, 2]) if not lists.is_phone() else (st.container(), None)
    with shown:
        preview(official(reader.dossier(case.id)))
the_versions()
