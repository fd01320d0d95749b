"""What cuts the words of an index: chosen by options, kept from before, and copied into each generation.

generation-000007/ dictionary.txt, stop-words.txt   the user's files as UTF-8, where there are any
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from qa import wordlists
from qa.errors import BrokenIndex, InputError
from qa.manifest import Manifest, Settings
from qa.readers import encodings, files
from qa.tokens import SEGMENTER, SEGMENTERS, Segmenter

NONE = ("", "none")  # what an option says to drop what the index has
OWN = "jieba"  # takes a dictionary


@dataclass(frozen=True, slots=True)
class Part:
    """One of the user's files: its name in a generation, its option, and what reads it (ValueError for a fault)."""

    file: str
    option: str
    check: Callable[[str], object]


DICTIONARY = Part("dictionary.txt", "--dictionary", wordlists.entries)
STOP_WORDS = Part("stop-words.txt", "--stop-words", wordlists.listed)


@dataclass(frozen=True, slots=True)
class Choice:
    """The options as given; None keeps what the index has."""

    segmenter: str | None = None
    dictionary: str | None = None
    stop_words: str | None = None


def check(choice: Choice) -> None:
    """Raise InputError for a segmenter that there is not."""
    if choice.segmenter not in (None, *SEGMENTERS):
        raise InputError(f"no segmenter {choice.segmenter!r}: use one of {', '.join(SEGMENTERS)}")


def choose(choice: Choice, generation: Path | None, made: Manifest | None) -> Segmenter:
    """What the options ask for, and for the rest what the generation with this manifest has.

    Raises InputError or UnreadableFile for the user's files, BrokenIndex for damaged ones of the generation.
    """

    def text(part: Part, given: str | None, had: str | None) -> str:
        if given is None:
            return kept(generation, part, had)
        return "" if given in NONE else read(Path(given).expanduser(), part)

    had = made.settings if made else Settings("", "", 0, SEGMENTER, 0)
    dictionary = text(DICTIONARY, choice.dictionary, had.dictionary)
    stop_words = text(STOP_WORDS, choice.stop_words, had.stop_words)
    if dictionary and choice.segmenter not in (None, OWN):
        raise InputError(
            f"{choice.segmenter} takes no dictionary: leave --segmenter out, or drop the dictionary with --dictionary none"
        )
    dropped = bool(had.dictionary) and not dictionary  # and with it the cutter that came for its sake
    name = choice.segmenter or (OWN if dictionary else SEGMENTER if dropped else had.segmenter)
    return Segmenter(name, dictionary, stop_words)


def read(path: Path, part: Part) -> str:
    """A user's file, whatever its encoding; raises InputError or UnreadableFile."""
    text = encodings.decode(files.load(path, str(path)), str(path)).text
    try:
        part.check(text)
    except ValueError as error:
        raise InputError(f"{part.option} {path}: {error}") from error
    return text


def fingerprint(text: str) -> str | None:
    """SHA-256 of a text as UTF-8; None where there is none."""
    return hashlib.sha256(text.encode()).hexdigest() if text else None


def write(generation: Path, segmenter: Segmenter) -> None:
    """Copy the user's words into a generation."""
    for part, text in ((DICTIONARY, segmenter.dictionary), (STOP_WORDS, segmenter.stop_words)):
        if text:
            (generation / part.file).write_bytes(text.encode())


def load(generation: Path, settings: Settings) -> Segmenter:
    """What cut the words of a generation; raises BrokenIndex where its files are not those of the settings."""
    dictionary = kept(generation, DICTIONARY, settings.dictionary)
    return Segmenter(settings.segmenter, dictionary, kept(generation, STOP_WORDS, settings.stop_words))


def kept(generation: Path | None, part: Part, expected: str | None) -> str:
    """A generation's copy of a user's file, by its hash in the settings; raises BrokenIndex."""
    if expected is None or generation is None:
        return ""
    path = generation / part.file
    try:
        text = path.read_bytes().decode()
    except (OSError, UnicodeDecodeError):
        text = ""
    if fingerprint(text) != expected:
        raise BrokenIndex(
            f"{path} is missing or damaged: give the file again, "
            f"as in `qa index --rebuild {part.option} FILE`, or `{part.option} none`"
        )
    return text
