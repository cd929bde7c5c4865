"""Things that people keep: a key, a clock, a letter, a map. Each stands or lies on something."""

from __future__ import annotations

import numpy as np

from retake.generate.painted.buildings import box
from retake.generate.painted.colour import Rgb, mix, scale, whitened
from retake.generate.painted.plane import Outline, curve, glow
from retake.generate.painted.relics import plinth, sparkle
from retake.generate.painted.stage import Spot, Stage

_STREETS = frozenset({"city", "village", "road", "meadow"})


def ring(x: float, y: float, outer: float, inner: float) -> Outline:
    turn = np.linspace(0, 2 * np.pi, 48)
    circle = np.stack([np.cos(turn), np.sin(turn)], 1)
    both = np.concatenate([circle * outer, circle[::-1] * inner])
    return both + np.array([x, y])


def disc(x: float, y: float, radius: float) -> Outline:
    return ring(x, y, radius, 0)[:48]


def key(stage: Stage, spot: Spot) -> None:
    """A key that lies on its side."""
    top, size = plinth(stage, spot), spot.size * 0.46
    x, y = spot.x, top - size * 0.1
    gold = mix(stage.tint(stage.script.accent), stage.script.light, 0.2)
    glow(stage.mid, x, y, size * 2.6, stage.script.accent, 0.45)
    shapes = [
        ring(-0.62, 0, 0.4, 0.22),
        ring(-0.62, 0, 0.16, 0.09),
        box(-0.24, -0.085, 0.98, 0.085),
        box(-0.24, -0.16, -0.12, 0.16),
        box(0.02, -0.13, 0.1, 0.13),
        box(0.62, 0.05, 0.75, 0.42),
        box(0.83, 0.05, 0.97, 0.36),
    ]
    tilt = 0.3 * stage.side
    turned = np.array([(np.cos(tilt), np.sin(tilt)), (-np.sin(tilt), np.cos(tilt))])
    laid = [shape @ turned * (stage.side * size, size * 0.52) + (x, y) for shape in shapes]
    shadow = stage.mid.polygon(*[shape + np.array([size * 0.03, size * 0.1]) for shape in laid])
    if shadow is not None:
        stage.mid.fill(shadow.soft(max(0.6, size * 0.03)), scale(stage.script.near, 0.55), 0.75)
    thick = stage.mid.polygon(*[shape + np.array([0, size * 0.05]) for shape in laid])
    stage.mid.put(thick, mix(gold, stage.script.near, 0.6))
    patch = stage.mid.put(stage.mid.polygon(*laid), gold)
    if patch is not None:
        stage.mid.fill(patch.edge(stage.side * size * 0.02, -size * 0.025), np.ones(3, np.float32), 0.75)
    sparkle(stage, x - stage.side * size * 0.62, y - size * 0.3, size * 0.6)


def clock(stage: Stage, spot: Spot) -> None:
    """A clock in a case of wood; in the street one on a post."""
    size, script = spot.size, stage.script
    case = mix(mix(script.near, script.accent, 0.38), script.far, 0.1)
    if stage.scene.setting in _STREETS and stage.scene.shot != "close-up":
        x, y = spot.x, spot.y - size * 1.75
        post = [box(x - size * 0.035, y, x + size * 0.035, spot.y), box(x - size * 0.11, spot.y - size * 0.1,
                x + size * 0.11, spot.y)]  # fmt: skip
        stage.mid.put(stage.mid.polygon(*post), scale(script.near, 0.85))
        _dial(stage, x, y, size * 0.4, case)
        return
    top = plinth(stage, spot)
    x, y = spot.x, top - size * 0.5
    glow(stage.mid, x, y, size * 1.7, script.accent, 0.5)
    turn = np.linspace(np.pi, 0, 30)
    round_head = np.stack([x + np.cos(turn) * size * 0.4, y - np.sin(turn) * size * 0.42], 1)
    body = np.concatenate([[(x - size * 0.4, top)], round_head, [(x + size * 0.4, top)]])
    foot = box(x - size * 0.5, top - size * 0.1, x + size * 0.5, top)
    patch = stage.mid.put(
        stage.mid.polygon(body, foot), stage.rows([mix(case, script.light, 0.22), case, scale(case, 0.6)],
        y - size * 0.42, top)
    )  # fmt: skip
    if patch is not None:
        stage.mid.fill(patch.edge(stage.side * size * 0.016, -size * 0.014), script.light, 0.8)
    _dial(stage, x, y, size * 0.33, case)


def _dial(stage: Stage, x: float, y: float, size: float, case: Rgb) -> None:
    """A lit face at ten past three."""
    script, plane, dark = stage.script, stage.mid, scale(stage.script.near, 0.9)
    face = whitened(mix(script.light, script.accent, 0.3), 0.25)
    glow(plane, x, y, size * 2.4, script.accent, 0.4)
    plane.put(plane.polygon(disc(x, y, size * 1.12)), mix(script.accent, case, 0.35))
    plane.put(plane.polygon(disc(x, y, size)), stage.rows([face, scale(face, 0.86)], y - size, y + size))
    marks: list[tuple[Outline, float]] = []
    for hour in range(12):
        turn = hour * np.pi / 6
        along = np.array([np.sin(turn), -np.cos(turn)])
        ends = np.array([[0.76 if hour % 3 else 0.68], [0.88]]) * along * size + (x, y)
        marks.append((ends, max(1.0, size * (0.035 if hour % 3 else 0.06))))
    plane.strokes(marks, dark, 0.9)
    hands: list[Outline] = []
    for turn, long, wide in ((np.pi * 0.5 + 0.09, 0.5, 0.055), (np.pi / 3, 0.78, 0.04)):
        along, side = np.array([np.sin(turn), -np.cos(turn)]), np.array([np.cos(turn), np.sin(turn)])
        hands.append(
            np.array([-along * 0.12 + side * wide, along * long, -along * 0.12 - side * wide]) * size + (x, y)
        )
    plane.put(plane.polygon(*hands, disc(x, y, size * 0.075)), dark)


def letter(stage: Stage, spot: Spot) -> None:
    """A sealed letter that stands on its edge."""
    top, size = plinth(stage, spot), spot.size * 0.52
    x, y = spot.x, top - size * 0.56
    glow(stage.mid, x, y, size * 2.6, stage.script.accent, 0.45)
    lean = 0.07 * stage.side
    turn = np.array([(np.cos(lean), np.sin(lean)), (-np.sin(lean), np.cos(lean))])
    paper = whitened(mix(stage.script.light, stage.script.accent, 0.2), 0.4)
    for outline, tone in (
        (box(-0.86, -0.56, 0.86, 0.56), paper),
        (np.array([(-0.86, 0.56), (0, -0.1), (0.86, 0.56)]), scale(paper, 0.93)),
        (np.array([(-0.86, -0.56), (0, 0.16), (0.86, -0.56)]), scale(paper, 0.82)),
    ):
        patch = stage.mid.put(stage.mid.polygon(outline @ turn * size + (x, y)), tone)
        if patch is not None:
            stage.mid.fill(patch.edge(0, -size * 0.012), np.ones(3, np.float32), 0.5)
    wax = mix(np.array([0.72, 0.12, 0.14], np.float32), stage.script.near, 0.15)
    seal = (x, y + size * 0.14)
    for radius, tone in ((0.17, wax), (0.11, scale(wax, 0.78))):
        stage.mid.put(stage.mid.polygon(disc(*seal, radius * size)), tone)


def chart(stage: Stage, spot: Spot) -> None:
    """A map on parchment, rolled at its ends, that stands upright."""
    top, size = plinth(stage, spot), spot.size * 0.6
    x, y = spot.x, top - size * 0.56
    paper = mix(whitened(mix(stage.script.light, stage.script.accent, 0.45), 0.15), stage.script.near, 0.08)
    ink = mix(stage.script.near, stage.script.accent, 0.25)
    glow(stage.mid, x, y, size * 2.3, stage.script.accent, 0.4)

    def at(points: list[tuple[float, float]], smooth: bool = True) -> Outline:
        placed = [(x + px * size, y + py * size) for px, py in points]
        return curve(placed, closed=False) if smooth else np.array(placed)

    sheet = at([(-0.8, -0.46), (-0.3, -0.5), (0.3, -0.44), (0.8, -0.48)])
    lower = at([(0.8, 0.48), (0.3, 0.52), (-0.3, 0.46), (-0.8, 0.5)])
    body = stage.mid.put(
        stage.mid.polygon(np.concatenate([sheet, lower])),
        stage.rows([paper, scale(paper, 0.85)], y - size * 0.5, y + size * 0.5),
    )
    if body is not None:
        stage.mid.fill(body.edge(0, -size * 0.014), np.ones(3, np.float32), 0.5)
    coast = at([(-0.62, -0.3), (-0.35, -0.1), (-0.5, 0.15), (-0.2, 0.3), (0.1, 0.22), (0.2, 0.38)])
    hills = [at([(a, b + 0.07), (a + 0.07, b - 0.06), (a + 0.14, b + 0.07)], False)
             for a, b in ((0.12, -0.28), (0.27, -0.22), (0.42, -0.3), (0.5, 0.26))]  # fmt: skip
    thin = max(1.0, size * 0.014)
    stage.mid.strokes([(coast, thin * 1.3), *((line, thin) for line in hills)], ink, 0.75)
    route = at([(-0.3, -0.25), (0.0, -0.12), (0.1, 0.1), (0.4, 0.05)])
    dashes = [(route[i : i + 3], thin * 1.4) for i in range(0, len(route) - 3, 4)]
    cross = [(at([(0.4 - d, -0.03), (0.4 + d, 0.13)], False), thin * 2) for d in (-0.08, 0.08)]
    red = np.array([0.75, 0.16, 0.12], np.float32)
    stage.mid.strokes([*dashes, *cross], red, 0.9)
    for side in (-1, 1):
        roll = stage.mid.polygon(
            box(
                x + side * size * 0.8 - size * 0.07,
                y - size * 0.56,
                x + side * size * 0.8 + size * 0.07,
                y + size * 0.56,
            )
        )
        stage.mid.put(roll, scale(paper, 0.78))
        if roll is not None:
            stage.mid.fill(
                roll.edge(-side * size * 0.05, 0).soft(max(0.5, size * 0.012)), whitened(paper, 0.4), 0.7
            )
