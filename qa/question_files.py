"""The bytes of a questions file as text: the encoding found first, then read as a stream.

Memory does not grow with the file: it is passed over once to find the encoding and once more to be read.
"""

from __future__ import annotations

import codecs
import io
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO

from qa.errors import InputError, UnreadableFile
from qa.mixed_rows import odd_row
from qa.readers import encodings

STDIN = "-"
BLOCK = 1 << 16
SAMPLE = 1 << 20  # bytes that the encoding is told by
REMEDY = "save the whole file as UTF-8"
UTF8 = "utf-8-sig"  # with or without a mark in front


@contextmanager
def opened(name: str) -> Iterator[TextIO]:
    """The text of a file or of standard input, lines as they end there; raises InputError.

    On standard input, which cannot be read twice, what is not UTF-8 comes as lone surrogates, to be refused row by row.
    """
    if name == STDIN:
        yield _standard_input()
        return
    encoding = encoding_of(name)
    with Path(name).open(encoding=encoding, newline="") as stream:
        yield stream


def open_bytes(name: str) -> BinaryIO:
    """The file's bytes; raises InputError where there are none to read."""
    try:
        if Path(name).exists() and not Path(name).is_file() and not Path(name).is_dir():
            raise InputError(f"{name}: is no regular file: pipe it in and give - instead")
        return Path(name).open("rb")
    except FileNotFoundError as error:
        raise InputError(f"{name}: no such file: give a .txt, .csv, .tsv or .jsonl file of questions, or -") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{name}: cannot be read ({reason}): give a file of questions, or -") from error


def encoding_of(name: str) -> str:
    """The encoding of the whole file; raises InputError where it has none or more than one, naming the row."""
    with open_bytes(name) as file:
        if _is_utf8(file):
            return UTF8
        sample = _sample(file)
        file.seek(0)
        refuse_mixed(name, file, sample)
        try:
            decoded = encodings.decode(sample, name)
        except UnreadableFile as error:
            raise InputError(str(error)) from error
        if decoded.encoding == "utf-16" or decoded.encoding.startswith("utf-16-"):
            return decoded.encoding
        file.seek(0)
        _check_rows(file, name, decoded.encoding)
        return UTF8 if decoded.encoding == "utf-8" else decoded.encoding


def refuse_mixed(name: str, rows: Iterable[bytes], sample: bytes) -> None:
    """Raise InputError naming the odd row where some are UTF-8 and others are not; UTF-16 has no rows of bytes."""
    if b"\0" in sample or sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return
    if found := odd_row(rows):
        number, own, others = found
        raise InputError(
            f"{name}:{number}: {own} in a file that is {others} elsewhere, so it mixes encodings: {REMEDY}"
        )


def _is_utf8(file: BinaryIO) -> bool:
    """Whether all of it is UTF-8 beyond doubt: valid, without NUL, and ASCII alone or with Chinese in it."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    plain, chinese = True, False
    while block := file.read(BLOCK):
        try:
            text = decoder.decode(block)
        except UnicodeDecodeError:
            return False
        if "\0" in text:
            return False
        if not text.isascii():
            plain, chinese = False, chinese or max(text) >= "\u0800"
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return plain or chinese


def _sample(file: BinaryIO) -> bytes:
    """Whole lines from the first that is not ASCII, as many as the encoding is told by; all of a small file."""
    if file.seek(0, os.SEEK_END) <= SAMPLE:
        file.seek(0)
        return file.read()
    file.seek(0)
    start = 0
    for line in file:
        if not line.isascii() or b"\0" in line:
            break
        start += len(line)
    file.seek(start - start % 2)
    return _whole_lines(file.read(SAMPLE))


def _whole_lines(data: bytes) -> bytes:
    """Up to the last line end, in UTF-16 with both its bytes; all of what has none."""
    end = data.rfind(b"\n") + 1 or len(data)
    return data[: end + end % 2] if b"\0" in data else data[:end]


def _check_rows(file: BinaryIO, name: str, encoding: str) -> None:
    """Raise InputError for a row that is not in the encoding."""
    for number, line in enumerate(file, start=1):
        try:
            line.decode(encoding)
        except UnicodeDecodeError as error:
            raise InputError(f"{name}:{number}: not {encoding.upper()} as the rows before: {REMEDY}") from error


class _Rejoined(io.RawIOBase):
    """A stream whose first bytes were read already."""

    def __init__(self, first: bytes, descriptor: int) -> None:
        self._first, self._descriptor = first, descriptor

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data, self._first = self._first[: len(buffer)], self._first[len(buffer) :]
        data = data or os.read(self._descriptor, len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _standard_input() -> TextIO:
    """Standard input as text; a row is there as soon as it was written."""
    if sys.stdin is None:
        raise InputError("standard input is closed: give a file of questions, or pipe them in")
    descriptor = sys.stdin.fileno()
    first = os.read(descriptor, BLOCK)
    encoding = UTF8
    if not _begins_as_utf8(first):
        whole = _whole_lines(first)
        refuse_mixed("standard input", whole.splitlines(), whole)
        try:
            encoding = encodings.decode(whole, "standard input").encoding
        except UnreadableFile as error:
            raise InputError(str(error)) from error
    raw = io.BufferedReader(_Rejoined(first, descriptor))
    return io.TextIOWrapper(raw, encoding=encoding, errors="surrogateescape", newline="")


def _begins_as_utf8(first: bytes) -> bool:
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in first:
        return False
    for line in first.splitlines()[:-1] or [first]:  # one bad row among good ones is that row's fault alone
        try:
            if any(char >= "\u0800" for char in codecs.getincrementaldecoder("utf-8")().decode(line)):
                return True
        except UnicodeDecodeError:
            return False
    return True
