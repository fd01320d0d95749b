"""The table of encoders: places counted by hand, vectors as the program's own encoder gives them, cells as printed."""

import json
import sys

import numpy as np
import pytest
from helpers import ROOT
from tokenizers import Tokenizer

from embeddings.static import StaticEncoder
from embeddings.train import bags, export

sys.path.insert(0, str(ROOT / "benchmarks"))

from encoders import curve, dense, measures, render, sets, table

MODEL = ROOT / "embeddings" / "model"


def test_a_place_is_how_many_wrong_documents_come_before_the_best_right_one():
    documents = np.eye(3, dtype=np.float32)
    questions = np.array([[0.9, 0.5, 0.1], [0.1, 0.5, 0.9]], np.float32)
    assert dense.ranks(questions, documents, [[1], [0, 1]]).tolist() == [1, 1]
    assert dense.before(np.array([3.0, 5.0, 4.0]), [2]) == 1


def test_cuts_and_reciprocals():
    ranks = np.array([0, 4, 9, 10])
    assert measures.cuts(ranks) == [0.25, 0.5, 0.75]
    assert measures.reciprocal(ranks) == pytest.approx((1 + 1 / 5 + 1 / 10) / 4, abs=5e-4)


def test_vectors_are_those_of_the_program():
    texts = ["淡化站每天可产淡水4200吨。", "", "臺灣的讀書會", "。", "港口"]
    tokens = bags.encode(Tokenizer.from_file(str(MODEL / "tokenizer.json")), texts)
    assert dense.means(tokens, export.read(MODEL)) == pytest.approx(StaticEncoder(MODEL).passages(texts), abs=1e-5)


def test_bm25_finds_the_document_that_shares_words():
    asked = sets.Asked(["港口建成通车", "盲文图书角开放"], ["图书角何时开放", "哪个港口建成"], [[1], [0]])
    pool = dense.lexical_keys(["图书角何时开放,大家都问", "渔民出海"])
    assert dense.lexical_ranks(asked, []).tolist() == [0, 0]
    assert dense.lexical_ranks(asked, pool).tolist() == [1, 0]


def test_questions_are_evenly_spaced():
    assert sets.spaced(10, 4) == [0, 2, 5, 7]
    assert sets.spaced(3, 4) == sets.spaced(3, None) == [0, 1, 2]


def test_rows_are_printed_and_put_between_the_marks(tmp_path):
    rows = [{"name": "a", "seeds": [0.5, 0.75, 1.0], "cmrc_own": 0.9}, {"name": "b", "seeds": "0.33 / 0.66 / 0.81"}]
    text = render.table(rows)
    assert text.splitlines()[2:] == [
        "| a | 0.50 / 0.75 / 1.00 |  |  |  | 0.900 |  |  |  |",
        "| b | 0.33 / 0.66 / 0.81 |  |  |  |  |  |  |  |",
    ]
    page = tmp_path / "page.md"
    page.write_text(f"before\n{render.BEGIN}\nold\n{render.END}\nafter\n")
    render.write(page, text)
    assert page.read_text() == f"before\n{render.BEGIN}\n{text}{render.END}\nafter\n"
    page.write_text("no marks")
    with pytest.raises(ValueError, match="lacks the lines"):
        render.write(page, text)


def test_a_curve_is_drawn_from_logs(tmp_path):
    rows = [{"step": 10, "loss": 0.6}, {"step": 20, "loss": 0.5, "news-dev.paraphrase.mrr": 0.4}]
    log = tmp_path / "run.log.jsonl"
    log.write_text("".join(json.dumps(row) + "\n" for row in rows))
    picture = curve.picture({"run": curve.read(log)})
    assert picture.startswith("<svg") and picture.count("<polyline") == 1
    assert picture.count("<circle") == 1 and "0.6" in picture


def test_a_measured_row_is_kept_and_not_measured_again(tmp_path, capsys):
    options = ["--shared", str(tmp_path / "nowhere"), "--work", str(tmp_path)]
    rows = table.Table(table.arguments(options))
    assert rows.remembered("abc", "one", lambda: {"cmrc_own": 0.9}) == {"of": "abc", "cmrc_own": 0.9}
    again = table.Table(table.arguments(options))
    assert again.remembered("abc", "one", lambda: pytest.fail("measured again")) == {"of": "abc", "cmrc_own": 0.9}
    assert capsys.readouterr().err == "measuring one\n"
    with pytest.raises(SystemExit, match="2"):
        table.arguments([*options, f"mine={tmp_path / 'gone'}"])
    assert "is no NAME=PATH" in capsys.readouterr().err


def test_vectors_of_a_run_are_measured_as_exported(tmp_path):
    np.save(tmp_path / "run.npy", np.random.default_rng(3).normal(size=(87_660, 4)).astype(np.float32))
    (tmp_path / "out").mkdir()
    folder = table.exported(tmp_path / "run.npy", tmp_path / "out")
    vectors = export.read(folder)
    assert not vectors[0].any()
    assert vectors[1:] == pytest.approx(np.load(tmp_path / "run.npy")[1:], abs=0.02)
    assert table.exported(MODEL, tmp_path) == MODEL
