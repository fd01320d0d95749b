"""What the figures were taken on."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks.performance.processes import ROOT

PACKAGES = (
    "bm25s",
    "faiss-cpu",
    "jieba",
    "numpy",
    "rjieba",
    "safetensors",
    "sentence-transformers",
    "tokenizers",
    "torch",
)


def field(path: str, name: str) -> str:
    """The value of `name: value` in a file of the kernel's; empty where there is none."""
    try:
        lines = Path(path).read_text().splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")


def versions() -> dict[str, str]:
    """The packages that matter, those that are there."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def commit() -> str:
    """Which state of the code; empty outside a repository."""
    command = ["git", "describe", "--always", "--dirty"]
    try:
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def facts() -> dict[str, Any]:
    """The machine now: one that is busy is seen by its load."""
    kilobytes = field("/proc/meminfo", "MemTotal").split()
    return {
        "begun": time.strftime("%Y-%m-%d %H:%M"),
        "commit": commit(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "processor": field("/proc/cpuinfo", "model name") or platform.processor() or platform.machine(),
        "memory": 1024 * int(kilobytes[0]) if kilobytes else None,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "packages": versions(),
        "load": round(os.getloadavg()[0], 2),
    }
