"""Judgements and runs as others write them, and what is wrong with them."""

import pytest

from qa.errors import InputError
from qa.judgements import check_run, read_qrels, read_run


def written(tmp_path, content):
    path = tmp_path / "file.txt"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    "content",
    [
        "query-id\tcorpus-id\tscore\nq1\td 1\t1\nq1\td2\t2\nq2\td2\t0\n",
        "q1\td 1\t1\nq1\td2\t2.0\nq2\td2\t-1\n",
        "q1\t0\td 1\t1\r\n\r\nq1\t0\td2\t2\r\nq2\t0\td2\t0\r\n",
        b"\xef\xbb\xbfq1\t0\td 1\t1\nq1 0 d2 2\nq2 0 d2 0",
    ],
    ids=["BEIR", "no header", "TREC", "a byte order mark and blanks"],
)
def test_the_relevant_documents_with_their_grades(tmp_path, content):
    assert read_qrels(written(tmp_path, content)) == {"q1": {"d 1": 1, "d2": 2}}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("q1 d1\n", "file.txt:1: no judgement .2 columns"),
        ("q1 0 d1 1\nq1 0 d2\n", "file.txt:2: no judgement"),
        ("q1 0 d1 1\nq1 0 d2 much\n", "file.txt:2: no judgement"),
        ("q1 0 d1 0.5\n", "file.txt:1: no judgement"),
        ("q1 0 d1 nan\n", "file.txt:1: no judgement"),
        ("q1 0 d1 1\nq1 0 d1 0\n", "file.txt:2: document d1 is judged twice for query q1"),
        (b"q1 0 \xff 1\n", "not UTF-8"),
    ],
    ids=["two columns", "three by blanks", "no number", "half a grade", "nan", "twice", "not UTF-8"],
)
def test_broken_judgements(tmp_path, content, said):
    with pytest.raises(InputError, match=said):
        read_qrels(written(tmp_path, content))


def test_a_run_is_ordered_by_score_and_ties_as_trec_eval_orders_them(tmp_path):
    content = "q Q0 a 1 0.5 x\nq Q0 b 2 0.5 x\nq Q0 c 3 9e9 x\nr\tQ0\tz\t1\t-1\tx\n"
    assert read_run(written(tmp_path, content)) == {"q": ["c", "b", "a"], "r": ["z"]}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("q Q0 a 1 0.5\n", "file.txt:1: no line of a run .5 columns"),
        ("q Q0 a 1 high x\n", "file.txt:1: no line of a run"),
        ("q Q0 a 1 0.5 x\nq Q0 a 2 0.4 x\n", "file.txt:2: document a is listed twice for query q"),
    ],
    ids=["empty", "five columns", "no score", "twice"],
)
def test_broken_runs(tmp_path, content, said):
    with pytest.raises(InputError, match=said):
        read_run(written(tmp_path, content))


def test_queries_that_nobody_judged():
    qrels = {"q": {"a": 1}}
    assert check_run({"q": ["a"]}, qrels, "run") == ""
    assert "run: 1 of 2 queries have no relevant document (x" in check_run({"x": ["a"], "q": []}, qrels, "run")
    with pytest.raises(InputError, match="no query of the run is among the judged ones"):
        check_run({"x": ["a"]}, qrels, "run")
    with pytest.raises(InputError, match="nothing to score"):
        check_run({"x": ["a"]}, {}, "run")
