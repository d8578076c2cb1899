"""Incoming documents: from the envelope to the archive (R3–R14, regulation art. 24)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from core.archiving import ARCHIVE
from core.doc_number import why_not_given, why_not_number
from core.fields import Field, Kind
from core.official_kinds import KINDS as OFFICIAL_KINDS
from core.people import DEPARTMENT, Role
from core.process import (
    ORDINARY,
    URGENT,
    Action,
    Check,
    Due,
    Numbering,
    Opens,
    Papers,
    Process,
    Stage,
    Tells,
)
from core.profile import OfficeProfile
from core.worktime import Limit

SECRETARY = frozenset({Role.SECRETARY})
DECIDERS = frozenset({Role.DIRECTOR, Role.LEADER})

KINDS = (*OFFICIAL_KINDS, "其他")
"""The kinds of art. 8 of the regulation, and what is none of them."""

URGENCIES = (ORDINARY, *URGENT)
FOR_ACTION, FOR_INFORMATION = "办件", "阅件"
MATCHES, DIFFERS, ABSENT = "相符", "不符", "无此项"
AT_ONCE, IN_TURN = "同时分送", "依次传阅"


def _register_number(data: Mapping[str, Any], office: OfficeProfile, year: int) -> str:
    return f"收〔{year}〕{{n}}号"


def _result_of(key: str, what: str) -> Field:
    return Field(
        key=key,
        title=f"{what}核对",
        kind=Kind.CHOICE,
        options=(MATCHES, DIFFERS, ABSENT),
        default=MATCHES,
        fixed=True,
        help=f"对照来文实物或电子原件核对{what}，记录结果",
    )


def _differs(data: Mapping[str, Any]) -> bool:
    return DIFFERS in (data["number_check"], data["copies_check"], data["secrecy_check"])


def _reading(data: Mapping[str, Any], reader: str) -> dict[str, Any]:
    return {
        "title": data["title"],
        "urgency": data["urgency"],
        "reader": reader,
        "tracker": data["tracker"],
    }


def _task(data: Mapping[str, Any], department: str) -> dict[str, Any]:
    return {
        "title": f"办理：{data['title']}"[:500],
        "urgency": data["urgency"],
        "department": department.removeprefix(DEPARTMENT),
        "milestone": data["time_limit"],
        "acceptance": data["instruction"] or f"按拟办意见办理；风险提示：{data['risk_note']}",
    }


OPENS_WITH = (
    Field(key="doc_number", title="文号", required=False, help="来文没有文号的留空", why_not=why_not_given),
    Field(key="title", title="标题", help="涉密件请填不含秘密的标题"),
    Field(key="sender_org", title="来文单位"),
    Field(key="dated_on", title="成文日期", kind=Kind.DATE, required=False),
    Field(key="doc_kind", title="文种", kind=Kind.CHOICE, options=KINDS, default="其他"),
    Field(key="secrecy_level", title="密级", kind=Kind.GRADE, default="非密"),
    Field(key="urgency", title="紧急程度", kind=Kind.CHOICE, options=URGENCIES, default=ORDINARY),
    Field(key="copy_count", title="份数", kind=Kind.NUMBER, at_least=1, default=1),
    Field(
        key="medium",
        title="来文方式",
        kind=Kind.CHOICE,
        options=("电子文件", "挂号信", "机要交换", "当面递送"),
        default="电子文件",
    ),
    Field(key="received_at", title="签收时间", kind=Kind.MOMENT, help="全程 5 个工作日自此起算"),
    Field(key="files", title="来文附件", kind=Kind.FILES, required=False, carries_content=True),
)

V1 = Process(
    key="incoming_document",
    title="收文办理",
    family="文书处理",
    purpose="来文件件有登记、有去向、有时限、有结果，办完归档可查。",
    version=1,
    in_force_from=date(2026, 1, 1),
    number=Numbering("number", _register_number),
    names="title",
    opening="签收",
    opened_by=SECRETARY,
    opens_with=OPENS_WITH,
    register=("doc_number", "title", "sender_org", "dated_on", "urgency", "handling_dept", "reference_code"),
    papers=Papers(
        sheet="收文处理单",
        record="文件流转记录",
        ledger="收文登记表",
        item=("sheet", "files", "record"),
        columns=(
            ("文号", ("doc_number",)),
            ("标题", ("title",)),
            ("来文单位", ("sender_org",)),
            ("成文日期", ("dated_on",)),
            ("签收时间", ("received_at",)),
            ("拟办意见", ("handling_dept", "assist_depts", "time_limit", "risk_note", "handling_proposal")),
        ),
    ),
    due=Due(Limit(days=5), after="received_at", rule="R11、C3 自签收起 5 个工作日内完成督办反馈"),
    stages=(
        Stage(
            key="registration",
            title="签收登记",
            does="清点份数、核对文号与密级，逐项记下结果，签收并登记。",
            inputs=("挂号信或电子文件",),
            outputs=("收文登记表",),
            duty=Role.SECRETARY,
            due=Due(Limit(days=1), after="received_at", rule="R5 签收后 1 个工作日内登记"),
            actions=(
                Action(
                    key="register",
                    title="登记",
                    to="intake_check",
                    by=SECRETARY,
                    asks=(
                        _result_of("number_check", "文号"),
                        _result_of("copies_check", "份数"),
                        _result_of("secrecy_check", "密级"),
                        Field(
                            key="check_note", title="核对说明", required=False, help="有不符时写明不符之处"
                        ),
                    ),
                    checks=(
                        Check(
                            "有一项不符：请写明不符之处（收文 SOP 第 1 步）",
                            lambda data: bool(data["check_note"]) or not _differs(data),
                            at="check_note",
                        ),
                    ),
                ),
            ),
            spot_checks=("文号、份数、密级三项核对是否各有结果？", "登记是否在签收后 1 个工作日内？"),
        ),
        Stage(
            key="intake_check",
            title="初审",
            does="看是否应由本机关办理、是否符合行文规则、文种格式是否规范、是否已经会签；分清阅件与办件。",
            inputs=("已登记的来文",),
            outputs=("初审结论",),
            duty=Role.SECRETARY,
            due=Due(Limit(hours=4), rule="条例第二十四条（三）；时限为本办设定"),
            optional=True,
            actions=(
                Action(
                    key="pass_check",
                    title="初审通过",
                    to="proposal",
                    by=SECRETARY,
                    asks=(
                        Field(
                            key="handling",
                            title="办理类别",
                            kind=Kind.CHOICE,
                            options=(FOR_ACTION, FOR_INFORMATION),
                            default=FOR_ACTION,
                            help="办件要承办反馈，阅件传阅后归档",
                        ),
                        Field(key="needs_reply", title="需要答复来文单位", kind=Kind.YES_NO, required=False),
                    ),
                ),
                Action(
                    key="return_to_sender",
                    title="退回来文单位",
                    to="returned",
                    by=SECRETARY,
                    quiet=True,
                    asks=(Field(key="return_reason", title="退回理由", kind=Kind.TEXT),),
                ),
            ),
            spot_checks=("不符合行文规则的来文是否退回并写明理由？",),
        ),
        Stage(
            key="proposal",
            title="拟办",
            scene="拟办呈批",
            does="提出拟办意见：由谁承办、何时办结、有什么风险，三项缺一不可，呈领导批示。",
            inputs=("初审通过的来文",),
            outputs=("拟办意见（承办部门、办理时限、风险提示）",),
            duty=Role.SECRETARY,
            due=Due(Limit(days=2), rule="R7 2 个工作日内提出拟办意见"),
            actions=(
                Action(
                    key="propose",
                    title="呈批",
                    to="instruction",
                    by=SECRETARY,
                    asks=(
                        Field(
                            key="handling_dept",
                            title="承办部门",
                            kind=Kind.DEPARTMENT,
                            fixed=True,
                            help="几个部门办的，这里填主办部门",
                        ),
                        Field(key="assist_depts", title="协办部门", kind=Kind.DEPARTMENTS, required=False),
                        Field(
                            key="time_limit",
                            title="办理时限",
                            kind=Kind.DATE,
                            fixed=True,
                            help="承办部门反馈的最后一天",
                        ),
                        Field(
                            key="risk_note",
                            title="风险提示",
                            kind=Kind.TEXT,
                            fixed=True,
                            help="没有特别风险的也要写明",
                        ),
                        Field(
                            key="submit_to",
                            title="呈送领导",
                            kind=Kind.PERSON,
                            required=False,
                            help="不填即呈办公室主任",
                        ),
                        Field(
                            key="handling_proposal",
                            title="拟办说明",
                            kind=Kind.TEXT,
                            required=False,
                            carries_content=True,
                        ),
                    ),
                    checks=(
                        Check(
                            "协办部门里不要再选主办部门",
                            lambda data: data["handling_dept"] not in (data["assist_depts"] or ()),
                            at="assist_depts",
                        ),
                    ),
                ),
            ),
            spot_checks=("承办部门、办理时限、风险提示三项是否齐全？",),
        ),
        Stage(
            key="instruction",
            title="批示",
            scene="拟办呈批",
            does="阅拟办意见，作出批示；意见不妥的退回重拟。",
            inputs=("拟办意见",),
            outputs=("领导批示",),
            duty=Role.DIRECTOR,
            assignee="submit_to",
            due=Due(Limit(days=1), rule="本办设定：呈批后 1 个工作日内批示"),
            actions=(
                Action(
                    key="instruct",
                    title="批示同意",
                    to="distribution",
                    by=DECIDERS,
                    second_pair_of_eyes=True,
                    tells=Tells("instruction"),
                    asks=(
                        Field(
                            key="instruction",
                            title="批示",
                            kind=Kind.TEXT,
                            required=False,
                            carries_content=True,
                            help="没有具体要求的可以留空，即同意拟办意见",
                        ),
                    ),
                ),
                Action(
                    key="send_back_proposal",
                    title="退回重拟",
                    to="proposal",
                    by=DECIDERS,
                    quiet=True,
                    asks=(Field(key="sent_back_because", title="退回意见", kind=Kind.TEXT),),
                ),
            ),
        ),
        Stage(
            key="distribution",
            title="分送",
            scene="分送传阅",
            does="定阅件人和传阅次序，指定专人跟踪，24 小时内送到首阅人。",
            inputs=("领导批示",),
            outputs=("分送名单、送达记录",),
            duty=Role.SECRETARY,
            due=Due(Limit(clock_hours=24), rule="R8 24 小时内送达首阅人（C2：按自然时计）"),
            actions=(
                Action(
                    key="distribute",
                    title="分送",
                    to="circulation",
                    by=SECRETARY,
                    asks=(
                        Field(key="readers", title="阅件人", kind=Kind.PEOPLE, help="依次传阅的，按所选先后"),
                        Field(
                            key="circulation",
                            title="传阅方式",
                            kind=Kind.CHOICE,
                            options=(AT_ONCE, IN_TURN),
                            default=AT_ONCE,
                        ),
                        Field(key="tracker", title="跟踪人", kind=Kind.PERSON, help="文件去向由专人盯到底"),
                    ),
                ),
            ),
            spot_checks=("是否指定了跟踪人？", "首阅人是否在 24 小时内收到？"),
        ),
        Stage(
            key="circulation",
            title="传阅",
            scene="分送传阅",
            does="跟踪人随时掌握文件去向，不漏传、不误传、不延误；久阅不还的及时催阅。",
            inputs=("分送名单",),
            outputs=("文件流转记录",),
            duty=Role.SECRETARY,
            assignee="tracker",
            due=Due(Limit(days=2), rule="本办设定：2 个工作日内传阅完毕"),
            opens=Opens(
                process="reading",
                each=("readers",),
                gives=_reading,
                in_turn=lambda data: data["circulation"] == IN_TURN,
                noun="阅件人",
                done="已阅",
            ),
            then=("circulated_for_action", "circulated_for_information"),
            actions=(
                Action(
                    key="add_readers",
                    title="加阅",
                    by=SECRETARY | {Role.HANDLER},
                    quiet=True,
                    asks=(
                        Field(key="readers", title="阅件人", kind=Kind.PEOPLE, help="保留原有阅件人，再加选"),
                    ),
                ),
                Action(
                    key="circulated_for_action",
                    title="传阅完毕，转督办",
                    to="feedback",
                    by=SECRETARY | {Role.SYSTEM},
                    checks=(
                        Check("阅件传阅后直接归档", lambda d: d.get("handling", FOR_ACTION) == FOR_ACTION),
                    ),
                ),
                Action(
                    key="circulated_for_information",
                    title="传阅完毕，转归档",
                    to="archiving",
                    by=SECRETARY | {Role.SYSTEM},
                    checks=(
                        Check(
                            "办件须督办反馈后归档", lambda d: d.get("handling", FOR_ACTION) == FOR_INFORMATION
                        ),
                    ),
                ),
            ),
            spot_checks=("每位阅件人是否都有送达与阅毕时间？",),
        ),
        Stage(
            key="feedback",
            title="督办反馈",
            does="向承办部门下达督办任务，紧盯节点，催办、核验结果，逐项销号。",
            inputs=("批示、拟办意见",),
            outputs=("办理结果、审核意见",),
            duty=Role.SECRETARY,
            due=Due(Limit(days=5), after="received_at", rule="R11 自签收起 5 个工作日内反馈完毕（C3）"),
            opens=Opens(
                process="task",
                each=("handling_dept", "assist_depts"),
                gives=_task,
                noun="承办部门",
                done="已办结",
            ),
            then=("fed_back_to_answer", "fed_back"),
            actions=(
                Action(
                    key="fed_back_to_answer",
                    title="反馈完毕，转答复",
                    to="answer",
                    by=SECRETARY | {Role.SYSTEM},
                    checks=(Check("本件不需要答复", lambda data: bool(data.get("needs_reply"))),),
                ),
                Action(
                    key="fed_back",
                    title="反馈完毕，转归档",
                    to="archiving",
                    by=SECRETARY | {Role.SYSTEM},
                    checks=(Check("本件需要先答复来文单位", lambda data: not data.get("needs_reply")),),
                ),
            ),
            spot_checks=("反馈是否在 5 个工作日内完成？", "超期的是否有催办记录？"),
        ),
        Stage(
            key="answer",
            title="答复",
            does="把办理结果答复来文单位，记下复文文号与日期。",
            inputs=("办理结果",),
            outputs=("复文或答复记录",),
            duty=Role.SECRETARY,
            due=Due(Limit(days=1), rule="条例第二十四条（七）；时限为本办设定"),
            actions=(
                Action(
                    key="answer_sender",
                    title="已答复",
                    to="archiving",
                    by=SECRETARY,
                    asks=(
                        Field(
                            key="reply_number",
                            title="复文文号",
                            required=False,
                            help="口头或电话答复的留空",
                            why_not=why_not_number,
                        ),
                        Field(key="replied_on", title="答复日期", kind=Kind.DATE),
                        Field(
                            key="reply",
                            title="答复内容",
                            kind=Kind.TEXT,
                            required=False,
                            carries_content=True,
                        ),
                    ),
                    checks=(
                        Check(
                            "没有复文文号时，请写明答复了什么",
                            lambda d: bool(d["reply_number"] or d["reply"] or d["secrecy_level"] != "非密"),
                            at="reply",
                        ),
                    ),
                ),
            ),
        ),
        Stage(
            key="archiving",
            title="归档立卷",
            does="收文、处理单、流转记录合为一件，定保管期限，编档号归档。",
            inputs=("办结的来文及全部附件",),
            outputs=("归档件（档号、保管期限）、收文处理单、文件流转记录",),
            duty=Role.SECRETARY,
            due=Due(Limit(days=2), rule="C19 按件归档；时限为本办设定"),
            actions=(ARCHIVE,),
            spot_checks=("处理单、正文、附件是否合为一件？",),
        ),
        Stage(key="returned", title="已退回", does="退回来文单位。", duty=Role.SECRETARY),
        Stage(key="archived", title="已归档", scene="归档立卷", does="归档完毕。", duty=Role.SECRETARY),
    ),
)

VERSIONS = (V1,)
