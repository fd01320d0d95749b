"""sentence-transformers' own pool of encoding processes: started by the first large batch, ended with the program."""

from __future__ import annotations

import atexit
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

MANY = 512  # texts from which processes are worth their start: each loads PyTorch anew, some seconds


def targets(device: str, workers: int) -> list[str]:
    """One device for each process: the GPUs in turn, else the same one for all."""
    if device != "cuda":
        return [device] * workers
    import torch

    return [f"cuda:{n % torch.cuda.device_count()}" for n in range(workers)]


@contextmanager
def threads_each(workers: int) -> Iterator[None]:
    """Processes started inside share the cores instead of each taking them all."""
    before = os.environ.get("OMP_NUM_THREADS")
    os.environ["OMP_NUM_THREADS"] = before or str(max(1, (os.cpu_count() or 1) // workers))
    try:
        yield
    finally:
        if before is None:
            del os.environ["OMP_NUM_THREADS"]


class Pool:
    """Lazy: costs nothing until `processes` is called."""

    def __init__(self, model: Any, device: str, workers: int) -> None:
        self._model = model
        self._device = device
        self._workers = workers
        self._pool: Any = None

    def wanted(self, texts: int) -> bool:
        """Whether so many texts are to be shared out."""
        return self._workers > 1 and texts >= MANY

    def processes(self) -> Any:
        """The running pool, as sentence-transformers takes it."""
        if self._pool is None:
            with threads_each(self._workers):
                self._pool = self._model.start_multi_process_pool(targets(self._device, self._workers))
            atexit.register(self.close)
        return self._pool

    def close(self) -> None:
        """End the processes; the next large batch starts others."""
        if self._pool is not None:
            pool, self._pool = self._pool, None
            atexit.unregister(self.close)
            self._model.stop_multi_process_pool(pool)
