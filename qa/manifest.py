"""What an index says of itself: its maker's settings, its files and their hashes, as JSON.

The files are rows without names, one a line: an unchanged folder of ten thousand must be told in a moment.
Nothing in it depends on when or where it was written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar

from qa.errors import REBUILD, BrokenIndex

FORMAT = 8
ARTICLES = "articles.npy"  # the file of the first passage of each article
MAX_BYTES = 256 << 20  # of one file, unless the user raises it

Record = TypeVar("Record")
RECORDS = ("settings", "dense")


@dataclass(frozen=True, slots=True)
class Settings:
    """What must be equal for two indexes to be comparable; any difference means a rebuild.

    `dictionary` and `stop_words` are the SHA-256 of the user's words, where there are any; `index_kind` is what was
    asked for.
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
    index_kind: str = "auto"


@dataclass(frozen=True, slots=True)
class Dense:
    """How vectors are searched: all of them (`flat`), or of so many `groups` the `probes` nearest (`ivf`).

    `recall` is the part of the ten nearest that this finds, measured on a sample when the index was built. Of each
    vector so many `numbers` are kept, its first ones; all where 0. A search looks at the first `glance` of them before the rest.
    """

    kind: str
    groups: int
    probes: int
    recall: float
    numbers: int = 0
    glance: int = 0


COMPARED = Dense("flat", 0, 0, 1.0)  # every vector with each question


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One indexed file and its passages `first` to `last - 1`."""

    path: str
    size: int
    sha256: str
    encoding: str | None
    unit: str
    documents: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file that could not be read, and why; size and hash (empty where unknown) tell when it was mended.

    One that is among the files as well could not be read in parts.
    """

    path: str
    reason: str
    size: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """`base` is the folder that relative paths start from, as seen from the index folder.

    `max_bytes` is the size of the largest file that is read. `checksums` gives the SHA-256 of every
    other file of the generation.
    """

    settings: Settings
    base: str
    roots: tuple[str, ...]
    passages: int
    files: tuple[FileRecord, ...]
    skipped: tuple[SkippedFile, ...]
    checksums: dict[str, str]
    max_bytes: int = MAX_BYTES
    dense: Dense = COMPARED


TYPES: dict[str, set[type]] = {"str": {str}, "int": {int}, "float": {int, float}, "str | None": {str, type(None)}}


def check(kind: Any, values: Iterable[Sequence[Any]]) -> None:
    """Raise TypeError where a field of these records, given field by field, holds another type than it should.

    Fields of compound types are not looked at.
    """
    for field, column in zip(fields(kind), values, strict=True):
        allowed = TYPES.get(str(field.type))
        if allowed and not allowed.issuperset(map(type, column)):
            raise TypeError(f"field {field.name} holds another type")


def rows(records: Iterable[Any]) -> str:
    """Records as a JSON array of arrays, one a line."""
    lines = [json.dumps([getattr(r, f.name) for f in fields(r)], ensure_ascii=False) for r in records]
    return "[\n" + ",\n".join(lines) + "\n]" if lines else "[]"


def records(kind: Callable[..., Record], raw: Sequence[Sequence[Any]]) -> tuple[Record, ...]:
    """What `rows` wrote; raises TypeError or ValueError."""
    if raw:
        check(kind, zip(*raw, strict=True))
    return tuple([kind(*row) for row in raw])


def to_json(manifest: Manifest) -> str:
    """One JSON object; the format version comes first, the files last."""
    plain = {
        f.name: getattr(manifest, f.name) for f in fields(manifest) if f.name not in ("files", "skipped", *RECORDS)
    }
    nested = {name: asdict(getattr(manifest, name)) for name in RECORDS}
    head = json.dumps({"format": FORMAT, **nested, **plain}, ensure_ascii=False, indent=1)
    body = head.removesuffix("\n}")
    return f'{body},\n "skipped": {rows(manifest.skipped)},\n "files": {rows(manifest.files)}\n}}\n'


def from_json(text: str, where: str) -> Manifest:
    """Read what `to_json` wrote; raises BrokenIndex for damage or another format version."""
    try:
        raw: dict[str, Any] = json.loads(text)
        version = raw.pop("format")
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise BrokenIndex(f"{where} is damaged: {REBUILD}") from error
    if version != FORMAT:
        raise BrokenIndex(f"{where} has index format {version!r:.20}, this program writes {FORMAT}: {REBUILD}")
    try:
        return checked(
            Manifest(
                settings=Settings(**raw.pop("settings")),
                dense=Dense(**raw.pop("dense")),
                roots=tuple(raw.pop("roots")),
                files=records(FileRecord, raw.pop("files")),
                skipped=records(SkippedFile, raw.pop("skipped")),
                **raw,
            )
        )
    except (TypeError, KeyError, ValueError) as error:
        raise BrokenIndex(f"{where} is damaged: {REBUILD}") from error


def checked(manifest: Manifest) -> Manifest:
    """The manifest, if its parts are of their types and name nothing outside the generation; raises TypeError or ValueError."""
    for record in (manifest, manifest.settings, manifest.dense):
        check(type(record), [(getattr(record, f.name),) for f in fields(record)])
    sums = manifest.checksums
    if not isinstance(sums, dict) or not all(isinstance(text, str) for text in (*sums.values(), *manifest.roots)):
        raise TypeError("texts are wanted")
    if any(name in ("", ".", "..") or "/" in name or "\\" in name or "\0" in name for name in sums):
        raise ValueError("a checksum of a file outside the generation")
    if any("\0" in path for path in (manifest.base, *manifest.roots)) or min(manifest.passages, manifest.max_bytes) < 0:
        raise ValueError("no path, or a number below zero")
    return manifest
