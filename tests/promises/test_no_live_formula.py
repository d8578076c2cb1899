"""Whatever was typed is text in every file the office hands out: nothing in it runs or leads away (P13)."""

import io
import re
import zipfile

import pytest

from core.papers import Ledger, handling_sheet, routing_record
from core.papers.docx import docx
from core.papers.xlsx import xlsx

TYPED = (
    "=1+1", "+1", "-1", "@SUM(1)", "\t=1", "0x=1", '=HYPERLINK("http://a.example")', "http://a.example/b",
    "=cmd|' /C calc'!A0", "{=1}", "＝1+1",
)  # fmt: skip
LIVE = re.compile(
    r"<f[ >/]|<hyperlinks?[ >]|relationships/hyperlink|ddeLink|<w:hyperlink|w:instrText|w:fldSimple"
)
"""What runs or leads away: formulas and links of a table, links and fields of a text."""

OWN_FIELDS = re.compile(r'<w:fldSimple w:instr="PAGE"/>')
"""The program's own: the number of the page."""


def parts_of(content: bytes) -> str:
    """All the parts of a file, one after the other."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return "\n".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())


def test_the_papers_of_documents_have_text_only(post, dossier_of):
    """Each of it in one of four places: number, title, sender and risk, then in a note."""
    for n in range(0, len(TYPED), 4):
        typed = (TYPED * 2)[n : n + 4]
        places = dict(zip(("title", "doc_number", "sender_org", "risk_note"), typed, strict=True))
        case = post.bring_to("circulation", **places)
        dossier = dossier_of(post.act(case, "note", "wang", text=" ".join(typed)))
        for made in (handling_sheet(dossier), routing_record(dossier)):
            assert LIVE.findall(OWN_FIELDS.sub("", parts_of(docx(made)))) == []


@pytest.mark.parametrize("typed", TYPED)
def test_a_table_has_text_only(typed):
    """Whatever stands in a table, in its head or in a cell."""
    made = parts_of(xlsx(Ledger("登记表", ("登记号", typed), ((typed, typed),))))
    assert LIVE.findall(made) == []
