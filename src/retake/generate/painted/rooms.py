"""Rooms seen from the front: walls, floor and window, and a living room or kitchen between them."""

from __future__ import annotations

import numpy as np

from retake.generate.painted import sky
from retake.generate.painted.buildings import (
    box,
)
from retake.generate.painted.colour import Rgb, mix, scale
from retake.generate.painted.light import beam, dust
from retake.generate.painted.plane import Outline, Patch, Plane, curve
from retake.generate.painted.stage import Places, Spot, Stage


def walls(stage: Stage, wall: Rgb, floor: float, window: tuple[float, float, float, float]) -> None:
    """Wall and floor around a window (left, top, right, bottom) in which the sky is left to be seen."""
    unit, script = stage.unit, stage.script
    sheet = stage.far.polygon(box(-5, -5, stage.width + 5, stage.height + 5))
    if sheet is None:
        return
    left, top, right, bottom = window
    hole = stage.far.polygon(box(*window))
    cover = sheet.values.copy()
    if hole is not None:
        rows, columns = hole.values.shape
        cover[hole.y : hole.y + rows, hole.x : hole.x + columns] *= 1 - hole.values
    tones = [scale(wall, 0.62), wall, scale(wall, 0.88)]
    stage.far.fill(Patch(cover), stage.rows(tones, 0, floor))
    light = mix(script.light, script.accent, 0.2)
    glow = stage.far.halo((left + right) / 2, (top + bottom) / 2, max(unit, (right - left)) * 0.95, 1.1)
    if glow is not None:
        area = cover[glow.y : glow.y + glow.values.shape[0], glow.x : glow.x + glow.values.shape[1]]
        stage.far.light(glow.times(area), light, 0.42 if not stage.night else 0.16)
    boards = stage.far.polygon(box(-5, floor, stage.width + 5, stage.height + 5))
    wood = mix(mix(script.near, script.accent, 0.18), wall, 0.22)
    stage.far.put(
        boards, stage.rows([mix(wood, light, 0.3), wood, scale(script.near, 0.8)], floor, stage.height)
    )
    vanish = (stage.width / 2, floor - unit * 0.5)
    planks = [
        (
            np.array(
                [
                    (vanish[0] + (k * unit * 0.09) * 0.55, floor),
                    (vanish[0] + k * unit * 0.27, stage.height + 4.0),
                ]
            ),
            unit * 0.0022,
        )
        for k in range(-16, 17)
    ]
    stage.far.strokes(planks, scale(wood, 0.6), 0.5)
    stage.far.put(
        stage.far.polygon(box(-5, floor - unit * 0.022, stage.width + 5, floor)), mix(wall, light, 0.2)
    )
    stage.far.put(
        stage.far.polygon(box(-5, floor - unit * 0.003, stage.width + 5, floor + unit * 0.003)),
        scale(wood, 0.5),
    )


def mullions(
    stage: Stage, window: tuple[float, float, float, float], columns: int, rows: int, colour: Rgb
) -> None:
    """Mullions and casing."""
    left, top, right, bottom = window
    unit, thick = stage.unit, stage.unit * 0.011
    lines = [(np.array([(x, top), (x, bottom)]), thick) for x in np.linspace(left, right, columns + 1)]
    lines += [(np.array([(left, y), (right, y)]), thick) for y in np.linspace(top, bottom, rows + 1)]
    stage.far.strokes(lines, colour)
    stage.far.put(
        stage.far.polygon(box(left - unit * 0.03, bottom, right + unit * 0.03, bottom + unit * 0.022)),
        mix(colour, stage.script.light, 0.3),
    )


def daylight(stage: Stage, window: tuple[float, float, float, float], floor: float, strength: float) -> None:
    left, top, right, _ = window
    unit = stage.unit
    slide = -stage.side * unit * 0.3
    patch = np.array(
        [
            (left + slide * 0.6, floor + unit * 0.03),
            (right + slide * 0.6, floor + unit * 0.03),
            (right + slide * 1.3, floor + unit * 0.32),
            (left + slide * 1.3, floor + unit * 0.32),
        ]
    )
    beam(stage, stage.far, patch, stage.script.light, 0.5 * strength, unit * 0.006)
    air = np.array(
        [
            (left, top),
            (right, top),
            (right + slide * 1.2, floor + unit * 0.25),
            (left + slide * 1.2, floor + unit * 0.25),
        ]
    )
    beam(stage, stage.far, air, stage.script.light, 0.22 * strength, unit * 0.012)


def houseplant(stage: Stage, plane: Plane, x: float, foot: float, size: float) -> None:
    """Broad leaves in the foreground, out of the light."""
    dark = mix(stage.script.near, stage.script.far, 0.1)
    outlines: list[Outline] = []
    for angle in np.linspace(-1.25, 1.25, 11) + stage.rng.normal(0, 0.07, 11):
        long = size * stage.pick(0.6, 1.0)
        along, side = np.array([np.sin(angle), -np.cos(angle)]), np.array([np.cos(angle), np.sin(angle)])
        root = np.array([x, foot - size * 0.12])
        bend = np.array([0, long * 0.22 * abs(angle)])
        tip = root + along * long + bend
        outlines.append(
            curve(
                [
                    tuple(root),
                    tuple(root + along * long * 0.35 + side * long * 0.02),
                    tuple(root + along * long * 0.68 + side * long * 0.11 + bend * 0.4),
                    tuple(tip),
                    tuple(root + along * long * 0.68 - side * long * 0.11 + bend * 0.4),
                    tuple(root + along * long * 0.35 - side * long * 0.02),
                ]
            )
        )
    patch = plane.put(plane.polygon(*outlines), dark)
    if patch is not None:
        plane.fill(patch.edge(stage.side * size * 0.008, -size * 0.008), stage.script.light, 0.3)


def room(stage: Stage) -> Places:
    unit, script, width, height = stage.unit, stage.script, stage.width, stage.height
    sky.sky(stage)
    floor = stage.horizon + unit * 0.1
    at = width * 0.5 + stage.side * min(unit * 0.16, width * 0.14)
    window = (at - unit * 0.21, floor - unit * 0.6, at + unit * 0.21, floor - unit * 0.22)
    hills = (window[3] - unit * 0.05 + stage.line(5, 0.5, 5) * unit * 0.025).astype(np.float32)
    stage.far.put(stage.far.below(hills), stage.land(0.45))
    wall = mix(mix(script.far, script.accent, 0.34), script.near, 0.2 if not stage.night else 0.62)
    walls(stage, wall, floor, window)
    trim = mix(script.light, wall, 0.35) if not stage.night else mix(wall, script.near, 0.4)
    mullions(stage, window, 3, 2, trim)
    cloth = mix(script.accent, wall, 0.45) if not stage.night else mix(script.accent, script.near, 0.62)
    for side in (-1, 1):
        edge = window[0] if side < 0 else window[2]
        fall = [
            (edge + side * unit * 0.1, window[1] - unit * 0.04),
            (edge - side * unit * 0.045, window[1] - unit * 0.04),
            (edge + side * unit * 0.01, window[1] + unit * 0.2),
            (edge + side * unit * 0.03, window[3] + unit * 0.05),
            (edge + side * unit * 0.12, window[3] + unit * 0.05),
        ]
        patch = stage.far.put(stage.far.polygon(curve(fall[1:4], closed=False), np.array(fall)), cloth)
        if patch is not None:
            folds = 0.5 + 0.5 * np.sin((patch.across) / unit * 260)
            stage.far.fill(patch.times(folds[None, :].astype(np.float32)), scale(cloth, 0.7), 0.45)
    stage.far.strokes(
        [
            (
                np.array(
                    [
                        (window[0] - unit * 0.13, window[1] - unit * 0.04),
                        (window[2] + unit * 0.13, window[1] - unit * 0.04),
                    ]
                ),
                unit * 0.009,
            )
        ],
        scale(wall, 0.45),
    )
    if not stage.night:
        daylight(stage, window, floor, 1.0 if stage.clear else 0.5)
    other = width * 0.5 - stage.side * min(unit * 0.3, width * 0.3)
    _wall_things(stage, other, floor, wall)
    _lamp(stage, width * 0.5 - stage.side * unit * 0.1, floor - unit * 0.38)
    table = floor + unit * 0.1
    dark = mix(mix(script.near, script.accent, 0.2), wall, 0.18)
    left, right = width * 0.5 - unit * 0.36, width * 0.5 + unit * 0.36
    stage.mid.put(
        stage.mid.polygon(
            box(left + unit * 0.04, table, left + unit * 0.075, table + unit * 0.36),
            box(right - unit * 0.075, table, right - unit * 0.04, table + unit * 0.36),
            box(left + unit * 0.05, table, right - unit * 0.05, table + unit * 0.06),
        ),
        scale(dark, 0.7),
    )
    top = stage.mid.put(
        stage.mid.polygon(box(left, table - unit * 0.012, right, table + unit * 0.018)),
        mix(dark, script.light, 0.22),
    )
    if top is not None:
        stage.mid.fill(top.edge(0, -unit * 0.004), script.light, 0.55)
    _tableware(stage, width * 0.5 + stage.side * unit * 0.2, table - unit * 0.012)
    houseplant(stage, stage.near, width * 0.5 - stage.side * width * 0.46, height * 0.98, unit * 0.5)
    stage.near.put(
        stage.near.polygon(box(-5, height * 0.955, width + 5, height + 5)), scale(script.near, 0.8)
    )
    dust(stage, stage.mid, floor - unit * 0.5, floor + unit * 0.1, 60, script.light, 0.5)
    spot = Spot(width * 0.5 - stage.side * unit * 0.2, table + unit * 0.2, unit * 0.54)
    return Places(
        spot,
        Spot(width * 0.5 + stage.side * unit * 0.03, table - unit * 0.012, unit * 0.17),
        Spot(at, floor - unit * 0.22, unit * 0.1),
        behind=True,
    )


def _wall_things(stage: Stage, x: float, floor: float, wall: Rgb) -> None:
    """A shelf with jars and books, and framed pictures above."""
    unit, script, rng = stage.unit, stage.script, stage.rng
    wood = mix(mix(script.near, script.accent, 0.3), wall, 0.2)
    for level in (0.26, 0.38):
        y = floor - unit * level
        left = x - unit * 0.14
        stage.far.put(stage.far.polygon(box(left, y, x + unit * 0.14, y + unit * 0.012)), wood)
        at = left + unit * 0.01
        while at < x + unit * 0.11:
            wide, tall = unit * stage.pick(0.012, 0.034), unit * stage.pick(0.035, 0.075)
            tone = mix(
                wall,
                [script.accent, script.sky[1], script.near, script.light][int(rng.integers(4))],
                stage.pick(0.3, 0.65),
            )
            shape = (
                box(at, y - tall, at + wide, y)
                if rng.random() < 0.6
                else curve(
                    [
                        (at, y),
                        (at, y - tall * 0.7),
                        (at + wide * 0.3, y - tall),
                        (at + wide * 0.7, y - tall),
                        (at + wide, y - tall * 0.7),
                        (at + wide, y),
                    ],
                    steps=4,
                )
            )
            stage.far.put(stage.far.polygon(shape), scale(tone, 0.8 if not stage.night else 0.6))
            at += wide + unit * stage.pick(0.002, 0.012)
    for dx, dy, w, h in ((-0.08, 0.54, 0.05, 0.065), (0.06, 0.53, 0.06, 0.045)):
        cx, cy = x + dx * unit, floor - dy * unit
        stage.far.put(
            stage.far.polygon(box(cx - w * unit, cy - h * unit, cx + w * unit, cy + h * unit)),
            scale(wood, 0.9),
        )
        stage.far.put(
            stage.far.polygon(
                box(cx - w * unit * 0.82, cy - h * unit * 0.84, cx + w * unit * 0.82, cy + h * unit * 0.84)
            ),
            mix(wall, script.sky[2], 0.4),
        )
        peak = np.array(
            [
                (cx - w * unit * 0.82, cy + h * unit * 0.84),
                (cx - w * unit * 0.1, cy - h * unit * 0.1),
                (cx + w * unit * 0.3, cy + h * unit * 0.3),
                (cx + w * unit * 0.82, cy + h * unit * 0.84),
            ]
        )
        stage.far.put(stage.far.polygon(peak), mix(wall, script.near, 0.4))


def _lamp(stage: Stage, x: float, y: float) -> None:
    """A pendant lamp, lit in the evening."""
    unit, script, plane = stage.unit, stage.script, stage.mid
    dark = scale(mix(script.near, script.accent, 0.12), 0.9)
    lit = stage.scene.time != "day"
    if lit:
        for radius, strength in ((0.75, 0.4), (0.3, 0.4)):
            halo = stage.far.halo(x, y + unit * 0.04, unit * radius)
            if halo is not None:
                stage.far.light(halo, script.accent, strength * (1.3 if stage.night else 0.6))
        cone = np.array(
            [
                (x - unit * 0.06, y),
                (x + unit * 0.06, y),
                (x + unit * 0.34, y + unit * 0.5),
                (x - unit * 0.34, y + unit * 0.5),
            ]
        )
        beam(stage, stage.far, cone, script.accent, 0.3 if stage.night else 0.14, unit * 0.02)
    plane.strokes([(np.array([(x, -10.0), (x, y - unit * 0.06)]), unit * 0.004)], dark)
    shade = curve(
        [
            (x - unit * 0.085, y),
            (x - unit * 0.06, y - unit * 0.045),
            (x - unit * 0.012, y - unit * 0.075),
            (x + unit * 0.012, y - unit * 0.075),
            (x + unit * 0.06, y - unit * 0.045),
            (x + unit * 0.085, y),
        ],
        closed=False,
    )
    plane.put(plane.polygon(shade), mix(dark, script.accent, 0.25))
    bulb = plane.halo(x, y + unit * 0.008, unit * 0.035, 0.7, 0.8)
    if bulb is not None and lit:
        plane.fill(bulb, mix(script.accent, np.ones(3, np.float32), 0.6))


def _tableware(stage: Stage, x: float, y: float) -> None:
    """A vase of flowers, a pot and cups."""
    unit, script, plane = stage.unit, stage.script, stage.mid
    clay = mix(script.accent, script.near, 0.35)
    stems: list[tuple[Outline, float]] = []
    heads: list[tuple[float, float]] = []
    for k in range(7):
        tip = (x + (k - 3) * unit * 0.022, y - unit * stage.pick(0.15, 0.21))
        stems.append(
            (
                np.array([(x, y - unit * 0.07), ((x + tip[0]) / 2 + (k - 3) * 2, y - unit * 0.12), tip]),
                unit * 0.004,
            )
        )
        heads.append(tip)
    plane.strokes(stems, mix(script.near, script.far, 0.35))
    spots = np.array(heads)
    plane.put(
        plane.discs(spots[:, 0], spots[:, 1], np.full(len(spots), unit * 0.019)),
        mix(script.accent, script.sky[2], 0.3),
    )
    plane.put(
        plane.discs(
            spots[:, 0] + stage.side * unit * 0.003,
            spots[:, 1] - unit * 0.004,
            np.full(len(spots), unit * 0.01),
        ),
        mix(script.accent, script.light, 0.5),
    )
    vase = curve(
        [
            (x - unit * 0.022, y),
            (x - unit * 0.038, y - unit * 0.04),
            (x - unit * 0.015, y - unit * 0.075),
            (x - unit * 0.02, y - unit * 0.09),
            (x + unit * 0.02, y - unit * 0.09),
            (x + unit * 0.015, y - unit * 0.075),
            (x + unit * 0.038, y - unit * 0.04),
            (x + unit * 0.022, y),
        ]
    )
    patch = plane.put(plane.polygon(vase), clay)
    if patch is not None:
        plane.fill(patch.edge(stage.side * unit * 0.008, 0).soft(unit * 0.002), script.light, 0.5)
    for dx, size in ((-0.13, 0.03), (0.1, 0.022)):
        cx = x + dx * unit
        cup = curve(
            [
                (cx - size * unit, y - size * unit * 1.3),
                (cx - size * unit * 0.8, y - size * unit * 0.3),
                (cx - size * unit * 0.4, y),
                (cx + size * unit * 0.4, y),
                (cx + size * unit * 0.8, y - size * unit * 0.3),
                (cx + size * unit, y - size * unit * 1.3),
            ],
            closed=False,
        )
        patch = plane.put(plane.polygon(cup), mix(script.light, clay, 0.55))
        steam = curve(
            [
                (cx, y - unit * 0.05),
                (cx + unit * 0.014, y - unit * 0.09),
                (cx - unit * 0.012, y - unit * 0.13),
                (cx + unit * 0.006, y - unit * 0.18),
            ],
            closed=False,
        )
        wisp = plane.polygon(np.concatenate([steam, (steam + np.array([unit * 0.012, 0]))[::-1]]))
        if wisp is not None:
            plane.fill(wisp.soft(unit * 0.007), script.light, 0.32)
