"""The index of the search is kept in one piece, and what is found stays what it was."""

from sqlalchemy import text

from db import search
from db.tables import SearchedRow
from tests.conftest import NAMED

TITLES = [f"关于做好第{n}批值班安排的通知" for n in range(1, 26)]


def found(reader_of, words):
    return list(reader_of(NAMED["wang"]).search(words).cases["title"])


def test_what_is_found_is_the_same_before_and_after_the_night(post, reader_of, database):
    """Every night the pieces the index has piled up are merged; newest first as before."""
    for title in TITLES:
        post.register(title=title, doc_number=f"市测〔2026〕{TITLES.index(title) + 1}号")
    before = found(reader_of, "值班安排")
    assert before == TITLES[::-1]
    search.tidy(database)
    assert found(reader_of, "值班安排") == before
    if database.is_sqlite:
        with database.reading() as session:
            pieces = session.scalar(text("SELECT count(DISTINCT segid) FROM case_grams_idx"))
        assert pieces == 1


def test_a_merged_index_has_nothing_left_to_do(post, database):
    """The night after, with nothing new, writes nothing."""
    post.register()
    search.tidy(database)
    if database.is_sqlite:
        assert not search._merged(database, 500)


def test_an_index_that_is_lost_comes_back_in_the_order_of_the_register(post, reader_of, database):
    """Built anew, more cases than one statement writes, each once and with a key that rises."""
    for title in TITLES:
        post.register(title=title, doc_number=f"市测〔2026〕{TITLES.index(title) + 1}号")
    assert search.rebuild(database) == len(TITLES)
    assert found(reader_of, "值班安排") == TITLES[::-1]
    with database.reading() as session:
        assert session.query(SearchedRow).count() == len(TITLES)


def test_what_is_corrected_is_found_by_its_new_words_only(post, reader_of):
    """The row of a case is replaced, not added to."""
    case = post.register(title="关于防汛工作的通知")
    post.act(case, "correct", "wang", item="title", value="关于抗旱工作的通知", reason="标题录错")
    assert found(reader_of, "防汛") == []
    assert found(reader_of, "抗旱") == ["关于抗旱工作的通知"]
