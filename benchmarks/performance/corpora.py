"""Makes a corpus of so many passages with questions that its own documents answer, as a BEIR folder.

    python -m benchmarks.performance.corpora SOURCE QUESTIONS COUNT MOST FOLDER

SOURCE is a file of JSON lines or a BEIR folder; QUESTIONS a BEIR folder whose documents are mixed in evenly, a file of
questions alone, or "-": then titles that only one passage has are the questions. At most MOST are kept.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from benchmarks.performance import recombining, sources
from benchmarks.performance.sources import Asked

SEED = 20
TITLE = 8  # characters of a title that can stand for a question

Row = dict[str, str]


def mixed(pool: Iterable[Row], own: Sequence[Row], count: int) -> Iterator[Row]:
    """The pool with the rows of `own` at even distances, `count` in all.

    >>> [row["_id"] for row in mixed(({"_id": p} for p in "abcd"), [{"_id": "X"}, {"_id": "Y"}], 6)]
    ['a', 'X', 'b', 'c', 'Y', 'd']
    """
    places = {(2 * n + 1) * count // (2 * len(own)): row for n, row in enumerate(own)}
    rest = iter(pool)
    for number in range(count):
        yield places[number] if number in places else next(rest)


def pool(source: Path, count: int) -> Iterator[Row]:
    """So many passages of the source."""
    for number, record in enumerate(recombining.passages(list(sources.records(source)), count, SEED)):
        yield {"_id": f"pool-{number}", "title": record.title, "text": record.text}


def from_titles(rows: Iterable[Row]) -> list[Asked]:
    """The titles that one passage alone has, as questions for it."""
    rows = list(rows)
    times = Counter(row["title"] for row in rows)
    return [
        Asked(r["_id"], r["title"], (r["_id"],)) for r in rows if times[r["title"]] == 1 and len(r["title"]) >= TITLE
    ]


def write(source: Path, questions: str, count: int, most: int, folder: Path) -> None:
    """Make the folder: `corpus.jsonl`, `queries.jsonl`, `qrels/test.tsv`."""
    given = Path(questions) if questions != "-" else None
    own = list(sources.lines(given / "corpus.jsonl")) if given and given.is_dir() else []
    if len(own) > count:
        raise SystemExit(f"{given} alone has {len(own):,} documents: ask for more passages than {count:,}")
    (folder / "qrels").mkdir(parents=True, exist_ok=True)
    titles: list[Row] = []
    with (folder / "corpus.jsonl").open("w", encoding="utf-8") as out:
        for row in mixed(pool(source, count - len(own)), own, count) if own else pool(source, count):
            titles += [] if given else [{"_id": row["_id"], "title": row["title"]}]
            kept = {name: row.get(name) or "" for name in ("_id", "title", "text")}
            out.write(json.dumps(kept, ensure_ascii=False) + "\n")
    asked = sources.spread(sources.questions(given) if given else from_titles(titles), most)
    if not asked:
        raise SystemExit(
            f"{given or source} yields no questions (no title that one passage alone has): give --questions"
        )
    write_questions(asked, folder)


def write_questions(asked: Sequence[Asked], folder: Path) -> None:
    """The questions and what answers them."""
    rows = [json.dumps({"_id": q.id, "text": q.text}, ensure_ascii=False) for q in asked]
    (folder / "queries.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    judged = [f"{q.id}\t{document}\t1" for q in asked for document in q.relevant]
    text = "\n".join(["query-id\tcorpus-id\tscore", *judged]) + "\n"
    (folder / "qrels" / "test.tsv").write_text(text, encoding="utf-8")


def main() -> None:
    """Make one corpus."""
    source, questions, count, most, folder = sys.argv[1:]
    write(Path(source), questions, int(count), int(most), Path(folder))


if __name__ == "__main__":
    main()
