"""The foot of the sidebar: who is here, their own password, and the way out."""

import streamlit as st

from core.errors import NotAllowed, OfficeError, Refused
from core.policy import Person, Role
from pages.ui import session

_FIELDS = (("old", "原密码"), ("new", "新密码"), ("again", "再输一次新密码"))


def draw(person: Person) -> None:
    """Name, roles, and what one may do with one's own account."""
    with st.sidebar, st.container(key="foot"):
        st.markdown(f"**{_plain(person.name)}**")
        st.caption("、".join(role.label for role in Role if role in person.roles))
        with st.container(horizontal=True):
            if st.button("修改密码", type="tertiary"):
                _forget()
                _change_password()
            st.button("退出", type="tertiary", on_click=_sign_out)


def _plain(name: str) -> str:
    """A name is text and not markdown."""
    return "".join(f"\\{sign}" if sign in r"\`*_{}[]()#+-.!~$:<>|" else sign for sign in name)


def _sign_out() -> None:
    session.sessions().sign_out(session.token())
    st.session_state.clear()
    st.session_state["goodbye"] = True


@st.dialog("修改密码")
def _change_password() -> None:
    if st.session_state.pop("password_changed", False):
        st.success("密码已修改，您在其他设备上的登录已经退出。")
        return
    problems: dict[str, str] = st.session_state.get("password_problems", {})
    with st.form("change_password", border=False):
        for key, label in _FIELDS:
            st.text_input(label, type="password", key=f"password_{key}", placeholder="", autocomplete="off")
            if key in problems:
                st.caption(f":red[{problems[key]}]")
        st.form_submit_button("确定", type="primary", on_click=_change)
    if whole := problems.get(""):
        st.error(whole)


def _change() -> None:
    typed = {key: str(st.session_state.get(f"password_{key}", "")) for key, _ in _FIELDS}
    try:
        _try_change(typed["old"], typed["new"], typed["again"])
    except Refused as refusal:
        st.session_state["password_problems"] = refusal.problems
    except OfficeError as refusal:
        st.session_state["password_problems"] = {"": str(refusal)}
    else:
        _forget()
        st.session_state["password_changed"] = True


def _try_change(old: str, new: str, again: str) -> None:
    # A dialog runs without the shell: it asks by itself who is here.
    person = session.current_person()
    if person is None:
        raise NotAllowed("登录已失效，请重新登录")
    if new != again:
        raise Refused({"again": "两次输入的密码不一致"})
    session.sessions().change_password(person.id, old, new, session.now(), keep=session.token() or "")


def _forget() -> None:
    """Passwords do not stay in memory longer than they are needed."""
    for key in ("password_problems", "password_changed", *(f"password_{key}" for key, _ in _FIELDS)):
        st.session_state.pop(key, None)
