"""What changed since, at the least reading: stamps vouch for hashes once they are old enough, and not before."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from helpers import CLI, FACT, SEEDS, environment, qa, rows

from qa import digests, service, updates
from qa.readers import walk
from qa.readers.stamps import COARSEST, settled
from qa.verification import Sources, Standing


def found(folder, name):
    """The file as the walk finds it."""
    (item,) = [f for f in walk.find([Path("pages")], folder)[0] if f.name == f"pages/{name}"]
    return item


def test_a_young_stamp_vouches_for_nothing(corpus):
    known = digests.Digests(1 << 20)
    known.of(found(corpus.parent, "notes.md"))
    assert known.seen == {}


def test_an_old_stamp_vouches_for_the_hash(corpus):
    """A hash that is kept under the file's stamp is believed, and the file not read."""
    item = found(corpus.parent, "notes.md")
    known = digests.Digests(1 << 20, {"pages/notes.md": [*item.stamp, "as kept"]})
    assert known.of(item) == "as kept"
    (corpus / "notes.md").write_text("另一篇。", encoding="utf-8")
    assert known.of(found(corpus.parent, "notes.md")) != "as kept"


@pytest.mark.parametrize(("age", "old"), [(COARSEST + 1, True), (COARSEST, False), (0, False), (-5, False)])
def test_a_stamp_is_old_enough_after_two_seconds(age, old):
    now = 10**18
    assert settled((1, now - age, now - age, 7), now) is old


def test_a_file_written_twice_within_a_tick_is_followed(indexed):
    """The index is made between two writings, as a script may do; the second keeps size and time."""
    page = indexed / "pages" / "harbour.txt"
    text = page.read_text(encoding="utf-8")
    for number in (4300, 4400, 4500):
        before = page.stat()
        page.write_text(text.replace("4200吨", f"{number}吨"), encoding="utf-8")
        os.utime(page, ns=(before.st_atime_ns, before.st_mtime_ns))
        library = service.open_(indexed / ".qa")
        assert f"{number}吨" in library.ask("淡化站每天可产淡水多少吨?").answer


@pytest.mark.parametrize("text", ["", "null", "[]", '{"pages/notes.md": 3}', "[" * 100_000, '{"a": [1,2,3,4,5]}', "\0"])
def test_damaged_stamps_do_no_harm(indexed, text):
    (indexed / ".qa" / "STAMPS").write_text(text)
    assert updates.up_to_date([], indexed / ".qa", max_bytes=None) is not None


def test_nothing_is_written_where_nothing_changed(indexed):
    def state():
        return {p: p.stat().st_mtime_ns for p in (indexed / ".qa").rglob("*") if p.name != "STAMPS"}

    before = state()
    assert "10 passages of 3 files" in qa("index", cwd=indexed).stderr
    assert qa("index", "pages", cwd=indexed).returncode == 0
    assert state() == before


@pytest.mark.parametrize(
    "happen",
    [
        lambda home: (home / "pages" / "new.txt").write_text("新的一页。", encoding="utf-8"),
        lambda home: (home / "pages" / "notes.md").unlink(),
        lambda home: (home / "pages" / "notes.md").write_text("改了。", encoding="utf-8"),
        lambda home: (home / "pages" / "notes.md").rename(home / "pages" / "other.md"),
        lambda home: os.mkfifo(home / "pages" / "fifo"),
        lambda home: (home / "pages" / "link.txt").symlink_to("/etc/hostname"),
    ],
    ids=["new", "gone", "changed", "moved", "a FIFO", "a link out"],
)
@pytest.mark.skipif(sys.platform == "win32", reason="files of Unix")
def test_whatever_an_update_would_write_is_noticed(indexed, happen):
    assert updates.up_to_date([], indexed / ".qa", max_bytes=None) is not None
    happen(indexed)
    assert updates.up_to_date([], indexed / ".qa", max_bytes=None) is None


def test_a_damaged_index_is_not_up_to_date(indexed):
    (generation,) = (indexed / ".qa").glob("generation-*")
    data = bytearray((generation / "words.table.npy").read_bytes())
    data[-3] ^= 4
    (generation / "words.table.npy").write_bytes(data)
    assert updates.up_to_date([], indexed / ".qa", max_bytes=None) is None


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("一。\n二三。\n", "一。\n二三。\n", Standing((2, 2))),
        ("一。\n二三。\n", "一。\n\n新。\n二\n三。\n", Standing((4, 5), "moved")),
        ("一。\n二三。\n", "二三。\n一。\n", Standing((1, 1), "moved")),
        ("一。\n二三。\n", "一。\n二四。\n", Standing((2, 2), "changed")),
        ("一。\n二三。\n", None, Standing((2, 2), "missing")),
        ("一。\n二三。\n", b"\x89PNG\0\0", Standing((2, 2), "unreadable")),
    ],
    ids=["as it was", "lower and broken", "higher", "changed", "gone", "no text any more"],
)
def test_where_a_text_stands_now(tmp_path, before, after, expected):
    page = tmp_path / "p.txt"
    page.write_text(before, encoding="utf-8")
    sources = Sources(tmp_path, 1 << 20)
    assert sources.standing("p.txt", (2, 2), "二三。") == Standing((2, 2))
    if after is None:
        page.unlink()
    else:
        page.write_bytes(after if isinstance(after, bytes) else after.encode())
    assert sources.standing("p.txt", (2, 2), "二三。") == expected


def test_an_open_library_says_why_a_citation_no_longer_holds_and_gives_the_new_lines(indexed):
    library = service.open_(indexed / ".qa")
    question = "淡化站每天可产淡水多少吨?"
    first = library.ask(question).citations[0]
    assert (first.verified, first.fault, first.lines) == (True, None, (3, 3))
    page = indexed / "pages" / "harbour.txt"
    page.write_text("另起一行\n\n" + page.read_text(encoding="utf-8"), encoding="utf-8")
    moved = library.ask(question).citations[0]
    assert (moved.verified, moved.fault, moved.lines) == (False, "moved", (5, 5))
    assert moved.quote in page.read_text(encoding="utf-8").split("\n")[moved.quote_lines[0] - 1]
    page.unlink()
    assert library.ask(question).citations[0].fault == "missing"


def test_json_has_a_fault_only_where_there_is_one(indexed):
    (whole,) = rows(qa("ask", "淡化站每天可产淡水多少吨?", "--json", "--no-refresh", cwd=indexed).stdout)
    assert all("fault" not in c and c["verified"] for c in whole["citations"])
    (indexed / "pages" / "harbour.txt").write_text("别的。", encoding="utf-8")
    asked = qa("ask", "淡化站每天可产淡水多少吨?", "--json", "--no-refresh", cwd=indexed)
    assert asked.stderr == ""
    (stale,) = rows(asked.stdout)
    assert (stale["citations"][0]["verified"], stale["citations"][0]["fault"]) == (False, "changed")
    assert "the file changed since" in qa("ask", "淡化站?", "--no-refresh", cwd=indexed).stdout


READ_ONLY = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && cd "$1" && shift && exec "$@"'


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="permissions of Unix")
def test_an_index_on_a_read_only_medium_still_answers():
    home = Path(tempfile.mkdtemp(prefix="只 读"))
    command = [sys.executable, str(CLI), "ask", FACT, "--json"]
    try:
        shutil.copytree(SEEDS, home / "seeds")
        assert qa("index", cwd=home).returncode == 0
        (home / "seeds" / "000_21d3065e0a1cb431.txt").write_text("改了。", encoding="utf-8")
        if os.geteuid() == 0:  # whom no permission stops: the folder is mounted read-only
            command = ["unshare", "--mount", "sh", "-c", READ_ONLY, "sh", str(home), *command]
            if subprocess.run([*command[:7], "true"], capture_output=True).returncode:
                pytest.skip("nothing can be mounted here")
        for path in [home, *home.rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        asked = subprocess.run(command, cwd=home, env=environment(), capture_output=True, text=True)
        assert asked.returncode in (0, 1), asked.stderr
        (line, why) = asked.stderr.splitlines()
        assert "changed: updating the index" in line
        assert "cannot be written (" in why
        assert why.endswith("): answering from the index as it is")
        faults = {c["path"]: c.get("fault") for c in json.loads(asked.stdout)["citations"]}
        assert faults["seeds/000_21d3065e0a1cb431.txt"] == "changed"
    finally:
        for path in [home, *home.rglob("*")]:
            path.chmod(0o755)
        shutil.rmtree(home)


def test_unchanged_files_are_told_without_reading_them(tmp_path, monkeypatch):
    """Not the time, which depends on the machine, but what it comes from: no file is opened."""
    pages = tmp_path / "pages"
    pages.mkdir()
    for number in range(200):
        (pages / f"{number}.txt").write_text(f"第{number}页。\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    service.index(["pages"], tmp_path / ".qa")
    time.sleep(2.1)
    updates.up_to_date([], tmp_path / ".qa", max_bytes=None)  # the stamps are old enough now
    monkeypatch.setattr(digests.disk, "sha256", lambda path: pytest.fail(f"{path} is read"))
    manifest = updates.generations.manifest_of(tmp_path / ".qa")
    assert updates.survey(tmp_path / ".qa", manifest).changes == ()


def test_the_weights_of_a_static_model_are_named_without_loading_it():
    from embeddings import fingerprints, loading

    assert fingerprints.static(loading.SHIPPED) == loading.load().fingerprint


def test_an_update_that_would_change_nothing_writes_nothing(indexed):
    """Also where the model or the words are named, so that only the encoder can tell."""
    before = (indexed / ".qa" / "CURRENT").read_bytes()
    assert qa("index", "pages", "--model", "default", "--segmenter", "rjieba", cwd=indexed).returncode == 0
    assert (indexed / ".qa" / "CURRENT").read_bytes() == before
    assert qa("index", "pages", "--segmenter", "jieba", cwd=indexed).returncode == 0
    assert (indexed / ".qa" / "CURRENT").read_bytes() != before


def test_a_folder_that_is_away_is_remembered_and_comes_back(corpus):
    """As a disk that is not mounted for a while."""
    home = corpus.parent
    (home / "more").mkdir()
    (home / "more" / "a.txt").write_text("云山市的市长是赵小龙。\n", encoding="utf-8")
    qa("index", "pages", "more", cwd=home)
    (home / "more").rename(home / "away")
    assert "more/a.txt is gone" in qa("ask", "云山市的市长是谁?", cwd=home).stderr
    away = qa("index", cwd=home)
    assert "skipped more: no such file or folder any more" in away.stderr
    assert json.loads(qa("info", "--json", cwd=home).stdout)["roots"] == ["pages", "more"]
    (home / "away").rename(home / "more")
    assert "赵小龙" in qa("ask", "云山市的市长是谁?", cwd=home).stdout


def test_a_folder_that_was_emptied_leaves_the_index_to_answer(corpus):
    home = corpus.parent
    (home / "one").mkdir()
    (home / "one" / "a.txt").write_text("云山市的市长是赵小龙。\n", encoding="utf-8")
    qa("index", "one", cwd=home)
    (home / "one" / "a.txt").unlink()
    asked = qa("ask", "云山市的市长是谁?", cwd=home)
    assert asked.returncode in (0, 1)
    assert "no documents in one" in asked.stderr
    assert "answering from the index as it is" in asked.stderr
    assert "赵小龙" in asked.stdout
