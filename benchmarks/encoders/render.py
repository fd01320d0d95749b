"""Rows to a Markdown table, and the table to its place in a page."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from encoders.measures import Row

COLUMNS = {
    "seeds": "seeds alone",
    "seeds_whole": "seeds, whole ranking",
    "news": "news alone",
    "news_whole": "news, whole ranking",
    "cmrc_own": "CMRC trial",
    "cmrc_pool": "… in the pool",
    "drcd_own": "DRCD dev",
    "drcd_pool": "… in the pool",
}
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"


def cell(value: object) -> str:
    """One cell: .48 / .75 / .85, or .906, or nothing where it was not measured."""
    if value is None:
        return ""
    if isinstance(value, list):
        return " / ".join(f"{v:.2f}" for v in value)
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def table(rows: Iterable[Row]) -> str:
    """The rows as Markdown, in their order."""
    lines = [["", *COLUMNS.values()], ["---"] * (len(COLUMNS) + 1)]
    lines += [[row["name"], *(cell(row.get(column)) for column in COLUMNS)] for row in rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def write(page: Path, text: str) -> None:
    """Put the table between the marks of the page; raises ValueError where it has none."""
    old = page.read_text(encoding="utf-8")
    if old.count(BEGIN) != 1 or old.count(END) != 1 or old.index(BEGIN) > old.index(END):
        raise ValueError(f"{page} lacks the lines {BEGIN} and {END}, once and in this order")
    before, after = old[: old.index(BEGIN)], old[old.index(END) :]
    page.write_text(f"{before}{BEGIN}\n{text}{after}", encoding="utf-8")
