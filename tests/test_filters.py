"""Filters on what is known of a passage, before the cut to K."""

import pytest
from helpers import qa, refused, rows

import qa as package


@pytest.fixture(scope="module")
def library(seeds_home):
    return package.open(seeds_home / ".qa")


QUESTION = "工会开展了什么活动?"


def test_a_reporter_by_whole_name(library):
    found = library.ask(QUESTION, top=50, where=["reporter=邹伟锋"]).citations
    assert found
    assert all("邹伟锋" in c.reporters for c in found)
    assert library.ask(QUESTION, top=50, where=["reporter=邹伟"]).citations == ()


def test_a_path_by_a_part_or_a_pattern(library):
    for value in ("002_", "*/002_*.txt"):
        found = library.ask(QUESTION, top=100, where=[f"path={value}"]).citations
        assert found
        assert all("/002_" in c.path for c in found)


def test_filters_add_up(library):
    found = library.ask(QUESTION, top=50, where=["path=000_", "kind=photo"]).citations
    assert found
    assert all("/000_" in c.path for c in found)
    both = library.ask(QUESTION, top=50, where=["path=000_", "path=002_"])
    assert both.citations == ()
    assert not both.answered


def test_a_filter_works_before_the_cut(library):
    """The best of one page alone comes first, although better ones stand on other pages."""
    free = library.ask(QUESTION, top=1).citations[0].path
    others = {c.path for c in library.ask(QUESTION, top=100).citations} - {free}
    for path in others:
        assert [c.path for c in library.ask(QUESTION, top=1, where=[f"path={path}"]).citations] == [path]


def test_by_the_command_line(seeds_home):
    result = qa("ask", QUESTION, "--where", "path=003_", "--top", "3", "--json", cwd=seeds_home)
    assert all("/003_" in c["path"] for c in rows(result.stdout)[0]["citations"])


@pytest.mark.parametrize(
    ("where", "said"),
    [
        (["kind=foo"], "kind=foo"),
        (["kind=news", "reporter=无此人"], "reporter=无此人"),
        (["path=000_", "path=002_"], "path=000_ and path=002_"),
    ],
    ids=["one", "one of two", "two together"],
)
def test_filters_that_no_document_passes_are_named(seeds_home, where, said):
    """Beside the answer, which is no other than where the documents do not say."""
    expected = f"qa: no document has {said}: see `qa info` for the files, `qa articles` for what is in them\n"
    options = [word for text in where for word in ("--where", text)]
    asked = qa("ask", QUESTION, *options, "--json", cwd=seeds_home)
    assert (asked.returncode, asked.stderr) == (1, expected)
    assert (rows(asked.stdout)[0]["answered"], rows(asked.stdout)[0]["citations"]) == (False, [])
    assert qa("ask", QUESTION, *options, "--quiet", cwd=seeds_home).stderr == ""
    batch = qa("batch", "-", *options, cwd=seeds_home, stdin=f"{QUESTION}\n{QUESTION}\n")
    assert (batch.returncode, batch.stderr, len(rows(batch.stdout))) == (0, expected, 2)
    chat = qa("chat", cwd=seeds_home, stdin=f"/where {' '.join(where)}\n{QUESTION}\n")
    assert (chat.returncode, chat.stderr) == (0, expected)
    assert chat.stdout.endswith("The documents do not say.\n\n")


@pytest.mark.parametrize("value", ["colour=red", "reporter", "reporter=", "=x", ""])
def test_a_filter_that_is_none_is_refused_with_the_fields_there_are(seeds_home, value):
    said = refused(qa("ask", QUESTION, "--where", value, cwd=seeds_home))
    assert "reporter" in said
    assert "path" in said


def test_explaining_shows_what_a_score_is_made_of(seeds_home):
    plain = rows(qa("ask", QUESTION, "--json", cwd=seeds_home).stdout)[0]["citations"]
    assert all("features" not in c for c in plain)
    told = rows(qa("ask", QUESTION, "--json", "--explain", cwd=seeds_home).stdout)[0]["citations"]
    assert [c["score"] for c in told] == [c["score"] for c in plain]
    assert all({"dense", "coverage words", "best focus words"} <= set(c["features"]) for c in told)
    assert "dense" in qa("ask", QUESTION, "--explain", cwd=seeds_home).stdout
