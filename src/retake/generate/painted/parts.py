"""Other parts of a built or hewn place, seen from the front: a wall that bears signs, a great door, a stair.

They take the light and the stone of the place that they belong to, so that it is known again.
"""

from __future__ import annotations

import numpy as np

from retake.generate.painted.buildings import box
from retake.generate.painted.colour import Rgb, mix, scale, whitened
from retake.generate.painted.depths import arch, indoor_light, shell
from retake.generate.painted.light import beam, dust
from retake.generate.painted.noise import Field
from retake.generate.painted.plane import Outline, Patch, enlarged, glow
from retake.generate.painted.stage import Places, Spot, Stage

_HEWN = frozenset({"cave", "mountains", "desert", "forest"})


def mural(stage: Stage) -> Places:
    """A wall with a map of the stars on it, that shines."""
    unit, x = stage.unit, stage.width * (0.5 + stage.side * 0.04)
    size = min(unit * 0.86, (stage.horizon + unit * 0.1) * 1.12)
    centre = stage.horizon + unit * 0.1 - size * 0.44
    floor = _wall(stage, x, centre, 0.42)
    tone = stage.tint(mix(stage.script.accent, stage.script.light, 0.35))
    glow(stage.far, x, centre, unit * 0.8, tone, 0.34)
    turn = np.linspace(0, 2 * np.pi, 120)
    circle = np.stack([np.cos(turn), np.sin(turn)], 1)
    centre_at = np.array([x, centre])
    thin = max(1.0, unit * 0.0034)
    rings = [(circle * radius * size + centre_at, thin * wide) for radius, wide in _RINGS]
    spokes = [
        (np.array([(np.cos(t), np.sin(t))]) * np.array([[0.3], [0.335]]) * size + centre_at, thin)
        for t in np.linspace(0, 2 * np.pi, 48, endpoint=False).tolist()
    ]
    stage.far.strokes([(line, wide * 3) for line, wide in rings], scale(stage.script.near, 0.7), 0.35)
    stage.far.strokes([*rings, *spokes], tone, 0.8)
    _stars(stage, centre_at, tone, size, floor)
    _piers(stage)
    dust(stage, stage.mid, centre - unit * 0.5, floor + unit * 0.1, 110, whitened(tone, 0.3), 0.7)
    return Places(
        Spot(x - stage.side * unit * 0.17, floor + unit * 0.06, unit * 0.34),
        Spot(x + stage.side * unit * 0.2, floor + unit * 0.1, unit * 0.24),
        Spot(x, floor, unit * 0.1),
    )


_RINGS = ((0.36, 1.6), (0.34, 0.8), (0.28, 0.8), (0.19, 1.0), (0.09, 1.2))


def _stars(stage: Stage, centre: Outline, tone: Rgb, size: float, floor: float) -> None:
    """Stars in and around the rings, some joined to figures."""
    rng, unit = stage.rng, stage.unit
    turn, far = rng.random(46) * 2 * np.pi, np.sqrt(rng.random(46)) * 0.62
    points = np.stack([np.cos(turn) * far, np.sin(turn) * far * 0.94], 1) * size + centre
    points = points[points[:, 1] < floor - unit * 0.03]
    figures: list[tuple[Outline, float]] = []
    for start in points[::6]:
        near = np.argsort(np.hypot(*(points - start).T))[:4]
        figures.append((points[near], max(1.0, unit * 0.0022)))
    stage.far.strokes(figures, tone, 0.45)
    radii = unit * rng.uniform(0.004, 0.011, len(points))
    for (x, y), radius in zip(points[:18].tolist(), radii.tolist(), strict=False):
        glow(stage.far, x, y, radius * 7, tone, 0.5)
    stage.far.put(stage.far.discs(points[:, 0], points[:, 1], radii), whitened(tone, 0.6))


def doorway(stage: Stage) -> Places:
    """A great door that stands ajar, with light behind it."""
    unit, x = stage.unit, stage.width * (0.5 + stage.side * 0.07)
    floor = _wall(stage, x, stage.horizon - unit * 0.15, 0.24)
    script, plane = stage.script, stage.far
    light = whitened(indoor_light(stage), 0.25)
    stone = mix(mix(script.far, script.haze, 0.2), script.near, 0.35)
    foot, tall = floor + unit * 0.01, unit * 0.86
    for half, more, tone in ((0.4, 0.1, scale(stone, 0.8)), (0.345, 0.045, mix(stone, light, 0.18))):
        frame = plane.put(plane.polygon(arch(x, foot, unit * half * 2, tall + unit * more)), tone)
        if frame is not None:
            plane.fill(frame.edge(0, unit * 0.006), light, 0.35)
    inside = plane.polygon(arch(x, foot, unit * 0.56, tall))
    plane.put(inside, stage.rows([mix(light, script.haze, 0.3), light], foot - tall, foot))
    leaf = mix(mix(script.near, script.accent, 0.16), script.far, 0.16)
    for side in (-1, 1):
        edge, inner = x + side * unit * 0.285, x + side * unit * (0.07 if side == stage.side else 0.12)
        drop = unit * 0.055
        top_edge, top_inner = foot - tall * 0.68, foot - tall * 0.97
        door = np.array([(edge, top_edge), (inner, top_inner), (inner, foot + drop), (edge, foot)])
        shown = plane.put(plane.polygon(door), leaf)
        if shown is not None:
            plane.fill(shown.edge(-side * unit * 0.009, 0), light, 0.85)
        panels = [
            (
                np.array(
                    [
                        (edge + (inner - edge) * a, foot - tall * (high * (0.66 + 0.28 * a)) + drop * a)
                        for a, high in (
                            (0.2, low),
                            (0.8, low),
                            (0.8, low + 0.24),
                            (0.2, low + 0.24),
                            (0.2, low),
                        )
                    ]
                ),
                max(1.0, unit * 0.005),
            )
            for low in (0.08, 0.4, 0.7)
        ]
        plane.strokes(panels, mix(leaf, light, 0.3), 0.7)
    glow(plane, x, foot - tall * 0.45, unit * 0.75, light, 0.42)
    spill = np.array([(x - unit * 0.1, foot), (x + unit * 0.1, foot), (x + unit * 0.42, foot + unit * 0.7),
                      (x - unit * 0.36, foot + unit * 0.7)])  # fmt: skip
    beam(stage, plane, spill, light, 0.55, unit * 0.03)
    _piers(stage)
    dust(stage, stage.mid, foot - tall, foot + unit * 0.2, 120, light, 0.7)
    return Places(
        Spot(x - stage.side * unit * 0.12, floor + unit * 0.07, unit * 0.35),
        Spot(x + stage.side * unit * 0.3, floor + unit * 0.12, unit * 0.22),
        Spot(x, floor, unit * 0.1),
    )


def stairway(stage: Stage) -> Places:
    """A broad stair between walls, up to a bright opening."""
    unit, x = stage.unit, stage.width * (0.5 - stage.side * 0.04)
    script, plane = stage.script, stage.far
    top = stage.horizon - unit * 0.16
    _wall(stage, x, top - unit * 0.2, 0.9)
    light = whitened(indoor_light(stage), 0.2)
    glow(plane, x, top - unit * 0.15, unit * 0.85, light, 0.5)
    plane.put(plane.polygon(arch(x, top + 2, unit * 0.42, unit * 0.56)), mix(script.near, script.far, 0.5))
    plane.put(
        plane.polygon(arch(x, top + 2, unit * 0.32, unit * 0.5)),
        stage.rows([mix(light, script.haze, 0.35), whitened(light, 0.5)], top - unit * 0.5, top),
    )
    stone = mix(mix(script.far, script.haze, 0.3), script.near, 0.22)
    steps = 17
    levels = top + (stage.height * 1.02 - top) * (np.arange(steps + 1) / steps) ** 1.55
    halves = unit * (0.17 + 0.62 * (levels - top) / unit)
    for index in range(steps):
        share = index / steps
        y, below = float(levels[index]), float(levels[index + 1])
        half, wide = float(halves[index]), float(halves[index + 1])
        tread = y + (below - y) * 0.42
        at = half + (wide - half) * 0.5
        lit = mix(mix(stone, light, 0.5 * (1 - share) ** 1.4 + 0.06), scale(script.near, 0.9), share**1.3)
        face = np.array([(x - half, y), (x + half, y), (x + at, tread), (x - at, tread)])
        plane.put(plane.polygon(face), lit)
        riser = box(x - at, tread, x + at, below + 2)
        plane.put(plane.polygon(riser), scale(lit, 0.66))
        plane.strokes([(np.array([(x - at, tread), (x + at, tread)]), max(1.0, unit * 0.003))], light,
                      0.5 * (1 - share))  # fmt: skip
    for side in (-1, 1):
        rail = np.array(
            [
                (x + side * unit * 0.17, top - unit * 0.08),
                (x + side * float(halves[-1]), float(levels[-1]) - unit * 0.16),
                (x + side * (float(halves[-1]) + unit * 0.5), float(levels[-1]) + 40),
                (x + side * float(halves[-1]), float(levels[-1])),
                (x + side * unit * 0.17, top + 2),
            ]
        )
        shown = stage.mid.put(stage.mid.polygon(rail), scale(mix(stone, script.near, 0.55), 0.9))
        if shown is not None:
            stage.mid.fill(shown.edge(-side * unit * 0.003, -unit * 0.006), light, 0.5)
    _piers(stage)
    beam(
        stage,
        plane,
        np.array([(x - unit * 0.14, top), (x + unit * 0.14, top), (x + unit * 0.5, top + unit * 0.8),
                  (x - unit * 0.3, top + unit * 0.8)]),
        light, 0.35, unit * 0.02,
    )  # fmt: skip
    dust(stage, stage.mid, top - unit * 0.4, top + unit * 0.6, 110, light, 0.7)
    stand = float(levels[7])
    return Places(
        Spot(x - stage.side * unit * 0.1, stand + unit * 0.01, unit * 0.3),
        Spot(x + stage.side * unit * 0.16, stand + unit * 0.06, unit * 0.2),
        Spot(x, top, unit * 0.1),
    )


def _wall(stage: Stage, x: float, y: float, size: float) -> float:
    """The wall, lit around (x, y), and the floor before it; gives the y of their meeting."""
    unit, script = stage.unit, stage.script
    hewn = stage.scene.setting in _HEWN
    light = indoor_light(stage)
    air, dark = mix(script.far, script.haze, 0.3), scale(script.near, 0.9)
    air = mix(air, script.near, 0.45) if hewn else air
    middle = mix(air, script.near, 0.5 if hewn else 0.3)
    shell(stage, x, y, mix(air, light, 0.2 if hewn else 0.3), middle, dark, unit * (0.75 + 0.3 * size))
    floor = stage.horizon + unit * 0.1
    thin = max(1.0, unit * 0.0026)
    if hewn:
        rows, columns = max(2, stage.height // 4), max(2, stage.width // 4)
        for cells, tone, share in (((9.0, 4.0), dark, 0.5), ((26.0, 15.0), mix(air, light, 0.5), 0.22)):
            marks: Field = np.clip(stage.clouded(rows, columns, cells, 5) * 1.4, 0, 1)
            stage.far.fill(Patch(enlarged(marks, stage.height, stage.width)), tone, share)
    else:
        tall = unit * 0.105
        courses: list[tuple[Outline, float]] = []
        level, odd = floor, False
        while level > -tall:
            courses.append((np.array([(-5.0, level), (stage.width + 5.0, level)]), thin))
            for at in np.arange(-unit, stage.width + unit, unit * 0.26) + (unit * 0.13 if odd else 0):
                courses.append((np.array([(at, level), (at, level - tall)]), thin))
            level, odd = level - tall, not odd
        stage.far.strokes(courses, dark, 0.4)
        stage.far.strokes([(line + np.array([0, thin * 1.2]), wide) for line, wide in courses], light, 0.08)
    ground = np.full(stage.width, floor, np.float32)
    if hewn:
        ground += stage.line(8, 0.6, 5) * np.float32(unit * 0.02)
    patch = stage.far.put(
        stage.far.below(ground),
        stage.rows([mix(middle, light, 0.35), mix(middle, dark, 0.4), dark], floor, stage.height * 0.95),
    )
    if patch is not None:
        stage.far.fill(patch.edge(0, -unit * 0.006), light, 0.35)
    lines = [
        (np.array([(x + k * unit * 0.16, floor), (x + k * unit * 0.62, stage.height + 4.0)]), thin)
        for k in range(-9, 10)
    ]
    if not hewn:
        stage.far.strokes(lines, dark, 0.35)
    stage.light_x, stage.light_y = x, y
    return floor


def _piers(stage: Stage) -> None:
    """A mass of stone near to the viewer, out of focus at one side, and the ground before him."""
    unit, dark = stage.unit, scale(stage.script.near, 0.85)
    side = -stage.side
    edge = stage.width * 0.5 + side * (stage.width * 0.5 - unit * 0.1)
    down = np.linspace(-20, stage.height + 20, 40)
    swing = np.zeros(40)
    if stage.scene.setting in _HEWN:
        rough = stage.line(7, 0.5, 4)
        swing = np.interp(np.linspace(0, 1, 40), np.linspace(0, 1, len(rough)), rough) * unit * 0.05
    inner = np.stack([edge + swing, down], 1)
    far = stage.width * 0.5 + side * stage.width
    patch = stage.near.polygon(np.concatenate([inner, [(far, stage.height + 20.0), (far, -20.0)]]))
    if patch is not None:
        stage.near.fill(patch.soft(unit * 0.012), dark)
    stage.near.put(stage.near.polygon(box(-5, stage.height * 0.955, stage.width + 5, stage.height + 5)), dark)
