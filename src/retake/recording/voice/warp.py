"""Dynamic time warping: which moment of one sound is which moment of another.

Sakoe and Chiba (1978), with steps that never stand still: a sound may run at a third to three times the pace
of the other. Each row depends on earlier rows only, so a row is one vector operation.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retake.recording.voice.speech import Floats

OUTSIDE = 0.3  # what a frame costs that belongs to no word; one of the right word costs about 0.5 by `cosine`
_STEPS = ((1, 1, 1.0), (1, 2, 1.3), (2, 1, 1.3), (1, 3, 1.8), (3, 1, 1.8))  # frames of each, and the weight


def warp(costs: Floats, *, open_ends: float | None = None) -> NDArray[np.int64]:
    """The cheapest path (length, 2) through `costs` (m, n), as pairs of frames, first to last.

    `open_ends` is None where both sounds hold the same words from end to end; otherwise what each frame of
    the second sound costs that lies before or after the words. Empty where no path has an allowed slope.
    """
    rows, columns = costs.shape
    total = np.full((rows, columns + 3), np.inf)
    best = np.zeros((rows, columns), np.int8)
    ramp = np.arange(columns)
    for row in range(rows):
        here, cheapest = total[row, 3:], best[row]
        if row == 0:
            if open_ends is None:
                here[0] = costs[0, 0]
            else:
                here[:] = costs[0] + open_ends * ramp
            continue
        for index, (down, along, weight) in enumerate(_STEPS):
            if down > row:
                continue
            reached = total[row - down, 3 - along : 3 - along + columns] + weight * costs[row]
            better = reached < here
            here[better] = reached[better]
            cheapest[better] = index
    last = total[-1, 3:] + (0.0 if open_ends is None else open_ends * ramp[::-1])
    column = columns - 1 if open_ends is None else int(last.argmin())
    if not np.isfinite(last[column]):
        return np.empty((0, 2), np.int64)
    row, path = rows - 1, [(rows - 1, column)]
    while row > 0:
        down, along, _ = _STEPS[best[row, column]]
        row, column = row - down, column - along
        path.append((row, column))
    return np.array(path[::-1], np.int64)


def cosine(first: Floats, second: Floats) -> Floats:
    """How unlike the frames of two sounds are (m, n): 0 the same direction, 2 the opposite."""
    a = first / (np.linalg.norm(first, axis=1, keepdims=True) + 1e-9)
    b = second / (np.linalg.norm(second, axis=1, keepdims=True) + 1e-9)
    return 1 - a @ b.T


def euclidean(first: Floats, second: Floats) -> Floats:
    """Root mean square difference of the frames of two sounds (m, n)."""
    squares = np.square(first).sum(axis=1)[:, None] + np.square(second).sum(axis=1) - 2 * first @ second.T
    return np.sqrt(np.maximum(squares, 0) / first.shape[1])
