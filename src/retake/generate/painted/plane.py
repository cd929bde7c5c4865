"""Planes that are painted on, and the patches that are painted with.

A `Plane` holds float32 channels (3 or 4, height, width): sRGB in [0, 1] multiplied by alpha, and alpha when
the plane is not opaque. A `Patch` is a soft-edged stencil somewhere on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from retake.generate.painted.colour import Rgb
from retake.generate.painted.noise import Field

Outline = NDArray[np.floating[Any]]
_SHIFT = 4
_ROWS = 48


@dataclass(frozen=True, eq=False)
class Patch:
    """Coverage in [0, 1] (height, width), its top left corner at pixel (x, y) of the plane."""

    values: Field
    x: int = 0
    y: int = 0

    @property
    def across(self) -> Field:
        """x of each column, on the plane."""
        return np.arange(self.x, self.x + self.values.shape[1], dtype=np.float32)

    @property
    def down(self) -> Field:
        """y of each row, on the plane."""
        return np.arange(self.y, self.y + self.values.shape[0], dtype=np.float32)

    def times(self, field: Field | float) -> Patch:
        return Patch(self.values * field, self.x, self.y)

    def edge(self, dx: float, dy: float) -> Patch:
        """The border that looks towards (dx, dy), as wide as that vector is long: where a light catches."""
        height, width = self.values.shape
        shift = np.array([[1, 0, -dx], [0, 1, -dy]], np.float32)
        moved = cv2.warpAffine(self.values, shift, (width, height), borderMode=cv2.BORDER_CONSTANT)
        return Patch(np.maximum(self.values - moved, 0), self.x, self.y)

    def soft(self, radius: float) -> Patch:
        """Blurred, and larger by as much as the blur spreads; it may then reach over the plane's border."""
        room = round(radius * 2.5)
        wide = cv2.copyMakeBorder(self.values, room, room, room, room, cv2.BORDER_REPLICATE)
        return Patch(blurred(np.asarray(wide, np.float32), radius), self.x - room, self.y - room)

    def within(self, height: int, width: int) -> Patch:
        """What of it lies on a plane of this size; nothing is an empty patch."""
        rows, columns = self.values.shape
        top, left = max(0, -self.y), max(0, -self.x)
        bottom, right = max(top, min(rows, height - self.y)), max(left, min(columns, width - self.x))
        if (top, left, bottom, right) == (0, 0, rows, columns):
            return self
        return Patch(self.values[top:bottom, left:right], self.x + left, self.y + top)


class Plane:
    """A surface of one size. Everything painted covers what was there, as its coverage says."""

    def __init__(self, width: int, height: int, *, opaque: bool) -> None:
        self.width, self.height = width, height
        self.channels = np.zeros((3 if opaque else 4, height, width), np.float32)

    @property
    def opaque(self) -> bool:
        return len(self.channels) == 3

    def fill(self, patch: Patch, colour: Rgb, opacity: float = 1.0) -> None:
        """Paint a colour through a patch: one colour (3,), one for each row of the plane (plane height, 3),
        or one for each pixel of the patch (3, height, width), which then lies on the plane."""
        patch = patch.within(self.height, self.width)
        columns = slice(patch.x, patch.x + patch.values.shape[1])
        for band in bands(patch.values.shape[0]):
            rows = slice(patch.y + band.start, patch.y + band.stop)
            cover = patch.values[band].astype(np.float32, copy=False)
            if opacity != 1:
                cover = cover * np.float32(opacity)
            for index, channel in enumerate(self.channels):
                if index == 3:
                    paint = np.float32(1)
                elif colour.ndim == 1:
                    paint = np.float32(colour[index])
                else:
                    paint = colour[rows, index, None] if colour.ndim == 2 else colour[index, band]
                target = channel[rows, columns]
                step = paint - target
                step *= cover
                target += step

    def light(self, patch: Patch, colour: Rgb, opacity: float = 1.0) -> None:
        """Add light to what is already painted (a screen: it never clips)."""
        patch = patch.within(self.height, self.width)
        columns = slice(patch.x, patch.x + patch.values.shape[1])
        for band in bands(patch.values.shape[0]):
            rows = slice(patch.y + band.start, patch.y + band.stop)
            ceiling = np.float32(1) if self.opaque else self.channels[3, rows, columns]
            for index in range(3):
                target = self.channels[index, rows, columns]
                step = ceiling - target
                step *= patch.values[band]
                step *= np.float32(colour[index] * opacity)
                target += step

    def polygon(self, points: Outline, *more: Outline) -> Patch | None:
        """The patch that one or several outlines (n, 2) in pixels enclose; None when it lies outside."""
        outlines = (points, *more)
        every = np.concatenate(outlines)
        low = np.maximum(np.floor(every.min(0)).astype(int) - 1, 0)
        high = np.minimum(np.ceil(every.max(0)).astype(int) + 2, (self.width, self.height))
        if (high <= low).any():
            return None
        mask = np.zeros((high[1] - low[1], high[0] - low[0]), np.uint8)
        for outline in outlines:
            fixed = _fixed(outline, low)
            cv2.fillPoly(mask, [fixed], (255,), cv2.LINE_AA, _SHIFT)
        return Patch(mask.astype(np.float32) * np.float32(1 / 255), int(low[0]), int(low[1]))

    def below(self, line: Field, bottom: float | None = None) -> Patch | None:
        """Everything under a line that gives y for each column, down to `bottom`."""
        across = np.arange(len(line), dtype=np.float64)
        end = self.height + 2.0 if bottom is None else bottom
        top = np.stack([across, line.astype(np.float64)], 1)
        sides = np.array([[self.width + 2.0, line[-1]], [self.width + 2, end], [-2, end], [-2, line[0]]])
        return self.polygon(np.concatenate([top, sides]))

    def put(self, shape: Patch | None, colour: Rgb, opacity: float = 1.0) -> Patch | None:
        """`fill`, when there is anything to fill; gives the patch back."""
        if shape is not None:
            self.fill(shape, colour, opacity)
        return shape

    def strokes(self, lines: Iterable[tuple[Outline, float]], colour: Rgb, opacity: float = 1.0) -> None:
        """Paint open lines, each with its width in pixels."""
        drawn = [(points, width) for points, width in lines]
        if not drawn:
            return
        every = np.concatenate([points for points, _ in drawn])
        room = max(width for _, width in drawn) + 2
        low = np.maximum(np.floor(every.min(0) - room).astype(int), 0)
        high = np.minimum(np.ceil(every.max(0) + room).astype(int), (self.width, self.height))
        if (high <= low).any():
            return
        mask = np.zeros((high[1] - low[1], high[0] - low[0]), np.uint8)
        for points, width in drawn:
            fixed = _fixed(points, low)
            cv2.polylines(mask, [fixed], False, (255,), max(1, round(width)), cv2.LINE_AA, _SHIFT)
        self.fill(
            Patch(mask.astype(np.float32) * np.float32(1 / 255), int(low[0]), int(low[1])), colour, opacity
        )

    def discs(
        self,
        across: Outline,
        down: Outline,
        radii: Outline,
        levels: Field | None = None,
    ) -> Patch | None:
        """Many discs as one patch; `levels` is the coverage of each, 1 when missing."""
        if not len(across):
            return None
        room = float(radii.max()) + 2
        left, top = max(0, int(across.min() - room)), max(0, int(down.min() - room))
        right, bottom = (
            min(self.width, int(across.max() + room) + 1),
            min(self.height, int(down.max() + room) + 1),
        )
        if right <= left or bottom <= top:
            return None
        mask = np.zeros((bottom - top, right - left), np.uint8)
        fixed = np.round(np.stack([across - left, down - top, np.maximum(radii, 0.4)], 1) * 16).astype(int)
        shades = np.full(len(fixed), 255) if levels is None else (np.clip(levels, 0, 1) * 255).astype(int)
        for (x, y, radius), shade in zip(fixed.tolist(), shades.tolist(), strict=True):
            cv2.circle(mask, (x, y), radius, (shade,), -1, cv2.LINE_AA, 4)
        return Patch(mask.astype(np.float32) * np.float32(1 / 255), left, top)

    def halo(
        self, x: float, y: float, radius: float, squash: float = 1.0, power: float = 2.0
    ) -> Patch | None:
        """A round soft patch that fades to nothing at `radius`."""
        low = np.maximum(np.floor([x - radius, y - radius * squash]).astype(int), 0)
        high = np.minimum(
            np.ceil([x + radius, y + radius * squash]).astype(int) + 1, (self.width, self.height)
        )
        if (high <= low).any():
            return None
        step = 4 if radius > 60 else 1
        size = (int(high[0] - low[0]), int(high[1] - low[1]))
        small = (max(1, size[0] // step), max(1, size[1] // step))
        across = (low[0] + (np.arange(small[0]) + 0.5) * size[0] / small[0] - x) / radius
        down = (low[1] + (np.arange(small[1]) + 0.5) * size[1] / small[1] - y) / (radius * squash)
        near = np.clip(1 - np.sqrt(across[None, :] ** 2 + down[:, None] ** 2), 0, 1).astype(np.float32)
        near **= np.float32(power)
        return Patch(near if step == 1 else enlarged(near, size[1], size[0]), int(low[0]), int(low[1]))


def bands(height: int) -> Iterator[slice]:
    """Rows few enough to stay in the processor's cache from one step to the next."""
    return (slice(top, min(top + _ROWS, height)) for top in range(0, height, _ROWS))


def _fixed(points: Outline, origin: NDArray[np.int64]) -> NDArray[np.int32]:
    """Points in the fixed-point numbers that cv2 draws with."""
    moved: Outline = (points - origin) * (1 << _SHIFT)
    return np.round(moved).astype(np.int32)


def enlarged(field: Field, height: int, width: int) -> Field:
    """A field at another size, smooth."""
    return np.asarray(cv2.resize(field, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def blurred(field: Field, radius: float) -> Field:
    """A Gaussian blur; wide ones are done on a smaller picture."""
    height, width = field.shape[:2]
    step = max(1, int(radius / 3))
    if step == 1:
        soft = cv2.GaussianBlur(field, (0, 0), max(radius, 0.3), borderType=cv2.BORDER_REPLICATE)
        return np.asarray(soft, np.float32)
    small = cv2.resize(field, (max(1, width // step), max(1, height // step)), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), max(radius / step, 0.3), borderType=cv2.BORDER_REPLICATE)
    return enlarged(np.asarray(small, np.float32), height, width)


def curve(points: Iterable[tuple[float, float]], closed: bool = True, steps: int = 6) -> Outline:
    """A smooth outline (n, 2) through the points (Catmull-Rom)."""
    given = np.array(list(points), np.float64)
    before = np.roll(given, 1, 0) if closed else np.vstack([given[:1], given[:-1]])
    after = np.roll(given, -1, 0) if closed else np.vstack([given[1:], given[-1:]])
    beyond = np.roll(given, -2, 0) if closed else np.vstack([given[2:], given[-1:], given[-1:]])
    t = np.arange(steps)[:, None, None] / steps
    spline = 0.5 * (
        2 * given
        + (after - before) * t
        + (2 * before - 5 * given + 4 * after - beyond) * t**2
        + (3 * given - before - 3 * after + beyond) * t**3
    )
    return np.swapaxes(spline, 0, 1).reshape(-1, 2)


def glow(plane: Plane, x: float, y: float, radius: float, colour: Rgb, strength: float) -> None:
    """Paint a round soft light, also where the plane is empty."""
    halo = plane.halo(x, y, radius)
    if halo is not None:
        plane.fill(halo, colour, strength)
