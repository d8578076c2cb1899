"""The office's own DOCX for its papers: handed in, refused with the reason, filled in for a case (N21, R80).

The clock stands on Friday 2026-11-20 at 15:00 until a story turns it on.
"""

import io
import re
import time
import zipfile
from datetime import UTC, datetime
from statistics import median

import docx as python_docx
import pytest
from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from sqlalchemy import select

from core.errors import NotAllowed, NotFound, Refused, Unreadable
from core.papers import PAPERS
from core.papers.blanks import NUMBER, blanks, context, starting
from core.papers.template import accepted, prepare, render
from core.processes import SHIPPED
from db.engine import open_database
from db.files import FileStore
from db.tables import FileRow, JournalRow, TemplateRow
from db.templates import Templates
from db.verify import verify
from tests.conftest import NAMED
from tests.test_papers import doors  # noqa: F401 -- the running program of the papers' stories

KEY = b"key of the tests"
INCOMING = SHIPPED["incoming_document"]
OF_SHEET = blanks(INCOMING, "sheet")
MADE_AT = datetime(2026, 11, 20, 7, tzinfo=UTC)
HOSTILE = "<&>\"' ]]> {{7*7}} {% raw %} ${x} =1+1"


def template(*lines, head=""):
    """A DOCX with these paragraphs."""
    document = python_docx.Document()
    for line in lines:
        document.add_paragraph(line)
    if head:
        document.sections[0].header.paragraphs[0].text = head
    return saved(document)


def saved(document):
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def text_of(content):
    """Every paragraph of the body and of the page heads, as a word processor would show it."""
    document = python_docx.Document(io.BytesIO(content))
    parts = [document.element.body, *(s.header._element for s in document.sections)]
    return "\n".join(
        "".join("\n" if t.tag == qn("w:br") else t.text or "" for t in p.iter(qn("w:t"), qn("w:br")))
        for part in parts
        for p in part.iter(qn("w:p"))
    )


def refusal(*lines, **more):
    with pytest.raises(Refused) as refused:
        accepted("单.docx", template(*lines, **more), OF_SHEET)
    return refused.value.problems["file"]


@pytest.fixture
def templates(database, files):
    return Templates(database, files, KEY)


@pytest.fixture
def filled(dossier_of):
    """The text of a template filled in for a case."""

    def made(content, case, which="sheet"):
        known = blanks(INCOMING, which)
        return text_of(render(accepted("单.docx", content, known), context(dossier_of(case), which, known)))

    return made


# --- filled in ------------------------------------------------------------------------------------


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_the_case_knows_stands_where_the_blanks_were(post, filled):
    case = post.bring_to("instruction")
    text = filled(
        template(
            "{{ 单位名称 }} {{登记号}}",
            "{{ 标题 }}（{{ 文号 }}）",
            "{{ 承办部门 }} {{ 办理时限 }} {{ 拟办签署 }}",
            "{{ 批示 }}{{ 办理状态 }} {{ 打印时间 }}",
            head="{{ 来文单位 }}",
        ),
        case,
    )
    assert text.splitlines() == [
        "某某市人民政府办公室 收〔2026〕1号",
        "关于做好岁末年初安全生产工作的通知（国办发〔2026〕41号）",
        "安监处 2026年11月26日 呈批　王敏　2026-11-20 15:00",
        "批示 2026-11-20 15:00",
        "国务院办公厅",
    ]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_rows_repeat_for_every_event_and_for_every_reader(post, clock, filled):
    case = post.bring_to("circulation", readers=["he", "chen"])
    clock.turn_to("2026-11-20 16:30")
    post.act(post.child_of(case, "he"), "finish_reading", "he", remark="请抓紧。")
    text = filled(
        template(
            "{{ 登记号 }}",
            "{%p for 行 in 传阅 %}",
            "{{ 行.阅件人 }}|{{ 行.送达 }}|{{ 行.已阅 }}|{{ 行.意见或结果 }}",
            "{%p endfor %}",
            "{%p for 行 in 流转 %}",
            "{{ 行.时间 }}|{{ 行.办理人 }}|{{ 行.事项 }}|{{ 行.环节 }}",
            "{%p endfor %}",
        ),
        case,
    )
    assert "何副市长|2026-11-20 15:00|2026-11-20 16:30|阅件意见：请抓紧。" in text
    assert "陈立|2026-11-20 15:00||" in text
    assert "2026-11-20 15:00|王敏|呈批|批示" in text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_part_without_content_is_left_out(post, filled):
    lines = ("{{ 登记号 }}", "{%p if 批示 %}", "批示如下：{{ 批示 }}", "{%p endif %}")
    assert "批示如下" not in filled(template(*lines), post.register())
    case = post.bring_to("distribution", instruction="抓紧办理。")
    assert "批示如下：抓紧办理。" in filled(template(*lines), case)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_was_typed_is_text_and_nothing_else(post, filled):
    case = post.bring_to("instruction", title=HOSTILE, risk_note="第一行\n第二行")
    text = filled(template("{{ 登记号 }}", "{{ 标题 }}", "{{ 风险提示 }}"), case)
    assert HOSTILE in text
    assert "第一行\n第二行" in text


def test_what_xml_cannot_hold_is_dropped():
    prepared = prepare(template("{{ 登记号 }}"))
    assert text_of(render(prepared, {NUMBER: "收\x00\x08\ufffe〔2026〕\ud8001号"})) == "收〔2026〕1号\n"


def test_a_blank_that_the_word_processor_split_into_runs_is_one_blank():
    document = python_docx.Document()
    paragraph = document.add_paragraph()
    for n, piece in enumerate(("{", "{ 登", "记", "号 }", "}")):
        paragraph.add_run(piece).bold = bool(n % 2)
    prepared = accepted("单.docx", saved(document), OF_SHEET)
    assert "收〔2026〕1号" in text_of(render(prepared, {NUMBER: "收〔2026〕1号"}))


@pytest.mark.parametrize("which", PAPERS)
@pytest.mark.parametrize("key", SHIPPED)
def test_the_starting_template_is_accepted_and_reads_as_docxtpl_fills_it_in(key, which):
    content, known = starting(SHIPPED[key][-1], which, MADE_AT), blanks(SHIPPED[key], which)
    data = {
        **{name: f"{name}<&>\"'" for name in known.texts},
        **{of: [dict.fromkeys(names, "甲&乙")] * 2 for of, names in known.lists.items()},
    }
    theirs = DocxTemplate(io.BytesIO(content))
    theirs.render(data, autoescape=True)
    ours = render(accepted("单.docx", content, known), data)
    assert text_of(ours) == text_of(saved(theirs))
    assert "{{" not in text_of(ours)


def test_everything_but_the_text_is_carried_over_as_it_was():
    content = starting(INCOMING[-1], "sheet", MADE_AT)
    made = render(prepare(content), dict.fromkeys(OF_SHEET.texts, "") | dict.fromkeys(OF_SHEET.lists, ()))
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(io.BytesIO(made)) as after:
        assert sorted(before.namelist()) == sorted(after.namelist())
        assert before.read("word/styles.xml") == after.read("word/styles.xml")


def test_filling_in_is_many_times_faster_than_docxtpl():
    """Measured at 57 to 200 times; a busy machine is given room."""
    content = starting(INCOMING[-1], "record", MADE_AT)
    known = blanks(INCOMING, "record")
    data = dict.fromkeys(known.texts, "甲") | dict.fromkeys(known.lists, ())
    prepared = prepare(content)

    def seconds(make, times):
        taken = []
        for _ in range(times):
            begun = time.process_time()
            make()
            taken.append(time.process_time() - begun)
        return median(taken)

    theirs = seconds(lambda: DocxTemplate(io.BytesIO(content)).render(data), 5)
    assert seconds(lambda: [render(prepared, data) for _ in range(10)], 5) / 10 < theirs / 20


# --- refused --------------------------------------------------------------------------------------


def test_a_blank_that_is_not_closed_is_named():
    assert refusal("{{ 登记号 }} {{ 文号", "{{ 标题 }}").startswith("第 2 处空格“{{ 文号”没有写完整")
    assert refusal("{{ 登记号 }} 文号 }}").startswith("第 2 处空格“")


def test_an_unknown_blank_is_named_with_the_nearest_known_one():
    assert refusal("{{ 登记号 }}", "{{ 文好 }}") == "第 2 处空格“{{ 文好 }}”不认识，可能是“文号”"
    assert "可能是“办理人”" in refusal("{{登记号}}", "{%p for 行 in 流转 %}{{ 行.办理 }}{%p endfor %}")
    assert refusal("{{ 登记号 }}", "{%p for 行 in 传看 %}", "{%p endfor %}").endswith("可能是“传阅”")


def test_a_template_without_the_number_is_refused():
    assert refusal("{{ 标题 }}") == "没有“{{ 登记号 }}”：纸质单据与事项靠它互相找到，请加上"


def test_the_number_may_stand_in_the_head_of_the_page():
    accepted("单.docx", template("{{ 标题 }}", head="{{ 登记号 }}"), OF_SHEET)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (("{%p for 行 in 流转 %}", "{{ 行.时间 }}"), "没有用“{% endfor %}”结束"),
        (("{%p endfor %}",), "前面没有与它成对的 for"),
        (("{% else %}",), "前面没有 if"),
        (("{%p for 行 in 流转 %}", "{{ 行 }}", "{%p endfor %}"), "没有写明是哪一格，可用的有：时间、办理人"),
        (("{{ 流转 }}",), "“{{ 流转 }}”不认识"),
        (("{{ 行.时间 }}",), "不在“{%tr for 行 in … %}”与“{%tr endfor %}”之间"),
    ],
    ids=["not ended", "not begun", "else alone", "a whole row", "a whole list", "outside its rows"],
)
def test_rows_and_parts_must_have_both_their_ends(lines, says):
    assert says in refusal("{{ 登记号 }}", *lines)


HOSTILE_BLANKS = (
    "{{ ''.__class__.__mro__ }}",
    "{{ 标题.__class__ }}",
    "{{ 标题|upper }}",
    "{{ 7*7 }}",
    "{{ cycler.__init__.__globals__ }}",
    "{% set x = 1 %}",
    "{% include 'x' %}",
    "{% for 行 in 标题 %}{% endfor %}",
    "{% for 行 in range(9999999) %}{% endfor %}",
    "{%r 标题 %}",
    "{# 说明 #}",
)


@pytest.mark.parametrize("blank", HOSTILE_BLANKS)
def test_only_names_are_taken_no_expression(blank):
    assert "第 2 处空格" in refusal("{{ 登记号 }}", blank)


def test_expressions_hidden_beside_the_text_are_refused_too():
    """In an attribute no word processor shows them, but Jinja would run them."""
    content = template("{{ 登记号 }}")
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as parts, zipfile.ZipFile(file, "w") as changed:
        for name in parts.namelist():
            part = parts.read(name)
            if name == "word/document.xml":
                part = part.replace(b"<w:p>", b"<w:p w:rsidR=\"{{ ''.__class__ }}\">", 1)
            changed.writestr(name, part)
    with pytest.raises(Refused):
        accepted("单.docx", file.getvalue(), OF_SHEET)


def test_a_known_blank_where_no_text_can_stand_is_refused():
    content = template("{{ 登记号 }}")
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as parts, zipfile.ZipFile(file, "w") as changed:
        for name in parts.namelist():
            part = parts.read(name)
            if name == "word/document.xml":
                part = part.replace(b"<w:p>", '<w:p w:rsidR="{{ 标题 }}">'.encode(), 1)
            changed.writestr(name, part)
    with pytest.raises(Refused, match="有空格放在了不能填写的地方"):
        accepted("单.docx", file.getvalue(), OF_SHEET)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("单.docx", b""),
        ("单.docx", b"{{ \xe7\x99\xbb }}"),
        ("单.docx", b"MZ\x90"),
        ("单.docx", b"PK\x03\x04"),
    ],
    ids=["empty", "text", "a program", "half an archive"],
)
def test_what_is_no_docx_is_refused_with_the_reason(name, content):
    with pytest.raises(Unreadable):
        accepted(name, content, OF_SHEET)


def test_another_kind_of_file_is_refused():
    with pytest.raises(Refused, match="单据模板须是 DOCX 文件"):
        accepted("单.txt", "{{ 登记号 }}".encode(), OF_SHEET)


# --- kept, used and taken back --------------------------------------------------------------------

GOOD = template("本办收文单 {{ 登记号 }}")


def test_a_template_is_kept_as_a_file_and_stands_in_the_journal(templates, clock, director, database, files):
    templates.set("incoming_document", "sheet", "收文单.docx", GOOD, clock(), by=director)
    used = templates.in_use("incoming_document", "sheet")
    assert (used.name, used.by, used.at) == ("收文单.docx", "zhang", clock())
    assert templates.content(used) == GOOD
    assert templates.in_use("incoming_document", "record") is None
    with database.reading() as session:
        assert session.get(FileRow, used.digest).kind == "docx"
        (line,) = session.scalars(select(JournalRow))
        assert (line.action, line.subject, line.by) == ("template.set", "收文办理 · 收文处理单", "zhang")
    assert files.path(used.digest).exists()


def test_a_newer_template_takes_the_place_of_the_older(templates, clock, director):
    templates.set("incoming_document", "sheet", "一.docx", GOOD, clock(), by=director)
    templates.set("incoming_document", "sheet", "二.docx", template("{{登记号}}"), clock(), by=director)
    assert templates.in_use("incoming_document", "sheet").name == "二.docx"


def test_taken_back_the_programs_own_is_printed_again(templates, clock, director, database):
    templates.set("incoming_document", "sheet", "收文单.docx", GOOD, clock(), by=director)
    templates.remove("incoming_document", "sheet", clock(), by=director)
    templates.remove("incoming_document", "sheet", clock(), by=director)
    assert templates.in_use("incoming_document", "sheet") is None
    with database.reading() as session:
        actions = list(session.scalars(select(JournalRow.action).order_by(JournalRow.id)))
    assert actions == ["template.set", "template.removed"]


def test_of_a_refused_template_nothing_is_kept(templates, clock, director, database, files):
    for content in (template("{{ 文号 }}"), b"MZ\x90\x00"):
        with pytest.raises((Refused, Unreadable)):
            templates.set("incoming_document", "sheet", "单.docx", content, clock(), by=director)
    with database.reading() as session:
        for table in (TemplateRow, FileRow, JournalRow):
            assert session.scalars(select(table)).all() == []
    assert not files.folder.exists() or not any(files.folder.rglob("*"))


def test_a_template_that_is_missing_from_the_disk_is_named(templates, clock, director, database, files):
    templates.set("incoming_document", "sheet", "收文单.docx", GOOD, clock(), by=director)
    used = templates.in_use("incoming_document", "sheet")
    assert verify(database, KEY, files, []) == []
    files.path(used.digest).unlink()
    (found,) = verify(database, KEY, files, [])
    assert "单据模板 '收文单.docx'" in found
    with pytest.raises(NotFound, match="请管理员重新上传模板"):
        templates.content(used)


def test_only_whoever_administers_changes_a_template(templates, clock, secretary, database):
    with pytest.raises(NotAllowed):
        templates.set("incoming_document", "sheet", "单.docx", GOOD, clock(), by=secretary)
    with pytest.raises(NotAllowed):
        templates.remove("incoming_document", "sheet", clock(), by=secretary)


def test_there_is_no_template_for_what_is_no_paper(templates, clock, director):
    for process, which in (("no_such", "sheet"), ("incoming_document", "no_such")):
        with pytest.raises(NotFound):
            templates.set(process, which, "单.docx", GOOD, clock(), by=director)


def test_a_template_on_which_somebody_lays_hands_as_a_draft_is_not_thrown_away(
    templates, office, clock, director, secretary
):
    """The same file dropped on a form and taken off it again stays, as the papers need it."""
    templates.set("incoming_document", "sheet", "收文单.docx", GOOD, clock(), by=director)
    ref = office.keep("收文单.docx", GOOD, by=secretary)
    office.discard([ref["digest"]], by=secretary)
    assert templates.content(templates.in_use("incoming_document", "sheet")) == GOOD


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_slip_is_filled_in_with_what_it_was_issued_for(post, clock, office, filled):
    case = post.bring_to("proposal")
    clock.turn_to("2026-12-01 10:00")
    office.issue_slips()
    lines = ("{{ 单据名称 }} {{ 登记号 }}", "{{ 责任人 }} {{ 现处步骤 }} {{ 步骤时限 }}", "{{ 签发事由 }}")
    first, second, why = filled(template(*lines), case, "slip").splitlines()[:3]
    assert re.fullmatch("某某市人民政府办公室督办单（.色） 收〔2026〕1号", first)
    assert second == "文秘岗 拟办 2026-11-24 17:30"
    assert why
    assert "督办单号" not in OF_SHEET.texts


# --- through the doors of the real program --------------------------------------------------------


def test_the_office_prints_from_its_own_template_and_classified_papers_not_at_all(doors):  # noqa: F811
    database = open_database(doors.server.database_url)
    templates = Templates(database, FileStore(doors.server.data / "files"), KEY)
    own = template("本办收文单 {{ 登记号 }} {{ 标题 }}")
    templates.set("incoming_document", "sheet", "收文单.docx", own, MADE_AT, by=NAMED["zhang"])
    answer = doors.get(f"/papers/{doors.open.id}/sheet.docx", by="wang")
    assert answer.status_code == 200
    assert text_of(answer.content).startswith(f"本办收文单 {doors.open.number} {doors.open.title}")
    assert doors.get(f"/papers/{doors.open.id}/sheet.pdf", by="wang").content.startswith(b"%PDF")
    assert "本办收文单" not in text_of(doors.get(f"/papers/{doors.open.id}/record.docx", by="wang").content)
    assert doors.get(f"/papers/{doors.secret.id}/sheet.docx", by="wang").status_code == 403
    templates.remove("incoming_document", "sheet", MADE_AT, by=NAMED["zhang"])
    answer = doors.get(f"/papers/{doors.open.id}/sheet.docx", by="wang")
    assert "本办收文单" not in text_of(answer.content)
    database.close()
