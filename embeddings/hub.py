"""From a model's hub name to its folder: in the local cache, or downloaded where that is allowed."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from embeddings.errors import ModelError

ORGANISATION = "sentence-transformers"  # of names without one, as the library has it
# Other programs' forms of the weights, and code, which is never run.
UNWANTED = ["*.h5", "*.msgpack", "*.ot", "*.py", "*.gguf", "*.mlmodel", "rust_model*", "flax_model*", "tf_model*"]
EXPORTS = ["onnx/*", "openvino/*", "*.onnx"]


def cache_folder() -> Path:
    """Where the hub's library keeps its models."""
    home = Path(os.environ.get("HF_HOME", Path.home() / ".cache" / "huggingface"))
    return Path(os.environ.get("HF_HUB_CACHE", home / "hub"))


def candidates(name: str) -> list[str]:
    """What a name may mean on the hub; none where it can be no name."""
    if not re.fullmatch(r"[\w.-]+(/[\w.-]+)?", name) or name.startswith("."):
        return []
    return [name] if "/" in name else [f"{ORGANISATION}/{name}", name]


def cached(name: str) -> Path | None:
    """The folder of a model that is in the local cache already; opens no connection."""
    for full in candidates(name):
        home = cache_folder() / f"models--{full.replace('/', '--')}"
        try:
            commit = (home / "refs" / "main").read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            continue
        folder = home / "snapshots" / commit
        if re.fullmatch(r"[0-9a-f]+", commit) and folder.is_dir():
            return folder
    return None


def download(name: str, backend: str) -> Path:
    """Fetch a model into the local cache; raises ModelError where that fails."""
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    if not sys.stderr.isatty():
        os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
    from huggingface_hub import snapshot_download

    tried = []
    for full in candidates(name):
        try:
            skipped = UNWANTED + (EXPORTS if backend == "torch" else [])
            return Path(snapshot_download(full, ignore_patterns=skipped))
        except Exception as error:  # the library's and its transport's many errors
            tried.append(f"{full}: {(str(error).strip().splitlines() or [type(error).__name__])[0][:120]}")
    raise ModelError(
        f"model {name!r} cannot be downloaded ({'; '.join(tried) or 'no such name'}): "
        "check its name and the network, or fetch it on another machine and give its folder"
    )


def find(name: str, *, allow_download: bool, backend: str) -> Path:
    """The model's folder; raises ModelError, and tries the network only where that is allowed."""
    found = cached(name)
    if found is not None:
        return found
    if allow_download:
        return download(name, backend)
    raise ModelError(
        f"no model {name!r} on this machine (nothing is downloaded): give the folder of a sentence-transformers model, "
        f"fetched with `hf download {name} --local-dir FOLDER` where there is a network, or add --allow-download"
        if candidates(name)
        else f"no model {name!r} on this machine (nothing is downloaded): give the folder of a sentence-transformers "
        "model, or leave --model out for the shipped one"
    )
