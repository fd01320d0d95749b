"""Feeds made-up bytes to every reader: each must give a whole source or refuse in one line.

    python benchmarks/reliability/fuzz_readers.py KIND [--seconds 60] [--work FOLDER] [--random]

KIND is one of txt, md, html, pdf, docx, jsonl. With Atheris (`pip install atheris`) new inputs are
chosen by the code they reach; with --random, or without Atheris, known ones are mutated blindly.
An input that breaks a reader, or takes more than 20 seconds, is kept in the work folder and ends the run.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import random
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

LONGEST = 4096  # bytes of an input: faults of readers show in small ones
SECONDS = 20  # of one input: more is a hang
LIMIT = 40  # tokens of a passage, so that small inputs are cut as well
MARKDOWN = "---\ntitle: 题\n---\n# 一 [年](u)\n\n正文,**重**点。\n\n- 列\n\n> 引\n\n| 甲 | 乙 |\n|---|---|\n| 1 | 2 |\n\n```\n码\n```\n"
HTML = (
    "<?xml version='1.0'?><html><head><meta charset=gbk><title>题</title></head><body><nav>首页</nav><h1>标题</h1>"
    "<p>正文第一段,说明一件事情。</p><table><tr><td>甲<td>乙</table><p>第二段<br>换行。</p></body></html>"
)
JSONL = '{"_id": "甲", "title": "题", "text": "正文。"}\n\n{"_id": 2, "text": "第二。", "title": null}\n'
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
XML = (
    f'<w:document xmlns:w="{WORD}"><w:body><w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>题</w:t></w:r>'
    "</w:p><w:p><w:r><w:t>正文。</w:t><w:br/><w:tab/></w:r></w:p></w:body></w:document>"
)


@cache
def parts() -> dict[str, bytes]:
    """The parts of a small Word document by name."""
    from docx import Document

    made = Document()
    made.add_heading("标题", 1)
    made.add_paragraph("正文第一段。")
    out = io.BytesIO()
    made.save(out)
    with zipfile.ZipFile(out) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def docx(xml: bytes | None = None) -> bytes:
    """A Word document, its text replaced by `xml` where given: bytes broken inside a whole archive go further."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in parts().items():
            archive.writestr(name, xml if xml is not None and name == "word/document.xml" else data)
    return out.getvalue()


def examples(kind: str) -> Iterator[bytes]:
    """Whole files of a kind to begin with."""
    if kind == "txt":
        for page in sorted((ROOT / "seeds").iterdir()):
            text = page.read_text(encoding="utf-8")
            yield text[:1200].encode()
            yield text[300:900].encode("gb18030")
            yield text[600:1000].encode("utf-16")
            yield text[:500].encode("big5", "ignore")
    elif kind == "pdf":
        from pdf_maker import Print, make_pdf

        yield make_pdf([[Print("标题", size=20), Print("正文第一行", y=660), Print("第二行。", y=640)]])
    elif kind == "docx":
        yield b"\0" + docx()
        yield b"\1" + XML.encode()
    else:
        text = {"md": MARKDOWN, "html": HTML, "jsonl": JSONL}[kind]
        yield text.encode()
        yield text.encode("gb18030")


def trial(kind: str, folder: Path) -> Callable[[bytes], bool]:
    """A function that reads one input, checks the result and tells whether it was read."""
    from qa.errors import UnreadableFile
    from qa.passages import of_source
    from qa.readers import registry
    from qa.text import flat

    path = folder / f"input.{kind}"

    def measure(texts: object) -> list[int]:
        return [len(t) for t in texts]  # type: ignore[attr-defined]

    def read(data: bytes) -> bool:
        if kind == "docx" and data:
            data = docx(data[1:]) if data[0] % 2 else data[1:]
        path.write_bytes(data)
        try:
            source = registry.read(path, "名.x", max_bytes=1 << 20)
        except UnreadableFile as error:
            assert "\n" not in str(error), f"more than one line: {error}"
            return False
        for unit in source.units:
            unit.encode()
        for passage in of_source(source, LIMIT, measure):
            first, last = passage.lines
            assert 1 <= first <= last <= len(source.units), passage
            whole = flat("".join(source.units[first - 1 : last]))
            assert kind in ("md", "txt", "html", "pdf", "docx") or flat(passage.text) in whole, passage
            assert passage.text.strip(), passage
            f"{passage.document}{passage.text}{passage.context}{passage.byline}".encode()
        return True

    return read


def blind(read: Callable[[bytes], bool], known: list[bytes], seconds: float, work: Path) -> int:
    """Mutate known inputs until the time is over; returns the number of inputs."""
    chance = random.Random(7)
    until, done, accepted = time.monotonic() + seconds, 0, 0
    while time.monotonic() < until:
        data = bytearray(chance.choice(known))
        for _ in range(chance.choice((1, 1, 2, 4, 16))):
            place, size = chance.randrange(len(data) + 1), chance.choice((1, 1, 2, 8, 64))
            put = (b"", chance.randbytes(size), bytes(data[:size]), chance.choice(known)[:size])
            data[place : place + chance.choice((0, size))] = chance.choice(put)
        started = time.monotonic()
        try:
            accepted += read(bytes(data[:LONGEST]))
            assert time.monotonic() - started < SECONDS, "a hang"
        except Exception:
            (work / "broken").write_bytes(data)
            raise
        done += 1
    print(f"{done:,} inputs, {accepted:,} of them read, 0 failures")
    return done


def guided(read: Callable[[bytes], bool], known: list[bytes], seconds: int, work: Path) -> None:
    """Let Atheris choose the inputs; does not return."""
    import atheris

    inputs = work / "inputs"
    inputs.mkdir(exist_ok=True)
    for number, data in enumerate(known):
        (inputs / f"example-{number}").write_bytes(data)
    options = [f"-max_total_time={seconds}", f"-timeout={SECONDS}", f"-max_len={LONGEST}", "-print_final_stats=1"]
    options += ["-rss_limit_mb=3000", f"-artifact_prefix={work}/", "-verbosity=1"]

    def one(data: bytes) -> None:
        read(data)

    atheris.Setup([sys.argv[0], *options, str(inputs)], one)
    atheris.Fuzz()


def options(about: str, kinds: Sequence[str]) -> tuple[argparse.Namespace, Path]:
    """What the command line chose, and the folder to work in."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=kinds)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--random", action="store_true")
    chosen = parser.parse_args()
    work = chosen.work or Path(tempfile.mkdtemp(prefix="qa-fuzz-"))
    work.mkdir(parents=True, exist_ok=True)
    return chosen, work


def campaign(
    make: Callable[[], Callable[[bytes], bool]],
    known: list[bytes],
    chosen: argparse.Namespace,
    work: Path,
    watched: list[str],
) -> None:
    """Run the campaign: guided by the code that inputs reach in the watched packages, or blind."""
    if chosen.random or importlib.util.find_spec("atheris") is None:
        blind(make(), known, chosen.seconds, work)
        return
    import atheris

    with atheris.instrument_imports(include=watched):
        read = make()
        read(known[0])
    guided(read, known, chosen.seconds, work)


def main() -> None:
    """Run one reader's campaign."""
    chosen, work = options(__doc__ or "", ["txt", "md", "html", "pdf", "docx", "jsonl"])
    campaign(lambda: trial(chosen.kind, work), list(examples(chosen.kind)), chosen, work, ["qa", "docx"])


if __name__ == "__main__":
    main()
