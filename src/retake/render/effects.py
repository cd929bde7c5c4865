"""What is done to a source's colours and edges before it is placed: adjustments, keys, masks.

Pictures are planar BT.709 limited YUV; alpha planes are straight, (h, w), 255 opaque.
"""

from __future__ import annotations

from math import cos, radians, sin

import cv2
import numpy as np

from retake.media.colour import yuv_of
from retake.media.picture import Picture
from retake.render import shapes
from retake.render.plate import Plane
from retake.timeline.document import Adjust, ChromaKey, Mask


def adjust(picture: Picture, settings: Adjust, unit: float) -> Picture:
    """Brightness, contrast about mid grey, saturation, hue, temperature and blur, in that order.

    `unit` scales the blur's sigma to the frame. Video levels are kept within 16..235 and 16..240.
    """
    if settings == Adjust():
        return picture
    y = picture.y
    if settings.brightness or settings.contrast != 1:
        levels = (np.arange(256) - 16) / 219
        levels = (levels - 0.5) * settings.contrast + 0.5 + settings.brightness
        y = cv2.LUT(y, np.clip(levels * 219 + 16, 16, 235).round().astype(np.uint8))
    turn, gain = radians(settings.hue), settings.saturation
    c, s = gain * cos(turn), gain * sin(turn)
    warm = 24 * settings.temperature
    u = _chroma(picture.u, picture.v, c, -s, -warm)
    v = _chroma(picture.u, picture.v, s, c, warm)
    if settings.blur:
        sigma = settings.blur * unit
        y = cv2.GaussianBlur(y, (0, 0), sigma)
        u, v = (cv2.GaussianBlur(plane, (0, 0), max(0.1, sigma / 2)) for plane in (u, v))
    return Picture(*(np.asarray(plane, np.uint8) for plane in (y, u, v)))


def _chroma(u: Plane, v: Plane, from_u: float, from_v: float, lift: float) -> Plane:
    if from_u == 1 and from_v == 0 and not lift:
        return u
    if from_u == 0 and from_v == 1 and not lift:
        return v
    mixed = cv2.addWeighted(u, from_u, v, from_v, 128 - 128 * (from_u + from_v) + lift, dtype=cv2.CV_32F)
    return np.clip(mixed, 16, 240).round().astype(np.uint8)


def key_alpha(picture: Picture, key: ChromaKey) -> tuple[Picture, Plane]:
    """The picture freed of the key's tint, and its alpha (h, w).

    Alpha rises from 0 to 1 over `smoothness` beyond `similarity`, by distance in the UV plane (as in Vlahos's
    difference keys); the spill is taken out along the key's own hue.
    """
    _, ku, kv = yuv_of(key.color)
    du, dv = picture.u.astype(np.float32) - ku, picture.v.astype(np.float32) - kv
    distance = cv2.magnitude(du, dv) / 224
    soft = np.clip((distance - key.similarity) / max(key.smoothness, 1e-6), 0, 1)
    alpha = cv2.resize((soft * 255).astype(np.float32), picture.y.shape[::-1], interpolation=cv2.INTER_LINEAR)
    ku_n, kv_n = ku - 128.0, kv - 128.0
    norm = max(1e-6, (ku_n**2 + kv_n**2) ** 0.5)
    ku_n, kv_n = ku_n / norm, kv_n / norm
    u, v = picture.u.astype(np.float32) - 128, picture.v.astype(np.float32) - 128
    tint = np.maximum(0, u * ku_n + v * kv_n) * key.spill
    clean = (np.clip(128 + a - tint * b, 16, 240).round().astype(np.uint8) for a, b in ((u, ku_n), (v, kv_n)))
    return Picture(picture.y, *clean), alpha.round().astype(np.uint8)


def mask_alpha(
    mask: Mask | None, radius: float, size: tuple[int, int], image: Plane | None, unit: float
) -> Plane:
    """The alpha of a clip's own box (w, h): its mask, feathered, within its round corners."""
    width, height = size
    alpha = np.full((height, width), 255, np.uint8)
    if mask:
        sigma = mask.feather * unit
        inset = min(2 * sigma, 0.45 * min(size))  # so that a soft edge ends where the box does
        if mask.shape == "image" and image is not None:
            alpha = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
        elif mask.shape == "ellipse":
            alpha = shapes.ellipse(width, height, inset)
        else:
            alpha = shapes.rounded(width, height, 0, inset)
        if sigma:
            edge = max(1, int(2 * sigma))
            framed = cv2.copyMakeBorder(alpha, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=(0,))
            soft = cv2.GaussianBlur(framed, (0, 0), sigma)
            alpha = np.ascontiguousarray(soft[edge:-edge, edge:-edge], np.uint8)
        if mask.invert:
            alpha = np.asarray(cv2.bitwise_not(alpha), np.uint8)
    if radius:
        alpha = np.minimum(alpha, shapes.rounded(width, height, radius * unit))
    return alpha


def blurred_fill(picture: Picture, size: tuple[int, int]) -> Picture:
    """The picture stretched over `size` (w, h) by cover, blurred and darkened: a quiet ground to stand on."""
    width, height = size
    k = max(width / picture.width, height / picture.height)
    seen = width / k, height / k

    def ground(plane: Plane, unit: int, gain: float, lift: float) -> Plane:
        rows, columns = plane.shape
        w, h = max(1, round(seen[0] / unit)), max(1, round(seen[1] / unit))
        x, y = (columns - w) // 2, (rows - h) // 2
        part = plane[max(0, y) : y + h, max(0, x) : x + w]
        small = cv2.resize(
            part, (max(2, width // 8 // unit), max(2, height // 8 // unit)), interpolation=cv2.INTER_AREA
        )
        small = cv2.GaussianBlur(
            small, (0, 0), max(1.0, min(size) / 8 / 20 / unit), borderType=cv2.BORDER_REPLICATE
        )
        small = cv2.convertScaleAbs(small, alpha=gain, beta=lift)
        large = cv2.resize(small, (width // unit, height // unit), interpolation=cv2.INTER_CUBIC)
        return np.asarray(large, np.uint8)

    return Picture(
        ground(picture.y, 1, 0.72, 16 * 0.28),
        ground(picture.u, 2, 0.85, 128 * 0.15),
        ground(picture.v, 2, 0.85, 128 * 0.15),
    )
