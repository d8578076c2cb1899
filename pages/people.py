"""人员与部门: who works here, what they may do, who is away, and the codes of the office."""

from collections.abc import Callable, Sequence
from functools import partial

import pandas as pd
import streamlit as st

from core import roster
from core.errors import Refused
from core.people import Grade, Role
from core.policy import why_not_administer
from pages.ui import absence, forms, lists, session
from pages.ui.words import plain

LINKS, WAITING, ROUND = "people.links", "people.import.waiting", "people.import.round"
"""In the session's state: links shown once, the list that waits to be taken, and its upload's number."""

COLUMNS = {
    "name": "姓名",
    "account": "登录账号",
    "roles": "角色",
    "department": "部门",
    "clearance": "知悉范围",
}

me = session.desk()
if reason := why_not_administer(me):
    st.info(reason, icon=":material/lock:")
    st.stop()

staff, reader = session.staff(), session.reader()
people = reader.directory()


# --- links, shown once --------------------------------------------------------------------------------


def show_links() -> None:
    """One-time links, where they are shown this once; their place is kept, as with `forms.show_outcome`."""
    place = st.empty()
    if not (found := st.session_state.pop(LINKS, None)):
        return
    with place.container():
        st.success("账号已就绪。链接只显示这一次，请转交本人：24 小时内打开，自行设置密码。")
        blocks = [f"{one.name}　账号 {one.account}\n{session.invitation_link(one.token)}" for one in found]
        st.code("\n".join(blocks), language=None, wrap_lines=True)


def add(filled: dict) -> None:
    st.session_state[LINKS] = [staff.add_person(filled, session.now(), by=session.person())]


# --- people -------------------------------------------------------------------------------------------


def table() -> pd.DataFrame:
    """Accounts in words."""
    accounts = reader.accounts()
    away = [
        f"外出，{people.name(people.away[who])}代" if who in people.away else "" for who in accounts["id"]
    ]
    states = zip(accounts["active"], accounts["ready"], away, strict=True)
    return accounts.assign(
        roles=["、".join(Role(r).label for r in roles) for roles in accounts["roles"]],
        held=accounts["roles"],
        clearance=[Grade(level).label for level in accounts["clearance"]],
        department=accounts["department"].fillna("—"),
        state=[
            "已停用" if not active else words or ("在用" if ready else "待设密码")
            for active, ready, words in states
        ],
    )


def show_people(shown: pd.DataFrame) -> str | None:
    """The list, and whoever was chosen in it: a row of the table, or a name on a phone."""
    if lists.is_phone():
        return choose(shown)
    chosen = st.dataframe(
        shown,
        hide_index=True,
        key="people.list",
        on_select="rerun",
        selection_mode="single-row",
        height=min(38 + 36 * max(len(shown), 1), 620),
        row_height=36,
        column_order=[*COLUMNS, "state"],
        column_config={**COLUMNS, "state": "状态"},
    )
    rows = chosen["selection"]["rows"]
    if rows and rows[0] < len(shown):
        return str(shown["id"].iloc[rows[0]])
    return choose(shown)


def choose(shown: pd.DataFrame) -> str | None:
    names = {row.id: f"{row.name}（{row.account}）" for row in shown.itertuples(index=False)}
    return st.selectbox(
        "选择人员", list(names), index=None, format_func=names.get, placeholder="请选择人员", key="people.who"
    )


def cards(shown: pd.DataFrame) -> None:
    for row in shown.itertuples(index=False):
        with st.container(border=True, gap="xsmall"):
            st.markdown(f"**{plain(row.name)}**　:small[{plain(row.account)} · {plain(row.state)}]")
            st.markdown(f":small[{plain(' · '.join([row.roles, row.department, row.clearance]))}]")


def the_people() -> None:
    shown = table()
    left, right = st.columns([3, 2])
    with left:
        chosen = show_people(shown)
    with right, st.container(border=True):
        if chosen:
            change(shown[shown["id"] == chosen].iloc[0])
        else:
            st.subheader("新增人员", anchor=False)
            forms.ask("新增", session.STAFF_FORMS["person"], add, key="people.add", people=people)
    if lists.is_phone():
        cards(shown)


def change(row: pd.Series) -> None:
    chosen, person = row["id"], people.people.get(row["id"])
    st.subheader(plain(f"修改：{row['name']}"), anchor=False)
    forms.ask(
        "保存修改",
        session.STAFF_FORMS["change"],
        lambda filled: staff.change_person(chosen, filled, session.now(), by=session.person()),
        key=f"people.change.{chosen}",
        people=people,
        given={
            "name": row["name"],
            "roles": [Role(role).label for role in row["held"]],
            "department": person.department or None if person else None,
            "clearance": row["clearance"],
        },
        says="已保存，从对方下一步操作起生效",
    )
    actions(chosen, active=bool(row["active"]), factor=bool(row["factor"]))


def actions(chosen: str, *, active: bool, factor: bool) -> None:
    """What else can be done to an account."""

    def offer(label: str, command: Callable[[], str | None]) -> None:
        st.button(label, key=f"people.{label}", on_click=forms.run, args=(command,))

    with st.container(horizontal=True):
        if active:
            offer("签发设密链接", partial(invite, chosen))
            offer("退出其全部登录", partial(sign_out, chosen))
        if factor:
            offer("取消第二验证", partial(drop_factor, chosen))
        offer("停用账号" if active else "恢复账号", partial(set_active, chosen, not active))


def invite(person_id: str) -> None:
    st.session_state[LINKS] = [staff.invite(person_id, session.now(), by=session.person())]


def sign_out(person_id: str) -> str:
    staff.sign_out(person_id, session.now(), by=session.person())
    return "对方的全部登录已退出"


def drop_factor(person_id: str) -> str:
    staff.drop_factor(person_id, session.now(), by=session.person())
    return "第二验证已取消，对方登录只需密码"


def set_active(person_id: str, active: bool) -> str:
    staff.set_active(person_id, active, session.now(), by=session.person())
    return "账号已恢复" if active else "账号已停用，对方的登录已退出"


# --- departments, the office --------------------------------------------------------------------------


def the_departments() -> None:
    left, right = st.columns(2)
    with left, st.container(border=True):
        st.subheader("新增部门", anchor=False)
        st.markdown(plain("、".join(people.departments.values())) or ":gray[还没有部门。承办部门从这里选。]")
        forms.ask(
            "新增部门",
            session.STAFF_FORMS["department"],
            lambda filled: staff.add_department(filled, session.now(), by=session.person()),
            key="people.department",
            people=people,
            says="已新增部门",
        )
    with right, st.container(border=True):
        st.subheader("改名与撤销", anchor=False)
        change_department()


def change_department() -> None:
    names = people.departments
    chosen = st.selectbox(
        "选择部门",
        list(names),
        index=None,
        format_func=names.get,
        placeholder="请选择部门",
        key="people.which",
    )
    if not chosen:
        return
    forms.ask(
        "改名",
        session.STAFF_FORMS["department"],
        lambda filled: staff.rename_department(chosen, filled, session.now(), by=session.person()),
        key=f"people.department.{chosen}",
        people=people,
        given={"department_name": names[chosen]},
        primary=False,
        says="部门已改名",
    )
    st.button("撤销部门", on_click=forms.run, args=(partial(dissolve, chosen),))


def dissolve(department_id: str) -> str:
    staff.dissolve_department(department_id, session.now(), by=session.person())
    return "部门已撤销，办过的事项仍用原名"


def the_office() -> None:
    profile = reader.profile()
    with st.container(border=True):
        forms.ask(
            "保存",
            session.STAFF_FORMS["profile"],
            lambda filled: staff.set_profile(filled, session.now(), by=session.person()),
            key="people.profile",
            people=people,
            given={**vars(profile), "office_name": profile.name},
            says="已保存",
        )


# --- absences -----------------------------------------------------------------------------------------


def the_absences() -> None:
    left, right = st.columns(2)
    with left, st.container(border=True):
        st.subheader("现在和今后的外出", anchor=False)
        absence.listed(reader.absences(), people, "people.absence")
    with right, st.container(border=True):
        st.subheader("登记外出", anchor=False)
        absence.form(people, own=False)


# --- a list of people ---------------------------------------------------------------------------------


def the_import() -> None:
    if waiting := st.session_state.get(WAITING):
        preview(waiting)
        return
    st.markdown(f"名单要有表头：{plain('、'.join(roster.COLUMNS))}。一人可有几个角色，用顿号分开；部门可空。")
    left, right = st.columns(2)
    with left, st.container(border=True):
        forms.ask(
            "读取粘贴的名单",
            (roster.PASTED,),
            lambda filled: wait(roster.read_text(filled["list"] or "")),
            key="people.paste",
            people=people,
        )
    with right, st.container(border=True):
        key = f"people.file.{st.session_state.get(ROUND, 0)}"
        st.file_uploader("名单文件（XLSX 或 CSV）", key=key, type=["xlsx", "csv", "txt"], max_upload_size=2)
        st.button("读取文件", on_click=read_file, args=(key,))
        problems("people.import.problems")


def problems(key: str) -> None:
    if found := st.session_state.pop(key, None):
        st.error(plain(found), icon=":material/error:")


def wait(found: Sequence[roster.Listed]) -> None:
    st.session_state[WAITING] = tuple(found)


def read_file(key: str) -> None:
    dropped = st.session_state.get(key)
    try:
        if dropped is None:
            raise Refused({"list": "请先选择名单文件"})
        wait(roster.read_file(dropped.name, dropped.getvalue()))
    except Refused as refusal:
        st.session_state["people.import.problems"] = str(refusal)


def preview(found: Sequence[roster.Listed]) -> None:
    """What would be made, before it is."""
    st.subheader(f"将新增 {len(found)} 人", anchor=False)
    rows = [
        (one.name, one.account, "、".join(r.label for r in one.roles), one.department, one.clearance.label)
        for one in found
    ]
    shown = pd.DataFrame(rows, columns=list(COLUMNS))
    if lists.is_phone():
        cards(shown.assign(state="新增"))
    else:
        st.dataframe(shown, hide_index=True, key="people.preview", column_config=dict(COLUMNS))
    missing = {one.department for one in found} - {"", *people.departments.values()}
    make = bool(missing) and st.checkbox(
        f"新建缺少的部门：{plain('、'.join(sorted(missing)))}", key="people.import.departments"
    )
    problems("people.import.problems")
    with st.container(horizontal=True):
        st.button("导入", type="primary", on_click=take, args=(found, make))
        st.button("放弃", on_click=leave)


def take(found: Sequence[roster.Listed], departments: bool) -> None:
    def command() -> None:
        now, by = session.now(), session.person()
        try:
            st.session_state[LINKS] = staff.import_people(found, now, by=by, departments=departments)
        except Refused as refusal:
            st.session_state["people.import.problems"] = str(refusal)
        else:
            leave()

    forms.run(command)


def leave() -> None:
    """Nothing waits any more: a callback."""
    st.session_state.pop(WAITING, None)
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1


st.title("人员与部门", anchor=False)
forms.show_outcome()
show_links()
PARTS = {
    "人员": the_people,
    "部门": the_departments,
    "外出与代办": the_absences,
    "导入": the_import,
    "本办": the_office,
}
for tab, part in zip(
    st.tabs(list(PARTS), key="list", bind="query-params", on_change="rerun"), PARTS.values(), strict=True
):
    if tab.open:
        with tab:
            part()
