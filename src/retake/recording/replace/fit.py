"""Fitting new content into the place of the old: a logo into its box, a text to the old text's look.

Sizes and places are in pixels of the plate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from retake.errors import InputError
from retake.recording.replace.look import TextLook, stroke_of
from retake.recording.surface.plane import Floats, soften

Rgba = NDArray[np.uint8]
Letterer = Callable[[str, TextLook, tuple[int, int]], Rgba]
"""Paints one line: (text, look, (width, height)) -> straight RGBA uint8 (height, width, 4), clear around the
text. The text stands on `look.baselines[0]`, aligned to the column `look.anchor` as `look.align` says, with
capitals near `look.cap_height` high, in the look's colour, weight and slant. What lies outside is cut off."""

SMALLEST = 0.6  # of the old text's size that a longer text may shrink to
_MARGIN = 0.03  # of the room that stays free beside a text, or what the old text left, if that is less
_PROBE = "H"
_WORD = "Hamburgefons"  # letters of every kind: their mean stroke is that of most texts
_WEIGHTS = (400, 300, 500, 600, 700, 800, 900)


def fit_text(
    text: str,
    look: TextLook,
    size: tuple[int, int],
    letterer: Letterer,
    *,
    sharpness: float = 0.0,
    place: str = "surface",
) -> Rgba:
    """The new text as the old one looked, RGBA of the plate's size, whose blur is `sharpness`.

    Its capitals are as high as the old ones and its strokes as thick, it stands on the old baselines with
    the old alignment, and is made smaller, down to `SMALLEST`, where it would leave the surface. Raises
    `InputError` where there is no text, or it is too long even so.
    """
    lines = [line for line in (line.strip() for line in text.splitlines()) if line]
    if not lines:
        raise InputError("the new text is empty", place=place, remedy="give the text, or segment_type remove")
    look = _calibrated(look, letterer, sharpness)
    room = _room(look)
    inks = [_ink(_painted(line, look, size, letterer)) for line in lines]
    scale = min(1.0, *(room / max(right - left, 1.0) for left, right in inks))
    if scale < SMALLEST:
        longest = max(lines, key=len)
        most = max(1, int(len(longest) * scale / SMALLEST))
        raise InputError(
            f"{longest!r} is too long: it would have to shrink to {scale:.0%} of the old text's size",
            place=place,
            remedy=f"shorten it to about {most} characters, or break the line",
        )
    smaller = replace(look, cap_height=look.cap_height * scale, x_height=look.x_height * scale)
    canvas = np.zeros((size[1], size[0], 4), np.uint8)
    for line, baseline in zip(lines, _baselines(look, len(lines), scale), strict=True):
        painted = letterer(line, replace(smaller, baselines=(baseline,)), size)
        if painted.shape != canvas.shape:
            raise ValueError(f"the letterer gave {painted.shape} for {canvas.shape}")
        painted = _kept_inside(line, smaller, baseline, size, letterer, painted)
        canvas = np.where(painted[..., 3:] > canvas[..., 3:], painted, canvas)
    return canvas


def _calibrated(look: TextLook, letterer: Letterer, sharpness: float) -> TextLook:
    """The look with the cap height and the weight that make this letterer's text as high and as heavy."""
    tall = int(np.ceil(look.cap_height * 4)) + 8
    probe = replace(look, baselines=(tall * 0.7,), anchor=tall * 1.5, align="center")
    height = float(_cover(letterer(_PROBE, probe, (3 * tall, tall))).max(1).sum())
    if height < 1:
        return look
    factor = float(np.clip(look.cap_height / height, 0.5, 2))
    look = replace(look, cap_height=look.cap_height * factor, x_height=look.x_height * factor)
    probe = replace(look, baselines=(tall * 0.7,), anchor=0.0, align="left")

    def off(weight: int) -> float:
        painted = _cover(letterer(_WORD, replace(probe, weight=weight), (8 * tall, tall)))
        return abs(stroke_of(soften(painted, sharpness)) - look.stroke)

    return replace(look, weight=min(_WEIGHTS, key=off))


def _cover(painted: Rgba) -> Floats:
    return np.asarray(painted[..., 3] / 255, np.float32)


def _room(look: TextLook) -> float:
    """How wide a text may be that keeps the old one's alignment and stays on free ground."""
    first, last = look.room
    margin = max(0.0, min(_MARGIN * (last - first), look.left - first, last - look.right))
    before, after = look.anchor - first - margin, last - margin - look.anchor
    return {"left": after, "right": before, "center": 2 * min(before, after)}[look.align]


def _painted(line: str, look: TextLook, size: tuple[int, int], letterer: Letterer) -> Rgba:
    """A line on a canvas so wide that it can be measured whole."""
    wide = size[0] * 7
    shifted = replace(look, anchor=look.anchor + 3 * size[0], baselines=look.baselines[:1])
    return letterer(line, shifted, (wide, size[1]))


def _ink(painted: Rgba) -> tuple[float, float]:
    columns = np.flatnonzero((painted[..., 3] > 24).any(0))
    return (float(columns[0]), float(columns[-1] + 1)) if len(columns) else (0.0, 0.0)


def _kept_inside(
    line: str, look: TextLook, baseline: float, size: tuple[int, int], letterer: Letterer, painted: Rgba
) -> Rgba:
    """The line once more with its ink, not its advance, at the anchor: side bearings would shift it."""
    left, right = _ink(painted)
    off = {
        "left": look.anchor - left,
        "right": look.anchor - right,
        "center": look.anchor - (left + right) / 2,
    }[look.align]
    if abs(off) < 0.5 or right <= left:
        return painted
    return letterer(line, replace(look, anchor=look.anchor + off, baselines=(baseline,)), size)


def _baselines(look: TextLook, count: int, scale: float) -> tuple[float, ...]:
    """Where the lines stand: as the old ones where there are as many, else around the old ones' middle."""
    old = look.baselines
    if count == len(old):
        return old
    first, last = min(old), max(old)
    leading = (last - first) / (len(old) - 1) if len(old) > 1 else 1.5 * look.cap_height
    middle = (first + last) / 2
    return tuple(middle + (index - (count - 1) / 2) * leading * scale for index in range(count))


def fit_image(image: Rgba, size: tuple[int, int]) -> Floats:
    """A logo as large as the surface allows, whole and centred: float32 straight RGBA of the plate's size."""
    height, width = image.shape[:2]
    scale = min(size[0] / width, size[1] / height)
    fitted = max(1, round(width * scale)), max(1, round(height * scale))
    alpha = image[..., 3:].astype(np.float32) / 255
    solid = np.dstack([image[..., :3].astype(np.float32) * alpha, alpha])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = np.asarray(cv2.resize(solid, fitted, interpolation=how), np.float32)
    canvas = np.zeros((size[1], size[0], 4), np.float32)
    x, y = (size[0] - fitted[0]) // 2, (size[1] - fitted[1]) // 2
    canvas[y : y + fitted[1], x : x + fitted[0]] = small
    share = np.clip(canvas[..., 3:], 0, 1)
    colour = np.where(share > 1 / 512, canvas[..., :3] / np.maximum(share, 1 / 512), 0)
    return np.dstack([np.clip(colour, 0, 255), share * 255]).astype(np.float32)


def without_background(image: Rgba) -> Rgba:
    """A logo without the even colour around it: what is joined to its edge and has the edge's colour.

    A logo that has transparency, or no even edge, comes back as it is.
    """
    if (image[..., 3] < 250).any() or min(image.shape[:2]) < 3:
        return image
    rgb = image[..., :3].astype(np.float32)
    edge = np.concatenate([rgb[0], rgb[-1], rgb[:, 0], rgb[:, -1]])
    colour = np.median(edge, 0)
    if float((np.abs(edge - colour).max(1) < 12).mean()) < 0.9:
        return image
    apart = np.abs(rgb - colour).max(2)
    near = (apart < 48).astype(np.uint8)
    _, labels = cv2.connectedComponents(near, connectivity=4)
    labels = np.asarray(labels)
    rim = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    outside = np.isin(labels, rim[rim > 0])
    fringe = cv2.dilate(outside.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    strongest = np.asarray(cv2.dilate(apart.astype(np.float32), np.ones((5, 5), np.uint8)))
    share = np.where(fringe, np.clip(apart / np.maximum(strongest, 48), 0, 1), 1)
    share = np.where(outside & (apart < 12), 0, share)[..., None]
    own = np.where(share > 0.02, (rgb - (1 - share) * colour) / np.maximum(share, 0.02), rgb)
    return np.dstack([np.clip(np.rint(own), 0, 255), np.rint(share * 255)]).astype(np.uint8)
