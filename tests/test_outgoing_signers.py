"""Who signs: a deputy for the absent signatory, a head for each office of a joint document, the head of an order.

The clock stands on Friday 2026-11-20 at 15:00 until a story turns it on.
"""

from datetime import date

import pytest

from core.errors import NotFound
from core.intake import text_of
from core.layout.docx import docx
from core.papers import handling_sheet, official
from core.processes import SHIPPED
from db.absences import Absences
from tests.test_outgoing_document import DRAFT, Outgoing, refused
from tests.test_outgoing_papers import said

REQUEST = {
    "doc_kind": "请示",
    "direction": "上行文",
    "title": "关于追加防汛经费的请示",
    "main_recipients": "省财政厅",
    "body": "防汛物资已近用尽。妥否，请批示。",
    "copies_to": None,
}
JOINT = REQUEST | {"issuers": "市财政局、市水务局、市应急管理局"}
HEADS = [{"issuer": "市水务局", "name": "梁卫东"}, {"issuer": "市应急管理局", "name": "许文静"}]
ORDER = {
    "doc_kind": "命令",
    "layout_form": "命令格式",
    "title": "滨河市排水设施保护办法",
    "main_recipients": None,
    "issuers": "滨河市人民政府",
    "signer_post": "市长",
}
MONDAY = date(2026, 11, 23)


@pytest.fixture
def outgoing(post):
    return Outgoing(post)


@pytest.fixture
def away(database, clock, director):
    """The director is away from Monday to Wednesday, and somebody stands in."""

    def register(deputy):
        absence = {"since": MONDAY, "until": date(2026, 11, 25), "reason": "出差", "deputy": deputy}
        Absences(database, b"key of the tests").register(absence, clock(), by=director)

    return register


# --- 代签 -------------------------------------------------------------------------------------------


def test_a_deputy_signs_for_the_absent_director_and_trace_and_paper_say_so(
    outgoing, dossier_of, reader_of, director, clock, away
):
    """N10: the record is the deputy's, in the director's name; the paper shows who really signed, with 代."""
    away("chen")
    case = outgoing.to_sign(**REQUEST)
    assert case.owner == "zhang"
    clock.turn_to("2026-11-23 09:00")
    case = outgoing.act(case, "sign_off", "chen", signing_opinion="同意", dated_on=MONDAY)
    assert case.stage.key == "recheck"
    assert reader_of(director).history(case.id).iloc[0]["by_name"] == "陈立（代张主任）"
    told = "\n".join(said(handling_sheet(dossier_of(case))))
    assert "陈立（代张主任）" in told
    page = official(dossier_of(case))
    assert page.signatories == ("陈立（代）",)
    assert "签发人：陈立（代）" in text_of("请示.docx", docx(page))


def test_once_the_director_is_back_the_deputy_signs_no_more_and_the_paper_has_the_directors_name(
    outgoing, dossier_of, clock, away
):
    away("chen")
    case = outgoing.to_sign(**REQUEST)
    clock.turn_to("2026-11-26 09:00")
    answers = {"signing_opinion": None, "dated_on": date(2026, 11, 26)}
    with pytest.raises(NotFound):
        outgoing.act(case, "sign_off", "chen", **answers)
    case = outgoing.act(case, "sign_off", "zhang", **answers)
    assert official(dossier_of(case)).signatories == ("张主任",)


def test_a_leader_who_stands_in_signs_in_their_own_right_and_is_named_without_the_word(
    outgoing, dossier_of, reader_of, director, clock, away
):
    """Whoever signed stands on the paper, never whoever was asked to; 代 only where it must be (0009)."""
    away("he")
    case = outgoing.to_sign(**REQUEST)
    assert official(dossier_of(case)).signatories == ("张主任",)
    clock.turn_to("2026-11-23 09:00")
    case = outgoing.act(case, "sign_off", "he", signing_opinion=None, dated_on=MONDAY)
    assert reader_of(director).history(case.id).iloc[0]["by_name"] == "何副市长"
    assert official(dossier_of(case)).signatories == ("何副市长",)


# --- a joint document -------------------------------------------------------------------------------


def test_each_office_of_a_joint_request_has_its_signer_on_the_page(outgoing, dossier_of):
    """7.2.6: the lead office's first, the others in the order of the offices."""
    told = JOINT | {"joint_signers": HEADS[::-1]}
    case = outgoing.to_sign(**told)
    assert official(dossier_of(case)).signatories == ("张主任", "梁卫东", "许文静")
    text = text_of("请示.docx", docx(official(dossier_of(case))))
    assert "签发人：张主任　梁卫东" in text
    assert "许文静" in text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        (JOINT, "joint_signers"),
        (JOINT | {"joint_signers": HEADS[:1]}, "joint_signers"),
        (JOINT | {"joint_signers": [*HEADS, {"issuer": "市财政局", "name": "张主任"}]}, "joint_signers"),
        (JOINT | {"joint_signers": [HEADS[0], HEADS[0]]}, "joint_signers"),
        (ORDER | {"signer_post": None}, "signer_post"),
        (ORDER | {"doc_kind": "通知", "title": "关于值班的通知", "main_recipients": "各处室"}, "layout_form"),
    ],
    ids=[
        "nobody",
        "one missing",
        "the lead office again",
        "one twice",
        "an order without a post",
        "no order",
    ],
)
def test_a_draft_whose_signers_do_not_fit_is_told_why(outgoing, changes, field):
    problems = refused(outgoing.act, outgoing.draft(**changes), "submit_draft", "li", **DRAFT | changes)
    assert problems.keys() == {field}


def test_downward_joint_documents_need_not_name_who_signs_for_the_others(outgoing):
    case = outgoing.submitted(issuers="市财政局、市水务局")
    assert case.stage.key == "edit_review"


# --- an order ---------------------------------------------------------------------------------------


def test_an_order_shows_post_and_name_of_who_signs_it(outgoing, dossier_of):
    case = outgoing.signed(**ORDER)
    page = official(dossier_of(case))
    assert (page.form, page.signer_post, page.signatories) == ("命令格式", "市长", ("张主任",))
    text = text_of("令.docx", docx(page))
    assert "滨河市人民政府令" in text
    assert "市长　　张主任" in text


# --- what was begun before --------------------------------------------------------------------------


def test_a_draft_begun_under_the_first_version_goes_on_by_it(outgoing, office, clock):
    """Nothing new is asked of it: the version a case began under holds (no retroactive standard)."""
    first = SHIPPED["outgoing_document"][0]
    fields = {field.key for action in first.actions for field in action.asks}
    assert not {"signer_post", "joint_signers"} & fields
    form = next(field for field in first.opens_with if field.key == "layout_form")
    assert "命令格式" not in form.choices
