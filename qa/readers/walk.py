"""Paths and folders to the files to read, in one order, each once, reading none of them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path

from qa.errors import InputError
from qa.readers.stamps import Stamp, stamp_of

GONE = "no such file or folder any more"


@dataclass(frozen=True, slots=True)
class Found:
    """A regular file; `name` is the path as the user gave it, with slashes on every system.

    `place` is the path to open, `stamp` what the folder said of the file when it was found.
    """

    place: str
    name: str
    stamp: Stamp = field(default=(0, 0, 0, 0), compare=False)

    @property
    def path(self) -> Path:
        """The path to open, made only when it is wanted: that takes longer than to list the file."""
        return Path(self.place)


@dataclass(frozen=True, slots=True)
class Skipped:
    """What stands in a folder and is left out, with the reason in a few words."""

    name: str
    reason: str


Placed = tuple[str, Found | Skipped]  # with the file's real path, by which a file reached twice is known


def find(
    paths: Sequence[Path], base: Path | None = None, *, remembered: bool = False
) -> tuple[list[Found], list[Skipped]]:
    """Files named directly and files under folders, both lists sorted by name.

    Relative paths are looked up under `base` (the current folder where None); names leave it out.

    Inside a folder, what begins with a dot and an index of this program are left out silently; a
    link is followed only to a file of that folder. A file reached twice keeps its first name. A path given directly that cannot
    be read raises InputError; one that is only `remembered` and not there is left out.
    """
    found: dict[str, Found] = {}
    skipped: dict[str, Skipped] = {}
    for path in paths:
        if remembered and not os.path.lexists((base or Path()) / path):
            skipped.setdefault(path.as_posix(), Skipped(_printable(path.as_posix()), GONE))
            continue
        for place, item in _given(path, base or Path()):
            if isinstance(item, Found):
                found.setdefault(place, item)
            else:
                skipped.setdefault(item.name, item)
    by_name = attrgetter("name")
    return sorted(found.values(), key=by_name), sorted(skipped.values(), key=by_name)


def _given(given: Path, base: Path) -> Iterator[Placed]:
    path, shown = base / given, _printable(given.as_posix())
    try:
        status = path.stat()
    except FileNotFoundError as error:
        raise InputError(f"{shown}: no such file or folder; check the path") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"{shown}: cannot be opened ({reason}); check the path and its permissions") from error
    if stat.S_ISDIR(status.st_mode):
        if not os.access(path, os.R_OK | os.X_OK):
            raise InputError(f"{shown}: no permission to read the folder; change it or leave it out")
        yield from _under(given, base)
        return
    item = _file(given.as_posix(), os.fspath(path), status)
    if isinstance(item, Skipped):
        raise InputError(f"{shown}: {item.reason}; give a readable file or a folder")
    yield os.path.realpath(path), item


def _under(root: Path, base: Path) -> Iterator[Placed]:
    """Everything below a folder, without recursion: folders may nest deeper than calls may.

    Texts rather than paths, and one look at each entry: ten thousand files are listed in a moment.
    """
    inside = os.path.realpath(base / root)
    name = root.as_posix()
    folders = [("" if name == "." else f"{name.rstrip('/')}/", os.fspath(base / root), inside.rstrip(os.sep))]
    links: list[tuple[str, str]] = []
    while folders:
        prefix, folder, place = folders.pop()
        try:
            with os.scandir(folder) as entries:
                children = [entry for entry in entries if entry.name[0] != "."]
        except OSError as error:
            yield "", Skipped(_printable(prefix.rstrip("/") or "."), f"folder cannot be listed ({error.strerror})")
            continue
        if _is_index({entry.name for entry in children}):
            continue
        for entry in children:
            if entry.is_symlink():
                links.append((prefix + entry.name, entry.path))
            elif isinstance(item := _entry(prefix + entry.name, entry), str):
                folders.append((item, entry.path, f"{place}{os.sep}{entry.name}"))
            else:
                yield f"{place}{os.sep}{entry.name}", item
    # Links come last, so that a file keeps its own name rather than that of a link to it.
    for name, path in sorted(links):
        yield from _linked(name, path, inside)


def _is_index(names: set[str]) -> bool:
    """Whether a folder with these entries is an index of this program, perhaps its first: it holds no document."""
    written = "CURRENT" in names and any(name.startswith("generation-") for name in names)
    return written or {"LOCK", "HOLDER"} <= names


def _entry(name: str, entry: os.DirEntry[str]) -> Found | Skipped | str:
    """Tell what a folder's entry is; a folder is given back as the beginning of its files' names."""
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError as error:
        return Skipped(_printable(name), f"cannot be opened ({error.strerror})")
    return f"{name}/" if stat.S_ISDIR(status.st_mode) else _file(name, entry.path, status)


def _linked(name: str, path: str, inside: str) -> Iterator[Placed]:
    try:
        target = Path(path).resolve(strict=True)
        status = target.stat()
    except (OSError, RuntimeError):  # RuntimeError: a loop, in Python before 3.13
        yield "", Skipped(_printable(name), "link leads nowhere")
        return
    if not target.is_relative_to(inside):
        yield "", Skipped(_printable(name), "link leads out of the folder")
    elif stat.S_ISDIR(status.st_mode) and Path(os.path.realpath(Path(path).parent)).is_relative_to(target):
        yield "", Skipped(_printable(name), "link leads back to a folder that holds it")
    elif not stat.S_ISDIR(status.st_mode):  # a folder of this tree is walked under its own name
        yield os.fspath(target), _file(name, path, status)


def _file(name: str, path: str, status: os.stat_result) -> Found | Skipped:
    shown = _printable(name)
    if not stat.S_ISREG(status.st_mode):
        return Skipped(shown, "not a regular file")
    if shown != name:
        return Skipped(shown, "file name is not valid UTF-8")
    if not os.access(path, os.R_OK):
        return Skipped(shown, "no permission to read the file")
    return Found(path, name, stamp_of(status))


def _printable(name: str) -> str:
    """Escape the bytes of a name that are no text, so that any terminal and JSON can hold it."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")
