"""Bars: live progress on a terminal, drawn by Rich.

voice      ━━━━━━━━━━━━━━━━━━━━━━━━   12/12               2.1 s
pictures   ━━━━━━━━━━━━━━━━━━━━━━━━   12/12               4.0 s
render     ━━━━━━━━━━╸━━━━━━━━━━━━━  812/1800   96 fps    10 s left
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID
from rich.table import Column
from rich.text import Text

from retake.cli.screen import clock
from retake.progress import Step

_NOTE_WIDTH = 18
_MARGIN = 4


class Bars:
    """A bar for each stage, in the order in which stages begin; they stay when the work is over."""

    def __init__(self, stream: TextIO) -> None:
        console = Console(file=stream, highlight=False)
        self._rows = _Rows(*_columns(), console=console, refresh_per_second=8)
        self._tasks: dict[str, TaskID] = {}
        self._lock = Lock()

    def __enter__(self) -> Self:
        self._rows.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._rows.tasks:
            if not task.finished:
                self._rows.stop_task(task.id)
        self._rows.stop()

    def tell(self, step: Step) -> None:
        with self._lock:
            total = step.total or None
            task = self._tasks.get(step.stage)
            if task is None or (self._rows.tasks[task].finished and step.done < step.total):
                task = self._rows.add_task(step.stage, total=total, frames=step.frames, note=step.note)
                self._tasks[step.stage] = task
            self._rows.update(task, completed=step.done, total=total, frames=step.frames, note=step.note)


class _Rows(Progress):
    """Rows that leave the right edge free: a terminal echoes ^C there, which would break a full row."""

    def get_renderable(self) -> RenderableType:
        return _Narrower(super().get_renderable())


@dataclass(frozen=True, slots=True)
class _Narrower:
    content: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        return console.render(self.content, options.update_width(max(1, options.max_width - _MARGIN)))


def _columns() -> Iterable[ProgressColumn]:
    return (
        _Name(table_column=Column(no_wrap=True, min_width=11)),
        BarColumn(bar_width=None, table_column=Column(ratio=1, max_width=44)),
        _Count(table_column=Column(justify="right", no_wrap=True, min_width=9)),
        _Doing(table_column=Column(no_wrap=True, overflow="ellipsis", width=_NOTE_WIDTH)),
        _Time(table_column=Column(justify="right", no_wrap=True, min_width=10)),
    )


class _Name(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"  {task.description}", style="bold" if not task.finished else "")


class _Count(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.completed:.0f}/{task.total:.0f}" if task.total else "", style="cyan")


class _Doing(ProgressColumn):
    """Frames a second where frames are counted, and what is being done now."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        fps = f"{speed:.0f} fps" if task.fields["frames"] and speed else ""
        note = "" if task.finished else task.fields["note"]
        return Text("  ".join(part for part in (fps, note) if part), style="dim")


class _Time(ProgressColumn):
    """The time left, and, when the stage is over, the time it took."""

    def render(self, task: Task) -> Text:
        if task.finished:
            return Text(clock(task.finished_time or 0), style="green")
        if task.stop_time is not None:
            return Text("stopped", style="yellow")
        if task.time_remaining is not None:
            return Text(f"{clock(task.time_remaining)} left")
        return Text(clock(task.elapsed or 0), style="dim")
