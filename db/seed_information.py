"""The information of the demonstration: what three departments report, and what was noted over eight weeks."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.case import Case
from core.reporting import Duty, Reporting
from core.worktime import Limit
from db.seed_teller import Teller

WEEKS = 5
"""For how many weeks reports have been wanted."""


@dataclass(frozen=True)
class Item:
    """Something that was noted: so many working days ago, and how far the work on it has got."""

    ago: int
    title: str
    summary: str
    source: str
    point: str | None = None
    dept: str | None = None
    reached: str = "archived"
    """`judging`: it waits for its grade; `told`: those told have not all answered; else it is archived."""


ITEMS = (
    Item(39, "省里就数据条例征求意见", "条例草案新增公共数据授权运营一章，月底前反馈意见。", "省司法厅网站", "政策变化", "xinxi"),
    Item(37, "城东区供水管网抢修提前完工", "停水影响的三个小区已恢复供水。", "城东区来电", None, "guihua"),
    Item(34, "某商超连锁宣布下月降价", "生鲜类平均降价一成，可能影响惠民直采点。", "本地商报", "市场动向", "caiwu"),
    Item(32, "两家企业反映用工短缺", "节后返岗率约八成，希望组织专场招聘。", "园区走访", None, "guihua"),
    Item(30, "北山路工地塔吊安全隐患整改完毕", "复查合格，已恢复施工。", "安监巡查", "安全生产", "anjian"),
    Item(28, "市民投诉夜间施工噪声", "涉及两处工地，热线近一周接到 14 件。", "12345 热线", "社会舆情", "anjian"),
    Item(26, "邻市出台人才购房补贴管理办法", "补贴标准高于本市，三年内在职可申请。", "邻市政府网站", "政策变化", "guihua"),
    Item(23, "前三季度财政收入快报", "一般公共预算收入同比增长 4.1%。", "财政快报", None, "caiwu"),
    Item(21, "城南物流园仓库小范围火灾", "无人员受伤，过火面积约 20 平方米，已扑灭。", "消防支队电话", "安全生产", "anjian"),
    Item(20, "高新区公交线路调整方案公布", "增开两条园区接驳线，下月一日起试行。", "高新区网站", None, "guihua"),
    Item(18, "省数据局点评政务网站", "我市适老化改造得分居前，检索功能需改进。", "省数据局通报", "政策变化", "xinxi"),
    Item(16, "防洪堤坝二期进度滞后", "因连续降雨，土方工程晚于计划约十天。", "项目例会", None, "guihua"),
    Item(14, "本地论坛出现幼儿园伙食舆情", "帖子阅读量过万，教育部门已到园核实。", "网络巡查", "社会舆情", None),
    Item(13, "秋粮收购价格稳中略升", "主产乡镇平均每百斤上涨 1.2 元。", "粮食局周报", "市场动向", "caiwu"),
    Item(11, "省里印发中小微企业纾困实施意见", "涉及贷款贴息、房租减免等六项。", "省政府网站", "政策变化", "caiwu"),
    Item(10, "机关食堂满意度回升", "本月评分 4.6，主要改进为菜品更换频次。", "机关服务中心"),
    Item(8, "西环高架照明故障已修复", "故障原因为线缆老化，同批线缆已列入更换。", "市政热线", None, "anjian"),
    Item(7, "老旧小区加装电梯项目招标中标公示", "第一批 32 台，公示期三天。", "公共资源交易网", "市场动向", "guihua"),
    Item(5, "化工园区例行检查发现储罐轻微泄漏", "已停用并置换，周边监测正常。", "应急值班", "安全生产", "anjian"),
    Item(4, "全市信息化项目预算可能超支", "两个在建项目报来变更，合计约 180 万元。", "财务处", None, "caiwu"),
    Item(3, "重点企业反映出口订单下滑", "三家样本企业四季度订单环比下降两成。", "企业座谈", "市场动向", "guihua", "told"),
    Item(2, "网传地铁施工导致房屋开裂引发舆情", "现场核查未见结构性裂缝，社区已张贴说明。", "网络巡查", "社会舆情", "anjian", "told"),
    Item(1, "国家部委发布城市更新管理办法", "明确体检先行、留改拆并举，明年一月起施行。", "部委网站", "政策变化", "guihua", "told"),
    Item(0, "开发区一仓库发生火灾", "上午起火，消防已到场，暂无人员被困。", "开发区管委会电话", "安全生产", "anjian", "told"),
    Item(0, "寒潮蓝色预警", "未来三天最低气温下降 8 度，局地有霜冻。", "市气象台", "天气", None, "judging"),
    Item(0, "媒体曝光共享单车乱停放", "点名三处路口，城管已安排清理。", "晚报新媒体", "社会舆情", None, "judging"),
)  # fmt: skip

DUTIES = (
    ("税收和支出进度", "caiwu", "chenli", (("本周入库税收", "万元"), ("本周一般公共预算支出", "万元")), 5),
    ("安全检查情况", "anjian", "zhouning", (("检查企业", "家"), ("发现隐患", "处"), ("已整改", "处")), 4),
    ("重点项目进度", "guihua", "wuyue", (("开工项目", "个"), ("本周完成投资", "万元")), 5),
)
"""What is reported each week: what, by which department, by whom, which figures, on which weekday."""


@dataclass
class Intelligence(Teller):
    """Takes the information of the demonstration through the office."""

    office: Reporting

    def tell(self) -> None:
        """What was noted first, then the reports week by week; the last week's of one department is late."""
        for item in ITEMS:
            self._noted(item)
        self.report()
        self._file()

    # --- what was noted -------------------------------------------------------------------------------

    def _noted(self, item: Item) -> None:
        self.clock.at = self._morning(item.ago)
        clerk = self.people["lihua" if item.ago % 2 else "wangmin"]
        values = {
            "title": item.title,
            "summary": item.summary,
            "channel": "内部" if item.dept and not item.point else "外部",
            "source_name": item.source,
            "monitor_point": item.point,
            "department": item.dept,
            "secrecy_level": "非密",
        }
        then: tuple[str, dict[str, Any]] | None
        then = None if item.reached == "judging" else ("accept_grade", {})
        case = self.office.open("information", values, by=clerk, then=then)
        if item.reached == "archived":
            self._heard(case)

    def _morning(self, ago: int) -> datetime:
        """Half past nine so many working days ago; today's came within the last half hour."""
        if not ago:
            return self.now - timedelta(minutes=28)
        day = self.calendar.before(self.now, Limit(days=ago))
        return day.replace(hour=9, minute=30, second=0, microsecond=0)

    def _heard(self, case: Case) -> None:
        """Those who were told say that they know; a leader adds a word to the gravest."""
        for child in self.reader(self.director).children(case.id):
            self.clock.at += timedelta(minutes=12)
            by = self.people[child.owner]
            grave = child.data["label"] == "红·高" and by.id == "heyun"
            step, said = (
                ("instruct_on_it", {"instruction": "请到现场核实，举一反三。"})
                if grave
                else ("acknowledge", {})
            )
            self.office.act(child.id, step, said, by=by, seen=child.seq)

    def _file(self) -> None:
        """What is done with is filed, all of it at once."""
        self.clock.at = self.now - timedelta(hours=2)
        clerk = self.people["wangmin"]
        frame = self.reader(clerk).desk()
        done = frame[frame["stage"] == "filing"]
        seen = {str(key): int(seq) for key, seq in zip(done["id"], done["seq"], strict=True)}
        self.office.act_on_all(seen, "archive", by=clerk)

    # --- what is reported -----------------------------------------------------------------------------

    def report(self) -> None:
        """The duties, and their reports of the weeks since; this week's are still wanted."""
        monday = self.now - timedelta(days=self.now.weekday(), weeks=WEEKS)
        self.clock.at = monday.replace(hour=9, minute=0, second=0, microsecond=0)
        duties = [self._duty(n) for n in range(len(DUTIES))]
        for week in range(WEEKS + 1):
            self.clock.at = min(monday.replace(hour=9, minute=5) + timedelta(weeks=week), self.now)
            self.office.open_reports()
            if week < WEEKS:
                for n, duty in enumerate(duties):
                    if (n, week) != (1, WEEKS - 1):
                        self._sent(duty, n, week, monday + timedelta(weeks=week))

    def _duty(self, n: int) -> Duty:
        title, department, reporter, figures, day = DUTIES[n]
        values = {
            "title": title,
            "department": department,
            "reporter": reporter,
            "figures": [{"name": name, "unit": unit} for name, unit in figures],
            "every": "每周",
            "due_day": day,
            "since": (self.clock.at - timedelta(days=self.clock.at.weekday())).date(),
            "active": True,
        }
        return self.office.keep_duty(values, by=self.director)

    def _sent(self, duty: Duty, n: int, week: int, monday: datetime) -> None:
        """A report of three days later, with figures that move a little from week to week."""
        self.clock.at = monday.replace(hour=15, minute=10 + n) + timedelta(days=3)
        case = self.reader(self.director).case(f"{duty.id}-w{monday:%Y%m%d}")
        figures = [
            {"name": name, "value": f"{(n + 1) * (place + 1) * 12 + week * 3 - place}", "unit": unit}
            for place, (name, unit) in enumerate(duty.figures)
        ]
        told = {"figures": figures, "summary": "情况平稳，与上周相当。", "files": [], "secrecy_level": "非密"}
        reporter = self.people[duty.reporter]
        sent = self.office.act(case.id, "submit_report", told, by=reporter, seen=case.seq)
        if (n, week) != (0, WEEKS - 1):
            clerk = self.people["lihua"]
            graded = self.office.act(sent.id, "accept_grade", {}, by=clerk, seen=sent.seq)
            self._heard(graded)
