"""`qa index`, `info` and `verify`: what is built, what it holds, and whether it is whole."""

import json

import numpy as np
import pytest
from helpers import FACT, rows, write_static_model


def test_index_says_what_it_holds_on_stderr_and_nothing_on_stdout(run, corpus):
    result = run("index", "pages")
    assert (result.returncode, result.stdout) == (0, "")
    assert result.stderr == "qa: 10 passages of 3 files are in .qa\n"


def test_index_json(run, corpus):
    (corpus / "broken.pdf").write_bytes(b"no PDF")
    (said,) = rows(run("index", "pages", "--json", "--quiet").stdout)
    assert (said["passages"], said["files"]) == (10, 3)
    (skipped,) = said["skipped"]
    assert skipped["path"] == "pages/broken.pdf"
    assert skipped["reason"]


def test_the_default_is_seeds(seeds_home, on_seeds):
    (found,) = rows(on_seeds("info", "--json").stdout)
    assert found["roots"] == ["seeds"]
    assert [f["path"] for f in found["files"]] == [f"seeds/{p.name}" for p in sorted((seeds_home / "seeds").iterdir())]


def test_files_larger_than_the_limit_are_skipped(run, corpus):
    (corpus / "large.txt").write_text("很长的一页。" * 100_000, encoding="utf-8")
    result = run("index", "pages", "--max-mb", "1")
    assert "skipped pages/large.txt: " in result.stderr
    assert "3 files" in result.stderr


def test_index_without_paths_updates_what_is_there_from_any_folder(run, indexed, tmp_path):
    (indexed / "pages" / "more.txt").write_text("石望秋家的灯塔有120级台阶。\n", encoding="utf-8")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    result = run("index", "--index", indexed / ".qa", cwd=elsewhere)
    assert "11 passages of 4 files" in result.stderr
    assert "120级" in run("ask", "石望秋家的灯塔有多少级台阶?").stdout


def test_info_for_people_and_for_scripts(run, indexed):
    shown = run("info").stdout
    for part in ("pages", "10", "default", "up to date", "pages/harbour.txt"):
        assert part in shown
    (found,) = rows(run("info", "--json").stdout)
    assert found["passages"] == sum(f["last"] - f["first"] for f in found["files"]) == 10
    assert found["changes"] == []
    assert found["size"] == sum(p.stat().st_size for p in next((indexed / ".qa").glob("generation-*")).iterdir())


def test_info_names_what_changed_and_changes_nothing(run, indexed):
    (indexed / "pages" / "notes.md").write_text("# 别的\n\n别的手记。\n", encoding="utf-8")
    (indexed / "pages" / "new.txt").write_text("新的一页。\n", encoding="utf-8")
    before = (indexed / ".qa" / "CURRENT").read_text()
    (found,) = rows(run("info", "--json").stdout)
    assert sorted(found["changes"]) == ["pages/new.txt is new", "pages/notes.md changed"]
    assert "out of date" in run("info").stdout
    assert (indexed / ".qa" / "CURRENT").read_text() == before


def test_verify_of_a_whole_index(on_seeds):
    result = on_seeds("verify", "--json")
    assert result.returncode == 0
    (found,) = rows(result.stdout)
    assert found["damage"] == []
    assert found["passages"] > 200
    assert "0 faults" in on_seeds("verify").stdout


@pytest.mark.parametrize("name", ["vectors.faiss", "words.postings.npy", "passages.zlib", "bigrams.entries.npy"])
def test_verify_finds_one_flipped_bit(run, indexed, name):
    path = next((indexed / ".qa").glob("generation-*")) / name
    data = bytearray(path.read_bytes())
    data[-9] ^= 1
    path.write_bytes(bytes(data))
    result = run("verify")
    assert result.returncode == 1
    assert result.stderr == ""
    assert name in result.stdout
    assert "qa index --rebuild" in result.stdout
    assert run("index", "--rebuild").returncode == 0
    assert run("verify").returncode == 0


def test_verify_of_another_format_version_is_a_fault(run, indexed):
    manifest = next((indexed / ".qa").glob("generation-*")) / "manifest.json"
    raw = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps(raw | {"format": 999}), encoding="utf-8")
    result = run("verify")
    assert result.returncode == 1
    assert "format 999" in result.stdout


def test_verify_names_the_passage_whose_source_changed(run, indexed):
    page = indexed / "pages" / "harbour.txt"
    text = page.read_text(encoding="utf-8").replace("4200吨", "4300吨")
    page.write_text("另起一行\n\n" + text, encoding="utf-8")
    (found,) = rows(run("verify", "--json").stdout)
    states = {d["where"]: d["what"] for d in found["damage"]}
    assert states["pages/harbour.txt:3-3"] == "the source of a passage is changed"
    assert states["pages/harbour.txt:5-5"] == "the source of a passage is moved"
    assert set(states) == {f"pages/harbour.txt:{n}-{n}" for n in (3, 5, 7, 11, 13)}


@pytest.fixture
def model(tmp_path):
    """A static model of 3,000 Han characters with vectors of a seeded generator."""
    table = np.random.default_rng(5).standard_normal((3000, 12)).astype(np.float32)
    return write_static_model(tmp_path / "model", [chr(0x4E00 + n) for n in range(3000)], table)


def test_another_model_rebuilds_and_says_so(run, indexed, model):
    result = run("ask", "淡化站每天可产淡水多少吨?", "--model", "model")
    assert result.returncode in (0, 1)
    (said,) = result.stderr.splitlines()
    assert said.startswith("qa: the index was made with model 'default', not with model ")
    (found,) = rows(run("info", "--json").stdout)
    assert found["settings"]["dimension"] == 12
    assert run("ask", "淡化站?", "--model", "model").stderr == ""
    assert run("ask", "淡化站?").stderr == ""  # the index keeps its model


def test_indexing_with_another_model_says_why_it_rebuilds(run, indexed, model):
    why, _ = run("index", "pages", "--model", "model").stderr.splitlines()
    assert why.startswith("qa: the index was made with model 'default', not with model ")
    assert why.endswith(": rebuilding it")
    for again in (("index", "pages"), ("index", "--model", "model"), ("index", "--model", "default", "--rebuild")):
        assert len(run(*again).stderr.splitlines()) == 1


def test_a_model_named_from_one_folder_is_found_from_another(run, indexed, model, tmp_path):
    assert run("index", "pages", "--model", "model").returncode == 0
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    result = run("ask", "淡化站?", "--index", indexed / ".qa", cwd=elsewhere)
    assert result.stderr == ""
    assert "淡化站" in result.stdout


def test_a_model_trained_on_at_its_place_rebuilds_and_says_so(run, indexed, model, tmp_path):
    assert run("index", "pages", "--model", "model").returncode == 0
    table = np.random.default_rng(6).standard_normal((3000, 12)).astype(np.float32)
    other = write_static_model(tmp_path / "other", [chr(0x4E00 + n) for n in range(3000)], table)
    (other / "model.safetensors").replace(model / "model.safetensors")
    assert "is not the one the index was made with: rebuilding it" in run("ask", "淡化站?").stderr
    assert run("ask", "淡化站?").stderr == ""


def test_a_word_cutter_of_choice_is_kept_by_the_index(run, corpus):
    assert run("index", "pages", "--segmenter", "jieba").returncode == 0
    (found,) = rows(run("info", "--json").stdout)
    assert found["settings"]["segmenter"] == "jieba"
    assert "4200吨" in run("ask", "淡化站每天可产淡水多少吨?").stdout
    (corpus / "new.txt").write_text("新的一页。\n", encoding="utf-8")
    run("index")
    assert rows(run("info", "--json").stdout)[0]["settings"]["segmenter"] == "jieba"


def test_what_is_damaged_is_not_taken_over_by_an_update(run, corpus):
    assert run("index", "pages").returncode == 0
    (generation,) = (corpus.parent / ".qa").glob("generation-*")
    vectors = generation / "vectors.faiss"
    data = bytearray(vectors.read_bytes())
    data[-1] ^= 0x80
    vectors.write_bytes(bytes(data))
    page = sorted((corpus.parent / "pages").iterdir())[0]
    page.write_text(page.read_text(encoding="utf-8") + "\n新的一行写在末尾。\n", encoding="utf-8")
    assert run("index").returncode == 0
    assert run("verify").returncode == 0


def test_grouped_vectors_answer_and_say_so(run, corpus):
    """An index of a kind that small ones do not have by themselves: asked, told, updated and verified all the same."""
    run("index", "pages", "--index-kind", "ivf")
    dense = json.loads(run("info", "--json").stdout)["dense"]
    assert (dense["kind"], dense["recall"]) == ("ivf", 1.0)
    assert "groups read, recall@10 1.000 when built" in run("info").stdout
    assert json.loads(run("ask", FACT, "--json").stdout)["citations"]
    run("index")  # the kind stays
    assert json.loads(run("info", "--json").stdout)["dense"]["kind"] == "ivf"
    assert run("verify").returncode == 0
    run("index", "--index-kind", "auto")
    assert json.loads(run("info", "--json").stdout)["dense"]["kind"] == "flat"


def test_an_unknown_kind_of_index_is_named(run, corpus):
    result = run("index", "pages", "--index-kind", "hnsw")
    assert result.returncode == 2
    assert "--index-kind 'hnsw' is unknown: give one of auto, flat, ivf" in result.stderr


def test_citations_of_absolute_paths_are_confirmed_from_any_folder(run, corpus, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    run("index", corpus.resolve(), cwd=elsewhere)
    (answer,) = rows(run("ask", "淡化站每天可产淡水多少吨?", "--json", cwd=elsewhere).stdout)
    assert {c["verified"] for c in answer["citations"]} == {True}
    first = answer["citations"][0]
    assert first["path"] == (corpus.resolve() / "harbour.txt").as_posix()
    assert first["quote"] in run("show", f"{first['path']}:{first['lines'][0]}", cwd=elsewhere).stdout
