"""The papers of a meeting: agenda, notice, sign-in sheet, cards, draft resolution, record, minutes, tasks (R28, R70, R74, R75, N15, N16).

The clock stands on Friday 2026-11-20 at 15:00 until a story turns it on; the meeting is on Thursday 2026-12-03.
"""

import io
import zipfile
from datetime import date, datetime

import docx as python_docx
import pypdfium2
import pytest

from core.errors import NotAllowed, NotFound, Refused
from core.intake import text_of
from core.layout import docx as layout_docx
from core.layout import pdf as layout_pdf
from core.layout.check import check
from core.layout.official import Form
from core.meeting_minutes import names, titled
from core.meeting_series import carried_over, compiled
from core.papers import FORMS, compilation, item_of, official, papers_of, templated
from core.papers.blanks import blanks, context, starting
from core.papers.cards import size, spread
from core.papers.docx import docx
from core.papers.pdf import pdf
from core.papers.template import accepted, render
from core.people import Grade
from core.processes import SHIPPED
from db.contacts import AddressBook
from tests.conftest import NAMED, SHANGHAI
from tests.meetings import Meetings

MADE_AT = datetime(2026, 11, 20, 15, 0, tzinfo=SHANGHAI)


@pytest.fixture
def meetings(post, database):
    return Meetings(post, AddressBook(database, b"key of the tests"))


@pytest.fixture
def of(reader_of):
    """A paper of a case as somebody prints it."""

    def make(case, which, by="wang"):
        return papers_of(case.process)[which][1](reader_of(NAMED[by]).dossier(case.id))

    return make


def said(paper):
    """What stands on a paper, a row a line."""
    return ["｜".join(filter(None, (cell.text for cell in row.cells))) for row in paper.rows]


def words_in(made):
    """The text of a PDF, page by page, without the gaps."""
    pages = pypdfium2.PdfDocument(made)
    return ["".join(page.get_textpage().get_text_range().split()) for page in pages]


def sign_in(meetings, case, name, who=None, place=None, way="手工"):
    told = {"attendee": who, "attendee_name": name, "attendee_organisation": place}
    meetings.act(case, "sign_in", "wang", **told, attendee_post=None, attendee_contact=None, way=way)


def write_down(meetings, case, said, **more):
    line = dict.fromkeys(("speaker", "topic_no", "owner", "by_day", "said_at"))
    meetings.act(case, "record_line", "wang", **{**line, "line_kind": "发言", "said": said, **more})


# --- before ---------------------------------------------------------------------------------------------


def test_the_agenda_says_by_which_clock_each_item_begins(meetings, of):
    lines = said(of(meetings.approved(), "agenda"))
    assert "会议名称｜冬季安全生产协调会" in lines
    assert "时间｜2026年12月3日（周四）14:30 至 16:00" in lines
    assert lines[-2:] == ["1｜14:30–15:00｜排查进展｜周宁｜30", "2｜15:00–15:40｜经费安排｜陈立｜40"]


def test_before_there_is_a_plan_the_papers_say_what_is_missing(meetings, of):
    case = meetings.opened()
    assert said(of(case, "agenda"))[-1] == "议程还没有排。"
    assert not of(case, "name_cards").cards
    for which in papers_of(case.process).keys() - {"slip"}:
        assert pdf(of(case, which)).startswith(b"%PDF")
        assert docx(of(case, which)).startswith(b"PK")


def test_the_notice_names_everybody_with_where_when_and_what_to_bring(meetings, of):
    lines = said(of(meetings.approved(), "notice"))
    assert "参会人｜陈立、周宁" in lines
    assert "会前准备｜带本单位排查台账" in lines
    assert "请回复｜请在 2026年12月2日 下班前回复是否参加；不能参加的可以派人。" in lines
    assert not any(line.startswith("线上会议地址") for line in lines)


def test_the_sign_in_sheet_has_the_columns_of_the_standard_in_the_order_of_the_seats(meetings, of):
    """R74: 姓名, 部门, 职务, 联系方式; a deputy under their own name; room for those who come besides."""
    guest = meetings.contact()
    meetings.reach("zhou", post="科长", mobile="13811112222")
    case = meetings.inviting(invitees=["chen", "zhou", guest])
    sent = {"deputy_name": "刘洋", "deputy_post": "副科长", "deputy_contact": "13700001111"}
    meetings.act(meetings.confirmation(case, "chen"), "send_deputy", "wang", **sent)
    lines = said(of(case, "sign_in_sheet"))
    assert lines[3] == "序号｜姓名｜部门｜职务｜联系方式｜签名"
    assert lines[4:] == [
        "1｜刘洋（代陈立）｜财务处｜副科长｜13700001111",
        "2｜周宁｜安监处｜科长｜13811112222",
        "3｜赵强｜市供电公司｜副经理｜13900000001",
        "4",
        "5",
        "6",
    ]


def test_only_who_keeps_the_address_book_prints_how_people_are_reached(meetings, of):
    meetings.reach("zhou", mobile="13811112222")
    case = meetings.inviting()
    assert "13811112222" in "".join(said(of(case, "sign_in_sheet")))
    assert "13811112222" not in "".join(said(of(case, "sign_in_sheet", by="chen")))


def test_each_who_comes_has_a_card_and_nobody_who_declined(meetings, of):
    case = meetings.inviting(invitees=["he", "chen", "zhou"])
    meetings.act(meetings.confirmation(case, "zhou"), "decline", "wang", declined_because="出差")
    sent = {"deputy_name": "刘洋", "deputy_post": None, "deputy_contact": None}
    meetings.act(meetings.confirmation(case, "chen"), "send_deputy", "wang", **sent)
    made = of(case, "name_cards")
    assert [(card.name, card.below) for card in made.cards] == [("何副市长", ""), ("刘洋", "财务处")]
    pages = pypdfium2.PdfDocument(pdf(made))
    assert [page.get_size()[0] > page.get_size()[1] for page in pages] == [True, True], "A4 across"
    assert words_in(pdf(made))[0].count("何副市长") == 2, "to both sides"
    with zipfile.ZipFile(io.BytesIO(docx(made))) as parts:
        drawn = parts.read("word/document.xml").decode()
    assert drawn.count('string="何副市长"') == 2
    assert drawn.count("rotation:180") == 3, "two names and a department, the other way up"


def test_a_long_name_is_set_smaller_and_a_short_one_wider():
    assert spread("周宁") == "周　宁"
    assert size("周宁") == size("何副市长") > size("阿卜杜热合曼·买买提")


def test_the_draft_resolution_begins_from_what_is_to_be_decided(meetings, of):
    case = meetings.inviting(
        meeting_kind="决策会", decisions_wanted="定下经费由谁出", draft_resolution=[meetings.kept("草案.txt", "草案")]
    )  # fmt: skip
    lines = said(of(case, "resolution"))
    assert "要作出的决定｜定下经费由谁出" in lines
    assert "2｜经费安排｜陈立" in lines
    assert any(line.startswith("表决情况｜应到") for line in lines)


# --- in the room, and after -----------------------------------------------------------------------------


@pytest.fixture
def over(meetings, clock):
    """The meeting is over: two signed in, one came besides, three lines stand in the record."""
    case = meetings.held()
    sign_in(meetings, case, "周宁", "zhou", way="扫码")
    sign_in(meetings, case, "孙记者", place="市报社")
    clock.turn_to("2026-12-03 14:40")
    write_down(meetings, case, "已排查 46 座泵站。", speaker="周宁", topic_no=1)
    write_down(meetings, case, "报送清单", line_kind="待办", owner="zhou", by_day=date(2026, 12, 10))
    meetings.act(case, "use_contingency", "wang", contingency="设备故障", what_was_done="换了话筒")
    clock.turn_to("2026-12-03 16:00")
    return meetings.act(case, "close_meeting", "wang", audio=[], no_audio_because="录音设备送修")


def test_the_sheet_of_a_meeting_that_was_held_has_when_and_how_each_signed_in(over, of):
    lines = said(of(over, "sign_in_sheet"))[4:]
    assert lines == [
        "1｜陈立｜财务处",
        "2｜周宁｜安监处｜14:30 扫码签到",
        "3｜孙记者｜市报社｜14:30 手工签到",
    ]


def test_the_record_has_who_was_there_what_was_said_and_what_went_wrong(over, of):
    """R33: moment, speaker, point, to-do; the plan that was used is written down (R35)."""
    lines = said(of(over, "minutes_record"))
    for line in (
        "开会时间｜2026-12-03 14:30｜散会时间｜2026-12-03 16:00",
        "出席｜周宁",
        "列席｜孙记者",
        "缺席｜陈立",
        "14:40｜排查进展｜周宁｜发言｜已排查 46 座泵站。",
        "14:40｜待办｜报送清单（周宁，2026-12-10）",
        "14:40｜设备故障｜换了话筒",
        "没有表决。",
        "录音｜录音设备送修",
    ):
        assert line in lines


def test_the_minutes_are_an_official_document_without_a_failed_check(meetings, reader_of):
    """GB/T 9704-2012 §10.3: the mark, who was there, no seal, no date of its own; 0 failed checks."""
    case = meetings.signed()
    made = official(reader_of(NAMED["zhang"]).dossier(case.id))
    assert (made.form, made.title, made.number) == (
        Form.MINUTES,
        "冬季安全生产协调会纪要",
        "会议纪要〔2026〕1号",
    )
    assert (made.present, made.sealed, made.dated_on) == (("陈立", "周宁"), False, None)
    found = check(layout_docx.docx(made))
    assert len(found) > 50
    assert [finding for finding in found if not finding.ok] == []
    text = words_in(layout_pdf.pdf(made))[0]
    assert "某某市人民政府办公室纪要" in text
    assert "出席：陈立、周宁" in text


def test_the_title_and_the_names_of_minutes_are_read_as_they_are_written():
    assert [titled(one) for one in ("局务会", "工作会议", "防汛", "第 3 次会议纪要")] == [
        "局务会纪要", "工作会议纪要", "防汛会议纪要", "第 3 次会议纪要",
    ]  # fmt: skip
    assert names("陈立、周宁（安监处），孙审\n李华") == ("陈立", "周宁（安监处）", "孙审", "李华")


def test_minutes_that_are_not_written_yet_cannot_be_printed(meetings, reader_of):
    with pytest.raises(NotFound, match="纪要还没有起草"):
        official(reader_of(NAMED["zhang"]).dossier(meetings.opened().id))


# --- the tasks ------------------------------------------------------------------------------------------


@pytest.fixture
def tasks(meetings, clock):
    """One task was reported and accepted, one put off by a week, one is late."""
    case = meetings.split()
    done, put_off, _ = [child for child in meetings.children(case) if child.process.key == "task"]
    clock.turn_to("2026-12-09 10:00")
    meetings.act(done, "report", "zhou", result="清单已报送", result_files=[])
    meetings.act(done, "close_out", "wang", review="符合")
    meetings.act(put_off, "ask_extension", "chen", until=date(2026, 12, 22), reason="财政年底关账")
    meetings.act(put_off, "decide_extension", "zhang", decision="同意", text=None)
    clock.turn_to("2026-12-21 10:00")
    return meetings.see(case)


def test_the_table_of_tasks_has_result_acceptance_extension_and_who_is_late(tasks, of):
    lines = said(of(tasks, "task_list"))[-3:]
    assert lines == [
        "1｜报送隐患整改清单｜周宁｜2026-12-10｜逐项有整改时限｜清单已报送｜2026-12-09\n按期",
        "2｜落实排查经费｜陈立｜2026-12-15\n延至 2026-12-22｜经费到账｜未到期",
        "3｜汇总各区县排查数据｜陈立｜2026-12-20｜数据齐全｜逾期未办",
    ]


def test_the_order_of_a_task_has_its_four_parts_and_who_gave_did_and_checked_it(meetings, tasks, of):
    """R75: 任务描述, 责任人, 节点, 验收标准; R40 whence it comes."""
    done, put_off, _ = [child for child in meetings.children(tasks) if child.process.key == "task"]
    lines = said(of(done, "task_order"))
    for line in (
        "任务描述｜报送隐患整改清单",
        "来源｜会议组织　会〔2026〕1号　冬季安全生产协调会",
        "责任人｜周宁｜责任部门",
        "节点｜2026-12-10｜延期至",
        "验收标准｜逐项有整改时限",
        "交办｜下达　王敏　2026-12-04 09:00",
        "反馈｜清单已报送",
        "反馈人｜反馈结果　周宁　2026-12-09 10:00",
        "审核｜符合",
    ):
        assert line in lines
    waiting = said(of(put_off, "task_order"))
    assert "节点｜2026-12-15｜延期至｜2026-12-22" in waiting
    assert any(line.startswith("反馈人｜签名：") for line in waiting), "room to sign by hand"


def test_the_archived_item_of_a_meeting_lies_in_the_order_of_the_standard(meetings, tasks, reader_of):
    parts = [part.title for part in item_of(reader_of(NAMED["wang"]).dossier(tasks.id))]
    assert parts[:3] == ["会议记录", "签到表", "议程表"]
    assert parts[-2:] == ["会议方案", "会议流转记录"]


# --- the office's own templates -------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["meeting", "task"])
def test_every_paper_of_a_meeting_can_be_the_offices_own(key):
    """A starting template of each is accepted, and what is not known is named with what is like it."""
    versions = SHIPPED[key]
    for which in templated(versions[-1]):
        known = blanks(versions, which)
        accepted("单.docx", starting(versions[-1], which, MADE_AT), known)
        assert "内容" not in known.texts, "what is said beside the work is no blank"
        document = python_docx.Document()
        document.add_paragraph("{{ 登记号 }} {{ 会议名穪 }} {{ 任务描叙 }}")
        file = io.BytesIO()
        document.save(file)
        with pytest.raises(Refused, match="不认识，可能是"):
            accepted("单.docx", file.getvalue(), known)


def test_the_offices_own_sign_in_sheet_is_filled_in_row_by_row(meetings, reader_of):
    versions = SHIPPED["meeting"]
    document = python_docx.Document()
    document.add_paragraph("{{ 会议名称 }} {{ 登记号 }} {{ 地点 }}")
    table = document.add_table(rows=3, cols=2)
    cells = ("{%tr for 行 in 签到 %}", "", "{{ 行.姓名 }}", "{{ 行.部门 }}", "{%tr endfor %}", "")
    for cell, text in zip((cell for row in table.rows for cell in row.cells), cells, strict=True):
        cell.text = text
    file = io.BytesIO()
    document.save(file)
    known = blanks(versions, "sign_in_sheet")
    prepared = accepted("签到表.docx", file.getvalue(), known)
    case = meetings.inviting()
    made = render(prepared, context(reader_of(NAMED["wang"]).dossier(case.id), "sign_in_sheet", known))
    text = text_of("签到表.docx", made)
    assert "冬季安全生产协调会 会〔2026〕1号 三楼会议室" in text
    assert "陈立" in text
    assert "安监处" in text


def test_a_paper_that_a_definition_names_is_one_that_can_be_made():
    for versions in SHIPPED.values():
        for process in versions:
            assert {*process.papers.further} <= FORMS.keys()


# --- series ---------------------------------------------------------------------------------------------


def test_what_the_last_meeting_left_open_begins_the_agenda_of_the_next(meetings, tasks, reader_of):
    """N15: by its day, each with who has to report."""
    following = meetings.opened(previous=tasks.id, title="冬季安全生产协调会（第二次）")
    reader = reader_of(NAMED["wang"])
    rows = carried_over(reader.tasks_left(following.id), reader.directory())
    assert [(row["topic"], row["reporter"]) for row in rows] == [
        ("上次会议任务落实情况：落实排查经费", "陈立"),
        ("上次会议任务落实情况：汇总各区县排查数据", "陈立"),
    ]
    many = carried_over(reader.tasks_left(following.id) * 5, reader.directory())
    assert [row["topic"] for row in many] == ["上次会议未办结的 10 项任务落实情况"]


def test_the_minutes_of_a_series_are_one_document_with_contents(meetings, tasks, reader_of):
    reader = reader_of(NAMED["wang"])
    following = meetings.opened(previous=tasks.id, title="冬季安全生产协调会（第二次）")
    assert [one.id for one in reader.series(following.id)] == [tasks.id, following.id]
    made = reader.compiled_series(following.id)
    assert [(day, one.title) for day, one in made.minutes] == [("2026年12月3日", "冬季安全生产协调会纪要")]
    pages = words_in(compilation.pdf(made))
    assert "会议纪要汇编" in pages[0]
    assert "冬季安全生产协调会纪要" in pages[1], "the contents"
    assert "会议议定：元旦前完成排查。" in pages[2]
    text = text_of("汇编.docx", compilation.docx(made))
    assert text.count("冬季安全生产协调会纪要") == 2


def test_only_who_may_see_every_meeting_of_it_has_a_compilation(meetings, tasks, reader_of):
    """A member who was at one of them may not read the others through it."""
    following = meetings.opened(previous=tasks.id)
    assert reader_of(NAMED["chen"]).case(tasks.id)
    with pytest.raises(NotFound):
        reader_of(NAMED["chen"]).compiled_series(tasks.id)
    with pytest.raises(NotAllowed):
        reader_of(NAMED["chen"]).compiled_between(date(2026, 12, 1), date(2026, 12, 31))
    assert reader_of(NAMED["zhang"]).series(following.id)


def test_classified_minutes_are_left_out_of_a_compilation_and_it_says_so(meetings, tasks, reader_of):
    reader = reader_of(NAMED["zhang"])
    whole = reader.compiled_between(date(2026, 12, 1), date(2026, 12, 31))
    assert (len(whole.minutes), whole.left_out, whole.note) == (1, 0, "")
    secret = tasks.but(inherited=Grade.SECRET)
    told = reader.profile(), reader.calendar(), MADE_AT
    made = compiled([meetings.see(tasks), secret], "2026 年", *told)
    assert (len(made.minutes), made.left_out) == (1, 1)
    assert "另有1份涉密纪要不在汇编内" in words_in(compilation.pdf(made))[1]
