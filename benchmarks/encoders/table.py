"""One table of encoders on the development questions: dense retrieval alone, and the program's whole ranking.

    PYTHONPATH=.:benchmarks python -m encoders.table --shared FOLDER --work FOLDER shipped=embeddings/model NAME=RUN.npy

Each model is NAME=FOLDER (a static model) or NAME=FILE.npy (vectors of a training run, measured as they would be
exported); both need the shipped tokenizer. What was measured stays in the work
folder under the row's name and the vectors' hash and is not measured again. The table goes to standard output, or
between the marks in the page given with --write.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

from encoders import render
from encoders.bench import Bench
from encoders.measures import Row

from embeddings.train import export

LEXICAL = "BM25, words and pairs"
CITED = Path(__file__).parent / "cited.json"
SHIPPED = Path("embeddings/model")


class Table:
    """Rows measured or remembered."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.args = args
        args.work.mkdir(parents=True, exist_ok=True)
        self.store = args.work / "rows.jsonl"
        lines = self.store.read_text(encoding="utf-8").splitlines() if self.store.exists() else []
        self.known: dict[str, Row] = {row["of"]: row for row in map(json.loads, lines)}

    @cached_property
    def bench(self) -> Bench:
        """The sets, read only where something is to be measured."""
        return Bench(self.args.shared, self.args.work, SHIPPED / "tokenizer.json", self.args.news_pool, self.args.pool)

    def remembered(self, of: str, name: str, measure: Callable[[], Row]) -> Row:
        """A row of the store, measured first where it is not there."""
        if of not in self.known:
            print(f"measuring {name}", file=sys.stderr)
            self.known[of] = {"of": of} | measure()
            with self.store.open("a", encoding="utf-8") as out:
                out.write(json.dumps(self.known[of]) + "\n")
        return self.known[of]

    def lexical(self) -> Row:
        """BM25's row."""
        sizes = f"{self.args.news_pool}-{self.args.pool}"
        return {"name": LEXICAL} | self.remembered(f"bm25-{sizes}", LEXICAL, lambda: self.bench.lexical_row())

    def model(self, name: str, source: Path) -> Row:
        """A model's row: alone, and in the program."""
        with tempfile.TemporaryDirectory() as temporary:
            folder = exported(source, Path(temporary))
            weights = (folder / "model.safetensors").read_bytes() + (folder / "tokenizer.json").read_bytes()
            of = f"{hashlib.sha256(weights).hexdigest()[:12]}-{self.args.news_pool}-{self.args.pool}"
            row = self.remembered(of, name, lambda: self.bench.dense_row(export.read(folder)))
            if name not in self.args.alone:
                row = row | self.remembered(f"{of}-whole", f"{name}, whole", lambda: self.bench.whole_row(folder))
        return {"name": name} | {k: v for k, v in row.items() if k != "of"}


def exported(source: Path, folder: Path) -> Path:
    """The model folder of a source: itself, or vectors as the pipeline exports them."""
    if source.is_dir():
        return source
    (folder / "tokenizer.json").write_bytes((SHIPPED / "tokenizer.json").read_bytes())
    (folder / "vectors.npy").symlink_to(source.resolve())
    export.run(folder, {"vectors": 1}, folder / "model")
    return folder / "model"


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="encoders.table", description=__doc__)
    parser.add_argument("models", nargs="*", metavar="NAME=PATH")
    parser.add_argument("--shared", type=Path, required=True, help="folder with corpora/ and eval/")
    parser.add_argument("--work", type=Path, required=True, help="folder for indexes, tokens and measured rows")
    parser.add_argument("--news-pool", type=int, default=20_000, help="other passages with the news questions")
    parser.add_argument("--pool", type=int, default=100_000, help="other passages with CMRC trial and DRCD dev")
    parser.add_argument("--alone", action="append", default=[], metavar="NAME", help="do not ask the whole program")
    parser.add_argument("--no-lexical", action="store_true", help="leave out BM25's row")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="Markdown page whose marked table is replaced")
    args = parser.parse_args(given)
    if broken := [m for m in args.models if "=" not in m or not Path(m.partition("=")[2]).exists()]:
        parser.error(f"{broken[0]!r} is no NAME=PATH of a model folder or .npy file that is there")
    return args


def main() -> None:
    """Measure what is not measured yet, print or write the table."""
    args = arguments()
    rows = Table(args)
    found = [] if args.no_lexical else [rows.lexical()]
    found += json.loads(CITED.read_text(encoding="utf-8"))
    found += [rows.model(name, Path(path)) for name, _, path in (m.partition("=") for m in args.models)]
    text = render.table(found)
    if args.write:
        render.write(args.write, text)
    else:
        print(text, end="")


if __name__ == "__main__":
    main()
