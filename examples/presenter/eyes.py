"""Eyes: lids, iris and catchlights, drawn for each frame into the face's texture.

Enters: how far the lids are open (0 shut, 1 awake) and where the eyes look. Leaves: the texture, changed.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from presenter.head import BOX, EYES
from presenter.sculpt import Array, smoothstep

_HALF = 0.172
_IRIS = 0.088
_REACH = (0.24, 0.15)


@dataclass(frozen=True, slots=True)
class Look:
    """Lids: 0 shut, 1 awake, a little more when surprised. Gaze in head units; 0, 0 is the lens."""

    lids: float = 1.0
    gaze: tuple[float, float] = (0.0, 0.0)


class Eyes:
    """Draws both eyes at one scale; what does not move is worked out once."""

    def __init__(self, scale: float, seed: int = 11) -> None:
        self._scale = scale
        self._patches = [self._patch(side, EYES[side]) for side in (0, 1)]
        rng = np.random.default_rng(seed)
        self._fibres = np.asarray(
            cv2.GaussianBlur(rng.standard_normal((1, 256)).astype(np.float32), (0, 0), 1.3), np.float32
        )[0]

    def _patch(self, side: int, centre: tuple[float, float]) -> tuple[slice, slice, Array, Array, int]:
        s = self._scale
        left, top = (round((c - r - b) * s) for c, r, b in zip(centre, _REACH, BOX[:2], strict=True))
        width, height = (round(2 * r * s) for r in _REACH)
        x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
        x = ((x + left) / s + BOX[0] - centre[0]).astype(np.float32)
        y = ((y + top) / s + BOX[1] - centre[1]).astype(np.float32)
        return slice(top, top + height), slice(left, left + width), x, y, 1 if side else -1

    def draw(self, texture: NDArray[np.float32], look: Look) -> None:
        """`texture` (h, w, 4) of the whole face, 0 to 255; changed in place."""
        for rows, columns, x, y, outward in self._patches:
            texture[rows, columns, :3] = self._eye(texture[rows, columns, :3], x, y, outward, look)

    def _eye(self, under: Array, x: Array, y: Array, outward: int, look: Look) -> Array:
        u = x * outward / _HALF  # -1 at the nose, 1 at the temple
        edge = np.clip(1 - np.abs(u) ** 2.1, 0, 1)
        tilt = -0.018 * u
        lower = tilt + 0.052 * edge ** (0.85)
        awake = tilt - 0.074 * np.clip(1 - np.abs(u + 0.08) ** 2.3, 0, 1) ** 0.8
        openness = np.clip(look.lids, 0, 1.15)
        upper = lower + (awake - lower) * openness
        aa = 1.3 / self._scale
        gap = smoothstep(-aa, aa, y - upper) * smoothstep(-aa, aa, lower - y) * (np.abs(u) < 1)
        gap = gap * np.clip((lower - upper) / (2 * aa), 0, 1)

        gx, gy = look.gaze
        cx, cy = gx, gy - 0.018
        # The ball: white, rosy in the corners, in the shadow of the lid.
        ball = np.sqrt((x / 0.2) ** 2 + (y / 0.17) ** 2)
        white = np.array([232, 222, 214], np.float32) * (1.0 - 0.34 * ball**2)[..., None]
        rosy = np.exp(-(((u + 0.95) / 0.2) ** 2)) + 0.5 * np.exp(-(((u - 0.98) / 0.16) ** 2))
        white = white + (np.array([196, 118, 104], np.float32) - white) * np.clip(rosy, 0, 0.85)[..., None]
        radius = np.sqrt((x - cx) ** 2 + (y - cy) ** 2)
        angle = (np.arctan2(y - cy, x - cx) / (2 * np.pi) * 256).astype(np.int32) & 255
        r = radius / _IRIS
        fibre = 1 + 0.55 * self._fibres[angle] * np.clip(r, 0, 1)
        inner = np.array([128, 92, 48], np.float32)
        outer = np.array([70, 96, 84], np.float32)
        iris = inner + (outer - inner) * smoothstep(0.35, 0.75, r)[..., None]
        iris = iris * (fibre * (1.05 + 0.5 * smoothstep(-0.3, 0.8, (y - cy) / _IRIS)))[..., None]
        iris = iris * (1 - 0.78 * smoothstep(0.78, 1.02, r))[..., None]
        iris = iris * (smoothstep(0.36, 0.47, r) * 0.95 + 0.05)[..., None]
        eye = white + (iris - white) * (1 - smoothstep(1 - aa / _IRIS, 1 + aa / _IRIS, r))[..., None]
        shade = (
            1
            - 0.62 * np.exp(-np.clip(y - upper, 0, 1) / 0.026)
            - 0.18 * np.exp(-np.clip(lower - y, 0, 1) / 0.014)
        )
        eye = eye * shade[..., None]
        window = 1 - smoothstep(
            0.011, 0.019, np.maximum(np.abs(x - cx + 0.028), np.abs(y - cy + 0.030) * 0.85)
        )
        second = np.exp(-(((x - cx - 0.032) / 0.012) ** 2) - ((y - cy - 0.036) / 0.009) ** 2)
        eye = eye + (250 - eye) * np.clip(0.93 * window + 0.30 * second, 0, 1)[..., None]

        out = under + (eye - under) * gap[..., None]
        # The rim of the lower lid catches light; lashes and the crease do not.
        rim = np.exp(-(((y - lower - 0.006) / 0.007) ** 2)) * edge**0.3 * openness
        out = out + (np.array([226, 164, 142], np.float32) - out) * (0.42 * rim * (np.abs(u) < 1))[..., None]
        lash = np.exp(-(((y - upper + 0.004) / (0.010 + 0.006 * np.clip(u, -0.5, 1))) ** 2)) * smoothstep(
            -1.02, -0.7, u
        )
        flick = np.clip(u - 0.8, 0, 1)
        wing = np.exp(-(((y - tilt + flick * 0.06 + 0.004) / 0.009) ** 2)) * smoothstep(0.85, 0.98, u)
        wing = wing * (1 - smoothstep(1.08, 1.22, u))
        strokes = 0.72 + 0.28 * np.sin(u * 62 + 3 * u * u)
        tips = np.exp(-np.clip(upper - y, 0, 1) / 0.014) * (y < upper) * (0.5 + 0.5 * np.sin(u * 48 + 2)) ** 2
        tips = tips * smoothstep(-0.6, 0.4, u) * (np.abs(u) < 1)
        below = np.exp(-(((y - lower - 0.014) / 0.007) ** 2)) * strokes * smoothstep(-0.4, 0.8, u) * 0.30
        dark = np.clip(
            lash * (np.abs(u) < 1.02) * 0.95 + wing * 0.8 + tips * 0.45 + below * (np.abs(u) < 1), 0, 0.96
        )
        out = out + (np.array([24, 14, 12], np.float32) - out) * dark[..., None]
        crease_at = awake - 0.036 + 0.016 * (1 - openness)
        crease = (
            np.exp(-(((y - crease_at) / 0.009) ** 2))
            * smoothstep(-0.95, -0.4, u)
            * (1 - smoothstep(0.8, 1.1, u))
        )
        return (out * (1 - np.array([0.22, 0.30, 0.30], np.float32) * crease[..., None])).astype(np.float32)
