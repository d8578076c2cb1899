"""The DOCX of each sample as LibreOffice sets it, measured in millimetres: where a word processor could move things.

LibreOffice has none of the typefaces of the standard here; what stands in for them has wider figures.
"""

import shutil
import subprocess

import pypdfium2 as pdfium
import pytest

from core.layout.docx import docx
from core.layout.sample import SAMPLES
from tests.test_layout_pdf import CHARACTER, _page, near

FOUR = 14 * 25.4 / 72
"""A character of the imprint in millimetres."""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The pages of each sample."""
    writer = shutil.which("soffice")
    if not writer:
        pytest.skip("LibreOffice is not installed")
    folder = tmp_path_factory.mktemp("papers")
    names = []
    for name, official in SAMPLES.items():
        (folder / f"{name}.docx").write_bytes(docx(official))
        names.append(f"{name}.docx")
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [writer, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), *names]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=180)
    return {name: [_page(page) for page in pdfium.PdfDocument(folder / f"{name}.pdf")] for name in SAMPLES}


def test_the_imprint_is_as_wide_as_the_text_area_and_on_its_foot(pages):
    """Word processors differ in whether a table stands out by the margins of its cells; ours has none."""
    for name in ("通用格式", "联合上行文", "命令格式", "纪要格式"):
        page = pages[name][-1]
        lines = [stroke for stroke in page.strokes if stroke.y > 200]
        assert len(lines) == 3, name
        assert (min(s.left for s in lines), max(s.right for s in lines)) == (near(28, 0.6), near(184, 0.6))
        assert max(stroke.y for stroke in lines) == near(262, 0.6)
        copies = page.line("抄送：")
        assert copies.left == near(28 + FOUR, 0.5)
        printed = next(line for line in page.lines if line.text.endswith("印发"))
        assert (printed.left, printed.right) == (near(28 + FOUR, 0.5), near(184 - FOUR, 0.5))


def test_a_short_letter_stays_on_one_page(pages):
    (page,) = pages["信函格式"]
    number, copies = page.line("加急滨档函〔2026〕11号"), page.line("抄送：")
    double = min(stroke.y for stroke in page.strokes)
    assert number.ink_top - double == near(16 * 25.4 / 72 * 7 / 8, 1.2), "seven eighths of a character"
    assert copies.top > page.line("2026年4月9日").bottom


def test_the_names_in_a_joint_red_head_stand_in_their_lines(pages):
    page = pages["联合上行文"][0]
    first, last = page.line("签发人：梁卫东许文静"), page.line("滨水请〔2026〕9号高远")
    assert first.right <= 184 - CHARACTER + 0.6
    assert last.left == near(28 + CHARACTER, 0.5)
    mark = page.line("滨河市财政局")
    assert first.top - mark.bottom == near(2 * 225 / 22, 4.5), "two lines below the mark"


def test_a_document_has_as_many_pages_as_its_pdf(pages):
    assert {name: len(found) for name, found in pages.items()} == {
        "通用格式": 2,
        "联合上行文": 4,
        "信函格式": 1,
        "命令格式": 1,
        "纪要格式": 2,
    }
