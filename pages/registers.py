"""登记簿: every process of the standard, its register by year and number, the form that opens a case, and
the number book.

What is shown stands in the address: a link can be sent, and a reload keeps it. Nothing here knows a
process: a definition added to the standard is in the list, with its form, its columns and its deadlines.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import pyarrow as pa
import streamlit as st

from core import registers
from core.number_book import NO_GAP, RESERVE, VOID, series_of
from core.papers import MOST_COLUMNS, columns_of, usual_columns, width, words_of
from core.policy import sees_everything, why_not_keep_numbers, why_not_keep_views, why_not_open
from core.process import NUMBER_TITLES, Process
from core.registers import PER_PAGE, STATES, Choices, Wanted
from pages.ui import coordination_book, forms, lists, session
from pages.ui.words import full_moment, plain

me = session.desk()
lists.follow()
reader = session.reader()
calendar, people = reader.calendar(), reader.directory()
today = session.now().astimezone(calendar.zone).date()
standard = reader.standard()
phone = lists.is_phone()

QUICK = {"incoming_document": "incoming.py"}
"""Processes with a page of their own for entering them fast."""

BOOK, COORDINATION, WHICH = "numbers", "coordination", "book"
"""The values and the name of the part of the address that says which register, or the number book, or the ledger of
coordination.
"""

PAGE = "registers"
"""Under what the saved views of this page are kept."""


# --- the address --------------------------------------------------------------------------------------


def processes() -> dict[str, Process]:
    """What is in force today, by its key."""
    keys = [process.key for process in standard.newest() if process.in_force_from <= today]
    return {key: standard.in_force(key, today) for key in keys}


def address() -> dict[str, list[str]]:
    """What the address says beside which register it is."""
    return {key: st.query_params.get_all(key) for key in st.query_params if key != WHICH}


def show(which: str, wanted: Wanted | None = None) -> None:
    """Go to a register as it is wanted: the address is all there is to change. A callback."""
    st.query_params.from_dict({WHICH: which, **(registers.written(wanted) if wanted else {})})


def changed(which: str, known: Choices, attribute: str, key: str, meant: Callable[[Any], Any]) -> None:
    """A filter was changed: the address says so, from its first page on. A callback.

    It begins with the address as it is by now: two filters changed at once both hold.
    """
    wanted, _ = registers.read(address(), known)
    value = meant(st.session_state[key])
    show(which, replace(wanted, **{attribute: value, "page": 1}))


def word_chosen(which: str, known: Choices, field: str, key: str) -> None:
    """One of the register's own choices was changed. A callback, as `changed`."""
    wanted, _ = registers.read(address(), known)
    words = {name: word for name, word in wanted.fields if name != field}
    if st.session_state[key]:
        words[field] = st.session_state[key]
    show(which, replace(wanted, fields=tuple(sorted(words.items())), page=1))


# --- one register -------------------------------------------------------------------------------------


class Filters:
    """The widgets that narrow a register; each shows what the address says and changes it."""

    def __init__(self, process: Process, wanted: Wanted, known: Choices) -> None:
        self.process, self.wanted, self.known = process, wanted, known

    def _told(
        self, attribute: str, shown: Any, meant: Callable[[Any], Any] = lambda value: value or ""
    ) -> dict[str, Any]:
        """What every widget takes; its value is the address's, also after the back button."""
        key = f"registers.{self.process.key}.{attribute}"
        if key not in st.session_state or st.session_state[key] != shown:
            st.session_state[key] = shown
        args = (self.process.key, self.known, attribute, key, meant)
        return {"key": key, "on_change": changed, "args": args}

    def text(self, place: Any) -> None:
        place.text_input(
            "在登记簿里查找",
            placeholder="登记号、标题、文号、来文单位",
            label_visibility="collapsed",
            icon=":material/search:",
            max_chars=registers.LONGEST,
            width="stretch" if phone else 300,
            **self._told("text", self.wanted.text),
        )

    def year(self, place: Any, years: list[int]) -> None:
        offered = sorted({*years, *([self.wanted.year] if self.wanted.year else [])}, reverse=True)
        self._choice(place, "year", "年度", {year: f"{year} 年" for year in offered}, none=None, width=120)

    def state(self, place: Any) -> None:
        self._choice(place, "state", "状态", STATES, width=110)

    def order(self, place: Any) -> None:
        place.selectbox(
            "排序",
            [False, True],
            format_func=lambda oldest: "编号从小到大" if oldest else "编号从大到小",
            label_visibility="visible" if phone else "collapsed",
            width="stretch" if phone else 150,
            **self._told("oldest_first", self.wanted.oldest_first, bool),
        )

    def more(self) -> None:
        """The narrowings that are wanted less often, three in a row."""
        parts: list[Callable[[Any], None]] = [self._steps, self._owner]
        if self.known.departments:
            parts.append(
                lambda at: self._choice(at, "department", "承办部门", self.known.departments, head=True)
            )
        if self.known.has_sender:
            parts.append(self._sender)
        if self.known.urgencies:
            words = {word: word for word in self.known.urgencies}
            parts.append(lambda at: self._choice(at, "urgency", "紧急程度", words, head=True))
        if len(self.known.grades) > 1:
            grades = {grade: grade.label for grade in self.known.grades}
            parts.append(lambda at: self._choice(at, "grade", "密级", grades, none=None, head=True))
        parts.extend(partial(self._word, key) for key in self.known.fields)
        if self.known.day:
            parts.extend(
                (
                    lambda at: self._day(at, "day_first", f"{self.known.day}自"),
                    lambda at: self._day(at, "day_last", f"{self.known.day}至"),
                )
            )
        parts.extend(
            (lambda at: self._day(at, "first", "登记自"), lambda at: self._day(at, "last", "登记至"))
        )
        for begin in range(0, len(parts), 4):
            for place, part in zip(st.columns(4), parts[begin : begin + 4], strict=False):
                part(place)

    def columns(self) -> None:
        """The columns beside the number, in the order in which they are chosen."""
        chosen = list(self.wanted.columns or usual_columns(self.process))
        st.multiselect(
            "显示的列",
            list(self.known.columns),
            format_func=lambda key: self.known.columns[key],
            max_selections=MOST_COLUMNS,
            placeholder="请选择列，按先后显示",
            select_all=False,
            help="按选择的先后排列，导出也按这些列；全部去掉即恢复常用列",
            **self._told("columns", chosen, self._columns_meant),
        )

    def _columns_meant(self, keys: list[str]) -> tuple[str, ...]:
        return () if tuple(keys) == usual_columns(self.process) else tuple(keys)

    def _steps(self, place: Any) -> None:
        place.multiselect(
            "环节",
            list(self.known.stages),
            format_func=lambda key: self.known.stages[key],
            placeholder="不限",
            select_all=False,
            **self._told("stages", list(self.wanted.stages), tuple),
        )

    def _owner(self, place: Any) -> None:
        self._choice(place, "owner", "在谁手里", self.known.owners, head=True)

    def _word(self, field: str, place: Any) -> None:
        """A choice among the columns of the register."""
        title, words = self.known.fields[field]
        key = f"registers.{self.process.key}.is.{field}"
        shown = dict(self.wanted.fields).get(field)
        if key not in st.session_state or st.session_state[key] != shown:
            st.session_state[key] = shown
        place.selectbox(
            title, list(words), index=None, placeholder="不限", key=key, on_change=word_chosen,
            args=(self.process.key, self.known, field, key),
        )  # fmt: skip

    def _sender(self, place: Any) -> None:
        shown = self._told("sender", self.wanted.sender)
        place.text_input("来文单位", placeholder="不限", max_chars=registers.LONGEST, **shown)

    def _choice(
        self,
        place: Any,
        attribute: str,
        label: str,
        words: Mapping[Any, str],
        *,
        none: Any = "",
        head: bool = False,
        width: int | None = None,
    ) -> None:
        """One of several or none. `head`: with its label above; `width` at a desk in pixels."""
        value = getattr(self.wanted, attribute)
        place.selectbox(
            label,
            list(words),
            index=None,
            format_func=lambda key: words[key],
            placeholder="不限" if head or phone else f"{label}不限",
            label_visibility="visible" if head or phone else "collapsed",
            width=width if width and not phone else "stretch",
            **self._told(
                attribute, None if value == none else value, lambda found: none if found is None else found
            ),
        )

    def _day(self, place: Any, attribute: str, label: str) -> None:
        shown = self._told(attribute, getattr(self.wanted, attribute), lambda day: day)
        place.date_input(
            label,
            value=None,
            min_value=date(1901, 1, 1),
            max_value=date(2999, 12, 31),
            format="YYYY-MM-DD",
            **shown,
        )


def narrowing(process: Process, wanted: Wanted, known: Choices) -> None:
    """Every filter: the usual ones in a row, the others folded away; on a phone all but the search."""
    filters, years = Filters(process, wanted, known), reader.register_years(process.key)
    usual = replace(Wanted(), text=wanted.text, year=wanted.year, state=wanted.state)
    narrow = replace(wanted, page=1, columns=(), oldest_first=False) != usual
    if phone:
        filters.text(st)
        folded = st.expander(
            "筛选、排序与列", icon=":material/tune:", key=f"registers.all.{process.key}", on_change="rerun"
        )
        if folded.open:
            with folded:
                filters.year(st, years)
                filters.state(st)
                filters.order(st)
                filters.more()
                filters.columns()
        return
    row = st.container(horizontal=True, vertical_alignment="center")
    filters.text(row)
    filters.year(row, years)
    filters.state(row)
    filters.order(row)
    more = st.expander(
        "更多条件与显示的列",
        icon=":material/tune:",
        expanded=narrow,
        key=f"registers.more.{process.key}.{narrow}",
        on_change="rerun",
    )
    if more.open:
        with more:
            filters.more()
            filters.columns()


def register(process: Process) -> None:
    """The register as the address wants it: views, filters, a page of cases, the way to the next."""
    known = registers.choices(standard, process, people, me)
    wanted, left_out = registers.read(address(), known)
    the_views(process, wanted)
    if left_out:
        st.warning(
            plain(f"地址里有看不懂的部分，没有采用：{'、'.join(left_out)}"), icon=":material/link_off:"
        )
    narrowing(process, wanted, known)
    found = reader.register_page(process.key, wanted)
    if wanted.page != found.page:
        st.info(f"没有第 {wanted.page:,} 页，这是最后一页。", icon=":material/info:")
        wanted = replace(wanted, page=found.page)
    head(process, wanted, found.total)
    if found.frame.empty:
        nothing = (
            "没有符合条件的登记，放宽条件再看。"
            if wanted.narrows
            else "还没有登记过。登记后每一件都会列在这里。"
        )
        st.markdown(f":gray[{plain(nothing)}]")
    elif phone:
        lists.cards(found.frame, f"registers.{process.key}")
    else:
        table(process, wanted, found.frame)
    turner(process, wanted, found.total)


def head(process: Process, wanted: Wanted, total: int) -> None:
    """How many there are, and the way out as a file: exactly what is shown, all pages of it."""
    first = (wanted.page - 1) * PER_PAGE + 1
    shown = f"第 {first:,}–{min(total, first + PER_PAGE - 1):,} 件，共 {total:,} 件" if total else "共 0 件"
    row = st.container(horizontal=True, vertical_alignment="center", key="registers.head")
    row.markdown(plain(shown), width="content")
    query = urlencode(registers.written(replace(wanted, page=1)), doseq=True)
    lists.exports(row, process.key, query, total, of="您的知悉范围和所选的列")
    if wanted.narrows:
        whole = Wanted(columns=wanted.columns, oldest_first=wanted.oldest_first)
        row.button("清除条件", type="tertiary", icon=":material/filter_alt_off:", on_click=show,
                   args=(process.key, whole))  # fmt: skip


def table(process: Process, wanted: Wanted, frame: pd.DataFrame) -> None:
    """The page as a table in the chosen columns; the number opens its case."""
    titles, rows = columns_of(process), [*lists.rows(frame)]
    keys = wanted.columns or usual_columns(process)
    shown = {key: [words_of(process, key, row, people, calendar) for row in rows] for key in keys}
    key = f"registers.list.{process.key}"
    st.dataframe(
        pa.table({"number": list(frame["number"]), **shown}),
        key=key,
        hide_index=True,
        height=min(38 + 36 * len(rows), 640),
        row_height=36,
        placeholder="",
        column_config={
            "number": lists.numbers(
                frame["number"], frame["id"], key, title=NUMBER_TITLES["number"], pinned=True
            ),
            **{k: st.column_config.TextColumn(titles[k], width=_width(titles[k], shown[k])) for k in keys},
        },
    )


def _width(title: str, words: list[str]) -> int:
    """Pixels for a column: what most of its words need, within reason."""
    needed = sorted(map(width, words))[int(len(words) * 0.9)]
    return min(270, 22 + 7 * max(needed, width(title)))


def turner(process: Process, wanted: Wanted, total: int) -> None:
    """Next and previous."""
    pages = max(1, -(-total // PER_PAGE))
    if pages == 1:
        return
    row = st.container(horizontal=True, vertical_alignment="center", key="registers.turner")
    for label, to in (("上一页", wanted.page - 1), ("下一页", wanted.page + 1)):
        there = 1 <= to <= pages
        row.button(label, disabled=not there, on_click=show, args=(process.key, replace(wanted, page=to)))
    row.markdown(f":gray[第 {wanted.page:,} 页，共 {pages:,} 页]", width="content")


# --- saved views --------------------------------------------------------------------------------------


def the_views(process: Process, wanted: Wanted) -> None:
    """The way to enter fast, the views of this register as pills, and where one is saved or removed."""
    saved = [one for one in reader.saved_views(PAGE) if one.query.get(WHICH) == process.key]
    keeps = not why_not_keep_views(me)
    quick = process.key in QUICK and not why_not_open(me, process)
    if not (saved or keeps or quick):
        return
    row = st.container(horizontal=True, vertical_alignment="center", key="registers.views")
    if quick:
        row.page_link(QUICK[process.key], label="快速登记", icon=":material/edit_note:")
    if saved:
        names = {one.id: f"{one.name} · {one.role}" for one in saved}
        key = f"registers.view.{process.key}"
        now = registers.written(replace(wanted, page=1))
        open_now = next((one.id for one in saved if dict(one.query) == {WHICH: process.key, **now}), None)
        if st.session_state.get(key) != open_now:
            st.session_state[key] = open_now
        row.pills("视图", list(names), format_func=names.get, key=key, label_visibility="collapsed",
                  on_change=open_view, args=(process.key, key, {o.id: o.query for o in saved}))  # fmt: skip
    if keeps:
        # Drawn only while it is open: a field that the browser never had would lose what stands in it.
        place = row.popover(
            "视图",
            icon=":material/bookmark_add:",
            type="tertiary",
            key="registers.views.keep",
            on_change="rerun",
        )
        if place.open:
            with place:
                keep_view(process, wanted, saved)


def open_view(which: str, key: str, queries: Mapping[int, Mapping[str, Any]]) -> None:
    """A view was chosen; choosing it again leaves it for the whole register. A callback."""
    chosen = st.session_state[key]
    st.query_params.from_dict(queries.get(chosen, {WHICH: which}))


def keep_view(process: Process, wanted: Wanted, saved: list[Any]) -> None:
    """Save what is shown, or remove a view."""
    query = {WHICH: process.key, **registers.written(replace(wanted, page=1))}
    st.markdown("把现在的条件、排序和列存为视图，供同岗位的人一点即开。")
    asked = session.REPLACE_VIEW.key in st.session_state.get("registers.view.save.problems", {})
    forms.ask(
        "保存视图",
        (*session.VIEW_FORM, *([session.REPLACE_VIEW] if asked else [])),
        lambda filled: session.views().save(PAGE, filled, query, session.now(), by=session.person()),
        key="registers.view.save",
        people=people,
        says="视图已保存",
    )
    if saved:
        names = {one.id: f"{one.name}（{one.role}）" for one in saved}
        gone = st.selectbox("删除视图", list(names), index=None, format_func=names.get, placeholder="请选择视图",
                            key="registers.view.gone")  # fmt: skip
        st.button(
            "删除", key="registers.view.remove", disabled=gone is None, on_click=remove_view, args=(gone,)
        )


def remove_view(view_id: int) -> None:
    """Take a view away. A callback."""
    forms.run(lambda: f"视图“{session.views().remove(view_id, session.now(), by=session.person())}”已删除")


# --- a new case ---------------------------------------------------------------------------------------


def entry(process: Process) -> None:
    """The form that opens a case, for those who may."""
    if process.child or process.key in QUICK or why_not_open(me, process):
        return
    with st.expander(f"新的{process.title}", icon=":material/add:", expanded=False):
        form = session.form_id(process.key)
        forms.ask(
            process.opening,
            process.opens_with,
            lambda filled: opened(process, filled, form),
            key=process.key,
            people=people,
        )


def opened(process: Process, filled: dict, form: str):
    case = session.office().open(process.key, filled, by=session.person(), form=form)
    session.forget_form_id(process.key)
    return case


# --- the number book ----------------------------------------------------------------------------------


def the_book() -> None:
    """Every series of a year: what is given, set aside, void and missing."""
    years = sorted({today.year, *reader.number_years()}, reverse=True)
    year = st.selectbox("年度", years, format_func=lambda y: f"{y} 年", key="registers.book.year", width=140)
    book = reader.numbers(year)
    missing = book[book["gaps"] != NO_GAP]
    if book.empty:
        st.markdown(f":gray[{year} 年还没有编过号。]")
    elif missing.empty:
        st.success(f"{year} 年各编号序列：无缺号", icon=":material/check_circle:")
    else:
        lines = [f"{_pattern(row.series)}：{row.gaps}" for row in missing.itertuples()]
        st.error(plain("有缺号，请查明：" + "；".join(lines)), icon=":material/error:")
    series(book)
    left, right = (st, st) if phone else st.columns([3, 2])
    with left if not phone else st.container():
        aside(year)
    if not why_not_keep_numbers(me):
        with right if not phone else st.container():
            keep_numbers()


def _pattern(series: str) -> str:
    """A series as the office writes it: 收〔2026〕n号."""
    return series.replace("{n}", "n").replace("{n:04}", "nnnn")


def series(book: pd.DataFrame) -> None:
    """A row for each series; on a phone a card."""
    if phone:
        for row in book.itertuples():
            with st.container(border=True, gap="xsmall"):
                st.markdown(f"**{plain(_pattern(row.series))}**　{plain(row.title)}")
                st.markdown(
                    f"末号 {row.last} · 已用 {row.used} · 预留 {row.reserved} · 作废 {row.void} · {row.gaps}"
                )
        return
    titles = {"last": "末号", "used": "已用", "reserved": "预留", "void": "作废"}
    st.dataframe(
        book.assign(series=book["series"].map(_pattern)),
        key="registers.book.list",
        hide_index=True,
        height=38 + 36 * max(len(book), 1),
        row_height=36,
        placeholder="",
        column_config={
            "series": st.column_config.TextColumn("编号序列", width=220),
            "title": st.column_config.TextColumn("用于", width=110),
            **{k: st.column_config.NumberColumn(title, width=80, format="%d") for k, title in titles.items()},
            "gaps": st.column_config.TextColumn("缺号", width=200),
        },
    )


def aside(year: int) -> None:
    """The numbers that were set aside or are void, and why."""
    frame = reader.numbers_aside(year)
    st.subheader("预留与作废", anchor=False)
    if frame.empty:
        st.markdown(":gray[这一年没有预留号，也没有作废号。]")
        return
    at = [full_moment(moment) for moment in frame["at"]]
    if phone:
        for row, when in zip(frame.itertuples(), at, strict=True):
            with st.container(border=True, gap="xsmall"):
                st.markdown(f"**{plain(row.number)}**　{row.state}")
                st.markdown(f":small[{plain(f'{row.reason} · {row.by} {when}')}]")
        return
    st.dataframe(
        frame.assign(at=at),
        key="registers.book.aside",
        hide_index=True,
        height=min(38 + 36 * len(frame), 430),
        row_height=36,
        placeholder="",
        column_order=["number", "state", "reason", "by", "at"],
        column_config={
            "number": st.column_config.TextColumn("号", width=130),
            "state": st.column_config.TextColumn("状态", width=64),
            "reason": st.column_config.TextColumn("事由", width=250),
            "by": st.column_config.TextColumn("谁", width=80),
            "at": st.column_config.TextColumn("时间", width=142),
        },
    )


def keep_numbers() -> None:
    """Set numbers aside, and give some up."""
    known, profile = processes(), reader.profile()
    own = {k: one for k, one in known.items() if not one.child}
    possible = {
        series: (key, f"{_pattern(series)}　{title}")
        for key, one in own.items()
        for series, title in series_of(one, profile, today.year).items()
    }
    with st.container(border=True):
        st.subheader("预留", anchor=False)
        which = st.selectbox(
            "哪个编号序列", list(possible), format_func=lambda s: possible[s][1], key="registers.book.which"
        )
        forms.ask(
            "预留",
            RESERVE,
            lambda filled: reserved(possible[which][0], which, filled),
            key="registers.reserve",
            people=people,
            says="号已预留，登记或编号时在“用预留号”里选",
        )
    waiting = [number for key in own for number in reader.waiting_numbers(key)]
    if waiting:
        with st.container(border=True):
            st.subheader("作废预留号", anchor=False)
            number = st.selectbox("哪个号", waiting, key="registers.book.number")
            forms.ask(
                "作废",
                VOID,
                lambda filled: session.office().void_number(number, filled["reason"], by=session.person()),
                key="registers.void",
                people=people,
                primary=False,
                says=f"{number} 已作废",
            )


def reserved(process: str, series: str, filled: Mapping[str, Any]) -> None:
    session.office().reserve(process, filled["count"], filled["reason"], by=session.person(), series=series)


# --- the page -----------------------------------------------------------------------------------------

st.title("登记簿", anchor=False)
forms.show_outcome()
known = processes()
titles = {key: process.title for key, process in known.items()}
titles[COORDINATION] = coordination_book.TITLE
if sees_everything(me):
    titles[BOOK] = "编号簿"
asked = st.query_params.get(WHICH, next(iter(known)))
which = asked if asked in titles else next(iter(known))
if st.session_state.get("registers.which") != which:
    st.session_state["registers.which"] = which
st.pills(
    "登记簿",
    list(titles),
    format_func=titles.get,
    required=True,
    key="registers.which",
    label_visibility="collapsed",
    on_change=lambda: show(st.session_state["registers.which"]),
)
if which != asked:
    st.warning(plain(f"没有“{asked[:20]}”这本登记簿，这是{titles[which]}。"), icon=":material/link_off:")
if which == BOOK:
    st.caption("每个编号序列的末号、已用、预留、作废和缺号。号在登记的同一刻取，退回即还，不会跳号。")
    the_book()
elif which == COORDINATION:
    coordination_book.show(reader, WHICH, COORDINATION)
else:
    st.caption(plain(f"{known[which].family} · {known[which].purpose}"))
    entry(known[which])
    register(known[which])
