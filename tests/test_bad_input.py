"""What a user can get wrong: one line that says what, where and what to do, exit code 2, and never a traceback."""

import json
import os
import shutil
import sys

import pytest
from helpers import CLI, WITHOUT_PRIVILEGE, python, refused

PICTURE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 4


@pytest.fixture(params=["index", "articles"])
def reading(request):
    """The commands that are given documents."""
    return request.param


def test_a_path_that_is_not_there(run, reading):
    assert "nowhere/at/all.txt: no such file" in refused(run(reading, "nowhere/at/all.txt"))


def test_one_missing_path_among_good_ones(run, corpus, reading):
    assert "nowhere" in refused(run(reading, "pages", "nowhere"))


def test_an_empty_folder(run, tmp_path, reading):
    (tmp_path / "empty").mkdir()
    assert "empty" in refused(run(reading, "empty"))


def test_no_path_and_no_seeds(run):
    assert "qa index FOLDER" in refused(run("index"))


@pytest.mark.parametrize("command", [["ask", "谁?"], ["chat"], ["batch", "-"], ["eval", "-"]], ids=lambda c: c[0])
def test_asking_where_there_is_nothing_to_index(run, command):
    stdin = '{"question": "谁在那里?", "answers": ["甲"]}\n'
    assert "no index at .qa and no seeds/ here" in refused(run(*command, stdin=stdin))


@pytest.mark.parametrize("command", ["info", "verify"])
def test_looking_at_an_index_that_is_not_there(run, command):
    assert "no index at nowhere" in refused(run(command, "--index", "nowhere"))


@pytest.mark.parametrize("question", ["", "   ", "\n\t", "?!。"], ids=["empty", "blanks", "line ends", "marks alone"])
def test_a_question_without_a_word(on_seeds, question):
    assert "question is empty" in refused(on_seeds("ask", question))


def test_a_question_beyond_all_measure(on_seeds):
    """100,001 characters; Linux takes at most 131,072 bytes in one argument, so the last of them is Latin."""
    assert "100,001 characters" in refused(on_seeds("ask", "a" * 100_001))


@pytest.mark.skipif(sys.platform == "win32", reason="arguments are no bytes there")
def test_a_question_that_is_no_text(on_seeds):
    assert "no text" in refused(on_seeds("ask", os.fsdecode(b"\xff\xfe\xe4\xbd\xa0\xe5\xa5\xbd")))


@pytest.mark.parametrize("top", ["0", "-3", "many", "2.5", ""])
def test_a_number_of_citations_that_is_none(on_seeds, top):
    assert "--top" in refused(on_seeds("ask", "工会主席是谁?", "--top", top))


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["frob"], "frob"),
        (["ask"], "question"),
        (["ask", "谁?", "--colour"], "--colour"),
        (["ask", "谁?", "谁?"], "谁?"),
        (["batch"], "questions"),
        (["articles"], "path"),
        (["index", "--max-mb", "0"], "--max-mb"),
        (["--index", "x", "ask", "谁?"], "--index"),
    ],
    ids=["no such command", "no question", "no such option", "two questions", "no file", "no page", "no size", "order"],
)
def test_usage_that_is_wrong(run, arguments, named):
    line = refused(run(*arguments))
    assert named in line.lower()
    assert "--help" in line


@pytest.mark.parametrize("command", [["index", "pages"], ["ask", "淡化站?"]], ids=lambda command: command[0])
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--index", ""], "--index is empty or the current folder: name a folder of its own"),
        (["--index", "."], "--index is empty or the current folder: name a folder of its own"),
        (["--model", ""], "--model is empty: name a model or its folder, or leave it out"),
        (["--wait", "nan"], "--wait is nan: give a number of seconds from 0"),
    ],
    ids=" ".join,
)
def test_options_that_a_script_left_empty(run, indexed, tmp_path, command, options, said):
    before = sorted(tmp_path.iterdir())
    assert refused(run(*command, *options)).startswith(said)
    assert sorted(tmp_path.iterdir()) == before


def test_an_index_may_be_asked_from_its_own_folder(run, indexed):
    assert run("ask", "淡化站?", "--index", ".", cwd=indexed / ".qa").returncode in (0, 1)


def test_a_binary_file_is_skipped_with_a_warning_and_the_rest_indexed(run, corpus):
    (corpus / "picture.txt").write_bytes(PICTURE)
    result = run("index", "pages")
    assert result.returncode == 0
    warning, done = result.stderr.splitlines()
    assert warning.startswith("qa: skipped pages/picture.txt: ")
    assert "3 files" in done


def test_a_broken_line_among_documents_is_left_out_and_named(run, corpus):
    lines = corpus / "c.jsonl"
    lines.write_text('{"_id": "d1", "text": "观潮亭高九米。"}\n', encoding="utf-8")
    assert run("index", "pages").returncode == 0
    with lines.open("a", encoding="utf-8") as file:
        file.write('broken\n{"_id": "d3", "text": "灯塔有三层。"}\n')
    asked = run("ask", "灯塔有几层?", "--top", "1")
    assert asked.returncode == 0
    assert "pages/c.jsonl:3" in asked.stdout
    for again in ("pages", "pages", "pages/notes.md", "pages"):  # read, taken over, forgotten, read again
        said = run("index", again).stderr
        assert ("qa: skipped pages/c.jsonl: line 2: not JSON" in said) == (again == "pages")
        assert said.count("c.jsonl") == (again == "pages")
    lines.rename(corpus / "moved.jsonl")
    assert "qa: skipped pages/moved.jsonl: line 2: not JSON" in run("index").stderr
    assert "0 faults" in run("verify").stdout
    assert "skipped         pages/moved.jsonl: line 2:" in run("info").stdout
    assert "skipped pages/moved.jsonl: line 2:" in run("articles", "pages/moved.jsonl").stderr


def test_a_folder_with_nothing_but_a_binary_file(run, tmp_path):
    (tmp_path / "only").mkdir()
    (tmp_path / "only" / "a.txt").write_bytes(PICTURE)
    assert "only/a.txt" in refused(run("index", "only"))
    assert not (tmp_path / ".qa" / "CURRENT").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are others there")
def test_a_folder_without_read_permission(tmp_path):
    locked = tmp_path / "locked"
    locked.mkdir()
    (locked / "page.txt").write_text("锁住的页面。", encoding="utf-8")
    locked.chmod(0)
    try:
        result = python(WITHOUT_PRIVILEGE, CLI, "index", "locked", cwd=tmp_path)
        assert "locked: no permission to read the folder" in refused(result)
    finally:
        locked.chmod(0o700)


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are others there")
def test_a_file_without_read_permission_is_named_and_the_rest_indexed(corpus):
    (corpus / "harbour.txt").chmod(0)
    result = python(WITHOUT_PRIVILEGE, CLI, "index", "pages", cwd=corpus.parent)
    assert result.returncode == 0
    warning, done = result.stderr.splitlines()
    assert warning.startswith("qa: skipped pages/harbour.txt: no permission")
    assert "2 files" in done


def test_an_index_of_another_format_version(run, indexed):
    manifest = next((indexed / ".qa").glob("generation-*")) / "manifest.json"
    raw = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps(raw | {"format": 999}), encoding="utf-8")
    for command in (["ask", "淡化站?"], ["info"], ["index"], ["chat"]):
        line = refused(run(*command, stdin="谁?\n"))
        assert "format 999" in line
        assert "qa index --rebuild" in line
    assert run("index", "pages", "--rebuild").returncode == 0
    assert run("ask", "淡化站每天可产淡水多少吨?").stderr == ""


@pytest.mark.parametrize("name", ["passages.zlib", "vectors.faiss", "words.table.npy", "manifest.json"])
def test_a_truncated_index_file(run, indexed, name):
    path = next((indexed / ".qa").glob("generation-*")) / name
    path.write_bytes(path.read_bytes()[:-20])
    assert "qa index --rebuild" in refused(run("ask", "淡化站?"))


def test_the_advised_command_mends_a_truncated_index_without_a_path(run, indexed):
    path = next((indexed / ".qa").glob("generation-*")) / "vectors.faiss"
    path.write_bytes(b"")
    rebuilt = run("index", "--rebuild")
    assert rebuilt.returncode == 0, rebuilt.stderr
    assert run("verify").returncode == 0


@pytest.mark.parametrize("command", [["ask", "工会?"], ["index"], ["chat"], ["batch", "-"]], ids=lambda c: c[0])
def test_an_unknown_model(on_seeds, command):
    line = refused(on_seeds(*command, "--model", "nobody/has-this-model", stdin="谁?\n"))
    assert "nobody/has-this-model" in line
    assert "nothing is downloaded" in line


def test_an_unknown_model_where_there_is_no_index(run, tmp_path):
    shutil.copytree(CLI.parent / "seeds", tmp_path / "seeds")
    assert "nobody/has-this-model" in refused(run("ask", "工会?", "--model", "nobody/has-this-model"))


def test_a_folder_that_is_no_model(run, corpus):
    assert "'pages' holds no sentence-transformers model" in refused(run("index", "pages", "--model", "pages"))


@pytest.mark.parametrize(
    ("name", "content", "where"),
    [
        ("q.jsonl", '{"question": "谁?"}\n{"question": "谁\n', "q.jsonl:2"),
        ("q.jsonl", '{"question": "谁?"}\n\n["谁?"]\n', "q.jsonl:3"),
        ("q.jsonl", '{"id": "1"}\n', "q.jsonl:1"),
        ("q.jsonl", '{"question": 7}\n', "q.jsonl:1"),
        ("q.jsonl", '{"question": "谁?", "history": "甲"}\n', "q.jsonl:1"),
        ("q.jsonl", '{"question": "谁?", "history": [{"answer": "甲"}]}\n', "q.jsonl:1"),
        ("q.jsonl", '{"question": "谁?", "lines": ["三"]}\n', "q.jsonl:1"),
        ("q.jsonl", '{"question": "谁\\ud800?"}\n', "q.jsonl:1"),
        ("q.jsonl", "[" * 100_000 + "\n", "q.jsonl:1"),
        ("q.csv", "id,frage\n1,谁?\n", "q.csv"),
        ("q.csv", "", "q.csv"),
        ("q.csv", "question\n" + "长" * 200_000 + "\n", "q.csv"),
        ("q.csv", "长" * 200_000 + "\n", "q.csv"),
        ("q.txt", b"\xff\xfe\x00\xd8", "q.txt"),
    ],
    ids=[
        "broken JSON",
        "a list",
        "no question",
        "a number",
        "history no list",
        "history no question",
        "lines no numbers",
        "half a character",
        "nested without end",
        "no column",
        "no header",
        "an endless field",
        "an endless header",
        "not UTF-8",
    ],
)
def test_a_questions_file_with_a_broken_line(on_seeds, tmp_path, name, content, where):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert where in refused(on_seeds("eval", path))
    if ":" in where:  # a broken row: the others are answered, unless that is not wanted
        assert where in refused(on_seeds("batch", path, "--strict"))
    else:
        assert where in refused(on_seeds("batch", path))


def test_a_questions_file_that_is_not_there(on_seeds):
    assert "nothing.txt: no such file" in refused(on_seeds("batch", "nothing.txt"))


def test_a_folder_instead_of_a_questions_file(on_seeds, tmp_path):
    assert "directory" in refused(on_seeds("batch", tmp_path)).lower()
    assert "no corpus.jsonl" in refused(on_seeds("eval", tmp_path))


def test_broken_lines_on_standard_input(on_seeds):
    assert "standard input:2" in refused(on_seeds("batch", "-", "--strict", stdin='谁?\n{"question": \n'))


def test_questions_without_gold_cannot_be_scored(on_seeds):
    assert "gold" in refused(on_seeds("eval", "-", stdin="谁?\n"))


def test_an_output_that_cannot_be_written(on_seeds, tmp_path):
    line = refused(on_seeds("batch", "-", "--output", tmp_path / "no" / "out.jsonl", stdin="谁?\n"))
    assert "out.jsonl: cannot be written" in line


def test_an_output_that_is_the_input(on_seeds, tmp_path):
    path = tmp_path / "q.jsonl"
    path.write_text('{"question": "谁?"}\n', encoding="utf-8")
    assert "questions itself" in refused(on_seeds("batch", path, "--output", path))
    assert path.read_text(encoding="utf-8") == '{"question": "谁?"}\n'


def test_a_format_that_is_none(on_seeds):
    assert "no format 'xml'" in refused(on_seeds("batch", "-", "--format", "xml", stdin="谁?\n"))


@pytest.mark.parametrize(
    ("citation", "said"),
    [
        ("page", "no citation"),
        ("page.txt:", "no citation"),
        ("page.txt:a-b", "no citation"),
        ("page.txt:0-3", "count from 1"),
        ("page.txt:9-3", "last cannot be before"),
        ("page.txt:1-3", "page.txt: no such file"),
        ("seeds/000_21d3065e0a1cb431.txt:9999", "has 156 lines"),
    ],
    ids=["no place", "empty place", "letters", "from zero", "backwards", "no file", "beyond the end"],
)
def test_a_citation_that_leads_nowhere(on_seeds, citation, said):
    assert said in refused(on_seeds("show", citation))


def test_an_index_folder_that_is_a_file(run, corpus):
    (corpus.parent / "taken").write_text("")
    assert "taken" in refused(run("index", "pages", "--index", "taken"))


def test_a_first_index_that_comes_to_nothing_leaves_nothing(run, tmp_path):
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "page.txt").write_text("贺九龄修了53年钟表。\n", encoding="utf-8")
    asked = run("ask", "谁修钟表?", "--index", "seeds")
    assert (asked.returncode, asked.stderr.splitlines()[-1][:25]) == (2, "qa: no documents in seeds")
    assert [p.name for p in (tmp_path / "seeds").iterdir()] == ["page.txt"]
    refused(run("index", "nowhere.txt", "--index", "new/index"))
    assert [p.name for p in tmp_path.iterdir()] == ["seeds"]
    (tmp_path / "mine").mkdir()
    refused(run("index", "nowhere.txt", "--index", "mine"))
    assert list((tmp_path / "mine").iterdir()) == []


def test_a_beir_folder_with_broken_judgements(run, tmp_path):
    (tmp_path / "qrels").mkdir()
    (tmp_path / "corpus.jsonl").write_text('{"_id": "d", "title": "", "text": "文字"}\n', encoding="utf-8")
    (tmp_path / "queries.jsonl").write_text('{"_id": "q", "text": "文字?"}\n', encoding="utf-8")
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq\td\n", encoding="utf-8")
    assert "test.tsv:2" in refused(run("eval", "."))
