"""Live progress: one bar for each stage on a terminal, a few plain lines anywhere else.

Enters: `Step`s, from any thread. Leaves: text on a stream. A stream that nobody reads any more silences
progress and stops no work.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import TextIO

from retake.cli.screen import clock, is_live
from retake.progress import Progress, Step

_TENTHS = 10
_LEAST_PAUSE = 1.0
"""Seconds between two lines on a stage that is not over."""


@contextmanager
def shown(stream: TextIO) -> Generator[Progress]:
    """Show the steps of the work done inside, in the way that fits the stream."""
    if not is_live(stream):
        yield Lines(stream).tell
        return

    from retake.cli.bars import Bars

    with Bars(stream) as bars:
        yield bars.tell


@dataclass(slots=True)
class _Stage:
    began: float
    told: float
    tenths: int = 0
    finished: bool = False


class Lines:
    """A line when a stage begins, at every tenth of it (of long ones), and when it ends."""

    def __init__(self, stream: TextIO, now: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._now = now
        self._stages: dict[str, _Stage] = {}
        self._lock = Lock()
        self._silent = False

    def tell(self, step: Step) -> None:
        with self._lock:
            now = self._now()
            stage = self._stages.get(step.stage)
            if stage is None or (stage.finished and not _finishes(step)):
                stage = self._stages[step.stage] = _Stage(now, now)
                self._say(_beginning(step))
            if stage.finished:
                return
            took = now - stage.began
            if _finishes(step):
                stage.finished = True
                self._say(f"{step.stage}: done in {clock(took)}{_rate(step, took)}")
                return
            tenths = step.done * _TENTHS // step.total if step.total else 0
            if tenths > stage.tenths and now - stage.told >= _LEAST_PAUSE:
                stage.tenths, stage.told = tenths, now
                left = f", {clock(took / step.done * (step.total - step.done))} left"
                counted = f"{step.done * 100 // step.total} % ({step.done}/{step.total})"
                self._say(f"{step.stage}: {counted}{_rate(step, took)}{left}")

    def _say(self, line: str) -> None:
        if self._silent:
            return
        try:
            print(line, file=self._stream, flush=True)
        except OSError:
            self._silent = True


def _finishes(step: Step) -> bool:
    return 0 < step.total <= step.done


def _beginning(step: Step) -> str:
    if step.total <= 1:
        return f"{step.stage}: {step.note}" if step.note else step.stage
    return f"{step.stage}: {step.total} {'frames' if step.frames else 'parts'}"


def _rate(step: Step, took: float) -> str:
    return f", {step.done / took:.0f} fps" if step.frames and step.done and took > 0 else ""
