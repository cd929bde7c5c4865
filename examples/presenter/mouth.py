"""The mouth: lips, teeth, tongue and what lies behind, drawn for each frame; the jaw pulls the face along.

Enters: a `Shape`. Leaves: the face's texture, changed. Units: see `sculpt`; 1 of `open` is wide open.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from presenter.head import BOX
from presenter.sculpt import Array, smoothstep

CENTRE = (0.0, 0.695)
_HALF = 0.262
GAP = 0.215
"""Between the lips of a mouth that is wide open."""
_DROP = 0.165
_PATCH = (-0.46, 0.50, 0.46, 1.06)
_JAW = (-0.95, 0.36, 0.95, 1.56)


@dataclass(frozen=True, slots=True)
class Shape:
    """`open` 0 to 1; `width` -1 (round) to 1 (spread); `press` 0 to 1, lips held together; `smile` 0 to 1."""

    open: float = 0.0
    width: float = 0.0
    press: float = 0.0
    smile: float = 0.0


class Mouth:
    """Draws the mouth at one scale."""

    def __init__(self, scale: float, seed: int = 5) -> None:
        self._scale = scale
        self._patch = self._window(_PATCH)
        self._jaw = self._window(_JAW)
        _, _, x, y = self._jaw
        side = np.exp(-((np.abs(x) / 0.62) ** 2.4))
        fall = smoothstep(0.58, 1.02, y) * (1 - smoothstep(1.22, 1.54, y))
        # Skin beside the mouth gives way; the upper lip hardly does.
        self._falls = (fall * side).astype(np.float32)
        self._draws = np.exp(-(((y - CENTRE[1]) / 0.20) ** 2) - (np.abs(x) / 0.55) ** 4).astype(np.float32)
        rng = np.random.default_rng(seed)
        creases = rng.standard_normal((1, x.shape[1])).astype(np.float32)
        self._creases = np.asarray(cv2.GaussianBlur(creases, (0, 0), max(scale * 0.006, 0.7)), np.float32)[0]
        self._creases /= self._creases.std()
        self._rough = np.asarray(
            cv2.GaussianBlur(rng.standard_normal(self._patch[2].shape).astype(np.float32), (0, 0), 0.8),
            np.float32,
        )

    def _window(self, box: tuple[float, float, float, float]) -> tuple[slice, slice, Array, Array]:
        s = self._scale
        left, top, right, bottom = (round((v - b) * s) for v, b in zip(box, BOX[:2] * 2, strict=True))
        x, y = np.meshgrid(np.arange(left, right) + 0.5, np.arange(top, bottom) + 0.5)
        x, y = (x / s + BOX[0]).astype(np.float32), (y / s + BOX[1]).astype(np.float32)
        return slice(top, bottom), slice(left, right), x, y

    def draw(self, texture: NDArray[np.float32], shape: Shape) -> None:
        """`texture` (h, w, 4) of the whole face, 0 to 255, alpha in the fourth; changed in place."""
        rows, columns, x, y = self._jaw
        drop = _DROP * shape.open - 0.012 * shape.press
        pull = 0.075 * max(shape.width, 0) + 0.15 * min(shape.width, 0) + 0.07 * shape.smile
        from_y = y - drop * self._falls + 0.020 * shape.smile * self._draws * np.abs(x) / 0.3
        from_x = x * (1 - pull * self._draws)
        s = self._scale
        source = np.ascontiguousarray(texture[rows, columns])
        at_x = (from_x - BOX[0]) * s - columns.start - 0.5
        at_y = (from_y - BOX[1]) * s - rows.start - 0.5
        texture[rows, columns] = cv2.remap(
            source, at_x, at_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        rows, columns, x, y = self._patch
        texture[rows, columns, :3] = self._lips(texture[rows, columns, :3], x, y, shape)

    def _lips(self, under: Array, x: Array, y: Array, shape: Shape) -> Array:
        aa = 1.4 / self._scale
        width = shape.width
        half = (
            _HALF
            * (1 + 0.13 * max(width, 0) + 0.30 * min(width, 0) + 0.10 * shape.smile)
            * (1 - 0.05 * shape.open)
        )
        u = (x - CENTRE[0]) / half
        inside = np.abs(u) < 1
        arch = np.clip(1 - u * u, 0, 1)
        full = 1 - 0.42 * shape.press - 0.22 * max(width, 0) * (1 - shape.press) - 0.28 * min(width, 0)
        gap = GAP * shape.open
        rise = 0.26 * gap
        corner = 0.010 - 0.075 * shape.smile * (1 - 0.5 * shape.open)
        # Where the lips meet: a shallow bow, corners a little lower, or higher in a smile.
        seam = CENTRE[1] + corner * np.abs(u) ** 2.2 + 0.010 * np.exp(-((u / 0.22) ** 2)) - 0.006
        shut = arch ** (0.62 + 0.25 * max(-width, 0))
        top_in = seam - rise * shut
        low_in = seam + (gap - rise) * shut
        bow = 0.068 + 0.020 * np.exp(-(((np.abs(u) - 0.24) / 0.17) ** 2)) - 0.012 * np.exp(-((u / 0.10) ** 2))
        top_out = top_in - full * bow * arch**0.80 - 0.3 * aa
        low_out = low_in + full * 0.098 * arch**0.62 + 0.3 * aa
        upper = smoothstep(-aa, aa, y - top_out) * smoothstep(-aa, aa, top_in - y + 0.004) * inside
        lower = smoothstep(-aa, aa, y - low_in + 0.004) * smoothstep(-aa, aa, low_out - y) * inside
        hole = smoothstep(-aa, aa, y - top_in) * smoothstep(-aa, aa, low_in - y) * inside
        hole = hole * np.clip((low_in - top_in) / (2.5 * aa), 0, 1)

        out = under
        # Shade under the lower lip, a touch of light above the upper one, corners drawn in.
        shade = np.exp(-(((y - low_out - 0.035) / 0.030) ** 2)) * np.clip(1 - (x / (half * 0.8)) ** 2, 0, 1)
        out = out * (1 - np.array([0.20, 0.27, 0.27], np.float32) * shade[..., None])
        edge = np.exp(-(((y - top_out + 0.012) / 0.012) ** 2)) * arch
        out = out * (1 + 0.07 * edge[..., None])
        pits = np.exp(-(((np.abs(x) - half) / 0.028) ** 2) - ((y - CENTRE[1] - corner) / 0.034) ** 2)
        out = out * (1 - np.array([0.20, 0.30, 0.30], np.float32) * pits[..., None])

        creases = self._creases[: x.shape[1]][None, :]
        light = 1.06 - 0.16 * smoothstep(-0.5, 0.9, x / half)  # the window is on the left
        down = np.clip((y - top_out) / np.maximum(top_in - top_out, aa), 0, 1)
        tone = (0.96 - 0.30 * down**1.5) * light * (1 + 0.030 * creases * arch + 0.02 * self._rough)
        rose = np.array([172, 76, 73], np.float32)
        out = out + (rose * tone[..., None] - out) * (upper * 0.94)[..., None]
        down = np.clip((y - low_in) / np.maximum(low_out - low_in, aa), 0, 1)
        tone = (0.80 + 0.42 * np.sin(np.pi * np.clip(down * 0.85 + 0.06, 0, 1))) * light
        tone = tone * (1 + 0.045 * creases * arch + 0.02 * self._rough)
        lip = np.array([176, 76, 72], np.float32) * tone[..., None]
        gloss = np.exp(-(((down - 0.40) / 0.17) ** 2) - ((u + 0.18) / 0.36) ** 2) * (0.75 + 0.25 * creases)
        lip = lip + (np.array([255, 214, 204], np.float32) - lip) * (0.42 * np.clip(gloss, 0, 1))[..., None]
        out = out + (lip - out) * (lower * 0.95)[..., None]

        if gap > aa:
            out = out + (self._inside(u, y, top_in, low_in, gap, shape) - out) * hole[..., None]
        line = np.exp(-(((y - (top_in + low_in) / 2) / (0.0085 + 0.3 * aa)) ** 2)) * inside * arch**0.2
        line = line * np.clip(1 - gap / 0.03, 0, 1)
        out = out + (np.array([74, 24, 26], np.float32) - out) * (0.82 * line)[..., None]
        return out.astype(np.float32)

    def _inside(self, u: Array, y: Array, top: Array, low: Array, gap: float, shape: Shape) -> Array:
        """Teeth, tongue and dark. `u` -1 to 1 across; `top` and `low` the lips' inner edges."""
        tall = np.maximum(low - top, 1e-4)
        deep = np.clip((y - top) / tall, 0, 1)
        back = np.array([36, 13, 14], np.float32) * (0.35 + 0.65 * deep * (1 - u * u).clip(0, 1))[..., None]
        tongue = (
            np.exp(-((u / 0.62) ** 4))
            * smoothstep(0.50, 0.80, deep)
            * smoothstep(0.05, 0.16, np.float32(gap))
        )
        flesh = np.array([112, 62, 58], np.float32) * (0.55 + 0.5 * smoothstep(0.5, 1, deep))[..., None]
        flesh = flesh * (1 - 0.22 * np.exp(-((u / 0.05) ** 2)) * (deep < 0.95))[..., None]
        out = back + (flesh - back) * (0.9 * tongue)[..., None]
        # The arch of teeth: each narrower towards the side, in the shadow of the lip and of the cheeks.
        show = min(0.062, 0.020 + 0.45 * gap) * (1 - 0.5 * max(-shape.width, 0))
        across = np.arcsin(np.clip(u / 0.96, -1, 1)) / 1.25
        place = across * 5.2
        within = np.abs(place - np.rint(place - 0.5) - 0.5)
        size = 1 - 0.10 * (np.floor(np.abs(place)) % 3 == 1)
        rim = top + show * size * (1 - 0.30 * u * u) - 0.010 * np.clip(within * 2, 0, 1) ** 4
        aa = 1.5 / self._scale
        teeth = smoothstep(-aa, aa, rim - y) * (1 - smoothstep(0.80, 0.97, np.abs(u)))
        shadow = 0.55 + 0.45 * smoothstep(0.0, 0.040, y - top)
        cheek = 1 - 0.62 * np.abs(u) ** 1.8
        gaps = 1 - 0.20 * smoothstep(0.40, 0.5, within)
        ivory = np.array([236, 226, 210], np.float32) * (shadow * cheek * gaps)[..., None]
        out = out + (ivory - out) * teeth[..., None]
        lower = smoothstep(-aa, aa, y - (low - 0.030 * smoothstep(0.06, 0.14, np.float32(gap)) * (1 - u * u)))
        lower = lower * (1 - smoothstep(0.5, 0.75, np.abs(u))) * 0.55 * float(shape.open < 0.9)
        dim = np.array([188, 172, 158], np.float32) * cheek[..., None] * 0.8
        return out + (dim - out) * lower[..., None]
