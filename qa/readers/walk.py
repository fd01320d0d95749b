"""Paths and folders to the files to read, in one order, each once, reading none of them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.errors import InputError


@dataclass(frozen=True, slots=True)
class Found:
    """A regular file; `name` is the path as the user gave it, with slashes on every system."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """What stands in a folder and is left out, with the reason in a few words."""

    name: str
    reason: str


def find(paths: Sequence[Path], base: Path | None = None) -> tuple[list[Found], list[Skipped]]:
    """Files named directly and files under folders, both lists sorted by name.

    Relative paths are looked up under `base` (the current folder where None); names leave it out.

    Inside a folder, what begins with a dot and an index of this program are left out silently; a
    link is followed only to a file of that folder. A file reached twice keeps its first name. A path given directly that cannot
    be read raises InputError.
    """
    found: dict[str, Found] = {}
    skipped: dict[str, Skipped] = {}
    for path in paths:
        for item in _given(path, base or Path()):
            if isinstance(item, Found):
                found.setdefault(os.path.realpath(item.path), item)
            else:
                skipped.setdefault(item.name, item)
    return sorted(found.values(), key=_by_name), sorted(skipped.values(), key=_by_name)


def _by_name(item: Found | Skipped) -> str:
    return item.name


def _given(given: Path, base: Path) -> Iterator[Found | Skipped]:
    path, shown = base / given, _printable(given.as_posix())
    try:
        mode = path.stat().st_mode
    except FileNotFoundError as error:
        raise InputError(f"{shown}: no such file or folder; check the path") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"{shown}: cannot be opened ({reason}); check the path and its permissions") from error
    if stat.S_ISDIR(mode):
        if not os.access(path, os.R_OK | os.X_OK):
            raise InputError(f"{shown}: no permission to read the folder; change it or leave it out")
        yield from _under(given, base)
        return
    item = _file(given, base, mode)
    if isinstance(item, Skipped):
        raise InputError(f"{shown}: {item.reason}; give a readable file or a folder")
    yield item


def _under(root: Path, base: Path) -> Iterator[Found | Skipped]:
    """Everything below a folder, without recursion: folders may nest deeper than calls may."""
    inside = os.path.realpath(base / root)
    folders, links = [root], list[Path]()
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(base / folder) as entries:
                children = [(folder / entry.name, entry.is_symlink()) for entry in entries if entry.name[0] != "."]
        except OSError as error:
            yield Skipped(_printable(folder.as_posix()), f"folder cannot be listed ({error.strerror})")
            continue
        if _is_index({path.name for path, _ in children}):
            continue
        for path, is_link in children:
            if is_link:
                links.append(path)
                continue
            item = _entry(path, base)
            if isinstance(item, Path):
                folders.append(item)
            else:
                yield item
    # Links come last, so that a file keeps its own name rather than that of a link to it.
    for link in sorted(links):
        yield from _linked(link, base, inside)


def _is_index(names: set[str]) -> bool:
    """Whether a folder with these entries is an index of this program: it holds no document."""
    return "CURRENT" in names and any(name.startswith("generation-") for name in names)


def _entry(path: Path, base: Path) -> Found | Skipped | Path:
    """Tell what a folder's entry is; a folder is given back as its path."""
    try:
        mode = (base / path).lstat().st_mode
    except OSError as error:
        return Skipped(_printable(path.as_posix()), f"cannot be opened ({error.strerror})")
    return path if stat.S_ISDIR(mode) else _file(path, base, mode)


def _linked(link: Path, base: Path, inside: str) -> Iterator[Found | Skipped]:
    name = _printable(link.as_posix())
    try:
        target = (base / link).resolve(strict=True)
        mode = target.stat().st_mode
    except (OSError, RuntimeError):  # RuntimeError: a loop, in Python before 3.13
        yield Skipped(name, "link leads nowhere")
        return
    if not target.is_relative_to(inside):
        yield Skipped(name, "link leads out of the folder")
    elif not stat.S_ISDIR(mode):  # a folder of this tree is walked under its own name
        yield _file(link, base, mode)


def _file(path: Path, base: Path, mode: int) -> Found | Skipped:
    name = path.as_posix()
    shown = _printable(name)
    if not stat.S_ISREG(mode):
        return Skipped(shown, "not a regular file")
    if shown != name:
        return Skipped(shown, "file name is not valid UTF-8")
    if not os.access(base / path, os.R_OK):
        return Skipped(shown, "no permission to read the file")
    return Found(base / path, name)


def _printable(name: str) -> str:
    """Escape the bytes of a name that are no text, so that any terminal and JSON can hold it."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")
