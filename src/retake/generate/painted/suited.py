"""People where nobody can breathe: an astronaut who drifts, a diver who swims. They stand on nothing.

Outlines are in body heights from the body's middle: x to the side that the person faces, y up.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from retake.generate.painted.colour import from_hex, mix, scale
from retake.generate.painted.figures import garment
from retake.generate.painted.plane import Outline, Plane, curve
from retake.generate.painted.stage import Spot, Stage

FLOATING = frozenset({"space", "underwater"})
"""The settings in which a person wears a suit."""

_Points = tuple[tuple[float, float], ...]

_TORSO: _Points = (
    (-0.15, 0.24), (0.0, 0.27), (0.15, 0.24), (0.17, 0.12), (0.14, -0.06), (0.0, -0.09), (-0.14, -0.06),
    (-0.17, 0.12),
)  # fmt: skip
_PACK: _Points = (
    (-0.19, 0.3), (0.0, 0.33), (0.19, 0.3), (0.215, 0.12), (0.19, -0.05), (0.0, -0.07), (-0.19, -0.05),
    (-0.215, 0.12),
)  # fmt: skip
_ARMS: tuple[_Points, ...] = (
    ((-0.14, 0.18), (-0.25, 0.1), (-0.34, 0.19)),
    ((0.14, 0.18), (0.26, 0.14), (0.34, 0.02)),
)
_LEGS: tuple[_Points, ...] = (
    ((-0.075, -0.06), (-0.13, -0.24), (-0.1, -0.41)),
    ((0.075, -0.06), (0.14, -0.22), (0.2, -0.36)),
)
_SWIMMER: _Points = (
    (0.27, 0.055), (0.16, 0.08), (0.0, 0.06), (-0.16, 0.05), (-0.34, 0.03), (-0.34, -0.02), (-0.16, -0.035),
    (0.0, -0.05), (0.16, -0.06), (0.27, -0.03),
)  # fmt: skip
_KICK: _Points = ((-0.1, 0.0), (-0.24, -0.07), (-0.36, -0.05))
_FINS: tuple[_Points, ...] = (
    ((-0.32, 0.02), (-0.4, 0.035), (-0.52, 0.075), (-0.5, -0.005), (-0.4, -0.01)),
    ((-0.34, -0.04), (-0.42, -0.04), (-0.53, -0.075), (-0.51, -0.13), (-0.41, -0.09)),
)
_TANK: _Points = ((0.2, 0.1), (0.2, 0.155), (0.08, 0.16), (-0.04, 0.145), (-0.05, 0.1), (0.08, 0.085))
_REACH: _Points = ((0.2, -0.02), (0.28, -0.1), (0.4, -0.09))


def suited(stage: Stage, plane: Plane, spot: Spot, kind: str) -> None:
    """Draw whoever the prompt speaks of (a key of the vocabulary's people) where one would stand at `spot`;
    of a pair, the second a little behind."""
    draw = _diver if stage.scene.setting == "underwater" else _astronaut
    size = spot.size * (0.8 if kind == "child" else 1.0)
    middle = Spot(spot.x, spot.y - spot.size * 0.5, size)
    if kind == "pair":
        draw(stage, plane, Spot(middle.x - stage.side * size * 0.6, middle.y - size * 0.35, size * 0.8))
    draw(stage, plane, middle)


class _Body:
    """Outlines turned and brought to where the body is."""

    def __init__(self, spot: Spot, facing: int, turn: float) -> None:
        self._at, self._size, self._facing = np.array((spot.x, spot.y)), spot.size, facing
        self._turn = np.array(((np.cos(turn), np.sin(turn)), (-np.sin(turn), np.cos(turn))))

    def placed(self, points: Iterable[tuple[float, float]]) -> Outline:
        turned = np.array(list(points), np.float64) @ self._turn
        return turned * (self._facing * self._size, -self._size) + self._at

    def smooth(self, points: _Points, closed: bool = True) -> Outline:
        return self.placed((float(x), float(y)) for x, y in curve(points, closed, 6))

    def round(self, x: float, y: float, wide: float, tall: float) -> Outline:
        turn = np.linspace(0, 2 * np.pi, 32, endpoint=False)
        return self.placed((x + np.cos(t) * wide, y + np.sin(t) * tall) for t in turn)


def _astronaut(stage: Stage, plane: Plane, spot: Spot) -> None:
    """White suit, pack and a dark visor, turned a little, as nothing holds the feet."""
    script, size = stage.script, spot.size
    body = _Body(spot, stage.side, 0.3)
    suit = mix(mix(script.haze, np.ones(3, np.float32), 0.72), script.far, 0.18)
    trim = garment(stage, script.accent)
    plane.put(plane.polygon(body.smooth(_PACK)), scale(suit, 0.55))
    limbs = [(body.smooth(limb, closed=False), size * 0.115) for limb in (*_ARMS, *_LEGS)]
    plane.strokes(limbs, scale(suit, 0.82))
    ends = [body.round(*limb[-1], 0.06, 0.06) for limb in (*_ARMS, *_LEGS)]
    plane.put(plane.polygon(*ends), mix(scale(suit, 0.62), trim, 0.25))
    torso = plane.put(plane.polygon(body.smooth(_TORSO)), scale(suit, 0.92))
    plane.put(plane.polygon(body.placed(((-0.07, 0.1), (0.07, 0.1), (0.06, 0.0), (-0.06, 0.0)))), trim)
    helmet = plane.put(plane.polygon(body.round(0, 0.36, 0.125, 0.13)), suit)
    plane.put(plane.polygon(body.round(0.015, 0.355, 0.093, 0.085)), scale(script.near, 0.8))
    plane.put(plane.polygon(body.round(0.045, 0.385, 0.03, 0.018)), mix(script.light, trim, 0.2), 0.8)
    toward = 1 if stage.light_x > spot.x else -1
    for part in (torso, helmet):
        if part is not None:
            plane.fill(part.edge(toward * size * 0.012, -size * 0.01), script.light, 0.9)


def _diver(stage: Stage, plane: Plane, spot: Spot) -> None:
    """Swimming, a tank on the back, bubbles rising."""
    script, size = stage.script, spot.size
    body = _Body(spot, stage.side, -0.16)
    dark = scale(mix(script.near, script.far, 0.12), 0.85)
    suit = mix(dark, garment(stage, script.accent), 0.4 if stage.scene.cloth else 0.12)
    plane.strokes([(body.smooth(_KICK, closed=False), size * 0.055)], dark)
    plane.put(plane.polygon(*(body.smooth(fin) for fin in _FINS)), mix(dark, script.accent, 0.55))
    plane.put(plane.polygon(body.smooth(_TANK)), mix(dark, script.light, 0.45))
    whole = plane.put(plane.polygon(body.smooth(_SWIMMER), body.round(0.335, 0.035, 0.066, 0.07)), suit)
    if stage.scene.hair:
        hair = mix(dark, from_hex(stage.scene.hair), 0.5)
        plane.put(plane.polygon(body.round(0.32, 0.055, 0.062, 0.056)), hair)
    plane.strokes([(body.smooth(_REACH, closed=False), size * 0.045)], suit)
    plane.put(plane.polygon(body.round(0.383, 0.035, 0.024, 0.033)), mix(script.light, script.haze, 0.3))
    if whole is not None:
        plane.fill(whole.edge(0, -size * 0.014), script.light, 0.5)
    mouth = body.placed(((0.4, 0.08),))[0]
    rise = np.arange(6)
    plane.put(
        plane.discs(
            mouth[0] + np.sin(rise * 1.9) * size * 0.03,
            mouth[1] - (0.1 + rise * 0.1) * size,
            size * (0.012 + 0.004 * rise),
        ),
        script.light,
        0.4,
    )
