"""Draws how far the confidence can be believed: of all questions answered with 0.8, do eight in ten have an answer?

    PYTHONPATH=. python benchmarks/confidence_diagram.py docs/confidence.svg PAGE QUESTIONS [PAGE QUESTIONS …]

Each pair is a document (or folder) and gold questions on it; a question of type `unanswerable` has no answer.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

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
    spots = "".join(
        f'<circle cx="{40 + c * SIDE:.0f}" cy="{20 + (1 - a) * SIDE:.0f}" r="{3 + n**0.5 / 2:.1f}" fill="#357"/>'
        f'<text x="{52 + c * SIDE:.0f}" y="{34 + (1 - a) * SIDE:.0f}">{n}</text>'
        for c, a, n in points
    )
    end = 40 + SIDE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIDE + 80}" height="{SIDE + 70}" font-family="sans-serif" '
        f'font-size="12"><rect x="40" y="20" width="{SIDE}" height="{SIDE}" fill="none" stroke="#999"/>'
        f'<line x1="40" y1="{20 + SIDE}" x2="{end}" y2="20" stroke="#999" stroke-dasharray="4"/>{spots}'
        f'<text x="40" y="{SIDE + 36}">0</text><text x="{end - 4}" y="{SIDE + 36}">1</text>'
        f'<text x="{40 + SIDE / 2 - 30:.0f}" y="{SIDE + 54}">confidence</text>'
        f'<text x="14" y="{20 + SIDE / 2 + 60:.0f}" transform="rotate(-90 14 {20 + SIDE / 2 + 60:.0f})">'
        "share that has an answer</text></svg>\n"
    )


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
