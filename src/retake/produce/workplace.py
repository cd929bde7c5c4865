"""Where the work is done: a folder in the store for what is not yet whole, held by one run at a time."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import TextIO

from retake.errors import HostError
from retake.media.memory import return_large_blocks
from retake.media.threads import one_thread_each
from retake.produce.files import make_folder
from retake.progress import Progress, Step
from retake.settings import Settings

_ABANDONED = 7 * 86_400.0
"""Seconds after which nobody will come back for unfinished spans."""


@contextmanager
def frugal() -> Generator[None]:
    """The process as it should be while films are made: OpenCV leaves the cores to the workers, and memory
    that one of them frees serves the others."""
    return_large_blocks()
    with one_thread_each():
        yield


@contextmanager
def workplace(target: Path, settings: Settings, progress: Progress) -> Generator[Path]:
    """The folder for `target`; another run that wants the same one waits until this one is over.

    What is left in it outlives a run that was stopped, so that the next goes on from there. Raises
    `HostError`.
    """
    root = make_folder(settings.store / "work")
    name = sha256(str(target.resolve()).encode()).hexdigest()[:24]
    with held(root / f"{name}.lock", progress, "another run is making the same film"):
        _sweep(root)
        yield make_folder(root / name)
        with suppress(OSError):
            (root / name).rmdir()


@contextmanager
def held(path: Path, progress: Progress, why: str) -> Generator[int]:
    """Holds a lock file, for which another run waits; `why` is what that one tells. Gives the number of the
    open file: a process to which it is passed on holds the lock too, for as long as it lives. Raises
    `HostError`."""
    with _opened(path) as lock:
        if not _take(lock):
            progress(Step("wait", 0, 1, note=why))
            fcntl.flock(lock, fcntl.LOCK_EX)
            progress(Step("wait", 1, 1))
        yield lock.fileno()


def _opened(path: Path) -> TextIO:
    try:
        return path.open("w", encoding="utf-8")
    except OSError as error:
        remedy = "choose a folder that you may write (RETAKE_STORE names the store)"
        raise HostError(f"cannot be written: {error.strerror}", place=str(path), remedy=remedy) from error


def _take(lock: TextIO) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sweep(root: Path) -> None:
    """Removes what was abandoned long ago. The locks stay: they are empty."""
    with os.scandir(root) as found:
        folders = [Path(entry.path) for entry in found if entry.is_dir(follow_symlinks=False)]
    for folder in folders:
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime < _ABANDONED:
                continue
            with folder.with_suffix(".lock").open("w") as lock:
                if _take(lock):
                    shutil.rmtree(folder)
