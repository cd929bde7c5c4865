"""Places by water: the sea, a river or lake, and under the surface."""

from __future__ import annotations

import numpy as np

from retake.generate.painted import flora, land, sky
from retake.generate.painted.colour import mix, ramp, scale
from retake.generate.painted.light import shafts
from retake.generate.painted.plane import Outline, Patch, curve, enlarged
from retake.generate.painted.stage import Places, Spot, Stage
from retake.generate.painted.water import foam, water


def sea(stage: Stage) -> Places:
    unit, base = stage.unit, stage.horizon
    rough = stage.scene.weather in ("storm", "rain")
    stage.light_x = stage.width * (0.5 + stage.side * 0.12)
    sky.sky(stage, base)
    across = np.arange(stage.width, dtype=np.float32)
    for depth, tall, where in ((0.16, 0.05, -0.32), (0.3, 0.085, 0.36)):
        centre = stage.width * 0.5 + stage.side * where * max(unit, stage.width * 0.7)
        cape = (
            np.exp(-(((across - centre) / (unit * 0.3)) ** 2))
            * unit
            * tall
            * (1 + 0.25 * stage.line(4, 0.55, 5))
        )
        patch = stage.far.below((base - cape + unit * 0.004).astype(np.float32), base + 1)
        stage.far.put(
            patch,
            stage.rows(
                [stage.land(depth), mix(stage.land(depth), stage.script.haze, 0.6)], base - unit * tall, base
            ),
        )
    water(stage, base, 0.15 if rough else 0.5)
    foam(stage, stage.far, base + unit * 0.03, stage.height, 46 if rough else 26) if rough else None
    away = -stage.side
    edge = stage.width * 0.5 + away * stage.width * 0.5
    inland = (across - edge) * -away / unit
    cliff = (
        base
        + unit * 0.24
        - unit * 0.26 * np.exp(-((np.clip(inland, 0, None) / 0.42) ** 3.2))
        - np.abs(stage.line(9, 0.55, 5)) * unit * 0.02
        + unit * 0.12 * np.clip((inland - 0.42) * 3, 0, 1.5)
        + np.clip((inland - 0.6) * 5, 0, 6) * unit * 0.25
    ).astype(np.float32)
    hill = land.hill(stage, stage.mid, cliff, 0.86, fall=0.9)
    if hill is not None:
        land.mottle(stage, stage.mid, hill, scale(stage.script.near, 0.8), 9, 0.4, steep=True)
        land.mottle(
            stage, stage.mid, hill, mix(stage.land(0.6), stage.script.light, 0.25), 11, 0.16, steep=True
        )
    flora.grass(stage, stage.mid, cliff, unit * 0.02, stage.land(0.86), 190)
    x = edge - away * unit * 0.27
    foot = float(cliff[int(np.clip(x, 0, stage.width - 1))])
    land.foreground(stage, "rocks" if rough else "grass", 0.91)
    person = Spot(x, foot + unit * 0.006, unit * 0.14)
    beside = edge - away * unit * 0.12
    landmark = Spot(beside, float(cliff[int(np.clip(beside, 0, stage.width - 1))]) + unit * 0.02, unit * 0.13)
    return Places(person, Spot(x + away * unit * 0.13, foot + unit * 0.012, unit * 0.13), landmark)


def river(stage: Stage) -> Places:
    unit, base, script = stage.unit, stage.horizon, stage.script
    sky.sky(stage, base)
    land.mountains(stage, base + unit * 0.01, unit * 0.42, 0.22, 1.5, 0.7 if stage.snowy else 0.35)
    stage.mist(stage.far, base - unit * 0.18, base + unit * 0.05, script.haze, 0.55)
    across = np.linspace(-1, 1, stage.width, dtype=np.float32)
    for depth, rise in ((0.42, 0.06), (0.6, 0.03)):
        line = (
            base - unit * rise * (0.5 + np.abs(across)) - np.abs(stage.line(3, 0.5, 5)) * unit * 0.03
        ).astype(np.float32)
        flora.treeline(
            stage,
            stage.far,
            line,
            unit * (0.06 + depth * 0.07),
            int(80 * stage.width / unit),
            stage.land(depth),
            0.2,
        )
        patch = stage.far.below(line, base + 1)
        stage.far.put(patch, stage.land(depth))
        stage.mist(stage.far, base - unit * 0.08, base + unit * 0.03, script.haze, 0.4)
    water(stage, base, 0.9)
    stage.mist(stage.far, base - unit * 0.02, base + unit * 0.12, script.haze, 0.3)
    bank = (
        base
        + unit * 0.46
        - np.clip(across * -stage.side + 0.12, 0, 1) ** 0.8 * unit * 0.3
        + stage.line(3, 0.5, 5) * unit * 0.012
    ).astype(np.float32)
    flora.treeline(stage, stage.mid, bank, unit * 0.34, int(7 * stage.width / unit), stage.land(0.9), 0.62)
    flora.grass(stage, stage.mid, bank, unit * 0.035, stage.land(0.85), 120)
    land.hill(stage, stage.mid, bank, 0.84, fall=0.9)
    land.foreground(stage, "grass", 0.91)
    x = stage.width * (0.5 - stage.side * 0.2)
    spot = Spot(x, float(bank[int(x)]) + unit * 0.008, unit * 0.14)
    x = stage.width * (0.5 + stage.side * 0.02)
    return Places(
        spot,
        Spot(x, float(bank[int(x)]) + unit * 0.01, unit * 0.13),
        Spot(stage.width * (0.5 + stage.side * 0.2), base + unit * 0.03, unit * 0.07),
    )


def underwater(stage: Stage) -> Places:
    unit, script, height = stage.unit, stage.script, stage.height
    teal = scale(mix(script.sky[1], script.haze, 0.3), 0.9)
    rows, columns = max(2, height // 3), max(2, stage.width // 3)
    colours = [
        mix(script.light, script.haze, 0.35),
        mix(script.haze, teal, 0.6),
        teal,
        mix(script.sky[0], script.near, 0.4),
        scale(script.near, 0.9),
    ]
    field = np.repeat(ramp(colours, rows, [0, 0.13, 0.38, 0.72, 1]).T[:, :, None], columns, axis=2)
    for index in range(3):
        stage.far.channels[index] = enlarged(np.ascontiguousarray(field[index]), height, stage.width)
    net = np.abs(stage.clouded(rows, columns, (16, 7), 3))
    caustic = np.clip(0.22 - net, 0, 1) * 4 * np.exp(-np.linspace(0, 9, rows, dtype=np.float32))[:, None]
    stage.far.light(Patch(enlarged(caustic.astype(np.float32), height, stage.width)), script.light, 0.8)
    shafts(stage, stage.far, stage.light_x, -0.25 * height, height * 0.95, script.light, 0.5, 9)
    for depth, level, plane in ((0.45, 0.6, stage.far), (0.7, 0.72, stage.mid), (0.95, 0.88, stage.near)):
        line = (height * level - np.abs(stage.line(3.5, 0.6, 6)) * unit * 0.09 * (2 - depth)).astype(
            np.float32
        )
        colour = mix(teal, script.near, depth)
        outlines: list[Outline] = []
        for _ in range(int(16 * max(1, stage.width / unit))):
            x = float(stage.rng.random() * stage.width)
            foot, tall = float(line[int(x)]) + unit * 0.03, unit * stage.pick(0.08, 0.3) * (0.5 + depth * 0.6)
            sway, wide = stage.pick(-0.3, 0.3) * tall, unit * 0.012 * (0.5 + depth)
            left = [
                (x - wide, foot),
                (x - wide + sway * 0.6, foot - tall * 0.4),
                (x + sway * 0.2, foot - tall * 0.75),
                (x + sway, foot - tall),
            ]
            outlines.append(
                np.concatenate(
                    [
                        curve(left, closed=False),
                        curve(
                            [(px + wide * (1.6 - k * 0.45), py) for k, (px, py) in enumerate(left)][::-1],
                            closed=False,
                        ),
                    ]
                )
            )
        plane.put(plane.polygon(*outlines), colour, 0.9)
        patch = plane.below(line)
        if patch is not None:
            plane.fill(
                patch,
                stage.rows(
                    [mix(colour, script.haze, 0.22), colour, scale(script.near, 0.9)],
                    height * level - unit * 0.1,
                    height,
                ),
            )
            plane.fill(patch.edge(0, -unit * 0.006), mix(script.haze, script.light, 0.3), 0.4)
    bubbles = 40
    patch = stage.mid.discs(
        stage.rng.random(bubbles) * stage.width,
        stage.rng.random(bubbles) * height * 0.8,
        unit * stage.rng.uniform(0.001, 0.006, bubbles),
    )
    stage.mid.put(patch, script.light, 0.35)
    for _ in range(16):
        x, y, size = (
            stage.width * stage.pick(0.1, 0.9),
            stage.horizon * stage.pick(0.35, 0.95),
            unit * stage.pick(0.012, 0.035),
        )
        fish = curve(
            [
                (x + stage.side * size * px, y + size * py)
                for px, py in (
                    (1, 0),
                    (0.5, -0.28),
                    (-0.3, -0.2),
                    (-0.6, -0.02),
                    (-1.05, -0.34),
                    (-0.95, 0.0),
                    (-1.05, 0.34),
                    (-0.6, 0.04),
                    (-0.3, 0.22),
                    (0.5, 0.26),
                )
            ],
            steps=3,
        )
        stage.far.put(stage.far.polygon(fish), mix(teal, script.near, stage.pick(0.3, 0.8)), 0.85)
    spot = Spot(stage.width * (0.5 - stage.side * 0.12), height * 0.62, unit * 0.14)
    return Places(
        spot,
        Spot(stage.width * (0.5 + stage.side * 0.1), height * 0.64, unit * 0.14),
        Spot(stage.width * 0.5, stage.horizon * 0.75, unit * 0.1),
    )
