"""Whatever a case says is found again, by one character or by a whole title; what one may not see is not (P15, P16, P24)."""

import random
from datetime import date

import pytest
from sqlalchemy import delete, select, text

from core.errors import Refused
from core.search import COUNTED, LONGEST_FILE, MOST_WORDS, Word, grams, initials, normal, words
from db import backup, search
from db.tables import CaseRow, FileTextRow, SearchedRow
from db.verify import Installation
from tests.archives import document, pieces, said_by, store, strewn
from tests.conftest import DOCUMENT, NAMED
from tests.intake.made import docx_bytes

TITLE = DOCUMENT["title"]
OTHER = {"doc_number": "云财预〔2026〕12号", "title": "关于编报部门预算的通知", "sender_org": "云川市财政局"}


@pytest.fixture
def look(reader_of):
    """What somebody finds: `look("安全", by="li").cases`."""
    return lambda query, by="zhang", **narrowed: reader_of(NAMED[by]).search(query, **narrowed)


@pytest.fixture
def find(look):
    """The titles of what somebody finds, in the order in which they are shown."""
    return lambda query, **how: list(look(query, **how).cases["title"])


# --- words, numbers, initials -------------------------------------------------------------------------


def test_a_text_is_cut_into_pairs_and_the_last_character_of_each_run():
    assert normal("《Ａ安全》，（生产）①") == "a安全 生产 1"
    assert grams("安全生产 a") == ["安全", "全生", "生产", "产", "a"]


def test_a_query_is_nothing_but_words_and_never_an_operator():
    assert words('"安全" AND NOT (生*)') == (Word("and"), Word("not"), Word("安全"), Word("生"))
    assert words(" %_\\ *\0") == ()
    assert words("安 安全 安全生产") == (Word("安全生产"),)


def test_initials_follow_the_reading_in_the_word_and_that_of_each_character():
    assert initials("安全生产") == "aqsc"
    assert initials("重庆市2026年") == "cqs2026n zqs2026n"


@pytest.mark.parametrize(
    "query",
    ["全", "安全", "岁末年初", TITLE, "国办发〔2026〕41号", "(2026) 41", "41号", "国务院", "通知 安全",
     "AQSC", "gwy", "收〔2026〕1号", "收[2026]1号", "  安全　生产 "],
)  # fmt: skip
def test_a_document_is_found_by_whatever_stands_in_its_register(post, find, query):
    post.register()
    post.register(**OTHER)
    assert find(query) == [TITLE]


@pytest.mark.parametrize("query", ["安全 预算", "全安", "通知关于", "12号 国务院", "", "  ", "“”"])
def test_nothing_is_found_where_a_word_stands_nowhere_or_none_is_given(post, find, query):
    post.register()
    post.register(**OTHER)
    assert find(query) == []


def test_the_case_whose_number_is_typed_comes_first(post, look):
    post.register()
    for n in range(9):
        post.register(**{**OTHER, "doc_number": f"云财预〔2026〕{n}号"})
    assert list(look("收〔2026〕1号").cases["number"]) == ["收〔2026〕1号"]
    assert list(look("收〔2026〕1").cases["number"]) == ["收〔2026〕10号", "收〔2026〕1号"]


def test_instructions_remarks_and_results_are_found_with_what_they_are_part_of(post, look):
    case = post.bring_to("feedback", instruction="请安监处牵头逐家过筛")
    post.do_task(case, "anjian", "zhou")
    assert set(look("逐家过筛").cases["id"]) >= {case.id}
    (row,) = look("已排查 无隐患").cases.itertuples()
    assert (row.process, row.root_id, row.root_number) == ("task", case.id, "收〔2026〕1号")
    assert row.root_title == TITLE


def test_a_reader_of_a_document_is_no_second_hit_for_its_title(post, look):
    case = post.bring_to("circulation")
    assert list(look(TITLE).cases["id"]) == [case.id]


def test_the_places_say_where_the_words_stand(post, look):
    case = post.register()
    found = look("安全生产 国务院 41号 aqsc", by="wang").places[case.id]
    assert [(place.where, place.hit) for place in found] == [
        ("标题", "安全生产"), ("标题", "安全生产"), ("文号", "41号"),
    ]  # fmt: skip
    (place,) = look("国务院", by="wang").places[case.id]
    assert (place.where, place.before, place.hit, place.after) == ("来文单位", "", "国务院", "办公厅")


def test_more_words_than_can_be_looked_up_are_refused_in_one_sentence(find):
    with pytest.raises(Refused, match=f"一次最多找 {MOST_WORDS} 个词"):
        find(" ".join(chr(0x4E00 + n) for n in range(MOST_WORDS + 1)))


# --- in step with the record --------------------------------------------------------------------------


def test_a_corrected_title_is_found_and_the_old_one_is_not(post, find):
    case = post.register()
    post.act(case, "correct", "wang", item="title", value="关于森林防火的通知", reason="抄错")
    assert find("森林防火") == ["关于森林防火的通知"]
    assert find("安全生产") == []


def test_a_voided_case_is_found_and_says_so(post, look):
    case = post.register()
    post.act(case, "void", "zhang", reason="重复")
    (row,) = look("安全生产").cases.itertuples()
    assert (row.id, row.where) == (case.id, "已作废")


def test_a_step_that_says_nothing_new_writes_no_index(post, database):
    case = post.register()
    before = stamps(database)
    post.act(case, "urge", "zhang", text="")
    post.act(case, "pass_check", "wang", handling="办件", needs_reply=False)
    assert stamps(database) == before


def stamps(database):
    with database.reading() as session:
        return session.execute(select(SearchedRow.id, SearchedRow.stamp)).all()


def test_the_newest_come_first_by_pages_and_narrowed(post, look, clock):
    numbers = [post.register(**OTHER).number for _ in range(3)]
    clock.turn_to("2027-01-04 09:30")
    last = post.register(**OTHER)
    post.act(last, "void", "zhang", reason="重复")
    newest = [last.number, *reversed(numbers)]
    assert list(look("预算").cases["number"]) == newest
    page = look("预算", limit=2, offset=2)
    assert (list(page.cases["number"]), page.count) == (newest[2:], 4)
    next_year = look("预算", first=date(2027, 1, 1), last=date(2027, 12, 31))
    this_year = look("预算", first=date(2026, 1, 1), last=date(2026, 12, 31))
    assert next_year.count == this_year.count - 2 == 1
    assert list(look("预算", only_open=True).cases["number"]) == newest[1:]
    assert look("预算", process="task").count == 0


# --- what one may not see -----------------------------------------------------------------------------


def test_a_case_that_does_not_concern_somebody_is_neither_found_nor_counted(post, look):
    post.bring_to("circulation")
    post.register(**{**OTHER, "title": "关于安全生产经费的通知"})
    assert look("安全生产", by="wang").count == 2
    assert look("安全生产", by="he").count == 1
    assert look("安全生产", by="chen").count == 0


def test_a_classified_case_is_found_by_its_number_only_and_only_by_the_cleared(post, find, database):
    case = post.register(secrecy_level="秘密", title="（涉密件，题名从略）", doc_number="云密发〔2026〕3号")
    assert find("题名从略", by="wang") == find("云密发", by="wang") == find("tmcl", by="wang") == []
    assert find(case.number, by="wang") == ["（涉密件，题名从略）"]
    assert find(case.number, by="li") == []
    assert indexed(database) == []


def indexed(database):
    """Everything the index holds, as text."""
    with database.reading() as session:
        return [str(row) for row in session.execute(text("SELECT * FROM case_grams"))]


def test_a_case_corrected_to_classified_leaves_the_index_with_that_step_and_comes_back(post, find, database):
    case = post.register()
    post.act(case, "correct", "wang", item="secrecy_level", value="秘密", reason="补定密级")
    assert find("安全生产") == indexed(database) == []
    post.act(case, "correct", "zhang", item="secrecy_level", value="非密", reason="解密")
    assert find("安全生产") == [TITLE]


def test_the_parts_of_a_case_leave_the_index_with_it(post, find, database):
    case = post.bring_to("feedback")
    assert len(indexed(database)) > 1
    post.act(case, "correct", "wang", item="secrecy_level", value="秘密", reason="补定密级")
    assert find("安全生产") == indexed(database) == []


# --- attachments --------------------------------------------------------------------------------------


@pytest.fixture
def attach(post, office):
    """A document with one file in it."""

    def attached(name, content):
        kept = office.keep(name, content, by=NAMED["wang"])
        return post.register(files=[kept])

    return attached


def test_an_attachment_is_found_by_its_name_and_by_what_it_says(attach, look):
    case = attach("排查表（定稿）.docx", docx_bytes(["第一段", "青峰水库应于汛前完成清淤。"]))
    assert list(look("排查表").cases["id"]) == [case.id]
    (place,) = look("水库应于").places[case.id]
    assert (place.where, place.hit) == ("附件“排查表（定稿）.docx”", "水库应于")
    assert (place.before, place.after) == ("第一段 青峰", "汛前完成清淤。")


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n" + bytes(200), "甲\x1a乙".encode()])
def test_a_file_nothing_can_be_read_in_is_kept_and_found_by_its_name(attach, find, content):
    attach("扫描件", content)
    assert find("扫描件") == [TITLE]


def test_a_very_long_file_is_searched_as_far_as_is_told(attach, find, database):
    attach("长.txt", ("青峰" + "文" * LONGEST_FILE + "白石").encode())
    assert find("青峰") == [TITLE]
    assert find("白石") == []
    with database.reading() as session:
        assert len(session.scalar(select(FileTextRow.text))) == LONGEST_FILE


def test_a_file_of_nothing_but_different_characters_is_taken_all_the_same(attach, find):
    dice = random.Random(5)
    common = [chr(n) for n in range(0x4E00, 0x9FA5)]
    attach("乱.txt", ("安全" + "".join(dice.choices(common, k=LONGEST_FILE))).encode())
    assert find("安全") == [TITLE]


def test_a_file_taken_back_leaves_no_text(office, database):
    kept = office.keep("涉密.txt", "青峰水库布防".encode(), by=NAMED["wang"])
    office.discard([kept["digest"]], by=NAMED["wang"])
    with database.reading() as session:
        assert session.scalars(select(FileTextRow.text)).all() == []


def test_files_kept_by_an_older_version_are_read_afterwards(attach, find, database, files):
    attach("说明.txt", "青峰水库应于汛前完成清淤".encode())
    with database.writing() as session:
        session.execute(delete(FileTextRow))
        session.commit()
    search.rebuild(database)
    assert find("清淤") == []
    assert (search.read_files(database, files), search.read_files(database, files)) == (1, 0)
    assert find("清淤") == [TITLE]


# --- caught up, rebuilt, backed up --------------------------------------------------------------------


def test_what_is_in_step_has_nothing_to_catch_up_on(post, database):
    post.bring_to("feedback")
    post.register(secrecy_level="秘密", title="（涉密件，题名从略）")
    assert search.catch_up(database) == 0


def test_a_lost_index_is_made_anew(post, find, database):
    post.register()
    post.register(**OTHER)
    with database.writing() as session:
        session.execute(text("DELETE FROM case_grams"))
        session.commit()
    assert find("通知") == []
    assert search.catch_up(database) == 2
    assert find("通知") == [OTHER["title"], TITLE]
    assert search.rebuild(database) == 2
    assert find("通知") == [OTHER["title"], TITLE]


def test_a_backup_of_either_database_can_be_searched_at_once(post, database, files, tmp_path, clock, attach):
    attach("说明.txt", "青峰水库应于汛前完成清淤".encode())
    here = Installation(database, b"key of the tests", files, tmp_path / "backups")
    made, _ = backup.back_up(here, tmp_path / "backups", clock())
    with backup.opened(made) as copy, copy.reading() as session:
        assert len(search.find(session, select(CaseRow.id), "清淤 安全生产")) == 1


# --- as Python's `in` says ----------------------------------------------------------------------------


@pytest.fixture
def archive(database):
    """Three hundred documents; what each says, by id."""
    return strewn(database, 300, random.Random(41), 1, 24)


def test_a_thousand_pieces_of_text_find_exactly_what_has_them(archive, database):
    with database.reading() as session:
        for piece in pieces(archive, random.Random(12), 1000, 8):
            assert search.find(session, select(CaseRow.id), piece) == said_by(archive, piece), piece


def test_nothing_typed_breaks_the_search_or_finds_what_is_not_there(archive, database):
    dice = random.Random(99)
    signs = [
        *"'\"%_\\*():^{}[]-+&|!<>~;\0\n\t 安全a1号",
        " AND ",
        " NEAR ",
        " OR ",
        " NOT ",
        "grams:",
        "''",
        "\ud800",
    ]
    typed = ["".join(dice.choices(signs, k=dice.randint(1, 12))) for _ in range(400)]
    typed += [
        "长" * 10_000,
        "安全" * 5_000,
        '"' * 10_000,
        "".join("".join(said["title"].split()) for said in archive.values()),
    ]
    with database.reading() as session:
        for query in typed:
            assert search.find(session, select(CaseRow.id), query) == said_by(archive, query), query[:40]


def test_hits_are_counted_up_to_a_thousand(database, look):
    store(database, [document(n, f"关于第{n}项预算的通知") for n in range(COUNTED + 5)])
    found = look("预算")
    assert (found.count, len(found.cases)) == (COUNTED + 1, 50)
    assert found.cases["title"].iloc[0] == f"关于第{COUNTED + 4}项预算的通知"
