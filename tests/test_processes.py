"""What every process must satisfy. A new file in core/processes is tested here without being named.

When a shipped version changes, `make approve` writes its chapter anew for reading;
a version that was published is not edited, it gets a successor.
"""

from dataclasses import replace
from datetime import date

import pytest

from core.errors import BadDefinition
from core.fields import Field, Kind
from core.handbook import chapter, limit_text
from core.people import Role
from core.process import Action, Due, Opens, Process, Stage
from core.processes import SHIPPED, Standard
from core.standing import ACTIONS
from core.worktime import Limit
from tests.approve import APPROVED, EVERY_VERSION, approved

every_version = pytest.mark.parametrize("process", EVERY_VERSION, ids=lambda p: f"{p.key}-v{p.version}")


# --- the handbook ---------------------------------------------------------------------------------


@every_version
def test_the_handbook_names_every_stage_action_field_and_limit(process):
    text = chapter(process)
    assert process.title in text
    assert process.purpose in text
    assert limit_text(process, process.due) in text
    for stage in process.stages:
        assert stage.title in text
        if not stage.is_end:
            assert limit_text(process, stage.due) in text
        for action in stage.actions:
            assert f"【{action.title}】" in text
            assert all(field.title in text for field in action.asks)
            assert all(check.says in text for check in action.checks)


@every_version
def test_the_handbook_names_what_is_asked_at_the_opening(process):
    assert all(field.title in chapter(process) for field in process.opens_with)


@every_version
def test_a_published_version_reads_as_it_was_approved(process):
    assert chapter(process) == approved(process).read_text(encoding="utf-8"), "publish a new version instead"


def test_no_approved_text_is_left_without_its_process():
    assert {path.name for path in APPROVED.glob("*.md")} == {approved(p).name for p in EVERY_VERSION}


@every_version
def test_each_step_has_the_five_fields_of_the_standard(process):
    """输入要求, 操作步骤, 输出成果, 责任主体, 时限标准 (R68); an end has only what it is."""
    for stage in (stage for stage in process.stages if not stage.is_end):
        assert stage.inputs, stage.key
        assert stage.does, stage.key
        assert stage.outputs, stage.key
        assert stage.duty.label, stage.key
        assert stage.due, stage.key
        assert stage.due.rule, f"{stage.key}: no deadline without its source"


@every_version
def test_each_version_has_a_number_of_its_own_and_a_day(process):
    known = SHIPPED[process.key]
    assert [one.version for one in known] == list(range(1, len(known) + 1))
    assert [one.in_force_from for one in known] == sorted(one.in_force_from for one in known)


@every_version
def test_no_action_hides_a_standing_one(process):
    assert not {action.key for action in process.actions} & ACTIONS.keys()


@every_version
def test_keys_fit_the_columns_they_are_kept_in(process):
    keys = [process.key, *(s.key for s in process.stages), *(a.key for a in process.actions)]
    assert max(map(len, keys)) <= 40


# --- the standard itself --------------------------------------------------------------------------

INCOMING = SHIPPED["incoming_document"][0]


def test_an_incoming_document_passes_the_scenes_of_the_standard_in_its_order():
    """R3. Between them stand the steps the regulation adds: 初审 and 答复."""
    scenes = [name for name, _ in INCOMING.scenes]
    assert scenes == ["签收登记", "初审", "拟办呈批", "分送传阅", "督办反馈", "答复", "归档立卷"]
    standard = ["签收登记", "拟办呈批", "分送传阅", "督办反馈", "归档立卷"]
    assert [scene for scene in scenes if scene in standard] == standard


@pytest.mark.parametrize(
    ("stage", "limit", "rule"),
    [
        ("registration", Limit(days=1), "R5"),
        ("proposal", Limit(days=2), "R7"),
        ("distribution", Limit(clock_hours=24), "R8"),
        ("feedback", Limit(days=5), "R11"),
    ],
)
def test_the_limits_of_the_standard_are_the_ones_deadlines_use(stage, limit, rule):
    due = INCOMING.stage(stage).due
    assert due.limit == limit
    assert due.rule.startswith(rule)


def test_an_incoming_document_is_the_secretaries_duty_but_for_the_instruction():
    others = {stage.key for stage in INCOMING.stages if stage.duty is not Role.SECRETARY}
    assert others == {"instruction"}


def test_the_three_colours_of_the_office_are_three_lists():
    """Urgency of documents is never a colour (C7)."""
    assert INCOMING.fields["urgency"].options == ("平件", "加急", "特急")
    assert not {"红", "黄", "蓝"} & {option for field in INCOMING.fields.values() for option in field.options}


# --- contradictions fail at import ----------------------------------------------------------------

END = Stage(key="done", title="完成", does="完成。", duty=Role.SECRETARY)


def step(key, to, **more):
    action = Action(key=f"leave_{key}", title="办", by=frozenset({Role.SECRETARY}), to=to)
    return Stage(
        **{"key": key, "title": key, "does": "办。", "duty": Role.SECRETARY, "actions": (action,), **more}
    )


def process(*stages, **more):
    return Process(
        **{
            "key": "trial",
            "title": "试",
            "family": "文书处理",
            "purpose": "试。",
            "version": 1,
            "in_force_from": date(2026, 1, 1),
            "number": INCOMING.number,
            "names": "title",
            "opened_by": frozenset({Role.SECRETARY}),
            "opens_with": (Field(key="title", title="标题"),),
            "stages": stages,
            **more,
        }
    )


def asks(*fields):
    return replace(step("a", "done").actions[0], asks=fields)


OPENS = Opens(process="task", each=("title",), gives=lambda data, name: {}, noun="人", done="已办")

CONTRADICTIONS = {
    "a dead end": ((step("a", "b"), step("b", "b"), END), {}, "“b”之后无法办结"),
    "no end at all": ((step("a", "a"),), {}, "“a”之后无法办结"),
    "a stage out of reach": ((step("a", "done"), step("b", "done"), END), {}, "“b”没有一步能到达"),
    "an unknown stage": ((step("a", "nowhere"), END), {}, "'leave_a' leads to unknown stage 'nowhere'"),
    "two stages of a name": ((step("a", "a"), step("a", "done"), END), {}, "two stages are called 'a'"),
    "two actions of a name": (
        (step("a", "done", actions=step("a", "done").actions * 2), END), {}, "two actions of 'a' are called 'leave_a'",
    ),
    "an action of nobody": (
        (step("a", "done", actions=(replace(asks(), by=frozenset()),)), END), {}, "nobody may do 'leave_a'",
    ),
    "a field of two kinds": (
        (step("a", "done", actions=(asks(Field(key="title", title="标题", kind=Kind.DATE)),)), END), {},
        "field 'title' is of two kinds",
    ),
    "a title that is no field": ((step("a", "done"), END), {"names": "subject"}, "the title is unknown field 'subject'"),
    "a column that is no field": (
        (step("a", "done"), END), {"register": ("sender",)}, "the register shows unknown field 'sender'",
    ),
    "due by no field": (
        (step("a", "done", due=Due(Limit(days=1), after="arrived")), END), {},
        "stage 'a' is due by unknown field 'arrived'",
    ),
    "the whole due by no field": (
        (step("a", "done"), END), {"due": Due(on="wanted")}, "the whole is due by unknown field 'wanted'",
    ),
    "in nobody's hand": (
        (step("a", "done", assignee="handler"), END), {}, "stage 'a' lies with unknown field 'handler'",
    ),
    "a case for each of nobody": (
        (step("a", "done", opens=OPENS), END), {}, "opens a case for each of 'title', which names nobody",
    ),
    "an unknown next action": (
        (step("a", "done", then=("go",)), END), {}, "'a' goes on with unknown action 'go'",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("stages", "more", "says"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_a_definition_that_contradicts_itself_cannot_be_made(stages, more, says):
    with pytest.raises(BadDefinition, match=says):
        process(*stages, **more)


def test_the_smallest_process_that_holds_together():
    assert process(step("a", "done"), END).first.key == "a"


def test_a_stage_that_opens_a_process_nobody_defined_is_a_fault_of_the_standard():
    opens = replace(OPENS, process="nothing", each=("who",))
    fields = (Field(key="title", title="标题"), Field(key="who", title="谁", kind=Kind.PEOPLE))
    with pytest.raises(BadDefinition, match="opens unknown process 'nothing'"):
        Standard({"trial": (process(step("a", "done", opens=opens), END, opens_with=fields),)})


@pytest.mark.parametrize("limit", [{}, {"days": 1, "hours": 1}, {"days": -1}, {"clock_hours": -24}])
def test_a_limit_is_one_positive_number_of_one_unit(limit):
    with pytest.raises(ValueError, match="exactly one"):
        Limit(**limit)
