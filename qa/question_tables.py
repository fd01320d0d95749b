"""Tables of questions, CSV or TSV: the first row names the columns, each other row is a question."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from qa.errors import InputError
from qa.gold_columns import gold
from qa.question_rows import Question

MARK = "\ufeff"  # what some programs write in front of UTF-8
NAMES = {"question": ("问题", "問題"), "id": ("编号", "編號"), "type": (), "file": (), "lines": (), "answers": ()}
PARTED = {"\t": "tabs", ",": "commas", ";": "semicolons"}
STRAY = "a quotation mark inside a quoted field: double it"


def delimiter_of(line: str) -> str | None:
    """What parts the columns of a header that has one named question; None for a line that is no header."""
    return next((delimiter for delimiter in PARTED if heads(line, delimiter)), None)


def heads(line: str, delimiter: str) -> bool:
    """Whether a line, so parted, names a column question; a question that speaks of questions does not."""
    cells = [cell.strip().strip('"') for cell in line.removeprefix(MARK).split(delimiter)]
    return "question" in cells or ("question" in named(cells) and not any(mark in line for mark in "?？"))


def named(cells: Sequence[str]) -> list[str]:
    """The columns by our names for them, whatever their case; a name that stands there exactly is no other column's."""
    header = [cell.strip() for cell in cells]
    for name, others in NAMES.items():
        if name not in header:
            header = [name if cell.casefold() in (name, *others) else cell for cell in header]
    return header


def read(name: str, lines: Iterable[str], delimiter: str) -> Iterator[Question]:
    """Yield a question for each row that is not blank, the broken ones with `error`; raises InputError for a broken table."""
    rest = iter(lines)
    first = next(rest, "")
    if not heads(first, delimiter) and (other := delimiter_of(first)):
        wanted = PARTED[delimiter]
        raise InputError(f"{name}: its columns are parted by {PARTED[other]}, not by {wanted}: save it with {wanted}")
    table = csv.reader(chain([first], rest), delimiter=delimiter, strict=True)
    header = header_of(name, table)
    while True:
        start = table.line_num + 1
        try:
            cells = next(table, None)
        except csv.Error as error:
            if "expected after" not in str(error):  # a mark that never closes has the rows after it inside
                raise InputError(f"{name}:{start}: not a row of a table ({error}): mend or remove it") from error
            number = table.line_num
            yield Question(str(number), "", number, error=STRAY, numbered=True)
        else:
            if cells is None:
                return
            if cells:
                yield row_of(header, cells, table.line_num, delimiter)


def header_of(name: str, table: Iterator[list[str]]) -> list[str]:
    """The names of the columns, one of them question; raises InputError."""
    try:
        header = named(next(table, []))
    except csv.Error as error:
        raise InputError(f"{name}:1: no header of a table ({error}): name the columns in the first row") from error
    if header.count("question") != 1:
        found = ", ".join(header)[:200]
        which = "more than one column" if "question" in header else "no column"
        raise InputError(f"{name}: {which} named question (found: {found}): name the one that holds the questions so")
    while not header[-1]:  # spreadsheets write columns that are empty
        header.pop()
    return header


def row_of(header: Sequence[str], cells: Sequence[str], number: int, delimiter: str) -> Question:
    """The question of a row, with `error` where it is broken."""
    by_name = dict(reversed(list(zip(header, cells, strict=False))))  # of two columns of one name the first
    fields, error = gold_of(by_name)
    text = by_name.get("question")
    if text is None:
        error = "the row ends before its question: fill it in or remove it"
    elif any(cell.strip() for cell in cells[len(header) :]):
        error = too_many(len(cells), len(header), delimiter)
    id = by_name.get("id", "").strip()
    return Question(id or str(number), (text or "").strip(), number, **fields, error=error, numbered=not id)


def too_many(cells: int, columns: int, delimiter: str) -> str:
    """What is said of a row whose question was most likely cut in two."""
    mark = "tab" if delimiter == "\t" else "comma"
    return (
        f"the row has {cells} cells under {columns} columns: put quotation marks around a question with a {mark} in it"
    )


def gold_of(cells: Mapping[str, str]) -> tuple[dict[str, Any], str]:
    """The gold fields of a row, or what is wrong with them."""
    try:
        return gold(cells), ""
    except InputError as error:
        return {}, str(error)
