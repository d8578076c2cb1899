"""Two more files in core/processes, nothing else touched: the pages offer, list and time the new process."""

import re
import shutil

import pytest
from playwright.sync_api import expect

from db.seed import PASSWORD
from tests.browser.hands import choose, fill, quiet, visits
from tests.serving import ROOT, furnish_demo, start_server

pytestmark = pytest.mark.browser

TOLD = (ROOT / "tests/test_a_new_process.py").read_text(encoding="utf-8")


def files():
    """The definitions of the other test, each as the file it would be."""
    imports = "\n".join(re.findall(r"^(?:from (?:datetime|core\.\w+)|import) .*$", TOLD, re.MULTILINE))
    for name, constant in (("seal_request", "REQUEST"), ("seal_keeping", "KEEPING")):
        (definition,) = re.findall(rf"^{constant} = Process\(.*?^\)$", TOLD, re.MULTILINE | re.DOTALL)
        yield f"{name}.py", f"{imports}\n\n{definition}\n\nVERSIONS = ({constant},)\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("new-process")
    root = folder / "program"
    for part in ("core", "db", "pages", ".streamlit"):
        shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "app.py", root)
    for name, text in files():
        lines = [
            line
            for line in text.splitlines()
            if "import pytest" not in line and "core import processes" not in line
        ]
        (root / "core/processes" / name).write_text("\n".join(lines), encoding="utf-8")
    furnish_demo(folder)
    with start_server(folder, root=root) as started:
        yield started


@pytest.mark.seldom
def test_a_new_process_has_its_form_its_register_its_desk_and_its_place_on_the_overview(browser, server):
    with visits(browser, server) as people:
        member = people.person("chenli", PASSWORD, "/registers")
        member.get_by_role("button", name="用印申请").or_(
            member.get_by_role("radio", name="用印申请")
        ).first.click()
        member.get_by_text("新的用印申请").wait_for()
        quiet(member)
        member.get_by_text("新的用印申请").click()
        expect(member.get_by_label("用印事由 *")).to_be_visible()
        choose(member, "监印人", "王敏")
        quiet(member)
        member.get_by_text("合同章", exact=True).click()
        fill(member, "用印事由", "报送年度预算")
        fill(member, "份数", "3")
        quiet(member)
        member.get_by_role("button", name="申请", exact=True).click()
        expect(member.get_by_text(re.compile("印〔20\\d\\d〕1号")).first).to_be_visible()

        director = people.person("zhangwei", PASSWORD, "/desk")
        expect(director.get_by_text("报送年度预算")).to_be_visible()
        director.goto("/")
        expect(director.get_by_text("用印申请 · 在办 1")).to_be_visible()
        expect(director.get_by_role("radio", name="审批 1", exact=True)).to_be_visible()
        director.goto("/handbook")
        expect(director.get_by_text("用印申请").first).to_be_visible()
