"""Great interiors: a columned hall, and a library between walls of books."""

from __future__ import annotations

import cv2
import numpy as np

from retake.generate.painted.buildings import (
    box,
)
from retake.generate.painted.colour import Rgb, mix, scale
from retake.generate.painted.depths import (
    arch,
    eye_level,
    floor_glow,
    indoor_light,
    paving,
    shell,
    spread,
)
from retake.generate.painted.light import beam, dust
from retake.generate.painted.plane import Outline, Plane
from retake.generate.painted.stage import Places, Spot, Stage


def hall(stage: Stage) -> Places:
    unit, script, width, height = stage.unit, stage.script, stage.width, stage.height
    eye, wide = eye_level(stage), spread(stage)
    middle_x = width / 2
    stage.light_x, stage.light_y = middle_x + stage.side * unit * 0.3, eye - unit * 0.5
    light = indoor_light(stage)
    air, dark = mix(script.far, script.haze, 0.35), scale(script.near, 0.9)
    shell(
        stage,
        middle_x,
        eye - unit * 0.1,
        mix(light, script.haze, 0.35),
        mix(air, script.near, 0.2),
        dark,
        unit * 0.95 * wide**0.5,
    )
    floor = stage.far.polygon(
        np.array(
            [
                (middle_x - unit * 0.11 * wide, eye + unit * 0.07),
                (middle_x + unit * 0.11 * wide, eye + unit * 0.07),
                (width * 2.2, height * 1.3),
                (-width * 1.2, height * 1.3),
            ]
        )
    )
    stage.far.put(
        floor,
        stage.rows(
            [mix(light, script.haze, 0.4), air, mix(air, script.near, 0.75), dark],
            eye + unit * 0.06,
            height * 0.94,
        ),
    )
    paving(stage, middle_x, eye, eye + unit * 0.075, wide, dark, 0.3)
    portal = stage.far.polygon(arch(middle_x, eye + unit * 0.075, unit * 0.15, unit * 0.3))
    if portal is not None:
        stage.far.light(portal.soft(unit * 0.02), light, 0.9)
        stage.far.put(
            portal,
            stage.rows([light, mix(light, np.ones(3, np.float32), 0.6)], eye - unit * 0.2, eye + unit * 0.08),
        )
    stage.far_light(middle_x, eye - unit * 0.06, unit * 0.45, light, 0.55)
    ranks = (0.17, 0.24, 0.34, 0.5, 0.78)
    for rank, at in enumerate(ranks):
        depth = rank / (len(ranks) - 1)
        plane = stage.far if rank < 3 else stage.mid if rank == 3 else stage.near
        colour = mix(mix(air, light, 0.3), dark, 0.12 + 0.8 * depth)
        _columns(stage, plane, middle_x, eye, at, wide, colour, light, 0.7 - 0.35 * depth)
        if rank < 3:
            stage.far_light(
                middle_x, eye - unit * 0.1, unit * (0.4 + 0.2 * rank), mix(light, script.haze, 0.4), 0.16
            )
    floor_glow(stage, middle_x, eye + unit * 0.075, light)
    top_x = middle_x + stage.side * unit * 0.62 * wide
    for shift, strength in ((0.0, 0.5), (0.26, 0.34), (-0.24, 0.24)):
        x, fall = top_x - stage.side * unit * shift, stage.side * unit * 0.75
        corners = np.array(
            [
                (x - unit * 0.05, -20),
                (x + unit * 0.06, -20),
                (x + unit * 0.1 - fall, eye + unit * 0.34),
                (x - unit * 0.14 - fall, eye + unit * 0.34),
            ]
        )
        beam(stage, stage.far, corners, light, strength, unit * 0.012)
    rubble = (
        height * 0.95
        - np.abs(np.linspace(-1, 1, width)) ** 3 * unit * 0.1
        - np.abs(stage.line(9, 0.6, 4)) * unit * 0.02
    ).astype(np.float32)
    stage.near.put(stage.near.below(rubble), dark)
    dust(
        stage,
        stage.mid,
        eye - unit * 0.55,
        eye + unit * 0.4,
        130,
        mix(light, np.ones(3, np.float32), 0.3),
        0.75,
    )
    spot = Spot(middle_x - stage.side * unit * 0.08, eye + unit * 0.2, unit * 0.17)
    return Places(
        spot,
        Spot(middle_x + stage.side * unit * 0.085, eye + unit * 0.15, unit * 0.15),
        Spot(middle_x, eye + unit * 0.08, unit * 0.08),
    )


def _columns(
    stage: Stage,
    plane: Plane,
    x: float,
    eye: float,
    at: float,
    wide: float,
    colour: Rgb,
    light: Rgb,
    rim: float,
) -> None:
    """A pair of columns and the vault between them, at a distance `at` from the vanishing point."""
    unit = stage.unit
    top, foot, half = eye - at * 1.55 * unit, eye + at * 0.42 * unit, at * 0.115 * unit
    shapes: list[Outline] = []
    for side in (-1, 1):
        middle = x + side * at * unit * 0.86 * wide
        taper = half * 0.84
        shapes.append(
            np.array(
                [(middle - taper, top), (middle + taper, top), (middle + half, foot), (middle - half, foot)]
            )
        )
        for level, size, tall in (
            (foot, 1.5, 0.32),
            (foot - half * 0.5, 1.25, 0.3),
            (top, 1.3, 0.26),
            (top - half * 0.34, 1.6, 0.4),
        ):
            shapes.append(
                box(middle - half * size, level - half * tall, middle + half * size, level + half * tall)
            )
    spring = top - half * 0.5
    reach = at * unit * 0.86 * wide
    turn = np.linspace(np.pi, 0, 40)
    rise = min(reach, at * unit * 0.9)
    inner = np.stack([x + np.cos(turn) * (reach - half), spring - np.sin(turn) * (rise - half)], 1)
    outer = np.stack(
        [x + np.cos(turn) * (reach + half * 1.2), spring - np.sin(turn) * (rise + half * 1.3)], 1
    )
    shapes.append(np.concatenate([inner, outer[::-1]]))
    patch = plane.put(
        plane.polygon(*shapes),
        stage.rows([scale(colour, 0.72), colour, mix(colour, light, 0.12)], top - rise, foot),
    )
    if patch is None:
        return
    rows, columns = patch.values.shape
    across = patch.across
    flute = np.zeros(columns, np.float32)
    for side in (-1, 1):
        middle = x + side * at * unit * 0.86 * wide
        place = (across - middle) / half
        inside = np.abs(place) < 1
        flute += inside * (0.5 + 0.5 * np.sin(np.arcsin(np.clip(place, -1, 1)) * 11)).astype(np.float32)
        plane.fill(
            patch.times((inside * np.clip(0.15 + place * side * 0.6, 0, 1))[None, :].astype(np.float32)),
            scale(colour, 0.45),
            0.6,
        )
        plane.light(
            patch.times((inside * np.clip(-place * side - 0.1, 0, 1) ** 1.5)[None, :].astype(np.float32)),
            light,
            rim,
        )
    shaft = np.zeros(rows, np.float32)
    shaft[int(np.clip(top - patch.y, 0, rows)) : int(np.clip(foot - half - patch.y, 0, rows))] = 1
    plane.fill(patch.times(flute[None, :] * shaft[:, None]), scale(colour, 0.55), 0.28)


def library(stage: Stage) -> Places:
    unit, script, width, height = stage.unit, stage.script, stage.width, stage.height
    eye, wide = eye_level(stage), spread(stage)
    x = width / 2
    stage.light_x, stage.light_y = x, eye - unit * 0.25
    light = indoor_light(stage)
    wood = mix(mix(script.near, script.accent, 0.22), script.far, 0.12)
    shell(
        stage,
        x,
        eye - unit * 0.1,
        mix(light, script.haze, 0.4),
        mix(script.far, wood, 0.5),
        scale(script.near, 0.9),
        unit * 0.9 * wide**0.5,
    )
    back = 0.16
    stage.far.put(
        stage.far.polygon(
            np.array(
                [
                    (x - back * unit * wide, eye + unit * 0.09),
                    (x + back * unit * wide, eye + unit * 0.09),
                    (width * 2, height * 1.25),
                    (-width, height * 1.25),
                ]
            )
        ),
        stage.rows(
            [mix(light, wood, 0.4), mix(wood, script.far, 0.25), scale(script.near, 0.8)],
            eye + unit * 0.08,
            height * 0.92,
        ),
    )
    window = arch(x, eye + unit * 0.0, unit * 0.2, unit * 0.42)
    pane = stage.far.put(
        stage.far.polygon(window),
        stage.rows(
            [script.sky[2], script.sky[3], mix(light, np.ones(3, np.float32), 0.4)], eye - unit * 0.42, eye
        ),
    )
    bars = [
        (np.array([(x + dx * unit, eye - unit * 0.42), (x + dx * unit, eye)]), unit * 0.005)
        for dx in (-0.05, 0.0, 0.05)
    ]
    bars += [
        (np.array([(x - unit * 0.1, eye - unit * dy), (x + unit * 0.1, eye - unit * dy)]), unit * 0.005)
        for dy in (0.08, 0.17, 0.26, 0.33)
    ]
    stage.far.strokes(bars, scale(wood, 0.7))
    if pane is not None:
        stage.far.fill(pane.edge(0, -unit * 0.008), scale(wood, 0.8), 0.9)
    stage.far_light(x, eye - unit * 0.2, unit * 0.6, light, 0.5)
    for rank, (near, far) in enumerate(((0.26, 0.165), (0.44, 0.27), (0.85, 0.46))):
        for side in (-1, 1):
            _shelves(
                stage,
                side,
                near * wide,
                far * wide,
                x,
                eye,
                wood,
                light,
                0.42 - rank * 0.13,
                stage.far if rank < 2 else stage.mid,
            )
    corners = np.array(
        [
            (x - unit * 0.08, eye - unit * 0.4),
            (x + unit * 0.08, eye - unit * 0.4),
            (x + unit * (0.15 - stage.side * 0.35), eye + unit * 0.5),
            (x - unit * (0.2 + stage.side * 0.35), eye + unit * 0.5),
        ]
    )
    beam(stage, stage.far, corners, light, 0.4, unit * 0.02)
    floor_glow(stage, x, eye + unit * 0.09, light)
    dust(stage, stage.mid, eye - unit * 0.5, eye + unit * 0.4, 100, light, 0.7)
    pile = np.full(width, height * 1.0, np.float32)
    for side in (-1, 1):
        level = height * 0.97
        for _ in range(7):
            tall, half = unit * stage.pick(0.018, 0.035), unit * stage.pick(0.1, 0.16)
            middle = width * (0.5 + side * 0.5) - side * unit * stage.pick(0.0, 0.04)
            tone = mix(script.near, mix(script.accent, script.far, stage.pick(0, 1)), stage.pick(0.05, 0.22))
            stage.near.put(
                stage.near.polygon(box(middle - half, level - tall, middle + half, level + 2)), tone
            )
            level -= tall
    stage.near.put(stage.near.below(pile - np.float32(unit * 0.035)), scale(script.near, 0.85))
    spot = Spot(x - stage.side * unit * 0.09, eye + unit * 0.2, unit * 0.17)
    return Places(
        spot, Spot(x + stage.side * unit * 0.08, eye + unit * 0.19, unit * 0.15), Spot(x, eye, unit * 0.08)
    )


def _shelves(
    stage: Stage,
    side: int,
    near: float,
    far: float,
    x: float,
    eye: float,
    wood: Rgb,
    light: Rgb,
    lift: float,
    plane: Plane,
) -> None:
    """A bookcase along one wall, in perspective, from `near` to `far` of the vanishing point."""
    unit, rng, script = stage.unit, stage.rng, stage.script
    wide, tall, floors = 190, 420, 9
    texture = np.empty((tall, wide, 3), np.float32)
    texture[:] = scale(wood, 0.4)
    tones = [
        mix(wood, tone, share)
        for tone, share in (
            (script.accent, 0.5),
            (script.sky[2], 0.45),
            (script.far, 0.5),
            (script.haze, 0.45),
            (script.near, 0.4),
            (script.accent, 0.2),
        )
    ]
    step = tall // floors
    for floor in range(floors):
        foot, at = (floor + 1) * step - 5, 6
        while at < wide - 8:
            thick, high = int(rng.integers(4, 11)), int(step * rng.uniform(0.62, 0.84))
            if rng.random() > 0.07:
                texture[foot - high : foot, at : at + thick - 1] = scale(
                    tones[int(rng.integers(len(tones)))], float(rng.uniform(0.75, 1.15))
                )
                if rng.random() < 0.4:
                    texture[foot - high + 6 : foot - high + 9, at : at + thick - 1] = mix(
                        script.accent, light, 0.3
                    )
            at += thick
        texture[foot : foot + 5] = mix(wood, light, 0.18)
    texture[:, :5] = texture[:, -5:] = wood
    x_near, x_far = x + side * near * unit, x + side * far * unit
    high = 1.75 / spread(stage) ** 0.5
    quad = np.array(
        [
            (x_far, eye - far * high * unit),
            (x_near, eye - near * high * unit),
            (x_near, eye + near * 0.52 * unit),
            (x_far, eye + far * 0.52 * unit),
        ]
    )
    shape = plane.polygon(quad)
    if shape is None:
        return
    corners = np.array([(0, 0), (wide, 0), (wide, tall), (0, tall)], np.float32)
    goal = (quad - (shape.x, shape.y)).astype(np.float32)
    rows, columns = shape.values.shape
    warped = cv2.warpPerspective(
        texture,
        cv2.getPerspectiveTransform(corners, goal),
        (columns, rows),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    across = np.abs(shape.across - x) / unit
    gain = np.clip(1.5 - across / spread(stage) * 2.1, 0.28, 1.4).astype(np.float32)[None, :]
    haze = np.float32(max(lift, 0)) * np.clip(1.2 - across / (near + 1e-6), 0, 1).astype(np.float32)[None, :]
    field = np.stack([warped[..., i] * gain * (1 - haze) + light[i] * haze for i in range(3)])
    plane.fill(shape, np.clip(field, 0, 1))
