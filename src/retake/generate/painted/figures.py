"""People as small silhouettes, which give a picture its scale and its story.

Outlines are in body heights: x from the middle, y up from the feet.
"""

from __future__ import annotations

import numpy as np

from retake.generate.painted.colour import Rgb, from_hex, mix, scale
from retake.generate.painted.plane import Outline, Plane, curve
from retake.generate.painted.stage import Spot, Stage

_Outline = tuple[tuple[float, float], ...]

_COAT: _Outline = (
    (-0.035, 0.845),
    (-0.085, 0.825),
    (-0.118, 0.79),
    (-0.14, 0.68),
    (-0.15, 0.56),
    (-0.14, 0.45),
    (-0.122, 0.44),
    (-0.118, 0.52),
    (-0.135, 0.33),
    (-0.165, 0.17),
    (-0.1, 0.155),
    (0.0, 0.165),
    (0.09, 0.15),
    (0.2, 0.2),
    (0.15, 0.33),
    (0.112, 0.5),
    (0.118, 0.44),
    (0.135, 0.445),
    (0.148, 0.56),
    (0.138, 0.68),
    (0.116, 0.79),
    (0.085, 0.825),
    (0.035, 0.845),
)
_DRESS: _Outline = (
    (-0.03, 0.84),
    (-0.075, 0.815),
    (-0.1, 0.77),
    (-0.125, 0.66),
    (-0.14, 0.52),
    (-0.12, 0.46),
    (-0.105, 0.5),
    (-0.075, 0.6),
    (-0.095, 0.45),
    (-0.145, 0.27),
    (-0.185, 0.12),
    (-0.09, 0.1),
    (0.02, 0.11),
    (0.12, 0.1),
    (0.235, 0.16),
    (0.165, 0.3),
    (0.098, 0.47),
    (0.072, 0.6),
    (0.1, 0.5),
    (0.115, 0.455),
    (0.138, 0.51),
    (0.124, 0.66),
    (0.1, 0.77),
    (0.075, 0.815),
    (0.03, 0.84),
)
_CHILD: _Outline = (
    (-0.04, 0.76),
    (-0.1, 0.73),
    (-0.14, 0.64),
    (-0.175, 0.5),
    (-0.155, 0.42),
    (-0.13, 0.46),
    (-0.125, 0.4),
    (-0.17, 0.25),
    (0.0, 0.235),
    (0.17, 0.25),
    (0.125, 0.4),
    (0.13, 0.46),
    (0.155, 0.42),
    (0.175, 0.5),
    (0.14, 0.64),
    (0.1, 0.73),
    (0.04, 0.76),
)
_LEGS: tuple[_Outline, ...] = (
    (
        (-0.085, 0.3),
        (-0.012, 0.3),
        (-0.03, 0.03),
        (-0.028, 0.0),
        (-0.115, 0.0),
        (-0.112, 0.018),
        (-0.08, 0.04),
    ),
    ((0.012, 0.3), (0.09, 0.3), (0.088, 0.045), (0.128, 0.018), (0.13, 0.0), (0.045, 0.0), (0.04, 0.035)),
)
_SCARF: _Outline = (
    (-0.05, 0.875),
    (0.05, 0.875),
    (0.075, 0.84),
    (0.11, 0.82),
    (0.2, 0.8),
    (0.285, 0.83),
    (0.33, 0.79),
    (0.24, 0.755),
    (0.13, 0.775),
    (0.05, 0.82),
    (-0.055, 0.825),
)

_HAIR: _Outline = (
    (-0.07, 0.95),
    (0.0, 0.995),
    (0.07, 0.95),
    (0.09, 0.84),
    (0.1, 0.72),
    (0.03, 0.7),
    (-0.06, 0.71),
    (-0.085, 0.82),
)


def person(stage: Stage, plane: Plane, spot: Spot, kind: str, *, lantern: bool = False) -> None:
    """Draw whoever the prompt speaks of (`coat`, `dress`, `child`, `pair`), facing the picture's depth."""
    _shadow(stage, plane, spot)
    if kind == "pair":
        apart = spot.size * 0.2
        _body(stage, plane, Spot(spot.x - apart, spot.y, spot.size), "coat", 1)
        _body(stage, plane, Spot(spot.x + apart, spot.y, spot.size * 0.93), "dress", -1)
        return
    tall = spot.size * {"coat": 1.0, "dress": 0.95, "child": 0.68}[kind]
    _body(stage, plane, Spot(spot.x, spot.y, tall), kind, stage.side, lantern=lantern)


def _body(stage: Stage, plane: Plane, spot: Spot, kind: str, facing: int, *, lantern: bool = False) -> None:
    def placed(outline: _Outline, smooth: bool = True) -> Outline:
        points = [(spot.x + facing * x * spot.size, spot.y - y * spot.size) for x, y in outline]
        return curve(points, steps=5) if smooth else np.array(points)

    script = stage.script
    dark = scale(mix(script.near, script.far, 0.08), 0.8)
    worn = mix(
        dark, garment(stage, script.accent), 0.5 if stage.scene.cloth else 0.0 if kind == "coat" else 0.34
    )
    head_y, head_r = (0.86, 0.105) if kind == "child" else (0.92, 0.066)
    around = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    head = np.stack(
        [
            spot.x + np.cos(around) * head_r * spot.size,
            spot.y - (head_y + np.sin(around) * head_r * 1.15) * spot.size,
        ],
        1,
    )
    neck = placed(((-0.03, head_y), (0.03, head_y), (0.036, 0.72), (-0.036, 0.72)), smooth=False)
    coat = {"coat": _COAT, "dress": _DRESS, "child": _CHILD}[kind]
    covered = [head, placed(_HAIR)] if kind == "dress" else [head]
    parts = [*(placed(outline) for outline in _LEGS), neck, *covered]
    plane.put(plane.polygon(*parts), dark)
    if stage.scene.hair:
        plane.put(plane.polygon(*covered), mix(dark, from_hex(stage.scene.hair), 0.5))
    plane.put(plane.polygon(placed(coat)), worn)
    if kind != "dress":
        plane.put(plane.polygon(placed(_SCARF)), mix(script.accent, dark, 0.28))
    arm = None
    if lantern:
        arm = placed(((0.1, 0.79), (0.2, 0.66), (0.3, 0.6), (0.31, 0.57), (0.19, 0.61), (0.08, 0.7)))
        plane.put(plane.polygon(arm), worn)
    whole = plane.polygon(*parts, placed(coat), *([] if arm is None else [arm]))
    if whole is not None:
        toward = 1 if stage.light_x > spot.x else -1
        width = max(0.7, spot.size * 0.014)
        plane.fill(whole.edge(toward * width, -width * 0.6), script.light, 0.75 if stage.clear else 0.45)
    if lantern:
        carried(stage, plane, spot.x + facing * 0.31 * spot.size, spot.y - 0.47 * spot.size, spot.size * 0.13)


def carried(stage: Stage, plane: Plane, x: float, y: float, size: float) -> None:
    """A lantern and the warm light it throws."""
    glow = mix(stage.script.accent, np.ones(3, np.float32), 0.55)
    for radius, strength in ((16, 0.42), (6, 0.6)):
        halo = plane.halo(x, y, size * radius)
        if halo is not None:
            plane.fill(halo, stage.script.accent, strength)
    dark = scale(stage.script.near, 0.8)
    frame = np.array(
        [(-0.5, 0.62), (-0.4, -0.5), (-0.16, -0.78), (0.16, -0.78), (0.4, -0.5), (0.5, 0.62)]
    ) * size + (x, y)
    plane.put(plane.polygon(frame), dark)
    glass = np.array([(-0.36, 0.46), (-0.28, -0.44), (0.28, -0.44), (0.36, 0.46)]) * size + (x, y)
    plane.put(plane.polygon(glass), glow)
    plane.strokes([(np.array([(x, y - size * 0.78), (x, y - size * 1.3)]), size * 0.12)], dark)


def _shadow(stage: Stage, plane: Plane, spot: Spot) -> None:
    patch = plane.halo(spot.x, spot.y, spot.size * 0.42, 0.14, 1.2)
    if patch is not None:
        plane.fill(patch, scale(stage.script.near, 0.6), 0.6)
    if stage.scene.time in ("dawn", "golden") and stage.clear:
        away = -1 if stage.light_x > spot.x else 1
        long = (
            np.array([(-0.1, 0), (0.1, 0), (0.12 + away * 0.5, 0.62), (-0.02 + away * 0.55, 0.66)])
            * spot.size
        )
        cast = plane.polygon(long + np.array([spot.x, spot.y]))
        if cast is not None:
            plane.fill(cast.soft(spot.size * 0.02), scale(stage.script.near, 0.7), 0.3)


def dark_of(stage: Stage) -> Rgb:
    """The colour of things seen against the light."""
    return scale(mix(stage.script.near, stage.script.far, 0.1), 0.85)


def garment(stage: Stage, otherwise: Rgb) -> Rgb:
    """The colour of the clothes that the prompt speaks of."""
    return from_hex(stage.scene.cloth) if stage.scene.cloth else otherwise
