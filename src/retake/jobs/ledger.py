"""The ledger of a batch: what became of every row, in SQLite beside the films.

It is a memory, not an authority: a row counts as done only while its film lies there as it was written.
Every change is on the disk when its call returns: a killed run loses at most what it had not finished.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from pydantic import TypeAdapter

from retake.errors import HostError

State = Literal["waiting", "running", "done", "failed"]

_SCHEMA = """
create table if not exists row (
    number   integer primary key,
    key      text not null,
    state    text not null,
    attempts integer not null default 0,
    result   text not null default '{}'
)
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row: its film and what lies beside it, or why there is none.

    Paths are relative to the batch's folder. `modified` and `bytes` are the film's, to know it again.
    """

    film: str = ""
    receipt: str = ""
    verdict: str = ""
    stills: tuple[str, ...] = ()
    error: str = ""
    kind: str = ""
    warnings: tuple[str, ...] = ()
    fallbacks: tuple[str, ...] = ()
    cost_usd: float = 0.0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    kept: Mapping[str, float] = field(default_factory=dict[str, float])
    bytes: int = 0
    modified: int = 0

    def lies_in(self, folder: Path) -> bool:
        """Whether the film and its receipt are there, and the film is the one that was written."""
        try:
            stat = (folder / self.film).stat()
            receipt = (folder / self.receipt).is_file()
        except OSError:
            return False
        return receipt and (stat.st_size, stat.st_mtime_ns) == (self.bytes, self.modified)


_OUTCOME = TypeAdapter(Outcome)


@dataclass(frozen=True, slots=True)
class Entry:
    """A row as the ledger knows it. `key` names what its film is made from; `outcome` is empty until the row
    is done or has failed; `former` is the film that was made of it last, also when it waits again."""

    number: int
    key: str
    state: State
    attempts: int
    outcome: Outcome
    former: str = ""


class Ledger:
    """The rows of one batch. One process writes; use as a context manager. Raises `HostError`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._told():
            self._base = sqlite3.connect(path, isolation_level=None)
            self._base.execute("pragma synchronous=full")
            self._base.execute(_SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._base.close()

    def admit(self, keys: Mapping[int, str]) -> None:
        """Enters the rows of this run, their keys by number. A row with another key starts anew; rows that
        are no longer there are forgotten; what was under way when a run was killed waits again."""
        known = {entry.number: entry.key for entry in self.entries()}
        with self._told():
            self._base.execute("begin immediate")
            with self._base:
                self._base.executemany(
                    "delete from row where number = ?", [(n,) for n in known if n not in keys]
                )
                self._base.executemany(
                    "insert into row (number, key, state) values (?, ?, 'waiting') on conflict do update "
                    "set key = excluded.key, state = 'waiting', attempts = 0",
                    [(n, key) for n, key in keys.items() if known.get(n) != key],
                )
        self.settle()

    def entries(self) -> list[Entry]:
        """Every row, in order."""
        with self._told():
            found = self._base.execute("select number, key, state, attempts, result from row order by number")
            return [_entry(*values) for values in found]

    def start(self, number: int) -> None:
        self._set("state = 'running', attempts = attempts + 1 where number = ?", number)

    def settle(self) -> None:
        """Nothing is under way: what was, waits again."""
        self._set("state = 'waiting' where state = 'running'")

    def put_back(self, number: int) -> None:
        """Back to the waiting rows, for another attempt or another run."""
        self._set("state = 'waiting' where number = ?", number)

    def reset(self, number: int) -> None:
        """As if it had never been tried: its film is gone, or another run tries it again."""
        self._set("state = 'waiting', attempts = 0 where number = ?", number)

    def finish(self, number: int, outcome: Outcome) -> None:
        state = "failed" if outcome.error else "done"
        result = _OUTCOME.dump_json(outcome).decode()
        self._set("state = ?, result = ? where number = ?", state, result, number)

    def _set(self, what: str, *values: object) -> None:
        with self._told():
            self._base.execute(f"update row set {what}", values)

    @contextmanager
    def _told(self) -> Generator[None]:
        try:
            yield
        except sqlite3.Error as error:
            remedy = "check that the disk has space and the folder can be written; then run the batch again"
            message = f"the ledger cannot be kept: {error}"
            raise HostError(message, place=str(self._path), remedy=remedy) from error


def read_outcome(raw: object) -> Outcome:
    """An outcome from a plain JSON value, as a worker sends it."""
    return _OUTCOME.validate_python(raw)


def _entry(number: int, key: str, state: State, attempts: int, result: str) -> Entry:
    last = Outcome() if result == "{}" else _OUTCOME.validate_json(result)
    outcome = last if state in ("done", "failed") else Outcome()
    return Entry(number, key, state, attempts, outcome, last.film)
