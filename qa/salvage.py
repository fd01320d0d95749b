"""What an index that cannot be opened still says of itself: the paths and settings it was made with.

Rebuilding needs no more. A manifest of another format or with damage in it is read field by field; where the
generation in use says nothing any more, another one is asked. No checksum is compared: nothing found here is
searched or cited, and a path that is wrong is not there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

from qa import digests, generations
from qa.checking import MANIFEST, regular
from qa.errors import BrokenIndex
from qa.manifest import MAX_BYTES, Manifest, Settings
from qa.tokens import SEGMENTER, SEGMENTERS

LOST = "\ufffd"  # what stands for bytes that were no text


def remembered(folder: Path) -> tuple[Path, Manifest] | None:
    """The generation that still says most, and what it says, without files and passages; `roots` may be empty.

    None where no generation says anything.
    """
    found = [(generation, told) for generation in candidates(folder) if (told := of_manifest(generation / MANIFEST))]
    return next((one for one in found if one[1].roots), found[0] if found else None)


def candidates(folder: Path) -> Iterator[Path]:
    """The generations there are: the one in use first, as far as that can be told, then from the newest on."""
    current = None
    with suppress(BrokenIndex):
        current = generations.current(folder)
    others = sorted(generations.numbered(folder), key=generations.number, reverse=True)
    yield from ([current] if current else [])
    yield from (other for other in others if other != current)


def anything(folder: Path) -> bool:
    """Whether there is or was an index in the folder."""
    return not generations.missing(folder) or bool(generations.numbered(folder))


def of_manifest(path: Path) -> Manifest | None:
    """What a manifest says of paths and settings; None where neither can be read."""
    if not regular(path):
        return None
    try:
        text = path.read_bytes().decode("utf-8", "replace")
    except OSError:
        return None
    settings, base, roots = value(text, "settings"), value(text, "base"), value(text, "roots")
    known = is_path(base) and isinstance(roots, list) and bool(roots) and all(map(is_path, roots))
    if not known and not isinstance(settings, dict):
        return None
    most = value(text, "max_bytes")
    limit = most if type(most) is int and most > 0 else MAX_BYTES
    made = settings_of(settings if isinstance(settings, dict) else {})
    return Manifest(made, base if known else "", tuple(roots) if known else (), 0, (), (), {}, limit)


def value(text: str, name: str) -> Any:
    """The first field of this name in a JSON text that may be damaged; None where it cannot be read."""
    _, found, rest = text.partition(f'"{name}":')
    with suppress(ValueError, RecursionError):
        return json.JSONDecoder().raw_decode(rest.lstrip())[0] if found else None
    return None


def is_path(found: object) -> bool:
    """Whether this can be one, and holds no sign of damage."""
    return isinstance(found, str) and bool(found) and "\0" not in found and LOST not in found


def settings_of(raw: dict[str, Any]) -> Settings:
    """What the user chose; for the rest, and for what is damaged, what is usual. It is equal to no index's."""
    usual = Settings("default", "", 0, SEGMENTER, 0)
    chosen = {f.name: raw[f.name] for f in fields(Settings) if f.type in ("str", "str | None") and f.name in raw}
    texts = {name: text for name, text in chosen.items() if isinstance(text, str) and text and LOST not in text}
    if texts.get("segmenter") not in SEGMENTERS:
        texts.pop("segmenter", None)
    plain = {f.name: getattr(usual, f.name) for f in fields(Settings)}
    return Settings(**(plain | texts | {"fingerprint": ""}))


def forgotten(folder: Path) -> str:
    """The line for an index of which no path can be read any more; it names a document where the hashes do."""
    names: Sequence[str] = sorted(digests.read(folder, MAX_BYTES).known)
    held = f" (one of its documents was {names[0]})" if names else ""
    return (
        f"{folder}: the paths that it was made of cannot be read any more{held}: "
        "name them, as in `qa index --rebuild FOLDER`"
    )
