"""The camera: a plate sampled through a placement onto a canvas, at sub-pixel precision.

A placement is an affine map. Its two roads:
- scale and move only, covering the canvas with a plate (every Ken Burns move): a bilinear resize by the exact
  factor, begun at the whole pixel from which it falls into the wanted sub-pixel phase, or after a bilinear
  shift to that phase. Both are single passes over memory, a third of the time of one general warp;
- anything else: an affine warp of the touched box, blended by its transparency.
A plate seen at half its size or less is sampled from its mip level (Williams, "Pyramidal Parametrics", 1983).

Sample positions follow H.264's default siting (ITU-T H.264 Annex E): chroma lies level with the left luma
column and half way between two luma rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil, cos, floor, radians, sin
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from retake.media.picture import Picture
from retake.render.plate import Plane, Plate, faded, masked
from retake.render.resample import Axis, Scratch, axes, resample, resized

_SITING = (0.0, 0.5)
_EPSILON = 1e-9

_OFF = 0.02
"""How far from its place, in luma pixels, a resize in one pass may put the picture's edge."""


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a plate that is seen, in plate pixels; may be fractional."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a window lands: the centre and size of its rectangle in canvas pixels, turned clockwise by
    `rotation` degrees about that centre."""

    x: float
    y: float
    width: float
    height: float
    rotation: float = 0.0
    opacity: float = 1.0

    @property
    def left(self) -> float:
        return self.x - self.width / 2

    @property
    def top(self) -> float:
        return self.y - self.height / 2

    def covers(self, width: int, height: int) -> bool:
        """Whether the upright rectangle hides a whole canvas of this size."""
        return (
            self.rotation == 0
            and self.left <= _EPSILON
            and self.top <= _EPSILON
            and self.left + self.width >= width - _EPSILON
            and self.top + self.height >= height - _EPSILON
        )


def draw(canvas: Picture, plate: Plate, window: Window, placement: Placement, scratch: Scratch) -> None:
    """Draws the window of a plate onto the canvas, in place."""
    if placement.opacity <= 0 or min(placement.width, placement.height, canvas.height) <= 0:
        return
    if placement.rotation and placement.rotation % 360 == 0:
        placement = replace(placement, rotation=0.0)
    sx, sy = window.width / placement.width, window.height / placement.height
    while min(sx, sy) >= 2 and min(plate.width, plate.height) > 4:
        kx, ky = plate.half.width / plate.width, plate.half.height / plate.height
        window = Window(window.x * kx, window.y * ky, window.width * kx, window.height * ky)
        plate, sx, sy = plate.half, sx * kx, sy * ky
    if placement.covers(canvas.width, canvas.height) and sx >= 1 and sy >= 1:
        offset = window.x - placement.left * sx, window.y - placement.top * sy
        if plate.opaque and placement.opacity >= 1:
            _cover(canvas, plate, (sx, sy), offset, scratch)
        else:
            _cover_blended(canvas, plate, (sx, sy), offset, placement.opacity, scratch)
        return
    _warp(canvas, plate, window, placement)


def hidden_from(size: tuple[int, int], plate: Plate, placement: Placement) -> int:
    """The row of a canvas of `size` (w, h) from which on the whole plate, drawn over it, hides everything."""
    if plate.clear is None or placement.opacity < 1 or not placement.covers(*size):
        return size[1]
    sx, sy = plate.width / placement.width, plate.height / placement.height
    if not 1 <= min(sx, sy) < 2:
        return size[1]
    _, ground = _boxes(size, plate, (sx, sy), (-placement.left * sx, -placement.top * sy))
    return ground.top if (ground.left, ground.right, ground.bottom) == (0, *size) else size[1]


def paste(canvas: Picture, plate: Plate, x: int, y: int) -> None:
    """Draws a plate at its own size with its corner at even canvas pixels (x, y), cut at the canvas edge."""
    x, y = x + plate.left, y + plate.top
    height, width = plate.y.shape
    x0, y0 = max(0, x), max(0, y)
    x1, y1 = min(canvas.width, x + width), min(canvas.height, y + height)
    if x0 >= x1 or y0 >= y1:
        return
    whole = slice(y0, y1), slice(x0, x1)
    half = slice(y0 // 2, y1 // 2), slice(x0 // 2, x1 // 2)
    part = slice(y0 - y, y1 - y), slice(x0 - x, x1 - x)
    part_uv = slice((y0 - y) // 2, (y1 - y) // 2), slice((x0 - x) // 2, (x1 - x) // 2)
    _lay(canvas.y[whole], plate.y[part], None if plate.clear is None else plate.clear[part])
    clear_uv = None if plate.clear_uv is None else plate.clear_uv[part_uv]
    _lay(canvas.u[half], plate.u[part_uv], clear_uv)
    _lay(canvas.v[half], plate.v[part_uv], clear_uv)


def drawn(size: tuple[int, int], paint: Callable[[Picture], None]) -> Plate:
    """What `paint` draws on a canvas of `size` (w, h), as a plate of its own.

    It is drawn on all-0 and on all-255 samples: what differs is how clear it is (Smith and Blinn,
    "Blue Screen Matting", 1996).
    """
    low, high = Picture.blank(*size, (0, 0, 0)), Picture.blank(*size, (255, 255, 255))
    paint(low)
    paint(high)
    clear, clear_uv = (
        np.asarray(cv2.subtract(bright, dark), np.uint8)
        for bright, dark in ((high.y, low.y), (high.u, low.u))
    )
    return Plate(*low.planes, clear, clear_uv, *size)


def _lay(canvas: Plane, plane: Plane, clear: Plane | None) -> None:
    if clear is None:
        np.copyto(canvas, plane)
    else:
        cv2.multiply(canvas, clear, dst=canvas, scale=1 / 255)
        cv2.add(canvas, plane, dst=canvas)


def _cover(
    canvas: Picture, plate: Plate, scale: tuple[float, float], offset: tuple[float, float], scratch: Scratch
) -> None:
    chroma = _chroma_offset(scale, offset)
    if found := axes(scale, offset, canvas.y.shape, plate.y.shape, _OFF):
        np.copyto(canvas.y, resized(plate.bordered.y, found, canvas.y.shape, scratch, "y"))
    else:
        resample(plate.y, scale, offset, canvas.y, scratch)
    if found := axes(scale, chroma, canvas.u.shape, plate.u.shape, _OFF / 2):
        for plane, out in zip(
            _unwoven(plate, found, canvas.u.shape, scratch), canvas.planes[1:], strict=True
        ):
            np.copyto(out, plane)
    else:
        resample(plate.u, scale, chroma, canvas.u, scratch)
        resample(plate.v, scale, chroma, canvas.v, scratch)


def _unwoven(plate: Plate, found: tuple[Axis, Axis], shape: tuple[int, ...], scratch: Scratch) -> list[Plane]:
    """u and v, sampled together."""
    woven = resized(plate.bordered.uv, found, shape, scratch, "uv")
    apart = [scratch.plane(name, *shape) for name in ("u", "v")]
    cv2.split(woven, apart)
    return apart


def _chroma_offset(scale: tuple[float, float], offset: tuple[float, float]) -> tuple[float, float]:
    """The luma offset for the half-size planes: with siting d,  q = 2c + d on either side of q = sx + o."""
    return tuple(
        (o + (s - 1) / 2 + (s - 1) * d) / 2 - (s - 1) / 2
        for s, o, d in zip(scale, offset, _SITING, strict=True)
    )  # type: ignore[return-value]


def _cover_blended(
    canvas: Picture,
    plate: Plate,
    scale: tuple[float, float],
    offset: tuple[float, float],
    opacity: float,
    scratch: Scratch,
) -> None:
    """As `_cover`, for a plate with transparency: what is seen through, and the ground, which is only copied.

    Where they cannot be sampled in one pass, a seam would show between them, and they are drawn as one.
    """
    size = canvas.width, canvas.height
    body, ground = _boxes(size, plate, scale, offset)
    whole = _Box(body.left, body.top, body.right, ground.bottom)
    parts = [(box, _sampling(plate, box, scale, offset)) for box in (body, ground) if not box.empty]
    sampled = [(box, sampling) for box, sampling in parts if sampling]
    if len(sampled) == len(parts):
        for box, sampling in sampled:
            _lay_part(canvas, plate, box, sampling, box is ground, opacity, scratch)
        return
    near = _near(plate, scale, offset, whole)
    chroma = _chroma_offset(scale, near)
    width, height = whole.right - whole.left, whole.bottom - whole.top
    part = Plate(
        scratch.plane("y", height, width),
        scratch.plane("u", height // 2, width // 2),
        scratch.plane("v", height // 2, width // 2),
        None if plate.clear is None else scratch.plane("clear", height, width),
        None if plate.clear_uv is None else scratch.plane("clear_uv", height // 2, width // 2),
        width,
        height,
    )
    for source, out, at in (
        (plate.y, part.y, near),
        (plate.u, part.u, chroma),
        (plate.v, part.v, chroma),
        (plate.clear, part.clear, near),
        (plate.clear_uv, part.clear_uv, chroma),
    ):
        if source is not None and out is not None:
            resample(source, scale, at, out, scratch)
    paste(canvas, faded(part, opacity), whole.left, whole.top)


class _Box(NamedTuple):
    """A part of a canvas, in even pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def empty(self) -> bool:
        return self.left >= self.right or self.top >= self.bottom


def _boxes(
    size: tuple[int, int], plate: Plate, scale: tuple[float, float], offset: tuple[float, float]
) -> tuple[_Box, _Box]:
    """Where a plate lands on a canvas of `size` (w, h): what is above its ground, and the ground."""
    height, width = plate.y.shape

    def edge(position: int, axis: int) -> int:
        at = ((plate.left, plate.top)[axis] + position - offset[axis]) / scale[axis]
        return min(size[axis], max(0, floor(at) - 2 if position == 0 else ceil(at) + 3) & ~1)

    left, right = edge(0, 0), edge(width, 0)
    top, ground, bottom = edge(0, 1), edge(plate.ground, 1), edge(height, 1)
    return _Box(left, top, right, ground), _Box(left, ground, right, bottom)


class _Sampling(NamedTuple):
    """How luma and chroma are sampled in one pass."""

    luma: tuple[Axis, Axis]
    chroma: tuple[Axis, Axis]


def _sampling(
    plate: Plate, box: _Box, scale: tuple[float, float], offset: tuple[float, float]
) -> _Sampling | None:
    """The sampling of what lands on a box; None where one pass will not do."""
    shape = box.bottom - box.top, box.right - box.left
    near = _near(plate, scale, offset, box)
    luma = axes(scale, near, shape, plate.y.shape, _OFF)
    half = shape[0] // 2, shape[1] // 2
    chroma = axes(scale, _chroma_offset(scale, near), half, plate.u.shape, _OFF) if luma else None
    return _Sampling(luma, chroma) if luma and chroma else None


def _lay_part(
    canvas: Picture,
    plate: Plate,
    box: _Box,
    sampling: _Sampling,
    opaque: bool,
    opacity: float,
    scratch: Scratch,
) -> None:
    """Draws what lands on a box of the canvas."""
    shape = box.bottom - box.top, box.right - box.left
    half = shape[0] // 2, shape[1] // 2
    clear, clear_uv = (None, None) if opaque else (plate.bordered.clear, plate.bordered.clear_uv)
    u, v = _unwoven(plate, sampling.chroma, half, scratch)
    part = Plate(
        resized(plate.bordered.y, sampling.luma, shape, scratch, "y"),
        u,
        v,
        None if clear is None else resized(clear, sampling.luma, shape, scratch, "clear"),
        None if clear_uv is None else resized(clear_uv, sampling.chroma, half, scratch, "clear_uv"),
        shape[1],
        shape[0],
    )
    paste(canvas, faded(part, opacity), box.left, box.top)


def _near(
    plate: Plate, scale: tuple[float, float], offset: tuple[float, float], box: _Box
) -> tuple[float, float]:
    """The offset in the plate's planes for what begins at the corner of a box of the canvas."""
    return offset[0] + box.left * scale[0] - plate.left, offset[1] + box.top * scale[1] - plate.top


def _warp(canvas: Picture, plate: Plate, window: Window, placement: Placement) -> None:
    """An affine warp of the box that the placement touches, with soft edges."""
    turn = radians(placement.rotation)
    c, s = cos(turn), sin(turn)
    reach_x = (abs(c) * placement.width + abs(s) * placement.height) / 2 + 2
    reach_y = (abs(s) * placement.width + abs(c) * placement.height) / 2 + 2
    x0, y0 = max(0, floor(placement.x - reach_x)) & ~1, max(0, floor(placement.y - reach_y)) & ~1
    x1 = min(canvas.width, (ceil(placement.x + reach_x) + 1) & ~1)
    y1 = min(canvas.height, (ceil(placement.y + reach_y) + 1) & ~1)
    if x0 >= x1 or y0 >= y1:
        return
    kx, ky = window.width / placement.width, window.height / placement.height
    centre = window.x + window.width / 2 - plate.left, window.y + window.height / 2 - plate.top
    linear = np.array([[c * kx, s * kx], [-s * ky, c * ky]])
    origin = np.array([x0 + 0.5 - placement.x, y0 + 0.5 - placement.y])
    shift = linear @ origin + np.array(centre) - 0.5
    luma = np.column_stack([linear, shift])
    d = np.array(_SITING)
    chroma = np.column_stack([linear, (shift + linear @ d - d) / 2])
    upright = placement.rotation == 0
    source = plate if upright else _inside(plate, window)
    width, height = x1 - x0, y1 - y0

    def sample(plane: Plane, fraction: int, outside: int) -> Plane:
        sampled = cv2.warpAffine(
            plane,
            luma if fraction == 1 else chroma,
            (width // fraction, height // fraction),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE if upright else cv2.BORDER_CONSTANT,
            borderValue=(outside,),
        )
        return np.asarray(sampled, np.uint8)

    part = Plate(
        sample(source.y, 1, 0),
        sample(source.u, 2, 0),
        sample(source.v, 2, 0),
        None if source.clear is None else sample(source.clear, 1, 255),
        None if source.clear_uv is None else sample(source.clear_uv, 2, 255),
        width,
        height,
    )
    if upright and not placement.covers(canvas.width, canvas.height):
        part = masked(part, _coverage(placement, x0, y0, width, height))
    paste(canvas, faded(part, placement.opacity), x0, y0)


def _coverage(placement: Placement, left: int, top: int, width: int, height: int) -> Plane:
    """How much of each pixel of a box the upright rectangle covers, (h, w)."""

    def along(start: float, length: float, first: int, count: int) -> NDArray[np.float64]:
        pixel = np.arange(first, first + count)
        return np.clip(np.minimum(pixel + 1, start + length) - np.maximum(pixel, start), 0, 1)

    rows = along(placement.top, placement.height, top, height)
    columns = along(placement.left, placement.width, left, width)
    return np.rint(np.outer(rows * 255, columns)).astype(np.uint8)


def _inside(plate: Plate, window: Window) -> Plate:
    """The plate with what is outside the window transparent (whole pixels), ready for a warp with borders."""
    clear = plate.clear if plate.clear is not None else np.zeros_like(plate.y)
    clear_uv = plate.clear_uv if plate.clear_uv is not None else np.zeros_like(plate.u)
    x0, y0 = round(window.x) - plate.left, round(window.y) - plate.top
    x1, y1 = x0 + round(window.width), y0 + round(window.height)
    rows, columns = plate.y.shape
    if x0 <= 0 and y0 <= 0 and x1 >= columns and y1 >= rows:
        return replace(plate, clear=clear, clear_uv=clear_uv)

    def keep(plane: Plane, outside: int, fraction: int) -> Plane:
        kept = np.full_like(plane, outside)
        box = (
            slice(max(0, y0) // fraction, max(0, y1 + fraction - 1) // fraction),
            slice(max(0, x0) // fraction, max(0, x1 + fraction - 1) // fraction),
        )
        kept[box] = plane[box]
        return kept

    return replace(
        plate,
        y=keep(plate.y, 0, 1),
        u=keep(plate.u, 0, 2),
        v=keep(plate.v, 0, 2),
        clear=keep(clear, 255, 1),
        clear_uv=keep(clear_uv, 255, 2),
    )
