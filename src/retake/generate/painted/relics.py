"""Things at hand that a story turns on: crystal, orb, lantern, door, book, fire. More are in `keepsakes`."""

from __future__ import annotations

import numpy as np

from retake.generate.painted.buildings import (
    box,
)
from retake.generate.painted.colour import mix, scale, whitened
from retake.generate.painted.figures import carried
from retake.generate.painted.plane import Outline, curve, glow
from retake.generate.painted.stage import Spot, Stage


def plinth(stage: Stage, spot: Spot) -> float:
    """A stepped altar at the spot, unless things there stand on a table; gives the height of its top."""
    if stage.scene.setting in ("room", "laboratory", "office") or stage.scene.shot == "close-up":
        return spot.y
    size, dark = spot.size, mix(stage.script.near, stage.script.far, 0.32)
    steps = ((0.34, 0.0, 0.1), (0.25, 0.1, 0.5), (0.3, 0.5, 0.58))
    patch = stage.mid.polygon(
        *[
            box(spot.x - half * size, spot.y - top * size, spot.x + half * size, spot.y - foot * size)
            for half, foot, top in steps
        ]
    )
    stage.mid.put(patch, stage.rows([whitened(dark, 0.1), scale(dark, 0.7)], spot.y - 0.6 * size, spot.y))
    if patch is not None:
        stage.mid.fill(patch.edge(0, -size * 0.025), mix(stage.script.accent, stage.script.light, 0.5), 0.8)
    return spot.y - 0.58 * size


def crystal(stage: Stage, spot: Spot) -> None:
    top, size = plinth(stage, spot), spot.size
    colour = stage.tint(np.array([0.3, 0.82, 0.95], np.float32))
    x, y = spot.x, top - size * 0.46
    near = stage.scene.shot == "close-up"
    glow(stage.mid, x, y, size * (1.5 if near else 2.6), colour, 0.5)
    glow(stage.mid, x, y, size * 1.1, whitened(colour, 0.4), 0.6)
    for lean, tall, wide, lift in ((-0.34, 0.5, 0.13, 0.2), (0.3, 0.56, 0.14, 0.2), (0.0, 0.92, 0.2, 0.0)):
        tip = np.array([x + lean * size, top - tall * size - size * (0.08 if not lean else 0)])
        foot = np.array([x + lean * size * 0.3, top - lift * 0])
        left, right = np.array([-wide * size, -size * 0.0]), np.array([wide * size, 0.0])
        waist = foot + (tip - foot) * 0.68
        faces = (
            (
                np.array([foot + left * 0.6, waist + left, tip, waist - left * 0.15, foot]),
                scale(colour, 0.78),
            ),
            (
                np.array([foot, waist - left * 0.15, tip, waist + right, foot + right * 0.6]),
                whitened(colour, 0.45),
            ),
            (
                np.array([foot, waist - left * 0.15, tip, waist + left * 0.45, foot + left * 0.3]),
                whitened(colour, 0.2),
            ),
        )
        for outline, tone in faces:
            shade = stage.rows([whitened(tone, 0.45), tone, scale(tone, 0.72)], float(tip[1]), top)
            face = stage.mid.put(stage.mid.polygon(outline), shade)
            if face is not None:
                stage.mid.fill(face.edge(size * 0.006, -size * 0.003), whitened(colour, 0.8), 0.6)
    sparkle(stage, x + size * 0.04, top - size * 0.86, size * (0.3 if near else 0.5))


def sparkle(stage: Stage, x: float, y: float, size: float) -> None:
    """A four-pointed glint."""
    thin = 0.05
    star = [(0, -1), (thin, -thin), (0.6, 0), (thin, thin), (0, 1), (-thin, thin), (-0.6, 0), (-thin, -thin)]
    stage.mid.put(stage.mid.polygon(np.array(star) * size * 0.6 + (x, y)), np.ones(3, np.float32), 0.95)


def orb(stage: Stage, spot: Spot) -> None:
    size, colour = spot.size, stage.tint(mix(stage.script.accent, stage.script.light, 0.35))
    x, y = spot.x, spot.y - size * 0.95
    for radius, strength in ((3.0, 0.4), (1.2, 0.55), (0.5, 0.9)):
        glow(stage.mid, x, y, size * radius, colour, strength)
    turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    stage.mid.put(
        stage.mid.polygon(np.stack([x + np.cos(turn) * size * 0.17, y + np.sin(turn) * size * 0.17], 1)),
        whitened(colour, 0.75),
    )
    for tilt in (-0.4, 0.5):
        ring = np.stack([np.cos(turn) * size * 0.42, np.sin(turn) * size * 0.1], 1)
        ring = ring @ np.array([(np.cos(tilt), np.sin(tilt)), (-np.sin(tilt), np.cos(tilt))]) + (x, y)
        stage.mid.strokes(
            [(np.concatenate([ring, ring[:1]]), max(1.0, size * 0.018))], whitened(colour, 0.5), 0.8
        )


def lantern(stage: Stage, spot: Spot) -> None:
    if stage.scene.shot == "close-up":
        _large_lantern(stage, spot)
        return
    carried(stage, stage.mid, spot.x, spot.y - spot.size * 0.12, spot.size * 0.17)


def _large_lantern(stage: Stage, spot: Spot) -> None:
    """A lantern of iron and glass that stands, with its flame."""
    x, y, size, plane = spot.x, spot.y, spot.size, stage.mid
    iron, warm = scale(stage.script.near, 0.85), np.array([1.0, 0.72, 0.34], np.float32)
    for radius, strength in ((1.9, 0.4), (0.9, 0.5)):
        glow(plane, x, y - size * 0.42, size * radius, warm, strength)

    def at(points: list[tuple[float, float]]) -> Outline:
        return np.array(points) * size + (x, y)

    turn = np.linspace(0, 2 * np.pi, 40)
    handle = np.stack([np.cos(turn) * 0.13, np.sin(turn) * 0.13 - 1.02], 1) * size + (x, y)
    plane.strokes([(handle, max(1.0, size * 0.022))], iron)
    plane.put(
        plane.polygon(at([(-0.21, -0.1), (-0.25, -0.66), (0.25, -0.66), (0.21, -0.1)])),
        whitened(warm, 0.35),
        0.55,
    )
    glow(plane, x, y - size * 0.34, size * 0.4, whitened(warm, 0.5), 0.9)
    for wide, tall, tone in ((0.085, 0.4, warm), (0.05, 0.27, whitened(warm, 0.7))):
        flame = curve(
            [
                (0, -0.16),
                (-wide, -0.24),
                (-wide * 0.6, -0.16 - tall * 0.62),
                (0.01, -0.16 - tall),
                (wide * 0.7, -0.16 - tall * 0.55),
                (wide, -0.24),
            ]
        )
        plane.put(plane.polygon(flame * size + (x, y)), tone)
    bars = [
        at([(low - 0.014, -0.1), (high - 0.014, -0.66), (high + 0.014, -0.66), (low + 0.014, -0.1)])
        for low, high in ((-0.21, -0.25), (-0.075, -0.09), (0.075, 0.09), (0.21, 0.25))
    ]
    candle = at([(-0.045, -0.1), (-0.045, -0.19), (0.045, -0.19), (0.045, -0.1)])
    plane.put(plane.polygon(candle), whitened(warm, 0.6))
    frame = plane.polygon(
        at([(-0.3, 0.0), (-0.3, -0.045), (-0.24, -0.11), (0.24, -0.11), (0.3, -0.045), (0.3, 0.0)]),
        at([(-0.3, -0.64), (-0.3, -0.69), (-0.1, -0.86), (0.1, -0.86), (0.3, -0.69), (0.3, -0.64)]),
        *bars,
    )
    if frame is not None:
        plane.fill(frame, iron)
        plane.fill(frame.edge(0, size * 0.012), warm, 0.7)
        plane.fill(frame.edge(stage.side * size * 0.01, -size * 0.01), stage.script.light, 0.4)


def door(stage: Stage, spot: Spot) -> None:
    if stage.scene.setting in ("room", "office", "laboratory", "hall"):
        return
    size, x, y = spot.size * 1.7, spot.x + stage.side * spot.size * 0.3, spot.y
    light = whitened(mix(stage.script.accent, stage.script.light, 0.5), 0.25)
    glow(stage.mid, x, y - size * 0.45, size * 1.5, stage.script.accent, 0.45)
    turn = np.linspace(np.pi, 0, 20)

    def arched(half: float, tall: float) -> Outline:
        head = np.stack([x + np.cos(turn) * half, y - tall + half - np.sin(turn) * half], 1)
        return np.concatenate([[(x - half, y)], head, [(x + half, y)]])

    stage.mid.put(
        stage.mid.polygon(arched(size * 0.31, size * 1.05)), mix(stage.script.near, stage.script.far, 0.25)
    )
    stage.mid.put(
        stage.mid.polygon(arched(size * 0.24, size * 0.97)),
        stage.rows([light, whitened(light, 0.6)], y - size, y),
    )
    leaf = np.array(
        [
            (x - size * 0.24, y),
            (x - size * 0.24, y - size * 0.8),
            (x - size * 0.42, y - size * 0.76),
            (x - size * 0.42, y + size * 0.07),
        ]
    )
    stage.mid.put(stage.mid.polygon(leaf), mix(stage.script.near, stage.script.accent, 0.22))
    spill = stage.mid.polygon(
        np.array(
            [
                (x - size * 0.24, y),
                (x + size * 0.24, y),
                (x + size * 0.6, y + size * 0.5),
                (x - size * 0.55, y + size * 0.5),
            ]
        )
    )
    if spill is not None:
        fade = np.linspace(1, 0, spill.values.shape[0], dtype=np.float32)[:, None]
        stage.mid.fill(spill.times(fade).soft(size * 0.02), light, 0.5)


def book(stage: Stage, spot: Spot) -> None:
    if stage.scene.shot == "close-up":
        _large_book(stage, spot)
        return
    top, size = plinth(stage, spot), spot.size * 0.75
    x, paper = spot.x, whitened(mix(stage.script.light, stage.script.accent, 0.3), 0.3)
    glow(stage.mid, x, top - size * 0.3, size * 1.8, stage.script.accent, 0.45)
    stage.mid.put(
        stage.mid.polygon(
            curve(
                [
                    (x - size * 0.56, top),
                    (x - size * 0.58, top - size * 0.14),
                    (x, top - size * 0.03),
                    (x + size * 0.58, top - size * 0.14),
                    (x + size * 0.56, top),
                    (x, top + size * 0.05),
                ]
            )
        ),
        mix(stage.script.accent, stage.script.near, 0.62),
    )
    for side, tone in ((-1, scale(paper, 0.86)), (1, paper)):
        page = curve(
            [
                (x, top - size * 0.04),
                (x + side * size * 0.25, top - size * 0.2),
                (x + side * size * 0.54, top - size * 0.16),
                (x + side * size * 0.53, top - size * 0.05),
                (x + side * size * 0.26, top - size * 0.08),
                (x, top + size * 0.03),
            ],
            closed=False,
        )
        stage.mid.put(stage.mid.polygon(page), tone)
    motes = stage.rng.random(16)
    patch = stage.mid.discs(
        x + (motes - 0.5) * size * (0.5 + stage.rng.random(16)),
        top - size * (0.25 + stage.rng.random(16) * 1.1),
        size * stage.rng.uniform(0.008, 0.028, 16),
    )
    stage.mid.put(patch, paper, 0.9)


def _large_book(stage: Stage, spot: Spot) -> None:
    """An open book as a reader sees it."""
    x, y, size, plane = spot.x, spot.y, spot.size, stage.mid
    paper = whitened(mix(stage.script.light, stage.script.accent, 0.35), 0.15)
    cover = mix(stage.script.accent, stage.script.near, 0.6)
    glow(plane, x, y - size * 0.25, size * 1.5, stage.script.accent, 0.5)

    def at(points: list[tuple[float, float]], side: int) -> Outline:
        return np.array([(x + side * px * size, y + py * size) for px, py in points])

    for side in (-1, 1):
        plane.put(plane.polygon(at([(0, 0.1), (0.8, 0.05), (0.66, -0.44), (0, -0.36)], side)), cover)
        for lift, tone in ((0.0, scale(paper, 0.7)), (0.02, scale(paper, 0.8)), (0.04, scale(paper, 0.9))):
            block = at([(0, 0.09 - lift), (0.74, 0.03 - lift), (0.61, -0.42 - lift), (0, -0.34 - lift)], side)
            plane.put(plane.polygon(block), tone)
        page = np.concatenate(
            [
                curve(
                    [tuple(p) for p in at([(0, 0.04), (0.2, -0.06), (0.5, -0.06), (0.73, -0.02)], side)],
                    False,
                ),
                curve(
                    [tuple(p) for p in at([(0.6, -0.47), (0.4, -0.5), (0.15, -0.48), (0, -0.4)], side)], False
                ),
            ]
        )
        leaf = plane.put(plane.polygon(page), paper if side == stage.side else scale(paper, 0.9))
        if leaf is not None:
            near = np.clip(np.abs(leaf.across - x) / (size * 0.2), 0, 1).astype(np.float32)
            plane.fill(leaf.times((1 - near)[None, :]), cover, 0.55)
        lines = [
            (
                at([(0.1, low - 0.03), (0.36, low - 0.06), (0.62 + 0.25 * low, low - 0.035)], side),
                size * 0.009,
            )
            for low in np.linspace(-0.03, -0.4, 7).tolist()
        ]
        plane.strokes(lines, cover, 0.5)
    motes = stage.rng.random((22, 2))
    patch = plane.discs(
        x + (motes[:, 0] - 0.5) * size * 1.1, y - size * (0.5 + motes[:, 1] * 0.7),
        size * stage.rng.uniform(0.005, 0.016, 22),
    )  # fmt: skip
    plane.put(patch, whitened(paper, 0.5), 0.9)


def fire(stage: Stage, spot: Spot) -> None:
    if stage.scene.setting in ("underwater", "space"):
        return
    x, y, size = spot.x, spot.y + spot.size * 0.02, spot.size * 0.55
    warm = np.array([1.0, 0.55, 0.16], np.float32)
    for radius, strength in ((6.5, 0.4), (3.0, 0.45)):
        glow(stage.mid, x, y - size * 0.4, size * radius, warm, strength)
    dark = scale(stage.script.near, 0.7)
    for tilt in (-1, 1):
        stage.mid.strokes(
            [
                (
                    np.array(
                        [(x - tilt * size * 0.5, y + size * 0.08), (x + tilt * size * 0.45, y - size * 0.14)]
                    ),
                    size * 0.13,
                )
            ],
            dark,
        )
    for wide, tall, tone in (
        (0.42, 1.15, warm),
        (0.3, 0.86, np.array([1.0, 0.76, 0.3], np.float32)),
        (0.17, 0.52, np.array([1.0, 0.96, 0.75], np.float32)),
    ):
        sway = stage.pick(-0.1, 0.1)
        flame = curve(
            [
                (x - wide * size * 0.6, y),
                (x - wide * size, y - tall * size * 0.32),
                (x - wide * size * 0.42, y - tall * size * 0.62),
                (x + sway * size, y - tall * size * 1.05),
                (x + wide * size * 0.3, y - tall * size * 0.66),
                (x + wide * size * 0.62, y - tall * size * 0.74),
                (x + wide * size, y - tall * size * 0.28),
                (x + wide * size * 0.6, y),
            ]
        )
        stage.mid.put(stage.mid.polygon(flame), tone, 0.92)
    sparks = 26
    patch = stage.mid.discs(
        x + stage.rng.normal(0, size * 0.55, sparks),
        y - size * stage.rng.uniform(0.7, 3.4, sparks),
        size * stage.rng.uniform(0.012, 0.035, sparks),
    )
    stage.mid.put(patch, np.array([1.0, 0.75, 0.35], np.float32), 0.9)
