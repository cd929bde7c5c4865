"""Pasting a mended piece of face over the original: feathered, its colour matched where the two meet.

Enters: upright RGB frames and a mask. Leaves: patches, or frames with patches on them. A feathered paste with
one offset of colour flickers less from frame to frame than a gradient-domain clone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from retake.generate.lipsync.faces import FaceBox
from retake.media.patch import Patch

RING = (0.05, 0.6)
"""Where the mask has these values, old and new picture must have one colour."""
_SEEN = 1 / 250  # less alpha than this changes no sample


def ellipse_mask(height: int, width: int, feather: float) -> NDArray[np.float32]:
    """An ellipse that fills the rectangle, `feather` pixels soft inwards: float32, 0 on the border."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    across, down = (2 * x + 1 - width) / width, (2 * y + 1 - height) / height
    depth = (1 - np.hypot(across, down)) * min(width, height) / 2  # pixels inside the edge, nearly
    return np.asarray(smooth(depth / max(feather, 1e-3)), np.float32)


def smooth(x: NDArray[np.float32]) -> NDArray[np.float32]:
    """From 0 to 1 with level ends: 3x^2 - 2x^3."""
    x = np.clip(x, 0, 1)
    return x * x * (3 - 2 * x)


def match_ring(
    old: NDArray[np.uint8], new: NDArray[np.float32], mask: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The new piece, float32 (height, width, 3), its colour moved by the median difference on the ring."""
    ring = (mask > RING[0]) & (mask < RING[1])
    if not ring.any():
        return new
    return new + np.median(old[ring].astype(np.float32) - new[ring], axis=0).astype(np.float32)


def patch_of(
    frame: int,
    corner: tuple[int, int],
    old: NDArray[np.uint8],
    new: NDArray[np.float32],
    mask: NDArray[np.float32],
    weight: float,
) -> Patch | None:
    """A patch with the new piece, cut to what is seen of it; None where nothing is."""
    alpha = np.where(mask * weight > _SEEN, mask * np.float32(weight), np.float32(0))
    rows, columns = np.flatnonzero(alpha.any(1)), np.flatnonzero(alpha.any(0))
    if not len(rows):
        return None
    cut = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    matched = match_ring(old, new, mask)[cut]
    pixels = np.clip(np.rint(matched), 0, 255).astype(np.uint8)
    return Patch(frame, corner[0] + int(columns[0]), corner[1] + int(rows[0]), pixels, alpha[cut])


def face_patch(
    frame: int, old: NDArray[np.uint8], new: NDArray[np.uint8], box: FaceBox, weight: float
) -> Patch | None:
    """The lower face of a new frame as a patch on the old one."""
    x0, y0 = round(box.x + 0.08 * box.width), round(box.y + 0.42 * box.height)
    x1, y1 = round(box.x + 0.92 * box.width), round(box.y + 1.12 * box.height)
    mask = ellipse_mask(y1 - y0, x1 - x0, 0.16 * box.width)
    left, top, right, bottom = max(x0, 0), max(y0, 0), min(x1, old.shape[1]), min(y1, old.shape[0])
    if left >= right or top >= bottom:
        return None
    piece = np.s_[top:bottom, left:right]
    seen = mask[top - y0 : bottom - y0, left - x0 : right - x0]
    return patch_of(frame, (left, top), old[piece], new[piece].astype(np.float32), seen, weight)


def lay(frames: Iterable[NDArray[np.uint8]], patches: Iterable[Patch]) -> Iterator[NDArray[np.uint8]]:
    """Frames, numbered from 0, with the patches on them; patches come in the order of their frames."""
    waiting = iter(patches)
    patch = next(waiting, None)
    for number, frame in enumerate(frames):
        while patch is not None and patch.frame == number:
            frame = laid(frame, patch)
            patch = next(waiting, None)
        yield frame


def laid(frame: NDArray[np.uint8], patch: Patch) -> NDArray[np.uint8]:
    """A copy of a frame with a patch on it; what lies outside the frame is cut off."""
    tall, wide = patch.alpha.shape
    x0, y0 = max(patch.x, 0), max(patch.y, 0)
    x1, y1 = min(patch.x + wide, frame.shape[1]), min(patch.y + tall, frame.shape[0])
    if x0 >= x1 or y0 >= y1:
        return frame
    inside = np.s_[y0 - patch.y : y1 - patch.y, x0 - patch.x : x1 - patch.x]
    alpha = patch.alpha[inside][..., None]
    out = frame.copy()
    old = out[y0:y1, x0:x1]
    out[y0:y1, x0:x1] = np.rint(old + (patch.rgb[inside].astype(np.float32) - old) * alpha).astype(np.uint8)
    return out
