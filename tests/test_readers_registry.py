import os
import subprocess
import sys

import pytest

from qa.errors import UnreadableFile
from qa.readers import registry


def test_every_suffix_of_the_contract_has_a_reader():
    suffixes = [".txt", ".md", ".html", ".pdf", ".docx", ".jsonl"]
    assert [registry.suffix(f"a{one.upper()}") for one in suffixes] == suffixes


@pytest.mark.parametrize(
    ("file", "content", "unit"),
    [
        pytest.param("a.txt", "文。", "line", id="text"),
        pytest.param("a.log", "文。", "line", id="an unknown suffix"),
        pytest.param("README", "文。", "line", id="no suffix"),
        pytest.param("A.HTML", "<p>文。</p>", "paragraph", id="a suffix in capitals"),
        pytest.param("a.markdown", "# 文", "line", id="the long name of Markdown"),
    ],
)
def test_the_suffix_chooses_the_reader(tmp_path, file, content, unit):
    (tmp_path / file).write_text(content)

    source = registry.read(tmp_path / file, f"given/{file}", max_bytes=100)

    assert (source.path, source.documents[0].id, source.unit) == (f"given/{file}", f"given/{file}", unit)


@pytest.mark.parametrize(("limit", "read"), [(6, True), (5, False)], ids=["just in", "one byte over"])
def test_the_limit_counts_bytes(tmp_path, limit, read):
    (tmp_path / "a.txt").write_text("中文")

    if read:
        assert registry.read(tmp_path / "a.txt", "a.txt", max_bytes=limit).units == ("中文",)
    else:
        with pytest.raises(UnreadableFile, match="^a.txt: 6 bytes, more than the limit of 5"):
            registry.read(tmp_path / "a.txt", "a.txt", max_bytes=limit)


def test_an_unknown_suffix_with_binary_content_is_refused_as_binary(tmp_path):
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")

    with pytest.raises(UnreadableFile, match="^a.png: binary"):
        registry.read(tmp_path / "a.png", "a.png", max_bytes=100)


def test_a_fifo_and_a_folder_do_not_block(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")

    for name in ("pipe.txt", "."):
        with pytest.raises(UnreadableFile, match="not a regular file"):
            registry.read(tmp_path / name, name, max_bytes=100)


def test_libraries_are_imported_only_when_such_a_file_is_met():
    heavy = ("lxml", "trafilatura", "pypdfium2", "docx", "markdown_it")
    code = f"import sys, qa.readers.registry; print([name for name in {heavy} if name in sys.modules])"

    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert shown.stdout.strip() == "[]"
