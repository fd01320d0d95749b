"""One run of `qa eval`: what is to be scored, and what is done with the scores; asks nothing by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from qa import beir_eval, evaluation, gates, judgements, outputs, saved_runs, updates
from qa.beir_eval import Beir
from qa.errors import InputError
from qa.evaluation import NO_ANSWER, Report, Scored
from qa.gates import Gate
from qa.judgements import Qrels, Run
from qa.library import Library
from qa.question_files import STDIN
from qa.questions import Question, label, read
from qa.saved_runs import Change
from qa.types import Answer

CITATIONS = 10  # of a question from a file


def silent(line: str) -> None:
    """Say nothing."""


@dataclass(frozen=True, slots=True)
class Task:
    """Questions with their gold; a BEIR folder brings `qrels` and `beir`, TREC files `qrels` and `run`.

    `files` are those that all this was read from.
    """

    name: str
    questions: list[Question]
    qrels: Qrels | None = None
    beir: Beir | None = None
    run: Run | None = None
    files: tuple[Path, ...] = ()

    @property
    def ids(self) -> list[str]:
        """Of the questions that are scored."""
        if self.run is not None:
            return list(self.qrels or ())
        kept = (evaluation.has_gold(q, self.qrels) or q.type == evaluation.UNANSWERABLE for q in self.questions)
        return [q.id for q, keep in zip(self.questions, kept, strict=True) if keep]


def task_of(questions: str | None, qrels: Path | None, run: Path | None, pool: Path | None) -> Task:
    """What the arguments of the command name; raises InputError for what does not go together or cannot be read."""
    if qrels or run:
        if not (qrels and run) or questions or pool:
            raise InputError("--qrels and --run go together, without questions or --pool: give both and no more")
        return Task(str(run), [], judgements.read_qrels(qrels), run=judgements.read_run(run), files=(qrels, run))
    if questions is None:
        raise InputError("nothing to score: give a file of questions, a BEIR folder, or --qrels FILE --run FILE")
    if Path(questions).is_dir():
        folder = beir_eval.read_folder(Path(questions), pool)
        files = (*(Path(questions) / part for part in beir_eval.PARTS), *folder.files)
        task = Task(str(Path(questions) / beir_eval.QUERIES), folder.questions, folder.qrels, folder, files=files)
    elif pool:
        raise InputError(f"--pool {pool}: goes with a BEIR folder only: index the documents instead")
    else:
        task = Task(label(questions), list(read(questions)), files=() if questions == STDIN else (Path(questions),))
    evaluation.check(task.questions, task.name)
    if task.qrels is None:
        evaluation.check_gold(task.questions, task.name)
    return task


def check(task: Task, wanted: Sequence[Gate], saved: Saved) -> None:
    """Raise InputError before the first question is asked for gates, baselines and places that do not fit."""
    if saved.place:
        for file in task.files:
            outputs.check_source(saved.place, file, "one of the files that are scored")
    if saved.before and saved.baseline:
        saved_runs.refuse_others(saved.baseline, saved.before, task.ids, identity(task))
    if wanted:  # a report of empty answers has the names of every report of these questions
        scored = run_scores(task, silent) or answer_scores(task, None, lambda: None, silent)
        gates.refuse_unknown(wanted, list(gates.flat(evaluation.report(scored))))


def run_scores(task: Task, say: Callable[[str], None]) -> list[Scored]:
    """The scores of a TREC run; nothing where the questions must be asked."""
    if task.run is None or task.qrels is None:
        return []
    if line := judgements.check_run(task.run, task.qrels, task.name):
        say(line)
    return evaluation.score_run(task.run, task.qrels)


def answer_scores(
    task: Task, library: Library | None, tick: Callable[[], None], say: Callable[[str], None]
) -> list[Scored]:
    """The scores of the library's answers (of none at all without a library); what cannot be asked counts 0."""
    if library is not None and task.qrels is None:
        for question, fault in out_of_reach(task.questions, library):
            say(f"{task.name}:{question.row} (id {question.id}) counts 0: {fault}")

    def ask(question: Question) -> Answer:
        tick()
        if library is None:
            return NO_ANSWER
        try:
            found = library.answer_row(question, beir_eval.PASSAGES if task.beir else CITATIONS)
        except InputError as error:
            say(f"{task.name}:{question.row} (id {question.id}) counts 0: {error}")
            return NO_ANSWER
        return beir_eval.spread(found, task.beir) if task.beir else found

    return evaluation.score(task.questions, ask, task.qrels)


def out_of_reach(questions: Sequence[Question], library: Library) -> Iterator[tuple[Question, str]]:
    """The questions whose gold lines no citation can hold, with the reason."""
    paths: dict[str, list[str]] = {}
    for file in library.index.manifest.files:
        paths.setdefault(PurePosixPath(file.path).name, []).append(file.path)
    for question in questions:
        if not question.file or not question.lines or question.type == evaluation.UNANSWERABLE:
            continue
        held = paths.get(PurePosixPath(question.file).name)
        if held is None:
            yield question, f"no file {question.file} is in the index"
        elif min(question.lines) > (most := max(len(library.sources.units(path) or ()) for path in held)):
            yield question, f"{question.file} has {most:,} lines, {min(question.lines):,} is beyond"


def identity(task: Task) -> str:
    """Names the questions and their gold."""
    return saved_runs.identity(task.questions, task.qrels)


@dataclass(frozen=True, slots=True)
class Saved:
    """Where to keep this run, and the run to compare it with."""

    place: Path | None
    baseline: Path | None
    before: tuple[list[Scored], str] | None

    @classmethod
    def opened(cls, place: Path | None, baseline: Path | None) -> Saved:
        """Read the baseline; raises InputError for it or for a place that cannot be written."""
        if place:
            outputs.check(place, STDIN)
        return cls(place, baseline, saved_runs.load(baseline) if baseline else None)

    def check_beside(self, library: Library) -> None:
        """Raise InputError where the place is among the documents or the files of the index."""
        if self.place:
            outputs.check_beside(self.place, library.folder, updates.documents(library.folder, library.index.manifest))

    def finish(self, task: Task, scored: Sequence[Scored]) -> tuple[Report, dict[str, Change]]:
        """Keep the run where that is wanted; its report, and what changed since the baseline."""
        if self.place:
            saved_runs.save(self.place, scored, identity(task))
        return evaluation.report(scored), saved_runs.compare(self.before[0], scored) if self.before else {}


def to_json(report: Report, changes: Mapping[str, Change]) -> dict[str, Any]:
    """The report, with what changed as `comparison` where there is a baseline."""
    compared = {"comparison": {name: asdict(change) for name, change in changes.items()}}
    return dict(report) | (compared if changes else {})
