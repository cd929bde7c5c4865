"""Large things in the landscape: lighthouse, ship, bridge, train, tower, tree, balloons, rocket, birds."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from retake.generate.painted import flora, sky
from retake.generate.painted.buildings import (
    box,
    castle_shape,
    cottage,
    lamps_lit,
    window_glow,
)
from retake.generate.painted.colour import mix, scale, whitened
from retake.generate.painted.figures import dark_of
from retake.generate.painted.keepsakes import ring
from retake.generate.painted.plane import Outline, curve, glow
from retake.generate.painted.stage import Spot, Stage
from retake.generate.painted.water import glitter

INDOORS = frozenset({"hall", "room", "library", "laboratory", "office", "corridor", "cave"})


def lighthouse(stage: Stage, spot: Spot) -> None:
    size, x, foot = stage.unit * 0.46, spot.x, spot.y
    script, plane = stage.script, stage.mid
    white = mix(mix(script.haze, script.light, 0.5), script.near, 0.12 if not stage.night else 0.45)
    top = foot - size * 0.8
    toward = -1 if x > stage.width / 2 else 1
    if lamps_lit(stage):
        for reach, wide in ((toward, 0.15), (-toward, 0.1)):
            cone = np.array(
                [
                    (x, top - size * 0.05),
                    (x + reach * stage.width, top - size * (0.12 + wide * 1.4)),
                    (x + reach * stage.width, top + size * (wide - 0.02)),
                ]
            )
            patch = stage.far.polygon(cone)
            if patch is not None:
                fade = np.abs(patch.across - x) / (stage.unit * 0.85)
                stage.far.light(
                    patch.times(np.exp(-fade * 1.5)[None, :].astype(np.float32)).soft(size * 0.012),
                    script.accent,
                    0.75,
                )
    body = np.array(
        [
            (x - size * 0.1, foot + size * 0.06),
            (x - size * 0.062, top),
            (x + size * 0.062, top),
            (x + size * 0.1, foot + size * 0.06),
        ]
    )
    patch = plane.put(plane.polygon(body), white)
    if patch is not None:
        band = (np.floor((patch.down - top) / (size * 0.155)) % 2 == 1).astype(np.float32)
        plane.fill(
            patch.times(band[:, None]), mix(script.accent, script.near, 0.42 if not stage.night else 0.7)
        )
        away = (patch.across - x) / (size * 0.1) * -stage.side
        plane.fill(
            patch.times(np.clip(away * 0.8 + 0.25, 0, 1)[None, :].astype(np.float32)), script.near, 0.55
        )
    dark = dark_of(stage)
    plane.put(
        plane.polygon(box(x - size * 0.085, top - size * 0.018, x + size * 0.085, top + size * 0.008)), dark
    )
    plane.put(
        plane.polygon(box(x - size * 0.048, top - size * 0.1, x + size * 0.048, top - size * 0.015)),
        whitened(script.accent, 0.55) if lamps_lit(stage) else mix(dark, script.light, 0.5),
    )
    dome = curve(
        [
            (x - size * 0.062, top - size * 0.1),
            (x - size * 0.03, top - size * 0.145),
            (x, top - size * 0.19),
            (x + size * 0.03, top - size * 0.145),
            (x + size * 0.062, top - size * 0.1),
        ],
        closed=False,
    )
    plane.put(plane.polygon(dome), dark)
    plane.strokes(
        [
            (
                np.array([(x + d * size, top - size * 0.1), (x + d * size, top - size * 0.015)]),
                max(1.0, size * 0.006),
            )
            for d in (-0.048, -0.016, 0.016, 0.048)
        ],
        dark,
    )
    if lamps_lit(stage):
        glow(plane, x, top - size * 0.055, size * 0.5, script.accent, 0.5)
        glow(plane, x, top - size * 0.055, size * 0.13, np.ones(3, np.float32), 0.8)


def ship(stage: Stage, spot: Spot) -> None:
    if stage.scene.setting not in ("sea", "river"):
        return
    dark, plane, side = mix(stage.script.near, stage.script.far, 0.25), stage.far, stage.side
    big = stage.scene.setting == "sea"
    near = {"close-up": 2.5, "medium": 1.6}.get(stage.scene.shot, 1.0)
    size = stage.unit * (0.2 if big else 0.13) * near
    x, y = (
        stage.width * (0.5 - side * (0.02 if big else -0.12)),
        stage.horizon + stage.unit * (0.035 if big else 0.09),
    )
    hull = curve([(-0.55, -0.14), (-0.4, 0.02), (0.4, 0.02), (0.68, -0.2), (0.3, -0.13)], steps=5)
    place = np.array([side, 1.0]) * size
    shapes = [hull]
    sails: list[Outline] = []
    for mast, tall in ((-0.22, 0.72), (0.16, 0.92)) if big else ((0.02, 0.9),):
        shapes.append(box(mast - 0.012, -tall, mast + 0.012, -0.1))
        for low, high, half in ((0.2, 0.5, 0.2), (0.52, 0.74, 0.15)) if big else ((0.16, 0.84, 0.26),):
            if high < tall:
                sails.append(
                    curve(
                        [
                            (mast - half, -low),
                            (mast - half * 0.72, -high),
                            (mast + half * 0.72, -high),
                            (mast + half, -low),
                            (mast + half * 1.25, -(low + high) / 2),
                        ],
                        steps=5,
                    )
                )
    if big:
        shapes.append(np.array([(0.5, -0.17), (0.92, -0.34), (0.9, -0.36), (0.45, -0.2)]))
        sails.append(np.array([(0.86, -0.34), (0.2, -0.72), (0.36, -0.26)]))
    cloth = mix(mix(stage.script.accent, stage.script.light, 0.45), dark, 0.42 if not stage.night else 0.5)
    patch = plane.put(plane.polygon(*[shape * place + (x, y) for shape in sails]), cloth)
    if patch is not None:
        plane.fill(patch.edge(side * size * 0.03, 0).soft(size * 0.012), stage.script.light, 0.6)
    plane.put(plane.polygon(*[shape * place + (x, y) for shape in shapes]), dark)
    reflection = plane.polygon(
        *[shape * place * (1, -0.55) + (x, y + size * 0.05) for shape in (*shapes, *sails)]
    )
    if reflection is not None:
        plane.fill(reflection.soft(size * 0.025), dark, 0.4)
    if lamps_lit(stage):
        window_glow(stage, plane, x, y - size * 0.14, size * 0.35, 0.8)
        glitter(stage, plane, x, y + size * 0.05, stage.script.accent, 0.6, 0.3)


def tree(stage: Stage, spot: Spot) -> None:
    if stage.scene.setting in INDOORS | {"meadow", "forest", "city", "space", "underwater"}:
        return
    flora.tree(
        stage,
        stage.mid,
        spot.x,
        spot.y + spot.size * 0.05,
        stage.unit * 0.4,
        stage.leaf(0.85),
        stage.leaf(0.4),
    )


def bridge(stage: Stage, spot: Spot) -> None:
    if stage.scene.setting in INDOORS | {"space", "underwater"}:
        return
    y, unit = stage.horizon + stage.unit * 0.02, stage.unit
    colour, dark = stage.land(0.5), stage.land(0.68)
    deck = y - unit * 0.085
    shapes = [box(-20, deck, stage.width + 20, deck + unit * 0.016)]
    cables: list[tuple[Outline, float]] = []
    posts = [stage.width * 0.5 + k * unit * 0.56 + stage.side * unit * 0.12 for k in range(-4, 5)]
    for left, right in pairwise(posts):
        shapes.extend(
            box(
                left + dx * unit - unit * 0.008,
                deck - unit * 0.26,
                left + dx * unit + unit * 0.008,
                y + unit * 0.03,
            )
            for dx in (-0.016, 0.016)
        )
        shapes.append(box(left - unit * 0.024, deck - unit * 0.2, left + unit * 0.024, deck - unit * 0.188))
        t = np.linspace(0, 1, 24)
        sag = deck - unit * 0.255 + unit * 0.235 * (1 - (2 * t - 1) ** 2)
        across = left + (right - left) * t
        cables.append((np.stack([across, sag], 1), max(1.0, unit * 0.004)))
        cables.extend(
            (np.array([(ax, sy), (ax, deck)]), 1.0)
            for ax, sy in zip(across.tolist(), sag.tolist(), strict=True)
        )
    stage.far.strokes(cables, colour)
    stage.far.put(stage.far.polygon(*shapes), stage.rows([colour, dark], deck - unit * 0.26, y))


def tower(stage: Stage, spot: Spot) -> None:
    if stage.scene.setting in INDOORS | {"space", "city", "castle", "underwater"}:
        return
    castle_shape(stage, stage.far, spot.x, spot.y, stage.unit * 0.24, stage.land(0.6))


def train(stage: Stage, spot: Spot) -> None:
    if stage.scene.setting in INDOORS | {"space", "underwater"}:
        return
    unit, script, plane, side = stage.unit, stage.script, stage.far, stage.side
    y, size = stage.horizon + unit * 0.07, unit * 0.07
    rail = stage.land(0.82)
    plane.put(plane.polygon(box(-20, y, stage.width + 20, y + unit * 0.012)), rail)
    plane.put(
        plane.polygon(
            *[
                box(x, y, x + unit * 0.014, y + unit * 0.06)
                for x in np.arange(-unit * 0.1, stage.width, unit * 0.11)
            ]
        ),
        rail,
    )
    head = stage.width * (0.5 + side * 0.3)
    dark = mix(script.near, script.accent, 0.3)
    for car in range(max(5, int(stage.width / size / 2.1))):
        back = head - side * size * (0.1 + car * 2.15)
        low_x, high_x = sorted((back, back - side * size * 2.0))
        plane.put(plane.polygon(box(low_x, y - size * 0.86, high_x, y - size * 0.1)), dark)
        plane.put(
            plane.polygon(box(low_x + size * 0.05, y - size * 0.94, high_x - size * 0.05, y - size * 0.84)),
            scale(dark, 0.75),
        )
        panes = [
            box(
                low_x + size * (0.14 + k * 0.36),
                y - size * 0.68,
                low_x + size * (0.4 + k * 0.36),
                y - size * 0.42,
            )
            for k in range(5)
        ]
        plane.put(
            plane.polygon(*panes),
            script.accent if lamps_lit(stage) else mix(script.light, script.sky[1], 0.3),
            0.95,
        )
        if lamps_lit(stage):
            window_glow(stage, plane, (low_x + high_x) / 2, y - size * 0.5, size * 1.3, 0.28)
        wheels = np.array([low_x + size * s for s in (0.35, 0.7, 1.3, 1.65)])
        plane.put(
            plane.discs(wheels, np.full(4, y - size * 0.08), np.full(4, size * 0.12)), scale(script.near, 0.8)
        )
    stack = (head + side * size * 1.15, head + side * size * 1.38)
    engine = [
        (-0.1, -0.1),
        (-0.1, -1.0),
        (0.55, -1.0),
        (0.55, -0.8),
        (1.5, -0.74),
        (1.62, -0.42),
        (1.85, -0.08),
    ]
    plane.put(
        plane.polygon(
            np.array(engine) * (side * size, size) + (head, y),
            box(min(stack), y - size * 1.15, max(stack), y - size * 0.7),
        ),
        scale(dark, 0.8),
    )
    for puff in range(12):
        far = puff / 11
        glow(
            plane,
            head + side * size * 1.2 - side * far * size * 7,
            y - size * (1.3 + far * 2.2 + stage.pick(-0.2, 0.2)),
            size * (0.35 + far * 1.6),
            mix(script.haze, script.light, 0.5),
            0.62 * (1 - far * 0.75),
        )
    glow(plane, head + side * size * 1.65, y - size * 0.5, size * 0.8, script.accent, 0.8)


def birds(stage: Stage, spot: Spot) -> None:
    if stage.scene.setting in INDOORS | {"space", "underwater"}:
        return
    sky.flock(stage, stage.width * (0.5 - stage.side * 0.16), stage.horizon * 0.42, stage.unit * 0.028, 13)


def house(stage: Stage, spot: Spot) -> None:
    if stage.scene.setting in INDOORS | {"space", "city", "village", "underwater", "castle"}:
        return
    cottage(stage, stage.mid, spot.x, spot.y, stage.unit * 0.15, 0.8)


def balloon(stage: Stage, spot: Spot) -> None:
    if stage.scene.setting in INDOORS | {"underwater"}:
        return
    script = stage.script
    for dx, dy, size in ((-0.2, 0.42, 0.11), (0.1, 0.6, 0.06), (0.26, 0.3, 0.045)):
        x, y, r = stage.width * 0.5 + stage.side * dx * stage.unit, stage.horizon * dy, stage.unit * size
        skin = curve(
            [
                (x - r * 0.14, y + r * 1.25),
                (x - r * 0.8, y + r * 0.55),
                (x - r, y - r * 0.1),
                (x - r * 0.6, y - r * 0.85),
                (x, y - r * 1.05),
                (x + r * 0.6, y - r * 0.85),
                (x + r, y - r * 0.1),
                (x + r * 0.8, y + r * 0.55),
                (x + r * 0.14, y + r * 1.25),
            ],
            steps=8,
        )
        patch = stage.far.put(stage.far.polygon(skin), mix(script.accent, script.far, 0.15))
        if patch is None:
            continue
        down = (patch.down - y)[:, None] / r
        across = (patch.across - x)[None, :] / (
            r * np.sqrt(np.clip(1.12 - (down * 0.62 + 0.05) ** 2 * 1.6, 0.03, 1))
        )
        gores = (np.sin(np.arcsin(np.clip(across, -1, 1)) * 7) > 0).astype(np.float32)
        stage.far.fill(patch.times(gores), mix(script.light, script.haze, 0.3), 0.9)
        stage.far.fill(
            patch.times(np.clip(-across * stage.side * 0.7 + 0.1, 0, 1).astype(np.float32)), script.near, 0.5
        )
        stage.far.put(
            stage.far.polygon(box(x - r * 0.16, y + r * 1.5, x + r * 0.16, y + r * 1.75)), script.near
        )
        stage.far.strokes(
            [
                (np.array([(x + s * r * 0.15, y + r * 1.2), (x + s * r * 0.15, y + r * 1.55)]), 1.0)
                for s in (-1, 1)
            ],
            script.near,
        )


def rocket(stage: Stage, spot: Spot) -> None:
    if stage.scene.setting in INDOORS | {"underwater"}:
        return
    script, size = stage.script, stage.unit * 0.13
    x, y = stage.width * (0.5 - stage.side * 0.1), stage.horizon * 0.55
    tilt = 0.5 * stage.side
    turn = np.array([(np.cos(tilt), np.sin(tilt)), (-np.sin(tilt), np.cos(tilt))])
    trail = 26
    for step in range(trail):
        far = step / (trail - 1)
        spot_at = np.array([0.02 * np.sin(step), 0.95 + far * 3.2]) @ turn * size + (x, y)
        glow(
            stage.far,
            float(spot_at[0]),
            float(spot_at[1]),
            size * (0.22 + far * 0.42),
            mix(whitened(script.accent, 0.6), script.haze, far**0.5),
            0.75 * (1 - far),
        )
    shell = mix(script.light, script.haze, 0.25)
    for outline, tone in (
        (
            np.array([(-0.2, 0.3), (-0.44, 0.85), (-0.18, 0.72), (0.18, 0.72), (0.44, 0.85), (0.2, 0.3)]),
            mix(script.accent, script.near, 0.25),
        ),
        (
            curve(
                [(0, -1), (0.2, -0.5), (0.22, 0.2), (0.15, 0.78), (-0.15, 0.78), (-0.22, 0.2), (-0.2, -0.5)]
            ),
            shell,
        ),
        (
            curve([(0, -1), (0.2, -0.5), (0.22, 0.2), (0.15, 0.78), (0.05, 0.78), (0.08, 0.0)]),
            scale(shell, 0.7),
        ),
        (
            curve([(0, -1.02), (0.135, -0.66), (0, -0.6), (-0.135, -0.66)]),
            mix(script.accent, script.near, 0.15),
        ),
        (ring(0, -0.25, 0.12, 0.0), script.near),
        (ring(0, -0.25, 0.085, 0.0), mix(script.sky[2], script.light, 0.4)),
    ):
        stage.far.put(stage.far.polygon(outline @ turn * size + (x, y)), tone)
