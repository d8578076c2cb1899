"""Monitoring points, sources, hosts and tokens: where things may come from, and how the last look went (R57, R91)."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from core.collecting import DOCUMENTS, HOSTS, POINT, SOURCE, TOKEN, Means, Point
from core.fields import Field, Kind
from core.people import Person
from core.policy import why_not_keep_hosts, why_not_keep_sources
from core.sources import Source
from pages.ui import forms, session
from pages.ui.session import outside
from pages.ui.words import moment, plain

NONE = "（不设监测点）"

EXAMPLE = (
    'curl -X POST {address} -H "Authorization: Bearer 令牌" -H "Idempotency-Key: 对方的单号" '
    '-F "title=标题" -F "file=@来文.docx"'
)
"""How another system brings something, ready to be copied."""

TOLD = "sources.token"
"""A token that was just issued, in the state of the session: shown once."""


# --- monitoring points ----------------------------------------------------------------------------------


def points(me: Person, reader: Any) -> None:
    """What is looked for outside, under which name."""
    if reason := why_not_keep_sources(me):
        st.caption(f":material/lock: {plain(reason)}")
        return
    known = reader.monitoring_points()
    st.caption("来源里读到的标题或正文命中关键词，才放到“信息”页等人判断；不填关键词即全部都要。")
    with forms.popover("新设监测点", "point.new", icon=":material/add:", width="stretch"):
        forms.ask(
            "保存",
            POINT,
            partial(keep_point, "", True),
            key="point.new",
            people=reader.directory(),
            says="监测点已设好",
        )
    if not known:
        st.markdown(":gray[还没有监测点。例如：政策变化、竞品动作、舆情。]")
    for point in known.values():
        a_point(point, reader)


def a_point(point: Point, reader: Any) -> None:
    words = f"{point.how}：{'、'.join(point.words)}" if point.words else "全部都要"
    never = f"；排除：{'、'.join(point.never)}" if point.never else ""
    key, rests = f"point.{point.id}", "" if point.active else "　:gray[已停]"
    label = f"{plain(point.title)}　:gray[{plain(words + never)}]{rests}"
    fold = st.expander(label, key=f"{key}.fold", on_change="rerun")
    if not fold.open:
        return
    given = {
        "title": point.title,
        "words": "、".join(point.words),
        "how": point.how,
        "never": "、".join(point.never),
    }
    with fold:
        forms.ask("保存", POINT, partial(keep_point, point.id, point.active), key=key, people=reader.directory(), given=given, says="监测点已保存")  # fmt: skip
        st.button("停用" if point.active else "启用", key=f"{key}.switch", type="tertiary", on_click=switch_point, args=(point.id, not point.active))  # fmt: skip


def switch_point(point_id: str, active: bool) -> None:
    """Watch a point or rest it. A callback."""

    def command() -> str:
        outside.collecting().switch_point(point_id, active, by=session.person())
        return "监测点已启用" if active else "监测点已停用，它的来源暂不去看"

    forms.run(command)


def keep_point(point_id: str, active: bool, filled: Mapping[str, Any]) -> str:
    return outside.collecting().keep_point(filled, by=session.person(), point_id=point_id, active=active)


# --- sources --------------------------------------------------------------------------------------------


def part(me: Person, reader: Any) -> None:
    """Where things come from, each with how the last look went, and the door to a new one."""
    if reason := why_not_keep_sources(me):
        st.caption(f":material/lock: {plain(reason)}")
        return
    known, named = reader.sources(), reader.monitoring_points()
    fields = asked(named)
    st.caption("新设的来源先停着，启用以后程序才去看；一个都没启用，程序就不访问任何网站和邮箱。")
    with forms.popover("新设来源", "source.new", icon=":material/add:", width="stretch"):
        forms.ask(
            "保存", fields, partial(keep_source, named, "", 0), key="source.new", people=reader.directory(),
            says="来源已设好，核对后启用",
        )  # fmt: skip
    if not known:
        st.markdown(":gray[还没有来源。网站的订阅地址、公务邮箱、收件文件夹、别的系统都可以是来源。]")
    for source in known.values():
        a_source(source, named, fields, reader)


def asked(named: Mapping[str, Point]) -> tuple[Field, ...]:
    """The form, with the monitoring points to choose from."""
    titles = (NONE, *(point.title for point in named.values()))
    offered = replace(
        next(f for f in SOURCE if f.key == "point"), kind=Kind.CHOICE, options=titles, default=NONE
    )
    return tuple(offered if field.key == "point" else field for field in SOURCE)


def a_source(source: Source, named: Mapping[str, Point], fields: tuple[Field, ...], reader: Any) -> None:
    with st.container(border=True, key=f"source-card-{source.id}", gap="xsmall"):
        head = st.container(horizontal=True, vertical_alignment="center")
        head.markdown(f"**{plain(source.title)}**")
        head.badge("启用" if source.active else "停着", color="green" if source.active else "gray")
        if source.failures:
            head.badge(f"连续失败 {source.failures} 次", icon=":material/error:", color="red")
        st.markdown(f":small[:gray[{plain(' · '.join(filter(None, facts(source, named, reader))))}]]")
        if source.last_said:
            colour = "red" if source.failures else "gray"
            st.markdown(f":small[:{colour}[{plain(said(source, reader))}]]")
        row = st.container(horizontal=True, vertical_alignment="center", gap="small")
        row.button(
            "停用" if source.active else "启用", key=f"source.switch.{source.id}.{source.version}", on_click=switch,
            args=(source.id, not source.active, source.version),
        )  # fmt: skip
        if source.means.is_fetched:
            row.button("现在看一次", key=f"source.look.{source.id}", on_click=look, args=(source.id,))
        key = f"source.{source.id}"
        with row:
            fold = forms.popover("修改", key, on_change="rerun")
        if fold.open:
            with fold:
                forms.ask(
                    "保存", fields, partial(keep_source, named, source.id, source.version), key=key,
                    people=reader.directory(), given=given(source, named), says="来源已保存",
                )  # fmt: skip


def facts(source: Source, named: Mapping[str, Point], reader: Any) -> list[str]:
    takes = source.takes
    if takes == DOCUMENTS:
        takes = "来文，登记前由人确认" if source.asks else "来文，自动登记"
    every = f"每 {source.every} 分钟" if source.means.is_fetched else ""
    point = named[source.point].title if source.point in named else ""
    by = f"{reader.directory().name(source.by)}设置"
    return [source.means.label, source.address, takes, point, every, by]


def said(source: Source, reader: Any) -> str:
    """How the last look went, and when the next one is."""
    zone = reader.calendar().zone
    last = moment(source.last_at.astimezone(zone)) if source.last_at else ""
    following = (
        f"；下次 {moment(source.next_at.astimezone(zone))}" if source.next_at and source.active else ""
    )
    return f"{last} {source.last_said}{following}"


def given(source: Source, named: Mapping[str, Point]) -> dict[str, Any]:
    """A source as its form shows it."""
    told = {key: getattr(source, key) for key in ("title", "address", "takes", "asks", "every")}
    point = named[source.point].title if source.point in named else NONE
    return {**told, "means": source.means.label, "point": point}


def keep_source(named: Mapping[str, Point], source_id: str, seen: int, filled: Mapping[str, Any]) -> str:
    by_title = {point.title: key for key, point in named.items()}
    values = {**filled, "point": by_title.get(filled["point"] or "", "")}
    return outside.collecting().keep_source(values, by=session.person(), source_id=source_id, seen=seen)


def switch(source_id: str, active: bool, seen: int) -> None:
    """Begin or stop looking at a source. A callback."""

    def command() -> str:
        outside.collecting().switch(source_id, active, by=session.person(), seen=seen)
        return "来源已启用，一分钟内开始看" if active else "来源已停用"

    forms.run(command)


def look(source_id: str) -> None:
    """Look at a source at once. A callback."""
    forms.run(lambda: outside.collector().look_now(source_id, by=session.person()))


# --- hosts and tokens -----------------------------------------------------------------------------------


def doors(me: Person, reader: Any) -> None:
    """Which hosts are called, and who may bring things by the interface: for whoever administers."""
    if reason := why_not_keep_hosts(me):
        st.caption(f":material/lock: {plain(reason)}")
        hosts = reader.web_hosts().lines
        st.text(hosts or "名单是空的：程序不访问任何网站。")
        return
    with st.container(border=True):
        st.subheader("准许访问的网站", anchor=False)
        forms.ask(
            "保存名单", HOSTS, set_hosts, key="hosts", people=reader.directory(),
            given={"hosts": reader.web_hosts().lines}, says="名单已保存",
        )  # fmt: skip
    with st.container(border=True):
        st.subheader("接口令牌", anchor=False)
        tokens(reader)


def set_hosts(filled: Mapping[str, Any]) -> None:
    outside.collecting().set_hosts(filled, by=session.person())


def tokens(reader: Any) -> None:
    """The keys to the interface that hold, and a new one, which is shown once."""
    if token := st.session_state.pop(TOLD, ""):
        st.warning("令牌只显示这一次，请马上交给对方系统保存。", icon=":material/key:")
        st.code(token, language=None)
    st.caption("对方系统这样送来（JSON 也可以，字段 title、text、link、sender、published_at、files）：")
    st.code(EXAMPLE.format(address=session.public_address("/api/intake")), language=None, wrap_lines=True)
    sources = [one for one in reader.sources().values() if one.means is Means.API]
    if not sources:
        st.markdown(":gray[先在“来源”里设一个方式为“接口”的来源，再给它签发令牌。]")
    for source in sources:
        key = f"token.new.{source.id}"
        with forms.popover(f"给“{plain(source.title)}”签发令牌", key, icon=":material/key:"):
            forms.ask(
                "签发",
                TOKEN,
                partial(issue, source.id),
                key=key,
                people=reader.directory(),
                says="令牌已签发",
            )
    for token in reader.intake_tokens():
        row = st.container(horizontal=True, vertical_alignment="center")
        used = f"最近使用 {moment(local(token.used_at, reader))}" if token.used_at else "还没有用过"
        row.markdown(
            f"**{plain(token.name)}**　:small[:gray[{plain(f'{token.source} · {token.by} {moment(local(token.at, reader))} 签发 · {used}')}]]"
        )
        row.button("停用", key=f"token.revoke.{token.id}", type="tertiary", on_click=revoke, args=(token.id,))


def local(at: Any, reader: Any) -> Any:
    return at.astimezone(reader.calendar().zone)


def issue(source_id: str, filled: Mapping[str, Any]) -> None:
    st.session_state[TOLD] = outside.collecting().issue_token(source_id, filled, by=session.person())


def revoke(token_id: str) -> None:
    """A key opens nothing any more. A callback."""

    def command() -> str:
        outside.collecting().revoke_token(token_id, by=session.person())
        return "令牌已停用"

    forms.run(command)


PARTS = {"监测点": points, "来源": part, "网站与接口": doors}
"""The tabs of the page, each with what draws it."""
