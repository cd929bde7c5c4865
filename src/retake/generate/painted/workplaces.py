"""Rooms where people work: a laboratory with its glass, an office with its charts."""

from __future__ import annotations

import numpy as np

from retake.generate.painted import sky
from retake.generate.painted.buildings import (
    box,
    lit_windows,
    skyscraper,
)
from retake.generate.painted.colour import Rgb, mix, scale, whitened
from retake.generate.painted.light import dust
from retake.generate.painted.plane import Outline, Patch, Plane, curve, glow
from retake.generate.painted.rooms import daylight, houseplant, mullions, walls
from retake.generate.painted.stage import Places, Spot, Stage


def laboratory(stage: Stage) -> Places:
    unit, script, width, height = stage.unit, stage.script, stage.width, stage.height
    sky.sky(stage)
    floor = stage.horizon + unit * 0.14
    window = (width * 0.5 - unit * 0.34, floor - unit * 0.72, width * 0.5 + unit * 0.34, floor - unit * 0.36)
    wall = mix(mix(script.far, script.sky[1], 0.45), script.near, 0.35 if not stage.night else 0.6)
    for share in np.linspace(-0.32, 0.32, 7):
        x = width * 0.5 + share * unit
        skyscraper(
            stage,
            stage.far,
            x - unit * 0.04,
            x + unit * 0.04,
            window[3] - unit * stage.pick(0.06, 0.2),
            window[3] + 3,
            (stage.land(0.4), stage.land(0.3)),
            0.35,
        )
    walls(stage, wall, floor, window)
    mullions(stage, window, 4, 1, scale(mix(wall, script.near, 0.4), 0.9))
    daylight(stage, window, floor, 0.7 if not stage.night else 0.3)
    glow = mix(script.accent, script.sky[2], 0.2)
    liquids = [
        script.accent,
        mix(script.sky[2], script.light, 0.3),
        mix(script.haze, script.light, 0.4),
        mix(script.accent, script.sky[1], 0.45),
    ]
    for level in (0.2, 0.085):
        y = floor - unit * level
        stage.far.put(
            stage.far.polygon(box(-5, y, width + 5, y + unit * 0.012)), mix(wall, script.light, 0.35)
        )
        x = unit * 0.03
        while x < width:
            size = unit * stage.pick(0.03, 0.055)
            _vessel(stage, stage.far, x, y, size, liquids[int(stage.rng.integers(4))])
            x += size * stage.pick(1.1, 2.4)
    for side in (-1, 1):
        panel_x = width * 0.5 + side * unit * 0.43
        panel = box(panel_x - unit * 0.06, floor - unit * 0.62, panel_x + unit * 0.06, floor - unit * 0.3)
        stage.far.put(stage.far.polygon(panel), scale(script.near, 0.9))
        light = lit_windows(stage, int(unit * 0.1) + 2, int(unit * 0.28) + 2, unit * 0.012, 0.5)
        left, top = int(panel_x - unit * 0.05), int(floor - unit * 0.6)
        if left > 0 and left + light.shape[1] < width and top > 0 and top + light.shape[0] < height:
            stage.far.fill(Patch(light, left, top), glow, 0.8)
    table = floor + unit * 0.1
    bench = mix(script.near, wall, 0.35)
    stage.mid.put(
        stage.mid.polygon(box(-20, table, width + 20, height + 5)),
        stage.rows(
            [mix(bench, script.light, 0.2), bench, scale(script.near, 0.85)], table, table + unit * 0.5
        ),
    )
    edge = stage.mid.put(
        stage.mid.polygon(box(-20, table - unit * 0.02, width + 20, table + unit * 0.006)),
        mix(bench, script.light, 0.5),
    )
    if edge is not None:
        stage.mid.fill(edge.edge(0, -unit * 0.005), script.light, 0.6)
    for number, share in enumerate((-0.42, -0.34, 0.16, 0.28, 0.4)):
        _vessel(
            stage,
            stage.mid,
            width * 0.5 + stage.side * share * unit,
            table - unit * 0.02,
            unit * (0.12 if number % 2 else 0.09),
            liquids[number % 4],
        )
    _microscope(stage, width * 0.5 - stage.side * unit * 0.06, table - unit * 0.02, unit * 0.2)
    stage.near.put(stage.near.polygon(box(-5, height * 0.96, width + 5, height + 5)), scale(script.near, 0.8))
    dust(stage, stage.mid, floor - unit * 0.6, floor, 40, script.light, 0.4)
    return Places(
        Spot(width * 0.5 - stage.side * unit * 0.2, table + unit * 0.17, unit * 0.47),
        Spot(width * 0.5 + stage.side * unit * 0.06, table - unit * 0.02, unit * 0.17),
        Spot(width * 0.5, floor, unit * 0.1),
        behind=True,
    )


def _vessel(stage: Stage, plane: Plane, x: float, y: float, size: float, colour: Rgb) -> None:
    """A flask, bottle or tube at random."""
    kind = int(stage.rng.integers(3))
    if kind == 0:
        outline = [
            (-0.38, 0),
            (-0.4, -0.06),
            (-0.1, -0.58),
            (-0.1, -0.95),
            (-0.14, -1.0),
            (0.14, -1.0),
            (0.1, -0.95),
            (0.1, -0.58),
            (0.4, -0.06),
            (0.38, 0),
        ]
        liquid = [(-0.35, -0.03), (-0.37, -0.07), (-0.22, -0.34), (0.22, -0.34), (0.37, -0.07), (0.35, -0.03)]
    elif kind == 1:
        outline = [
            (-0.26, 0),
            (-0.28, -0.55),
            (-0.12, -0.72),
            (-0.12, -0.95),
            (0.12, -0.95),
            (0.12, -0.72),
            (0.28, -0.55),
            (0.26, 0),
        ]
        liquid = [(-0.23, -0.03), (-0.25, -0.42), (0.25, -0.42), (0.23, -0.03)]
    else:
        outline = [(-0.13, 0), (-0.14, -1.05), (0.14, -1.05), (0.13, 0)]
        liquid = [(-0.1, -0.03), (-0.1, -0.6), (0.1, -0.6), (0.1, -0.03)]
    base = np.array([x, y])
    _glass(
        plane,
        np.array(outline) * size + base,
        np.array(liquid) * size + base,
        colour,
        stage.script.light,
        max(1.0, size * 0.025),
    )


def _glass(
    plane: Plane, outline: Outline, liquid: Outline | None, colour: Rgb, light: Rgb, thick: float
) -> None:
    """A vessel: faint body, bright liquid, a highlight along its side."""
    body = plane.polygon(outline)
    if body is None:
        return
    plane.fill(body, light, 0.16)
    if liquid is not None:
        plane.put(plane.polygon(liquid), colour, 0.9)
        middle, reach = liquid.mean(0), float(np.ptp(liquid[:, 0]))
        halo = plane.halo(float(middle[0]), float(middle[1]), reach * 1.7)
        if halo is not None:
            plane.fill(halo, colour, 0.32)
    plane.strokes([(np.concatenate([outline, outline[:1]]), thick)], light, 0.55)


def _microscope(stage: Stage, x: float, y: float, size: float) -> None:
    dark, side = scale(mix(stage.script.near, stage.script.far, 0.12), 0.9), stage.side
    shapes = [
        box(-0.3, -0.07, 0.3, 0),
        box(-0.22, -0.34, 0.16, -0.3),
        np.array(
            [
                (0.16, -0.05),
                (0.3, -0.07),
                (0.36, -0.4),
                (0.26, -0.66),
                (0.12, -0.72),
                (0.08, -0.62),
                (0.2, -0.56),
                (0.24, -0.38),
            ]
        ),
        np.array([(-0.1, -0.36), (-0.02, -0.36), (0.12, -0.86), (0.0, -0.9)]),
        np.array([(-0.02, -0.88), (0.14, -0.84), (0.2, -1.0), (0.06, -1.05)]),
    ]
    placed = [shape * size * (side, 1) + (x, y) for shape in shapes]
    patch = stage.mid.put(stage.mid.polygon(*placed), dark)
    if patch is not None:
        stage.mid.fill(patch.edge(side * size * 0.02, -size * 0.02), stage.script.light, 0.6)


def office(stage: Stage) -> Places:
    unit, script, width, height = stage.unit, stage.script, stage.width, stage.height
    sky.sky(stage)
    floor = stage.horizon + unit * 0.13
    window = (width * 0.04, floor - unit * 0.78, width * 0.96, floor - unit * 0.1)
    for depth, tall in ((0.2, 0.4), (0.4, 0.26)):
        x = -unit * 0.05
        while x < width:
            span = unit * stage.pick(0.06, 0.11)
            top = window[3] - unit * tall * stage.pick(0.5, 1.1)
            skyscraper(
                stage,
                stage.far,
                x,
                x + span,
                top,
                window[3] + 3,
                (stage.land(depth), mix(stage.land(depth), script.haze, 0.55)),
                0.4,
            )
            x += span * stage.pick(0.8, 1.3)
        stage.mist(stage.far, window[3] - unit * 0.3, window[3] + unit * 0.1, script.haze, 0.4)
    wall = mix(mix(script.far, script.haze, 0.4), script.near, 0.25 if not stage.night else 0.65)
    walls(stage, wall, floor, window)
    mullions(stage, window, max(3, round(width / unit * 4)), 2, scale(mix(wall, script.near, 0.55), 0.8))
    daylight(stage, window, floor, 0.75 if not stage.night else 0.25)
    _board(stage, width * 0.5 + stage.side * unit * 0.12, floor - unit * 0.42, unit * 0.24)
    table = floor + unit * 0.1
    wood = mix(mix(script.near, script.accent, 0.2), wall, 0.25)
    left, right = width * 0.5 - unit * 0.42, width * 0.5 + unit * 0.42
    stage.mid.put(
        stage.mid.polygon(
            box(left + unit * 0.05, table, left + unit * 0.07, table + unit * 0.36),
            box(right - unit * 0.07, table, right - unit * 0.05, table + unit * 0.36),
        ),
        scale(script.near, 0.9),
    )
    top = stage.mid.put(
        stage.mid.polygon(box(left, table - unit * 0.01, right, table + unit * 0.02)),
        mix(wood, script.light, 0.2),
    )
    if top is not None:
        stage.mid.fill(top.edge(0, -unit * 0.004), script.light, 0.6)
    for share in (-0.27, 0.24):
        x = width * 0.5 + share * unit
        screen = np.array(
            [
                (x - unit * 0.09, table - unit * 0.13),
                (x + unit * 0.09, table - unit * 0.13),
                (x + unit * 0.085, table - unit * 0.012),
                (x - unit * 0.085, table - unit * 0.012),
            ]
        )
        stage.mid.put(stage.mid.polygon(screen), scale(script.near, 1.1))
        stage.mid.put(
            stage.mid.polygon((screen - screen.mean(0)) * 0.9 + screen.mean(0)),
            mix(script.sky[1], script.light, 0.35),
        )
        chart_lines(stage, stage.mid, x, table - unit * 0.035, unit * 0.14, unit * 0.07)
    for size, share in ((0.34, -0.5), (0.3, 0.5)):
        houseplant(
            stage,
            stage.near,
            width * 0.5 + stage.side * share * width * 0.96,
            height * 0.98,
            unit * size * 1.3,
        )
    stage.near.put(
        stage.near.polygon(box(-5, height * 0.955, width + 5, height + 5)), scale(script.near, 0.8)
    )
    return Places(
        Spot(width * 0.5 - stage.side * unit * 0.12, table + unit * 0.16, unit * 0.5),
        Spot(width * 0.5 + stage.side * unit * 0.02, table - unit * 0.01, unit * 0.15),
        Spot(width * 0.5, floor, unit * 0.1),
        behind=True,
    )


def _board(stage: Stage, x: float, y: float, size: float) -> None:
    """A wall screen with a rising chart."""
    script = stage.script
    frame = box(x - size, y - size * 0.68, x + size, y + size * 0.68)
    patch = stage.far.put(stage.far.polygon(frame), scale(mix(script.near, script.sky[0], 0.3), 0.95))
    if patch is not None:
        stage.far.fill(patch.edge(stage.side * size * 0.01, -size * 0.012), script.light, 0.5)
    chart_lines(stage, stage.far, x, y + size * 0.5, size * 1.7, size * 1.0)


def chart_lines(stage: Stage, plane: Plane, x: float, foot: float, wide: float, tall: float) -> None:
    """Rising bars and a rising line."""
    script, bars = stage.script, 7
    heights = np.array([0.2, 0.3, 0.27, 0.45, 0.5, 0.7, 0.95]) * tall
    lefts = x - wide / 2 + np.arange(bars) * wide / bars
    tone = mix(script.sky[1], script.light, 0.3)
    for left, high, share in zip(
        lefts.tolist(), heights.tolist(), np.linspace(0, 1, bars).tolist(), strict=True
    ):
        plane.put(
            plane.polygon(box(left + wide * 0.025, foot - high, left + wide * 0.1, foot)),
            mix(tone, script.accent, share**2),
            0.9,
        )
    line = np.stack([lefts + wide * 0.06, foot - heights - tall * 0.12], 1)
    smooth = curve([tuple(point) for point in line], closed=False)
    plane.strokes([(smooth, max(1.0, wide * 0.016))], whitened(script.accent, 0.35))
    glow(plane, float(line[-1, 0]), float(line[-1, 1]), wide * 0.12, script.accent, 0.8)
