"""Files to passages: what an index knows already is named, the rest is read, what cannot be read says why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from qa.digests import Digests
from qa.errors import UnreadableFile
from qa.manifest import FileRecord, SkippedFile
from qa.passages import Measure, of_source
from qa.readers import files, registry, walk
from qa.readers.stamps import stamp_of
from qa.types import Passage

PATIENCE = 3  # times that a file is read while somebody writes to it

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Reading:
    """One file as it will stand in the index; `old` is its record where nothing changed."""

    record: FileRecord
    passages: Sequence[Passage] | None
    old: FileRecord | None


def skip(item: walk.Found, error: Exception, digests: Digests) -> SkippedFile:
    """The record of a file that cannot be read."""
    digest = ""
    with suppress(OSError):
        digest = digests.of(item)
    return SkippedFile(item.name, str(error).removeprefix(f"{item.name}: "), item.stamp[0], digest)


def read_file(found: walk.Found, digest: str, limit: int, measure: Measure, max_bytes: int) -> Reading:
    """Read one file into passages; raises UnreadableFile."""
    source = registry.read(found.path, found.name, max_bytes=max_bytes)
    passages = list(of_source(source, limit, measure))
    if not passages:
        raise UnreadableFile(f"{found.name}: holds no text")
    size, documents = found.stamp[0], len(source.documents)
    record = FileRecord(found.name, size, digest, source.encoding, source.unit, documents, 0, 0)
    return Reading(record, passages, None)


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

    def __init__(self, files: Iterable[FileRecord]) -> None:
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


def read_all(
    found: Sequence[walk.Found],
    known: Known,
    digests: Digests,
    read: Callable[[walk.Found, str], Reading],
    progress: Progress,
) -> tuple[list[Reading], list[SkippedFile]]:
    """Read what changed; name what cannot be read."""
    readings, skipped = [], []
    for done, item in enumerate(found):
        progress("reading", done, len(found))
        try:
            old = known.find(item.name, digests.of(item))
            if old is None:
                readings.append(at_rest(item, digests, read))
            else:
                readings.append(Reading(replace(old, path=item.name), None, old))
        except UnreadableFile as error:
            skipped.append(skip(item, error, digests))
        except OSError as error:
            skipped.append(skip(item, files.unreadable(item.name, error), digests))
    progress("reading", len(found), len(found))
    return readings, skipped
