"""The camera in a still: slow zooms and pans as keyframes (Ken Burns), that never show an edge.

`offset` is in fractions of the frame, so a picture scaled by s about its centre may move by (s - 1) / 2 to
either side. Scale and offset share one easing, so that what holds at the keyframes holds in between.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from retake.recipes.story.story import Mood, Move
from retake.timeline.document import Offset
from retake.timeline.motion import Animation, Easing, Keyframe

_LEAST, _MOST = 0.06, 0.15
_BASE, _PER_SECOND = 0.03, 0.011
_PACE: dict[Mood, float] = {"tense": 1.25, "epic": 1.15, "calm": 0.8, "sad": 0.8, "romantic": 0.9}
_EASING: Easing = "sine_in_out"
_LEAN = 0.35
_DROP = 0.5


@dataclass(frozen=True, slots=True)
class CameraMove:
    """The `scale` and `offset` of a clip."""

    scale: float | Animation
    offset: Offset


def ken_burns(move: Move, duration: Fraction, mood: Mood, index: int, near: float = 1.0) -> CameraMove:
    """The move of one scene, `duration` seconds long. What begins nearer looks a little below the
    middle, where subjects stand; scenes lean to one side in turn."""
    amount = min(_MOST, max(_LEAST, (_BASE + _PER_SECOND * float(duration)) * _PACE.get(mood, 1.0)))
    drop = -_edge(near) * _DROP
    if move == "still":
        return CameraMove(near, Offset(x=0.0, y=round(drop, 5)))
    far, close = round(near, 4), round(near + amount, 4)
    if move in ("zoom_in", "zoom_out"):
        lean = _edge(close) * _LEAN * (1 if index % 2 else -1)
        start, end = ((far, 0.0, drop), (close, lean, drop - _edge(amount + 1) * _LEAN))
        if move == "zoom_out":
            start, end = end, start
        return CameraMove(
            _between(start[0], end[0], duration),
            Offset(x=_between(start[1], end[1], duration), y=_between(start[2], end[2], duration)),
        )
    # The picture goes the other way than the camera.
    sway = _edge(amount + 1) * (1 if move in ("pan_right", "pan_down") else -1)
    if move in ("pan_left", "pan_right"):
        return CameraMove(close, Offset(x=_between(sway, -sway, duration), y=round(drop, 5)))
    drop = max(drop, -_edge(close) + abs(sway))
    return CameraMove(close, Offset(x=0.0, y=_between(drop + sway, drop - sway, duration)))


def _edge(scale: float) -> float:
    """How far a picture of this scale may move, with a hair to spare."""
    return max(0.0, (scale - 1) / 2 * 0.98)


def _between(start: float, end: float, duration: Fraction) -> Animation:
    return Animation(
        keyframes=(
            Keyframe(at=Fraction(0), value=round(start, 5), easing=_EASING),
            Keyframe(at=duration, value=round(end, 5)),
        )
    )
