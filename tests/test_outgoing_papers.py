"""The papers of an outgoing document, made at any moment: 发文稿纸, 联审清单, 签收表, 件内目录 (R17, R20, R80).

The clock stands on Friday 2026-11-20 at 15:00 until a story turns it on.
"""

from datetime import date

import pytest

from core.intake import text_of
from core.papers import CONTENTS, PAPERS, item_of, ledger, papers_of
from core.papers.docx import docx
from core.papers.paper import GRID
from core.papers.pdf import pdf
from core.processes import SHIPPED
from core.registers import Wanted
from tests.conftest import NAMED
from tests.test_outgoing_document import RECEIVED, SENT, Outgoing

LONG = "一、总体要求\n" + "各单位要压实值班责任，遇有突发情况第一时间报告。" * 20


@pytest.fixture
def outgoing(post):
    return Outgoing(post)


def answered(outgoing, clock, files):
    """A reply to an incoming document, signed by two departments – one after a change – sealed, sent and received."""
    office, post = outgoing.office, outgoing.post
    letter = office.keep("省政府来文.txt", "请报送值班安排".encode(), by=NAMED["wang"])
    incoming = post.register(files=[letter])
    annex = office.keep("值班表.txt", "值班表".encode(), by=NAMED["li"])
    told = {"body": LONG, "attachment_note": "值班表", "attachments": [annex], "answers": incoming.id}
    case = outgoing.in_round(**told)
    clock.turn_to("2026-11-20 16:00")
    outgoing.sign(case, "caiwu", "chen", opinion="经费已列入预算")
    outgoing.sign(case, "anjian", "zhou", "refuse", objection="第二部分请写明报告时限")
    outgoing.act(post.child_of(case, "dept:anjian"), "resubmit", "li", changed="已写明半小时内报告")
    clock.turn_to("2026-11-20 17:00")
    outgoing.sign(case, "anjian", "zhou")
    case = outgoing.act(case, "sign_off", "zhang", signing_opinion="请抓紧印发", dated_on=date(2026, 11, 20))
    case = outgoing.act(case, "give_number", "wang", office_code="某办函", print_copies=30)
    clock.turn_to("2026-11-23 09:30")
    proof = office.keep("清样.txt", "清样".encode(), by=NAMED["wang"])
    seal = {"seal": "办公室印章", "sealed_on": date(2026, 11, 23), "sealed_by": "wang", "sealed_copies": 30}
    case = outgoing.act(case, "print_and_seal", "wang", final_proof=[proof], seal_log=[seal], printed_on=date(2026, 11, 23))  # fmt: skip
    outgoing.act(case, "send_out", "wang", distribution=SENT)
    received = [row | RECEIVED for row in SENT]
    case = outgoing.act(case, "all_received", "wang", distribution=received)
    return incoming, outgoing.act(case, "archive", "wang", retention="30年", box="2026-3 盒")


def said(paper):
    """Everything that stands on a paper, row by row."""
    return [" | ".join(filter(None, (f"{cell.text} {cell.sign}".strip() for cell in row.cells))) for row in paper.rows]  # fmt: skip


def made(dossier, which):
    return papers_of(dossier.case.process)[which][1](dossier)


def test_the_drafting_sheet_tells_draft_opinions_sign_off_number_and_copies(
    outgoing, clock, files, dossier_of
):
    _, case = answered(outgoing, clock, files)
    paper = made(dossier_of(case), "sheet")
    assert paper.title.endswith("发文稿纸")
    told = "\n".join(said(paper))
    for words in (
        "主题词 | 值班、冬季", "生效日期 | 2026年12月1日", "附件说明", "正文", "拟稿人 | 李华",
        "送核稿　李华", "经费已列入预算", "第二部分请写明报告时限", "已写明半小时内报告", "签发意见：请抓紧印发",
        "签发　张主任", "发文字号：某办函〔2026〕1号", "印制份数：30", "用印记录：共 1 行，见用印登记表", "答复哪一件来文 | 收〔2026〕1号", "档号：Z109-WS·2026-D30-BGS-0001",
    ):  # fmt: skip
        assert words in told
    assert LONG not in told
    assert "附后，共" in told
    assert told.count("关于做好冬季值班工作的通知") == 1


def test_the_joint_review_list_has_part_responsibility_and_answer_in_each_row(
    outgoing, clock, files, dossier_of
):
    _, case = answered(outgoing, clock, files)
    paper = made(dossier_of(case), "joint_review")
    assert paper.title.endswith("部门联审清单")
    *_, first, second = said(paper)
    assert first.startswith(
        "1 | 财务处 | 第一部分 | 对经费安排负责 | 2026-11-20 15:00 | 陈立 2026-11-20 16:00"
    )
    assert "第二部分请写明报告时限" in second
    assert "周宁 2026-11-20 17:00" in second


def test_before_anybody_is_asked_the_lists_have_room_to_write(outgoing, dossier_of):
    dossier = dossier_of(outgoing.draft())
    for which in ("joint_review", "seal_log", "distribution"):
        paper = made(dossier, which)
        assert [row for row in paper.rows[-3:] if not any(cell.text for cell in row.cells)] == list(
            paper.rows[-3:]
        )
        assert all(sum(cell.span for cell in row.cells) == GRID for row in paper.rows)


def test_receipts_stand_beside_whom_it_was_sent_to(outgoing, clock, files, dossier_of):
    _, case = answered(outgoing, clock, files)
    *_, last = said(made(dossier_of(case), "distribution"))
    assert last == "2 | 市政府各部门 | 10 | 电子公文 | 2026年11月23日 | 收发室"


def test_the_item_has_the_fair_copy_first_and_what_it_answers_last(outgoing, clock, files, dossier_of):
    """正本 before 定稿, text before attachment, 发文稿纸 among them, 复文 before 来文 (DA/T 22-2015)."""
    incoming, case = answered(outgoing, clock, files)
    own = [part.title for part in item_of(dossier_of(case))]
    assert own == ["清样", "值班表", "发文稿纸", "定稿", "部门联审清单", "用印登记表", "分发签收表", "发文流转记录", "省政府来文"]  # fmt: skip
    assert [part.title for part in item_of(dossier_of(incoming))][:2] == ["清样", "值班表"]
    rows = said(made(dossier_of(case), CONTENTS))
    assert "发文字号 | 某办函〔2026〕1号 | 档号 | Z109-WS·2026-D30-BGS-0001" in rows
    assert rows[-1] == "9 | 省政府来文 | 来文"


def test_an_incoming_item_begins_with_its_handling_sheet(post, office, dossier_of):
    letter = office.keep("来文.txt", b"text", by=NAMED["wang"])
    case = post.register(files=[letter])
    assert [part.title for part in item_of(dossier_of(case))] == ["收文处理单", "来文", "文件流转记录"]


@pytest.mark.parametrize("key", SHIPPED)
def test_which_papers_a_process_has_is_said_by_its_definition(key):
    process = SHIPPED[key][-1]
    lists = [which for which, _ in process.papers.lists]
    own = dict.fromkeys((*PAPERS, *lists, *process.papers.further))
    assert list(papers_of(process)) == [*own, *([CONTENTS] if process.papers.item else [])]
    known = {*process.fields, *papers_of(process), "official"}
    assert {*process.papers.item} <= known


def test_the_ledger_of_outgoing_documents_has_the_columns_of_the_standard(outgoing, clock, files, reader_of):
    _, case = answered(outgoing, clock, files)
    reader = reader_of(NAMED["wang"])
    page = reader.register_page("outgoing_document", Wanted())
    book = ledger(case.process, page.frame.itertuples(), reader.directory(), reader.calendar())
    assert book.title == "发文登记表"
    row = dict(zip(book.columns, book.rows[0], strict=True))
    assert (row["发文字号"], row["签发人"], row["份数"]) == ("某办函〔2026〕1号", "张主任", "30")


def test_every_paper_is_drawn_as_docx_and_as_pdf(outgoing, clock, files, dossier_of):
    _, case = answered(outgoing, clock, files)
    dossier = dossier_of(case)
    for which in ("sheet", "joint_review", "seal_log", "distribution", CONTENTS):
        paper = made(dossier, which)
        assert "关于做好冬季值班工作的通知" in text_of(f"{which}.docx", docx(paper))
        assert pdf(paper).startswith(b"%PDF")
