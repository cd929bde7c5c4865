"""A plate: a source's pixels ready for the camera, in planar YUV, with its transparency.

Where a plate is transparent its planes hold colour times alpha, and `clear` holds 255 minus alpha, so that
resampling never bleeds hidden colour into an edge and drawing is one multiplication and one addition:
`canvas * clear / 255 + plate` (Porter and Duff, "Compositing Digital Images", 1984, with alpha inverted).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from retake.media.colour import halve, rgb_to_picture
from retake.media.picture import Picture

Plane = NDArray[np.uint8]

BORDER = 128
"""How many pixels the camera may begin to read before a plate."""

BEYOND = 16
"""And how many after it."""

_BLEED = 5


class Bordered(NamedTuple):
    """A plate's planes with their edges repeated: `BORDER` pixels to the left and the top, `BEYOND` to
    the right and the bottom. u and v are woven together, (h/2, w/2, 2)."""

    y: Plane
    uv: Plane
    clear: Plane | None
    clear_uv: Plane | None


@dataclass(frozen=True, eq=False)
class Plate:
    """Planes y (h, w), u and v (h/2, w/2), BT.709 limited, premultiplied where `clear` says so.

    `clear` (h, w) and `clear_uv` (h/2, w/2) are None for an opaque plate. `left`, `top` place the planes in
    the plate's own (width, height): what lies outside them is transparent.
    """

    y: Plane
    u: Plane
    v: Plane
    clear: Plane | None
    clear_uv: Plane | None
    width: int
    height: int
    left: int = 0
    top: int = 0

    @property
    def opaque(self) -> bool:
        return self.clear is None

    @property
    def nbytes(self) -> int:
        planes = (self.y, self.u, self.v, self.clear, self.clear_uv)
        return sum(plane.nbytes for plane in planes if plane is not None)

    @cached_property
    def ground(self) -> int:
        """The row of its planes from which on it hides all that lies beneath, across its whole width: near
        planes stand on the ground. Their height where it does not."""
        if self.clear is None:
            return 0
        seen_through = np.flatnonzero(self.clear.any(axis=1))
        return int(seen_through[-1]) + 1 if len(seen_through) else 0

    @cached_property
    def bordered(self) -> Bordered:
        """Its planes with their edges repeated."""
        uv = np.asarray(cv2.merge([self.u, self.v]), np.uint8)
        return Bordered(
            _bordered(self.y),
            _bordered(uv),
            None if self.clear is None else _bordered(self.clear),
            None if self.clear_uv is None else _bordered(self.clear_uv),
        )

    @cached_property
    def half(self) -> Plate:
        """The next level of the mip pyramid: half the size, each pixel the mean of four."""
        return _halved(self)


def from_picture(picture: Picture, alpha: Plane | None = None) -> Plate:
    """A plate of a picture and its alpha (h, w), straight; trimmed to what can be seen."""
    height, width = picture.y.shape
    if alpha is None or alpha.min() == 255:
        return Plate(picture.y, picture.u, picture.v, None, None, width, height)
    x0, y0, x1, y1 = _seen(alpha)
    a = np.ascontiguousarray(alpha[y0:y1, x0:x1])
    a_uv = halve(a)
    half = slice(y0 // 2, y1 // 2), slice(x0 // 2, x1 // 2)
    return Plate(
        _times(picture.y[y0:y1, x0:x1], a),
        _times(picture.u[half], a_uv),
        _times(picture.v[half], a_uv),
        _not(a),
        _not(a_uv),
        width,
        height,
        x0,
        y0,
    )


def from_rgb(pixels: NDArray[np.uint8]) -> Plate:
    """A plate of sRGB pixels (h, w, 3 or 4), straight alpha; odd sizes are padded by repeating the edge."""
    height, width = pixels.shape[:2]
    if height % 2 or width % 2:
        pixels = np.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    if pixels.shape[2] == 3:
        return from_picture(rgb_to_picture(pixels))
    return from_picture(rgb_to_picture(bled(pixels)), alpha_of(pixels))


def faded(plate: Plate, opacity: float) -> Plate:
    """The plate with its opacity lowered."""
    if opacity >= 1:
        return plate
    opacity = max(0.0, opacity)
    clear = plate.clear if plate.clear is not None else np.zeros_like(plate.y)
    clear_uv = plate.clear_uv if plate.clear_uv is not None else np.zeros_like(plate.u)
    lift = 255 * (1 - opacity)
    return replace(
        plate,
        y=cv2.convertScaleAbs(plate.y, alpha=opacity),
        u=cv2.convertScaleAbs(plate.u, alpha=opacity),
        v=cv2.convertScaleAbs(plate.v, alpha=opacity),
        clear=cv2.convertScaleAbs(clear, alpha=opacity, beta=lift),
        clear_uv=cv2.convertScaleAbs(clear_uv, alpha=opacity, beta=lift),
    )


def masked(plate: Plate, alpha: Plane) -> Plate:
    """The plate where `alpha`, of its planes' size, shows it."""
    alpha_uv = halve(alpha)

    def clearer(clear: Plane | None, part: Plane) -> Plane:
        return _not(part if clear is None else _times(_not(clear), part))

    return replace(
        plate,
        y=_times(plate.y, alpha),
        u=_times(plate.u, alpha_uv),
        v=_times(plate.v, alpha_uv),
        clear=clearer(plate.clear, alpha),
        clear_uv=clearer(plate.clear_uv, alpha_uv),
    )


def _bordered(plane: Plane) -> Plane:
    around = (BORDER, BEYOND, BORDER, BEYOND)
    return np.asarray(cv2.copyMakeBorder(plane, *around, cv2.BORDER_REPLICATE), np.uint8)


def _halved(plate: Plate) -> Plate:
    width, height = max(2, plate.width // 4 * 2), max(2, plate.height // 4 * 2)

    def half(plane: Plane | None, fraction: int) -> Plane | None:
        if plane is None:
            return None
        full = cv2.copyMakeBorder(
            plane,
            plate.top // fraction,
            plate.height // fraction - plate.top // fraction - plane.shape[0],
            plate.left // fraction,
            plate.width // fraction - plate.left // fraction - plane.shape[1],
            cv2.BORDER_CONSTANT,
            value=(255 if plane is plate.clear or plane is plate.clear_uv else 0,),
        )
        size = width // fraction, height // fraction
        return np.asarray(cv2.resize(full, size, interpolation=cv2.INTER_AREA), np.uint8)

    y, u, v = half(plate.y, 1), half(plate.u, 2), half(plate.v, 2)
    assert y is not None and u is not None and v is not None
    return Plate(y, u, v, half(plate.clear, 1), half(plate.clear_uv, 2), width, height)


def _times(plane: Plane, alpha: Plane) -> Plane:
    return np.asarray(cv2.multiply(plane, alpha, scale=1 / 255), np.uint8)


def _not(plane: Plane) -> Plane:
    return np.asarray(cv2.bitwise_not(plane), np.uint8)


def _seen(alpha: Plane) -> tuple[int, int, int, int]:
    """The even-aligned box around everything that is not fully transparent, with a clear margin; never empty.

    The margin, two pixels where the picture has them, is what sampling beyond the box repeats.
    """
    rows, columns = np.flatnonzero(alpha.any(axis=1)), np.flatnonzero(alpha.any(axis=0))
    if not len(rows):
        return 0, 0, 2, 2
    height, width = alpha.shape
    x0, y0 = max(0, int(columns[0]) - 2) & ~1, max(0, int(rows[0]) - 2) & ~1
    return x0, y0, min(width, int(columns[-1]) + 4 & ~1), min(height, int(rows[-1]) + 4 & ~1)


def bled(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """RGB whose colour runs on under transparent pixels, since 4:2:0 averages neighbours of both kinds."""
    rgb = rgb_of(pixels)
    seen = cv2.threshold(alpha_of(pixels), 0, 255, cv2.THRESH_BINARY)[1]
    rows = cv2.reduce(seen, 1, cv2.REDUCE_MIN)[:, 0], cv2.reduce(seen, 1, cv2.REDUCE_MAX)[:, 0]
    open_rows, seen_rows = np.flatnonzero(rows[0] == 0), np.flatnonzero(rows[1])
    if not len(open_rows) or not len(seen_rows):
        return rgb
    # Beyond the first row that shows anything and the last that does not, there is no edge to run over.
    first = max(0, int(seen_rows[0]) - _BLEED)
    band = slice(first, max(first, int(open_rows[-1]) + 1) + _BLEED)
    part, seen = rgb[band], seen[band]
    near = cv2.blur(seen, (_BLEED, _BLEED))
    shown = cv2.bitwise_and(part, part, mask=seen)
    spread = cv2.divide(cv2.blur(shown, (_BLEED, _BLEED)), cv2.merge([near] * 3), scale=255)
    edge = cv2.bitwise_and(cv2.bitwise_not(seen), near)
    cv2.copyTo(spread, edge, part)
    return rgb


def rgb_of(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The colour of (h, w, 4) pixels, apart: OpenCV does it in a tenth of the time that a copy takes."""
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGBA2RGB), np.uint8)


def alpha_of(pixels: NDArray[np.uint8]) -> Plane:
    """The alpha (h, w) of (h, w, 4) pixels, apart."""
    return np.asarray(cv2.extractChannel(pixels, 3), np.uint8)
