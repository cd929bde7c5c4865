"""Patches: small pictures with transparency, laid on the frames of a recording in its own samples.

Whoever changes a take (a mended mouth, a new name on a sign) gives patches, never frames, so that every
sample outside them provably stays what it was.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from retake.media.picture import Picture, Plane

_KR_KB = {"bt709": (0.2126, 0.0722), "bt601": (0.299, 0.114), "bt2020": (0.2627, 0.0593)}


@dataclass(frozen=True, slots=True)
class Look:
    """How the samples of a recording become a picture on a screen.

    `matrix` is bt709, bt601 or bt2020; `turn` the quarter turns clockwise that bring a coded frame upright.
    """

    matrix: str = "bt709"
    full_range: bool = False
    turn: int = 0


@dataclass(frozen=True, eq=False, slots=True)
class Patch:
    """What to lay on one frame: `rgb` uint8 (height, width, 3) with `alpha` float32 (height, width), 0 to 1.

    `x` and `y` place its corner in pixels of the upright frame; parts outside the frame are cut off.
    """

    frame: int
    x: int
    y: int
    rgb: NDArray[np.uint8]
    alpha: NDArray[np.float32]

    def __post_init__(self) -> None:
        if self.rgb.shape[:2] != self.alpha.shape or self.rgb.shape[2:] != (3,):
            raise ValueError(f"a patch of {self.rgb.shape} with an alpha of {self.alpha.shape}")


@dataclass(frozen=True, eq=False, slots=True)
class _Placed:
    """A patch cut to the frame and grown to whole chroma samples, turned as the frame is coded."""

    x: int
    y: int
    rgb: NDArray[np.float32]
    alpha: NDArray[np.float32] = field(repr=False)


def apply(picture: Picture, patch: Patch, look: Look) -> None:
    """Lays a patch on a coded frame in place. Samples where its alpha is 0 are not touched.

    Chroma is the mean of the patch's RGB over each 2x2 block, weighted with its alpha.
    """
    placed = _place(patch, picture.width, picture.height, look.turn)
    if placed is None:
        return
    luma, blue, red = _samples(placed.rgb, look)
    height, width = placed.alpha.shape
    x, y = placed.x, placed.y
    _blend(picture.y[y : y + height, x : x + width], luma, placed.alpha)
    half = _halved(placed.alpha)
    weight = np.maximum(half, 1e-6)
    for plane, chroma in ((picture.u, blue), (picture.v, red)):
        small = np.asarray(_halved(chroma * placed.alpha) / weight, np.float32)
        _blend(plane[y // 2 : (y + height) // 2, x // 2 : (x + width) // 2], small, half)


def to_rgb(picture: Picture, look: Look) -> NDArray[np.uint8]:
    """A coded frame as the upright picture that a screen shows: uint8 (height, width, 3).

    Chroma is brought to full size bilinearly, sited between the samples as `apply` averages it.
    """
    height, width = picture.y.shape
    u, v = (cv2.resize(p, (width, height), interpolation=cv2.INTER_LINEAR) for p in (picture.u, picture.v))
    rgb = cv2.transform(cv2.merge([picture.y, np.asarray(u), np.asarray(v)]), _to_rgb_matrix(look))
    turned = np.rot90(np.asarray(rgb, np.uint8), -look.turn)
    return np.ascontiguousarray(turned)


def _to_rgb_matrix(look: Look) -> NDArray[np.float64]:
    """The (3, 4) matrix from samples y, u, v, 1 to red, green, blue of 0 to 255."""
    kr, kb = _KR_KB[look.matrix]
    low, luma_span, chroma_span = (0, 255, 255) if look.full_range else (16, 219, 224)
    luma, chroma = 255 / luma_span, 255 / chroma_span
    red, blue = 2 * (1 - kr) * chroma, 2 * (1 - kb) * chroma
    to_red, to_blue = np.array([luma, 0, red]), np.array([luma, blue, 0])
    to_green = (np.array([luma, 0, 0]) - kr * to_red - kb * to_blue) / (1 - kr - kb)
    matrix = np.array([to_red, to_green, to_blue])
    return np.c_[matrix, -matrix @ (low, 128, 128)]


def _place(patch: Patch, width: int, height: int, turn: int) -> _Placed | None:
    shown_width, shown_height = (height, width) if turn % 2 else (width, height)
    tall, wide = patch.alpha.shape
    left, top = max(patch.x, 0), max(patch.y, 0)
    right, bottom = min(patch.x + wide, shown_width), min(patch.y + tall, shown_height)
    if left >= right or top >= bottom:
        return None
    x0, y0 = left // 2 * 2, top // 2 * 2
    x1, y1 = -(-right // 2) * 2, -(-bottom // 2) * 2
    rgb = np.zeros((y1 - y0, x1 - x0, 3), np.float32)
    alpha = np.zeros(rgb.shape[:2], np.float32)
    inside = np.s_[top - patch.y : bottom - patch.y, left - patch.x : right - patch.x]
    target = np.s_[top - y0 : bottom - y0, left - x0 : right - x0]
    rgb[target], alpha[target] = patch.rgb[inside], patch.alpha[inside]
    corners = {
        0: (x0, y0),
        1: (y0, shown_width - x1),
        2: (shown_width - x1, shown_height - y1),
        3: (shown_height - y1, x0),
    }
    x, y = corners[turn % 4]
    back = turn % 4
    return _Placed(x, y, np.rot90(rgb, back), np.ascontiguousarray(np.rot90(alpha, back)))


def _samples(
    rgb: NDArray[np.float32], look: Look
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    kr, kb = _KR_KB[look.matrix]
    low, luma_span, chroma_span = (0, 255, 255) if look.full_range else (16, 219, 224)
    red, green, blue = (rgb[..., i] / 255 for i in range(3))
    y = kr * red + (1 - kr - kb) * green + kb * blue
    u, v = (blue - y) / (2 * (1 - kb)), (red - y) / (2 * (1 - kr))
    planes = (y * luma_span + low, u * chroma_span + 128, v * chroma_span + 128)
    luma, first, second = (np.asarray(plane, np.float32) for plane in planes)
    return luma, first, second


def _halved(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    height, width = plane.shape
    return plane.reshape(height // 2, 2, width // 2, 2).mean((1, 3), dtype=np.float32)


def _blend(plane: Plane, new: NDArray[np.float32], alpha: NDArray[np.float32]) -> None:
    mixed = np.clip(np.rint(plane + (new - plane) * alpha), 0, 255).astype(np.uint8)
    plane[:] = np.where(alpha > 0, mixed, plane)
