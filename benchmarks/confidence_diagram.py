"""Draws how far the confidence can be believed: of all questions answered with 0.8, do eight in ten have an answer?

    PYTHONPATH=. python benchmarks/confidence_diagram.py docs/confidence.svg PAGE QUESTIONS [PAGE QUESTIONS …]

Each pair is a document (or folder) and gold questions on it; a question of type `unanswerable` has no answer.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import drawing
from qa import service
from qa.questions import read

BINS = 5
SIDE = 300  # pixels of the square


def asked(page: str, questions: str) -> Iterator[tuple[float, bool]]:
    """(confidence, whether there is an answer) of each question."""
    with tempfile.TemporaryDirectory() as temporary:
        service.index([page], Path(temporary) / "index")
        library = service.open_(Path(temporary) / "index", fresh=False)
        for question in read(questions):
            yield library.answer_row(question, 1).confidence, question.type != "unanswerable"


def bins(seen: list[tuple[float, bool]]) -> list[tuple[float, float, int]]:
    """(mean confidence, share with an answer, how many) of each fifth of the scale that has any."""
    out = []
    for number in range(BINS):
        own = [(c, a) for c, a in seen if min(BINS - 1, int(c * BINS)) == number]
        if own:
            out.append((sum(c for c, _ in own) / len(own), sum(a for _, a in own) / len(own), len(own)))
    return out


def picture(points: list[tuple[float, float, int]]) -> str:
    """An SVG: the dashed line is a confidence that can be taken at its word."""
    spots = (
        drawing.spot(40 + c * SIDE, 20 + (1 - a) * SIDE, 3 + n**0.5 / 2)
        + drawing.words(52 + c * SIDE, 34 + (1 - a) * SIDE, n)
        for c, a, n in points
    )
    frame = (
        drawing.square(40, 20, SIDE, SIDE),
        drawing.line((40, 20 + SIDE), (40 + SIDE, 20), dashed=True),
    )
    legend = (
        drawing.words(40, SIDE + 36, 0),
        drawing.words(36 + SIDE, SIDE + 36, 1),
        drawing.words(10 + SIDE / 2, SIDE + 54, "confidence"),
        drawing.words(14, 80 + SIDE / 2, "share that has an answer", turned=True),
    )
    return drawing.sheet(SIDE + 80, SIDE + 70, (*frame, *spots, *legend))


def main() -> None:
    """Ask, print the table, draw."""
    target, *pairs = sys.argv[1:]
    seen = [row for page, questions in zip(pairs[::2], pairs[1::2], strict=True) for row in asked(page, questions)]
    points = bins(seen)
    for c, a, n in points:
        print(f"| {c:.2f} | {a:.2f} | {n} |")
    Path(target).write_text(picture(points), encoding="utf-8")


if __name__ == "__main__":
    main()
