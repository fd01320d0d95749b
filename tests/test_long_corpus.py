"""A corpus read in parts gives the passages and the refusals of one that is read whole."""

import json

import pytest

from qa import building, service, store
from qa.errors import UnreadableFile
from qa.passages import of_parts, of_source
from qa.readers import beir, long_corpus, registry


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(long_corpus, "LARGE", 1)
    monkeypatch.setattr(long_corpus, "PART_LINES", 3)


def measure(texts):
    return [len(text) for text in texts]


def row(number, text):
    return json.dumps({"_id": f"d{number}", "title": f"题{number}", "text": text}, ensure_ascii=False) + "\n"


def corpus(tmp_path, rows, mark=""):
    path = tmp_path / "corpus.jsonl"
    path.write_bytes((mark + "".join(rows)).encode())
    return path


ROWS = [row(n, f"第{n}段。" * (n + 1)) for n in range(11)]


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "marked"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_passages_are_those_of_the_whole(tmp_path, mark, end):
    rows = [r.replace("\n", end) for r in [*ROWS[:5], "\n", *ROWS[5:], row(50, " ")]]
    path = corpus(tmp_path, rows, mark)
    long = registry.in_parts(path, "corpus.jsonl", max_bytes=10_000)
    source = beir.read(path, "corpus.jsonl")
    assert long.documents == len(source.documents)
    assert list(of_parts(long.parts(), 20, measure)) == list(of_source(source, 20, measure))


@pytest.mark.parametrize(
    "broken",
    ["{oops\n", row(4, "again"), '{"_id": "x"}\n', "{oops\n" + row(4, "again") + row(4, "and again")],
    ids=["no JSON", "twice", "no text", "three"],
)
def test_what_is_left_out_is_that_of_the_whole(tmp_path, broken):
    path = corpus(tmp_path, [*ROWS[:6], broken, *ROWS[6:]])
    source = beir.read(path, "corpus.jsonl")
    long = registry.in_parts(path, "corpus.jsonl", max_bytes=10_000)
    assert str(long.faults) == source.left_out != ""
    assert long.documents == len(source.documents) == len(ROWS)
    assert list(of_parts(long.parts(), 20, measure)) == list(of_source(source, 20, measure))


@pytest.mark.parametrize("rows", [["\n", "\n"], ["{oops\n", "[\n"]], ids=["blank", "no JSON"])
def test_refusals_are_those_of_the_whole(tmp_path, rows):
    path = corpus(tmp_path, rows)
    with pytest.raises(UnreadableFile) as whole:
        beir.read(path, "corpus.jsonl")
    with pytest.raises(UnreadableFile) as parts:
        registry.in_parts(path, "corpus.jsonl", max_bytes=10_000)
    assert str(parts.value) == str(whole.value)


@pytest.mark.parametrize("data", ["工会".encode("gb18030"), b'{"a"\r:1}\n', b"\0\n"], ids=["GB18030", "return", "zero"])
def test_other_forms_are_read_whole(tmp_path, data):
    path = tmp_path / "corpus.jsonl"
    path.write_bytes(data)
    assert long_corpus.look(path, "corpus.jsonl") is None


@pytest.mark.parametrize("after", ["", row(99, "新。"), "{oops\n"], ids=["shorter", "longer", "broken"])
def test_a_corpus_that_changes_meanwhile_is_refused_and_the_index_stays(tmp_path, monkeypatch, after):
    monkeypatch.chdir(tmp_path)
    path = corpus(tmp_path, ROWS)
    service.index(["corpus.jsonl"], tmp_path / ".qa")
    before = store.current(tmp_path / ".qa")
    path.write_text("".join(ROWS[:-1]), encoding="utf-8")
    taken = building.items

    def meddling(*args, **kwargs):
        for number, item in enumerate(taken(*args, **kwargs)):
            if number == 0:
                path.write_text("".join(ROWS[:4]) + after, encoding="utf-8")
            yield item

    monkeypatch.setattr(building, "items", meddling)
    with pytest.raises(UnreadableFile, match="corpus.jsonl"):
        service.index(["corpus.jsonl"], tmp_path / ".qa")
    assert store.current(tmp_path / ".qa") == before
