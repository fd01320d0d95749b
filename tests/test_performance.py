"""The pure parts of the benchmark: what it makes of numbers, texts and documents. Nothing here is timed."""

import json
import random
import sys
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from helpers import ROOT

sys.path.insert(0, str(ROOT))

from benchmarks.performance import (  # noqa: E402
    corpora,
    documents,
    figures,
    machine_words,
    plot,
    processes,
    recombining,
    results,
    scoring,
    sources,
    tables,
)
from benchmarks.performance.results import Results, Row  # noqa: E402
from benchmarks.performance.scoring import ABSENT, Gold, Place  # noqa: E402
from benchmarks.performance.sources import Record  # noqa: E402

RECORDS = [
    Record("甲", "".join(f"甲地第{n}天下了雨,河水涨到了{n}米,学校停课一天。" for n in range(1, 6)), "news"),
    Record("乙", "".join(f"乙队第{n}场赢了球,观众有{n}千人,门票早已卖完。" for n in range(1, 6)), "news"),
    Record("丙", "".join(f"丙法第{n}条规定,单位应当在{n}日内答复,逾期视为同意。" for n in range(1, 6)), "law"),
    Record("丁", "".join(f"丁例第{n}款写明,申请人应当交{n}份材料,不收费用。" for n in range(1, 6)), "law"),
]


@pytest.mark.parametrize("share", [0, 0.25, 0.5, 0.95, 0.99, 1])
@pytest.mark.parametrize("count", [1, 2, 3, 10, 101])
def test_percentiles_are_those_of_numpy(share, count):
    chance = random.Random(count)
    values = [chance.expovariate(1) for _ in range(count)]
    assert figures.percentile(values, share) == pytest.approx(np.quantile(values, share))


def test_there_is_no_percentile_of_nothing():
    with pytest.raises(ValueError, match="no values"):
        figures.percentile([], 0.5)


def test_a_ratio_needs_both_figures():
    assert figures.ratio(3, 2) == 1.5
    assert [figures.ratio(None, 2), figures.ratio(3, None), figures.ratio(3, 0)] == [None] * 3


@pytest.mark.parametrize(
    ("figure", "told"),
    [(12345.6, "12,346"), (999.9, "1,000"), (12.345, "12.3"), (0.01234, "0.0123"), (0, "0"), (None, "–")],
)
def test_three_digits_count(figure, told):
    assert figures.short(figure) == told


def test_recombined_passages_are_all_different():
    made = list(recombining.passages(RECORDS, 60, seed=3))
    assert len({record.text for record in made}) == 60


def test_recombined_passages_are_whole_sentences_of_one_kind():
    kinds = {piece: r.kind for r in RECORDS for piece in recombining.pieces(r.text)}
    for record in recombining.passages(RECORDS, 60, seed=3):
        found = recombining.pieces(record.text)
        assert "".join(found) == record.text
        assert {kinds[piece] for piece in found} == {record.kind}


def test_a_smaller_corpus_is_the_beginning_of_a_larger_one():
    large = list(recombining.passages(RECORDS, 40, seed=3))
    assert list(recombining.passages(RECORDS, 12, seed=3)) == large[:12]
    assert list(recombining.passages(RECORDS, 40, seed=4)) != large


def test_a_source_that_yields_no_more_says_so():
    with pytest.raises(ValueError, match="too few sentences"):
        list(recombining.passages(RECORDS[:2], 5000, seed=3))


def test_questions_come_from_titles_that_one_passage_has():
    rows = [
        {"_id": "1", "title": "望潮岛用上风力淡化水"},
        {"_id": "2", "title": "老钟表匠带出十八名徒弟"},
        {"_id": "3", "title": "老钟表匠带出十八名徒弟"},
        {"_id": "4", "title": "简讯"},
    ]
    assert corpora.from_titles(rows) == [sources.Asked("1", "望潮岛用上风力淡化水", ("1",))]


def test_gold_documents_are_spread_over_a_corpus(tmp_path):
    source, given = tmp_path / "texts.jsonl", tmp_path / "given"
    texts = [{"title": r.title, "text": r.text, "source": r.kind} for r in RECORDS]
    source.write_text("".join(json.dumps(row) + "\n" for row in texts), encoding="utf-8")
    (given / "qrels").mkdir(parents=True)
    (given / "corpus.jsonl").write_text('{"_id": "g1", "title": "", "text": "答案在这里。"}\n', encoding="utf-8")
    (given / "queries.jsonl").write_text('{"_id": "q1", "text": "答案在哪里?"}\n', encoding="utf-8")
    (given / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\tg1\t1\n", encoding="utf-8")
    corpora.write(source, str(given), 21, 300, tmp_path / "made")
    ids = [row["_id"] for row in sources.lines(tmp_path / "made" / "corpus.jsonl")]
    assert len(set(ids)) == 21
    assert ids[10] == "g1"
    assert scoring.gold_of_corpus(tmp_path / "made") == {"q1": Gold(frozenset({"g1"}))}


def test_passages_of_one_document_are_one_hit():
    """Documents a, a, b, c: b stands second, so MRR counts 1/2."""
    places = [Place(name, "", (0, 0)) for name in "aabc"]
    assert scoring.rank(places, Gold(frozenset("b"))) == 1
    assert (
        scoring.rank([Place(name, "", (0, 0)) for name in "abca"], Gold(frozenset("a"))) == 0
    )  # where it stands first
    assert scoring.mean_reciprocal([1, ABSENT, 0]) == pytest.approx((0.5 + 0 + 1) / 3)


def test_lines_of_the_right_file_are_a_hit():
    places = [Place("p", "1.txt", (1, 4)), Place("p", "2.txt", (5, 9)), Place("p", "1.txt", (5, 9))]
    assert scoring.rank(places, Gold(file="1.txt", lines=frozenset({9, 10}))) == 2
    assert scoring.rank(places, Gold(file="3.txt", lines=frozenset({9}))) == ABSENT


def test_a_question_without_an_answer_counts_as_not_found():
    gold = {"q1": Gold(frozenset("a")), "q2": Gold(frozenset("b"))}
    assert scoring.measures({"q1": [Place("a", "", (0, 0))]}, gold) == {"MRR@10": 0.5, "recall@1": 0.5}


def measured():
    """Two corpora and a peer that is not there."""
    found = Results(corpora={"seeds": {"passages": 232}, "1000": {"passages": 1001}})
    found.begin({"cores": 2, "processor": "P", "memory": 1 << 33, "python": "3", "load": 1.5, "begun": "today"})
    found.add(
        [
            Row("indexing", "seeds", "time", 2.0, "s", "reading the files", 0.5),
            Row("indexing", "1000", "time", 40.0, "s", "reading the files", 1.0),
            Row("index on disk", "1000", "whole", 9.0, "MB"),
            Row("beside others", "1000", "first answer", 0.5, "s"),
            Row("beside others", "1000", "MRR@10", 0.9, ""),
            Row("beside others", "1000", "first answer", None, "s", who="other", note="no such | package"),
        ]
    )
    return found


def test_a_table_has_a_measurement_a_line_and_a_corpus_a_column():
    assert tables.group(measured(), "indexing").splitlines() == [
        "|  | beside | seeds (232) | 1,000 |",
        "| --- | --- | --- | --- |",
        "| time | reading the files | 2.00 s (0.500, 4.00 ×) | 40.0 s (1.00, 40.0 ×) |",
    ]


def test_a_program_that_cannot_run_is_a_line_with_the_reason():
    assert tables.programs(measured(), "1000").splitlines() == [
        "|  | first answer, s | MRR@10 |",
        "| --- | --- | --- |",
        "| qa | 0.500 | 0.900 |",
        "| other | *no such \\| package* |  |",
    ]


def test_every_line_of_the_whole_document_has_as_many_cells_as_its_head():
    found = measured()
    for part in (tables.details(found), tables.summary(found)):
        blocks = [block.replace("\\|", "").splitlines() for block in part.split("\n\n") if block.startswith("|")]
        assert blocks
        for block in blocks:
            assert len({line.count("|") for line in block if line.startswith("|")}) == 1
    assert machine_words.told(found.runs) in tables.details(found)


def test_the_summary_names_the_best_of_the_others():
    found = measured()
    shares = {"qa": 0.8, "one": 0.5, "two": 0.64}
    found.add([Row("beside others", "seeds", "right @1", share, "", who=who) for who, share in shares.items()])
    assert "| two, the best of the others | 0.800 (0.640, 1.25 ×) |" in tables.summary(found)


def test_a_busy_machine_is_called_busy():
    run = measured().runs[0]
    assert "load at the start 1.5 (busy" in machine_words.one(run)
    assert "busy" not in machine_words.one(run | {"load": 0.3})


def test_a_later_run_replaces_what_it_measures_again(tmp_path):
    first, second = measured(), Results(corpora={"seeds": {"passages": 232}})
    second.begin({"cores": 8})
    second.add([Row("indexing", "seeds", "time", 1.0, "s"), Row("cold start", "", "qa --help", 0.1, "s")])
    for name, found in (("one", first), ("two", second)):
        results.write(found, tmp_path / name)
    both = results.merged([tmp_path / "one", tmp_path / "two"])
    assert [row.figure for row in both.find("indexing", "time")] == [1.0, 40.0]
    assert [row.run for row in both.find("indexing", "time")] == [1, 0]
    assert len(both.rows) == len(first.rows) + 1
    assert results.read(tmp_path / "one").rows == first.rows


TEXT = f"before\n{documents.BEGIN}old\n{documents.END}after\n"


def test_what_is_between_the_marks_is_replaced():
    once = documents.replaced(TEXT, "new\n\n")
    assert once == f"before\n{documents.BEGIN}new\n{documents.END}after\n"
    assert documents.replaced(once, "new") == once


@pytest.mark.parametrize(
    "text",
    ["", documents.BEGIN, documents.END + documents.BEGIN, TEXT + TEXT],
    ids=["none", "no end", "turned round", "twice"],
)
def test_marks_that_are_not_a_pair_are_refused(text):
    with pytest.raises(ValueError, match="wants one line"):
        documents.replaced(text, "new")


def test_a_document_without_marks_stays_as_it_is(tmp_path):
    path = tmp_path / "page.md"
    path.write_text("no marks", encoding="utf-8")
    with pytest.raises(SystemExit, match="page.md"):
        documents.write(path, "new")
    assert path.read_text(encoding="utf-8") == "no marks"


@pytest.mark.parametrize("page", ["docs/performance.md", "README.md"])
def test_the_documents_have_their_marks(page):
    assert documents.replaced((ROOT / page).read_text(encoding="utf-8"), "new")


def test_a_scale_is_logarithmic():
    scale = plot.Scale.around([20, 5000], start=100, length=300)
    assert [scale.at(value) for value in (10, 100, 1000, 10000)] == pytest.approx([100, 200, 300, 400])


def test_the_diagram_is_a_picture_of_every_point():
    drawn = ElementTree.fromstring(plot.picture(measured()))
    spots = [node for node in drawn.iter() if node.tag.endswith("circle")]
    assert len(spots) == 3  # two of indexing, one of the index


def test_a_command_is_measured_with_what_it_starts():
    """A process of 60 MB starts another of as much: together over 120, each alone some 70."""
    hold = "b = b'x' * 60_000_000; import time, sys, subprocess;"
    inner = f"{hold} time.sleep(1.5)"
    taken = processes.run([sys.executable, "-c", f"{hold} subprocess.run([sys.executable, '-c', {inner!r}])"])
    assert taken.wall > 1
    assert taken.peak > 120e6


def test_a_command_that_fails_gives_its_last_line():
    with pytest.raises(processes.Failed, match="^no such thing$"):
        processes.run([sys.executable, "-c", "import sys; sys.exit('first\\nno such thing')"])


def test_a_command_that_takes_too_long_is_ended():
    with pytest.raises(processes.Failed, match="more than 0 s"):
        processes.run([sys.executable, "-c", "import time; time.sleep(60)"], seconds=0.3)
