"""Where a clip stands at a moment: from its fit, box, position and moves to a window and a placement.

Pure geometry. Lengths are canvas pixels; a source's size is given in its own display pixels.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from retake.render.camera import Placement, Window
from retake.timeline.document import Clip
from retake.timeline.motion import extent, moves, value_at

_LEAST = 0.001
"""The smallest part of a source that a crop leaves."""


@dataclass(frozen=True, slots=True)
class Pose:
    """The moving part of a clip at one moment."""

    x: float
    y: float
    scale: float
    rotation: float
    opacity: float

    def towards(self, factor: float) -> Pose:
        """The pose of a plane in depth: its move scaled by `factor`."""
        if factor == 1:
            return self
        return replace(self, x=self.x * factor, y=self.y * factor, scale=_towards(self.scale, factor))


def _towards(scale: float, factor: float) -> float:
    return 1 + (scale - 1) * factor if scale > 1 else max(0.0, scale) ** factor


def pose_at(clip: Clip, seconds: Fraction) -> Pose:
    return Pose(
        value_at(clip.offset.x, seconds),
        value_at(clip.offset.y, seconds),
        value_at(clip.scale, seconds),
        value_at(clip.rotation, seconds),
        value_at(clip.opacity, seconds),
    )


def box_size(clip: Clip, frame: tuple[int, int]) -> tuple[float, float]:
    return clip.box.width * frame[0], clip.box.height * frame[1]


def content_size(clip: Clip, source: tuple[float, float], frame: tuple[int, int]) -> tuple[float, float]:
    """The size on the canvas of what the clip shows, at scale 1."""
    width, height = box_size(clip, frame)
    if clip.fit in ("cover", "stretch", "blur"):
        return width, height
    if clip.fit == "contain":
        k = min(width / source[0], height / source[1])
        return source[0] * k, source[1] * k
    return source


def window_at(clip: Clip, source: tuple[float, float], frame: tuple[int, int], seconds: Fraction) -> Window:
    """What the clip shows of the source: its crop, and for `cover` what fills the box around the focus."""
    left, right, top, bottom = (
        max(0.0, value_at(side, seconds))  # an easing may swing past its keyframes
        for side in (clip.crop.left, clip.crop.right, clip.crop.top, clip.crop.bottom)
    )
    width = source[0] * max(_LEAST, 1 - left - right)
    height = source[1] * max(_LEAST, 1 - top - bottom)
    x, y = source[0] * left, source[1] * top
    if clip.fit != "cover":
        return Window(x, y, width, height)
    box = box_size(clip, frame)
    k = max(box[0] / width, box[1] / height)
    seen = box[0] / k, box[1] / k
    focus = value_at(clip.focus.x, seconds), value_at(clip.focus.y, seconds)
    return Window(
        x + min(max(0.0, focus[0] * width - seen[0] / 2), width - seen[0]),
        y + min(max(0.0, focus[1] * height - seen[1] / 2), height - seen[1]),
        *seen,
    )


def placement_at(
    clip: Clip, size: tuple[float, float], frame: tuple[int, int], pose: Pose, seconds: Fraction
) -> Placement:
    """Where content of `size` lands: the same fraction of it and of the frame meet at `position`."""
    x = value_at(clip.position.x, seconds) * (frame[0] - size[0]) + size[0] / 2 + pose.x * frame[0]
    y = value_at(clip.position.y, seconds) * (frame[1] - size[1]) + size[1] / 2 + pose.y * frame[1]
    return Placement(x, y, size[0] * pose.scale, size[1] * pose.scale, pose.rotation, pose.opacity)


def largest_scale(clip: Clip, factor: float = 1.0) -> float:
    """The largest scale at which a plane is seen whose moves are scaled by `factor`."""
    return max(0.01, _towards(extent(clip.scale)[1], factor))


def is_still(clip: Clip) -> bool:
    """Whether nothing about the clip's place, crop or opacity changes while it lasts."""
    values = (
        clip.position.x, clip.position.y, clip.offset.x, clip.offset.y, clip.scale, clip.rotation,
        clip.opacity,
        clip.crop.left, clip.crop.top, clip.crop.right, clip.crop.bottom, clip.focus.x, clip.focus.y,
    )  # fmt: skip
    return not any(moves(value) for value in values)


def crop_moves(clip: Clip) -> bool:
    crop = clip.crop
    return any(moves(v) for v in (crop.left, crop.top, crop.right, crop.bottom, clip.focus.x, clip.focus.y))
