"""A sheet that layers of one colour and pictures are laid upon; it leaves as straight-alpha pixels."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Rgba = tuple[int, int, int, int]


class Sheet:
    """Premultiplied float32 (h, w, 4), 0 to 255, at first transparent."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self._ink = np.zeros((*shape[:2], 4), np.float32)
        self._under: Rgba = (0, 0, 0, 0)

    def cover(self, mask: NDArray[np.uint8], color: Rgba) -> None:
        """Lays a colour over the sheet where `mask` (uint8, the sheet's shape) covers it."""
        x, y, width, height = cv2.boundingRect(mask)
        if not width or not color[3]:
            return
        part = self._ink[y : y + height, x : x + width]
        cover = mask[y : y + height, x : x + width].astype(np.float32)
        cover *= color[3] / (255 * 255)
        red, green, blue, _ = color
        keep = 1 - cover
        for channel, value in enumerate((red, green, blue, 255)):
            plane = part[..., channel]
            plane *= keep
            plane += cover * value

    def stamp(self, rgba: NDArray[np.uint8], x: int, y: int) -> None:
        """Lays a picture (uint8 straight alpha) over the sheet, its top left pixel at `x`, `y`."""
        height, width = rgba.shape[:2]
        part = self._ink[y : y + height, x : x + width]
        alpha = rgba[..., 3:].astype(np.float32) / 255
        part *= 1 - alpha
        part[..., :3] += rgba[..., :3] * alpha
        part[..., 3:] += alpha * 255

    def pixels(self) -> NDArray[np.uint8]:
        """uint8 (h, w, 4), straight alpha."""
        alpha = self._ink[..., 3]
        gain = 255 / np.maximum(alpha, 1e-3)
        straight = self._ink * gain[..., None]
        straight[..., 3] = alpha
        return np.clip(np.rint(straight), 0, 255).astype(np.uint8)
