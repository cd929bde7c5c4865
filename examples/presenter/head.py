"""The presenter's head: skin and bones as a lit sculpture, hair as strands, brows as strokes.

Leaves: textures (display RGB, premultiplied alpha) and the depth that turns them. Lips and eyes are not
here: `mouth` and `eyes` draw them anew for each frame. Units: see `sculpt`; the eyes lie at y = 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from presenter.sculpt import (
    Array,
    Surface,
    ball,
    carve,
    clouds,
    display,
    egg,
    join,
    rod,
    see,
    smoothstep,
)

BOX = (-1.35, -1.5, 1.35, 1.85)
KEY = (-0.62, -0.5, 0.62)
_FILL, _RIM = (0.75, -0.1, 0.65), (0.9, -0.35, -0.25)
_KEY_COLOUR = np.array([2.7, 2.42, 2.06], np.float32)
_FILL_COLOUR = np.array([0.62, 0.62, 0.70], np.float32)
_RIM_COLOUR = np.array([1.1, 1.2, 1.45], np.float32)
_ROOM = np.array([0.50, 0.49, 0.52], np.float32)
SKIN = np.array([0.60, 0.345, 0.235], np.float32)
EYES = ((-0.335, 0.0), (0.335, 0.0))


@dataclass(frozen=True, eq=False)
class Head:
    """Textures of one scale (pixels to the unit), all over `BOX`."""

    scale: float
    skin: NDArray[np.float32]
    """(h, w, 4) 0..255, premultiplied: the face without lips, eyes, brows and hair."""
    hair: NDArray[np.float32]
    """(h, w, 4), premultiplied: what hangs before the face."""
    mane: NDArray[np.float32]
    """(h, w, 4), premultiplied: what hangs behind the neck."""
    brows: NDArray[np.float32]
    """(h, w, 4), premultiplied."""
    depth: Array
    """(h, w): towards the eye."""


def bones(x: Array, y: Array, z: Array) -> Array:
    """The distance to the head, without neck."""
    side = np.abs(x)
    d = egg(x, y, z, (0, -0.22, -0.22), (0.79, 0.95, 0.97))
    d = join(d, egg(x, y, z, (0, 0.28, 0.06), (0.66, 0.84, 0.68)), 0.2)
    d = join(d, egg(x, y, z, (0, 0.70, 0.20), (0.47, 0.42, 0.48)), 0.2)
    d = join(d, ball(x, y, z, (0, 0.98, 0.52), 0.135), 0.16)
    d = join(d, egg(x, y, z, (0, 0.68, 0.50), (0.30, 0.22, 0.23)), 0.18)
    d = join(d, egg(side, y, z, (0.40, 0.29, 0.44), (0.22, 0.19, 0.20)), 0.22)
    d = join(d, egg(side, y, z, (0.25, -0.19, 0.55), (0.25, 0.08, 0.14)), 0.24)
    d = carve(d, egg(side, y, z, (0.335, 0.02, 0.94), (0.23, 0.15, 0.22)), 0.14)
    d = join(d, ball(side, y, z, (0.335, 0.005, 0.53), 0.195), 0.07)
    d = join(d, rod(x, y, z, (0, -0.08, 0.72), (0, 0.34, 0.93), (0.055, 0.07)), 0.12)
    d = join(d, ball(x, y, z, (0, 0.375, 0.945), 0.098), 0.07)
    d = join(d, egg(side, y, z, (0.100, 0.412, 0.83), (0.060, 0.055, 0.085)), 0.07)
    d = carve(d, egg(side, y, z, (0.058, 0.478, 0.925), (0.036, 0.03, 0.06)), 0.035)
    ear = egg(side, y, z, (0.77, 0.14, -0.12), (0.09, 0.22, 0.16))
    return join(d, ear, 0.05)


def model_head(scale: float, seed: int = 3) -> Head:
    """The head at `scale` pixels to the unit."""
    rng = np.random.default_rng(seed)
    seen = see(bones, BOX, scale, KEY)
    skin = np.dstack([_skin(seen, scale, rng), np.full_like(seen.x, 255)])
    hair = _hair(seen, scale, rng)
    mane = _mane(seen.x.shape, scale, rng)
    # Hair keeps light from the skin beside it.
    fringe = hair[..., 3] / 255
    veil = np.asarray(cv2.GaussianBlur(fringe, (0, 0), scale * 0.055), np.float32)
    veil = 0.62 * np.roll(veil, (round(scale * 0.03), round(scale * 0.02)), (0, 1))
    skin[..., :3] *= 1 - np.clip(veil, 0, 1)[..., None] * np.array([0.8, 1.0, 1.04], np.float32)
    skin = (skin * seen.cover[..., None]).astype(np.float32)
    depth = np.where(seen.cover > 0.5, seen.z, 0).astype(np.float32)
    depth = depth * (1 - fringe) + (np.maximum(depth, 0.15) * 0.6 + 0.15) * fringe
    depth = np.asarray(cv2.GaussianBlur(depth, (0, 0), scale * 0.05), np.float32)
    return Head(scale, skin, hair, mane, _brows(seen, scale, rng), depth)


def light_skin(seen: Surface, albedo: Array, normal: Array) -> Array:
    """Skin under the lights of the room, linear: light that goes in comes out redder, a soft shine on it."""
    out = albedo * _ROOM * (0.62 - 0.38 * normal[..., 1:2] * 0.8) * seen.hollow[..., None]
    soft = np.array([0.42, 0.24, 0.18], np.float32)
    for direction, colour, shadow in (
        (KEY, _KEY_COLOUR, seen.lit[..., None]),
        (_FILL, _FILL_COLOUR, seen.hollow[..., None]),
        (_RIM, _RIM_COLOUR, seen.hollow[..., None] ** 2),
    ):
        ray = np.asarray(direction, np.float32) / np.linalg.norm(direction)
        facing = (normal @ ray)[..., None]
        diffuse = np.clip((facing + soft) / (1 + soft), 0, 1) ** 1.25
        # Where the shadow begins, blood shows.
        veil = shadow ** np.array([0.75, 1.0, 1.08], np.float32)
        out = out + albedo * colour * diffuse * veil * 0.62
        half = ray + np.array([0, 0, 1], np.float32)
        half /= np.linalg.norm(half)
        gloss = np.clip(normal @ half, 0, 1)[..., None]
        out = out + colour * shadow * (0.055 * gloss**22 + 0.06 * gloss**70) * (facing > 0)
    return out


def light_cloth(seen: Surface, albedo: Array) -> Array:
    """Cloth under the same lights, linear: dull, with a sheen where it turns away."""
    out = albedo * _ROOM * (0.6 - 0.4 * seen.normal[..., 1:2]) * seen.hollow[..., None]
    for direction, colour, shadow in (
        (KEY, _KEY_COLOUR, seen.lit[..., None]),
        (_FILL, _FILL_COLOUR, seen.hollow[..., None]),
        (_RIM, _RIM_COLOUR, seen.hollow[..., None] ** 2),
    ):
        ray = np.asarray(direction, np.float32) / np.linalg.norm(direction)
        facing = np.clip((seen.normal @ ray + 0.12) / 1.12, 0, 1)[..., None]
        out = out + albedo * colour * facing * shadow * 0.68
    sheen = (1 - np.clip(seen.normal[..., 2:3], 0, 1)) ** 3
    return out + 0.05 * sheen * _ROOM * seen.hollow[..., None]


def _skin(seen: Surface, scale: float, rng: np.random.Generator) -> Array:
    x, y = seen.x, seen.y
    shape = x.shape

    def spot(cx: float, cy: float, rx: float, ry: float) -> Array:
        return np.exp(-(((np.abs(x) - cx) / rx) ** 2) - ((y - cy) / ry) ** 2)

    red = 0.9 * spot(0.44, 0.30, 0.2, 0.16) + 0.75 * spot(0, 0.38, 0.12, 0.1) + 0.3 * spot(0, 1.02, 0.2, 0.1)
    red += 0.12 * clouds(shape, scale * 0.12, rng)
    tone = 1 + 0.025 * clouds(shape, scale * 0.25, rng) + 0.02 * clouds(shape, scale * 0.04, rng)
    albedo = SKIN * tone[..., None]
    albedo = albedo * (1 + np.array([0.04, -0.13, -0.12], np.float32) * red[..., None])
    socket = 0.55 * spot(0.335, 0.0, 0.21, 0.10) + 0.30 * spot(0.27, 0.12, 0.12, 0.04)
    albedo = albedo * (1 - np.array([0.22, 0.30, 0.26], np.float32) * socket[..., None])
    albedo = albedo * (1 - 0.39 * _freckles(shape, scale, rng)[..., None] * np.array([0.7, 1, 1.1]))
    nostril = spot(0.06, 0.462, 0.036, 0.020)
    albedo = albedo * (1 - np.array([0.72, 0.82, 0.82], np.float32) * np.clip(nostril * 1.2, 0, 1)[..., None])
    fold = np.exp(-(((np.abs(x) - 0.20 - (y - 0.42) * 0.32) / 0.03) ** 2)) * smoothstep(0.36, 0.46, y)
    fold *= 1 - smoothstep(0.56, 0.70, y)
    groove = np.exp(-((x / 0.035) ** 2)) * smoothstep(0.5, 0.54, y) * (1 - smoothstep(0.57, 0.61, y))
    albedo = albedo * (1 - 0.10 * fold - 0.07 * groove)[..., None]
    pores = clouds(shape, max(scale * 0.011, 1.2), rng) + 0.7 * clouds(shape, max(scale * 0.02, 1.6), rng)
    bump = np.asarray(cv2.GaussianBlur(pores, (0, 0), 0.6), np.float32) * 0.028
    normal = seen.normal.copy()
    normal[..., 0] += np.gradient(bump, axis=1) * 1.6
    normal[..., 1] += np.gradient(bump, axis=0) * 1.6
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    return display(light_skin(seen, albedo.astype(np.float32), normal))


# Larger freckles, as everybody has some: (x, y, radius).
_MARKS = (
    (-0.19, -0.46, 0.011), (0.10, -0.55, 0.010), (0.26, -0.40, 0.012), (-0.05, -0.30, 0.009),
    (-0.38, -0.36, 0.010), (0.03, 0.10, 0.011), (-0.04, 0.25, 0.012), (0.05, 0.36, 0.010),
    (-0.22, 0.22, 0.013), (0.22, 0.26, 0.012), (-0.45, 0.18, 0.013), (0.46, 0.20, 0.012),
    (-0.32, 0.34, 0.012), (0.35, 0.36, 0.013), (0.42, -0.33, 0.010), (-0.50, -0.12, 0.011),
)  # fmt: skip


def _freckles(shape: tuple[int, int], scale: float, rng: np.random.Generator) -> Array:
    """Darker spots on nose and cheeks, a few elsewhere; 0 to 1."""
    layer = np.zeros(shape, np.uint8)
    for _ in range(620):
        wide = rng.random() < 0.42
        fx = rng.normal(0, 0.55 if wide else 0.30)
        fy = rng.normal(-0.05 if wide else 0.22, 0.40 if wide else 0.11)
        centre = (int((fx - BOX[0]) * scale * 16), int((fy - BOX[1]) * scale * 16))
        radius = int(max(scale * rng.uniform(0.005, 0.013), 0.5) * 16)
        cv2.circle(layer, centre, radius, float(rng.uniform(60, 230)), -1, cv2.LINE_AA, 4)
    for fx, fy, size in _MARKS:
        centre = (int((fx - BOX[0]) * scale * 16), int((fy - BOX[1]) * scale * 16))
        cv2.circle(layer, centre, int(max(scale * size, 0.6) * 16), 255.0, -1, cv2.LINE_AA, 4)
    return np.asarray(cv2.GaussianBlur(layer.astype(np.float32) / 255, (0, 0), scale * 0.0045), np.float32)


_ROOT = np.array([34, 21, 17], np.float32)
_LOCK = np.array([122, 74, 46], np.float32)
_SHINE = np.array([214, 158, 112], np.float32)
# Curtains of hair from the parting, outer and inner edge: (x, y) along their length.
_LEFT = (
    ((0.2, -1.19), (-0.22, -1.27), (-0.66, -1.04), (-0.9, -0.48),
     (-0.96, 0.12), (-0.99, 0.7), (-0.95, 1.2), (-0.7, 1.56)),
    ((0.22, -1.02), (0.04, -0.86), (-0.34, -0.66), (-0.66, -0.3),
     (-0.715, 0.12), (-0.665, 0.66), (-0.6, 1.12), (-0.4, 1.5)),
)  # fmt: skip
_RIGHT = (
    ((0.2, -1.19), (0.46, -1.23), (0.75, -0.95), (0.91, -0.44),
     (0.96, 0.12), (0.99, 0.7), (0.95, 1.2), (0.7, 1.56)),
    ((0.22, -1.02), (0.34, -0.9), (0.54, -0.66), (0.7, -0.3),
     (0.72, 0.12), (0.67, 0.66), (0.6, 1.12), (0.44, 1.5)),
)  # fmt: skip
_BACK = (
    ((-0.20, -1.1), (-0.66, -0.88), (-0.86, -0.3), (-0.92, 0.4), (-0.92, 0.95), (-0.82, 1.36), (-0.55, 1.62)),
    ((0.20, -1.1), (0.66, -0.88), (0.86, -0.3), (0.92, 0.4), (0.92, 0.95), (0.82, 1.36), (0.55, 1.62)),
)


def _hair(seen: Surface, scale: float, rng: np.random.Generator) -> Array:
    shape = seen.x.shape
    layer = np.zeros((*shape, 4), np.uint8)
    _curtain(layer, _LEFT, scale, rng, light=1.12, count=1500)
    _curtain(layer, _RIGHT, scale, rng, light=0.86, count=1300)
    wisps = _wisps(shape, scale, rng)
    return layer + wisps * (1 - layer[..., 3:].astype(np.float32) / 255)


def _mane(shape: tuple[int, int], scale: float, rng: np.random.Generator) -> Array:
    layer = np.zeros((*shape, 4), np.uint8)
    _curtain(layer, _BACK, scale, rng, light=0.40, count=1500)
    return layer.astype(np.float32)


def _curtain(
    layer: NDArray[np.uint8],
    edges: tuple[tuple[tuple[float, float], ...], tuple[tuple[float, float], ...]],
    scale: float,
    rng: np.random.Generator,
    *,
    light: float,
    count: int,
) -> None:
    """Strands between two edges, painted into `layer`, dark ones first. Kajiya and Kay's (1989) thought:
    a lock shines in bands across its strands, where they turn towards the light."""
    steps = np.linspace(0, 1, 45, dtype=np.float32)
    outer, inner = (_curve(edge, steps) for edge in edges)
    ground = np.concatenate([outer, inner[::-1]])
    cv2.fillPoly(layer, [_pixels(ground, scale)], (*(_ROOT * 0.8 * light).tolist(), 255.0), cv2.LINE_AA, 4)
    clump = clouds((64, 44), 9, rng)
    places = np.arange(64)
    # A small picture shows fewer hairs.
    for share, depth in rng.random((round(count * min(scale / 100, 1)), 2)):
        lock = float(np.interp(share * 63, places, clump[:, 25]))
        wave = float(np.interp(share * 63, places, clump[:, 10])) + rng.normal(0, 0.3)
        curl = 0.018 * wave * np.sin(steps * rng.uniform(5, 7) + share * 9) * smoothstep(0.15, 0.6, steps)
        at = outer + (inner - outer) * np.float32(share) + np.stack([curl, curl * 0.3], -1)
        at = _resampled(at, rng.uniform(0.86, 1.0))
        edge = np.sin(np.pi * np.clip(share * 0.86 + 0.07, 0, 1)) ** 0.7
        bright = light * edge * (0.45 + 0.55 * depth) * (0.80 + 0.30 * lock + rng.normal(0, 0.16))
        bands = np.exp(-(((steps - 0.27 - 0.04 * wave) / 0.085) ** 2))
        bands = bands + 0.55 * np.exp(-(((steps - 0.70 + 0.05 * wave) / 0.10) ** 2))
        tone = _ROOT + (_LOCK - _ROOT) * np.clip(bright * (0.45 + 0.65 * steps**0.5), 0, 1.4)[:, None]
        shine = np.clip(bands * bright * 0.42 * (0.4 + 0.9 * depth), 0, 0.8)[:, None]
        tone = np.clip((tone + (_SHINE - tone) * shine) * min(light + 0.15, 1), 0, 255)
        points, width = _pixels(at, scale), 2 if scale > 170 and depth < 0.5 else 1
        for k in range(0, 44, 2):
            colour = (*tone[k].tolist(), 255.0)
            cv2.polylines(layer, [points[k : k + 3]], False, colour, width, cv2.LINE_AA, 4)


def _wisps(shape: tuple[int, int], scale: float, rng: np.random.Generator) -> Array:
    """Single hairs that stand off the outline, half seen."""
    layer = np.zeros((*shape, 4), np.uint8)
    steps = np.linspace(0, 1, 45, dtype=np.float32)
    for outer, _ in (_LEFT, _RIGHT):
        line = _curve(outer, steps)
        away = np.sign(line[20, 0])
        for _ in range(26):
            begin = int(rng.integers(4, 26))
            stretch = line[begin : begin + int(rng.integers(12, 19))]
            t = np.linspace(0, 1, len(stretch))
            lift = rng.uniform(0.0, 0.035) * np.sin(np.pi * t**0.7) + rng.uniform(-0.01, 0.03) * t**2
            at = stretch + np.stack([lift * away, -0.6 * lift], -1)
            colour = (*(_LOCK * rng.uniform(0.5, 1.1) * 0.5).tolist(), 128.0)
            cv2.polylines(layer, [_pixels(at, scale)], False, colour, 1, cv2.LINE_AA, 4)
    return layer.astype(np.float32)


def _curve(points: tuple[tuple[float, float], ...], steps: Array) -> Array:
    p = np.asarray(points)
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(p, axis=0), axis=1))])
    return np.asarray(CubicSpline(along / along[-1], p)(steps), np.float32)


def _resampled(line: Array, length: float) -> Array:
    at = np.linspace(0, (len(line) - 1) * length, len(line))
    return np.stack([np.interp(at, np.arange(len(line)), line[:, i]) for i in (0, 1)], -1).astype(np.float32)


def _pixels(line: Array, scale: float) -> NDArray[np.int32]:
    return np.rint((line - np.array(BOX[:2])) * scale * 16).astype(np.int32)


def _brows(seen: Surface, scale: float, rng: np.random.Generator) -> Array:
    layer = np.zeros((*seen.x.shape, 4), np.uint8)
    for side in (-1, 1):
        for share in np.sort(rng.random(230)):
            x = 0.125 + 0.43 * share
            arch = -0.204 - 0.062 * np.sin(np.pi * 0.74 * share)
            thick = 0.036 * (1 - 0.75 * share**1.6) * smoothstep(-0.12, 0.2, np.float32(share))
            start = np.array([x, arch + rng.uniform(-1, 1) * thick])
            lean = np.array([0.035 + 0.05 * share, -0.045 * (1 - share) + 0.016 * share]) * rng.uniform(
                0.7, 1.1
            )
            line = np.stack([start, start + lean]) * np.array([side, 1])
            shade = rng.uniform(0.75, 1.35) * (1.1 if side < 0 else 0.9)
            colour = (*(np.array([62, 38, 28]) * shade).tolist(), 255.0)
            cv2.polylines(layer, [_pixels(line, scale)], False, colour, 1, cv2.LINE_AA, 4)
    strokes = layer.astype(np.float32)
    soft = np.asarray(cv2.GaussianBlur(strokes, (0, 0), scale * 0.012), np.float32)
    fine = np.asarray(cv2.GaussianBlur(strokes, (0, 0), max(scale * 0.0025, 0.4)), np.float32)
    return np.maximum(fine * 0.85, soft * 0.62)
