"""`qa eval`: numbers that can be worked out by hand, and the hundred questions on the seeds."""

import json

import pytest
from helpers import GOLD, refused, rows

# What the README tells of these questions, with room for a model trained anew.
PROMISED = [
    *("--min", "fact.recall@1=0.7", "--min", "numeric.recall@1=0.7", "--min", "why_how.recall@5=0.8"),
    *("--min", "followup.recall@5=0.8", "--min", "paraphrase.recall@5=0.7", "--min", "paraphrase.recall@10=0.8"),
    *("--min", "fact.answer-in-quote=0.6", "--min", "confidence.auroc=0.6"),
]


def test_a_report_worked_out_by_hand(run, indexed, tmp_path):
    """Two questions: the first names its gold line and finds it at once (rank 1), the second names a line of
    another page and can never find it: recall@k = (1 + 0) / 2 = 0.5 for every k, MRR = (1/1 + 0) / 2 = 0.5, nDCG likewise.
    """
    gold = [
        {
            "question": "淡化站每天可产淡水多少吨?",
            "type": "fact",
            "file": "harbour.txt",
            "lines": [3],
            "answers": ["4200吨"],
        },
        {"question": "淡化站总投资多少?", "type": "fact", "file": "absent.txt", "lines": [7], "answers": ["九毛钱"]},
    ]
    (tmp_path / "gold.jsonl").write_text("\n".join(map(json.dumps, gold)), encoding="utf-8")
    (report,) = rows(run("eval", "gold.jsonl", "--json").stdout)
    ranked = dict.fromkeys(("recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10"), 0.5)
    row = {"n": 2} | ranked | {"answer in quote": 0.5}
    assert report == {"fact": row, "all": row}


@pytest.mark.slow
def test_the_hundred_questions(on_seeds):
    result = on_seeds("eval", GOLD, "--json", *PROMISED)
    assert result.returncode == 0, result.stderr
    (report,) = rows(result.stdout)
    numbers = {kind: row["n"] for kind, row in report.items() if kind != "confidence"}
    assert numbers == {"fact": 25, "numeric": 15, "paraphrase": 30, "why_how": 10, "followup": 10, "all": 90}
    assert report["fact"]["recall@5"] >= 0.95
    assert report["numeric"]["recall@5"] >= 0.95
    for row in (row for kind, row in report.items() if kind != "confidence"):
        assert 0 <= row["recall@1"] <= row["recall@5"] <= row["recall@10"] <= 1
        assert row["recall@1"] <= row["mrr@10"] <= row["recall@10"]
    assert set(report["confidence"]) == {"auroc", "false refusals", "false answers"}
    assert report["confidence"]["auroc"] > 0.5


def test_a_table_for_people(run, indexed, tmp_path):
    (tmp_path / "gold.jsonl").write_text(
        '{"question": "淡化站每天可产淡水多少吨?", "answers": ["4200吨"]}\n', encoding="utf-8"
    )
    shown = run("eval", "gold.jsonl").stdout
    assert [line.split()[:2] for line in shown.splitlines()] == [["untyped", "1"], ["all", "1"]]
    assert "recall@1 1.000" in shown


def write_beir(folder, corpus, queries, judged):
    """A BEIR folder of documents and queries by id."""
    (folder / "qrels").mkdir(parents=True)
    write_documents(folder / "corpus.jsonl", corpus)
    lines = [{"_id": i, "text": t} for i, t in queries.items()]
    (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    head = "query-id\tcorpus-id\tscore\n"
    (folder / "qrels" / "test.tsv").write_text(head + judged, encoding="utf-8")


def write_documents(path, texts):
    lines = [{"_id": i, "title": "", "text": t} for i, t in texts.items()]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")


CORPUS = {"d1": "青岚港建成第一座灯塔", "d2": "北关街的面馆换了招牌", "d3": "zebra crossing"}
QUERIES = {"q1": "哪里建成了灯塔?", "q2": "面馆换了什么招牌?", "q3": "没有评判的问题"}


def test_a_beir_folder(run, tmp_path):
    """Three documents, two judged queries (the third query is not judged and does not count).

    Each query's own words stand in one document alone. q1 is judged right there, q2 is judged to want a
    document that shares nothing with it, which stands below the one that does: rank 2 or 3.
    """
    write_beir(tmp_path / "beir", CORPUS, QUERIES, "q1\td1\t1\nq2\td3\t1\nq2\td2\t0\n")
    result = run("eval", "beir", "--json", "--quiet")
    assert result.returncode == 0, result.stderr
    (report,) = rows(result.stdout)
    assert report["all"]["n"] == 2
    assert report["all"]["recall@1"] == 0.5
    assert report["all"]["recall@10"] in (0.5, 1.0)  # d3 is listed only where the vectors reach that far
    assert 0.5 <= report["all"]["mrr@10"] <= 0.75
    assert not (tmp_path / ".qa").exists()
    assert list(tmp_path.joinpath("beir").iterdir()) != []


def test_a_pool_of_other_documents(run, tmp_path):
    """The pool's p1 says word for word what q1 asks, and stands before the judged d1: 1/2 of its rank is left."""
    write_beir(tmp_path / "beir", CORPUS, QUERIES, "q1\td1\t1\n")
    write_documents(tmp_path / "pool.jsonl", {"p1": "哪里建成了灯塔,哪里建成了灯塔"})
    (alone,) = rows(run("eval", "beir", "--json").stdout)
    (pooled,) = rows(run("eval", "beir", "--pool", "pool.jsonl", "--json").stdout)
    assert (alone["all"]["mrr@10"], pooled["all"]["mrr@10"]) == (1, 0.5)
    write_documents(tmp_path / "pool.jsonl", {"p1": "甲", "d2": "乙"})
    assert "pool.jsonl:2: document d2 is in" in refused(run("eval", "beir", "--pool", "pool.jsonl"))


def test_a_corpus_that_is_short_of_documents_is_not_scored(run, tmp_path):
    write_beir(tmp_path / "beir", CORPUS, QUERIES, "q1\td1\t1\n")
    with (tmp_path / "beir" / "corpus.jsonl").open("a", encoding="utf-8") as file:
        file.write("\nbroken\n")
    line = refused(run("eval", "beir", "--quiet"))
    assert "corpus.jsonl: line 4: not JSON" in line
    assert line.endswith("mend the file, then score it")


def test_documents_with_one_text_are_documents_of_their_own(run, tmp_path):
    """d1, d4 and d5 say the same and are cited as one; judged are the later two: 2 of 2 among the first five."""
    write_beir(tmp_path / "beir", CORPUS | {"d4": CORPUS["d1"], "d5": CORPUS["d1"]}, QUERIES, "q1\td4\t1\nq1\td5\t2\n")
    (report,) = rows(run("eval", "beir", "--json").stdout)
    assert report["all"]["recall@5"] == 1


def test_a_judged_query_that_is_not_there(run, tmp_path):
    write_beir(tmp_path / "beir", CORPUS, QUERIES, "q7\td1\t1\n")
    assert "test.tsv: query q7 is not in queries.jsonl" in refused(run("eval", "beir"))
