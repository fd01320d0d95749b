"""The options that several commands share: as types, and those of every command with a model added by one decorator."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Container
from dataclasses import fields
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from qa.model_options import ModelOptions

IndexOption = Annotated[
    Path | None, typer.Option("--index", metavar="DIR", help="Index folder (default: $QA_INDEX, else .qa).")
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model", metavar="NAME_OR_PATH", help="Embedding model (default: the index's own, else the shipped one)."
    ),
]
TopOption = Annotated[int, typer.Option("--top", metavar="K", help="Citations of an answer.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Say nothing but the answer and errors.")]
SizeOption = Annotated[
    int | None,
    typer.Option(
        "--max-file-size",
        "--max-mb",
        metavar="MB",
        min=1,
        help="Skip files larger than this (default: 256, or as before).",
    ),
]
WaitOption = Annotated[
    float, typer.Option("--wait", metavar="SECONDS", min=0, help="Wait this long for another program that writes.")
]
RefreshOption = Annotated[
    bool, typer.Option("--refresh/--no-refresh", help="Update the index first where files changed.")
]
FormatOption = Annotated[
    str | None,
    typer.Option(
        "--format",
        help="jsonl, csv, trec or md (default: by the output's suffix, else jsonl).",
        autocompletion=lambda: ["jsonl", "csv", "trec", "md"],
    ),
]
WhereOption = Annotated[
    list[str] | None,
    typer.Option("--where", metavar="FIELD=VALUE", help="Only passages of this path, headline, reporter, kind, …"),
]

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
