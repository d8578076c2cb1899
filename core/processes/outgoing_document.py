"""Outgoing documents: from the draft to the item in the archive (R15–R25, regulation art. 25)."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from core.archiving import ARCHIVE
from core.errors import OfficeError, Refused
from core.evidence import Evidence
from core.fields import Field, Kind
from core.layout.official import Direction, Form
from core.official_kinds import KINDS, RULES, SIGNER_RULES, several
from core.people import DEPARTMENT, Role
from core.process import (
    ORDINARY,
    URGENT,
    Action,
    Check,
    Due,
    Finds,
    Numbering,
    Opens,
    Papers,
    Process,
    Span,
    Stage,
    Tells,
)
from core.profile import OfficeProfile
from core.worktime import Limit

if TYPE_CHECKING:
    from core.layout.check import Finding

SECRETARY = frozenset({Role.SECRETARY})
DRAFTERS = SECRETARY | {Role.HANDLER}
DECIDERS = frozenset({Role.DIRECTOR, Role.LEADER})

AT_ONCE, IN_TURN, ENOUGH = "并行会签", "依次会签", "几家同意即可"

OFFICE_CODE = Field(
    key="office_code",
    title="机关代字",
    help="发文字号最前面的字；联合行文用主办机关的。可用的代字在“人员与部门 · 本办”里设",
)


def _draft_number(data: Mapping[str, Any], office: OfficeProfile, year: int) -> str:
    return f"拟〔{year}〕{{n}}号"


def _document_number(data: Mapping[str, Any], office: OfficeProfile, year: int) -> str:
    """机关代字〔年份〕N号, one series a year and code; never before the document is signed (N7, R23)."""
    code = data["office_code"]
    if code not in office.series_codes:
        known = "、".join(office.series_codes) or "还没有设，请办公室主任在“人员与部门 · 本办”里填写"
        raise Refused({"office_code": f"“{code}”不是本办的机关代字；可用的：{known}"})
    return f"{code}〔{year}〕{{n}}号"


def _office_codes(office: OfficeProfile) -> tuple[dict[str, str], ...]:
    return tuple({"office_code": code} for code in office.series_codes)


def _countersign(data: Mapping[str, Any], department: str) -> dict[str, Any]:
    """What a department is sent: its row of the joint review list."""
    own = department.removeprefix(DEPARTMENT)
    row = next(row for row in data["joint_review"] if row["department"] == own)
    return {
        "title": data["title"],
        "urgency": data["urgency"],
        "department": own,
        "part": row["part"],
        "responsibility": row["responsibility"],
        "drafter": data["drafter"],
    }


def _enough(data: Mapping[str, Any]) -> int | None:
    return data.get("enough") if data.get("countersigning") == ENOUGH else None


JOINT_REVIEW = Field(
    key="joint_review",
    title="部门联审清单",
    kind=Kind.ROWS,
    columns=(
        Field(key="department", title="会签部门", kind=Kind.DEPARTMENT),
        Field(key="part", title="会签部分", help="如 第三部分、附件 2"),
        Field(key="responsibility", title="责任", help="如 对数据的准确性负责"),
    ),
    help="哪个部门、对哪一部分、负什么责任；依次会签的按行的先后",
)

DRAFT = (
    Field(key="doc_kind", title="文种", kind=Kind.CHOICE, options=tuple(KINDS)),
    Field(
        key="direction",
        title="行文方向",
        kind=Kind.CHOICE,
        options=tuple(Direction),
        default=Direction.DOWN.value,
    ),
    Field(
        key="layout_form",
        title="版式",
        kind=Kind.CHOICE,
        options=(Form.GENERAL, Form.LETTER, Form.MINUTES),
        default=Form.GENERAL.value,
    ),
    Field(key="urgency", title="紧急程度", kind=Kind.CHOICE, options=(ORDINARY, *URGENT), default=ORDINARY),
    Field(key="secrecy_level", title="密级", kind=Kind.GRADE, default="非密"),
    Field(key="secrecy_term", title="保密期限", required=False, help="涉密公文填写，如 10年、6个月"),
    Field(key="copy_serial", title="份号", required=False, help="涉密公文填写，六位数字"),
    Field(key="title", title="标题", help="关于……的文种；涉密件请填不含秘密的标题"),
    Field(key="main_recipients", title="主送机关", required=False, help="几个的用顿号分开；请示只能一个"),
    Field(key="body", title="正文", kind=Kind.TEXT, required=False, carries_content=True),
    Field(
        key="attachment_note",
        title="附件说明",
        kind=Kind.TEXT,
        fixed=True,
        help="一个附件一行，写附件的名称；没有附件的写“无”",
    ),
    Field(key="attachments", title="附件", kind=Kind.FILES, required=False, carries_content=True),
    Field(key="issuers", title="发文机关", help="联合行文的用顿号分开，主办机关在前"),
    Field(key="signatory", title="签发人", kind=Kind.PERSON),
    Field(key="copies_to", title="抄送机关", required=False, help="几个的用顿号分开"),
    Field(key="annotation", title="附注", required=False, help="如 此件公开发布；上行文写联系人和电话"),
    Field(
        key="subject_terms",
        title="主题词",
        fixed=True,
        help="用于检索，不印在文上（C5）；几个的用顿号分开",
    ),
    Field(key="effective_on", title="生效日期", kind=Kind.DATE, fixed=True, help="自哪一天起施行（C6）"),
    Field(key="drafter", title="拟稿人", kind=Kind.PERSON),
    Field(
        key="answers",
        title="答复哪一件来文",
        kind=Kind.CASE,
        options=("incoming_document",),
        required=False,
        begins="起草复文",
    ),
)
"""The elements of a draft (art. 9), with what the office's standard adds to them (R16)."""

_FROM_THE_START = {"doc_kind", "direction", "layout_form", "urgency", "secrecy_level", "title", "drafter"}

UNFINISHED = tuple(f if f.key in _FROM_THE_START else replace(f, required=False) for f in DRAFT)
"""The same while it is still written: only what its place and its deadlines hang on is demanded."""

COUNTERSIGNING = (
    JOINT_REVIEW,
    Field(
        key="countersigning",
        title="会签方式",
        kind=Kind.CHOICE,
        options=(AT_ONCE, IN_TURN, ENOUGH),
        default=AT_ONCE,
    ),
    Field(key="enough", title="几家同意即可", kind=Kind.NUMBER, required=False, at_least=1),
)

_EACH_ONCE = Check(
    "同一个部门只列一行，几个部分写在一起",
    lambda d: len({row["department"] for row in d["joint_review"]}) == len(d["joint_review"]),
    at="joint_review",
)
_COUNTED = Check(
    "请写明几家同意即可，不能多于联审清单的部门数",
    lambda d: d["countersigning"] != ENOUGH or 1 <= (d["enough"] or 0) <= len(d["joint_review"]),
    at="enough",
)
DISTRIBUTION = Field(
    key="distribution",
    title="分送单",
    kind=Kind.ROWS,
    columns=(
        Field(key="recipient", title="分送单位"),
        Field(key="copies", title="份数", kind=Kind.NUMBER, at_least=1, default=1),
        Field(
            key="way",
            title="方式",
            kind=Kind.CHOICE,
            options=("电子公文", "机要交换", "邮寄", "当面递送"),
            default="电子公文",
        ),
        Field(key="received_on", title="签收日期", kind=Kind.DATE, required=False),
        Field(key="received_by", title="签收人", required=False),
    ),
)


_REVISED = tuple(field for field in DRAFT if field.key in ("title", "body", "attachment_note", "attachments"))
"""What a text that is under way may still be changed in."""

SCORE = (
    Field(key="layout_checks", title="版式检查项数", kind=Kind.NUMBER, required=False),
    Field(key="layout_failed", title="版式不合项数", kind=Kind.NUMBER, required=False),
)
"""How the proof was laid out (R22, C10): failed ÷ made is the layout error rate."""


def _score(data: Mapping[str, Any], evidence: Evidence) -> dict[str, Any]:
    """The checks made of the proof and those it failed; nothing where no file of it can be checked."""
    proofs = [one for one in data["final_proof"] or () if one["name"].lower().endswith(".docx")]
    found = [result for one in proofs for result in _checked(evidence.content(one["digest"]))]
    return {"layout_checks": len(found), "layout_failed": sum(not one.ok for one in found)} if found else {}


def _checked(content: bytes) -> "Sequence[Finding]":
    # Loaded only here: it takes longer than the whole standard.
    from core.layout.check import check

    with suppress(OfficeError):
        return check(content)
    return ()


def _sealed_as_the_kind_is(data: Mapping[str, Any]) -> bool:
    return KINDS[data["doc_kind"]].sealed == any(row["sealed_copies"] for row in data["seal_log"])


def _reply(data: Mapping[str, Any]) -> dict[str, Any]:
    """What a document that went out proposes for the record of what it answers (N20)."""
    if not data.get("sent_out_at"):
        return {}
    return {"reply_number": data["doc_number"], "replied_on": data["printed_on"]}


def _all_received(data: Mapping[str, Any]) -> bool:
    return all(row["received_on"] for row in data["distribution"])


_ISSUED = Due(Limit(days=5), urgent=Limit(clock_hours=24), after="signed_off_at", rule="R24、R25 自签发起计")
"""By when it must be out, step by step as for the whole."""

V1 = Process(
    key="outgoing_document",
    title="发文办理",
    family="文书处理",
    purpose="发文拟得准、核得严、签得快、印得对，每份有去向，办完归档可查。",
    version=1,
    in_force_from=date(2026, 1, 1),
    number=Numbering("number", _draft_number),
    names="title",
    opening="拟稿",
    opened_by=frozenset({Role.SECRETARY, Role.MEMBER, Role.DIRECTOR}),
    opens_with=UNFINISHED,
    register=(
        "doc_number",
        "title",
        "doc_kind",
        "main_recipients",
        "urgency",
        "signatory",
        "dated_on",
        "reference_code",
    ),
    papers=Papers(
        sheet="发文稿纸",
        record="发文流转记录",
        ledger="发文登记表",
        columns=(
            ("发文字号", ("doc_number",)),
            ("标题", ("title",)),
            ("主送机关", ("main_recipients",)),
            ("签发人", ("signatory",)),
            ("成文日期", ("dated_on",)),
            ("份数", ("print_copies",)),
        ),
        lists=(
            ("joint_review", "部门联审清单"),
            ("seal_log", "用印登记表"),
            ("distribution", "分发签收表"),
        ),
        # DA/T 22: the fair copy before the draft and its handling sheet, the text before its attachments.
        item=(
            "final_proof",
            "attachments",
            "sheet",
            "official",
            "joint_review",
            "seal_log",
            "distribution",
            "record",
        ),
    ),
    due=replace(_ISSUED, rule="R24、R25、C4 自签发起，急件 24 小时、平件 5 个工作日内印发"),
    spans=(
        Span("拟稿至印发", until="sent_out_at"),
        Span("签发至印发", since="signed_off_at", until="sent_out_at"),
    ),
    proposes=_reply,
    stages=(
        Stage(
            key="drafting",
            title="拟稿",
            scene="拟稿核稿",
            does="按文种起草文稿，写明主题词、附件说明、生效日期，送核稿。",
            inputs=("起草依据、来文或会议议定事项",),
            outputs=("文稿（主题词、附件说明、生效日期齐全）",),
            duty=Role.HANDLER,
            assignee="drafter",
            due=Due(Limit(days=2), urgent=Limit(days=1), rule="本办设定：2 个工作日内拟好，急件 1 个工作日"),
            actions=(
                Action(
                    key="submit_draft",
                    title="送核稿",
                    to="edit_review",
                    by=DRAFTERS,
                    asks=DRAFT,
                    checks=RULES,
                ),
                Action(key="revise", title="存一版", by=DRAFTERS, quiet=True, asks=UNFINISHED),
            ),
            spot_checks=("主题词、附件说明、生效日期三项是否齐全？", "是否符合文种和行文规则？"),
        ),
        Stage(
            key="edit_review",
            title="核稿",
            scene="拟稿核稿",
            does="核行文理由、内容、文种、格式；需要部门会签的列出联审清单，不需要的直接送签发。",
            inputs=("文稿",),
            outputs=("核稿意见、部门联审清单",),
            duty=Role.SECRETARY,
            due=Due(Limit(days=1), urgent=Limit(hours=4), rule="条例第二十条；时限为本办设定"),
            actions=(
                Action(
                    key="send_round",
                    title="送会签",
                    to="countersigning",
                    by=SECRETARY,
                    second_pair_of_eyes=True,
                    asks=COUNTERSIGNING,
                    checks=(_EACH_ONCE, _COUNTED),
                ),
                Action(
                    key="send_to_sign",
                    title="不需会签，送签发",
                    to="signing",
                    by=SECRETARY,
                    second_pair_of_eyes=True,
                    quiet=True,
                    asks=(
                        Field(
                            key="review_note",
                            title="核稿意见",
                            kind=Kind.TEXT,
                            required=False,
                            carries_content=True,
                        ),
                    ),
                ),
                Action(
                    key="send_back_draft",
                    title="退回修改",
                    to="drafting",
                    by=SECRETARY,
                    quiet=True,
                    tells=Tells("sent_back_because"),
                    asks=(Field(key="sent_back_because", title="退回意见", kind=Kind.TEXT),),
                ),
            ),
            spot_checks=("核稿人与拟稿人是否分开？",),
        ),
        Stage(
            key="countersigning",
            title="会签",
            scene="会签签发",
            does="按联审清单送各部门会签，一般同时送，也可以依次或几家同意即可，跟踪到底；有不同意见的拟稿人改好再送，其他部门不受影响。",
            inputs=("文稿、部门联审清单",),
            outputs=("各部门会签意见",),
            duty=Role.SECRETARY,
            assignee="drafter",
            due=Due(Limit(days=1), urgent=Limit(clock_hours=24), rule="R18、R19 并行会签，平均 1 个工作日"),
            opens=Opens(
                process="countersign",
                each=("joint_review",),
                gives=_countersign,
                in_turn=lambda data: data["countersigning"] == IN_TURN,
                enough=_enough,
                noun="会签部门",
                done="已会签",
            ),
            then=("countersigned",),
            actions=(
                Action(
                    key="change_signers",
                    title="加签减签",
                    by=DRAFTERS,
                    quiet=True,
                    asks=(
                        replace(JOINT_REVIEW, help="加一行即加签，删一行即减签；已会签的不受影响"),
                        *COUNTERSIGNING[1:],
                    ),
                    checks=(_EACH_ONCE, _COUNTED),
                ),
                Action(
                    key="revise_in_round",
                    title="按会签意见改稿",
                    by=DRAFTERS,
                    quiet=True,
                    tells=Tells("changed_in_round", done=True),
                    asks=(
                        *_REVISED,
                        Field(
                            key="changed_in_round",
                            title="改了什么",
                            kind=Kind.TEXT,
                            carries_content=True,
                            help="已会签的部门会收到这几句话",
                        ),
                    ),
                ),
                Action(
                    key="call_back",
                    title="撤回会签",
                    to="drafting",
                    by=DRAFTERS,
                    quiet=True,
                    calls_back=True,
                    asks=(Field(key="called_back_because", title="撤回理由", kind=Kind.TEXT),),
                ),
                Action(
                    key="countersigned", title="会签完毕，送签发", to="signing", by=SECRETARY | {Role.SYSTEM}
                ),
            ),
            spot_checks=("联审清单的部门、部分、责任三项是否齐全？", "退改的意见是否采纳或说明？"),
        ),
        Stage(
            key="signing",
            title="签发",
            scene="会签签发",
            does="审批文稿，签署意见、姓名和日期；圈阅或签名视为同意。",
            inputs=("文稿、核稿意见、会签意见",),
            outputs=("签发意见、成文日期",),
            duty=Role.DIRECTOR,
            assignee="signatory",
            due=Due(Limit(days=1), urgent=Limit(hours=4), rule="条例第二十二条；时限为本办设定"),
            actions=(
                Action(
                    key="sign_off",
                    title="签发",
                    to="recheck",
                    by=DECIDERS,
                    second_pair_of_eyes=True,
                    tells=Tells("signing_opinion", to="drafter"),
                    stamps=Field(key="signed_off_at", title="签发时间", kind=Kind.MOMENT, required=False),
                    asks=(
                        Field(
                            key="signing_opinion",
                            title="签发意见",
                            kind=Kind.TEXT,
                            required=False,
                            carries_content=True,
                            help="留空即同意签发",
                        ),
                        Field(
                            key="dated_on",
                            title="成文日期",
                            kind=Kind.DATE,
                            help="会议通过或签发的日期；联合行文为最后签发的日期",
                        ),
                    ),
                ),
                Action(
                    key="return_to_drafter",
                    title="退回重拟",
                    to="drafting",
                    by=DECIDERS,
                    quiet=True,
                    tells=Tells("returned_because", to="drafter"),
                    asks=(Field(key="returned_because", title="退回意见", kind=Kind.TEXT),),
                ),
            ),
        ),
        Stage(
            key="recheck",
            title="复核编号",
            does="复核审批手续、内容、文种、格式；需作实质性修改的退签发人复审，无误的编发文字号、定份数。",
            inputs=("签发的文稿",),
            outputs=("发文字号、印制份数",),
            duty=Role.SECRETARY,
            due=Due(Limit(hours=4), rule="条例第二十五条（一）（二）；时限为本办设定"),
            actions=(
                Action(
                    key="give_number",
                    title="复核无误，编号",
                    to="printing",
                    by=SECRETARY,
                    numbers=Numbering("doc_number", _document_number, known=_office_codes),
                    asks=(
                        OFFICE_CODE,
                        Field(key="print_copies", title="印制份数", kind=Kind.NUMBER, at_least=1, default=1),
                    ),
                ),
                Action(
                    key="return_to_signatory",
                    title="实质性修改，退签发人",
                    to="signing",
                    by=SECRETARY,
                    quiet=True,
                    asks=(
                        *_REVISED,
                        Field(
                            key="substantive_change", title="改了什么", kind=Kind.TEXT, carries_content=True
                        ),
                    ),
                ),
            ),
            spot_checks=("编号后有没有再改实质内容？",),
        ),
        Stage(
            key="printing",
            title="排版印制",
            does="按 GB/T 9704 排版，校对清样，印制用印；清样和用印记录都要留存。",
            inputs=("编号的文稿",),
            outputs=("发文清样、用印记录",),
            duty=Role.SECRETARY,
            due=_ISSUED,
            actions=(
                Action(
                    key="print_and_seal",
                    title="印制用印完毕",
                    to="dispatch",
                    by=SECRETARY,
                    asks=(
                        Field(
                            key="final_proof",
                            title="发文清样",
                            kind=Kind.FILES,
                            fixed=True,
                            carries_content=True,
                        ),
                        Field(
                            key="seal_log",
                            title="用印记录",
                            kind=Kind.ROWS,
                            fixed=True,
                            columns=(
                                Field(key="seal", title="印章", help="纪要不加盖印章的写“不用印”"),
                                Field(key="sealed_on", title="用印日期", kind=Kind.DATE),
                                Field(key="sealed_by", title="监印人", kind=Kind.PERSON),
                                Field(key="sealed_copies", title="用印份数", kind=Kind.NUMBER),
                            ),
                        ),
                        Field(key="printed_on", title="印发日期", kind=Kind.DATE),
                    ),
                    finds=Finds(SCORE, _score),
                    checks=(
                        Check(
                            "纪要不加盖印章，用印份数写 0；其他文种用印份数不能为 0（条例第九条（十三））",
                            _sealed_as_the_kind_is,
                            at="seal_log",
                        ),
                        Check(
                            "印发日期不能早于成文日期",
                            lambda d: d["printed_on"] >= d["dated_on"],
                            at="printed_on",
                        ),
                    ),
                ),
            ),
            spot_checks=("清样与签发稿是否一致？", "用印份数与印制份数是否相符？"),
        ),
        Stage(
            key="dispatch",
            title="分发",
            scene="分发归档",
            does="核对文字、格式和印刷质量后，按分送单逐一分发。",
            inputs=("印好的公文",),
            outputs=("分送单",),
            duty=Role.SECRETARY,
            due=_ISSUED,
            actions=(
                Action(
                    key="send_out",
                    title="分发",
                    to="receipts",
                    by=SECRETARY,
                    stamps=Field(key="sent_out_at", title="印发时间", kind=Kind.MOMENT, required=False),
                    asks=(DISTRIBUTION,),
                    checks=(
                        Check(
                            "主送机关都要在分送单里",
                            lambda d: (
                                set(several(d["main_recipients"]))
                                <= {r["recipient"] for r in d["distribution"]}
                            ),
                            at="distribution",
                        ),
                        Check(
                            "分送份数不能多于印制份数",
                            lambda d: sum(row["copies"] for row in d["distribution"]) <= d["print_copies"],
                            at="distribution",
                        ),
                    ),
                ),
            ),
        ),
        Stage(
            key="receipts",
            title="签收回执",
            scene="分发归档",
            does="逐家登记签收，未签收的及时催；都签收后归档。",
            inputs=("分送单",),
            outputs=("签收登记",),
            duty=Role.SECRETARY,
            due=Due(
                Limit(days=3), urgent=Limit(days=1), rule="本办设定：3 个工作日内收齐回执，急件 1 个工作日"
            ),
            actions=(
                Action(
                    key="all_received",
                    title="回执收齐，转归档",
                    to="archiving",
                    by=SECRETARY,
                    asks=(DISTRIBUTION,),
                    checks=(Check("还有单位没有签收日期，补齐后再转归档", _all_received, at="distribution"),),
                ),
                Action(
                    key="record_receipts", title="登记签收", by=SECRETARY, quiet=True, asks=(DISTRIBUTION,)
                ),
            ),
            spot_checks=("每个主送、抄送单位是否都有签收？",),
        ),
        Stage(
            key="archiving",
            title="归档",
            scene="分发归档",
            does="印本、签发稿、发文稿纸、会签意见、用印记录合为一件，定保管期限，编档号归档。",
            inputs=("发文清样、用印记录、签收登记",),
            outputs=("归档件（档号、保管期限）",),
            duty=Role.SECRETARY,
            due=Due(Limit(days=2), rule="C19 按件归档；时限为本办设定"),
            actions=(ARCHIVE,),
            spot_checks=("清样和用印记录是否都在件内？",),
        ),
        Stage(key="archived", title="已归档", scene="分发归档", does="归档完毕。", duty=Role.SECRETARY),
    ),
)

_SIGNERS = (
    Field(key="signer_post", title="签发人职务", required=False, help="命令格式印在签发人姓名前，如 市长"),
    Field(
        key="joint_signers",
        title="联合签发人",
        kind=Kind.ROWS,
        required=False,
        columns=(Field(key="issuer", title="协办机关"), Field(key="name", title="签发人")),
        help="联合行文的，除主办机关外一个机关一行（条例第二十二条）",
    ),
)


def _with_signers(fields: Sequence[Field]) -> tuple[Field, ...]:
    """The draft with all forms to choose from, and everybody who signs."""
    known = (replace(f, options=tuple(Form)) if f.key == "layout_form" else f for f in fields)
    return (*known, *_SIGNERS)


_DRAFTING, *_REST = V1.stages
_SUBMIT, _KEEP = _DRAFTING.actions

V2 = replace(
    V1,
    version=2,
    in_force_from=date(2026, 11, 1),
    opens_with=_with_signers(UNFINISHED),
    stages=(
        replace(
            _DRAFTING,
            actions=(
                replace(_SUBMIT, asks=_with_signers(DRAFT), checks=(*RULES, *SIGNER_RULES)),
                replace(_KEEP, asks=_with_signers(UNFINISHED)),
            ),
        ),
        *_REST,
    ),
)
"""As before, with orders (命令格式) and a signer for each office of a joint document."""

VERSIONS = (V1, V2)
