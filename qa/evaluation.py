"""Gold questions to scores and a report: is handed what asks, knows no index."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from qa import ranked
from qa.errors import InputError
from qa.judgements import Qrels, Run
from qa.metrics import auroc
from qa.questions import Question
from qa.types import Answer, Citation

Report = dict[str, dict[str, float]]
UNANSWERABLE = "unanswerable"
ALL, CONFIDENCE = "all", "confidence"  # rows of the report that are no type of question
TAKEN = (ALL, CONFIDENCE, "comparison")  # names that no type may have
IN_QUOTE = "answer in quote"
GOLD = "gold"
NO_ANSWER = Answer("", "", "", False, 0.0, "", ())


@dataclass(frozen=True, slots=True)
class Scored:
    """One question's scores by measure; `confidence` and `answered` are None where no answer was given, only a run.

    A question that the documents cannot answer (`type` unanswerable) has no scores.
    """

    id: str
    type: str
    scores: Mapping[str, float]
    confidence: float | None = None
    answered: bool | None = None


def holds_gold(citation: Citation, question: Question, qrels: Qrels | None) -> bool:
    """Whether a citation is what the question's gold names: a document, or lines, or an answer's words."""
    if qrels is not None:
        return citation.document in qrels.get(question.id, ())
    if question.file:
        same = PurePosixPath(citation.path).name == PurePosixPath(question.file).name
        return same and any(citation.lines[0] <= n <= citation.lines[1] for n in question.lines)
    return any(a in citation.text for a in question.answers)


def places(citation: Citation) -> Iterator[Citation]:
    """The citation, then itself at each other place of the same text."""
    yield citation
    for place in citation.also:
        path, _, lines = place.rpartition(":")
        first, _, last = lines.partition("-")
        yield replace(citation, path=path, lines=(int(first), int(last or first)))


def has_gold(question: Question, qrels: Qrels | None) -> bool:
    """Whether there is anything to score a question by."""
    return bool(qrels.get(question.id) if qrels is not None else question.lines or question.answers)


def ranking(answer: Answer, question: Question, qrels: Qrels | None) -> list[str]:
    """The units cited, best first, each once: documents, or the gold passage (`gold`) among others."""
    if qrels is not None:
        units = [citation.document for citation in answer.citations]
    else:
        units = [
            GOLD if any(holds_gold(at, question, None) for at in places(citation)) else str(number)
            for number, citation in enumerate(answer.citations)
        ]
    return list(dict.fromkeys(units))


def in_quote(answer: Answer, question: Question) -> bool:
    """Whether the answer holds one of the question's, or one of its quotations is part of one."""
    quotations = [line for line in answer.answer.split("\n") if line]
    whole = [answer.answer, "".join(quotations)]
    return any(a in text for a in question.answers for text in whole) or any(
        line in a for a in question.answers for line in quotations
    )


def score(questions: Iterable[Question], ask: Callable[[Question], Answer], qrels: Qrels | None = None) -> list[Scored]:
    """Ask and score each question that carries gold or cannot be answered, in order.

    Raises InputError where no question carries gold.
    """
    asked = [(q, ask(q)) for q in questions if q.type == UNANSWERABLE or has_gold(q, qrels)]
    answerable = {str(n): pair for n, pair in enumerate(asked) if pair[0].type != UNANSWERABLE}
    if not answerable:
        raise InputError("no question carries gold lines, answers or relevant documents: nothing to score")
    found = {key: ranking(answer, question, qrels) for key, (question, answer) in answerable.items()}
    gold = {key: qrels[q.id] if qrels is not None else {GOLD: 1} for key, (q, _) in answerable.items()}
    measured = ranked.score(found, gold, ranked.OF_ONE if qrels is None else ranked.OF_MANY)
    out = []
    for number, (question, answer) in enumerate(asked):
        scores = measured.get(str(number), {})
        if scores and question.answers:
            scores[IN_QUOTE] = float(in_quote(answer, question))
        out.append(Scored(question.id, question.type, scores, answer.confidence, answer.answered))
    return out


def score_run(run: Run, qrels: Qrels) -> list[Scored]:
    """Score a run made by anything; a judged question that it lacks counts 0."""
    measured = ranked.score({q: documents for q, documents in run.items() if q in qrels}, qrels, ranked.OF_MANY)
    return [Scored(question, "", scores) for question, scores in measured.items()]


def kinds_of(scored: Scored) -> tuple[str, ...]:
    """The rows of the report that a question counts in."""
    if scored.type == UNANSWERABLE:
        return ()
    return (ALL,) if scored.answered is None else (scored.type or "untyped", ALL)


def rows(scored: Sequence[Scored]) -> dict[str, dict[str, list[tuple[str, float]]]]:
    """Every mean of the report as its questions' ids and values; rows in order of appearance, `all` last."""
    out: dict[str, dict[str, list[tuple[str, float]]]] = {}
    for one in scored:
        for kind in kinds_of(one):
            row = out.setdefault(kind, {})
            for measure, value in one.scores.items():
                row.setdefault(measure, []).append((one.id, value))
            if one.answered is not None and "success@1" not in one.scores:
                row.setdefault(IN_QUOTE, [])
    return dict(sorted(out.items(), key=lambda item: item[0] == ALL))


def errors(scored: Sequence[Scored]) -> dict[str, list[tuple[str, float]]]:
    """The errors at the threshold, question by question: refused though answerable, answered though not."""
    could = [(one.id, float(not one.answered)) for one in scored if one.type != UNANSWERABLE]
    could_not = [(one.id, float(bool(one.answered))) for one in scored if one.type == UNANSWERABLE]
    return {"false refusals": could, "false answers": could_not} if could_not else {}


def report(scored: Sequence[Scored]) -> Report:
    """Measures by type of question, then `all`, then `confidence` where some are unanswerable."""
    counts = {kind: sum(kind in kinds_of(one) for one in scored) for kind in rows(scored)}
    out: Report = {
        kind: {"n": float(counts[kind])} | {measure: mean(values) for measure, values in row.items()}
        for kind, row in rows(scored).items()
    }
    if wrong := errors(scored):
        could = [one.confidence or 0.0 for one in scored if one.type != UNANSWERABLE]
        could_not = [one.confidence or 0.0 for one in scored if one.type == UNANSWERABLE]
        out[CONFIDENCE] = {"auroc": auroc(could, could_not)} | {name: mean(values) for name, values in wrong.items()}
    return out


def mean(values: Sequence[tuple[str, float]]) -> float:
    """Of the questions' values; 0 for none."""
    return sum(value for _, value in values) / len(values) if values else 0.0


def evaluate(questions: Iterable[Question], ask: Callable[[Question], Answer], qrels: Qrels | None = None) -> Report:
    """`score` and `report` in one."""
    return report(score(questions, ask, qrels))


def check(questions: Sequence[Question], name: str) -> None:
    """Raise InputError for an empty file, an id given twice and a type that is a name of the report."""
    if not questions:
        raise InputError(f"{name}: holds no question: give questions with gold lines or answers")
    seen: dict[str, int] = {}
    for question in questions:
        if question.id in seen:
            first = seen[question.id]
            raise InputError(f"{name}:{question.row}: id {question.id} is that of line {first} too: rename one")
        seen[question.id] = question.row
        if question.type in TAKEN:
            raise InputError(f"{name}:{question.row}: type {question.type} is a row of the report: rename it")


def check_gold(questions: Sequence[Question], name: str) -> None:
    """Raise InputError for a question whose own gold is none."""
    for question in questions:
        if question.type != UNANSWERABLE and (fault := fault_of(question)):
            raise InputError(f"{name}:{question.row}: {fault}")


def fault_of(question: Question) -> str:
    """What is wrong with gold that any citation would hold, or none could; empty where nothing is."""
    if not all(answer.strip() for answer in question.answers):
        return "an answer is empty: fill it in or remove it"
    if any(line < 1 for line in question.lines):
        return f"there is no line {min(question.lines)}: lines count from 1"
    if question.lines and not question.file and not question.answers:
        return "lines of no file: name it as file"
    if question.file and question.answers and not question.lines:
        return "answers in a file without its lines: give them, or leave the file out"
    return ""
