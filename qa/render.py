"""Answers, outlines and reports as text for a terminal; prints nothing itself.

Everything that comes from a document or a question passes through `printable`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from qa.formats import place
from qa.pathnames import shown as shown_path
from qa.text import first_of, line_of, printable

if TYPE_CHECKING:  # at run time these bring numpy and the readers along, which a prompt does without
    from qa.context import Context
    from qa.manifest import Dense, Manifest
    from qa.saved_runs import Change
    from qa.types import Answer, Article, Citation

NOT_FOUND = "The documents do not say."
WIDTH = 76  # columns of a line where there is no terminal
INDENT = 4  # columns before a passage's line of text
NARROWEST = 12  # columns of a headline that are worth showing
BOLD, DIM, MARKED, OFF = "\x1b[1m", "\x1b[2m", "\x1b[1;35m", "\x1b[0m"
FAULTS = {
    "moved": "the text moved: these are its lines now",
    "changed": "the file changed since",
    "missing": "the file is gone",
    "unreadable": "the file cannot be read any more",
}


def columns(text: str) -> int:
    """Columns on a terminal: East Asian wide characters take two, combining marks none."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def clip(text: str, width: int = WIDTH - INDENT) -> str:
    """The text in at most `width` columns, with an ellipsis where it was longer."""
    if columns(text) <= width:
        return text
    out, used = "", 0
    for char in text:
        used += _columns(char)
        if used > width - 1:
            break
        out += char
    return out + "…"


def style(text: str, code: str, colour: bool) -> str:
    """Styled where colour is wanted."""
    return f"{code}{text}{OFF}" if colour else text


def marked(text: str, question: str, colour: bool) -> str:
    """A quotation, the question's words in it set off where colour is wanted."""
    shown = printable(text)
    if not colour:
        return shown
    from qa.marking import ranges

    out, done = "", 0
    for start, end in ranges(shown, question):
        out += shown[done:start] + style(shown[start:end], MARKED, colour)
        done = end
    return out + shown[done:]


def elsewhere(also: str) -> str:
    """Another place of the same text, as `place` shows one."""
    path, _, lines = also.rpartition(":")
    first, _, last = lines.partition("-")
    return f"{shown_path(path)}:{first if last == first else lines}"


def answer(found: Answer, colour: bool = False, width: int | None = None) -> str:
    """The quote, then the numbered citations; `width` is the terminal's, None where there is none."""
    quote = marked(found.answer, found.standalone, colour) if found.answered else NOT_FOUND
    if not found.citations:
        return quote
    near = "" if found.answered else "Nearest passages:\n"
    return f"{quote}\n\n{near}{citations(found, 1, colour, width)}"


def citations(found: Answer, first: int = 1, colour: bool = False, width: int | None = None) -> str:
    """The citations from number `first` on."""
    return "\n".join(citation(c, colour, width) for c in found.citations[first - 1 :])


def citation(cited: Citation, colour: bool = False, width: int | None = None) -> str:
    """Number, place, headline and byline on one line, the quote's beginning on the next."""
    number, where = f"[{cited.rank}] ", place(cited)
    about = " · ".join(clip(line_of(part), 48) for part in (cited.headline, cited.byline) if part)
    mark = f"  ({FAULTS[cited.fault or 'changed']})" if not cited.verified else ""
    if width:
        room = width - columns(number + where + mark) - 2
        about = clip(about, room) if room >= NARROWEST else ""
    head = f"{number}{style(where, BOLD, colour)}  {about}".rstrip() + mark
    text = clip(line_of(cited.quote), max(NARROWEST, (width or WIDTH) - INDENT))
    also = f"\n{' ' * INDENT}also in {', '.join(map(elsewhere, cited.also))}" if cited.also else ""
    return f"{head}\n{' ' * INDENT}{style(text, DIM, colour)}{also}"


def explanation(found: Answer, colour: bool = False) -> str:
    """What was searched, how sure the answer is, and what each citation's score is made of."""
    sure = "enough to answer" if found.answered else "too little to answer"
    out = [f"searched    {printable(found.standalone)}", f"confidence  {found.confidence:.4f}, {sure}"]
    for cited in found.citations:
        out.append(f"[{cited.rank}] {style(place(cited), BOLD, colour)}  score {cited.score:.4f}")
        out += _features(cited, INDENT)
    return "\n".join(out)


def _features(cited: Citation, indent: int) -> list[str]:
    """The parts of a score, largest first, where the citation carries them."""
    parts = cited.features or {}
    ordered = sorted(parts.items(), key=lambda part: (-abs(part[1]), part[0]))
    text = "  ".join(f"{printable(name)} {value:+.3f}" for name, value in ordered)
    return [" " * indent + text] if text else []


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
    out = [style(shown_path(path), BOLD, colour)]
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


def searched(dense: Dense, dimension: int) -> str:
    """How an index's vectors of this dimension are searched, in words."""
    if dense.kind == "flat":
        return "every one compared"
    kept = f", the first {dense.numbers} numbers kept" if 0 < dense.numbers < dimension else ""
    return f"{dense.probes:,} of {dense.groups:,} groups read, recall@10 {dense.recall:.3f} when built{kept}"


def info(
    manifest: Manifest, folder: str, size: int, changes: Sequence[str], *, age: int = 0, writer: str | None = None
) -> str:
    """What an index holds; `age` is in seconds."""
    s = manifest.settings
    own = [] if s.fingerprint.startswith("static") else [s.dtype, s.backend]  # a static model has one form only
    model = [f"{s.dimension} dimensions", *own, s.fingerprint]
    rows = {
        "index": folder,
        "documents from": ", ".join(dict.fromkeys(manifest.roots)),
        "files": f"{len(manifest.files):,}",
        "documents": f"{sum(f.documents for f in manifest.files):,}",
        "passages": f"{manifest.passages:,}",
        "model": f"{s.model} ({', '.join(model)})",
        "words by": s.segmenter
        + (" with a user dictionary" if s.dictionary else "")
        + (", without stop words" if s.stop_words else ""),
        "vectors": searched(manifest.dense, s.dimension),
        "size": f"{size / 1e6:.1f} MB",
        "built": f"{span(age)} ago",
        "state": f"out of date: {first_of(changes)}" if changes else "up to date",
    }
    if writer:
        rows["writer"] = writer
    out = [f"{name:<15} {shown_path(value)}" for name, value in rows.items()]
    out += [f"  {shown_path(f.path)}  {f.encoding or f.unit}, {f.last - f.first} passages" for f in manifest.files[:20]]
    if len(manifest.files) > 20:
        out.append(f"  … and {len(manifest.files) - 20:,} more")
    out += [f"skipped         {shown_path(s.path)}: {printable(s.reason)}" for s in manifest.skipped]
    return "\n".join(out)


def report(rows: Mapping[str, Mapping[str, float]]) -> str:
    """A table of measures, a row a type of question."""
    out = []
    for name, row in rows.items():
        cells = [f"{int(value)}" if key == "n" else f"{key} {value:.3f}" for key, value in row.items()]
        out.append(f"{printable(name):<14}" + "  ".join(cells))
    return "\n".join(out)


def comparison(changes: Mapping[str, Change]) -> str:
    """A table of what changed against a baseline, a row a measure."""
    names = {name: printable(name) for name in changes}
    width = max(map(columns, names.values()), default=0)
    out = [f"{'':<{width}}  baseline     now  difference       p"]
    for name, change in changes.items():
        p = "     –" if change.p is None else f"{change.p:6.4f}"
        padded = names[name] + " " * (width - columns(names[name]))
        out.append(f"{padded}  {change.baseline:8.3f}  {change.value:6.3f}  {change.difference:+10.3f}  {p}")
    return "\n".join(out)
