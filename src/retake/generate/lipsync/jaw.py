"""One mouth, moved: a picture of a lower face with its jaw dropped, its lips rounded, spread or pressed.

Enters: a piece of a frame and its `MouthShape`. Leaves: the same piece with another mouth. Each column is
stretched by itself: the upper lip rises a little, the lower lip and the chin go down with the jaw; what opens
between them is filled with the mouth's own teeth where it shows them, and a dark cavity with a tongue.
Wide openings are the least true, because nothing in one picture tells what is inside; they are capped.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from retake.generate.lipsync.faces import Rgb
from retake.generate.lipsync.lips import MouthShape

WIDEST = 0.75
"""The opening beyond which the picture would not be believed."""
_GAP = 0.26  # of the mouth's width, for an opening of 1
_CAVITY = np.array([62.0, 30.0, 38.0], np.float32)
_TONGUE = np.array([120.0, 64.0, 68.0], np.float32)
_TEETH = np.array([222.0, 215.0, 205.0], np.float32)
_FOLLOWS = 0.6  # how far the chin goes of what the lips open
_CORNER = 0.2  # of half the mouth's width, in which its lines run together
_SOFT = 0.02  # of the mouth's width, over which the opening's edge passes


class Jaw:
    """Renders one mouth in any shape."""

    def __init__(self, piece: Rgb, shape: MouthShape, grain: float | None = None) -> None:
        self.piece = piece.astype(np.float32)
        self.shape = shape
        self._grain = shape.grain if grain is None else grain
        # In codes around the middle: what a dark room or a bright window makes of a cavity and of teeth.
        self._light = float(shape.skin.mean()) / 170

    def gap(self, opening: float) -> float:
        """The opening between the lips at the middle, in pixels."""
        return _GAP * self.shape.width * min(opening, WIDEST)

    def render(
        self, opening: float, width: float, press: float, random: np.random.Generator
    ) -> NDArray[np.float32]:
        """The piece with the mouth in this shape (as `Viseme` has it): float32 (height, width, 3)."""
        shape = self.shape
        high, wide = self.piece.shape[:2]
        x, y = np.arange(wide, dtype=np.float32), np.arange(high, dtype=np.float32)[:, None]
        centre, _ = shape.centre
        half = shape.width / 2 * (1 + 0.10 * max(width, 0) + 0.18 * min(width, 0))
        across = (x - centre) / half
        mouth = np.abs(across) < 1
        own = (shape.columns - centre) / (shape.width / 2)
        upper = np.interp(np.clip(across, -1, 1), own, shape.upper)
        lower = np.interp(np.clip(across, -1, 1), own, shape.lower)
        # The lines found need not meet in the corners; a step there would show in the skin beside them.
        middle, apart = (
            (upper + lower) / 2,
            (lower - upper) / 2 * np.clip((1 - np.abs(across)) / _CORNER, 0, 1),
        )
        upper, lower = middle - apart, middle + apart
        gap = self.gap(opening)
        bow = np.where(mouth, np.clip(1 - across**2, 0, 1) ** 0.75, 0)
        upper_to = upper + (0.02 * shape.width * press - 0.14 * gap) * bow
        lower_to = np.where(mouth, upper_to + gap * bow, lower)
        rows = self._rows(y, upper, lower, upper_to, lower_to, gap, self._jaw(across))
        columns = self._columns(x, y, half, centre)
        face = cv2.remap(self.piece, columns, rows, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        if gap < 0.5:
            return np.asarray(face, np.float32)
        y0 = max(int((upper_to[mouth]).min()) - 3, 0)
        y1 = min(int((lower_to[mouth]).max()) + 4, high)
        x0, x1 = int(np.flatnonzero(mouth)[0]), int(np.flatnonzero(mouth)[-1]) + 1
        part = np.s_[y0:y1, x0:x1]
        inside = np.s_[x0:x1]
        deep = y[y0:y1] - upper_to[inside]
        soft = max(_SOFT * shape.width, 0.8)
        within = (
            np.clip(deep / soft + 0.5, 0, 1)
            * np.clip((lower_to[inside] - y[y0:y1]) / soft + 0.5, 0, 1)
            * np.clip((lower_to - upper_to)[inside] / (2 * soft), 0, 1)
        )
        alpha = cv2.GaussianBlur(within.astype(np.float32), (0, 0), soft / 2)[..., None]
        filling = self._inside(
            deep,
            across[inside],
            gap,
            opening,
            (lower - upper)[inside],
            columns[part],
            upper[inside],
        )
        filling = filling + random.normal(0, self._grain, filling.shape).astype(np.float32)
        face[part] = face[part] * (1 - alpha) + filling * alpha
        return np.asarray(face, np.float32)

    def lowered(self, face: Rgb, by: float) -> NDArray[np.float32]:
        """A canonical piece like this one with its jaw lowered as by lips that open `by` pixels more: the
        chin goes down (up where it is negative), the mouth's corners, the cheeks and the throat stay."""
        shape = self.shape
        high, wide = face.shape[:2]
        x, y = np.arange(wide, dtype=np.float32), np.arange(high, dtype=np.float32)[:, None]
        (centre, mouth), throat = shape.centre, self._throat
        limit = 0.5 * (shape.chin - mouth)
        drop = float(np.clip(_FOLLOWS * by, -limit, limit)) * self._jaw((x - centre) / (shape.width / 2))
        chin_to = shape.chin + drop
        above = mouth + (y - mouth) * (shape.chin - mouth) / (chin_to - mouth)
        below = shape.chin + (y - chin_to) * (throat - shape.chin) / (throat - chin_to)
        rows = np.where(y < mouth, y, np.where(y < chin_to, above, np.where(y < throat, below, y)))
        columns = np.broadcast_to(x, rows.shape).astype(np.float32)
        moved = cv2.remap(
            face, columns, rows.astype(np.float32), cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        )
        return np.asarray(moved, np.float32)

    @property
    def _throat(self) -> float:
        """The row below which nothing moves."""
        return self.shape.chin + 0.42 * self.shape.face.height

    def _jaw(self, across: NDArray[np.float32]) -> NDArray[np.float32]:
        """How much of the jaw's way each column goes; `across` counts half mouths from the middle."""
        return np.exp(-((across / 1.7) ** 4))

    def _rows(
        self,
        y: NDArray[np.float32],
        upper: NDArray[np.float64],
        lower: NDArray[np.float64],
        upper_to: NDArray[np.float64],
        lower_to: NDArray[np.float64],
        gap: float,
        jaw: NDArray[np.float32],
    ) -> NDArray[np.float32]:
        """From which row of the piece each pixel comes: stretched between the nose, the upper lip's edge, the
        lower one's, the chin and the throat."""
        shape = self.shape
        nose = shape.face.y + 0.60 * shape.face.height
        throat = self._throat
        own_gap = float(np.interp(shape.centre[0], shape.columns, shape.lower - shape.upper))
        chin_to = shape.chin + _FOLLOWS * (gap - own_gap) * jaw
        above = np.where(y < nose, y, nose + (y - nose) * (upper - nose) / np.maximum(upper_to - nose, 1))
        below = lower + (y - lower_to) * (shape.chin - lower) / np.maximum(chin_to - lower_to, 1)
        throat_rows = shape.chin + (y - chin_to) * (throat - shape.chin) / np.maximum(throat - chin_to, 1)
        below = np.where(y > chin_to, throat_rows, below)
        below = np.where(y > throat, y, below)
        return np.where(y >= lower_to, below, above).astype(np.float32)

    def _columns(
        self, x: NDArray[np.float32], y: NDArray[np.float32], half: float, centre: float
    ) -> NDArray[np.float32]:
        """From which column each pixel comes: rounding and spreading, near the mouth only."""
        shape = self.shape
        near = np.exp(-(((y - shape.centre[1]) / (0.55 * shape.width)) ** 2))
        near = near * np.exp(-((np.maximum(np.abs(x - centre) - half, 0) / (0.5 * shape.width)) ** 2))
        return (centre + (x - centre) * (1 + (shape.width / 2 / half - 1) * near)).astype(np.float32)

    def _inside(
        self,
        deep: NDArray[np.float64],
        across: NDArray[np.float32],
        gap: float,
        opening: float,
        own_gap: NDArray[np.float64],
        columns: NDArray[np.float32],
        upper: NDArray[np.float64],
    ) -> NDArray[np.float32]:
        """What is seen between the lips: cavity, tongue, and the upper teeth, in the shade of the lip."""
        shape = self.shape
        depth = np.clip(deep / max(gap, 1), 0, 1)
        shade = 0.35 + 0.65 * np.clip(1 - np.abs(across), 0, 1)
        cavity = self._light * _CAVITY * (shade * (1 - 0.35 * np.cos(3.1 * depth)))[..., None]
        tongue = np.exp(-((across / 0.55) ** 2) - ((depth - 0.92) / 0.22) ** 2)
        tongue *= float(np.clip(2.5 * opening - 0.75, 0, 1))  # teeth and lips hide it in a smaller opening
        back = cavity + (self._light * _TONGUE - cavity) * tongue[..., None]
        if shape.is_open:
            rows = (upper + deep).astype(np.float32)
            teeth = cv2.remap(self.piece, columns, rows, cv2.INTER_LINEAR)
            seen = np.clip((0.8 * own_gap - deep) / (0.04 * shape.width), 0, 1)
        else:
            tall = 0.105 * shape.width
            seen = np.clip((tall - deep) / (0.03 * shape.width), 0, 1) * np.clip(
                (0.75 - np.abs(across)) / 0.2, 0, 1
            )
            light = self._light * (0.78 + 0.22 * np.clip(deep / tall, 0, 1))
            teeth = _TEETH * light[..., None]
        lip = np.clip(0.55 + 0.45 * deep / (0.06 * shape.width), 0.55, 1)[..., None]
        return (back + (teeth * lip - back) * seen[..., None]).astype(np.float32)
