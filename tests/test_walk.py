import os
import socket
from pathlib import Path

import pytest

from qa.errors import InputError
from qa.readers import walk
from qa.readers.walk import Found, Skipped, find


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder `pages` below the current folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pages").mkdir()
    return tmp_path / "pages"


def names(paths):
    return [found.name for found in find([Path(path) for path in paths])[0]]


def write(folder, *files):
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text("文")


def test_files_come_in_the_order_of_their_names_from_every_level(folder):
    write(folder, "b.txt", "a/z.txt", "a.txt", "c/d/e.md", "版面.txt", "B.txt")

    assert names(["pages"]) == sorted(
        f"pages/{n}" for n in ("b.txt", "a/z.txt", "a.txt", "c/d/e.md", "版面.txt", "B.txt")
    )


def test_the_order_does_not_depend_on_the_order_of_the_arguments(folder):
    write(folder, "a.txt", "b.txt", "c/d.txt")

    assert names(["pages/c", "pages/b.txt", "pages/a.txt"]) == names(["pages"])


@pytest.mark.parametrize(
    ("given", "name"),
    [
        pytest.param("pages", "pages/a.txt", id="a folder"),
        pytest.param("./pages/", "pages/a.txt", id="a folder with dot and slash"),
        pytest.param("pages/a.txt", "pages/a.txt", id="a file"),
        pytest.param("pages/../pages", "pages/../pages/a.txt", id="a detour, kept as given"),
    ],
)
def test_the_name_is_the_path_as_given(folder, given, name):
    write(folder, "a.txt")

    found, skipped = find([Path(given)])

    assert [(f.name, f.path.read_text()) for f in found] == [(name, "文")]
    assert skipped == []


def test_an_absolute_argument_gives_absolute_names(folder):
    write(folder, "a.txt")

    assert names([folder]) == [f"{folder.as_posix()}/a.txt"]


def test_relative_paths_are_looked_up_under_the_base(folder, monkeypatch):
    write(folder, "a.txt")
    monkeypatch.chdir("/")

    assert find([Path("pages")], base=folder.parent)[0] == [Found(str(folder / "a.txt"), "pages/a.txt")]


def test_hidden_files_and_folders_are_left_out_unless_named(folder):
    write(folder, ".hidden.txt", ".git/config.txt", "a.txt", "c/.d/e.txt")

    assert names(["pages"]) == ["pages/a.txt"]
    assert names(["pages/.git", "pages/.hidden.txt"]) == ["pages/.git/config.txt", "pages/.hidden.txt"]


def test_a_file_named_twice_counts_once_under_its_first_name(folder):
    write(folder, "a.txt")

    assert names(["pages", "pages/a.txt", folder]) == ["pages/a.txt"]


def test_an_empty_folder_gives_nothing(folder):
    assert find([folder]) == ([], [])


def test_links_that_lead_out_or_nowhere_are_skipped_and_named(folder, tmp_path):
    write(tmp_path, "secret.txt", "other/b.txt")
    write(folder, "a.txt")
    (folder / "out.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "outer").symlink_to(tmp_path / "other")
    (folder / "up").symlink_to(tmp_path)
    (folder / "gone.txt").symlink_to("nothing.txt")

    found, skipped = find([Path("pages")])

    assert [f.name for f in found] == ["pages/a.txt"]
    assert skipped == [
        Skipped("pages/gone.txt", "link leads nowhere"),
        Skipped("pages/out.txt", "link leads out of the folder"),
        Skipped("pages/outer", "link leads out of the folder"),
        Skipped("pages/up", "link leads out of the folder"),
    ]


def test_link_loops_end(folder):
    write(folder, "c/a.txt")
    (folder / "c" / "again").symlink_to(folder)
    (folder / "one").symlink_to(folder / "two")
    (folder / "two").symlink_to(folder / "one")

    found, skipped = find([Path("pages")])

    assert [f.name for f in found] == ["pages/c/a.txt"]
    assert skipped == [
        Skipped("pages/c/again", "link leads back to a folder that holds it"),
        Skipped("pages/one", "link leads nowhere"),
        Skipped("pages/two", "link leads nowhere"),
    ]


def test_a_link_to_a_folder_beside_it_is_no_loop(folder):
    write(folder, "c/a.txt", "cc/b.txt")
    (folder / "cc" / "other").symlink_to(folder / "c")

    found, skipped = find([Path("pages")])

    assert [f.name for f in found] == ["pages/c/a.txt", "pages/cc/b.txt"]
    assert skipped == []


def test_a_link_inside_the_folder_is_the_file_it_leads_to(folder):
    write(folder, "z.txt", ".store/b.txt")
    (folder / "a.txt").symlink_to("z.txt")
    (folder / "b.txt").symlink_to(".store/b.txt")

    assert names(["pages"]) == ["pages/b.txt", "pages/z.txt"]


def test_a_link_given_directly_is_followed(folder, tmp_path):
    write(folder, "a.txt")
    (tmp_path / "link").symlink_to(folder)
    (tmp_path / "link.txt").symlink_to(folder / "a.txt")

    assert names(["link"]) == ["link/a.txt"]
    assert names(["link.txt"]) == ["link.txt"]


def test_a_fifo_and_a_socket_in_a_folder_are_skipped(folder, monkeypatch):
    os.mkfifo(folder / "pipe.txt")
    monkeypatch.chdir(folder)
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("s.txt")

        assert find([Path()])[1] == [Skipped("pipe.txt", "not a regular file"), Skipped("s.txt", "not a regular file")]


def test_names_that_are_no_text_are_skipped_with_their_bytes_shown(folder):
    (folder / os.fsdecode(b"\xd6\xd0.txt")).write_text("文")

    assert find([Path("pages")]) == ([], [Skipped(r"pages/\udcd6\udcd0.txt", "file name is not valid UTF-8")])


@pytest.mark.parametrize(
    ("given", "says"),
    [
        pytest.param("nothing", "nothing: no such file or folder", id="a missing path"),
        pytest.param("pages/a.txt/b", "pages/a.txt/b: cannot be opened", id="a file taken for a folder"),
        pytest.param("loop", "loop: cannot be opened", id="a loop of links"),
        pytest.param("pipe", "pipe: not a regular file", id="a FIFO"),
        pytest.param("a\0b", "cannot be opened", id="a NUL byte"),
        pytest.param("x" * 300, "cannot be opened", id="a name too long"),
    ],
)
def test_a_bad_argument_is_one_clear_line(folder, tmp_path, given, says):
    write(folder, "a.txt")
    (tmp_path / "loop").symlink_to("loop")
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(InputError, match=says) as caught:
        find([Path(given)])

    assert "\n" not in str(caught.value)


def deny(monkeypatch, name):
    """Take away the permission to read what bears this name; the tests may run as root."""
    may, scan = os.access, os.scandir
    monkeypatch.setattr(walk.os, "access", lambda path, mode: Path(path).name != name and may(path, mode))

    def scandir(path):
        if Path(path).name == name:
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(walk.os, "scandir", scandir)


def test_what_may_not_be_read_in_a_folder_is_skipped_and_the_rest_found(folder, monkeypatch):
    write(folder, "a.txt", "closed/b.txt", "z.txt")
    deny(monkeypatch, "closed")

    found, skipped = find([Path("pages")])

    assert [f.name for f in found] == ["pages/a.txt", "pages/z.txt"]
    assert skipped == [Skipped("pages/closed", "folder cannot be listed (Permission denied)")]


def test_a_closed_file_in_a_folder_is_skipped(folder, monkeypatch):
    write(folder, "a.txt", "z.txt")
    deny(monkeypatch, "a.txt")

    assert find([Path("pages")])[1] == [Skipped("pages/a.txt", "no permission to read the file")]


@pytest.mark.parametrize("given", ["pages", "pages/a.txt"])
def test_a_closed_path_given_directly_is_an_error(folder, monkeypatch, given):
    write(folder, "a.txt")
    deny(monkeypatch, Path(given).name)

    with pytest.raises(InputError, match=f"^{given}: no permission"):
        find([Path(given)])


def test_folders_nested_deeper_than_calls_may_nest_are_walked(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    deep = Path(*"d" * 1200)
    for folder in [*reversed(deep.parents), deep][1:]:
        folder.mkdir()
    write(deep, "a.txt")

    assert names(["d"]) == [f"{deep.as_posix()}/a.txt"]

    (deep / "a.txt").unlink()
    os.removedirs(deep)  # too deep for the cleaning up of temporary folders


def test_an_index_below_a_folder_is_no_document(tmp_path):
    (tmp_path / "a.txt").write_text("正文。", encoding="utf-8")
    index = tmp_path / "b"
    (index / "generation-000001").mkdir(parents=True)
    (index / "CURRENT").write_text("generation-000001\n", encoding="ascii")
    (index / "generation-000001" / "manifest.json").write_text("{}", encoding="utf-8")
    found, skipped = find([tmp_path])
    assert [f.path.name for f in found] == ["a.txt"]
    assert skipped == []


def test_an_index_that_is_being_written_for_the_first_time_is_no_document(folder):
    write(folder, "a.txt", "index/LOCK", "index/HOLDER")

    assert names(["pages"]) == ["pages/a.txt"]
