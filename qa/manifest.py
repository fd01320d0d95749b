"""What an index says of itself: its maker's settings, its files and their hashes, as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from qa.errors import REBUILD, BrokenIndex

FORMAT = 2


@dataclass(frozen=True, slots=True)
class Settings:
    """What must be equal for two indexes to be comparable; any difference means a rebuild.

    `dictionary` and `stop_words` are the SHA-256 of the user's words, where there are any.
    """

    model: str
    fingerprint: str
    dimension: int
    segmenter: str
    passage_limit: int
    dtype: str = "float32"
    backend: str = "torch"
    dictionary: str | None = None
    stop_words: str | None = None


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One indexed file and its passages `first` to `last - 1`. `modified` is in nanoseconds."""

    path: str
    size: int
    modified: int
    sha256: str
    encoding: str | None
    unit: str
    documents: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file that could not be read, and why; its size and time (0 where unknown) tell when it was mended."""

    path: str
    reason: str
    size: int = 0
    modified: int = 0


@dataclass(frozen=True, slots=True)
class Manifest:
    """`base` is the folder that relative paths start from, as seen from the index folder.

    `checksums` gives the SHA-256 of every other file of the generation.
    """

    settings: Settings
    base: str
    roots: tuple[str, ...]
    passages: int
    files: tuple[FileRecord, ...]
    skipped: tuple[SkippedFile, ...]
    checksums: dict[str, str]


def to_json(manifest: Manifest) -> str:
    """One JSON object; the format version comes first."""
    return json.dumps({"format": FORMAT, **asdict(manifest)}, ensure_ascii=False, indent=1) + "\n"


def from_json(text: str, where: str) -> Manifest:
    """Read what `to_json` wrote; raises BrokenIndex for damage or another format version."""
    try:
        raw: dict[str, Any] = json.loads(text)
        version = raw.pop("format")
    except (ValueError, KeyError, AttributeError) as error:
        raise BrokenIndex(f"{where} is damaged: {REBUILD}") from error
    if version != FORMAT:
        raise BrokenIndex(f"{where} has index format {version!r}, this program writes {FORMAT}: {REBUILD}")
    try:
        return Manifest(
            settings=Settings(**raw.pop("settings")),
            roots=tuple(raw.pop("roots")),
            files=tuple(FileRecord(**f) for f in raw.pop("files")),
            skipped=tuple(SkippedFile(**f) for f in raw.pop("skipped")),
            **raw,
        )
    except (TypeError, KeyError) as error:
        raise BrokenIndex(f"{where} is damaged: {REBUILD}") from error
