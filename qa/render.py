"""Answers, outlines and reports as text for a terminal; prints nothing itself.

Everything that comes from a document or a question passes through `printable`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

from qa.context import Context
from qa.manifest import Manifest
from qa.text import first_of, printable
from qa.types import Answer, Article, Citation

NOT_FOUND = "The documents do not say."
WIDTH = 72  # columns of a passage's first line
FAULTS = {
    "moved": "the text moved: these are its lines now",
    "changed": "the file changed since",
    "missing": "the file is gone",
    "unreadable": "the file cannot be read any more",
}
BOLD, DIM, OFF = "\x1b[1m", "\x1b[2m", "\x1b[0m"


def columns(text: str) -> int:
    """Columns on a terminal: East Asian wide characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def clip(text: str, width: int = WIDTH) -> str:
    """The text in at most `width` columns, with an ellipsis where it was longer."""
    if columns(text) <= width:
        return text
    out, used = "", 0
    for char in text:
        used += columns(char)
        if used > width - 1:
            break
        out += char
    return out + "…"


def style(text: str, code: str, colour: bool) -> str:
    """Styled where colour is wanted."""
    return f"{code}{text}{OFF}" if colour else text


def place(citation: Citation) -> str:
    """`path:from-to`, which terminals and editors make clickable."""
    first, last = citation.lines
    return printable(f"{citation.path}:{first}" + (f"-{last}" if last != first else ""))


def answer(found: Answer, colour: bool = False) -> str:
    """The quote, then the numbered citations."""
    blocks = [style(printable(found.answer), BOLD, colour) if found.answered else NOT_FOUND]
    if found.citations and not found.answered:
        blocks.append("Nearest passages:")
    blocks += [citation(c, colour) for c in found.citations]
    return "\n\n".join(blocks[:1]) + "\n\n" + "\n".join(blocks[1:]) if len(blocks) > 1 else blocks[0]


def citation(cited: Citation, colour: bool = False) -> str:
    """Number, place, headline and byline on one line, the quote's beginning on the next."""
    about = " · ".join(clip(printable(part), 48) for part in (cited.headline, cited.byline) if part)
    mark = f"  ({FAULTS[cited.fault or 'changed']})" if not cited.verified else ""
    head = f"[{cited.rank}] {style(place(cited), BOLD, colour)}  {about}".rstrip() + mark
    return f"{head}\n    {style(clip(printable(cited.quote)), DIM, colour)}"


def context(shown: Context, colour: bool = False) -> str:
    """Numbered lines, the cited ones marked."""
    digits = len(str(shown.shown[-1][0])) if shown.shown else 1
    out = [style(printable(shown.headline), BOLD, colour)] if shown.headline else []
    for number, text in shown.shown:
        cited = shown.cited[0] <= number <= shown.cited[1]
        line = f"{'>' if cited else ' '} {number:>{digits}}  {printable(text.strip())}"
        out.append(style(line, BOLD, colour and cited))
    return "\n".join(out)


def outline(path: str, articles: Sequence[Article], colour: bool = False) -> str:
    """A page's articles with the line numbers of their parts."""
    out = [style(printable(path), BOLD, colour)]
    for article in articles:
        lines = article.headline_lines
        where = f"{lines[0]}-{lines[1]}" if lines else "–"
        out.append("")
        out += [f"{'':>9}  {printable(kicker)}" for kicker in article.kickers]
        title = printable(article.headline or "(no headline)")
        out.append(f"{where:>9}  {style(title, BOLD, colour)}  [{article.kind}]")
        if article.byline:
            out.append(f"{'':>9}  {printable(article.byline)}")
        parts = [(p.lines, p.text) for p in article.paragraphs] + [((n, n), f"◆ {s}") for n, s in article.subheads]
        out += [f"{f'{a}-{b}' if a != b else a:>9}  {clip(printable(text))}" for (a, b), text in sorted(parts)]
    return "\n".join(out)


def span(seconds: int) -> str:
    """A length of time in its largest whole unit."""
    for name, unit in (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)):
        if seconds >= unit:
            number = seconds // unit
            return f"{number:,} {name}{'s' if number != 1 else ''}"
    return "0 seconds"


def info(
    manifest: Manifest, folder: str, size: int, changes: Sequence[str], *, age: int = 0, writer: str | None = None
) -> str:
    """What an index holds; `age` is in seconds."""
    s = manifest.settings
    rows = {
        "index": folder,
        "documents from": ", ".join(manifest.roots),
        "files": f"{len(manifest.files):,}",
        "documents": f"{sum(f.documents for f in manifest.files):,}",
        "passages": f"{manifest.passages:,}",
        "model": f"{s.model} ({s.dimension} dimensions, {s.fingerprint})",
        "words by": s.segmenter,
        "size": f"{size / 1e6:.1f} MB",
        "built": f"{span(age)} ago",
        "state": f"out of date: {first_of(changes)}" if changes else "up to date",
    }
    if writer:
        rows["writer"] = writer
    out = [f"{name:<15} {printable(value)}" for name, value in rows.items()]
    out += [f"  {printable(f.path)}  {f.encoding or f.unit}, {f.last - f.first} passages" for f in manifest.files[:20]]
    if len(manifest.files) > 20:
        out.append(f"  … and {len(manifest.files) - 20:,} more")
    out += [f"skipped         {printable(s.path)}: {printable(s.reason)}" for s in manifest.skipped]
    return "\n".join(out)


def report(rows: Mapping[str, Mapping[str, float]]) -> str:
    """A table of measures, a row a type of question."""
    out = []
    for name, row in rows.items():
        cells = [f"{int(value)}" if key == "n" else f"{key} {value:.3f}" for key, value in row.items()]
        out.append(f"{name:<14}" + "  ".join(cells))
    return "\n".join(out)
