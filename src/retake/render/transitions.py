"""Transitions: two pictures and a progress become one. Pure; planes are written into `out`, which may be `a`.

Every transition is exact at its ends: progress 0 is `a`, progress 1 is `b`. Slides and wipes move by whole
chroma samples so that no plane is resampled; their speed is eased by the caller's curve.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import hypot
from types import MappingProxyType

import cv2
import numpy as np

from retake.media.colour import yuv_of
from retake.media.picture import Picture
from retake.render.plate import Plane
from retake.timeline.document import Direction, Transition, TransitionType
from retake.timeline.motion import EASINGS

_WIDE = 8
"""The sigma from which a blur hides that it was computed small."""


def mix(
    a: Picture, b: Picture, beneath: Picture, progress: float, transition: Transition, out: Picture
) -> None:
    """Writes the picture at `progress` (0 to 1) between `a` and `b` into `out`.

    `beneath` is what `fade` passes through. All pictures have one size; `out` is none of them.
    """
    if progress <= 0:
        _copy(a, out)
    elif progress >= 1:
        _copy(b, out)
    else:
        _MIXES[transition.type](a, b, beneath, progress, transition, out)


def _copy(source: Picture, out: Picture) -> None:
    for plane, target in zip(source.planes, out.planes, strict=True):
        np.copyto(target, plane)


def _blend(a: Picture, b: Picture, part: float, out: Picture) -> None:
    for one, other, target in zip(a.planes, b.planes, out.planes, strict=True):
        cv2.addWeighted(one, 1 - part, other, part, 0, dst=target)


def _dissolve(a: Picture, b: Picture, _: Picture, p: float, __: Transition, out: Picture) -> None:
    _blend(a, b, p, out)


def _fade(a: Picture, b: Picture, beneath: Picture, p: float, _: Transition, out: Picture) -> None:
    eased = EASINGS["sine_in_out"](abs(2 * p - 1))
    _blend(beneath, a if p < 0.5 else b, eased, out)


def _dip(a: Picture, b: Picture, _: Picture, p: float, transition: Transition, out: Picture) -> None:
    colour = Picture.blank(out.width, out.height, yuv_of(transition.color))
    _blend(colour, a if p < 0.5 else b, EASINGS["sine_in_out"](abs(2 * p - 1)), out)


def shift(p: float, direction: Direction, out: Picture) -> tuple[int, int]:
    """How far the incoming picture still stands from its place, in even pixels."""
    rest = 1 - EASINGS["cubic_in_out"](p)
    x = {"left": 1, "right": -1}.get(direction, 0) * rest * out.width
    y = {"up": 1, "down": -1}.get(direction, 0) * rest * out.height
    return round(x / 2) * 2, round(y / 2) * 2


def _place(source: Picture, dx: int, dy: int, out: Picture) -> None:
    for plane, target, unit in zip(source.planes, out.planes, (1, 2, 2), strict=True):
        height, width = target.shape
        x, y = dx // unit, dy // unit
        target[max(0, y) : height + min(0, y), max(0, x) : width + min(0, x)] = plane[
            max(0, -y) : height - max(0, y), max(0, -x) : width - max(0, x)
        ]


def _slide(a: Picture, b: Picture, _: Picture, p: float, transition: Transition, out: Picture) -> None:
    _copy(a, out)
    _place(b, *shift(p, transition.direction, out), out)


def _push(a: Picture, b: Picture, _: Picture, p: float, transition: Transition, out: Picture) -> None:
    dx, dy = shift(p, transition.direction, out)
    _place(b, dx, dy, out)
    if dx or dy:
        _place(a, behind(dx, out.width), behind(dy, out.height), out)


def behind(rest: int, length: int) -> int:
    """Where the leaving picture stands when the coming one has `rest` still to go: edge to edge with it."""
    if not rest:
        return 0
    return rest - length if rest > 0 else rest + length


def _through(a: Picture, b: Picture, seen: Plane, out: Picture) -> None:
    """`b` where `seen` is 255, `a` where it is 0, mixed between."""
    half = cv2.resize(seen, (out.width // 2, out.height // 2), interpolation=cv2.INTER_AREA)
    for one, other, target, part in zip(a.planes, b.planes, out.planes, (seen, half, half), strict=True):
        hidden = cv2.multiply(one, cv2.bitwise_not(part), scale=1 / 255)
        cv2.add(hidden, cv2.multiply(other, part, scale=1 / 255), dst=target)


def _wipe(a: Picture, b: Picture, _: Picture, p: float, transition: Transition, out: Picture) -> None:
    width, height = out.width, out.height
    length = width if transition.direction in ("left", "right") else height
    soft = max(2.0, length * 0.06)
    edge = EASINGS["sine_in_out"](p) * (length + soft)
    ramp = np.clip((edge - np.arange(length, dtype=np.float32)) / soft, 0, 1)
    ramp = (ramp * 255).round().astype(np.uint8)
    if transition.direction in ("left", "up"):
        ramp = ramp[::-1]
    line = ramp[None, :] if length == width and transition.direction in ("left", "right") else ramp[:, None]
    _through(a, b, np.ascontiguousarray(np.broadcast_to(line, (height, width))), out)


def _iris(a: Picture, b: Picture, _: Picture, p: float, __: Transition, out: Picture) -> None:
    width, height = out.width, out.height
    soft = 0.02 * min(width, height)
    radius = EASINGS["cubic_in_out"](p) * (hypot(width, height) / 2 + soft)
    x = np.arange(width, dtype=np.float32) + 0.5 - width / 2
    y = np.arange(height, dtype=np.float32) + 0.5 - height / 2
    distance = cv2.sqrt(np.add.outer(y * y, x * x).astype(np.float32))
    seen = np.rint(np.clip((radius - distance) / soft, 0, 1) * 255).astype(np.uint8)
    _through(a, b, seen, out)


def _magnified(source: Picture, factor: float) -> Picture:
    """The picture enlarged about its centre."""

    def plane(p: Plane) -> Plane:
        height, width = p.shape
        k = 1 / factor
        matrix = np.array([[k, 0, (width - 1) / 2 * (1 - k)], [0, k, (height - 1) / 2 * (1 - k)]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        large = cv2.warpAffine(p, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(large, np.uint8)

    return Picture(plane(source.y), plane(source.u), plane(source.v))


def _zoom(a: Picture, b: Picture, _: Picture, p: float, __: Transition, out: Picture) -> None:
    eased = EASINGS["cubic_in_out"](p)
    _blend(_magnified(a, 1 + 0.6 * eased), _magnified(b, 1.25 - 0.25 * eased), eased, out)


def blurred(plane: Plane, sigma: float) -> Plane:
    """A plane under a Gaussian of `sigma` pixels. A wide one is computed at a quarter of the size, where it
    cannot be told from one at full size; into a narrow one the sharp plane is mixed, so that none jumps."""
    if sigma <= 0:
        return plane
    height, width = plane.shape
    small = cv2.resize(plane, (max(1, width // 4), max(1, height // 4)), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), max(sigma, 2.0) / 4 + 0.3)
    soft = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    part = min(1.0, sigma / _WIDE)
    return np.asarray(cv2.addWeighted(plane, 1 - part, soft, part, 0), np.uint8)


def _blur(a: Picture, b: Picture, _: Picture, p: float, __: Transition, out: Picture) -> None:
    sigma = 0.035 * min(out.width, out.height) * EASINGS["sine_in_out"](1 - abs(2 * p - 1))
    here, there = (
        Picture(blurred(one.y, sigma), blurred(one.u, sigma / 2), blurred(one.v, sigma / 2)) for one in (a, b)
    )
    _blend(here, there, EASINGS["sine_in_out"](p), out)


_Mix = Callable[[Picture, Picture, Picture, float, Transition, Picture], None]
_MIXES: Mapping[TransitionType, _Mix] = MappingProxyType(
    {
        "fade": _fade,
        "dissolve": _dissolve,
        "slide": _slide,
        "push": _push,
        "wipe": _wipe,
        "zoom": _zoom,
        "iris": _iris,
        "blur": _blur,
        "dip": _dip,
    }
)
