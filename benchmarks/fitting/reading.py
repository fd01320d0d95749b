"""Hand-written questions on news articles, as pages and question files that the program reads.

`reading.jsonl.gz` holds, for each article, the hashes of its passages in the corpora's text.jsonl.gz, where its
paragraphs end, and the questions with the paragraph and characters that answer. It holds no article text.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from embeddings.train.corpora import passage_key as key
from embeddings.train.corpora import read as records

QUESTIONS = Path(__file__).parent / "reading.jsonl.gz"
TAIL = "返回搜狐，查看更多"


def paragraphs(article: dict[str, Any], texts: dict[str, dict[str, Any]]) -> list[str]:
    """The article's text cut where its paragraphs end."""
    whole = "".join(texts[name]["text"] for name in article["passages"]).replace(TAIL, "").strip()
    begins = [0, *article["ends"][:-1]]
    return [" ".join(whole[b:e].split()) for b, e in zip(begins, article["ends"], strict=True)]


def row(question: dict[str, Any], name: str, lines: list[int], texts: list[str]) -> dict[str, Any]:
    """A question in the form that `qa eval` reads."""
    history = [{"question": question["after"], "answer": ""}] if "after" in question else []
    out = {"id": name, "type": question["type"], "question": question["question"], "history": history}
    if "paragraph" in question:
        begin, end = question["span"]
        evidence = texts[question["paragraph"]][begin:end]
        out |= {"file": f"{name[:2]}.md", "lines": [lines[question["paragraph"]]], "answers": [evidence]}
    return out


def write(corpora: Path, target: Path) -> list[Path]:
    """Make a folder for each batch with its page and questions.jsonl; returns the folders."""
    articles = list(records(QUESTIONS))
    wanted = {name for article in articles for name in article["passages"]}
    texts = {k: r for r in records(corpora / "text.jsonl.gz") if (k := key(r["text"])) in wanted}
    batches: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for article in articles:
        batches[article["batch"]].append(article)
    return [write_batch(batch, texts, target / f"{number:02d}") for number, batch in sorted(batches.items())]


def write_batch(batch: list[dict[str, Any]], texts: dict[str, dict[str, Any]], folder: Path) -> Path:
    """One page of articles and its questions."""
    folder.mkdir(parents=True, exist_ok=True)
    page: list[str] = []
    rows: list[dict[str, Any]] = []
    for article in batch:
        page += [f"# {texts[article['passages'][0]]['title'].strip()}", ""]
        own, lines = paragraphs(article, texts), []
        for text in own:
            page.append(text)
            lines.append(len(page))
            page.append("")
        rows += [row(q, f"{folder.name}-{len(rows) + i}", lines, own) for i, q in enumerate(article["questions"])]
    (folder / f"{folder.name}.md").write_text("\n".join(page), encoding="utf-8")
    dump = (json.dumps(r, ensure_ascii=False) + "\n" for r in rows)
    (folder / "questions.jsonl").write_text("".join(dump), encoding="utf-8")
    return folder
