"""Transformers: the library's own vectors, with prompts, in batches by length, in any dtype and in several processes."""

import shutil

import numpy as np
import pytest
from helpers import write_bert

from embeddings import loading
from embeddings.errors import ModelError
from embeddings.options import Options
from embeddings.transformer import TransformerEncoder, unit

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # the libraries' own deprecations

TEXTS = ["海水淡化站", "灯塔", "灯" * 90 + "站", "灯" * 500, "一二三四五六七", "淡化站每天可产淡水4200吨。"]
UNKNOWN = "ℵℶ 😀😀 ℷ"


@pytest.fixture(scope="module")
def encoder(bert):
    return TransformerEncoder(bert)


@pytest.fixture(scope="module")
def library(bert):
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(bert), device="cpu")


def encoded(library, texts):
    """The library's own vectors, a text at a time."""
    return np.stack([library.encode([text], normalize_embeddings=True)[0] for text in texts])


def test_the_vectors_are_those_of_the_library(encoder, library):
    assert encoder.passages(TEXTS) == pytest.approx(encoded(library, TEXTS), abs=1e-5)
    assert encoder.queries(TEXTS) == pytest.approx(encoded(library, TEXTS), abs=1e-5)
    assert encoder.dimension == 32
    assert encoder.lengths(["", "灯塔", "灯" * 500]) == [2, 4, 502]  # with the two special tokens; nothing is cut off
    assert encoder.lengths([]) == []
    assert encoder.room == 98


def test_the_order_of_the_input_changes_no_bit(encoder):
    many = [text[n:] for text in TEXTS for n in range(60)]
    shuffled = np.random.default_rng(1).permutation(len(many))
    straight = encoder.passages(many)
    assert np.array_equal(encoder.passages([many[n] for n in shuffled]), straight[shuffled])


@pytest.mark.parametrize("text", ["", " \n\u3000"], ids=["empty", "blank"])
def test_a_blank_text_gives_zeros_also_between_others(encoder, text):
    assert not encoder.queries([text]).any()
    between = encoder.passages(["灯塔", text, "海水"])
    assert not between[1].any()
    assert between[[0, 2]] == pytest.approx(encoder.passages(["灯塔", "海水"]), abs=1e-6)
    assert encoder.passages([]).shape == (0, 32)


@pytest.mark.parametrize("text", [UNKNOWN, "海水淡化站" * 70_000, "\0\ufffd", "a" * 1_000_000], ids=lambda t: t[:3])
def test_any_text_gives_a_unit_vector_or_zeros(encoder, text):
    for vectors in (encoder.queries([text]), encoder.passages([text])):
        norm = np.linalg.norm(vectors)
        assert np.isfinite(vectors).all()
        assert norm == pytest.approx(1, abs=1e-5) or norm == 0


def test_rows_that_are_not_finite_become_zeros_and_tiny_ones_are_scaled():
    """(3e-30, 4e-30) has length 5e-30, whose square float32 cannot hold: (0.6, 0.8) all the same."""
    rows = np.array([[3e-30, 4e-30], [np.nan, 1], [np.inf, 1], [0, 0]], np.float32)
    assert unit(rows) == pytest.approx(np.array([[0.6, 0.8], [0, 0], [0, 0], [0, 0]]), abs=1e-6)


@pytest.mark.parametrize(
    ("name", "query", "passage"),
    [
        ("e5-base", "query: ", "passage: "),
        ("bge-base-zh", "为这个句子生成表示以用于检索相关文章：", ""),
        ("own", "问", "答"),
    ],
)
def test_prompts_stand_in_front(bert, tmp_path, library, name, query, passage):
    folder = shutil.copytree(bert, tmp_path / name)
    if name == "own":
        (folder / "config_sentence_transformers.json").write_text('{"prompts": {"query": "问", "document": "答"}}')
    encoder = TransformerEncoder(folder)
    assert encoder.queries(TEXTS) == pytest.approx(encoded(library, [query + t for t in TEXTS]), abs=1e-5)
    assert encoder.passages(TEXTS) == pytest.approx(encoded(library, [passage + t for t in TEXTS]), abs=1e-5)
    assert encoder.room == 100 - encoder.lengths([passage])[0]


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_the_bits_give_nearly_the_same_unit_vectors(bert, encoder, dtype):
    half = TransformerEncoder(bert, Options(dtype=dtype)).passages(TEXTS)
    assert half.dtype == np.float32
    assert np.linalg.norm(half, axis=1) == pytest.approx(1, abs=1e-5)
    cosines = (half * encoder.passages(TEXTS)).sum(axis=1)
    assert cosines.min() > 0.99
    assert not np.array_equal(half, encoder.passages(TEXTS))


def test_the_fingerprint_names_what_makes_the_vectors_and_no_more(bert, tmp_path, encoder):
    same = shutil.copytree(bert, tmp_path / "elsewhere")
    assert TransformerEncoder(same, Options(device="cpu", workers=3, cache=False)).fingerprint == encoder.fingerprint
    others = [
        TransformerEncoder(shutil.copytree(bert, tmp_path / "e5-base")),  # other prompts
        TransformerEncoder(bert, Options(dtype="bfloat16")),
        TransformerEncoder(write_bert(tmp_path / "weights", seed=2)),
    ]
    assert len({other.fingerprint for other in others} | {encoder.fingerprint}) == 4


def test_several_processes_give_the_same_vectors(bert, encoder):
    shared = TransformerEncoder(bert, Options(device="cpu", workers=2))
    many = [text[n % len(text) :] + chr(0x4E00 + n) for n, text in enumerate(TEXTS * 100)] + [""]
    try:
        assert shared.passages(many) == pytest.approx(encoder.passages(many), abs=1e-5)
        workers = shared._pool.processes()["processes"]
        assert [worker.is_alive() for worker in workers] == [True, True]
        assert shared.queries(["灯塔"]) == pytest.approx(encoder.queries(["灯塔"]), abs=1e-5)
    finally:
        shared.close()


@pytest.mark.parametrize("device", ["cuda", "cuda:7", "mps"])
def test_a_device_that_is_not_there(bert, device):
    import torch

    if device.startswith("cuda") and torch.cuda.is_available() or device == "mps" and torch.backends.mps.is_available():
        pytest.skip("it is there")
    with pytest.raises(ModelError, match=rf"device '{device}' is not on this machine \(PyTorch sees cpu\)"):
        TransformerEncoder(bert, Options(device=device))


def test_weights_without_numbers_are_an_error_and_no_vectors(bert, tmp_path):
    from safetensors.numpy import load_file, save_file

    folder = shutil.copytree(bert, tmp_path / "model")
    weights = load_file(folder / "model.safetensors")
    weights["embeddings.LayerNorm.weight"][:] = np.nan
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match="gives no numbers in float32"):
        TransformerEncoder(folder).passages(TEXTS)


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "config.json", "1_Pooling/config.json"])
def test_a_damaged_file_is_one_line(bert, tmp_path, name):
    folder = shutil.copytree(bert, tmp_path / "model")
    (folder / name).write_bytes((folder / name).read_bytes()[:30])
    with pytest.raises(ModelError, match=r"^model '.*' cannot be loaded \(.*\): give the folder") as caught:
        loading.load(str(folder))
    assert "\n" not in str(caught.value)


def test_a_model_that_needs_code_of_its_own_is_refused(bert, tmp_path):
    folder = shutil.copytree(bert, tmp_path / "model")
    (folder / "custom.py").write_text("raise SystemExit('this code was run')")
    modules = (folder / "modules.json").read_text().replace("sentence_transformers.models.Pooling", "custom.Pooling")
    (folder / "modules.json").write_text(modules)
    with pytest.raises(ModelError, match="cannot be loaded"):
        loading.load(str(folder))
