"""Of a classified document there is a stub only, and only for those who are cleared."""

from datetime import date

import pytest

from core.errors import GONE, NotAllowed, NotFound, Refused
from tests.conftest import DOCUMENT, PROPOSED, change_account

SECRET = {"secrecy_level": "秘密", "title": "某某文件（秘密）"}


def test_of_a_classified_document_no_file_is_kept(post, office, secretary):
    kept = office.keep("通知.txt", "正文".encode(), by=secretary)
    with pytest.raises(Refused) as refusal:
        post.register(**SECRET, files=[kept])
    assert refusal.value.problems == {
        "files": "秘密件只登记、不存内容：请清空“来文附件”，原件按保密规定另行保管"
    }


def test_of_a_classified_document_no_content_is_kept_at_any_step(post):
    case = post.bring_to("proposal", **SECRET)
    with pytest.raises(Refused) as refusal:
        post.act(case, "propose", "wang", **PROPOSED | {"handling_proposal": "文件要求……"})
    assert list(refusal.value.problems) == ["handling_proposal"]
    case = post.act(case, "propose", "wang", **PROPOSED)
    with pytest.raises(Refused, match="请清空“批示”"):
        post.act(case, "instruct", "zhang", instruction="请按文件第三条办")


def test_a_classified_document_goes_its_whole_way_as_a_stub(post, database):
    """The department may not write its result into the program, so it is not asked for it."""
    change_account(database, "zhou", clearance=1)
    case = post.bring_to("feedback", **SECRET, needs_reply=True)
    task = post.child_of(case, "dept:anjian")
    with pytest.raises(Refused, match="请清空“办理结果”"):
        post.act(task, "report", "zhou", result="已按要求部署", result_files=[])
    post.act(task, "report", "zhou", result="", result_files=[])
    post.act(task, "close_out", "wang", review="")
    case = post.act(case, "answer_sender", "wang", reply_number="", replied_on=date(2026, 11, 24), reply="")
    assert post.act(case, "archive", "wang", retention="永久", box="保密柜").stage.title == "已归档"


def test_a_classified_document_does_not_exist_for_those_not_cleared(
    post, office, reader_of, colleague, auditor
):
    case = post.bring_to("circulation", **SECRET)
    for person in (colleague, auditor):
        reader = reader_of(person)
        assert reader.register("incoming_document").empty
        assert reader.live().empty
        assert reader.counts()["live"] == 0
        assert reader.positions().empty
        assert reader.by_owner().empty
        assert reader.duplicates(number="国办发〔2026〕41号", sender=None, title=case.title).empty
        for look in (reader.case, reader.history, reader.children, reader.attachments):
            with pytest.raises(NotFound) as hidden:
                look(case.id)
            with pytest.raises(NotFound) as absent:
                look("no such document")
            assert str(hidden.value) == str(absent.value) == GONE
    with pytest.raises(NotFound, match=GONE):
        office.act(case.id, "note", {"text": "看看"}, by=colleague, seen=case.seq)
    assert office.urge([case.id], by=colleague) == {case.id: GONE}


def test_a_reader_without_clearance_is_refused_by_name(post):
    case = post.bring_to("distribution", **SECRET)
    with pytest.raises(Refused) as refusal:
        post.act(
            case, "distribute", "wang", readers=["he", "li", "chen"], circulation="同时分送", tracker="wang"
        )
    assert refusal.value.problems == {"readers": "李华、陈立的知悉范围不含秘密件，请另选"}


def test_nobody_registers_what_they_are_not_cleared_to_see(
    post, office, reader_of, colleague, clock, director
):
    """Else it would vanish from their own eyes, under a number that is used."""
    with pytest.raises(NotAllowed, match="本件定为秘密，超出您的知悉范围"):
        office.open("incoming_document", DOCUMENT | SECRET | {"received_at": clock()}, by=colleague)
    with pytest.raises(NotAllowed, match="本件定为秘密，超出您的知悉范围"):
        post.register(by="li", **SECRET)
    assert reader_of(director).register("incoming_document").empty
