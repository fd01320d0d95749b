"""Answers as text for files and pipes: JSON lines, CSV, TREC runs and Markdown, a block an answer."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.errors import InputError
from qa.jsonline import dumps
from qa.pathnames import shown
from qa.text import line_of

if TYPE_CHECKING:
    from qa.types import Answer, Citation

CSV_FIELDS = [
    "id",
    "question",
    "answered",
    "confidence",
    "answer",
    "document",
    "path",
    "from_line",
    "to_line",
    "headline",
    "byline",
    "quote",
    "verified",
    "error",
]
BOM = "\ufeff"
# What a spreadsheet takes for the beginning of a formula; the wide forms count where the keyboard is East Asian.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def to_dict(answer: Answer) -> dict[str, Any]:
    """The object of the contract; `error`, and a citation's `fault` and `features`, are there only where there are any."""
    found = _fields(answer)
    found["citations"] = [_fields(citation) for citation in answer.citations]
    for citation in found["citations"]:
        for name in ("fault", "features"):
            if citation[name] is None:
                del citation[name]
    if answer.error is None:
        del found["error"]
    return found


def _fields(record: Any) -> dict[str, Any]:
    """The fields by name; `dataclasses.asdict` would copy every value on the way."""
    names = record.__match_args__  # the fields of a dataclass, which `fields` would put together anew
    return dict(zip(names, attrgetter(*names)(record), strict=True))


def jsonl(answer: Answer) -> str:
    """One object a line."""
    return dumps(to_dict(answer)) + "\n"


def csv_row(answer: Answer) -> str:
    """One row a question, with its first citation."""
    first = answer.citations[0] if answer.citations else None
    row: list[Any] = [answer.id, answer.question, str(answer.answered).lower(), answer.confidence, answer.answer]
    if first:
        row += [first.document, first.path, *first.lines, first.headline, first.byline, first.quote]
        row.append(str(first.verified).lower())
    row += [""] * (len(CSV_FIELDS) - 1 - len(row)) + [answer.error or ""]
    return _csv_line([_defused(value) for value in row])


def _defused(value: Any) -> Any:
    """A text that a spreadsheet would run as a formula gets an apostrophe in front."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _csv_line(row: list[Any]) -> str:
    out = io.StringIO()
    # With this ending the writer also puts quotes around a field that holds a lone carriage return.
    csv.writer(out, lineterminator="\r\n").writerow(row)
    return out.getvalue().removesuffix("\r\n") + "\n"


def trec(answer: Answer) -> str:
    """`qid Q0 docid rank score qa`; a document counts once, with its best passage."""
    best: dict[str, float] = {}
    for citation in answer.citations:
        best.setdefault("_".join(citation.document.split()), citation.score)
    return "".join(
        f"{_qid(answer.id)} Q0 {document} {rank} {score:.4f} qa\n"
        for rank, (document, score) in enumerate(best.items(), 1)
    )


def _qid(id: str) -> str:
    """An id without blanks, which end a field of a run."""
    return "_".join(id.split()) or "_"


def markdown(answer: Answer) -> str:
    """For reading: the question, the quote, the numbered citations."""
    said = f"> {line_of(answer.answer)}" if answer.answered else "*The documents do not say.*"
    lines = [_heading(answer.question), "", f"*error: {line_of(answer.error)}*" if answer.error else said, ""]
    for c in answer.citations:
        about = " · ".join(line_of(part) for part in (c.headline, c.byline) if part)
        lines.append(f"{c.rank}. `{place(c)}` {about}".rstrip())
        lines.append(f"   {line_of(c.quote)}")
    return "\n".join(lines) + "\n\n"


def place(citation: Citation) -> str:
    """`path:from-to`, or `path:line`, which terminals and editors make clickable."""
    first, last = citation.lines
    return f"{shown(citation.path)}:{first}" + (f"-{last}" if last != first else "")


def _heading(question: str) -> str:
    return f"## {line_of(question)}"


def opening(form: str, id: str, question: str) -> str:
    """How the block of a row begins, by which a file of answers is told to belong to a file of questions."""
    if form == "jsonl":
        return dumps({"id": id, "question": question})[:-1] + ","
    if form == "csv":
        return _csv_line([_defused(id), _defused(question)]).removesuffix("\n") + ","
    return f"{_qid(id)} Q0 " if form == "trec" else _heading(question) + "\n"


WRITERS: dict[str, Callable[[Answer], str]] = {"jsonl": jsonl, "csv": csv_row, "trec": trec, "md": markdown}
HEADERS = {"csv": _csv_line(list(CSV_FIELDS))}
SUFFIXES = {".jsonl": "jsonl", ".json": "jsonl", ".csv": "csv", ".trec": "trec", ".run": "trec", ".md": "md"}


def header(form: str, bom: bool = False) -> str:
    """What stands before the first block; `bom` makes spreadsheets read a CSV as UTF-8. Raises InputError."""
    if bom and form != "csv":
        raise InputError(f"--bom is for CSV, this is {form}: leave it out, or say --format csv")
    return (BOM if bom else "") + HEADERS.get(form, "")


def choose(form: str | None, output: Path | None) -> str:
    """The format's name: as asked, else by the output's suffix, else JSON lines; raises InputError."""
    if form is None:
        suffix = output.suffix.lower() if output else ""
        if suffix and suffix not in SUFFIXES:
            raise InputError(f"{output}: no format goes by {suffix}: use {', '.join(SUFFIXES)}, or say --format")
        return SUFFIXES.get(suffix, "jsonl")
    if form not in WRITERS:
        raise InputError(f"no format {form!r}: use one of {', '.join(WRITERS)}")
    return form
