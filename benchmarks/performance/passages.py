"""The passages of an index as JSON lines, with their places: what other programs are handed.

python -m benchmarks.performance.passages INDEX FILE
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from qa.service import existing


def main() -> None:
    """Write them in the order of the index."""
    index = existing(Path(sys.argv[1]))
    with Path(sys.argv[2]).open("w", encoding="utf-8") as out:
        for number in range(len(index)):
            passage = index.passages[number]
            row = {"_id": str(number), "title": passage.headline, "text": passage.text}
            where = {"path": passage.path, "lines": passage.lines}
            out.write(json.dumps(row | where, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
