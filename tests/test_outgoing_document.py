"""An outgoing document, told as the office tells it: from the draft to the archive (R15–R25, N7, N11).

The clock stands on Friday 2026-11-20 at 15:00 until a story turns it on.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from io import BytesIO

import pytest
from docx import Document

from core.errors import NotAllowed, Refused
from core.layout.docx import docx
from core.official_kinds import RULES
from core.outgoing_draft import official_of
from core.ports import Directory
from core.profile import OfficeProfile
from core.words import spans
from core.worktime import WorkingCalendar
from db.tables import LinkRow
from db.verify import verify
from tests.conftest import NAMED, SHANGHAI, Post, told

DRAFT = {
    "doc_kind": "通知",
    "direction": "下行文",
    "layout_form": "通用格式",
    "urgency": "平件",
    "secrecy_level": "非密",
    "secrecy_term": None,
    "copy_serial": None,
    "title": "关于做好冬季值班工作的通知",
    "main_recipients": "各区县人民政府、市政府各部门",
    "body": "一、总体要求\n加强值班力量。\n（一）领导带班\n每日一名。",
    "attachment_note": "无",
    "attachments": [],
    "issuers": "某某市人民政府办公室",
    "signatory": "zhang",
    "copies_to": "市委办公室",
    "annotation": None,
    "subject_terms": "值班、冬季",
    "effective_on": date(2026, 12, 1),
    "drafter": "li",
    "answers": None,
}
PROOF = ("清样.txt", "清样".encode())
CALENDAR = WorkingCalendar(zone=SHANGHAI)

ROUND = [
    {"department": "caiwu", "part": "第一部分", "responsibility": "对经费安排负责"},
    {"department": "anjian", "part": "第二部分", "responsibility": "对安全要求负责"},
]
RECEIVED = {"received_on": date(2026, 11, 23), "received_by": "收发室"}
SENT = [
    {"recipient": name, "copies": 10, "way": "电子公文", "received_on": None, "received_by": None}
    for name in ("各区县人民政府", "市政府各部门")
]


class Outgoing:
    """Takes drafts through the office by the hands that take them."""

    def __init__(self, post: Post) -> None:
        self.post, self.office = post, post.office
        self.act, self.see = post.act, post.see

    def draft(self, **changes):
        return self.office.open("outgoing_document", {**DRAFT, **changes}, by=NAMED["li"])

    def submitted(self, **changes):
        return self.act(self.draft(**changes), "submit_draft", "li", **{**DRAFT, **changes})

    def in_round(self, rows=ROUND, mode="并行会签", enough=None, **changes):
        case = self.submitted(**changes)
        return self.act(case, "send_round", "wang", joint_review=rows, countersigning=mode, enough=enough)

    def to_sign(self, **changes):
        return self.act(self.submitted(**changes), "send_to_sign", "wang", review_note=None)

    def signed(self, **changes):
        case = self.to_sign(**changes)
        return self.act(case, "sign_off", "zhang", signing_opinion=None, dated_on=date(2026, 11, 20))

    def numbered(self, code="某办发", **changes):
        case = self.signed(**changes)
        return self.act(case, "give_number", "wang", office_code=code, print_copies=30)

    def sealed(self, **changes):
        return self.printed(self.numbered(**changes), date(2026, 11, 20))

    def printed(self, case, on, proof=PROOF, **seal):
        """The proof and the seal log of that day are kept with it."""
        proof = self.office.keep(*proof, by=NAMED["wang"])
        seal = {"seal": "办公室印章", "sealed_on": on, "sealed_by": "wang", "sealed_copies": 30, **seal}
        return self.act(case, "print_and_seal", "wang", final_proof=[proof], seal_log=[seal], printed_on=on)

    def sign(self, case, department, by, action="agree", **said):
        """A department's answer in the round."""
        said = said or {"opinion": None}
        return self.act(self.post.child_of(case, f"dept:{department}"), action, by, **said)


@pytest.fixture
def outgoing(post):
    return Outgoing(post)


def refused(command, *args, **more):
    with pytest.raises(Refused) as refusal:
        command(*args, **more)
    return refusal.value.problems


# --- drafting ---------------------------------------------------------------------------------------


def test_a_draft_goes_all_the_way_to_the_archive(outgoing):
    case = outgoing.in_round()
    outgoing.sign(case, "caiwu", "chen")
    assert outgoing.see(case).stage.key == "countersigning"
    outgoing.sign(case, "anjian", "zhou", opinion="第二部分请保留")
    case = outgoing.act(case, "sign_off", "zhang", signing_opinion="同意", dated_on=date(2026, 11, 20))
    case = outgoing.act(case, "give_number", "wang", office_code="某办发", print_copies=30)
    assert case.data["doc_number"] == "某办发〔2026〕1号"
    case = outgoing.printed(case, date(2026, 11, 20))
    case = outgoing.act(case, "send_out", "wang", distribution=SENT)
    assert refused(outgoing.act, case, "all_received", "wang", distribution=SENT) == {
        "distribution": "还有单位没有签收日期，补齐后再转归档"
    }
    half = [SENT[0] | RECEIVED, SENT[1]]
    outgoing.act(case, "record_receipts", "wang", distribution=half)
    case = outgoing.act(case, "all_received", "wang", distribution=[row | RECEIVED for row in SENT])
    case = outgoing.act(case, "archive", "wang", retention="永久", box="2026-3 盒")
    assert case.data["reference_code"] == "Z109-WS·2026-Y-BGS-0001"
    assert not case.is_open


def test_a_draft_can_be_begun_with_a_title_alone_and_says_at_the_end_what_is_missing(outgoing):
    """R16: without 主题词, 附件说明 and 生效日期 no draft goes on; what is typed so far is kept as a version."""
    blank = dict.fromkeys(DRAFT) | {"attachments": []}
    begun = {
        key: DRAFT[key]
        for key in ("doc_kind", "direction", "layout_form", "urgency", "secrecy_level", "title")
    }
    case = outgoing.office.open("outgoing_document", blank | begun | {"drafter": "li"}, by=NAMED["li"])
    missing = {"subject_terms": None, "attachment_note": None, "effective_on": None}
    assert refused(outgoing.act, case, "submit_draft", "li", **DRAFT | missing) == {
        "subject_terms": "请填写“主题词”",
        "attachment_note": "请填写“附件说明”",
        "effective_on": "请填写“生效日期”",
    }


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"doc_kind": "请示", "direction": "上行文", "title": "关于增加经费的请示", "body": "妥否，请批示。"}, "main_recipients", "只主送一个上级机关"),
        ({"doc_kind": "报告", "direction": "上行文", "title": "关于值班情况的报告", "main_recipients": "省政府办公厅", "body": "情况如下。以上妥否，请批示。"}, "body", "不得夹带请示事项"),
        ({"doc_kind": "请示", "title": "关于增加经费的请示", "main_recipients": "省财政厅", "body": "妥否，请批示。"}, "direction", "不走这个行文方向"),
        ({"doc_kind": "请示", "direction": "上行文", "title": "关于增加经费的请示", "main_recipients": "省财政厅", "body": "一、经费。妥否，请批示。\n二、编制。当否，请批复。"}, "body", "一文一事"),
        ({"title": "关于做好冬季值班工作的意见"}, "title", "以文种结尾"),
        ({"title": "冬季值班通知"}, "title", "写明事由"),
        ({"main_recipients": None}, "main_recipients", "要写主送机关"),
        ({"secrecy_term": "5年"}, "secrecy_term", "非密公文不标保密期限"),
        ({"issuers": "市财政局、市财政局"}, "issuers", "只写一次"),
        ({"doc_kind": "报告", "direction": "上行文", "title": "关于值班情况的报告", "main_recipients": "省政府办公厅", "copies_to": "各区县人民政府"}, "copies_to", "不抄送下级机关"),
        ({"layout_form": "纪要格式"}, "layout_form", "只用于纪要"),
        ({"body": None}, "body", "请填写正文"),
    ],
)  # fmt: skip
def test_a_draft_that_breaks_a_rule_of_its_kind_is_told_which(outgoing, changes, field, says):
    problems = refused(outgoing.act, outgoing.draft(), "submit_draft", "li", **DRAFT | changes)
    assert says in problems[field]
    assert {check.at for check in RULES} >= problems.keys()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_classified_draft_is_a_stub_with_its_term_and_serial(outgoing):
    stub = DRAFT | {"secrecy_level": "秘密", "body": None, "title": "关于某项工作的通知", "drafter": "wang"}
    case = outgoing.office.open("outgoing_document", stub, by=NAMED["wang"])
    problems = refused(outgoing.act, case, "submit_draft", "wang", **stub)
    assert "保密期限" in problems["secrecy_term"]
    assert "六位数字" in problems["copy_serial"]
    problems = refused(outgoing.act, case, "revise", "wang", **stub | {"body": "内容"})
    assert "只登记、不存内容" in problems["body"]
    marked = stub | {"secrecy_term": "10年", "copy_serial": "000001"}
    assert outgoing.act(case, "submit_draft", "wang", **marked).stage.key == "edit_review"


# --- the round --------------------------------------------------------------------------------------


def test_a_refusal_does_not_end_the_round_and_what_is_mended_goes_to_that_department_alone(
    outgoing, reader_of
):
    """The drafter changes the text meanwhile; who has agreed already is told what was changed."""
    case = outgoing.in_round()
    outgoing.sign(case, "caiwu", "chen", "refuse", objection="第一部分的金额没有依据")
    outgoing.sign(case, "anjian", "zhou")
    child = outgoing.post.child_of(case, "dept:caiwu")
    assert (child.stage.key, child.owner) == ("objected", "li")
    assert outgoing.see(case).stage.key == "countersigning"
    outgoing.act(
        case,
        "revise_in_round",
        "li",
        title=DRAFT["title"],
        body="一、总体要求\n经费由各单位自行解决。",
        attachment_note="无",
        attachments=[],
        changed_in_round="经费改为由各单位自行解决",
    )
    assert reader_of(NAMED["zhou"]).notices()["text"].tolist() == ["按会签意见改稿：经费改为由各单位自行解决"]
    outgoing.act(child, "resubmit", "li", changed="已改为由各单位自行解决")
    outgoing.sign(case, "caiwu", "chen")
    assert outgoing.see(case).stage.key == "signing"
    assert outgoing.see(case).slip == ""


def test_signers_can_follow_one_another(outgoing):
    case = outgoing.in_round(mode="依次会签")
    assert [child.owner for child in outgoing.post.open_children(case)] == ["dept:caiwu"]
    outgoing.sign(case, "caiwu", "chen")
    assert [child.owner for child in outgoing.post.open_children(case)] == ["dept:anjian"]


def test_where_some_suffice_the_others_are_no_longer_asked(outgoing):
    case = outgoing.in_round(mode="几家同意即可", enough=1)
    outgoing.sign(case, "anjian", "zhou")
    assert outgoing.see(case).stage.key == "signing"
    assert outgoing.post.open_children(case) == []


def test_more_than_there_are_cannot_be_enough(outgoing):
    problems = refused(outgoing.in_round, mode="几家同意即可", enough=3)
    assert "不能多于联审清单的部门数" in problems["enough"]


def test_a_signer_is_added_and_another_taken_out(outgoing):
    case = outgoing.in_round(ROUND[:1])
    answers = {"countersigning": "并行会签", "enough": None}
    outgoing.act(case, "change_signers", "wang", joint_review=ROUND[1:], **answers)
    assert [child.owner for child in outgoing.post.open_children(case)] == ["dept:anjian"]
    outgoing.sign(case, "anjian", "zhou")
    assert outgoing.see(case).stage.key == "signing"


def test_a_round_called_back_begins_anew_with_everybody(outgoing, clock):
    case = outgoing.in_round()
    outgoing.sign(case, "caiwu", "chen")
    case = outgoing.act(case, "call_back", "li", called_back_because="补充附件")
    assert (case.stage.key, case.slip, outgoing.post.open_children(case)) == ("drafting", "", [])
    clock.turn_to("2026-11-20 15:20")
    case = outgoing.act(case, "submit_draft", "li", **DRAFT)
    outgoing.act(case, "send_round", "wang", joint_review=ROUND, countersigning="并行会签", enough=None)
    assert {child.owner for child in outgoing.post.open_children(case)} == {"dept:caiwu", "dept:anjian"}


def test_a_member_who_drafts_keeps_the_round_in_hand(outgoing):
    """The drafter follows the round and may call it back; nobody else of the departments may."""
    case = outgoing.office.open("outgoing_document", DRAFT | {"drafter": "chen"}, by=NAMED["chen"])
    case = outgoing.act(case, "submit_draft", "chen", **DRAFT | {"drafter": "chen"})
    round_ = {"joint_review": ROUND[1:], "countersigning": "并行会签", "enough": None}
    case = outgoing.act(case, "send_round", "wang", **round_)
    assert case.owner == "chen"
    with pytest.raises(NotAllowed):
        outgoing.act(case, "call_back", "zhou", called_back_because="不同意")
    assert outgoing.act(case, "call_back", "chen", called_back_because="补充附件").stage.key == "drafting"


def test_a_department_agrees_to_several_drafts_at_once(outgoing):
    children = [outgoing.post.child_of(outgoing.in_round(), "dept:caiwu") for _ in range(2)]
    for child in children:
        outgoing.act(child, "claim", "chen")
    seen = {child.id: outgoing.see(child).seq for child in children}
    assert set(outgoing.office.act_on_all(seen, "agree", by=NAMED["chen"]).values()) == {None}
    assert {outgoing.see(child).stage.key for child in children} == {"agreed"}


def test_whoever_drafted_does_not_review_it(outgoing):
    case = outgoing.act(outgoing.draft(drafter="wang"), "submit_draft", "wang", **DRAFT | {"drafter": "wang"})
    with pytest.raises(NotAllowed, match="须由他人办理"):
        outgoing.act(case, "send_to_sign", "wang", review_note=None)


# --- deadlines --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("urgency", "due"), [("平件", "11-27 17:30"), ("特急", "11-21 15:00")])
def test_the_whole_counts_from_the_sign_off(outgoing, urgency, due):
    """R24, R25, C4: 24 hours or five working days from 签发, and no deadline of the whole before that."""
    assert outgoing.to_sign(urgency=urgency).case_due_at is None
    assert told(outgoing.signed(urgency=urgency).case_due_at) == due


def test_from_draft_to_issue_stands_beside_the_deadline(outgoing, clock):
    """C4: the promise counts from 签发; how long it took from the draft is shown beside it."""
    case = outgoing.draft()
    clock.turn_to("2026-11-23 09:00")
    case = outgoing.act(case, "submit_draft", "li", **DRAFT)
    case = outgoing.act(case, "send_to_sign", "wang", review_note=None)
    clock.turn_to("2026-11-25 15:00")
    case = outgoing.act(case, "sign_off", "zhang", signing_opinion=None, dated_on=date(2026, 11, 25))
    clock.turn_to("2026-11-25 17:00")
    assert spans(case, clock(), CALENDAR) == [
        ("拟稿至印发", "3 个工作日（未完）"),
        ("签发至印发", "2 工时（未完）"),
    ]
    case = outgoing.act(case, "give_number", "wang", office_code="某办发", print_copies=30)
    case = outgoing.printed(case, date(2026, 11, 25))
    clock.turn_to("2026-11-26 09:00")
    case = outgoing.act(case, "send_out", "wang", distribution=SENT)
    clock.turn_to("2026-12-10 09:00")
    assert spans(case, clock(), CALENDAR) == [
        ("拟稿至印发", "4 个工作日"),
        ("签发至印发", "1 个工作日"),
    ]


def test_a_change_of_substance_goes_back_to_whoever_signs_it(outgoing):
    case = outgoing.signed()
    changed = {
        "title": DRAFT["title"],
        "body": "一、总体要求\n每日两名。",
        "attachment_note": "无",
        "attachments": [],
    }
    case = outgoing.act(case, "return_to_signatory", "wang", **changed, substantive_change="带班人数改为两名")
    assert (case.stage.key, case.owner, case.data["body"][-5:]) == ("signing", "zhang", "每日两名。")
    case = outgoing.act(case, "sign_off", "zhang", signing_opinion=None, dated_on=date(2026, 11, 20))
    assert case.stage.key == "recheck"


# --- numbers ----------------------------------------------------------------------------------------


def test_every_code_counts_by_itself_and_an_unknown_one_is_refused(outgoing):
    assert outgoing.numbered().data["doc_number"] == "某办发〔2026〕1号"
    assert outgoing.numbered("某办函").data["doc_number"] == "某办函〔2026〕1号"
    assert outgoing.numbered().data["doc_number"] == "某办发〔2026〕2号"
    assert "可用的：某办发、某办函" in refused(outgoing.numbered, "办发")["office_code"]


def test_a_number_set_aside_is_used_for_the_document_it_was_kept_for(outgoing, reader_of, director):
    office = outgoing.office
    kept = office.reserve(
        "outgoing_document",
        2,
        "留给预算文件",
        by=director,
        series="某办发〔2026〕{n}号",
    )
    assert kept == ["某办发〔2026〕1号", "某办发〔2026〕2号"]
    case = outgoing.signed()
    answers = {"office_code": "某办发", "print_copies": 30}
    case = office.act(case.id, "give_number", answers, by=NAMED["wang"], seen=case.seq, reserved=kept[1])
    assert case.data["doc_number"] == kept[1]
    office.void_number(kept[0], "预算文件改由市政府印发", by=director)
    assert outgoing.numbered().data["doc_number"] == "某办发〔2026〕3号"
    (row,) = (
        r for r in reader_of(director).numbers(2026).to_dict("records") if r["series"].startswith("某办发")
    )
    assert (row["used"], row["void"], row["reserved"], row["gaps"]) == (2, 1, 0, "无缺号")


def test_a_document_voided_after_it_had_its_number_leaves_it_in_the_book_as_void(
    outgoing, reader_of, director
):
    case = outgoing.numbered()
    outgoing.act(case, "void", "zhang", reason="内容并入另一份通知")
    (row,) = (
        r for r in reader_of(director).numbers(2026).to_dict("records") if r["series"].startswith("某办发")
    )
    assert (row["used"], row["void"], row["gaps"]) == (0, 1, "无缺号")
    given_up = reader_of(director).numbers_aside(2026)[["number", "state", "reason"]].values.tolist()
    assert ["某办发〔2026〕1号", "作废", "内容并入另一份通知"] in given_up
    assert outgoing.numbered().data["doc_number"] == "某办发〔2026〕2号"


def test_fifty_who_number_at_the_same_moment_have_fifty_numbers(outgoing):
    cases = [outgoing.signed(title=f"关于第{n}项工作的通知") for n in range(50)]

    def number(case):
        answers = {"office_code": "某办发", "print_copies": 1}
        after = outgoing.office.act(case.id, "give_number", answers, by=NAMED["wang"], seen=case.seq)
        return after.data["doc_number"]

    with ThreadPoolExecutor(16) as issuers:
        given = list(issuers.map(number, cases))
    assert sorted(given, key=lambda text: int(text[9:-1])) == [f"某办发〔2026〕{n}号" for n in range(1, 51)]


# --- printing and closing ---------------------------------------------------------------------------


def test_without_the_proof_and_the_seal_log_it_does_not_go_on(outgoing):
    """R20: no closing without 发文清样 and 用印记录."""
    case = outgoing.numbered()
    problems = refused(
        outgoing.act,
        case,
        "print_and_seal",
        "wang",
        final_proof=[],
        seal_log=[],
        printed_on=date(2026, 11, 20),
    )
    assert problems == {"final_proof": "请填写“发文清样”", "seal_log": "请填写“用印记录”"}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_minutes_bear_no_seal_and_everything_else_does(outgoing):
    minutes = {"doc_kind": "纪要", "layout_form": "纪要格式", "title": "市政府办公室主任办公会议纪要"}
    for case, copies in ((outgoing.numbered(**minutes), 5), (outgoing.numbered(), 0)):
        problems = refused(outgoing.printed, case, date(2026, 11, 20), sealed_copies=copies)
        assert problems.keys() == {"seal_log"}
    case = outgoing.numbered(**minutes)
    assert outgoing.printed(case, date(2026, 11, 20), seal="不用印", sealed_copies=0).stage.key == "dispatch"


def test_every_main_recipient_is_on_the_list(outgoing):
    case = outgoing.sealed()
    problems = refused(outgoing.act, case, "send_out", "wang", distribution=SENT[:1])
    assert problems == {"distribution": "主送机关都要在分送单里"}
    many = [row | {"copies": 16} for row in SENT]
    assert (
        "不能多于印制份数"
        in refused(outgoing.act, case, "send_out", "wang", distribution=many)["distribution"]
    )


# --- a letter and its reply ---------------------------------------------------------------------------


def test_a_letter_and_its_reply_lead_to_one_another_for_whoever_may_see_both(outgoing, post, reader_of):
    letter = post.register()
    reply = outgoing.in_round(answers=letter.id)
    assert reader_of(NAMED["li"]).linked(letter.id)["id"].tolist() == [reply.id]
    assert reader_of(NAMED["li"]).linked(reply.id)["id"].tolist() == [letter.id]
    signer = reader_of(NAMED["chen"])
    assert signer.case(reply.id).title == DRAFT["title"]
    assert signer.linked(reply.id).empty


def test_nobody_answers_what_they_may_not_see(outgoing, post):
    secret = post.register(secrecy_level="秘密")
    for hidden in (secret.id, "nothing"):
        assert refused(outgoing.draft, answers=hidden) == {
            "answers": "“答复哪一件来文”没有找到这一件，请重新选择"
        }


def test_a_reply_that_went_out_proposes_its_number_to_the_letter(outgoing, post, reader_of):
    """Proposed, never put in silently: the secretary who closes the answer says so (N20)."""
    letter = post.bring_to("feedback", needs_reply=True)
    post.do_task(letter, "anjian", "zhou")
    reply = outgoing.sealed(answers=letter.id)
    assert reader_of(NAMED["wang"]).proposed(letter.id) == {}
    outgoing.act(reply, "send_out", "wang", distribution=SENT)
    proposed = reader_of(NAMED["wang"]).proposed(letter.id)
    assert proposed == {"reply_number": "某办发〔2026〕1号", "replied_on": date(2026, 11, 20)}
    assert "reply_number" not in post.see(letter).data
    wrong = {**proposed, "reply_number": "某办发[2026]01号", "reply": None}
    assert refused(post.act, letter, "answer_sender", "wang", **wrong) == {
        "reply_number": "文号格式不对，应为 某办发〔2026〕1号"
    }
    assert post.act(letter, "answer_sender", "wang", **proposed, reply=None).stage.key == "archiving"


def test_a_link_that_somebody_takes_out_of_the_tables_is_missed(outgoing, post, database, files):
    reply = outgoing.draft(answers=post.register().id)
    assert verify(database, b"key of the tests", files, []) == []
    with database.writing() as session:
        session.query(LinkRow).delete()
        session.commit()
    (found,) = verify(database, b"key of the tests", files, [])
    assert f"的关联少了 {reply.id}" in found


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_the_checks_of_the_proof_found_is_recorded_by_the_program(outgoing):
    """R22, C10: nobody types the figures; a proof that cannot be checked has none."""
    assert "layout_checks" not in outgoing.sealed().data
    case = outgoing.numbered()
    page = official_of(case.data, OfficeProfile(name="某某市人民政府办公室"), Directory(NAMED, {}))
    ours = outgoing.printed(case, date(2026, 11, 20), proof=("清样.docx", docx(page)))
    assert ours.data["layout_checks"] > 50
    assert ours.data["layout_failed"] == 0
    foreign, content = Document(), BytesIO()
    foreign.add_paragraph("关于做好冬季值班工作的通知")
    foreign.save(content)
    theirs = outgoing.printed(
        outgoing.numbered(), date(2026, 11, 20), proof=("清样.docx", content.getvalue())
    )
    assert 0 < theirs.data["layout_failed"] <= theirs.data["layout_checks"]
