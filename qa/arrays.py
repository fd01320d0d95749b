"""Arrays on disk in numpy's own format: memory-mapped to be read, written piece by piece."""

from __future__ import annotations

import tokenize
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray


def opened(path: Path, kind: type[np.generic], dimensions: int = 1) -> Any:
    """Memory-map an array of this type; raises ValueError or OSError where the file holds none."""
    try:
        found = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, SyntaxError, tokenize.TokenError, RecursionError, OverflowError, TypeError) as error:
        raise ValueError(f"{path.name} has a damaged header") from error  # numpy reads it with Python's own parser
    if found.ndim != dimensions or found.dtype != kind or not found.flags.c_contiguous:
        raise ValueError(f"{path.name} holds another kind of numbers")
    return found.view(np.ndarray)  # slices of a numpy.memmap cost several times those of a plain array


class ArrayWriter:
    """Writes an array whose length is known in the end; `columns` is None for a flat one."""

    def __init__(self, path: Path, kind: type[np.generic], columns: int | None = None) -> None:
        self._out = path.open("wb")
        self._kind = np.dtype(kind)
        self._columns = columns
        self._rows = 0
        self._out.write(self._header())

    def _header(self) -> bytes:
        """Of one length whatever the number of rows: numpy leaves room for it to grow."""
        shape = (self._rows,) if self._columns is None else (self._rows, self._columns)
        out = BytesIO()
        about = {"descr": npy.dtype_to_descr(self._kind), "fortran_order": False, "shape": shape}
        npy.write_array_header_1_0(out, about)
        return out.getvalue()

    def add(self, rows: NDArray[Any]) -> None:
        """Write the next rows."""
        self._out.write(np.ascontiguousarray(rows, self._kind).tobytes())
        self._rows += len(rows)

    def close(self) -> None:
        """Complete the file; a second time does nothing."""
        if self._out.closed:
            return
        with self._out as out:
            out.seek(0)
            out.write(self._header())
