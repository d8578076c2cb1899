"""The fields of a draft as the elements of the page; no database needed."""

from datetime import date

from core.layout.official import Direction, Form, Official
from core.outgoing_draft import official_of
from core.ports import Directory
from core.profile import OfficeProfile
from tests.conftest import PEOPLE

OFFICE = OfficeProfile(name="某某市人民政府办公室", office_codes="某办发")
DIRECTORY = Directory({person.id: person for person in PEOPLE}, {})
BEGUN = {
    "doc_kind": "请示",
    "direction": "上行文",
    "layout_form": "通用格式",
    "urgency": "特急",
    "secrecy_level": "机密",
    "title": "关于追加经费的请示",
}


def test_a_draft_that_was_only_begun_is_a_page_already():
    assert official_of(BEGUN, OFFICE, DIRECTORY) == Official(
        form=Form.GENERAL,
        kind="请示",
        direction=Direction.UP,
        title="关于追加经费的请示",
        body="",
        issuers=("某某市人民政府办公室",),
        secrecy="机密",
        urgency="特急",
        printed_by="某某市人民政府办公室",
    )


def test_before_a_word_is_written_there_is_a_page():
    page = official_of({}, OFFICE, DIRECTORY)
    assert (page.title, page.kind, page.form, page.issuers) == ("", "", Form.GENERAL, (OFFICE.name,))


def test_the_lists_of_a_draft_are_taken_apart_and_what_is_the_offices_own_is_not_printed():
    """主题词 and 生效日期 stand nowhere on the page (C5, C6)."""
    said = {
        "issuers": "市财政局、市审计局",
        "signatory": "zhang",
        "main_recipients": "省财政厅",
        "copies_to": "省审计厅，市委办公室",
        "attachment_note": "经费测算表\n\n项目清单",
        "subject_terms": "经费、追加",
        "effective_on": date(2027, 1, 1),
        "doc_number": "某办发〔2026〕3号",
        "dated_on": date(2026, 11, 20),
    }
    page = official_of(BEGUN | said, OFFICE, DIRECTORY)
    assert page.issuers == ("市财政局", "市审计局")
    assert page.signatories == ("张主任",)
    assert page.copies_to == ("省审计厅", "市委办公室")
    assert page.attachments == ("经费测算表", "项目清单")
    assert (page.number, page.dated_on) == ("某办发〔2026〕3号", date(2026, 11, 20))
    assert "经费、追加" not in repr(page)
    assert "2027" not in repr(page)


def test_only_upward_documents_show_who_signs_and_a_deputy_signs_with_the_word_for_it():
    signed = BEGUN | {"signatory": "zhang"}
    assert official_of(signed, OFFICE, DIRECTORY, acting="he").signatories == ("何副市长（代）",)
    down = {"doc_kind": "通知", "direction": "下行文", "urgency": "平件", "secrecy_level": "非密"}
    page = official_of(signed | down, OFFICE, DIRECTORY)
    assert (page.signatories, page.urgency, page.secrecy) == ((), "", "")


def test_minutes_bear_no_seal():
    minutes = BEGUN | {"doc_kind": "纪要", "direction": "下行文", "layout_form": "纪要格式"}
    assert not official_of(minutes, OFFICE, DIRECTORY).sealed
    assert official_of(BEGUN, OFFICE, DIRECTORY).sealed
