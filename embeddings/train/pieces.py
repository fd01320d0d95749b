"""Writes the tokenizer a second time, for `sentencepiece`: the same entries, scores and folding in its own format."""

from __future__ import annotations

import base64
import importlib
import json
from pathlib import Path
from typing import Any

UNIGRAM, UNKNOWN = 1, 2  # sentencepiece's own numbers for the kind of model and of piece


def convert(tokenizer: Path, target: Path) -> None:
    """Write `tokenizer.json` as a sentencepiece model; no piece may hold anything but letters and digits.

    The rule of `tokenizer.json` that punctuation parts words needs no other form then: what is in no piece is unknown.
    """
    messages: Any = importlib.import_module("sentencepiece.sentencepiece_model_pb2")
    rules = json.loads(tokenizer.read_text(encoding="utf-8"))
    model = rules["model"]
    proto = messages.ModelProto()
    for number, (text, score) in enumerate(model["vocab"]):
        piece = proto.pieces.add()
        piece.piece, piece.score = text, score
        if number == model["unk_id"]:
            piece.type = UNKNOWN
        elif not text.isalnum():
            raise ValueError(f"piece {text!r} holds more than letters and digits")
    trainer, normalizer = proto.trainer_spec, proto.normalizer_spec
    trainer.model_type, trainer.unk_id, trainer.unk_piece = UNIGRAM, model["unk_id"], model["vocab"][model["unk_id"]][0]
    trainer.bos_id = trainer.eos_id = trainer.pad_id = -1
    normalizer.name = "identity"
    if rules["normalizer"]:
        normalizer.name = "fold"
        normalizer.precompiled_charsmap = base64.b64decode(rules["normalizer"]["precompiled_charsmap"])
    normalizer.add_dummy_prefix = normalizer.remove_extra_whitespaces = normalizer.escape_whitespaces = False
    target.write_bytes(proto.SerializeToString(deterministic=True))
