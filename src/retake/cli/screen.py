"""The screen: Rich consoles that behave in a terminal, in a pipe and in a log alike."""

from __future__ import annotations

import os
from typing import TextIO

from rich.console import Console

_UNFOLDED = 10_000


def screen(stream: TextIO) -> Console:
    """A console on a stream. In a pipe lines are not folded; NO_COLOR and TERM are honoured by Rich."""
    return Console(file=stream, highlight=False, soft_wrap=True, width=None if stream.isatty() else _UNFOLDED)


def is_live(stream: TextIO) -> bool:
    """Whether bars can be redrawn in place."""
    return stream.isatty() and os.environ.get("TERM", "") not in ("dumb", "unknown")


def clock(seconds: float) -> str:
    """9.4 s, 1:05, 1:02:05."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def size(count: float) -> str:
    """Bytes in the units that file managers show (10^3)."""
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" or count >= 100 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"
