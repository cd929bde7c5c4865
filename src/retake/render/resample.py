"""A plane sampled on a shifted and coarser grid, bilinearly:
out[y, x] = plane at ((x, y) + 1/2) * scale - 1/2 + offset, for a scale of at least 1.

Its two ways are both passes over memory with OpenCV's resize, which begins at whole pixels only: after a
shift to the wanted sub-pixel phase, or in one pass from the whole pixel from which it falls into that phase.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, prod

import cv2
import numpy as np

from retake.render.plate import BEYOND, BORDER, Plane

_SPARE = 96
"""The most rows or columns that are resized only for the phase of those after them."""

_EPSILON = 1e-9
_ROUNDING = 1e-6
"""How near to a half a length may lie before OpenCV's rounding of it is anyone's guess."""


class Scratch:
    """Working memory of one thread, reused from frame to frame: fresh pages cost more than the arithmetic."""

    def __init__(self) -> None:
        self._buffers: dict[str, Plane] = {}

    def plane(self, name: str, height: int, width: int, *channels: int) -> Plane:
        """A plane of this size with undefined content, or `channels` of them woven together."""
        shape = (height, width, *channels)
        need = prod(shape)
        buffer = self._buffers.get(name)
        if buffer is None or buffer.size < need:
            buffer = self._buffers[name] = np.empty(need + need // 8, np.uint8)
        return buffer[:need].reshape(shape)


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of a resize that begins at a whole pixel: `extent` source pixels from `first` on become, by
    the factor 1 / `scale`, `spare` pixels too many and then the wanted ones."""

    first: int
    extent: int
    spare: int
    scale: float


def axes(
    scale: tuple[float, float],
    offset: tuple[float, float],
    shape: tuple[int, ...],
    source: tuple[int, ...],
    off: float,
) -> tuple[Axis, Axis] | None:
    """How to resize a plane of shape `source` (h, w) to `shape` (h, w) in one pass, across and down, at most
    `off` source pixels from the place; None if that cannot be."""
    across = _axis(scale[0], offset[0], shape[1], source[1], off)
    down = _axis(scale[1], offset[1], shape[0], source[0], off) if across else None
    return (across, down) if across and down else None


def _axis(scale: float, offset: float, length: int, source: int, off: float) -> Axis | None:
    """Beginning a pixel earlier moves the phase by the fraction of the scale: some number of spare pixels
    brings it close to a whole one. What is missing is shared out evenly to both ends of the picture."""
    for spare in range(min(_SPARE, floor((offset + BORDER) / scale)) + 1):
        at = offset - spare * scale
        first = round(at)
        if abs(at - first) <= off:
            middle = length / 2
            exact = (middle * scale + offset - first) / (middle + spare)
            extent = source_extent(length + spare, exact)
            return Axis(first, extent, spare, exact) if first + extent <= source + BEYOND else None
    return None


def resized(
    bordered: Plane, axes: tuple[Axis, Axis], shape: tuple[int, ...], scratch: Scratch, name: str
) -> Plane:
    """A bordered plane sampled in one pass to `shape` (h, w), in scratch memory of that name."""
    (x, y), (height, width) = axes, shape
    left, top = x.first + BORDER, y.first + BORDER
    source = bordered[top : top + y.extent, left : left + x.extent]
    out = scratch.plane(name, height + y.spare, width + x.spare, *bordered.shape[2:])
    cv2.resize(source, None, dst=out, fx=1 / x.scale, fy=1 / y.scale, interpolation=cv2.INTER_LINEAR)
    return out[y.spare :, x.spare :]


def resample(
    plane: Plane, scale: tuple[float, float], offset: tuple[float, float], out: Plane, scratch: Scratch
) -> None:
    """Fills `out`, after a shift; the plane's edges are repeated."""
    height, width = out.shape
    w, h = source_extent(width, scale[0]), source_extent(height, scale[1])
    part = scratch.plane("part", h, w)
    cv2.getRectSubPix(plane, (w, h), (offset[0] + (w - 1) / 2, offset[1] + (h - 1) / 2), patch=part)
    if (w, h) == (width, height):
        np.copyto(out, part)
    else:
        cv2.resize(part, None, dst=out, fx=1 / scale[0], fy=1 / scale[1], interpolation=cv2.INTER_LINEAR)


def source_extent(length: int, scale: float) -> int:
    """How many source pixels OpenCV maps to `length` pixels by the factor 1/scale, at least the needed."""
    longest = ceil(length * scale - _EPSILON)
    fits = abs(longest / scale - length) < 0.5 - _ROUNDING
    return longest if fits else floor(length * scale)
