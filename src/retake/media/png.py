"""PNG as Retake writes it: 8 bits, RGB or RGBA, nothing but the pixels; written and read back quickly.

PNG 3 (W3C Recommendation, 2025). What others wrote is read by `media.still`, which judges it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO
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


def chunks(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """The chunks of a PNG (section 5.3): kind, where its data begins, how long that is. What is cut off ends
    them."""
    at = 8
    file.seek(at)
    while len(head := file.read(8)) == 8:
        length, kind = struct.unpack(">I4s", head)
        yield kind, at + 8, length
        at += length + 12
        file.seek(at)


def is_whole(png: bytes) -> bool:
    """Whether every chunk has its checksum, up to the end, and nothing follows the pixels."""
    pixels = False
    for kind, start, length in chunks(BytesIO(png)):
        end = start + length
        if png[end : end + 4] != crc32(memoryview(png)[start - 4 : end]).to_bytes(4, "big"):
            return False
        if kind == b"IEND":
            return pixels
        if pixels and kind != b"IDAT":
            return False
        pixels = pixels or kind == b"IDAT"
    return False
