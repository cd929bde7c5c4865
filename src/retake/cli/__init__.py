"""The command line: `retake story`, `render`, `frame`, `check`, `validate`, `doctor`, `schema`.

Commands read options, call `retake.produce` and show what came of it. Results go to standard output, progress
and errors to standard error. `app` names the commands, `failures` decides how an error looks and which exit
code it has, `live` shows progress, `report` shows results.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from contextlib import suppress
from types import FrameType
from typing import NoReturn

_FEW_COLLECTIONS = 20_000
"""New objects between two looks for garbage: importing makes none, and looking takes a tenth of its time."""


def main() -> None:
    """The console script. Exits with 0 done, 1 failed, 2 bad input, 130 interrupted."""
    _stop_cleanly_on(signal.SIGTERM, signal.SIGHUP)
    gc.set_threshold(_FEW_COLLECTIONS)

    from retake.cli.app import application

    try:
        application(sys.argv[1:])(prog_name="retake")
    except SystemExit as leaving:
        _leave_the_rest(leaving.code)
        raise


def _leave_the_rest(code: object) -> None:
    """Ends the process at once where work goes on that nobody waits for any more.

    A thread that comes back from OpenCV while the interpreter shuts down is unwound through C++, which aborts
    the process (PyThread_exit_thread, CPython up to 3.13): the exit code would then be anything but the code.
    """
    if isinstance(code, int) and any(thread.daemon for thread in threading.enumerate()):
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError):
                stream.flush()
        os._exit(code)


def _stop_cleanly_on(*signals: signal.Signals) -> None:
    """Being told to end is the same as Ctrl-C; a signal that the parent ignores (nohup) stays ignored."""
    for number in signals:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
