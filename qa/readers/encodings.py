"""Bytes to text, the encoding found by evidence, and not one character lost on the way.

Every candidate reads the same bytes, and the one whose characters Chinese text would most likely
hold is taken, provided that it decodes the whole file strictly. What no candidate can read whole
is refused with the place of the first fault. Encodings other than UTF-8, UTF-16, GB18030 (with
GBK and GB2312) and Big5 (with its Hong Kong characters) are not guessed.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from math import log
from operator import attrgetter

from qa.errors import UnreadableFile
from qa.readers import frequency

SAMPLE = 1 << 20  # bytes weighed; the strict decoding that follows sees all of them
REMEDY = "save it as UTF-8 and try again"

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_WIDE = ("utf-16-le", "utf-16-be")
_LABELS = {"cp950": "big5", "utf-8-sig": "utf-8"}
_NAMES = {"gb18030": "GB18030", "big5": "Big5", "big5hkscs": "Big5-HKSCS"}

_HIGH = re.compile(rb"[\x80-\xff]")
_BEYOND_TWO_BYTES = re.compile("[^\0-\u07ff]")  # the other way round takes ten milliseconds to compile
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b"))

# Costs are -log(probability) of a character in Chinese text, rounded by hand.
_ASCII, _PUNCTUATION, _FULL_WIDTH, _LETTER, _COMMON, _RARE = 4.0, 4.5, 7.0, 8.0, 10.0, 14.0
_CONTROL, _PRIVATE, _UNDECODABLE = 15.0, 20.0, 25.0
# A name such as 朱镕基 costs 10 a character, two sentences 7; nonsense costs 13 and more.
_ENOUGH, _LONG_LIMIT, _SHORT_LIMIT = 100, 10.5, 12.7


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and the name of its encoding."""

    text: str
    encoding: str


@dataclass(frozen=True, slots=True)
class _Reading:
    """How one encoding reads the sample: `total` compares encodings, `mean` judges one alone.

    `mean` is over the `weighed` characters, those beyond ASCII; of them `faults` are undecodable.
    """

    encoding: str
    total: float
    mean: float
    weighed: int
    faults: int


_total, _faults = attrgetter("total"), attrgetter("faults")


def decode(data: bytes, name: str = "the text") -> Decoded:
    """Decode all of `data` or raise UnreadableFile; `name` is what the message calls the file."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _checked(_strict(data, encoding, name), name)
    if b"\0" in data:
        return _without_mark_but_nul(data, name)
    if _controls(data) > 0.3 * len(data):
        raise UnreadableFile(f"{name}: binary, not text (control characters throughout); leave it out")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _best(data, name)
    if text.isascii() or _BEYOND_TWO_BYTES.search(text):
        return Decoded(text, "utf-8")
    # Two-byte sequences only: Latin, Greek or Cyrillic, or a word of GBK that looks like them (目).
    return _best(data, name)


def _controls(data: bytes) -> int:
    """How many bytes are control characters; counted piece by piece, as a copy of the whole may be large."""
    pieces = (data[at : at + SAMPLE] for at in range(0, len(data), SAMPLE))
    return sum(len(piece) - len(piece.translate(None, _CONTROLS)) for piece in pieces)


def _wide(data: bytes, start: int) -> list[_Reading]:
    """Readings as UTF-16 without a mark, which any even number of bytes allows: only convincing ones count."""
    readings = [_weigh(data, encoding, start) for encoding in _WIDE] if len(data) % 2 == 0 else []
    return [reading for reading in readings if reading.mean <= _LONG_LIMIT]


def _big5(data: bytes, start: int) -> _Reading:
    """Read as Windows reads Big5, and with Hong Kong's characters only where that fails."""
    taiwan = _weigh(data, "cp950", start)
    return min(taiwan, _weigh(data, "big5hkscs", start), key=_faults) if taiwan.faults else taiwan


def _without_mark_but_nul(data: bytes, name: str) -> Decoded:
    """UTF-16 writes ASCII with NUL bytes; any other file that holds one is binary."""
    first = data.index(b"\0")
    if readings := _wide(data, 0):
        return _checked(_strict(data, min(readings, key=_total).encoding, name), name)
    raise UnreadableFile(f"{name}: binary, not text (NUL byte at {_place(data, first)}); leave it out")


def _best(data: bytes, name: str) -> Decoded:
    high = _HIGH.search(data)
    start = high.start() if high else 0
    narrow = [_weigh(data, encoding, start) for encoding in ("utf-8", "gb18030")]
    best = min([*narrow, _big5(data, start), *_wide(data, start)], key=_total)
    if best.encoding != "utf-8" and not _plausible(best):
        raise UnreadableFile(
            f"{name}: neither UTF-8 (fault at {_place(data, _fault(data))}) nor plausible Chinese in "
            f"UTF-16, GB18030 or Big5; {REMEDY}, or leave it out if it is not text"
        )
    if best.encoding == "cp950":
        try:
            return _strict(data, "cp950", name)
        except UnreadableFile:
            with suppress(UnicodeDecodeError):  # a Hong Kong character beyond the sample
                return Decoded(data.decode("big5hkscs"), "big5hkscs")
            raise
    return _strict(data, best.encoding, name)


def _strict(data: bytes, encoding: str, name: str) -> Decoded:
    label = _LABELS.get(encoding, encoding)
    try:
        return Decoded(data.decode(encoding), label)
    except UnicodeDecodeError as error:
        # Counted for the message alone: nothing of this lossy text is kept.
        count = data.decode(encoding, "replace").count("\ufffd")
        raise UnreadableFile(
            f"{name}: damaged {_NAMES.get(label, label.upper())} text, {count} undecodable "
            f"{'place' if count == 1 else 'places'}, the first at {_place(data, error.start)}; mend it or {REMEDY}"
        ) from error


def _checked(decoded: Decoded, name: str) -> Decoded:
    """Refuse NUL characters, which UTF-16 can write without a fault."""
    at = decoded.text.find("\0")
    if at >= 0:
        line = decoded.text.count("\n", 0, at) + 1
        raise UnreadableFile(f"{name}: binary, not text (NUL character in line {line}); leave it out")
    return decoded


def _fault(data: bytes) -> int:
    """Byte offset of the first fault as UTF-8; 0 where there is none."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return 0


def _place(data: bytes, offset: int) -> str:
    line = data.count(b"\n", 0, offset) + 1
    return f"byte {offset + 1}, line {line}"


def _weigh(data: bytes, encoding: str, start: int) -> _Reading:
    """Weigh up to SAMPLE bytes from `start`, moved to a whole UTF-16 unit."""
    start -= start % 2 if encoding in _WIDE else 0
    end = min(len(data), start + SAMPLE)
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    counts = Counter(decoder.decode(data[start:end], final=end == len(data)))
    costs = _costs()
    total = weight = 0.0
    weighed = 0
    for char, count in counts.items():
        cost = costs.get(char) or _cost(char)
        total += cost * count
        if char > "\x7f" or cost >= _CONTROL:
            weight += cost * count
            weighed += count
    return _Reading(encoding, total, weight / weighed if weighed else 0.0, weighed, counts["\ufffd"])


def _plausible(reading: _Reading) -> bool:
    return reading.mean <= (_LONG_LIMIT if reading.weighed >= _ENOUGH else _SHORT_LIMIT)


@cache
def _costs() -> dict[str, float]:
    """Costs of the characters that both standards call common, and of punctuation."""
    levels = (("gb2312", range(0xB0, 0xD8), range(0xA1, 0xFF)), ("big5", range(0xA4, 0xC7), range(0x40, 0xFF)))
    costs = {
        char: _COMMON
        for encoding, leads, trails in levels
        for lead in leads
        for trail in trails
        # A gap in the standard's table is no character of a file: nothing to keep.
        for char in bytes((lead, trail)).decode(encoding, "ignore")
        if char >= "\u4e00"
    }
    for table in (frequency.TRADITIONAL, frequency.SIMPLIFIED):  # Zipf's law, fitted to the counts
        costs.update((char, log((rank + 10) / 0.18)) for rank, char in enumerate(table))
    costs.update(dict.fromkeys("，。、；：？！“”‘’（）《》〈〉「」『』【】—…·　", _PUNCTUATION))
    return costs


def _cost(char: str) -> float:
    code = ord(char)
    if code < 0x80:
        return _ASCII if code >= 0x20 or char in "\t\n\r\f" else _CONTROL
    if code < 0xA0 or 0xE000 <= code < 0xF900 or code >= 0xF0000:
        return _CONTROL if code < 0xA0 else _PRIVATE
    if char == "\ufffd":
        return _UNDECODABLE
    if code < 0x800 or 0x2000 <= code < 0x3100:
        return _LETTER
    return _FULL_WIDTH if 0xFF01 <= code < 0xFF5F else _RARE
