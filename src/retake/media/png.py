"""PNG as Retake writes it: 8 bits, RGB or RGBA, nothing but the pixels; written and read back quickly.

PNG 3 (W3C Recommendation, 2025). What others wrote is read by `media.still`, which judges it.
"""

from __future__ import annotations

import struct
from zlib import crc32

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

# Only runs of equal bytes are looked for: pictures are grainy, and hardly smaller for a longer search.
_FAST = (
    cv2.IMWRITE_PNG_COMPRESSION,
    1,
    cv2.IMWRITE_PNG_FILTER,
    cv2.IMWRITE_PNG_FILTER_SUB,
    cv2.IMWRITE_PNG_STRATEGY,
    cv2.IMWRITE_PNG_STRATEGY_RLE,
)


def png_of(pixels: Pixels) -> bytes:
    """A PNG of sRGB pixels (h, w, 3), or 4 with straight alpha."""
    swap = cv2.COLOR_RGBA2BGRA if pixels.shape[2] == 4 else cv2.COLOR_RGB2BGR
    _, data = cv2.imencode(".png", cv2.cvtColor(pixels, swap), _FAST)
    return data.tobytes()


def pixels_of(png: bytes) -> Pixels | None:
    """The pixels of a whole PNG of 8 bits, RGB or RGBA; None where it cannot be read."""
    pixels = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.dtype != np.uint8 or pixels.ndim != 3:
        return None
    swap = cv2.COLOR_BGRA2RGBA if pixels.shape[2] == 4 else cv2.COLOR_BGR2RGB
    return np.asarray(cv2.cvtColor(pixels, swap, dst=pixels), np.uint8)


def is_whole(png: bytes) -> bool:
    """Whether every chunk (section 5.3) has its checksum, up to the end, and nothing follows the pixels."""
    at, pixels = 8, False
    while at + 12 <= len(png):
        length, kind = struct.unpack_from(">I4s", png, at)
        end = at + 8 + length
        if png[end : end + 4] != crc32(memoryview(png)[at + 4 : end]).to_bytes(4, "big"):
            return False
        if kind == b"IEND":
            return pixels
        if pixels and kind != b"IDAT":
            return False
        pixels, at = pixels or kind == b"IDAT", end + 4
    return False
