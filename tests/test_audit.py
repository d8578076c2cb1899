"""The auditor searches the record by person, case, time and action, and sees no more than their clearance."""

from datetime import date, timedelta

import pytest

from core.errors import NotAllowed
from core.papers.xlsx import xlsx
from core.policy import why_not_audit
from db import journal
from db.sessions import Sessions
from db.tables import AbsenceRow
from pages.ui.trails import Asked, ledger
from tests.conftest import PEOPLE
from tests.test_papers import cells_of

KEY = b"key of the tests"


@pytest.fixture
def week(post, clock):
    """Friday a document on fires; Monday one on floods, which goes further; a note in the small hours."""
    clock.turn_to("2026-11-20 15:00")
    fire = post.register(title="关于消防检查的通知", doc_number="国办发〔2026〕41号")
    clock.turn_to("2026-11-23 10:00")
    flood = post.bring_to("proposal", title="关于防汛工作的通知", doc_number="国办发〔2026〕42号")
    clock.turn_to("2026-11-24 00:30")
    post.act(flood, "note", "li", text="夜里记一笔")
    return fire, flood


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.id)
def test_only_the_auditor_and_the_director_search_the_record(reader_of, week, person):
    if person.id in ("zhang", "sun"):
        assert why_not_audit(person) is None
        assert not reader_of(person).log().empty
        assert reader_of(person).sign_ins().empty
        return
    for look in (reader_of(person).log, reader_of(person).sign_ins):
        with pytest.raises(NotAllowed, match="办公室主任、审计"):
            look()


def test_the_newest_comes_first_with_the_names_of_the_office(reader_of, auditor, week):
    newest = reader_of(auditor).log().iloc[0]
    assert (newest.by_name, newest.action_title, newest.case_title) == ("李华", "批注", "关于防汛工作的通知")
    assert newest.number == week[1].number
    assert f"{newest['at']:%Y-%m-%d %H:%M}" == "2026-11-24 00:30"


def test_the_record_is_searched_by_person_action_process_and_words(reader_of, auditor, week):
    fire, flood = week
    log = reader_of(auditor).log
    assert set(log(by="li").action) == {"note"}
    assert set(log(actions=["opened"]).case_id) == {fire.id, flood.id}
    assert set(log(actions=["pass_check", "note"]).case_id) == {flood.id}
    assert set(log(text="消防").case_id) == {fire.id}
    assert set(log(text="42号 防汛").case_id) == {flood.id}
    assert log(process="task").empty
    assert set(log(process="incoming_document", by="wang", text="防汛").case_id) == {flood.id}


def test_what_is_looked_for_is_text_and_no_pattern(reader_of, auditor, week):
    assert reader_of(auditor).log(text="%").empty
    assert reader_of(auditor).log(text="' OR 1=1 --").empty


def test_days_are_the_offices_own_and_both_are_included(reader_of, auditor, week):
    """Half past midnight in Shanghai is the day before in UTC."""
    fire, flood = week
    log = reader_of(auditor).log
    assert set(log(last=date(2026, 11, 20)).case_id) == {fire.id}
    assert set(log(first=date(2026, 11, 24)).action) == {"note"}
    assert "note" not in set(log(first=date(2026, 11, 23), last=date(2026, 11, 23)).action)
    assert set(log(first=date(2026, 11, 23), last=date(2026, 11, 23)).case_id) == {flood.id}


def test_pages_follow_each_other_without_gap_or_repetition(reader_of, auditor, week):
    log = reader_of(auditor).log
    every = list(log().id)
    assert every == sorted(every, reverse=True)
    paged = [id_ for offset in range(0, len(every), 2) for id_ in log(limit=2, offset=offset).id]
    assert paged == every


def test_an_auditor_sees_nothing_above_their_clearance(post, reader_of, auditor, director):
    secret = post.register(title="涉密来文（秘密）", secrecy_level="秘密")
    assert reader_of(auditor).log().empty
    assert reader_of(auditor).log(text="涉密").empty
    assert set(reader_of(director).log().case_id) == {secret.id}


def test_attempts_to_sign_in_are_searched_by_account_and_day(database, reader_of, auditor, clock):
    sessions = Sessions(database, b"key of the tests")
    clock.turn_to("2026-11-23 09:00")
    for account in ("wang", "root"):
        with pytest.raises(NotAllowed):
            sessions.sign_in(account, "wrong", "10.0.0.7", clock())
    with pytest.raises(NotAllowed):
        sessions.sign_in("wang", "wrong", "10.0.0.7", clock() + timedelta(days=1))
    sign_ins = reader_of(auditor).sign_ins
    assert list(sign_ins().account) == ["wang", "root", "wang"]
    stranger = sign_ins(account="ROOT").iloc[0]
    assert (stranger["name"], stranger.address, stranger.outcome) == ("", "10.0.0.7", "失败")
    assert list(sign_ins(account="wang", last=date(2026, 11, 23))["name"]) == ["王敏"]
    assert len(sign_ins(first=date(2026, 11, 24))) == 1


# --- deputies, the journal of the office, files --------------------------------------------------------


def test_what_was_done_in_an_absent_persons_name_is_found_under_both(
    database, post, reader_of, auditor, clock
):
    """Chen reports for Zhou, who is away: the record is Chen's and says 代."""
    case = post.bring_to("feedback")
    with database.writing() as session:
        session.add(
            AbsenceRow(
                id="a1", person_id="zhou", deputy_id="chen", since=clock(), until=clock() + timedelta(days=3),
                reason="出差", by="zhang", at=clock(),
            )
        )  # fmt: skip
        session.commit()
    task = post.child_of(case, "dept:anjian")
    post.act(task, "claim", "chen")
    for who in ("chen", "zhou"):
        found = reader_of(auditor).log(by=who)
        assert list(found["by_name"]) == ["陈立（代周宁）"]


@pytest.fixture
def journalled(database, clock):
    """An office to which three things were done, one of them in the small hours of the next day."""
    lines = (
        ("2026-11-20 16:00", "zhang", "department.added", "信息中心", {"name": "信息中心"}),
        ("2026-11-20 16:30", "zhang", "person.changed", "李华", {"clearance": {"was": 0, "now": 1}, "by": "zhang"}),
        ("2026-11-24 00:30", "wang", "number.reserved", "收〔2026〕7号", {"reason": "会议", "numbers": ["收〔2026〕7号"]}),
    )  # fmt: skip
    with database.writing() as session:
        for at, by, action, subject, data in lines:
            clock.turn_to(at)
            journal.record(session, KEY, clock(), by, action, subject, data)
        session.commit()


def test_what_was_done_to_the_office_is_told_in_words_newest_first(reader_of, auditor, journalled):
    told = reader_of(auditor).journal()
    assert list(told["action_title"]) == ["预留登记号", "修改人员", "新增部门"]
    assert list(told["by_name"]) == ["王敏", "张主任", "张主任"]
    assert list(told["changes"]) == [
        "理由：会议；号码：收〔2026〕7号",
        "知悉范围：非密 改为 秘密；经手人：张主任",
        "名称：信息中心",
    ]
    assert f"{told['at'][0]:%Y-%m-%d %H:%M}" == "2026-11-24 00:30"


def test_what_was_done_to_the_office_is_searched_by_person_action_words_and_day(
    reader_of, auditor, journalled
):
    journal_of = reader_of(auditor).journal
    assert list(journal_of(by="wang")["subject"]) == ["收〔2026〕7号"]
    assert list(journal_of(action="person.changed")["subject"]) == ["李华"]
    assert list(journal_of(text="信息")["subject"]) == ["信息中心"]
    assert journal_of(text="%").empty
    assert list(journal_of(last=date(2026, 11, 23))["subject"]) == ["李华", "信息中心"]
    assert list(journal_of(limit=1, offset=1)["subject"]) == ["李华"]


def test_only_the_auditor_and_the_director_read_what_was_done_to_the_office(reader_of, secretary, director):
    assert reader_of(director).journal().empty
    with pytest.raises(NotAllowed, match="办公室主任、审计"):
        reader_of(secretary).journal()


def test_an_address_says_what_is_looked_for_and_a_day_that_is_none_is_left_out():
    asked = Asked(who="wang", what="批注", text="防汛 41号", first=date(2026, 11, 20))
    assert Asked.read(asked.written) == asked
    assert Asked.read({"first": "2026-13-40", "last": "", "stranger": "1"}) == Asked()


def test_a_title_nobody_knows_finds_nothing(reader_of, auditor, week):
    assert reader_of(auditor).log(**Asked(what="没有这个动作").of_log(reader_of(auditor).standard())).empty


def test_the_record_as_a_file_has_the_same_rows_and_no_formula(post, reader_of, auditor):
    post.register(title='=HYPERLINK("http://example.invalid","点我")')
    made = ledger("log", reader_of(auditor).log())
    assert made.columns[:4] == ("记录号", "时间", "谁", "办了什么")
    rows, everything = cells_of(xlsx(made))
    assert [row[5] for row in rows[1:]] == ['=HYPERLINK("http://example.invalid","点我")'] * 2
    assert "<f>" not in everything
