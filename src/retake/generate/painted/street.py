"""A street between lit walls, that ends in a glow and shines when it is wet."""

from __future__ import annotations

import cv2
import numpy as np

from retake.generate.painted import sky
from retake.generate.painted.buildings import (
    box,
    lamps_lit,
    lit_windows,
    towers,
)
from retake.generate.painted.colour import Rgb, from_hex, mix, scale
from retake.generate.painted.plane import Outline, Patch, blurred
from retake.generate.painted.stage import Places, Spot, Stage


def street(stage: Stage) -> Places:
    """One-point perspective: facades on both sides, a glow where they meet, a road that shines when wet."""
    unit, script, width, height = stage.unit, stage.script, stage.width, stage.height
    stage.light_x = width * (0.5 + stage.side * 0.03)
    eye = stage.horizon - unit * 0.02
    stage.light_y = eye - unit * 0.12
    sky.sky(stage, eye)
    lit = 0.55 if lamps_lit(stage) else 0.3
    towers(stage, stage.far, eye + unit * 0.02, unit * 0.36, 0.3, unit * 0.07, lit * 0.7)
    stage.mist(stage.far, eye - unit * 0.36, eye + unit * 0.1, mix(script.haze, script.light, 0.25), 0.75)
    vanish = np.array([width * 0.5, eye])
    ground = stage.far.polygon(
        np.array(
            [
                (vanish[0] - unit * 0.05, eye + unit * 0.015),
                (vanish[0] + unit * 0.05, eye + unit * 0.015),
                (width * 1.6, height * 1.05),
                (-width * 0.6, height * 1.05),
            ]
        )
    )
    road = mix(script.near, script.far, 0.35)
    stage.far.put(
        stage.far.polygon(box(0, eye + unit * 0.012, width, height + 2)),
        stage.rows(
            [
                mix(script.haze, script.light, 0.3),
                mix(road, script.haze, 0.35),
                road,
                scale(script.near, 0.8),
            ],
            eye,
            height,
        ),
    )
    neon = [
        script.accent,
        mix(from_hex("38e0f0"), script.sky[2], 0.2),
        mix(from_hex("ff4f96"), script.accent, 0.2),
    ]
    for rank, (near, far, depth) in enumerate(((0.16, 0.075, 0.42), (0.3, 0.16, 0.58), (0.62, 0.3, 0.74))):
        for side in (-1, 1):
            _facade(
                stage,
                side,
                near * max(1, width / unit * 0.75),
                far * max(1, width / unit * 0.75),
                depth,
                vanish,
                neon,
                lit,
                rank,
            )
        stage.mist(
            stage.far,
            eye - unit * 0.5,
            eye + unit * 0.16,
            mix(script.haze, script.light, 0.2),
            0.34 - rank * 0.1,
        )
    stage.far_light(vanish[0], eye - unit * 0.03, unit * 0.5, mix(script.light, script.accent, 0.4), 0.5)
    _reflections(stage, eye + unit * 0.02, 0.85 if stage.scene.weather in ("rain", "storm") else 0.45)
    if ground is not None:
        lanes = [
            np.array(
                [
                    (vanish[0] + s * unit * 0.004 * d - unit * 0.002 * d, eye + unit * d * 0.1),
                    (vanish[0] + unit * 0.002 * d, eye + unit * d * 0.1),
                    (vanish[0] + unit * 0.003 * d, eye + unit * d * 0.118),
                    (vanish[0] - unit * 0.003 * d, eye + unit * d * 0.118),
                ]
            )
            for d in (0.7, 1.1, 1.7, 2.6, 4.0, 6.0)
            for s in (0,)
        ]
        stage.far.put(stage.far.polygon(*lanes), mix(script.light, script.haze, 0.4), 0.55)
    _lamps(stage, vanish, eye)
    _street_corner(stage, neon)
    spot = Spot(width * 0.5 - stage.side * unit * 0.09, eye + unit * 0.19, unit * 0.19)
    return Places(
        spot,
        Spot(width * 0.5 + stage.side * unit * 0.14, eye + unit * 0.19, unit * 0.17),
        Spot(width * 0.5, eye + unit * 0.02, unit * 0.08),
    )


def _facade(
    stage: Stage,
    side: int,
    near: float,
    far: float,
    depth: float,
    vanish: Outline,
    neon: list[Outline],
    lit: float,
    rank: int,
) -> None:
    """One side of the street from `near` to `far` (distances from the vanishing point), in perspective."""
    unit, plane = stage.unit, stage.far
    high = stage.pick(2.1, 3.6) * (0.8 if rank == 2 else 1.0)
    texture_w, texture_h = 150, 360
    wall = np.zeros((texture_h, texture_w), np.float32)
    panes = lit_windows(stage, texture_w, texture_h - 46, 15, lit)
    wall[: texture_h - 46] = panes
    shop = stage.rng.uniform(0.5, 1.0, 3).astype(np.float32)
    for index in range(3):
        wall[texture_h - 36 : texture_h - 8, 6 + index * 48 : 48 + index * 48] = (
            shop[index] if lamps_lit(stage) else shop[index] * 0.4
        )
    x_near, x_far = vanish[0] + side * near * unit, vanish[0] + side * far * unit
    quad = np.array(
        [
            (x_far, vanish[1] - far * high * unit),
            (x_near, vanish[1] - near * high * unit),
            (x_near, vanish[1] + near * 0.62 * unit),
            (x_far, vanish[1] + far * 0.62 * unit),
        ]
    )
    shape = plane.polygon(quad)
    if shape is None:
        return
    colour = stage.land(depth)
    plane.fill(
        shape,
        stage.rows(
            [scale(colour, 0.85), colour, mix(colour, stage.script.haze, 0.3)],
            vanish[1] - near * high * unit,
            vanish[1] + unit * 0.1,
        ),
    )
    rows, columns = shape.values.shape
    corners = np.array([(0, 0), (texture_w, 0), (texture_w, texture_h), (0, texture_h)], np.float32)
    goal = (quad - (shape.x, shape.y)).astype(np.float32)
    windows = cv2.warpPerspective(
        wall, cv2.getPerspectiveTransform(corners, goal), (columns, rows), flags=cv2.INTER_LINEAR
    )
    lamp = stage.script.accent if (rank + side) % 2 else mix(stage.script.accent, stage.script.light, 0.5)
    strength = 0.85 if lamps_lit(stage) else 0.3
    plane.fill(Patch(windows * shape.values, shape.x, shape.y), lamp, strength)
    plane.light(
        Patch(blurred(np.asarray(windows, np.float32), unit * 0.012) * shape.values, shape.x, shape.y),
        lamp,
        0.35 * strength,
    )
    if not lamps_lit(stage):
        return
    for number in range(2 if rank else 1):
        share = stage.pick(0.2, 0.8)
        at = far + (near - far) * share
        x, y = vanish[0] + side * at * unit, vanish[1] - at * unit * stage.pick(0.35, 1.2)
        tall, wide = at * unit * stage.pick(0.3, 0.6), at * unit * 0.13
        sign = neon[(number + rank + (side > 0)) % 3]
        left = x - side * wide
        panel = box(min(x, left), y - tall, max(x, left), y)
        glow = plane.halo((x + left) / 2, y - tall / 2, tall * 1.5)
        if glow is not None:
            plane.light(glow, sign, 0.4)
        plane.put(plane.polygon(panel), scale(sign, 0.55), 0.9)
        count = int(stage.rng.integers(3, 6))
        marks = [
            box(
                min(x, left) + wide * 0.24,
                y - tall + tall * (k + 0.2) / count,
                max(x, left) - wide * 0.24,
                y - tall + tall * (k + 0.8) / count,
            )
            for k in range(count)
        ]
        plane.put(plane.polygon(*marks), mix(sign, np.ones(3, np.float32), 0.65))


def _reflections(stage: Stage, top: float, strength: float) -> None:
    """The lights of the street, smeared downwards on the road."""
    first = int(np.clip(top, 1, stage.height - 2))
    rows = stage.height - first
    small = (max(2, rows // 4), max(2, stage.width // 4))
    down = np.linspace(0, 1, small[0], dtype=np.float32)[:, None]
    ripple = stage.clouded(*small, (60, 9), 3)
    across = np.linspace(0, stage.width - 1, small[1], dtype=np.float32)[
        None, :
    ] + ripple * stage.unit * 0.035 * (0.2 + down)
    look = np.broadcast_to(first - 1 - down * first * 0.85, small) + ripple * stage.unit * 0.05
    cover = (np.clip(0.8 + ripple * 0.35, 0.3, 1) * (1 - 0.65 * down) * strength).astype(np.float32)
    for channel in stage.far.channels:
        mirror = cv2.remap(
            channel, across, look.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
        )
        mirror = cv2.GaussianBlur(mirror, (0, 0), sigmaX=1.2, sigmaY=max(2.0, small[0] / 60))
        mirror *= cover
        shine = cv2.resize(mirror, (stage.width, rows), interpolation=cv2.INTER_LINEAR)
        shine *= 1 - channel[first:]
        channel[first:] += shine


def _lamps(stage: Stage, vanish: Outline, eye: float) -> None:
    """Street lamps that march into the distance."""
    unit, script = stage.unit, stage.script
    spread = max(1.0, stage.width / unit * 0.75)
    for at in (0.09, 0.14, 0.22, 0.36):
        for side in (-1, 1):
            x, foot, top = (
                vanish[0] + side * at * unit * spread,
                eye + at * 0.6 * unit,
                eye - at * 0.95 * unit,
            )
            arm = x - side * at * unit * 0.22
            post = np.array(
                [
                    (x, foot),
                    (x, top),
                    (x - side * at * unit * 0.06, top - at * unit * 0.06),
                    (arm, top - at * unit * 0.05),
                ]
            )
            stage.mid.strokes([(post, max(1.0, unit * at * 0.02))], mix(script.near, script.far, 0.25))
            if lamps_lit(stage):
                for radius, strength in ((0.9, 0.28), (0.22, 0.6), (0.06, 1.0)):
                    halo = stage.mid.halo(arm, top - at * unit * 0.02, unit * at * radius, 1, 1.6)
                    if halo is not None:
                        stage.mid.fill(halo, mix(script.accent, np.ones(3, np.float32), 0.35), strength)


def _street_corner(stage: Stage, neon: list[Rgb]) -> None:
    """What stands nearest: a kerb, a street lamp out of the light, and lights out of focus."""
    unit, plane, dark = stage.unit, stage.near, scale(stage.script.near, 0.85)
    across = np.linspace(-1, 1, stage.width, dtype=np.float32)
    kerb = (stage.height * 0.95 + stage.side * across * unit * 0.03).astype(np.float32)
    patch = plane.put(plane.below(kerb), dark)
    if patch is not None:
        plane.fill(patch.edge(0, -unit * 0.004), neon[1], 0.35)
    x, top = stage.width * (0.5 - stage.side * 0.43), stage.horizon - unit * 0.78
    post = np.array(
        [
            (x, stage.height + 9.0),
            (x, top + unit * 0.1),
            (x + stage.side * unit * 0.02, top + unit * 0.03),
            (x + stage.side * unit * 0.09, top),
        ]
    )
    plane.strokes([(post, unit * 0.02)], dark)
    head = x + stage.side * unit * 0.12
    hood = np.array(
        [
            (head - unit * 0.07, top + unit * 0.022),
            (head - unit * 0.035, top - unit * 0.022),
            (head + unit * 0.035, top - unit * 0.022),
            (head + unit * 0.07, top + unit * 0.022),
        ]
    )
    plane.put(plane.polygon(hood), dark)
    if lamps_lit(stage):
        for radius, strength in ((0.34, 0.3), (0.1, 0.75)):
            halo = plane.halo(head, top + unit * 0.03, unit * radius)
            if halo is not None:
                plane.fill(halo, mix(stage.script.accent, np.ones(3, np.float32), 0.3), strength)
