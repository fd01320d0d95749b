"""The command line: `qa …` and `python cli.py …`. Owns printing and exit codes, and nothing else."""

from __future__ import annotations

from qa import interrupts  # first, for what follows takes a while

# isort: split
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qa import collecting, console, manual
from qa.command_options import (
    FormatOption,
    IndexOption,
    JsonOption,
    ModelOption,
    QuietOption,
    RefreshOption,
    SizeOption,
    TopOption,
    WaitOption,
    WhereOption,
    with_encoder_options,
    with_model_options,
)
from qa.console import colour, emit, emit_json, speaker, width
from qa.errors import QAError
from qa.model_options import ModelOptions
from qa.opening import index_folder, open_library, updated
from qa.processor import on_one_core, sort_narrowly, wait_asleep

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from qa.context import Context
    from qa.evaluating import Saved, Task
    from qa.evaluation import Scored
    from qa.types import Answer

UNANSWERED, BAD_INPUT, INTERRUPTED = 1, 2, 130
UsageError: type[Exception] = typer.BadParameter.__bases__[0]  # typer names only this child of it

app = typer.Typer(
    name="qa",
    help="Ask a folder of Chinese articles and get the paragraph that answers, with its exact source. Offline.",
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"]},
    epilog=manual.ALL,
)

MAX_MB = 256


def shown(found: Answer, json: bool) -> str:
    """An answer as text for people, or as its JSON object."""
    from qa import formats, render

    return formats.jsonl(found).rstrip("\n") if json else render.answer(found, colour(), width())


def shown_context(found: Context, json: bool) -> str:
    """The source of a citation as text for people, or as its JSON object."""
    if not json:
        from qa import render

        return render.context(found, colour())
    from dataclasses import asdict

    from qa.jsonline import dumps

    return dumps(asdict(found))


@app.command("index", epilog=manual.INDEX)
@with_encoder_options
def index_command(
    paths: Annotated[list[str] | None, typer.Argument(metavar="[PATH]...", help="Files and folders.")] = None,
    index: IndexOption = None,
    model: ModelOption = None,
    segmenter: Annotated[str | None, typer.Option("--segmenter", help="What cuts words: rjieba or jieba.")] = None,
    dictionary: Annotated[
        str | None, typer.Option("--dictionary", metavar="FILE", help="Your words, in jieba's form; none: drop them.")
    ] = None,
    stop_words: Annotated[
        str | None,
        typer.Option("--stop-words", metavar="FILE", help="Words not searched, one a line; none: drop them."),
    ] = None,
    index_kind: Annotated[
        str | None, typer.Option("--index-kind", help="Vectors: flat (exact), ivf (grouped), or auto: by their number.")
    ] = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Build anew, whatever is there.")] = False,
    max_mb: SizeOption = None,
    wait: WaitOption = 0.0,
    json: JsonOption = False,
    quiet: QuietOption = False,
    *,
    options: ModelOptions,
) -> None:
    """Build or update the index of files and folders: afterwards it holds just these, or what it held before.

    Example: qa index articles/ notes.md
    """
    wait_asleep()
    folder = index_folder(index)
    manifest = updated(
        paths or [],
        folder,
        quiet,
        usual=not rebuild
        and (model, segmenter, index_kind, dictionary, stop_words) == (None,) * 5
        and (options.dtype, options.backend) == (None, None),
        model=model,
        options=options,
        segmenter=segmenter,
        dictionary=dictionary,
        stop_words=stop_words,
        index_kind=index_kind,
        rebuild=rebuild,
        max_bytes=max_mb << 20 if max_mb else None,
        wait=wait,
    )
    from qa.pathnames import shown as shown_path

    say = speaker(quiet)
    for skipped in manifest.skipped:
        say(f"skipped {shown_path(skipped.path)}: {skipped.reason}")
    say(f"{manifest.passages:,} passages of {len(manifest.files):,} files are in {folder}")
    if json:
        from dataclasses import asdict

        skips = [asdict(s) for s in manifest.skipped]
        emit_json({"passages": manifest.passages, "files": len(manifest.files), "skipped": skips})


@app.command(epilog=manual.ASK)
@with_model_options
def ask(
    question: Annotated[str, typer.Argument(help="The question, in quotation marks.")],
    index: IndexOption = None,
    model: ModelOption = None,
    top: TopOption = 5,
    where: WhereOption = None,
    explain: Annotated[bool, typer.Option("--explain", help="Show what each citation's score is made of.")] = False,
    wait: WaitOption = 0.0,
    refresh: RefreshOption = True,
    json: JsonOption = False,
    quiet: QuietOption = False,
    *,
    options: ModelOptions,
) -> None:
    """Ask one question; exit code 1 where the documents do not say.

    Example: qa ask "谁当选了工会主席?"
    """
    on_one_core()
    from qa import render
    from qa.library import check_question

    check_question(question, top)
    library = open_library(index, model, options, quiet, wait=wait, refresh=refresh)
    found = library.ask(question, top=top, where=where or (), explain=explain)
    emit(shown(found, json))
    if explain and not json:
        emit("\n" + render.explanation(found, colour()))
    if not found.citations and (unmet := library.unmet(where or ())):
        speaker(quiet)(unmet)
    if not found.answered:
        raise typer.Exit(UNANSWERED)


@app.command(epilog=manual.CHAT)
@with_model_options
def chat(
    index: IndexOption = None,
    model: ModelOption = None,
    top: TopOption = 5,
    json: JsonOption = False,
    quiet: QuietOption = False,
    *,
    options: ModelOptions,
) -> None:
    """Ask in a conversation; follow-up questions keep its thread. /help lists the commands.

    Example: qa chat
    """
    on_one_core()
    from qa import chatting, render, repl
    from qa.chat import Chat, Said

    chatting.check_top(top)
    typed = repl.on_terminal()
    built = (index_folder(index) / "CURRENT").exists()  # else building comes first, with its bars
    follower = chatting.Follower(
        lambda say: open_library(index, model, options, quiet, bars=not (typed and built), say=say), speaker(quiet)
    )
    conversation = Chat(
        ask=follower.ask,
        render=lambda found: shown(found, json),
        cite=lambda found, first: shown(found, True) if json else render.citations(found, first, colour(), width()),
        show=lambda citation: shown_context(follower.library().cited(citation), json),
        explain=lambda found: shown(found, True) if json else render.explanation(found, colour()),
        check=chatting.check_filters,
        may_save=follower.may_save,
        saved=follower.saved,
        top=top,
        patient=typed,
    )
    if not built:
        follower.begin(None)
    try:
        for block in conversation.run(repl.lines(follower.begin)):
            if json and isinstance(block, Said):
                console.emit_aside(block)
            else:
                emit(block if json else block + "\n")
    except chatting.Failed as failed:
        raise failed.cause from None


@app.command(epilog=manual.BATCH)
@with_model_options
def batch(
    questions: Annotated[
        str,
        typer.Argument(metavar="QUESTIONS", help="A .txt, .csv, .tsv or .jsonl file, a BEIR folder, or -."),
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write here (default, or -: standard output).")
    ] = None,
    format: FormatOption = None,
    index: IndexOption = None,
    model: ModelOption = None,
    top: TopOption = 5,
    where: WhereOption = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where an interrupted run stopped.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse a file with a broken row; write nothing.")] = False,
    bom: Annotated[bool, typer.Option("--bom", help="Begin a CSV with the mark that spreadsheets expect.")] = False,
    jobs: Annotated[int | None, typer.Option("--jobs", metavar="N", help="Processes (default: as it pays).")] = None,
    quiet: QuietOption = False,
    *,
    options: ModelOptions,
) -> None:
    """Answer many questions, in order.

    Example: qa batch questions.txt --output answers.jsonl
    """
    on_one_core()
    from qa import mates

    with mates.called(
        jobs or 1, mates.ANSWERING
    ) as lines:  # the others start while this process reads its code and opens the index
        from qa import batching, formats, progress

        output = None if output == Path("-") else output
        form = formats.choose(format, output)
        order = batching.Order(questions, output, form, bom, top, strict, resume, jobs, tuple(where or ()), options)

        def counter(total: int | None, done: int) -> AbstractContextManager[Callable[[], None]]:
            return progress.counter(quiet, "answering", total, done)

        survey = batching.survey(order)
        library = open_library(index, model, options, quiet)
        if unmet := library.unmet(order.where):
            speaker(quiet)(unmet)
        batching.run(order, survey, library, counter, console.write_data, console.say, lines)


@app.command(epilog=manual.SHOW)
def show(
    citation: Annotated[str, typer.Argument(metavar="CITATION", help="PATH:FROM-TO, as answers print it.")],
    index: IndexOption = None,
    json: JsonOption = False,
) -> None:
    """Print the source of a citation in its article, the cited lines marked.

    Example: qa show seeds/000_21d3065e0a1cb431.txt:51-53
    """
    from qa import context, service

    found = context.around(citation, *service.source_of(index_folder(index), citation))
    emit(shown_context(found, json))


@app.command(epilog=manual.ARTICLES)
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


@app.command("eval", epilog=manual.EVAL)
@with_model_options
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
    *,
    options: ModelOptions,
) -> None:
    """Score the answers to questions whose gold is known; exit code 1 where --min or --max is missed.

    Example: qa eval questions.jsonl --min all.recall@5=0.9
    """
    from qa import evaluating, gates

    wanted = gates.parse(least or (), most or ())
    saved = evaluating.Saved.opened(save_run, baseline)
    task = evaluating.task_of(questions, qrels, run, pool)
    evaluating.check(task, wanted, saved)
    scored = evaluating.run_scores(task, speaker(quiet)) or eval_answers(task, saved, index, model, options, quiet)
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


def eval_answers(
    task: Task, saved: Saved, index: Path | None, model: str | None, options: ModelOptions, quiet: bool
) -> list[Scored]:
    """Ask the questions of an evaluation, and score the answers."""
    from qa import beir_eval, evaluating, progress

    if task.beir:
        library = beir_eval.open_library(task.beir, model, options, speaker(quiet))
    else:
        library = open_library(index, model, options, quiet)
    saved.check_beside(library)
    with progress.counter(quiet, "answering", len(task.questions)) as tick:
        return evaluating.answer_scores(task, library, tick, speaker(quiet))


@app.command(epilog=manual.INFO)
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


@app.command(epilog=manual.VERIFY)
def verify(index: IndexOption = None, json: JsonOption = False) -> None:
    """Check every byte of the index, and every passage against its source; exit code 1 for damage.

    Example: qa verify
    """
    from contextlib import suppress

    from qa import inspection, pathnames

    damages, checked = inspection.verify(index_folder(index))
    with suppress(console.ReaderLeft):  # who has read enough is told by the exit code all the same
        if json:
            from dataclasses import asdict

            emit_json({"passages": checked, "damage": [asdict(d) for d in damages]})
        else:
            for damage in damages:
                emit(pathnames.shown(f"{damage.what}: {damage.where}: {damage.remedy}"))
            emit(f"{checked:,} passages checked against their files: {len(damages)} faults")
    if damages:
        raise typer.Exit(1)


def main() -> None:
    """Run the command line; turn a user's mistake into one line and exit code 2."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    sort_narrowly()
    collecting.seldom()
    console.keep_standard_error()
    console.use_utf8()
    code = run(sys.argv[1:] or ["--help"])
    interrupts.end_at_once()
    console.leave(code)


def run(words: list[str]) -> int:
    """Run one command and return its exit code."""
    try:
        interrupts.listen()
        return app(words, prog_name="qa", standalone_mode=False) or 0
    except QAError as error:
        console.say(str(error))
        return BAD_INPUT
    except UsageError as error:
        context = getattr(error, "ctx", None)
        message = getattr(error, "format_message", error.__str__)().rstrip(".")
        console.say(f"{message}: see `{context.command_path if context else 'qa'} --help`")
        return BAD_INPUT
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except (console.ReaderLeft, BrokenPipeError):
        console.hush()
        return 0
    except OSError as error:  # the help, on a full disk
        console.hush()
        console.say(f"{error.filename or 'standard output'}: {error.strerror or error}: mend that and try again")
        return BAD_INPUT


if __name__ == "__main__":
    main()
