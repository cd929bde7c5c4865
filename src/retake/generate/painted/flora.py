"""Plants: pines, leafy trees, grass, flowers, trunks, overhanging leaves."""

from __future__ import annotations

import numpy as np

from retake.generate.painted.colour import Rgb, mix, scale
from retake.generate.painted.noise import Field
from retake.generate.painted.plane import Outline, Plane, curve
from retake.generate.painted.stage import Stage

Numbers = Outline


def pine(rng: np.random.Generator, x: float, foot: float, size: float) -> Numbers:
    """The outline of a conifer: tiers of drooping boughs."""
    tiers = 6 if size < 60 else 10
    wide = size * rng.uniform(0.17, 0.24)
    share = np.linspace(0.04, 1, tiers)
    reach = wide * share**0.85
    drop = size * 0.88 / tiers

    def side(sign: float) -> Numbers:
        jitter = rng.uniform(0.75, 1.2, tiers)
        level = foot - size + size * 0.9 * share
        out = np.stack([x + sign * reach * jitter, level + drop * 0.35 * jitter], 1)
        back = np.stack([x + sign * reach * 0.42, level + drop * 0.02], 1)
        return np.stack([out, back], 1).reshape(-1, 2)

    trunk = size * 0.018
    tip = np.array([[x, foot - size]])
    base = np.array(
        [
            [x + trunk, foot - size * 0.08],
            [x + trunk, foot],
            [x - trunk, foot],
            [x - trunk, foot - size * 0.08],
        ]
    )
    return np.concatenate([tip, side(1), base, side(-1)[::-1]])


def pines(stage: Stage, plane: Plane, across: Numbers, feet: Numbers, sizes: Numbers, colour: Rgb) -> None:
    """A stand of conifers in one colour, lit on one edge, dusted with snow in winter."""
    outlines = [
        pine(stage.rng, *place) for place in zip(across.tolist(), feet.tolist(), sizes.tolist(), strict=True)
    ]
    if not outlines:
        return
    patch = plane.put(plane.polygon(*outlines), colour)
    if patch is None or sizes.max() < 25:
        return
    size = float(sizes.max())
    lit = mix(colour, stage.script.light, 0.5)
    plane.fill(patch.edge(stage.side * size * 0.012, -size * 0.008), lit, 0.35 if stage.clear else 0.15)
    if stage.snowy:
        white = mix(stage.script.haze, np.ones(3, np.float32), 0.6)
        plane.fill(patch.edge(stage.side * size * 0.004, -size * 0.02), white, 0.75)


def treeline(
    stage: Stage, plane: Plane, line: Field, size: float, count: int, colour: Rgb, gap: float = 0.5
) -> None:
    """Conifers along a skyline, in clumps; `gap` is the share of the line left bare."""
    at = np.sort(stage.rng.random(count)) * (len(line) - 1)
    clump = np.interp(at, np.arange(len(line)), stage.line(4, 0.5, 3))
    at = at[clump > (gap - 0.5) * 1.2]
    sizes = size * stage.rng.uniform(0.45, 1.0, len(at)) ** 1.2
    feet = line[at.astype(int)].astype(np.float64) + size * 0.08
    pines(stage, plane, at, feet, sizes, colour)


def tree(stage: Stage, plane: Plane, x: float, foot: float, size: float, colour: Rgb, lit: Rgb) -> None:
    """A broad leafy tree: a forked trunk under clouds of leaves, bright towards the light."""
    rng = stage.rng
    bark = scale(mix(colour, stage.script.near, 0.6), 0.8)
    lean = size * rng.uniform(-0.06, 0.06)
    top = foot - size * 0.52
    trunk = [
        (x - size * 0.065, foot),
        (x - size * 0.03, foot - size * 0.14),
        (x - size * 0.026 + lean, top),
        (x + size * 0.03 + lean, top),
        (x + size * 0.034, foot - size * 0.14),
        (x + size * 0.075, foot),
    ]
    outlines = [curve(trunk, closed=False)]
    for sign, high in ((-1, 0.36), (1, 0.42), (-1, 0.5), (1, 0.3)):
        begin = np.array([x + lean * high * 1.6, foot - size * high])
        end = begin + size * np.array([sign * rng.uniform(0.16, 0.26), -rng.uniform(0.16, 0.26)])
        thick = np.array([0, size * 0.016])
        outlines.append(np.array([begin - thick, end, begin + thick * 1.6]))
    plane.put(plane.polygon(*outlines), bark)
    count = 26
    angle, out = rng.random(count) * 2 * np.pi, np.sqrt(rng.random(count))
    across = x + lean + np.cos(angle) * out * size * 0.34
    down = foot - size * 0.68 + np.sin(angle) * out * size * 0.2
    radii = size * rng.uniform(0.08, 0.15, count)
    leaf_angle, leaf_out = rng.random(count * 9) * 2 * np.pi, rng.uniform(0.7, 1.15, count * 9)
    host = np.arange(count * 9) % count
    fringe_x = across[host] + np.cos(leaf_angle) * radii[host] * leaf_out
    fringe_y = down[host] + np.sin(leaf_angle) * radii[host] * leaf_out
    fringe = size * rng.uniform(0.008, 0.02, count * 9)
    dark = scale(colour, 0.78)
    plane.put(plane.discs(np.r_[across, fringe_x], np.r_[down, fringe_y], np.r_[radii, fringe]), dark)
    for step, share in ((0.022, 0.35), (0.045, 0.62), (0.068, 1.0)):
        tone = mix(dark, lit, share)
        keep = rng.random(len(fringe_x)) < 0.75
        shift_x, shift_y = stage.side * size * step, -size * step * 1.1
        shrink = 1 - step * 7
        xs, ys = np.r_[across, fringe_x[keep]] + shift_x, np.r_[down, fringe_y[keep]] + shift_y
        patch = plane.discs(xs, ys, np.r_[radii * shrink, fringe[keep] * 0.9])
        plane.put(patch, tone, 0.55)


def grass(stage: Stage, plane: Plane, line: Field, size: float, colour: Rgb, count: int = 170) -> None:
    """Blades that rise from a line, bent by one wind."""
    rng = stage.rng
    outlines: list[Numbers] = []
    wide = max(1.0, stage.width / stage.unit)
    for at in (np.sort(rng.random(int(count * wide))) * (len(line) - 1)).tolist():
        tall, lean = size * rng.uniform(0.35, 1.0), stage.side * -size * rng.uniform(-0.15, 0.5)
        half, foot = size * 0.04, float(line[int(at)]) + size * 0.12
        outlines.append(
            np.array(
                [
                    (at - half, foot),
                    (at - half * 0.6 + lean * 0.3, foot - tall * 0.55),
                    (at + lean, foot - tall),
                    (at + half * 0.7 + lean * 0.3, foot - tall * 0.5),
                    (at + half, foot),
                ]
            )
        )
    plane.put(plane.polygon(*outlines), colour)


def flowers(
    stage: Stage, plane: Plane, top: float, bottom: float, colours: list[Rgb], count: int, size: float
) -> None:
    """Dots of blossom over a meadow, larger and sparser towards the viewer."""
    rng = stage.rng
    count = int(count * max(1.0, stage.width / stage.unit))
    for colour in colours:
        near = rng.random(count) ** 1.6
        across, down = rng.random(count) * stage.width, top + (bottom - top) * near
        patch = plane.discs(across, down, size * (0.18 + near) * rng.uniform(0.6, 1.1, count))
        plane.put(patch, colour, 0.9)


def trunks(
    stage: Stage,
    plane: Plane,
    across: Numbers,
    foot: float,
    width: float,
    colour: Rgb,
    rim: float,
    boughs: int = 2,
) -> None:
    """Tall trunks that leave the picture at its top, with a few bare boughs and a lit edge."""
    rng = stage.rng
    outlines: list[Numbers] = []
    for x in across.tolist():
        wide, lean = width * rng.uniform(0.6, 1.25), width * rng.uniform(-1.2, 1.2)
        base = foot + width * rng.uniform(-0.3, 0.6)
        left = [
            (x - wide * 1.1, base),
            (x - wide * 0.56, base - wide * 2.2),
            (x - wide * 0.46 + lean * 0.5, base * 0.5),
            (x - wide * 0.36 + lean, -20),
        ]
        right = [
            (2 * x - px + (lean if py < base * 0.6 else 0) * (2 if py < 0 else 1), py)
            for px, py in reversed(left)
        ]
        outlines.append(curve(left, closed=False))
        outlines[-1] = np.concatenate([outlines[-1], curve(right, closed=False)])
        for _ in range(boughs):
            high = base * rng.uniform(0.12, 0.6)
            sign = 1 if rng.random() < 0.5 else -1
            reach = width * rng.uniform(1.5, 4.5)
            outlines.append(
                curve(
                    [
                        (x, high + wide * 0.2),
                        (x + sign * reach * 0.5, high - reach * 0.18),
                        (x + sign * reach, high - reach * 0.5),
                        (x + sign * reach * 0.45, high - reach * 0.28),
                        (x, high - wide * 0.25),
                    ],
                    steps=4,
                )
            )
    patch = plane.put(plane.polygon(*outlines), colour) if outlines else None
    if patch is not None and rim:
        toward = 1 if stage.light_x > stage.width / 2 else -1
        plane.fill(patch.edge(toward * width * 0.14, 0).soft(max(0.6, width * 0.03)), stage.script.light, rim)


def canopy(stage: Stage, plane: Plane, depth: float, size: float, colour: Rgb, opacity: float = 1.0) -> None:
    """Leaves hanging in from the top of the picture, thick at the corners."""
    rng = stage.rng
    count = int(420 * max(1.0, stage.width / stage.unit))
    across = rng.random(count)
    corner = 0.35 + 0.65 * np.abs(across * 2 - 1) ** 1.5
    hang = np.interp(across, np.linspace(0, 1, stage.width), stage.line(5, 0.6, 5)) * 0.3 + 0.8
    down = rng.random(count) ** 0.8 * depth * corner * hang
    patch = plane.discs(across * stage.width, down, size * rng.uniform(0.25, 1.0, count))
    plane.put(patch, colour, opacity)
