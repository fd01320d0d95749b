"""What can go wrong with a model: one line each, saying what, where and what to do."""

from __future__ import annotations


class ModelError(Exception):
    """A model that is missing, incomplete, or of another shape than the index."""
