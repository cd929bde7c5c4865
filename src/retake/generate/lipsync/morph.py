"""One mouth passing into another: pieces that move from the shape of the first to that of the second.

Enters: two canonical pieces. Leaves: what lies between them. Both are bent towards each other along dense
optical flow (Kroeger et al., "Fast optical flow using dense inverse search", 2016) and only then dissolved:
the edges of lips and teeth move, where a plain dissolve would show them twice.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_WIDE = 200  # pixels: flow between larger pieces is found in smaller ones
_EVEN = 1.5  # pixels over which neighbours move alike
_STEPS = 3  # of the fixed point that carries a flow to where its pixels are going


def between(first: Floats, second: Floats, share: float) -> Floats:
    """The piece that is `share` (0 to 1) of the way from the first to the second: float32 (height, width, 3),
    0 to 255, as both are."""
    if share <= 0 or share >= 1:
        return first if share <= 0 else second
    height, width = first.shape[:2]
    scale = min(_WIDE / width, 1.0)
    small = [_gray(piece, scale) for piece in (first, second)]
    there, back = _flow(small[0], small[1]), _flow(small[1], small[0])
    columns, rows = _grid(height, width)
    bent = [
        cv2.remap(piece, columns + x, rows + y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        for piece, (x, y) in (
            (first, _carried(there, share, (width, height))),
            (second, _carried(back, 1 - share, (width, height))),
        )
    ]
    return np.asarray(bent[0] + (bent[1] - bent[0]) * np.float32(share), np.float32)


def _gray(piece: Floats, scale: float) -> NDArray[np.uint8]:
    gray = cv2.cvtColor(np.clip(np.rint(piece), 0, 255).astype(np.uint8), cv2.COLOR_RGB2GRAY)
    if scale < 1:
        gray = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(gray, np.uint8)


def _flow(old: NDArray[np.uint8], new: NDArray[np.uint8]) -> Floats:
    """Where each pixel of the old picture lies in the new one, from where it was: (height, width, 2)."""
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    flow = search.calc(old, new, np.zeros((*old.shape, 2), np.float32))
    return np.asarray(cv2.GaussianBlur(flow, (0, 0), _EVEN), np.float32)


def _carried(flow: Floats, share: float, size: tuple[int, int]) -> tuple[Floats, Floats]:
    """From where each pixel comes once its picture has gone `share` of the flow, in pixels of pieces of
    `size` (width, height): x and y, from where it is."""
    high, wide = flow.shape[:2]
    columns, rows = _grid(high, wide)
    come = -np.float32(share) * flow
    for _ in range(_STEPS):
        x, y = columns + come[..., 0], rows + come[..., 1]
        come = -np.float32(share) * cv2.remap(flow, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    full = np.asarray(cv2.resize(come, size, interpolation=cv2.INTER_LINEAR), np.float32)
    return full[..., 0] * np.float32(size[0] / wide), full[..., 1] * np.float32(size[1] / high)


def _grid(height: int, width: int) -> tuple[Floats, Floats]:
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return columns, rows
