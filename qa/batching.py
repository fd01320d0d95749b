"""The command `batch`, wired: what is checked before anything is written, who asks, and where a run goes on."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from qa import batch, beside, filters, formats, mates, models, outputs, questions, resuming, store, tokens, updates
from qa.batch import Row
from qa.crew import Crew
from qa.errors import BrokenIndex, InputError
from qa.identities import Seen
from qa.library import Library, check_question
from qa.mates import Answer, Opener
from qa.model_options import USUAL, ModelOptions
from qa.question_files import STDIN
from qa.questions import Question
from qa.workers import cores

MOST = 8  # processes that are started unasked: each holds the model

NAMES = {
    "questions": "file of questions",
    "form": "--format",
    "top": "--top",
    "where": "--where",
    "bom": "--bom",
    "reranker": "--reranker",
    "index": "index",
}


@dataclass(frozen=True, slots=True)
class Order:
    """What the command line asked for; `jobs` is None where the program may choose."""

    questions: str
    output: Path | None
    form: str
    bom: bool
    top: int
    strict: bool
    resume: bool
    jobs: int | None
    where: tuple[str, ...] = ()
    options: ModelOptions = USUAL


@dataclass(frozen=True, slots=True)
class Survey:
    """What is known before the first question: the rows, how many they are and the hash of their file, unless piped in."""

    rows: Iterable[Question]
    count: int | None
    digest: str | None


def survey(order: Order) -> Survey:
    """Check all that can be checked without an index; raises InputError with nothing written."""
    check_question("top", order.top)
    filters.parse(order.where)
    formats.header(order.form, order.bom)
    if order.jobs is not None and order.jobs < 1:
        raise InputError(f"--jobs is {order.jobs}: give a number from 1")
    if order.resume and (order.output is None or (order.output.exists() and not order.output.is_file())):
        raise InputError("--resume goes on with a file: name it with --output")
    name = questions.located(order.questions)
    if order.output is not None:
        outputs.check(order.output, name)
    if name == STDIN and not order.strict:
        return Survey(questions.told_apart(questions.rows(name)), None, None)
    seen = Seen()
    if name == STDIN:
        held = list(questions.rows(name))
        count = refuse_faults(questions.told_apart(held, seen), name)
        return Survey(questions.told_apart(held, seen), count, None)
    count = refuse_faults(questions.told_apart(questions.rows(name), seen), name, order.strict)
    with Path(name).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Survey(questions.told_apart(questions.rows(name), seen), count, digest)


def refuse_faults(rows: Iterable[Question], name: str, strict: bool = True) -> int:
    """Read all rows and return their number; raises InputError for a broken file, if `strict` also for broken rows."""
    count, faults, first = 0, 0, ""
    for question in rows:
        count += 1
        if strict and (fault := question.error or refusal(question)):
            faults += 1
            first = first or f"{questions.label(name)}:{question.row}: {fault}"
    if first:
        raise InputError(first + (f" ({faults - 1} more rows like it)" if faults > 1 else ""))
    return count


def refusal(question: Question) -> str:
    """Why the question cannot be asked; empty where it can."""
    try:
        check_question(question.text, 1)
    except InputError as error:
        return str(error)
    return ""


def open_asker(folder: str, generation: str, order: Order, size: int) -> Answer:
    """What another one of `size` processes asks with; raises BrokenIndex where the index is no longer the one of the run."""
    work_together(size)
    opened = store.load(Path(folder))
    if opened is None or opened.folder.name != generation:
        raise BrokenIndex(f"the index in {folder} was changed while questions were answered: begin again")
    encoder = models.load(models.choose(None, order.options, opened.manifest))
    return together(Library(Path(folder), opened, encoder, reranker=models.load_reranker(order.options)), order)


def work_together(size: int) -> None:
    """Be one of `size` processes that answer."""
    if 2 * size > cores():  # where each of them took a thread to help
        beside.crowd()


def asker(library: Library, order: Order) -> Callable[[Question], Row]:
    """A question to its row."""
    return lambda question: batch.answered(
        question, lambda row: library.answer_row(row, order.top, order.where), order.form
    )


def together(library: Library, order: Order) -> Answer:
    """Several questions to their rows."""
    ask = asker(library, order)

    def answer(chunk: Sequence[Question]) -> Iterator[Row]:
        if len(chunk) > 1:
            library.ahead(chunk, order.top, order.where)
        return map(ask, chunk)

    return answer


def told(order: Order, survey: Survey, library: Library) -> dict[str, Any]:
    """Everything that the bytes of the output depend on."""
    manifest = library.index.manifest
    made = json.dumps([asdict(manifest.settings), manifest.checksums], sort_keys=True)
    return {
        "questions": survey.digest,
        "form": order.form,
        "top": order.top,
        "where": list(order.where),
        "bom": order.bom,
        "reranker": order.options.reranker or "",
        "index": hashlib.sha256(made.encode()).hexdigest(),
    }


def spare() -> int:
    """The cores that nobody else uses now, at most MOST: on a busy machine a second process only takes turns with the first."""
    busy = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return max(1, min(MOST, cores(), round(cores() + 1 - busy)))  # this program is one of the busy


def ready() -> None:
    """Load what every index is asked with."""
    tokens.cutting(tokens.PLAIN)


def rows(
    order: Order, left: Iterator[Question], count: int | None, library: Library, lines: Sequence[Connection]
) -> Generator[Row, None, None]:
    """The rows of the questions left, with the processes that were called, or by this one until more are worth it."""

    def by_all(lines: Sequence[Connection], waiting: Iterator[Question]) -> Generator[Row, None, None]:
        with Crew(lines) as crew:
            work_together(crew.size)
            yield from crew.rows(opener(order, library, crew.size), together(library, order), waiting)

    def later(waiting: Iterator[Question]) -> Generator[Row, None, None]:
        with mates.called(size, mates.ANSWERING) as more:
            yield from by_all(more, waiting)

    if lines:
        return by_all(lines, left)
    size = order.jobs or spare()
    return batch.rows(left, asker(library, order), later if size > 1 else None, count)


def opener(order: Order, library: Library, size: int) -> Opener:
    """What each of the others of `size` processes opens its index with."""
    return partial(open_asker, str(library.folder), library.index.folder.name, order, size)


def run(
    order: Order,
    found: Survey,
    library: Library,
    counter: Callable[[int | None, int], Any],
    stdout: Callable[[str], None],
    say: Callable[[str], None],
    lines: Sequence[Connection] = (),
) -> None:
    """Answer all questions; `counter(total, done)` opens a progress bar, `stdout` writes where there is no file.

    `lines` are to processes that help, where some were called already (`mates.called`).
    """
    header = formats.header(order.form, order.bom)
    if order.output is None:
        stdout(header)
        with (
            counter(found.count, 0) as tick,
            closing(rows(order, iter(found.rows), found.count, library, lines)) as answers,
        ):
            count = batch.run(answers, stdout, tick, say)
        say_nothing_asked(order, count, say)
        return
    settings = told(order, found, library)
    manifest = library.index.manifest
    outputs.check(order.output, questions.located(order.questions))
    outputs.check_beside(order.output, library.folder, updates.documents(library.folder, manifest))
    if warning := updates.indexed(library.folder, manifest, order.output):
        say(warning)
    unfinished = not order.resume and outputs.record_of(order.output).exists()
    point = resumed(order, settings, found, library) if order.resume else None
    done = point.rows if point else 0
    waiting = point.questions if point else iter(found.rows)
    left = None if found.count is None else found.count - done
    file = outputs.File(order.output, settings, keep=point.offset if point else 0)
    if unfinished:
        say(f"{order.output} held an unfinished run: it is begun anew (--resume goes on with one)")
    try:
        if not point or not point.offset:
            file.write(header)
        with counter(found.count, done) as tick, closing(rows(order, waiting, left, library, lines)) as answers:
            count = batch.run(answers, file.write, tick, say)
        file.finish()
        say_nothing_asked(order, done + count, say)
    except KeyboardInterrupt:
        say(f"interrupted: the same command with --resume goes on where {order.output} ends")
        raise
    finally:
        file.close()


def say_nothing_asked(order: Order, count: int, say: Callable[[str], None]) -> None:
    """A file without a question gets no answers; that it was empty may be news."""
    if not count:
        say(f"{questions.label(order.questions)} holds no question: nothing was asked")


def resumed(order: Order, settings: dict[str, Any], found: Survey, library: Library) -> resuming.Point | None:
    """Where an interrupted run goes on; None where there is nothing of it. Raises InputError where it was another run."""
    assert order.output is not None
    if not order.output.exists() or not order.output.stat().st_size:
        return None
    name = str(order.output)
    before = outputs.read_record(order.output)
    for key, value in settings.items():
        if before and before.get(key) != value and None not in (before.get(key), value):
            differs = f" (it was {before.get(key)}, is {value})" if key in ("form", "top", "bom") else ""
            raise InputError(f"{name}: was begun with another {NAMES[key]}{differs}: {resuming.ANEW}")
    header = formats.header(order.form, order.bom)
    with order.output.open("rb") as file:
        point = resuming.find(file, order.form, header, found.rows, name)
    if point.last is None:
        return point
    return resuming.settled(point, asker(library, order)(point.last).block.encode(), order.form, name)
