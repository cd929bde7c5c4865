"""The rounded box behind lines of text: one shape whose steps between lines are rounded too."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from retake.render.text.faces import Mask
from retake.render.text.layout import Layout

_CAP = 0.727  # Inter's capitals, in ems: the box keeps equal room above them and below the baseline
_ROOM = 0.24
_FINER = 4


def plate_mask(layout: Layout, padding: float, radius: float) -> Mask | None:
    """Coverage of the box, `padding` px wider than each line and half as much higher."""
    rows = _rows(layout, padding)
    if not rows:
        return None
    left, top = int(min(r[0] for r in rows)) - 2, int(rows[0][1]) - 2
    right, bottom = int(max(r[2] for r in rows)) + 3, int(rows[-1][3]) + 3
    fine = np.zeros(((bottom - top) * _FINER, (right - left) * _FINER), np.uint8)
    corners = (np.array(_corners(rows), np.float64) - (left, top)) * _FINER - 0.5
    path = np.rint(_rounded(corners, radius * _FINER) * 16).astype(np.int32)
    cv2.fillPoly(fine, [path], 255, shift=4)
    size = (right - left, bottom - top)
    return Mask(left, top, cv2.resize(fine, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False))


def _rows(layout: Layout, padding: float) -> list[tuple[float, float, float, float]]:
    """Rectangles of the lines, without gaps, those of nearly equal width made equal."""
    size, room = layout.size, _ROOM * layout.size + padding / 2
    lines = [line for line in layout.lines if line.x1 - line.x0 > 0]
    rows: list[list[float]] = []
    for line in lines:
        top = line.baseline - max(_CAP * size + room, line.ascent + padding / 3)
        bottom = line.baseline + max(room, line.descent + padding / 3)
        rows.append([line.x0 - padding, top, line.x1 + padding, bottom])
    for above, below in pairwise(rows):
        above[3] = below[1] = (above[3] + below[1]) / 2
    for _ in rows:
        for above, below in pairwise(rows):
            for side, widest in ((0, min), (2, max)):
                if abs(above[side] - below[side]) < padding * 1.5:
                    above[side] = below[side] = widest(above[side], below[side])
    return [(x0, y0, x1, y1) for x0, y0, x1, y1 in rows]


def _corners(rows: Sequence[tuple[float, float, float, float]]) -> list[tuple[float, float]]:
    """Down the right side and up the left, without corners where neighbours are equally wide."""
    right = [point for _, y0, x1, y1 in rows for point in ((x1, y0), (x1, y1))]
    left = [point for x0, y0, _, y1 in reversed(rows) for point in ((x0, y1), (x0, y0))]
    path = right + left
    straight = (
        a[0] == b[0] == c[0] for a, b, c in zip(path[-1:] + path, path, path[1:] + path[:1], strict=False)
    )
    return [point for point, along in zip(path, straight, strict=True) if not along]


def _rounded(corners: NDArray[np.float64], radius: float) -> NDArray[np.float64]:
    """The polygon with a quarter circle at each corner, as large as its edges allow."""
    angles = np.linspace(0, np.pi / 2, 24)[:, None]
    path: list[NDArray[np.float64]] = []
    for before, corner, after in zip(np.roll(corners, 1, 0), corners, np.roll(corners, -1, 0), strict=True):
        lengths = np.linalg.norm(corner - before), np.linalg.norm(after - corner)
        arriving, leaving = (
            (corner - before) / max(lengths[0], 1e-6),
            (after - corner) / max(lengths[1], 1e-6),
        )
        reach = min(radius, lengths[0] / 2, lengths[1] / 2)
        centre = corner + (leaving - arriving) * reach
        path.append(centre + (arriving * np.sin(angles) - leaving * np.cos(angles)) * reach)
    return np.concatenate(path)
