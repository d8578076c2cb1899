"""The address book: people without an account, and how everybody is reached (R29, R74)."""

import pytest

from core.errors import NotAllowed, NotFound, Refused
from db.contacts import AddressBook
from tests.conftest import NAMED

ZHAO = {"name": "赵强", "organisation": "市供电公司", "post": "副经理", "mobile": "139 0000 0001", "email": "zq@example.com"}  # fmt: skip


@pytest.fixture
def book(database):
    return AddressBook(database, b"key of the tests")


def test_a_contact_is_found_by_whoever_keeps_the_book(book, clock, reader_of):
    """The secretary adds somebody and finds them, with their number; a member of a department sees no numbers."""
    who = book.add(ZHAO, clock(), by=NAMED["wang"])
    frame = reader_of(NAMED["wang"]).contacts()
    assert frame.iloc[0].to_dict() == {"id": who, **ZHAO}
    assert set(frame["name"]) > {"赵强", "陈立", "张主任"}
    with pytest.raises(NotFound):
        reader_of(NAMED["chen"]).contacts()
    assert reader_of(NAMED["chen"]).directory().guests[who].mobile == ""


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"mobile": "十三九"}, "手机号码请填写数字"),
        ({"email": "zq.example.com"}, "电子邮箱请按"),
        ({"name": ""}, "请填写“姓名”"),
        ({"email": "a@b.c\r\nBcc: x@y.z"}, "电子邮箱请按"),
    ],
)
def test_what_cannot_be_reached_is_refused(book, clock, wrong, says):
    """A wrong number or address gets one sentence; nothing is added."""
    with pytest.raises(Refused, match=says):
        book.add({**ZHAO, **wrong}, clock(), by=NAMED["wang"])


def test_a_list_is_taken_whole_or_not_at_all(book, clock, reader_of):
    """Of three rows one is wrong and one is there twice: both are named, and none is taken."""
    rows = [ZHAO, {**ZHAO, "name": "钱进", "mobile": "x"}, ZHAO]
    with pytest.raises(Refused) as refusal:
        book.add_all(rows, clock(), by=NAMED["wang"])
    assert refusal.value.problems["list"].splitlines() == [
        "第 2 行：手机号码请填写数字，例如 13800000000",
        "第 3 行：赵强已在通讯录里，不必再录",
    ]
    assert "赵强" not in set(reader_of(NAMED["wang"]).contacts()["name"])
    with pytest.raises(Refused, match="一次录入 1 到 2000 人，现有 0 人"):
        book.add_all([], clock(), by=NAMED["wang"])


def test_everybody_keeps_their_own_number_and_secretaries_all(book, clock):
    """A member corrects their own mobile; that of another they may not, and nobody but a secretary adds contacts."""
    mine = {"post": "处长", "mobile": "13900000009", "email": ""}
    book.change("chen", mine, clock(), by=NAMED["chen"])
    with pytest.raises(NotAllowed, match="文秘岗"):
        book.change("zhou", mine, clock(), by=NAMED["chen"])
    with pytest.raises(NotAllowed, match="文秘岗"):
        book.add(ZHAO, clock(), by=NAMED["chen"])


def test_who_is_taken_out_keeps_their_name_and_loses_their_number(book, clock, reader_of):
    """Removed from the book: no longer offered, still named in what they were named in, their number forgotten."""
    who = book.add(ZHAO, clock(), by=NAMED["wang"])
    book.remove(who, clock(), by=NAMED["li"])
    people = reader_of(NAMED["wang"]).directory()
    assert who not in people.guests
    assert people.name(who) == "赵强"
    with pytest.raises(NotFound):
        book.remove(who, clock(), by=NAMED["li"])


def test_the_journal_tells_of_contacts_without_their_numbers(book, clock, reader_of):
    """For the auditor: who was added and removed by whom; no telephone number stands there."""
    who = book.add(ZHAO, clock(), by=NAMED["wang"])
    book.remove(who, clock(), by=NAMED["li"])
    told = reader_of(NAMED["sun"]).journal(limit=10)
    assert list(told["action_title"])[:2] == ["移出通讯录", "新增联系人"]
    assert "139" not in told.to_string()
