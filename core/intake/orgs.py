"""What looks like the name of an office, and how several are written as one."""

import re

from core.intake.normal import compact, words

_END = re.compile(
    r"(?:[部委厅局办院署会行厂处科组股社馆所站队室台]|委员会|政府|人大|政协|公司|集团|企业|中心|大学|中学|小学|学校|"
    r"军委|中央|兵团|军区|基金|主席|街道|园区|开发区|工商联|工会|妇联|科协|残联|文联|作协|企联|社科联|"
    r"党支部|指挥部|村|联盟|代表团)(?:[（(][^（）()]{1,20}[）)])?$"
)
_NOT = re.compile(
    r"[，。；：:;,？！?!“”\"《》〈〉…]|关于|的$|^的|^[一二三四五六七八九十]+、|^[(（\d各]|请示|报告|通知|如下|^附件|"
    r"^(?:抄送|抄报|主送|印发|联系|经|现|请|根据|为了?(?=[^国])|并|及|由|报|送|上报)(?!济)"
)
_SEAL = re.compile(r"[（(](?:盖章|印章|公章|章|代章|签章|印)[）)]$")
_LONGEST = 45


def is_org(text: str) -> bool:
    """Whether a text without spaces is one office's name, or several with 、 between them."""
    if not 2 <= len(text) <= 4 * _LONGEST or _NOT.search(text):
        return False
    return all(2 <= len(name) <= _LONGEST and _END.search(name) for name in text.split("、"))


def orgs_in(line: str) -> list[str]:
    """The offices a line names, if it names nothing else: 甲局 乙局 is two of them."""
    parts = [_SEAL.sub("", part) for part in words(line)]
    parts = [part for part in parts if part]
    if parts and all(map(is_org, parts)):
        return [name for part in parts for name in part.split("、")]
    whole = _SEAL.sub("", compact(line))
    return whole.split("、") if is_org(whole) else []


def together(names: list[str]) -> str | None:
    """Several offices in one value, the way offices list themselves."""
    return "、".join(dict.fromkeys(names)) or None


def shortens(short: str, full: str) -> bool:
    """Whether one name may be a short way of saying the other: 市教委 for 某某市教育委员会."""
    rest = iter(full)
    return len(short) < len(full) and all(char in rest for char in short)
