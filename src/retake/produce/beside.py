"""Work beside other work: begun now, waited for later."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

_Result = TypeVar("_Result")


def beside(work: Callable[[], _Result]) -> Callable[[], _Result]:
    """Begins `work` in a thread of its own; what is returned waits for its result, or raises what it raised.

    Nobody else waits: where the caller is interrupted, the thread ends with the process.
    """
    outcome = Future[_Result]()

    def run() -> None:
        try:
            outcome.set_result(work())
        except BaseException as error:  # noqa: BLE001 - it is raised again where the result is asked for
            outcome.set_exception(error)

    Thread(target=run, name="beside", daemon=True).start()
    return outcome.result
