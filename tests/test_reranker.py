"""A cross-encoder orders the best passages: the whole way through the command line, and by hand."""

import warnings
from dataclasses import dataclass

import numpy as np
import pytest
from helpers import FACT, Remainders, environment, refused, rows
from test_retrieval import SEARCHED

import qa
from qa import confidence, preparing, service
from qa.cutting import Cutter
from qa.query import prepare
from qa.ranking import rank
from qa.rescoring import FIRST, rescored

QUESTION = "淡化站每天可产淡水多少吨?"


@dataclass
class Judge:
    """Scores by hand: what a text is worth, by its number."""

    worth: dict
    asked: int = 0

    def scores(self, question, texts):
        self.asked = len(texts)
        return np.array([self.worth.get(text, 0) for text in texts], np.float32)


def ranking():
    """All seven passages of the index in memory; 0, 2 and 6 are the same text."""
    encoder = Remainders()
    asked = prepare("青岚港第一座灯塔建成了吗?", SEARCHED, encoder)
    return rank(SEARCHED, asked, Cutter(SEARCHED.passages, SEARCHED.segmenter, encoder), 7)


def test_best_first_by_the_rerankers_scores_and_ties_by_number():
    """Worth 9 for 5 and 4 for 3; the others 0, in the order of their numbers."""
    before = ranking()
    after = rescored(before, "谁?", Judge({"5": 9, "3": 4}), str)
    assert [hit.number for hit in after.hits] == [5, 3, 0, 1, 2, 4, 6]
    assert [hit.score for hit in after.hits] == [hit.score for hit in before.hits]
    assert after.features(0)["reranker"] == 9
    for place, hit in enumerate(after.hits):
        was = next(i for i, h in enumerate(before.hits) if h.number == hit.number)
        assert after.sentences(place)[0] == before.sentences(was)[0]
        assert after.features(place)["dense"] == before.features(was)["dense"]


def test_those_behind_stay_in_their_order(monkeypatch):
    monkeypatch.setattr("qa.rescoring.FIRST", 3)
    before = ranking()
    last = before.hits[2].number
    after = rescored(before, "谁?", Judge({str(last): 1}), str)
    assert after.hits[0].number == last
    assert after.hits[3:] == before.hits[3:]
    assert "reranker" not in after.features(3)


def test_as_many_are_read_again_however_few_are_wanted(seeds_home):
    library = service.open_(seeds_home / ".qa")
    judge = library.reranker = Judge({})
    library.ask(FACT, top=1)
    assert judge.asked == FIRST


def test_confidence_is_of_the_new_best():
    before = ranking()
    after = rescored(before, "谁?", Judge({"5": 9}), str)
    assert confidence.features(after, Remainders())["coverage words"] == after.features(0)["coverage words"] == 0
    assert confidence.features(before, Remainders())["coverage words"] > 0
    assert 0 <= confidence.confidence(after, Remainders()) < confidence.confidence(before, Remainders())


def write_cross_encoder(folder, kind="BertForSequenceClassification", labels=1):
    """A BERT of random weights whose tokens are characters, as a cross-encoder's folder."""
    import torch
    import transformers
    from tokenizers import BertWordPieceTokenizer

    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    vocabulary = [*special, *(chr(0x4E00 + n) for n in range(2000)), *"0123456789,。?"]
    folder.mkdir(parents=True)
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    torch.manual_seed(1)
    config = transformers.BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=96,
        initializer_range=0.5,
        num_labels=labels,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        getattr(transformers, kind)(config).save_pretrained(folder)
        backend = BertWordPieceTokenizer(str(folder / "vocab.txt"))._tokenizer
        names = {f"{n[1:-1].lower()}_token": n for n in special}
        transformers.BertTokenizerFast(tokenizer_object=backend, **names).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    return write_cross_encoder(tmp_path_factory.mktemp("judge") / "model")


@pytest.mark.slow
def test_a_cross_encoder_goes_the_whole_way(run, indexed, judge):
    """All 10 passages come in the order of its own scores, computed directly; a follow-up and a batch as well."""
    from sentence_transformers import CrossEncoder

    plain = rows(run("ask", QUESTION, "--top", "10", "--json").stdout)[0]
    asked = run("ask", QUESTION, "--top", "10", "--json", "--explain", "--reranker", judge)
    assert asked.stderr == ""
    (found,) = rows(asked.stdout)
    citations = found["citations"]
    assert len(citations) == len(plain["citations"])
    passages = qa.open(indexed / ".qa").index.passages
    read = {(p.path, *p.lines): preparing.embedded_text(p) for p in (passages[n] for n in range(len(passages)))}
    texts = [read[c["path"], *c["lines"]] for c in citations]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = CrossEncoder(str(judge), local_files_only=True, device="cpu")
    direct = model.predict([(QUESTION, text) for text in texts])
    assert list(direct) == sorted(direct, reverse=True)
    assert len(set(direct)) > 5
    order = [c["lines"] for c in citations]
    assert order != [c["lines"] for c in plain["citations"]]
    shown = [c["features"]["reranker"] for c in citations]
    assert 1 / (1 + np.exp(-np.array(shown))) == pytest.approx(np.array(direct), abs=1e-3)
    assert all(c["verified"] for c in citations)
    env = environment(QA_RERANKER=str(judge))
    (row,) = rows(run("batch", "-", "--top", "10", stdin=QUESTION, env=env).stdout)
    assert [c["lines"] for c in row["citations"]] == order
    (turn,) = rows(run("chat", "--json", "--top", "10", stdin=QUESTION, env=env).stdout)
    assert [c["lines"] for c in turn["citations"]] == order


@pytest.mark.slow
@pytest.mark.parametrize(
    ("made", "said"),
    [
        ({"kind": "BertModel"}, "is no cross-encoder (BertModel scores no pairs)"),
        ({"labels": 3}, "gives 3 scores for a pair"),
        (None, "cannot be loaded"),
    ],
    ids=["embedding model", "three labels", "cut"],
)
def test_another_kind_of_model_is_one_line(run, indexed, tmp_path, made, said):
    folder = write_cross_encoder(tmp_path / "other", **made or {})
    if made is None:
        (folder / "model.safetensors").write_bytes(b"{}")
    assert said in refused(run("ask", QUESTION, "--reranker", folder))


@pytest.mark.parametrize("command", [["ask", FACT], ["chat"], ["batch", "-"], ["eval", "gold.jsonl"]])
def test_a_folder_that_is_no_model_is_one_line_for_every_command(run, indexed, command):
    (indexed / "gold.jsonl").write_text('{"question": "谁?"}\n', encoding="utf-8")
    message = refused(run(*command, "--reranker", "pages", stdin="谁?"))
    assert message == "reranker 'pages' holds no model (no config.json): give the folder of a cross-encoder"


def test_an_unknown_name_is_not_looked_for_elsewhere(run, indexed):
    message = refused(run("ask", FACT, env=environment(QA_RERANKER="nobody/has-this", HF_HOME=str(indexed))))
    assert message.startswith("no reranker 'nobody/has-this' on this machine (nothing is downloaded)")
