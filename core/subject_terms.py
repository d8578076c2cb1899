"""Subject keywords (主题词) suggested from a document's title and text (C5, R16): index words, never printed.

No dictionary: a title says its matter between 关于 and the kind, so that part is split at verbs and function
words; what the text repeats is counted in runs of characters. The same document always gets the same words.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

MOST = 5
"""Words suggested at most."""

_LONGEST, _SHORTEST = 8, 2
_WHOLE = 12  # characters of a piece of the title that stays whole where the text does not take it apart
_OFTEN = 3  # times a run must stand in the text to be a word of it
_COUNTED = 20_000  # characters of the text that are counted: its subject is said by then

_KIND = re.compile(
    "的?(?:若干)?(?:指导意见|实施意见|请示|报告|批复|复函|答复|通知|通报|通告|公告|公报|决定|决议|命令|议案|意见|纪要|函|令)$"
)
_NOISE = re.compile(r"[（(〔\[【][^）)〕\]】]*[）)〕\]】]|\s+")
_INNER = re.compile("关于(?!.*关于)")

_SPLIT = re.compile(
    "|".join(
        (
            "[^\u4e00-\u9fff]+",
            # What is done, and how: said in every title and no subject of any.
            "进一步|切实|深入|全面|加快|加强|加大|做好|开展|推进|推动|推行|推广|促进|支持|强化|深化|落实|实施(?!条例)|印发|转发|"
            "批转|发布|公布|下达|调整|成立|组建|建立|设立|完善|健全|优化|改进|规范(?!性)|提高|提升|增强|发挥|打赢|助力|同意|"
            "召开|举办|报送|呈报|申请|申办|恳请|解决|有效|有序|健康|积极|认真|严格|扎实|统筹|组织|参加|防止|清理整顿|"
            "严禁|表彰|表扬|任免|聘任|修订|修改|废止|征求|明确|贯彻|执行|继续|给予|追加|拨付|核定|协调(?!委员会|会议)|协助|考察|所提|办理|提案|答复|第?号|配合|商请",
            # What ties words together, and what could stand behind any of them.
            "若干|有关|部分|相关|工作(?!规则|会议|报告)|问题|情况|事项|事宜|指导意见|实施意见|意见|建议|规定|当前|今后|指导|"
            "一个时期|期间|名义|组成人员|第[一二三四五六七八九十百\\d]+[批次届号期]?|年度?|[一二三四五六七八九十两]+个|"
            "领导小组|全省|全市|全县|我省|我市|我县|我区|本市|本省",
            "(?<!亲)和(?!谐|平|解|田|县|国)|与(?!会)|及(?!时)|以(?!上|下)|在(?!线|编|职|校|建)|对(?!外|口|台|接|象)|"
            "为(?!民)|等(?!级)|的|(?<![集其高初])中(?!小|央|国|心|学|等|医|药|部|期|考|介|华)|向(?!导)|把|将|从(?!业|严)|由(?!来)|并(?!购|联)|或",
        )
    )
)

_TAIL = re.compile("(?:实施方案|工作方案|行动计划|实施细则|管理办法|暂行办法|通知|力度|任务)$")

_STOP = "的了和与及在对等为是各要以于其之将把被由并或也不就都而从到按这该本此所向让使又再即且若如但则很更最已应须可能做好给我你他们您个些每同时当者中"
_RUN = re.compile(f"[^\\W\\d_a-zA-Z{_STOP}]+")

_BODIES = re.compile(
    "^(?:国务院|中共|省级|县级|地方|各)|(?:部门|政府|办公厅|办公室|单位|机关|机构|委员会|部|局|厅|委)$|副.长|负责|提出|完成|审查|进行|附件|国函|国办|国发"
)
"""Whoever acts or is told to: the text names them again and again, but they are not what it is about."""

_SITTING = re.compile("届|次会议|总理|书记|办公厅$|办公室$|人民政府$")
"""Pieces of a title that say on what occasion, not of what."""

_SAID_EVERYWHERE = (
    "国务院 办公厅 人民政府 市政府 省政府 县政府 工作 进行 通知 意见 规定 有关 部门 单位 地区 问题 情况 要求 加强 建立 "
    "完善 推进 组织 开展 落实 实施 提高 制度 发展 管理 建设 服务 支持 促进 推动 责任 机制 机关 同志 国家 全国 各级 "
    "负责 确保 严格 重点 重大 重要 相关 符合 根据 按照 认真 积极 鼓励 制定 规范 加快 健全 充分 发挥 作用 方面 以上 以下 "
    "方式 措施 标准 条件 内容 活动 项目 方案 材料 领导 人员 研究 办理 协调 公布 明确 统一 主管 同意 创新 保障 体系 "
    "能力 水平 社会 经济 自治区 直辖市 自治区直辖市 直属机构 委员会 特此通知 印发 执行 贯彻 结合实际 牵头 分工"
)
_COMMON = frozenset(_SAID_EVERYWHERE.split())
"""Runs that stand in most documents and say nothing of any."""

CATEGORIES: Mapping[str, tuple[str, ...]] = {
    "安全生产": ("安全生产", "隐患", "事故", "消防", "危险化学品", "煤矿", "瓦斯"),
    "应急管理": ("应急", "值班", "值守", "防汛", "抗旱", "防震减灾", "地质灾害", "险情", "预警"),
    "财政金融": ("财政", "预算", "经费", "资金", "融资", "贷款", "税收", "纳税", "所得税", "金融", "担保"),
    "人事编制": ("任免", "编制", "招录", "公务员", "职称", "干部", "考核", "组成人员"),
    "教育": ("教育", "学校", "幼儿园", "教师", "学生", "教材", "招生"),
    "科技": ("科技", "科学技术", "技术创新", "知识产权", "专利", "高新技术"),
    "文化体育": ("文化", "体育", "旅游", "文物", "运动会", "新闻出版"),
    "卫生健康": ("卫生", "医疗", "疫情", "医院", "药品", "健康中国", "疾病"),
    "农业农村": ("农业", "农村", "农机", "农民", "粮食", "扶贫", "乡村", "水利"),
    "劳动就业": ("就业", "劳动", "社会保险", "工资", "失业", "养老"),
    "城乡建设": ("城乡", "规划", "住房", "房屋", "市政", "道路", "供热", "供水"),
    "生态环境": ("环境", "污染", "生态", "废物", "无废", "节能", "绿化"),
    "商务贸易": ("贸易", "外资", "保税", "进出口", "消费", "市场监管", "口岸"),
    "交通运输": ("交通", "运输", "公路", "铁路", "机场", "港口", "客运"),
    "政务公开": ("政务", "公开", "网站", "新媒体", "信息化", "一网通办", "审批"),
    "法制": ("行政执法", "法治", "规范性文件", "条例", "立法", "复议", "诉讼"),
    "公文档案": ("公文", "档案", "印章", "保密", "机要", "收文", "发文"),
    "会议": ("会议", "会务", "参会", "议程", "座谈会"),
    "机关事务": ("机关事务", "公务用车", "办公用房", "公务接待", "节假日", "放假"),
}
"""Fields of office work, each with the words by which it is known."""


def suggested(title: str, body: str = "") -> tuple[str, ...]:
    """The subject keywords of a document, the best first, at most `MOST`; none where it says nothing."""
    text = body[:_COUNTED]
    found = _Found(text)
    for n, term in enumerate(_of_title(title, found)):
        found.add(term, 60 - 4 * n + min(found.count(term), 12))
    for term, times in _repeated(text):
        found.add(term, min(times, 15) * (len(term) - 1) / 2)
    category = _category(title, text)
    terms = found.best(MOST - bool(category))
    if category and not any(category in term or term in category for term in terms):
        terms.append(category)
    return tuple(terms[:MOST])


@dataclass
class _Found:
    """Words as they are found, each with how well it stands for the document."""

    text: str
    scores: dict[str, float] = field(default_factory=dict)

    def add(self, term: str, score: float) -> None:
        self.scores[term] = max(score, self.scores.get(term, 0))

    def count(self, term: str) -> int:
        return self.text.count(term)

    def best(self, most: int) -> list[str]:
        """The best words; one that overlaps a better one is left out."""
        taken = list[str]()
        for term in sorted(self.scores, key=lambda t: (-self.scores[t], t)):
            if len(taken) < most and not any(_overlap(term, other) for other in taken):
                taken.append(term)
        return taken


def _overlap(one: str, other: str) -> bool:
    """Whether one is within the other, or both begin or end alike with all but a character or two."""
    pairs = {one[n : n + 2] for n in range(len(one) - 1)} & {other[n : n + 2] for n in range(len(other) - 1)}
    return one in other or other in one or len(pairs) * 2 >= min(len(one), len(other))


# --- the title ----------------------------------------------------------------------------------------


def _of_title(title: str, found: _Found) -> Iterator[str]:
    """The words of a title's matter, in its order."""
    for piece in _SPLIT.split(_matter(title)):
        piece = _TAIL.sub("", piece or "")
        if _SITTING.search(piece):
            continue
        if _SHORTEST <= len(piece) <= _LONGEST and piece not in _COMMON:
            yield from _halves(piece, found)
        elif len(piece) > _LONGEST:
            parts = [*_within(piece, found)]
            yield from parts or ([piece] if len(piece) <= _WHOLE else [])


def _matter(title: str) -> str:
    """What stands between 关于 and the kind; of a title in a title, the inner one."""
    text = _NOISE.sub("", title)
    inner = re.search("《([^《》]{4,})》", text)
    if inner and "关于" in inner[1]:
        text = inner[1]
    parts = _INNER.split(text, maxsplit=1)
    matter = _KIND.sub("", parts[-1])
    return _KIND.sub("", matter)


def _halves(piece: str, found: _Found) -> Iterable[str]:
    """A piece of a title as it is; as its parts where the text speaks of those rather than of the whole."""
    if len(piece) < 6 or found.count(piece) >= 2:
        return (piece,)
    parts = [*_within(piece, found)]
    return parts if sum(map(len, parts)) >= len(piece) - 1 else (piece,)


def _within(piece: str, found: _Found) -> Iterator[str]:
    """The words of a long piece, by how often the text says them; longer ones first where they are as usual."""
    rest = [piece]
    while rest:
        part = rest.pop(0)
        runs = [
            part[begin:end]
            for begin in range(len(part))
            for end in range(begin + _SHORTEST, min(begin + _LONGEST, len(part)) + 1)
        ]
        counted = [(found.count(run) * (len(run) - 1.2), run) for run in runs if run not in _COMMON]
        weight, best = max(counted, key=lambda one: (one[0], -part.find(one[1])), default=(0, ""))
        if weight <= 2:
            continue
        yield best
        rest = [p for p in part.split(best, 1) if len(p) >= _SHORTEST] + rest


# --- the text -----------------------------------------------------------------------------------------


def _repeated(text: str) -> Iterator[tuple[str, int]]:
    """Runs of characters that the text repeats, no part of a longer one that is as frequent."""
    counts = Counter[str]()
    for run in _RUN.findall(text):
        for size in range(_SHORTEST, _LONGEST + 2):
            counts.update([run[n : n + size] for n in range(len(run) - size + 1)])
    least = max(_OFTEN, len(text) // 2_000)
    often = {run: times for run, times in counts.items() if times >= least}
    within = Counter[str]()  # how often at most it is a part of one and the same longer run
    for run, times in often.items():
        for part in (run[1:], run[:-1]):
            within[part] = max(within[part], times)
    for run, times in often.items():
        if len(run) <= _LONGEST and within[run] < 0.6 * times and not _is_common(run):
            yield run, times


def _is_common(run: str) -> bool:
    """Whether it says nothing by itself: of common words alone, or a common one with a character left over."""
    if run in _COMMON or _SPLIT.search(run) or _BODIES.search(run):
        return True
    rest = run
    for size in (4, 3, 2):
        for n in range(len(rest) - size + 1):
            if rest[n : n + size] in _COMMON:
                rest = rest[:n] + rest[n + size :]
                break
    return len(rest) < _SHORTEST


# --- the category -------------------------------------------------------------------------------------


def _category(title: str, text: str) -> str:
    """The field of office work it belongs to; none where its words are not met."""
    weights = {
        name: sum(25 * title.count(word) + text.count(word) for word in words)
        for name, words in CATEGORIES.items()
    }
    best = max(weights, key=lambda name: weights[name])
    return best if weights[best] >= max(6, len(text) / 250) else ""
