"""The options that all commands with a model share, added to a command by one decorator."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Container
from dataclasses import fields
from functools import wraps
from typing import Annotated, Any

import typer

from qa.model_options import ModelOptions

SHARED: dict[str, Any] = {
    "device": Annotated[
        str, typer.Option("--device", metavar="DEVICE", help="Run the model on auto, cpu, cuda or mps.")
    ],
    "dtype": Annotated[
        str | None, typer.Option("--dtype", metavar="DTYPE", help="Its numbers: float32, float16 or bfloat16.")
    ],
    "backend": Annotated[
        str | None, typer.Option("--backend", metavar="BACKEND", help="What runs it: torch, onnx or openvino.")
    ],
    "workers": Annotated[
        int, typer.Option("--encode-workers", metavar="N", min=1, help="Processes that share large batches.")
    ],
    "allow_download": Annotated[
        bool, typer.Option("--allow-download", help="Fetch a model that is not on this machine from its hub.")
    ],
    "cache": Annotated[bool, typer.Option("--cache/--no-cache", help="Keep a slow model's vectors between indexes.")],
    "reranker": Annotated[
        str | None,
        typer.Option(
            "--reranker",
            metavar="NAME_OR_PATH",
            envvar="QA_RERANKER",
            show_envvar=False,
            help="Cross-encoder that orders the best anew (default: $QA_RERANKER, else none).",
        ),
    ],
}
ASKING = ("reranker",)  # means something where a question is asked


def with_encoder_options(command: Callable[..., None]) -> Callable[..., None]:
    """`with_model_options` for a command that asks nothing."""
    return with_model_options(command, without=ASKING)


def with_model_options(command: Callable[..., None], without: Container[str] = ()) -> Callable[..., None]:
    """A command of one more parameter `options` as a command of the options that make it up."""
    names = [f for f in fields(ModelOptions) if f.name not in without]
    own = inspect.signature(command, eval_str=True)
    added = [
        inspect.Parameter(f.name, inspect.Parameter.KEYWORD_ONLY, default=f.default, annotation=SHARED[f.name])
        for f in names
    ]
    parameters = [*(p for p in own.parameters.values() if p.name != "options"), *added]

    @wraps(command)
    def run(**given: Any) -> None:
        options = ModelOptions(**{f.name: given.pop(f.name) for f in names})
        command(**given, options=options)

    run.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in parameters} | {"return": None}
    return run
