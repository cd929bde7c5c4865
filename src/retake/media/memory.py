"""Memory given back: pictures are large, and what one thread has freed should serve the others."""

from __future__ import annotations

import ctypes
from collections.abc import Generator
from contextlib import contextmanager, suppress
from functools import cache

_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8
_LARGE = 1 << 20
_KEPT = 4 << 20
_LARGEST = 32 << 20  # glibc's own limit for what a heap may hold
_RECYCLED = 64 << 20


def return_large_blocks() -> None:
    """From now on blocks of 1 MiB and more go back to the system as soon as they are freed.

    glibc raises that limit to 32 MiB by itself and then keeps such blocks in one heap for each thread, a
    fifth of a film's memory (mallopt(3), M_MMAP_THRESHOLD). Other C libraries are left as they are.
    """
    with suppress(AttributeError, OSError):
        library = _library()
        library.mallopt(_M_MMAP_THRESHOLD, _LARGE)
        # A threshold set by hand leaves the other at 128 KB, and smaller arrays are faulted in over and over.
        library.mallopt(_M_TRIM_THRESHOLD, _KEPT)


@contextmanager
def recycled() -> Generator[None]:
    """While this lasts, freed blocks of up to 32 MiB stay, for the next that is asked for, by any thread;
    afterwards `return_large_blocks`.

    A painter asks for the same few sizes hundreds of times, and a fresh block costs more than its paint: the
    system clears it page by page (mallopt(3), M_ARENA_MAX; other C libraries are left as they are).
    """
    with suppress(AttributeError, OSError):
        library = _library()
        library.mallopt(_M_ARENA_MAX, 1)
        library.mallopt(_M_MMAP_THRESHOLD, _LARGEST)
        library.mallopt(_M_TRIM_THRESHOLD, _RECYCLED)
    try:
        yield
    finally:
        return_large_blocks()
        give_back()


def give_back() -> None:
    """Freed memory that the C library still holds goes back to the system, before work of another kind.

    malloc_trim(3); other C libraries are left as they are.
    """
    with suppress(AttributeError, OSError):
        _library().malloc_trim(0)


@cache
def _library() -> ctypes.CDLL:
    """The C library of this process. Raises `OSError` where there is none."""
    return ctypes.CDLL(None)
