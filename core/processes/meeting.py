"""Meetings: from the need to the minutes, the tasks and the archived item (R26–R46)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from core.archiving import ARCHIVE
from core.errors import Refused
from core.fields import Field, Kind
from core.happening import Happens
from core.people import Role
from core.process import (
    Action,
    Check,
    Due,
    Numbering,
    Opens,
    Papers,
    Process,
    Sends,
    Span,
    Stage,
    Tells,
)
from core.processes.confirmation import told
from core.profile import OfficeProfile
from core.worktime import Limit, WorkingCalendar

KEY = "meeting"

SECRETARY = frozenset({Role.SECRETARY})
ORGANISERS = SECRETARY | {Role.HANDLER}
DECIDERS = frozenset({Role.DIRECTOR, Role.LEADER})

DECIDING, COORDINATING, TRAINING = "决策会", "协调会", "培训会"
ON_SITE, REMOTE, BOTH = "现场", "线上", "现场和线上"

_TIME_AND_PLACE = (
    Field(key="held_at", title="开始时间", kind=Kind.MOMENT),
    Field(key="ends_at", title="预计结束", kind=Kind.MOMENT),
    Field(key="mode", title="方式", kind=Kind.CHOICE, options=(ON_SITE, REMOTE, BOTH), default=ON_SITE),
    Field(key="place", title="地点", required=False, help="现场的写会议室"),
    Field(key="remote_address", title="线上会议地址", required=False, help="线上的写会议号或链接"),
)

MEETING = (
    Field(key="meeting_kind", title="会议类型", kind=Kind.CHOICE, options=(DECIDING, COORDINATING, TRAINING)),
    Field(key="title", title="会议名称", help="涉密会议请填不含秘密的名称"),
    Field(key="secrecy_level", title="密级", kind=Kind.GRADE, default="非密"),
    *_TIME_AND_PLACE,
    Field(key="convener", title="召集人", kind=Kind.PERSON, help="审批方案、签发纪要"),
    Field(key="organiser", title="承办人", kind=Kind.PERSON, help="会务由谁负责到底"),
    Field(key="contact", title="会务联系人", required=False, help="写在通知里：姓名和电话"),
    Field(
        key="previous", title="上次会议", kind=Kind.CASE, options=(KEY,), required=False, begins="开下一次会议",
        help="例会选上一次的，未完的事项会带过来",
    ),
)  # fmt: skip
"""What a meeting is, from the first moment."""

NEEDS = (
    Field(key="purpose", title="会议目的", kind=Kind.TEXT, carries_content=True),
    Field(
        key="decisions_wanted", title="要作出的决定", kind=Kind.TEXT, required=False, carries_content=True,
        help="决策会填写",
    ),
    Field(
        key="issues", title="要协调的分歧", kind=Kind.TEXT, required=False, carries_content=True,
        help="协调会填写：各方意见和分歧在哪里",
    ),
    Field(
        key="training_goal", title="培训目标和考核方式", kind=Kind.TEXT, required=False, carries_content=True,
        help="培训会填写",
    ),
)  # fmt: skip

_DEMANDED = {DECIDING: "decisions_wanted", COORDINATING: "issues", TRAINING: "training_goal"}
"""What each type of meeting must say of itself (R27)."""


def _demanded(kind: str, says: str) -> Check:
    key = _DEMANDED[kind]
    # Of a classified meeting nothing is kept, and so nothing is demanded (C23).
    return Check(says, lambda d: d["meeting_kind"] != kind or _classified(d) or bool(d.get(key)), at=key)


def _classified(data: Mapping[str, Any]) -> bool:
    return data.get("secrecy_level") != "非密"


AGENDA = Field(
    key="agenda",
    title="议程",
    kind=Kind.ROWS,
    fixed=True,
    columns=(
        Field(key="topic", title="议题"),
        Field(key="reporter", title="汇报人", required=False),
        Field(key="minutes", title="分钟", kind=Kind.NUMBER, at_least=1, default=10),
    ),
)
INVITEES = Field(
    key="invitees", title="参会人", kind=Kind.GUESTS, help="按座次先后选；外单位的先记入“会议 · 通讯录”"
)
PLAN = (
    AGENDA,
    INVITEES,
    Field(key="reply_by", title="回复截止", kind=Kind.DATE, help="请参会人在这一天下班前回复"),
    Field(key="to_prepare", title="会前准备", kind=Kind.TEXT, required=False, carries_content=True,
          help="写在通知里：带什么、准备什么发言"),
)  # fmt: skip

MATERIALS = (
    Field(key="materials", title="会议材料", kind=Kind.FILES, carries_content=True),
    Field(key="materials_version", title="材料版本", default="第 1 版"),
    Field(
        key="draft_resolution", title="决议草案", kind=Kind.FILES, required=False, carries_content=True,
        help="决策会必须有",
    ),
)  # fmt: skip

EQUIPMENT = ("座次桌牌", "音响话筒", "投影显示", "录音设备", "网络", "签到台", "饮水")

CONTINGENCIES = {
    "设备故障": "换备用话筒、投影；五分钟内修不好的，改用纸质材料继续，会后补录。",
    "人员冲突": "主持人宣布休会十分钟，分头沟通；仍有分歧的，记录双方意见，另行协调。",
    "关键人员缺席": "联系本人或其代理人；不能到会的，相关议题后移或改为书面征求意见。",
    "网络中断": "切换备用网络或电话会议；线上参会人的表决改为会后书面确认。",
    "突发疾病": "拨打 120，通知单位联系人；会议由主持人决定是否中止。",
    "超时": "主持人提示剩余时间；未完的议题列入下次会议。",
}
"""The plans for what can go wrong in a meeting, each with what is done first (R35)."""

POINT, TO_DO, DECISION = "发言", "待办", "议定"
RECORD_LINE = (
    Field(key="speaker", title="发言人", required=False),
    Field(key="line_kind", title="类别", kind=Kind.CHOICE, options=(POINT, TO_DO, DECISION), default=POINT),
    Field(key="said", title="内容", kind=Kind.TEXT, carries_content=True),
    Field(key="topic_no", title="议题", kind=Kind.NUMBER, required=False, at_least=1),
    Field(key="owner", title="责任人", kind=Kind.PERSON, required=False),
    Field(key="by_day", title="节点", kind=Kind.DATE, required=False),
    Field(key="said_at", title="时刻", kind=Kind.MOMENT, required=False, help="写下时由程序记"),
)
"""One line of the structured record: time · speaker · point · to-do (R33)."""

LINE_SEEN = (
    Field(key="line", title="第几条", kind=Kind.NUMBER, at_least=1),
    Field(key="line_version", title="按第几稿", kind=Kind.NUMBER, at_least=1),
)
"""Which line of the record is changed, and in which wording the person who changes it saw it (N17)."""

SIGN_IN = (
    Field(key="attendee", title="参会人", kind=Kind.GUEST, required=False, help="名单里的人"),
    Field(key="attendee_name", title="姓名"),
    Field(key="attendee_organisation", title="部门", required=False),
    Field(key="attendee_post", title="职务", required=False),
    Field(key="attendee_contact", title="联系方式", required=False),
    Field(key="way", title="方式", kind=Kind.CHOICE, options=("扫码", "手工", "线上"), default="手工"),
)
"""One line of the sign-in sheet (R74)."""

_SIGNS_IN = Action(
    key="sign_in", title="签到", by=ORGANISERS | {Role.SYSTEM}, asks=SIGN_IN, quiet=True, aside=True
)
"""Before the meeting is opened as well: people come early."""

TASK_LIST = Field(
    key="task_list",
    title="督办任务",
    kind=Kind.ROWS,
    required=False,
    columns=(
        Field(key="task", title="任务描述"),
        Field(key="owner", title="责任人", kind=Kind.PERSON),
        Field(key="milestone", title="节点", kind=Kind.DATE),
        Field(key="acceptance", title="验收标准"),
    ),
    help="一项一行：责任人、节点、验收标准都要有",
)


_ALL_DONE = Field(
    key="all_done_by", title="全部办结期限", kind=Kind.DATE, required=False,
    help="不早于最迟的节点；留空的，只按各任务的节点",
)  # fmt: skip


def _after_each_milestone(data: Mapping[str, Any]) -> bool:
    last = data.get("all_done_by")
    return last is None or all(row["milestone"] <= last for row in data.get("task_list") or ())


MINUTES = (
    Field(key="minutes_body", title="纪要正文", kind=Kind.TEXT, carries_content=True),
    Field(key="present", title="出席", kind=Kind.TEXT, required=False, carries_content=True),
    Field(key="absent", title="请假", required=False, carries_content=True),
    Field(key="observers", title="列席", required=False, carries_content=True),
    Field(key="minutes_to", title="分送", required=False),
)
"""The minutes as they are drafted, sent round and signed (R37)."""


def _invitation(data: Mapping[str, Any], who: str) -> dict[str, Any]:
    keys = (
        "title",
        "held_at",
        "ends_at",
        "place",
        "remote_address",
        "to_prepare",
        "reply_by",
        "contact",
        "organiser",
    )
    return {**{key: data.get(key) for key in keys}, "invitee": [who]}  # fmt: skip


def _task(data: Mapping[str, Any], row: str) -> dict[str, Any]:
    n = int(row.rpartition(":")[2])
    task = data["task_list"][n - 1]
    return {"title": task["task"], "row": n, **{k: task[k] for k in ("owner", "milestone", "acceptance")}}


def _reading(data: Mapping[str, Any], who: str) -> dict[str, Any]:
    return {"title": f"{data['title']}纪要（征求意见）", "reader": who, "tracker": data["organiser"]}


def _cancelled(data: Mapping[str, Any], calendar: WorkingCalendar) -> tuple[str, str]:
    because = f"\n原因：{data['cancelled_because']}" if data.get("cancelled_because") else ""
    return f"会议取消：{data['title']}", f"{data['title']}取消，请不必到会。\n{told(data, calendar)}{because}"


def _number(data: Mapping[str, Any], office: OfficeProfile, year: int) -> str:
    return f"会〔{year}〕{{n}}号"


def _minutes_number(data: Mapping[str, Any], office: OfficeProfile, year: int) -> str:
    return f"会议纪要〔{year}〕{{n}}号"


def _reported(data: Mapping[str, Any]) -> bool:
    return data["meeting_kind"] != DECIDING or all(row["reporter"] for row in data["agenda"])


def _fits(data: Mapping[str, Any]) -> bool:
    takes = timedelta(minutes=sum(row["minutes"] for row in data["agenda"]))
    there_is: timedelta = data["ends_at"] - data["held_at"]
    return takes <= there_is or there_is <= timedelta()  # the second is refused for itself


def _place_given(data: Mapping[str, Any]) -> bool:
    on_site = bool(data.get("place")) or data["mode"] == REMOTE
    return on_site and (bool(data.get("remote_address")) or data["mode"] == ON_SITE)


def _since_rearranged(key: str) -> Any:
    """Whether something was confirmed, and not before time or place were changed."""

    def holds(data: Mapping[str, Any]) -> bool:
        at, changed = data.get(key), data.get("rearranged_at")
        return bool(at) and (changed is None or at > changed)

    return holds


_ENDS_LATER = Check("预计结束要晚于开始时间", lambda d: d["ends_at"] > d["held_at"], at="ends_at")
_PLACED = Check("现场的写明地点，线上的写明线上会议地址", _place_given, at="place")
_REPLIES_IN_TIME = Check(
    "回复截止不能晚于开会那天", lambda d: d["reply_by"] <= d["held_at"].date(), at="reply_by"
)

_MINUTES = Due(
    Limit(clock_hours=48), target=Limit(clock_hours=24), after="ended_at", rule="R37、R38 散会后 24 小时为目标，48 小时为限（C1）"
)  # fmt: skip


def _reworded(data: Mapping[str, Any], events: Callable[[str], Sequence[Any]]) -> Any:
    """The last change of a line of the record since the wording that was seen; `Refused` if there is no such line."""
    if data["line"] > len(events("record_line")):
        raise Refused({"line": "没有这一条记录，请刷新后再看"})
    changes = [
        e for key in ("amend_line", "drop_line") for e in events(key) if e.data["line"] == data["line"]
    ]
    newest = max(changes, key=lambda event: event.seq, default=None)
    return newest if len(changes) >= data["line_version"] else None


def _stamp(key: str, title: str) -> Field:
    return Field(key=key, title=title, kind=Kind.MOMENT, required=False)


def _confirms(key: str, title: str, stamp: Field, *asks: Field, checks: tuple[Check, ...] = ()) -> Action:
    return Action(key=key, title=title, by=ORGANISERS, quiet=True, asks=asks, checks=checks, stamps=stamp)


def _remote_step(key: str, title: str, does: str, done: str, output: Field) -> Stage:
    """A step of the 《远程会议组织SOP》, passed over where everybody meets on the spot (R46)."""
    return Stage(
        key=key,
        title=title,
        scene="场地布置",
        does=does,
        inputs=("线上会议地址、参会名单",),
        outputs=(output.title,),
        duty=Role.SECRETARY,
        assignee="organiser",
        due=Due(Limit(hours=4), before="held_at", rule="《远程会议组织SOP》 会前 4 个工作小时完成"),
        then=(f"{key}_on_site",),
        optional=True,
        actions=(
            Action(key=f"{key}_done", title=done, to="inviting", by=ORGANISERS, asks=(output,)),
            Action(
                key=f"{key}_on_site",
                title="现场会议，不需要",
                to="inviting",
                by=SECRETARY | {Role.SYSTEM},
                quiet=True,
                checks=(Check("这次会议有线上参会人，请做完这一步", lambda d: d["mode"] == ON_SITE),),
            ),
        ),
        spot_checks=(f"“{output.title}”是否如实记录？",),
    )


REMOTE_SOP = (
    _remote_step(
        "remote_equipment",
        "线上设备调试",
        "逐个会场试摄像头、话筒、扬声器和共享屏幕，备用设备到位，记录试的结果。",
        "设备调试好了",
        Field(key="remote_equipment_tested", title="设备调试记录", kind=Kind.TEXT, carries_content=True),
    ),
    _remote_step(
        "remote_network",
        "网络稳定性保障",
        "测主备两路网络的带宽和时延，定好断网时的电话接入和负责人。",
        "网络有保障了",
        Field(key="remote_network_tested", title="网络测试记录", kind=Kind.TEXT, carries_content=True),
    ),
    _remote_step(
        "remote_voting",
        "电子投票流程",
        "需要表决的建好电子表决并试投一次，向参会人说明怎样投、断线怎样补；不表决的写明。",
        "投票流程试过了",
        Field(key="remote_voting_tested", title="电子投票准备", kind=Kind.TEXT, carries_content=True),
    ),
)
"""The 《远程会议组织SOP》: spare until a review takes it up (R45)."""

V1 = Process(
    key=KEY,
    title="会议组织",
    family="会议组织",
    purpose="会前三确认，会中两记录，会后一纪要一督办表；议定的事项项项有着落。",
    version=1,
    in_force_from=date(2026, 1, 1),
    number=Numbering("number", _number),
    names="title",
    opening="提出会议",
    opened_by=frozenset({Role.SECRETARY, Role.MEMBER, Role.DIRECTOR, Role.LEADER}),
    opens_with=MEETING,
    register=("meeting_kind", "title", "held_at", "place", "mode", "convener", "minutes_number", "reference_code"),
    papers=Papers(
        sheet="会议方案",
        record="会议流转记录",
        ledger="会议管理台账",
        columns=(
            ("会议类型", ("meeting_kind",)),
            ("会议名称", ("title",)),
            ("时间", ("held_at",)),
            ("地点", ("place", "remote_address")),
            ("召集人", ("convener",)),
            ("纪要", ("minutes_number",)),
        ),
        lists=(("agenda", "议程表"), ("task_list", "督办表")),
        further=("agenda", "notice", "sign_in_sheet", "name_cards", "resolution", "minutes_record", "task_list"),
        item=(
            "minutes_file", "supervision_file", "minutes_record", "sign_in_sheet", "audio", "agenda", "draft_resolution", "materials",
            "notice", "sheet", "record",
        ),
    ),
    spans=(
        Span("散会至纪要签发", since="ended_at", until="minutes_signed_at"),
        Span("提出至办结"),
    ),
    happens=Happens(
        begins="held_at",
        ends="ends_at",
        place=("place", "remote_address"),
        whom=("convener", "organiser", "invitees"),
        off=("cancelled",),
        sort=lambda d: "固定" if d.get("previous") else "临时",
        important=lambda d: d["meeting_kind"] == DECIDING,
    ),
    spare=REMOTE_SOP,
    stages=(
        Stage(
            key="needs",
            title="需求确认",
            does="弄清为什么开、要解决什么、谁来开；决策会写明要作出的决定，协调会写明分歧，培训会写明目标和考核。",
            inputs=("开会的要求或上次会议的遗留事项",),
            outputs=("会议目的和各类型会议的要件",),
            duty=Role.SECRETARY,
            assignee="organiser",
            due=Due(Limit(days=1), rule="本办设定：提出后 1 个工作日内确认"),
            actions=(
                Action(
                    key="confirm_needs",
                    title="需求已确认",
                    to="plan",
                    by=ORGANISERS,
                    asks=NEEDS,
                    checks=(
                        _demanded(DECIDING, "决策会请写明要作出的决定"),
                        _demanded(COORDINATING, "协调会请写明要协调的分歧"),
                        _demanded(TRAINING, "培训会请写明培训目标和考核方式"),
                    ),
                ),
            ),
            spot_checks=("会议目的是否具体，能不能不开？",),
        ),
        Stage(
            key="plan",
            title="方案拟定",
            does="排议程、定参会人、时间、地点，一并报召集人审批。",
            inputs=("会议目的",),
            outputs=("会议方案：议程、参会人、时间、地点",),
            duty=Role.SECRETARY,
            assignee="organiser",
            due=Due(Limit(days=1), rule="本办设定：1 个工作日内拟好方案"),
            actions=(
                Action(
                    key="submit_plan",
                    title="方案报批",
                    to="plan_review",
                    by=ORGANISERS,
                    asks=(*PLAN, *_TIME_AND_PLACE),
                    checks=(
                        Check("决策会的每个议题都要有汇报人", _reported, at="agenda"),
                        _ENDS_LATER,
                        Check("议程各项的分钟数加起来超过了会议时间，请调整", _fits, at="agenda"),
                        _PLACED,
                        _REPLIES_IN_TIME,
                    ),
                ),
            ),
            spot_checks=("议程、参会人、时间、地点四项是否齐全？",),
        ),
        Stage(
            key="plan_review",
            title="方案审批",
            scene="方案拟定",
            does="召集人审方案：同意的开始筹备，要改的写明意见退回。",
            inputs=("会议方案",),
            outputs=("审批意见",),
            duty=Role.DIRECTOR,
            assignee="convener",
            due=Due(Limit(hours=4), rule="本办设定：4 个工作小时内审批"),
            actions=(
                Action(
                    key="approve_plan",
                    title="同意",
                    to="materials_due",
                    by=DECIDERS | {Role.HANDLER},
                    second_pair_of_eyes=True,
                    tells=Tells("plan_opinion", to="organiser"),
                    asks=(Field(key="plan_opinion", title="审批意见", required=False, help="留空即同意"),),
                ),
                Action(
                    key="return_plan",
                    title="退回修改",
                    to="plan",
                    by=DECIDERS | {Role.HANDLER},
                    quiet=True,
                    tells=Tells("plan_returned_because", to="organiser"),
                    asks=(Field(key="plan_returned_because", title="退回意见", kind=Kind.TEXT),),
                ),
            ),
        ),
        Stage(
            key="materials_due",
            title="材料准备",
            does="收齐会议材料，定版本号；决策会备好决议草案。",
            inputs=("会议方案",),
            outputs=("会议材料（版本号）、决议草案",),
            duty=Role.SECRETARY,
            assignee="organiser",
            due=Due(Limit(days=1), before="held_at", rule="本办设定：会前 1 个工作日备齐"),
            actions=(
                Action(
                    key="materials_ready",
                    title="材料备齐",
                    to="venue",
                    by=ORGANISERS,
                    asks=MATERIALS,
                    checks=(
                        Check(
                            "决策会要有决议草案：可以用“单据”里的决议草案模板起草",
                            lambda d: (
                                d["meeting_kind"] != DECIDING or _classified(d) or bool(d["draft_resolution"])
                            ),
                            at="draft_resolution",
                        ),
                    ),
                ),
            ),
            spot_checks=("材料版本号与会上用的是否一致？",),
        ),
        Stage(
            key="venue",
            title="场地布置",
            does="按方案布置会场，逐项检查设备；有线上参会人的试好线上会议。",
            inputs=("会议方案、参会人名单",),
            outputs=("场地设备检查记录",),
            duty=Role.SECRETARY,
            assignee="organiser",
            due=Due(Limit(hours=4), before="held_at", rule="本办设定：会前 4 个工作小时布置好"),
            actions=(
                Action(
                    key="venue_ready",
                    title="场地就绪",
                    to="inviting",
                    by=ORGANISERS,
                    asks=(
                        Field(key="equipment", title="检查过的设备", kind=Kind.CHOICES, options=EQUIPMENT),
                        Field(key="venue_note", title="备注", required=False),
                    ),
                ),
            ),
            spot_checks=("设备是不是逐项试过？",),
        ),
        Stage(
            key="inviting",
            title="通知发送",
            does="短信、邮件、办公系统同时通知，逐人二次确认；开会前完成场地设备、参会名单、材料版本三项确认。",
            inputs=("批准的方案、会议材料",),
            outputs=("会议通知、参会确认、三项确认",),
            duty=Role.SECRETARY,
            assignee="organiser",
            due=Due(before="held_at", limit=Limit(hours=1), rule="R31 会前三确认；本办设定：会前 1 个工作小时完成"),
            opens=Opens(process="confirmation", each=("invitees",), gives=_invitation, noun="参会人", done="已确认"),
            actions=(
                Action(
                    key="begin",
                    title="开会",
                    to="held",
                    by=ORGANISERS,
                    stamps=_stamp("begun_at", "开会时间"),
                    checks=(
                        Check("开会前请先确认场地设备（改期或换地点后要重新确认）", _since_rearranged("venue_confirmed_at")),
                        Check("开会前请先确认参会名单（改期或换地点后要重新确认）", _since_rearranged("list_confirmed_at")),
                        Check(
                            "开会前请先确认材料版本；材料换过的，要按新版本再确认",
                            lambda d: bool(d.get("confirmed_version")) and d["confirmed_version"] == d["materials_version"],
                        ),
                    ),
                ),
                _confirms(
                    "confirm_venue",
                    "确认场地设备",
                    _stamp("venue_confirmed_at", "场地设备确认时间"),
                    Field(key="equipment", title="检查过的设备", kind=Kind.CHOICES, options=EQUIPMENT),
                ),
                _confirms("confirm_list", "确认参会名单", _stamp("list_confirmed_at", "参会名单确认时间")),
                _confirms(
                    "confirm_materials",
                    "确认材料版本",
                    _stamp("materials_confirmed_at", "材料版本确认时间"),
                    Field(key="confirmed_version", title="发到会上的版本"),
                    checks=(
                        Check(
                            "与“材料版本”不一致：请核对发到会上的是不是最新一版",
                            lambda d: d["confirmed_version"] == d["materials_version"],
                            at="confirmed_version",
                        ),
                    ),
                ),
                _SIGNS_IN,
                Action(key="change_materials", title="更换材料", by=ORGANISERS, quiet=True, asks=MATERIALS),
                Action(key="change_invitees", title="增减参会人", by=ORGANISERS, quiet=True, asks=(INVITEES,)),
                Action(
                    key="rearrange",
                    title="改期或换地点",
                    to="inviting",
                    by=ORGANISERS,
                    quiet=True,
                    calls_back=True,
                    stamps=_stamp("rearranged_at", "变更时间"),
                    asks=(
                        *_TIME_AND_PLACE,
                        PLAN[2],
                        Field(key="rearranged_because", title="变更原因", help="参会人会重新收到通知，重新确认"),
                    ),
                    checks=(_ENDS_LATER, _PLACED, _REPLIES_IN_TIME),
                ),
                Action(
                    key="cancel",
                    title="取消会议",
                    to="cancelled",
                    by=ORGANISERS | DECIDERS,
                    quiet=True,
                    calls_back=True,
                    asks=(Field(key="cancelled_because", title="取消原因", help="参会人会收到取消通知"),),
                ),
            ),
            spot_checks=("三项确认是否都在开会之前？", "没有答复的是否逐人落实？"),
        ),
        Stage(
            key="held",
            title="会议进行",
            scene="现场调度",
            does="签到、按议程调度、边听边记（时刻、发言人、观点、待办），同时录音；出了状况按预案处置并记录。",
            inputs=("议程、参会名单、会议材料、应急预案",),
            outputs=("签到表、会议记录、录音",),
            duty=Role.SECRETARY,
            assignee="organiser",
            due=Due(Limit(clock_hours=4), after="ends_at", rule="本办设定：预计结束后 4 小时内散会存档"),
            actions=(
                Action(
                    key="close_meeting",
                    title="散会",
                    to="minutes_draft",
                    by=ORGANISERS,
                    stamps=_stamp("ended_at", "散会时间"),
                    asks=(
                        Field(key="audio", title="录音", kind=Kind.FILES, required=False, carries_content=True),
                        Field(key="no_audio_because", title="没有录音的原因", required=False),
                    ),
                    checks=(
                        Check(
                            "录音和文字两种记录都要有：请放入录音，没有的写明原因（R34）",
                            lambda d: bool(d.get("audio") or d.get("no_audio_because")) or _classified(d),
                            at="audio",
                        ),
                    ),
                ),
                _SIGNS_IN,
                Action(
                    key="undo_sign_in", title="撤销签到", by=ORGANISERS, quiet=True, aside=True, asks=SIGN_IN[:3]
                ),
                Action(key="record_line", title="记一条", by=ORGANISERS, asks=RECORD_LINE, quiet=True, aside=True),
                Action(
                    key="amend_line",
                    title="改一条",
                    by=ORGANISERS,
                    quiet=True,
                    aside=True,
                    overtaken=_reworded,
                    asks=(*LINE_SEEN, *RECORD_LINE),
                ),
                Action(
                    key="drop_line",
                    title="删一条",
                    by=ORGANISERS,
                    quiet=True,
                    aside=True,
                    overtaken=_reworded,
                    asks=LINE_SEEN,
                ),
                Action(
                    key="start_topic",
                    title="进入议题",
                    by=ORGANISERS,
                    quiet=True,
                    aside=True,
                    asks=(Field(key="topic_no", title="议题", kind=Kind.NUMBER, at_least=1),),
                    checks=(Check("议程里没有这一项，请刷新后再选", lambda d: d["topic_no"] <= len(d["agenda"])),),
                ),
                Action(
                    key="use_contingency",
                    title="启动预案",
                    by=ORGANISERS,
                    quiet=True,
                    aside=True,
                    asks=(
                        Field(key="contingency", title="情形", kind=Kind.CHOICE, options=tuple(CONTINGENCIES)),
                        Field(key="what_was_done", title="怎样处置", kind=Kind.TEXT, required=False, carries_content=True),
                    ),
                ),
                Action(
                    key="start_audio",
                    title="录音开始",
                    by=ORGANISERS,
                    quiet=True,
                    aside=True,
                    asks=(Field(key="said_at", title="时刻", kind=Kind.MOMENT, required=False),),
                ),
                Action(
                    key="keep_audio",
                    title="存入录音",
                    by=ORGANISERS,
                    quiet=True,
                    asks=(
                        Field(key="audio", title="录音", kind=Kind.FILES, carries_content=True),
                        Field(key="audio_from", title="录音开始的时刻", kind=Kind.MOMENT, required=False),
                    ),
                ),
            ),
            spot_checks=("记录是否分清时刻、发言人、观点、待办？", "启动预案的是否有记录？"),
        ),
        Stage(
            key="minutes_draft",
            title="纪要起草",
            scene="纪要签发",
            does="据会议记录起草纪要，写清议定事项；需要的送参会人征求意见。",
            inputs=("会议记录、录音",),
            outputs=("纪要送审稿",),
            duty=Role.SECRETARY,
            assignee="organiser",
            due=_MINUTES,
            actions=(
                Action(
                    key="send_minutes_to_sign",
                    title="送签发",
                    to="minutes_signing",
                    by=ORGANISERS,
                    asks=MINUTES,
                ),
                Action(
                    key="send_minutes_round",
                    title="先征求意见",
                    to="minutes_round",
                    by=ORGANISERS,
                    quiet=True,
                    asks=(
                        *MINUTES,
                        Field(key="consulted", title="征求谁的意见", kind=Kind.PEOPLE),
                    ),
                ),
            ),
            spot_checks=("议定事项是否都有责任人和节点？",),
        ),
        Stage(
            key="minutes_round",
            title="征求意见",
            scene="纪要签发",
            does="送参会人看纪要稿，意见汇总后回到承办人手里改定。",
            inputs=("纪要送审稿",),
            outputs=("参会人意见",),
            duty=Role.SECRETARY,
            assignee="organiser",
            due=_MINUTES,
            opens=Opens(process="reading", each=("consulted",), gives=_reading, noun="征求意见的人", done="已看"),
            then=("opinions_in",),
            actions=(
                Action(key="opinions_in", title="意见收齐", to="minutes_draft", by=ORGANISERS | {Role.SYSTEM}),
                Action(
                    key="end_round", title="不再等，回到起草", to="minutes_draft", by=ORGANISERS, quiet=True, calls_back=True
                ),
            ),
        ),
        Stage(
            key="minutes_signing",
            title="纪要签发",
            does="召集人审定并签发纪要。",
            inputs=("纪要送审稿",),
            outputs=("签发的纪要（编号）",),
            duty=Role.DIRECTOR,
            assignee="convener",
            due=_MINUTES,
            actions=(
                Action(
                    key="sign_minutes",
                    title="签发",
                    to="splitting",
                    by=DECIDERS | {Role.HANDLER},
                    second_pair_of_eyes=True,
                    numbers=Numbering("minutes_number", _minutes_number),
                    stamps=_stamp("minutes_signed_at", "纪要签发时间"),
                    tells=Tells("minutes_opinion", to="organiser"),
                    asks=(
                        Field(key="minutes_opinion", title="签发意见", required=False, help="留空即同意"),
                        Field(key="minutes_signed_on", title="成文日期", kind=Kind.DATE),
                    ),
                ),
                Action(
                    key="return_minutes",
                    title="退回修改",
                    to="minutes_draft",
                    by=DECIDERS | {Role.HANDLER},
                    quiet=True,
                    tells=Tells("minutes_returned_because", to="organiser"),
                    asks=(Field(key="minutes_returned_because", title="退回意见", kind=Kind.TEXT),),
                ),
            ),
            spot_checks=("纪要是否在散会后 24 小时内签发，最迟不超过 48 小时？",),
        ),
        Stage(
            key="splitting",
            title="任务分解",
            does="把议定事项分解成任务，逐项写明责任人、节点、验收标准；没有任务的写明原因。",
            inputs=("签发的纪要",),
            outputs=("督办任务（责任人、节点、验收标准）",),
            duty=Role.SECRETARY,
            assignee="organiser",
            due=Due(Limit(days=1), rule="R40 责任人、节点、验收标准；1 个工作日为本办设定"),
            actions=(
                Action(
                    key="split",
                    title="下达任务",
                    to="follow_up",
                    by=ORGANISERS,
                    asks=(
                        TASK_LIST,
                        _ALL_DONE,
                        Field(key="no_tasks_because", title="没有任务的原因", required=False, help="没有任务的才写，如 通报会，没有议定事项"),
                    ),
                    checks=(
                        Check(
                            "请逐项列出任务；没有任务的在下面写明原因",
                            lambda d: bool(d.get("task_list") or d.get("no_tasks_because")),
                            at="task_list",
                        ),
                        Check("全部办结期限不能早于最迟的节点", _after_each_milestone, at="all_done_by"),
                    ),
                ),
            ),
            spot_checks=("任务与纪要的议定事项是否一一对应？",),
        ),
        Stage(
            key="follow_up",
            title="督办反馈",
            does="按节点跟踪到底，反馈的结果对照验收标准审核；全部办结后归档。",
            inputs=("督办任务单",),
            outputs=("督办表（每项的结果）",),
            duty=Role.SECRETARY,
            assignee="organiser",
            due=Due(on="all_done_by", rule="R40 各任务按自己的节点；整体的期限在下达时定"),
            opens=Opens(process="task", rows="task_list", gives=_task, noun="任务", done="已办结"),
            then=("all_fed_back",),
            actions=(
                Action(key="all_fed_back", title="任务都已办结", to="filing", by=ORGANISERS | {Role.SYSTEM}),
                Action(
                    key="add_tasks",
                    title="补列任务",
                    by=ORGANISERS,
                    quiet=True,
                    asks=(replace(TASK_LIST, help="在表尾加行；已下达的不改，要改的由责任人退回后改"),),
                ),
            ),
            spot_checks=("延期的是否在到期前申请？",),
        ),
        Stage(
            key="filing",
            title="资料归档",
            does="一份纪要、一份督办表、会议记录、录音、签到表和材料合为一件，编档号归档。",
            inputs=("纪要、督办表、会议记录、录音、签到表、会议材料",),
            outputs=("归档件（档号、保管期限）",),
            duty=Role.SECRETARY,
            assignee="organiser",
            due=Due(Limit(days=2), rule="C19 按件归档；时限为本办设定"),
            actions=(
                replace(
                    ARCHIVE,
                    by=ORGANISERS,
                    asks=(
                        Field(key="minutes_file", title="纪要", kind=Kind.FILES, fixed=True, carries_content=True),
                        Field(key="supervision_file", title="督办表", kind=Kind.FILES, fixed=True, carries_content=True),
                        *ARCHIVE.asks,
                    ),
                    checks=(
                        Check("每次会议正好一份纪要（R39），请只放一份", lambda d: _one(d, "minutes_file"), at="minutes_file"),
                        Check("每次会议正好一份督办表（R39），请只放一份", lambda d: _one(d, "supervision_file"), at="supervision_file"),
                    ),
                ),
            ),
            spot_checks=("是否正好一份纪要、一份督办表？",),
        ),
        Stage(
            key="cancelled",
            title="已取消",
            does="会议取消，逐人告知。",
            duty=Role.SECRETARY,
            sends=Sends(to="invitees", words=_cancelled),
        ),
        Stage(key="archived", title="已归档", scene="资料归档", does="归档完毕。", duty=Role.SECRETARY),
    ),
)  # fmt: skip


def _one(data: Mapping[str, Any], key: str) -> bool:
    return _classified(data) or len(data.get(key) or ()) == 1


VERSIONS = (V1,)
