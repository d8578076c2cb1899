"""Collecting in the demonstration: what is watched, where it would come from, and what has come in and waits.

Every source rests: the demonstration calls nobody.
"""

import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from docx import Document

from core.clippings import Collecting
from core.collecting import Brought, Found, Known
from core.people import Person

HOSTS = "www.shengzhengwu.example\nwww.yunchuan-wanbao.example\nhangye.example"

POINTS = {
    "政策变化": {"words": "管理办法、实施意见、条例、通知、标准", "how": "命中任一", "never": "招聘、拍卖"},
    "安全与舆情": {"words": "安全生产、隐患、火灾、曝光、投诉", "how": "命中任一", "never": ""},
    "同行动作": {"words": "城西、城东、示范区", "how": "命中任一", "never": "天气"},
}

SOURCES: dict[str, dict[str, Any]] = {
    "省政务网·政策文件": {"means": "订阅", "address": "https://www.shengzhengwu.example/zhengce.xml", "point": "政策变化", "every": 30},
    "云川晚报·本地": {"means": "网页", "address": "https://www.yunchuan-wanbao.example/bendi/", "point": "安全与舆情", "every": 60},
    "行业动态": {"means": "订阅", "address": "https://hangye.example/atom.xml", "point": "同行动作", "every": 120},
    "公务邮箱": {"means": "邮箱", "takes": "来文", "asks": True, "every": 10},
    "文件交换箱": {"means": "文件夹", "address": "交换件", "takes": "来文", "asks": True, "every": 10},
    "政务交换平台": {"means": "接口", "takes": "来文", "asks": True, "every": 30},
}  # fmt: skip


@dataclass(frozen=True)
class Item:
    """Something that came in so many hours ago."""

    source: str
    ago: int
    title: str
    text: str
    sender: str = ""


ITEMS = (
    Item("省政务网·政策文件", 52, "省政府办公厅印发行政规范性文件管理办法", "办法明确，规范性文件一律先评估、后审核、再公开，自下季度起施行。各地应当在施行前完成一次清理，并公布继续有效的目录。", "省政府办公厅"),
    Item("省政务网·政策文件", 47, "关于优化营商环境的若干实施意见公开征求意见", "意见稿提出二十四条措施，涉及开办、用地、用电、纳税等事项，征求意见截止本月底。", "省发展改革委"),
    Item("省政务网·政策文件", 30, "省机关事务管理条例修订草案提请审议", "草案增加了办公用房调剂和公务用车集中管理两章，拟于明年施行。", "省机关事务管理局"),
    Item("省政务网·政策文件", 26, "关于做好冬季保供稳价工作的通知", "通知要求各地落实储备，每周报送价格监测情况，遇有异常波动当日报告。", "省发展改革委"),
    Item("云川晚报·本地", 41, "城北一仓库堆放杂物堵塞通道，居民投诉多日未清理", "记者现场看到，消防通道被货物占去一半，社区表示已经联系物业，尚无结果。"),
    Item("云川晚报·本地", 22, "老旧小区电线私拉，安全隐患谁来管", "多位居民反映充电线从楼上垂下，夜间充电无人看管，希望有关部门集中整治。"),
    Item("云川晚报·本地", 21, "老旧小区电线私拉乱接，安全隐患谁来管？", "多位居民反映充电线从楼上垂下，夜里充电没有人看管，希望有关部门集中整治。"),
    Item("云川晚报·本地", 9, "一餐馆厨房起火，无人受伤，火灾原因正在调查", "起火后店员自行扑灭，消防部门到场复查。初步判断与油烟管道久未清洗有关。"),
    Item("云川晚报·本地", 4, "热线连续三天接到供热不足投诉", "投诉集中在城南两个小区，供热单位称正在更换阀门，预计两日内恢复。"),
    Item("行业动态", 36, "城东示范区推出一件事一次办专窗", "专窗把开办餐饮店涉及的七项手续并为一次受理，平均用时由九天减到两天。", "城东区政务服务中心"),
    Item("行业动态", 16, "城西公布首批惠企政策免申即享清单", "清单共十一项，由部门之间核对数据后直接兑付，企业不用申报。", "城西区政府"),
    Item("行业动态", 7, "示范区会议室全部实行线上预约，闲置率下降三成", "预约、签到、能耗统一到一个平台，超过一刻钟无人签到自动释放。", "示范区管委会"),
)  # fmt: skip


@dataclass(frozen=True)
class Letter:
    """A document that came by itself so many hours ago."""

    source: str
    ago: int
    subject: str
    lines: tuple[str, ...]
    sender: str


LETTERS = (
    Letter(
        "公务邮箱",
        3,
        "请查收：关于报送年度政务公开工作总结的通知",
        (
            "云川市政务公开办公室文件",
            "云政公开〔{y}〕17号",
            "关于报送年度政务公开工作总结的通知",
            "各县区、市直各单位：",
            "请对照年度要点撰写总结，于下月十日前报送，附公开目录和数据表。",
            "云川市政务公开办公室",
            "{day}",
        ),
        "市政务公开办公室",
    ),
    Letter(
        "文件交换箱",
        2,
        "关于商请提供会议场地的函",
        (
            "云川市档案馆",
            "云档函〔{y}〕9号",
            "关于商请提供会议场地的函",
            "市政府办公室：",
            "我馆拟于下月举办业务培训一天，约八十人，商请提供会议场地，请函复。",
            "云川市档案馆",
            "{day}",
        ),
        "",
    ),
)


def tell(collecting: Collecting, clock: Any, now: datetime, keeper: Person, director: Person) -> None:
    """Set up what is watched, and let things come in; `clock` is turned (its `at`) and left at `now`."""
    clock.at = now - timedelta(days=12)
    collecting.set_hosts({"hosts": HOSTS}, by=director)
    points = {
        title: collecting.keep_point({"title": title, **told}, by=keeper) for title, told in POINTS.items()
    }
    sources = {
        title: collecting.keep_source(_told(title, told, points), by=keeper)
        for title, told in SOURCES.items()
    }
    collected = list[Known]()
    for n, item in enumerate(ITEMS, 1):
        clock.at = now - timedelta(hours=item.ago)
        for part in collecting.take_in(sources[item.source], _found(item, n, clock.at), collected):
            collected.append(Known.of(part.clipping, part.title, part.text))
    for letter in LETTERS:
        clock.at = now - timedelta(hours=letter.ago)
        collecting.take_in(sources[letter.source], _brought(letter, clock.at))
    clock.at = now


def _told(title: str, told: dict[str, Any], points: dict[str, str]) -> dict[str, Any]:
    usual = {"title": title, "address": "", "takes": "信息", "asks": True}
    return {**usual, **told, "point": points.get(told.get("point", ""), "")}


def _found(item: Item, n: int, at: datetime) -> Found:
    host = SOURCES[item.source]["address"].split("/")[2]
    link = f"https://{host}/{at:%Y%m%d}/{1000 + n}.html"
    published = at - timedelta(minutes=35)
    return Found(uid=item.title, title=item.title, text=item.text, link=link, sender=item.sender, published_at=published)  # fmt: skip


def _brought(letter: Letter, at: datetime) -> Found:
    document, content = Document(), io.BytesIO()
    day = at - timedelta(days=2)
    for line in letter.lines:
        document.add_paragraph(line.format(y=at.year, day=f"{day.year}年{day.month}月{day.day}日"))
    document.save(content)
    name = f"{letter.lines[2]}.docx"
    return Found(uid=letter.subject, title=letter.subject, sender=letter.sender, published_at=at, files=(Brought(name, content.getvalue()),))  # fmt: skip
