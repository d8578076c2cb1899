"""B8: papers from the office's own template and official documents from their fields, beside docxtpl."""

import io
from dataclasses import replace
from pathlib import Path

import docx
from docxtpl import DocxTemplate

from core.layout.docx import docx as laid_out
from core.layout.official import Official
from core.layout.sample import SAMPLES
from core.papers.template import prepare, render
from tests.bench.measuring import Line, Lines, typical, typical_of_pair

COUNT = 200


def lines(folder: Path) -> Lines:
    """A notice with a table of 24 cells."""
    template = _template()
    prepared, context = prepare(template), _context(7)
    ours = typical(lambda: [render(prepared, _context(n)) for n in range(COUNT)], 5) / COUNT
    theirs = typical(lambda: [_docxtpl(template, _context(n)) for n in range(5)], 5) / 5
    if _words(render(prepared, context)) != _words(_docxtpl(template, context)):
        raise AssertionError("the two papers say different things")
    yield Line("B8 a paper from a template", ours, theirs, "docxtpl", 1 / 50)
    ours, theirs = typical_of_pair(_official_ones, _filled_ones, 3)
    yield Line(
        "B8 1,000 official documents", ours * 1000 / OFFICIALS, theirs * 1000 / OFFICIALS, "docxtpl", 1 / 2
    )


OFFICIALS = 100
"""Official documents made in a round: of each of them every element and every line of the text differs."""


def _official_ones() -> None:
    for n in range(OFFICIALS):
        laid_out(_official(n))


def _filled_ones() -> None:
    """The same texts put into a file that was laid out before: what an office with a template would do."""
    template = _blank_official()
    for n in range(OFFICIALS):
        _docxtpl(template, {f"t{k}": text for k, text in enumerate(_lines(_official(n)))})


def _official(n: int) -> Official:
    sample = SAMPLES["通用格式"]
    return replace(
        sample,
        title=f"{sample.title[:-2]}第{n}号通知",
        number=f"滨政办发〔2026〕{n + 1}号",
        body="\n".join(f"{line}（{n}）" for line in sample.body.split("\n")),
    )


def _lines(official: Official) -> list[str]:
    return [official.title, official.number, *official.body.split("\n")]


def _blank_official() -> bytes:
    """Laid out by our own writer, with a blank where each text stands."""
    document = docx.Document(io.BytesIO(laid_out(SAMPLES["通用格式"])))
    texts = iter(range(len(_lines(SAMPLES["通用格式"]))))
    wanted = ("GwTitle", "GwNumber", "GwBody", "GwLevel")
    found = [one for one in document.paragraphs if one.style.style_id.startswith(wanted)]
    for n, paragraph in zip(texts, found, strict=False):
        paragraph.text = f"{{{{ t{n} }}}}"
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _template() -> bytes:
    document = docx.Document()
    document.add_heading("{{ 标题 }}", 1)
    document.add_paragraph("文号：{{ 文号 }}　登记号：{{ 登记号 }}")
    for _ in range(8):
        document.add_paragraph("{{ 来文单位 }}：请于 {{ 办理时限 }} 前办理。" + "现将有关事项说明如下。" * 6)
    for row in document.add_table(rows=6, cols=4).rows:
        for cell in row.cells:
            cell.text = "{{ 承办人 }}"
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _context(n: int) -> dict[str, str]:
    return {
        "标题": f"关于做好第{n}项工作的通知 <&>", "文号": f"市测〔2026〕{n}号", "登记号": f"收〔2026〕{n}号",
        "来文单位": "市财政局", "办理时限": "2026年12月1日", "承办人": f"张{n % 40}",
    }  # fmt: skip


def _docxtpl(template: bytes, context: dict[str, str]) -> bytes:
    document = DocxTemplate(io.BytesIO(template))
    document.render(context, autoescape=True)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _words(content: bytes) -> list[str]:
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [*(paragraph.text for paragraph in document.paragraphs), *cells]
