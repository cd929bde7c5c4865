"""The lower face, always in one place: cut out of any frame by its anchor, and laid back into any other.

Enters: a frame with the place of the reference's face in it. Leaves: a piece of fixed size in which the head
does not move (the canonical piece), or a patch.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from retake.generate.lipsync.anchor import Similarity
from retake.generate.lipsync.faces import FaceBox, Rgb
from retake.generate.lipsync.paste import ellipse_mask, patch_of
from retake.generate.lipsync.views import window
from retake.media.patch import Look, Patch
from retake.media.picture import Picture

_LEFT, _RIGHT, _TOP, _BOTTOM = -0.05, 1.05, 0.48, 1.34  # of the face's box


@dataclass(frozen=True, slots=True)
class Canon:
    """The canonical piece of a reference frame: its corner (`x`, `y`) there, its size, and the face in it."""

    x: int
    y: int
    width: int
    height: int
    box: FaceBox

    @classmethod
    def of(cls, box: FaceBox) -> Canon:
        """For the face at `box` of the reference frame."""
        x, y = round(box.x + _LEFT * box.width), round(box.y + _TOP * box.height)
        width, height = round((_RIGHT - _LEFT) * box.width), round((_BOTTOM - _TOP) * box.height)
        return cls(x, y, width, height, FaceBox(box.x - x, box.y - y, box.width, box.height))

    def mask(self) -> NDArray[np.float32]:
        """Where a real lower face is laid on: mouth and chin, softly."""
        return self._ellipse(0.13, 0.58, 0.87, 1.24)

    def mouth_mask(self) -> NDArray[np.float32]:
        """Where a moved mouth is laid on: it stays inside the outline of the face, which a single picture
        shows for one turn of the head only."""
        return self._ellipse(0.22, 0.60, 0.78, 1.02)

    def _ellipse(self, left: float, top: float, right: float, bottom: float) -> NDArray[np.float32]:
        box, mask = self.box, np.zeros((self.height, self.width), np.float32)
        x0, x1 = round(box.x + left * box.width), round(box.x + right * box.width)
        y0, y1 = round(box.y + top * box.height), min(round(box.y + bottom * box.height), self.height)
        mask[y0:y1, x0:x1] = ellipse_mask(y1 - y0, x1 - x0, 0.14 * box.width)
        return mask

    def surroundings(self, piece: Rgb) -> NDArray[np.float32]:
        """What lies where a piece passes into the frame, small and grey: flat float32, 0 to 1. It differs
        with the way the head is turned and with the light on it."""
        size = (self.width // 6, self.height // 6)
        ring = cv2.resize(self.mask(), size, interpolation=cv2.INTER_AREA)
        small = cv2.resize(cv2.cvtColor(piece, cv2.COLOR_RGB2GRAY), size, interpolation=cv2.INTER_AREA)
        return np.asarray(small, np.float32)[(ring > 0.02) & (ring < 0.7)] / np.float32(255)

    def cut(self, picture: Picture, look: Look, place: Similarity) -> Rgb:
        """The canonical piece of a frame: uint8 (height, width, 3)."""
        matrix = self._matrix(place)
        corners = np.array([[0, 0], [self.width, 0], [0, self.height], [self.width, self.height]], float)
        spread = corners @ matrix[:, :2].T + matrix[:, 2]
        (left, top), (right, bottom) = spread.min(0) - 3, spread.max(0) + 3
        seen = window(picture, look, left, top, right, bottom)
        if seen is None:
            return np.zeros((self.height, self.width, 3), np.uint8)
        matrix[:, 2] -= (seen.x, seen.y)
        flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        size = (self.width, self.height)
        return np.asarray(
            cv2.warpAffine(seen.rgb, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE), np.uint8
        )

    def lay(
        self,
        frame: int,
        picture: Picture,
        look: Look,
        place: Similarity,
        piece: NDArray[np.float32],
        mask: NDArray[np.float32],
        weight: float,
    ) -> Patch | None:
        """A patch that shows a canonical piece on a frame, where the mask is and as much as `weight`."""
        rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        corners = np.array([[c, r] for r in (rows[0], rows[-1]) for c in (columns[0], columns[-1])], float)
        matrix = self._matrix(place)
        spread = corners @ matrix[:, :2].T + matrix[:, 2]
        (left, top), (right, bottom) = spread.min(0), spread.max(0)
        old = window(picture, look, left, top, right, bottom)
        if old is None:
            return None
        matrix[:, 2] -= (old.x, old.y)
        size = (old.rgb.shape[1], old.rgb.shape[0])
        new = cv2.warpAffine(piece, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        seen = np.asarray(cv2.warpAffine(mask, matrix, size, flags=cv2.INTER_LINEAR), np.float32)
        return patch_of(frame, (old.x, old.y), old.rgb, np.asarray(new, np.float32), seen, weight)

    def seen(self, piece: Rgb, patch: Patch, place: Similarity) -> Rgb:
        """A frame's canonical piece as it looks once the patch lies on that frame."""
        matrix = self._matrix(place)
        matrix[:, 2] -= (patch.x, patch.y)
        flags, size = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP, (self.width, self.height)
        new = cv2.warpAffine(patch.rgb, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        alpha = np.asarray(cv2.warpAffine(patch.alpha, matrix, size, flags=flags), np.float32)[..., None]
        return np.rint(piece + (np.asarray(new, np.float32) - piece) * alpha).astype(np.uint8)

    def _matrix(self, place: Similarity) -> NDArray[np.float64]:
        """From pixels of the canonical piece to those of a frame."""
        matrix = np.array(place)
        matrix[:, 2] += matrix[:, :2] @ (self.x, self.y)
        return matrix
