"""`qa verify` names each kind of damage with its remedy, `qa info` tells size, age and state, and limits are kept."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from helpers import CLI, SECONDS, refused, rows
from test_locking import held_by_another

from qa import disk
from qa import manifest as manifests
from qa.errors import REBUILD, UPDATE


def generation(home):
    """The only generation of the index."""
    (found,) = (home / ".qa").glob("generation-*")
    return found


def damage(run):
    """What `verify --json` finds."""
    result = run("verify", "--json")
    (found,) = rows(result.stdout)
    assert result.returncode == (1 if found["damage"] else 0)
    return found["damage"]


def forge(home, **changes):
    """Write the manifest anew with these changes, and every checksum right."""
    folder = generation(home)
    path = folder / "manifest.json"
    raw = json.loads(path.read_text(encoding="utf-8")) | changes
    raw["checksums"] = {name: disk.sha256(folder / name) for name in raw["checksums"]}
    path.write_text(manifests.to_json(manifests.from_json(json.dumps(raw), "here")), encoding="utf-8")
    (home / ".qa" / "CURRENT").write_text(f"{folder.name} {disk.sha256(path)}\n")
    return raw


def test_a_missing_file_and_one_too_many(run, indexed):
    path = generation(indexed) / "notes.txt"
    path.write_text("mine")
    (found,) = damage(run)
    assert (found["kind"], found["where"], found["remedy"]) == (
        "unknown file",
        f".qa/{path.parent.name}/notes.txt",
        "remove it",
    )
    assert run("ask", "淡化站?").returncode in (0, 1)  # it does no harm
    (path.parent / "words.table.npy").unlink()
    assert damage(run)[0]["remedy"] == REBUILD
    assert refused(run("ask", "淡化站?")).endswith(f"words.table.npy is missing: {REBUILD}")


def test_a_stray_link_or_folder_does_no_harm_to_any_command(run, indexed):
    folder = generation(indexed)
    (folder / "stray").mkdir()
    (folder / "way").symlink_to("/nowhere")
    (indexed / "pages" / "notes.md").touch()
    assert {(d["kind"], d["remedy"]) for d in damage(run)} == {("unknown file", "remove it")}
    for command in (["ask", "淡化站每天可产淡水多少吨?"], ["index"], ["info"], ["index", "--max-mb", "9"]):
        result = run(*command)
        assert (result.returncode, "damage" in result.stderr) == (0, False), result.stderr
    assert damage(run) == []  # the new generation has none of it


@pytest.mark.parametrize("name", ["words.table.npy", "vectors.faiss", "manifest.json"])
def test_a_deleted_file_is_named_as_missing(run, indexed, name):
    path = generation(indexed) / name
    path.unlink()
    (found,) = damage(run)
    assert found == {
        "kind": "missing file",
        "what": "file is missing",
        "where": f".qa/{path.parent.name}/{name}",
        "remedy": REBUILD,
    }


def test_an_index_too_damaged_to_open_has_each_faulty_file_named(run, indexed):
    for name in ("vectors.faiss", "words.table.npy"):
        (generation(indexed) / name).write_bytes(b"no")
    (generation(indexed) / "stray").mkdir()
    assert [d["kind"] for d in damage(run)] == ["checksum", "checksum", "unknown file"]
    forge(indexed)
    assert [d["kind"] for d in damage(run)] == ["index", "unknown file"]


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of Unix")
def test_damage_is_told_by_the_exit_code_though_nobody_reads_on(indexed):
    def code():
        reading, writing = os.pipe()
        os.close(reading)
        with os.fdopen(writing, "wb") as out:
            return subprocess.run([sys.executable, CLI, "verify"], cwd=indexed, stdout=out, timeout=SECONDS).returncode

    assert code() == 0
    (indexed / "pages" / "notes.md").unlink()
    assert code() == 1


def test_a_link_in_the_place_of_a_file_is_damage(run, indexed):
    path = generation(indexed) / "vectors.faiss"
    path.rename(indexed / "elsewhere")
    path.symlink_to(indexed / "elsewhere")
    assert [d["kind"] for d in damage(run)] == ["missing file"]
    assert refused(run("ask", "淡化站?")).endswith(f"vectors.faiss is no plain file: {REBUILD}")


@pytest.mark.parametrize("value", [np.nan, np.inf, 3.0], ids=str)
def test_vectors_that_are_none_under_right_checksums(run, indexed, value):
    path = generation(indexed) / "vectors.faiss"
    data = bytearray(path.read_bytes())
    data[-4:] = np.float32(value).tobytes()
    path.write_bytes(data)
    forge(indexed)
    (found,) = damage(run)
    assert (found["kind"], found["remedy"]) == ("vectors", REBUILD)


def test_files_that_miscount_their_passages_under_right_checksums(run, indexed):
    files = json.loads((generation(indexed) / "manifest.json").read_text(encoding="utf-8"))["files"]
    files[0][-1] -= 1
    forge(indexed, files=files)
    assert [d["kind"] for d in damage(run)] == ["counts"]


def test_a_pointer_or_manifest_altered_by_one_character(run, indexed):
    pointer, manifest = indexed / ".qa" / "CURRENT", generation(indexed) / "manifest.json"
    last = pointer.read_text()[-2]
    for path, old, new in ((pointer, f"{last}\n", f"{'1' if last == '0' else '0'}\n"), (manifest, "utf-8", "utf-9")):
        whole = path.read_text(encoding="utf-8")
        path.write_text(whole.replace(old, new, 1), encoding="utf-8")
        assert damage(run)[0]["kind"] == "checksum"
        assert "differs from its checksum" in refused(run("ask", "淡化站?"))
        path.write_text(whole, encoding="utf-8")
    assert damage(run) == []


@pytest.mark.parametrize(
    ("happen", "fault"),
    [
        (lambda page: page.unlink(), "missing"),
        (lambda page: page.write_bytes(b"\x89PNG\0\0"), "unreadable"),
        (lambda page: page.write_text("别的。", encoding="utf-8"), "changed"),
    ],
    ids=["missing", "unreadable", "changed"],
)
def test_each_fault_of_a_source_has_its_remedy(run, indexed, happen, fault):
    happen(indexed / "pages" / "workshop.txt")
    found = damage(run)
    assert {(d["kind"], d["what"]) for d in found} == {("source", f"the source of a passage is {fault}")}
    assert all(UPDATE in d["remedy"] for d in found)
    assert run("index").returncode == 0
    assert damage(run) == []


def test_verify_where_there_is_no_index(run, corpus):
    assert refused(run("verify")).startswith("no index at .qa: build it with `qa index FOLDER`")


def test_info_tells_sizes_and_age(run, indexed):
    (found,) = rows(run("info", "--json").stdout)
    assert found["sizes"] == {p.name: p.stat().st_size for p in generation(indexed).iterdir()}
    assert found["size"] == sum(found["sizes"].values())
    assert 0 <= found["age"] < 3600
    assert found["writer"] is None
    assert "ago" in run("info").stdout


def test_a_raised_size_limit_is_kept_by_updates_and_by_citations(run, corpus):
    large = corpus / "large.txt"
    large.write_text("海底电缆厂有职工七百人。\n\n" + "很长的一页。" * 100_000 + "\n", encoding="utf-8")
    assert "skipped pages/large.txt: 1,8" in run("index", "pages", "--max-file-size", "1").stderr
    assert "skipped" not in run("ask", "海底电缆厂有多少职工?").stderr
    assert "4 files" in run("index", "pages", "--max-file-size", "3").stderr
    (corpus / "notes.md").write_text("改了。\n", encoding="utf-8")
    (said,) = rows(run("ask", "海底电缆厂有多少职工?", "--json").stdout)
    assert (said["citations"][0]["path"], said["citations"][0]["verified"]) == ("pages/large.txt", True)


@pytest.mark.skipif(sys.platform == "win32", reason="locks of Unix")
def test_who_asks_while_another_writes_is_answered_from_what_is_there(run, indexed):
    (indexed / "pages" / "notes.md").write_text("改了。\n", encoding="utf-8")
    with held_by_another(indexed / ".qa") as other:
        assert f"written by process {other.pid}" in refused(run("index"))
        asked = run("ask", "淡化站每天可产淡水多少吨?")
        assert "4200吨" in asked.stdout
        first, second = asked.stderr.splitlines()
        assert first == "qa: pages/notes.md changed: updating the index"
        assert second.endswith("answering from the index as it is")
        waited = run("index", "--wait", "0.2")
        assert "waiting up to 0.2 seconds" in waited.stderr
        assert waited.returncode == 2
    assert run("index", "--wait", "5").returncode == 0
