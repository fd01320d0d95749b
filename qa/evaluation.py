"""Gold questions to a report: is handed what asks, knows no index."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from qa.errors import InputError
from qa.metrics import MISS, auroc, recall, reciprocal_rank
from qa.questions import Question
from qa.types import Answer, Citation

Qrels = Mapping[str, set[str]]
UNANSWERABLE = "unanswerable"
DEPTH = 10


@dataclass
class Tally:
    """What was seen of one type of question."""

    ranks: list[int] = field(default_factory=list)
    quoted: list[bool] = field(default_factory=list)


def read_qrels(path: Path) -> Qrels:
    """BEIR's `qrels/*.tsv`: query id, document id, relevance; raises InputError."""
    relevant: dict[str, set[str]] = defaultdict(set)
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                row = line.split("\t")
                if not line.strip() or (number == 1 and not row[-1].strip().lstrip("-").isdigit()):
                    continue
                if len(row) != 3:
                    raise InputError(f"{path}:{number}: not three fields (query, document, relevance): mend the line")
                if float(row[2]) > 0:
                    relevant[row[0]].add(row[1])
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read ({error}): give a BEIR folder with qrels/test.tsv") from error
    return relevant


def holds_gold(citation: Citation, question: Question, qrels: Qrels | None) -> bool:
    """Whether a citation is what the question's gold names: a document, or lines, or an answer's words."""
    if qrels is not None:
        return citation.document in qrels.get(question.id, ())
    if question.file:
        same = PurePosixPath(citation.path).name == PurePosixPath(question.file).name
        return same and any(citation.lines[0] <= n <= citation.lines[1] for n in question.lines)
    return any(a in citation.text for a in question.answers)


def has_gold(question: Question, qrels: Qrels | None) -> bool:
    """Whether there is anything to score a question by."""
    return bool(qrels.get(question.id) if qrels is not None else question.lines or question.answers)


def rank_of(answer: Answer, question: Question, qrels: Qrels | None) -> int:
    """The place, from 0, of the first citation that holds the gold; documents count once."""
    seen: list[str] = []
    for citation in answer.citations:
        key = citation.document if qrels is not None else str(citation.rank)
        if key not in seen:
            seen.append(key)
        if holds_gold(citation, question, qrels):
            return seen.index(key)
    return MISS


def evaluate(
    questions: Iterable[Question], ask: Callable[[Question], Answer], qrels: Qrels | None = None
) -> dict[str, dict[str, float]]:
    """Measures by type of question, then `all`, then `confidence` where some are unanswerable.

    Raises InputError where no question carries gold.
    """
    tallies: dict[str, Tally] = defaultdict(Tally)
    answerable, unanswerable = [], []
    for question in questions:
        if question.type == UNANSWERABLE:
            unanswerable.append(ask(question))
            continue
        if not has_gold(question, qrels):
            continue
        answer = ask(question)
        answerable.append(answer)
        rank = rank_of(answer, question, qrels)
        quoted = any(a in answer.answer or (answer.answer and answer.answer in a) for a in question.answers)
        for kind in (question.type or "untyped", "all"):
            tallies[kind].ranks.append(rank)
            tallies[kind].quoted.append(quoted)
    if not answerable:
        raise InputError("no question carries gold lines, answers or relevant documents: nothing to score")
    report = {kind: measures(tally) for kind, tally in sorted(tallies.items(), key=lambda item: item[0] == "all")}
    if unanswerable:
        report["confidence"] = confidence_measures(answerable, unanswerable)
    return report


def measures(tally: Tally) -> dict[str, float]:
    """One row of the report."""
    row = {"n": float(len(tally.ranks))}
    row |= {f"recall@{k}": recall(tally.ranks, k) for k in (1, 5, DEPTH)}
    return row | {"mrr@10": reciprocal_rank(tally.ranks), "answer in quote": sum(tally.quoted) / len(tally.quoted)}


def confidence_measures(answerable: list[Answer], unanswerable: list[Answer]) -> dict[str, float]:
    """How well confidence tells the two apart, and the errors at the threshold."""
    return {
        "auroc": auroc([a.confidence for a in answerable], [a.confidence for a in unanswerable]),
        "false refusals": sum(not a.answered for a in answerable) / len(answerable),
        "false answers": sum(a.answered for a in unanswerable) / len(unanswerable),
    }
