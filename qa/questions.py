"""Reads questions for `batch` and `eval`: text, CSV, TSV and JSON lines, from a file or standard input."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from qa.errors import InputError
from qa.types import Turn

STDIN = "-"
LONGEST_GOLD = 100_000  # lines of a range, so that a slip of the pen fills no memory


@dataclass(frozen=True, slots=True)
class Question:
    """One row: `row` is its line in the file (for CSV, of its last line), gold fields where it has them."""

    id: str
    text: str
    row: int
    history: tuple[Turn, ...] = ()
    type: str = ""
    file: str | None = None
    lines: tuple[int, ...] = ()
    answers: tuple[str, ...] = ()


def read(name: str) -> Iterator[Question]:
    """Yield the questions one by one; raises InputError naming the row that cannot be read."""
    suffix = Path(name).suffix.lower()
    with _opened(name) as stream:
        try:
            if name == STDIN:
                yield from _sniffed(stream)
            elif suffix in (".csv", ".tsv"):
                yield from _table(name, stream, "\t" if suffix == ".tsv" else ",")
            elif suffix in (".jsonl", ".json"):
                yield from _objects(name, enumerate(stream, start=1))
            else:
                yield from _texts(enumerate(stream, start=1))
        except UnicodeDecodeError as error:
            raise InputError(f"{name}: not UTF-8 (byte {error.start}): save the questions as UTF-8") from error


def _opened(name: str) -> TextIO:
    if name == STDIN:
        return io.TextIOWrapper(io.BufferedReader(sys.stdin.buffer), encoding="utf-8-sig")  # type: ignore[type-var]
    try:
        return Path(name).open(encoding="utf-8-sig", newline="")
    except FileNotFoundError as error:
        raise InputError(f"{name}: no such file: give a .txt, .csv, .tsv or .jsonl file of questions, or -") from error
    except OSError as error:
        raise InputError(f"{name}: cannot be read ({error.strerror}): give a file of questions, or -") from error


def _sniffed(stream: TextIO) -> Iterator[Question]:
    """Standard input: JSON lines where a line begins with a brace, else a question a line."""
    for number, line in enumerate(stream, start=1):
        rows = _objects("standard input", [(number, line)]) if line.startswith("{") else _texts([(number, line)])
        yield from rows


def _texts(lines: Any) -> Iterator[Question]:
    for number, line in lines:
        if text := line.strip():
            yield Question(str(number), text, number)


def _table(name: str, stream: TextIO, delimiter: str) -> Iterator[Question]:
    rows = csv.DictReader(stream, delimiter=delimiter)
    try:
        if "question" not in (rows.fieldnames or ()):
            raise InputError(
                f"{name}: no column named question (found: {', '.join(rows.fieldnames or ())}): rename the column that holds the questions"
            )
        for row in rows:
            text = (row["question"] or "").strip()
            id = (row.get("id") or "").strip() or str(rows.line_num)
            yield Question(id, text, rows.line_num, **_gold(row, f"{name}:{rows.line_num}"))
    except csv.Error as error:
        raise InputError(f"{name}:{rows.line_num}: not a CSV row ({error}): mend or remove it") from error


def _gold(row: dict[str, str | None], where: str) -> dict[str, Any]:
    """The gold columns of a table: type, file, lines ("3", "3-5", "3 8-9"), answers (between bars: "a|b")."""
    cells = {key: (row.get(key) or "").strip() for key in ("type", "file", "lines", "answers")}
    lines: list[int] = []
    for part in cells["lines"].replace(",", " ").replace(";", " ").split():
        first, _, last = part.partition("-")
        if not (first.isdecimal() and (last or first).isdecimal()):
            raise InputError(f"{where}: lines are no whole numbers ({part}): write them as 3 or 3-5")
        lines += range(int(first), min(int(last or first), int(first) + LONGEST_GOLD) + 1)
    answers = tuple(a.strip() for a in cells["answers"].split("|") if a.strip())
    return {"type": cells["type"], "file": cells["file"] or None, "lines": tuple(lines), "answers": answers}


def _objects(name: str, lines: Any) -> Iterator[Question]:
    for number, line in lines:
        if not line.strip():
            continue
        try:
            raw = json.loads(line)
            if "\\u" in line:  # half of a surrogate pair, which JSON can escape and no file can hold
                json.dumps(raw, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise InputError(f"{name}:{number}: an escaped character is no character: mend the line") from error
        except (ValueError, RecursionError) as error:
            raise InputError(f"{name}:{number}: not a JSON object ({error}): mend or remove the line") from error
        yield _question(raw, f"{name}:{number}", number)


def _question(raw: Any, where: str, row: int) -> Question:
    text = raw.get("question", raw.get("text")) if isinstance(raw, dict) else None
    if not isinstance(text, str):
        raise InputError(f"{where}: no field question or text: mend or remove the line")
    file = raw.get("file")
    lines = _list(raw, "lines", where)
    if not all(isinstance(n, int) for n in lines):
        raise InputError(f"{where}: lines are no whole numbers: mend them")
    return Question(
        id=str(next((raw[key] for key in ("id", "_id") if raw.get(key) is not None), row)),
        text=text,
        row=row,
        history=tuple(_turn(turn, where) for turn in _list(raw, "history", where)),
        type=str(raw.get("type") or ""),
        file=str(file) if file else None,
        lines=tuple(lines),
        answers=tuple(str(a) for a in _list(raw, "answers", where) or _list(raw, "evidence", where)),
    )


def _list(raw: dict[str, Any], name: str, where: str) -> list[Any]:
    value = raw.get(name) or []
    if not isinstance(value, list):
        raise InputError(f"{where}: {name} is no list: mend or remove it")
    return value


def _turn(raw: Any, where: str) -> Turn:
    if not isinstance(raw, dict) or not isinstance(raw.get("question"), str):
        raise InputError(f'{where}: a turn of history is no object with a "question": mend or remove it')
    return Turn(raw["question"], str(raw.get("answer") or ""))
