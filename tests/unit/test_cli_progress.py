"""Progress on a terminal and in a pipe."""

from __future__ import annotations

import io

from retake.cli.bars import Bars
from retake.cli.live import Lines, shown
from retake.cli.screen import clock, size
from retake.progress import Step


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Closed(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError


class Clock:
    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


def test_a_pipe_gets_a_line_at_every_tenth_of_a_stage() -> None:
    stream, now = io.StringIO(), Clock()
    lines = Lines(stream, now)
    for frame in range(601):
        now.time = frame / 50
        lines.tell(Step("render", frame, 600, frames=True))
    said = stream.getvalue().splitlines()
    assert said[0] == "render: 600 frames"
    assert said[1] == "render: 10 % (60/600), 50 fps, 11 s left"
    assert said[-1] == "render: done in 12 s, 50 fps"
    assert len(said) == 11


def test_a_quick_stage_gets_two_lines() -> None:
    stream = io.StringIO()
    lines = Lines(stream, Clock())
    for done in range(13):
        lines.tell(Step("voice", done, 12))
    assert stream.getvalue().splitlines() == ["voice: 12 parts", "voice: done in 0.0 s"]


def test_a_stage_that_begins_again_is_told_again() -> None:
    stream = io.StringIO()
    lines, terminal = Lines(stream, Clock()), Terminal()
    with Bars(terminal) as bars:
        for done in (0, 2, 0, 2, 2):
            lines.tell(Step("check", done, 2))
            bars.tell(Step("check", done, 2))
    assert stream.getvalue().splitlines() == ["check: 2 parts", "check: done in 0.0 s"] * 2
    last = terminal.getvalue().splitlines()[-3:-1]
    assert all("check" in line and "2/2" in line for line in last)


def test_a_reader_who_leaves_stops_no_work() -> None:
    lines = Lines(Closed())
    for done in range(3):
        lines.tell(Step("voice", done, 2))


def test_a_stream_that_is_no_terminal_gets_no_control_codes() -> None:
    stream = io.StringIO()
    with shown(stream) as progress:
        progress(Step("plan", 1, 1))
    assert stream.getvalue() == "plan\nplan: done in 0.0 s\n"


def test_a_terminal_gets_one_bar_for_each_stage() -> None:
    stream = Terminal()
    with Bars(stream) as bars:
        for stage, total in (("voice", 3), ("render", 50)):
            for done in range(total + 1):
                bars.tell(Step(stage, done, total, frames=stage == "render"))
    voice, render = stream.getvalue().splitlines()[-3:-1]
    assert "voice" in voice and "3/3" in voice
    assert "render" in render and "50/50" in render


def test_durations_and_sizes_read_well() -> None:
    assert [clock(seconds) for seconds in (0.04, 9.94, 59.4, 65, 3725)] == [
        "0.0 s",
        "9.9 s",
        "59 s",
        "1:05",
        "1:02:05",
    ]
    assert [size(count) for count in (12, 1_200, 345_600, 5_000_000_000)] == [
        "12 B",
        "1.2 kB",
        "346 kB",
        "5.0 GB",
    ]
