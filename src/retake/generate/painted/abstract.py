"""No place at all: flowing ribbons of colour and light out of focus. And space."""

from __future__ import annotations

import numpy as np

from retake.generate.painted import sky
from retake.generate.painted.colour import mix, ramp, scale
from retake.generate.painted.light import bokeh
from retake.generate.painted.noise import Field, ridge
from retake.generate.painted.plane import Outline, Patch, curve, enlarged
from retake.generate.painted.stage import Places, Spot, Stage


def abstract(stage: Stage) -> Places:
    unit, script, width, height = stage.unit, stage.script, stage.width, stage.height
    rows, columns = max(2, height // 4), max(2, width // 4)
    flow = stage.clouded(rows, columns, (1.6, 1.3), 2) * 0.2
    flow += (
        np.linspace(0, 1, rows, dtype=np.float32)[:, None]
        + stage.side * np.linspace(-0.16, 0.16, columns, dtype=np.float32)[None, :]
    )
    tones = ramp(
        [
            scale(script.sky[0], 0.85),
            script.sky[1],
            script.sky[2],
            mix(script.sky[1], script.near, 0.5),
            script.near,
        ],
        256,
        [0, 0.22, 0.46, 0.72, 1],
    )
    index = np.clip(flow * 255, 0, 254)
    low = index.astype(int)
    for channel in range(3):
        tone = tones[low, channel] * (1 - (index - low)) + tones[low + 1, channel] * (index - low)
        stage.far.channels[channel] = enlarged(tone.astype(np.float32), height, width)
    x, y = width * (0.5 + stage.side * 0.14), height * 0.33
    for radius, strength in ((1.0, 0.5), (0.5, 0.45)):
        stage.far_light(x, y, unit * radius, script.light, strength)
    bokeh(stage, stage.far, 0, height * 0.7, 13, [script.light, script.accent], unit * 0.085, 0.3)
    turn = np.linspace(0, 2 * np.pi, 96, endpoint=False)
    disc = stage.far.polygon(np.stack([x + np.cos(turn) * unit * 0.2, y + np.sin(turn) * unit * 0.2], 1))
    stage.far.put(
        disc,
        stage.rows(
            [mix(script.light, np.ones(3, np.float32), 0.4), mix(script.accent, script.sky[3], 0.5)],
            y - unit * 0.2,
            y + unit * 0.2,
        ),
        0.92,
    )
    across = np.linspace(-0.1, 1.1, width, dtype=np.float32)
    for number in range(6):
        plane = stage.far if number < 3 else stage.mid if number < 5 else stage.near
        level = height * (0.4 + 0.1 * number)
        swing = np.sin(
            across * (3.0 + 0.5 * number) * max(1, width / unit * 0.7) + stage.pick(0, 6.3)
        ) + 0.5 * ridge(stage.rng, width, 2.5, 2, 0.4)
        line = (
            level + swing * unit * (0.1 - 0.008 * number) + stage.side * (across - 0.5) * unit * 0.16
        ).astype(np.float32)
        patch = plane.below(line)
        if patch is None:
            continue
        share = number / 5
        top = mix(mix(script.sky[3], script.accent, 0.25), mix(script.sky[1], script.near, 0.35), share**0.7)
        shade = stage.rows(
            [top, mix(top, script.sky[0], 0.5), mix(script.sky[0], script.near, 0.3 + 0.6 * share)],
            float(line.min()),
            float(line.min()) + unit * 0.55,
        )
        shadow = plane.below(line - np.float32(unit * 0.015))
        if shadow is not None and plane is stage.far:
            plane.fill(shadow.soft(unit * 0.02), script.near, 0.3)
        plane.fill(patch, shade)
        plane.fill(patch.edge(stage.side * unit * 0.001, -unit * 0.004), script.light, 0.6 - 0.4 * share)
        strokes = [
            (np.stack([np.arange(0, width, 6.0), line[::6] + unit * (0.016 * k + 0.004 * k * k)], 1), 1.0)
            for k in range(1, 6)
        ]
        plane.strokes(strokes, mix(top, script.light, 0.5), 0.2)
    spot = Spot(width * 0.5 - stage.side * unit * 0.14, height * 0.56, unit * 0.15)
    return Places(
        spot, Spot(width * 0.5 + stage.side * unit * 0.1, height * 0.54, unit * 0.16), Spot(x, y, unit * 0.1)
    )


def space(stage: Stage) -> Places:
    unit, script, width, height = stage.unit, stage.script, stage.width, stage.height
    rows, columns = max(2, height // 4), max(2, width // 4)
    deep = scale(mix(script.near, script.sky[0], 0.5), 0.8)
    for channel in range(3):
        stage.far.channels[channel][:] = deep[channel]
    warp = stage.clouded(rows, columns, (2.2, 2.2), 5)
    gas = np.clip(stage.clouded(rows, columns, (3, 3), 6) * 0.6 + warp * 0.5 + 0.12, 0, 1)
    band = np.exp(
        -(
            (
                (
                    np.linspace(0, 1, rows)[:, None]
                    - 0.36
                    + stage.side * (np.linspace(0, 1, columns)[None, :] - 0.5) * 0.5
                )
                / 0.24
            )
            ** 2
        )
    ).astype(np.float32)
    for tone, share, strength in (
        (script.sky[1], gas, 0.85),
        (script.sky[2], gas**2, 0.75),
        (mix(script.sky[3], script.light, 0.3), gas**4, 0.6),
    ):
        stage.far.fill(Patch(enlarged(share * band * np.float32(strength), height, width)), tone)
    lanes = np.clip(stage.clouded(rows, columns, (5, 4), 5) - 0.15, 0, 1) * band
    stage.far.fill(Patch(enlarged(lanes, height, width)), deep, 0.75)
    sky.stars(stage, height * 1.3, 1.3)
    x, y = width * (0.5 + stage.side * 0.02), height * (0.94 if height > width else 1.08)
    _planet(stage, x, y, unit * (0.62 if height > width else 0.72), True)
    _planet(stage, width * 0.5 - stage.side * unit * 0.27, stage.horizon * 0.36, unit * 0.085, False)
    if "station" in stage.scene.motifs or "rocket" not in stage.scene.motifs:
        _station(stage, width * 0.5 + stage.side * unit * 0.12, stage.horizon * 0.72, unit * 0.26)
    spot = Spot(width * 0.5 - stage.side * unit * 0.17, stage.horizon * 0.99, unit * 0.12)
    return Places(
        spot, Spot(width * 0.5, stage.horizon * 0.8, unit * 0.14), Spot(x, stage.horizon, unit * 0.1)
    )


def _planet(stage: Stage, x: float, y: float, radius: float, large: bool) -> None:
    """A lit globe with weather and an atmosphere at its rim."""
    script, plane = stage.script, stage.far
    turn = np.linspace(0, 2 * np.pi, 240, endpoint=False)
    air = plane.halo(x, y, radius * 1.22, 1, 0.9)
    if air is not None:
        plane.light(air, mix(script.haze, script.light, 0.3), 0.9)
    globe = plane.polygon(np.stack([x + np.cos(turn) * radius, y + np.sin(turn) * radius], 1))
    if globe is None:
        return
    height, width = globe.values.shape
    step = 3 if large else 1
    rows, columns = max(2, height // step), max(2, width // step)
    across: Field = ((np.linspace(0, width, columns, dtype=np.float32) + (globe.x - x)) / radius)[None, :]
    down: Field = ((np.linspace(0, height, rows, dtype=np.float32) + (globe.y - y)) / radius)[:, None]
    high = np.sqrt(np.clip(1 - across**2 - down**2, 0, 1))
    lit = np.clip(across * stage.side * 0.55 - down * 0.75 + high * 0.35, 0, 1)
    land = stage.clouded(rows, columns, (4, 4), 6)
    swirl = np.clip(stage.clouded(rows, columns, (11, 3.5), 6) * 1.3 - 0.15, 0, 1)
    base, soil = stage.tint(mix(script.sky[1], script.haze, 0.35)), mix(script.far, script.accent, 0.2)
    base = scale(base, 0.85) if stage.scene.tint else base
    white = mix(script.light, np.ones(3, np.float32), 0.4)
    if not large:
        base, soil = mix(script.accent, script.sky[2], 0.4), mix(script.accent, script.near, 0.35)
    shore = np.clip((land - 0.12) * 9, 0, 1)
    rim = (1 - high) ** 3
    field: list[Outline] = []
    for channel in range(3):
        tone = base[channel] + (soil[channel] - base[channel]) * shore * 0.75
        tone = tone + (white[channel] - tone) * swirl * 0.7
        tone = tone * (0.06 + 1.05 * lit) + script.haze[channel] * rim * (0.15 + 0.9 * lit)
        field.append(enlarged(np.clip(tone, 0, 1).astype(np.float32), height, width))
    plane.fill(globe, np.stack(field))
    plane.fill(
        globe.edge(stage.side * radius * 0.004, -radius * 0.012).soft(max(0.6, radius * 0.004)),
        white,
        0.85 if large else 0.5,
    )
    if not large:
        ring = np.stack([np.cos(turn) * 2.0, np.sin(turn) * 0.42], 1) @ np.array(
            [(0.95, 0.3 * stage.side), (-0.3 * stage.side, 0.95)]
        ) * radius + (x, y)
        front = ring[turn < np.pi]
        plane.strokes([(front, max(1.0, radius * 0.09))], mix(script.light, script.accent, 0.4), 0.6)
        plane.strokes(
            [(front + np.array([0, radius * 0.12]), max(1.0, radius * 0.04))],
            mix(script.light, script.accent, 0.4),
            0.4,
        )


def _station(stage: Stage, x: float, y: float, size: float) -> None:
    """A wheel of a space station with a spindle and panels."""
    script, plane, side = stage.script, stage.mid, stage.side
    hull, lit = mix(script.near, script.haze, 0.42), mix(script.light, script.haze, 0.3)
    tilt = 0.32 * side
    spin = np.array([(np.cos(tilt), np.sin(tilt)), (-np.sin(tilt), np.cos(tilt))])
    turn = np.linspace(0, 2 * np.pi, 90)

    def placed(shape: Outline) -> Outline:
        return shape @ spin * size + (x, y)

    circle = np.stack([np.cos(turn), np.sin(turn) * 0.3], 1)
    wheel = np.concatenate([circle * 0.6, (circle * 0.5)[::-1]])
    panels = [
        np.array([(s * 0.16, dy), (s * 0.62, dy), (s * 0.62, dy + 0.15), (s * 0.16, dy + 0.15)])
        for s in (-1, 1)
        for dy in (-0.62, -0.43)
    ]
    plane.put(plane.polygon(*[placed(shape) for shape in panels]), mix(script.sky[1], script.near, 0.35))
    cells = [
        (placed(np.array([(s * at, dy), (s * at, dy + 0.15)])), 1.0)
        for s in (-1, 1)
        for dy in (-0.62, -0.43)
        for at in np.linspace(0.16, 0.62, 7)
    ]
    plane.strokes(cells, lit, 0.5)
    spindle = curve(
        [
            (-0.05, -0.75),
            (0.05, -0.75),
            (0.07, -0.3),
            (0.12, -0.1),
            (0.12, 0.1),
            (0.06, 0.25),
            (0.04, 0.62),
            (-0.04, 0.62),
            (-0.06, 0.25),
            (-0.12, 0.1),
            (-0.12, -0.1),
            (-0.07, -0.3),
        ]
    )
    spokes = [
        np.array([(-0.58, -0.012), (0.58, -0.012), (0.58, 0.012), (-0.58, 0.012)]),
        np.array([(-0.16, -0.52), (0.16, -0.52), (0.16, -0.49), (-0.16, -0.49)]),
    ]
    patch = plane.put(plane.polygon(*[placed(shape) for shape in (wheel, spindle, *spokes)]), hull)
    if patch is not None:
        plane.fill(patch.edge(side * size * 0.012, -size * 0.018), script.light, 0.85)
    ports = placed(np.stack([np.cos(turn[::3]) * 0.55, np.sin(turn[::3]) * 0.165], 1))
    plane.put(plane.discs(ports[:, 0], ports[:, 1], np.full(len(ports), size * 0.009)), script.accent)
    for point in (placed(np.array([(0.0, -0.78)])), placed(np.array([(0.0, 0.64)]))):
        halo = plane.halo(float(point[0, 0]), float(point[0, 1]), size * 0.12)
        if halo is not None:
            plane.fill(halo, script.accent, 0.9)
