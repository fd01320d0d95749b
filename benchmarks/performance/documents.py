"""Puts what was measured between the marks of a document."""

from __future__ import annotations

from pathlib import Path

BEGIN = "<!-- made by benchmarks/performance -->\n"
END = "<!-- end of what benchmarks/performance made -->\n"


def replaced(text: str, block: str) -> str:
    """The text with the block between its marks; raises ValueError where there is not one of each, in order."""
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise ValueError(f"wants one line {BEGIN.strip()} and, after it, one line {END.strip()}")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}{block.rstrip()}\n{END}{after}"


def write(path: Path, block: str) -> None:
    """Replace it in the file; the message of an error names the file."""
    try:
        new = replaced(path.read_text(encoding="utf-8"), block)
    except ValueError as error:
        raise SystemExit(f"{path}: {error}") from error
    path.write_text(new, encoding="utf-8")
