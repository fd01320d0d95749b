"""Arrays on disk in numpy's own format: memory-mapped to be read, written piece by piece."""

from __future__ import annotations

import tokenize
from collections.abc import Callable
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


class RowWriter:
    """Writes a file of rows behind a header that tells their number, and so is written once more in the end."""

    def __init__(self, path: Path, kind: type[np.generic], header: Callable[[int], bytes]) -> None:
        """`header` is of one length, whatever the number of rows."""
        self._out = path.open("wb")
        self._kind = np.dtype(kind)
        self._header = header
        self._rows = 0
        self._out.write(header(0))

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
            out.write(self._header(self._rows))


class ArrayWriter(RowWriter):
    """Writes an array; `columns` is None for a flat one."""

    def __init__(self, path: Path, kind: type[np.generic], columns: int | None = None) -> None:
        super().__init__(path, kind, lambda rows: npy_header(np.dtype(kind), rows, columns))


def npy_header(kind: np.dtype[Any], rows: int, columns: int | None) -> bytes:
    """What numpy writes before an array; it leaves room for the number of rows to grow."""
    shape = (rows,) if columns is None else (rows, columns)
    out = BytesIO()
    npy.write_array_header_1_0(out, {"descr": npy.dtype_to_descr(kind), "fortran_order": False, "shape": shape})
    return out.getvalue()
