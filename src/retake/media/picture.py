"""A picture as every stage passes it on: planar YUV 4:2:0, 8 bit, BT.709, limited range.

Chroma is sited as H.264 does by default (and MPEG-2 before it): in line with the even columns of luma,
half-way between two rows. `retake.media.colour` converts from and to RGB.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.uint8]

BLACK = (16, 128, 128)


@dataclass(frozen=True, eq=False, slots=True)
class Picture:
    """Planes `y` (height, width), `u` and `v` (height / 2, width / 2): contiguous uint8, both sizes even.

    Raises `ValueError` for anything else. The fields are fixed, the samples are not: whoever draws on a
    picture that is not its own takes a `copy` first.
    """

    y: Plane
    u: Plane
    v: Plane

    def __post_init__(self) -> None:
        height, width = self.y.shape
        half = (height // 2, width // 2)
        if height % 2 or width % 2 or self.u.shape != half or self.v.shape != half:
            raise ValueError(f"planes of {self.y.shape}, {self.u.shape}, {self.v.shape} are no 4:2:0 picture")
        if any(plane.dtype != np.uint8 or not plane.flags.c_contiguous for plane in self.planes):
            raise ValueError("the planes of a picture are contiguous and of type uint8")

    @classmethod
    def blank(cls, width: int, height: int, yuv: tuple[int, int, int] = BLACK) -> Picture:
        """A picture of one colour, which `colour.yuv_of` gives. Sizes in pixels, even."""
        half = (height // 2, width // 2)
        y, u, v = yuv
        return cls(
            np.full((height, width), y, np.uint8), np.full(half, u, np.uint8), np.full(half, v, np.uint8)
        )

    @property
    def planes(self) -> tuple[Plane, Plane, Plane]:
        return self.y, self.u, self.v

    @property
    def width(self) -> int:
        return self.y.shape[1]

    @property
    def height(self) -> int:
        return self.y.shape[0]

    def rows(self, stop: int) -> Picture:
        """The first `stop` rows, an even number, in this picture's own memory."""
        return Picture(self.y[:stop], self.u[: stop // 2], self.v[: stop // 2])

    def copy(self) -> Picture:
        return Picture(self.y.copy(), self.u.copy(), self.v.copy())

    def equals(self, other: Picture) -> bool:
        """Whether every sample is the same."""
        return all(np.array_equal(mine, its) for mine, its in zip(self.planes, other.planes, strict=True))
