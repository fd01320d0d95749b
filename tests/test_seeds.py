"""The user's five pages: byte for byte as they were given, and nothing of them lost on the way into passages."""

from collections import defaultdict
from hashlib import sha256

import pytest
from helpers import SEEDS, characters

from qa.passages import of_source
from qa.readers import plain

HASHES = {
    "000_21d3065e0a1cb431.txt": "6dc2826bb809ce65783204e84ff2a32e14d42ef4a15ecf89be13529a466cfa93",
    "001_13b816044c6f97ec.txt": "799f2d5b1e0057be0953161e2437115ca2cd9173c3eb4d74a9db0cce29f58127",
    "002_1b9d941f03bec160.txt": "f52ec5bc7000ab70a852a3ec1b28d91b8dfb409d3166bcccb9b94e6ce31fc2ec",
    "003_2a64485015c8bc5e.txt": "85111058163cb6a04d84b0461502d516bb31becd7278184756ad1ec79dd8595b",
    "004_653ed477d13e3101.txt": "03ebe8d94d7f1ba8c863870b7bed004f6f22ca3132f4fae637dc58393cbc6835",
}


@pytest.fixture(scope="module", params=sorted(HASHES))
def page(request):
    """One page as it was read."""
    return plain.read(SEEDS / request.param, f"seeds/{request.param}")


def test_the_folder_holds_the_five_pages_byte_for_byte():
    assert {p.name: sha256(p.read_bytes()).hexdigest() for p in SEEDS.iterdir()} == HASHES


def test_every_passage_is_the_file_at_its_lines_blanks_aside(page):
    file = (SEEDS / page.path.removeprefix("seeds/")).read_text(encoding="utf-8").split("\n")
    passages = list(of_source(page, 150, characters))
    assert len(passages) > 20
    for passage in passages:
        first, last = passage.lines
        stands = "".join("".join(file[first - 1 : last]).split())
        assert "".join(passage.text.split()) in stands


def test_the_first_and_the_last_of_the_cited_lines_hold_a_part_of_the_passage(page):
    """A range that is too wide would pass the test above."""
    for passage in of_source(page, 150, characters):
        text = "".join(passage.text.split())
        for number, end in ((passage.lines[0], "head"), (passage.lines[1], "tail")):
            line = "".join(page.units[number - 1].split())
            common = [n for n in range(1, min(len(line), len(text)) + 1) if _meet(line, text, n, end)]
            assert line in text or text in line or common, (passage.lines, end)


def _meet(line, text, n, end):
    return line[-n:] == text[:n] if end == "head" else line[:n] == text[-n:]


def test_spans_begin_and_end_with_the_passage(page):
    """`span` counts characters of the lines joined by newlines."""
    whole = "\n".join(page.units)
    for passage in of_source(page, 150, characters):
        start, end = passage.span
        piece, text = "".join(whole[start:end].split()), "".join(passage.text.split())
        assert (piece[0], piece[-1]) == (text[0], text[-1])
        assert text in piece or len(piece) >= len(text)


def test_passages_less_their_overlap_join_to_the_paragraphs(page):
    joined = defaultdict(str)
    for passage in of_source(page, 150, characters):
        key = (passage.article, passage.paragraph)
        assert passage.start <= len(joined[key]), "a gap between two passages of one paragraph"
        joined[key] = joined[key][: passage.start] + passage.text
    articles = page.documents[0].articles
    expected = {
        (number, place): paragraph.text
        for number, article in enumerate(articles)
        for place, paragraph in enumerate(article.paragraphs, start=1)
    }
    assert expected == {key: text for key, text in joined.items() if articles[key[0]].paragraphs}


def test_every_line_that_is_not_blank_stands_in_an_article(page):
    covered = set()
    for article in page.documents[0].articles:
        ranges = [p.lines for p in article.paragraphs] + [(n, n) for n, _ in article.subheads]
        ranges += [article.headline_lines] if article.headline_lines else []
        for first, last in ranges:
            covered.update(range(first, last + 1))
    assert {n for n, line in enumerate(page.units, start=1) if line.strip()} <= covered


def test_every_line_of_text_is_in_a_paragraph_word_for_word(page):
    """Paragraphs become passages; only headlines, kickers and subheads stand beside them."""
    titles, paragraphs = set(), ""
    for article in page.documents[0].articles:
        paragraphs += "\n".join("".join(p.text.split()) for p in article.paragraphs) + "\n"
        titles.update(n for n, _ in article.subheads)
        if article.headline_lines:
            titles.update(range(article.headline_lines[0], article.headline_lines[1] + 1))
    for number, line in enumerate(page.units, start=1):
        if line.strip() and number not in titles:
            assert "".join(line.split()) in paragraphs, number
