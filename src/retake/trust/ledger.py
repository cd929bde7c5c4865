"""A book of records that is only ever added to, in which every change of an older record shows.

Enters: records, as JSON objects. Leaves: all records in order. Each line of the file is one record with the
SHA-256 of the line before (`previous`) and its own (`hash`, over the rest as canonical JSON), so that a line
that was changed, moved or taken out breaks the chain. Lines cut off at the end leave a whole chain: who must
see that too keeps the `head` elsewhere.

A record is written in one piece under a lock, and is on the disk when `append` returns. What a process that
was killed left of a line at the end is not a record: reading passes over it and says so, and the next
`append` moves it to a file beside the book. Errors: `HostError`.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from retake.errors import HostError, Problem

BEGINNING = "0" * 64
Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """The records of a book, the hash of its last one, and what it is well to know of the file."""

    records: tuple[Record, ...]
    head: str = BEGINNING
    warnings: tuple[Problem, ...] = ()
    torn: bytes = b""


class Ledger:
    """A book at a path; processes may share it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Reading:
        """Everything in the book. Raises `HostError` where its chain is broken, naming the line."""
        try:
            with self.path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH)
                return self._parse(file.read())
        except FileNotFoundError:
            return Reading(())
        except OSError as error:
            raise self._refused("read", error) from error

    def append(self, make: Callable[[tuple[Record, ...]], Record]) -> Record:
        """Add the record that `make` gives for all that are there, with nobody else writing meanwhile.

        What `make` raises comes out, and nothing is written.
        """
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "r+b", buffering=0) as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                data = file.read()
                reading = self._parse(data)
                chained = _chained(make(reading.records), reading.head)
                if reading.torn:
                    self._set_aside(reading.torn)
                _write(file, len(data) - len(reading.torn), chained)
                if not data:
                    _synchronise(self.path.parent)
        except OSError as error:
            raise self._refused("written", error) from error
        return chained

    def _parse(self, data: bytes) -> Reading:
        *lines, torn = data.split(b"\n")
        records: list[Record] = []
        head = BEGINNING
        for number, line in enumerate(lines, 1):
            record = _verified(line, head)
            if record is None:
                raise HostError(
                    f"line {number} is not as it was written: this or one before it was changed or taken out",
                    place=f"{self.path}:{number}",
                    remedy="restore the file from a copy; until then nothing is allowed by it",
                )
            records.append(record)
            head = record["hash"]
        warnings = (self._torn_warning(len(lines) + 1),) if torn else ()
        return Reading(tuple(records), head, warnings, torn)

    def _torn_warning(self, number: int) -> Problem:
        return Problem(
            f"{self.path}:{number}",
            "the last line is not whole: a process was stopped while it wrote it",
            "look at what was being recorded, and record it again",
            warning=True,
        )

    def _set_aside(self, torn: bytes) -> None:
        with self.path.with_suffix(".torn").open("ab") as file:
            file.write(torn + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def _refused(self, what: str, error: OSError) -> HostError:
        remedy = "set RETAKE_HOME to a folder that you may write, and look at the space on the disk"
        reason = (error.strerror or str(error)).lower()
        return HostError(f"cannot be {what}: {reason}", place=str(self.path), remedy=remedy)


def _write(file: BinaryIO, at: int, record: Record) -> None:
    """One line at the end; where the disk refuses a part of it, none of it stays."""
    line = _canonical(record) + b"\n"
    file.truncate(at)
    file.seek(at)
    try:
        while line:
            line = line[file.write(line) :]
        os.fsync(file.fileno())
    except OSError:
        with suppress(OSError):
            os.ftruncate(file.fileno(), at)
        raise


def _chained(record: Record, previous: str) -> dict[str, Any]:
    body = {**record, "previous": previous}
    return {**body, "hash": hashlib.sha256(_canonical(body)).hexdigest()}


def _verified(line: bytes, previous: str) -> Record | None:
    """The record in a line; None where it is none, or does not follow."""
    try:
        told: Any = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict):
        return None
    record = cast(dict[str, Any], told)
    body = {name: value for name, value in record.items() if name != "hash"}
    whole = record.get("hash") == hashlib.sha256(_canonical(body)).hexdigest()
    return record if whole and record.get("previous") == previous and line == _canonical(record) else None


def _canonical(record: Record) -> bytes:
    return json.dumps(record, sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode()


def _synchronise(folder: Path) -> None:
    """Make sure that a new file's name is on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
