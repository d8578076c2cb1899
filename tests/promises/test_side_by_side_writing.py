"""Many at once: nobody's change is lost, and no number is given twice or left out (P4, P5)."""

import re
import time
from concurrent.futures import ThreadPoolExecutor

from core.errors import Conflict
from tests.conftest import NAMED
from tests.promises.registrar import acknowledged, start
from tests.promises.test_nothing_acknowledged_is_lost import address_of, is_whole, numbers

EDITORS = ("wang", "li", "wang", "li")
SAVES = 50


def test_of_four_editors_of_one_field_nobody_overwrites_anybody(post):
    """Each looks, thinks for a millisecond and saves one more than they saw: what was saved adds up."""
    case = post.register(copy_count=2)
    told: list[str] = []

    def edit(editor: str) -> int:
        saved = 0
        for _ in range(SAVES):
            seen = post.see(case, by=editor)
            time.sleep(0.001)
            more = {"item": "copy_count", "value": str(seen.data["copy_count"] + 1), "reason": "又到一份"}
            try:
                post.office.act(case.id, "correct", more, by=NAMED[editor], seen=seen.seq)
            except Conflict as conflict:
                told.append(str(conflict))
            else:
                saved += 1
        return saved

    with ThreadPoolExecutor(len(EDITORS)) as people:
        saved = sum(people.map(edit, EDITORS))
    assert post.see(case).data["copy_count"] == 2 + saved
    assert saved + len(told) == len(EDITORS) * SAVES
    slower = re.compile(
        r"(王敏|李华)已于 11-20 15:00 办理了“更正”，.*您填写的内容已保留，请看过最新情况再办理"
    )
    assert all(slower.fullmatch(sentence) for sentence in told)


def test_fifty_registrars_in_two_programs_get_every_number_once(database, files):
    """Every fifth document fails after its number was taken: the number goes to the next."""
    address = address_of(database)
    programs = [start(address, files.folder, name, 25, "--seconds=2", "--spoil=5") for name in ("a", "b")]
    told: dict[str, str] = {}
    for program in programs:
        said, _ = program.communicate(timeout=60)
        told |= acknowledged(said)
    assert numbers(database) == told
    assert sorted(int(re.findall(r"\d+", number)[-1]) for number in told.values()) == [
        *range(1, len(told) + 1)
    ]
    assert {form.split("-")[0] for form in told} == {"a", "b"}
    is_whole(database, files)
