"""The house keeps its shape: arrows point inwards, and what belongs in one place is in one place."""

import ast
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CORE, DB, PAGES = (sorted((ROOT / package).rglob("*.py")) for package in ("core", "db", "pages"))
PROGRAM = [*CORE, *DB, *PAGES, ROOT / "app.py"]
PROSE = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


def name_of(path):
    return str(path.relative_to(ROOT))


@cache
def nodes(path):
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def calls(path):
    return {ast.unparse(node.func) for node in nodes(path) if isinstance(node, ast.Call)}


def imported(path):
    names = {alias.name for node in nodes(path) if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module or "" for node in nodes(path) if isinstance(node, ast.ImportFrom)}


def test_arrows_point_inwards():
    """pages → core ← db: the contracts are in pyproject.toml."""
    lint = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    done = subprocess.run(lint, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_only_the_session_and_the_entry_know_the_database():
    knowing = {
        name_of(path)
        for path in [*PAGES, ROOT / "app.py"]
        if any(n.split(".")[0] == "db" for n in imported(path))
    }
    assert {name for name in knowing if not name.startswith("pages/ui/session/")} <= {"app.py"}


CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.monotonic"}
OUTSIDE = {"os.getenv", "os.environ.get", "getenv"}


@pytest.mark.parametrize("path", CORE, ids=name_of)
def test_core_has_no_clock_no_environment_and_no_dice(path):
    assert not calls(path) & (CLOCKS | OUTSIDE)
    assert not {name.split(".")[0] for name in imported(path)} & {"random", "secrets", "uuid", "time"}
    assert "os.environ" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "path",
    [path for path in [*DB, *PAGES] if name_of(path) not in ("pages/ui/session/__init__.py", "db/seed.py")],
    ids=name_of,
)
def test_nothing_but_the_composition_root_reads_the_time(path):
    assert not calls(path) & CLOCKS - {"time.monotonic"}


def test_no_page_hides_a_module_of_the_standard_library():
    """pages/ comes first on sys.path: a pages/calendar.py would be imported instead of calendar."""
    assert not {path.stem for path in (ROOT / "pages").glob("*.py")} & sys.stdlib_module_names


def test_nothing_asks_which_process_it_has():
    """What is special about a process stands in its definition; whoever wants one by name says so once.

    The hints of duplicates at intake (`Reader.duplicates`) are about incoming documents by their nature.
    """
    asks = re.compile(r"""process(?:\.key|_key)?\s*(?:==|!=)\s*["']""")
    asking = [
        f"{name_of(path)}: {line.strip()}"
        for path in PROGRAM
        if path.parent.name != "processes"
        for line in path.read_text(encoding="utf-8").splitlines()
        if asks.search(line) and "incoming = self._visible(" not in line
    ]
    assert asking == []


def test_html_is_written_in_one_place():
    """What is drawn there is the program's own, never what somebody typed (P14)."""
    html = re.compile(r"unsafe_allow_html|unsafe_allow_javascript|\bst\.html\(|components\.(?:v1\.)?html")
    assert {name_of(p) for p in PROGRAM if html.search(p.read_text(encoding="utf-8"))} <= {
        "pages/ui/style.py"
    }


def test_only_db_writes_sql():
    speaking = {
        name_of(p)
        for p in [*CORE, *PAGES]
        if re.search(r"\b(?:SELECT|INSERT INTO|DELETE FROM)\b", p.read_text(encoding="utf-8"))
    }
    assert not speaking


@pytest.mark.parametrize("path", PROGRAM, ids=name_of)
def test_nothing_is_left_to_do_in_the_code(path):
    assert not re.search(r"\b(?:TODO|FIXME|XXX|HACK)\b", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", PROSE, ids=name_of)
def test_the_documents_name_no_machine_and_leave_nothing_to_do(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"(?<![\w./:~-])/(?:work|home|root|tmp|Users)/", text)
    assert not re.search(r"\b(?:TODO|FIXME|TBD)\b", text)


@pytest.mark.parametrize(
    "path",
    [path for path in PROGRAM if path.name != "__init__.py" or path.parent.name in ("core", "db", "session")],
    ids=name_of,
)
def test_each_module_says_what_it_is_for(path):
    assert ast.get_docstring(nodes(path)[0])


def test_no_two_files_of_stories_bear_one_name():
    """They are imported by their bare names: told in one run, the second would be taken for the first."""
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name, n in names.items() if n > 1] == []


def test_the_core_stays_small():
    """A dozen nouns: one more is a sign that something odd wants to be a plain function instead."""
    tree = ast.parse((ROOT / "core/process.py").read_text(encoding="utf-8"))
    assert sum(isinstance(node, ast.ClassDef) for node in tree.body) <= 12
