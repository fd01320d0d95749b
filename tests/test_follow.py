"""Whatever happens to the files, in whatever order: an index that followed them is the one that a fresh build gives."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from helpers import Remainders
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from qa import building, preparing, store
from qa.errors import InputError
from qa.manifest import Settings

NAMES = st.sampled_from(["甲.txt", "乙 二.txt", "c.md", "深/丁.txt", "库.jsonl", "深/e.md", "坏.docx"])
TEXTS = st.sampled_from(
    [
        "望潮岛用上风力淡化水\n\n淡化站每天可产淡水4200吨。\n",
        "望潮岛用上风力淡化水\n\n淡化站每天可产淡水4300吨。\n",  # as long as the one before
        "# 手记\n\n黑脸琵鹭每年十月飞到望潮岛越冬。\n\n## 站\n\n观察站设在岛的北端。\n",
        '{"_id": "甲.txt", "title": "题", "text": "一只怀表有一百多个零件。"}\n{"_id": "2", "text": "十二名志愿者。"}\n',
        '{"_id": "甲.txt", "title": "题", "text": "一只怀表有一百多个零件。"}\nbroken\n',
        "",
        "一段。" * 30,
    ]
)


def build(pages, name, old=None):
    """The index of the pages, or None where there is nothing to read; `old` is taken over where it holds."""
    encoder = Remainders()
    made = Settings("by hand", encoder.fingerprint, encoder.dimension, "rjieba", 20)
    folder = pages.parent / name
    try:
        with store.writing(folder):
            building.build(folder, ["pages"], pages.parent, encoder, made, old=old, max_bytes=1 << 20)
    except InputError:
        return None, encoder
    return store.load(folder), encoder


def files_of(index):
    return {p.name: p.read_bytes() for p in index.folder.iterdir()}


class Following(RuleBasedStateMachine):
    """Files come, change, move and go; now and then the index follows."""

    @initialize()
    def begin(self):
        self.home = Path(tempfile.mkdtemp(prefix="跟 随"))
        self.pages = self.home / "pages"
        (self.pages / "深").mkdir(parents=True)
        self.index = None

    def teardown(self):
        if hasattr(self, "home"):
            shutil.rmtree(self.home)

    def there(self):
        return sorted(p for p in self.pages.rglob("*") if p.is_file())

    @rule(name=NAMES, text=TEXTS)
    def write(self, name, text):
        (self.pages / name).write_text(text, encoding="utf-8")

    @rule(name=NAMES, text=TEXTS)
    def write_and_set_the_time_back(self, name, text):
        path = self.pages / name
        before = path.stat() if path.exists() else None
        path.write_text(text, encoding="utf-8")
        if before:
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    @precondition(lambda self: self.there())
    @rule(data=st.data())
    def remove(self, data):
        data.draw(st.sampled_from(self.there())).unlink()

    @precondition(lambda self: self.there())
    @rule(data=st.data(), name=NAMES)
    def rename(self, data, name):
        data.draw(st.sampled_from(self.there())).replace(self.pages / name)

    @precondition(lambda self: self.there())
    @rule(data=st.data(), name=NAMES)
    def copy(self, data, name):
        path = data.draw(st.sampled_from(self.there()))
        if path != self.pages / name:
            shutil.copy2(path, self.pages / name)

    @rule()
    def follow(self):
        followed, _ = build(self.pages, "index", self.index)
        fresh, _ = build(self.pages, "fresh")
        assert (followed is None) == (fresh is None)
        if followed is not None:
            assert files_of(followed) == files_of(fresh)
            self.index = followed
        shutil.rmtree(self.home / "fresh", ignore_errors=True)

    @invariant()
    def the_index_still_opens(self):
        if getattr(self, "index", None) is not None:
            assert len(store.load(self.home / "index")) == len(self.index)


Following.TestCase.settings = settings(
    max_examples=int(os.environ.get("QA_EXAMPLES", "25")),
    stateful_step_count=14,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestFollowing = Following.TestCase


@pytest.mark.parametrize("name", ["另一个.txt", "深/处/page.txt"])
def test_a_file_that_moved_is_neither_read_nor_embedded_again(corpus, name):
    old, _ = build(corpus, "index")
    (corpus / name).parent.mkdir(parents=True, exist_ok=True)
    (corpus / "harbour.txt").rename(corpus / name)
    moved, encoder = build(corpus, "index", old)
    assert encoder.seen == []
    assert files_of(moved) == files_of(build(corpus, "fresh")[0])
    assert {moved.passages[n].document for n in range(len(moved))} >= {f"pages/{name}"}


def test_the_same_bytes_under_another_suffix_are_read_another_way(corpus):
    old, _ = build(corpus, "index")
    (corpus / "notes.md").rename(corpus / "notes.txt")
    moved, _ = build(corpus, "index", old)
    assert files_of(moved) == files_of(build(corpus, "fresh")[0])


def test_documents_that_name_themselves_keep_their_names_when_their_file_moves(corpus):
    (corpus / "a.jsonl").write_text('{"_id": "pages/a.jsonl", "text": "怀表。"}\n{"_id": "2", "text": "座钟。"}\n')
    old, _ = build(corpus, "index")
    (corpus / "a.jsonl").rename(corpus / "b.jsonl")
    moved, encoder = build(corpus, "index", old)
    assert encoder.seen == []
    assert files_of(moved) == files_of(build(corpus, "fresh")[0])


def test_the_shipped_encoder_gives_a_passage_one_vector_whatever_it_is_encoded_with(seeds_home):
    """Else an index that followed its files could differ from a fresh one in the last bits of its vectors."""
    from embeddings import loading

    encoder = loading.load()
    index = store.load(seeds_home / ".qa")
    texts = [preparing.embedded_text(index.passages[n]) for n in range(len(index))]
    together = encoder.passages(texts)
    assert together.tobytes() == b"".join(encoder.passages([text]).tobytes() for text in texts)
    assert encoder.passages(texts[7:]).tobytes() == together[7:].tobytes()
