"""The machine of a run in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

IDLE = 0.25  # load on a core up to which a machine is idle


def told(runs: Sequence[dict[str, Any]]) -> str:
    """A line for each run; a load well above zero at the start means that the machine was busy with other things."""
    return "".join(f"{one(run)}\n" for run in runs)


def one(run: dict[str, Any]) -> str:
    """One run.

    >>> one({"cores": 2, "processor": "P", "memory": 8 << 30, "python": "3.11.7", "load": 0.1, "commit": "abc", "begun": "d"})
    'Measured d on 2 cores (P), 8 GiB, Python 3.11.7, state abc; load at the start 0.1.'
    """
    memory = f", {run['memory'] / 2**30:.0f} GiB" if run.get("memory") else ""
    state = f", state {run['commit']}" if run.get("commit") else ""
    where = f"on {run['cores']} cores ({run['processor']}){memory}, Python {run['python']}{state}"
    busy = " (busy with other work: read the ratios)" if run["load"] > run["cores"] * IDLE else ""
    return f"Measured {run['begun']} {where}; load at the start {run['load']}{busy}."
