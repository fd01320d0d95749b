"""From the options of a command to an index: where it is, opened, built or brought up to date, with bars for whoever looks."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.console import speaker
from qa.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from qa.library import Library
    from qa.manifest import Manifest
    from qa.model_options import ModelOptions


def index_folder(given: Path | None) -> Path:
    """The index folder in use; raises InputError for no folder at all, which typer makes the current one."""
    if given == Path() and not (given / "CURRENT").exists():
        raise InputError("--index is empty or the current folder: name a folder of its own, as in --index my.qa")
    return given or Path(os.environ.get("QA_INDEX") or ".qa")


def open_library(
    index: Path | None,
    model: str | None,
    options: ModelOptions,
    quiet: bool,
    bars: bool = True,
    wait: float = 0.0,
    refresh: bool = True,
    say: Callable[[str], None] | None = None,
) -> Library:
    """Open the index, building or updating it where needed; `say` gets what is said of that instead of standard error."""
    from qa import progress, service

    with progress.bar(quiet or not bars) as show:
        return service.open_(
            index_folder(index),
            model=model,
            options=options,
            say=say or speaker(quiet),
            progress=show,
            wait=wait,
            fresh=refresh,
        )


def updated(paths: list[str], folder: Path, quiet: bool, usual: bool, **wishes: Any) -> Manifest:
    """Build or update the index; one that is up to date is left as it is, and that is told in a moment."""
    from qa import locking, updates

    locking.check_wait(wishes["wait"])
    if usual and (same := updates.up_to_date(paths, folder, max_bytes=wishes["max_bytes"])):
        return same
    from qa import progress, service

    with progress.bar(quiet) as show:
        return service.index(paths, folder, say=speaker(quiet), progress=show, **wishes)
