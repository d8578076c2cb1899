"""What the documents say is so: samples are cut from the tests, commands and files exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_sample_of_a_process_is_cut_from_its_test():
    (sample,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert sample in (ROOT / "tests/test_a_new_process.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\bmake ([a-z]+)", README))))
def test_a_command_of_the_readme_exists(target):
    assert re.search(rf"^{target}:.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_the_map_names_every_page():
    pages = {path.stem for path in (ROOT / "pages").glob("*.py")}
    assert pages <= set(re.findall(r"[a-z_]+", README))


def test_settings_of_the_readme_are_the_programs_own():
    from db.config import Settings

    named = set(re.findall(r"`OFFICE_([A-Z_]+)`", README))
    assert {name.lower() for name in named} <= set(Settings.model_fields)


def test_pictures_and_decisions_that_are_named_exist():
    for name in re.findall(r"\]\(([^)h][^)]*)\)", README):
        assert (ROOT / name).exists()
    numbers = sorted(path.name[:4] for path in (ROOT / "docs/decisions").glob("*.md"))
    assert numbers == [f"{n:04}" for n in range(1, len(numbers) + 1)]
