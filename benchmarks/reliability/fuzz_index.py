"""Feeds made-up bytes to whatever reads a file of the index folder: each is read or refused in one line.

    python benchmarks/reliability/fuzz_index.py KIND [--seconds 60] [--work FOLDER] [--random]

KIND is one of pointer, manifest, passages, offsets, array, vectors, stamps, holder. No checksum stands in the
way: this is what an index from a stranger may hold. How inputs are chosen: see `fuzz_readers`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent)]
import fuzz_readers as fuzz  # noqa: E402

KINDS = ("pointer", "manifest", "passages", "offsets", "array", "vectors", "stamps", "holder")
NAMES = {
    "pointer": "CURRENT",
    "manifest": "generation-000001/manifest.json",
    "passages": "generation-000001/passages.jsonl",
    "offsets": "generation-000001/passages.offsets.npy",
    "array": "generation-000001/words.keys.npy",
    "vectors": "generation-000001/vectors.faiss",
    "stamps": "STAMPS",
    "holder": "HOLDER",
}


def whole(folder: Path) -> None:
    """A small index, made by hand of three passages."""
    import numpy as np

    from embeddings.index import VectorIndex
    from qa import store
    from qa.bm25 import BM25
    from qa.manifest import FileRecord, Manifest, Settings, SkippedFile
    from qa.types import Passage

    passages = [Passage("页.txt", "页.txt", (n, n), (9 * n, 9 * n + 3), 0, n, 0, f"第{n}段") for n in (1, 2, 3)]
    lexical = {view: BM25.build([np.arange(n, 9, dtype=np.uint64) for n in (1, 2, 3)]) for view in store.VIEWS}
    files = (FileRecord("页.txt", 30, "0" * 64, "utf-8", "line", 1, 0, 3),)
    settings = Settings("default", "static-0", 4, "rjieba", 256)
    skipped = (SkippedFile("坏.pdf", "corrupt", 3, "1" * 64),)
    with store.writing(folder), store.fresh(folder) as (beside, final):
        store.save_parts(beside, passages, VectorIndex.build(np.eye(3, 4, dtype=np.float32)), lexical)
        store.commit(folder, beside, final, Manifest(settings, "..", ("页.txt",), 3, files, skipped, {}))
    (folder / "STAMPS").write_text('{"页.txt": [30, 1, 2, 3, "00"]}\n', encoding="utf-8")
    (folder / "HOLDER").write_text('{"pid": 7, "host": "h", "since": "now"}\n', encoding="utf-8")


def trial(kind: str, folder: Path) -> Callable[[bytes], bool]:
    """A function that puts one input in the place of a file, opens the index and reads all of it."""
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
            opened.dense.vectors().sum()
            opened.lease.release() if opened.lease else None
        except QAError as error:
            assert "\n" not in str(error), f"more than one line: {error}"
            return False
        return True

    return read


def main() -> None:
    """Run the campaign of one file."""
    chosen, work = fuzz.options(__doc__ or "", KINDS)
    folder = work / "index"
    if not folder.exists():
        whole(folder)
    known = [(folder / NAMES[chosen.kind]).read_bytes()]
    fuzz.campaign(lambda: trial(chosen.kind, folder), known, chosen, work, ["qa", "embeddings"])


if __name__ == "__main__":
    main()
