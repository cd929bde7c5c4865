"""The assets of a film as plates: opened once, kept within a limit of memory, shared by every thread.

A plate is made at the size at which it will be seen at most, so that the camera never enlarges and seldom
shrinks: that keeps moves sharp and cheap.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from pathlib import Path
from threading import Lock
from weakref import ReferenceType, ref

import cv2
import numpy as np
from numpy.typing import NDArray

from retake.media.still import read_still
from retake.render.plate import Plane, Plate, alpha_of, rgb_of


class Plates:
    """A store of plates by key. What any layer still draws is shared; of the rest as much is kept as `limit`
    bytes hold, least recently used first out.

    Each plate is made once, by the first thread that asks; others that want the same one wait for it.
    """

    def __init__(self, limit: int = 16 << 20) -> None:
        self._limit = limit
        self._held: OrderedDict[Hashable, tuple[Plate, ...]] = OrderedDict()
        self._drawn: dict[Hashable, tuple[ReferenceType[Plate], ...]] = {}
        self._making: dict[Hashable, Lock] = {}
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], tuple[Plate, ...]]) -> tuple[Plate, ...]:
        """The plates under `key`: hold on to them as long as they are drawn."""
        with self._lock:
            if found := self._find(key):
                return found
            making = self._making.setdefault(key, Lock())
        with making:
            with self._lock:
                if found := self._find(key):
                    return found
            plates = make()
            with self._lock:
                self._held[key] = plates
                self._drawn[key] = tuple(ref(plate) for plate in plates)
                self._making.pop(key, None)
                self._shrink()
            return plates

    def _find(self, key: Hashable) -> tuple[Plate, ...]:
        if key in self._held:
            self._held.move_to_end(key)
            return self._held[key]
        drawn = self._drawn.get(key, ())
        alive = tuple(plate for reference in drawn if (plate := reference()) is not None)
        return alive if len(alive) == len(drawn) else ()

    def _shrink(self) -> None:
        total = sum(plate.nbytes for plates in self._held.values() for plate in plates)
        while total > self._limit and len(self._held) > 1:
            _, plates = self._held.popitem(last=False)
            total -= sum(plate.nbytes for plate in plates)


def scaled(pixels: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Pixels (h, w, 3 or 4) at `size` (w, h): averaged when much smaller, else bicubic; Lanczos if larger.

    Transparent pixels are weighed by their alpha, so that hidden colour does not show at edges.
    """
    height, width = pixels.shape[:2]
    if (width, height) == size:
        return pixels
    factor = min(size[0] / width, size[1] / height)
    interpolation = cv2.INTER_LANCZOS4 if factor > 1 else cv2.INTER_CUBIC if factor > 0.75 else cv2.INTER_AREA
    if pixels.shape[2] == 3:
        return np.asarray(cv2.resize(pixels, size, interpolation=interpolation), np.uint8)
    alpha = alpha_of(pixels)
    weighed = cv2.multiply(rgb_of(pixels), cv2.merge([alpha] * 3), scale=1 / 255)
    seen = cv2.resize(alpha, size, interpolation=interpolation)
    weighed = cv2.resize(weighed, size, interpolation=interpolation)
    colour = cv2.divide(weighed, cv2.merge([seen] * 3), scale=255)
    return np.asarray(cv2.merge([colour, seen]), np.uint8)


def read_mask(path: Path) -> Plane:
    """A mask picture's lightness times its alpha, (h, w)."""
    pixels = read_still(path)
    light = cv2.cvtColor(np.ascontiguousarray(pixels[..., :3]), cv2.COLOR_RGB2GRAY)
    if pixels.shape[2] == 4:
        light = cv2.multiply(light, alpha_of(pixels), scale=1 / 255)
    return np.asarray(light, np.uint8)
