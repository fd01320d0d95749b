"""The two readers of the shipped tokenizer cut alike, so the vectors are those of `tokenizer.json`."""

import json
import pickle
import shutil

import numpy as np
import pytest
from helpers import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings import loading, pieces
from embeddings.errors import ModelError
from embeddings.fingerprints import PIECES as MODEL
from embeddings.pieces import JsonPieces, SentencePieces
from embeddings.static import StaticEncoder

SHIPPED = ROOT / "embeddings" / "model"


@pytest.fixture(scope="module")
def readers():
    return JsonPieces(SHIPPED / "tokenizer.json"), SentencePieces(SHIPPED / MODEL)


def known(pieces, text):
    """The entries of a text that have a vector: `tokenizers` gives an unknown letter entry 0, whose vector is zero."""
    entries, lengths = pieces.entries([text])
    assert len(entries) == lengths[0]
    return [int(entry) for entry in entries if entry]


@pytest.mark.parametrize("page", sorted((ROOT / "seeds").iterdir()), ids=lambda page: page.name)
def test_the_seed_pages_are_cut_alike(readers, page):
    for line in page.read_text(encoding="utf-8").splitlines():
        assert known(readers[0], line) == known(readers[1], line)


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("工会主席2024臺灣ＡＢc％,。 \n\t\x00\u2581　㈱𠮷ｶﾞé①Ⅻ👍\u200b年度"), max_size=60))
def test_any_mixture_is_cut_alike(readers, text):
    assert known(readers[0], text) == known(readers[1], text)


def test_many_texts_are_cut_as_each_alone(readers):
    texts = ["工会主席", "", "。", "第3届职工运动会", "\ud800坏"] * 50
    entries, lengths = readers[1].entries(texts)
    assert lengths.tolist() == [len(readers[1].entries([text])[0]) for text in texts]
    assert entries[: lengths[0]].tolist() == readers[1].entries(texts[:1])[0].tolist()


def test_the_shipped_file_is_made_from_the_shipped_tokenizer(tmp_path):
    pytest.importorskip("google.protobuf")
    from embeddings.train.pieces import convert

    convert(SHIPPED / "tokenizer.json", tmp_path / MODEL)
    assert (tmp_path / MODEL).read_bytes() == (SHIPPED / MODEL).read_bytes()


def test_a_piece_of_more_than_letters_is_refused(tmp_path):
    pytest.importorskip("google.protobuf")
    from embeddings.train.pieces import convert

    rules = json.loads((SHIPPED / "tokenizer.json").read_text(encoding="utf-8"))
    rules["model"]["vocab"][5][0] = "工，会"
    (tmp_path / "tokenizer.json").write_text(json.dumps(rules), encoding="utf-8")
    with pytest.raises(ValueError, match="工，会"):
        convert(tmp_path / "tokenizer.json", tmp_path / MODEL)


def test_a_folder_without_the_second_file_gives_the_same_vectors(tmp_path):
    shutil.copytree(SHIPPED, tmp_path / "model", ignore=shutil.ignore_patterns(MODEL))
    texts = ["海水淡化站每天可产淡水4200吨。", "臺灣的讀書會"]
    assert np.allclose(StaticEncoder(tmp_path / "model").queries(texts), loading.load().queries(texts), atol=1e-6)


def test_a_damaged_second_file_is_named(tmp_path):
    shutil.copytree(SHIPPED, tmp_path / "model")
    (tmp_path / "model" / MODEL).write_bytes(b"\x00" * 100)
    with pytest.raises(ModelError, match="damaged"):
        StaticEncoder(tmp_path / "model")


def test_what_is_remembered_of_short_texts_is_bounded_and_goes_to_other_processes(monkeypatch):
    monkeypatch.setattr(pieces, "REMEMBERED", 3)
    own = SentencePieces(SHIPPED / MODEL)
    texts = ["灯塔", "港口", "青岚港", "灯塔", "船"]
    for _ in range(2):
        tokens, lengths = own.entries(texts)
        assert len(own._known) <= 3
    again = pickle.loads(pickle.dumps(own))
    assert again.entries(texts)[0].tolist() == tokens.tolist()
    assert again.entries(texts)[1].tolist() == lengths.tolist()
