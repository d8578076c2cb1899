"""The number of a document as it is typed: accepted, or refused with the right form shown."""

import pytest

from core.doc_number import why_not_code, why_not_given, why_not_number


@pytest.mark.parametrize("number", ["中办发〔2012〕14号", "某办函〔2026〕7号"])
def test_a_number_of_the_usual_form_is_taken(number):
    assert why_not_number(number) is None
    assert why_not_given(number) is None


@pytest.mark.parametrize(
    "number", ["〔2026〕007号", "[2026]7号", "（2026）7号", "第7号", "〔26〕7号", "某办发〔2026〕0号"]
)
def test_one_that_is_no_number_at_all_is_told_the_form(number):
    assert why_not_number(number) == "文号应写成“机关代字〔年份〕序号号”，如 某办发〔2026〕12号"


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("某办函[2026]7号", "某办函〔2026〕7号"),
        ("某办函（2026）7号", "某办函〔2026〕7号"),
        ("某办函〔26〕7号", "某办函〔2026〕7号"),
        ("某办函〔2026〕007号", "某办函〔2026〕7号"),
        ("某办函〔2026〕第7号", "某办函〔2026〕7号"),
    ],
)
def test_one_that_was_meant_is_told_how_it_is_written(typed, right):
    assert why_not_number(typed) == f"文号格式不对，应为 {right}"
    assert why_not_given(typed) == f"文号格式不对，应为 {right}"


@pytest.mark.parametrize("number", ["国务院令第793号", "2026年第4号", "〔2026〕5号"])
def test_another_office_may_number_in_a_form_of_its_own(number):
    assert why_not_given(number) is None


def test_a_code_holds_neither_year_nor_brackets():
    assert why_not_code("某办发") is None
    assert "只写字" in (why_not_code("某办发〔2026〕") or "")
