"""What an installation that is no checkout brings along."""

import tomllib
from pathlib import Path

import pytest
from helpers import ROOT


@pytest.mark.parametrize("folder", ["qa/weights", "embeddings/model"])
def test_everything_that_is_read_at_run_time_is_packaged(folder):
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["package-data"]
    package = Path(folder).parts[0]
    packaged = {path for pattern in listed[package] for path in (ROOT / package).glob(pattern)}
    assert {path for path in (ROOT / folder).iterdir() if path.is_file()} <= packaged
