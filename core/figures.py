"""Every figure of a Chinese text, one by one, so that each can be held against its source (R61, R63).

A figure is what somebody could have got wrong: a count, an amount, a share, a range, a fraction, 翻一番. Dates,
times, ordinals, document numbers, the numbers of headings and names with a number in them (5G, “四个意识”) are
none. Rather one too many than one too few: what is listed costs a glance, what is not listed is never checked.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST_SENTENCE = 160
"""Characters of a sentence that are shown around a figure."""


@dataclass(frozen=True)
class Figure:
    """A figure as it is written, where it stands in the text, and the sentence around it.

    `is_date`: a date, listed only where dates are asked for. `at`: where the figure stands in the sentence.
    """

    text: str
    start: int
    sentence: str
    at: int
    is_date: bool = False

    @property
    def end(self) -> int:
        """Where the text goes on behind it."""
        return self.start + len(self.text)


def figures(text: str, *, dates: bool = False) -> tuple[Figure, ...]:
    """The figures of a text in their order; its dates among them where they are asked for."""
    plain = text.translate(_NARROW)
    blanked, told = _without(plain)
    found = [(match.start(), match.end(), False) for match in _FIGURE.finditer(blanked)]
    found = [(start, _trimmed(plain, start, end), date) for start, end, date in found]
    if dates:
        found += [(start, end, True) for start, end in told]
    sentences = [*_sentences(text)]
    return tuple(_figure(text, sentences, *one) for one in sorted(found))


_NARROW = {ord(wide): ord(wide) - 0xFEE0 for wide in "０１２３４５６７８９％．＋－／：～"} | {
    ord("﹪"): ord("%"),
    ord("−"): ord("-"),
    ord("∶"): ord(":"),
    ord("〜"): ord("~"),
}
"""Full-width signs for narrow ones, each one for one, so that places stay the same."""


# --- what is no figure ------------------------------------------------------------------------------------

_COUNTS = "零〇○一二两三四五六七八九十百千万亿"
_DASH = r"(?:[—–―\-~]{1,2}|至|到)"
_ORDINAL = rf"(?:\d+|[{_COUNTS}]+)"
_YEAR = r"(?:(?:19|20)\d\d|[一二][〇○零一二三四五六七八九]{3})"
_MONTH, _DAY = r"(?:1[0-2]|0?[1-9])", r"(?:3[01]|[12]\d|0?[1-9])"
_CN_MONTH, _CN_DAY = "(?:十[一二]?|[一二三四五六七八九])", "(?:三十一?|二十[一二三四五六七八九]?|十[一二三四五六七八九]?|[一二三四五六七八九])"  # fmt: skip

_NONE = re.compile(
    "|".join(
        (
            r"https?://[\x21-\x7e]+|[A-Za-z0-9_.\-]+@[A-Za-z0-9_.\-]+",
            rf"[〔\[（(]{_YEAR}[〕\]）)]\s*(?:第?{_ORDINAL}号)?",
            r"[A-Za-z][A-Za-z/]*[ ]?\d+(?:\.\d+)*[-—]\d{4}(?!\d)",
            r"[A-Za-z][\-‑]?\d[\d.A-Za-z]*",
            r"(?<![\d.])\d+(?:[A-Z](?![A-Za-z²³])|[DGRVＤＧ](?![A-Za-z]))",
            rf"(?m:^[ \t　]*(?:[（(]?{_ORDINAL}[）)]|[{_COUNTS}]+、|\d+(?:\.\d+)+(?=[ \t　])|\d{{1,2}}(?:[.．](?!\d)|、)))",
            rf"第{_ORDINAL}(?:[、—–―\-~至到]第?{_ORDINAL})*",
            rf"(?:\d+|[{_COUNTS}]+)[号#](?![召称])",
            rf"“[^”]{{0,3}}[{_COUNTS}\d][^”]{{0,7}}”",
            "[两三四五六七八九]个(?:意识|自信|全面|维护|确立|代表|务必|重大|伟大|必须|坚持)(?![性的])|四个现代化|一国两制|五位一体|三农(?!户)|三产(?!业值)|[长珠]三角|三[公资高包防废险]",
            rf"(?:前|上|下|头)?[一二三四1-4](?:{_DASH}[一二三四1-4])?(?:个)?季度",
            r"\d0后|\d0年代|[一二三四五六七八九]十年代|\d\d世纪|[二]?十[一二三四五六七八九]?世纪",
            "十四五|十五五|十三五|十二五|二十大|十九大|(?<![0-9])[一二三四五六七八九十]{1,3}届",
            "百分百|万一|十分(?!之|钟)|千万(?=要|不|别)|[一二三四五六七八九]是",
        )
    )
)
"""What has a number in it and is no figure."""

_TIMES = r"(?:上午|下午|凌晨|晚上|早上|中午|傍晚|夜间)\s*[\d一二三四五六七八九十]{1,3}[点时](?:\d{1,2}分|半)?|\d{1,2}:\d{2}(?::\d{2})?(?!\d)|(?<![\d.])\d{1,2}时(?:\d{1,2}分)?|(?<![\d.])\d{1,2}点(?=\d{1,2}分|半|整|钟|前|后|起)(?:\d{1,2}分|半|整|钟)?"

_DATE = re.compile(
    "|".join(
        (
            rf"{_YEAR}\s*年?{_DASH}\s*{_YEAR}\s*年[度底末初中]?",
            rf"{_YEAR}\s*年\s*(?:{_MONTH}|{_CN_MONTH})\s*月份?\s*(?:(?:{_DAY}|{_CN_DAY})\s*日)?(?:\s*{_DASH}\s*(?:{_YEAR}年)?(?:(?:{_MONTH}|{_CN_MONTH})月份?)?(?:(?:{_DAY}|{_CN_DAY})日)?(?<=[月份日]))?",
            rf"{_YEAR}\s*年[度底末初中]?(?!来|[内以])|(?:19|20)\d\d[届级]",
            rf"(?<!\d){_YEAR}[-/.]{_MONTH}[-/.]{_DAY}(?!\d)",
            rf"(?<![\d.]){_MONTH}(?:月份?)?\s*{_DASH}\s*{_MONTH}\s*月份?(?:{_DAY}日)?",
            rf"(?<![\d.个]){_MONTH}月份?(?:\s*{_DAY}(?:\s*(?:日)?\s*(?:{_DASH}|、)\s*{_DAY})?\s*日)?(?:{_DASH}{_MONTH}月(?:{_DAY}日)?)?",
            rf"(?<![{_COUNTS}个]){_CN_MONTH}月份?(?:{_CN_DAY}日)?(?!个|饼|亮)",
            rf"(?<![\d.]){_DAY}(?:\s*{_DASH}\s*{_DAY})?日(?![内均元以])",
            rf"前(?:\d{{1,2}}|[{_COUNTS}]+)个月",
            _TIMES,
        )
    )
)
"""Dates, times and spells of the calendar."""


def _without(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text with what is no figure blanked out, place for place; and where its dates are."""
    blanked = _NONE.sub(_blank, text)
    told = [(match.start(), match.end()) for match in _DATE.finditer(blanked)]
    return _DATE.sub(_blank, blanked), told


def _blank(match: re.Match[str]) -> str:
    return "\x00" * len(match[0])


# --- what is one ------------------------------------------------------------------------------------------

_ARABIC = r"(?:\d{1,3}(?:[,，]\d{3})+(?![\d])|\d+)(?:\.\d+)?"
_CHINESE = rf"(?:[{_COUNTS}]+(?:[点點][零〇一二三四五六七八九]+)?)"
_PER = "%|‰|个?百分点|个?千分点|个?基点"
_MONEY = "亿?美元|亿?欧元|亿?港元|亿?日元|元|角|块钱|美金"
_MEASURES = (
    "平方公里|平方千米|平方米|立方米|公顷|公里|千米|厘米|毫米|纳米|米|海里|公斤|千克|毫克|微克|克|吨公里|吨|斤|千瓦时|千瓦|兆瓦|伏|度电|"
    "摄氏度|度|升|亩|小时|分钟|秒|个工作日|工作日|天|日|周年|周|个月|年|岁|倍|成|折|人次|人日|班次|车次|架次|批次|户次|件次|标准箱|"
    "kWh|km²|km2|km|kg|m²|m³|kW|MW|GW|mm|cm|mg|ml|GB|TB|MB|hm²|t|m|℃"
)
_THINGS = (
    "个|家|件|项|户|起|例|名|位|人|处|座|台|套|辆|艘|架|条|宗|笔|份|次|场|批|层|间|张|只|头|株|棵|本|册|篇|字|所|支|队|组|对|双|种|类|门|款|片|"
    "块|村|镇|街道|社区|部|列|幅|枚|栋|幢|轮|趟|班|节|课时|票|席|床|桶|箱|瓶|袋|盏|口|眼|孔|根|段|道|扇|面|匹|粒|尾|羽|路|点|分|期|届|版|级|档|代|县|国|省|市|区"
)
_UNIT = f"(?:{_PER}|{_MONEY}|{_MEASURES}|{_THINGS})"
_MANY = "[余多来几]?[十百千万亿]{0,3}[余多]?"
_PART = rf"(?:[ 　]?(?:{_PER}|{_MANY}[ 　]?{_UNIT}?))"

_FIGURE = re.compile(
    "|".join(
        (
            # 百分之十二点五, 三分之一, 4分之3
            rf"(?:{_CHINESE}|\d+)分之(?:{_CHINESE}|{_ARABIC})(?:{_DASH}(?:百分之)?(?:{_CHINESE}|{_ARABIC}))?",
            # 1:3, 3比1, 2/3
            r"(?<![\d.A-Za-z])\d+(?:\.\d+)?[ 　]?(?:[:/比])[ 　]?\d+(?:\.\d+)?(?![\d/])",
            # 3—5万元, 20%至30%, -3.2%, ¥1,200
            rf"(?<![\d.A-Za-z\x00])[+\-]?[¥￥$€]?{_ARABIC}{_PART}(?:[ 　]?{_DASH}[ 　]?[+\-]?{_ARABIC}{_PART})?",
            rf"{_ARABIC}{_PART}",
            # 翻一番, 翻番, 过半
            rf"翻(?:了)?[{_COUNTS}\d几]*番|减半|过半|近半|半数|一半|大半|零增长",
            # 两千三百万元, 三至五家, 十二点五个百分点
            rf"(?<![{_COUNTS}几数])(?:(?<=[近超逾约达上])[百千万亿]+|(?![百千万亿])(?!一(?:[^{_COUNTS}点]))(?!两(?:面|手|头|者|会|国|岸|级|地|市|省|县)){_CHINESE}(?:{_DASH}{_CHINESE})?)"
            rf"[余多来几]?[万亿]?[余多]?[ 　]?{_UNIT}(?:半)?",
            # one of something that is measured
            rf"(?<![{_COUNTS}第之统任每万进单唯同])一(?:元|吨|公里|亩|公顷|倍|成(?!不|立|为|长|员)|名|例|起(?=[{_COUNTS}\d一-龥]*(?:事故|案|火灾|较大|重大)))",
            # three million, written out and counted in nothing: of so many it is always a claim
            rf"(?<![{_COUNTS}几数])(?:(?<=[近超逾约达上])|(?=[一二两三四五六七八九十]))[一二两三四五六七八九十百千]+[万亿][{_COUNTS}]*[多余]?",
            rf"(?<![{_COUNTS}几数])[一二两三四五六七八九][{_COUNTS}]*[十百千][{_COUNTS}]*(?:多|余)?(?=[，。；、）])",
        )
    )
)


def _trimmed(text: str, start: int, end: int) -> int:
    """Where a figure ends without the spaces behind it."""
    return start + len(text[start:end].rstrip())


# --- where it stands --------------------------------------------------------------------------------------

_ENDS = re.compile(r"[。！？!?；;\n\r]+[”’）)]?")


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """Where each sentence begins and ends."""
    at = 0
    for end in _ENDS.finditer(text):
        yield at, end.end()
        at = end.end()
    if at < len(text):
        yield at, len(text)


def _figure(text: str, sentences: list[tuple[int, int]], start: int, end: int, is_date: bool) -> Figure:
    first, last = next(one for one in sentences if one[0] <= start < one[1])
    if last - first > LONGEST_SENTENCE:
        first, last = _around(first, last, start, end)
    lead = len(text[first:last]) - len(text[first:last].lstrip())
    return Figure(text[start:end], start, text[first:last].strip(), start - first - lead, is_date)


def _around(first: int, last: int, start: int, end: int) -> tuple[int, int]:
    """So much of a long sentence as is shown around a figure."""
    room = max(0, LONGEST_SENTENCE - (end - start)) // 2
    return max(first, start - room), min(last, end + room)
