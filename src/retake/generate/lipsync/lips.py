"""The lines of a mouth in a picture of a face: corners, the edges of both lips, and the opening between them.

Enters: a piece of a frame and the face's box in it. Leaves: a `MouthShape`. Lips are redder than the skin
around them, the opening is darker or (teeth) paler than the lips; both are told apart by Otsu's threshold
("A threshold selection method from gray-level histograms", 1979) in CIE Lab, and the edges are polynomials
through what is found in each column.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.polynomial import Polynomial
from numpy.typing import NDArray

from retake.errors import InputError
from retake.generate.lipsync.faces import FaceBox, Rgb

Floats = NDArray[np.float64]
_PIXELS_WIDE = 24  # fewer from corner to corner show no lips


@dataclass(frozen=True, eq=False, slots=True)
class MouthShape:
    """A mouth in pixels of the piece that it was found in.

    `columns` are the x from one corner to the other; `upper` and `lower` are the y of the opening's edges
    there (equal where the lips meet), `top` and `bottom` the lips' outer edges. `is_open` tells whether an
    opening was seen; `skin` is the skin's colour (RGB), `chin` the chin's y, `grain` the noise's deviation.
    """

    columns: Floats
    upper: Floats
    lower: Floats
    top: Floats
    bottom: Floats
    is_open: bool
    skin: NDArray[np.float32]
    chin: float
    face: FaceBox
    grain: float

    @property
    def width(self) -> float:
        return float(self.columns[-1] - self.columns[0])

    @property
    def centre(self) -> tuple[float, float]:
        middle = (self.upper.mean() + self.lower.mean()) / 2
        return float(self.columns[0] + self.columns[-1]) / 2, float(middle)


def find_mouth(piece: Rgb, box: FaceBox, *, place: str = "") -> MouthShape:
    """The mouth in a piece of a frame; `box` is the face in pixels of that piece.

    Raises `InputError` where no lips can be told from the skin.
    """
    lab = np.asarray(cv2.cvtColor(piece, cv2.COLOR_RGB2LAB), np.float32)
    cheeks = _part(box, piece, (0.25, 0.75), (0.50, 0.62))
    skin = np.median(lab[cheeks].reshape(-1, 3), axis=0)
    area = _part(box, piece, (0.2, 0.8), (0.66, 0.97))
    if min(lab[area].shape[:2], default=0) < 8:
        raise _refusal(place)
    mouth = _mouth_pixels(_likeness(lab, skin, lab[cheeks], box.width)[area], box.width)
    across = np.flatnonzero(mouth.any(0))
    if len(across) < _PIXELS_WIDE:
        raise _refusal(place)
    inside = mouth[:, across[0] : across[-1] + 1]
    columns = np.arange(across[0], across[-1] + 1) + area[1].start
    top = np.argmax(inside, axis=0) + area[0].start
    bottom = len(inside) - 1 - np.argmax(inside[::-1], axis=0) + area[0].start
    upper, lower, is_open = _opening(lab, skin, columns, top, bottom, box.width)
    fine = piece[area].astype(np.float32)
    grain = 1.48 * float(np.median(np.abs(fine - cv2.GaussianBlur(fine, (0, 0), 1.2))))
    return MouthShape(
        columns.astype(float),
        np.minimum(upper, lower),
        np.maximum(upper, lower),
        _line(columns, top.astype(float)),
        _line(columns, bottom.astype(float)),
        is_open,
        np.median(piece[cheeks].reshape(-1, 3), axis=0).astype(np.float32),
        box.y + 1.12 * box.height,
        box,
        grain,
    )


def _part(
    box: FaceBox, piece: Rgb, across: tuple[float, float], down: tuple[float, float]
) -> tuple[slice, slice]:
    rows = [int(np.clip(box.y + share * box.height, 0, piece.shape[0])) for share in down]
    columns = [int(np.clip(box.x + share * box.width, 0, piece.shape[1])) for share in across]
    return slice(*rows), slice(*columns)


def _likeness(
    lab: NDArray[np.float32], skin: NDArray[np.float32], cheeks: NDArray[np.float32], size: float
) -> NDArray[np.float32]:
    """0 for skin to 1 for lips, teeth or the dark between them."""
    spread = 1.48 * np.median(np.abs(cheeks.reshape(-1, 3) - skin), axis=0) + (2, 1, 1)
    colour = np.hypot(lab[..., 1] - 128, lab[..., 2] - 128)
    skin_colour = float(np.hypot(skin[1] - 128, skin[2] - 128))
    lips = np.clip((lab[..., 1] - skin[1]) / spread[1] / 4, 0, 1)
    dark = 0.8 * np.clip((skin[0] - lab[..., 0]) / spread[0] / 5 - 0.3, 0, 1)
    teeth = np.clip((0.55 * skin_colour - colour) / (0.4 * skin_colour + 1), 0, 1) * (
        lab[..., 0] > 0.75 * skin[0]
    )
    found = np.maximum(np.maximum(lips, dark), teeth).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(found, (0, 0), max(0.008 * size, 0.5)), np.float32)


def _mouth_pixels(likeness: NDArray[np.float32], size: float) -> NDArray[np.bool_]:
    """The largest piece near the middle of what is not skin."""
    codes = (255 * likeness).astype(np.uint8)
    _, chosen = cv2.threshold(codes, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    kernel = np.ones((int(0.03 * size) | 1, int(0.05 * size) | 1), np.uint8)
    chosen = cv2.morphologyEx(chosen, cv2.MORPH_CLOSE, kernel)
    count, labels, stats, centres = cv2.connectedComponentsWithStats(chosen)
    if count < 2:
        return np.zeros(codes.shape, np.bool_)
    away = (np.asarray(centres)[1:, 0] - codes.shape[1] / 2) / (0.25 * size)
    best = 1 + int(np.argmax(np.asarray(stats)[1:, cv2.CC_STAT_AREA] * np.exp(-(away**2))))
    return np.asarray(labels) == best


def _opening(
    lab: NDArray[np.float32],
    skin: NDArray[np.float32],
    columns: NDArray[np.int64],
    top: NDArray[np.int64],
    bottom: NDArray[np.int64],
    size: float,
) -> tuple[Floats, Floats, bool]:
    """The opening's upper and lower edge; for lips that meet, twice the line where they do."""
    redness = cv2.GaussianBlur(inner_redness(lab, float(skin[0])), (0, 0), max(0.005 * size, 0.5))
    lips = [redness[t : b + 1, x] for x, t, b in zip(columns, top, bottom, strict=True)]
    low, high = np.percentile(np.concatenate(lips), [2, 98])
    codes = np.clip((np.concatenate(lips) - low) / max(high - low, 1e-6) * 255, 0, 255).astype(np.uint8)
    level, _ = cv2.threshold(codes, 0, 255, cv2.THRESH_OTSU)
    limit = low + level / 255 * (high - low)
    upper, lower = np.full(len(columns), np.nan), np.full(len(columns), np.nan)
    for i, (values, t, b) in enumerate(zip(lips, top, bottom, strict=True)):
        first, last = int(0.12 * (b - t)), len(values) - int(0.22 * (b - t))
        inner = first + np.flatnonzero(values[first:last] < limit)
        if len(inner) > 0.1 * max(b - t, 1):
            upper[i], lower[i] = t + inner[0], t + inner[-1]
    if np.isfinite(upper).mean() > 0.4:
        return _line(columns, upper), _line(columns, lower), True
    light = cv2.GaussianBlur(lab[..., 0], (0, 0), max(0.01 * size, 0.5))
    darkest = [t + int(np.argmin(light[t : b + 1, x])) for x, t, b in zip(columns, top, bottom, strict=True)]
    line = _line(columns, np.array(darkest, float), 3)
    return line, line.copy(), False


def inner_redness(lab: NDArray[np.float32], skin_light: float) -> NDArray[np.float32]:
    """Lab's red-green axis, less for what is much darker than skin: high on lips, low in the opening."""
    return lab[..., 1] - np.float32(0.35) * np.maximum(np.float32(0.55 * skin_light) - lab[..., 0], 0)


def _line(columns: NDArray[np.int64], y: Floats, degree: int = 4) -> Floats:
    known = np.isfinite(y)
    return np.asarray(Polynomial.fit(columns[known], y[known], degree)(columns))


def _refusal(place: str) -> InputError:
    return InputError(
        "the lips cannot be told from the skin around them",
        place=place,
        remedy="give a recording in which the mouth is lit and at least 24 pixels wide, or the face's box",
    )
