"""Before anybody is signed in: creating the office on the first day, the sign-in after that, and the
one-time links with which people set their own password.
"""

from typing import Any

import streamlit as st
from streamlit_authenticator import Authenticate

from core.errors import NotFound, OfficeError, Refused
from core.people import Grade
from pages.ui import session, style
from pages.ui.words import plain

_SET_UP_FIELDS = ("office", "name", "account", "password", "again", "clearance")
_INVITATION = "invitation"


def comes_first() -> bool:
    """Whether this page is drawn although somebody is signed in: who is leaving, or followed a link."""
    return "goodbye" in st.session_state or _INVITATION in st.query_params


def draw() -> None:
    """The page for somebody not signed in: it ends in a session, and then the page asked for opens."""
    style.entry()
    if st.session_state.pop("goodbye", False):
        style.farewell()
    elif ticket := st.session_state.pop("ticket", None):
        _enter(ticket)
    elif _INVITATION in st.query_params:
        _invited(st.query_params[_INVITATION], "请设置您的密码")
    elif link := st.session_state.get("link"):
        _invited(link, "您的密码已到期，请设置新密码")
    elif halfway := st.session_state.get("halfway"):
        _second_step(halfway)
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


def _heading(lead: str) -> None:
    st.title(plain(session.sessions().office_name() or "办公室"), anchor=False)
    _lead(lead)


def _arrive(arrival: session.Arrival) -> None:
    """Keep what the next drawing of the page goes on with."""
    for key, value in vars(arrival).items():
        st.session_state.pop(key, None)
        if value:
            st.session_state[key] = value


# --- signing in -------------------------------------------------------------------------------------


def _sign_in() -> None:
    place = st.empty()
    form = _SignInForm()
    with place.container():
        _heading("办公室工作平台")
        form.login(
            fields={"Form name": "登录", "Username": "账号", "Password": "密码", "Login": "登录"},
            key="sign_in",
        )
        if problem := form.problem or st.session_state.pop("entry_problem", ""):
            st.error(problem)
    if form.arrival:
        place.empty()
        _arrive(form.arrival)
        st.rerun()


class _SignInForm(Authenticate):  # type: ignore[misc]
    """streamlit-authenticator's form over our own accounts and sessions.

    The package's own models are left out: they answer at once for an unknown name, keep a cookie that
    scripts can read, and accept it after signing out (promises.md, finding 7).
    """

    def __init__(self) -> None:
        self.attrs = {"login_sleep_time": 0}
        self.path = None
        self.arrival: session.Arrival | None = None
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
            self.arrival = session.sign_in(account or "", password or "")
        except OfficeError as refusal:
            self.problem = str(refusal)
        return self.arrival is not None


def _second_step(halfway: str) -> None:
    _heading("密码正确，请再输入手机验证器上的六位数字")
    problems: dict[str, str] = st.session_state.get("second_step_problems", {})
    with st.form("second_step"):
        _text("second_step", "code", "验证码", "6位数字", problems, autocomplete="one-time-code")
        st.form_submit_button("登录", on_click=_confirm, args=(halfway,))
    if whole := problems.get(""):
        st.error(whole)
    st.button("返回", type="tertiary", on_click=_begin_anew)


def _confirm(halfway: str) -> None:
    try:
        arrival = session.confirm(halfway, _typed("second_step", "code"))
    except Refused as refusal:
        st.session_state["second_step_problems"] = refusal.problems
    except NotFound as over:
        _begin_anew()
        st.session_state["entry_problem"] = str(over)
    except OfficeError as refusal:
        st.session_state["second_step_problems"] = {"": str(refusal)}
    else:
        _begin_anew()
        _arrive(arrival)


def _begin_anew() -> None:
    for key in ("halfway", "second_step_problems", "second_step_code"):
        st.session_state.pop(key, None)


# --- a one-time link --------------------------------------------------------------------------------


def _invited(token: str, asks: str) -> None:
    try:
        person_id, name, account = session.sessions().invited(token, session.now())
    except OfficeError as dead:
        _dead_end(str(dead))
        return
    here = session.current_person()
    if here and here.id != person_id:
        _dead_end(f"您已以{here.name}登录，这个链接是给另一个账号的。请先退出，再打开链接。")
        return
    _set_own_password(token, f"{plain(name)}，{asks}。您的登录账号是 **{plain(account)}**")


def _dead_end(sentence: str) -> None:
    _heading("办公室工作平台")
    st.error(plain(sentence))
    st.button("返回", on_click=_leave_the_link)


def _leave_the_link() -> None:
    st.query_params.clear()
    for key in ("link", "invitation_problems", "invitation_new", "invitation_again"):
        st.session_state.pop(key, None)


def _set_own_password(token: str, lead: str) -> None:
    _heading(lead)
    problems: dict[str, str] = st.session_state.get("invitation_problems", {})
    with st.form("invitation"):
        _text("invitation", "new", "新密码", "至少8个字符，三类以上", problems, type="password")
        _text("invitation", "again", "再输一次新密码", "与上面一致", problems, type="password")
        st.form_submit_button("设置密码并登录", on_click=_accept, args=(token,))
    if whole := problems.get(""):
        st.error(whole)


def _accept(token: str) -> None:
    new, again = _typed("invitation", "new"), _typed("invitation", "again")
    try:
        if new != again:
            raise Refused({"again": "两次输入的密码不一致"})
        account = session.sessions().accept_invitation(token, new, session.now())
    except Refused as refusal:
        st.session_state["invitation_problems"] = refusal.problems
    except OfficeError as refusal:
        st.session_state["invitation_problems"] = {"": str(refusal)}
    else:
        _go_on(account, new)


def _go_on(account: str, password: str) -> None:
    """The link has done its work: it goes from the address, and whoever followed it signs in."""
    _leave_the_link()
    try:
        _arrive(session.sign_in(account, password))
    except OfficeError as refusal:
        st.session_state["entry_problem"] = f"密码已设好。{refusal}"


# --- the first day ----------------------------------------------------------------------------------


def _set_up() -> None:
    st.title("创建办公室", anchor=False)
    _lead("第一次打开，填好下面几项就可以开始使用")
    problems: dict[str, str] = st.session_state.get("set_up_problems", {})
    with st.form("set_up"):
        _text("set_up", "office", "办公室名称（必填）", "例如：市政府办公室", problems)
        _text("set_up", "name", "办公室主任姓名（必填）", "例如：王敏", problems)
        _text("set_up", "account", "登录账号（必填）", "字母、数字或汉字，不分大小写", problems)
        _text("set_up", "password", "密码（必填）", "至少8个字符，三类以上", problems, type="password")
        _text("set_up", "again", "再输一次密码（必填）", "与上面一致", problems, type="password")
        st.selectbox("主任的知悉范围", [grade.label for grade in Grade], key="set_up_clearance")
        st.form_submit_button("创建", on_click=_create)
    if whole := problems.get(""):
        st.error(whole)


def _text(
    form: str,
    key: str,
    label: str,
    hint: str,
    problems: dict[str, str],
    *,
    autocomplete: str = "off",
    **more: Any,
) -> None:
    st.text_input(label, key=f"{form}_{key}", placeholder=hint, autocomplete=autocomplete, **more)
    if key in problems:
        st.caption(f":red[{problems[key]}]")


def _typed(form: str, key: str) -> str:
    return str(st.session_state.get(f"{form}_{key}", ""))


def _create() -> None:
    values = {key: _typed("set_up", key) for key in _SET_UP_FIELDS}
    try:
        session.sessions().set_up(values, session.now())
        _arrive(session.sign_in(values["account"], values["password"]))
    except Refused as refusal:
        st.session_state["set_up_problems"] = refusal.problems
    except OfficeError as refusal:
        st.session_state["set_up_problems"] = {"": str(refusal)}
