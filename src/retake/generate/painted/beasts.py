"""Animals and flying things, drawn where their place is: camels, a whale, a dragon, a dog, a kite."""

from __future__ import annotations

import numpy as np

from retake.generate.painted.colour import mix, scale
from retake.generate.painted.plane import Outline, Plane, curve
from retake.generate.painted.stage import Spot, Stage

_CAMEL = (
    (-0.48, 0.62),
    (-0.36, 0.78),
    (-0.2, 0.86),
    (-0.06, 1.04),
    (0.06, 0.88),
    (0.2, 0.8),
    (0.34, 0.66),
    (0.44, 0.62),
    (0.52, 0.78),
    (0.54, 0.98),
    (0.66, 1.06),
    (0.84, 1.0),
    (0.84, 0.93),
    (0.66, 0.92),
    (0.62, 0.7),
    (0.54, 0.5),
    (0.4, 0.44),
    (0.2, 0.42),
    (-0.2, 0.42),
    (-0.4, 0.44),
)
_WHALE = (
    (1.0, 0.02),
    (0.86, -0.2),
    (0.4, -0.32),
    (-0.1, -0.27),
    (-0.55, -0.1),
    (-0.84, -0.02),
    (-1.04, -0.26),
    (-1.26, -0.3),
    (-1.12, -0.02),
    (-1.22, 0.2),
    (-0.98, 0.12),
    (-0.8, 0.08),
    (-0.45, 0.12),
    (0.0, 0.22),
    (0.5, 0.24),
    (0.9, 0.16),
)
_DRAGON = (
    (1.0, -0.3),
    (0.82, -0.36),
    (0.62, -0.22),
    (0.4, -0.1),
    (0.3, -0.3),
    (0.1, -0.78),
    (-0.3, -1.0),
    (-0.18, -0.72),
    (-0.5, -0.78),
    (-0.3, -0.52),
    (-0.56, -0.5),
    (-0.16, -0.16),
    (-0.4, 0.0),
    (-0.7, 0.02),
    (-1.0, -0.16),
    (-1.12, -0.06),
    (-0.9, 0.12),
    (-0.6, 0.18),
    (-0.2, 0.14),
    (0.1, 0.16),
    (0.4, 0.08),
    (0.62, -0.06),
    (0.84, -0.22),
)
_DOG = (
    (-0.42, 0.0),
    (-0.46, 0.3),
    (-0.6, 0.52),
    (-0.66, 0.66),
    (-0.5, 0.5),
    (-0.36, 0.5),
    (0.12, 0.52),
    (0.28, 0.68),
    (0.3, 0.84),
    (0.36, 0.72),
    (0.5, 0.7),
    (0.58, 0.62),
    (0.42, 0.56),
    (0.3, 0.44),
    (0.26, 0.0),
    (0.16, 0.0),
    (0.14, 0.28),
    (-0.2, 0.28),
    (-0.32, 0.2),
    (-0.32, 0.0),
)


def _placed(
    outline: tuple[tuple[float, float], ...], x: float, y: float, across: float, up: float, steps: int = 5
) -> Outline:
    return curve([(x + px * across, y + py * up) for px, py in outline], steps=steps)


def camels(stage: Stage, spot: Spot) -> None:
    """A caravan along a crest."""
    dark, size, side = (
        scale(mix(stage.script.near, stage.script.far, 0.12), 0.9),
        stage.unit * 0.085,
        stage.side,
    )
    for number in range(4):
        x = spot.x - side * size * (number * 1.75 - 2.2)
        y = spot.y + size * (0.06 + 0.05 * number)
        legs = [
            np.array(
                [
                    (x + side * dx * size, y - size * 0.5),
                    (x + side * (dx + 0.07) * size, y - size * 0.5),
                    (x + side * (dx + 0.06 + step) * size, y),
                    (x + side * (dx + step) * size, y),
                ]
            )
            for dx, step in ((-0.4, -0.08), (-0.28, 0.06), (0.22, -0.04), (0.36, 0.08))
        ]
        shapes = [_placed(_CAMEL, x, y, side * size, -size), *legs]
        if number % 2 == 0:
            shapes.append(
                _placed(
                    ((-0.2, 0.95), (-0.1, 1.3), (-0.07, 1.46), (0.05, 1.46), (0.08, 1.3), (0.16, 0.95)),
                    x,
                    y,
                    side * size,
                    -size,
                )
            )
        patch = stage.mid.put(stage.mid.polygon(*shapes), dark)
        if patch is not None:
            toward = 1 if stage.light_x > x else -1
            stage.mid.fill(patch.edge(toward * size * 0.02, -size * 0.02), stage.script.light, 0.75)


def whale(stage: Stage, spot: Spot) -> None:
    if stage.scene.setting not in ("underwater", "sea", "space", "abstract"):
        return
    size, script = stage.unit * 0.27, stage.script
    x, y = stage.width * 0.5, stage.horizon * 0.66
    under = stage.scene.setting != "sea"
    plane: Plane = stage.mid if under else stage.far
    if not under:
        y, size = stage.horizon + stage.unit * 0.06, stage.unit * 0.12
    skin = mix(script.near, script.far, 0.45)
    patch = plane.put(
        plane.polygon(_placed(_WHALE, x, y, stage.side * size, size)),
        stage.rows(
            [mix(skin, script.haze, 0.25), skin, mix(skin, script.haze, 0.6)], y - size * 0.3, y + size * 0.25
        ),
    )
    if patch is None:
        return
    plane.fill(patch.edge(stage.side * size * 0.01, -size * 0.03).soft(size * 0.01), script.light, 0.6)
    fin = _placed(
        ((0.42, 0.14), (0.24, 0.3), (0.06, 0.52), (0.1, 0.3), (0.16, 0.14)), x, y, stage.side * size, size
    )
    plane.put(plane.polygon(fin), scale(skin, 0.85))
    plane.put(
        plane.discs(
            np.array([x + stage.side * size * 0.72]), np.array([y + size * 0.02]), np.array([size * 0.016])
        ),
        script.light,
    )
    grooves = [
        (
            curve(
                [
                    (x + stage.side * size * 0.93, y + size * (0.08 + k * 0.03)),
                    (x + stage.side * size * 0.55, y + size * (0.13 + k * 0.03)),
                    (x + stage.side * size * 0.1, y + size * (0.12 + k * 0.03)),
                ],
                closed=False,
            ),
            1.0,
        )
        for k in range(3)
    ]
    plane.strokes(grooves, script.near, 0.4)


def dragon(stage: Stage, spot: Spot) -> None:
    size = stage.unit * 0.15
    x, y = stage.width * (0.5 - stage.side * 0.16), stage.horizon * 0.4
    dark = mix(stage.script.near, stage.script.far, 0.2)
    patch = stage.far.put(stage.far.polygon(_placed(_DRAGON, x, y, stage.side * size, size, 4)), dark)
    if patch is not None:
        stage.far.fill(patch.edge(stage.side * size * 0.02, -size * 0.02), stage.script.light, 0.5)


def dog(stage: Stage, spot: Spot) -> None:
    """A dog at the person's side, looking into the picture."""
    size = spot.size * 0.5
    x = spot.x
    dark = scale(mix(stage.script.near, stage.script.far, 0.1), 0.85)
    patch = stage.mid.put(
        stage.mid.polygon(_placed(_DOG, x, spot.y + size * 0.04, stage.side * size, -size, 4)), dark
    )
    if patch is not None:
        stage.mid.fill(patch.edge(stage.side * size * 0.03, -size * 0.03), stage.script.light, 0.7)


def kite(stage: Stage, spot: Spot) -> None:
    script, size = stage.script, stage.unit * 0.07
    x, y = stage.width * (0.5 + stage.side * 0.12), stage.horizon * 0.38
    hand = (stage.width * (0.5 - stage.side * 0.13), spot.y - stage.unit * 0.06)
    line = curve(
        [(x, y + size * 0.4), ((x + hand[0]) / 2 + stage.side * size, (y + hand[1]) / 2 + size * 0.9), hand],
        closed=False,
        steps=16,
    )
    stage.mid.strokes([(line, 1.0)], mix(script.light, script.near, 0.35), 0.75)
    tilt = 0.35 * stage.side
    turn = np.array([(np.cos(tilt), np.sin(tilt)), (-np.sin(tilt), np.cos(tilt))])
    tail = curve(
        [(0, 1.0), (0.2, 1.4), (-0.12, 1.8), (0.16, 2.3), (-0.05, 2.7)], closed=False
    ) @ turn * size + (x, y)
    stage.mid.strokes([(tail, max(1.0, size * 0.045))], script.accent)
    for outline, tone in (
        ([(0, -1), (0.62, -0.2), (0, 1)], script.accent),
        ([(0, -1), (-0.62, -0.2), (0, 1)], scale(script.accent, 0.8)),
        ([(0, -0.2), (0.62, -0.2), (0, 1)], mix(script.accent, script.light, 0.55)),
    ):
        stage.mid.put(stage.mid.polygon(np.array(outline) @ turn * size + (x, y)), tone)
