"""Two versions of a draft, and the difference as a reader would mark it."""

from core.versions import Change, Piece, difference, is_changed, summary

OLD = "各部门：\n请于11月30日前报送材料。\n联系人：王敏。\n特此通知。"
NEW = "各部门：\n请于12月5日前报送材料。\n逾期不再受理。\n特此通知。"


def test_unchanged_paragraphs_stay_whole_and_changed_ones_are_marked_inside() -> None:
    found = difference(OLD, NEW)
    assert found[0] == (Piece(Change.SAME, "各部门："),)
    assert found[1] == (
        Piece(Change.SAME, "请于1"),
        Piece(Change.GONE, "1月30"),
        Piece(Change.NEW, "2月5"),
        Piece(Change.SAME, "日前报送材料。"),
    )
    assert found[2:4] == ((Piece(Change.GONE, "联系人：王敏。"),), (Piece(Change.NEW, "逾期不再受理。"),))
    assert [is_changed(one) for one in found] == [False, True, True, True, False]


def test_both_texts_can_be_read_back_from_the_difference() -> None:
    for one, other in ((OLD, NEW), (NEW, OLD), ("", NEW), (OLD, ""), ("甲乙丙" * 4000, "乙丙丁" * 4000)):
        found = difference(one, other)
        without = lambda kind, found=found: [  # noqa: E731
            "".join(p.text for p in para if p.change is not kind) for para in found
        ]
        assert "\n".join(without(Change.NEW)).replace("\n", "") == one.replace("\n", "")
        assert "\n".join(without(Change.GONE)).replace("\n", "") == other.replace("\n", "")


def test_what_changed_is_said_in_one_line() -> None:
    assert summary(OLD, NEW) == "改 1 段、增 1 段、删 1 段"
    assert summary(OLD, OLD) == ""
