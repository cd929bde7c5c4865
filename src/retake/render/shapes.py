"""Shapes, gradients and masks as pixels: pure functions from a description and a size to RGBA or alpha.

Edges are antialiased by how much of a pixel they cover; gradients are mixed in sRGB with a
fixed ordered dither (Bayer 1973), so that a slow ramp shows no bands in 8 bits.
"""

from __future__ import annotations

from math import cos, radians, sin

import cv2
import numpy as np
from numpy.typing import NDArray

from retake.media.colour import parse_color
from retake.timeline.assets import Gradient, Shape

_SUPER = 4
_Field = NDArray[np.float32]


def fill(color: str, width: int, height: int) -> NDArray[np.uint8]:
    """One colour, (h, w, 4)."""
    return np.ascontiguousarray(np.broadcast_to(np.array(parse_color(color), np.uint8), (height, width, 4)))


def gradient(spec: Gradient, width: int, height: int) -> NDArray[np.uint8]:
    """A linear or radial gradient, (h, w, 4). A linear one ends at the corners, as in CSS Images."""
    x = (np.arange(width, dtype=np.float32) + 0.5) / width - 0.5
    y = (np.arange(height, dtype=np.float32) + 0.5) / height - 0.5
    if spec.kind == "linear":
        dx, dy = cos(radians(spec.angle)), sin(radians(spec.angle))
        reach = abs(dx) * width + abs(dy) * height
        t = np.add.outer(y * height * dy / reach, x * width * dx / reach) + 0.5
    else:
        t = cv2.sqrt(np.add.outer((y * 2) ** 2, (x * 2) ** 2).astype(np.float32))
    colours = np.array([parse_color(c) for c in spec.colors], np.float32)
    stops = np.array(spec.stops or np.linspace(0, 1, len(colours)), np.float32)
    table = np.column_stack([np.interp(np.linspace(0, 1, 4096), stops, colours[:, i]) for i in range(4)])
    ramp = table.astype(np.float32)[np.clip(t * 4095, 0, 4095).astype(np.int32)]
    ramp += _dither(width, height)[..., None]
    return ramp.clip(0, 255, out=ramp).astype(np.uint8)


def _dither(width: int, height: int) -> NDArray[np.float32]:
    """Thresholds between 0 and 1 in an 8x8 Bayer pattern, tiled."""
    cell = np.zeros((1, 1), np.float32)
    for _ in range(3):
        cell = np.block([[4 * cell, 4 * cell + 2], [4 * cell + 3, 4 * cell + 1]])
    cell = (cell + 0.5) / 64
    return np.tile(cell, (height // 8 + 1, width // 8 + 1))[:height, :width].astype(np.float32)


def shape(spec: Shape, width: int, height: int, unit: float) -> NDArray[np.uint8]:
    """A filled and stroked shape in its box, (h, w, 4). `unit` scales the stroke and radius to the frame."""
    stroke = spec.stroke_width * unit if spec.stroke else 0.0
    outer = _coverage(spec, width, height, 0.0, spec.radius * unit, stroke)
    pixels = np.zeros((height, width, 4), np.uint8)
    if spec.fill and spec.shape != "line":
        r, g, b, a = parse_color(spec.fill)
        pixels[..., :3] = (r, g, b)
        pixels[..., 3] = cv2.convertScaleAbs(outer, alpha=a / 255)
    if spec.stroke and stroke:
        r, g, b, a = parse_color(spec.stroke)
        ring = outer
        if spec.shape != "line":
            inner = _coverage(spec, width, height, stroke, max(0.0, spec.radius * unit - stroke), 0)
            ring = cv2.subtract(outer, inner)
        part = (ring.astype(np.float32) * (a / 255) / 255)[..., None]
        under = pixels[..., 3:].astype(np.float32) / 255
        alpha = part + under * (1 - part)
        mixed = (np.array((r, g, b), np.float32) * part + pixels[..., :3] * under * (1 - part)) / np.maximum(
            alpha, 1e-6
        )
        pixels = np.concatenate([mixed, alpha * 255], axis=2).round().clip(0, 255).astype(np.uint8)
    return pixels


def rounded(width: int, height: int, radius: float, inset: float = 0.0) -> NDArray[np.uint8]:
    """Alpha (h, w) of a rectangle with round corners, `inset` pixels within its box."""
    return _coverage(Shape(), width, height, inset, radius, 0)


def ellipse(width: int, height: int, inset: float = 0.0) -> NDArray[np.uint8]:
    """Alpha (h, w) of the ellipse that fills the box, `inset` pixels within it."""
    return _coverage(Shape(shape="ellipse"), width, height, inset, 0.0, 0)


def _coverage(
    spec: Shape, width: int, height: int, inset: float, radius: float, stroke: float
) -> NDArray[np.uint8]:
    """How much of each pixel a shape covers: by the distance to its outline, or by drawing it large."""
    x = np.abs(np.arange(width, dtype=np.float32) + 0.5 - width / 2)
    y = np.abs(np.arange(height, dtype=np.float32) + 0.5 - height / 2)[:, None]
    a, b = width / 2 - inset, height / 2 - inset
    if spec.shape in ("ellipse", "rectangle"):
        if min(a, b) <= 0:
            return np.zeros((height, width), np.uint8)
        outside = (
            _ellipse_distance(x, y, a, b) if spec.shape == "ellipse" else _box_distance(x, y, a, b, radius)
        )
        return np.rint(np.clip(0.5 - outside, 0, 1) * 255).astype(np.uint8)
    k = _SUPER
    big = np.zeros((height * k, width * k), np.uint8)
    points = (np.array(spec.points, np.float64) * (width * k, height * k)).round().astype(np.int32)
    if spec.shape == "line":
        cv2.polylines(big, [points], False, 255, max(1, round(stroke * k)))
    else:
        cv2.fillPoly(big, [points], 255)
        if inset:
            cv2.polylines(big, [points], True, 0, max(1, round(2 * inset * k)))
    return np.asarray(cv2.resize(big, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _ellipse_distance(x: _Field, y: _Field, a: float, b: float) -> _Field:
    """Pixels outside an ellipse, to first order: the implicit function over its gradient (Taubin 1994)."""
    level = np.hypot(x / a, y / b)
    slope = np.hypot(x / (a * a), y / (b * b))
    return np.where(slope > 0, level * (level - 1) / np.maximum(slope, 1e-9), -min(a, b)).astype(np.float32)


def _box_distance(x: _Field, y: _Field, a: float, b: float, radius: float) -> _Field:
    """Pixels outside a rectangle with round corners (Quilez, "2D distance functions")."""
    r = max(0.0, min(radius, a, b))
    across, down = x - (a - r), y - (b - r)
    corner = np.hypot(np.maximum(across, 0), np.maximum(down, 0))
    return (corner + np.minimum(np.maximum(across, down), 0) - r).astype(np.float32)
