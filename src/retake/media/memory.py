"""Memory given back: pictures are large, and what one thread has freed should serve the others."""

from __future__ import annotations

import ctypes
from contextlib import suppress
from functools import cache

_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_LARGE = 1 << 20
_KEPT = 4 << 20


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
