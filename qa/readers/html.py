"""HTML: the main content without menus and notices, headings as articles, cited by paragraph.

Trafilatura finds the main content; all that stands between the first and the last block that it
keeps is taken, for it drops headings, tables and repeated sentences. Where it keeps too little, as
of a page of a few Chinese words, the body without its menus is taken instead: some boilerplate
does less harm than a lost article.
"""

from __future__ import annotations

import codecs
import logging
import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.errors import UnreadableFile
from qa.readers import encodings, files
from qa.readers.closing import tidy
from qa.readers.sections import Block, head_of, row_of, source
from qa.types import Source

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_DECLARED = re.compile(rb"""<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_FAMILIES = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "cp950"}  # declared -> what browsers read
_XML = re.compile(r"\s*<\?xml[^>]*\?>")
_LEAST = 60  # characters; of less, Trafilatura gives one paragraph without headings
_SHARE = 0.5  # of the body's running text
_REACH = 3  # blocks from a headline to the text: date, byline, source

_NEVER = {"script", "style", "noscript", "template", "svg", "math", "select", "textarea", "button", "iframe", "object"}
_MENUS = {"nav", "aside", "footer", "form", "dialog", "menu"}
_ROLES = {"navigation", "banner", "contentinfo", "complementary", "search", "dialog", "alertdialog", "menu"}
_NAMED = re.compile(
    r"(?:^|[\s_-])(?:cookies?|consent|nav|navbar|menu|breadcrumbs?|sidebar|foot|footer|copyright)", re.I
)
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6", "head"}
_INLINE = frozenset(
    ("a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "hi", "i", "ins", "kbd")
    + ("mark", "q", "ref", "ruby", "rb", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt")
    + ("u", "var", "wbr")
)
_TABLES, _ROWS, _CELLS = {"table"}, {"tr", "row"}, {"td", "th", "cell"}  # as HTML and Trafilatura name them
_RUNNING = re.compile("[，。！？；,.!?;]")


def read(path: Path, name: str) -> Source:
    """Read one page; its paragraphs and headings are the units."""
    text, encoding = _decode(files.load(path, name), name)
    tree = _parse(text, name)
    body = None if tree is None else tree.find("body")
    if tree is None or body is None:
        raise UnreadableFile(f"{name}: holds no text; leave it out")
    title = tidy(tree.findtext(".//title") or "")
    whole = list(_blocks(body, menus=False))
    main = _between(whole, _main(deepcopy(tree)))
    if sum(len(block.text) for block in main) < _LEAST or _running(main) < _SHARE * _running(whole):
        main = whole or list(_blocks(body, menus=True))
    if not main:
        raise UnreadableFile(f"{name}: holds no text; leave it out")
    return source(name, main, encoding=encoding, title=title or None)


def _decode(data: bytes, name: str) -> tuple[str, str]:
    """Trust UTF-8 that proves itself, then the page's own word, then the evidence."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        declared = _DECLARED.search(data[:4096])
        if declared and not data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            label = declared[1].decode("ascii", "backslashreplace").lower()
            try:
                return data.decode(_FAMILIES.get(label, label)), _FAMILIES.get(label, label)
            except (LookupError, UnicodeError):
                pass  # a false word: the evidence decides
    decoded = encodings.decode(data, name)
    return decoded.text, decoded.encoding


def _parse(text: str, name: str) -> HtmlElement | None:
    from lxml import etree, html  # not needed where there is no HTML

    try:
        # As bytes: lxml refuses a str that declares an encoding of its own.
        parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
        tree = html.document_fromstring(_XML.sub("", text).encode("utf-8"), parser=parser)
    except etree.ParserError:  # an empty document
        return None
    if any("Excessive depth" in entry.message for entry in parser.error_log):  # the rest would be lost
        raise UnreadableFile(f"{name}: elements nest too deeply; save the page as text")
    return tree


def _main(tree: HtmlElement) -> list[Block]:
    """Find the main content of a tree, which is used up; empty where Trafilatura finds none."""
    import trafilatura
    from trafilatura.settings import use_config

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # its log is no message for users
    config = use_config()
    # Its 250 characters were measured on European pages; Chinese says the same in a quarter.
    config.set("DEFAULT", "MIN_EXTRACTED_SIZE", str(_LEAST))
    config.set("DEFAULT", "MIN_OUTPUT_SIZE", "1")
    found: Any = trafilatura.bare_extraction(tree, fast=True, favor_recall=True, include_comments=False, config=config)
    return [] if found is None or found.body is None else list(_blocks(found.body, menus=True))


def _between(whole: list[Block], main: list[Block]) -> list[Block]:
    """Take the blocks from the first to the last that is in `main`, and a heading just before them."""
    kept = {"".join(block.text.split()) for block in main}
    places = [place for place, block in enumerate(whole) if "".join(block.text.split()) in kept]
    if not places:
        return []
    before = (place for place in range(max(0, places[0] - _REACH), places[0]) if whole[place].level)
    return whole[min(before, default=places[0]) : places[-1] + 1]


def _running(blocks: list[Block]) -> int:
    """Count the characters of running text; lists of links have no punctuation."""
    return sum(len(block.text) for block in blocks if _RUNNING.search(block.text))


def _dropped(element: Any, menus: bool) -> bool:
    if not isinstance(element.tag, str) or element.tag in _NEVER:
        return True
    if menus or element.tag in ("html", "body"):
        return False
    named = f"{element.get('class', '')} {element.get('id', '')}"
    return element.tag in _MENUS or element.get("role") in _ROLES or _NAMED.search(named) is not None


def _row(element: Any, menus: bool) -> str:
    """The row of a table as one text; empty where it only places text on the page."""
    cells = [child for child in element if child.tag in _CELLS]
    whole = [node for cell in cells for node in cell.iter()]
    if any(node.tag in _TABLES or _dropped(node, menus) for node in whole):
        return ""
    return row_of([tidy(" ".join(cell.itertext())) for cell in cells])


def _head(element: Any, row: str, heads: dict[Any, str]) -> str:
    """The head of the table that a row stands in, nothing for the head itself; `heads` remembers them by table."""
    table = next(element.iterancestors(*_TABLES), None)
    found = heads.get(table, "")
    heads.setdefault(table, head_of(row))
    return found


def _level(tag: str) -> int:
    """The level of a heading, 0 for anything else; Trafilatura's headings tell none."""
    return (int(tag[1]) if tag[1:].isdigit() else 2) if tag in _HEADINGS else 0


def _blocks(root: Any, *, menus: bool) -> Iterator[Block]:
    """Walk a tree in reading order; `menus` keeps menus and notices too.

    Not recursive: pages may nest deeper than calls may.
    """
    pieces: list[str] = []
    level = 0  # of the heading that this is in
    heads: dict[Any, str] = {}

    def flush() -> Iterator[Block]:
        text = tidy("".join(pieces))
        pieces.clear()
        if text:
            yield Block(text, level)

    stack: list[tuple[Any, bool]] = [(root, False)]
    while stack:
        element, closing = stack.pop()
        block = element.tag not in _INLINE
        if closing:
            if block:
                yield from flush()
                level = 0 if element.tag in _HEADINGS else level
            if element is not root:
                pieces.append(element.tail or "")
            continue
        dropped = _dropped(element, menus)
        if block and not dropped:
            yield from flush()
            level = level or _level(element.tag)
        if dropped:
            pieces.append(element.tail or "" if element is not root else "")
            continue
        if element.tag in _ROWS and (row := _row(element, menus)):
            yield Block(row, under=_head(element, row, heads))
            pieces.append(element.tail or "")
            continue
        pieces.append(element.text or "")
        stack.append((element, True))
        stack.extend((child, False) for child in reversed(element))
