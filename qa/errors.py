"""What can go wrong for a user: one line each, saying what, where and what to do."""

from __future__ import annotations

REBUILD = "build the index again with `qa index --rebuild`"
UPDATE = "update the index with `qa index`"


class QAError(Exception):
    """A mistake that a user can mend; the command line prints it and exits with code 2."""


class InputError(QAError):
    """A file, folder, question or option that cannot be used."""


class NoDocuments(InputError):
    """Nothing that is to be indexed can be read."""


class BrokenIndex(QAError):
    """The index folder is missing, damaged, of another format, or in use."""


class Busy(BrokenIndex):
    """Another program writes to the index."""


class ReadOnly(BrokenIndex):
    """The index folder cannot be written: a read-only medium, or no permission."""


class ModelError(QAError):
    """The embedding model cannot be loaded or does not fit the index."""


class UnreadableFile(QAError):
    """One document that cannot be read; it is skipped and named, the rest is indexed."""
