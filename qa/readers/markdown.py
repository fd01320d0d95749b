"""Markdown: headings make the articles, everything is cited by line.

The text is that of the file, marks of emphasis and links included; only its line breaks are closed
up. Every line that holds a letter, a digit or a Han character stands in exactly one article.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qa.readers import encodings, files, lines
from qa.readers.closing import close_up
from qa.readers.sections import Block, Headings, articles, head_of
from qa.types import Article, Document, Paragraph, Range, Source

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_LEAVES = {"paragraph_open", "fence", "code_block", "html_block"}
_SPACED = {"fence", "code_block", "html_block"}  # lines that mean something each
_TITLE = re.compile(r"title\s*:\s*[\"']?(.*?)[\"']?\s*$")
_WORD = re.compile(r"\w")
_LONG = 1000  # characters; no heading is longer, and inline marks are not sought beyond


Placed = tuple[Range, Block]  # a block with its lines


def read(path: Path, name: str) -> Source:
    """Read one file; its lines are the units."""
    decoded = encodings.decode(files.load(path, name), name)
    units = lines.split(decoded.text)
    return Source(name, "line", units, decoded.encoding, (Document(name, tuple(_articles(units))),))


def _articles(units: Sequence[str]) -> Iterator[Article]:
    after = _front_matter(units)
    titles = [match[1] for line in units[1:after] if (match := _TITLE.match(line)) and match[1]]
    title = titles[0] if titles else None
    if after:
        paragraph = Paragraph((1, after), " ".join(line.strip() for line in units[:after]))
        yield Article(title, kind="section", paragraphs=(paragraph,))
    placed = _filled(units, after, list(_blocks(units, after)))
    yield from articles(placed, Headings(title), within=(title,) if title else ())


def _front_matter(units: Sequence[str]) -> int:
    """Count the lines of the YAML block that begins the file; 0 where there is none."""
    if units[0].rstrip() != "---":
        return 0
    for number, line in enumerate(units[1:200], 2):
        if line.rstrip() in ("---", "..."):
            return number
    return 0


def _blocks(units: Sequence[str], after: int) -> Iterator[Placed]:
    """Leaf blocks in the order of the file; headings inside quotes and lists are mere paragraphs."""
    parser = _parser()
    tokens = parser.parse("\n".join(units[after:]))
    for index, token in enumerate(tokens):
        if token.map is None:
            continue
        at = (after + token.map[0] + 1, after + token.map[1])
        if token.type == "heading_open":
            content = tokens[index + 1].content
            heading = token.level == 0 and bool(content)
            text = _plain(parser, content) if heading else _joined(units, at)
            yield at, Block(text, int(token.tag[1:]) if heading else 0)
        elif token.type == "table_open":
            yield from _rows(units, at)
        elif token.type in _LEAVES:
            yield at, Block(_joined(units, at, spaced=token.type in _SPACED))


def _rows(units: Sequence[str], at: Range) -> Iterator[Placed]:
    """A table row by row, each under the head, which has the line below it that only parts them."""
    first, last = at
    yield (first, first), Block(units[first - 1].strip())
    head = head_of(units[first - 1])
    for number in range(first + 2, last + 1):
        yield (number, number), Block(units[number - 1].strip(), under=head)


def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # not needed where there is no Markdown

    # Inline marks stay as they are, and looking for them takes most of the time.
    return MarkdownIt("commonmark").enable("table").disable("inline")


def _plain(parser: MarkdownIt, content: str) -> str:
    """Take the marks out of a heading: "**三** [年](u)" -> "三 年"."""
    if len(content) > _LONG:
        return content
    parser.enable("inline")
    (inline,) = parser.parseInline(content)
    parser.disable("inline")
    shown = (child.content if child.content else " " * (child.type == "softbreak") for child in inline.children or ())
    return "".join(shown).strip() or content


def _joined(units: Sequence[str], at: Range, *, spaced: bool = False) -> str:
    rows = units[at[0] - 1 : at[1]]
    return " ".join(row.strip() for row in rows if row.strip()) if spaced else close_up(rows)


def _filled(units: Sequence[str], after: int, blocks: list[Placed]) -> Iterator[Placed]:
    """Add the lines that no block covers, such as link definitions, as paragraphs of their own."""
    done = after
    end = len(units) + 1
    for at, block in [*blocks, ((end, end), Block(""))]:
        for number in range(done + 1, at[0]):
            if _WORD.search(units[number - 1]):
                yield (number, number), Block(units[number - 1].strip())
        if at[0] > done and block.text:
            yield at, block
        done = max(done, at[1])
