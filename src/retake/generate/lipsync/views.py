"""Parts of a recording's frames, upright: all of its luma, or the colours of a small window.

Turning whole frames into RGB costs more than mending a mouth in them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from retake.generate.lipsync.faces import Gray
from retake.media.patch import Look, to_rgb
from retake.media.picture import Picture


class Window(NamedTuple):
    """A part of a frame: RGB uint8 (height, width, 3), its corner at (x, y) of the upright frame."""

    x: int
    y: int
    rgb: NDArray[np.uint8]


def luma(picture: Picture, look: Look) -> Gray:
    """A frame's luma as coded, upright."""
    return np.ascontiguousarray(np.rot90(picture.y, -look.turn))


def window(
    picture: Picture, look: Look, left: float, top: float, right: float, bottom: float
) -> Window | None:
    """The part of an upright frame with these edges, grown to whole chroma samples and cut to the frame; None
    for one that lies outside it."""
    wide, high = picture.width, picture.height
    if look.turn % 2:
        wide, high = high, wide
    x0, y0 = max(int(left) // 2 * 2, 0), max(int(top) // 2 * 2, 0)
    x1, y1 = min(-(-int(right + 1) // 2) * 2, wide), min(-(-int(bottom + 1) // 2) * 2, high)
    if x0 >= x1 or y0 >= y1:
        return None
    rows, columns = {
        0: ((y0, y1), (x0, x1)),
        1: ((wide - x1, wide - x0), (y0, y1)),
        2: ((high - y1, high - y0), (wide - x1, wide - x0)),
        3: ((x0, x1), (high - y1, high - y0)),
    }[look.turn % 4]
    full = np.s_[rows[0] : rows[1], columns[0] : columns[1]]
    half = np.s_[rows[0] // 2 : rows[1] // 2, columns[0] // 2 : columns[1] // 2]
    y, u, v = (np.ascontiguousarray(p[c]) for p, c in zip(picture.planes, (full, half, half), strict=True))
    return Window(x0, y0, to_rgb(Picture(y, u, v), look))
