"""Damages an index in every way: what opens must answer as before, everything else must refuse in one line.

    python benchmarks/reliability/flips.py [--times 2400] [--seed 1] [--forged] [--work FOLDER]

Each file of the index folder, CURRENT and the manifest included, is cut into ranges, so many in all that
there are `--times` trials: every byte lies in a range of its own that is altered, and in between files are
truncated, lengthened, removed, or exchanged for each other. After each, `ask` (as the index is) must give the
answer of the whole index or refuse, and `verify` must find it. With --forged the checksums are made right
again, as a stranger would: then any answer will do, but no traceback, crash or hang.
"""

from __future__ import annotations

import json
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from random import Random

sys.path[:0] = [str(Path(__file__).parent)]
import bench  # noqa: E402

from qa import generations, manifest  # noqa: E402
from qa.disk import sha256  # noqa: E402

HARMLESS = {"STAMPS", "LINES", "LOCK"}  # kept beside the index; what they say is never taken for an answer
SECONDS = 60  # of one trial: more is a hang
BATCH = 50  # trials of one child


@dataclass(frozen=True)
class Damage:
    """One file and the bytes that it gets; None where it is removed."""

    path: Path
    how: str
    data: bytes | None


def altered(data: bytes, begin: int, end: int, chance: Random) -> bytes:
    """The bytes with at least one of the range changed: one bit, every byte, or a plausible number."""
    piece = bytearray(data[begin:end])
    if (way := chance.randrange(4)) == 0:
        piece[chance.randrange(len(piece))] ^= 1 << chance.randrange(8)
    elif way == 1:
        piece = bytearray(b ^ chance.randrange(1, 256) for b in piece)
    elif way == 2:
        piece = bytearray(b"\0" * len(piece)) if any(piece) else bytearray(b"\xff" * len(piece))
    else:
        place = chance.randrange(len(piece))
        piece[place] = chance.choice(b'0123456789abc"{}[],:/.\\\x80\x7f') if chance.random() < 0.9 else 255
        if bytes(piece) == data[begin:end]:
            piece[place] ^= 1
    return data[:begin] + bytes(piece) + data[end:]


def damages(files: dict[Path, bytes], times: int, chance: Random) -> Iterator[Damage]:
    """Every range of every file altered, its header more often; in one of ten a file lost, cut, lengthened, exchanged."""
    total = sum(map(len, files.values()))
    step = max(1, total // max(1, times * 7 // 10))
    for path, data in files.items():
        for begin in range(0, len(data), step):
            yield Damage(path, "altered", altered(data, begin, min(len(data), begin + step), chance))
    for _ in range(times // 5):  # headers decide how the rest is read, and are short
        path, data = chance.choice([(path, data) for path, data in files.items() if data])
        begin = chance.randrange(min(128, len(data)))
        end = min(len(data), begin + chance.randrange(1, 9))
        yield Damage(path, "header altered", altered(data, begin, end, chance))
    for _ in range(times // 10):
        path, data = chance.choice(list(files.items()))
        how = chance.choice(["truncated", "truncated", "lengthened", "removed", "exchanged"])
        other = chance.choice(list(files.values()))
        made: dict[str, bytes | None] = {
            "truncated": data[: chance.randrange(len(data))] if data else b"x",
            "lengthened": data + chance.randbytes(chance.randrange(1, 100)),
            "removed": None,
            "exchanged": other if other != data else data + b"\n",
        }
        yield Damage(path, how, made[how])


def forge(folder: Path) -> None:
    """Give the damaged index the checksums of what it holds, where its manifest can still be read."""
    try:
        generation = folder / (folder / "CURRENT").read_text("ascii").split()[0]
        path = generation / "manifest.json"
        raw = json.loads(path.read_text(encoding="utf-8"))
        sums = {name: sha256(generation / name) for name in raw["checksums"]}
        try:
            said = replace(manifest.from_json(json.dumps(raw), ""), checksums=sums)
            path.write_text(manifest.to_json(said), encoding="utf-8")
        except bench.QAError:
            path.write_text(json.dumps(raw | {"checksums": sums}), encoding="utf-8")
        (folder / "CURRENT").write_text(f"{generation.name} {sha256(path)}\n")
    except (OSError, ValueError, LookupError, TypeError):
        pass


def asked(folder: Path) -> str | None:
    """The answer, or None where it is refused in one line."""
    try:
        return bench.answer(folder)
    except bench.QAError as error:
        assert "\n" not in str(error), error
        return None


def found(folder: Path) -> bool:
    """Whether `verify` finds any damage."""
    try:
        return bool(bench.inspection.verify(folder)[0])
    except bench.QAError as error:
        assert "\n" not in str(error), error
        return True


def trial(folder: Path, damage: Damage, before: str, *, forged: bool) -> str:
    """Damage one file, ask, verify, and put it back; what came of it."""
    whole = damage.path.read_bytes()
    pointer, listed = folder / "CURRENT", generations.current(folder)
    assert listed is not None
    kept = {p: p.read_bytes() for p in (pointer, listed / "manifest.json")}
    damage.path.unlink() if damage.data is None else damage.path.write_bytes(damage.data)
    try:
        if forged:
            forge(folder)
        said = asked(folder)
        seen = found(folder)
        if not forged and damage.path.name not in HARMLESS:
            assert said is None or said == before, "a wrong answer"
            assert seen, "verify does not see it"
        elif not forged:
            assert said == before, "what is harmless does harm"
        return "refused" if said is None else "answered as before" if said == before else "another answer"
    finally:
        for path, data in (kept | {damage.path: whole}).items():
            path.write_bytes(data)


def batch(folder: Path, some: list[Damage], before: str, out: Path, *, forged: bool) -> None:
    """Some trials in this process; the one at work is written down before it begins."""
    results: Counter[str] = Counter()
    for damage in some:
        out.with_suffix(".now").write_text(f"{damage.path.name} {damage.how}")
        if damage.data is not None:
            out.with_suffix(".data").write_bytes(damage.data)
        signal.alarm(SECONDS)
        results[trial(folder, damage, before, forged=forged)] += 1
        signal.alarm(0)
    out.write_text(json.dumps(results))


def main() -> None:
    """Run the campaign."""
    parser = bench.parser(__doc__, 2400)
    parser.add_argument("--forged", action="store_true")
    chosen = parser.parse_args()
    bench.warm()
    chance, results = Random(chosen.seed), Counter[str]()
    with bench.workplace(chosen.work) as place:
        (place / "pages").mkdir()
        bench.write_pages(place / "pages")
        time.sleep(2.5)  # until the pages' stamps say enough for their hashes to be kept
        folder, out = place / "索 引", place / "out"
        bench.done(lambda: bench.index(folder, place / "pages"))
        bench.done(lambda: out.write_text(bench.answer(folder, fresh=True)))
        before = out.read_text()
        files = {p: p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
        every = list(damages(files, chosen.times, chance))
        for begin in range(0, len(every), BATCH):
            some = every[begin : begin + BATCH]
            code = bench.ended(bench.child(partial(batch, folder, some, before, out, forged=chosen.forged)))
            assert code == bench.DONE, f"exit code {code} at {out.with_suffix('.now').read_text()}"
            results.update(json.loads(out.read_text()))
        shutil.rmtree(folder)
    print(f"{sum(results.values()):,} damages over every byte of {len(files)} files: {dict(results)}; 0 failures")


if __name__ == "__main__":
    main()
