"""Lines of a large file read one at a time are those of the file read whole, or it is left to the readers proper."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.readers import beir, large, lines
from qa.verification import Sources, Standing, quote_lines


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(large, "LARGE", 1)
    monkeypatch.setattr(large, "BLOCK", 16)


TEXT = st.text(st.sampled_from("工会\n 一,a"), min_size=1, max_size=80)


@settings(max_examples=120, deadline=None)
@given(TEXT, st.sampled_from(["\n", "\r\n"]), st.integers(0, 30), st.integers(0, 30))
def test_any_lines_are_those_of_the_whole(tmp_path_factory, text, end, first, last):
    path = tmp_path_factory.mktemp("lines") / "a.txt"
    path.write_bytes(text.replace("\n", end).encode())
    found, whole = large.lines_of(path, ".txt"), lines.split(text)
    assert len(found) == len(whole)
    assert found[first:last] == whole[first:last]
    assert list(found) == list(whole)


def test_records_are_cited_by_their_text(tmp_path):
    path = tmp_path / "c.jsonl"
    rows = [{"_id": "1", "title": "题", "text": "工会主席。"}, {"_id": "2", "title": "只有题", "text": " "}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows) + "\n", encoding="utf-8")
    found = large.lines_of(path, ".jsonl")
    assert tuple(found[: len(found)]) == beir.read(path, "c.jsonl").units


@pytest.mark.parametrize(
    ("data", "suffix"),
    [(b"a\rb\n", ".txt"), (b"a\0b\n", ".txt"), (b"a\n", ".pdf"), (b"", ".txt")],
    ids=["a lone return", "a zero", "no lines", "empty"],
)
def test_other_forms_are_left_to_the_readers(tmp_path, data, suffix):
    path = tmp_path / "a"
    path.write_bytes(data)
    assert large.lines_of(path, suffix) is None


def test_a_return_and_a_line_end_parted_by_a_block_are_one(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * 15 + b"\r\nzwei\r\n")
    assert large.lines_of(path, ".txt")[1] == "zwei"


def test_a_citation_is_confirmed_from_its_lines_alone(tmp_path):
    (tmp_path / "a.txt").write_text("\ufeff第一行。\n第二行说了\n一件事。\n", encoding="utf-8")
    sources = Sources(tmp_path, 1000)
    assert sources.standing("a.txt", (2, 3), "第二行说了一件事。") == Standing((2, 3))
    assert isinstance(sources.units("a.txt"), large.LargeLines)
    assert quote_lines(sources, "a.txt", (2, 3), "第二行说了一件事。", (6, 9)) == (3, 3)
    assert sources.standing("a.txt", (1, 1), "第一行。") == Standing((1, 1))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_what_lines_alone_do_not_confirm_is_looked_at_whole(tmp_path, encoding):
    (tmp_path / "a.txt").write_text("新的一行。\n" * 3 + "第二行说了\n一件事。\n", encoding=encoding)
    sources = Sources(tmp_path, 1000)
    assert sources.standing("a.txt", (2, 3), "第二行说了一件事。") == Standing((4, 5), "moved")
    assert sources.standing("a.txt", (2, 3), "没有的。") == Standing((2, 3), "changed")
    assert sources.standing("a.txt", (4, 5), "第二行说了一件事。") == Standing((4, 5))
