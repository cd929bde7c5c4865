"""Wide-gamut and high-dynamic-range RGB to BT.709 for a standard display.

Light is made linear with 1.0 at reference white (203 cd/m2, Report ITU-R BT.2408), its highlights are rolled
off by the Moebius curve (linear up to a knee, then smoothly to 1.0 at 1000 cd/m2) on the largest component,
so that hues stay, then primaries are converted and the display gamma 2.4 of BT.1886 is undone.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

Transfer = Literal["sdr", "pq", "hlg"]
Primaries = Literal["bt709", "bt2020", "p3"]

_WHITE = 203.0
_PEAK = 1000.0
_KNEE = 0.3
_ROWS = 32

# Linear RGB to linear BT.709, all with white point D65 (BT.2087-0; SMPTE EG 432-1).
_TO_BT709: dict[Primaries, list[list[float]]] = {
    "bt709": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "bt2020": [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]],
    "p3": [[1.2249, -0.2247, 0.0], [-0.0420, 1.0419, 0.0], [-0.0196, -0.0786, 1.0979]],
}


def to_standard(rgb: NDArray[np.uint16], transfer: Transfer, primaries: Primaries) -> NDArray[np.uint8]:
    """BT.709 RGB uint8 (height, width, 3) of full-range 16-bit RGB with the given transfer and primaries."""
    linear_of, code_of = _linear_of(transfer), _code_of()
    matrix = np.array(_TO_BT709[primaries], np.float32)
    out = np.empty(rgb.shape, np.uint8)
    for top in range(0, len(rgb), _ROWS):
        light = linear_of[rgb[top : top + _ROWS]]
        if transfer == "hlg":
            luminance = light @ np.array([0.2627, 0.6780, 0.0593], np.float32)
            light *= np.power(luminance, 0.2, where=luminance > 0, out=luminance)[..., None]
            light *= _PEAK / _WHITE
        if transfer != "sdr":
            light *= _roll_off(light.max(axis=2))[..., None]
        display = np.clip(cv2.transform(light, matrix), 0, 1)
        out[top : top + _ROWS] = code_of[(np.sqrt(display) * 65535).astype(np.uint16)]
    return out


def _roll_off(peak: NDArray[np.float32]) -> NDArray[np.float32]:
    """The factor that brings each pixel's largest component under 1.0."""
    j, p = _KNEE, _PEAK / _WHITE
    a = -j * j * (p - 1) / (j * j - 2 * j + p)
    b = (j * j - 2 * j * p + p) / (p - 1)
    bright = np.maximum(peak, np.float32(j))
    factor = (b * b + 2 * b * j + j * j) / (b - a) * (bright + a) / (bright + b) / bright
    return factor.astype(np.float32, copy=False)


@lru_cache
def _linear_of(transfer: Transfer) -> NDArray[np.float32]:
    """Linear light by 16-bit code: 1.0 is reference white; for HLG, scene light from 0 to 1."""
    code = np.arange(65536) / 65535
    if transfer == "pq":  # SMPTE ST 2084
        power = np.power(code, 32 / 2523)
        ratio = np.maximum(power - 3424 / 4096, 0) / (2413 / 128 - 2392 / 128 * power)
        light = 10_000 / _WHITE * np.power(ratio, 16384 / 2610)
    elif transfer == "hlg":  # ARIB STD-B67, BT.2100
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        light = np.where(code <= 0.5, code * code / 3, (np.exp((code - c) / a) + b) / 12)
    else:
        light = np.power(code, 2.4)
    return light.astype(np.float32)


@lru_cache
def _code_of() -> NDArray[np.uint8]:
    """The 8-bit code of linear light by its square root in 16 bits (finer in the dark)."""
    light = np.square(np.arange(65536) / 65535)
    return np.rint(np.power(light, 1 / 2.4) * 255).astype(np.uint8)
