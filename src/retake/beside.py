"""Work beside other work: begun now in a thread of its own, its result or its error taken later."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

_Result = TypeVar("_Result")


def beside(work: Callable[[], _Result], name: str = "beside") -> Future[_Result]:
    """Begins `work`; the future holds its result, or raises what it raised.

    Nobody else waits for it: where the caller is interrupted, the thread ends with the process.
    """
    future = Future[_Result]()
    Thread(target=_settle, args=(future, work), name=name, daemon=True).start()
    return future


def settled(work: Callable[[], _Result]) -> Future[_Result]:
    """The outcome of work done at once: a future to be carried to another thread."""
    future = Future[_Result]()
    _settle(future, work)
    return future


def _settle(future: Future[_Result], work: Callable[[], _Result]) -> None:
    try:
        future.set_result(work())
    except BaseException as error:  # noqa: BLE001 - it is raised again where the future is read
        future.set_exception(error)
