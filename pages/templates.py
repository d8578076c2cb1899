"""单据模板: the office's own DOCX instead of the program's papers, process by process."""

from functools import partial

import streamlit as st

from core.errors import Refused, Unreadable
from core.papers import templated
from core.papers.template import FILE, Blanks
from core.policy import why_not_administer
from core.process import Process
from pages.ui import forms, session
from pages.ui.words import full_moment, plain

me = session.desk()
if reason := why_not_administer(me):
    st.info(reason, icon=":material/lock:")
    st.stop()

reader, templates = session.reader(), session.templates()
people, zone = reader.directory(), session.zone()


ABREAST = 3
"""Papers beside each other."""


def hand_in(process: str, which: str, widget: str) -> None:
    """Take the dropped file as the template: a callback."""
    dropped = st.session_state.get(widget)
    st.session_state.pop(f"{widget}.problem", None)
    if dropped is None:
        return

    def command() -> str:
        try:
            by = session.person()
            templates.set(process, which, dropped.name, dropped.getvalue(), session.now(), by=by)
        except (Refused, Unreadable) as refusal:
            st.session_state[f"{widget}.problem"] = (
                refusal.problems[FILE] if isinstance(refusal, Refused) else str(refusal)
            )
            return ""
        st.session_state["templates.round"] = st.session_state.get("templates.round", 0) + 1
        return f"已采用 {dropped.name}，此后打印的 DOCX 用它"

    forms.run(command)


def take_back(process: str, which: str) -> None:
    """Print the program's own again: a callback."""

    def command() -> str:
        templates.remove(process, which, session.now(), by=session.person())
        return "已恢复程序自带的样式"

    forms.run(command)


def a_paper(process: Process, which: str) -> None:
    """One paper: what it is printed from, and how to change that."""
    name, used = templated(process)[which], templates.in_use(process.key, which)
    key = f"templates.{process.key}.{which}"
    with st.container(border=True, height="stretch"):
        st.markdown(f"**{plain(name)}**")
        if used:
            at = full_moment(used.at.astimezone(zone))
            st.markdown(f"用本办模板：{plain(used.name)}")
            st.caption(plain(f"{people.name(used.by)}　{at} 上传"))
        else:
            st.markdown(":gray[用程序自带的样式]")
        dropped = f"{key}.drop.{st.session_state.get('templates.round', 0)}"
        given = st.file_uploader("上传 DOCX 模板", type=["docx"], key=dropped)
        if problem := st.session_state.get(f"{dropped}.problem"):
            st.markdown(f":red[:material/error: {plain(problem)}]")
        row = st.container(horizontal=True, gap="small")
        row.button(
            "采用",
            key=f"{key}.set",
            type="primary" if given else "secondary",
            disabled=given is None,
            on_click=hand_in,
            args=(process.key, which, dropped),
        )
        row.download_button(
            "下载起始模板",
            partial(session.starting_template, process, which),
            f"{name}模板.docx",
            session.MEDIA_TYPES["docx"],
            key=f"{key}.start",
            icon=":material/download:",
            on_click="ignore",
        )
        if used:
            row.download_button(
                "下载现用模板",
                partial(templates.content, used),
                used.name,
                session.MEDIA_TYPES["docx"],
                key=f"{key}.used",
                on_click="ignore",
            )
            row.button("恢复自带样式", key=f"{key}.remove", on_click=take_back, args=(process.key, which))


def the_blanks(blanks: Blanks) -> None:
    """What can be written into a template, ready to be copied."""
    st.subheader("可用的空格", anchor=False)
    st.markdown(
        plain(
            "把下面的名称连同花括号写进 DOCX 里要填的地方，正文、表格、页眉、页脚都可以。"
            "“登记号”必须有：纸质单据与事项靠它互相找到。"
        )
    )
    st.code(" ".join(f"{{{{{name}}}}}" for name in blanks.texts), language=None, wrap_lines=True)
    st.markdown(plain("表格里重复的行：前后各加一行写开始和结束，中间一行写每一格。"))
    for name, columns in blanks.lists.items():
        cells = " ".join(f"{{{{行.{column}}}}}" for column in columns)
        st.code(f"{{%tr for 行 in {name} %}}\n{cells}\n{{%tr endfor %}}", language=None, wrap_lines=True)
    st.markdown(plain("没有内容就不印的部分：写在 {% if 批示 %} 与 {% endif %} 之间，名称换成要看的那一项。"))


st.title("单据模板", anchor=False)
forms.show_outcome()
st.caption(
    "上传本办自己的 DOCX，以后按它打印；PDF 仍用程序自带的样式。先下载起始模板，在文字处理软件里改好再上传。涉密件的单据不在这里打印。"
)
newest = {process.key: process for process in reader.standard().newest()}
chosen = st.pills(
    "标准",
    list(newest),
    format_func=lambda key: newest[key].title,
    default=next(iter(newest)),
    required=True,
    key="templates.which",
    label_visibility="collapsed",
)
known = templated(newest[chosen])
for begin in range(0, len(known), ABREAST):
    row = [*known][begin : begin + ABREAST]
    for column, which in zip(st.columns(ABREAST, gap="small"), row, strict=False):
        with column:
            a_paper(newest[chosen], which)
of = st.segmented_control(
    "哪张单据的空格",
    list(known),
    format_func=known.get,
    default=next(iter(known)),
    required=True,
    key=f"templates.blanks.{chosen}",
)
with st.container(border=True):
    the_blanks(templates.blanks(chosen, of))
