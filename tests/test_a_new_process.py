"""A process nobody built anything for: defined here once, and everything follows from it (R67, R71).

The office wants its seal requests under the standard: 申请 → 审批 → 用印 → 完成, each of several papers
sealed as a case of its own by whoever keeps the seal. Nothing but the two values below knows of it.
The clock stands on Friday 2026-11-20 at 15:00 until a story turns it on.
"""

from datetime import date

import pytest

from core import processes
from core.errors import NotAllowed, Refused
from core.fields import Field, Kind
from core.handbook import chapter
from core.people import Role
from core.process import Action, Check, Due, Numbering, Opens, Process, Stage
from core.worktime import Limit
from tests.conftest import told

REQUEST = Process(
    key="seal_request",
    title="用印申请",
    family="事务协调",
    purpose="用印有申请、有审批、有记录。",
    version=1,
    in_force_from=date(2026, 1, 1),
    number=Numbering("number", lambda data, office, year: f"印〔{year}〕{{n}}号"),
    names="purpose",
    opening="申请",
    opened_by=frozenset({Role.MEMBER, Role.SECRETARY}),
    opens_with=(
        Field(key="purpose", title="用印事由"),
        Field(key="seal", title="印章", kind=Kind.CHOICE, options=("公章", "合同章")),
        Field(key="copies", title="份数", kind=Kind.NUMBER, at_least=1),
        Field(key="keepers", title="监印人", kind=Kind.PEOPLE),
    ),
    register=("purpose", "seal", "copies"),
    stages=(
        Stage(
            key="approval",
            title="审批",
            does="看事由是否属实、用印是否必要。",
            inputs=("用印申请",),
            outputs=("审批意见",),
            duty=Role.DIRECTOR,
            due=Due(Limit(hours=4), rule="本办设定：4 工作小时内审批"),
            actions=(
                Action(
                    key="approve",
                    title="同意用印",
                    to="sealing",
                    by=frozenset({Role.DIRECTOR}),
                    second_pair_of_eyes=True,
                    asks=(Field(key="opinion", title="审批意见", required=False),),
                    checks=(Check("一次不超过 20 份", lambda data: data["copies"] <= 20),),
                ),
            ),
            spot_checks=("用印前是否已经批准？",),
        ),
        Stage(
            key="sealing",
            title="用印",
            does="监印人逐份用印并登记。",
            inputs=("批准的申请",),
            outputs=("用印记录",),
            duty=Role.SECRETARY,
            due=Due(Limit(days=1), rule="本办设定：批准后 1 个工作日内"),
            opens=Opens(
                process="seal_keeping",
                each=("keepers",),
                gives=lambda data, who: {"purpose": data["purpose"], "keeper": who},
                noun="监印人",
                done="已用印",
            ),
            then=("all_sealed",),
            actions=(Action(key="all_sealed", title="用印完毕", to="done", by=frozenset({Role.SYSTEM})),),
        ),
        Stage(key="done", title="完成", does="用印完毕，记录归档。", duty=Role.SECRETARY),
    ),
)

KEEPING = Process(
    key="seal_keeping",
    title="监印",
    family="事务协调",
    purpose="谁用的印、何时用的。",
    version=1,
    in_force_from=date(2026, 1, 1),
    number=Numbering("number", lambda data, office, year: f"监印〔{year}〕{{n}}号"),
    names="purpose",
    opening="送印",
    opened_by=frozenset({Role.SYSTEM}),
    child=True,
    opens_with=(
        Field(key="purpose", title="用印事由"),
        Field(key="keeper", title="监印人", kind=Kind.PERSON),
    ),
    stages=(
        Stage(
            key="waiting",
            title="待用印",
            does="用印并登记。",
            inputs=("批准的申请",),
            outputs=("用印记录",),
            duty=Role.HANDLER,
            assignee="keeper",
            due=Due(Limit(days=1), rule="本办设定"),
            actions=(Action(key="seal", title="已用印", to="sealed", by=frozenset({Role.HANDLER})),),
        ),
        Stage(key="sealed", title="已用印", does="用印完毕。", duty=Role.HANDLER),
    ),
)


@pytest.fixture(autouse=True)
def standard(monkeypatch):
    """As two new files in core/processes would have it."""
    both = {"seal_request": (REQUEST,), "seal_keeping": (KEEPING,)}
    monkeypatch.setattr(processes, "SHIPPED", {**processes.SHIPPED, **both})


@pytest.fixture
def request_(office, accountant):
    wanted = {"purpose": "报送年度预算", "seal": "公章", "copies": 3, "keepers": ["wang", "li"]}
    return office.open("seal_request", wanted, by=accountant)


def test_it_has_a_number_and_a_deadline_and_lies_on_a_desk(request_, reader_of, director):
    assert (request_.number, told(request_.due_at)) == ("印〔2026〕1号", "11-23 10:30")
    (row,) = reader_of(director).desk().to_dict("records")
    assert (row["process_title"], row["title"], row["where"]) == ("用印申请", "报送年度预算", "审批")
    assert row["owner_name"] == "办公室主任"


def test_it_is_overdue_when_its_hours_are_up(request_, reader_of, director, clock):
    clock.turn_to("2026-11-23 10:31")
    (row,) = reader_of(director).overdue().to_dict("records")
    assert (row["id"], row["left"]) == (request_.id, "逾期 1 分钟")


def test_it_is_in_a_register_and_on_the_map_of_its_own(request_, reader_of, director):
    (row,) = reader_of(director).register("seal_request", text="预算").to_dict("records")
    assert [row["data"][column] for column in REQUEST.register] == ["报送年度预算", "公章", 3]
    assert reader_of(director).positions().to_dict("records") == [
        {"process": "seal_request", "stage": "approval", "live": 1, "late": 0}
    ]


def test_it_goes_its_way_with_its_own_rules_and_its_children(request_, post, reader_of, director):
    with pytest.raises(NotAllowed, match="这一步由办公室主任办理"):
        post.act(request_, "approve", "wang", opinion="")
    post.act(request_, "approve", "zhang", opinion="同意")
    post.act(post.child_of(request_, "wang"), "seal", "wang")
    (row,) = reader_of(director).register("seal_request").to_dict("records")
    assert row["where"] == "用印中 1/2"
    post.act(post.child_of(request_, "li"), "seal", "li")
    assert (post.see(request_).stage.title, post.see(request_).is_open) == ("完成", False)


def test_its_checks_refuse_in_its_own_words(office, post, accountant):
    wanted = {"purpose": "寄送合同", "seal": "合同章", "copies": 21, "keepers": ["wang"]}
    case = office.open("seal_request", wanted, by=accountant)
    with pytest.raises(Refused, match="一次不超过 20 份"):
        post.act(case, "approve", "zhang", opinion="")


def test_everything_that_can_be_done_to_any_case_can_be_done_to_it(request_, post):
    post.act(request_, "note", "chen", text="下午来取")
    post.act(request_, "correct", "wang", item="copies", value="2", reason="多填")
    post.act(request_, "urge", "wang", text="")
    post.act(request_, "pause", "wang", reason="等原件")
    post.act(request_, "resume", "wang", reason="")
    post.act(request_, "ask_extension", "wang", until=date(2026, 11, 25), reason="等原件")
    assert (
        told(post.act(request_, "decide_extension", "zhang", decision="同意", text="").due_at)
        == "11-25 17:30"
    )
    assert post.act(request_, "void", "wang", reason="不需要了").voided


def test_its_trace_is_told_in_its_own_words(request_, post, reader_of, accountant):
    post.act(request_, "approve", "zhang", opinion="同意")
    titles = list(reader_of(accountant).history(request_.id)["action_title"])
    assert titles == ["送印", "送印", "同意用印", "申请"]


def test_the_handbook_has_its_chapter(standard):
    text = chapter(REQUEST)
    for words in (
        "# 用印申请",
        "4 工作小时内（本办设定：4 工作小时内审批）",
        "【同意用印】办公室主任 → 用印",
        "一次不超过 20 份",
    ):
        assert words in text
