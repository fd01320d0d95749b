"""What numpy is told of the processor."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import numpy as np
import pytest

from qa import processor

TOLD = "processor\t: 0\nvendor_id\t: {}\ncpu family\t: {}\nmodel\t\t: 17\nmodel name\t: {}\nflags\t\t: fpu avx2 {}\n"


def unset(monkeypatch, name):
    """Take a variable away until the test ends, and with it what the test puts there."""
    monkeypatch.setenv(name, "")
    monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("vendor", "family", "flags", "slowly"),
    [
        ("AuthenticAMD", 25, "avx512f avx512dq", True),
        ("AuthenticAMD", 25, "avx512f", True),  # where what is read ends
        ("AuthenticAMD", 25, "sha_ni", False),  # the one before, without 512 bits
        ("AuthenticAMD", 26, "avx512f avx512dq", False),  # the one after
        ("GenuineIntel", 25, "avx512f avx512dq", False),
    ],
)
def test_a_processor_that_sorts_slowly_with_512_bits_is_known(vendor, family, flags, slowly):
    assert processor.stores_slowly(TOLD.format(vendor, family, "avx512f", flags).encode()) is slowly


@pytest.mark.parametrize(("family", "before", "after"), [(25, None, processor.NARROW), (25, "", ""), (26, None, None)])
def test_what_a_user_says_of_the_processor_stands(tmp_path, monkeypatch, family, before, after):
    told = tmp_path / "cpuinfo"
    told.write_text(TOLD.format("AuthenticAMD", family, "", "avx512f"))
    monkeypatch.setattr(processor, "CPUINFO", told)
    unset(monkeypatch, "NPY_DISABLE_CPU_FEATURES")
    if before is not None:
        monkeypatch.setenv("NPY_DISABLE_CPU_FEATURES", before)
    processor.sort_narrowly()
    assert os.environ.get("NPY_DISABLE_CPU_FEATURES") == after


def test_a_user_says_how_long_threads_wait_awake(monkeypatch):
    monkeypatch.setenv("GOMP_SPINCOUNT", "7")
    processor.wait_asleep()
    assert os.environ["GOMP_SPINCOUNT"] == "7"
    unset(monkeypatch, "GOMP_SPINCOUNT")
    processor.wait_asleep()
    assert int(os.environ["GOMP_SPINCOUNT"]) < 10_000


def test_where_nothing_is_told_nothing_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(processor, "CPUINFO", tmp_path / "none")
    unset(monkeypatch, "NPY_DISABLE_CPU_FEATURES")
    processor.sort_narrowly()
    assert "NPY_DISABLE_CPU_FEATURES" not in os.environ


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="numpy has other ways on other processors")
def test_numpy_knows_what_it_is_told_to_leave():
    ways = np.show_config(mode="dicts")["SIMD Extensions"]
    left = subprocess.run(
        [sys.executable, "-c", "import numpy; print(numpy.show_config(mode='dicts')['SIMD Extensions'])"],
        env=os.environ | {"NPY_DISABLE_CPU_FEATURES": processor.NARROW},
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(processor.NARROW.split()) <= {*ways["found"], *ways.get("not found", ())}
    assert not any(name in left.stdout.split("not found")[0] for name in processor.NARROW.split())
    assert not left.stderr
