"""Lines for a terminal of some width."""

import pytest
from makers import answer, citation

from qa import render
from qa.manifest import Manifest, Settings


@pytest.mark.parametrize(
    ("text", "expected"),
    [("abc", 3), ("工会", 4), ("ＡＢ", 4), ("e\u0301", 1), ("“工”", 4), ("한국", 4)],
    ids=["Latin", "Chinese", "full width", "combining", "quotes", "Korean"],
)
def test_columns(text, expected):
    assert render.columns(text) == expected


@pytest.mark.parametrize(("width", "expected"), [(8, "工会主席"), (7, "工会主…"), (6, "工会…"), (2, "…")])
def test_a_wide_character_is_never_cut_in_half(width, expected):
    assert render.clip("工会主席", width) == expected


@pytest.mark.parametrize("width", [20, 40, 41, 80, 200])
def test_every_line_of_a_citation_fits_the_terminal(width):
    cited = citation(headline="标题" * 40, byline="记者甲" * 9, quote="长\n句\t子" * 99, path="甲.txt")
    head, text = render.citation(cited, width=width).split("\n")
    assert render.columns(head) <= width
    assert render.columns(text) <= max(width, 16)


def test_a_path_is_never_cut():
    cited = citation(path="一个很长的文件夹/" * 9 + "page.txt", headline="标题")
    assert render.citation(cited, width=30).split("\n")[0] == f"[1] {cited.path}:3"


def test_in_a_pipe_lines_have_one_width():
    assert render.citation(citation(quote="长" * 99)).split("\n")[1] == "    " + "长" * 35 + "…"


def test_an_explanation_says_what_was_searched_and_what_the_scores_are():
    found = answer(citation(), citation(2, lines=(7, 9)), standalone="谁?\x1b 那是谁?", confidence=0.25, answered=False)
    assert render.explanation(found).split("\n") == [
        "searched    谁? 那是谁?",
        "confidence  0.2500, too little to answer",
        "[1] page.txt:3  score 1.0000",
        "[2] page.txt:7-9  score 0.5000",
    ]


def test_citations_from_a_number_on():
    shown = render.citations(answer(citation(), citation(2), citation(3)), 2)
    assert [line[:3] for line in shown.split("\n")[::2]] == ["[2]", "[3]"]


def test_other_places_are_written_as_the_first_is():
    cited = citation(also=("b.txt:1-1", "c:d.txt:12-13", "e.txt:1-11"))
    assert render.citation(cited).endswith("\n    also in b.txt:1, c:d.txt:12-13, e.txt:1-11")


@pytest.mark.parametrize(
    ("fingerprint", "said"),
    [("transformer-1", "m (8 dimensions, float16, onnx, transformer-1)"), ("static-1", "m (8 dimensions, static-1)")],
)
def test_info_tells_how_a_model_is_run_and_each_path_once(fingerprint, said):
    made = Settings("m", fingerprint, 8, "rjieba", 20, "float16", "onnx")
    shown = render.info(Manifest(made, ".", ("a", "b", "a"), 0, (), (), {}), ".qa", 0, ())
    assert f"model           {said}" in shown.split("\n")
    assert "documents from  a, b" in shown.split("\n")
