"""An index that cannot be opened is rebuilt from the paths and settings it was made with, or not at all."""

import json
import shutil

import pytest
from helpers import SEEDS, refused, rows

from qa import salvage


def manifest(home):
    """The manifest of the only generation."""
    (found,) = (home / ".qa").glob("generation-*/manifest.json")
    return found


def append(home):
    path = manifest(home)
    path.write_bytes(path.read_bytes() + b"x")


def cut(home):
    path = manifest(home)
    path.write_bytes(path.read_bytes()[: path.read_bytes().index(b'"skipped"')])


def older(home):
    path = manifest(home)
    raw = json.loads(path.read_text(encoding="utf-8"))
    del raw["dense"], raw["settings"]["index_kind"]
    path.write_text(json.dumps(raw | {"format": 2, "files": []}), encoding="utf-8")


def pointer(home):
    (home / ".qa" / "CURRENT").write_text("junk\n")


def vectors(home):
    (manifest(home).parent / "vectors.faiss").unlink()


def no_pointer(home):
    (home / ".qa" / "CURRENT").unlink()


DAMAGES = pytest.mark.parametrize(
    "damage",
    [append, cut, older, pointer, vectors, no_pointer],
    ids=["a byte more", "cut off", "an older format", "junk in CURRENT", "vectors gone", "CURRENT gone"],
)


@pytest.fixture
def beside_seeds(indexed):
    """The indexed corpus, in a folder that has seeds as well."""
    shutil.copytree(SEEDS, indexed / "seeds")
    return indexed


def settings(run):
    (found,) = rows(run("info", "--json").stdout)
    return found["roots"], found["base"], found["settings"], found["max_bytes"], found["passages"]


@DAMAGES
def test_rebuilding_keeps_paths_and_settings(run, beside_seeds, damage):
    stop = beside_seeds / "stop.txt"
    stop.write_text("望潮岛\n", encoding="utf-8")
    assert run("index", "--stop-words", stop, "--segmenter", "jieba", "--max-mb", "3").returncode == 0
    if damage is older:  # which knew no kinds of index
        before = settings(run)
    else:
        run("index", "--index-kind", "flat")
        before = settings(run)
    stop.unlink()
    damage(beside_seeds)
    result = run("index", "--rebuild")
    assert (result.returncode, result.stderr) == (0, "qa: 10 passages of 3 files are in .qa\n")
    assert settings(run) == before
    assert run("verify").returncode == 0


@DAMAGES
def test_rebuilding_finds_the_documents_from_any_folder(run, indexed, tmp_path, damage):
    damage(indexed)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    result = run("index", "--rebuild", "--index", indexed / ".qa", cwd=elsewhere)
    assert "10 passages of 3 files" in result.stderr
    assert run("info").stdout.count("up to date") == 1


@pytest.mark.parametrize("ruin", [b"", b"\0" * 300, b'{"roots": [5], "base": "..", "settings": 7}'])
def test_where_nothing_can_be_read_the_paths_are_asked_for(run, beside_seeds, ruin):
    manifest(beside_seeds).write_bytes(ruin)
    line = refused(run("index", "--rebuild"))
    assert line.startswith(".qa: the paths that it was made of cannot be read any more")
    assert line.endswith("name them, as in `qa index --rebuild FOLDER`")
    assert "3 files" in run("index", "pages", "--rebuild").stderr


def test_the_paths_are_asked_for_by_the_name_of_a_document_where_one_is_known(run, beside_seeds):
    manifest(beside_seeds).write_bytes(b"")
    row = [1, 2, 3, 4, "0" * 64]
    (beside_seeds / ".qa" / "STAMPS").write_text(json.dumps({"pages/notes.md": row}))
    assert "(one of its documents was pages/notes.md)" in refused(run("index", "--rebuild"))


def test_another_generation_is_asked_where_the_one_in_use_says_nothing(run, beside_seeds):
    first = manifest(beside_seeds).parent
    shutil.copytree(first, first.with_name("generation-000002"))
    (first / "manifest.json").unlink()
    assert "10 passages of 3 files" in run("index", "--rebuild").stderr


def test_a_question_builds_nothing_else_where_the_pointer_is_gone(run, beside_seeds):
    no_pointer(beside_seeds)
    result = run("ask", "淡化站每天可产淡水多少吨?")
    assert result.returncode == 0
    assert result.stderr == "qa: .qa/CURRENT is gone: building the index of pages again\n"
    assert settings(run)[0] == ["pages"]


def test_a_question_is_refused_where_the_pointer_and_the_paths_are_gone(run, beside_seeds):
    no_pointer(beside_seeds)
    manifest(beside_seeds).write_bytes(b"")
    assert "name them, as in `qa index --rebuild FOLDER`" in refused(run("ask", "淡化站?"))
    assert not (beside_seeds / ".qa" / "CURRENT").exists()


@pytest.mark.parametrize(
    ("text", "found"),
    [('{"a": "x"}', "x"), ('{"a":["x"]}junk', ["x"]), ('{"a": "x', None), ("", None), ('{"a": ' + "[" * 100_000, None)],
)
def test_a_field_of_a_damaged_text(text, found):
    assert salvage.value(text, "a") == found
