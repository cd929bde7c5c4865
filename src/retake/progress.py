"""Progress: how far a stage of the work has come, told by the stages to whoever watches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """`done` of `total` parts of a stage are finished; a `total` of 0 means that nobody knows yet.

    `stage` names the row that a watcher sees ("speech", "render"); steps of one stage come in order, from any
    thread, and a stage that begins again when it was over (for the next film) is a new row. `note` is a few
    words on what is being done now. A part is a frame where `frames` says so.
    """

    stage: str
    done: int
    total: int
    note: str = ""
    frames: bool = False


Progress = Callable[[Step], None]
"""Called with each step; must return quickly, and may raise KeyboardInterrupt to stop the work."""


def silent(step: Step) -> None:
    """For work that nobody watches."""
