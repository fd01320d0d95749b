"""Records with few words: what a test does not name has a plain value."""

from qa.types import Answer, Citation


def citation(rank=1, **fields):
    """A citation of line 3 of `page.txt`."""
    plain = {
        "rank": rank,
        "score": 1 / rank,
        "document": "page.txt",
        "path": "page.txt",
        "lines": (3, 3),
        "headline": "标题",
        "byline": "",
        "reporters": (),
        "paragraph": 1,
        "text": "正文。",
        "quote": "正文。",
        "quote_lines": (3, 3),
        "verified": True,
    }
    return Citation(**plain | fields)


def answer(*citations, **fields):
    """An answer that is sure."""
    plain = {
        "id": "q",
        "question": "谁?",
        "standalone": "谁?",
        "answered": True,
        "confidence": 0.9,
        "answer": citations[0].quote if citations else "",
        "citations": citations,
    }
    return Answer(**plain | fields)
