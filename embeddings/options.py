"""How a model is run. What changes its vectors (`dtype`, `backend`) is part of its fingerprint, the rest is not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.util import find_spec

from embeddings.errors import ModelError

DEVICES = ("auto", "cpu", "cuda", "mps")
DTYPES = ("float32", "float16", "bfloat16")
BACKENDS = {"torch": (), "onnx": ("optimum", "onnxruntime"), "openvino": ("optimum", "openvino")}  # and their packages


@dataclass(frozen=True, slots=True)
class Options:
    """`device` is auto, cpu, cuda (or cuda:1 and so on) or mps; `workers` is the number of encoding processes.

    `allow_download` lets a model that is not on this machine be fetched from its hub; `cache` keeps
    the vectors of slow encoders in the user's cache folder.
    """

    device: str = "auto"
    dtype: str = "float32"
    backend: str = "torch"
    workers: int = 1
    allow_download: bool = False
    cache: bool = True


def check(options: Options) -> None:
    """Raise ModelError for a value that no model takes; loads neither torch nor a model."""
    if options.device not in DEVICES and not re.fullmatch(r"cuda:\d+", options.device):
        raise ModelError(f"no device {options.device!r}: use one of {', '.join(DEVICES)}")
    if options.dtype not in DTYPES:
        raise ModelError(f"no dtype {options.dtype!r}: use one of {', '.join(DTYPES)}")
    if options.backend not in BACKENDS:
        raise ModelError(f"no backend {options.backend!r}: use one of {', '.join(BACKENDS)}")
    if options.workers < 1:
        raise ModelError(f"{options.workers} encoding processes: give a number from 1")
    if any(find_spec(package) is None for package in BACKENDS[options.backend]):
        raise ModelError(
            f"backend {options.backend} needs packages that are not installed: "
            f'pip install "sentence-transformers[{options.backend}]"'
        )
    if options.backend != "torch" and options.workers > 1:
        raise ModelError(f"backend {options.backend} runs in one process: leave --encode-workers out")
    if options.backend != "torch" and options.dtype != "float32":
        raise ModelError(f"backend {options.backend} takes no dtype {options.dtype}: leave --dtype out")


def resolve_device(name: str) -> str:
    """The device to use, as PyTorch names it; raises ModelError where it is not on this machine."""
    import torch

    found = ["cpu"]
    if torch.cuda.is_available():
        found += ["cuda", *(f"cuda:{n}" for n in range(torch.cuda.device_count()))]
    if torch.backends.mps.is_available():
        found.append("mps")
    if name == "auto":
        return next((d for d in ("cuda", "mps") if d in found), "cpu")
    if name not in found:
        raise ModelError(f"device {name!r} is not on this machine (PyTorch sees {', '.join(found)}): use another")
    return name
