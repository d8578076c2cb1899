"""A vote from the motion to the published result: who may, what is enough, and what stays secret."""

from random import SystemRandom

import pytest
from sqlalchemy import update

from core.ballots import Terms, result
from core.errors import Conflict, NotAllowed, NotFound, Refused
from core.polling import Polling
from db.tables import ContactRow, PaperRow
from db.verify import verify
from tests.conftest import NAMED
from tests.polls import KEY, MOTION, Votes, guests, meeting, polling_of

BOARD = ("zhang", "he", "wang", "li", "chen")


@pytest.fixture
def polling(database, files, clock) -> Polling:
    return polling_of(database, files, clock, SystemRandom())


@pytest.fixture
def votes(office, polling, reader_of, clock) -> Votes:
    return Votes(office, polling, reader_of, clock)


def cast(polling, case, **choices):
    """Each of these votes in turn."""
    for who, choice in choices.items():
        polling.vote(case.id, choice, by=NAMED[who])


# --- the way of a ballot --------------------------------------------------------------------------------


def test_a_motion_is_put_started_voted_on_finished_and_published(office, votes, polling, reader_of):
    """The whole way of a secret ballot of five about a meeting's motion."""
    talk = meeting(office)
    case = votes.put(BOARD, meeting=talk.id)
    assert (case.number, case.stage.title) == ("表决〔2026〕1号", "待启动")
    case = votes.step(case, "start")
    assert case.stage.title == "表决中"
    cast(polling, case, zhang="同意", he="同意", wang="反对", li="弃权")
    case = votes.step(case, "finish")
    assert case.stage.title == "已结束"
    case = votes.step(case, "publish")
    assert case.stage.title == "已公布"
    assert case.data["outcome"] == "未通过"
    assert case.data["arithmetic"] == (
        "应到 5 人，实到 4 人，同意 2 票、反对 1 票、弃权 1 票；同意 2 票，没有超过实到人数（4）的半数，未通过"
    )
    assert [ballot.case.id for ballot in reader_of(NAMED["he"]).ballots(talk.id)] == [case.id]


def test_the_ballot_ends_by_itself_when_all_have_voted(votes, polling):
    """The program takes the step, and says in the trace that it did."""
    case = votes.started(BOARD)
    cast(polling, case, zhang="同意", he="同意", wang="同意", li="同意")
    assert votes.see(case).stage.key == "running"
    cast(polling, case, chen="反对")
    assert (votes.see(case).stage.key, votes.see(case).last_actor) == ("finished", "system")


def test_while_it_runs_only_who_has_not_voted_is_seen(votes, polling):
    """Not even the director sees what was chosen so far."""
    case = votes.started(BOARD)
    cast(polling, case, zhang="同意", he="反对")
    ballot = votes.ballot(case, by="zhang")
    assert ballot.waiting == ("wang", "li", "chen")
    assert ballot.result is None


def test_between_finishing_and_publishing_only_those_who_run_it_see_the_result(votes, polling):
    """A voter waits for the announcement."""
    case = votes.started(BOARD)
    cast(polling, case, zhang="同意", he="同意", wang="同意", li="同意", chen="反对")
    assert votes.ballot(case, by="wang").result.outcome == "通过"
    assert votes.ballot(case, by="he").result is None
    votes.step(case, "publish")
    assert votes.ballot(case, by="he").result.outcome == "通过"


@pytest.mark.parametrize("who", ["he", "chen"])
def test_only_secretaries_and_the_director_run_a_ballot(votes, office, who):
    """A voter can neither put something to the vote nor start, finish or publish it."""
    case = votes.put(BOARD)
    with pytest.raises(NotAllowed, match="文秘岗"):
        votes.step(case, "start", by=who)
    with pytest.raises(NotAllowed, match="文秘岗"):
        office.open("ballot", {**MOTION, "voters": [*BOARD]}, by=NAMED[who])


# --- who may vote ---------------------------------------------------------------------------------------


def test_nobody_votes_before_the_start_or_after_the_end(votes, polling):
    """Each is told why."""
    case = votes.put(BOARD)
    with pytest.raises(NotAllowed, match="还没有启动"):
        cast(polling, case, he="同意")
    votes.step(case, "start")
    votes.step(case, "finish")
    with pytest.raises(NotAllowed, match="已经结束"):
        cast(polling, case, he="同意")


@pytest.mark.parametrize("manner", ["无记名", "记名"])
def test_each_voter_has_one_vote_and_cannot_take_it_back(votes, polling, manner):
    """Whether it was a secret one or by name."""
    case = votes.started(BOARD, manner=manner)
    cast(polling, case, he="同意")
    with pytest.raises(Conflict, match="每人一票"):
        cast(polling, case, he="反对")
    votes.step(case, "finish")
    assert votes.ballot(case).result.votes == {"同意": 1, "反对": 0, "弃权": 0}


def test_whoever_is_not_on_the_list_cannot_vote(votes, polling):
    """The secretary runs the ballot and has no vote in it; to whom it is no concern it is not there."""
    case = votes.started(("he", "chen"))
    with pytest.raises(NotAllowed, match="名单"):
        cast(polling, case, wang="同意")
    with pytest.raises(NotFound):
        cast(polling, case, zhou="同意")


def test_an_option_that_is_none_is_refused(votes, polling):
    """With the list of those there are."""
    case = votes.started(BOARD)
    with pytest.raises(Refused, match="同意、反对、弃权"):
        cast(polling, case, he="随便")


def test_a_guest_votes_through_their_link(votes, polling, database):
    """Somebody without an account is on the list like everybody else."""
    whom = guests(database, 3)
    case = votes.started([*whom, "he"])
    for who in whom:
        polling.vote(case.id, "同意", by=votes.person(who))
    assert votes.ballot(case).waiting == ("he",)


def test_whoever_was_taken_out_of_the_address_book_cannot_vote(votes, polling, database):
    """The link still opens, and the command asks anew who is acting."""
    whom = guests(database, 3)
    case = votes.started(whom)
    with database.writing() as session:
        session.execute(update(ContactRow).where(ContactRow.id == whom[0]).values(active=False))
        session.commit()
    with pytest.raises(NotAllowed):
        polling.vote(case.id, "同意", by=votes.person(whom[0]))


# --- what is fixed --------------------------------------------------------------------------------------


def test_the_electorate_and_the_rules_are_fixed_at_the_start(votes, office, polling):
    """The event of the start records them; a correction of the rule afterwards changes nothing of the count."""
    case = votes.started(BOARD)
    (fixed,) = case.data["terms"]
    assert (fixed["voters"], fixed["rule"], fixed["base"]) == ([*BOARD], "过半数", "实到人数")
    now = votes.see(case)
    wrong = {"item": "rule", "value": "全体一致", "reason": "想改规则"}
    office.act(case.id, "correct", wrong, by=NAMED["wang"], seen=now.seq)
    cast(polling, case, zhang="同意", he="同意", wang="同意", li="反对")
    votes.step(case, "finish")
    assert votes.ballot(case).result.outcome == "通过"


def test_what_was_started_finished_and_published_is_not_withdrawn(votes, office, polling):
    """A vote whose result does not please is not opened again."""
    case = votes.started(BOARD)
    for step in ("finish", "publish"):
        now = votes.see(case)
        with pytest.raises(NotAllowed, match="不能撤回"):
            office.act(case.id, "withdraw", {"reason": "重来"}, by=NAMED["wang"], seen=now.seq)
        votes.step(case, step)


def test_a_quorum_of_more_than_there_are_is_refused_at_the_start(votes):
    """And one that is to be a number must name it."""
    with pytest.raises(Refused, match="不能多于"):
        votes.started(BOARD, quorum="按人数", quorum_number=6)
    with pytest.raises(Refused, match="请写明几人"):
        votes.started(BOARD, quorum="按人数")


@pytest.mark.parametrize("written", ["同意", "同意、同意", "、".join("一二三四五六七八九十甲乙丙")])
def test_options_that_are_no_choice_are_refused(votes, written):
    """One, the same twice, or more than fit on a phone."""
    with pytest.raises(Refused):
        votes.put(BOARD, choices=written)


# --- what is kept and published -------------------------------------------------------------------------


def test_a_ballot_by_name_is_published_with_the_names(votes, polling, reader_of):
    """Who chose what stands in the event, and so in the chain."""
    case = votes.started(BOARD, manner="记名")
    cast(polling, case, zhang="同意", he="反对", wang="同意", li="弃权", chen="同意")
    votes.step(case, "publish")
    ballot = votes.ballot(case, by="he")
    assert {choice: sorted(whose) for choice, whose in ballot.whose.items()} == {
        "同意": ["chen", "wang", "zhang"],
        "反对": ["he"],
        "弃权": ["li"],
    }
    told = reader_of(NAMED["sun"]).history(case.id)["data"].iloc[0]
    assert told["outcome"] == "通过"


def test_a_secret_ballot_is_published_without_a_name(votes, polling, reader_of):
    """No event of it names what somebody chose, and none tells of a single vote."""
    case = votes.started(BOARD)
    cast(polling, case, zhang="同意", he="反对", wang="同意", li="弃权", chen="同意")
    votes.step(case, "publish")
    history = reader_of(NAMED["sun"]).history(case.id)
    assert list(history["action"]) == ["publish", "finish", "start", "opened"]
    assert [row["whose"] for row in history["data"].iloc[0]["votes"]] == [None] * 3
    assert votes.ballot(case, by="he").whose == {}


def test_votes_that_were_changed_after_they_were_published_are_found(votes, polling, database, files):
    """The result is in the chain: whoever puts other papers in the urn is found out by the verification."""
    case = votes.started(BOARD)
    cast(polling, case, zhang="同意", he="反对", wang="同意", li="弃权", chen="同意")
    votes.step(case, "publish")
    assert verify(database, KEY, files, []) == []
    with database.writing() as session:
        session.execute(update(PaperRow).values(paper='{"choice": "反对"}'))
        session.commit()
    assert verify(database, KEY, files, []) == [
        f"选票与公布的结果不符：{case.number}（urn_papers 或 votes 表）"
    ]


# --- the arithmetic -------------------------------------------------------------------------------------


def counted(yes, no, abstained, *, of=9, rule="过半数", base="实到人数", quorum="过半数", number=0):
    """The result of so many votes of `of` who may vote."""
    voters = tuple(f"v{i}" for i in range(of))
    held = Terms("议题", ("同意", "反对", "弃权"), True, voters, quorum, number, rule, base)
    return result(held, [("", "同意")] * yes + [("", "反对")] * no + [("", "弃权")] * abstained)


@pytest.mark.parametrize(
    ("cast", "terms", "outcome"),
    [
        ((6, 1, 1), {}, "通过"),
        ((4, 4, 0), {}, "未通过"),  # half is not more than half
        ((4, 3, 1), {}, "未通过"),  # of those present, and abstaining is being present
        ((4, 3, 1), {"base": "不含弃权的票数"}, "通过"),
        ((4, 3, 1), {"base": "应到人数"}, "未通过"),
        ((6, 3, 0), {"rule": "三分之二以上"}, "通过"),  # exactly two thirds are enough
        ((5, 3, 0), {"rule": "三分之二以上"}, "未通过"),
        ((8, 0, 0), {"rule": "全体一致"}, "通过"),
        ((8, 0, 0), {"rule": "全体一致", "base": "应到人数"}, "未通过"),
        ((4, 0, 0), {}, "未达法定人数"),
        ((1, 0, 4), {}, "未通过"),  # abstaining counts to the quorum
        ((0, 0, 5), {"base": "不含弃权的票数"}, "未通过"),
        ((5, 0, 0), {"quorum": "三分之二以上"}, "未达法定人数"),
        ((6, 0, 0), {"quorum": "三分之二以上"}, "通过"),
        ((2, 1, 0), {"quorum": "按人数", "number": 3}, "通过"),
    ],
)
def test_what_is_enough(cast, terms, outcome):
    """Nine may vote; 以上 includes the number itself, 过半数 does not."""
    assert counted(*cast, **terms).outcome == outcome


def test_the_sentence_says_how_it_was_found():
    """So that whoever reads it can do the sum."""
    assert counted(6, 1, 1).says == (
        "应到 9 人，实到 8 人，同意 6 票、反对 1 票、弃权 1 票；同意 6 票，超过实到人数（8）的半数，通过"
    )
    assert counted(3, 0, 0).says.endswith("法定人数 5 人，未达到，表决无效")


def test_of_several_proposals_the_one_that_is_enough_is_chosen():
    """Without a 同意 among the options, each of them is a motion."""
    held = Terms("选址", ("甲地", "乙地", "弃权"), True, tuple("abcde"), "过半数", 0, "过半数", "实到人数")
    found = result(held, [("", "乙地")] * 3 + [("", "甲地")] * 2)
    assert (found.outcome, found.says[-6:]) == ("“乙地”通过", "“乙地”通过")
    tie = result(held, [("", "乙地")] * 2 + [("", "甲地")] * 2)
    assert tie.outcome == "未通过"
