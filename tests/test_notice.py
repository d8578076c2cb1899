"""What is entered into the calendar: the text of a notice, a list of days, one day (N9).

The texts here are invented; their dates are those of the calendar.
"""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from io import BytesIO
from itertools import groupby

import chinese_calendar.constants as published
import pytest
from rustpy_xlsxwriter import write_worksheet

from core.errors import Refused
from core.notice import PUBLISHED, mark, one_day, read_list, read_notice

NOTICE_2027 = """某某办关于2027年部分节假日安排的通知
国办发明电〔2026〕7号
各处室：
现将2027年各节日的放假安排说明如下，请照此值班。
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（农历除夕前一日、周五）至2月11日（周四）放假调休，共7天。1月31日（周日）、2月20日（周六）上班。
三、清明节：4月3日（周六）至5日（周一）放假，共3天。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。4月25日（周日）、5月8日（周六）上班。
五、端午节：6月9日（周三）放假1天，不调休。
六、中秋节：9月15日（周三）放假1天。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。
节日期间，各处室安排好值班，遇事及时报告。
2026年11月4日
"""


def kinds(change) -> dict[date, str]:
    return {special.day: special.kind for special in change.days}


def problems(text: str, year: int = 2027) -> list[str]:
    with pytest.raises(Refused) as refusal:
        read_notice(text, year)
    return refusal.value.problems["text"].split("\n")


def changed(old: str, new: str) -> str:
    assert old in NOTICE_2027
    return NOTICE_2027.replace(old, new)


# --- a notice


def test_a_notice_gives_the_weekdays_off_and_the_weekends_worked() -> None:
    change = read_notice(NOTICE_2027, 2027)
    worked = [day for day, kind in kinds(change).items() if kind == "workday"]
    off = [day for day, kind in kinds(change).items() if kind == "holiday"]
    assert worked == [date(2027, 1, 31), date(2027, 2, 20), date(2027, 4, 25), date(2027, 5, 8),
                      date(2027, 9, 26), date(2027, 10, 9)]  # fmt: skip
    assert off[:3] == [date(2027, 1, 1), date(2027, 2, 5), date(2027, 2, 8)]
    assert all(day.weekday() < 5 for day in off)
    assert (change.year, change.published, change.replaces) == (2027, True, True)


def test_each_day_says_which_festival_and_which_notice() -> None:
    told = {special.day: (special.name, special.source) for special in read_notice(NOTICE_2027, 2027).days}
    assert told[date(2027, 10, 4)] == ("国庆节", "国办发明电〔2026〕7号")
    assert told[date(2027, 10, 9)] == ("国庆节调休上班", "国办发明电〔2026〕7号")


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("国办发明电〔2026〕7号", "国办发明电〔2026〕7号"),
        ("发文字号：国办发明电[2026]7号", "国办发明电〔2026〕7号"),
        ("国办发明电（２０２６）７号", "国办发明电〔2026〕7号"),
        ("", PUBLISHED),
    ],
)
def test_the_number_is_read_however_its_brackets_are_written(written: str, number: str) -> None:
    assert {s.source for s in read_notice(changed("国办发明电〔2026〕7号", written), 2027).days} == {number}


FORMS = {
    "spelt out": ("1月1日（周五）至3日（周日）放假，共3天", "2027年1月1日（星期五）至2027年1月3日（星期日）放假，共三天"),
    "full width": ("4月3日（周六）至5日（周一）", "４月３日（周六）至５日（周一）"),
    "spaced": ("5月1日（周六）至5日（周三）", "5 月 1 日（周六）至 5 日（周三）"),
    "with its weekend": ("1月1日（周五）至3日（周日）放假，共3天", "1月1日放假，与周末连休"),
    "worked after a comma": ("共7天。1月31日（周日）、2月20日（周六）上班", "共7天，其中1月31日（星期日），2月20日（星期六）上班"),
    "a line of its own": ("共7天。1月31日", "共7天。\n1月31日"),
    "broken in the middle": ("周五）至2月11日", "周五）\n至2月11日"),
    "a dash": ("10月1日（周五）至7日（周四）", "10月1日—7日"),
    "rest": ("6月9日（周三）放假1天，不调休", "6月9日（周三）休息1天"),
    "arabic items": ("五、端午节：", "5.端午节:"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new"), FORMS.values(), ids=FORMS)
def test_the_forms_of_many_years_say_the_same(old: str, new: str) -> None:
    assert kinds(read_notice(changed(old, new), 2027)) == kinds(read_notice(NOTICE_2027, 2027))


# --- notices of the past, composed from their known dates

_WEEK = "一二三四五六日"
_NAMES = {"Spring Festival": "春节", "Tomb-sweeping Day": "清明节", "Labour Day": "劳动节", "National Day": "国庆节",
          "Mid-autumn Festival": "中秋节", "Dragon Boat Festival": "端午节", "New Year's Day": "元旦"}  # fmt: skip


def runs(days: Iterable[date]) -> list[list[date]]:
    """Days that follow one another."""
    numbered = enumerate(sorted(days))
    grouped = groupby(numbered, key=lambda pair: pair[1] - timedelta(days=pair[0]))
    return [[day for _, day in group] for _, group in grouped]


def known(year: int) -> tuple[dict[date, str], dict[date, str]]:
    """Days off and worked of the year's notice; New Year may begin in December before."""

    def of(table: dict[date, str]) -> dict[date, str]:
        ahead = {day: day.month == 12 and name == "New Year's Day" for day, name in table.items()}
        return {day: _NAMES[name] for day, name in table.items() if day.year + ahead[day] == year}

    return of(published.holidays), of(published.workdays)


def long_form(year: int, name: str, run: list[date]) -> str:
    first, last = (f"{d.year}年{d.month}月{d.day}日（星期{_WEEK[d.weekday()]}）" for d in (run[0], run[-1]))
    return f"{first}放假1天" if len(run) == 1 else f"{first}至{last}放假调休，共{len(run)}天"


def short_form(year: int, name: str, run: list[date]) -> str:
    first, last = run[0], run[-1]
    month = "" if first.month == last.month else f"{last.month}月"
    start = f"{first.month}月{first.day}日（周{_WEEK[first.weekday()]}）"
    return f"{start}放假" if len(run) == 1 else f"{start}至{month}{last.day}日放假，共{len(run)}天"


def composed(year: int, form: Callable[[int, str, list[date]], str]) -> str:
    """A text in the form of a notice with the days of the year."""
    off, worked = known(year)
    lines = [f"关于{year}年部分节假日安排的通知", f"国办发明电〔{year - 1}〕5号"]
    for n, (name, days) in enumerate(groupby(sorted(off), key=off.__getitem__)):
        spans = "，".join(form(year, name, run) for run in runs(days))
        made_up = "、".join(
            f"{d.month}月{d.day}日（星期{_WEEK[d.weekday()]}）" for d in sorted(worked) if worked[d] == name
        )
        title = name
        if name == "国庆节" and "中秋节" not in off.values():
            title = "国庆节、中秋节"
        lines.append(
            f"{'一二三四五六七八九'[n]}、{title}：{spans}。" + (f"{made_up}上班。" if made_up else "")
        )
    return "\n".join(lines)


@pytest.mark.parametrize("form", [long_form, short_form])
@pytest.mark.parametrize("year", range(2019, 2027))
def test_the_days_of_every_year_since_2019_are_read_as_they_were(year: int, form) -> None:
    off, worked = known(year)
    read = kinds(read_notice(composed(year, form), year))
    assert read == {
        **{day: "holiday" for day in off if day.weekday() < 5},
        **{day: "workday" for day in worked if day.weekday() >= 5},
    }


# --- a notice that will not do


WRONG = {
    "weekday": ("1月1日（周五）", "1月1日（周四）", "第 5 行：1月1日写的是星期四，2027 年的这一天是星期五，请核对日期或年份"),
    "count": ("至3日（周日）放假，共3天", "至3日（周日）放假，共4天", "第 5 行：写的是“共4天”，按日期数是 3 天，请核对"),
    "no date": ("三、清明节：4月3日（周六）至5日（周一）放假，共3天", "三、清明节：四月初放假", "第 7 行：“三、清明节：四月初放假。”读不出日期，请写成 1月1日至3日放假"),
    "no such day": ("6月9日（周三）放假1天", "6月31日放假1天", "第 9 行：没有“6月31日”这样的日期，请核对"),
    "no verb": ("6月9日（周三）放假1天，不调休", "6月9日（周三）", "第 9 行：“6月9日（周三）”没有写明放假还是上班，请补上"),
    "a working weekday": ("2月20日（周六）上班", "2月19日（周五）上班", "第 6 行：2月19日是星期五，本来就上班，请核对日期"),
    "both": ("4月25日（周日）、5月8日（周六）上班", "5月2日（周日）上班", "第 8 行：5月2日既写放假又写上班，请核对"),
    "backwards": ("10月1日（周五）至7日（周四）", "10月7日至1日", "第 11 行：“10月7日至1日”的起止日期不对，请核对"),
    "another year": ("1月1日（周五）至3日", "2026年1月1日至3日", "第 5 行：“2026年1月1日至3日（周日）”不在 2027 年，请核对"),
    "half of it": ("六、中秋节：9月15日（周三）放假1天。\n", "", "没有读到中秋节：请粘贴通知全文；只改几天的，请用“改一天”或“导入清单”"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "says"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_right_is_named_by_its_line_with_what_to_do(old: str, new: str, says: str) -> None:
    assert problems(changed(old, new)) == [says]


def test_all_that_is_wrong_is_said_at_once() -> None:
    text = changed("1月1日（周五）", "1月1日（周四）").replace("共5天", "共6天")
    assert [line.split("：")[0] for line in problems(text)] == ["第 5 行", "第 8 行"]


def test_an_empty_paste_and_one_that_says_nothing_are_told_apart() -> None:
    assert problems(" \n ") == ["请把通知全文粘贴在这里"]
    assert problems("请各处室做好值班。")[0].startswith("没有读到放假的日子：请粘贴通知全文")


def test_the_notice_of_another_year_is_refused_before_anything_is_read() -> None:
    assert problems(NOTICE_2027, 2028) == [
        "这是 2027 年的通知，您选的是 2028 年：请把年份改为 2027，或粘贴 2028 年的通知"
    ]


# --- a list, and one day

LIST = "日期,安排,事由,依据\n2027-03-12,放假,植树日,市政办〔2027〕3号\n2027/3/13,上班,调休,\n2027年3月31日,上半天班,盘点,\n2027-01-01,按平常,,\n"


def listed(text: str) -> list[str]:
    with pytest.raises(Refused) as refusal:
        read_list("清单.csv", text.encode(), 2027)
    return refusal.value.problems["file"].split("\n")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_list_sets_the_days_it_names_and_no_other(encoding: str) -> None:
    change = read_list("清单.csv", LIST.encode(encoding), 2027)
    assert [(s.day.day, s.kind, s.name, s.source) for s in change.days] == [
        (12, "holiday", "植树日", "市政办〔2027〕3号"), (13, "workday", "调休", "本办设定"), (31, "half_day", "盘点", "本办设定"),
    ]  # fmt: skip
    assert change.clears == (date(2027, 1, 1),)
    assert not change.replaces and change.published is None


def test_a_list_may_be_a_worksheet_with_real_dates() -> None:
    file = BytesIO()
    write_worksheet([{"日期": date(2027, 3, 12), "安排": "放假", "事由": "植树日", "依据": ""}], file)
    assert kinds(read_list("清单.XLSX", file.getvalue(), 2027)) == {date(2027, 3, 12): "holiday"}


def test_bad_rows_are_named_one_by_one_and_nothing_is_taken() -> None:
    text = "日期,安排,事由,依据\n2027-13-01,放假,甲,\n2026-03-13,放假,乙,\n2027-03-13,放假,丙,\n2027-03-16,休息,丁,\n2027-03-17,放假,,\n2027-03-18,放假,戊,\n2027-03-18,放假,己,\n"
    assert listed(text) == [
        "第 2 行：“2027-13-01”读不出日期，请写成 2027-01-04",
        "第 3 行：2026-03-13 不在 2027 年，请核对，或改选年份",
        "第 4 行：这一天本来就是周末，不必再设放假",
        "第 5 行：“安排”只能是：放假、上班、上半天班、按平常",
        "第 6 行：“事由”没有填",
        "第 8 行：2027-03-18 与第 7 行是同一天，请删去一行",
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "第 1 行缺少“日期”、“安排”、“事由”一列，表头应是：日期、安排、事由、依据"),
        ("日期,安排\n", "第 1 行缺少“事由”一列，表头应是：日期、安排、事由、依据"),
        ("日期,安排,事由\n", "清单里没有日子：从第 2 行起每行填一天"),
        ("日期,安排,事由\n2027-03-12\n", "第 2 行：“安排”只能是：放假、上班、上半天班、按平常"),
    ],
)
def test_a_list_without_its_columns_or_days_says_what_belongs_there(text: str, says: str) -> None:
    assert listed(text) == [says]


def test_a_file_that_is_no_worksheet_is_refused_with_a_sentence() -> None:
    with pytest.raises(Refused, match="这个 XLSX 文件打不开"):
        read_list("清单.xlsx", b"PK\x03\x04 broken", 2027)


def test_one_day_is_set_or_follows_its_weekday_again() -> None:
    change = one_day({"day": date(2027, 3, 12), "kind": "放假", "name": "停电", "source": ""})
    assert [(s.day, s.kind, s.source) for s in change.days] == [(date(2027, 3, 12), "holiday", "本办设定")]
    assert one_day({"day": date(2027, 3, 12), "kind": "按平常", "name": "更正"}).clears == (
        date(2027, 3, 12),
    )


@pytest.mark.parametrize(
    ("day", "kind", "key", "says"),
    [
        (date(2027, 3, 13), "放假", "kind", "这一天本来就是周末，不必再设放假"),
        (date(2027, 3, 12), "上班", "kind", "这一天本来就上班，不必再设"),
        (date(1999, 3, 12), "放假", "day", "请填 2004 年至 2045 年之间的日期"),
    ],
)
def test_a_day_that_is_so_already_is_refused(day: date, kind: str, key: str, says: str) -> None:
    with pytest.raises(Refused) as refusal:
        one_day({"day": day, "kind": kind, "name": "停电"})
    assert refusal.value.problems == {key: says}


def test_a_year_is_marked_without_touching_its_days() -> None:
    change = mark(2027, True)
    assert (change.year, change.published, change.days, change.replaces) == (2027, True, (), False)
