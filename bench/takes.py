"""The inputs of the recordings' bench: a drawn presenter at 1080p, as long as is wanted, and its template.

The presenter is filmed once for thirty seconds; longer recordings are that one again and again, packet for
packet, as a recorder would have written them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from engines import FONT

from retake.media.take import CodedPacket, Take, read_take, write_take
from retake.recipes.recording.template import RecordingTemplate, VisualSegment

sys.path.insert(0, str(Path(__file__).parents[1] / "examples"))

from presenter.film import make_recording
from presenter.performance import Performance
from presenter.sound import in_the_room
from presenter.template import write_logos

__all__ = ["CHANGED", "ROWS", "in_the_room", "make_takes", "overlay", "template"]

BASE = 30
"""Seconds that are filmed."""
CHANGED = (1.0, 5.0)
"""The four seconds in which a row changes the name and the logo."""
ROWS = (
    ("Jonathan", "Jonathan Reed", "Bluepeak", "logos/bluepeak.png"),
    ("Zoë", "Zoë Lindqvist", "Fernhill", "logos/fernhill.png"),
    ("Priya", "Priya Raman", "Solstice", "logos/solstice.png"),
    ("Mateus", "Mateus Oliveira", "Kestrel", "logos/kestrel.png"),
)


def make_takes(folder: Path, lengths: tuple[int, ...]) -> dict[int, Path]:
    """The recordings in `folder` by their seconds, made unless they are there."""
    folder.mkdir(parents=True, exist_ok=True)
    base = folder / "presenter.mp4"
    if not base.exists():
        make_recording(base, Performance(size=(1920, 1080), seconds=BASE), "phone", threads=2)
    write_logos(folder / "logos")
    found: dict[int, Path] = {}
    for seconds in lengths:
        path = folder / f"take_{seconds}.mp4"
        if not path.exists():
            _repeat(read_take(base), seconds // BASE, path)
        found[seconds] = path
    return found


def _repeat(take: Take, times: int, target: Path) -> None:
    """The take `times` over: it begins with a refresh point, so that it may follow itself."""
    video, audio = take.video, take.audio
    assert audio is not None
    length = video.end - video.times[0]
    pictures: list[CodedPacket] = []
    sounds: list[CodedPacket] = []
    whole = round(length * video.time_base / audio.time_base)
    heard = [p for p in audio.packets if p.pts < whole - 1024]
    for n in range(times):
        pictures += [replace(p, pts=p.pts + n * length, dts=p.dts + n * length) for p in video.packets]
        first = sounds[-1].pts + sounds[-1].duration if sounds else heard[0].pts
        sounds += [replace(p, pts=first + i * 1024, dts=first + i * 1024) for i, p in enumerate(heard)]
    write_take(target, take.path, pictures, sounds)


def template(take: Path, seconds: int, truth: Path) -> dict[str, object]:
    """A template whose rows change a name and a logo for four seconds, and no words."""
    frame = json.loads(truth.read_text())["frames"][30]
    start, end = CHANGED
    segments = [
        {"id": name, "start_time": start, "end_time": end, **_box(frame[name], kind == "text"), **rest}
        | {"segment_type": kind}
        for name, kind, rest in (
            ("name", "text", {"text": "{full_name}"}),
            ("logo", "image", {"placeholder_key": "logo"}),
        )
    ]
    return {"id": f"bench_{seconds}", "base_video_path": str(take), "visual_segments": segments}


def overlay(
    template: RecordingTemplate, row: Mapping[str, str], folder: Path, size: tuple[int, int]
) -> dict[str, object]:
    """A row's job as other engines can do it: boxes in pixels (x, y, width, height), black on white."""
    segments = template.visual_segments
    boxes = {segment.id: _pixels(segment, size) for segment in segments}
    _, _, width, height = boxes["name"]
    return {
        "name": row["full_name"], "name_box": boxes["name"], "font": str(FONT),
        "font_size": min(height * 5 // 9, width * 8 // (5 * len(row["full_name"]))),
        "logo": str(folder / row["logo"]), "logo_box": boxes["logo"],
        "start": float(segments[0].start_time), "end": float(segments[0].end_time),
        "preset": template.encoding.preset, "crf": template.encoding.crf,
    }  # fmt: skip


def _pixels(segment: VisualSegment, size: tuple[int, int]) -> list[int]:
    width, height = size
    return [
        round(part)
        for part in (segment.x * width, segment.y * height, segment.width * width, segment.height * height)
    ]


def _box(quad: list[list[float]], tall: bool) -> dict[str, float]:
    """The upright box around a quad of a 1080p frame, as fractions, with a little room."""
    xs, ys = [x for x, _ in quad], [y for _, y in quad]
    room = 8 if tall else 4
    x, y = (min(xs) - room) / 1920, (min(ys) - room) / 1080
    width, height = (max(xs) - min(xs) + 2 * room) / 1920, (max(ys) - min(ys) + 2 * room) / 1080
    return {"x": round(x, 4), "y": round(y, 4), "width": round(width, 4), "height": round(height, 4)}
