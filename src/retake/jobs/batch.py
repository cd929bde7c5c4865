"""A batch, on one page: rows read and checked, admitted to the ledger, made by workers, told in results.

Rows in are films out and failures named. Run again, it goes on where it was stopped: a row counts as done
while its film lies there as it was written, and only what failed, changed or is missing is made.
"""

from __future__ import annotations

import os
import shutil
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from retake.assemble.receipt import receipt_path
from retake.errors import HostError, RetakeError
from retake.jobs.admission import ALL, Choice, chosen, is_made, keys_of, open_session
from retake.jobs.failures import ROW, outcome_of
from retake.jobs.ledger import Entry, Ledger, Outcome, read_outcome
from retake.jobs.names import film_name
from retake.jobs.pool import Pool, Reply, Task
from retake.jobs.results import write_results
from retake.jobs.rows import Row, read_rows
from retake.jobs.sheet import write_sheet
from retake.jobs.worker import opening_of
from retake.produce.files import make_folder
from retake.produce.personalisation import Session, check_row
from retake.produce.workplace import held
from retake.progress import Progress, Step, silent
from retake.settings import Settings

_FILMS, _STILLS, _SCRATCH = "films", "stills", ".scratch"


@dataclass(frozen=True, slots=True)
class Batch:
    """How it ended. `stopped` says why rows are left waiting, "" where none is; `strays` are films in the
    folder that belong to no row of the table."""

    folder: Path
    entries: tuple[Entry, ...]
    made_now: int
    stopped: str = ""
    strays: tuple[str, ...] = ()

    @property
    def done(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.state == "done")

    @property
    def failed(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.state == "failed")

    @property
    def waiting(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.state not in ("done", "failed"))


def run_batch(
    template: str,
    rows_file: Path,
    out: Path,
    *,
    choice: Choice = ALL,
    settings: Settings,
    progress: Progress = silent,
) -> Batch:
    """Makes a film for every row in the folder `out`. Another run for the same folder waits for this one.

    A row that cannot be made is a failure in the result; raises `RetakeError` only for what concerns all.
    """
    session = open_session(template, settings)
    every, base = read_rows(rows_file), rows_file.parent
    rows = chosen(every, choice)
    make_folder(out)
    waiting = "another run is at work in this folder"
    with held(out / "ledger.lock", progress, waiting) as lock, Ledger(out / "ledger.sqlite") as ledger:
        tidy(out)
        keys = keys_of(session.prepared, every, base)
        ledger.admit(keys)
        numbers = {row.number for row in rows}
        for entry in ledger.entries():
            if not is_made(entry, keys, out) and (entry.state == "done" or entry.number in numbers):
                ledger.reset(entry.number)
        run = _Run(session, rows, base, out, ledger, choice, progress)
        try:
            run.make(lock)
        finally:
            tidy(out)
            ledger.settle()
            entries = ledger.entries()
            write_results(out, entries, every)
            write_sheet(out, session.prepared.template, entries, every)
    ours = tuple(entry for entry in entries if entry.number in numbers)
    return Batch(out, ours, run.made, run.stopped, _strays(out, entries))


class _Run:
    """One run over the rows that are not done: what waits, what came back, and whether to go on."""

    def __init__(
        self,
        session: Session,
        rows: Sequence[Row],
        base: Path,
        out: Path,
        ledger: Ledger,
        choice: Choice,
        progress: Progress,
    ) -> None:
        self._session, self._base, self._out = session, base, out
        self._ledger, self._choice, self._progress = ledger, choice, progress
        entries = {entry.number: entry for entry in ledger.entries()}
        self._rows: Mapping[int, Row] = {r.number: r for r in rows if entries[r.number].state != "done"}
        self._former = {number: entry.former for number, entry in entries.items()}
        self._waiting = deque(self._rows)
        self._attempts = dict.fromkeys(self._rows, 0)
        self._failed = 0
        self.made, self.stopped = 0, ""

    def make(self, lock: int) -> None:
        """Makes every row that waits; the workers hold the lock too. Raises `RetakeError`."""
        settings = self._session.settings
        opening = opening_of(self._session.prepared, self._out, self._base, settings)
        scratch = make_folder((self._out / _SCRATCH).absolute())
        size = min(settings.workers, len(self._rows))
        self._tell()
        with Pool(size, opening, lock=lock, scratch=scratch) as pool:
            for reply in pool.run(self._next_task):
                self._take(reply)

    def _next_task(self) -> Task | None:
        """The next row; one that is unfit fails here, before any worker has it."""
        while self._waiting and not self.stopped:
            row = self._rows[self._waiting.popleft()]
            self._ledger.start(row.number)
            self._attempts[row.number] += 1
            try:
                check_row(self._session, row.data, base=self._base, name=ROW)
            except RetakeError as error:
                self._finish(row.number, outcome_of(error))
                continue
            name = self._name(row.number)
            film = f"{_FILMS}/{name}{self._session.prepared.master.suffix}"
            message = {"row": row.data, "film": film, "stills": f"{_STILLS}/{name}"}
            return Task(row.number, message)
        return None

    def _take(self, reply: Reply) -> None:
        number = reply.number
        if reply.died:
            outcome, gravity = Outcome(error=f"the worker died: {reply.died}", kind="WorkerDied"), "again"
        else:
            outcome, gravity = read_outcome(reply.message["outcome"]), reply.message["gravity"]
        if gravity == "stop":
            self.stopped = self.stopped or f"row {number}: {outcome.error}"
            self._ledger.put_back(number)
        elif gravity == "again" and self._attempts[number] < self._choice.attempts:
            self._waiting.append(number)
            self._ledger.put_back(number)
        else:
            self._finish(number, outcome)

    def _finish(self, number: int, outcome: Outcome) -> None:
        self._remove_former(number, outcome)
        self._ledger.finish(number, outcome)
        if not outcome.error:
            self.made += 1
        else:
            self._failed += 1
            if self._choice.fail_fast:
                self.stopped = self.stopped or f"row {number} failed: {outcome.error}"
        self._tell()

    def _remove_former(self, number: int, outcome: Outcome) -> None:
        """What was made of the row before it was edited is not to be sent."""
        former = self._former[number]
        if former in ("", outcome.film):
            return
        stem = _stem(former)
        if outcome.film and _stem(outcome.film) == stem:
            (self._out / former).unlink(missing_ok=True)
            receipt_path(self._out / former).unlink(missing_ok=True)
            return
        for path in (self._out / _FILMS).glob(f"{stem}.*"):
            path.unlink(missing_ok=True)
        shutil.rmtree(self._out / _STILLS / stem, ignore_errors=True)

    def _name(self, number: int) -> str:
        return film_name(self._rows[number], self._session.prepared.template)

    def _tell(self) -> None:
        if self._rows:
            note = f"{self._failed} failed" if self._failed else ""
            self._progress(Step("rows", self.made + self._failed, len(self._rows), note=note))


def _stem(film: str) -> str:
    """What the names of all files of a row begin with."""
    return Path(film).name.partition(".")[0]


def _strays(out: Path, entries: Sequence[Entry]) -> tuple[str, ...]:
    known = {entry.former for entry in entries}
    films = sorted(path.relative_to(out).as_posix() for path in (out / _FILMS).glob("[!.]*.m[op][v4]"))
    return tuple(film for film in films if film not in known)


def tidy(out: Path) -> None:
    """Removes what a run that was stopped left unfinished. Raises `HostError`."""
    try:
        shutil.rmtree(out / _SCRATCH, ignore_errors=True)
        for part in (
            *out.glob(".*.part"),
            *(out / _FILMS).glob(".*.part*"),
            *(out / _STILLS).glob("*/.*.part*"),
        ):
            part.unlink(missing_ok=True)
    except OSError as error:
        remedy = "choose a folder that can be written"
        raise HostError(f"cannot be tidied: {error.strerror}", place=str(out), remedy=remedy) from error
    if not os.access(out, os.W_OK):
        raise HostError("the folder may not be written", place=str(out), remedy="choose another folder")
