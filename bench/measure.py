"""Measuring: a command's CPU time, wall time and peak memory; and x264 alone over a film's frames."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import av

_BATCH = 300


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of CPU and of wall time, and the peak resident memory in MB (0 where it was not measured)."""

    cpu: float
    wall: float
    memory: float = 0.0


def command(arguments: Sequence[str], environment: dict[str, str] | None = None) -> Cost:
    """Runs a command to its end. Raises `SystemExit` where it fails.

    It is a child of a small process of its own: a child begins with its parent's peak of memory as its own.
    """
    with TemporaryDirectory() as folder:
        told = Path(folder) / "cost.json"
        line = [sys.executable, __file__, "command", str(told), *arguments]
        if subprocess.run(line, env={**os.environ, **(environment or {})}).returncode:
            raise SystemExit(f"failed: {' '.join(arguments)}")
        return Cost(*json.loads(told.read_text()))


def _command(arguments: Sequence[str]) -> Cost:
    """Runs a command as this process's only child."""
    began = time.perf_counter()
    pid = os.posix_spawnp(arguments[0], list(arguments), os.environ)
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - began
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(1)
    scale = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / scale)


def x264_apart(film: Path, preset: str, crf: int) -> tuple[int, Cost]:
    """`x264_alone` in a process of its own, whose memory is then no part of what is measured next."""
    line = [sys.executable, __file__, "x264", str(film), preset, str(crf)]
    frames, cpu, wall = json.loads(subprocess.run(line, check=True, capture_output=True).stdout)
    return frames, Cost(cpu, wall)


def x264_alone(film: Path, preset: str, crf: int) -> tuple[int, Cost]:
    """The floor: nothing but x264, two threads, over the film's own frames, already decoded in memory.

    The frames come in batches; only the encoder's time is counted.
    """
    frames: list[av.VideoFrame] = []
    count, cpu, wall = 0, 0.0, 0.0
    with av.open(str(film)) as source, av.open(os.devnull, "w", format="mp4") as target:
        stream = target.add_stream("libx264", rate=30, options={"preset": preset, "crf": str(crf)})
        video = source.streams.video[0]
        stream.width, stream.height, stream.pix_fmt = video.width, video.height, "yuv420p"
        stream.thread_count = 2

        def encode(*, last: bool = False) -> None:
            nonlocal cpu, wall
            c, w = time.process_time(), time.perf_counter()
            for frame in frames:
                target.mux(stream.encode(frame))
            if last:
                target.mux(stream.encode(None))
            cpu, wall = cpu + time.process_time() - c, wall + time.perf_counter() - w
            frames.clear()

        for frame in source.decode(video):
            frame.pts, frame.time_base, frame.pict_type = count, Fraction(1, 30), 0
            frames.append(frame)
            count += 1
            if len(frames) == _BATCH:
                encode()
        encode(last=True)
    return count, Cost(cpu, wall)


if __name__ == "__main__":
    job, *rest = sys.argv[1:]
    if job == "command":
        Path(rest[0]).write_text(json.dumps(astuple(_command(rest[1:]))))
    else:
        frames, cost = x264_alone(Path(rest[0]), rest[1], int(rest[2]))
        print(json.dumps([frames, cost.cpu, cost.wall]))
