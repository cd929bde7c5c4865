"""Conditioning: a recording prepared once, so that its later variants replace exactly the frames they change.

Refresh points are put at the edges of every window in which something will change. All else stays the
recording's own packets, so the conditioned take is a splice without edits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from retake.assemble.ranges import obstacle, touched
from retake.assemble.retakes import Spliced, encode_whole, splice
from retake.errors import InputError
from retake.media.native import Grade
from retake.media.take import Take, read_take
from retake.progress import Progress, silent

_LONGEST = 10
"""Seconds: a last group of pictures longer than this is no group but a recording with one refresh point."""


@dataclass(frozen=True)
class Conditioned:
    """The conditioned `take`, and how it came: spliced, or all of it encoded again, for a `reason`."""

    how: Literal["spliced", "encoded"]
    reason: str
    take: Take
    splice: Spliced


def condition(
    source: Path,
    target: Path,
    windows: Sequence[tuple[int, int]],
    progress: Progress = silent,
    *,
    crf: float = 18,
    preset: str = "medium",
    workers: int = 1,
) -> Conditioned:
    """Writes `source` to `target` with refresh points at the edges of `windows`, [start, stop) in frames.

    A recording that cannot be spliced is encoded once as a whole; the result says why. Its sound is copied.
    Raises `InputError` for windows outside the recording, and what `splice` raises.
    """
    take = read_take(source)
    for start, stop in windows:
        if not 0 <= start < stop <= take.length:
            remedy = f"give a window within frames 0 to {take.length}"
            place = f"{source}, frames {start} to {stop}"
            raise InputError("a window lies outside the recording", place=place, remedy=remedy)
    refresh = sorted({edge for window in windows for edge in window if 0 < edge < take.length})
    reason = obstacle(take) or _unbounded(take, refresh)
    if reason:
        grade = Grade(crf, preset)
        made = encode_whole(take, (), reason, grade=grade, refresh=refresh, progress=progress)
    else:
        made = splice(take, (), crf=crf, preset=preset, workers=workers, refresh=refresh, progress=progress)
    made.write(target, take, take.audio.packets if take.audio else None)
    how = "encoded" if made.fallback else "spliced"
    return Conditioned(how, made.fallback or "", read_take(target), made)


def _unbounded(take: Take, refresh: Sequence[int]) -> str | None:
    """Whether making a refresh point would touch a long rest of the recording, because none follows it."""
    parts = touched(take.video, (), refresh)
    if not parts or parts[-1].last < len(take.video.packets):
        return None
    last_mark = take.seconds(refresh[-1])
    if take.duration - last_mark <= _LONGEST:
        return None
    return "no refresh point (IDR picture) follows the frames that change"
