"""Places are remembered while a file is the same, and looked for again once it is another."""

import os
import time

from qa.standing import Places
from qa.types import Passage
from qa.verification import Sources

TEXT = "第一句在这里。第二句在那里。"
PASSAGE = Passage("a.txt", "a.txt", (2, 2), (0, 14), 0, 1, 0, TEXT)
SPAN = (7, 14)


def write(folder, text, ago):
    """A file as it was written some seconds ago: what is newer than its stamp can tell is read each time."""
    path = folder / "a.txt"
    path.write_text(text, encoding="utf-8")
    then = time.time() - ago
    os.utime(path, (then, then))


def places(tmp_path, monkeypatch):
    """What is tested, and the list of the texts that it looked for."""
    sources, looked = Sources(tmp_path, 1 << 20), []
    monkeypatch.setattr("qa.verification.settled", lambda *_: True)  # these files are seconds old
    standing = sources.standing
    monkeypatch.setattr(sources, "standing", lambda *a: looked.append(a[0]) or standing(*a))
    return Places(sources), looked


def test_the_same_file_is_looked_through_once(tmp_path, monkeypatch):
    write(tmp_path, f"头\n{TEXT}\n", 100)
    found, looked = places(tmp_path, monkeypatch)
    for _ in range(3):
        standing, lines = found.of(0, PASSAGE, SPAN)
        assert (standing.fault, standing.lines, lines) == (None, (2, 2), (2, 2))
    assert looked == ["a.txt"]


def test_another_file_is_looked_through_again(tmp_path, monkeypatch):
    write(tmp_path, f"头\n{TEXT}\n", 300)
    found, _ = places(tmp_path, monkeypatch)
    assert found.of(0, PASSAGE, SPAN)[0].fault is None
    write(tmp_path, "头\n又一行\n第一句在\n这里。第二\n句在那里。\n", 200)
    standing, lines = found.of(0, PASSAGE, SPAN)
    assert (standing.fault, standing.lines, lines) == ("moved", (3, 5), (4, 5))
    write(tmp_path, "头\n别的\n", 100)
    assert found.of(0, PASSAGE, SPAN)[0].fault == "changed"
    (tmp_path / "a.txt").unlink()
    standing, lines = found.of(0, PASSAGE, SPAN)
    assert (standing.fault, lines) == ("missing", (2, 2))
