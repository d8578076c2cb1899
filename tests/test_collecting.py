"""What sources outside bring: fetched, compared, laid before a person, judged with one tap (R57)."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from core.collecting import Known, Point, is_near, line_of, link_of, words_in
from core.errors import Conflict, NotAllowed, Refused
from db.collecting.collector import Collector
from db.collecting.web import Patience, is_public
from db.tables import JournalRow
from tests.collecting import feed, site

LOCAL = "127.0.0.1 内网"

POLICY = {"title": "政策变化", "words": "安全生产、营商环境", "how": "命中任一", "never": "招聘"}


@pytest.fixture
def web():
    with site() as here:
        yield here


@pytest.fixture
def collector(database, collecting, clock):
    return Collector(database, collecting, clock, patience=Patience(read=0.6, whole=1.5, largest=2**20))


@pytest.fixture
def allowed(collecting, director):
    """The site of these stories is on the office's list, as one of the house."""
    collecting.set_hosts({"hosts": LOCAL}, by=director)


@pytest.fixture
def watch(collecting, allowed, secretary, reader_of):
    """A source that is switched on: `watch(address)` gives its id."""

    def watch(address, means="订阅", title="省政府网站", by=secretary, **more):
        told = {"title": title, "means": means, "address": address, "takes": "信息", "every": 30, **more}
        source = collecting.keep_source(told, by=by)
        collecting.switch(source, True, by=by, seen=1)
        return source

    return watch


@pytest.fixture
def inbox(reader_of, secretary):
    """The titles that wait for a person, the newest first."""
    return lambda **more: [one.clipping.title for one in reader_of(secretary).clippings(**more)]


ITEMS = (
    ("省政府印发安全生产责任考核办法", "https://a.example/1", "办法共五章，自明年一月起施行。"),
    ("关于优化营商环境若干措施的通知", "https://a.example/2", "提出二十条措施。"),
    ("安全生产岗位招聘公告", "https://a.example/3", "招聘若干名。"),
    ("全省运动会开幕", "https://a.example/4", "开幕式在体育中心举行。"),
)


def test_what_is_looked_for_waits_for_a_person_and_the_rest_is_left(
    web, watch, collector, collecting, inbox, secretary, reader_of
):
    """Two of four match the monitoring point; one bears a word that rules it out."""
    point = collecting.keep_point(POLICY, by=secretary)
    source = watch(web.serves("/a", feed(*ITEMS)), point=point)
    assert collector.look(source) == "新收 2 条，与监测点无关 2 条"
    assert sorted(inbox()) == ["关于优化营商环境若干措施的通知", "省政府印发安全生产责任考核办法"]
    first = next(one for one in reader_of(secretary).clippings() if "考核" in one.clipping.title)
    assert first.clipping.matched == ("安全生产",)
    assert first.clipping.point == "政策变化"
    assert first.source == "省政府网站"
    assert first.clipping.published_at == datetime(2026, 11, 20, 2, tzinfo=UTC)
    assert (first.suggested.urgency, first.suggested.importance) == ("黄", "高")
    assert collector.look(source) == "新收 0 条，已有 2 条，与监测点无关 2 条"


def test_one_tap_keeps_and_grades_and_nobody_does_it_twice(
    web, watch, collector, collecting, secretary, director, reader_of
):
    """The clipping becomes an item of information in the same moment; the second person is told who was first."""
    collector.look(watch(web.serves("/a", feed(ITEMS[0]))))
    found = reader_of(secretary).clippings()[0]
    case = collecting.use(found.clipping.id, by=secretary)
    assert case.number == "信〔2026〕1号"
    assert (case.data["info_urgency"], case.data["importance"]) == ("黄", "高")
    assert (case.data["channel"], case.data["source_name"]) == ("外部", "省政府网站")
    assert case.data["source_link"] == "https://a.example/1"
    assert reader_of(secretary).clippings() == []
    with pytest.raises(Conflict, match="王敏已于 11-20 15:00 把这一条已登记为 信〔2026〕1号"):
        collecting.use(found.clipping.id, by=director)
    assert collecting.drop([found.clipping.id], by=director)[found.clipping.id].startswith("王敏已于")
    assert reader_of(director).register("information")["number"].tolist() == ["信〔2026〕1号"]


def test_a_grade_other_than_the_suggested_one_wants_a_reason(
    web, watch, collector, collecting, secretary, reader_of
):
    """What was refused leaves the clipping where it is, and no half a case."""
    collector.look(watch(web.serves("/a", feed(ITEMS[0]))))
    waiting = reader_of(secretary).clippings()[0].clipping.id
    other = {"info_urgency": "蓝", "importance": "低"}
    with pytest.raises(Refused, match="请写明定级理由"):
        collecting.use(waiting, other, by=secretary)
    assert len(reader_of(secretary).clippings()) == 1
    case = collecting.use(waiting, {**other, "grade_because": "只是转载"}, by=secretary)
    assert (case.number, case.data["info_urgency"]) == ("信〔2026〕1号", "蓝")


def test_several_are_judged_at_once(web, watch, collector, collecting, secretary, inbox, reader_of):
    """What one of them is refused for does not stop the others; what was dropped does not come again."""
    source = watch(web.serves("/a", feed(*ITEMS)))
    collector.look(source)
    ids = {one.clipping.title: one.clipping.id for one in reader_of(secretary).clippings()}
    kept = collecting.use_all([ids[ITEMS[0][0]], ids[ITEMS[1][0]], "absent"], by=secretary)
    assert [*kept.values()] == [None, None, "没有这条来件，或已有人处理，请刷新后再看"]
    assert [*collecting.drop([ids[ITEMS[3][0]]], by=secretary).values()] == [None]
    assert inbox() == [ITEMS[2][0]]
    assert inbox(state="dropped") == [ITEMS[3][0]]
    assert collector.look(source) == "新收 0 条，已有 4 条"
    assert len(reader_of(secretary).register("information")) == 2


def test_only_whoever_judges_may_judge_or_look(
    web, watch, collector, collecting, accountant, auditor, leader, reader_of
):
    """A department's people see nothing of it; the auditor sees and does nothing."""
    collector.look(watch(web.serves("/a", feed(ITEMS[0]))))
    waiting = reader_of(auditor).clippings()[0].clipping.id
    for person in (accountant, auditor, leader):
        with pytest.raises(NotAllowed, match="这一步由办公室主任、文秘岗办理"):
            collecting.use(waiting, by=person)
        with pytest.raises(NotAllowed):
            collecting.drop([waiting], by=person)
        with pytest.raises(NotAllowed):
            collecting.keep_point(POLICY, by=person)
    with pytest.raises(NotAllowed):
        reader_of(accountant).clippings()
    assert reader_of(accountant).clippings_waiting() == {"信息": 0, "来文": 0}
    with pytest.raises(NotAllowed, match="管理员"):
        collecting.set_hosts({"hosts": ""}, by=leader)


def test_the_same_from_elsewhere_is_one_and_the_near_same_is_marked(
    web, watch, collector, inbox, secretary, reader_of
):
    """An agency's text under another address is the same; a slightly changed one is shown beside the first."""
    text = "为深入贯彻落实安全生产各项部署，切实压实各级责任，省政府办公厅近日印发考核办法，自明年一月一日起施行。"
    first = ("省政府印发安全生产责任考核办法", "https://a.example/1", text)
    same = (first[0], "https://b.example/9", text)
    near = (
        "我省出台安全生产责任考核办法",
        "https://c.example/7",
        text.replace("近日印发", "日前正式印发了"),
    )
    assert collector.look(watch(web.serves("/a", feed(first)))) == "新收 1 条"
    assert collector.look(watch(web.serves("/b", feed(same)), title="市政府网站")) == "新收 0 条，已有 1 条"
    assert collector.look(watch(web.serves("/c", feed(near)), title="晚报")) == "新收 1 条"
    assert [one.near for one in reader_of(secretary).clippings() if one.source == "晚报"] == [first[0]]


def journal_of(database, action):
    with database.reading() as session:
        return [
            (row.subject, row.data.get("why"))
            for row in session.scalars(select(JournalRow).where(JournalRow.action == action))
        ]


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(
        f'<!ENTITY lol{n} "{("&lol" + (str(n - 1) if n > 1 else "") + ";") * 10}">' for n in range(1, 10)
    )
    + "]><rss version='2.0'><channel><title>&lol9;</title></channel></rss>"
)
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    "<rss version='2.0'><channel><title>&x;</title><item><title>&x;</title></item></channel></rss>"
)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda web: web.serves("/x", BOMB), "订阅里带有 DTD 或实体声明，有安全风险，没有读"),
        (lambda web: web.serves("/x", BOMB.encode("utf-16")), "订阅里带有 DTD 或实体声明，有安全风险，没有读"),
        (lambda web: web.serves("/x", OUTSIDE), "订阅里带有 DTD 或实体声明，有安全风险，没有读"),
        (lambda web: web.serves("/x", "not xml at all"), "不是订阅"),
        (lambda web: web.is_huge("/x", 2**21), "127.0.0.1 的内容超过 1 MB，没有收"),
        (lambda web: web.drips("/x", 0.05), "127.0.0.1 1.5 秒没有答完，下次再试"),
        (lambda web: web.drips("/x", 5), "127.0.0.1 0.6 秒没有回答，下次再试"),
        (lambda web: web.url("/nothing"), "127.0.0.1 答复 404，请核对网址"),
        (lambda web: web.sends_on("/x", "/x"), "转了 3 次还没有到"),
        (lambda web: web.sends_on("/x", "http://localhost:1/"), "localhost不在准许访问的网站名单上"),
        (lambda web: web.sends_on("/x", "file:///etc/passwd"), "地址不是 http 或 https 网址"),
        (lambda web: web.sends_on("/x", "http://me:secret@127.0.0.1/"), "地址不是 http 或 https 网址"),
        (lambda web: "http://127.0.0.1:9/", "127.0.0.1 连不上"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_is_hostile_or_broken_is_refused_with_a_sentence(
    web, watch, collector, database, inbox, make, says
):
    """Nothing of it is kept, it stands in the journal, and it is over in a moment."""
    source = watch(make(web))
    assert says in collector.look(source)
    assert inbox() == []
    (subject, why), = journal_of(database, "source.failed")  # fmt: skip
    assert subject == "省政府网站"
    assert says in why


def test_one_that_fails_stops_no_other_and_is_asked_less_and_less(
    web, watch, collector, clock, reader_of, secretary, inbox
):
    """Both are due; the broken one waits twice as long with each failure, and a good look ends that."""
    broken = watch(web.url("/none"), title="坏的")
    good = watch(web.serves("/a", feed(ITEMS[0])), title="好的")
    assert collector.is_wanted(clock())
    collector.run(clock())
    assert inbox() == [ITEMS[0][0]]
    assert not collector.is_wanted(clock())
    waits = []
    for _ in range(7):
        known = reader_of(secretary).sources()[broken]
        waits.append((known.next_at - clock()).total_seconds() / 60)
        clock.now = known.next_at
        collector.look(broken)
    assert waits == [60, 120, 240, 480, 960, 1440, 1440]
    web.serves("/none", feed(ITEMS[1]))
    assert collector.look(broken) == "新收 1 条"
    known = reader_of(secretary).sources()
    assert (known[broken].failures, known[good].failures) == (0, 0)


def test_nobody_is_called_while_no_source_is_switched_on(
    web, collecting, allowed, collector, secretary, clock
):
    """A new source rests, and one that was switched off is asked no more (P32)."""
    asked = len(web.asked)
    told = {
        "title": "一个来源",
        "means": "订阅",
        "address": web.serves("/a", feed(*ITEMS)),
        "takes": "信息",
        "every": 30,
    }
    source = collecting.keep_source(told, by=secretary)
    collector.run(clock())
    assert (collector.is_wanted(clock()), len(web.asked)) == (False, asked)
    collecting.switch(source, True, by=secretary, seen=1)
    collecting.switch(source, False, by=secretary, seen=2)
    collector.run(clock())
    assert len(web.asked) == asked
    with pytest.raises(Conflict, match="刚有人改过"):
        collecting.switch(source, True, by=secretary, seen=1)


def test_a_host_that_leaves_the_list_is_called_no_more(
    web, watch, collecting, collector, director, secretary, database
):
    """Without its name on the list a source cannot be set up either; the refusal stands in the journal."""
    source = watch(web.serves("/a", feed(*ITEMS)))
    asked = len(web.asked)
    collecting.set_hosts({"hosts": "www.gov.cn"}, by=director)
    assert "127.0.0.1不在准许访问的网站名单上" in collector.look(source)
    assert len(web.asked) == asked
    with pytest.raises(Refused, match="不在准许访问的网站名单上"):
        collecting.keep_source(
            {"title": "x", "means": "网页", "address": "http://evil.example/", "takes": "信息", "every": 30},
            by=secretary,
        )


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_name_that_leads_into_the_house_is_refused_after_it_was_looked_up(
    web, watch, collecting, collector, director
):
    """`localhost` may stand on the list; only where it is named as one of the house is it called (SSRF)."""
    collecting.set_hosts({"hosts": "localhost"}, by=director)
    address = web.serves("/a", feed(*ITEMS)).replace("127.0.0.1", "localhost")
    asked = len(web.asked)
    source = watch(address)
    assert "localhost 指向内部地址，不能访问" in collector.look(source)
    assert len(web.asked) == asked
    collecting.set_hosts({"hosts": "localhost 内网"}, by=director)
    assert collector.look(source) == "新收 4 条"


def test_what_counts_as_an_address_of_the_open_net():
    """Addresses that lead back into the house stay closed in whatever clothes they come."""
    closed = (
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "::", "::1", "fe80::1%eth0", "fc00::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
    )  # fmt: skip
    assert [one for one in closed if is_public(one)] == []
    assert is_public("8.8.8.8") and is_public("2001:4860:4860::8888")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_proxy_of_the_environment_is_used(web, watch, collector, monkeypatch):
    """A proxy would see what the office reads, and could lead anywhere."""
    for name in ("http_proxy", "https_proxy", "ALL_PROXY", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert collector.look(watch(web.serves("/a", feed(ITEMS[0])))) == "新收 1 条"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_redirection_within_the_list_is_followed(web, watch, collector):
    """Three times at most; what it leads to is read as if it stood there."""
    web.serves("/d", feed(ITEMS[0]))
    for here, there in (("/c", "/d"), ("/b", "/c"), ("/a", "/b")):
        web.sends_on(here, there)
    assert collector.look(watch(web.url("/a"))) == "新收 1 条"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_feed_that_is_broken_half_way_gives_what_can_be_read(web, watch, collector, inbox):
    """And says so; Atom is read like RSS, in the office's old encoding as well."""
    half = feed(ITEMS[0], ITEMS[1])
    half = half[: half.index("</channel>")] + "<item><title>坏 & <b>"
    said = collector.look(watch(web.serves("/a", half)))
    assert said.endswith("订阅内容有错，只读出一部分")
    assert {ITEMS[0][0], ITEMS[1][0]} <= set(inbox())
    atom = (
        '<?xml version="1.0" encoding="gb18030"?><feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><entry>'
        '<title>关于城市更新的指导意见</title><id>tag:1</id><link href="/x"/><summary type="html">&lt;p&gt;第一段'
        "&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;</summary></entry></feed>"
    )
    kind = "application/atom+xml"
    assert collector.look(watch(web.serves("/b", atom.encode("gb18030"), kind), title="二")) == "新收 1 条"
    assert "关于城市更新的指导意见" in inbox()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_page_gives_its_titles_with_their_addresses(web, watch, collector, reader_of, secretary):
    """Buttons, scripts and mail addresses are none; what changed its address only is the same."""
    page = """<html><head><meta charset="utf-8"><base href="/list/"></head><body>
      <a href="a.html">关于印发行政规范性文件管理办法的通知</a> <a href="a.html#top">关于印发行政规范性文件管理办法的通知</a>
      <a href="b.html" title="全市消防安全专项检查情况的通报全文">全市消防安全…</a> <a href="c.html">更多</a>
      <a href="javascript:alert(1)">关于做好岁末年初安全生产工作</a> <a href="mailto:x@y.example">给我们写信提出意见建议</a>
      </body></html>"""
    assert collector.look(watch(web.serves("/p", page, "text/html"), means="网页")) == "新收 2 条"
    found = {one.clipping.title: one.clipping.link for one in reader_of(secretary).clippings()}
    assert found == {
        "关于印发行政规范性文件管理办法的通知": web.url("/list/a.html"),
        "全市消防安全专项检查情况的通报全文": web.url("/list/b.html"),
    }


def test_what_is_typed_wrongly_is_said_beside_the_field(collecting, allowed, secretary, director, web):
    """Names twice, words too long, addresses that are none, hosts with paths."""
    point = collecting.keep_point(POLICY, by=secretary)
    with pytest.raises(Refused, match="已经有“政策变化”"):
        collecting.keep_point(POLICY, by=secretary)
    collecting.keep_point({**POLICY, "words": "条例"}, by=secretary, point_id=point)
    with pytest.raises(Refused, match="太长"):
        collecting.keep_point({**POLICY, "title": "另一个", "words": "长" * 41}, by=secretary)
    usual = {"title": "来源", "means": "订阅", "address": web.url("/a"), "takes": "信息", "every": 30}
    for wrong, says in (
        ({"address": "ftp://127.0.0.1/"}, "地址要写成 https://主机/路径"),
        ({"address": "http://a:b@127.0.0.1/"}, "地址要写成 https://主机/路径"),
        ({"every": 4}, "不能小于 5"),
        ({"every": 2000}, "即每天一次"),
        ({"point": "none"}, "没有这个监测点"),
        ({"means": "接口"}, "接口没有地址"),
        ({"means": "鸽子"}, "只能是"),
    ):
        with pytest.raises(Refused, match=says):
            collecting.keep_source({**usual, **wrong}, by=secretary)
    for wrong in ("http://www.gov.cn", "www.gov.cn/path", "-a.cn", "a b c", "a..b"):
        with pytest.raises(Refused, match="不是主机名"):
            collecting.set_hosts({"hosts": wrong}, by=director)


# --- the rules by themselves --------------------------------------------------------------------------


def test_words_of_a_point_are_found_whatever_their_width_and_case():
    """All of them or any, and none of those that rule it out."""
    anything = Point("p", "点", ("ＡＩ", "安全 生产"), ("招聘",))
    assert anything.hits("大力发展ai产业") == ("ＡＩ",)
    assert anything.hits("安全、生产两不误") == ("安全 生产",)
    assert anything.hits("ai 工程师招聘") is None
    both = Point("p", "点", ("安全", "检查"), (), "全部命中")
    assert both.hits("安全大检查") == ("安全", "检查")
    assert both.hits("安全第一") is None
    assert Point("p", "点").hits("什么都要") == ()


TEXT = "全市上下要把安全生产摆在突出位置，逐级压实责任，全面排查隐患，确保岁末年初安全形势持续稳定向好。"


@pytest.mark.parametrize(
    ("one", "two", "near"),
    [
        (("关于做好安全生产的通知", ""), ("关于做好安全生产工作的通知", ""), True),
        (("工作简报第3期发布", ""), ("工作简报第4期发布", ""), False),
        (("通知", ""), ("通知", ""), False),
        (("甲题完全是另一个说法", TEXT), ("乙题说的是别的东西", TEXT.replace("逐级", "层层")), True),
        (("同一个题目的两篇不同文章", TEXT), ("同一个题目的两篇不同文章", TEXT[::-1]), False),
        (("摘要", TEXT[:44]), ("全文", TEXT * 3), True),
    ],
)
def test_near_same_is_judged_by_text_where_there_is_one_and_else_by_title(one, two, near):
    """Titles from 88 of 100, texts from 80; numbers in titles tell issues apart."""
    assert is_near(Known.of("1", *one), Known.of("2", *two)) is near


@given(st.text(max_size=60), st.text(max_size=200), st.text(max_size=40))
def test_whatever_is_brought_can_be_compared_and_shown(title, text, word):
    """No text, however odd, breaks the rules; what is shown is one line without anything invisible."""
    assert is_near(Known.of("1", title, text), Known.of("2", title, text)) in (True, False)
    shown = line_of(title)
    assert shown == line_of(shown)
    assert "\n" not in shown and "\0" not in shown
    Point("p", "x", words_in(word)).hits(title + text)
    assert link_of(text) in ("", link_of(link_of(text)))


def test_a_point_that_rests_has_its_sources_rest(web, watch, collecting, collector, secretary, clock):
    """Its sources stay as they are and are looked at again when it is watched again."""
    point = collecting.keep_point(POLICY, by=secretary)
    watch(web.serves("/a", feed(*ITEMS)), point=point)
    collecting.switch_point(point, False, by=secretary)
    assert not collector.is_wanted(clock())
    collecting.switch_point(point, True, by=secretary)
    assert collector.is_wanted(clock())
