"""Results to Markdown: a table of figures with their limits, one of programs side by side, and the few for the README."""

from __future__ import annotations

from collections.abc import Sequence

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


def beside(row: Row) -> list[str]:
    """What it is held against, and how many times that."""
    if row.limit is None:
        return ["", ""]
    return [f"{row.beside}: {short(row.limit)} {row.unit}".strip(), short(row.ratio)]


def name(results: Results, corpus: str) -> str:
    """A corpus by its passages."""
    size = results.size(corpus)
    return f"{corpus} ({size:,})" if corpus and not corpus.isdigit() else f"{int(corpus):,}" if corpus else ""


def group(results: Results, title: str) -> str:
    """All figures of a group, the corpora by size."""
    order = {corpus: number for number, corpus in enumerate(results.names())}
    rows = sorted((r for r in results.rows if r.group == title), key=lambda r: order.get(r.corpus, -1))
    told = [[name(results, r.corpus), r.what, figure(r), *beside(r)] for r in rows]
    return table(["passages", "what", "figure", "beside", "ratio"], told)


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


def details(results: Results) -> str:
    """Everything, for docs/performance.md."""
    parts = [machine_words.told(results.runs)]
    for title in dict.fromkeys(row.group for row in results.rows if row.group not in APART):
        parts.append(f"### {title[0].upper()}{title[1:]}\n\n{group(results, title)}")
    for corpus in results.names():
        if any(r.group in APART and r.corpus == corpus for r in results.rows):
            parts.append(f"### Beside others: {name(results, corpus)} passages\n\n{programs(results, corpus)}")
    return "\n".join(parts)


def summary(results: Results) -> str:
    """Some eight lines for the README."""
    largest = results.names()[-1:]
    wanted: list[tuple[str, str, str]] = [
        ("cold start", "qa --help", "`qa --help`"),
        ("cold start", "qa ask", "`qa ask`, from the command typed to the answer"),
        ("indexing", "rate", "indexing, all stages"),
        ("warm latency", "p50", "one answer in process, p50"),
        ("warm latency", "qa batch", "`qa batch`"),
        ("memory while asking", "resident", "memory while asking"),
        ("index on disk", "whole", "index on disk"),
    ]
    lines = []
    for title, what, words in wanted:
        rows = results.find(title, what)
        for row in [*rows[:1], *(r for r in rows[1:] if [r.corpus] == largest)]:
            lines.append([words, name(results, row.corpus), figure(row), *beside(row)])
    return table(["", "passages", "figure", "beside", "ratio"], lines) + "\n" + machine_words.told(results.runs[-1:])
