"""Who may import whom: read from the syntax trees, so that an import inside a function counts as well."""

import ast
import re
import sys

import pytest
from helpers import ROOT

PACKAGES = ("qa", "embeddings")
DESIGN = ROOT / "docs" / "design.md"
# Handed what they need: they run without an index.
HANDED = {
    "qa.chat",
    "qa.saving",
    "qa.repl",
    "qa.batch",
    "qa.crew",
    "qa.resuming",
    "qa.outputs",
    "qa.evaluation",
    "qa.metrics",
    "qa.formats",
    "qa.questions",
    "qa.ranked",
    "qa.gates",
    "qa.saved_runs",
}
# What knows the index folder and the encoder's package.
EMBEDDERS = {"qa.models", "qa.store", "qa.vectors", "qa.updates"}
INDEX = {
    "qa.service",
    "qa.library",
    "qa.models",
    "qa.store",
    "qa.retrieval",
    "qa.building",
    "qa.answering",
    "qa.shelf",
    "qa.verification",
}
# Functions of strings and arrays: no files, clock, network or chance.
PURE = {
    "qa.types",
    "qa.text",
    "qa.tokens",
    "qa.numerals",
    "qa.asking",
    "qa.bm25",
    "qa.expectations",
    "qa.query",
    "qa.cutting",
    "qa.evidence",
    "qa.ranking",
    "qa.rescoring",
    "qa.wordlists",
    "qa.confidence",
    "qa.gates",
    "qa.metrics",
    "qa.passages",
    "qa.ranked",
    "qa.significance",
    "qa.conversation",
    "qa.retrieval",
    "qa.quotes",
}
EFFECTS = {"os", "io", "pathlib", "socket", "time", "datetime", "random", "subprocess", "sys", "tempfile", "shutil"}


def _name(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _files():
    training = ROOT / "embeddings" / "train"
    found = [ROOT / "cli.py", *(p for package in PACKAGES for p in sorted((ROOT / package).rglob("*.py")))]
    return {_name(p): p for p in found if training not in p.parents}


FILES = _files()


def _imports(name):
    """The modules that a module imports, our own by their full names, anything else by its first part."""
    out = set()
    for node in ast.walk(ast.parse(FILES[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            named = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} imports by dots"
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            named = [full if full in FILES else node.module for full in inner]
        else:
            continue
        out.update(n if n.split(".")[0] in (*PACKAGES, "cli") else n.split(".")[0] for n in named)
    return out


IMPORTS = {name: _imports(name) for name in FILES}


def _reached(name):
    """All modules of ours that a module imports, directly or through others."""
    seen, waiting = set(), [name]
    while waiting:
        for other in IMPORTS.get(waiting.pop(), ()):
            if other in FILES and other not in seen:
                seen.add(other)
                waiting.append(other)
    return seen


def test_there_is_something_to_look_at():
    assert len(FILES) > 40
    assert "qa.service" in IMPORTS["cli"]
    assert {*HANDED, *EMBEDDERS, *INDEX, *PURE} <= set(FILES)


def test_nobody_imports_the_command_line():
    assert [name for name, imports in IMPORTS.items() if "cli" in imports] == []


def test_the_command_line_imports_nothing_of_the_encoders():
    assert [n for n in IMPORTS["cli"] if n.startswith("embeddings")] == []


def test_the_encoders_know_nothing_of_questions():
    assert [
        n for n, imports in IMPORTS.items() if n.startswith("embeddings") and any(i.startswith("qa") for i in imports)
    ] == []


def test_only_four_modules_import_the_encoders():
    assert {
        n for n, imports in IMPORTS.items() if n.startswith("qa") and any(i.startswith("embeddings") for i in imports)
    } <= EMBEDDERS


@pytest.mark.parametrize("name", ["qa.types", "qa.errors"])
def test_the_records_and_errors_stand_at_the_bottom(name):
    assert {i for i in IMPORTS[name] if i not in sys.stdlib_module_names} <= {"numpy"}


@pytest.mark.parametrize("name", sorted(HANDED))
def test_what_is_handed_an_ask_function_reaches_no_index(name):
    assert _reached(name) & INDEX == set()


@pytest.mark.parametrize("name", sorted(PURE))
def test_the_pure_floor_has_no_effects(name):
    assert IMPORTS[name] & EFFECTS == set()
    # Protocols and records alone cross the border to the index.
    assert _reached(name) & {"qa.service", "qa.store", "qa.building", "qa.shelf"} == set()


def test_readers_and_articles_know_neither_passages_nor_index():
    for name, imports in IMPORTS.items():
        if name.startswith(("qa.readers", "qa.articles")):
            ours = {i for i in imports if i.startswith("qa")}
            allowed = {
                i for i in ours if i.startswith(("qa.readers.", "qa.articles.")) or i in ("qa.types", "qa.errors")
            }
            assert ours == allowed, name
            assert not name.startswith("qa.articles") or not any(i.startswith("qa.readers") for i in ours)


def test_nobody_imports_the_root_of_their_own_package():
    for name, imports in IMPORTS.items():
        package = name.rpartition(".")[0]
        assert not package or package not in imports, name
        assert "qa" not in imports, name
        assert "embeddings" not in imports, name


def test_there_is_no_cycle():
    assert [name for name in FILES if name in _reached(name)] == []


def test_the_training_is_not_part_of_the_program():
    assert [n for n, imports in IMPORTS.items() if any(i.startswith("embeddings.train") for i in imports)] == []


def _at_run_time(name):
    """The modules of ours that a module imports, those for type checkers alone left out."""
    out = set()
    waiting = [ast.parse(FILES[name].read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            out.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            out.update(full if full in FILES else node.module for full in inner)
        waiting.extend(ast.iter_child_nodes(node))
    return {other for other in out if other in FILES} - {name}


def _rooms():
    """The row of docs/design.md that each module stands in."""
    rows = [line.split("|")[1] for line in DESIGN.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    out = {}
    for number, row in enumerate(rows):
        for room in re.findall(r"`([^`]+)`", row):
            name = room.removesuffix(".py").rstrip("/").replace("/", ".")
            out |= {
                module: number
                for module in FILES
                if module == name or (room.endswith("/") and module.startswith(f"{name}."))
            }
    return out


def test_every_room_is_in_the_design_and_imports_only_from_those_above_it():
    rooms = _rooms()
    assert set(FILES) - set(rooms) == {"qa"}
    upwards = [(name, other) for name in rooms for other in _at_run_time(name) if rooms.get(other, 0) > rooms[name]]
    assert upwards == []
