"""One writer who has a name, readers whose generation stays, and nothing that outlives its process."""

import os
import subprocess
import sys
from contextlib import contextmanager

import pytest
from helpers import ROOT, Remainders, environment, python, qa

from qa import building, generations, locking, store
from qa.errors import BrokenIndex, Busy
from qa.manifest import Settings

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="locks of Unix")

HOLD = (
    "import sys; from pathlib import Path; from qa import locking\n"
    "with locking.writing(Path(sys.argv[1])):\n"
    "    print('held', flush=True); sys.stdin.read()\n"
)


@contextmanager
def held_by_another(folder):
    """Another process writes to the index until the block ends; gives its number."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)],
        env=environment(PYTHONPATH=str(ROOT)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def test_who_cannot_write_learns_who_writes(tmp_path):
    folder = tmp_path / "索 引"
    with held_by_another(folder) as other, pytest.raises(Busy) as refused:
        locking.writing(folder).__enter__()
    said = str(refused.value)
    assert f"written by process {other.pid} on " in said
    assert " since 20" in said
    assert said.endswith("wait for it (--wait SECONDS) and try again")


def test_who_waits_long_enough_writes(tmp_path):
    said = []
    with held_by_another(tmp_path) as other:
        other.stdin.close()  # which ends its block in a moment
        with locking.writing(tmp_path, 60, said.append):
            assert f'"pid": {os.getpid()}' in (tmp_path / "HOLDER").read_text()
    assert all("waiting up to 60 seconds" in line for line in said)
    assert not (tmp_path / "HOLDER").exists()


def test_who_waits_too_short_is_told_so(tmp_path):
    said = []
    with held_by_another(tmp_path), pytest.raises(Busy):
        locking.writing(tmp_path, 0.2, said.append).__enter__()
    assert len(said) == 1


def test_a_killed_writer_leaves_its_name_and_no_lock(tmp_path):
    with held_by_another(tmp_path):
        pass
    assert (tmp_path / "HOLDER").exists()
    with locking.writing(tmp_path):
        assert f'"pid": {os.getpid()}' in (tmp_path / "HOLDER").read_text()


@pytest.mark.parametrize("text", ["", "[]", '{"pid": "x"}', "[" * 100_000, "\0"])
def test_a_damaged_name_names_nobody(tmp_path, text):
    (tmp_path / "HOLDER").write_text(text)
    assert locking.holder(tmp_path) == "another program"


def test_a_generation_in_use_is_left_until_it_is_released(indexed):
    folder = indexed / ".qa"
    opened = store.load(folder)
    (indexed / "pages" / "new.txt").write_text("石望秋家的灯塔有120级台阶。\n", encoding="utf-8")
    assert qa("index", cwd=indexed).returncode == 0
    assert sorted(p.name for p in folder.glob("generation-*")) == ["generation-000001", "generation-000002"]
    assert [opened.passages[n] for n in range(len(opened))]
    opened.lease.release()
    with store.writing(folder):
        pass
    assert [p.name for p in folder.glob("generation-*")] == ["generation-000002"]


def test_a_reader_who_is_killed_holds_nothing(indexed):
    code = "import os, sys; from pathlib import Path; from qa import store\nstore.load(Path(sys.argv[1])); os._exit(9)"
    assert python(code, indexed / ".qa", cwd=indexed).returncode == 9
    with locking.unused(generations.current(indexed / ".qa") / "manifest.json") as free:
        assert free


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002], ids=oct)
def test_the_index_has_the_permissions_that_the_umask_gives(corpus, mask):
    assert qa("index", "pages", cwd=corpus.parent, umask=mask).returncode == 0
    for path in (corpus.parent / ".qa").rglob("*"):
        assert path.stat().st_mode & 0o777 == (0o777 if path.is_dir() else 0o666) & ~mask, path


def test_a_disk_that_does_not_give_back_what_was_written_is_not_switched_to(indexed, monkeypatch):
    """Between the writing and the proof a byte changes on the disk."""
    folder = indexed / ".qa"
    before = (folder / "CURRENT").read_bytes()

    def decay(path):
        if path.name == "vectors.faiss":
            path.write_bytes(path.read_bytes()[:-1] + b"!")

    monkeypatch.setattr(generations.disk, "forget", decay)
    encoder = Remainders()
    made = Settings("by hand", encoder.fingerprint, encoder.dimension, "rjieba", 37)
    decayed = pytest.raises(BrokenIndex, match=r"vectors.faiss was just written and differs.*check the disk")
    with decayed, store.writing(folder):
        building.build(folder, ["pages"], indexed, encoder, made, old=None, max_bytes=1 << 20)
    assert (folder / "CURRENT").read_bytes() == before
    assert not list(folder.glob("*.partial"))


def test_what_a_killed_writer_left_goes_with_the_next_update_that_finds_nothing_to_do(run, indexed):
    folder = indexed / ".qa"
    kept = {p.name for p in folder.iterdir()}

    def leave():
        (folder / "HOLDER").write_text('{"pid": 1, "host": "h", "since": "2026"}')
        for name in ("generation-000002.partial", "scratch.partial", "generation-000003"):
            (folder / name).mkdir()
            (folder / name / "vectors.faiss").write_bytes(b"half")
        (folder / "STAMPS.77.partial").write_text("{")

    leave()
    assert run("index").stderr == "qa: 10 passages of 3 files are in .qa\n"
    assert {p.name for p in folder.iterdir()} - {"STAMPS"} == kept - {"STAMPS"}
    leave()
    with held_by_another(folder):  # they may be its own
        assert run("index").returncode == 0
        assert (folder / "scratch.partial").exists()
