"""命令格式 (GB/T 9704-2012 10.2): its measures in the DOCX and in millimetres on the PDF, and its checks."""

from dataclasses import replace

from docx.oxml.ns import qn

from core.layout import measures as m
from core.layout.docx import docx
from core.layout.ooxml import indent, put
from core.layout.rules.parts import parts
from core.layout.rules.sheet import sheet
from core.layout.sample import SAMPLES
from tests.test_format_checker import failed, saved
from tests.test_layout_docx import in_mm, opened, right_of, said, styled
from tests.test_layout_pdf import CHARACTER, PITCH, drawn, near

ORDER = SAMPLES["命令格式"]
TEXT = "《滨河市城市排水设施保护办法》"


def test_the_mark_of_an_order_lies_twenty_millimetres_below_the_text_areas_top_and_its_number_two_lines_on():
    document = opened(ORDER)
    (mark,), (number,) = styled(document, "发文机关标志"), styled(document, "发文字号")
    frame = mark.pPr.find(qn("w:framePr"))
    assert said(mark) == "滨河市人民政府令"
    assert in_mm(frame.get(qn("w:y"))) == near(20, 0.1)
    size = int(mark.find(qn("w:r")).rPr.find(qn("w:sz")).get(qn("w:val"))) * 10
    assert int(frame.get(qn("w:h"))) - size == 2 * 579, "two lines of the text between mark and number"
    assert int(number.pPr.find(qn("w:spacing")).get(qn("w:after"))) == 2 * 579, "and two before the text"
    assert number.pPr.find(qn("w:pBdr")) is None, "no red line"
    assert not styled(document, "公文标题"), "no title"


def test_the_post_of_the_signer_stands_two_characters_before_the_name_and_the_date_a_line_below():
    document = opened(ORDER)
    (signed,), (dated,) = styled(document, "署名"), styled(document, "成文日期")
    assert (said(signed), right_of(signed)) == ("市长　　沈立群", 4)
    assert (said(dated), right_of(dated)) == ("2026年6月3日", 4)
    before = [int(p.pPr.find(qn("w:spacing")).get(qn("w:before"))) / 579 for p in (signed, dated)]
    assert before == [2, 1]


def test_the_printed_order_stands_where_the_standard_has_it():
    (page,) = drawn(ORDER)
    mark, number, text = (page.line(start) for start in ("滨河市人民政府令", "第8号", TEXT))
    signed, dated = page.line("市长沈立群"), page.line("2026年6月3日")
    assert mark.ink_top == near(m.TOP + 20)
    middle = (number.top + number.bottom) / 2
    assert middle - mark.bottom == near(2.5 * PITCH, 0.6)
    assert (number.left + number.right) / 2 == near(106, 0.5)
    assert text.top - number.top == near(3 * PITCH)
    assert signed.right == dated.right == near(184 - 4 * CHARACTER)
    assert dated.top - signed.top == near(2 * PITCH)
    assert not [stroke for stroke in page.strokes if stroke.y < 200], "no red line"


def test_a_joint_order_has_its_word_beside_the_offices():
    joint = replace(ORDER, issuers=("滨河市水务局", "滨河市财政局"), signatories=("梁卫东", "高远"))
    table = opened(joint).tables[0]._tbl
    assert [said(p) for cell in table.tr_lst[0].tc_lst for p in cell.p_lst] == [*joint.issuers, "令"]
    assert not failed(docx(joint))


def test_the_text_of_an_order_is_not_taken_for_its_title():
    found = parts(sheet(opened(ORDER)))
    assert found.form == "命令格式"
    assert {
        part: spans[0].text for part, spans in found.spans.items() if part in ("正文", "署名", "标题")
    } == {
        "正文": ORDER.body,
        "署名": "市长　　沈立群",
    }


def test_faults_of_an_order_are_found_alone():
    too_low, not_in, unsigned = opened(ORDER), opened(ORDER), opened(ORDER)
    put(styled(too_low, "发文机关标志")[0].pPr.find(qn("w:framePr")).getparent(), "w:framePr", y=1984)
    indent(styled(not_in, "署名")[0].pPr, right=2)
    styled(unsigned, "署名")[0].getparent().remove(styled(unsigned, "署名")[0])
    assert failed(saved(too_low)) == {
        "mark_place": "发文机关标志上边缘距版心上边缘应为 20 mm，这里是 35.0 mm"
    }
    assert failed(saved(not_in)) == {"signed_place": "签发人职务和签名章右空四字编排"}
    assert failed(saved(unsigned)) == {"signed": "成文日期之上应有签发人职务和签名章"}
