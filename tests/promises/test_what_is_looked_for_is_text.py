"""Whatever is typed to be looked for is text: no query breaks, and what is found has it in it (P15)."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import NotFound
from db.journal import record
from db.tables import SignInRow
from tests.conftest import NAMED
from tests.promises.registrar import KEY

TYPED = st.one_of(
    st.text(alphabet=st.sampled_from("'\"%_\\*()^:;-=, aA安全\0") | st.characters(codec=None), max_size=12),
    st.sampled_from(
        ["AND", "NEAR(a b)", "OR 1=1", "'; DROP TABLE cases;--", "%", "_", "\\", "\0", "title:安全"]
    ),
)
LIKE_A_PERSON = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

TITLES = [
    "关于做好安全生产工作的通知",
    "100%_完成率\\通报",
    'O\'Neil "引号" (括号) *星*',
    "Near AND or: title:安全",
]


@pytest.fixture
def letters(post):
    for n, title in enumerate(TITLES):
        post.register(title=title, doc_number=f"x'{n}", sender_org="来文单位%")


def has(words: str, *fields: str) -> bool:
    """Whether each word stands in one of the fields, as Python sees it."""
    return all(any(word in field for field in fields) for word in words.split())


@LIKE_A_PERSON
@given(typed=TYPED)
def test_in_the_record(letters, reader_of, typed):
    check_the_record(reader_of, typed)


def check_the_record(reader_of, typed):
    found = reader_of(NAMED["zhang"]).log(text=typed, limit=100)
    titles = {t for n, t in enumerate(TITLES) if has(typed, t, f"x'{n}", "来文单位%", f"收〔2026〕{n + 1}号")}
    assert set(found["number"]) == {f"收〔2026〕{TITLES.index(t) + 1}号" for t in titles}


@LIKE_A_PERSON
@given(typed=TYPED)
def test_in_the_journal(changes, reader_of, typed):
    """What was done to the office itself is searched by the words of what it was done to."""
    found = reader_of(NAMED["zhang"]).journal(text=typed, limit=100)
    assert sorted(found["subject"]) == sorted(title for title in TITLES if has(typed, title))


@pytest.fixture
def changes(database, clock):
    with database.writing() as session:
        for title in TITLES:
            record(session, KEY, clock(), "zhang", "template.set", title)
        session.commit()


@LIKE_A_PERSON
@given(typed=TYPED)
def test_among_what_looks_alike(letters, reader_of, typed):
    """The same number of the same sender, to the letter, is a hint; anything else is none."""
    check_what_looks_alike(reader_of, typed)


def check_what_looks_alike(reader_of, typed):
    reader = reader_of(NAMED["zhang"])
    alike = reader.duplicates(number=typed, sender=typed, title=typed)
    assert set(alike["title"]) <= set(TITLES)
    assert reader.duplicates(number=f"x'{typed}", sender=None, title=None).shape[0] == (
        typed in "0123" and typed != ""
    )


@LIKE_A_PERSON
@given(typed=TYPED)
def test_in_an_address(reader_of, typed):
    """An id in the address line is whatever somebody wrote there."""
    reader = reader_of(NAMED["zhang"])
    for look in (reader.case, reader.history, reader.attachments, reader.attachment):
        with pytest.raises(NotFound):
            look(typed)


@LIKE_A_PERSON
@given(typed=TYPED)
def test_among_attempts_to_sign_in(attempts, reader_of, typed):
    check_the_attempts(reader_of, typed)


def check_the_attempts(reader_of, typed):
    found = set(reader_of(NAMED["zhang"]).sign_ins(account=typed)["account"])
    assert found == {account for account in ACCOUNTS if typed.strip().lower() in account}


ACCOUNTS = ["wang%min", "o'neil", "a_b\\c", "安全"]


@pytest.fixture
def attempts(database, clock):
    with database.writing() as session:
        session.add_all(
            SignInRow(account=account, address="desk", at=clock(), outcome="failed") for account in ACCOUNTS
        )
        session.commit()
