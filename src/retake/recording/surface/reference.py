"""The picture of a surface that every frame is compared with, and what in it can be recognised."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from retake.recording.surface.plane import Floats, Matrix, Pixels, rectify, shifted, soften
from retake.recording.surface.register import Details, find_details

MARGIN = 32  # pixels around the plane, so that a surface that has moved is still in the picture
_POINTS = 240
FEWEST_POINTS = 12


@dataclass(frozen=True, eq=False, slots=True)
class Reference:
    """A surface as one frame shows it, with a margin of `MARGIN` pixels all around.

    `picture` float32 RGB; `grey` uint8; `inside` uint8, 255 where the surface is; `edges` how much a slip of
    half a pixel would change each pixel; `points` float32 (count, 1, 2) that can be found again; `details`
    what its place is measured by.
    """

    size: tuple[int, int]
    picture: Floats
    grey: Pixels
    inside: Pixels
    edges: Floats
    points: Floats
    details: Details

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing to follow."""
        return len(self.points) < FEWEST_POINTS

    @property
    def sharpness(self) -> float:
        """The mean square of the steps between neighbouring pixels, noise and all."""
        mask = self.inside > 0
        grey = soften(self.grey.astype(np.float32), 0.7)
        down, along = slopes(grey)
        return float((down[mask] ** 2 + along[mask] ** 2).mean())


def take_reference(
    frame: Pixels, homography: Matrix, size: tuple[int, int], matte: Floats | None = None
) -> Reference:
    """The reference of the surface in a frame, RGB; `matte` (0 to 1) hides what is before it."""
    picture = widened(frame, homography, size)
    grey = to_grey(picture)
    inside = np.zeros(grey.shape, np.uint8)
    inside[MARGIN:-MARGIN, MARGIN:-MARGIN] = 255
    if matte is not None:
        inside[widened(matte, homography, size) > 0.02] = 0
    smooth = soften(picture, 0.8)
    edges = np.zeros(grey.shape, np.float32)
    for axis in (0, 1):
        edges = np.maximum(edges, np.abs(np.gradient(smooth, axis=axis)).max(2))
    spread = cv2.dilate(edges, np.ones((3, 3), np.uint8))
    apart = max(3.0, (size[0] * size[1] / _POINTS) ** 0.5 * 0.3)
    found = cv2.goodFeaturesToTrack(
        soften(grey.astype(np.float32), 0.6), _POINTS, 0.01, apart, mask=_core(inside)
    )
    points = np.zeros((0, 1, 2), np.float32) if np.ndim(found) != 3 else np.asarray(found, np.float32)
    return Reference(
        size=size,
        picture=picture,
        grey=grey,
        inside=inside,
        edges=np.asarray(spread, np.float32),
        points=_clear(points, grey, inside),
        details=find_details(luma(picture), inside > 0, size, MARGIN),
    )


def widened(
    frame: NDArray[np.uint8] | Floats, homography: Matrix, size: tuple[int, int], *, outside: bool = True
) -> Floats:
    """The plane with its margin, as a frame shows it."""
    wide = size[0] + 2 * MARGIN, size[1] + 2 * MARGIN
    return rectify(frame, homography @ shifted(-MARGIN, -MARGIN), wide, outside=outside)


def to_grey(picture: Floats) -> Pixels:
    """Luma of RGB float32, as uint8."""
    return np.clip(np.rint(luma(picture)), 0, 255).astype(np.uint8)


def luma(picture: Floats) -> Floats:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.float32)


def slopes(grey: Floats) -> tuple[Floats, Floats]:
    """How a picture rises down its rows and along its columns, per pixel."""
    down, along = (np.asarray(np.gradient(grey, axis=axis), np.float32) for axis in (0, 1))
    return down, along


def _core(inside: Pixels) -> Pixels:
    return np.asarray(cv2.erode(inside, np.ones((5, 5), np.uint8)), np.uint8)


def _clear(points: Floats, grey: Pixels, inside: Pixels) -> Floats:
    """The points that stand out from noise: a corner of a plain wall is none."""
    if not len(points):
        return points
    smooth = soften(grey.astype(np.float32), 0.8)
    eigen = np.asarray(cv2.cornerMinEigenVal(smooth, 7, ksize=3), np.float32)
    rough = grey.astype(np.float32) - soften(grey.astype(np.float32), 1.5)
    noise = 1.4826 * float(np.median(np.abs(rough[inside > 0]))) if (inside > 0).any() else 0.0
    x, y = np.rint(points[:, 0]).astype(int).T
    return points[eigen[y, x] > max(noise, 0.6) ** 2]  # noise alone reaches a third of that
