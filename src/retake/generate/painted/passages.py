"""Ways that lead inwards: a corridor of lit frames, a cave with light at its end."""

from __future__ import annotations

import cv2
import numpy as np

from retake.generate.painted.buildings import (
    box,
)
from retake.generate.painted.colour import mix, scale
from retake.generate.painted.depths import (
    eye_level,
    floor_glow,
    outside,
    shell,
    spread,
)
from retake.generate.painted.light import dust, shafts
from retake.generate.painted.plane import Patch, blurred, enlarged
from retake.generate.painted.stage import Places, Spot, Stage


def corridor(stage: Stage) -> Places:
    unit, script, width, height = stage.unit, stage.script, stage.width, stage.height
    eye, wide = eye_level(stage), spread(stage)
    x = width / 2
    stage.light_x, stage.light_y = x + stage.side, eye - unit * 0.1
    light = mix(script.light, script.sky[2], 0.25)
    steel = mix(script.far, script.near, 0.45)
    shell(
        stage, x, eye, mix(light, script.haze, 0.3), steel, scale(script.near, 0.9), unit * 0.85 * wide**0.5
    )
    ratio = 0.62
    outline = np.array(
        [
            (-0.62, -1.0),
            (0.62, -1.0),
            (0.9, -0.62),
            (0.9, 0.3),
            (0.7, 0.52),
            (-0.7, 0.52),
            (-0.9, 0.3),
            (-0.9, -0.62),
        ]
    ) * (wide, 1.25)
    sizes = [0.13 / ratio**k for k in range(6)]
    door = stage.far.polygon(outline * sizes[0] * unit * 0.9 + (x, eye))
    if door is not None:
        stage.far.put(
            door,
            stage.rows(
                [mix(light, np.ones(3, np.float32), 0.5), light], eye - unit * 0.16, eye + unit * 0.07
            ),
        )
    stage.far_light(x, eye - unit * 0.02, unit * 0.42, light, 0.6)
    for rank, size in enumerate(sizes):
        depth = rank / (len(sizes) - 1)
        ring, hole = outline * size * unit * 1.1 + (x, eye), outline * size * unit + (x, eye)
        plane = stage.far if rank < 3 else stage.mid if rank < 5 else stage.near
        colour = mix(mix(steel, light, 0.25 * (1 - depth)), scale(script.near, 0.85), 0.15 + depth * 0.7)
        rib = plane.polygon(np.concatenate([ring, ring[:1], hole[:1], hole[::-1]]))
        if rib is not None:
            plane.fill(
                rib,
                stage.rows(
                    [scale(colour, 0.7), colour, mix(colour, light, 0.2)],
                    eye - size * unit * 1.3,
                    eye + size * unit * 0.6,
                ),
            )
            plane.fill(rib.edge(-stage.side * unit * 0.006 * size, unit * 0.01 * size), light, 0.3)
        for side in (-1, 1):
            start, stop = (
                np.array((side * 0.86 * wide, -0.5)) * size,
                np.array((side * 0.86 * wide, -0.5)) * size / ratio * 0.94,
            )
            line = np.array([start, stop]) * unit + (x, eye)
            plane.strokes(
                [(line, max(1.0, unit * 0.014 * size))],
                mix(script.accent if side == stage.side else light, np.ones(3, np.float32), 0.4),
                0.9,
            )
            for point in np.linspace(0, 1, 5):
                spot = line[0] + (line[1] - line[0]) * point
                glow = plane.halo(float(spot[0]), float(spot[1]), unit * 0.22 * size)
                if glow is not None:
                    plane.light(glow, script.accent if side == stage.side else light, 0.3)
    edges = [
        (
            np.array([corner * sizes[0] * unit + (x, eye), corner * sizes[-1] * unit * 1.5 + (x, eye)]),
            max(1.0, unit * 0.004),
        )
        for corner in outline
    ]
    edges += [
        (
            np.array(
                [
                    (x + dx * wide * sizes[0] * unit, eye + 0.65 * sizes[0] * unit),
                    (x + dx * wide * sizes[-1] * unit * 1.5, eye + 0.65 * sizes[-1] * unit * 1.5),
                ]
            ),
            max(1.0, unit * 0.003),
        )
        for dx in (-0.35, 0.0, 0.35)
    ]
    stage.far.strokes(edges, scale(script.near, 0.8), 0.55)
    floor_glow(stage, x, eye + unit * 0.07, light)
    stage.near.put(stage.near.polygon(box(-5, height * 0.95, width + 5, height + 5)), scale(script.near, 0.8))
    dust(stage, stage.mid, eye - unit * 0.4, eye + unit * 0.35, 50, light, 0.5)
    spot = Spot(x - stage.side * unit * 0.04, eye + unit * 0.17, unit * 0.18)
    return Places(
        spot, Spot(x + stage.side * unit * 0.11, eye + unit * 0.17, unit * 0.16), Spot(x, eye, unit * 0.08)
    )


def cave(stage: Stage) -> Places:
    unit, script, width, height = stage.unit, stage.script, stage.width, stage.height
    eye, wide = stage.horizon - unit * 0.1, spread(stage)
    x = width / 2 + stage.side * unit * 0.05
    stage.light_x, stage.light_y = x, eye - unit * 0.1
    light = mix(script.light, script.haze, 0.5 if stage.night else 0.2)
    rock = mix(script.far, script.near, 0.35)
    shell(
        stage,
        x,
        eye - unit * 0.05,
        mix(light, np.ones(3, np.float32), 0.35),
        mix(script.haze, light, 0.25),
        rock,
        unit * 0.8,
    )
    shafts(stage, stage.far, x + stage.side * unit * 0.1, -unit * 0.2, height * 0.75, light, 0.6, 6)
    turn = np.linspace(0, 2 * np.pi, 240, endpoint=False)
    for rank, size in enumerate((0.27, 0.38, 0.53, 0.74, 1.02)):
        plane = stage.far if rank < 3 else stage.mid if rank == 3 else stage.near
        rough = stage.rng.normal(0, 1, 240)
        spikes = np.abs(
            cv2.GaussianBlur(rough[None, :].astype(np.float32), (0, 0), 2.2, borderType=cv2.BORDER_REFLECT)[0]
        )
        slow = (
            cv2.GaussianBlur(rough[None, :].astype(np.float32), (0, 0), 13, borderType=cv2.BORDER_REFLECT)[0]
            * 3.0
        )
        window = np.sin(np.linspace(0, np.pi, 240)) ** 0.2
        radius = size * unit * (1 + 0.22 * slow * window)
        hang = np.clip(-np.sin(turn), 0, 1) * spikes * size * unit * 0.5
        hole = np.stack([x + np.cos(turn) * radius * wide, eye + np.sin(turn) * radius * 1.02 + hang], 1)
        hole[:, 1] = np.minimum(hole[:, 1], eye + size * 0.5 * unit + np.abs(spikes) * size * unit * 0.05)
        shape = outside(plane, hole)
        depth = rank / 4
        colour = mix(mix(rock, light, 0.34 * (1 - depth)), scale(script.near, 0.75), 0.05 + 0.9 * depth)
        plane.fill(
            shape,
            stage.rows(
                [scale(colour, 0.7), colour, mix(colour, script.near, 0.5)],
                eye - size * unit,
                eye + size * unit,
            ),
        )
        glow = 1 - shape.values
        rim = blurred(glow, unit * 0.035 * (0.4 + size)) * shape.values
        plane.light(Patch(rim, shape.x, shape.y), light, 0.5 - 0.3 * depth)
        edge = Patch(
            np.clip(blurred(glow, max(1.0, unit * 0.0035)) * 2.2 - 0.25, 0, 1) * shape.values,
            shape.x,
            shape.y,
        )
        plane.light(edge, light, 0.42 - 0.25 * depth)
        rows, columns = shape.values.shape
        marks = stage.clouded(max(2, rows // 4), max(2, columns // 4), (12, 9), 4)
        plane.fill(
            Patch(enlarged(np.clip(marks, 0, 1), rows, columns) * shape.values, shape.x, shape.y),
            scale(colour, 0.6),
            0.4,
        )
    dust(stage, stage.mid, eye - unit * 0.4, eye + unit * 0.4, 90, light, 0.6)
    spot = Spot(x - stage.side * unit * 0.11, eye + unit * 0.2, unit * 0.16)
    return Places(
        spot,
        Spot(x + stage.side * unit * 0.06, eye + unit * 0.19, unit * 0.17),
        Spot(x, eye + unit * 0.1, unit * 0.08),
    )
