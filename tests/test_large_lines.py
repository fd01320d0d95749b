"""Lines of a large file read one at a time are those of the file read whole, or it is left to the readers proper."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa import large_files
from qa.readers import beir, large, lines, stamps
from qa.verification import Sources, Standing, quote_lines


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(large, "LARGE", 1)
    monkeypatch.setattr(large, "BLOCK", 16)


def lines_of(path, suffix, folder=None):
    return large_files.lines_of(path, suffix, stamps.stamp_of(path.stat()), path.name, folder)


TEXT = st.text(st.sampled_from("工会\n 一,a"), min_size=1, max_size=80)


@settings(max_examples=120, deadline=None)
@given(TEXT, st.sampled_from(["\n", "\r\n"]), st.integers(0, 30), st.integers(0, 30))
def test_any_lines_are_those_of_the_whole(tmp_path_factory, text, end, first, last):
    path = tmp_path_factory.mktemp("lines") / "a.txt"
    path.write_bytes(text.replace("\n", end).encode())
    found, whole = lines_of(path, ".txt"), lines.split(text)
    assert len(found) == len(whole)
    assert found[first:last] == whole[first:last]
    assert list(found) == list(whole)


def test_records_are_cited_by_their_text(tmp_path):
    path = tmp_path / "c.jsonl"
    rows = [{"_id": "1", "title": "题", "text": "工会主席。"}, {"_id": "2", "title": "只有题", "text": " "}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows) + "\n", encoding="utf-8")
    found = lines_of(path, ".jsonl")
    assert tuple(found[: len(found)]) == beir.read(path, "c.jsonl").units


@pytest.mark.parametrize(
    ("data", "suffix"),
    [(b"a\rb\n", ".txt"), (b"a\0b\n", ".txt"), (b"a\n", ".pdf"), (b"", ".txt")],
    ids=["a lone return", "a zero", "no lines", "empty"],
)
def test_other_forms_are_left_to_the_readers(tmp_path, data, suffix):
    path = tmp_path / "a"
    path.write_bytes(data)
    assert lines_of(path, suffix) is None


def test_a_return_and_a_line_end_parted_by_a_block_are_one(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * 15 + b"\r\nzwei\r\n")
    assert lines_of(path, ".txt")[1] == "zwei"


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


@pytest.fixture
def old(tmp_path, monkeypatch):
    """A file of an index whose stamp is old enough to be believed."""
    monkeypatch.setattr(stamps, "COARSEST", -1 << 62)
    path = tmp_path / "a.txt"
    path.write_bytes("第一行。\n第二行说了\n一件事。\n".encode() * 3)
    return path


def test_where_lines_end_is_told_without_reading_the_file_once_it_is_known(old, monkeypatch):
    found = list(lines_of(old, ".txt", old.parent))
    monkeypatch.setattr(large, "line_ends", lambda path: pytest.fail("it was read through once more"))
    assert list(lines_of(old, ".txt", old.parent)) == found
    assert found == list(lines.split(old.read_text(encoding="utf-8")))


def test_a_file_that_was_written_anew_is_read_through_again(old):
    lines_of(old, ".txt", old.parent)
    text = old.read_text(encoding="utf-8").replace("第一行。\n", "第一\n行。")
    old.write_bytes(text.encode())
    assert list(lines_of(old, ".txt", old.parent)) == list(lines.split(text))


def test_a_file_stamped_just_now_is_not_remembered(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"a\nb\n")
    assert len(lines_of(path, ".txt", tmp_path)) == 3
    assert not (tmp_path / large_files.LINES).exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda row: None,
        lambda row: row[:-1],
        lambda row: [*row[:-1], row[-1][1:]],
        lambda row: [*row[:-1], [-1, *row[-1][1:]]],
        lambda row: [*row[:-1], [True, *row[-1][1:]]],
        lambda row: [*row[:-1], ["1", *row[-1][1:]]],
        lambda row: [*row[:-2], 32, row[-1]],
        lambda row: [row[0] + 1, *row[1:]],
    ],
    ids=["no row", "no counts", "too few", "below zero", "no number", "a text", "other blocks", "another size"],
)
def test_what_is_remembered_wrongly_is_counted_again(old, change):
    lines_of(old, ".txt", old.parent)
    kept = old.parent / large_files.LINES
    raw = json.loads(kept.read_text(encoding="utf-8"))
    kept.write_text(json.dumps({"a.txt": change(raw["a.txt"])}), encoding="utf-8")
    assert list(lines_of(old, ".txt", old.parent)) == list(lines.split(old.read_text(encoding="utf-8")))
    assert json.loads(kept.read_text(encoding="utf-8")) == raw


@pytest.mark.parametrize(
    "text", ["", "[]", "{", "[" * 100_000, "\udcff"], ids=["empty", "list", "half", "deep", "bytes"]
)
def test_a_damaged_memory_is_none(old, text):
    (old.parent / large_files.LINES).write_text(text, encoding="utf-8", errors="surrogateescape")
    assert len(lines_of(old, ".txt", old.parent)) == 10


def test_a_citation_is_right_where_the_memory_is_wrong(old):
    lines_of(old, ".txt", old.parent)
    kept = old.parent / large_files.LINES
    raw = json.loads(kept.read_text(encoding="utf-8"))
    raw["a.txt"][-1] = [0] * len(raw["a.txt"][-1])
    kept.write_text(json.dumps(raw), encoding="utf-8")
    sources = Sources(old.parent, 1000, old.parent)
    assert sources.standing("a.txt", (5, 6), "第二行说了一件事。") == Standing((5, 6))
    assert sources.standing("a.txt", (1, 1), "第二行说了一件事。") == Standing((2, 3), "moved")


def test_a_folder_that_cannot_be_written_keeps_nothing(old):
    assert len(lines_of(old, ".txt", old.parent / "not there")) == 10
