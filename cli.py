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
    from qa.manifest import Manifest
    from qa.questions import Question
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
SizeOption = Annotated[
    int | None,
    typer.Option(
        "--max-file-size",
        "--max-mb",
        metavar="MB",
        min=1,
        help="Skip files larger than this (default: 256, or as before).",
    ),
]
WaitOption = Annotated[
    float, typer.Option("--wait", metavar="SECONDS", min=0, help="Wait this long for another program that writes.")
]
RefreshOption = Annotated[
    bool, typer.Option("--refresh/--no-refresh", help="Update the index first where files changed.")
]
MAX_MB = 256


def index_folder(given: Path | None) -> Path:
    """The index folder in use."""
    return given or Path(os.environ.get("QA_INDEX") or ".qa")


def open_library(
    index: Path | None, model: str | None, quiet: bool, wait: float = 0.0, refresh: bool = True
) -> Library:
    """Open the index, building or updating it where needed."""
    from qa import progress, service

    with progress.bar(quiet) as show:
        return service.open_(
            index_folder(index), model=model, say=speaker(quiet), progress=show, wait=wait, fresh=refresh
        )


def shown(found: Answer, json: bool) -> str:
    """An answer as text for people, or as its JSON object."""
    from qa import formats, render

    return formats.jsonl(found).rstrip("\n") if json else render.answer(found, colour())


def updated(
    paths: list[str],
    folder: Path,
    model: str | None,
    segmenter: str | None,
    rebuild: bool,
    max_mb: int | None,
    wait: float,
    quiet: bool,
) -> Manifest:
    """Build or update the index; one that is up to date is left as it is, and that is told in a moment."""
    from qa import updates

    limit = max_mb << 20 if max_mb else None
    usual = not rebuild and model is None and segmenter is None
    if usual and (same := updates.up_to_date(paths, folder, max_bytes=limit)):
        return same
    from qa import progress, service

    with progress.bar(quiet) as show:
        return service.index(
            paths,
            folder,
            model=model,
            segmenter=segmenter,
            rebuild=rebuild,
            max_bytes=limit,
            wait=wait,
            say=speaker(quiet),
            progress=show,
        )


@app.command("index")
def index_command(
    paths: Annotated[list[str] | None, typer.Argument(metavar="[PATH]...", help="Files and folders.")] = None,
    index: IndexOption = None,
    model: ModelOption = None,
    segmenter: Annotated[str | None, typer.Option("--segmenter", help="What cuts words: rjieba or jieba.")] = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Build anew, whatever is there.")] = False,
    max_mb: SizeOption = None,
    wait: WaitOption = 0.0,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Build or update the index of files and folders: afterwards it holds just these, or what it held before.

    Example: qa index articles/ notes.md
    """
    folder = index_folder(index)
    manifest = updated(paths or [], folder, model, segmenter, rebuild, max_mb, wait, quiet)
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
    wait: WaitOption = 0.0,
    refresh: RefreshOption = True,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Ask one question; exit code 1 where the documents do not say.

    Example: qa ask "谁当选了工会主席?"
    """
    from qa import service

    service.check_question(question, top)
    found = open_library(index, model, quiet, wait, refresh).ask(question, top=top)
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
        batches.run(rows, lambda q: library.answer_row(q, top), out, form, tick, speaker(quiet))


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
        str, typer.Argument(metavar="QUESTIONS", help="Questions with gold fields, or a BEIR folder.")
    ],
    index: IndexOption = None,
    model: ModelOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Score the answers to questions whose gold is known.

    Example: qa eval questions.jsonl
    """
    from qa import beir_eval, progress, render
    from qa.evaluation import evaluate
    from qa.questions import read

    if Path(questions).is_dir():
        rows, qrels, library = beir_eval.prepare(Path(questions), model, speaker(quiet))
    else:
        rows, qrels, library = list(read(questions)), None, open_library(index, model, quiet)
    with progress.counter(quiet, "answering", len(rows)) as tick:

        def scored(question: Question) -> Answer:
            tick()
            return library.answer_row(question, 10)

        report = evaluate(rows, scored, qrels)
    if json:
        emit_json(report)
    else:
        emit(render.report(report))


@app.command()
def info(index: IndexOption = None, json: JsonOption = False) -> None:
    """Say what the index holds and whether its files changed.

    Example: qa info
    """
    from qa import inspection, render

    folder = index_folder(index)
    found = inspection.inspect(folder)
    if json:
        emit(inspection.to_json(found))
    else:
        emit(render.info(found.manifest, str(folder), found.size, found.changes, age=found.age, writer=found.writer))


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
