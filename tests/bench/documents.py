"""B8: a paper from the office's own template, beside docxtpl filling the same one."""

import io
from pathlib import Path

import docx
from docxtpl import DocxTemplate

from core.papers.template import prepare, render
from tests.bench.measuring import Line, Lines, typical

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
