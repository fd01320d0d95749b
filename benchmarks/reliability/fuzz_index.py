"""Feeds made-up bytes to whatever reads a file of the index folder: each is read or refused in one line.

    python benchmarks/reliability/fuzz_index.py KIND [--seconds 60] [--work FOLDER] [--random]

KIND is one of those below; the last four are of an index with grouped vectors. No checksum stands in the
way: this is what an index from a stranger may hold. How inputs are chosen: see `fuzz_readers`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent)]
import fuzz_readers as fuzz  # noqa: E402

NAMES = {
    "pointer": "CURRENT",
    "manifest": "generation-000001/manifest.json",
    "passages": "generation-000001/passages.zlib",
    "offsets": "generation-000001/passages.offsets.npy",
    "shared": "generation-000001/passages.dictionary.npy",
    "array": "generation-000001/words.table.npy",
    "entries": "generation-000001/words.entries.npy",
    "norms": "generation-000001/words.norms.npy",
    "postings": "generation-000001/words.postings.npy",
    "vectors": "generation-000001/vectors.faiss",
    "stamps": "STAMPS",
    "holder": "HOLDER",
    "centroids": "generation-000001/vectors.centroids.npy",
    "groups": "generation-000001/vectors.starts.npy",
    "order": "generation-000001/vectors.order.npy",
    "codes": "generation-000001/vectors.codes.npy",
}
KINDS = tuple(NAMES)
GROUPED = tuple(kind for kind, name in NAMES.items() if Path(name).match("vectors.*.npy"))


class Nothing:
    """An encoder of which only the size of its vectors is asked: those of the passages are given."""

    dimension = 4

    def queries(self, texts: Sequence[str]) -> Any:
        """The same vector for every text."""
        import numpy as np

        return np.tile(np.eye(1, self.dimension, dtype=np.float32), (len(texts), 1))


def whole(folder: Path, kind: str) -> None:
    """A small index, made by hand of three passages."""
    import numpy as np

    from qa import assembling, building, store
    from qa.manifest import FileRecord, Manifest, Settings, SkippedFile
    from qa.tokens import PLAIN
    from qa.types import Passage

    passages = [Passage("页.txt", "页.txt", (n, n), (9 * n, 9 * n + 3), 0, n, 0, f"第{n}段") for n in (1, 2, 3)]
    vectors = np.eye(3, 4, dtype=np.float32)
    files = (FileRecord("页.txt", 30, "0" * 64, "utf-8", "line", 1, 0, 3),)
    settings = Settings("default", "static-0", 4, "rjieba", 256)
    skipped = (SkippedFile("坏.pdf", "corrupt", 3, "1" * 64),)
    with store.writing(folder), store.fresh(folder) as (beside, final):
        with building.scratch(folder) as scratch:
            items = zip(passages, vectors, strict=True)
            _, dense = assembling.write(beside, scratch, items, Nothing(), PLAIN, kind)
        store.commit(folder, beside, final, Manifest(settings, "..", ("页.txt",), 3, files, skipped, {}, dense=dense))
    (folder / "STAMPS").write_text('{"页.txt": [30, 1, 2, 3, "00"]}\n', encoding="utf-8")
    (folder / "HOLDER").write_text('{"pid": 7, "host": "h", "since": "now"}\n', encoding="utf-8")


def trial(kind: str, folder: Path) -> Callable[[bytes], bool]:
    """A function that puts one input in the place of a file, opens the index and reads all of it."""
    import numpy as np

    from qa import digests, generations, locking, store
    from qa.errors import QAError

    path = folder / NAMES[kind]

    def read(data: bytes) -> bool:
        path.write_bytes(data)
        if kind == "holder":
            assert "\n" not in locking.holder(folder)
            return True
        if kind == "stamps":
            digests.read(folder, 1000)
            return True
        try:
            if kind == "manifest":
                manifest = generations.read_manifest(path.parent)
                generations.manifests.to_json(manifest)
                return True
            opened = store.load(folder, trusting=True)
            if opened is None:
                return False
            for number in range(min(5, len(opened))):
                opened.passages[number]
            opened.dense.take(np.arange(len(opened)))
            opened.dense.search(np.eye(1, opened.dense.dimension, dtype=np.float32)[0], 2)
            for view in opened.lexical.values():
                view.scores(view.entries.every().keys[:5])
            opened.lease.release() if opened.lease else None
        except QAError as error:
            assert "\n" not in str(error), f"more than one line: {error}"
            return False
        return True

    return read


def main() -> None:
    """Run the campaign of one file."""
    chosen, work = fuzz.options(__doc__ or "", KINDS)
    grouped = chosen.kind in GROUPED
    folder = work / ("grouped" if grouped else "index")
    if not folder.exists():
        whole(folder, "ivf" if grouped else "flat")
    known = [(folder / NAMES[chosen.kind]).read_bytes()]
    fuzz.campaign(lambda: trial(chosen.kind, folder), known, chosen, work, ["qa", "embeddings"])


if __name__ == "__main__":
    main()
