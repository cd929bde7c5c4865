"""Sculpture: soft shapes as signed distance fields, seen from the front and lit.

Enters: a distance field over (x right, y down, z towards the eye), in head units, where the distance between
the ears is about 1.6. Leaves: the surface as seen by parallel rays (`Surface`), and light on it. Source of
the technique: J. C. Hart, "Sphere tracing" (1996); the smooth union is I. Quilez's polynomial one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Field = Callable[[Array, Array, Array], Array]
_SOFT = 1.7


@dataclass(frozen=True, eq=False)
class Surface:
    """What parallel rays hit, one value for each pixel (rows, columns)."""

    x: Array
    y: Array
    z: Array
    normal: Array
    """(rows, columns, 3), of length one."""
    cover: Array
    """0 outside, 1 on the shape, between them along its outline."""
    hollow: Array
    """1 in the open, towards 0 where the shape shuts out the light of the room."""
    lit: Array
    """1 where the key light arrives, 0 in its shadow."""


def ball(x: Array, y: Array, z: Array, centre: tuple[float, float, float], radius: float) -> Array:
    return np.sqrt((x - centre[0]) ** 2 + (y - centre[1]) ** 2 + (z - centre[2]) ** 2) - radius


def egg(
    x: Array, y: Array, z: Array, centre: tuple[float, float, float], radii: tuple[float, float, float]
) -> Array:
    """An ellipsoid; the distance is near enough for stepping."""
    p = [(a - c) / r for a, c, r in zip((x, y, z), centre, radii, strict=True)]
    inner = np.sqrt(p[0] ** 2 + p[1] ** 2 + p[2] ** 2)
    slope = np.sqrt(sum((q / r) ** 2 for q, r in zip(p, radii, strict=True))) + 1e-6
    return inner * (inner - 1) / slope


def rod(
    x: Array,
    y: Array,
    z: Array,
    start: tuple[float, float, float],
    end: tuple[float, float, float],
    radii: tuple[float, float],
) -> Array:
    """A capsule whose radius changes along its length."""
    along = [b - a for a, b in zip(start, end, strict=True)]
    p = (x - start[0], y - start[1], z - start[2])
    dot = sum(q * d for q, d in zip(p, along, strict=True))
    t = np.clip(dot / sum(d * d for d in along), 0, 1)
    gap = np.sqrt(sum((q - d * t) ** 2 for q, d in zip(p, along, strict=True)))
    return gap - (radii[0] + (radii[1] - radii[0]) * t)


def join(a: Array, b: Array, softness: float) -> Array:
    h = np.clip(0.5 + 0.5 * (b - a) / softness, 0, 1)
    return b + (a - b) * h - softness * h * (1 - h)


def carve(a: Array, b: Array, softness: float) -> Array:
    return -join(-a, b, softness)


def see(
    field: Field,
    box: tuple[float, float, float, float],
    scale: float,
    light: tuple[float, float, float],
    *,
    shade: Field | None = None,
    coarse: float = 110.0,
) -> Surface:
    """The front of a field inside `box` (left, top, right, bottom), `scale` pixels to the unit. `shade` is
    what casts shadows on it, itself if none is given. It is traced at `coarse` pixels to the unit: the
    shapes are soft."""
    left, top, right, bottom = box
    coarse = min(coarse, scale)
    size = round((right - left) * scale), round((bottom - top) * scale)
    x, y = _grid(box, round((right - left) * coarse), round((bottom - top) * coarse))
    z = _march(field, x, y)
    missed = z < -1.2
    z = np.asarray(cv2.medianBlur(np.maximum(z, -1.2), 3), np.float32)
    step = np.float32(0.006)
    slopes = [
        field(x + step, y, z) - field(x - step, y, z),
        field(x, y + step, z) - field(x, y - step, z),
        field(x, y, z + step) - field(x, y, z - step),
    ]
    normal = np.stack(slopes, -1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True) + 1e-6
    hit = np.asarray(cv2.GaussianBlur((~missed).astype(np.float32), (0, 0), _SOFT), np.float32)
    hollow = np.zeros_like(x)
    for k, reach in enumerate((0.03, 0.07, 0.13, 0.22, 0.34)):
        at = [a + normal[..., i] * reach for i, a in enumerate((x, y, z))]
        hollow += (reach - field(*at)) * 2.2 / 1.6**k
    lit = _shadow(shade or field, x, y, z, normal, light)

    hollow = np.asarray(cv2.medianBlur(hollow, 3), np.float32)

    def grown(a: Array) -> Array:
        return np.asarray(cv2.resize(a, size, interpolation=cv2.INTER_CUBIC), np.float32)

    fine = grown(normal)
    fine /= np.linalg.norm(fine, axis=-1, keepdims=True) + 1e-6
    fx, fy = _grid(box, *size)
    # The blurred outline, made steep again: smooth at any scale.
    cover = np.clip((grown(hit) - 0.5) * (2.2 * _SOFT * scale / coarse) + 0.5, 0, 1)
    return Surface(
        fx, fy, grown(z), fine, cover, np.clip(1 - grown(hollow), 0.15, 1), np.clip(grown(lit), 0, 1)
    )


def _march(field: Field, x: Array, y: Array) -> Array:
    """How near the eye each ray meets the field; below -1.2 where it does not."""
    shape, x, y = x.shape, x.ravel(), y.ravel()
    z = np.full_like(x, 2.0)
    going = np.arange(len(x))
    for _ in range(64):
        distance = field(x[going], y[going], z[going])
        z[going] -= np.clip(distance * 0.8, -0.1, 0.4)
        going = going[(np.abs(distance) > 5e-4) & (z[going] > -1.2)]
        if not len(going):
            break
    return z.reshape(shape)


def _shadow(field: Field, x: Array, y: Array, z: Array, normal: Array, light: tuple[float, ...]) -> Array:
    ray = np.asarray(light, np.float32) / np.linalg.norm(light)
    lit = np.ones_like(x)
    travelled = np.full_like(x, 0.05)
    for _ in range(34):
        at = [a + normal[..., i] * 0.02 + ray[i] * travelled for i, a in enumerate((x, y, z))]
        distance = field(*at)
        lit = np.minimum(lit, 6.0 * distance / travelled)
        travelled = travelled + np.clip(distance, 0.02, 0.2)
    return np.asarray(cv2.GaussianBlur(np.clip(lit, 0, 1), (0, 0), 1.5), np.float32)


def _grid(box: tuple[float, float, float, float], width: int, height: int) -> tuple[Array, Array]:
    left, top, right, bottom = box
    xs = left + (np.arange(width, dtype=np.float32) + 0.5) * ((right - left) / width)
    ys = top + (np.arange(height, dtype=np.float32) + 0.5) * ((bottom - top) / height)
    x, y = np.meshgrid(xs.astype(np.float32), ys.astype(np.float32))
    return x, y


def clouds(shape: tuple[int, int], grain: float, rng: np.random.Generator) -> Array:
    """Smooth noise of mean 0 and deviation 1, whose spots are about `grain` pixels wide."""
    small = max(int(shape[0] / grain) + 3, 4), max(int(shape[1] / grain) + 3, 4)
    noise = rng.standard_normal(small).astype(np.float32)
    grown = np.asarray(cv2.resize(noise, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC), np.float32)
    return (grown - grown.mean()) / (grown.std() + 1e-6)


def smoothstep(low: float, high: float, value: Array) -> Array:
    t = np.clip((value - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def display(light: Array) -> Array:
    """Linear light to display values 0 to 255, with a soft shoulder."""
    rolled = light * (1 + light / 6.0) / (1 + light * 0.55)
    return (np.clip(rolled, 0, 1) ** (1 / 2.2) * 255).astype(np.float32)
