"""The sink: bytes from elsewhere written beside their target, counted and hashed, then renamed.

Enters: a stream of bytes. Leaves: a `Fetched`, or nothing on the disk. Errors: `MediaError` for too many
bytes or another kind than was wanted, `HostError` where the disk refuses.
"""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import NoReturn

from retake.errors import HostError, MediaError

_UNDECLARED = ("", "application/octet-stream", "binary/octet-stream", "application/x-binary")


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that was fetched: its SHA-256 (hexadecimal), size in bytes, and the media type that the other
    side declared, or ""."""

    path: Path
    sha256: str
    size: int
    content_type: str


class Sink:
    """A file under way. As a context manager: left before `finish`, it leaves nothing behind."""

    def __init__(self, target: Path, *, limit: int, kinds: tuple[str, ...], place: str) -> None:
        self._target = target
        self._limit = limit
        self._kinds = kinds
        self._place = place
        self._size = 0
        self._digest = hashlib.sha256()
        self._content_type = ""

    def __enter__(self) -> Sink:
        try:
            self._target.parent.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(
                prefix=f".{self._target.name[:80]}-", suffix=".part", dir=self._target.parent
            )
        except OSError as error:
            self._refuse(error)
        self._file, self._part = os.fdopen(descriptor, "wb"), Path(name)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        self._part.unlink(missing_ok=True)

    def begin(self, content_type: str, size: int | None) -> None:
        """What the other side says of the bytes to come: their media type, and how many they are."""
        self._content_type = content_type.partition(";")[0].strip().lower()
        declared = self._content_type not in _UNDECLARED
        if self._kinds and declared and not self._content_type.startswith(self._kinds):
            wanted = " or ".join(kind.rstrip("/") for kind in self._kinds)
            raise MediaError(
                f"this is {_named(self._content_type)}, not {wanted}",
                place=self._place,
                remedy="give the address of the file itself, not of a page that shows it",
            )
        if size is not None and size > self._limit:
            self._too_large()

    def write(self, chunk: bytes) -> None:
        self._size += len(chunk)
        if self._size > self._limit:
            self._too_large()
        self._digest.update(chunk)
        try:
            self._file.write(chunk)
        except OSError as error:
            self._refuse(error)

    def finish(self) -> Fetched:
        """The whole file under its own name."""
        if not self._size:
            raise MediaError("there is nothing in it: 0 bytes", place=self._place, remedy="upload it again")
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._part.replace(self._target)
        except OSError as error:
            self._refuse(error)
        return Fetched(self._target, self._digest.hexdigest(), self._size, self._content_type)

    def _too_large(self) -> NoReturn:
        raise MediaError(
            f"it is larger than {self._limit / 1e6:g} MB",
            place=self._place,
            remedy="give a smaller file",
        )

    def _refuse(self, error: OSError) -> NoReturn:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise HostError(
            "the disk is full" if full else f"cannot be written: {error.strerror or error}",
            place=str(self._target),
            remedy="free some space" if full else "choose a folder that you may write",
        ) from error


def _named(content_type: str) -> str:
    return "a web page" if content_type in ("text/html", "application/xhtml+xml") else content_type
