"""The title in lines (§7.3.1): meaning kept whole, well balanced, as a trapezoid or a diamond.

A clerk breaks a title where a reader may pause. So every place between two characters has a price, from
nothing (after 关于, 的 or a name in 《》) to never (inside a number or a word), and the cheapest set of
lines is taken, the outline of the lines having its price too.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import accumulate
from math import ceil, inf

from core.layout.measures import SIZES, TEXT_AREA

WIDEST = int(TEXT_AREA[0] / 25.4 * 72 / SIZES["二号"])
"""Characters of 二号 a line can hold."""

_COMFORTABLE = WIDEST - 2
_MOST_LINES = 5  # beyond, nobody looks for an outline
_LEAST_OF_MEAN = 0.45  # a line shorter than this part of the mean looks lost
_NOT_FIRST = "、，。；：？！）》〉〕】”’.,;:?!)%％·—-"
_NOT_LAST = "（《〈〔【“‘(—-"
_AWKWARD_FIRST = ("关于", "的", "和", "与", "及", "或", "等", "了")
_WORDS = """
关于 进一步 通知 通报 通告 公告 公报 决定 决议 命令 意见 报告 请示 批复 议案 纪要 工作 管理 办法 规定 方案 实施 细则 印发
转发 贯彻 落实 加强 做好 开展 推进 推动 促进 建设 改革 发展 安全 生产 检查 专项 行动 整治 会议 精神 领导 小组 成员 调整
成立 任免 人员 干部 机关 单位 部门 办公室 委员会 人民政府 人民 政府 市委 街道 办事处 财政局 项目 资金 经费 预算
申请 审批 许可 登记 服务 保障 应急 防汛 抗旱 防火 预案 演练 培训 考核 评价 监督 督查 信息 系统 公文 处理 档案 文件
制度 规范 机制 体系 计划 规划 总结 情况 问题 有关 事项 年度 全市 全县 全省 全区 国家 经济 社会 组织 活动 放假 安排
专题 常务 联席 修订 试行 征求 答复 商请 协助 支持 提供 调研 考察 接待 表彰 先进 集体 个人 表扬 批评 值班 建议
设立 增加 拨付 解决 购置 采购 维修 改造 使用 标准 指导 统筹 协调 优化 提升 提高 完善 健全 强化 深化 规程 清单 以及
召开 举办 参加 报送 公布 发布 认真 切实 严格 深入 全面 持续 重点 重大 基层 群众 企业 行政 公共 设施 环境 保护
"""
_KNOWN = re.compile(
    "|".join((r"[\u4e00-\u9fff]{2}(?:管理)?局", *sorted(_WORDS.split(), key=len, reverse=True)))
)
_WHOLE = re.compile(
    r"\d{4}年\d{1,2}月(?:\d{1,2}日)?|\d{4}[—-]\d{4}年|〔\d+〕\d*号?"
    r"|[A-Za-z0-9]+(?:[.．:：·-][A-Za-z0-9]+)*(?:年度?|月份?|日|号|周年|届|次|期|个|项|%|％|万元|亿元|名|人|批)?"
    r"|第[一二三四五六七八九十百〇零\d]+[次届期批季号个]|[一二三四五六七八九十百]+届"
)
_NAME = re.compile(r"《[^《》]*》|“[^“”]*”|（[^（）]*）|[\d一二三四五六七八九十]+届[一二三四五六七八九十]+次")
_FREE = re.compile(r"关于(?=[^，。])|的|》|、|，|和|与|及")

_UNKNOWN, _BESIDE_A_WORD, _BETWEEN_WORDS, _AWKWARD = 5.0, 2.0, 0.8, 4.0
_IN_A_WORD, _IN_A_NAME = 60.0, 200.0


def width(text: str) -> float:
    """How many characters wide a text is; figures and Latin letters take half of one."""
    return sum(0.5 if c.isascii() else 1.0 for c in text)


@lru_cache(maxsize=64)
def broken(title: str) -> tuple[str, ...]:
    """The lines of a title; together they are the title, and none is wider than the text area."""
    title = " ".join(title.split())
    if width(title) <= _COMFORTABLE:
        return (title,) if title else ()
    fewest = ceil(width(title) / WIDEST)
    prices = _prices(title)
    if fewest > _MOST_LINES:
        return _filled(title, prices)
    tried = [_cheapest(title, prices, count) for count in range(fewest, fewest + 2)]
    best = min(tried, key=lambda lines: lines[0])
    return best[1] or _filled(title, prices)


def _prices(title: str) -> tuple[float, ...]:
    """What a break before each character costs."""
    prices = [_UNKNOWN] * (len(title) + 1)
    for word in _KNOWN.finditer(title):
        for edge in word.span():
            prices[edge] = _BETWEEN_WORDS if prices[edge] == _BESIDE_A_WORD else _BESIDE_A_WORD
    for free in _FREE.finditer(title):
        prices[free.end()] = 0.0
    _keep_whole(title, prices)
    for at in range(1, len(title)):
        if title.startswith(_AWKWARD_FIRST, at):
            prices[at] += _AWKWARD
        if title[at] in _NOT_FIRST or title[at - 1] in _NOT_LAST:
            prices[at] = inf
    return tuple(prices)


def _keep_whole(title: str, prices: list[float]) -> None:
    """Words, names and numbers; one wider than the line has to be broken somewhere all the same."""
    for pattern, price in ((_KNOWN, _IN_A_WORD), (_NAME, _IN_A_NAME), (_WHOLE, inf)):
        for found in pattern.finditer(title):
            for at in range(found.start() + 1, found.end()):
                prices[at] += min(price, _IN_A_NAME) if width(found.group()) > WIDEST else price


def _cheapest(title: str, prices: tuple[float, ...], count: int) -> tuple[float, tuple[str, ...]]:
    """The best `count` lines and their price; no lines where there is no way."""
    reached = (0.0, *accumulate(map(width, title)))
    mean = reached[-1] / count

    def ends(start: int, left: int) -> Iterator[int]:
        """Where the line that begins at `start` may end, `left` lines being left with it."""
        for end in [len(title)] if left == 1 else range(start + 1, len(title)):
            wide, after = reached[end] - reached[start], reached[-1] - reached[end]
            if mean * _LEAST_OF_MEAN <= wide <= WIDEST and after <= (left - 1) * WIDEST and prices[end] < inf:
                yield end
            elif wide > WIDEST:
                return

    @cache
    def rest(start: int, left: int, before: float, fallen: bool) -> tuple[float, tuple[str, ...]]:
        best: tuple[float, tuple[str, ...]] = (inf, ())
        for end in ends(start, left):
            wide = reached[end] - reached[start]
            price = prices[end] if left > 1 else 0.0
            price += (
                _outline(wide, before, fallen) + (wide - mean) ** 2 * 0.12 + max(0.0, wide - _COMFORTABLE)
            )
            if price >= best[0]:
                continue
            more = rest(end, left - 1, wide, fallen or 0 < wide < before) if left > 1 else (0.0, ())
            if price + more[0] < best[0]:
                best = (price + more[0], (title[start:end], *more[1]))
        return best

    price, lines = rest(0, count, 0.0, False)
    return price + count * 1.5, lines


def _outline(wide: float, before: float, fallen: bool) -> float:
    """A line as wide as the one before makes a block; one wider than a line that had narrowed, an hourglass."""
    if not before:
        return 0.0
    if wide > before and fallen:
        return 8.0 + (wide - before)
    return 1.5 if abs(wide - before) < 1 else 0.0


def _filled(title: str, prices: tuple[float, ...]) -> tuple[str, ...]:
    """Line by line, each nearly as full as it gets: for what is too long for an outline."""
    lines = []
    while width(title) > WIDEST:
        most = max(at for at in range(1, 2 * WIDEST + 1) if width(title[:at]) <= WIDEST)
        end = min(range(most, 0, -1), key=lambda at: prices[at] - at)
        lines.append(title[:end])
        title, prices = title[end:], prices[end:]
    return (*lines, title)
