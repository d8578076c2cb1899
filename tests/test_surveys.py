"""The survey after a meeting: one link an attendee, answers of nobody, a result when there are enough (R43, N25)."""

import json
from datetime import date
from random import SystemRandom

import pytest
from sqlalchemy import select

from core.errors import Conflict, NotAllowed, NotFound, Refused
from core.surveys import MEETING, WARNING, shown
from db import surveys
from db.contacts import AddressBook
from db.surveys import satisfaction
from db.tables import EventRow, JournalRow, MessageRow, SlipRow, SurveyRow
from tests.conftest import NAMED
from tests.meetings import Meetings
from tests.polls import KEY, answers, guests, meeting, polling_of

EVERYBODY = ("he", "wang", "li", "chen", "zhou", "sun")


@pytest.fixture
def polling(database, files, clock):
    return polling_of(database, files, clock, SystemRandom())


@pytest.fixture
def sent(office, polling):
    """A meeting whose six attendees have their links: the meeting and the tokens."""
    case = meeting(office)
    return case, dict(polling.open_survey(case.id, "meeting", EVERYBODY, by=NAMED["wang"]))


def test_the_secretary_sends_one_link_to_each_attendee_and_nobody_keeps_whose_it_is(sent, database):
    """Of a link only its SHA-256 is kept; neither the table nor the trace says whose it is."""
    _, links = sent
    assert sorted(links) == sorted(EVERYBODY)
    assert len(set(links.values())) == 6
    with database.reading() as session:
        slips = session.execute(select(SlipRow.slip, SlipRow.used)).all()
        told = [json.dumps(data) for data in session.scalars(select(JournalRow.data))]
        told += [json.dumps(data) for data in session.scalars(select(EventRow.data))]
    assert len(slips) == 6
    assert not any(used for _, used in slips)
    assert not any(
        token in slip or slip in text for token in links.values() for slip, _ in slips for text in told
    )


def test_an_hour_after_the_meeting_whoever_came_is_asked_by_the_program(
    post, polling, database, clock, reader_of
):
    """Once, and nobody who did not sign in; a meeting that is long past is left to whoever wants to ask (R43)."""
    meetings = Meetings(post, AddressBook(database, KEY))
    case = meetings.held(invitees=["chen", "zhou", "li", "sun", "he", "wang"])
    for who in ("chen", "zhou", "li", "sun", "he", "wang"):
        signs = {"attendee": who, "attendee_name": NAMED[who].name, "attendee_organisation": None}
        meetings.act(case, "sign_in", "wang", **signs, attendee_post=None, attendee_contact=None, way="手工")
    undone = {"attendee": "sun", "attendee_name": NAMED["sun"].name, "attendee_organisation": None}
    meetings.act(case, "undo_sign_in", "wang", **undone)
    clock.turn_to("2026-12-03 16:00")
    case = meetings.act(case, "close_meeting", "wang", audio=[], no_audio_because="录音设备送修")
    assert polling.ask_whoever_came() == 0
    clock.turn_to("2026-12-03 17:01")
    assert polling.ask_whoever_came() == 1
    assert polling.ask_whoever_came() == 0
    held = reader_of(NAMED["wang"]).survey_about(case.id, MEETING).held
    assert (held.issued, held.anonymous) == (5, True)
    asked = select(MessageRow.recipient).where(MessageRow.subject.startswith("会议满意度")).distinct()
    with database.reading() as session:
        assert {*session.scalars(asked)} == {"chen", "zhou", "li", "he", "wang"}


def test_too_few_who_came_and_what_is_long_past_are_not_asked_by_the_program(post, polling, database, clock):
    """Of four answers nothing may be shown; after three days nobody remembers."""
    meetings = Meetings(post, AddressBook(database, KEY))
    meetings.closed()
    clock.turn_to("2026-12-03 18:00")
    assert polling.ask_whoever_came() == 0
    clock.turn_to("2026-12-10 09:00")
    assert polling.ask_whoever_came() == 0


def test_somebody_answers_with_their_link_once(sent, polling):
    """A second answer with the same link is refused, and a link that was never made is dead."""
    _, links = sent
    polling.answer(links["chen"], answers())
    with pytest.raises(Conflict, match="每人一次"):
        polling.answer(links["chen"], answers(overall="1 很不满意"))
    with pytest.raises(NotFound, match="链接"):
        polling.answer("no-such-link", answers())


def test_an_answer_that_leaves_a_question_out_is_refused_field_by_field(sent, polling):
    """And the link is still good."""
    _, links = sent
    with pytest.raises(Refused) as refusal:
        polling.answer(links["chen"], answers(overall=None, notice="9 分"))
    assert [*refusal.value.problems] == ["overall", "notice"]
    polling.answer(links["chen"], answers())


def test_free_text_warns_that_words_can_betray_their_writer():
    """The form says so beside the field."""
    comment = next(field for field in MEETING.fields if field.key == "comment")
    assert comment.help == WARNING
    assert not comment.required


def test_nothing_is_shown_while_answers_come_in_but_every_fifth(sent, polling, reader_of):
    """Of two reports that differ by one answer, the difference is that answer."""
    case, links = sent
    said = []
    for token in links.values():
        polling.answer(token, answers())
        outcome = reader_of(NAMED["zhang"]).survey_about(case.id, MEETING)
        said.append(outcome.answered)
        assert outcome.tally is None
    assert said == ["不足 5 份"] * 4 + ["5 份以上"] * 2


def test_the_result_stands_when_the_survey_is_closed(sent, polling, reader_of):
    """Five of six are satisfied with the whole: 83.3 percent, short of the ninety that are wanted."""
    case, links = sent
    for n, token in enumerate(links.values()):
        polling.answer(
            token, answers(overall="4 满意" if n else "2 不满意", comment="材料太厚" if n == 3 else "")
        )
    held = reader_of(NAMED["wang"]).survey_about(case.id, MEETING).held
    polling.close_survey(held.id, by=NAMED["wang"])
    outcome = reader_of(NAMED["he"]).outcome(held.id)
    assert (outcome.tally.n, outcome.tally.satisfied, round(outcome.tally.rate, 1)) == (6, 5, 83.3)
    assert outcome.tally.points["overall"] == {
        "5 很满意": 0,
        "4 满意": 5,
        "3 一般": 0,
        "2 不满意": 1,
        "1 很不满意": 0,
    }
    assert outcome.tally.comments == ["材料太厚"]
    assert outcome.answered == "6 份"
    with pytest.raises(NotFound, match="结束"):
        polling.answer("whatever", answers())


def test_whoever_may_not_see_the_meeting_may_not_see_its_survey(sent, polling, reader_of):
    """In the same words as if there were none."""
    case, _ = sent
    held = reader_of(NAMED["wang"]).survey_about(case.id, MEETING).held
    with pytest.raises(NotFound):
        reader_of(NAMED["zhou"]).outcome(held.id)
    assert reader_of(NAMED["zhou"]).surveys(MEETING).empty


def test_four_answers_are_destroyed_unread(sent, polling, reader_of, database):
    """Too few for a result: nothing of them is kept once nobody can answer any more."""
    case, links = sent
    for token in [*links.values()][:4]:
        polling.answer(token, answers(comment="看得出是谁写的话"))
    held = reader_of(NAMED["wang"]).survey_about(case.id, MEETING).held
    polling.close_survey(held.id, by=NAMED["wang"])
    outcome = reader_of(NAMED["wang"]).outcome(held.id)
    assert (outcome.tally, outcome.answered) == (None, "不足 5 份")
    with database.reading() as session:
        assert surveys.answers(session, held) == []
        assert session.scalars(select(SlipRow.slip)).all() == []


def test_a_survey_of_four_is_not_sent_out(office, polling):
    """It could never have a result, and could not hide who said what."""
    case = meeting(office)
    with pytest.raises(Refused, match="不足 5 人"):
        polling.open_survey(case.id, "meeting", EVERYBODY[:4], by=NAMED["wang"])


def test_a_meeting_is_asked_about_once(sent, polling):
    """A second survey would give a second vote to everybody."""
    case, _ = sent
    with pytest.raises(Conflict, match="已经发出过"):
        polling.open_survey(case.id, "meeting", EVERYBODY, by=NAMED["zhang"])


@pytest.mark.parametrize("who", ["he", "chen", "sun"])
def test_only_secretaries_and_the_director_open_and_close_a_survey(sent, office, polling, reader_of, who):
    """Everybody else is told whose it is."""
    case, _ = sent
    held = reader_of(NAMED["wang"]).survey_about(case.id, MEETING).held
    with pytest.raises(NotAllowed, match="文秘岗"):
        polling.close_survey(held.id, by=NAMED[who])
    with pytest.raises(NotAllowed, match="文秘岗"):
        polling.open_survey(meeting(office, title="另一次会").id, "meeting", EVERYBODY, by=NAMED[who])


def test_the_survey_ends_by_itself_after_three_working_days(sent, polling, clock, reader_of):
    """Sent on Friday 20 November, it takes answers until the end of Wednesday 25 November."""
    _, links = sent
    clock.turn_to("2026-11-25 17:00")
    assert polling.close_surveys() == 0
    polling.answer(links["he"], answers())
    clock.turn_to("2026-11-25 18:10")
    with pytest.raises(NotFound, match="结束"):
        polling.answer(links["li"], answers())
    assert polling.close_surveys() == 1
    assert polling.close_surveys() == 0
    assert not reader_of(NAMED["wang"]).surveys(MEETING)["is_open"].any()


def test_whether_answers_are_anonymous_is_fixed_by_the_first_one(sent, polling, reader_of):
    """Before it the secretary may ask for names; whoever answers is asked for theirs. After it nobody may."""
    case, links = sent
    held = reader_of(NAMED["wang"]).survey_about(case.id, MEETING).held
    polling.sign_answers(held.id, anonymous=False, by=NAMED["wang"])
    with pytest.raises(Refused, match="署名"):
        polling.answer(links["he"], answers())
    polling.sign_answers(held.id, anonymous=True, by=NAMED["wang"])
    polling.answer(links["he"], answers())
    with pytest.raises(Conflict, match="不能再改"):
        polling.sign_answers(held.id, anonymous=False, by=NAMED["wang"])


def test_a_classified_meeting_is_asked_for_points_and_not_for_words(office, polling, reader_of):
    """Free text could carry what may not be kept (C23)."""
    case = meeting(office, title="专题会议", secrecy_level="秘密")
    links = dict(polling.open_survey(case.id, "meeting", EVERYBODY, by=NAMED["wang"]))
    with pytest.raises(Refused):
        polling.answer(links["he"], answers(comment="涉密内容"))
    polling.answer(links["he"], answers())


def test_a_small_meeting_is_in_no_sum(office, polling, reader_of, database):
    """Two meetings of a type, one with too few answers: the figure of the type is that of the other alone."""
    whom = guests(database, 20)
    for title, n in (("第一次", 12), ("第二次", 3)):
        case = meeting(office, title=title)
        links = polling.open_survey(case.id, "meeting", whom, by=NAMED["wang"])
        for _, token in links[:n]:
            polling.answer(token, answers(overall="1 很不满意" if n == 3 else "4 满意"))
        held = reader_of(NAMED["wang"]).survey_about(case.id, MEETING).held
        polling.close_survey(held.id, by=NAMED["wang"])
    reader = reader_of(NAMED["wang"])
    found = satisfaction(reader.surveys(MEETING), ["split"])
    assert found.to_dict("records") == [
        {"split": "决策会", "surveys": 1, "n": 12, "satisfied": 12, "rate": 100.0}
    ]
    by_month = satisfaction(reader.surveys(MEETING), ["month", "split"])
    assert list(by_month["month"]) == ["2026-11"]


def test_groups_too_small_are_hidden_with_whatever_would_tell_them():
    """Three answers are hidden, and so is the next smallest group, or the sum would tell them (P26)."""
    assert shown({"决策会": 20, "协调会": 7}) == {"决策会", "协调会"}
    assert shown({"决策会": 20, "协调会": 7, "培训会": 3}) == {"决策会"}
    assert shown({"决策会": 20, "培训会": 3}) == set()
    assert shown({"决策会": 20, "协调会": 4, "培训会": 3}) == {"决策会"}


def test_what_was_opened_and_closed_stands_in_the_journal_without_a_count(sent, polling, reader_of):
    """How many links went out and until when; never how many answers there were."""
    case, links = sent
    polling.answer(links["he"], answers())
    held = reader_of(NAMED["wang"]).survey_about(case.id, MEETING).held
    polling.close_survey(held.id, by=NAMED["wang"])
    journal = reader_of(NAMED["sun"]).journal()
    assert list(journal["action_title"])[:2] == ["结束调查", "发出调查"]
    assert "发出份数：6" in journal["changes"].iloc[1]
    assert journal["changes"].iloc[0] == ""


def test_the_tables_say_who_opened_nothing(sent, database):
    """Of a survey is kept: which, about what, how many links, from when until when."""
    with database.reading() as session:
        row = session.scalars(select(SurveyRow)).one()
    assert (row.survey, row.issued, row.anonymous, row.closed_at) == ("meeting", 6, True, None)


def test_the_figure_of_the_standard_is_read_off_the_surveys(office, polling, reader_of, database):
    """Of November's twelve answers ten are satisfied: short of ninety percent, and the meeting stands behind it."""
    whom = guests(database, 12)
    case = meeting(office)
    links = polling.open_survey(case.id, "meeting", whom, by=NAMED["wang"])
    for n, (_, token) in enumerate(links):
        polling.answer(token, answers(overall="3 一般" if n < 2 else "5 很满意"))
    reader = reader_of(NAMED["zhang"])
    assert _figure(reader, 11) == (None, 0, "没有数据")  # it still takes answers
    polling.close_survey(reader.survey_about(case.id, MEETING).held.id, by=NAMED["wang"])
    reader = reader_of(NAMED["zhang"])
    assert _figure(reader, 11) == (83.3, 12, "未达标")
    assert list(reader.behind("meeting_satisfaction", date(2026, 11, 1))["id"]) == [case.id]
    assert _figure(reader, 10) == (None, 0, "没有数据")


def _figure(reader, month):
    """The satisfaction of a month: its value, the answers it was counted from, and the verdict."""
    figures = reader.figures(date(2026, month, 1)).set_index("key")
    row = figures.loc["meeting_satisfaction"]
    return (None if row["value"] is None else round(row["value"], 1), row["n"], row["verdict"])
