"""Before anybody is signed in: creating the office on the first day, and the sign-in form after that."""

from typing import Any

import streamlit as st
from streamlit_authenticator import Authenticate

from core.errors import OfficeError, Refused
from core.policy import Grade
from pages.ui import session, style

_SET_UP_FIELDS = ("office", "name", "account", "password", "again", "clearance")


def draw() -> None:
    """The page for somebody not signed in: it ends in a session, and then the page asked for opens."""
    style.entry()
    if st.session_state.pop("goodbye", False):
        style.farewell()
    elif ticket := st.session_state.pop("ticket", None):
        _enter(ticket)
    elif session.sessions().is_set_up():
        _sign_in()
    else:
        _set_up()


def _enter(ticket: str) -> None:
    _lead("正在进入……", key="entering")
    style.hand_over(ticket)


def _lead(sentence: str, key: str = "lead") -> None:
    with st.container(key=key):
        st.write(sentence)


# --- signing in -------------------------------------------------------------------------------------


def _sign_in() -> None:
    place = st.empty()
    form = _SignInForm()
    with place.container():
        st.title(session.sessions().office_name() or "办公室", anchor=False)
        _lead("办公室工作平台")
        form.login(
            fields={"Form name": "登录", "Username": "账号", "Password": "密码", "Login": "登录"},
            key="sign_in",
        )
        if form.problem:
            st.error(form.problem)
    if form.ticket:
        place.empty()
        _enter(form.ticket)


class _SignInForm(Authenticate):  # type: ignore[misc]
    """streamlit-authenticator's form over our own accounts and sessions.

    The package's own models are left out: they answer at once for an unknown name, keep a cookie that
    scripts can read, and accept it after signing out (promises.md, finding 7).
    """

    def __init__(self) -> None:
        self.attrs = {"login_sleep_time": 0}
        self.path = None
        self.ticket: str | None = None
        self.problem = ""
        self.authentication_controller = self.cookie_controller = self

    # What the form asks of the controllers while it is drawn.

    def get_cookie(self) -> None:
        """Never a session: the shell has looked already."""

    def set_cookie(self) -> None:
        """The route sets it, in exchange for the ticket."""

    def login(
        self, account: str | None = None, password: str | None = None, *others: Any, **more: Any
    ) -> Any:
        """Draw the form; or, called by the form itself with what was typed, sign in."""
        if "fields" in more:
            return super().login(**more)
        try:
            self.ticket = session.sign_in(account or "", password or "")
        except OfficeError as refusal:
            self.problem = str(refusal)
        return self.ticket is not None


# --- the first day ----------------------------------------------------------------------------------


def _set_up() -> None:
    st.title("创建办公室", anchor=False)
    _lead("第一次打开，填好下面几项就可以开始使用")
    problems: dict[str, str] = st.session_state.get("set_up_problems", {})
    with st.form("set_up"):
        _text("office", "办公室名称（必填）", "例如：市政府办公室", problems)
        _text("name", "办公室主任姓名（必填）", "例如：王敏", problems)
        _text("account", "登录账号（必填）", "字母、数字或汉字，不分大小写", problems)
        _text("password", "密码（必填）", "至少8个字符，三类以上", problems, type="password")
        _text("again", "再输一次密码（必填）", "与上面一致", problems, type="password")
        st.selectbox("主任的知悉范围", [grade.label for grade in Grade], key="set_up_clearance")
        st.form_submit_button("创建", on_click=_create)
    if whole := problems.get(""):
        st.error(whole)


def _text(key: str, label: str, hint: str, problems: dict[str, str], **more: Any) -> None:
    st.text_input(label, key=f"set_up_{key}", placeholder=hint, autocomplete="off", **more)
    if key in problems:
        st.caption(f":red[{problems[key]}]")


def _create() -> None:
    values = {key: str(st.session_state.get(f"set_up_{key}", "")) for key in _SET_UP_FIELDS}
    try:
        session.sessions().set_up(values, session.now())
        st.session_state["ticket"] = session.sign_in(values["account"], values["password"])
    except Refused as refusal:
        st.session_state["set_up_problems"] = refusal.problems
    except OfficeError as refusal:
        st.session_state["set_up_problems"] = {"": str(refusal)}
