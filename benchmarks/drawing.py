"""SVG by hand: the few shapes that the diagrams in docs/ are made of. Knows nothing of what they show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

INK, GREY = "#357", "#999"
COLOURS = ("#357", "#c52", "#393", "#939", "#666")

Point = tuple[float, float]


def sheet(width: float, height: float, parts: Iterable[str]) -> str:
    """A whole picture of these parts."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" font-family="sans-serif" '
        f'font-size="12">{"".join(parts)}</svg>\n'
    )


def square(x: float, y: float, width: float, height: float) -> str:
    """The frame of a diagram."""
    return f'<rect x="{x:.0f}" y="{y:.0f}" width="{width:.0f}" height="{height:.0f}" fill="none" stroke="{GREY}"/>'


def line(start: Point, end: Point, *, dashed: bool = False, colour: str = GREY) -> str:
    """A straight line."""
    dash = ' stroke-dasharray="4"' if dashed else ""
    (x1, y1), (x2, y2) = start, end
    return f'<line x1="{x1:.0f}" y1="{y1:.0f}" x2="{x2:.0f}" y2="{y2:.0f}" stroke="{colour}"{dash}/>'


def curve(points: Sequence[Point], colour: str = INK) -> str:
    """Straight pieces from point to point."""
    places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="1.5"/>'


def spot(x: float, y: float, radius: float = 3, colour: str = INK) -> str:
    """A filled circle."""
    return f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{radius:.1f}" fill="{colour}"/>'


def words(x: float, y: float, text: object, *, anchor: str = "start", colour: str = "", turned: bool = False) -> str:
    """A text at this place; `turned` reads upwards."""
    anchored = "" if anchor == "start" else f' text-anchor="{anchor}"'
    fill = f' fill="{colour}"' if colour else ""
    turn = f' transform="rotate(-90 {x:.0f} {y:.0f})"' if turned else ""
    return f'<text x="{x:.0f}" y="{y:.0f}"{anchored}{fill}{turn}>{escape(str(text))}</text>'
