"""The papers of a document: sheet, routing record and ledger, made at any moment (R13, R73, N21, P13).

The clock stands on Friday 2026-11-20 at 15:00 until a story turns it on.
"""

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from urllib.parse import quote

import docx as python_docx
import httpx
import pytest
from docx.oxml.ns import qn

from core import processes
from core.errors import GONE
from core.intake import text_of
from core.office import Office
from core.papers import Ledger, handling_sheet, ledger, routing_record
from core.papers.docx import docx
from core.papers.pdf import pdf
from core.papers.xlsx import xlsx
from core.policy import why_not_print
from core.processes.incoming_document import V1
from core.registers import Wanted
from db.engine import open_database
from db.files import FileStore
from db.reader import Reader
from db.sessions import Sessions
from db.unit import SqlUnit
from tests.conftest import NAMED, Post, furnish
from tests.serving import Server, start_server

HOSTILE = '#import "x": * $a$ *b* <&> ]]> {{7*7}} \\u{41} // /* ${x} = 甲'


def walked(post, clock):
    """A document that went its whole way, read by two, done by two departments, answered and filed."""
    case = post.bring_to(
        "circulation",
        readers=["he", "chen"],
        assist_depts=["caiwu"],
        needs_reply=True,
        instruction="请安监处牵头，抓紧排查。",
    )
    clock.turn_to("2026-11-20 16:30")
    post.act(post.child_of(case, "he"), "finish_reading", "he", remark="请抓紧。")
    post.act(case, "note", "li", text="纸质原件已送会议室")
    clock.turn_to("2026-11-23 09:30")
    post.act(post.child_of(case, "chen"), "record_paper_reading", "wang", remark="")
    clock.turn_to("2026-11-24 10:00")
    post.do_task(case, "anjian", "zhou")
    post.do_task(case, "caiwu", "chen")
    post.act(
        case,
        "answer_sender",
        "wang",
        reply_number="某政办函〔2026〕8号",
        replied_on=date(2026, 11, 24),
        reply="",
    )
    return post.act(case, "archive", "wang", retention="30年", box="2026-12 盒")


def rows_of(paper):
    """What stands in each row, cell after cell, with the signature."""
    return [[f"{cell.text}｜{cell.sign}".rstrip("｜") for cell in row.cells] for row in paper.rows]


def box(paper, label):
    """What stands beside a label."""
    cells = [cell for row in rows_of(paper) for cell in row]
    return cells[cells.index(label) + 1]


# --- the handling sheet ---------------------------------------------------------------------------


def test_the_sheet_at_registration_says_what_is_known_and_leaves_room_for_the_rest(post, dossier_of):
    paper = handling_sheet(dossier_of(post.register()))
    assert (paper.title, paper.number_line) == ("某某市人民政府办公室收文处理单", "登记号：收〔2026〕1号")
    known = {
        "登记号": "收〔2026〕1号",
        "文号": "国办发〔2026〕41号",
        "标题": "关于做好岁末年初安全生产工作的通知",
        "来文单位": "国务院办公厅",
        "成文日期": "2026年11月18日",
        "密级": "非密",
        "紧急程度": "加急",
        "份数": "2",
        "来文方式": "电子文件",
        "签收时间": "2026-11-20 15:00",
    }
    assert {label: box(paper, label) for label in known} == known
    assert box(paper, "签收登记") == (
        "文号核对：相符　　份数核对：相符　　密级核对：相符｜登记　王敏　2026-11-20 15:00"
    )
    for ahead in ("初审", "拟办", "批示", "分送", "答复", "归档立卷"):
        text, sign = box(paper, ahead).split("｜")
        assert re.fullmatch(r"(?:\w+：[　\n]*)+", text)
        assert sign.startswith("签名：　")
    assert rows_of(paper).count([""] * 4) == 4, "two empty lines for readers and two for departments"


def test_the_sheet_of_a_filed_document_has_every_step_with_who_and_when(post, clock, dossier_of):
    paper = handling_sheet(dossier_of(walked(post, clock)))
    assert paper.state == "办理状态：已归档"
    assert box(paper, "拟办") == (
        "承办部门：安监处　　协办部门：财务处　　办理时限：2026年11月26日\n风险提示：元旦前须完成排查"
        "｜呈批　王敏　2026-11-20 15:00"
    )
    assert box(paper, "批示") == "批示：请安监处牵头，抓紧排查。｜批示同意　张主任　2026-11-20 15:00"
    rows = rows_of(paper)
    assert ["何副市长", "2026-11-20 15:00", "2026-11-20 16:30", "阅件意见：请抓紧。"] in rows
    assert ["陈立", "2026-11-20 15:00", "2026-11-23 09:30", ""] in rows
    assert any(row[0] == "财务处" and row[3] == "办理结果：已排查，无隐患\n审核意见：符合" for row in rows)
    assert box(paper, "答复").startswith("复文文号：某政办函〔2026〕8号　　答复日期：2026年11月24日")
    assert "档号：Z109-WS·2026-D30-BGS-0001" in box(paper, "归档立卷")


def test_a_step_that_was_withdrawn_signs_nothing(post, dossier_of):
    case = post.bring_to("instruction")
    case = post.act(case, "withdraw", "wang", reason="时限写错")
    assert box(handling_sheet(dossier_of(case)), "拟办").split("｜")[1].startswith("签名：")


def test_who_has_not_had_it_yet_stands_in_the_list_without_a_time(post, dossier_of):
    case = post.bring_to("circulation", readers=["he", "chen"], circulation="依次传阅")
    assert ["陈立", "", "", ""] in rows_of(handling_sheet(dossier_of(case)))


def test_what_a_returned_document_never_came_to_is_not_on_its_sheet(post, dossier_of):
    case = post.act(post.register(), "return_to_sender", "wang", return_reason="不属本机关职权")
    labels = [row[0] for row in rows_of(handling_sheet(dossier_of(case)))]
    assert "初审" in labels
    assert not {"拟办", "批示", "传阅", "督办反馈", "归档立卷"} & {*labels}


@pytest.mark.parametrize("key", processes.SHIPPED)
def test_every_process_has_its_papers_named(key):
    """Where its definition says nothing, after its title."""
    made = ledger(processes.SHIPPED[key][-1], [], None, None)
    assert made.title.endswith(("登记表", "台账"))


def test_the_sheet_of_a_task_is_named_after_its_process(post, dossier_of):
    case = post.bring_to("feedback")
    task = post.child_of(case, "dept:anjian")
    assert handling_sheet(dossier_of(task)).title.endswith("督办事项办理单")
    assert routing_record(dossier_of(task)).title.endswith("督办事项流转记录")


# --- the routing record ---------------------------------------------------------------------------


def test_every_event_of_a_document_stands_in_its_routing_record(post, clock, dossier_of, reader_of):
    case = walked(post, clock)
    paper, history = routing_record(dossier_of(case)), reader_of(NAMED["wang"]).history(case.id)
    rows = rows_of(paper)
    assert paper.title.endswith("文件流转记录")
    assert len(rows) == len(history)
    told = [*history.iloc[::-1].itertuples()]
    assert [row[:2] for row in rows] == [[f"{e.at:%Y-%m-%d %H:%M}", e.by_name] for e in told]
    assert all(
        row[2].startswith(e.action_title) and row[3] == e.stage_title
        for row, e in zip(rows, told, strict=True)
    )
    assert ["2026-11-20 15:00", "王敏", "呈批", "批示"] in [row[:4] for row in rows]
    assert ["2026-11-23 09:30", "王敏", "代记纸质阅毕（陈立）", "已阅", "", ""] in rows
    (noted,) = (row for row in rows if row[2] == "批注")
    assert noted == ["2026-11-20 16:30", "李华", "批注", "传阅", "批注：纸质原件已送会议室", ""]


def test_the_record_shows_the_deadline_each_step_set(post, dossier_of):
    rows = rows_of(routing_record(dossier_of(post.bring_to("circulation"))))
    dues = {row[2]: row[5] for row in rows}
    assert dues["登记"] == "2026-11-23 10:30"
    assert dues["分送"] == "2026-11-24 17:30"
    assert dues["送达（何副市长）"] == "2026-11-21 15:00"


# --- as files -------------------------------------------------------------------------------------


def squeezed(text):
    return re.sub(r"\s", "", text)


def docx_text(content):
    """Every cell of every table, each once."""
    body = python_docx.Document(io.BytesIO(content)).element.body
    return "\n".join(
        "".join(t.text or "" for t in p.iter(qn("w:t"), qn("w:br"))) for p in body.iter(qn("w:p"))
    )


@pytest.mark.parametrize("make", [handling_sheet, routing_record])
def test_number_and_title_can_be_read_back_from_both_files(post, clock, dossier_of, make):
    paper = make(dossier_of(walked(post, clock)))
    for name, content in (("单.pdf", pdf(paper)), ("单.docx", docx(paper))):
        text = squeezed(text_of(name, content))
        assert "收〔2026〕1号" in text
        assert "关于做好岁末年初安全生产工作的通知" in text


@pytest.mark.parametrize("make", [handling_sheet, routing_record])
def test_hostile_text_is_text_in_both_files(post, dossier_of, make):
    long = HOSTILE + "很长的风险提示。" * 1250
    case = post.bring_to("instruction", title=f"{HOSTILE} 😀", risk_note=long)
    paper = make(dossier_of(case))
    read = squeezed(docx_text(docx(paper)))
    assert squeezed(HOSTILE) in read
    assert squeezed(long) in read
    assert "😀" in read
    read = squeezed(text_of("单.pdf", pdf(paper)))
    assert squeezed(HOSTILE) in read
    assert read.count("很长的风险提示。") > 1200, (
        "a line that is cut by the end of a page may be read otherwise"
    )


def test_the_docx_names_the_fonts_of_official_papers_and_repeats_its_head(post, dossier_of):
    content = docx(routing_record(dossier_of(post.register())))
    document = python_docx.Document(io.BytesIO(content))
    fonts = {
        s.name: s.element.rPr.rFonts.get(qn("w:eastAsia"))
        for s in document.styles
        if s.name in ("Normal", "Title")
    }
    assert fonts == {"Normal": "仿宋_GB2312", "Title": "方正小标宋简体"}
    (table,) = document.tables
    assert table._tbl.tr_lst[0].trPr.find(qn("w:tblHeader")) is not None
    page = document.sections[0]
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
    assert {sum(tc.grid_span for tc in tr.tc_lst) for tr in table._tbl.tr_lst} == {24}


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_libreoffice_opens_the_docx(post, dossier_of, tmp_path):
    (tmp_path / "单.docx").write_bytes(docx(handling_sheet(dossier_of(post.register()))))
    command = ["soffice", "--headless", "--convert-to", "pdf", "单.docx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    assert "收〔2026〕1号" in squeezed(text_of("单.pdf", (tmp_path / "单.pdf").read_bytes()))


# --- the ledger -----------------------------------------------------------------------------------


def cells_of(content):
    """Every cell of the one sheet as its text, and the whole of what is in the file."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    parts = {name: archive.read(name).decode() for name in archive.namelist()}
    rows = re.findall(r"<row .*?</row>", parts["xl/worksheets/sheet1.xml"], re.S)
    return [re.findall(r"<t(?: [^>]*)?>(.*?)</t>", row, re.S) for row in rows], "".join(parts.values())


def ledger_of(reader):
    rows = reader.register_page("incoming_document", Wanted()).frame.itertuples()
    return ledger(V1, rows, reader.directory(), reader.calendar())


def test_the_ledger_has_the_columns_of_the_standard_in_words(post, reader_of, secretary):
    post.bring_to("instruction")
    made = ledger_of(reader_of(secretary))
    assert made.title == "收文登记表"
    assert dict(zip(made.columns, made.rows[0], strict=True)) == {
        "登记号": "收〔2026〕1号",
        "文号": "国办发〔2026〕41号",
        "标题": "关于做好岁末年初安全生产工作的通知",
        "来文单位": "国务院办公厅",
        "成文日期": "2026年11月18日",
        "签收时间": "2026-11-20 15:00",
        "拟办意见": "承办部门：安监处；办理时限：2026年11月26日；风险提示：元旦前须完成排查",
        "办结状态": "批示",
    }


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(1)", "0x=1", '=HYPERLINK("a")', "http://a.example/b"]
)
def test_what_was_typed_is_text_in_the_ledger(post, reader_of, secretary, text):
    post.register(title=text, doc_number=text)
    rows, everything = cells_of(xlsx(ledger_of(reader_of(secretary))))
    assert [cell.replace("&quot;", '"') for cell in rows[1]][1:3] == [text, text]
    assert not re.search(r"<f[ >]|<hyperlinks?[ >]|relationships/hyperlink", everything)


@pytest.mark.parametrize("text", ["\t=1", "\0x", "=1+1\n=2", "@SUM(1)", "http://a.example/b"])
def test_whatever_reaches_a_ledger_is_text_in_it(text):
    """Also what no form lets in."""
    rows, everything = cells_of(xlsx(Ledger("登记表", ("登记号", "标题"), (("1", text),))))
    assert rows[1][1] == text.replace("\0", "_x0000_"), "as a spreadsheet writes what no letter stands for"
    assert not re.search(r"<f[ >]|<hyperlinks?[ >]|relationships/hyperlink", everything)


def test_an_empty_ledger_is_a_ledger_with_its_head(reader_of, secretary):
    rows, _ = cells_of(xlsx(ledger_of(reader_of(secretary))))
    assert rows[0] == ["登记号", "文号", "标题", "来文单位", "成文日期", "签收时间", "拟办意见", "办结状态"]


# --- classified -----------------------------------------------------------------------------------


def test_papers_of_classified_documents_are_not_printed_here(post, secretary):
    case = post.register(secrecy_level="秘密", title="某某文件（秘密）")
    assert why_not_print(secretary, case) == "涉密件的单据按保密规定在涉密设备上打印"
    assert why_not_print(secretary, post.register()) is None


def test_whoever_may_not_see_a_document_hears_nothing_of_its_grade(post, colleague):
    case = post.register(secrecy_level="秘密", title="某某文件（秘密）")
    assert "打印" not in why_not_print(colleague, case)


# --- through the doors of the real program --------------------------------------------------------


class Doors:
    """The running program with an open and a classified document, and the cookies of its people."""

    def __init__(self, server: Server) -> None:
        self.server = server
        database = open_database(server.database_url)
        furnish(database)
        sessions = Sessions(database, b"key of the tests")
        for person in ("wang", "chen"):
            sessions.set_password(person, "Bangong-2026", now())
        self.tokens = {p: sessions.sign_in(p, "Bangong-2026", "local", now()) for p in ("wang", "chen")}
        files = FileStore(server.data / "files")
        office = Office(lambda: SqlUnit(database, files, b"key of the tests"), now)
        post = Post(office, lambda person: Reader(database, files, person, now), now)
        self.open, self.secret = post.register(), post.register(secrecy_level="秘密", title="某某（秘密）")
        database.close()

    def get(self, address: str, by: str = "") -> httpx.Response:
        cookies = {"office": self.tokens[by]} if by else {}
        return httpx.get(self.server.url + address, cookies=cookies, headers={"Accept": "text/html"})


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    with start_server(tmp_path_factory.mktemp("papers")) as server:
        yield Doors(server)


def test_a_stranger_gets_no_paper(doors):
    for address in (f"/papers/{doors.open.id}/sheet.pdf", "/ledgers/incoming_document.xlsx"):
        answer = doors.get(address)
        assert (answer.status_code, answer.text) == (401, "请先登录。")


@pytest.mark.parametrize("which", ["sheet", "record"])
def test_the_papers_of_a_document_come_under_their_own_names(doors, which):
    title = {"sheet": "收文处理单", "record": "文件流转记录"}[which]
    for kind in ("pdf", "docx"):
        answer = doors.get(f"/papers/{doors.open.id}/{which}.{kind}", by="wang")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        name = f"{title} {doors.open.number}.{kind}"
        assert answer.headers["content-disposition"].endswith(f"filename*=UTF-8''{quote(name, safe='')}")
        assert doors.open.number in squeezed(text_of(name, answer.content))


def test_what_one_may_not_see_and_what_is_not_there_are_answered_alike(doors):
    hidden = doors.get(f"/papers/{doors.open.id}/sheet.pdf", by="chen")
    absent = doors.get("/papers/no-such-case/sheet.pdf", by="chen")
    unknown = doors.get(f"/papers/{doors.open.id}/unknown.pdf", by="wang")
    secret = doors.get(f"/papers/{doors.secret.id}/record.docx", by="chen")
    for answer in (hidden, absent, unknown, secret):
        assert (answer.status_code, answer.text) == (404, f"{GONE}。")
    assert doors.get("/ledgers/no-such-process.xlsx", by="wang").status_code == 404


def test_the_archived_item_comes_as_one_file_in_its_order_for_whoever_may_see_it(doors):
    address = f"/papers/{doors.open.id}/contents.zip"
    answer = doors.get(address, by="wang")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert packed.namelist() == ["00 件内目录.pdf", "01 收文处理单.pdf", "02 文件流转记录.pdf"]
        assert doors.open.number in squeezed(text_of("目录.pdf", packed.read("00 件内目录.pdf")))
    assert doors.get(address, by="chen").status_code == 404
    assert doors.get(address).status_code == 401
    assert doors.get(f"/papers/{doors.secret.id}/contents.zip", by="wang").status_code == 403
    assert doors.get(f"/papers/{doors.open.id}/sheet.zip", by="wang").status_code == 404


def test_a_classified_document_is_refused_with_where_it_is_printed(doors):
    answer = doors.get(f"/papers/{doors.secret.id}/sheet.docx", by="wang")
    assert (answer.status_code, answer.text) == (403, "涉密件的单据按保密规定在涉密设备上打印。")


def test_the_ledger_holds_what_its_reader_may_see_and_nothing_classified(doors):
    rows, _ = cells_of(doors.get("/ledgers/incoming_document.xlsx", by="wang").content)
    assert [row[0] for row in rows[1:]] == [doors.open.number]
    rows, _ = cells_of(doors.get("/ledgers/incoming_document.xlsx", by="chen").content)
    assert [*filter(None, (cell for row in rows[1:] for cell in row))] == []
    rows, _ = cells_of(doors.get("/ledgers/incoming_document.xlsx?grade=1", by="wang").content)
    assert [*filter(None, (cell for row in rows[1:] for cell in row))] == []


def test_the_ledger_is_of_what_its_address_asks_for(doors):
    address = "/ledgers/incoming_document.xlsx?column=title&column=case.where&nonsense=1"
    rows, _ = cells_of(doors.get(address, by="wang").content)
    assert rows == [["登记号", "标题", "现在"], [doors.open.number, doors.open.title, "初审"]]
    rows, _ = cells_of(doors.get(f"{address}&state=closed", by="wang").content)
    assert [*filter(None, (cell for row in rows[1:] for cell in row))] == []


def test_the_printed_ledger_comes_under_its_own_name(doors):
    answer = doors.get("/ledgers/incoming_document.pdf?state=open", by="wang")
    assert answer.status_code == 200
    assert quote("收文登记表", safe="") in answer.headers["content-disposition"]
    text = squeezed(text_of("登记表.pdf", answer.content))
    assert doors.open.number in text
    assert doors.secret.number not in text
    assert doors.get("/ledgers/incoming_document.docx", by="wang").status_code == 404
