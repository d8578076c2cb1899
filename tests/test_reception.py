"""A reception, told as the office tells it: needs, approval first, the day, the list of costs (R51–R55, N25).

The clock stands on Friday 2026-11-20 at 15:00; the guests come on Tuesday 2026-12-01.
"""

from datetime import datetime

import pytest

from core.errors import NotAllowed, Refused
from core.processes.reception import hosts_allowed
from tests.conftest import NAMED, SHANGHAI

VISIT = {
    "title": "接待省统计局调研组",
    "secrecy_level": "非密",
    "visitor": "省统计局",
    "head_guest": "刘副局长",
    "guest_level": "厅局级",
    "guest_count": 8,
    "arrives_at": datetime(2026, 12, 1, 9, 30, tzinfo=SHANGHAI),
    "leaves_at": datetime(2026, 12, 2, 16, 0, tzinfo=SHANGHAI),
    "host": "zhang",
    "organiser": "wang",
}
NEEDS = {
    "visit_purpose": "调研统计信息化",
    "special_needs": ["清真餐", "无障碍设施"],
    "needs_note": "清真餐 2 人，轮椅 1 位",
    "letter": [],
    "letter_number": "统办函〔2026〕12号",
    "no_letter_because": None,
}
PLAN = {
    "arrives_at": VISIT["arrives_at"],
    "leaves_at": VISIT["leaves_at"],
    "itinerary": [
        {"begins": "12-01 09:30", "activity": "接站", "place": "高铁站", "in_charge": "li", "remark": None},
        {"begins": "12-01 10:30", "activity": "座谈", "place": "市政府三楼会议室", "in_charge": "wang", "remark": None},
    ],
    "staff": [{"task": "用餐", "person": "li", "phone": "8011"}],
    "emergency": [{"matter": "医疗", "whom": "市医院急诊", "phone": "120"}],
    "hosts_at_table": 3,
    "lodging": None,
    "vehicles": "考斯特一辆",
    "budget": 3000,
}  # fmt: skip
SUMMARY = {
    "settlement": [{"item": "用餐", "count": 2, "amount": 1800, "voucher": "2 张"}],
    "actual_guests": 8,
    "actual_hosts": 3,
    "guest_feedback": "安排周到",
    "lessons": "接站标识要再醒目些",
}


class Receptions:
    """Takes visits through the office by the hands that take them."""

    def __init__(self, post):
        self.post, self.office, self.act = post, post.office, post.act

    def registered(self, **changes):
        return self.office.open("reception", {**VISIT, **changes}, by=NAMED["wang"])

    def planned(self, **changes):
        case = self.registered(**{k: v for k, v in changes.items() if k in VISIT})
        case = self.act(
            case, "confirm_needs", "wang", **{**NEEDS, **{k: v for k, v in changes.items() if k in NEEDS}}
        )
        plan = {**PLAN, **{k: v for k, v in changes.items() if k in PLAN}}
        return self.act(case, "submit_plan", "wang", **plan)

    def approved(self, **changes):
        return self.act(self.planned(**changes), "approve_plan", "zhang", approval_opinion=None)


@pytest.fixture
def receptions(post):
    return Receptions(post)


def test_a_reception_from_the_letter_to_the_archive(receptions, clock):
    """R51: four scenes; the plan is approved before anything is done, and a summary closes it (R53, R55)."""
    case = receptions.approved()
    assert case.number == "接〔2026〕1号"
    clock.turn_to("2026-12-01 11:00")
    for n in (1, 2):
        receptions.act(case, "mark_item", "li", item_no=n, item_state="已完成", item_note=None)
    clock.turn_to("2026-12-02 17:00")
    case = receptions.act(case, "finish", "wang", execution_note=None)
    case = receptions.act(case, "summarise", "wang", **SUMMARY)
    case = receptions.act(case, "archive", "wang", retention="10年", box=None)
    assert case.stage.title == "已归档"


@pytest.mark.parametrize(("guests", "hosts"), [(1, 3), (10, 3), (11, 3), (12, 4), (30, 10)])
def test_how_many_may_sit_at_table(guests, hosts):
    """Up to ten guests three hosts, above that a third, rounded down."""
    assert hosts_allowed(guests) == hosts


def test_too_many_hosts_are_refused_with_the_rule(receptions):
    """N25: the plan names the rule, so that nobody has to look it up."""
    with pytest.raises(Refused, match="10 人以内不超过 3 人"):
        receptions.planned(hosts_at_table=4)
    assert receptions.planned(guest_count=12, hosts_at_table=4).stage.key == "approval"


def test_no_visit_without_a_letter_or_the_reason(receptions):
    """A letter, its number, or why there is none: one of the three is asked for."""
    with pytest.raises(Refused, match="公务接待要有公函"):
        receptions.planned(letter_number=None)
    assert receptions.planned(letter_number=None, no_letter_because="突发灾情慰问").stage.key == "approval"


def test_nothing_is_done_before_the_plan_is_approved(receptions):
    """R53: marking the itinerary or finishing is not possible while the plan waits; its author cannot approve it."""
    case = receptions.planned()
    with pytest.raises(NotAllowed):
        receptions.act(case, "finish", "wang", execution_note=None)
    mine = receptions.planned(host="wang")
    with pytest.raises(NotAllowed, match="须由他人办理"):
        receptions.act(mine, "approve_plan", "wang", approval_opinion=None)


def test_more_hosts_than_allowed_have_to_be_explained(receptions):
    """What really was at table is checked once more; an excess is told in the summary."""
    case = receptions.act(receptions.approved(), "finish", "wang", execution_note=None)
    with pytest.raises(Refused, match="实际陪餐人数超过规定"):
        receptions.act(case, "summarise", "wang", **{**SUMMARY, "actual_hosts": 5})
    told = {**SUMMARY, "actual_hosts": 5, "lessons": "陪餐 5 人，超过规定，已向主任说明"}
    assert receptions.act(case, "summarise", "wang", **told).stage.key == "filing"


def test_the_plan_may_change_on_the_way(receptions):
    """Another itinerary during the visit, with the reason; it stays in the trace."""
    case = receptions.approved()
    rows = [{**PLAN["itinerary"][0], "begins": "12-01 10:00"}]
    told = {"staff": PLAN["staff"], "emergency": PLAN["emergency"], "changed_because": "列车晚点"}
    case = receptions.act(case, "change_plan", "wang", itinerary=rows, **told)
    assert case.data["itinerary"][0]["begins"] == "12-01 10:00"
    assert case.stage.key == "execution"
