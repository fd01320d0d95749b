"""The shipped encoder and other static ones: the same vectors as sentence-transformers, and clear words for damage."""

import shutil
import warnings

import numpy as np
import pytest
from helpers import FACT, ROOT, write_static_model

from embeddings import loading
from embeddings.errors import ModelError
from embeddings.static import StaticEncoder

SHIPPED = ROOT / "embeddings" / "model"
TEXTS = [
    FACT,
    "淡化站每天可产淡水4200吨,能满足岛上1.6万名居民的用水。",
    "臺灣的讀書會 ＡＢＣ 3.5％",
    "Hello, world!",
    "龘靐齉爩鱻麤",
    "😀 ℵ₀ \u200b",
    " 前后有空白 \n",
    "",
    "。",
]


@pytest.fixture(scope="module")
def shipped():
    return loading.load()


def test_vectors_are_of_unit_length_or_zero(shipped):
    vectors = shipped.passages(TEXTS)
    assert (vectors.shape, vectors.dtype) == ((len(TEXTS), shipped.dimension), np.float32)
    norms = np.linalg.norm(vectors, axis=1)
    assert norms[:4] == pytest.approx(1, abs=1e-5)
    assert all(norm == pytest.approx(1, abs=1e-5) or norm == 0 for norm in norms)
    assert np.isfinite(vectors).all()


def test_an_empty_text_gives_zeros_and_no_texts_give_no_rows(shipped):
    assert not shipped.queries([""]).any()
    assert shipped.queries([]).shape == (0, shipped.dimension)


def test_a_text_has_one_vector_in_whatever_company(shipped):
    """Alone, in a batch beyond the encoder's own, or between others."""
    many = TEXTS * 40
    assert shipped.queries(many)[: len(TEXTS)] == pytest.approx(shipped.queries(TEXTS), abs=1e-6)
    assert shipped.queries([TEXTS[0]])[0] == pytest.approx(shipped.queries(TEXTS)[0], abs=1e-6)
    assert np.array_equal(shipped.queries(many), shipped.queries(many))


def test_a_long_text_is_read_without_end_of_memory(shipped):
    (vector,) = shipped.queries(["海水淡化站" * 70_000])  # 1 MB of UTF-8
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    assert vector == pytest.approx(shipped.queries(["海水淡化站" * 20_000])[0], abs=1e-4)


def test_meaning_is_nearer_than_chance(shipped):
    question, near, far = shipped.queries(["医生在哪里工作?", "她在医院当护士。", "足球比赛以一比零结束。"])
    assert question @ near > question @ far


@pytest.mark.slow
def test_the_shipped_model_gives_the_vectors_of_sentence_transformers(shipped):
    from sentence_transformers import SentenceTransformer

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        model = SentenceTransformer(str(SHIPPED), device="cpu", local_files_only=True)
        expected = model.encode(TEXTS[:-2], normalize_embeddings=True)
    assert shipped.passages(TEXTS[:-2]) == pytest.approx(np.nan_to_num(expected), abs=1e-5)
    assert model.get_embedding_dimension() == shipped.dimension


def test_lengths_count_tokens(shipped):
    assert shipped.lengths(["", "港"])[0] == 0
    one, two = shipped.lengths(["港口。", "港口。港口。"])
    assert 0 < one < two <= 2 * one


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
@pytest.mark.parametrize("fault", ["missing", "cut", "other"])
def test_a_model_folder_with_a_fault_is_named_with_what_to_do(tmp_path, name, fault):
    table = np.eye(3, dtype=np.float32)
    folder = write_static_model(tmp_path / "model", "甲乙丙", table)
    path = folder / name
    if fault == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:40] if fault == "cut" else b"{}")
    with pytest.raises(ModelError, match=r"(lacks|damaged|holds no).*(whole|again)"):
        loading.load(str(folder))


def test_a_table_smaller_than_the_vocabulary_is_an_error_for_people(tmp_path):
    """The files of two models mixed: a token's row is not there."""
    folder = write_static_model(tmp_path / "model", "甲乙丙丁", np.eye(4, dtype=np.float32))
    small = write_static_model(tmp_path / "small", "甲", np.eye(4, dtype=np.float32)[:1])
    shutil.copy(small / "model.safetensors", folder / "model.safetensors")
    with pytest.raises(ModelError, match="again"):
        loading.load(str(folder))


def test_a_small_model_by_hand(tmp_path):
    """甲 = (3, 0), 乙 = (0, 4): the mean of 甲乙 is (1.5, 2), of length 2.5: (0.6, 0.8). 丙 is unknown: zeros."""
    table = np.array([[3, 0], [0, 4]], np.float32)
    encoder = StaticEncoder(write_static_model(tmp_path / "model", "甲乙", table))
    assert encoder.dimension == 2
    assert encoder.queries(["甲乙", "甲", "甲丙", "丙"]) == pytest.approx(
        np.array([[0.6, 0.8], [1, 0], [1, 0], [0, 0]]), abs=1e-6
    )


def test_the_fingerprint_names_the_weights_and_the_tokenizer(tmp_path):
    table = np.eye(2, dtype=np.float32)
    one = StaticEncoder(write_static_model(tmp_path / "one", "甲乙", table)).fingerprint
    assert one == StaticEncoder(write_static_model(tmp_path / "same", "甲乙", table)).fingerprint
    assert one != StaticEncoder(write_static_model(tmp_path / "weights", "甲乙", 2 * table)).fingerprint
    assert one != StaticEncoder(write_static_model(tmp_path / "tokens", "甲丙", table)).fingerprint


@pytest.mark.parametrize(("told", "leading"), [({}, None), ({"leading": "2"}, 2), ({"leading": "4"}, None)])
def test_a_model_says_how_many_first_numbers_serve_for_a_vector(tmp_path, told, leading):
    from safetensors.numpy import load_file, save_file

    folder = write_static_model(tmp_path / "model", "甲乙丙", np.eye(3, dtype=np.float32))
    plain = StaticEncoder(folder).fingerprint
    save_file(load_file(str(folder / "model.safetensors")), str(folder / "model.safetensors"), metadata=told or None)
    assert StaticEncoder(folder).leading == leading
    assert (StaticEncoder(folder).fingerprint == plain) == (not told)  # an index made otherwise is built again


def test_first_numbers_that_are_no_number_are_damage(tmp_path):
    from safetensors.numpy import load_file, save_file

    folder = write_static_model(tmp_path / "model", "甲乙丙", np.eye(3, dtype=np.float32))
    tensors = load_file(str(folder / "model.safetensors"))
    save_file(tensors, str(folder / "model.safetensors"), metadata={"leading": "most"})
    with pytest.raises(ModelError, match="damaged"):
        StaticEncoder(folder)
