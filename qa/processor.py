"""What numpy is told of the processor, by its environment, before it is loaded; what a user says there stands."""

from __future__ import annotations

import os
import re
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")
FIRST = 4096  # bytes of it that tell of the first core
# AMD's Zen 4 stores what is picked from 512 bits by microcode, at a hundred times the price: numpy sorts four times as fast
# with 256. OpenJDK decides by the same family; the next one does not have that.
AMD, FAMILY, WIDE = b"AuthenticAMD", b"25", b"avx512f"  # Zen 3 is of that family too, without 512 bits
NARROW = "X86_V4 AVX512_ICL"  # numpy's names of its ways with 512 bits that such a processor has


def on_one_core() -> None:
    """Keep numpy's products to one core.

    A question's are so small that a second core only spins beside the first, which two processes of a batch both pay for.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def wait_asleep() -> None:
    """Let the threads of a library, FAISS's for one, sleep soon where they wait for each other.

    They would turn in circles for milliseconds, on cores that other processes of ours have work for.
    """
    os.environ.setdefault("GOMP_SPINCOUNT", "2000")


def sort_narrowly() -> None:
    """Let numpy do without 512 bits on a processor that sorts more slowly with them."""
    try:
        with CPUINFO.open("rb") as file:
            told = file.read(FIRST)
    except OSError:  # not Linux
        return
    if stores_slowly(told):
        os.environ.setdefault("NPY_DISABLE_CPU_FEATURES", NARROW)


def stores_slowly(told: bytes) -> bool:
    """Whether this beginning of /proc/cpuinfo tells of a Zen 4."""
    fields = dict(re.findall(rb"^(vendor_id|cpu family|flags)\s*: (.*)$", told, re.MULTILINE))
    known = fields.get(b"vendor_id"), fields.get(b"cpu family")
    return known == (AMD, FAMILY) and WIDE in fields.get(b"flags", b"").split()
