"""Noise: seeded, cheap, smooth. Values are float32, centred on 0 and about within [-1, 1]."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.floating[Any]]


def clouded(
    rng: np.random.Generator, height: int, width: int, cells: tuple[float, float], octaves: int = 5
) -> Field:
    """Fractal value noise (height, width). `cells` is the number of blobs (down, across) of the coarsest
    octave; each further octave halves their size and strength."""
    total = np.zeros((height, width), np.float32)
    strength, norm = 1.0, 0.0
    down, across = cells
    for _ in range(octaves):
        rows, columns = int(min(down, height) + 3), int(min(across, width) + 3)
        grid = rng.uniform(-1, 1, (rows, columns)).astype(np.float32)
        total += strength * cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
        norm += strength * strength
        strength *= 0.5
        down, across = down * 2.03, across * 2.03
    total *= 1.3 / norm**0.5
    return total


def ridge(
    rng: np.random.Generator, count: int, cells: float, octaves: int = 6, roughness: float = 0.5
) -> Field:
    """A line of `count` heights: fractal noise in one dimension, smooth between its points."""
    total = np.zeros(count, np.float32)
    strength, norm = 1.0, 0.0
    at = np.linspace(0, 1, count)
    for _ in range(octaves):
        points = int(min(cells, count)) + 3
        grid = rng.uniform(-1, 1, points)
        place = at * (points - 2) + rng.random()
        low = np.minimum(place.astype(int), points - 2)
        share = place - low
        share = share * share * (3 - 2 * share)
        total += (strength * (grid[low] * (1 - share) + grid[low + 1] * share)).astype(np.float32)
        norm += strength
        strength *= roughness
        cells *= 2.1
    return total * np.float32(1.6 / norm)


def peaks(rng: np.random.Generator, count: int, cells: float, octaves: int = 7) -> Field:
    """A line of sharp summits and round valleys (ridged noise), about within [0, 1]."""
    total = np.zeros(count, np.float32)
    strength = 0.55
    for _ in range(octaves):
        line = 1 - np.abs(ridge(rng, count, cells, 1)) * 1.1
        total += np.float32(strength) * line
        strength *= 0.46
        cells *= 2.05
    return total
