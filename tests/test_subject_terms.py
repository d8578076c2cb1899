"""The subject keywords that the program suggests from a document's title and text (R16, C5)."""

import json
import time
from pathlib import Path

import pytest

from core.subject_terms import MOST, suggested

WINTER = (
    "各区县人民政府，市政府各部门：\n近期气温骤降，燃气取暖设备使用增多，一氧化碳中毒事故时有发生。\n"
    "一、全面排查燃气取暖设备\n各街道对辖区燃气取暖设备逐户登记，燃气取暖设备无排烟管道的立即停用。\n"
    "二、安装一氧化碳报警器\n年底前为独居老人安装一氧化碳报警器，所需一氧化碳报警器由市财政购置。\n"
    "三、做好宣传\n通过广播讲明燃气取暖设备的正确用法和一氧化碳报警器的作用。"
)
LIFTS = (
    "为改善居住条件，市政府决定在三个街道开展老旧小区加装电梯试点。\n一、老旧小区加装电梯须经业主表决。\n"
    "二、老旧小区加装电梯的资金由业主分摊，财政给予补贴。三、试点街道每月报送加装电梯进度。"
)
DATA = Path(__file__).parents[2] / "shared" / "data" / "state-council-documents.jsonl"


def test_what_the_title_is_about_comes_first_and_what_the_text_repeats_follows():
    terms = suggested("某某市人民政府关于加强冬季燃气取暖安全管理工作的通知", WINTER)
    assert terms[0] == "燃气取暖"
    assert "一氧化碳报警器" in terms[1:]


def test_a_long_title_is_taken_apart_by_the_words_of_the_text():
    terms = suggested("某某市人民政府办公室关于开展老旧小区加装电梯资金补贴试点工作的通知", LIFTS)
    assert "老旧小区加装电梯" in terms
    assert all(len(term) <= 8 for term in terms)


@pytest.mark.parametrize(
    ("title", "first"),
    [
        ("关于追加防汛抢险经费的请示", "防汛抢险经费"),
        ("关于转发《省政府办公厅关于规范公务接待管理的通知》的通知", "公务接待管理"),
        ("关于印发2026年度政务公开工作要点的通知", "政务公开"),
        ("关于商请协助提供人口普查数据的函", "提供人口普查数据"),
        ("市安委会关于冬春火灾防控和危险化学品整治情况的报告", "冬春火灾防控"),
    ],
)
def test_verbs_function_words_and_the_kind_are_no_subject(title, first):
    terms = suggested(title)
    assert terms[0].startswith(first)
    assert not any(word in "".join(terms) for word in ("关于", "通知", "请示", "印发", "转发", "工作要"))


def test_the_field_of_work_closes_the_list():
    assert suggested("关于追加防汛抢险经费的请示")[-1] == "应急管理"
    assert suggested("关于调整作息的通知") == ("作息",)


def test_whoever_acts_is_not_what_it_is_about():
    body = "市财政部门负责。各级人民政府、市财政部门要落实。市财政部门按月通报。" * 5
    assert not any("部门" in term or "政府" in term for term in suggested("关于做好决算工作的通知", body))


@pytest.mark.parametrize(
    "title", ["", "通知", "关于的通知", "2026", "《》", "关于" * 200, "a" * 600, "的" * 50]
)
def test_a_title_that_says_nothing_gets_nothing(title):
    assert suggested(title) == ()


def test_it_is_the_same_each_time_and_never_too_many():
    terms = suggested("关于加强冬季燃气取暖安全管理工作的通知", WINTER * 20)
    assert terms == suggested("关于加强冬季燃气取暖安全管理工作的通知", WINTER * 20)
    assert len(terms) <= MOST
    assert len(set(terms)) == len(terms)


def test_the_longest_text_takes_no_time():
    start = time.process_time()
    suggested("关于加强冬季燃气取暖安全管理工作的通知", (WINTER * 400)[:60_000])
    assert time.process_time() - start < 0.5


@pytest.mark.skipif(not DATA.exists(), reason="the published documents are not here")
def test_published_documents_get_words_of_their_own_matter():
    """Of documents that say what they are about, the first word stands in the title, and four in five have a field."""
    documents = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]
    told = [d for d in documents if "关于" in d["title"]]
    found = [(d["title"], suggested(d["title"], d["body"])) for d in told]
    assert all(terms and len(terms) <= MOST for _, terms in found)
    in_title = [terms[0] in title.replace("\n", "") for title, terms in found]
    assert sum(in_title) == len(in_title)
