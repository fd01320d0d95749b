"""Reads what others judged and ranked: relevance judgements (TREC's four columns or BEIR's three) and TREC runs."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from qa.errors import InputError

Qrels = Mapping[str, Mapping[str, int]]  # question, document, grade; the relevant ones alone (grade above 0)
MOST = 1000  # a grade; trec_eval's own arithmetic ends with 32 bits
Run = Mapping[str, list[str]]  # question, its documents, best first


def read_qrels(path: Path) -> Qrels:
    """The relevant documents of each question; raises InputError naming the line that cannot be read.

    Columns are `query document grade` (BEIR, by tabs, a header allowed) or `query 0 document grade` (TREC).
    """
    judged: dict[str, dict[str, int]] = defaultdict(dict)
    for number, line in _lines(path, "judgements, such as BEIR's qrels/test.tsv"):
        row = _columns(line)
        if number == 1 and len(row) == 3 and _number(row[-1]) is None:
            continue
        grade = _number(row[-1])
        if len(row) not in (3, 4) or grade is None or grade != int(grade) or abs(grade) > MOST:
            wanted = f"query, document and a whole number up to {MOST}, with TREC's 0 in second place or without"
            raise InputError(f"{path}:{number}: no judgement ({len(row)} columns; wanted: {wanted}): mend the line")
        query, document = row[0], row[-2]
        if document in judged[query]:
            raise InputError(f"{path}:{number}: document {document} is judged twice for query {query}: remove one line")
        judged[query][document] = int(grade)
    kept = {query: {d: grade for d, grade in documents.items() if grade > 0} for query, documents in judged.items()}
    return {query: documents for query, documents in kept.items() if documents}


def read_run(path: Path) -> Run:
    """Each question's documents by falling score, equal scores by falling name, as trec_eval orders them.

    Columns are `query Q0 document rank score tag`; raises InputError naming the line that cannot be read.
    """
    scores: dict[str, dict[str, float]] = defaultdict(dict)
    for number, line in _lines(path, "a run in TREC's form"):
        row = line.split()
        score = _number(row[4]) if len(row) == 6 else None
        if score is None:
            wanted = "query Q0 document rank score tag"
            raise InputError(f"{path}:{number}: no line of a run ({len(row)} columns; wanted: {wanted}): mend the line")
        if row[2] in scores[row[0]]:
            raise InputError(f"{path}:{number}: document {row[2]} is listed twice for query {row[0]}: remove one line")
        scores[row[0]][row[2]] = score
    if not scores:
        raise InputError(f"{path}: is empty: give a run of lines `query Q0 document rank score tag`")
    return {query: sorted(found, key=lambda d: (found[d], d), reverse=True) for query, found in scores.items()}


def check_run(run: Run, qrels: Qrels, name: str) -> str:
    """What to tell of queries of the run that nobody judged ("" where there are none); they are not scored.

    Raises InputError where nothing can be scored at all.
    """
    if not qrels:
        raise InputError("the judgements name no relevant document: nothing to score")
    unknown = [query for query in run if query not in qrels]
    if len(unknown) == len(run):
        raise InputError(f"{name}: no query of the run is among the judged ones ({unknown[0]} …): give its own qrels")
    if not unknown:
        return ""
    return f"{name}: {len(unknown):,} of {len(run):,} queries have no relevant document ({unknown[0]} …): not scored"


def _lines(path: Path, wanted: str) -> Iterator[tuple[int, str]]:
    try:
        with path.open(encoding="utf-8-sig") as file:
            yield from ((number, line) for number, line in enumerate(file, start=1) if line.strip())
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 (byte {error.start}): give {wanted}") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}): give {wanted}") from error


def _columns(line: str) -> list[str]:
    """By tabs where there are some, so that names may hold blanks; else by blanks."""
    return [part.strip() for part in line.split("\t")] if "\t" in line else line.split()


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
