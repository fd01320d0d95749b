"""`qa eval` on runs: TREC files, gates, saved runs and baselines."""

import json

import pytest
from helpers import refused, rows

# q1: the relevant d1 stands second. q2: two relevant, d3 first, d9 not listed. q3 is judged and missing from the run.
QRELS = "q1 0 d1 1\nq1 0 d2 0\nq2 0 d3 1\nq2 0 d9 1\nq3 0 d1 1\n"
RUN = "q1 Q0 d2 1 2.0 x\nq1 Q0 d1 2 1.0 x\nq2 Q0 d3 1 9.5 x\n"
TREC = ("eval", "--qrels", "q.txt", "--run", "run.txt")


@pytest.fixture
def trec(tmp_path):
    (tmp_path / "q.txt").write_text(QRELS, encoding="utf-8")
    (tmp_path / "run.txt").write_text(RUN, encoding="utf-8")
    return tmp_path


def test_a_run_worked_out_by_hand(run, trec):
    """RR 1/2, 1 and 0 for the missing question; recall@5 1, 1/2, 0; nDCG 0.6309, 1 / 1.6309 = 0.6131, 0."""
    (report,) = rows(run(*TREC, "--json").stdout)
    assert list(report) == ["all"]
    assert report["all"]["n"] == 3
    assert report["all"]["mrr@10"] == pytest.approx(0.5)
    assert report["all"]["recall@5"] == pytest.approx(0.5)
    assert report["all"]["success@5"] == pytest.approx(2 / 3)
    assert report["all"]["ndcg@10"] == pytest.approx((0.6309 + 0.6131) / 3, abs=1e-4)
    assert not (trec / ".qa").exists()


def test_queries_that_nobody_judged_are_told_of(run, trec):
    (trec / "run.txt").write_text(RUN + "q8 Q0 d1 1 1.0 x\n", encoding="utf-8")
    result = run(*TREC)
    assert result.returncode == 0
    assert "run.txt: 1 of 3 queries have no relevant document (q8" in result.stderr
    assert result.stdout.startswith("all           3  ")


def test_bounds_that_are_kept_and_missed(run, trec):
    kept = run(*TREC, "--min", "all.mrr@10=0.5", "--max", "all.mrr@10=0.5")
    assert (kept.returncode, kept.stderr) == (0, "")
    missed = run(*TREC, "--quiet", "--min", "all.mrr@10=0.6", "--min", "all.recall@1=0.9", "--min", "all.n=3")
    assert missed.returncode == 1
    assert missed.stdout == kept.stdout
    assert missed.stderr.splitlines() == [
        "qa: all.mrr@10 is 0.5000, below the least allowed, 0.6",
        "qa: all.recall@1 is 0.1667, below the least allowed, 0.9",
    ]


def test_a_baseline_by_hand(run, trec):
    """The second run finds d1 of q1 first: RR +1/2 for one question of three; one differing question has p = 1."""
    first = run(*TREC, "--save-run", "first.json")
    kept = (trec / "first.json").read_bytes()
    assert first.returncode == 0
    run(*TREC, "--save-run", "first.json")
    assert (trec / "first.json").read_bytes() == kept
    (trec / "run.txt").write_text(RUN.replace("2.0", "0.5"), encoding="utf-8")
    (report,) = rows(run(*TREC, "--baseline", "first.json", "--json").stdout)
    change = report["comparison"]["all.mrr@10"]
    assert change["baseline"] == 0.5
    assert change["difference"] == pytest.approx(1 / 6)
    assert change["p"] == 1.0
    assert report["comparison"]["all.recall@10"]["difference"] == 0
    shown = run(*TREC, "--baseline", "first.json").stdout
    assert [line.split() for line in shown.splitlines() if line.startswith("all.mrr@10")] == [
        ["all.mrr@10", "0.500", "0.667", "+0.167", "1.0000"]
    ]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("q.txt", "q1 d1\n", "q.txt:1: no judgement (2 columns"),
        ("q.txt", "", "name no relevant document"),
        ("run.txt", "", "run.txt: is empty"),
        ("run.txt", "x Q0 d 1 1 x\n", "run.txt: no query of the run is among the judged ones (x"),
        ("run.txt", RUN + RUN, "run.txt:4: document d2 is listed twice for query q1"),
    ],
    ids=["qrels of two columns", "empty qrels", "empty run", "unknown ids", "a document twice"],
)
def test_bad_trec_files(run, trec, name, content, said):
    (trec / name).write_text(content, encoding="utf-8")
    assert said in refused(run(*TREC))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["eval"], "nothing to score"),
        (["eval", "--qrels", "q.txt"], "--qrels and --run go together"),
        (["eval", "gold.jsonl", *TREC[1:]], "--qrels and --run go together"),
        ([*TREC, "--min", "all.mrr=1"], "no measure all.mrr here: use one of all.n, all.recall@1"),
        ([*TREC, "--min", "all.mrr@10"], "--min all.mrr@10: give MEASURE=VALUE"),
        ([*TREC, "--save-run", "no/such/run.json"], "run.json: cannot be written"),
        ([*TREC, "--baseline", "none.json"], "none.json: cannot be read"),
        ([*TREC, "--baseline", "run.txt"], "run.txt: no saved run"),
        ([*TREC, "--pool", "run.txt"], "--qrels and --run go together"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_usage_that_is_wrong(run, trec, arguments, said):
    assert said in refused(run(*arguments))


@pytest.mark.parametrize(
    ("qrels", "said"),
    [
        (QRELS + "q4 0 d1 1\n", "lacks q4, 1 in all"),
        (QRELS.replace("q3 0 d1 1\n", ""), "also has q3, 1 in all"),
        (QRELS.replace("q3 0 d1 1", "q3 0 d2 1"), "the questions or their gold changed"),
    ],
    ids=["one more", "one less", "other gold"],
)
def test_a_baseline_of_other_questions(run, trec, qrels, said):
    run(*TREC, "--save-run", "first.json")
    (trec / "q.txt").write_text(qrels, encoding="utf-8")
    assert said in refused(run(*TREC, "--baseline", "first.json"))


GOLD = [
    {"id": "a", "question": "淡化站每天可产淡水多少吨?", "type": "fact", "answers": ["4200吨"]},
    {"id": "b", "question": "图书角首批上架多少册?", "type": "fact", "answers": ["860册"]},
    {"id": "u", "question": "上证指数收在多少点?", "type": "unanswerable"},
]


def write_gold(folder, gold):
    (folder / "gold.jsonl").write_text("\n".join(map(json.dumps, gold)), encoding="utf-8")


def test_questions_with_gates_and_a_baseline(run, indexed):
    write_gold(indexed, GOLD)
    result = run(
        "eval", "gold.jsonl", "--save-run", "run.json", "--min", "fact.recall@5=1", "--max", "confidence.auroc=1"
    )
    assert result.returncode == 0, result.stderr
    saved = json.loads((indexed / "run.json").read_text(encoding="utf-8"))
    assert [one["id"] for one in saved["questions"]] == ["a", "b", "u"]
    assert saved["questions"][0]["scores"]["recall@5"] == 1
    (report,) = rows(run("eval", "gold.jsonl", "--baseline", "run.json", "--json").stdout)
    changes = report["comparison"]
    assert {"fact.recall@1", "all.answer-in-quote", "confidence.false-answers", "confidence.auroc"} <= set(changes)
    assert {change["difference"] for change in changes.values()} == {0}
    assert changes["confidence.auroc"]["p"] is None
    assert {change["p"] for name, change in changes.items() if name != "confidence.auroc"} == {1}


@pytest.mark.parametrize(
    ("gold", "arguments", "said"),
    [
        ([], [], "gold.jsonl: holds no question"),
        ([GOLD[0], GOLD[0]], [], "gold.jsonl:2: id a is that of line 1 too"),
        (GOLD[:1], ["--min", "numeric.recall@1=1"], "no measure numeric.recall@1 here: use one of fact.n"),
        (GOLD[:1], ["--max", "confidence.false-answers=1"], "no measure confidence.false-answers here"),
        (GOLD[:1], ["--pool", "gold.jsonl"], "--pool gold.jsonl: goes with a BEIR folder only"),
    ],
    ids=["empty", "an id twice", "unknown type", "none unanswerable", "a pool"],
)
def test_bad_questions(run, indexed, gold, arguments, said):
    write_gold(indexed, gold)
    assert said in refused(run("eval", "gold.jsonl", *arguments))


def test_gold_in_a_table(run, indexed):
    """The same gold twice over: by lines of harbour.txt (line 3 holds both facts but not the book corner), by answers."""
    table = "id,question,type,file,lines,answers\na,淡化站每天可产淡水多少吨?,fact,harbour.txt,3-4,\n"
    table += "b,图书角首批上架多少册?,fact,,,八百册|860册\nu,上证指数收在多少点?,unanswerable,,,\n"
    (indexed / "gold.csv").write_text(table, encoding="utf-8")
    (report,) = rows(run("eval", "gold.csv", "--json").stdout)
    assert (report["fact"]["n"], report["fact"]["recall@1"]) == (2, 1)
    assert "confidence" in report
    (indexed / "gold.csv").write_text("question,file,lines\n谁?,harbour.txt,three\n", encoding="utf-8")
    assert "gold.csv:2: lines are no whole numbers (three)" in refused(run("eval", "gold.csv"))


@pytest.mark.parametrize(
    ("gold", "said"),
    [
        ({"answers": [""]}, "an answer is empty: fill it in or remove it"),
        ({"answers": ["4200吨", " "]}, "an answer is empty: fill it in or remove it"),
        ({"file": "harbour.txt", "lines": [0]}, "there is no line 0: lines count from 1"),
        ({"file": "harbour.txt", "lines": [3, -1]}, "there is no line -1: lines count from 1"),
        ({"lines": [3]}, "lines of no file: name it as file"),
        ({"file": "harbour.txt", "answers": ["4200吨"]}, "answers in a file without its lines"),
    ],
    ids=lambda value: json.dumps(value) if isinstance(value, dict) else "",
)
def test_gold_that_is_none_is_refused(run, indexed, gold, said):
    write_gold(indexed, [GOLD[0], {"id": "x", "question": "产多少水?", **gold}])
    assert refused(run("eval", "gold.jsonl")).startswith(f"gold.jsonl:2: {said}")


@pytest.mark.parametrize(
    ("gold", "said"),
    [
        ({"file": "harbor.txt", "lines": [3]}, "no file harbor.txt is in the index"),
        ({"file": 5, "lines": [3]}, "no file 5 is in the index"),
        ({"file": "harbour.txt", "lines": [99999]}, "harbour.txt has 14 lines, 99,999 is beyond"),
    ],
    ids=["another name", "a number", "a line too far"],
)
def test_gold_that_no_citation_can_hold_counts_nothing_and_is_named(run, indexed, gold, said):
    write_gold(indexed, [GOLD[0], {"id": "x", "question": "淡化站每天可产淡水多少吨?", **gold}])
    result = run("eval", "gold.jsonl", "--json")
    assert (result.returncode, result.stderr) == (0, f"qa: gold.jsonl:2 (id x) counts 0: {said}\n")
    (report,) = rows(result.stdout)
    assert (report["all"]["n"], report["all"]["recall@10"]) == (2, 0.5)


def test_a_question_that_cannot_be_asked_counts_nothing_and_stops_nothing(run, indexed):
    write_gold(indexed, [{"id": "x", "question": "?!", "answers": ["4200吨"]}, GOLD[0]])
    result = run("eval", "gold.jsonl", "--json")
    assert result.returncode == 0
    assert result.stderr.startswith("qa: gold.jsonl:1 (id x) counts 0: the question is empty")
    (report,) = rows(result.stdout)
    assert (report["all"]["n"], report["all"]["recall@10"]) == (2, 0.5)


def test_a_run_is_saved_over_nothing_that_is_read(run, indexed):
    gold = indexed / "gold.jsonl"
    write_gold(indexed, GOLD)
    run("ask", "淡化站?")
    generation = next((indexed / ".qa").glob("generation-*"))
    kept = {p: p.read_bytes() for p in (gold, indexed / "pages" / "notes.md", *generation.iterdir())}
    (indexed / "same.jsonl").symlink_to(gold)
    for place, said in (
        ("gold.jsonl", "gold.jsonl: is one of the files that are scored: choose another output"),
        ("same.jsonl", "is one of the files that are scored"),
        ("pages/notes.md", "pages/notes.md: is one of the indexed documents"),
        (".qa/CURRENT", ".qa/CURRENT: is in the index folder .qa"),
        (generation / "manifest.json", "is in the index folder .qa"),
        ("pages", "pages: cannot be written (it is a folder)"),
    ):
        assert said in refused(run("eval", "gold.jsonl", "--quiet", "--save-run", place))
    assert {p: p.read_bytes() for p in kept} == kept


@pytest.mark.parametrize("place", ["q.txt", "run.txt"])
def test_a_run_is_not_saved_over_the_files_of_trec(run, trec, place):
    kept = (trec / place).read_bytes()
    assert f"{place}: is one of the files that are scored" in refused(run(*TREC, "--save-run", place))
    assert (trec / place).read_bytes() == kept
