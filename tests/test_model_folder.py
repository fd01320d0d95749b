"""Which folder a name leads to, whether it is a whole model, and what it wants in front of texts; nothing is loaded."""

import json

import pytest
from helpers import write_static_model

from embeddings import folders, hub, loading, prompts
from embeddings.errors import ModelError
from embeddings.options import Options
from embeddings.prompts import Prompts
from embeddings.static import is_static

TRANSFORMER = {
    "modules.json": [
        {"type": "sentence_transformers.models.Transformer", "path": ""},
        {"type": "sentence_transformers.models.Pooling", "path": "1_Pooling"},
        {"type": "sentence_transformers.models.Dense", "path": "2_Dense"},
        {"type": "sentence_transformers.models.Normalize", "path": "3_Normalize"},
    ],
    "config.json": {},
    "model.safetensors": {},
    "tokenizer.json": {},
    "1_Pooling/config.json": {},
    "2_Dense/config.json": {},
    "2_Dense/model.safetensors": {},
}


def write(folder, files):
    """A folder with JSON files."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")
    return folder


def test_a_whole_model_lacks_nothing(tmp_path):
    assert folders.missing(write(tmp_path, TRANSFORMER)) == []


@pytest.mark.parametrize("name", [n for n in TRANSFORMER if n != "modules.json"])
def test_a_missing_file_is_named(tmp_path, name):
    write(tmp_path, TRANSFORMER)
    (tmp_path / name).unlink()
    assert folders.missing(tmp_path) == [name]


def test_all_missing_files_are_named_at_once(tmp_path):
    write(tmp_path, {"modules.json": TRANSFORMER["modules.json"]})
    with pytest.raises(ModelError) as caught:
        loading.load(str(tmp_path))
    assert all(name in str(caught.value) for name in TRANSFORMER if name != "modules.json")
    assert str(caught.value).endswith("copy the whole folder again")


def test_missing_parts_of_weights_in_several_files_are_named(tmp_path):
    files = {k: v for k, v in TRANSFORMER.items() if k != "model.safetensors"}
    parts = {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}
    write(tmp_path, files | {"model.safetensors.index.json": {"weight_map": parts}, parts["a"]: {}})
    assert folders.missing(tmp_path) == [parts["b"]]


def test_a_plain_transformers_folder_needs_weights_and_a_tokenizer(tmp_path):
    assert folders.missing(write(tmp_path, {"config.json": {}})) == ["model.safetensors", "tokenizer.json"]


JUDGE = {"config.json": {"architectures": ["BertForSequenceClassification"]}}
LEFT = {"model.safetensors": {}, "tokenizer.json": {}}


@pytest.mark.parametrize(
    "files",
    [
        JUDGE,
        JUDGE | {"config_sentence_transformers.json": {"model_type": "CrossEncoder"}, "modules.json": []},
        {"modules.json": [{"type": "sentence_transformers.cross_encoder.Judge", "path": ""}], "config.json": {}},
    ],
    ids=["plain", "saved by sentence-transformers", "with modules"],
)
def test_a_cross_encoder_is_no_embedding_model(tmp_path, files):
    write(tmp_path, LEFT | files)
    with pytest.raises(ModelError, match=r"is a cross-encoder \(.*\), .* give it as --reranker$"):
        loading.find(str(tmp_path))


@pytest.mark.parametrize(
    "files",
    [
        {"config.json": {"architectures": ["BertModel"]}},
        {"config.json": {"architectures": ["Qwen3ForCausalLM"]}},
        {"config.json": {"architectures": 5}},
        TRANSFORMER | JUDGE,
        TRANSFORMER | {"config_sentence_transformers.json": {"model_type": "SentenceTransformer"}},
    ],
    ids=["BERT", "a decoder", "damaged", "one with a pooling of its own", "saved by sentence-transformers"],
)
def test_an_embedding_model_is_none_of_those(tmp_path, files):
    assert loading.find(str(write(tmp_path, LEFT | files))) == tmp_path


@pytest.mark.parametrize("text", ["{", "[1]", '[{"type": 1}]', '{"a": 1}'])
def test_damaged_modules(tmp_path, text):
    (tmp_path / "modules.json").write_text(text)
    with pytest.raises(ModelError, match=r"modules.json is damaged: copy"):
        loading.load(str(tmp_path))


def test_a_folder_without_a_model(tmp_path):
    with pytest.raises(ModelError, match="holds no sentence-transformers model"):
        loading.load(str(tmp_path))


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "model.bin").write_bytes(b"1")
    with pytest.raises(ModelError, match="is a file: give the folder"):
        loading.load(str(tmp_path / "model.bin"))


@pytest.mark.parametrize(
    "name", ["nobody/has-this", "default2", "./no/folder", "", "a b", "../x", "https://example.org/m"]
)
def test_an_unknown_name(name, monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError, match=r"(no model .*\(nothing is downloaded\)|holds no)"):
        loading.load(name)


def test_an_unknown_hub_name_says_how_to_fetch_it(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    with pytest.raises(ModelError, match=r"`hf download nobody/this --local-dir FOLDER`.*--allow-download"):
        loading.find("nobody/this")


@pytest.mark.parametrize("name", ["somebody/model", "model"])
def test_a_name_leads_to_its_snapshot_in_the_local_cache(monkeypatch, tmp_path, name):
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    owner = "somebody" if "/" in name else hub.ORGANISATION
    home = tmp_path / "hub" / f"models--{owner}--model"
    write(home / "snapshots" / "abc123", TRANSFORMER)
    write(home / "snapshots" / "def456", {})
    (home / "refs").mkdir()
    (home / "refs" / "main").write_text("abc123")
    assert loading.find(name) == home / "snapshots" / "abc123"


def test_the_digest_names_what_makes_the_vectors_and_not_what_people_read(tmp_path):
    one, two = (write(tmp_path / n, TRANSFORMER) for n in ("one", "two"))
    write(two, {"README.md": "read me", ".cache/x": 1, "onnx/model.onnx": 1})
    assert folders.digest(one) == folders.digest(two)
    assert folders.digest(one, "onnx") != folders.digest(two, "onnx")
    (two / "2_Dense" / "model.safetensors").write_text("other")
    assert folders.digest(one) != folders.digest(two)


BGE_ZH, E5 = Prompts("为这个句子生成表示以用于检索相关文章："), Prompts("query: ", "passage: ")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("bge-large-zh-v1.5", BGE_ZH),
        ("BAAI_bge-small-zh", BGE_ZH),
        ("models--BAAI--bge-base-zh-v1.5/snapshots/0a1b", BGE_ZH),
        ("bge-base-en-v1.5", Prompts("Represent this sentence for searching relevant passages: ")),
        ("bge-m3", Prompts()),
        ("multilingual-e5-base", E5),
        ("e5-small-v2", E5),
        ("multilingual-e5-large-instruct", Prompts(prompts.WEB_SEARCH + " ")),
        ("gte-large-zh", Prompts()),
        ("gte-Qwen2-1.5B-instruct", Prompts(prompts.WEB_SEARCH + " ")),
        ("Qwen3-Embedding-0.6B", Prompts(prompts.WEB_SEARCH)),
        ("some-model", Prompts()),
        ("cage5-base", Prompts()),
    ],
)
def test_a_family_is_known_by_the_folders_name(tmp_path, name, expected):
    assert prompts.of_folder(write(tmp_path / name, {"config.json": {}})) == expected


def test_a_family_is_known_by_what_the_configuration_says(tmp_path):
    write(tmp_path / "m", {"config.json": {"_name_or_path": "/cache/BAAI_bge-base-zh/"}})
    assert prompts.of_folder(tmp_path / "m") == BGE_ZH


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"prompts": {"query": "Q ", "document": "D "}}, Prompts("Q ", "D ")),
        ({"prompts": {"query": "Q ", "passage": "P "}}, Prompts("Q ", "P ")),
        ({"prompts": {"query": "Q "}}, Prompts("Q ")),
        ({"prompts": {"query": "Q ", "both": "B "}, "default_prompt_name": "both"}, Prompts("Q ", "B ")),
        ({"prompts": {"query": "", "document": ""}}, BGE_ZH),
        ({"prompts": None}, BGE_ZH),
        ({"prompts": [1]}, BGE_ZH),
        ([], BGE_ZH),
    ],
)
def test_the_models_own_prompts_come_before_its_familys(tmp_path, config, expected):
    folder = write(tmp_path / "bge-base-zh", {"config_sentence_transformers.json": config})
    assert prompts.of_folder(folder) == expected


def test_a_static_model_with_prompts_is_left_to_the_library(tmp_path):
    import numpy as np

    folder = write_static_model(tmp_path / "model", "甲乙", np.eye(2, dtype=np.float32))
    assert is_static(folder)
    write(folder, {"config_sentence_transformers.json": {"prompts": {"query": "甲"}}})
    assert not is_static(folder)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (Options(device="gpu"), "no device 'gpu': use one of auto, cpu, cuda, mps"),
        (Options(dtype="int8"), "no dtype 'int8': use one of float32"),
        (Options(backend="jax"), "no backend 'jax': use one of torch, onnx, openvino"),
        (Options(workers=0), "give a number from 1"),
        (Options(dtype="float16"), "leave --dtype and --backend out"),
    ],
)
def test_options_that_cannot_be(options, said):
    with pytest.raises(ModelError, match=said):
        loading.load(loading.DEFAULT, options)


@pytest.mark.parametrize("backend", ["onnx", "openvino"])
def test_a_backend_that_is_not_installed_says_what_to_install(monkeypatch, backend):
    monkeypatch.setattr("embeddings.options.find_spec", lambda name: None)
    with pytest.raises(ModelError, match=rf'pip install "sentence-transformers\[{backend}\]"$'):
        loading.load(loading.DEFAULT, Options(backend=backend))


@pytest.mark.parametrize("backend", ["onnx", "openvino"])
def test_a_backend_that_cannot_be_shared_out_says_so(monkeypatch, backend):
    monkeypatch.setattr("embeddings.options.find_spec", lambda name: name)
    with pytest.raises(ModelError, match="runs in one process: leave --encode-workers out"):
        loading.load(loading.DEFAULT, Options(backend=backend, workers=2))
