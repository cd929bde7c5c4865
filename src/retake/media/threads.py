"""How many threads OpenCV uses: one, while Retake's own workers share the cores among themselves."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from threading import Lock

import cv2


class _Hold:
    """How many hold OpenCV to one thread, and how many threads it had before the first of them came."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._holders = 0
        self._before = 0

    def take(self) -> None:
        with self._lock:
            if not self._holders:
                self._before = cv2.getNumThreads()
                cv2.setNumThreads(1)
            self._holders += 1

    def give_back(self) -> None:
        with self._lock:
            self._holders -= 1
            if not self._holders:
                cv2.setNumThreads(self._before)


_HOLD = _Hold()
"""OpenCV keeps one number for the whole process; so must its guard."""


@contextmanager
def one_thread_each() -> Generator[None]:
    """While this lasts, OpenCV works in the thread that calls it; afterwards as before. May be nested, and
    entered from several threads at once."""
    _HOLD.take()
    try:
        yield
    finally:
        _HOLD.give_back()
