"""Worker processes: rows out to them, outcomes back, and whoever dies is replaced.

A worker is `python -m retake.jobs.worker`: a line of JSON for each row on its standard input; on its standard
output an empty line as it begins the row, and a line with the outcome. It ends when its input does, so that
none outlives a killed batch.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Any, Literal, Self

BEGUN = "\n"
"""What a worker says as it begins a row."""
_PATIENCE = 5.0
"""Seconds that workers have to leave by themselves."""


@dataclass(frozen=True, slots=True)
class Task:
    """A row to be made: what the worker is told."""

    number: int
    message: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a worker said of a row; `died` says how it ended where it said nothing."""

    number: int
    message: Mapping[str, Any]
    died: str = ""


class Pool:
    """At most `size` workers at once, started when there is work for them; leaving the block ends them.

    `lock` is the number of an open file that each worker holds open as long as it lives; `scratch` is where
    their temporary files are.
    """

    def __init__(self, size: int, opening: Mapping[str, Any], *, lock: int, scratch: Path) -> None:
        self._size, self._opening, self._lock, self._scratch = size, opening, lock, scratch
        self._workers: list[_Worker] = []
        self._replies: SimpleQueue[tuple[_Worker, str]] = SimpleQueue()
        self._returned: list[Task] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        until = time.monotonic() + _PATIENCE
        for worker in self._workers:
            worker.ask_to_leave()
        for worker in self._workers:
            worker.see_off(until)

    def run(self, next_task: Callable[[], Task | None]) -> Iterator[Reply]:
        """Replies in the order in which they come, until there are no more tasks and all are answered.

        A task is asked for when a worker is free, and again after every reply: what failed may come again.
        """
        while True:
            self._hand_out(lambda: self._returned.pop() if self._returned else next_task())
            if not any(worker.task for worker in self._workers):
                return
            reply = self._next_reply()
            if reply is not None:
                yield reply

    def _hand_out(self, next_task: Callable[[], Task | None]) -> None:
        idle = [worker for worker in self._workers if worker.task is None]
        while idle or len(self._workers) < self._size:
            task = next_task()
            if task is None:
                return
            worker = idle.pop() if idle else self._start()
            worker.give(task)

    def _next_reply(self) -> Reply | None:
        worker, line = self._replies.get()
        if line == BEGUN:
            worker.state = "at work"
            return None
        task, worker.task = worker.task, None
        if line:
            assert task is not None
            worker.state = "idle"
            return Reply(task.number, json.loads(line))
        self._workers.remove(worker)
        died = worker.ending()
        if task is not None and worker.state == "idle":
            # It died between two rows, and the second was sent to nobody: that row is not to blame.
            self._returned.append(task)
            return None
        return None if task is None else Reply(task.number, {}, died)

    def _start(self) -> _Worker:
        worker = _Worker(self._opening, self._replies, self._lock, self._scratch)
        self._workers.append(worker)
        return worker


class _Worker:
    """One worker process and the row that it has."""

    def __init__(
        self,
        opening: Mapping[str, Any],
        replies: SimpleQueue[tuple[_Worker, str]],
        lock: int,
        scratch: Path,
    ) -> None:
        self.task: Task | None = None
        self.state: Literal["new", "at work", "idle"] = "new"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "retake.jobs.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            # Ctrl-C is for the batch, which ends its workers.
            start_new_session=True,
            pass_fds=(lock,),
            env={**os.environ, "TMPDIR": str(scratch)},
        )
        self._send(opening)
        Thread(target=self._listen, args=(replies,), daemon=True).start()

    def give(self, task: Task) -> None:
        self.task = task
        self._send(task.message)

    def ending(self) -> str:
        """How the process ended, in words."""
        self._close()
        code = self._process.wait()
        return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"

    def ask_to_leave(self) -> None:
        """At once, where it has a row: it takes away what it has half-made."""
        if self.task is None:
            self._close()
        else:
            self._signal(signal.SIGTERM)

    def see_off(self, until: float) -> None:
        """Waits until that time for the process to end, and then ends it with all that it started."""
        try:
            self._process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
        self.ending()

    def _send(self, message: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # it has died: its listener says so
            self._process.stdin.write(json.dumps(message) + "\n")
            self._process.stdin.flush()

    def _listen(self, replies: SimpleQueue[tuple[_Worker, str]]) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                # A line cut short is the last sign of a worker that died.
                if line.endswith("\n"):
                    replies.put((self, line))
        replies.put((self, ""))

    def _close(self) -> None:
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)
