"""Answers as JSON lines, CSV, TREC runs and Markdown."""

import csv
import io
import json
from pathlib import Path

import pytest
from makers import answer, citation

from qa import formats
from qa.errors import InputError


def cells(found):
    return next(csv.reader(io.StringIO(formats.csv_row(found))))


def test_json_is_one_line_whatever_the_text_holds():
    found = answer(citation(text="一\n二\u2028三\x1b", quote='"引号"\\'), question="甲\n乙")
    line = formats.jsonl(found)
    assert line.count("\n") == 1
    assert line.endswith("}\n")
    assert json.loads(line)["citations"][0]["text"] == "一\n二\u2028三\x1b"
    assert "引号" in line


def test_error_is_a_field_only_where_there_is_one():
    assert "error" not in json.loads(formats.jsonl(answer(citation())))
    assert json.loads(formats.jsonl(answer(error="leer", answered=False)))["error"] == "leer"


def test_json_holds_nothing_that_steers_a_terminal():
    line = formats.jsonl(answer(citation(quote="甲\x1b[31m\x9b2J\u202e乙\x7f\u2028")))
    assert [c for c in line[:-1] if not c.isprintable()] == []
    assert json.loads(line)["citations"][0]["quote"] == "甲\x1b[31m\x9b2J\u202e乙\x7f\u2028"


@pytest.mark.parametrize("start", formats.FORMULA, ids=[f"U+{ord(c):04X}" for c in formats.FORMULA])
def test_csv_defuses_what_a_spreadsheet_would_run(start):
    evil = f"{start}HYPERLINK(1)"
    row = cells(answer(citation(quote=evil, headline=evil, document=evil), id=evil, question=evil, answer=evil))
    assert row.count(f"'{evil}") == 6
    assert evil not in row


def test_csv_leaves_numbers_and_other_texts_alone():
    row = cells(answer(citation(quote="三 - 2 = 1"), question='他说,"好"\n', confidence=0.25))
    assert row[formats.CSV_FIELDS.index("confidence")] == "0.25"
    assert row[formats.CSV_FIELDS.index("question")] == '他说,"好"\n'
    assert row[formats.CSV_FIELDS.index("quote")] == "三 - 2 = 1"


def test_csv_rows_have_as_many_cells_as_the_header():
    (header,) = csv.reader(io.StringIO(formats.HEADERS["csv"]))
    assert header == formats.CSV_FIELDS
    assert len(cells(answer(citation()))) == len(cells(answer())) == len(header)


def test_csv_says_why_a_row_has_no_answer():
    assert cells(answer(error="the question is empty", answered=False, answer=""))[-1] == "the question is empty"
    assert cells(answer(citation()))[-1] == ""


def test_the_mark_of_spreadsheets_is_for_tables_alone():
    assert formats.header("csv", bom=True) == "\ufeff" + formats.HEADERS["csv"]
    assert formats.header("md") == ""
    with pytest.raises(InputError, match="--bom is for CSV"):
        formats.header("jsonl", bom=True)


@pytest.mark.parametrize("form", formats.WRITERS)
@pytest.mark.parametrize("text", ["谁?", '=1,\n"甲"', "", "\u2028x\x1b"])
def test_a_block_begins_as_its_opening_says(form, text):
    block = formats.WRITERS[form](answer(citation(), id="a b", question=text))
    assert block.startswith(formats.opening(form, "a b", text))


def test_markdown_keeps_a_heading_and_a_quote_on_their_lines():
    shown = formats.markdown(answer(citation(quote="甲\n## 乙"), question="谁\n## 他?", answer="甲\n## 乙"))
    assert [line for line in shown.splitlines() if line.startswith("##")] == ["## 谁 ## 他?"]


def test_trec_counts_a_document_once_with_its_best_passage():
    """Passages of a, b, a, c: documents a, b, c with the scores 0.9, 0.8 and 0.1."""
    cited = [
        citation(n, document=d, score=s) for n, (d, s) in enumerate([("a", 0.9), ("b", 0.8), ("a", 0.5), ("c", 0.1)], 1)
    ]
    assert formats.trec(answer(*cited, id="7")) == "7 Q0 a 1 0.9000 qa\n7 Q0 b 2 0.8000 qa\n7 Q0 c 3 0.1000 qa\n"


def test_trec_names_hold_no_blanks():
    line = formats.trec(answer(citation(document="my folder/a  page.txt"), id="q"))
    assert line.split() == ["q", "Q0", "my_folder/a_page.txt", "1", "1.0000", "qa"]


def test_trec_of_nothing_is_nothing():
    assert formats.trec(answer()) == ""


def test_markdown():
    found = answer(citation(byline="记者甲报道"), citation(2, lines=(7, 9), headline=""), question="谁?")
    assert formats.markdown(found) == (
        "## 谁?\n\n> 正文。\n\n1. `page.txt:3` 标题 · 记者甲报道\n   正文。\n2. `page.txt:7-9`\n   正文。\n\n"
    )


def test_markdown_without_an_answer():
    assert "*The documents do not say.*" in formats.markdown(answer(citation(), answered=False, answer=""))


@pytest.mark.parametrize(
    ("form", "output", "expected"),
    [
        (None, None, "jsonl"),
        (None, "a.csv", "csv"),
        (None, "a.CSV", "csv"),
        (None, "a.run", "trec"),
        (None, "a.md", "md"),
        ("md", "a.csv", "md"),
    ],
    ids=["nothing said", "CSV", "upper case", "run", "Markdown", "said beats suffix"],
)
def test_choice_of_the_format(form, output, expected):
    assert formats.choose(form, Path(output) if output else None) == expected


def test_an_output_whose_suffix_names_no_format_is_refused():
    with pytest.raises(InputError, match=r"answers\.docx: no format goes by \.docx"):
        formats.choose(None, Path("answers.docx"))


def test_an_unknown_format_names_the_known_ones():
    with pytest.raises(InputError, match="'xml': use one of jsonl, csv, trec, md"):
        formats.choose("xml", None)
