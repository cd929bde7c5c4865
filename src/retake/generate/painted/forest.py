"""A forest: trunks in ranks that fade into lit mist, a path, leaves overhead."""

from __future__ import annotations

import numpy as np

from retake.generate.painted import flora, land
from retake.generate.painted.colour import mix, ramp, scale
from retake.generate.painted.light import dust, shafts
from retake.generate.painted.plane import Outline, Patch, enlarged
from retake.generate.painted.stage import Places, Spot, Stage


def forest(stage: Stage) -> Places:
    unit, script, width, height = stage.unit, stage.script, stage.width, stage.height
    base = stage.horizon + unit * 0.04
    stage.light_x = width * (0.5 + stage.side * 0.07)
    stage.light_y = base * 0.42
    glow = mix(script.light, script.haze, 0.35 if not stage.night else 0.5)
    if stage.night:
        glow = mix(script.haze, script.light, 0.25)
    air = mix(script.haze, script.far, 0.35)
    rows, columns = max(2, height // 3), max(2, width // 3)
    field = np.repeat(
        ramp(
            [scale(script.far, 0.75), air, mix(glow, air, 0.3), air, stage.land(0.8)],
            rows,
            [0, 0.25, 0.47, 0.6, 1],
        ).T[:, :, None],
        columns,
        axis=2,
    )
    across = (np.arange(columns, dtype=np.float32) * 3 - stage.light_x)[None, :] / unit
    down = (np.arange(rows, dtype=np.float32) * 3 - stage.light_y)[:, None] / unit
    shine = 0.85 * np.exp(-(across**2 * 7 + down**2 * 3.2)).astype(np.float32)
    for index in range(3):
        field[index] += (glow[index] - field[index]) * shine
        stage.far.channels[index] = enlarged(np.ascontiguousarray(field[index]), height, width)
    spread = max(unit, width * 0.9)
    for rank, (depth, count, thick) in enumerate(((0.1, 26, 0.014), (0.3, 18, 0.024), (0.52, 12, 0.036))):
        offset = stage.rng.random(int(count * max(1, width / unit))) * 2 - 1
        offset = np.sign(offset) * (0.03 * rank + np.abs(offset))
        colour = mix(mix(air, glow, 0.45), stage.land(0.86), depth)
        flora.trunks(
            stage,
            stage.far,
            width / 2 + offset * spread * 0.62,
            base + unit * 0.03 * rank,
            unit * thick,
            colour,
            0.0,
        )
        stage.mist(stage.far, base - unit * 0.45, base + unit * 0.12, mix(air, glow, 0.6), 0.4)
        line = (base + unit * (0.01 + 0.04 * rank) + stage.line(6, 0.6, 5) * unit * 0.014).astype(np.float32)
        flora.grass(stage, stage.far, line, unit * (0.02 + 0.012 * rank), colour, 130)
        stage.far.put(
            stage.far.below(line),
            stage.rows([mix(colour, glow, 0.2), mix(colour, script.near, 0.4), script.near], base, height),
        )
    _path(stage, base + unit * 0.1, glow)
    shafts(
        stage,
        stage.far,
        stage.light_x + stage.side * unit * 0.35,
        -unit * 0.35,
        base * 1.5,
        script.light,
        0.5 if not stage.night else 0.25,
        7,
    )
    sides = np.array([0.31, -0.34, 0.47, -0.5, 0.62, -0.66]) + stage.rng.normal(0, 0.02, 6)
    flora.trunks(
        stage, stage.mid, width / 2 + sides * spread, base + unit * 0.16, unit * 0.06, stage.land(0.84), 0.4
    )
    across_line = np.linspace(-1, 1, width, dtype=np.float32)
    line = (
        base + unit * 0.3 - np.abs(across_line) ** 1.4 * unit * 0.19 + stage.line(6, 0.6, 5) * unit * 0.012
    ).astype(np.float32)
    flora.grass(stage, stage.mid, line, unit * 0.045, stage.land(0.9), 150)
    bank = stage.mid.below(line)
    if bank is not None:
        hole = np.clip((np.abs(across_line) * width / unit - 0.1) * 5, 0, 1)[
            None, bank.x : bank.x + bank.values.shape[1]
        ]
        stage.mid.fill(
            bank.times(hole.astype(np.float32)),
            stage.rows([stage.land(0.9), scale(script.near, 0.9)], base, height * 0.9),
        )
    flora.canopy(stage, stage.near, height * 0.17, unit * 0.032, scale(script.near, 0.95))
    edges = np.array([-0.02, 1.03]) * width
    flora.trunks(stage, stage.near, edges, height * 1.02, unit * 0.15, scale(script.near, 0.9), 0.1, 0)
    land.foreground(stage, "grass", 0.92)
    dust(stage, stage.mid, base * 0.3, base * 1.15, 90, script.accent if stage.night else script.light, 0.7)
    person = Spot(width * 0.5 - stage.side * unit * 0.03, base + unit * 0.15, unit * 0.19)
    return Places(
        person,
        Spot(width * 0.5 + stage.side * unit * 0.17, base + unit * 0.17, unit * 0.15),
        Spot(width * 0.5 + stage.side * unit * 0.1, base + unit * 0.03, unit * 0.09),
    )


def _path(stage: Stage, top: float, glow: Outline) -> None:
    """A winding path that catches the light."""
    near = np.linspace(0, 1, 30)
    bend = stage.side * stage.unit * 0.1 * np.sin(near * 4) * (1 - near * 0.4)
    middle, half = stage.width / 2 + bend, stage.unit * (0.02 + 0.3 * near**1.5)
    down = top + (stage.height * 1.05 - top) * near
    outline = np.concatenate([np.stack([middle - half, down], 1), np.stack([middle + half, down], 1)[::-1]])
    patch = stage.far.polygon(outline)
    if patch is None:
        return
    soft = patch.soft(stage.unit * 0.012)
    rows, columns = soft.values.shape
    dapple = enlarged(
        np.clip(0.62 + 0.5 * stage.clouded(max(2, rows // 5), max(2, columns // 5), (14, 6), 3), 0, 1),
        rows,
        columns,
    )
    tone = stage.rows(
        [mix(glow, stage.script.haze, 0.3), mix(stage.land(0.7), glow, 0.3), stage.script.near],
        top,
        stage.height,
    )
    stage.far.fill(Patch(soft.values * dapple, soft.x, soft.y), tone, 0.8)
