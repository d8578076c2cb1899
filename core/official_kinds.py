"""The fifteen kinds of official document, which way each goes, and what the regulation asks of it.

《党政机关公文处理工作条例》 (中办发〔2012〕14号): kinds art. 8, elements art. 9, rules of routing arts. 14–17.
A rule is a `Check` over the fields of a draft; its sentence names the article.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from core.layout.official import Direction, Form
from core.people import Grade
from core.process import Check, Data

UP, LEVEL, DOWN = Direction.UP, Direction.LEVEL, Direction.DOWN


@dataclass(frozen=True)
class OfficialKind:
    """A kind and the ways it may go, the usual one first; `sealed` says whether it bears a seal."""

    title: str
    ways: tuple[Direction, ...]
    sealed: bool = True


KINDS = {
    kind.title: kind
    for kind in (
        OfficialKind("决议", (DOWN,)),
        OfficialKind("决定", (DOWN,)),
        OfficialKind("命令", (DOWN,)),
        OfficialKind("公报", (DOWN,)),
        OfficialKind("公告", (DOWN,)),
        OfficialKind("通告", (DOWN,)),
        OfficialKind("意见", (DOWN, LEVEL, UP)),
        OfficialKind("通知", (DOWN, LEVEL)),
        OfficialKind("通报", (DOWN,)),
        OfficialKind("报告", (UP,)),
        OfficialKind("请示", (UP,)),
        OfficialKind("批复", (DOWN,)),
        OfficialKind("议案", (LEVEL,)),
        OfficialKind("函", (LEVEL,)),
        OfficialKind("纪要", (DOWN, LEVEL), sealed=False),
    )
}
"""The kinds of art. 8 by their title, in its order."""


def form_of(kind: str) -> Form:
    """The form a kind is usually laid out in (GB/T 9704 §10): a letter, an order, minutes, or the general one."""
    return {"函": Form.LETTER, "命令": Form.ORDER, "纪要": Form.MINUTES}.get(kind, Form.GENERAL)


LONGEST_TERMS = {"秘密": 10, "机密": 20, "绝密": 30}
"""The longest term of secrecy in years, unless it is ruled otherwise."""


def several(line: str | None) -> tuple[str, ...]:
    """The offices of a line, one by one: they stand with 、 or ， between them."""
    return tuple(part.strip() for part in re.split("[、，,；;]", line or "") if part.strip())


def is_upward(data: Data) -> bool:
    """Whether the document goes up, and so shows who signs it."""
    return bool(data.get("direction") == UP)


def attachments_of(note: str | None) -> tuple[str, ...]:
    """The titles of the attachments, one a line; none where the note says 无."""
    titles = [line.strip() for line in (note or "").splitlines() if line.strip()]
    return () if titles == ["无"] else tuple(titles)


def _is_below(office: str) -> bool:
    """Whether the name itself says that the office is one below this one; of others the program cannot know."""
    return bool(re.match("各|本办|所属|下属|直属", office))


def _only(kind: str, rule: Callable[[Data], bool]) -> Callable[[Data], bool]:
    return lambda data: data.get("doc_kind") != kind or rule(data)


def _fits(data: Data) -> bool:
    return data["direction"] in KINDS[data["doc_kind"]].ways


def _term(data: Data) -> bool:
    found = re.fullmatch(r"([1-9]\d?)(年|个月)", data.get("secrecy_term") or "")
    if not found:
        return False
    years = int(found[1]) if found[2] == "年" else int(found[1]) / 12
    return years <= LONGEST_TERMS[data["secrecy_level"]] and (found[2] == "年" or int(found[1]) < 12)


def _open(data: Data) -> bool:
    return not Grade.labelled(data["secrecy_level"]).classified


def _says(pattern: str) -> Callable[[Data], bool]:
    return lambda data: bool(re.search(pattern, data.get("body") or ""))


RULES = (
    Check("这个文种不走这个行文方向（条例第八条、第四章），请改文种或行文方向", _fits, at="direction"),
    Check(
        "标题应由发文机关、事由、文种组成，并以文种结尾（条例第九条（七））",
        lambda d: re.sub("（.{1,6}）$", "", d["title"]).endswith(d["doc_kind"]) or d["doc_kind"] == "命令",
        at="title",
    ),
    Check(
        "标题里写明事由，如“关于……的通知”（条例第九条（七））",
        lambda d: "关于" in d["title"] or d["doc_kind"] in ("纪要", "命令", "公告", "通告", "公报", "决议"),
        at="title",
    ),
    Check(
        "请示只主送一个上级机关，需要同时送其他机关的用抄送（条例第十五条（一））",
        _only("请示", lambda d: len(several(d["main_recipients"])) == 1),
        at="main_recipients",
    ),
    Check(
        "请示应当一文一事，文中写了两项以上请求（条例第十五条（四））",
        _only(
            "请示", lambda d: len(re.findall("(?:妥否|当否|可否|是否妥当)[，,]?请", d.get("body") or "")) <= 1
        ),
        at="body",
    ),
    Check(
        "请示结尾要提出请求，如“妥否，请批示”（条例第八条（十一））",
        _only(
            "请示", lambda d: not _open(d) or _says("请(?:予)?(?:批示|批复|审批|审示|指示|批准|审定)|请示")(d)
        ),
        at="body",
    ),
    Check(
        "报告里不得夹带请示事项（条例第十五条（四））",
        _only("报告", lambda d: not _says("(?:妥否|当否|可否)[，,]?请|请(?:予)?(?:批示|批复|批准|审批)")(d)),
        at="body",
    ),
    Check(
        "上行文一般只主送一个机关（条例第十五条（一））",
        lambda d: not is_upward(d) or len(several(d["main_recipients"])) <= 1,
        at="main_recipients",
    ),
    Check(
        "向上级行文不抄送下级机关，请从抄送机关里去掉（条例第十五条（一））",
        lambda d: not (is_upward(d) and any(_is_below(one) for one in several(d["copies_to"]))),
        at="copies_to",
    ),
    Check(
        "纪要格式只用于纪要，请改版式或文种（GB/T 9704-2012 第 10.3 条）",
        lambda d: d["layout_form"] != Form.MINUTES or d["doc_kind"] == "纪要",
        at="layout_form",
    ),
    Check(
        "公告、通告、公报、纪要以外的公文要写主送机关（条例第九条（八））",
        lambda d: (
            bool(d["main_recipients"]) or d["doc_kind"] in ("公告", "通告", "公报", "纪要", "决议", "命令")
        ),
        at="main_recipients",
    ),
    Check(
        "涉密公文要标注保密期限，写成“几年”或“几个月”，不超过绝密30年、机密20年、秘密10年（条例第九条（二））",
        lambda d: _open(d) or _term(d),
        at="secrecy_term",
    ),
    Check(
        "涉密公文要标注份号，用六位数字，如 000001（条例第九条（一））",
        lambda d: _open(d) or bool(re.fullmatch(r"\d{6}", d.get("copy_serial") or "")),
        at="copy_serial",
    ),
    Check("非密公文不标保密期限", lambda d: not _open(d) or not d.get("secrecy_term"), at="secrecy_term"),
    Check("请填写正文", lambda d: not _open(d) or bool(d.get("body")), at="body"),
    Check(
        "联合行文的每个机关只写一次，主办机关在最前（条例第十七条）",
        lambda d: len(set(several(d["issuers"]))) == len(several(d["issuers"])),
        at="issuers",
    ),
)
"""What must hold before a draft is submitted."""


def joint_issuers(data: Data) -> tuple[str, ...]:
    """The offices that issue it beside the lead one."""
    return several(data.get("issuers"))[1:]


def _each_signs(data: Data) -> bool:
    """Whoever is named stands for one of the other offices; where the names are printed, none is missing."""
    signing = [row["issuer"] for row in data.get("joint_signers") or ()]
    others = joint_issuers(data)
    missing = is_upward(data) and set(signing) != set(others)
    return len(set(signing)) == len(signing) and set(signing) <= set(others) and not missing


SIGNER_RULES = (
    Check(
        "命令格式只用于命令，请改版式或文种（GB/T 9704-2012 第 10.2 条）",
        lambda d: d["layout_form"] != Form.ORDER or d["doc_kind"] == "命令",
        at="layout_form",
    ),
    Check(
        "命令格式要写明签发人职务，如 市长（GB/T 9704-2012 第 7.3.5.3 条）",
        lambda d: d["layout_form"] != Form.ORDER or bool(d["signer_post"]),
        at="signer_post",
    ),
    Check(
        "联合行文的每个协办机关写一位签发人，机关名称与“发文机关”里的相同，主办机关不写（条例第二十二条）",
        _each_signs,
        at="joint_signers",
    ),
)
"""What is asked besides where the draft names everybody who signs."""
