"""Results to Markdown: a table of figures with their limits, one of programs side by side, and the few for the README."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from benchmarks.performance import comparing, machine_words
from benchmarks.performance.figures import short
from benchmarks.performance.results import Results, Row

APART = (comparing.GROUP,)  # has a table of its own form


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Markdown; the bars of a text would end its cell."""
    cells = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *cells)) + "\n"


def figure(row: Row) -> str:
    """With its unit."""
    return f"{short(row.figure)} {row.unit}".strip()


def name(results: Results, corpus: str) -> str:
    """A corpus by its passages; "–" for what has none."""
    if corpus.isdigit():
        return f"{int(corpus):,}"
    return f"{corpus} ({results.size(corpus):,})" if corpus else "–"


def cell(row: Row | None) -> str:
    """A figure, its limit and how many times that: `14.9 ms (0.234, 63.8 ×)`; `1 ×` is as good as the limit."""
    if row is None:
        return ""
    return figure(row) + (f" ({short(row.limit)}, {short(row.ratio)} ×)" if row.limit is not None else "")


def group(results: Results, title: str) -> str:
    """All figures of a group: a measurement a line, a corpus a column."""
    rows = [r for r in results.rows if r.group == title]
    corpora = [c for c in ["", *results.names()] if any(r.corpus == c for r in rows)]
    found = {(r.what, r.beside, r.corpus): r for r in rows}
    lines = [
        [what, beside, *(cell(found.get((what, beside, corpus))) for corpus in corpora)]
        for what, beside in dict.fromkeys((r.what, r.beside) for r in rows)
    ]
    return table(["", "beside", *(name(results, corpus) for corpus in corpora)], lines)


def programs(results: Results, corpus: str) -> str:
    """The product and its peers on one corpus, a program a line, the reason where there are no figures."""
    rows = [r for r in results.rows if r.group == comparing.GROUP and r.corpus == corpus]
    columns = list(dict.fromkeys(r.what for r in rows))
    found: dict[str, dict[str, Row]] = {}
    for row in rows:
        found.setdefault(row.who, {})[row.what] = row
    units = {row.what: row.unit for row in rows}
    head = ["", *(f"{what}, {units[what]}" if units[what] else what for what in columns)]
    lines = []
    for who, own in found.items():
        note = next((row.note for row in own.values() if row.note), "")
        cells = [short(own[what].figure) if what in own else "–" for what in columns]
        lines.append([who, f"*{note}*", *[""] * (len(columns) - 1)] if note else [who, *cells])
    return table(head, lines)


def machines(results: Results, rows: Iterable[Row]) -> list[dict[str, Any]]:
    """The runs that these rows are from."""
    return [results.runs[number] for number in sorted({row.run for row in rows})]


def details(results: Results) -> str:
    """Everything, for docs/performance.md."""
    parts = [machine_words.told(machines(results, results.rows))]
    for title in dict.fromkeys(row.group for row in results.rows if row.group not in APART):
        parts.append(f"### {title[0].upper()}{title[1:]}\n\n{group(results, title)}")
    for corpus in results.names():
        if any(r.group in APART and r.corpus == corpus for r in results.rows):
            parts.append(f"### Beside others: {name(results, corpus)} passages\n\n{programs(results, corpus)}")
    return "\n".join(parts)


def summary(results: Results) -> str:
    """Some eight lines for the README: the smallest corpus and the two largest."""
    largest = results.names()[-2:]
    wanted: list[tuple[str, str, str]] = [
        ("cold start", "qa --help", "`qa --help`"),
        ("cold start", "qa ask", "`qa ask`, from the command typed to the answer"),
        ("indexing", "rate", "indexing, all stages"),
        ("warm latency", "p50", "one answer in process, p50"),
        ("warm latency", "qa batch", "`qa batch`"),
        ("memory while asking", "resident", "memory while asking"),
        ("index on disk", "whole", "index on disk"),
    ]
    shown = list(dict.fromkeys([*results.names()[:1], *largest]))
    lines: list[list[str]] = []
    told: list[Row] = []
    for title, what, words in wanted:
        rows = {row.corpus: row for row in results.find(title, what) if row.corpus in (*shown, "")}
        if rows:
            found = [rows.get(corpus, rows.get("")) for corpus in shown]
            lines.append([words, next(iter(rows.values())).beside, *map(cell, found)])
            told += rows.values()
    best = against_best(results)
    if best and best.corpus in shown:
        told.append(best)
        cells = [cell(best) if corpus == best.corpus else "" for corpus in shown]
        lines.append(["right passage first, all questions", best.beside, *cells])
    head = ["", "beside", *(f"{name(results, corpus)} passages" for corpus in shown)]
    return table(head, lines) + "\n" + machine_words.told(machines(results, told))


def against_best(results: Results) -> Row | None:
    """The share of questions whose first hit is right on the seeds, beside the best of the others."""
    rows = [r for r in results.rows if r.group == comparing.GROUP and r.what == "right @1" and r.figure is not None]
    own = next((r for r in rows if r.who == "qa"), None)
    others = sorted((r for r in rows if r.who != "qa"), key=lambda r: -(r.figure or 0))
    if not own or not others:
        return None
    return replace(own, beside=f"{others[0].who}, the best of the others", limit=others[0].figure)
