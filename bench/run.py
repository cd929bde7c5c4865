"""`./dev bench`: one job through Retake and through x264 alone, paired in one run, reported as ratios.

    ./dev bench                     a story's job and a recording's row: ratios, memory, quality
    ./dev bench --only story        the story's job alone; --only recordings
    ./dev bench --long              also a film of ten minutes, recordings of 30 to 300 s, a batch of 100 rows
    ./dev bench --story             also a whole story, from text to checked film
    ./dev bench --rows N            also a batch of N rows
    ./dev bench --peers             also FFmpeg and MoviePy, for both jobs; says which of them is missing
    ./dev bench --peer NAME=COMMAND any other engine for the story; {assets}, {out}, {music} are filled in
    ./dev bench --row-peer NAME=... any other engine for the row; {film}, {job}, {out} are filled in
    ./dev bench --save              write the figures to bench/baseline.json

MoviePy is looked for in an environment of its own, made once by
    python3 -m venv bench/work/moviepy && bench/work/moviepy/bin/pip install 'moviepy>=2'
and FFmpeg on the path (Debian: apt install ffmpeg). bench/peers/ has what they run.

The job is what the other engines do: a film is made, and not read back. What Retake's own check adds is told
apart. Absolute times differ from machine to machine and from hour to hour; ratios of one run do so much less.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shlex
import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import engines
import inputs
import measure

import recordings
from retake.media.picture import Picture
from retake.produce.shoot import open_shoot, read_document
from retake.settings import Settings

HERE = Path(__file__).parent
WORK = HERE / "work"
BASELINE = HERE / "baseline.json"
RETAKE = [sys.executable, "-m", "retake"]


def main() -> None:
    """Runs what was asked for, and prints each part (and saves it) as soon as it is measured."""
    asked = _arguments()
    _tell("machine", {"cores": os.cpu_count(), "processor": platform.machine()}, asked)
    if asked.only in (None, "story"):
        _of_a_story(asked)
    if asked.only in (None, "recordings"):
        lengths, rows = ((30, 60, 120, 300), asked.rows or 100) if asked.long else ((60,), asked.rows)
        recordings.run(WORK, lengths, rows, asked.row_peer, lambda part: _tell("recordings", part, asked))


def _tell(name: str, figures: dict[str, Any], asked: argparse.Namespace) -> None:
    print(json.dumps({name: figures}, indent=2), flush=True)
    if asked.save:
        known = json.loads(BASELINE.read_text()) if BASELINE.exists() else {}
        BASELINE.write_text(json.dumps(known | {name: known.get(name, {}) | figures}, indent=2) + "\n")


def _of_a_story(asked: argparse.Namespace) -> None:
    assets = WORK / "story60"
    print("making the inputs ...", flush=True)
    inputs.make(assets)
    _tell("story60", _story60(assets, asked.rounds, asked.peer), asked)
    _tell("frame", _frames(assets), asked)
    if asked.story:
        _tell("story", _story(), asked)
    if asked.long:
        _tell("ten_minutes", _ten_minutes(assets), asked)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=2, help="how often each engine runs")
    parser.add_argument("--long", action="store_true", help="also what takes many minutes")
    parser.add_argument("--story", action="store_true", help="also a whole story")
    parser.add_argument("--rows", type=int, default=0, metavar="N", help="also a batch of so many rows")
    parser.add_argument("--peers", action="store_true", help="also FFmpeg and MoviePy, where they are found")
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=COMMAND")
    parser.add_argument("--row-peer", action="append", default=[], metavar="NAME=COMMAND")
    parser.add_argument("--only", choices=("story", "recordings"), help="one half of it")
    parser.add_argument("--save", action="store_true", help="write the figures to bench/baseline.json")
    asked = parser.parse_args()
    if asked.peers:
        here = engines.found().items()
        asked.peer = [*(engines.story(*engine) for engine in here), *asked.peer]
        asked.row_peer = [*(engines.row(*engine) for engine in here), *asked.row_peer]
    return asked


def _write(assets: Path, name: str, times: int) -> Path:
    path = assets / name
    path.write_text(json.dumps(inputs.document(times)))
    return path


def _story60(assets: Path, rounds: int, peers: list[str]) -> dict[str, Any]:
    job, out = _write(assets, "job.json", 1), WORK / "retake.mp4"
    mine: list[measure.Cost] = []
    floor: list[measure.Cost] = []
    frames = 0
    arguments = [*RETAKE, "render", str(job), "-o", str(out)]
    for i in range(rounds):
        print(f"round {i + 1} of {rounds}: retake, then x264 alone ...", flush=True)
        mine.append(_fresh([*arguments, "--no-check"], out))
        frames, cost = measure.x264_apart(out, "veryfast", 20)
        floor.append(cost)
    checked = _fresh(arguments, out)
    found: dict[str, Any] = {
        "frames": frames,
        "cpu_over_x264": _ratio([m.cpu for m in mine], [f.cpu for f in floor]),
        "wall_over_x264": _ratio([m.wall for m in mine], [f.wall for f in floor]),
        "cpu_over_x264_checked": round(checked.cpu / _median(f.cpu for f in floor), 3),
        "memory_mb": round(max(checked.memory, *(m.memory for m in mine))),
        "seconds": {"retake_cpu": _median(m.cpu for m in mine), "retake_wall": _median(m.wall for m in mine),
                    "x264_cpu": _median(f.cpu for f in floor), "x264_wall": _median(f.wall for f in floor)},
    }  # fmt: skip
    for peer in peers:
        name, _, template = peer.partition("=")
        print(f"peer {name} ...", flush=True)
        places = {"assets": assets, "out": WORK / f"{name}.mp4", "music": assets / "music.wav"}
        cost = measure.command([part.format(**places) for part in shlex.split(template)])
        found[name] = {
            "wall_over_retake": round(cost.wall / _median(m.wall for m in mine), 2),
            "cpu_over_retake": round(cost.cpu / _median(m.cpu for m in mine), 2),
        }
    return found


def _fresh(arguments: list[str], out: Path) -> measure.Cost:
    """A run with nothing to take from an earlier one."""
    for old in out.parent.glob(f"{out.name}*"):
        old.unlink()
    with TemporaryDirectory() as store:
        return measure.command(arguments, {"RETAKE_STORE": store})


def _frames(assets: Path) -> dict[str, Any]:
    """One preview frame: in a renderer that is warm, and by the command line from nothing."""
    job = assets / "job.json"
    shoot = open_shoot(read_document(job, {}, {}), assets, (), Settings())
    renderer, canvas = shoot.renderer(), Picture.blank(1080, 1920)
    renderer.draw(canvas, 60)
    began = time.perf_counter()
    for n in range(61, 91):
        renderer.draw(canvas, n)
    warm = (time.perf_counter() - began) / 30
    picture = str(WORK / "frame.png")
    cold = min(
        measure.command([*RETAKE, "frame", str(job), "--at", "3.2", "-o", picture]).wall for _ in range(3)
    )
    return {"warm_ms": round(warm * 1000, 1), "cold_s": round(cold, 2)}


def _ten_minutes(assets: Path) -> dict[str, Any]:
    print("ten minutes ...", flush=True)
    job, out = _write(assets, "long.json", 10), WORK / "long.mp4"
    cost = _fresh([*RETAKE, "render", str(job), "-o", str(out)], out)
    out.unlink()
    return {"memory_mb": round(cost.memory), "wall_s": round(cost.wall, 1)}


def _story() -> dict[str, Any]:
    print("a whole story ...", flush=True)
    story = HERE.parent / "examples" / "lost_artifact.json"
    with TemporaryDirectory() as folder:
        out = Path(folder) / "film"
        arguments = [*RETAKE, "story", str(story), "-o", str(out)]
        first = measure.command(arguments, {"RETAKE_STORE": f"{folder}/store"})
        again = measure.command(arguments, {"RETAKE_STORE": f"{folder}/store"})
    return {
        "wall_s": round(first.wall, 1),
        "again_wall_s": round(again.wall, 1),
        "memory_mb": round(first.memory),
    }


def _ratio(mine: list[float], floor: list[float]) -> float:
    """The median of the paired ratios."""
    return round(statistics.median(a / b for a, b in zip(mine, floor, strict=True)), 3)


def _median(values: Any) -> float:
    return round(statistics.median(values), 2)


if __name__ == "__main__":
    main()
