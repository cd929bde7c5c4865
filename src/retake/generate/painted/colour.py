"""Colours: hex in, mixtures and ramps out, mixed in OKLab so that they stay clean.

Colours are float32 arrays whose last axis is sRGB in [0, 1]. OKLab after Ottosson, "A perceptual color space
for image processing" (2020).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.floating[Any]]

_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_FROM_LAB, _FROM_LMS = np.linalg.inv(_TO_LAB), np.linalg.inv(_TO_LMS)


def from_hex(text: str) -> Rgb:
    """`#rrggbb` (the # may be missing) to sRGB. ValueError when it is not that."""
    digits = text.removeprefix("#")
    if len(digits) != 6:
        raise ValueError(f"{text!r} is not a colour as #rrggbb")
    return np.array([int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)], np.float32)


def to_oklab(rgb: Rgb) -> NDArray[np.float64]:
    """sRGB to OKLab, on the last axis."""
    value = np.clip(np.asarray(rgb, np.float64), 0, 1)
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return np.cbrt(linear @ _TO_LMS.T) @ _TO_LAB.T


def from_oklab(lab: NDArray[np.float64]) -> Rgb:
    """OKLab to sRGB, clipped to the gamut."""
    linear = np.clip(((lab @ _FROM_LAB.T) ** 3) @ _FROM_LMS.T, 0, 1)
    srgb = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return srgb.astype(np.float32)


def mix(first: Rgb, second: Rgb, share: float) -> Rgb:
    """`share` of the second colour in the first."""
    a, b = to_oklab(first), to_oklab(second)
    return from_oklab(a + (b - a) * share)


def scale(colour: Rgb, factor: float) -> Rgb:
    """The colour made darker (below 1) or lighter, its hue kept."""
    lab = to_oklab(colour)
    lab[..., 0] = np.clip(lab[..., 0] * factor, 0, 1)
    if factor < 1:
        lab[..., 1:] *= factor**0.5
    return from_oklab(lab)


def whitened(colour: Rgb, share: float) -> Rgb:
    """`share` of white in the colour."""
    return mix(colour, np.ones(3, np.float32), share)


def ramp(colours: Sequence[Rgb], count: int, stops: Sequence[float] | None = None) -> Rgb:
    """`count` colours (count, 3) running smoothly through the given ones, at `stops` in [0, 1]."""
    where = np.linspace(0, 1, len(colours)) if stops is None else np.asarray(stops, np.float64)
    labs = np.stack([to_oklab(colour) for colour in colours])
    at = np.linspace(0, 1, count)
    return from_oklab(np.stack([np.interp(at, where, labs[:, i]) for i in range(3)], axis=1))


def luminance(rgb: Rgb) -> float:
    """Perceived lightness, 0 black to 1 white."""
    return float(to_oklab(rgb)[..., 0].mean())
