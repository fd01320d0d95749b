"""Reads the training corpora (gzipped JSON lines) and sorts their pairs into kinds."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Short word knowledge: precious for paraphrases, harmful at full weight.
WORD_SOURCES = frozenset(
    {
        "dongrixinyu/JioNLP",
        "omwn/omw-data",
        "guotong1988/chinese_dictionary",
        "pwxcoo/chinese-xinhua",
        "zhangyics/Chinese-abbreviation-dataset",
        "zejunwang1/CSTS#idiom",
        "yaleimeng/Final_word_Similarity",
    }
)
# Pairs so alike in wording, or so many, that each counts for less; questions on encyclopedic passages count for more.
WEIGHTS = {
    "SunYanCN/bert-text": 6.0,
    "pluto-junzeng/ChineseSquad": 3.0,
    "google-deepmind/xquad": 3.0,
    "thu-coai/KdConv": 2.0,
    "houjin0803/Chinese-Machine-Reading-Comprehension": 2.0,
    "LawRefBook/Laws": 0.3,
    "kong0107/mojLawSplitJSON": 0.3,
    "CLUEbenchmark/SimCLUE": 0.5,
    "IceFlameWorm/NLP_Datasets": 0.5,
    "carbonz0/alpaca-chinese-dataset": 0.5,
    "NiuTrans/Classical-Modern": 0.3,
    "WenRichard/KBQA-BERT": 0.5,
    "CLUEbenchmark/KgCLUE": 0.5,
}

QUESTIONS = Path(__file__).parent / "questions"


def read(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of a `.jsonl.gz` file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def passage_key(text: str) -> str:
    """The name of a passage in the question files: they hold no passage text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def written(path: Path) -> Iterator[tuple[str, str, str]]:
    """Yield (passage key, kind, question) of a file of hand-written questions: a passage and its three a line."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            key, *texts = line.rstrip("\n").split("\t")
            yield from ((key, kind, q) for kind, q in zip(("vague", "colloquial", "gist"), texts, strict=True))


def own_questions() -> Iterator[tuple[str, str, str]]:
    """As `written`, of the files kept beside this one."""
    for path in sorted(QUESTIONS.glob("*.tsv.gz")):
        yield from written(path)
