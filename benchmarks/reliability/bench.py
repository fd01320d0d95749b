"""What the campaigns share: a folder of pages that changes, work in processes that may die, an index's bytes.

The parent only imports; whatever reads, embeds or writes is done in forked children, so that none inherits
a lock or a thread. Needs a system that forks.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT)]
os.environ |= {"TOKENIZERS_PARALLELISM": "false", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

from qa import answering, building, generations, inspection, models, retrieval, service  # noqa: E402, F401
from qa.errors import QAError  # noqa: E402
from qa.formats import to_dict  # noqa: E402
from qa.model_options import ModelOptions  # noqa: E402

QUESTION = "谁当选了工会主席?"
DONE, REFUSED, BROKEN = 0, 2, 3


def parser(about: str | None, times: int) -> argparse.ArgumentParser:
    """The options that campaigns share."""
    made = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--times", type=int, default=times)
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--work", type=Path)
    return made


def warm() -> None:
    """Load the encoder and the dictionaries once, for all children to come, by a build and a question.

    No library may start a thread for it, as a forked child would wait for it in vain.
    """
    encoder = models.load(models.choose(None, ModelOptions(), None))
    models.load = lambda chosen: encoder  # type: ignore[assignment]
    here = Path.cwd()
    with workplace() as place:
        (place / "pages").mkdir()
        write_pages(place / "pages")
        index(place / "index", place / "pages")
        answer(place / "index")
        os.chdir(here)


def child(work: Callable[[], object]) -> int:
    """Do the work in a process of its own; gives the process's number."""
    number = os.fork()
    if number:
        return number
    status = BROKEN
    try:
        work()
        status = DONE
    except QAError as error:
        print(f"refused: {error}", file=sys.stderr)
        status = REFUSED
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def ended(number: int) -> int:
    """Wait for a child: its exit code, below zero the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])


def done(work: Callable[[], object]) -> None:
    """Do the work in a child, and fail unless it succeeds."""
    code = ended(child(work))
    assert code == DONE, f"exit code {code}"


def contents(folder: Path) -> dict[str, bytes] | None:
    """The bytes of the generation in use by name; None where there is no index."""
    generation = generations.current(folder)
    return None if generation is None else {p.name: p.read_bytes() for p in generation.iterdir()}


def answer(folder: Path, *, fresh: bool = False) -> str:
    """The answer to a question, as `--json` prints it."""
    return json.dumps(to_dict(service.open_(folder, fresh=fresh).ask(QUESTION)), ensure_ascii=False)


@contextmanager
def workplace(given: Path | None = None) -> Iterator[Path]:
    """A folder to work in, with a name that is hard on programs; removed afterwards."""
    made = Path(tempfile.mkdtemp(prefix="qa ", dir=given)) / "文章 与 索引"
    made.mkdir()
    try:
        yield made
    finally:
        shutil.rmtree(made.parent)


def write_pages(folder: Path, most: int = 1000) -> None:
    """The pages of the seeds, most of them by halves, of so many lines at most."""
    for number, path in enumerate(sorted((ROOT / "seeds").glob("*.txt"))):
        text = path.read_text(encoding="utf-8").split("\n")[: 2 * most]
        if not number:
            (folder / path.name).write_text("\n".join(text[:most]), encoding="utf-8")
        (folder / f"半 {path.name}").write_text("\n".join(text[len(text) // 2 :]), encoding="utf-8")


def change(folder: Path, chance: Random) -> None:
    """Change, add, copy, rename or remove one page at random; some are left."""
    pages = sorted(folder.glob("*.txt"))
    page, new = chance.choice(pages), folder / f"新 {chance.randrange(40)}.txt"
    what = chance.choice(["change", "add", "copy", "rename", "remove"])
    if what == "change":
        lines = page.read_text(encoding="utf-8").split("\n")
        lines.insert(chance.randrange(len(lines)), f"第{chance.randrange(1000)}号工会主席到任了。")
        page.write_text("\n".join(lines), encoding="utf-8")
    elif what == "add":
        new.write_text(f"通知\n\n职工{chance.randrange(1000)}人参加了培训,由工会主席主持。\n", encoding="utf-8")
    elif what == "copy" and page != new:
        shutil.copy2(page, new)
    elif what == "rename":
        page.rename(new)
    elif what == "remove" and len(pages) > 4:
        page.unlink()


def index(folder: Path, pages: Path) -> None:
    """Build or update the index of the pages, their names as seen from the folder that holds both."""
    os.chdir(pages.parent)
    service.index([pages.name], folder)


def built_anew(pages: Path, name: str = "anew") -> dict[str, bytes]:
    """The bytes that an index of these pages has when it is built from nothing, at this place beside them."""
    other = pages.parent / name
    done(lambda: index(other, pages))
    found = contents(other)
    shutil.rmtree(other)
    assert found is not None
    return found
