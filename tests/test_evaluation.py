"""Gold questions to a report, by hand; nothing here knows an index."""

import pytest
from makers import answer, citation

from qa.errors import InputError
from qa.evaluation import check, evaluate
from qa.judgements import read_qrels
from qa.questions import Question


def question(id="q", **gold):
    return Question(id, "谁?", 1, **gold)


def asking(*citations, **fields):
    """An `ask` that always answers so, with the question's id."""
    return lambda q: answer(*citations, **{"id": q.id} | fields)


AT_TWO = (citation(1, lines=(9, 9), text="别的。"), citation(2, lines=(3, 5), text="正文有金。"))


@pytest.mark.parametrize(
    ("gold", "rank"),
    [
        ({"file": "page.txt", "lines": (4,)}, 2),
        ({"file": "folder/page.txt", "lines": (1, 5)}, 2),
        ({"file": "page.txt", "lines": (9,)}, 1),
        ({"file": "page.txt", "lines": (6,)}, None),
        ({"file": "other.txt", "lines": (4,)}, None),
        ({"answers": ("有金",)}, 2),
        ({"answers": ("没有的", "别的")}, 1),
        ({"answers": ("没有的",)}, None),
    ],
    ids=["line", "one line of two", "first", "no such line", "other file", "words", "either answer", "no such words"],
)
def test_where_the_gold_is_found(gold, rank):
    """MRR of one question is 1 / its rank, or 0."""
    row = evaluate([question(**gold)], asking(*AT_TWO))["all"]
    assert row["mrr@10"] == (1 / rank if rank else 0)
    assert row["recall@1"] == float(rank == 1)
    assert row["recall@5"] == float(rank is not None)


def test_judged_documents_count_once_however_many_passages_are_cited():
    """Documents in order: a, a, b. The judged one is b, the second document: MRR 1/2, though the third citation."""
    cited = [citation(n, document=d) for n, d in enumerate("aab", start=1)]
    report = evaluate([question("q1")], asking(*cited), {"q1": {"b": 1}})
    assert report["all"]["mrr@10"] == 1 / 2


def test_types_have_rows_of_their_own_and_all_comes_last():
    """fact: found and not found; numeric: found. All: 2 of 3."""
    found, lost = {"file": "page.txt", "lines": (3,)}, {"file": "page.txt", "lines": (8,)}
    asked = [question(type="numeric", **found), question(type="fact", **found), question(type="fact", **lost)]
    report = evaluate(asked, asking(*AT_TWO[1:]))
    assert list(report)[-1] == "all"
    assert {kind: (row["n"], row["recall@1"]) for kind, row in report.items()} == {
        "numeric": (1, 1),
        "fact": (2, 1 / 2),
        "all": (3, pytest.approx(2 / 3)),
    }


def test_the_unanswerable_are_scored_by_confidence_alone():
    """One false refusal of two, one false answer of one; confidences 0.9 and 0.2 against 0.6: one pair of two is right."""
    confidences = {"a": (0.9, True), "b": (0.2, False), "u": (0.6, True)}

    def ask(q):
        sure, answered = confidences[q.id]
        return answer(citation(), id=q.id, confidence=sure, answered=answered)

    gold = {"file": "page.txt", "lines": (3,)}
    report = evaluate([question("a", **gold), question("b", **gold), question("u", type="unanswerable")], ask)
    assert report["all"]["n"] == 2
    assert report["confidence"] == {"auroc": 0.5, "false refusals": 0.5, "false answers": 1.0}


@pytest.mark.parametrize("gold", [{"lines": (3,), "file": "page.txt"}, {"answers": ("金",)}], ids=["lines", "answers"])
@pytest.mark.parametrize(
    "cited",
    [
        asking(),
        asking(answered=False, answer="", confidence=0.0),
        lambda q: answer(id=q.id, error="empty", answered=False),
    ],
    ids=["no citation", "not answered", "an error"],
)
def test_a_question_without_an_answer_counts_nothing_but_counts(gold, cited):
    row = evaluate([question(**gold), question(**gold)], cited)["all"]
    assert row == {
        "n": 2,
        "recall@1": 0,
        "recall@5": 0,
        "recall@10": 0,
        "mrr@10": 0,
        "ndcg@10": 0,
        "answer in quote": 0,
    }


@pytest.mark.parametrize(
    ("questions", "qrels"),
    [
        ([], None),
        ([], {}),
        ([question()], None),
        ([question("q1")], {}),
        ([question("q1")], {"q2": {"d": 1}}),
        ([question("q1")], {"q1": {}}),
        ([question(type="unanswerable")], None),
    ],
    ids=[
        "nothing",
        "nothing judged",
        "no gold",
        "no judgements",
        "others judged",
        "none relevant",
        "unanswerable alone",
    ],
)
def test_nothing_to_score_is_an_error_and_no_number(questions, qrels):
    with pytest.raises(InputError, match="nothing to score"):
        evaluate(questions, asking(citation()), qrels)


def test_questions_without_gold_do_not_count():
    report = evaluate([question(), question(answers=("正文",))], asking(citation()))
    assert report["all"]["n"] == 1


def test_judgements_are_read_with_or_without_a_header(tmp_path):
    path = tmp_path / "test.tsv"
    path.write_text("query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td2\t2\nq2\td1\t0\n", encoding="utf-8")
    assert read_qrels(path) == {"q1": {"d1": 1, "d2": 2}}
    path.write_text("q1\td1\t1\n", encoding="utf-8")
    assert read_qrels(path) == {"q1": {"d1": 1}}


@pytest.mark.parametrize("content", ["q\td\t1\nq\td\n", "q\td\t1\nq\td\tmany\n"], ids=["two fields", "no number"])
def test_broken_judgements(tmp_path, content):
    path = tmp_path / "test.tsv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=r"test\.tsv"):
        read_qrels(path)


@pytest.mark.parametrize(
    "content", ["", "\n\n", "query-id\tcorpus-id\tscore\n"], ids=["empty", "blank", "header alone"]
)
def test_no_judgements_are_no_fault_of_the_file(tmp_path, content):
    path = tmp_path / "test.tsv"
    path.write_text(content, encoding="utf-8")
    assert read_qrels(path) == {}


def test_missing_judgements(tmp_path):
    with pytest.raises(InputError, match="BEIR"):
        read_qrels(tmp_path / "none.tsv")


def test_gold_at_another_place_of_the_same_text_is_found():
    """The gold is line 8 of other.txt, where the first citation's text stands as well."""
    cited = citation(1, also=("page.txt:9-9", "folder/other.txt:7-8"))
    row = evaluate([question(file="other.txt", lines=(8,))], asking(cited))["all"]
    assert row["recall@1"] == 1


@pytest.mark.parametrize(
    ("said", "gold", "right"),
    [
        ("别的话。\n工会主席李思达说。", ("李思达",), 1),
        ("别的话。\n工会主席李思达说。", ("主席李思达说。会上",), 0),
        ("别的话。\n李思达说。", ("主席李思达说。会上",), 1),
        ("前半句,\n后半句。", ("前半句,后半句。",), 1),
        ("", ("李思达",), 0),
        ("别的话。", ("李思达", "别的"), 1),
    ],
    ids=["in the second", "only overlaps", "part of the gold", "across two", "no answer", "either"],
)
def test_the_answer_may_be_several_quotations(said, gold, right):
    row = evaluate([question(answers=gold)], asking(citation(), answer=said))["all"]
    assert row["answer in quote"] == right


def test_only_questions_with_answers_count_for_the_quote():
    asked = [question("a", answers=("正文",)), question("b", file="page.txt", lines=(3,))]
    assert evaluate(asked, asking(citation()))["all"]["answer in quote"] == 1


def test_several_judged_documents():
    """Judged b and d (grade 2); cited a, b: recall 1/2, success 1, nDCG (1/log2 3) / (2 + 1/log2 3) = 0.2398."""
    cited = [citation(1, document="a"), citation(2, document="b")]
    row = evaluate([question("q1")], asking(*cited), {"q1": {"b": 1, "d": 2}})["all"]
    assert (row["recall@5"], row["success@5"], row["success@1"]) == (0.5, 1, 0)
    assert row["ndcg@10"] == pytest.approx(0.2398, abs=1e-4)
    assert "answer in quote" not in row


@pytest.mark.parametrize(
    ("questions", "line"),
    [
        ([], "q.jsonl: holds no question"),
        ([Question("a", "谁?", 1), Question("a", "谁?", 4)], "q.jsonl:4: id a is that of line 1 too"),
        ([Question("a", "谁?", 2, type="all")], "q.jsonl:2: type all is a row of the report"),
    ],
    ids=["empty", "an id twice", "a type that is none"],
)
def test_questions_that_cannot_be_told_apart(questions, line):
    with pytest.raises(InputError, match=line):
        check(questions, "q.jsonl")
