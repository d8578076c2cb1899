"""A line of the record that gives somebody something to do: who, by when, what (N13). Said on Friday 2026-11-20."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from core.contacts import Contact
from core.errors import Refused
from core.people import Person, Role
from core.ports import Directory
from core.to_dos import has_mention, read
from core.worktime import WorkingCalendar

FRIDAY = date(2026, 11, 20)
CALENDAR = WorkingCalendar(ZoneInfo("Asia/Shanghai"))
MEMBER = frozenset({Role.MEMBER})
PEOPLE = Directory(
    {
        p.id: p
        for p in (
            Person("chen", "陈立", MEMBER, department="caiwu"),
            Person("chenq", "陈立群", MEMBER, department="anjian"),
            Person("zhou", "周宁", MEMBER, department="anjian"),
            Person("wang1", "王敏", MEMBER, department="caiwu"),
            Person("wang2", "王敏", MEMBER, department="anjian"),
        )
    },
    {"caiwu": "财务处", "anjian": "安监处"},
    guests={"guest:1": Contact("guest:1", "赵强", "市供电公司")},
)


def said(text, today=FRIDAY):
    found = read(text, PEOPLE, today, CALENDAR)
    return found.owner, found.by and found.by.isoformat(), found.what


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026年12月10日前", "2026-12-10"),
        ("二〇二六年十二月十日前", "2026-12-10"),
        ("2026-12-10", "2026-12-10"),
        ("2026/12/10前", "2026-12-10"),
        ("12月10日前", "2026-12-10"),
        ("12月10号之前", "2026-12-10"),
        ("十二月十日以前", "2026-12-10"),
        ("于12月10日前", "2026-12-10"),
        ("最迟12月10日", "2026-12-10"),
        ("12月10日下班前", "2026-12-10"),
        ("12月10日下午5点前", "2026-12-10"),
        ("12月10日17:30前", "2026-12-10"),
        ("12-10", "2026-12-10"),
        ("12/10前", "2026-12-10"),
        ("12.10前", "2026-12-10"),
        ("10日前", "2026-12-10"),
        ("25日前", "2026-11-25"),
        ("25号下班前", "2026-11-25"),
        ("今天", "2026-11-20"),
        ("今日下班前", "2026-11-20"),
        ("明天", "2026-11-21"),
        ("明天上午10点前", "2026-11-21"),
        ("后天", "2026-11-22"),
        ("大后天", "2026-11-23"),
        ("周五", "2026-11-27"),
        ("周一前", "2026-11-23"),
        ("星期三", "2026-11-25"),
        ("礼拜天", "2026-11-22"),
        ("本周日", "2026-11-22"),
        ("这周六前", "2026-11-21"),
        ("下周三", "2026-11-25"),
        ("下星期一前", "2026-11-23"),
        ("下个星期一前", "2026-11-23"),
        ("下下周一", "2026-11-30"),
        ("月底前", "2026-11-30"),
        ("本月底", "2026-11-30"),
        ("下月底前", "2026-12-31"),
        ("年底前", "2026-12-31"),
        ("本月25日前", "2026-11-25"),
        ("下月5日前", "2026-12-05"),
        ("下个月5号", "2026-12-05"),
        ("三日内", "2026-11-23"),
        ("10天内", "2026-11-30"),
        ("两周内", "2026-12-04"),
        ("2周内", "2026-12-04"),
        ("3个工作日内", "2026-11-25"),
        ("五个工作日之内", "2026-11-27"),
        ("1月15日前", "2027-01-15"),
        ("明年1月15日前", "2027-01-15"),
    ],
)
def test_the_day_in_the_words_of_the_office(text, day):
    """However a day is written, it is the same day; the rest is what is to be done."""
    for line in (f"@陈立 {text} 报送整改清单", f"@陈立{text}报送整改清单"):
        assert said(line) == ("chen", day, "报送整改清单")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@陈立 报送整改清单", ("chen", None, "报送整改清单")),
        ("＠周宁：12月10日前，汇总各区数据。", ("zhou", "2026-12-10", "汇总各区数据。")),
        ("@陈立群 周五前 复查", ("chenq", "2026-11-27", "复查")),
        ("请 @周宁 在12月10日前把台账报来", ("zhou", "2026-12-10", "请把台账报来")),
        ("12月10日前 @周宁 汇总数据", ("zhou", "2026-12-10", "汇总数据")),
        ("汇总数据，@周宁，12月10日前", ("zhou", "2026-12-10", "汇总数据")),
        ("@王敏（财务处） 明天 送预算表", ("wang1", "2026-11-21", "送预算表")),
        ("@王敏/安监处 明天 送台账", ("wang2", "2026-11-21", "送台账")),
        ("@陈立 12月10日前报送12月20日现场会的方案", ("chen", "2026-12-10", "报送12月20日现场会的方案")),
        ("@陈立 为12月20日现场会准备方案，12月10日前", ("chen", "2026-12-10", "为12月20日现场会准备方案")),
        ("@陈立 核对3.5万元经费", ("chen", None, "核对3.5万元经费")),
        ("@陈立 整改率不低于98.5%", ("chen", None, "整改率不低于98.5%")),
        ("下周三前完成排查", ("", "2026-11-25", "完成排查")),
        ("完成排查", ("", None, "完成排查")),
        ("@陈立 @陈立 12月10日前 报送", ("chen", "2026-12-10", "报送")),
        ("@陈立 把材料发到 gz@example.com", ("chen", None, "把材料发到gz@example.com")),
    ],
)
def test_who_and_what(text, found):
    """Name, day and task in whatever order, with the marks people put between them."""
    assert said(text) == found


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("@王敏 明天 送预算表", "有 2 位王敏（财务处、安监处）：请写明部门，例如 @王敏（财务处）"),
        ("@李四 明天 送预算表", "人员名单里没有“@李四”：请写全名"),
        ("@周 明天 送台账", "人员名单里没有“@周”，是不是周宁？请写全名"),
        ("@ 明天", "人员名单里没有“@明天”：请写全名"),
        ("@", "@ 后面请写责任人的全名"),
        ("@赵强 明天 送电路图", "赵强没有账号，不能作责任人"),
        ("@陈立 @周宁 明天 送台账", "一条待办写一位责任人，现在写了陈立、周宁"),
        ("@陈立 12月10日前", "请写明要办什么"),
        ("@陈立 2月30日前 报送", "没有“2月30日”这一天"),
        ("@陈立 11月10日前 报送", "“11月10日”已经过去（今天是 2026-11-20）"),
        ("@陈立 本周三前 报送", "“本周三”已经过去"),
        ("@陈立 2026-11-02 报送", "已经过去"),
    ],
)
def test_what_cannot_be_told_is_asked(text, says):
    """Two of one name, nobody of the name, a day that is none: one sentence that says how to write it."""
    with pytest.raises(Refused) as refusal:
        said(text)
    assert says in refusal.value.problems["said"]


def test_an_address_of_mail_is_no_name():
    """A line with an address in it is a line, no task."""
    assert has_mention("@陈立 报送")
    assert has_mention("请@陈立报送")
    assert not has_mention("材料发到 office@example.com")
    assert not has_mention("没有名字的一行")


def test_the_end_of_the_year_is_near():
    """In the last days of December a day of January is next year's."""
    assert said("@陈立 1月4日前 报送", date(2026, 12, 31))[1] == "2027-01-04"
    assert said("@陈立 5日前 报送", date(2026, 12, 31))[1] == "2027-01-05"
    assert said("@陈立 下月底前 报送", date(2026, 12, 31))[1] == "2027-01-31"
