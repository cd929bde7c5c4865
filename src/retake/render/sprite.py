"""What a text or caption is at one moment: sprites, which the compositor draws in order.

A `Raster` is made once and drawn many times; a `Sprite` says where, how large and how opaque it is now.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Raster:
    """Pixels made once: uint8 (height, width, 4), sRGB full range, straight alpha. Compared by identity."""

    rgba: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Sprite:
    """A raster on the canvas: its top left corner in canvas pixels (sub-pixel allowed), its scale about the
    raster's centre, its opacity from 0 to 1."""

    raster: Raster
    x: float
    y: float
    scale: float = 1.0
    opacity: float = 1.0
