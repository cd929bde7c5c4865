"""How far what a frame shows is the surface: its light, what covers it, and whether it is there at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from retake.recording.surface.plane import Floats, Matrix, soften
from retake.recording.surface.reference import MARGIN, Reference, luma

CLOSE = 0.7  # pixels of slip that are no sign of something else
_FLOOR = 9.0  # of 255: differences below are noise, compression, shade
_SAMPLES = 4_000
_WHITE = 250.0
_FLICKER = 16.0  # of 255: light does not change by more from one frame to the next
_CORRELATION = 0.6
_TEXTURE = 0.15  # the share of the surface's edges that must be in sight


Mask = NDArray[np.bool_]
Tone = tuple[Floats, Floats]  # gain and offset for red, green and blue


@dataclass(frozen=True, eq=False, slots=True)
class Likeness:
    """A frame's picture of the plane against the reference.

    `cover` (height, width) float32 with the margin, 1 where something else is seen; `seen` the share of the
    surface in sight; `texture` the share of its edges in sight; `correlation` how alike these are.
    """

    cover: Floats
    seen: float
    texture: float
    correlation: float

    @property
    def is_surface(self) -> bool:
        return self.correlation > _CORRELATION and self.texture > _TEXTURE and self.seen > 0.1

    @property
    def confidence(self) -> float:
        return float(np.clip((self.correlation - _CORRELATION) / (1 - _CORRELATION), 0, 1))


def compare(
    reference: Reference,
    shown: Floats,
    blocked: Floats,
    *,
    given: bool = False,
    before: Tone | None = None,
) -> Likeness:
    """Compares a rectified picture of the plane with the reference, both with margin.

    `blocked` is 1 where the frame ends or a user's matte lies; with `given` nothing else is thought to cover
    the surface; `before` is the light of the frame before.
    """
    inside = reference.inside > 0
    free = inside & (blocked < 0.5)
    gain, offset = fit_light(reference.picture, shown, free, before)
    expected = np.clip(reference.picture * gain + offset, 0, 255)
    cover = (
        blocked
        if given
        else np.maximum(blocked, find_cover(reference, np.asarray(shown - expected, np.float32), free))
    )
    open_ = inside & (cover < 0.5)
    area = int(inside.sum())
    texture = float(reference.edges[open_].sum() / max(float(reference.edges[inside].sum()), 1e-6))
    return Likeness(cover, int(open_.sum()) / max(area, 1), texture, _correlation(expected, shown, open_))


def find_cover(reference: Reference, apart: Floats, free: Mask) -> Floats:
    """What covers the surface, 0 to 1: where a frame differs by more than noise and a slip of the picture."""
    smooth = soften(apart, 1.2)
    size = largest(np.abs(smooth))
    quiet = float(np.percentile(size[free][::7], 20)) if free.any() else 0.0
    beyond = soften(np.maximum(size - CLOSE * reference.edges, 0).astype(np.float32), 2.0)
    core = (beyond > np.clip(6 * quiet, _FLOOR, 3 * _FLOOR)).astype(np.uint8)
    core = cv2.morphologyEx(core, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    core = cv2.morphologyEx(core, cv2.MORPH_CLOSE, _disc(11))
    if not core.any():
        return np.zeros(core.shape, np.float32)
    grown = np.asarray(cv2.dilate(core, _disc(5)), np.float32)
    return soften(grown, 1.2)


def fit_light(
    reference: Floats, shown: Floats, free: Mask, before: Tone | None = None
) -> tuple[Floats, Floats]:
    """Gain and offset per channel with which the reference becomes what is shown, outliers left out.

    `before` is the answer for the frame before: with it, something else may fill most of the surface.
    """
    places = np.flatnonzero(free)
    places = places[:: max(1, len(places) // _SAMPLES)]
    if len(places) < 16:
        return np.ones(3, np.float32), np.zeros(3, np.float32)
    first, second = (np.ascontiguousarray(picture.reshape(-1, 3)[places].T) for picture in (reference, shown))
    told = second.max(0) < _WHITE  # what is burnt out does not tell how bright it is
    if told.mean() > 0.05:
        first, second = first[:, told], second[:, told]
    gain, offset = (np.median(second, axis=1) + 1) / (np.median(first, axis=1) + 1), np.zeros(3)
    keep = np.ones(first.shape[1], np.bool_)
    if before is not None:
        known = _apart(first, second, *before) < _FLICKER
        if known.mean() > 0.08:
            keep = known
            gain, offset = _line(first, second, keep)
    for _ in range(3):
        apart = _apart(first, second, gain, offset)
        keep = apart <= max(6.0, 2.5 * float(np.median(apart[keep])))
        gain, offset = _line(first, second, keep)
    return gain.astype(np.float32), offset.astype(np.float32)


def _apart(first: Floats, second: Floats, gain: Matrix | Floats, offset: Matrix | Floats) -> Floats:
    """How far (3, count) colours are from what light makes of the first, in the channel that is farthest."""
    made = first * gain[:, None].astype(np.float32) + offset[:, None].astype(np.float32)
    return np.abs(second - made).max(0)


def _line(first: Floats, second: Floats, keep: Mask) -> tuple[Matrix, Matrix]:
    """Least-squares gain and offset per channel, without contrast the brightness tells the gain."""
    first, second = first[:, keep], second[:, keep]
    mean, other = (np.asarray(values.mean(1), np.float64) for values in (first, second))
    centred = first - mean[:, None].astype(np.float32)
    spread = np.array([float(channel @ channel) for channel in centred]) / max(first.shape[1], 1)
    both = np.array([float(a @ b) for a, b in zip(centred, second, strict=True)]) / max(first.shape[1], 1)
    firm = 40.0  # of 255 squared: the contrast at which the gain is half believed
    prior = np.clip(other / np.maximum(mean, 1), 0.25, 4)
    gain = np.clip((both + firm * prior) / (spread + firm), 0.1, 8)
    return gain, other - gain * mean


def largest(colours: NDArray[Any]) -> NDArray[Any]:
    """The largest of red, green and blue; numpy's own `max` is slow over so short an axis."""
    return np.maximum(np.maximum(colours[..., 0], colours[..., 1]), colours[..., 2])


def surface_part(mask: Floats) -> Floats:
    """A plane without its margin."""
    return mask[MARGIN:-MARGIN, MARGIN:-MARGIN]


def _correlation(expected: Floats, shown: Floats, free: Mask) -> float:
    if free.sum() < 64:
        return 0.0
    first, second = (soften(luma(picture), 0.8)[free] for picture in (expected, shown))
    first, second = first - first.mean(), second - second.mean()
    return float(first @ second / max(float(np.sqrt((first @ first) * (second @ second))), 1e-6))


def _disc(size: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8)
