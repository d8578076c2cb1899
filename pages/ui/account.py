"""The foot of the sidebar: who is here, the way out, and what keeps one's own account safe."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from core.errors import NotAllowed, OfficeError, Refused
from core.people import Person, Role
from pages.ui import absence, session
from pages.ui.words import plain

_LOST = "手机丢失或更换时，请管理员在“人员与部门”中取消您的第二验证。"
_PASSWORDS = (("old", "原密码"), ("new", "新密码"), ("again", "再输一次新密码"))


def draw(person: Person) -> None:
    """Name, roles, and what one may do with one's own account."""
    with st.sidebar, st.container(key="foot"):
        st.markdown(f"**{plain(person.name)}**")
        st.caption("、".join(role.label for role in Role if role in person.roles))
        absence.standing_in(person)
        with st.container(horizontal=True):
            absence.button()
            if st.button("账号安全", type="tertiary"):
                _forget()
                _safety()
            st.button("退出", type="tertiary", on_click=_sign_out)


def _sign_out() -> None:
    session.sessions().sign_out(session.token())
    _leave()


def _leave() -> None:
    st.session_state.clear()
    st.session_state["goodbye"] = True


@st.dialog("账号安全")
def _safety() -> None:
    # A dialog runs without the shell: it asks by itself who is here, and has the shell draw the farewell.
    person = session.current_person()
    if person is None:
        st.rerun()
    password, second, everywhere = st.tabs(["修改密码", "第二验证", "所有设备"])
    with password:
        _password()
    with second:
        _second_factor(person)
    with everywhere:
        _everywhere()


# --- the password -----------------------------------------------------------------------------------


def _password() -> None:
    if _done("password"):
        st.success("密码已修改，您在其他设备上的登录已经退出。")
        return
    with st.form("account.password", border=False):
        for key, label in _PASSWORDS:
            _secret("password", key, label)
        st.form_submit_button("修改密码", type="primary", on_click=_run, args=("password", _change_password))
    _whole_problem("password")


def _change_password(person: Person) -> None:
    old, new, again = (_typed("password", key) for key, _ in _PASSWORDS)
    if new != again:
        raise Refused({"again": "两次输入的密码不一致"})
    session.sessions().change_password(person.id, old, new, session.now(), keep=session.token() or "")


# --- the second factor ------------------------------------------------------------------------------


def _second_factor(person: Person) -> None:
    if session.sessions().has_factor(person.id):
        _drop_factor()
    else:
        _set_factor(person)


def _set_factor(person: Person) -> None:
    secret: str = st.session_state.setdefault("account.secret", session.new_secret())
    if _done("no_factor"):
        st.success("第二验证已取消，登录只需密码。")
    st.write("启用后，登录时除密码外，还要输入手机验证器上的六位数字。用验证器扫描，或手工输入密钥：")
    st.image(session.sessions().factor_picture(person.id, secret), width=180)
    st.code(" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)), language=None, wrap_lines=True)
    with st.form("account.factor", border=False):
        st.text_input(
            "验证器上的六位数字", key="account.factor.code", placeholder="", autocomplete="one-time-code"
        )
        _problem("factor", "code")
        enable = partial(_enable_factor, secret)
        st.form_submit_button("启用", type="primary", on_click=_run, args=("factor", enable))
    _whole_problem("factor")
    st.caption(_LOST)


def _enable_factor(secret: str, person: Person) -> None:
    code = _typed("factor", "code")
    session.sessions().set_factor(person.id, secret, code, session.now(), keep=session.token() or "")


def _drop_factor() -> None:
    if _done("factor"):
        st.success("第二验证已启用，您在其他设备上的登录已经退出。")
    st.write("登录时要输入手机验证器上的六位数字。不再使用时，填写密码后取消：")
    with st.form("account.no_factor", border=False):
        _secret("no_factor", "password", "密码")
        st.form_submit_button("取消第二验证", on_click=_run, args=("no_factor", _disable_factor))
    _whole_problem("no_factor")
    st.caption(_LOST)


def _disable_factor(person: Person) -> None:
    session.sessions().drop_factor(person.id, _typed("no_factor", "password"), session.now())


# --- every device -----------------------------------------------------------------------------------


def _everywhere() -> None:
    st.write("您在所有设备上的登录都会立即退出，包括这里；未交的内容已存为草稿。")
    st.button("退出所有设备", type="primary", on_click=_run, args=("everywhere", _sign_out_everywhere))
    _whole_problem("everywhere")


def _sign_out_everywhere(person: Person) -> None:
    session.sessions().sign_out_everywhere(person.id, session.now())
    _leave()


# --- the forms --------------------------------------------------------------------------------------


def _run(form: str, command: Callable[[Person], None]) -> None:
    """Run a command of one's own account, in a callback, and keep what it was refused for."""
    _keep(form, {})
    try:
        command(_here())
    except Refused as refusal:
        _keep(form, refusal.problems)
    except OfficeError as refusal:
        _keep(form, {"": str(refusal)})
    else:
        _finish(form)


def _here() -> Person:
    person = session.current_person()
    if person is None:
        raise NotAllowed("登录已失效，请重新登录")
    return person


def _keep(form: str, problems: dict[str, str]) -> None:
    st.session_state[f"account.{form}.problems"] = problems


def _finish(form: str) -> None:
    """Passwords do not stay in memory longer than they are needed."""
    if "goodbye" not in st.session_state:
        _forget()
        st.session_state[f"account.{form}.done"] = True


def _forget() -> None:
    for key in [key for key in st.session_state if str(key).startswith("account.")]:
        del st.session_state[key]


def _done(form: str) -> bool:
    return bool(st.session_state.get(f"account.{form}.done"))


def _typed(form: str, key: str) -> str:
    return str(st.session_state.get(f"account.{form}.{key}", ""))


def _secret(form: str, key: str, label: str) -> None:
    st.text_input(label, type="password", key=f"account.{form}.{key}", placeholder="", autocomplete="off")
    _problem(form, key)


def _problem(form: str, key: str) -> None:
    if problem := st.session_state.get(f"account.{form}.problems", {}).get(key):
        st.caption(f":red[{plain(problem)}]")


def _whole_problem(form: str) -> None:
    if problem := st.session_state.get(f"account.{form}.problems", {}).get(""):
        st.error(plain(problem))
