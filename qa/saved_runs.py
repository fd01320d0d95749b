"""A scored run on disk, and the comparison of a later run with it, question by question."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from qa.errors import InputError
from qa.evaluation import CONFIDENCE, Scored, errors, report, rows
from qa.gates import name_of
from qa.judgements import Qrels
from qa.questions import Question
from qa.significance import p_value

VERSION = 1
OTHER = "compare runs over the same questions"


@dataclass(frozen=True, slots=True)
class Change:
    """One measure in two runs; `p` is None where there is no value a question to pair (AUROC)."""

    baseline: float
    value: float
    difference: float
    p: float | None


def identity(questions: Sequence[Question], qrels: Qrels | None) -> str:
    """A hash of what was asked and what counts as right: runs with the same can be compared."""
    judged = sorted((q, sorted(documents.items())) for q, documents in qrels.items()) if qrels is not None else None
    asked = [{k: v for k, v in asdict(question).items() if k != "row"} for question in questions]
    return sha256(json.dumps([asked, judged], ensure_ascii=False).encode()).hexdigest()


def save(path: Path, scored: Sequence[Scored], same: str) -> None:
    """Write the run; the same run gives the same bytes."""
    head = {"version": VERSION, "questions_sha256": same, "measures": report(scored)}
    text = json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}")
    lines = ",\n  ".join(json.dumps(asdict(one), ensure_ascii=False) for one in scored)
    try:
        path.write_text(f'{text},\n "questions": [\n  {lines}\n ]\n}}\n', encoding="utf-8", newline="\n")
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}): choose another file") from error


def load(path: Path) -> tuple[list[Scored], str]:
    """A saved run and the identity of its questions; raises InputError for anything else."""
    remedy = "give a file that `qa eval --save-run` wrote"
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        if raw["version"] != VERSION:
            raise InputError(f"{path}: a run of version {raw['version']}, not {VERSION}: save it again")
        return [_scored(one) for one in raw["questions"]], str(raw["questions_sha256"])
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}): {remedy}") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"{path}: no saved run: {remedy}") from error


def _scored(raw: Mapping[str, Any]) -> Scored:
    sure = raw["confidence"]
    scores = {str(name): float(value) for name, value in raw["scores"].items()}
    if not all(map(math.isfinite, (*scores.values(), sure or 0))):
        raise ValueError("a score that is no number")
    return Scored(str(raw["id"]), str(raw["type"]), scores, None if sure is None else float(sure), raw["answered"])


def refuse_others(path: Path, before: tuple[Sequence[Scored], str], ids: Sequence[str], same: str) -> None:
    """Raise InputError where a saved run answered other questions, or the same ids with other words or gold."""
    theirs = {one.id for one in before[0]}
    for name, missing in (("lacks", sorted(set(ids) - theirs)), ("also has", sorted(theirs - set(ids)))):
        if missing:
            raise InputError(
                f"{path}: a run of other questions ({name} {missing[0]}, {len(missing):,} in all): {OTHER}"
            )
    if before[1] != same:
        raise InputError(f"{path}: the questions or their gold changed since it was saved: {OTHER}")


def compare(before: Sequence[Scored], now: Sequence[Scored]) -> dict[str, Change]:
    """Each measure's change with its p (two-sided, paired by question), named as gates name it."""
    old, new = report(before), report(now)
    pairs = rows(now) | {CONFIDENCE: errors(now)}
    earlier = rows(before) | {CONFIDENCE: errors(before)}
    out = {}
    for kind, row in new.items():
        for measure, value in row.items():
            if measure == "n" or measure not in old.get(kind, {}):
                continue
            was = dict(earlier[kind].get(measure, []))
            deltas = [v - was[id] for id, v in pairs[kind].get(measure, []) if id in was]
            p = None if measure == "auroc" else p_value(deltas)
            base = old[kind][measure]
            out[name_of(kind, measure)] = Change(base, value, value - base, p)
    return out
