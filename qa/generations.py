"""The index folder: generations beside each other and one small file that names the current one.

    .qa/CURRENT            the generation in use and the hash of its manifest, replaced by one rename
    .qa/LOCK, .qa/HOLDER   held by the one writer, and who that is
    .qa/STAMPS             hashes of the documents by name; .qa/CHECKED: which files of the index were hashed
    .qa/LINES              where the lines of large documents end
    .qa/generation-000007/ manifest.json and whatever files it gives a checksum of

A generation is written beside the others under a temporary name, flushed to disk, read back and renamed
whole. Knows files and their hashes, not what is in them.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from qa import disk, locking
from qa import manifest as manifests
from qa.checking import MANIFEST, checksums, damaged, regular
from qa.disk import PARTIAL, sha256
from qa.errors import REBUILD, BrokenIndex
from qa.manifest import Manifest

CURRENT = "CURRENT"
PREFIX = "generation-"


def pointer(folder: Path) -> tuple[Path, str] | None:
    """The generation in use and the hash of its manifest; None where the folder holds no index yet."""
    path = folder / CURRENT
    try:
        name, _, digest = path.read_text(encoding="ascii").strip().partition(" ")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise BrokenIndex(f"{path} cannot be read: {REBUILD}") from error
    number = name.removeprefix(PREFIX)
    if number == name or not (number.isascii() and number.isdigit()):
        raise BrokenIndex(f"{path} names no generation of this index: {REBUILD}")
    return folder / name, digest


def current(folder: Path) -> Path | None:
    """The generation in use, or None where the folder holds no index yet; raises BrokenIndex."""
    found = pointer(folder)
    while found is not None and not found[0].is_dir():
        before, found = found, pointer(folder)
        if found == before:  # no other writer replaced it meanwhile
            raise BrokenIndex(f"{folder / CURRENT} names no generation of this index: {REBUILD}")
    return found[0] if found else None


def missing(folder: Path) -> bool:
    """Whether the folder holds no index at all."""
    return not (folder / CURRENT).exists()


def numbered(folder: Path) -> list[Path]:
    """What stands in the folder under the name of a generation, in use or not."""
    return [path for path in folder.glob(f"{PREFIX}*") if path.name.removeprefix(PREFIX).isdecimal()]


def number(generation: Path) -> int:
    """Of a generation: the newer one has the larger."""
    return int(generation.name.removeprefix(PREFIX))


def named(folder: Path, generation: Path) -> bool:
    """Whether CURRENT names this generation with the hash that its manifest has, or another one by now."""
    try:
        found = pointer(folder)
        return found is not None and (found[0] != generation or found[1] == sha256(generation / MANIFEST))
    except (OSError, BrokenIndex):
        return False


def read_manifest(generation: Path, digest: str | None = None) -> Manifest:
    """The manifest of a generation, of this hash where one is given; raises BrokenIndex."""
    path = generation / MANIFEST
    try:
        if not regular(path):
            raise FileNotFoundError(path)
        data = path.read_bytes()
        text = data.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BrokenIndex(f"{path} cannot be read: {REBUILD}") from error
    manifest = manifests.from_json(text, str(path))
    if digest is not None and hashlib.sha256(data).hexdigest() != digest:
        raise BrokenIndex(f"{path} differs from its checksum: {REBUILD}")
    return manifest


def manifest_of(folder: Path) -> Manifest | None:
    """The manifest of the generation in use, even while another replaces it; None where there is none."""
    while True:
        found = pointer(folder)
        if found is None:
            return None
        try:
            return read_manifest(*found)
        except BrokenIndex:
            if pointer(folder) == found:
                raise


def start(folder: Path) -> tuple[Path, Path]:
    """A fresh folder to write a generation into, and the name it will have. Call with the lock held."""
    folder.mkdir(parents=True, exist_ok=True)
    sweep_partial(folder)
    final = folder / f"{PREFIX}{max(map(number, numbered(folder)), default=0) + 1:06d}"
    beside = final.with_name(final.name + PARTIAL)
    beside.mkdir()
    return beside, final


@contextmanager
def fresh(folder: Path) -> Iterator[tuple[Path, Path]]:
    """As `start`; what was written is removed at once where writing it fails, as a full disk has need of it."""
    beside, final = start(folder)
    try:
        yield beside, final
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise


def commit(folder: Path, beside: Path, final: Path, manifest: Manifest) -> Manifest:
    """Finish a generation, prove it and switch to it; returns the manifest with its checksums.

    Generations before it are removed by `sweep`. Raises OSError, and BrokenIndex for a disk that does
    not give back what was written; the generation in use stays what it was.
    """
    manifest = replace(manifest, checksums=checksums(beside))
    text = manifests.to_json(manifest)
    (beside / MANIFEST).write_text(text, encoding="utf-8")
    for path in [*beside.iterdir(), beside]:
        disk.flush(path)
    digest = prove(beside, manifest, text)
    beside.rename(final)
    disk.flush(folder)
    disk.replace(folder / CURRENT, f"{final.name} {digest}\n")
    return manifest


def prove(generation: Path, manifest: Manifest, text: str) -> str:
    """Read everything again, from the disk where the system can be asked to; returns the manifest's hash."""
    for path in generation.iterdir():
        disk.forget(path)
    if read_manifest(generation) != manifest or (generation / MANIFEST).read_text(encoding="utf-8") != text:
        raise BrokenIndex(f"{generation / MANIFEST} was written and reads otherwise: check the disk")
    for name, what in damaged(generation, manifest.checksums):
        raise BrokenIndex(f"{generation / name} was just written and {what}: check the disk")
    return sha256(generation / MANIFEST)


def sweep_partial(folder: Path) -> None:
    """Remove what a crash left half-written. Call with the lock held."""
    for left in folder.glob(f"*{PARTIAL}"):
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left)
        else:
            left.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove every generation but the current one that no reader holds. Call with the lock held.

    One that is in use is left to the next writer. Where CURRENT or what it names cannot be read nothing is removed:
    another generation may tell what the index was made of.
    """
    with suppress(OSError, BrokenIndex):
        kept = current(folder)
        if kept is None:
            return
        sweep_partial(folder)
        old = [generation for generation in sorted(folder.glob(f"{PREFIX}*")) if generation != kept]
        if old:
            read_manifest(kept)
        for generation in old:
            with suppress(OSError):
                remove(generation)


def remove(generation: Path) -> None:
    """Remove a generation nobody uses, so that at no moment half of one stands under its name."""
    with locking.unused(generation / MANIFEST) as free:
        if free:
            gone = generation.with_name(generation.name + PARTIAL)
            os.replace(generation, gone)  # noqa: PTH105  (Windows refuses where a file of it is open)
            shutil.rmtree(gone, ignore_errors=True)


def tidy(folder: Path) -> None:
    """Remove what a crash left, where there is anything and nobody writes now; for who has nothing to write himself."""
    kept = current(folder)
    left = [*folder.glob(f"*{PARTIAL}"), *folder.glob(locking.HOLDER), *(g for g in numbered(folder) if g != kept)]
    if left:
        with suppress(BrokenIndex), writing(folder):
            pass


@contextmanager
def writing(folder: Path, wait: float = 0.0, say: locking.Say = locking.silent) -> Iterator[None]:
    """Be the one writer, and sweep before and after; raises what `locking.writing` raises."""
    with locking.writing(folder, wait, say):
        sweep(folder)
        yield
        sweep(folder)
