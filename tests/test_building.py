"""Building and following files: what did not change is taken over, the rest is read, and the result is as if built anew."""

import os
from dataclasses import replace

import numpy as np
import pytest
from helpers import Remainders

from embeddings import loading
from qa import building, preparing, query, ranking, render, service, staleness, store, vectors
from qa.cutting import Cutter
from qa.digests import Digests
from qa.errors import BrokenIndex, InputError
from qa.manifest import Settings, to_json

NEW = "石望秋家的灯塔有120级台阶。\n"


def build(corpus, name="index", *, old=None, encoder=None, limit=60):
    """Build, or bring up to date, an index of the corpus; gives the opened index and its encoder."""
    encoder = encoder or Remainders()
    folder = corpus.parent / name
    settings = Settings("by hand", encoder.fingerprint, encoder.dimension, "rjieba", limit)
    with store.writing(folder):
        building.build(folder, ["pages"], corpus.parent, encoder, settings, old=old, max_bytes=1 << 20)
    return store.load(folder), encoder


def contents(index):
    """Every passage with its vector."""
    return [(index.passages[n], index.dense.take(np.array([n]))[0].tolist()) for n in range(len(index))]


def changes(index, corpus):
    """What is no longer as the index says, found without any hash that was kept."""
    return list(staleness.survey(index.manifest, corpus.parent, Digests(1 << 20)).changes)


def same_bytes(one, other):
    """Whether two generations hold the same."""
    return {p.name: p.read_bytes() for p in one.folder.iterdir()} == {
        p.name: p.read_bytes() for p in other.folder.iterdir()
    }


def rewrite_unnoticed(path, text):
    """Other content of the same size, with the time it had."""
    stat = path.stat()
    assert len(text.encode()) == stat.st_size
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def test_what_did_not_change_is_not_embedded_again(corpus):
    old, _ = build(corpus)
    new, encoder = build(corpus, old=old)
    assert contents(new) == contents(old)
    assert encoder.seen == []


def test_a_change_that_keeps_size_and_time_is_noticed_all_the_same(corpus):
    old, _ = build(corpus)
    page = corpus / "workshop.txt"
    rewrite_unnoticed(page, page.read_text(encoding="utf-8").replace("贺九龄", "钱九龄"))
    assert changes(old, corpus) == ["pages/workshop.txt changed"]
    new, encoder = build(corpus, old=old)
    assert same_bytes(new, build(corpus, "fresh")[0])
    assert any("钱九龄" in text for text in encoder.seen)


def test_only_the_changed_file_is_embedded_again(corpus):
    old, _ = build(corpus)
    page = corpus / "workshop.txt"
    page.write_text(page.read_text(encoding="utf-8") + "\n贺九龄还会修座钟。\n", encoding="utf-8")
    new, encoder = build(corpus, old=old)
    expected = [preparing.embedded_text(p) for p, _ in contents(new) if p.path == "pages/workshop.txt"]
    assert encoder.seen == expected
    assert any("座钟" in text for text in expected)


def test_a_file_that_was_only_touched_is_read_but_not_embedded(corpus):
    old, _ = build(corpus)
    os.utime(corpus / "workshop.txt", ns=(1, 1))
    new, encoder = build(corpus, old=old)
    assert encoder.seen == []
    assert contents(new) == contents(old)
    assert changes(new, corpus) == []


def grow(pages):
    (pages / "aaa.txt").write_text(NEW, encoding="utf-8")  # before all others, so that every number moves


def shrink(pages):
    (pages / "harbour.txt").unlink()


def change(pages):
    page = pages / "notes.md"
    page.write_text(page.read_text(encoding="utf-8").replace("147只", "一百五十只"), encoding="utf-8")


def rename(pages):
    (pages / "harbour.txt").rename(pages / "zzz.txt")


def everything(pages):
    for one in (grow, shrink, change):
        one(pages)


@pytest.mark.parametrize("happen", [grow, shrink, change, rename, everything], ids=lambda f: f.__name__)
def test_following_the_files_gives_what_a_fresh_build_gives(corpus, happen):
    old, _ = build(corpus)
    happen(corpus)
    followed, _ = build(corpus, old=old)
    fresh, _ = build(corpus, "fresh")
    assert contents(followed) == contents(fresh)
    assert contents(followed) != contents(old)
    assert same_bytes(followed, fresh)
    assert followed.manifest.files == fresh.manifest.files


@pytest.mark.parametrize(
    "unlike",
    [{"limit": 30}, {"encoder": Remainders(5)}],
    ids=["another limit", "another encoder"],
)
def test_with_other_settings_nothing_is_taken_over(corpus, unlike):
    old, _ = build(corpus)
    followed, encoder = build(corpus, old=old, **unlike)
    fresh, _ = build(corpus, "fresh", **unlike)
    assert contents(followed) == contents(fresh)
    assert len(encoder.seen) >= len(fresh)


def test_files_are_numbered_without_gap_in_the_order_of_their_names(corpus):
    index, _ = build(corpus)
    files = index.manifest.files
    assert [f.path for f in files] == ["pages/harbour.txt", "pages/notes.md", "pages/workshop.txt"]
    assert [f.first for f in files] == [0, *(f.last for f in files[:-1])]
    assert files[-1].last == len(index)
    for file in files:
        assert {index.passages[n].path for n in range(file.first, file.last)} == {file.path}


def test_changes_are_found_by_size_and_time(corpus):
    index, _ = build(corpus)
    assert changes(index, corpus) == []
    everything(corpus)
    assert sorted(changes(index, corpus)) == [
        "pages/aaa.txt is new",
        "pages/harbour.txt is gone",
        "pages/notes.md changed",
    ]


def test_what_cannot_be_read_is_named_and_is_no_change_the_next_time(corpus):
    (corpus / "broken.docx").write_bytes(b"PK no archive")
    (corpus / "empty.txt").write_bytes(b"")
    index, _ = build(corpus)
    assert [s.path for s in index.manifest.skipped] == ["pages/broken.docx", "pages/empty.txt"]
    assert all(s.reason and s.path not in s.reason for s in index.manifest.skipped)
    assert changes(index, corpus) == []


def test_a_file_that_was_mended_is_noticed(corpus):
    (corpus / "broken.docx").write_bytes(b"PK no archive")
    index, _ = build(corpus)
    (corpus / "broken.docx").write_text("现在是文字了。", encoding="utf-8")
    assert changes(index, corpus) == ["pages/broken.docx changed"]


def test_nothing_readable_leaves_the_old_index(corpus):
    old, _ = build(corpus)
    for path in corpus.iterdir():
        path.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 4)
    with pytest.raises(InputError, match="no document in pages can be read"):
        build(corpus, old=old)
    assert contents(store.load(corpus.parent / "index")) == contents(old)


def test_a_passage_is_searched_with_its_headline(corpus):
    index, encoder = build(corpus)
    passage = next(p for p, _ in contents(index) if "4200吨" in p.text)
    assert preparing.searched_text(passage) == f"望潮岛用上风力淡化水\n{passage.text}"
    assert preparing.searched_text(replace(passage, context="")) == passage.text
    assert preparing.embedded_text(passage) in encoder.seen


@pytest.mark.parametrize("kinds", [("ivf", "ivf"), ("flat", "ivf"), ("ivf", "flat"), ("auto", "auto")], ids=str)
def test_an_update_of_any_kind_equals_a_fresh_build(tmp_path, monkeypatch, kinds):
    """Also across the size at which vectors are grouped by themselves."""
    monkeypatch.chdir(tmp_path)
    shipped = loading.load()
    monkeypatch.setattr(vectors, "EXACT", 40 * shipped.dimension)
    pages = tmp_path / "pages"
    pages.mkdir()
    write = lambda name, first, last: (pages / name).write_text(  # noqa: E731
        "\n\n".join(f"第{n}段讲的是第{n}号工地的事情,一共{n * 7}人参加。" for n in range(first, last)), encoding="utf-8"
    )
    write("a.txt", 0, 30)
    write("b.txt", 30, 50)

    def built(folder, kind, encoder=None):
        service.index(["pages"], tmp_path / folder, index_kind=kind, encoder=encoder)
        return store.load(tmp_path / folder)

    first = built("one", kinds[0])
    assert first.dense.kind == ("ivf" if kinds[0] == "auto" else kinds[0])
    (pages / "b.txt").unlink()
    write("c.txt", 100, 105)
    updated, fresh = built("one", kinds[1]), built("two", kinds[1])
    assert updated.manifest.dense == fresh.manifest.dense
    assert {p.name: p.read_bytes() for p in updated.folder.iterdir()} == {
        p.name: p.read_bytes() for p in fresh.folder.iterdir()
    }


class Ordered(Remainders):
    """Of whose seven numbers the first three serve among very many passages."""

    leading = 3


@pytest.mark.parametrize("kinds", [("ivf", "ivf"), ("flat", "ivf"), ("ivf", "flat")], ids=str)
def test_an_index_of_very_many_keeps_the_leading_numbers_of_each_vector(corpus, kinds):
    """Also where it takes them over from the index before, and where they come from it in full."""

    def built(name, kind, old=None):
        folder = corpus.parent / name
        encoder = Ordered()
        settings = Settings("by hand", encoder.fingerprint, 7, "rjieba", 37, index_kind=kind)
        with store.writing(folder):
            building.build(folder, ["pages"], corpus.parent, encoder, settings, old=old, max_bytes=1 << 20)
        return store.load(folder)

    first = built("one", kinds[0])
    (corpus / "another.txt").write_text("岛上的钟表匠修好了第七座钟。", encoding="utf-8")
    updated, fresh = built("one", kinds[1], first), built("two", kinds[1])
    assert updated.manifest.dense == fresh.manifest.dense
    assert contents(updated) == contents(fresh)
    kept = {"ivf": 3, "flat": 7}[kinds[1]]
    told = {"ivf": "the first 3 numbers kept", "flat": "every one compared"}[kinds[1]]
    assert told in render.info(updated.manifest, "two", 1, [])
    assert (updated.dense.dimension, updated.manifest.settings.dimension) == (kept, 7)
    texts = [preparing.embedded_text(passage) for passage, _ in contents(updated)]
    assert updated.dense.take(np.arange(len(updated))) == pytest.approx(Ordered().queries(texts)[:, :kept], abs=0.01)
    question = query.prepare("淡化站每天产多少淡水?", updated, Ordered())
    found = ranking.rank(updated, question, Cutter(updated.passages, updated.segmenter, Ordered()))
    assert "4200吨" in updated.passages[found.hits[0].number].text


def test_an_index_whose_vectors_are_not_as_long_as_it_says_is_refused(corpus):
    index, _ = build(corpus)
    told = replace(index.manifest, dense=replace(index.manifest.dense, numbers=3))
    (index.folder / store.MANIFEST).write_text(to_json(told), encoding="utf-8")
    with pytest.raises(BrokenIndex, match="disagree"):
        store.load(corpus.parent / "index", trusting=True)
