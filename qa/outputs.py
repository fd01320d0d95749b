"""Where the answers of a batch go: standard output, or a file that an interrupted run leaves in good order."""

from __future__ import annotations

import errno
import io
import json
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any

from qa import locking
from qa.errors import InputError

RECORD = ".resume"  # beside the output while a run is unfinished: what the run was told
FORMAT = 1


def check(output: Path, questions: str) -> None:
    """Raise InputError for a file that cannot or must not be written; touches nothing."""
    folder = output.parent
    if not folder.is_dir():
        raise InputError(
            f"{output}: cannot be written (there is no folder {folder}): create it, or choose another output"
        )
    if output.is_dir():
        raise InputError(f"{output}: cannot be written (it is a folder): name a file in it")
    if questions != "-":
        check_source(output, Path(questions), "the file of questions itself")


def check_source(output: Path, source: Path, what: str) -> None:
    """Raise InputError where the output is a file that is read."""
    if output.exists() and source.exists() and output.samefile(source):
        raise InputError(f"{output}: is {what}: choose another output")


def check_beside(output: Path, folder: Path, documents: frozenset[Path]) -> None:
    """Raise InputError for an output among the files of an index, or one of its documents, by whatever name."""
    if output.resolve() in documents or linked(output, documents):
        raise InputError(f"{output}: is one of the indexed documents: choose another output")
    if output.resolve().is_relative_to(folder.resolve()):
        raise InputError(f"{output}: is in the index folder {folder}: choose another output")


def linked(output: Path, documents: frozenset[Path]) -> bool:
    """Whether a file that has several names is one of the documents by another of them."""
    with suppress(OSError):
        if output.stat().st_nlink > 1:
            return any(document.exists() and output.samefile(document) for document in documents)
    return False


def record_of(output: Path) -> Path:
    """The file that says what an unfinished run was told."""
    return output.with_name(output.name + RECORD)


def read_record(output: Path) -> dict[str, Any] | None:
    """What the unfinished run was told; None where there is none, or no more to be read."""
    try:
        found = json.loads(record_of(output).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and found.get("format") == FORMAT else None


class File:
    """An output file. Its bytes are always a beginning of what the whole run writes, whatever stops the run."""

    def __init__(self, output: Path, told: dict[str, Any], keep: int = 0) -> None:
        """Open, and cut behind the first `keep` bytes; raises InputError."""
        self.output = output
        self.regular = not output.exists() or stat.S_ISREG(output.stat().st_mode)
        try:
            self._file = io.FileIO(os.open(output, os.O_WRONLY | os.O_CREAT, 0o666), "wb")
            if self.regular:
                if not locking.alone(self._file.fileno()):
                    self._file.close()
                    raise InputError(
                        f"{output}: is being written by another run: wait for it, or choose another output"
                    )
                self._file.truncate(keep)
                self._file.seek(keep)
                self._note(told)
        except OSError as error:
            raise InputError(f"{output}: cannot be written ({error.strerror}): choose another output") from error

    def _note(self, told: dict[str, Any]) -> None:
        """Written after the file was cut: a record never speaks of the answers of an earlier run."""
        place = record_of(self.output)
        partial = place.with_name(place.name + ".partial")
        partial.write_text(json.dumps({"format": FORMAT} | told, ensure_ascii=False) + "\n", encoding="utf-8")
        partial.replace(place)

    def write(self, block: str) -> None:
        """Write all of it at once; raises InputError where there is no room."""
        data = memoryview(block.encode())
        try:
            while data:
                data = data[self._file.write(data) or 0 :]
        except BrokenPipeError:
            raise
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
            todo = "make room" if full else "mend that"
            raise InputError(
                f"{self.output}: cannot be written ({error.strerror}): {todo} and go on with --resume"
            ) from error

    def close(self) -> None:
        """Let go of an unfinished file; its record stays."""
        with suppress(OSError):
            self._file.close()

    def finish(self) -> None:
        """All is written: flush it to the disk and take the record away."""
        if self.regular:
            try:
                os.fsync(self._file.fileno())
            except OSError as error:
                raise InputError(f"{self.output}: cannot be written ({error.strerror}): go on with --resume") from error
            record_of(self.output).unlink(missing_ok=True)
        self.close()
