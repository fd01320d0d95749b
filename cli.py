"""The command line: `qa …` and `python cli.py …`. Owns printing and exit codes, and nothing else."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qa import console
from qa.console import colour, emit, emit_json, speaker
from qa.errors import QAError

if TYPE_CHECKING:
    from qa.evaluating import Task
    from qa.evaluation import Scored
    from qa.service import Library
    from qa.types import Answer, Turn

UNANSWERED, BAD_INPUT, INTERRUPTED = 1, 2, 130
UsageError: type[Exception] = typer.BadParameter.__bases__[0]  # typer names only this child of it

app = typer.Typer(
    name="qa",
    help="Ask a folder of Chinese articles and get the paragraph that answers, with its exact source. Offline.",
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

IndexOption = Annotated[
    Path | None, typer.Option("--index", metavar="DIR", help="Index folder (default: $QA_INDEX, else .qa).")
]
ModelOption = Annotated[
    str | None, typer.Option("--model", metavar="NAME_OR_PATH", help="Embedding model (default: the shipped one).")
]
TopOption = Annotated[int, typer.Option("--top", metavar="K", help="Citations of an answer.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Say nothing but the answer and errors.")]
SizeOption = Annotated[int, typer.Option("--max-mb", metavar="MB", min=1, help="Skip files larger than this.")]
MAX_MB = 256


WhereOption = Annotated[
    list[str] | None,
    typer.Option("--where", metavar="FIELD=VALUE", help="Only passages of this path, headline, reporter, kind, …"),
]


def index_folder(given: Path | None) -> Path:
    """The index folder in use."""
    return given or Path(os.environ.get("QA_INDEX") or ".qa")


def open_library(index: Path | None, model: str | None, quiet: bool) -> Library:
    """Open the index, building or updating it where needed."""
    from qa import progress, service

    with progress.bar(quiet) as show:
        return service.open_(index_folder(index), model=model, say=speaker(quiet), progress=show)


def shown(found: Answer, json: bool) -> str:
    """An answer as text for people, or as its JSON object."""
    from qa import formats, render

    return formats.jsonl(found).rstrip("\n") if json else render.answer(found, colour())


@app.command("index")
def index_command(
    paths: Annotated[list[str] | None, typer.Argument(metavar="[PATH]...", help="Files and folders.")] = None,
    index: IndexOption = None,
    model: ModelOption = None,
    segmenter: Annotated[str | None, typer.Option("--segmenter", help="What cuts words: rjieba or jieba.")] = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Build anew, whatever is there.")] = False,
    max_mb: SizeOption = MAX_MB,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Build or update the index of files and folders: afterwards it holds just these, or what it held before.

    Example: qa index articles/ notes.md
    """
    from qa import progress, service

    folder = index_folder(index)
    with progress.bar(quiet) as show:
        manifest = service.index(
            paths or [],
            folder,
            model=model,
            segmenter=segmenter,
            rebuild=rebuild,
            max_bytes=max_mb << 20,
            progress=show,
        )
    say = speaker(quiet)
    for skipped in manifest.skipped:
        say(f"skipped {skipped.path}: {skipped.reason}")
    say(f"{manifest.passages:,} passages of {len(manifest.files):,} files are in {folder}")
    if json:
        from dataclasses import asdict

        skips = [asdict(s) for s in manifest.skipped]
        emit_json({"passages": manifest.passages, "files": len(manifest.files), "skipped": skips})


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The question, in quotation marks.")],
    index: IndexOption = None,
    model: ModelOption = None,
    top: TopOption = 5,
    where: WhereOption = None,
    explain: Annotated[bool, typer.Option("--explain", help="Show what each citation's score is made of.")] = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Ask one question; exit code 1 where the documents do not say.

    Example: qa ask "谁当选了工会主席?"
    """
    from qa import service

    service.check_question(question, top)
    found = open_library(index, model, quiet).ask(question, top=top, where=where or (), explain=explain)
    emit(shown(found, json))
    if not found.answered:
        raise typer.Exit(UNANSWERED)


@app.command()
def chat(
    index: IndexOption = None,
    model: ModelOption = None,
    top: TopOption = 5,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Ask in a conversation; follow-up questions keep its thread. /help lists the commands.

    Example: qa chat
    """
    from qa import render, repl, service
    from qa.chat import Chat

    service.check_question("top", top)
    library = open_library(index, model, quiet)

    def answer(question: str, history: tuple[Turn, ...], top: int) -> Answer:
        return library.ask(question, top=top, history=history)

    conversation = Chat(
        answer, lambda found: shown(found, json), lambda place: render.context(library.context(place), colour()), top
    )
    for block in conversation.run(repl.lines()):
        emit(block if json else block + "\n")


@app.command()
def batch(
    questions: Annotated[str, typer.Argument(metavar="QUESTIONS", help="A .txt, .csv, .tsv or .jsonl file, or -.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write here.")] = None,
    format: Annotated[str | None, typer.Option("--format", help="jsonl, csv, trec or md.")] = None,
    index: IndexOption = None,
    model: ModelOption = None,
    top: TopOption = 5,
    where: WhereOption = None,
    quiet: QuietOption = False,
) -> None:
    """Answer many questions, in order.

    Example: qa batch questions.txt --output answers.jsonl
    """
    from qa import batch as batches
    from qa import formats, progress, service
    from qa.questions import read

    service.check_question("top", top)
    form = formats.choose(format, output)
    rows = list(read(questions))
    library = open_library(index, model, quiet)
    with (
        batches.open_output(output, questions, sys.stdout) as out,
        progress.counter(quiet, "answering", len(rows)) as tick,
    ):
        batches.run(rows, lambda q: library.answer_row(q, top, where or ()), out, form, tick, speaker(quiet))


@app.command()
def show(
    citation: Annotated[str, typer.Argument(metavar="CITATION", help="PATH:FROM-TO, as answers print it.")],
    index: IndexOption = None,
    json: JsonOption = False,
) -> None:
    """Print the source of a citation in its article, the cited lines marked.

    Example: qa show seeds/000_21d3065e0a1cb431.txt:51-53
    """
    from qa import context, render, service

    found = context.around(citation, service.source_folder(index_folder(index), citation), MAX_MB << 20)
    if json:
        from dataclasses import asdict

        emit_json(asdict(found))
    else:
        emit(render.context(found, colour()))


@app.command()
def articles(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Pages to take apart.")],
    json: JsonOption = False,
) -> None:
    """Print the articles found in pages: headlines, bylines, paragraphs with their lines.

    Example: qa articles seeds/000_21d3065e0a1cb431.txt
    """
    from qa import outlines, render

    for path, found in outlines.of_paths(paths, MAX_MB << 20, speaker(False)):
        emit(outlines.to_json(path, found) if json else render.outline(path, found, colour()) + "\n")


@app.command("eval")
def eval_command(
    questions: Annotated[
        str | None, typer.Argument(metavar="[QUESTIONS]", help="Questions with gold fields, or a BEIR folder.")
    ] = None,
    qrels: Annotated[Path | None, typer.Option("--qrels", metavar="FILE", help="Judgements to score --run by.")] = None,
    run: Annotated[Path | None, typer.Option("--run", metavar="FILE", help="A TREC run made by anything.")] = None,
    pool: Annotated[
        Path | None, typer.Option("--pool", metavar="FILE", help="More documents (.jsonl) beside a BEIR corpus.")
    ] = None,
    save_run: Annotated[Path | None, typer.Option("--save-run", metavar="FILE", help="Keep every score here.")] = None,
    baseline: Annotated[Path | None, typer.Option("--baseline", metavar="FILE", help="Compare with this run.")] = None,
    least: Annotated[list[str] | None, typer.Option("--min", metavar="MEASURE=VALUE", help="Exit 1 below it.")] = None,
    most: Annotated[list[str] | None, typer.Option("--max", metavar="MEASURE=VALUE", help="Exit 1 above it.")] = None,
    index: IndexOption = None,
    model: ModelOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Score the answers to questions whose gold is known; exit code 1 where --min or --max is missed.

    Example: qa eval questions.jsonl --min all.recall@5=0.9
    """
    from qa import evaluating, gates

    wanted = gates.parse(least or (), most or ())
    saved = evaluating.Saved.opened(save_run, baseline)
    task = evaluating.task_of(questions, qrels, run, pool)
    evaluating.check(task, wanted, saved)
    scored = evaluating.run_scores(task, speaker(quiet)) or eval_answers(task, index, model, quiet)
    report, changes = saved.finish(task, scored)
    if json:
        emit_json(evaluating.to_json(report, changes))
    else:
        from qa import render

        emit(render.report(report) + (f"\n\n{render.comparison(changes)}" if changes else ""))
    misses = list(gates.misses(wanted, report))
    for miss in misses:
        console.say(miss)
    if misses:
        raise typer.Exit(1)


def eval_answers(task: Task, index: Path | None, model: str | None, quiet: bool) -> list[Scored]:
    """Ask the questions of an evaluation, and score the answers."""
    from qa import beir_eval, evaluating, progress

    if task.beir:
        library = beir_eval.open_library(task.beir, model, speaker(quiet))
    else:
        library = open_library(index, model, quiet)
    with progress.counter(quiet, "answering", len(task.questions)) as tick:
        return evaluating.answer_scores(task, library, tick, speaker(quiet))


@app.command()
def info(index: IndexOption = None, json: JsonOption = False) -> None:
    """Say what the index holds and whether its files changed.

    Example: qa info
    """
    from qa import inspection, render

    folder = index_folder(index)
    found = inspection.inspect(folder)
    emit(inspection.to_json(found) if json else render.info(found.manifest, str(folder), found.size, found.changes))


@app.command()
def verify(index: IndexOption = None, json: JsonOption = False) -> None:
    """Check every byte of the index, and every passage against its source; exit code 1 for damage.

    Example: qa verify
    """
    from qa import inspection

    damages, checked = inspection.verify(index_folder(index))
    if json:
        from dataclasses import asdict

        emit_json({"passages": checked, "damage": [asdict(d) for d in damages]})
    else:
        for damage in damages:
            emit(f"{damage.what}: {damage.where}: {damage.remedy}")
        emit(f"{checked:,} passages checked against their files: {len(damages)} faults")
    if damages:
        raise typer.Exit(1)


def main() -> None:
    """Run the command line; turn a user's mistake into one line and exit code 2."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    console.use_utf8()
    try:
        sys.exit(app(sys.argv[1:] or ["--help"], prog_name="qa", standalone_mode=False))
    except QAError as error:
        console.say(str(error))
        sys.exit(BAD_INPUT)
    except UsageError as error:
        context = getattr(error, "ctx", None)
        message = getattr(error, "format_message", error.__str__)().rstrip(".")
        console.say(f"{message}: see `{context.command_path if context else 'qa'} --help`")
        sys.exit(BAD_INPUT)
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        console.hush()
        sys.exit(0)


if __name__ == "__main__":
    main()
