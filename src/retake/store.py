"""The store: made assets kept on disk by what they were made from, shared by runs and by processes.

Enters: bytes under a key (`content_key` of everything that decides the asset). Leaves: the path of a whole,
verified file, or nothing. One file holds all that is known of an entry, so one rename makes it appear:

    ROOT/ab/<key>-<sha256 of the bytes>.<kind><suffix>     modified: when made; accessed: when last used

A file whose bytes no longer have that hash is dropped and reported as absent. What is older than its kind
may be is dropped; beyond the size limit the least recently used goes, but nothing that this process used.
Errors: `HostError` where the disk refuses to keep an asset.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, NoReturn

from retake.errors import HostError

DAY = 86_400.0

AGE_LIMITS: Mapping[str, float] = MappingProxyType({"image": 7 * DAY, "audio": 30 * DAY})
"""Seconds that an asset of a kind is kept; other kinds stay until the size limit."""

_ABANDONED = DAY  # a temporary file this old belongs to no living process
_NAME = re.compile(r"(?P<key>[0-9a-f]{64})-(?P<sha256>[0-9a-f]{64})\.(?P<kind>[a-z]+)(?P<suffix>(\.\w+)*)")


def content_key(*fields: object) -> str:
    """The SHA-256 (hexadecimal) of fields, each framed by its length so that no two lists are confused.

    A field is bytes, or any value that JSON can hold.
    """
    digest = hashlib.sha256(b"retake-store-1")
    for field in fields:
        data = field if isinstance(field, bytes) else json.dumps(field, sort_keys=True).encode()
        digest.update(b"b" if isinstance(field, bytes) else b"j")
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class _Entry:
    path: Path
    key: str
    sha256: str
    kind: str
    size: int
    made: float
    used: float


class Store:
    """Assets under `root`, at most `max_bytes` of them. Threads and processes may share one root."""

    def __init__(
        self,
        root: Path,
        max_bytes: int,
        *,
        age_limits: Mapping[str, float] = AGE_LIMITS,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.root = root
        self.max_bytes = max_bytes
        self._age_limits = age_limits
        self._now = now
        self._lock = threading.Lock()
        self._used: set[Path] = set()
        self._size: int | None = None

    def get(self, key: str) -> Path | None:
        """The file kept under `key`, its bytes verified; None where there is none, or none to be trusted."""
        for entry in sorted(self._entries(self._folder(key), key), key=lambda entry: entry.path):
            if self._expired(entry) or not _holds(entry.path, entry.sha256):
                self._drop(entry)
                continue
            self._note_use(entry.path)
            return entry.path
        return None

    def put(self, key: str, kind: str, data: bytes | Callable[[BinaryIO], object], suffix: str = "") -> Path:
        """Keep `data`, bytes or a function that writes them, and return its path.

        The file appears whole or not at all. Raises `HostError` when the disk is full or read-only.
        """
        folder = self._folder(key)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path, size = _write(folder, key, f".{kind}{suffix}", data)
        except OSError as error:
            self._refuse(error)
        self._note_use(path)
        with self._lock:
            if self._size is not None:
                self._size += size
            full = self._size is None or self._size > self.max_bytes
        if full:
            self.prune()
        return path

    def prune(self) -> int:
        """Drop what is too old, then the least recently used until the limit holds; the bytes set free."""
        self._drop_abandoned()
        kept: list[_Entry] = []
        freed = 0
        for entry in self._entries_everywhere():
            if self._expired(entry) and entry.path not in self._used:
                freed += self._drop(entry)
            else:
                kept.append(entry)
        size = sum(entry.size for entry in kept)
        for entry in sorted(kept, key=lambda entry: (entry.used, entry.path)):
            if size <= self.max_bytes:
                break
            if entry.path not in self._used:
                size -= entry.size
                freed += self._drop(entry)
        with self._lock:
            self._size = size
        return freed

    def size(self) -> int:
        """The bytes now kept."""
        return sum(entry.size for entry in self._entries_everywhere())

    def _folder(self, key: str) -> Path:
        if not re.fullmatch(r"[0-9a-f]{64}", key):
            raise ValueError(f"not a content key: {key!r}")
        return self.root / key[:2]

    def _entries(self, folder: Path, key: str = "") -> Iterator[_Entry]:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as files:
            for file in files:
                match = _NAME.fullmatch(file.name)
                if match is None or not match["key"].startswith(key):
                    continue
                # Another process may drop the file between the listing and this line.
                with contextlib.suppress(FileNotFoundError):
                    stat = file.stat()
                    yield _Entry(
                        path=Path(file.path),
                        key=match["key"],
                        sha256=match["sha256"],
                        kind=match["kind"],
                        size=stat.st_size,
                        made=stat.st_mtime,
                        used=stat.st_atime,
                    )

    def _entries_everywhere(self) -> Iterator[_Entry]:
        for folder in sorted(self.root.glob("[0-9a-f][0-9a-f]")):
            yield from self._entries(folder)

    def _expired(self, entry: _Entry) -> bool:
        return self._now() - entry.made > self._age_limits.get(entry.kind, float("inf"))

    def _note_use(self, path: Path) -> None:
        with self._lock:
            self._used.add(path)
        # A store that may only be read still serves what it holds.
        with contextlib.suppress(OSError):
            os.utime(path, (self._now(), path.stat().st_mtime))

    def _drop(self, entry: _Entry) -> int:
        # In a read-only store the entry stays on disk, and stays reported as absent.
        with contextlib.suppress(OSError):
            entry.path.unlink()
            return entry.size
        return 0

    def _drop_abandoned(self) -> None:
        for path in self.root.glob("[0-9a-f][0-9a-f]/.new-*"):
            with contextlib.suppress(OSError):
                if self._now() - path.stat().st_mtime > _ABANDONED:
                    path.unlink()

    def _refuse(self, error: OSError) -> NoReturn:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            what, remedy = "the disk is full", "free some space or set RETAKE_STORE to another disk's folder"
        else:
            what, remedy = "the store cannot be written", "set RETAKE_STORE to a folder that you may write"
        raise HostError(f"{what}: {error.strerror or error}", place=str(self.root), remedy=remedy) from error


def _write(
    folder: Path, key: str, ending: str, data: bytes | Callable[[BinaryIO], object]
) -> tuple[Path, int]:
    """Write beside the target, flush to the disk, rename; the path and its size."""
    descriptor, name = tempfile.mkstemp(prefix=".new-", dir=folder)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            if callable(data):
                data(file)
            else:
                file.write(data)
            file.flush()
            os.fsync(file.fileno())
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        path = folder / f"{key}-{sha256}{ending}"
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return path, size


def _holds(path: Path, sha256: str) -> bool:
    """Whether the file can be read and its bytes have this hash."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError:
        return False
