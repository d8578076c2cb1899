"""Who may see and do what: every role against every action of the incoming document, as one table."""

from dataclasses import replace

import pytest

from core.case import why_not
from core.errors import GONE, NotAllowed, NotFound
from core.people import Grade, Person, Role
from core.policy import (
    why_not_keep_duties,
    why_not_keep_grading,
    why_not_open,
    why_not_see,
    why_not_set_up_information,
)
from core.processes import SHIPPED
from core.standing import ACTIONS
from tests.conftest import change_account

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

CAST = {
    "director": Person("d", "主任", frozenset({Role.DIRECTOR}), Grade.TOP_SECRET),
    "leader": Person("l", "领导", frozenset({Role.LEADER}), Grade.TOP_SECRET),
    "secretary": Person("s", "文秘", frozenset({Role.SECRETARY}), Grade.TOP_SECRET),
    "member": Person("m", "部门人员", frozenset({Role.MEMBER}), Grade.TOP_SECRET, "caiwu"),
    "standards": Person("t", "标准化小组", frozenset({Role.STANDARDS}), Grade.TOP_SECRET),
    "auditor": Person("a", "审计", frozenset({Role.AUDITOR}), Grade.TOP_SECRET),
    "administrator": Person("x", "管理员", frozenset({Role.ADMINISTRATOR}), Grade.TOP_SECRET),
}
"""One person of each role, cleared for everything, whom the document does not concern."""

OVERSEE = {"director", "secretary", "auditor"}
"""Who sees every document within their clearance; the others see what concerns them."""

ALLOWED = {
    "intake_check": {"pass_check": {"secretary"}, "return_to_sender": {"secretary"}},
    "proposal": {"propose": {"secretary"}},
    "instruction": {"instruct": {"director"}, "send_back_proposal": {"director"}},
    "distribution": {"distribute": {"secretary"}},
    "circulation": {
        "add_readers": {"secretary"},
        "circulated_for_action": {"secretary"},
        "circulated_for_information": {"secretary"},
    },
    "feedback": {"fed_back": {"secretary"}, "fed_back_to_answer": {"secretary"}},
    "answer": {"answer_sender": {"secretary"}},
    "archiving": {"archive": {"secretary"}},
}
"""Of those whom it does not concern: at which stage who may take which action."""

IF_CONCERNED = {"instruct": {"leader"}, "send_back_proposal": {"leader"}}
"""Who may besides, once the document concerns them."""

STANDING = {
    "note": OVERSEE,
    "claim": set(),
    "reassign": {"director", "secretary"},
    "delegate": {"director", "secretary"},
    "urge": {"director", "secretary"},
    "pause": {"director", "secretary"},
    "resume": set(),
    "ask_extension": {"director", "secretary"},
    "decide_extension": set(),
    "correct": {"director", "secretary"},
    "withdraw": set(),
    "void": {"director", "secretary"},
    "restore": set(),
    "issue_slip": set(),
    "recount": set(),
    "remind": set(),
}
"""The standing actions on a running document that was neither paused nor asked an extension for."""

STAGES = [stage for stage in SHIPPED["incoming_document"][-1].stages if not stage.is_end]


@pytest.fixture
def document(post):
    return post.bring_to("proposal")


def at(stage, case):
    return replace(case, stage=stage, owner="")


def who(case, action, **people):
    return {
        name
        for name, person in (people or CAST).items()
        if why_not(case, action, person, case.last_at) is None
    }


def test_the_table_names_every_action_there_is():
    named = {stage: set(actions) for stage, actions in ALLOWED.items()}
    there = {stage.key: {action.key for action in stage.actions} for stage in STAGES}
    assert named == {key: actions for key, actions in there.items() if key != "registration"}
    assert set(STANDING) == set(ACTIONS)


def test_documents_are_opened_by_secretaries_only():
    process = SHIPPED["incoming_document"][-1]
    assert {name for name, person in CAST.items() if why_not_open(person, process) is None} == {"secretary"}
    assert why_not_open(CAST["auditor"], process) == "这一步由文秘岗办理"


@pytest.mark.parametrize("key", ["reading", "task", "advice", "informing", "report"])
def test_children_are_opened_by_nobody_but_the_program(key):
    assert {why_not_open(person, SHIPPED[key][-1]) for person in CAST.values()} == {"这一步由系统办理"}


@ON_SQLITE
def test_overseers_see_every_document_and_the_others_none_that_does_not_concern_them(document):
    assert {name for name, person in CAST.items() if why_not_see(person, document) is None} == OVERSEE
    assert why_not_see(CAST["administrator"], document) == "本件不在您的知悉范围"


@ON_SQLITE
@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.key)
def test_each_action_of_a_stage_is_for_exactly_those_in_the_table(document, stage):
    case = at(stage, document)
    for action in stage.actions:
        expected = ALLOWED.get(stage.key, {"register": {"secretary"}})[action.key]
        assert who(case, action) == expected, action.key


@ON_SQLITE
@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.key)
def test_whom_a_document_concerns_may_do_no_more_than_their_role(document, stage):
    """To be named in a document is to see it, not to handle it."""
    concerned = replace(document, actors=document.actors | {person.id for person in CAST.values()})
    case = at(stage, concerned)
    for action in stage.actions:
        expected = ALLOWED.get(stage.key, {"register": {"secretary"}})[action.key]
        assert who(case, action) == expected | IF_CONCERNED.get(action.key, set()), action.key


@ON_SQLITE
@pytest.mark.parametrize("action", ACTIONS.values(), ids=lambda action: action.key)
def test_each_standing_action_is_for_exactly_those_in_the_table(document, action):
    assert who(document, action) == STANDING[action.key]


@ON_SQLITE
def test_the_auditor_reads_everything_and_does_nothing_but_note(document):
    auditor = {"auditor": CAST["auditor"]}
    own = [
        action for stage in STAGES for action in stage.actions if who(at(stage, document), action, **auditor)
    ]
    assert own == []
    assert [key for key, action in ACTIONS.items() if who(document, action, **auditor)] == ["note"]


@ON_SQLITE
@pytest.mark.parametrize("grade", list(Grade), ids=lambda grade: grade.name)
def test_clearance_comes_before_every_role(document, grade):
    """Even the director does nothing with what is above their clearance."""
    secret = replace(document, inherited=Grade.TOP_SECRET)
    people = {name: replace(person, clearance=grade) for name, person in CAST.items()}
    seen = {name for name, person in people.items() if why_not_see(person, secret) is None}
    assert seen == (OVERSEE if grade is Grade.TOP_SECRET else set())
    if grade is not Grade.TOP_SECRET:
        assert why_not_see(people["director"], secret) == "本件定为绝密，超出您的知悉范围"
        assert not any(
            who(secret, action, **people) for action in (*document.stage.actions, *ACTIONS.values())
        )


@ON_SQLITE
def test_one_does_not_instruct_on_ones_own_proposal(post):
    case = post.bring_to("instruction")
    both = Person("wang", "王敏", frozenset({Role.SECRETARY, Role.DIRECTOR}), Grade.TOP_SECRET)
    reason = why_not(case, case.stage.actions[0], both, case.last_at)
    assert reason == "上一步由您本人办理，这一步须由他人办理"


# --- the same through the real commands and queries -----------------------------------------------


@ON_SQLITE
def test_the_administrator_alone_sees_no_business(post, database, reader_of, director):
    """Who keeps the accounts keeps no documents; in this office the director happens to be both."""
    change_account(database, "sun", roles=["administrator"])
    case = post.bring_to("circulation", readers=["chen"])
    administrator = Person("sun", "孙审", frozenset({Role.ADMINISTRATOR}), Grade.TOP_SECRET)
    reader = reader_of(administrator)
    assert reader.live().empty
    assert reader.desk().empty
    assert reader.register("incoming_document").empty
    assert reader.counts()["live"] == 0
    with pytest.raises(NotFound, match=GONE):
        reader.case(case.id)
    assert "wang" in set(reader.accounts()["id"])


@ON_SQLITE
def test_accounts_are_shown_to_nobody_else(reader_of, secretary, auditor, leader):
    for person in (secretary, auditor, leader):
        with pytest.raises(NotFound, match=GONE):
            reader_of(person).accounts()


@ON_SQLITE
def test_the_auditor_reads_every_document_within_clearance(post, reader_of, auditor):
    plain = post.bring_to("proposal")
    post.bring_to("proposal", secrecy_level="秘密", title="涉密件")
    assert list(reader_of(auditor).register("incoming_document")["id"]) == [plain.id]
    assert len(reader_of(auditor).history(plain.id)) == 3


@ON_SQLITE
def test_a_stopped_account_does_nothing_more(post, office, database, secretary):
    case = post.bring_to("proposal")
    change_account(database, "wang", active=False)
    says = "您的账号已停用，请联系管理员"
    with pytest.raises(NotAllowed, match=says):
        office.act(case.id, "note", {"text": "x"}, by=secretary, seen=case.seq)
    with pytest.raises(NotAllowed, match=says):
        office.open("incoming_document", {}, by=secretary)
    with pytest.raises(NotAllowed, match=says):
        office.urge([case.id], by=secretary)
    with pytest.raises(NotAllowed, match=says):
        office.keep("a.txt", b"text", by=secretary)
    with pytest.raises(NotAllowed, match=says):
        office.save_draft("incoming_document", {"title": "x"}, by=secretary)


@ON_SQLITE
def test_a_role_taken_away_holds_at_the_next_command(post, office, database, secretary):
    """The page was drawn while she was a secretary; the command asks again."""
    case = post.bring_to("proposal")
    change_account(database, "wang", roles=["member"])
    with pytest.raises(NotAllowed, match="这一步由办公室主任、文秘岗办理"):
        office.act(case.id, "void", {"reason": "x"}, by=secretary, seen=case.seq)
    with pytest.raises(NotAllowed, match="这一步由文秘岗办理"):
        office.open("incoming_document", {}, by=secretary)


@ON_SQLITE
def test_clearance_taken_away_holds_at_the_next_command(post, office, database, secretary):
    case = post.bring_to("proposal", secrecy_level="秘密", title="涉密件")
    change_account(database, "wang", clearance=0)
    with pytest.raises(NotFound, match=GONE):
        office.act(case.id, "note", {"text": "x"}, by=secretary, seen=case.seq)


@ON_SQLITE
def test_nobody_poses_as_the_program(post, office):
    case = post.bring_to("proposal")
    posing = Person("system", "系统", frozenset({Role.SYSTEM}), Grade.TOP_SECRET)
    with pytest.raises(NotAllowed, match="您的账号已停用，请联系管理员"):
        office.act(case.id, "note", {"text": "x"}, by=posing, seen=case.seq)


@pytest.mark.parametrize(
    ("question", "keepers"),
    [
        (why_not_keep_duties, {"director", "secretary"}),
        (why_not_keep_grading, {"director", "standards"}),
        (why_not_set_up_information, {"administrator", "director", "secretary", "standards"}),
    ],
)
def test_who_reports_what_and_how_it_is_graded_is_kept_by_exactly_these(question, keepers):
    assert {name for name, person in CAST.items() if question(person) is None} == keepers


GRADERS = {"director", "secretary"}
GRADED = {
    "judging": {"accept_grade": GRADERS, "grade": GRADERS, "drop": GRADERS},
    "telling": {"told_all": set(), "stop_waiting": GRADERS, "regrade": GRADERS},
    "filing": {"archive": {"secretary"}, "regrade": GRADERS},
}
"""Of an item of information that concerns none of them: at which step who may do what."""


@ON_SQLITE
def test_information_is_graded_told_and_filed_by_exactly_those_in_the_table(office, secretary):
    item = {"title": "某事", "channel": "内部", "secrecy_level": "非密"}
    case = office.open("information", item, by=secretary)
    for stage in (stage for stage in case.process.stages if not stage.is_end):
        allowed = {action.key: who(at(stage, case), action) for action in stage.actions}
        assert allowed == GRADED[stage.key]
