"""People near to the viewer: head and shoulders from behind, dark against what they look at.

Outlines are in heights of head and shoulders: x from the middle, y up from the lower end of the chest.
"""

from __future__ import annotations

import numpy as np

from retake.generate.painted.colour import from_hex, mix, scale
from retake.generate.painted.figures import garment
from retake.generate.painted.plane import Outline, Patch, Plane, curve
from retake.generate.painted.stage import Spot, Stage

_Points = tuple[tuple[float, float], ...]

_SIDE: _Points = (
    (0.066, 0.7),
    (0.074, 0.62),
    (0.105, 0.565),
    (0.2, 0.52),
    (0.31, 0.475),
    (0.39, 0.4),
    (0.43, 0.26),
    (0.455, 0.08),
    (0.475, -0.1),
)
_SHORT_HAIR: _Points = (
    (-0.13, 0.74),
    (-0.148, 0.83),
    (-0.145, 0.92),
    (-0.095, 1.0),
    (0.01, 1.03),
    (0.105, 0.995),
    (0.15, 0.91),
    (0.147, 0.82),
    (0.128, 0.74),
    (0.085, 0.68),
    (0.0, 0.655),
    (-0.085, 0.68),
)
_LONG_HAIR: _Points = (
    (-0.155, 0.78),
    (-0.162, 0.9),
    (-0.11, 0.995),
    (0.0, 1.032),
    (0.115, 0.99),
    (0.165, 0.9),
    (0.163, 0.78),
    (0.185, 0.63),
    (0.205, 0.48),
    (0.18, 0.35),
    (0.12, 0.3),
    (0.05, 0.29),
    (-0.03, 0.265),
    (-0.11, 0.285),
    (-0.175, 0.33),
    (-0.205, 0.46),
    (-0.18, 0.62),
)
_LOCKS: tuple[_Points, ...] = tuple(
    ((x * 0.4, 1.0), (x, 0.88), (x * 1.12, 0.66), (x * 1.25, end))
    for x, end in ((-0.12, 0.42), (-0.08, 0.34), (-0.035, 0.4), (0.02, 0.33), (0.07, 0.41), (0.115, 0.36))
)
_BREADTH = {"coat": 1.0, "dress": 0.86, "child": 0.8, "pair": 1.0}


def bust(stage: Stage, plane: Plane, spot: Spot) -> None:
    """Whoever the prompt speaks of, `spot.size` high above the spot; the coat goes on below it."""
    script, kind, size = stage.script, stage.scene.person, spot.size
    long, broad = kind == "dress", _BREADTH[kind]
    dark = scale(mix(script.near, script.far, 0.12), 0.8)
    cloth = mix(
        dark, garment(stage, mix(script.accent, script.far, 0.4)), 0.38 if stage.scene.cloth else 0.16
    )
    hair = mix(dark, from_hex(stage.scene.hair), 0.36) if stage.scene.hair else scale(dark, 0.9)

    def placed(points: _Points, wide: float = 1.0, closed: bool = True) -> Outline:
        return curve([(spot.x + x * size * wide, spot.y - y * size) for x, y in points], closed, 8)

    half = placed(_SIDE, broad, closed=False)
    low = np.array([(spot.x + 0.52 * broad * size, stage.height + 60.0)])
    right = np.concatenate([half, low])
    body = np.concatenate([right, right[::-1] * (-1, 1) + (2 * spot.x, 0)])
    grown = 1.1 if kind == "child" else 1.0
    head = placed(_LONG_HAIR if long else _SHORT_HAIR, grown)
    folds = stage.rows([cloth, scale(mix(dark, cloth, 0.4), 0.7)], spot.y - size * 0.55, spot.y + size * 0.35)
    plane.put(plane.polygon(body), folds)
    _rim(stage, plane, plane.polygon(body), spot)
    if not long:
        skin = mix(dark, np.array([0.85, 0.6, 0.46], np.float32), 0.2)
        ears = [
            placed(((s * 0.14, 0.85), (s * 0.168, 0.84), (s * 0.163, 0.79), (s * 0.14, 0.765)))
            for s in (-1, 1)
        ]
        plane.put(plane.polygon(*ears), skin)
        collar = placed(((-0.1, 0.63), (0.0, 0.61), (0.1, 0.63), (0.15, 0.55), (0.0, 0.51), (-0.15, 0.55)))
        shown = plane.put(plane.polygon(collar), scale(cloth, 0.82))
        if shown is not None:
            plane.fill(shown.edge(0, -size * 0.006), mix(cloth, script.light, 0.4), 0.6)
    plane.put(
        plane.polygon(head), stage.rows([mix(hair, script.light, 0.12), hair, scale(hair, 0.75)],
        spot.y - size * 1.03, spot.y - size * 0.6)
    )  # fmt: skip
    if long:
        locks = [(placed(points, closed=False), max(1.0, size * 0.006)) for points in _LOCKS]
        plane.strokes(locks, scale(hair, 0.6), 0.45)
        plane.strokes(
            [(line + np.array([size * 0.008, 0]), wide * 0.6) for line, wide in locks], script.light, 0.1
        )
    _rim(stage, plane, plane.polygon(head), spot)


def _rim(stage: Stage, plane: Plane, shape: Patch | None, spot: Spot) -> None:
    """The light that catches on an outline: broad and soft, and thin and bright."""
    if shape is None:
        return
    size, light = spot.size, stage.script.light
    toward = 1 if stage.light_x > spot.x else -1
    for wide, strength in ((0.03, 0.2), (0.007, 0.8)):
        rim = shape.edge(toward * size * wide, -size * wide * 0.6).soft(max(0.6, size * wide * 0.3))
        plane.light(rim, light, strength)
    plane.light(shape.edge(-toward * size * 0.005, -size * 0.001), stage.script.haze, 0.3)
