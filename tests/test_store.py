"""The index folder: what was saved is what is loaded, and what is damaged is refused."""

import json
import os
import shutil
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from helpers import Remainders, python

from qa import building, preparing, shelf, store
from qa.bm25 import BM25
from qa.cutting import Cutter
from qa.errors import BrokenIndex, QAError
from qa.manifest import Settings
from qa.query import prepare
from qa.ranking import rank
from qa.tokens import view_lists
from qa.types import Passage

LIMIT = 37  # characters of a passage: not the default, so that nothing can be right by chance
QUESTIONS = ["淡化站每天产多少淡水?", "贺九龄修了多少年钟表?", "黑脸琵鹭何时飞来?", "ＮＢＡ"]
ADVICE = "qa index --rebuild"


def build(corpus, name="index", encoder=None, limit=LIMIT):
    """An index of the corpus with settings of its own."""
    encoder = encoder or Remainders()
    folder = corpus.parent / name
    settings = Settings("by hand", encoder.fingerprint, encoder.dimension, "rjieba", limit)
    with store.writing(folder):
        building.build(folder, ["pages"], corpus.parent, encoder, settings, old=None, max_bytes=1 << 20)
    return folder


def search(index, encoder, question, k):
    """The k best hits for a question."""
    cutter = Cutter(index.passages, index.segmenter, encoder)
    with np.errstate(all="ignore"):  # as a library asks: what damage makes of numbers is refused in words
        found = rank(index, prepare(question, index, encoder), cutter, k)
    return found.hits[:k] if found else ()


def files_of(folder):
    """The bytes of every file of the generation in use, by name."""
    return {p.name: p.read_bytes() for p in store.current(folder).iterdir()}


def test_an_index_with_unusual_settings_comes_back_whole(corpus):
    folder = build(corpus)
    loaded = store.load(folder)
    assert loaded.manifest.settings == Settings("by hand", "remainders-7", 7, "rjieba", LIMIT)
    assert loaded.dense.dimension == 7
    assert all(len(p.text) <= LIMIT for p in (loaded.passages[n] for n in range(len(loaded))))
    assert len(loaded) == loaded.manifest.passages > 11  # 11 paragraphs, of which the long ones are cut


def test_hits_and_scores_after_loading_are_those_before_saving(corpus):
    """The index in memory and the one on disk are asked the same, top 50: more than there are passages."""
    encoder = Remainders()
    loaded = store.load(build(corpus, encoder=encoder))
    passages = [loaded.passages[n] for n in range(len(loaded))]
    texts = [preparing.embedded_text(p) for p in passages]
    from embeddings.index import VectorIndex

    keys = view_lists([preparing.searched_text(p) for p in passages])
    fresh = store.Index(
        loaded.folder,
        loaded.manifest,
        loaded.passages,
        VectorIndex.build(encoder.passages(texts)),
        {view: BM25.build(keys[view]) for view in keys},
        loaded.articles,
    )
    for question in QUESTIONS:
        assert search(loaded, encoder, question, 50) == search(fresh, encoder, question, 50)
    assert search(loaded, encoder, QUESTIONS[0], 50)


def test_two_builds_of_the_same_files_are_the_same_bytes(corpus):
    assert files_of(build(corpus, "one")) == files_of(build(corpus, "two"))


def test_no_file_is_a_pickle(corpus):
    for path in store.current(build(corpus)).iterdir():
        if path.suffix == ".npy":
            np.load(path, allow_pickle=False)
        assert path.suffix in (".npy", ".json", ".zlib", ".faiss"), path


def test_the_manifest_holds_the_hash_of_every_other_file(corpus):
    folder = build(corpus)
    generation = store.current(folder)
    sums = store.read_manifest(generation).checksums
    assert set(sums) == {p.name for p in generation.iterdir()} - {"manifest.json"}
    assert all(sums[name] == store.sha256(generation / name) for name in sums)


def test_another_format_version_is_refused_with_the_command_that_mends_it(corpus):
    folder = build(corpus)
    path = store.current(folder) / "manifest.json"
    raw = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(raw | {"format": 999}), encoding="utf-8")
    with pytest.raises(BrokenIndex, match=r"format 999, this program writes \d+: build .*qa index --rebuild"):
        store.load(folder)


@pytest.mark.parametrize("share", [0, 0.5, 0.99], ids=["to nothing", "to half", "by its end"])
@pytest.mark.parametrize(
    "name",
    [
        "manifest.json",
        "passages.zlib",
        "passages.offsets.npy",
        "passages.dictionary.npy",
        "vectors.faiss",
        "words.table.npy",
        "words.entries.npy",
        "words.norms.npy",
        "bigrams.postings.npy",
    ],
)
def test_a_truncated_file_is_refused(corpus, name, share):
    folder = build(corpus)
    path = store.current(folder) / name
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(BrokenIndex, match=ADVICE):
        store.load(folder)


@pytest.mark.parametrize("name", ["manifest.json", "vectors.faiss", "characters.table.npy", "passages.zlib"])
def test_a_missing_file_is_refused(corpus, name):
    folder = build(corpus)
    (store.current(folder) / name).unlink()
    with pytest.raises(BrokenIndex, match=ADVICE):
        store.load(folder)


def test_the_parts_of_two_indexes_do_not_make_one(corpus):
    """Vectors of another number of passages, as after copying files by hand."""
    one, other = build(corpus, "one"), build(corpus, "other", limit=400)
    shutil.copy(store.current(other) / "vectors.faiss", store.current(one) / "vectors.faiss")
    with pytest.raises(BrokenIndex, match="checksum"):
        store.load(one)
    with pytest.raises(BrokenIndex, match="disagree"):
        store.load(one, trusting=True)


def test_vectors_of_another_dimension_are_refused(corpus):
    one, other = build(corpus, "one"), build(corpus, "other", encoder=Remainders(5))
    shutil.copy(store.current(other) / "vectors.faiss", store.current(one) / "vectors.faiss")
    with pytest.raises(BrokenIndex, match="damaged"):
        store.load(one, trusting=True)


@pytest.mark.parametrize("content", ["", "generation-999999\n", "../elsewhere\n", "generation-1/../..\n"])
def test_a_pointer_that_names_no_generation_is_refused(corpus, content):
    folder = build(corpus)
    (folder / "CURRENT").write_text(content, encoding="ascii")
    with pytest.raises(BrokenIndex, match=ADVICE):
        store.load(folder)


@pytest.mark.parametrize("trusting", [False, True], ids=["with checksums", "without"])
def test_a_changed_byte_anywhere_ends_in_one_clear_error_or_without_checksums_in_an_answer(corpus, trusting):
    """Every file in turn gets 20 bytes changed, one at a time, at places and to values of a seeded generator.

    Checked against its checksum none is opened; unchecked, no byte may end in a traceback all the same.
    """
    encoder = Remainders()
    folder = build(corpus, encoder=encoder)
    random = np.random.default_rng(20)
    opened = 0
    for path in sorted(store.current(folder).iterdir()):
        whole = path.read_bytes()
        for _ in range(20):
            place, value = int(random.integers(len(whole))), int(random.integers(1, 256))
            path.write_bytes(whole[:place] + bytes([whole[place] ^ value]) + whole[place + 1 :])
            try:
                found = store.load(folder, trusting=trusting)
                hits = search(found, encoder, QUESTIONS[0], 5)
                assert all(isinstance(found.passages[hit.number], Passage) for hit in hits)
                opened += 1
            except BrokenIndex as error:
                assert ADVICE in str(error)
        path.write_bytes(whole)
    assert (opened > 100) == trusting
    assert trusting or opened == 0
    assert store.load(folder) is not None


def test_what_a_killed_build_left_is_swept_and_the_old_index_answers_meanwhile(corpus):
    folder = build(corpus)
    before = files_of(folder)
    left = folder / "generation-000002.partial"
    left.mkdir()
    (left / "passages.zlib").write_text("half a li")
    assert files_of(folder) == before
    assert store.load(folder) is not None
    with store.writing(folder):
        partial, final = store.start(folder)
        assert list(partial.iterdir()) == []
    assert final.name == "generation-000002"
    assert sorted(p.name for p in folder.iterdir()) == ["CURRENT", "LOCK", "generation-000001"]


def test_a_build_that_fails_leaves_the_old_index(corpus):
    class Failing(Remainders):
        def passages(self, texts):
            raise MemoryError

    folder = build(corpus)
    before = files_of(folder)
    with pytest.raises(MemoryError):
        build(corpus, encoder=Failing())
    assert files_of(folder) == before


def test_a_killed_process_leaves_the_old_index(corpus):
    """A process writes half of a generation and is ended without a word."""
    folder = build(corpus)
    before = files_of(folder)
    code = (
        "import os, sys; from pathlib import Path; from qa import store\n"
        "with store.writing(Path(sys.argv[1])):\n"
        "    partial, final = store.start(Path(sys.argv[1]))\n"
        "    (partial / 'passages.zlib').write_text('half a li')\n"
        "    os._exit(9)\n"
    )
    assert python(code, folder, cwd=corpus.parent).returncode == 9
    assert files_of(folder) == before
    build(corpus)
    assert files_of(folder).keys() == before.keys()
    assert [p.name for p in folder.glob("*.partial")] == []


def test_one_generation_is_left_after_many_builds(corpus):
    folder = build(corpus)
    build(corpus)
    build(corpus)
    assert [p.name for p in sorted(folder.glob("generation-*"))] == ["generation-000003"]
    assert store.current(folder).name == "generation-000003"


def test_a_reader_keeps_its_generation_while_the_next_is_written(corpus):
    if sys.platform == "win32":
        pytest.skip("Windows removes no file that is open")
    folder = build(corpus)
    opened = store.load(folder)
    first = [opened.passages[n].text for n in range(len(opened))]
    build(corpus, limit=400)
    assert [opened.passages[n].text for n in range(len(opened))] == first


def test_a_second_writer_is_refused_and_the_first_goes_on(corpus):
    folder = build(corpus)
    with store.writing(folder):
        code = (
            "import sys; from pathlib import Path; from qa import store; from qa.errors import BrokenIndex\n"
            "try:\n"
            "    with store.writing(Path(sys.argv[1])): print('written')\n"
            "except BrokenIndex as error: print(error)\n"
        )
        start = time.monotonic()
        said = python(code, folder, cwd=corpus.parent).stdout
        assert f"is being written by process {os.getpid()} on " in said
        assert "wait for it (--wait SECONDS)" in said
        assert time.monotonic() - start < 60
    with store.writing(folder):
        pass


def test_a_lock_of_a_process_that_ended_does_not_hold(corpus):
    folder = build(corpus)
    code = (
        "import os, sys; from pathlib import Path; from qa import store\n"
        "with store.writing(Path(sys.argv[1])): os._exit(9)\n"
    )
    assert python(code, folder, cwd=corpus.parent).returncode == 9
    with store.writing(folder):
        pass


def test_a_folder_that_cannot_be_made_is_an_error_for_people(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(QAError, match="cannot be written"), store.writing(tmp_path / "file" / "index"):
        pass


def test_no_folder_means_no_index(tmp_path):
    assert store.current(tmp_path / "nothing") is None
    assert store.load(tmp_path / "nothing") is None


def test_passages_come_back_field_for_field(tmp_path):
    strange = Passage(
        document="d\n1",
        path="路/径.txt",
        lines=(3, 9),
        span=(10, 95),
        article=2,
        paragraph=4,
        start=0,
        text="正文,“引号”\u2028\n\x00😀",
        headline="标题",
        byline="记者",
        reporters=("甲", "乙"),
        kind="photo",
    )
    passages = [strange, Passage("2", "b.txt", (1, 1), (0, 1), 0, 1, 7, "字")]
    assert shelf.write(tmp_path, iter(passages)) == 2
    read = shelf.Shelf(tmp_path)
    assert [read[0], read[1]] == passages
    assert len(read) == 2


def test_passages_are_read_with_the_dictionary_they_were_packed_with(tmp_path):
    passages = [Passage(f"{n}", "b.txt", (1, 1), (0, 99), 0, 1, 0, f"第{n}次会议在杭州举行") for n in range(20)]
    dictionary = shelf.dictionary_of(passages)
    with shelf.Writer(tmp_path) as out:
        out.dictionary(dictionary)
        out.add(shelf.packed(passages, dictionary))
    assert sum(map(len, shelf.packed(passages, dictionary))) < sum(map(len, shelf.packed(passages)))
    read = shelf.Shelf(tmp_path)
    assert [read[n] for n in range(len(read))] == passages
    with shelf.Writer(tmp_path) as out:
        out.add(shelf.packed(passages, dictionary))
    with pytest.raises(BrokenIndex, match=ADVICE):
        shelf.Shelf(tmp_path)


def test_a_block_that_claims_to_end_beyond_the_file_is_not_read(tmp_path):
    passages = [Passage(f"{n}", "b.txt", (1, 1), (0, 99), 0, 1, 0, f"第{n}次会议") for n in range(3 * shelf.TOGETHER)]
    shelf.write(tmp_path, passages)
    offsets = np.load(tmp_path / shelf.OFFSETS)
    offsets[1] = 1 << 55  # more than there is memory for
    np.save(tmp_path / shelf.OFFSETS, offsets)
    read = shelf.Shelf(tmp_path)
    assert read[len(passages) - 1] == passages[-1]
    with pytest.raises(BrokenIndex, match=ADVICE):
        read[0]


def test_the_paths_in_an_index_are_none_of_this_machine(corpus):
    """Everything is named as the user named it, from a base that is relative to the index."""
    folder = build(corpus)
    for path in store.current(folder).iterdir():
        assert str(corpus.parent).encode() not in path.read_bytes(), path.name
    assert store.read_manifest(store.current(folder)).base == ".."
    assert (folder / store.read_manifest(store.current(folder)).base).resolve() == Path(corpus.parent).resolve()
