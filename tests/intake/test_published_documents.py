"""Documents that were published are read in 98 of 100 fields, whatever file they come in."""

import json

import pytest

from tests.intake.made import FORMATS, ROOT, said

DATA = ROOT.parent / "shared" / "data" / "state-council-documents.jsonl"


@pytest.mark.skipif(not DATA.exists(), reason="the published documents are not beside this checkout")
@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("with_labels", [True, False], ids=["with the page's labels", "the bare document"])
def test_published_documents_are_read_in_98_of_100_fields(form: str, with_labels: bool) -> None:
    wrong, total = [], 0
    for line in DATA.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        body = row["body"] if with_labels else row["body"].split("\n索 引 号")[0]
        found = said(FORMATS[form](body))
        for key, told in [
            ("doc_number", "number"),
            ("title", "title"),
            ("sender_org", "issuer"),
            ("dated_on", "written_on"),
        ]:
            total += 1
            if found[key] != row[told]:
                wrong.append((row["number"], key, found[key]))
    assert total and len(wrong) <= 0.02 * total, wrong
