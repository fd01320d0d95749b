"""The training pipeline on a made-up corpus: a recipe replayed, broken off, taken up again."""

import gzip
import json

import numpy as np
import pytest
from tokenizers import Regex, Tokenizer, models, pre_tokenizers

from embeddings.static import StaticEncoder
from embeddings.train import config, contrast, export, width
from embeddings.train.__main__ import main

pytestmark = pytest.mark.filterwarnings("ignore:Sparse")  # torch speaks of sparse matrices once a process
SENTENCES = [
    "淡化站每天可产淡水四千吨。",
    "盲文图书角每周三和周六开放。",
    "钟表匠先后带出十八名徒弟。",
    "黑脸琵鹭每年十月飞到岛上。",
    "瞭望塔由渔民改建而成。",
    "读者可以预约电话读书服务。",
    "居民用船从陆上运水。",
]
RECIPE = """
name = "tiny"
seed = 5
dimension = 8
base = "{base}"
[mine]
depth = 3
skip = 0
kept = 2
copy = 2.0
least = 3
[finish]
batch = 12
steps = 30
learning_rate = 0.03
temperature = 0.05
drop_query_tokens = 0.2
passage_tokens = 20
evaluate_every = 10
[finish.mix]
pairs = 0.3
headline = 0.2
context = 0.2
questions = 0.3
[[steps]]
name = "one"
does = "finish"
start = "vectors"
[[steps]]
name = "negatives"
does = "mine"
start = "one"
[[steps]]
name = "two"
does = "finish"
start = "one"
seed = 6
negatives = 1
[[steps]]
name = "mean"
does = "average"
of = {{ one = 2, two = 1 }}
[[steps]]
name = "wide"
does = "widen"
start = "mean"
numbers = 12
share = 0.5
[[steps]]
name = "three"
does = "finish"
start = "wide"
steps = 20
until = 10
[[steps]]
name = "tiny"
does = "narrow"
start = "three"
numbers = 8
old = 8
stress = 2.0
"""


def lines(path, rows):
    with gzip.open(path, "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


@pytest.fixture(scope="module")
def material(tmp_path_factory):
    """A folder with corpora, a base model and a recipe."""
    home = tmp_path_factory.mktemp("training")
    texts = ["".join(SENTENCES[(i + k) % 7] for k in range(4)) for i in range(7)]
    (home / "corpora").mkdir()
    lines(home / "corpora/text.jsonl.gz", [{"source": "s", "title": t[:6], "text": t} for t in texts])
    pairs = [{"source": "s", "query": s, "positive": t} for s, t in zip(SENTENCES, texts, strict=True)]
    lines(home / "corpora/pairs.jsonl.gz", pairs)
    lines(
        home / "corpora/questions.jsonl.gz",
        [{"query": s[2:8], "positive": t} for s, t in zip(SENTENCES, texts, strict=True)],
    )
    characters = sorted(set("".join(SENTENCES)) - {"。"})
    tokenizer = Tokenizer(models.Unigram([("[UNK]", -9.0), *((c, -3.0) for c in characters)], unk_id=0))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("。"), "removed")
    tokenizer.save(str(home / "tokenizer.json"))
    vectors = np.random.default_rng(1).normal(size=(len(characters) + 1, 8)).astype(np.float32)
    np.save(home / "start.npy", vectors)
    export.run(home, {"start": 1}, home / "base")
    (home / "tiny.toml").write_text(RECIPE.format(base=home / "base"), encoding="utf-8")
    return home


def replay(material, work, *more):
    options = ["--config", str(material / "tiny.toml"), "--corpora", str(material / "corpora")]
    main([*more, *options, "--work", str(work), "--target", str(work / "model")])


@pytest.fixture(scope="module")
def replayed(material):
    work = material / "replayed"
    replay(material, work)
    return work


def test_the_average_is_the_weighted_mean_of_its_runs(replayed):
    one, two, mean = (np.load(replayed / f"{name}.npy") for name in ("one", "two", "mean"))
    assert not np.allclose(one, two)
    assert mean == pytest.approx((2 * one + two) / 3, abs=1e-6)


def test_widened_vectors_keep_what_they_had_and_get_new_numbers_of_a_length_with_it(replayed):
    mean, wide = (np.load(replayed / f"{name}.npy") for name in ("mean", "wide"))
    assert wide.shape == (len(mean), 12)
    assert np.array_equal(wide[:, :8], mean)
    lengths = np.linalg.norm(wide[1:, 8:], axis=1) / np.linalg.norm(mean[1:], axis=1)  # entry 0 is nothing
    assert np.mean(lengths) == pytest.approx(0.5, abs=0.1)
    assert not np.allclose(width.widen(mean, 12, 0.5, 6), wide)  # another seed


def test_narrowed_vectors_keep_the_axes_that_hold_most(replayed):
    three, tiny = (np.load(replayed / f"{name}.npy").astype(np.float64) for name in ("three", "tiny"))
    assert (three.shape[1], tiny.shape[1]) == (12, 8)
    three[:, 8:] *= 2
    values = np.linalg.svd(three, compute_uv=False)
    assert np.linalg.norm(tiny, axis=0) == pytest.approx(values[:8], rel=1e-4)  # ordered by what each holds
    assert width.narrow(three.astype(np.float32), 12) @ width.narrow(three.astype(np.float32), 12).T == pytest.approx(
        three @ three.T, abs=1e-3
    )  # a rotation alone changes no product


def test_vectors_are_not_widened_to_fewer_nor_narrowed_to_more():
    vectors = np.ones((2, 3), np.float32)
    with pytest.raises(ValueError, match="3 numbers cannot be widened to 2"):
        width.widen(vectors, 2, 0.5, 1)
    with pytest.raises(ValueError, match="3 numbers cannot be narrowed to 4"):
        width.narrow(vectors, 4)


def test_what_the_last_step_makes_is_exported(replayed):
    (vector,) = StaticEncoder(replayed / "model").queries(["淡水"])
    ids = Tokenizer.from_file(str(replayed / "tokenizer.json")).encode("淡水").ids
    expected = np.load(replayed / "tiny.npy")[ids].sum(axis=0)
    assert vector == pytest.approx(expected / np.linalg.norm(expected), abs=0.02)  # 8 bits a number


def test_training_lowers_the_loss_and_writes_it_down(replayed):
    log = [json.loads(line) for line in (replayed / "one.log.jsonl").read_text().splitlines()]
    assert [entry["step"] for entry in log] == list(range(1, 31))
    losses = [entry["loss"] for entry in log]
    assert np.mean(losses[-5:]) < np.mean(losses[:5])


def test_a_run_may_end_before_its_rate_has_come_down(replayed):
    log = [json.loads(line) for line in (replayed / "three.log.jsonl").read_text().splitlines()]
    assert log[-1]["step"] == 10
    assert not (replayed / "three.checkpoint.npz").exists()


def test_what_is_there_is_not_made_again(replayed, material, capsys):
    before = (replayed / "one.npy").stat().st_mtime_ns
    (replayed / "tiny.npy").unlink()
    replay(material, replayed)
    assert (replayed / "one.npy").stat().st_mtime_ns == before
    made = [row["stage"] for row in map(json.loads, capsys.readouterr().err.splitlines()) if not row.get("there", True)]
    assert made == ["tiny", "export"]


def test_a_broken_run_goes_on_to_the_same_bytes(replayed, material, tmp_path):
    for file in ("text.npz", "pairs.npz", "words.npz", "questions.npz", "vectors.npy"):
        (tmp_path / file).write_bytes((replayed / file).read_bytes())
    training = config.load(str(material / "tiny.toml")).steps[0]
    seen = []

    def breaks(vectors):
        seen.append(len(seen))
        if len(seen) == 3:
            raise KeyboardInterrupt
        return {}

    with pytest.raises(KeyboardInterrupt):
        contrast.run(tmp_path, training, breaks)
    assert not (tmp_path / "one.npy").exists()
    contrast.run(tmp_path, training, lambda vectors: {})
    assert (tmp_path / "one.npy").read_bytes() == (replayed / "one.npy").read_bytes()
    log = [json.loads(line) for line in (tmp_path / "one.log.jsonl").read_text().splitlines()]
    assert [entry["step"] for entry in log] == list(range(1, 31))
    assert not list(tmp_path.glob("*checkpoint*"))


def test_a_checkpoint_of_other_settings_is_not_gone_on_from(replayed, material, tmp_path):
    for file in ("text.npz", "pairs.npz", "words.npz", "questions.npz", "vectors.npy"):
        (tmp_path / file).write_bytes((replayed / file).read_bytes())
    training = config.load(str(material / "tiny.toml")).steps[0]
    begun = contrast.Run(tmp_path, training)
    begun.step()
    begun.keep()
    assert contrast.Run(tmp_path, training).rows.steps == 1
    other = config.step(
        {"seed": 7, "finish": vars(training.settings)}, {"name": "one", "does": "finish", "start": "vectors"}
    )
    assert contrast.Run(tmp_path, other).rows.steps == 0


def test_every_published_recipe_makes_what_its_steps_begin_from():
    for path in config.CONFIGS.glob("*.toml"):
        made = {"vectors"}
        for step in config.load(path.stem).steps:
            needed = set(step.of) if isinstance(step, config.Average) else {step.start}
            if isinstance(step, config.Training) and step.settings.negatives:
                needed.add(step.settings.mined)
            assert needed <= made, f"{path.name}: {step.name}"
            made.add(step.name)


def test_a_stage_or_a_config_that_there_is_not_is_named(material, tmp_path, capsys):
    with pytest.raises(SystemExit, match="2"):
        replay(material, tmp_path, "polish")
    assert "no stage 'polish'" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        main(["--config", "grand", "--corpora", str(tmp_path)])
    assert "no training config 'grand'; known: spread, static" in capsys.readouterr().err
