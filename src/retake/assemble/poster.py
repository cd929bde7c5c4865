"""The frame that stands for the film: sharp, well lit, colourful, with something in it."""

from __future__ import annotations

import cv2
import numpy as np

from retake.media.picture import Picture
from retake.timeline.film import Film


def candidates(film: Film) -> list[tuple[int, ...]]:
    """Frames worth looking at, by shots of the lowest track: two inside each, outside its transitions."""
    found: list[tuple[int, ...]] = []
    for shot in film.layers[0] if film.layers else ():
        start, end = max(shot.span.start, shot.enter.end), min(shot.span.end, shot.leave.start)
        if start < end:
            found.append(tuple(sorted({start + (end - start) // 3, start + (end - start) * 2 // 3})))
    return found or [(film.length // 2,)]


SMALLER = 4
"""By how much a frame is reduced to be judged: grain is no detail."""


def merit(small: Picture) -> float:
    """How well a reduced picture stands for a film: contrast, light near the middle, detail, colour.

    Detail is the variance of the Laplacian (Pertuz et al., 2013, LAPV); each term saturates, so that none can
    win alone.
    """
    light = (float(small.y.mean()) - 16) / 219
    contrast = float(small.y.std()) / 219
    detail = float(cv2.Laplacian(small.y, cv2.CV_32F).var())
    chroma = [np.abs(plane.astype(np.int16) - 128).mean() / 112 for plane in (small.u, small.v)]
    exposed = 1 - min(1.0, abs(light - 0.48) / 0.48)
    return exposed + min(1.0, contrast / 0.25) + min(1.0, detail / 150) + min(1.0, float(sum(chroma)) / 0.35)
