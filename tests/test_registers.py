"""The register as a ledger: by year and number, narrowed, paged, saved as a view, exported (R77, R80, N23, P15).

The clock stands on Friday 2026-11-20 at 15:00 until a story turns it on.
"""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from core.errors import NotAllowed, NotFound, Refused
from core.intake import text_of
from core.papers import MOST_COLUMNS, columns_of, ledger, printed, usual_columns, why_not_export, words_of
from core.papers.pdf import pdf
from core.people import Grade
from core.ports import Directory
from core.processes import Standard
from core.processes.incoming_document import V1
from core.registers import Wanted, choices, read, said, written
from db.registers import Register
from db.tables import CaseRow, JournalRow
from db.views import Views
from tests.conftest import NAMED, SHANGHAI

KEY = "incoming_document"
WANG = NAMED["wang"]


@pytest.fixture
def book(reader_of):
    """The numbers in the register that the secretary sees when she wants it so."""

    def numbers(by="wang", **wanted):
        return list(reader_of(NAMED[by]).register_page(KEY, Wanted(**wanted)).frame["number"])

    return numbers


@pytest.fixture
def known(reader_of):
    """What the secretary can choose."""
    reader = reader_of(WANG)
    return choices(reader.standard(), V1, reader.directory(), WANG)


@pytest.fixture
def years(post, clock):
    """Two documents of 2026, none of 2027, eleven of 2028."""
    for moment in ("2026-03-04 09:00", "2026-12-31 23:30"):
        clock.turn_to(moment)
        post.register(title=f"关于{moment[:4]}年工作的通知")
    clock.turn_to("2028-11-20 15:00")
    for n in range(1, 12):
        post.register(title=f"第{n}份通知", sender_org="市财政局" if n > 9 else "国务院办公厅")


# --- by year and number ---------------------------------------------------------------------------


def test_the_newest_year_stands_first_and_ten_comes_after_nine(years, book, reader_of):
    of_2028 = [f"收〔2028〕{n}号" for n in range(11, 0, -1)]
    assert book() == [*of_2028, "收〔2026〕2号", "收〔2026〕1号"]
    assert book(oldest_first=True) == book()[::-1]
    assert reader_of(WANG).register_years(KEY) == [2028, 2026]


def test_a_year_begins_at_midnight_in_the_office(years, book):
    assert book(year=2026) == ["收〔2026〕2号", "收〔2026〕1号"]
    assert book(year=2027) == []
    assert book(first=date(2026, 12, 31), last=date(2026, 12, 31)) == ["收〔2026〕2号"]


def test_a_page_that_spans_two_years_leaves_nothing_out(years, reader_of):
    pages = [
        reader_of(WANG).register_page(KEY, Wanted(page=n, oldest_first=oldest), per_page=5)
        for oldest in (False, True)
        for n in (1, 2, 3)
    ]
    assert [len(one.frame) for one in pages] == [5, 5, 3, 5, 5, 3]
    assert {one.total for one in pages} == {13}
    told = [number for one in pages for number in one.frame["number"]]
    assert len({*told[:13]}) == 13
    assert told[13:] == told[:13][::-1]


def test_a_page_past_the_end_is_the_last(years, reader_of):
    found = reader_of(WANG).register_page(KEY, Wanted(page=99), per_page=5)
    assert (found.page, list(found.frame["number"])[-1]) == (3, "收〔2026〕1号")


def test_a_register_in_which_nothing_is_yet_has_one_empty_page(reader_of):
    found = reader_of(WANG).register_page(KEY, Wanted())
    assert (found.page, found.total, found.frame.empty) == (1, 0, True)
    with pytest.raises(NotFound):
        reader_of(WANG).register_page("no_such_process", Wanted())


def test_a_number_set_aside_stands_where_its_number_says_and_not_when_it_was_used(post, office, book, clock):
    (aside,) = office.reserve(KEY, 1, "留给下午的传真", by=WANG)
    post.register()
    clock.turn_to("2026-11-20 17:00")
    case = post.register()
    office.open(
        KEY,
        {k: v for k, v in case.data.items() if k in {f.key for f in V1.opens_with}} | {"files": []},
        by=WANG,
        reserved=aside,
    )
    assert book() == ["收〔2026〕3号", "收〔2026〕2号", "收〔2026〕1号"]


# --- narrowed -------------------------------------------------------------------------------------


def test_each_filter_leaves_what_it_says(post, book, clock, known):
    asked = post.bring_to("instruction", title="关于防汛工作的请示", sender_org="市水务局", urgency="特急")
    void = post.register(title="来错的函")
    post.act(void, "void", "zhang", reason="重复登记")
    back = post.act(post.register(), "return_to_sender", "wang", return_reason="不属本机关职权")
    secret = post.register(secrecy_level="秘密", title="（涉密件）")
    assert book(text="防汛 水务") == book(sender="水务") == book(urgency="特急") == [asked.number]
    assert book(department="anjian") == book(stages=("instruction",)) == [asked.number]
    assert book(owner="role:director") == [asked.number]
    assert book(state="void") == [void.number]
    assert book(state="closed") == [back.number]
    assert book(state="open") == [secret.number, asked.number]
    assert book(grade=Grade.CONFIDENTIAL) == [secret.number]
    assert book(by="li", grade=Grade.CONFIDENTIAL) == []
    assert book(state="late") == []
    clock.turn_to("2026-11-24 10:00")
    assert book(state="late") == [secret.number, asked.number]
    assert book(by="chen") == []


def test_what_lies_with_a_person_or_a_department_is_found_by_whom(post, book, reader_of):
    case = post.bring_to("circulation", readers=["he"])
    assert book(owner="wang") == [case.number]
    post.act(post.child_of(case, "he"), "finish_reading", "he", remark="")
    tasks = reader_of(WANG).register_page("task", Wanted(owner="dept:anjian", department="anjian"))
    assert list(tasks.frame["number"]) == ["督〔2026〕1号"]


PIECES = [*"'\"%_\\*()： \0甲乙aA-;:", " AND ", " NEAR ", "\ud800", "通知"]
ODD = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
EVERY = ("sender", "owner", "department", "urgency", "state", "stages")


def wanted_of(part, text):
    return Wanted(**{part: tuple(filter(None, (text,))) if part == "stages" else text})


@pytest.fixture
def odd_titles(post):
    """Documents whose titles and senders are made of what means something to some query language."""
    titles = ["100%_通知", 'it\'s "甲"', "a\\b*c", "(乙) AND 甲", "NEAR: 通知", "A a"]
    return [post.register(title=title, sender_org=title[::-1], doc_number=None) for title in titles]


def test_what_is_looked_for_is_text_and_never_a_pattern(odd_titles, database):
    """P15: as Python's `in` has it, on both databases."""
    register = Register((V1,), odd_titles[0].opened_at, SHANGHAI)
    told = [(c.number, c.data["title"], c.data["sender_org"]) for c in odd_titles]
    tried = 0
    with database.reading() as session:

        def found(wanted):
            return {*session.scalars(register.narrowed(select(CaseRow.number), wanted))}

        @settings(max_examples=1_000, deadline=None, suppress_health_check=list(HealthCheck))
        @given(text=ODD, part=st.sampled_from(EVERY))
        def story(text, part):
            nonlocal tried
            tried += 1
            words = text.split()
            assert found(Wanted(text=text)) == {
                one[0] for one in told if all(any(word in column for column in one) for word in words)
            }
            if part == "sender":
                assert found(wanted_of(part, text)) == {one[0] for one in told if text in one[2]}
            else:
                assert found(wanted_of(part, text)) == (set() if text else {one[0] for one in told})

        story()
    assert tried >= 1_000


# --- in the address -------------------------------------------------------------------------------


def test_an_address_says_what_is_wanted_and_is_read_back(known):
    wanted = Wanted(
        text="防汛 100%",
        year=2026,
        stages=("proposal", "instruction"),
        state="late",
        owner="dept:anjian",
        department="caiwu",
        sender="市财政局",
        urgency="加急",
        grade=Grade.OPEN,
        first=date(2026, 1, 1),
        last=date(2026, 6, 30),
        oldest_first=True,
        columns=("case.where", "title"),
        page=3,
    )
    address = {key: [value] if isinstance(value, str) else value for key, value in written(wanted).items()}
    assert read(address, known) == (wanted, ())
    assert said(wanted, known) == (
        "2026 年度 · 逾期 · 查找：防汛 100% · 环节：拟办、批示 · 在谁手里：安监处 · 承办部门：财务处 · "
        "来文单位：市财政局 · 紧急程度：加急 · 密级：非密 · 2026-01-01 至 2026-06-30"
    )
    assert written(Wanted()) == {}
    assert said(Wanted(), known) == "全部"


@pytest.mark.parametrize(
    ("key", "raw", "told"),
    [
        ("year", "二零二六", "年度“二零二六”"),
        ("year", "99999", "年度“99999”"),
        ("step", "nowhere", "环节“nowhere”"),
        ("state", "在办", "状态“在办”"),
        ("owner", "nobody", "在谁手里“nobody”"),
        ("grade", "3", "密级“3”"),
        ("from", "2026-13-01", "起始日期“2026-13-01”"),
        ("column", "password", "列“password”"),
        ("page", "0", "页“0”"),
        ("text", "长" * 101, f"查找“{'长' * 20}…”"),
        ("unheard_of", "1", "“unheard_of”"),
    ],
)
def test_what_an_address_cannot_mean_is_left_out_and_said(known, key, raw, told):
    wanted, left_out = read({key: [raw], "state": ["open"]} if key != "state" else {key: [raw]}, known)
    assert left_out == (told,)
    assert wanted == Wanted(state="" if key == "state" else "open")


ANYBODY = choices(Standard(), V1, Directory({}, {}), WANG)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.sampled_from([*"ab", "year", "step", "grade", "from", "page", "column", "order", "text"]),
                       st.lists(st.one_of(ODD, st.text(max_size=6), st.integers().map(str)), max_size=3)))  # fmt: skip
def test_no_address_is_an_error(address):
    wanted, left_out = read(address, ANYBODY)
    assert isinstance(wanted, Wanted)
    assert all(isinstance(one, str) for one in left_out)


# --- columns --------------------------------------------------------------------------------------


def test_the_general_columns_say_who_by_when_and_how_far(post, reader_of, clock):
    case = post.bring_to("circulation", readers=["he", "chen", "zhou"], circulation="依次传阅")
    post.act(post.child_of(case, "he"), "finish_reading", "he", remark="")
    reader = reader_of(WANG)
    (row,) = reader.register_page(KEY, Wanted()).frame.itertuples()
    titles = columns_of(V1)
    told = {
        titles[key]: words_of(V1, key, row, reader.directory(), reader.calendar())
        for key in titles
        if key.startswith("case.")
    }
    assert told == {
        "现在": "传阅中 1/3",
        "在谁手里": "王敏",
        "剩余": "还剩 2 个工作日",
        "时限": "2026-11-24 17:30",
        "全程时限": "2026-11-27 17:30",
        "签收人": "王敏",
        "登记时间": "2026-11-20 15:00",
        "办结时间": "",
        "传阅进度": "1/3",
        "督办反馈进度": "",
    }


def test_the_ledger_has_the_chosen_columns_in_their_order(post, reader_of):
    post.register()
    reader = reader_of(WANG)
    rows = [*reader.register_page(KEY, Wanted()).frame.itertuples()]
    made = ledger(V1, rows, reader.directory(), reader.calendar(), ("case.opened_by", "title"))
    assert made.columns == ("登记号", "签收人", "标题")
    assert made.rows == (("收〔2026〕1号", "王敏", "关于做好岁末年初安全生产工作的通知"),)
    assert len(usual_columns(V1)) <= MOST_COLUMNS


def test_the_printed_ledger_lies_across_with_a_serial_and_a_head_on_every_page(post, reader_of, clock):
    for n in range(30):
        post.register(title=f"第{n}份 *通知* $x$ #import")
    reader = reader_of(WANG)
    rows = reader.register_page(KEY, Wanted(oldest_first=True)).frame.itertuples()
    paper = printed(
        ledger(V1, rows, reader.directory(), reader.calendar()), "2026 年度", clock(), "某某市人民政府办公室"
    )
    assert {sum(cell.span for cell in row.cells) for row in (paper.head, *paper.rows)} == {24}
    assert [row.cells[0].text for row in paper.rows] == [str(n) for n in range(1, 31)]
    text = text_of("登记表.pdf", pdf(paper)).replace(" ", "").replace("\n", "")
    assert "某某市人民政府办公室收文登记表" in text
    assert "件数：30件" in text
    assert text.count("拟办意见") >= 2, "the head stands on every page"
    assert "#import" in text


def test_an_empty_ledger_is_printed_and_one_too_long_is_not(reader_of, clock):
    made = ledger(V1, [], None, None)
    assert "没有符合条件的登记" in text_of("登记表.pdf", pdf(printed(made, "全部", clock(), "办公室")))
    assert why_not_export("pdf", 2_000) is None
    assert why_not_export("pdf", 2_001) == (
        "共 2,001 件，PDF 一次最多 2,000 件：请按年度、日期或状态缩小范围，或导出 XLSX"
    )


# --- saved views ----------------------------------------------------------------------------------


@pytest.fixture
def views(database):
    return Views(database, b"key of the tests")


def view(name="本年逾期", role="文秘岗", **more):
    return {"name": name, "role": role, **more}


LATE = {"book": KEY, "state": "late"}


def names(reader):
    return [(one.name, one.role) for one in reader.saved_views("registers")]


def test_a_view_is_found_by_everybody_of_its_role_and_by_whoever_keeps_views(views, reader_of, clock):
    views.save("registers", view(), LATE, clock(), by=WANG)
    views.save("registers", view("本处在办", "部门人员"), {"book": "task"}, clock(), by=WANG)
    views.save("registers", view("全部来文", "所有人"), {"book": KEY}, clock(), by=WANG)
    assert names(reader_of(NAMED["chen"])) == [("全部来文", "所有人"), ("本处在办", "部门人员")]
    assert names(reader_of(NAMED["sun"])) == [("全部来文", "所有人")]
    assert ("本年逾期", "文秘岗") in names(reader_of(NAMED["li"]))
    assert len(names(reader_of(NAMED["zhang"]))) == 3
    (late,) = (one for one in reader_of(WANG).saved_views("registers") if one.name == "本年逾期")
    assert late.query == LATE


def test_a_view_of_the_same_name_is_replaced_only_when_that_is_meant(views, reader_of, clock):
    views.save("registers", view(), LATE, clock(), by=WANG)
    with pytest.raises(Refused) as refused:
        views.save("registers", view(), {"book": KEY}, clock(), by=NAMED["li"])
    assert refused.value.problems == {
        "replace": "王敏已存有同名视图“本年逾期”；要用现在的替换它，请打开“替换同名视图”再存"
    }
    views.save("registers", view(replace=True), {"book": KEY}, clock(), by=NAMED["li"])
    (kept,) = reader_of(WANG).saved_views("registers")
    assert kept.query == {"book": KEY}
    views.save("registers", view(role="领导"), LATE, clock(), by=WANG)


def test_a_view_is_taken_away_once_and_the_journal_knows_both(views, reader_of, clock, database):
    views.save("registers", view(), LATE, clock(), by=WANG)
    (kept,) = reader_of(WANG).saved_views("registers")
    assert views.remove(kept.id, clock(), by=NAMED["zhang"]) == "本年逾期"
    assert names(reader_of(WANG)) == []
    with pytest.raises(NotFound):
        views.remove(kept.id, clock(), by=WANG)
    with database.reading() as session:
        lines = session.execute(
            select(JournalRow.action, JournalRow.by, JournalRow.subject).order_by(JournalRow.id)
        )
        assert lines.all() == [
            ("view.saved", "wang", "本年逾期"),
            ("view.removed", "zhang", "本年逾期"),
        ]


@pytest.mark.parametrize("who", ["chen", "he", "sun"])
def test_others_neither_save_nor_remove_views(views, reader_of, clock, who):
    views.save("registers", view(role="所有人"), LATE, clock(), by=WANG)
    (kept,) = reader_of(NAMED[who]).saved_views("registers")
    with pytest.raises(NotAllowed):
        views.remove(kept.id, clock(), by=NAMED[who])
    with pytest.raises(NotAllowed):
        views.save("registers", view("另一个"), LATE, clock(), by=NAMED[who])


@pytest.mark.parametrize(
    ("values", "query", "field"),
    [
        (view(""), LATE, "name"),
        (view("长" * 41), LATE, "name"),
        (view(role="没有的岗位"), LATE, "role"),
        (view(), {"text": "长" * 5000}, "name"),
    ],
)
def test_a_view_that_cannot_be_kept_is_refused_beside_the_field(views, clock, values, query, field):
    with pytest.raises(Refused) as refused:
        views.save("registers", values, query, clock(), by=WANG)
    assert set(refused.value.problems) == {field}
