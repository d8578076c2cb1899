"""Figures of a Chinese text, found one by one (R61, R63): what is one, what is none, and where it stands."""

import gzip
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.figures import LONGEST_SENTENCE, figures

SHARED = Path(__file__).parents[2] / "shared" / "data"

FOUND = {
    "完成投资12.5亿元，同比增长3.2%": ["12.5亿元", "3.2%"],
    "财政收入1,234,567.8万元，下降-3.2％": ["1,234,567.8万元", "-3.2％"],
    "共１２３家，占４５％": ["１２３家", "４５％"],
    "高于上年2.3个百分点，低0.5百分点": ["2.3个百分点", "0.5百分点"],
    "预计3—5万元，约20%至30%": ["3—5万元", "20%至30%"],
    "由5.4个工作日降到3.1个工作日": ["5.4个工作日", "3.1个工作日"],
    "三分之一的企业、百分之十二点五": ["三分之一", "百分之十二点五"],
    "产值翻一番，出口翻两番，成本减半": ["翻一番", "翻两番", "减半"],
    "涉及资金两千三百万元，三家企业": ["两千三百万元", "三家"],
    "二十三点五亿元，十五个项目，超过八成": ["二十三点五亿元", "十五个", "八成"],
    "三至五家，30余万人次，近百家": ["三至五家", "30余万人次", "百家"],
    "人口控制在十二亿以内，上百万农户": ["十二亿", "百万"],
    "比例为3:1，4分之3，2/3，3比1": ["3:1", "4分之3", "2/3", "3比1"],
    "¥3,000.50，增长1.5倍，1.2万亿元": ["¥3,000.50", "1.5倍", "1.2万亿元"],
    "24小时内，每2名，前10名，11个月": ["24小时", "2名", "10名", "11个月"],
    "50吨、1.88万所、7.5级、135米、13亿人": ["50吨", "1.88万所", "7.5级", "135米", "13亿人"],
    "发生一起火灾，死亡一名，翻一倍": ["一起", "一名", "一倍"],
    "拨打12345，共86个项目已开工81个": ["12345", "86个", "81个"],
}
"""Texts and the figures in them, in their order."""

NONE = (
    "国办发〔2026〕3号和第3期、第十二条",
    "2026年11月20日，11月，20日，2026年度，1—11月，2026—2030年，11月20日至25日",
    "二〇二六年十一月二十日，十一月，一季度，第三季度，前三季度",
    "上午9点，9:30，8点30分，2026-11-20",
    "一、主要情况\n（二）存在问题\n1.原因\n（3）措施\n3.2 目标",
    "5G网络，PM2.5，GB/T 9704-2012，3D打印，甲型H1N1",
    "“四个意识”，四个自信，两个维护，一国两制，三农",
    "一是抓落实，二是抓监督；十分重要，千万不要，千方百计，万一",
    "一个重要方面，一些企业，一起努力，百家争鸣，几万人",
    "90后，80年代，21世纪，十四五，党的二十大，十一届三中全会",
    "https://a.cn/12，x1@b.cn，3号楼",
)
"""What has numbers in it, and no figure."""


@pytest.mark.parametrize(("text", "expected"), FOUND.items(), ids=list(FOUND))
def test_every_figure_of_a_text_is_found(text, expected):
    assert [one.text for one in figures(text)] == expected


@pytest.mark.parametrize("text", NONE)
def test_dates_ordinals_numbers_of_documents_and_names_are_none(text):
    assert [one.text for one in figures(text)] == []


def test_dates_are_listed_where_they_are_asked_for():
    """Among the figures, in their order, and marked as what they are."""
    found = figures("11月20日完成218家，2026年底前再完成30%。", dates=True)
    assert [(one.text, one.is_date) for one in found] == [
        ("11月20日", True), ("218家", False), ("2026年底", True), ("30%", False),
    ]  # fmt: skip


def test_each_figure_comes_with_its_sentence_and_its_place():
    text = "一、情况\n共检查218家；发现隐患97处。整改率82%！"
    first, second, third = figures(text)
    assert (first.sentence, second.sentence, third.sentence) == (
        "共检查218家；",
        "发现隐患97处。",
        "整改率82%！",
    )
    for one in (first, second, third):
        assert text[one.start : one.end] == one.text == one.sentence[one.at : one.at + len(one.text)]


def test_of_a_long_sentence_so_much_is_shown_as_can_be_read():
    (one,) = figures("情况" * 300 + "共218家" + "，继续" * 300)
    assert len(one.sentence) <= LONGEST_SENTENCE and "共218家" in one.sentence


TEXTS = st.text(
    alphabet="全市完成项投资亿万元家个百分点一二三十％%0123456789.,，。；—-~年月日第号〔〕（）“”\n 比至到翻番之ＡA5G",
    max_size=120,
)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_whatever_is_written_figures_stand_where_they_say_and_never_overlap(text):
    at = 0
    for one in figures(text, dates=True):
        assert one.text and one.start >= at and text[one.start : one.end] == one.text
        if one.text.strip() == one.text:
            assert one.sentence[one.at : one.at + len(one.text)] == one.text
        at = one.end


@settings(max_examples=200, deadline=None)
@given(
    st.decimals(min_value=0, max_value=10**9, places=2),
    st.sampled_from(("", "万", "亿", "余万", "多亿")),
    st.sampled_from(("元", "吨", "人", "家", "件", "个", "项", "户", "%", "个百分点")),
    st.booleans(),
)
def test_a_figure_in_a_sentence_is_found_whole(value, many, unit, wide):
    """Whatever the number and its unit, in narrow or in full-width digits."""
    number = f"{value}"
    if wide:
        number = number.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789."})
    said = f"{number}{'' if unit in ('%', '个百分点') else many}{unit}"
    assert [one.text for one in figures(f"全市合计{said}，情况良好。")] == [said]


@settings(max_examples=200, deadline=None)
@given(
    st.integers(2, 9),
    st.sampled_from(("十", "百", "千", "万")),
    st.sampled_from(("元", "吨", "家", "项", "户", "人")),
)
def test_a_number_in_characters_with_a_unit_is_found(first, rank, unit):
    said = f"{'一二三四五六七八九'[first - 1]}{rank}{unit}"
    assert [one.text for one in figures(f"涉及{said}，情况良好。")] == [said]


def test_in_real_documents_no_number_is_left_over():
    """Every run of digits in the paragraphs is a figure, a date, or one of the things that are known to be neither."""
    if not SHARED.exists():
        pytest.skip("the paragraphs are not on this machine")
    known = re.compile(
        r"[〔\[（(]\d{4}[〕\]）)]|号|^\s*[（(]?\d+(?:\.\d+)*[）).．、 　]|第\d+|\d+[.．·]\d+|[A-Za-z]|\d\d?世纪|\d{4}|[（(]\d+[）)]|[0-9]{1,2}[.．]\D"
    )
    left = []
    for line in _paragraphs():
        narrow = line.translate({c: c - 0xFEE0 for c in range(0xFF10, 0xFF1A)})
        rest = list(narrow)
        for one in figures(line, dates=True):
            rest[one.start : one.end] = "■" * len(one.text)
        for run in re.finditer(r"\d+", "".join(rest)):
            around = narrow[max(0, run.start() - 8) : run.end() + 8]
            if not known.search(around):
                left.append(around)
    assert len(left) <= 20, left


def _paragraphs():
    with gzip.open(SHARED / "work-report-paragraphs.txt.gz", "rt", encoding="utf-8") as file:
        yield from (line.rstrip("\n") for n, line in enumerate(file) if n % 10 == 0)
    for line in (SHARED / "state-council-documents.jsonl").read_text(encoding="utf-8").splitlines()[:15]:
        yield from json.loads(line)["body"].split("\n")
