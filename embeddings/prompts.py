"""What a model wants in front of questions and of passages: from its own files, else from a table of families."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WEB_SEARCH = "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:"


@dataclass(frozen=True, slots=True)
class Prompts:
    """The text put in front of each question and each passage; empty where the model wants none."""

    query: str = ""
    passage: str = ""


# As the families' own model cards say. The first pattern found in the model's name counts; rows without prompts
# are there to say that the family wants none. Names are lower case, with every separator a hyphen.
FAMILIES = (
    (r"bge-(small|base|large)-zh\b", Prompts("为这个句子生成表示以用于检索相关文章：")),
    (r"bge-(small|base|large)-en\b", Prompts("Represent this sentence for searching relevant passages: ")),
    (r"bge-m3\b", Prompts()),
    (r"\be5-.*instruct\b", Prompts(f"{WEB_SEARCH} ")),
    (r"\be5-(small|base|large)\b", Prompts("query: ", "passage: ")),
    (r"gte-qwen2?.*instruct\b", Prompts(f"{WEB_SEARCH} ")),
    (r"\bgte-", Prompts()),
    (r"\bqwen3-embedding\b", Prompts(WEB_SEARCH)),
)
QUERY_NAMES = ("query",)
PASSAGE_NAMES = ("document", "passage", "corpus")


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in a file; empty where there is none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def own(folder: Path) -> Prompts | None:
    """The prompts in the model's own configuration; None where it has none that say anything."""
    config = read_json(folder / "config_sentence_transformers.json")
    prompts = config.get("prompts")
    if not isinstance(prompts, dict):
        return None
    texts = {name: text for name, text in prompts.items() if isinstance(text, str)}
    default = texts.get(str(config.get("default_prompt_name")), "")
    if not any(texts.values()):
        return None
    query = next((texts[name] for name in QUERY_NAMES if name in texts), default)
    return Prompts(query, next((texts[name] for name in PASSAGE_NAMES if name in texts), default))


def names(folder: Path) -> list[str]:
    """What the model may be called: its folder's name (or the hub's), then what its configuration says."""
    place = folder.resolve()
    hub = place.parents[1].name if place.parent.name == "snapshots" else ""
    said = read_json(folder / "config.json").get("_name_or_path")
    return [re.sub(r"[^a-z0-9.]+", "-", name.lower()) for name in (hub or place.name, said) if isinstance(name, str)]


def of_folder(folder: Path) -> Prompts:
    """The prompts of the model in a folder: its own, else its family's, else none."""
    found = own(folder)
    if found is not None:
        return found
    return next((p for name in names(folder) for pattern, p in FAMILIES if re.search(pattern, name)), Prompts())
