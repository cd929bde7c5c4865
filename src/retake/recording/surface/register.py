"""The last fraction of a pixel: a surface's place from all of its picture at once.

Inverse compositional Lucas-Kanade (Baker and Matthews 2004) over a reference's own details, light included.
Geman-McClure weights leave out what is not the surface. What the picture does not tell, such as the slant
of a half that is hidden, stays as it was: the corners have a Gaussian prior about the expected place.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from retake.recording.surface.plane import (
    Floats,
    Matrix,
    Pixels,
    Window,
    carry,
    outline,
    shifted,
    soften,
    through,
)

_BLUR = 1.0  # sigma of the blur, in pixels, with which both pictures are compared
_MOST = 8_000  # details that are compared
_FEWEST = 48
_ROUNDS = 25
_SETTLED = 0.008  # pixels of a corner's step that ends the rounds
_ALONE = 4 * np.pi * _BLUR**2  # neighbouring pixels of blurred noise that count as one
_STRETCH, _SLANT = 0.35, 0.15  # pixels by which the corners may leave their expected shape, one deviation
_STRANGE = 4.0  # deviations from which on a detail is thought to be something else
_FLICKER = 16.0  # of 255: light does not change by more from one frame to the next
_SEEN = 0.2  # the share of the details that must be in sight
_FAR = 12.0  # pixels of a corner that registering may go: further is another picture
_REST = 0.12  # pixels of a corner's motion that is none
_AROUND = 40  # pixels around a place that are made ready


@dataclass(frozen=True, eq=False, slots=True)
class Details:
    """What of a reference is compared: its pixels with the steepest slopes.

    `points` (count, 2) in the plane; `values` their luma, the mean taken away that is `level`; `ways`
    (count, 10) how what a frame shows there changes with a pixel of each corner's x and y, with gain and with
    offset.
    """

    points: Floats
    values: Floats
    level: float
    ways: Floats
    size: tuple[int, int]


@dataclass(frozen=True, eq=False, slots=True)
class View:
    """A frame's luma around a place, `plain` and blurred as the details are; `area` is that part of it."""

    plain: Floats
    smooth: Floats
    area: Window


def find_details(luma: Floats, inside: NDArray[np.bool_], size: tuple[int, int], margin: int) -> Details:
    """The details of a plane of `size` inside its picture with `margin`, `luma` float32 of 0 to 255."""
    smooth = soften(luma, _BLUR)
    down, along = (np.asarray(np.gradient(smooth, axis=axis), np.float32) for axis in (0, 1))
    strength = np.where(inside, np.hypot(down, along), -1).ravel()
    count = min(_MOST, int(inside.sum()))
    chosen = np.sort(np.argpartition(strength, len(strength) - count)[len(strength) - count :])
    y, x = (axis.astype(np.float64) for axis in np.divmod(chosen, luma.shape[1]))
    points = np.column_stack([x - margin, y - margin])
    steep = _steepness(points, size, along.ravel()[chosen], down.ravel()[chosen])
    values = smooth.ravel()[chosen]
    level = float(values.mean())
    values = np.asarray(values - level, np.float32)
    ways = np.column_stack([steep, values, np.ones_like(values)]).astype(np.float32)
    return Details(points.astype(np.float32), values, level, ways, size)


def view(frame: Pixels, place: Matrix, size: tuple[int, int]) -> View | None:
    """The luma of a frame around a place; None where the place lies outside."""
    corners = carry(place, outline(size))
    low = np.maximum(np.floor(corners.min(0)) - _AROUND, 0).astype(int)
    high = np.minimum(np.ceil(corners.max(0)) + _AROUND, (frame.shape[1], frame.shape[0])).astype(int)
    if (high - low < 8).any():
        return None
    near = np.asarray(frame[low[1] : high[1], low[0] : high[0]], np.float32)
    luma = np.asarray(cv2.cvtColor(near, cv2.COLOR_RGB2GRAY), np.float32)
    left, top, width, height = (int(v) for v in (*low, *(high - low)))
    return View(luma, soften(luma, _BLUR), (left, top, width, height))


def register(
    details: Details,
    seen: View,
    start: Matrix,
    expected: Matrix,
    *,
    free: NDArray[np.bool_] | None = None,
    light: tuple[float, float] | None = None,
) -> Matrix | None:
    """The homography from the plane to a frame, looked for from `start` on.

    `expected` is the place whose shape it keeps where the details do not tell; `free` says which details
    nothing stands before; `light` are the gain and offset of the frame before. None where it does not
    settle, goes far, or too little is in sight.
    """
    place, bounds = start, outline(details.size)
    for _ in range(_ROUNDS):
        found = _step(details, seen, place, expected, free, light)
        if found is None:
            return None
        step, light = found
        place = place @ np.linalg.inv(through(bounds, bounds + step))
        place = place / place[2, 2]
        if np.linalg.norm(carry(place, bounds) - carry(start, bounds), axis=1).max() > _FAR:
            return None
        if np.abs(step).max() < _SETTLED:
            break
    return place


def is_at_rest(
    details: Details,
    seen: View,
    rest: Matrix,
    *,
    free: NDArray[np.bool_] | None = None,
    light: tuple[float, float] | None = None,
) -> bool:
    """Whether a frame shows the surface just where the reference has it; the rest as in `register`."""
    step = np.full((4, 2), np.inf)
    for _ in range(2):  # the light comes nearer in the first
        found = _step(details, seen, rest, rest, free, light)
        if found is None:
            return False
        step, light = found
    return bool(np.linalg.norm(step.mean(0)) < _REST and np.abs(step).max() < 2 * _REST)


def _step(
    details: Details,
    seen: View,
    place: Matrix,
    expected: Matrix,
    free: NDArray[np.bool_] | None,
    light: tuple[float, float] | None,
) -> tuple[Matrix, tuple[float, float]] | None:
    """How far each corner of the reference, (4, 2), should move to look like the frame, and the new light."""
    shown, known = _sample(details, seen, place)
    known = known if free is None else known & free
    if known.sum() < max(_FEWEST, _SEEN * len(known)):
        return None
    gain, offset = _first_light(details, shown, known, light)
    apart = shown - gain * details.values - offset
    spread = max(1.4826 * float(np.median(np.abs(apart[known][::4]))), 1.0)
    root = known / (1 + (apart / (_STRANGE * spread)) ** 2)  # the square root of the weight
    if float(root.sum()) < _SEEN * len(known):
        return None
    table = np.column_stack([details.ways, apart]) * root[:, None]
    products = np.asarray(cv2.mulTransposed(table.astype(np.float32), True, dtype=cv2.CV_64F))
    products[:8] *= gain
    products[:, :8] *= gain
    products /= _ALONE * spread**2
    left, right = products[:10, :10], products[:10, 10]
    bounds = outline(details.size)
    strayed = (carry(np.linalg.inv(expected) @ place, bounds) - bounds).ravel()
    left[:8, :8] += _PRIOR
    right[:8] += _PRIOR @ strayed
    left[np.diag_indices(10)] += 1e-6
    found = np.asarray(np.linalg.solve(left, right), np.float64)
    return found[:8].reshape(4, 2), (gain + float(found[8]), offset + float(found[9]))


def _sample(details: Details, seen: View, place: Matrix) -> tuple[Floats, NDArray[np.bool_]]:
    """The frame's luma at every detail, and whether it lies in the frame."""
    x, y, width, height = seen.area
    count = len(details.points)
    rows = -(-count // 256)  # a map of one row would be too long for OpenCV
    at = np.zeros((rows * 256, 2), np.float32)
    at[:count] = np.asarray(cv2.perspectiveTransform(details.points[None], shifted(-x, -y) @ place))[0]
    shown = cv2.remap(seen.smooth, at.reshape(rows, 256, 2), None, cv2.INTER_LINEAR)  # pyright: ignore
    along, down = at[:count].T
    known = (along >= 0) & (down >= 0) & (along <= width - 1) & (down <= height - 1)
    return np.asarray(shown, np.float32).ravel()[:count], known


def _first_light(
    details: Details, shown: Floats, known: NDArray[np.bool_], light: tuple[float, float] | None
) -> tuple[float, float]:
    """The gain and offset to begin with: those of before, where they still tell most, or the quartiles'."""
    values, shown = details.values[known][::4], shown[known][::4]
    if light is not None and np.median(np.abs(shown - light[0] * values - light[1])) < _FLICKER:
        return light
    dark, middle, bright = np.percentile(values, (25, 50, 75))
    low, centre, high = np.percentile(shown, (25, 50, 75))
    gain = float(np.clip((high - low) / max(bright - dark, 1.0), 0.3, 3))
    return gain, float(centre - gain * middle)


def _steepness(points: Matrix, size: tuple[int, int], along: Floats, down: Floats) -> Floats:
    """How much the picture changes at points as each of eight corner coordinates grows by a pixel."""
    half = np.array(size, np.float64) / 2
    u, v = ((points + 0.5) / half - 1).T
    slope = _moves(u, v, along * half[0], down * half[1])
    square = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], np.float64).T
    ones, none = np.ones(4), np.zeros(4)
    corners = np.stack(
        [_moves(square[0], square[1], ones, none), _moves(square[0], square[1], none, ones)], 1
    ).reshape(8, 8)
    return (slope @ np.linalg.inv(corners) / np.tile(half, 4)).astype(np.float32)


def _moves(u: Matrix, v: Matrix, across: Matrix | Floats, down: Matrix | Floats) -> Matrix:
    """The eight ways in which a homography moves points of a square of -1 to 1, seen along two directions."""
    slant = u * across + v * down
    ways = [across, across * u, across * v, down, down * u, down * v, -u * slant, -v * slant]
    return np.asarray(np.column_stack(ways), np.float64)


def _prior() -> Matrix:
    """The precision of the corners about their expected shape; where that lies is not expected."""
    stretches, slant = np.array([(-1, 1, 1, -1), (-1, -1, 1, 1)]) / 2, np.array([(1, -1, 1, -1)]) / 2
    precision = stretches.T @ stretches / (4 * _STRETCH**2) + slant.T @ slant / (4 * _SLANT**2)
    return np.asarray(np.kron(precision, np.eye(2)), np.float64)


_PRIOR = _prior()
