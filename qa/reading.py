"""Files to passages: what an index knows already is named, the rest is read, what cannot be read says why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain

from qa.digests import Digests
from qa.errors import UnreadableFile
from qa.manifest import FileRecord, SkippedFile
from qa.passages import Measure, of_parts, of_source
from qa.readers import files, registry, walk
from qa.readers.stamps import stamp_of
from qa.types import Passage, Unit

PATIENCE = 3  # times that a file is read while somebody writes to it

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Reading:
    """One file as it will stand in the index; `old` is its record where nothing changed.

    `left_out` says what of it cannot be read.
    """

    record: FileRecord
    passages: Iterable[Passage] | None
    old: FileRecord | None
    left_out: str = ""


def skip(item: walk.Found, error: Exception, digests: Digests) -> SkippedFile:
    """The record of a file that cannot be read."""
    digest = ""
    with suppress(OSError):
        digest = digests.of(item)
    return SkippedFile(item.name, str(error).removeprefix(f"{item.name}: "), item.stamp[0], digest)


def read_file(found: walk.Found, digest: str, limit: int, measure: Measure, max_bytes: int) -> Reading:
    """Read one file into passages; raises UnreadableFile."""
    kept: tuple[str | None, Unit, int]
    if long := registry.in_parts(found.path, found.name, max_bytes=max_bytes):
        kept, left_out = ("utf-8", "line", long.documents), str(long.faults)
        passages = of_parts(long.parts(), limit, measure)
    else:
        source = registry.read(found.path, found.name, max_bytes=max_bytes)
        kept, left_out = (source.encoding, source.unit, len(source.documents)), source.left_out
        passages = of_source(source, limit, measure)  # cut as they are taken: a large file has very many
    first = next(passages, None)
    if first is None:
        raise UnreadableFile(f"{found.name}: holds no text")
    record = FileRecord(found.name, found.stamp[0], digest, *kept, 0, 0)
    return Reading(record, chain([first], passages), None, left_out)


def at_rest(found: walk.Found, digests: Digests, read: Callable[[walk.Found, str], Reading]) -> Reading:
    """Read a file whose bytes are those that were hashed: one that changes meanwhile is read again, then refused."""
    path = found.path
    for _ in range(PATIENCE):
        before = replace(found, stamp=stamp_of(path.stat()))
        reading = read(before, digests.of(before))
        if stamp_of(path.stat()) == before.stamp:
            return reading
    raise UnreadableFile(f"{found.name}: changes while it is read; index it when it is at rest")


class Known:
    """The files of an index by name and, for those that moved, by what they hold."""

    def __init__(self, files: Iterable[FileRecord], skipped: Iterable[SkippedFile] = ()) -> None:
        self._left_out = {s.path: s.reason for s in skipped}
        self._named = {f.path: f for f in files}
        self._holding = {self._content(f.path, f.sha256): f for f in self._named.values()}

    @staticmethod
    def _content(path: str, digest: str) -> tuple[str, str]:
        return digest, registry.suffix(path)  # the suffix decides how the same bytes are read

    def find(self, name: str, digest: str) -> FileRecord | None:
        """The record of a file that holds the same and is read the same way, here or under another name."""
        if not self._named:
            return None
        own = self._named.get(name)
        return own if own and own.sha256 == digest else self._holding.get(self._content(name, digest))

    def reading(self, file: FileRecord, name: str) -> Reading:
        """A file that did not change, under its present name, with what was left out of it."""
        return Reading(replace(file, path=name), None, file, self._left_out.get(file.path, ""))


def refused(item: walk.Found, error: Exception, digests: Digests) -> SkippedFile:
    """The record of a file that cannot be read, in the house's own words."""
    return skip(item, error if isinstance(error, UnreadableFile) else files.unreadable(item.name, error), digests)


def told_apart(
    found: Sequence[walk.Found], known: Known, digests: Digests, skipped: list[SkippedFile]
) -> list[tuple[walk.Found, FileRecord | None]]:
    """Each file with its record where nothing changed; those that cannot be looked at are added to `skipped`."""
    out = []
    for item in found:
        try:
            out.append((item, known.find(item.name, digests.of(item))))
        except (UnreadableFile, OSError) as error:
            skipped.append(refused(item, error, digests))
    return out


def readings(
    items: Sequence[tuple[walk.Found, FileRecord | None]],
    known: Known,
    digests: Digests,
    read: Callable[[walk.Found, str], Reading],
    skipped: list[SkippedFile],
    progress: Progress,
) -> Iterator[Reading]:
    """Read what changed, file after file; those of which not all can be read are added to `skipped`."""
    for done, (item, old) in enumerate(items):
        progress("reading", done, len(items))
        try:
            reading = known.reading(old, item.name) if old else at_rest(item, digests, read)
        except (UnreadableFile, OSError) as error:
            skipped.append(refused(item, error, digests))
            continue
        if reading.left_out:
            skipped.append(SkippedFile(item.name, reading.left_out, reading.record.size, reading.record.sha256))
        yield reading
    progress("reading", len(items), len(items))
