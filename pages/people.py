"""人员与部门: who works here, what they may do, and the codes of the office."""

from functools import partial

import streamlit as st

from core.policy import Grade, Role, why_not_administer
from pages.ui import forms, session
from pages.ui.words import plain

me = session.desk()
if reason := why_not_administer(me):
    st.info(reason, icon=":material/lock:")
    st.stop()

staff, reader = session.staff(), session.reader()
people = reader.directory()
accounts = reader.accounts()


def add(filled: dict) -> None:
    account, password = staff.add_person(filled, session.now(), by=session.person())
    st.session_state["people.secret"] = (account, password)


def reset(person_id: str, account: str) -> None:
    def command() -> None:
        st.session_state["people.secret"] = (account, staff.reset_password(person_id, by=session.person()))

    forms.run(command)


def set_active(person_id: str, active: bool) -> None:
    forms.run(lambda: staff.set_active(person_id, active, by=session.person()))


def secret() -> None:
    """A first password, shown once; its place is kept, as with `forms.show_outcome`."""
    place = st.empty()
    if found := st.session_state.pop("people.secret", None):
        account, password = found
        with place.container():
            st.success(
                "账号已就绪。密码只显示这一次，请当面交给本人，登录后自行修改。", icon=":material/key:"
            )
            st.code(f"账号 {account}\n密码 {password}", language=None)


def the_list() -> None:
    shown = accounts.assign(
        roles=["、".join(Role(r).label for r in roles) for roles in accounts["roles"]],
        clearance=[Grade(level).label for level in accounts["clearance"]],
        department=accounts["department"].fillna("—"),
        active=["在用" if a else "已停用" for a in accounts["active"]],
    )
    st.dataframe(
        shown,
        hide_index=True,
        key="people.list",
        column_order=["name", "account", "roles", "department", "clearance", "active"],
        column_config={
            "name": "姓名",
            "account": "登录账号",
            "roles": "角色",
            "department": "所在部门",
            "clearance": "知悉范围",
            "active": "状态",
        },
    )


def change() -> None:
    names = {row.id: f"{row.name}（{row.account}）" for row in accounts.itertuples()}
    chosen = st.selectbox(
        "选择人员", list(names), index=None, format_func=names.get, placeholder="请选择人员", key="people.who"
    )
    if not chosen:
        return
    row = accounts[accounts["id"] == chosen].iloc[0]
    person = people.people.get(chosen)
    given = {
        "role": Role(row["roles"][0]).label,
        "department": person.department or None if person else None,
        "clearance": Grade(row["clearance"]).label,
    }
    forms.ask(
        "保存修改",
        session.STAFF_FORMS["change"],
        lambda filled: staff.change_person(chosen, filled, by=session.person()),
        key=f"people.change.{chosen}",
        people=people,
        given=given,
        says="已保存，从对方下一步操作起生效",
    )
    with st.container(horizontal=True):
        st.button("重置密码", on_click=reset, args=(chosen, row["account"]), icon=":material/key:")
        label = "停用账号" if row["active"] else "恢复账号"
        st.button(label, on_click=partial(set_active, chosen, not row["active"]), icon=":material/block:")


st.title("人员与部门", anchor=False)
forms.show_outcome()
secret()
left, right = st.columns([3, 2])
with left:
    the_list()
    with st.container(border=True):
        st.subheader("修改", anchor=False)
        change()
with right:
    with st.container(border=True):
        st.subheader("新增人员", anchor=False)
        forms.ask("新增", session.STAFF_FORMS["person"], add, key="people.add", people=people)
    with st.container(border=True):
        st.subheader("部门", anchor=False)
        st.markdown(plain("、".join(people.departments.values())) or ":gray[还没有部门。承办部门从这里选。]")
        forms.ask(
            "新增部门",
            session.STAFF_FORMS["department"],
            lambda filled: staff.add_department(filled, by=session.person()),
            key="people.department",
            people=people,
            primary=False,
            says="已新增部门",
        )
    with st.container(border=True):
        st.subheader("本办", anchor=False)
        profile = reader.profile()
        forms.ask(
            "保存",
            session.STAFF_FORMS["profile"],
            lambda filled: staff.set_profile(filled, by=session.person()),
            key="people.profile",
            people=people,
            given={"office_name": profile.name, "fonds_no": profile.fonds_no, "code": profile.code},
            primary=False,
            says="已保存",
        )
