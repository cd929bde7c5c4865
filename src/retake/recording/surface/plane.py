"""A surface's own plane: where it lies in a frame, and pictures brought from one to the other.

A plane is a picture of the surface seen squarely; a homography takes its pixel centres to the frame's. Points
are (x, y) in pixels with centres at whole numbers; pictures are (height, width) or (height, width, 3).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from retake.errors import InputError

Matrix = NDArray[np.float64]
Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]
Box = tuple[float, float, float, float]
Quad = Sequence[tuple[float, float]]
Window = tuple[int, int, int, int]  # x, y, width, height in pixels of the frame

LARGEST = 200_000  # pixels of a plane: more detail does not follow a surface any better
_SAME = np.eye(3)
_SMALLEST = 8  # pixels of a side that can be told from noise


def lay_plane(region: Box | Quad, frame_size: tuple[int, int], place: str) -> tuple[tuple[int, int], Matrix]:
    """The size of the plane for a region of a frame, and its homography into that frame.

    A box is (x, y, width, height), a quad its four corners clockwise from the top left, both in fractions of
    the frame. A box that is not too large gives exactly the frame's own pixels. Raises `InputError`.
    """
    width, height = frame_size
    if len(region) == 4 and isinstance(region[0], int | float):
        x, y, w, h = (float(v) for v in region)  # pyright: ignore[reportArgumentType]
        left, top = max(int(x * width + 0.5), 0), max(int(y * height + 0.5), 0)
        right, bottom = min(int((x + w) * width + 0.5), width), min(int((y + h) * height + 0.5), height)
        points = [(left, top), (right, top), (right, bottom), (left, bottom)]
        edges = np.array(points, np.float64)
    else:
        edges = np.asarray(region, np.float64).reshape(-1, 2) * (width, height)
    if edges.shape != (4, 2) or not _is_convex(edges):
        raise InputError(
            "the region is no box and no convex quad inside the frame",
            place=place,
            remedy="give x, y, width and height, or four corners clockwise from the top left, as fractions",
        )
    along = np.linalg.norm(edges - np.roll(edges, -1, 0), axis=1)
    wide, tall = (along[0] + along[2]) / 2, (along[1] + along[3]) / 2
    if min(wide, tall) < _SMALLEST:
        raise InputError(
            f"the region measures {wide:.0f}x{tall:.0f} pixels: too small to be followed or filled",
            place=place,
            remedy=f"give a region of at least {_SMALLEST} pixels to a side",
        )
    scale = min(1.0, (LARGEST / (wide * tall)) ** 0.5)
    size = round(wide * scale), round(tall * scale)
    corners = outline(size)
    return size, _homography(corners, edges - 0.5)


def outline(size: tuple[int, int]) -> Matrix:
    """The corners of a picture's area, clockwise from the top left, half a pixel outside the centres."""
    width, height = size
    return np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64) - 0.5


def carry(homography: Matrix, points: Matrix) -> Matrix:
    """Points (count, 2) taken through a homography."""
    moved = np.c_[points, np.ones(len(points))] @ homography.T
    return moved[:, :2] / moved[:, 2:]


def shifted(x: float, y: float) -> Matrix:
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1]], np.float64)


def enlarged(homography: Matrix, zoom: float) -> Matrix:
    """The homography of the same plane drawn `zoom` times as large."""
    shrink = np.array([[1 / zoom, 0, 0.5 / zoom - 0.5], [0, 1 / zoom, 0.5 / zoom - 0.5], [0, 0, 1]])
    return homography @ shrink


def through(first: Matrix, second: Matrix) -> Matrix:
    """The homography that takes four corners to four others."""
    return _homography(first, second)


def window(homography: Matrix, size: tuple[int, int], frame_size: tuple[int, int]) -> Window | None:
    """The part of the frame that holds the plane, or None where the plane lies outside."""
    corners = carry(homography, outline(size))
    left, top = (int(v) for v in np.maximum(np.floor(corners.min(0)), 0))
    right = int(min(np.ceil(corners[:, 0].max()) + 1, frame_size[0]))
    bottom = int(min(np.ceil(corners[:, 1].max()) + 1, frame_size[1]))
    return (left, top, right - left, bottom - top) if right > left and bottom > top else None


def is_whole_shift(homography: Matrix) -> bool:
    """Whether the plane lies in the frame pixel on pixel."""
    move = homography[:2, 2]
    return bool(
        np.abs(homography[:2, :2] - _SAME[:2, :2]).max() < 1e-9
        and np.abs(homography[2] - _SAME[2]).max() < 1e-12
        and np.abs(move - np.rint(move)).max() < 1e-6
    )


def rectify(
    frame: NDArray[Any], homography: Matrix, size: tuple[int, int], *, outside: bool = True
) -> Floats:
    """The plane as a frame shows it, float32. `outside` repeats the frame's edge; else it is 0 there."""
    border = cv2.BORDER_REPLICATE if outside else cv2.BORDER_CONSTANT
    if is_whole_shift(homography):
        x, y = (round(v) for v in homography[:2, 2])
        if x >= 0 and y >= 0 and x + size[0] <= frame.shape[1] and y + size[1] <= frame.shape[0]:
            return np.asarray(frame[y : y + size[1], x : x + size[0]], np.float32)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    corners = carry(homography, outline(size))
    reach = 3
    left, top = np.clip(np.floor(corners.min(0)) - reach, 0, (frame.shape[1] - 1, frame.shape[0] - 1)).astype(
        int
    )
    right, bottom = np.clip(
        np.ceil(corners.max(0)) + reach, (left + 1, top + 1), (frame.shape[1], frame.shape[0])
    ).astype(int)
    near = np.asarray(frame[top:bottom, left:right], np.float32)
    return np.asarray(
        cv2.warpPerspective(near, shifted(-left, -top) @ homography, size, flags=flags, borderMode=border),
        np.float32,
    )


def project(plane: Floats, homography: Matrix, area: Window, *, outside: bool = True) -> Floats:
    """A plane as a frame would show it within `area`, free of aliasing.

    Where the frame shows it smaller, the plane is smoothed first, as a sensor's pixels average it.
    """
    x, y, width, height = area
    size = plane.shape[1], plane.shape[0]
    if is_whole_shift(homography):
        left, top = (round(v) for v in homography[:2, 2])
        if left <= x and top <= y and x + width <= left + size[0] and y + height <= top + size[1]:
            return plane[y - top : y - top + height, x - left : x - left + width].copy()
    shrink = (size[0] * size[1] / max(_area(carry(homography, outline(size))), 1e-6)) ** 0.5
    if shrink > 1.1:
        plane = soften(plane, 0.42 * (shrink**2 - 1) ** 0.5)
    border = cv2.BORDER_REPLICATE if outside else cv2.BORDER_CONSTANT
    return np.asarray(
        cv2.warpPerspective(
            plane, shifted(-x, -y) @ homography, (width, height), flags=cv2.INTER_CUBIC, borderMode=border
        ),
        np.float32,
    )


def soften(picture: Floats, sigma: float) -> Floats:
    """A Gaussian blur; none below a tenth of a pixel."""
    if sigma < 0.1:
        return picture
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE), np.float32)


def is_sound(homography: Matrix, size: tuple[int, int], frame_size: tuple[int, int]) -> bool:
    """Whether a homography shows a plane as a camera can: convex, not mirrored, not absurdly scaled."""
    if not np.isfinite(homography).all():
        return False
    depth = np.c_[outline(size), np.ones(4)] @ homography[2]
    if (depth <= 1e-6).any():
        return False
    corners = carry(homography, outline(size))
    grown = _area(corners) / (size[0] * size[1])
    return _is_convex(corners) and 1 / 40 < grown < 40 and _area(corners) < 9 * frame_size[0] * frame_size[1]


def _homography(first: Matrix, second: Matrix) -> Matrix:
    if np.allclose(first - first[0], second - second[0], atol=1e-9):
        return shifted(*(second[0] - first[0]))
    found = cv2.getPerspectiveTransform(first.astype(np.float32), second.astype(np.float32))
    return np.asarray(found, np.float64)


def _area(corners: Matrix) -> float:
    x, y = corners.T
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)


def _is_convex(corners: Matrix) -> bool:
    edges = np.roll(corners, -1, 0) - corners
    following = np.roll(edges, -1, 0)
    return bool((edges[:, 0] * following[:, 1] - edges[:, 1] * following[:, 0] > 0).all())
