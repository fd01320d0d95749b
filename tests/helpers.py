"""What several tests share: the program as a real process, the seeds, and small models that can be checked by hand."""

import json
import os
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
CLI = ROOT / "cli.py"
SEEDS = ROOT / "seeds"
GOLD = Path(__file__).parent / "gold" / "questions.jsonl"
FACT = "浙江依爱夫游戏装文化产业有限公司的工会主席叫什么?"
ASKED = ["淡化站每天可产淡水多少吨?", "贺九龄在哪条街修钟表?", "盲文图书角首批上架多少册书?"]
# Root may read everything; without these two capabilities (1: any file, 2: any folder) it is a user like others.
WITHOUT_PRIVILEGE = """
import ctypes, os, sys
for capability in (1, 2):
    ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
SECONDS = 120  # far more than any command needs, so that a hang fails and a busy machine does not


def environment(**changes):
    """The environment of a user who has set nothing that `qa` reads."""
    unset = (
        "QA_INDEX",
        "QA_RERANKER",
        "XDG_CACHE_HOME",
        "NO_COLOR",
        "FORCE_COLOR",
        "PYTHONPATH",
        "HF_HOME",
        "HF_HUB_CACHE",
        "HF_HUB_OFFLINE",  # this and the next are left set by a model that the tests themselves load
        "TRANSFORMERS_OFFLINE",
    )
    return {k: v for k, v in os.environ.items() if k not in unset} | changes


def qa(*args, cwd, stdin=None, env=None, **options):
    """Run a command to its end in the folder `cwd`."""
    return subprocess.run(
        [sys.executable, str(CLI), *map(str, args)],
        cwd=cwd,
        input=stdin if stdin is not None else "",
        env=env or environment(),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=SECONDS,
        **options,
    )


def slowly(tmp_path, count, form="jsonl"):
    """Questions of the small corpus that keep the program busy for a while, and a file for their answers."""
    path = tmp_path / "many.jsonl"
    pieces = ["淡化站每天可产淡水多少吨", "贺九龄在哪条街修钟表", "盲文图书角首批上架多少册书", "黑脸琵鹭今年有多少只"]
    lines = [
        json.dumps({"id": f"m{n}", "question": f"{pieces[n % 4]}({n})?"}, ensure_ascii=False) for n in range(count)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path, tmp_path / f"out.{form}"


def python(code, *args, cwd, env=None, stdin=""):
    """Run Python code to its end as a program of its own."""
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, args)],
        cwd=cwd,
        env=env or environment(PYTHONPATH=str(ROOT)),
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=SECONDS,
    )


def rows(text):
    """The objects of JSON lines."""
    return [json.loads(line) for line in text.splitlines()]


def refused(result):
    """The one line with which a command refuses, without its `qa: `; fails where there is anything more or less."""
    assert result.returncode == 2, result
    lines = result.stderr.splitlines()
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("qa: "), lines
    assert result.stdout == ""
    return lines[0].removeprefix("qa: ")


def characters(texts):
    """The measure of an encoder whose tokens are characters."""
    return [len(text) for text in texts]


class Remainders:
    """An encoder to check by hand: place i counts the characters whose code point leaves i when divided by `dimension`."""

    def __init__(self, dimension=7):
        self.dimension = dimension
        self.fingerprint = f"remainders-{dimension}"
        self.room = None
        self.seen = []

    def queries(self, texts):
        out = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            for char in text:
                out[row, ord(char) % self.dimension] += 1
        norms = np.linalg.norm(out, axis=1, keepdims=True)
        return np.divide(out, norms, out=out, where=norms > 0)

    def passages(self, texts):
        self.seen += texts
        return self.queries(texts)

    def lengths(self, texts):
        return characters(texts)


def write_static_model(folder, characters, table, *, normalize=True):
    """A sentence-transformers folder whose tokens are single characters; row i of `table` is that of `characters[i]`."""
    from safetensors.numpy import save_file
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers

    folder.mkdir(parents=True)
    vocabulary = {"[UNK]": 0} | {c: n for n, c in enumerate(characters, start=1)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("."), "isolated")
    tokenizer.save(str(folder / "tokenizer.json"))
    rows_ = np.vstack([np.zeros((1, table.shape[1]), np.float32), table.astype(np.float32)])
    save_file({"embedding.weight": rows_}, str(folder / "model.safetensors"))
    kinds = ["StaticEmbedding", "Normalize"] if normalize else ["StaticEmbedding"]
    modules = [
        {
            "idx": n,
            "name": str(n),
            "path": "" if n == 0 else f"{n}_{kind}",
            "type": f"sentence_transformers.models.{kind}",
        }
        for n, kind in enumerate(kinds)
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    return folder


VOCABULARY = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    *(chr(0x4E00 + n) for n in range(20_900)),
    *"0123456789,。?：:",
]


def write_bert(folder, seed=1, width=32):
    """A sentence-transformers folder of a BERT of random weights, two layers wide `width`, whose tokens are characters."""
    import torch
    from tokenizers import BertWordPieceTokenizer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    torch.manual_seed(seed)
    shape = {"hidden_size": width, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    folder.mkdir(parents=True)
    special = {f"{n}_token": f"[{n.upper()}]" for n in ("pad", "unk", "cls", "sep", "mask")}
    backend = BertWordPieceTokenizer(dict(zip(VOCABULARY, range(len(VOCABULARY)), strict=True)))._tokenizer
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        BertModel(BertConfig(vocab_size=len(VOCABULARY), max_position_embeddings=128, **shape)).save_pretrained(folder)
        BertTokenizerFast(tokenizer_object=backend, **special).save_pretrained(folder)
    kinds = [("", "Transformer"), ("1_Pooling", "Pooling")]
    modules = [
        {"idx": n, "name": str(n), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for n, (path, kind) in enumerate(kinds)
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 100, "do_lower_case": False}))
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(
        json.dumps({"word_embedding_dimension": width, "pooling_mode_mean_tokens": True})
    )
    return folder
