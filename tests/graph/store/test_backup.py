"""Backups: the same quads, journal and files again; whole or none, whoever loads meanwhile and whatever is killed."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from communique.graph.errors import StoreError, StoreLocked
from communique.graph.loading import pipeline
from communique.graph.loading.pipeline import Options
from communique.graph.settings import Settings
from communique.graph.store.backup import Backup, back_up
from communique.graph.store.canonical import canonical_lines
from communique.graph.store.journal import PUBLISHED, Journal
from communique.graph.store.restoration import restore
from communique.graph.store.workspace import Workspace
from communique.graph.validation import ValidationReport

P, G = NamedNode("http://example.org/p"), NamedNode("http://example.org/g")


def load(home: Path, number: int, folder: Path) -> None:
    """Load one graph of 50 quads; the rules of the product have no say."""
    folder.mkdir(exist_ok=True)
    file = folder / f"{number}.nt"
    file.write_text("".join(f'<http://example.org/{number}/{n}> <{P.value}> "{n}" .\n' for n in range(50)))
    options = Options(graph=NamedNode(f"http://example.org/g{number}"), gate=lambda *_, **__: ValidationReport())
    pipeline.load(Settings(home=home, agent="tester"), [file], options)


def first_snapshot(home: Path) -> None:
    workspace = Workspace(home)
    with workspace.working_copy() as copy:
        copy.replace_all([Quad(P, P, Literal(n), G) for n in range(5)])
        workspace.publish(copy)


def state(home: Path) -> tuple[object, ...]:
    """All that a home says: the quads of each snapshot, as text and on disk, what is in force, the journal."""
    workspace = Workspace(home)
    texts = {each.id: canonical_lines(each.load()) for each in workspace.snapshots()}
    disks = {each.id: canonical_lines(Store.read_only(str(each.path / "store"))) for each in workspace.snapshots()}
    assert texts == disks
    return workspace.current().id, texts, Journal(home).activities()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Give a home of three snapshots, with what else may lie there."""
    home = tmp_path / "home"
    first_snapshot(home)
    for number in range(2):
        load(home, number, tmp_path / "files")
    (home / "quarantine" / "20260101T000000Z-000000").mkdir(parents=True)
    (home / "quarantine" / "20260101T000000Z-000000" / "README.md").write_text("to be corrected")
    (home / "tokens.json").write_text("{}")
    (home / "tokens.json").chmod(0o600)
    return home


def test_a_restored_backup_says_all_that_the_store_said(home: Path, tmp_path: Path) -> None:
    backup = back_up(home, tmp_path / "backup")
    restored = tmp_path / "elsewhere" / "home"
    assert restore(tmp_path / "backup", restored) == backup
    assert state(restored) == state(home)
    assert (restored / "quarantine/20260101T000000Z-000000/README.md").read_text() == "to be corrected"
    assert (restored / "tokens.json").stat().st_mode & 0o777 == 0o600
    assert {path.name for path in restored.iterdir()} == {path.name for path in home.iterdir()}


def test_a_restored_store_is_loaded_into_and_rolled_back(home: Path, tmp_path: Path) -> None:
    back_up(home, tmp_path / "backup")
    restored = tmp_path / "restored"
    restore(tmp_path / "backup", restored)
    for each in (home, restored):
        before = Workspace(each).current_id()
        load(each, 7, tmp_path / "files")
        assert Workspace(each).current_id() != before
        pipeline.rollback(Settings(home=each))
        pipeline.rollback(Settings(home=each))
    assert state(restored)[:2] == state(home)[:2]
    assert [each.kind for each in Journal(restored).activities()] == [each.kind for each in Journal(home).activities()]


def test_what_snapshots_share_is_shared_in_a_backup_and_after_it(tmp_path: Path) -> None:
    home, many = tmp_path / "home", [Quad(P, P, Literal(n), G) for n in range(3000)]
    workspace = Workspace(home)
    for number in (2999, 3000):
        with workspace.working_copy() as copy:
            copy.replace_all(many[:number])
            workspace.publish(copy)
    back_up(home, tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "restored")
    for place in (home, tmp_path / "backup" / "home", tmp_path / "restored"):
        files = [path.stat() for path in place.glob("snapshots/*/dataset.nq")]
        assert len(files) == 2
        assert len({status.st_ino for status in files}) == 1, place


def test_a_folder_that_holds_something_is_left_alone(home: Path, tmp_path: Path) -> None:
    (tmp_path / "backup").mkdir()
    (tmp_path / "backup" / "thesis.tex").write_text("years of work")
    with pytest.raises(StoreError, match="is not empty"):
        back_up(home, tmp_path / "backup")
    assert [path.name for path in (tmp_path / "backup").iterdir()] == ["thesis.tex"]
    back_up(home, tmp_path / "other")
    with pytest.raises(StoreError, match="is not empty"):
        back_up(home, tmp_path / "other")


def test_a_backup_in_its_own_home_is_refused(home: Path) -> None:
    with pytest.raises(StoreError, match="lies in"):
        back_up(home, home / "backups" / "1")


def test_nothing_published_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="nothing built yet"):
        back_up(tmp_path / "home", tmp_path / "backup")
    assert not list((tmp_path / "backup").iterdir())


def test_a_home_that_holds_something_is_replaced_only_when_that_is_said(home: Path, tmp_path: Path) -> None:
    back_up(home, tmp_path / "backup")
    other = tmp_path / "other"
    first_snapshot(other)
    load(other, 9, tmp_path / "files")
    before = state(other)
    with pytest.raises(StoreError, match="is not empty") as caught:
        restore(tmp_path / "backup", other)
    assert "--replace" in str(caught.value.hint)
    assert state(other) == before
    restore(tmp_path / "backup", other, replace=True)
    assert state(other) == state(home)


def test_a_home_that_is_written_to_is_waited_for(home: Path, tmp_path: Path) -> None:
    back_up(home, tmp_path / "backup")
    with Workspace(home).exclusive(), pytest.raises(StoreLocked):
        restore(tmp_path / "backup", home, replace=True)


def damage_byte(folder: Path) -> None:
    path = next(folder.glob("home/snapshots/*/dataset.nq"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "a byte": damage_byte,
    "a file is missing": lambda folder: (folder / "home" / "journal.nq").unlink(),
    "a file is too many": lambda folder: (folder / "home" / "journal.pending").write_text(""),
    "no manifest": lambda folder: (folder / "manifest.json").unlink(),
    "half a manifest": lambda folder: os.truncate(folder / "manifest.json", 500),
    "a later format": lambda folder: (folder / "manifest.json").write_text('{"format": 2, "version": "9.0"}'),
    "a path that leads out": lambda folder: (folder / "manifest.json").write_text(
        (folder / "manifest.json").read_text().replace('"journal.nq"', '"../../thesis.tex"')
    ),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_backup_is_not_restored(damage: Callable[[Path], object], home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    back_up(home, folder)
    (tmp_path / "thesis.tex").write_text("years of work")
    damage(folder)
    before = state(home)
    with pytest.raises(StoreError) as caught:
        Backup.read(folder).check()
    assert caught.value.hint
    for place, is_replacing in ((tmp_path / "restored", False), (home, True)):
        with pytest.raises(StoreError):
            restore(folder, place, replace=is_replacing)
    assert state(home) == before
    assert Workspace(tmp_path / "restored").current_id() is None
    assert (tmp_path / "thesis.tex").read_text() == "years of work"


def test_of_a_damaged_store_no_backup_is_made(home: Path, tmp_path: Path) -> None:
    dataset = Workspace(home).current().path / "dataset.nq"
    lines = dataset.read_bytes().splitlines(keepends=True)
    dataset.write_bytes(b"".join(lines[1:]))
    with pytest.raises(StoreError, match="is damaged"):
        back_up(home, tmp_path / "backup")
    assert not list((tmp_path / "backup").iterdir())


def test_what_belongs_to_running_processes_is_not_in_a_backup(home: Path, tmp_path: Path) -> None:
    (home / "drawn").mkdir()
    for name in ("engine.lock", "engine.sock", "drawn/0123"):
        (home / name).touch()
    files = back_up(home, tmp_path / "backup").files
    assert {name.partition("/")[0] for name in files} == {"journal.nq", "quarantine", "snapshots", "tokens.json"}


def test_what_a_running_load_set_aside_is_not_in_a_backup(home: Path, tmp_path: Path) -> None:
    (home / "quarantine" / "29990101T000000Z-abcdef").mkdir()
    (home / "quarantine" / "29990101T000000Z-abcdef" / "report.json").write_text("{}")
    (home / "quarantine" / ".29990101T000000Z-abcdef").mkdir()
    (home / "quarantine" / ".29990101T000000Z-abcdef" / "report.json").write_text("{}")
    backup = back_up(home, tmp_path / "backup")
    assert [name for name in backup.files if name.startswith("quarantine")] == [
        "quarantine/20260101T000000Z-000000/README.md"
    ]


def test_what_came_of_a_later_change_is_not_in_a_backup(home: Path, tmp_path: Path) -> None:
    later = time.time_ns() + 3_600_000_000_000
    for name in ("1/order.json", "1/result.json", "2/order.json", "2/result.json"):
        (home / "jobs" / name).parent.mkdir(parents=True, exist_ok=True)
        (home / "jobs" / name).write_text("{}")
    os.utime(home / "jobs/2/result.json", ns=(later, later))
    files = back_up(home, tmp_path / "backup").files
    assert [name for name in files if name.startswith("jobs")] == [
        "jobs/1/order.json",
        "jobs/1/result.json",
        "jobs/2/order.json",
    ]


LOADS = """
import sys
from pathlib import Path
from tests_backup import load
home, files, number = Path(sys.argv[1]), Path(sys.argv[2]), 100
while True:
    number += 1
    load(home, number, files)
    print(number, flush=True)
"""


@pytest.fixture
def environment(root: Path, tmp_path: Path) -> dict[str, str]:
    """Give an environment in which another process finds the functions of this module."""
    shutil.copy(__file__, tmp_path / "tests_backup.py")
    return {**os.environ, "PYTHONPATH": f"{root / 'src'}:{tmp_path}"}


@pytest.mark.parametrize("count", [2, pytest.param(12, marks=pytest.mark.slow)])
def test_a_backup_while_another_process_loads_is_one_state(
    home: Path, tmp_path: Path, environment: dict[str, str], count: int
) -> None:
    command = [sys.executable, "-c", LOADS, str(home), str(tmp_path / "files")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        try:
            for number in range(count):
                process.stdout.readline()
                back_up(home, tmp_path / f"backup{number}")
                loads = [process.stdout.readline() for _ in range(2)]
                assert all(loads), "the other process ended"
        finally:
            process.kill()
    seen = set()
    for number in range(count):
        restored = tmp_path / f"restored{number}"
        restore(tmp_path / f"backup{number}", restored)
        current, texts, _ = state(restored)
        assert current in texts
        with Workspace(restored).exclusive():
            Journal(restored).recover(str(current))
        last = Journal(restored).activities()[-1]
        assert (last.snapshot, last.outcome) == (current, PUBLISHED)
        seen.add(current)
    assert len(seen) == count


FULL = """
import resource, signal, sys
from pathlib import Path
from communique.graph.errors import StoreError
from communique.graph.store.backup import back_up
from communique.graph.store.restoration import restore
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
try:
    {"backup": back_up, "restore": restore}[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
except StoreError as error:
    print(error.message)
"""


@pytest.mark.parametrize("what", ["backup", "restore"])
def test_a_full_disk_is_told_and_leaves_nothing(
    home: Path, tmp_path: Path, environment: dict[str, str], what: str
) -> None:
    back_up(home, tmp_path / "backup")
    source = home if what == "backup" else tmp_path / "backup"
    command = [sys.executable, "-c", FULL, what, str(source), str(tmp_path / "target")]
    told = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    assert told.stdout == f"no room left for {tmp_path / 'target'}; nothing was changed\n", told.stderr
    assert {path.name for path in (tmp_path / "target").iterdir()} <= {"writer.lock"}


# A process that is killed at its n-th look at the file system below a folder; n = 0: it is not, and tells how many.
KILLED = """
import os, signal, sys
from pathlib import Path
from communique.graph.store.backup import back_up
from communique.graph.store.restoration import restore
from communique.graph.errors import CommuniqueError

what, source, target, steps = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])
WATCHED = {"os.mkdir", "os.rename", "os.symlink", "os.remove", "os.rmdir", "os.link", "os.chmod", "open"}
seen = 0

def stop_at(event, arguments):
    global seen
    if event in WATCHED and str(target) in str(arguments[0]):
        seen += 1
        if seen == steps:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(stop_at)
if what == "backup":
    back_up(source, target)
else:
    restore(source, target, replace=what == "replace")
print(seen)
"""


def run_until(step: int, environment: dict[str, str], what: str, *places: Path) -> int:
    """Run until a step, where the process is killed; returns how many steps there were when it was not."""
    command = [sys.executable, "-c", KILLED, what, *map(str, places), str(step)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == (-signal.SIGKILL if step else 0), done.stderr
    return int(done.stdout or 0)


def points(steps: int, count: int) -> list[int]:
    """Choose steps, ``count`` of them among the last, at which what was made takes its place, and three times more."""
    last = range(steps - 19, steps + 1)
    return sorted([*random.Random(17).sample(range(1, last[0]), 3 * count), *last[-1 :: -20 // count]])


FEW, MANY = 1, pytest.param(20, marks=pytest.mark.slow)


@pytest.mark.parametrize("count", [FEW, MANY])
def test_a_backup_that_is_killed_is_whole_or_none(
    home: Path, tmp_path: Path, environment: dict[str, str], count: int
) -> None:
    steps = run_until(0, environment, "backup", home, tmp_path / "whole")
    outcomes = set()
    for step in points(steps, count):
        folder = tmp_path / f"killed{step}"
        run_until(step, environment, "backup", home, folder)
        try:
            Backup.read(folder).check()
            outcomes.add("whole")
        except StoreError:
            outcomes.add("none")
            back_up(home, folder)
            assert {path.name for path in folder.iterdir()} == {"home", "manifest.json"}
        restore(folder, tmp_path / f"restored{step}")
        assert state(tmp_path / f"restored{step}") == state(home)
    assert outcomes == {"whole", "none"}


@pytest.mark.parametrize("count", [FEW, MANY])
@pytest.mark.parametrize("what", ["restore", "replace"])
def test_a_restore_that_is_killed_leaves_old_or_new_or_says_so(
    home: Path, tmp_path: Path, environment: dict[str, str], what: str, count: int
) -> None:
    back_up(home, tmp_path / "backup")
    target, pattern = tmp_path / "target", tmp_path / "pattern"
    if what == "replace":
        first_snapshot(pattern)
        load(pattern, 9, tmp_path / "files")
    else:
        pattern.mkdir()

    def begin_anew() -> None:
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(pattern, target, symlinks=True)

    begin_anew()
    steps = run_until(0, environment, what, tmp_path / "backup", target)
    new, old = state(home), None
    if what == "replace":
        old = state(pattern)
    outcomes = set()
    for step in points(steps, count):
        begin_anew()
        run_until(step, environment, what, tmp_path / "backup", target)
        try:
            found = state(target)
            assert found in (old, new)
            outcomes.add("old" if found == old else "new")
        except StoreError as error:
            is_told = "a restore into" in error.message
            assert is_told or (what == "restore" and "nothing built yet" in error.message)
            if is_told:
                with pytest.raises(StoreError, match="a restore into"):
                    load(target, 1, tmp_path / "files")
            outcomes.add("told" if is_told else "old")
            restore(tmp_path / "backup", target)
            assert state(target) == new
    assert outcomes >= {"new", "old"}
