"""A backup brings the whole office back, and says where it cannot."""

import shutil
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from db import anchor, backup, restore, search
from db import verify as verify_command
from db.config import Settings
from db.tables import Base, FileRow
from db.verify import Installation
from tests.conftest import StillClock
from tests.safekeeping.house import House, attached, contents, titles
from tests.safekeeping.tampering import KEY, LETTER


def test_a_backup_under_eight_writers_brings_the_whole_office_back_elsewhere(
    house, tmp_path, sqlite_template, capsys
):
    acknowledged, stop = [], threading.Event()

    def work(office, name):
        n = 0
        while not stop.is_set():
            house.register(office, f"{name} 的第 {n} 件", f"{name}.{n}".encode())
            acknowledged.append(f"{name} 的第 {n} 件")
            n += 1

    with house.running() as (_, office), ThreadPoolExecutor(8) as people:
        work_of = [people.submit(work, office, f"第 {i} 位") for i in range(8)]
        while len(acknowledged) < 16:
            stop.wait(0.05)
        before = set(acknowledged)
        try:
            assert house.backup(str(tmp_path / "usb")) == 0
        finally:
            stop.set()
        for one in work_of:
            one.result()
    (made,) = backup.backups(tmp_path / "usb")
    assert before <= titles(made)

    elsewhere = House(tmp_path / "new machine" / "data", sqlite_template)
    (elsewhere.data / "office.db").unlink()
    assert elsewhere.restore(str(made)) == 0
    assert contents(elsewhere.data) == contents(made)
    with backup.opened(made) as database, database.reading() as session:
        known = set(session.scalars(select(FileRow.digest)))
    assert attached(elsewhere.data) == attached(made) == known
    assert elsewhere.verify() == 0
    with backup.opened(elsewhere.data) as database:
        head = anchor.head(database, date(2026, 11, 20))
    assert str(head) == backup.read_manifest(made)["head"]


def test_the_backup_does_not_carry_the_key(house, capsys):
    house.backup()
    assert KEY.hex() not in "".join(
        path.read_bytes().decode("latin-1") for path in house.newest().rglob("*") if path.is_file()
    )
    assert "请另存一份" in capsys.readouterr().out


def places_in(made: Path) -> list[Path]:
    return sorted(path for path in made.rglob("*") if path.is_file())


@pytest.mark.parametrize("which", [0, 1, 2], ids=["attachment", "manifest", "database"])
def test_one_byte_damaged_is_named_and_not_restored(house, which, capsys):
    house.backup()
    before = contents(house.data)
    place = places_in(house.newest())[which]
    content = bytearray(place.read_bytes())
    content[len(content) // 2] ^= 1
    place.write_bytes(content)
    assert house.restore(str(house.newest()), "--yes") == 1
    said = capsys.readouterr().out
    assert "这份备份已损坏，没有恢复" in said
    assert place.name in said
    assert contents(house.data) == before


def test_a_backup_with_an_attachment_missing_is_not_restored(house, capsys):
    house.backup()
    places_in(house.newest())[0].unlink()
    assert house.restore(str(house.newest()), "--yes") == 1
    assert "备份里缺附件" in capsys.readouterr().out


def test_a_manifest_written_to_fit_an_altered_backup_is_found(house, capsys):
    """Whoever alters the backup can write the new hash down, but cannot sign it."""
    house.backup()
    made = house.newest()
    place = made / backup.MANIFEST
    database = made / "office.db"
    was = backup.sha256(database)
    database.write_bytes(database.read_bytes() + b"\0")
    place.write_text(place.read_text().replace(was, backup.sha256(database)))
    assert house.restore(str(made), "--yes") == 1
    assert "manifest.json 被改" in capsys.readouterr().out


def test_restoring_over_a_living_office_asks_first(house, capsys):
    house.backup()
    with house.running() as (_, office):
        house.register(office, "备份以后来的文")
    for answer in ("", "no"):
        assert house.restore(str(house.newest()), ask=lambda _prompt, answer=answer: answer) == 1
    assert "没有恢复，一切照旧" in capsys.readouterr().out
    assert "备份以后来的文" in titles(house.data)


def test_restoring_keeps_the_old_office_aside_and_the_key_and_the_backups_in_place(house, capsys):
    house.backup()
    made = house.newest()
    with house.running() as (_, office):
        house.register(office, "备份以后来的文")
    house.clock.turn_to("2026-11-21 09:00")
    house.backup()
    assert house.restore(str(made), ask=lambda _prompt: "yes") == 0
    (before,) = house.data.parent.glob("data.before-*")
    assert str(before) in capsys.readouterr().out
    assert "备份以后来的文" in titles(before)
    assert "备份以后来的文" not in titles(house.data)
    assert attached(before) == attached(house.data)
    assert (house.data / "chain.key").read_text() == KEY.hex() == (before / "chain.key").read_text()
    assert len(backup.backups(house.data / "backups")) == 2
    assert house.verify() == 0


@pytest.fixture(params=["a disk of its own", "a folder of the same disk"])
def mounted(request, tmp_path, sqlite_template):
    """An office with one document in a data folder that is a mount and so cannot be renamed."""
    data, elsewhere = tmp_path / "data", tmp_path / "elsewhere"
    data.mkdir()
    elsewhere.mkdir()
    disk = ["-t", "tmpfs", "office"] if request.param == "a disk of its own" else ["--bind", str(elsewhere)]
    if subprocess.run(["mount", *disk, str(data)], capture_output=True, check=False).returncode:
        pytest.skip("nothing may be mounted here")
    try:
        built = House(data, sqlite_template)
        with built.running() as (_, office):
            built.register(office, "关于防汛工作的通知", LETTER)
        yield built
    finally:
        subprocess.run(["umount", str(data)], check=True)


def test_a_data_folder_that_is_a_mount_gets_the_backup_into_it(mounted, capsys):
    mounted.backup()
    with mounted.running() as (_, office):
        mounted.register(office, "备份以后来的文")
    for moment in ("2026-11-20 16:00", "2026-11-20 17:00"):  # and once more, over what was restored
        mounted.clock.turn_to(moment)
        assert mounted.restore(str(mounted.newest()), "--yes") == 0
        assert titles(mounted.data) == {"关于防汛工作的通知"}
        assert mounted.verify() == 0
    first, _ = sorted(mounted.data.glob("before-*"))
    assert str(first) in capsys.readouterr().out
    assert "备份以后来的文" in titles(first)
    assert (mounted.data / "chain.key").read_text() == KEY.hex()
    assert len(backup.backups(mounted.data / "backups")) == 1
    assert list(mounted.data.parent.glob("data.*")) == []


def test_the_contents_of_a_folder_are_exchanged_inside_it(house, tmp_path):
    """What happens in a mount, wherever this is run."""
    building = house.data / "data.restoring-x"
    building.mkdir()
    (building / "office.db").write_text("new")
    (house.data / "before-20260101-000000").mkdir()
    before = restore.swap_inside(house.data, building, house.data / "before-20261120-150000")
    assert (house.data / "office.db").read_text() == "new"
    assert titles(before) == {"关于防汛工作的通知", "关于春节值班的通知"}
    assert (house.data / "before-20260101-000000").exists()


def test_the_restored_office_goes_on_and_its_chain_holds(house):
    house.backup()
    assert house.restore(str(house.newest()), "--yes") == 0
    with house.running() as (_, office):
        house.register(office, "恢复以后来的文")
    assert house.verify() == 0


def test_an_office_whose_database_is_rubbish_is_put_aside_and_restored(house):
    house.backup()
    before = titles(house.data)
    (house.data / "office.db").write_bytes(b"rubbish" * 1000)
    assert house.restore(str(house.newest()), "--yes") == 0
    assert titles(house.data) == before
    (aside,) = house.data.parent.glob("data.before-20261120-150000")
    assert (aside / "office.db").read_bytes().startswith(b"rubbish")


def test_nothing_is_restored_under_a_running_service(house, capsys):
    house.backup()
    with house.running() as (_, office):
        house.register(office, "还在登记")
        assert house.restore(str(house.newest()), "--yes") == 1
    assert "服务还在运行" in capsys.readouterr().out
    assert "还在登记" in titles(house.data)


def test_without_the_key_a_restore_says_what_is_lost_and_does_it_only_when_told(
    house, tmp_path, sqlite_template, capsys
):
    house.backup()
    elsewhere = House(tmp_path / "new machine" / "data", sqlite_template)
    shutil.rmtree(elsewhere.data)
    assert elsewhere.restore(str(house.newest())) == 1
    assert "请先把另存的 chain.key 放进数据目录" in capsys.readouterr().out
    assert not elsewhere.data.exists()
    assert elsewhere.restore(str(house.newest()), "--without-key") == 0
    assert titles(elsewhere.data) == titles(house.data)


def test_a_restore_into_postgresql_is_refused_in_one_sentence(house, capsys):
    settings = Settings(data_dir=house.data, database_url="postgresql://office@localhost/office")
    assert restore.main(settings, [str(house.data)], house.clock) == 1
    assert "本版只恢复到数据目录里的 SQLite 数据库" in capsys.readouterr().out


def test_an_office_that_is_not_whole_is_backed_up_and_it_is_said(house, capsys):
    """One attachment lost must not mean no backup from now on."""
    with house.running() as (here, _):
        (place,) = (path for path in here.files.folder.rglob("*") if path.is_file())
        place.unlink()
    assert house.backup() == 1
    assert "附件缺失" in capsys.readouterr().out
    assert "附件缺失" in backup.read_manifest(house.newest())["findings"][0]
    assert house.restore(str(house.newest()), "--yes") == 1  # restored, and said again
    assert "附件缺失" in capsys.readouterr().out
    assert len(titles(house.data)) == 2


def test_a_file_is_stored_once_among_backups_and_never_shared_with_the_office(house):
    for moment in ("2026-11-20 15:00", "2026-11-21 15:00"):
        house.clock.turn_to(moment)
        house.backup()
    first, second = (places_in(made)[0] for made in backup.backups(house.data / "backups"))
    (own,) = (path for path in (house.data / "files").rglob("*") if path.is_file())
    assert first.samefile(second)
    assert not own.samefile(second)


def test_what_was_damaged_in_the_office_comes_whole_from_the_backup_before(house):
    house.backup()
    (own,) = (path for path in (house.data / "files").rglob("*") if path.is_file())
    own.write_bytes(b"damaged")
    house.clock.turn_to("2026-11-21 15:00")
    assert house.backup() == 0
    assert house.verify() == 1


def test_the_commands_say_where_nothing_is_installed(tmp_path, capsys):
    settings = Settings(data_dir=tmp_path / "nothing")
    assert verify_command.main(settings) == 1
    assert backup.main(settings, [], StillClock("2026-11-20 15:00")) == 1
    assert capsys.readouterr().out.count("里没有 chain.key") == 2
    assert not (tmp_path / "nothing").exists()


def test_a_whole_office_is_said_with_its_numbers(house, capsys):
    house.backup()
    capsys.readouterr()
    assert house.verify() == 0
    assert capsys.readouterr().out == "完好：2 件事项、4 条记录、0 条办公室记录、1 个附件\n"


# --- PostgreSQL ---------------------------------------------------------------------------------------


def test_the_backup_of_either_database_is_one_sqlite_file_with_every_row(
    database, files, letter, tmp_path, clock
):
    here = Installation(database, KEY, files, tmp_path / "backups")
    made, found = backup.back_up(here, tmp_path / "backups", clock())
    assert found == []
    assert backup.check(made, KEY) == []
    with database.reading() as session:
        live = {
            table.name: sorted(map(repr, session.execute(select(table))))
            for table in Base.metadata.sorted_tables
        }
    assert contents(made) == live
    with backup.opened(made) as copy:
        assert search.catch_up(copy) == 0  # the index came along, or was made anew
    assert attached(made) == {path.name for path in files.folder.rglob("*") if path.is_file()}
