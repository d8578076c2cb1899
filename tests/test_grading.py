"""Grading information: the rules suggest and say why, a person decides, the cell says who is told and by when (R58–R60)."""

from dataclasses import replace

import pytest

from core.errors import NotAllowed, Refused
from core.grading import CELLS, SHIPPED, Rule, obligation, pack, read, suggest, whom
from core.people import Grade, Role
from core.reporting import Reporting
from core.worktime import Limit
from db.reporting import SqlReportingUnit
from tests.conftest import NAMED


@pytest.fixture
def reporting(database, files, clock):
    return Reporting(lambda: SqlReportingUnit(database, files, b"key of the tests"), clock)


def test_the_suggestion_says_which_words_it_heard_and_takes_the_gravest_of_each():
    said = suggest("某化工厂仓库发生火灾，网上有舆情", SHIPPED)
    assert (said.urgency, said.importance) == ("红", "高")
    assert said.words == "红·高：命中“火灾”（突发事件，须立即报告）；命中“舆情”（舆情发酵快，须当即核实）"


def test_urgency_and_importance_are_suggested_each_by_itself():
    rules = replace(SHIPPED, rules=(Rule(("甲",), "红", "低", "一"), Rule(("乙",), "蓝", "高", "二")))
    said = suggest("甲和乙", rules)
    assert (said.urgency, said.importance) == ("红", "高")


def test_what_no_rule_knows_is_ordinary():
    assert suggest("食堂换了新菜单", SHIPPED).words == "蓝·低：没有命中规则"


def test_words_are_found_however_wide_they_are_written():
    rules = replace(SHIPPED, rules=(Rule(("GDP",), "黄", "高", "宏观数据"),))
    assert suggest("一季度ｇｄｐ公布", rules).urgency == "黄"


def test_red_and_high_is_told_within_one_hour_of_the_clock():
    assert obligation("红", "高", SHIPPED).within == Limit(clock_hours=1)
    assert {*obligation("红", "高", SHIPPED).roles} == {Role.DIRECTOR, Role.LEADER}


def test_every_cell_obliges_to_something():
    assert {*SHIPPED.matrix} == {*CELLS}


def test_nobody_is_told_of_what_they_are_not_cleared_for():
    told = obligation("红", "高", SHIPPED)
    assert whom(told, NAMED, Grade.OPEN) == ("zhang", "he")
    assert whom(told, NAMED, Grade.TOP_SECRET) == ("zhang",)


def test_the_rules_are_kept_as_the_form_gives_them():
    assert read(pack(SHIPPED)) == SHIPPED
    assert read(None) == SHIPPED


# --- the office's own rules -------------------------------------------------------------------------------


def changed(**more):
    """The shipped rules with another one in front, and other cells where `more` names them."""
    values = pack(SHIPPED)
    values["rules"].insert(
        0, {"words": "停水、停电", "urgency": "红", "importance": "中", "because": "影响办公"}
    )
    return {**values, **more}  # fmt: skip


def test_the_office_grades_by_its_own_rules_from_then_on(reporting, office, director, secretary, post):
    reporting.set_grading(changed(), by=director)
    case = office.open(
        "information",
        {"title": "办公楼下午停电", "channel": "内部", "secrecy_level": "非密"},
        by=secretary,
        then=("accept_grade", {}),
    )
    assert case.data["suggested"] == "红·中：命中“停电”（影响办公）"
    assert (case.data["info_urgency"], case.data["importance"]) == ("红", "中")


def test_the_director_and_the_standards_group_change_the_rules_and_the_journal_tells_of_it(
    reporting, secretary, director, reader_of
):
    with pytest.raises(NotAllowed, match="这一步由办公室主任、标准化小组办理"):
        reporting.set_grading(changed(), by=secretary)
    reporting.set_grading(changed(), by=director)
    told = reader_of(director).journal(limit=3).iloc[0]
    assert (told["action_title"], told["subject"]) == ("修改定级规则", "9 条规则")


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda v: v["matrix"].pop(), "九格每格写一行：缺 蓝·低"),
        (lambda v: v["matrix"].append(dict(v["matrix"][0])), "九格每格只写一行"),
        (lambda v: v["matrix"][0].update(people=["nobody"]), "已停用"),
        (lambda v: v["matrix"][0].update(amount=0), "不能小于 1"),
        (lambda v: v["rules"][0].update(words="、 ，"), "第 1 条规则没有词"),
        (lambda v: v["rules"][0].update(because=""), "请填写“为什么”"),
    ],
)
def test_rules_that_say_nothing_are_refused_with_what_to_mend(reporting, director, spoil, says):
    values = changed()
    spoil(values)
    with pytest.raises(Refused, match=says):
        reporting.set_grading(values, by=director)
