"""Open land: mountains, desert, meadow, road, castle, village."""

from __future__ import annotations

import numpy as np

from retake.generate.painted import flora, land, sky
from retake.generate.painted.buildings import castle_shape, cottage
from retake.generate.painted.colour import Rgb, from_hex, mix, scale
from retake.generate.painted.noise import Field
from retake.generate.painted.plane import Outline, Patch, Plane, enlarged
from retake.generate.painted.stage import Places, Spot, Stage


def _crest(stage: Stage, level: float, slope: float, rough: float, cells: float = 2.0) -> Field:
    """A skyline about `level`, rising towards the side that is away from the light."""
    across = np.linspace(-1, 1, stage.width, dtype=np.float32)
    return (level + stage.side * across * slope + stage.line(cells, 0.42, 5) * rough).astype(np.float32)


def _standing(stage: Stage, line: Field, share: float, size: float, sink: float = 0.04) -> Spot:
    x = stage.width * share
    return Spot(x, float(line[int(np.clip(x, 0, len(line) - 1))]) + size * sink, size)


def _places(stage: Stage, line: Field, size: float, landmark: Spot | None = None) -> Places:
    """A person on a third away from the light, things beside, landmarks across."""
    person = _standing(stage, line, 0.5 - stage.side * 0.13, size)
    pedestal = _standing(stage, line, 0.5 + stage.side * 0.1, size)
    return Places(person, pedestal, landmark or _standing(stage, line, 0.5 + stage.side * 0.17, size * 0.5))


def mountains(stage: Stage) -> Places:
    sky.sky(stage)
    base, unit = stage.horizon, stage.unit
    snow = 0.75 if stage.snowy else stage.pick(0.0, 0.5)
    tall = min(base * 0.62, unit * 0.75)
    land.mountains(stage, base + unit * 0.02, tall, 0.22, 1.5, snow)
    stage.mist(stage.far, base - tall * 0.4, base + unit * 0.1, stage.script.haze, 0.6)
    land.mountains(stage, base + unit * 0.1, tall * 0.6, 0.48, 2.2, snow * 0.7)
    stage.mist(stage.far, base - tall * 0.1, base + unit * 0.2, stage.script.haze, 0.7)
    for depth, drop, size in ((0.6, 0.06, 0.05), (0.74, 0.13, 0.09)):
        line = _crest(stage, base + unit * drop, unit * 0.03, unit * 0.045, 3)
        colour = stage.land(depth) if not stage.snowy else mix(stage.land(depth), stage.script.haze, 0.55)
        flora.treeline(
            stage,
            stage.far,
            line,
            unit * size,
            int(90 * max(1, stage.width / unit)),
            stage.land(depth + 0.06),
            0.35,
        )
        land.hill(stage, stage.far, line, depth, colour=colour)
        stage.mist(
            stage.far, base + unit * (drop - 0.03), base + unit * (drop + 0.12), stage.script.haze, 0.45
        )
    line = _crest(stage, base + unit * 0.2, unit * -0.09, unit * 0.03, 1.6)
    ground = stage.land(0.86) if not stage.snowy else mix(stage.script.haze, stage.script.sky[1], 0.35)
    flora.treeline(
        stage, stage.mid, line, unit * 0.2, int(12 * max(1, stage.width / unit)), stage.land(0.92), 0.7
    )
    hill = land.hill(stage, stage.mid, line, 0.86, colour=ground, fall=0.7 if not stage.snowy else 0.35)
    if hill is not None:
        land.mottle(stage, stage.mid, hill, scale(ground, 0.82), 4, 0.4)
    land.foreground(stage, "pines")
    return _places(stage, line, unit * 0.15)


def desert(stage: Stage) -> Places:
    sky.sky(stage)
    unit, script = stage.unit, stage.script
    sand = mix(script.haze, script.light, 0.25) if not stage.night else script.haze
    if not script.branded:
        sand = mix(sand, from_hex("dba766"), {"day": 0.75, "night": 0.1}.get(stage.scene.time, 0.3))
    shade = script.near
    if stage.scene.time == "day" and not script.branded:
        shade = mix(shade, from_hex("7a4a2c"), 0.8)
    land.mountains(stage, stage.horizon + unit * 0.03, unit * 0.13, 0.25, 1.4)
    line = np.zeros(stage.width, np.float32)
    levels = (
        (0.0, 0.3, stage.far),
        (0.07, 0.45, stage.far),
        (0.16, 0.62, stage.mid),
        (0.38, 0.85, stage.near),
    )
    for number, (drop, depth, plane) in enumerate(levels):
        across = np.linspace(0, 1, stage.width, dtype=np.float32) * max(1.0, stage.width / unit)
        phase = stage.pick(0, 6)
        swing = 1 - np.abs(np.sin(across * (2.3 - number * 0.32) + phase)) ** 1.4
        line = (
            stage.horizon
            + unit * (drop + 0.03 - 0.1 * (0.5 + number * 0.3) * swing)
            + stage.line(2, 0.4, 3) * unit * 0.008
        )
        line = line.astype(np.float32)
        if plane is stage.near:
            line += unit * 0.06
        colour = mix(
            sand, stage.land(depth), (0.18 + depth * 0.62) * (0.6 if stage.scene.time == "day" else 1)
        )
        lit = mix(colour, script.light, 0.42 if not stage.night else 0.15)
        patch = plane.below(line)
        if patch is None:
            continue
        top = float(line.min())
        plane.fill(
            patch,
            stage.rows(
                [lit, colour, mix(colour, shade, 0.45 if number < 3 else 0.8)], top, top + unit * 0.62
            ),
        )
        _dune_faces(stage, plane, patch, line, number, lit, mix(colour, shade, 0.6))
        plane.fill(patch.edge(stage.side * unit * 0.001, -unit * 0.003), script.light, 0.45)
        if plane is stage.far:
            stage.mist(plane, top, top + unit * 0.16, script.haze, 0.35)
        if number == 2:
            middle = line
    return _places(stage, middle, unit * 0.12)  # pyright: ignore[reportPossiblyUnboundVariable]


def _dune_faces(
    stage: Stage, plane: Plane, patch: Patch, line: Field, rank: int, lit: Rgb, dark: Rgb
) -> None:
    """The lee of a dune in shadow, from a crest that winds down its face, and ripples in the sand."""
    unit, (rows, columns) = stage.unit, patch.values.shape
    small = (max(2, rows // 4), max(2, columns // 4))
    across = np.linspace(patch.x, patch.x + columns - 1, small[1], dtype=np.float32)
    down = np.linspace(patch.y, patch.y + rows - 1, small[0], dtype=np.float32)[:, None]
    deep = np.maximum(down - np.interp(across, land.columns_of(line), line)[None, :], 0)
    slope: Field = np.asarray(np.gradient(line), np.float32) * stage.side
    lee = np.clip(-slope * 6, 0, 1)
    wind = np.sin(deep / (unit * 0.07) + rank) * unit * 0.018
    look = across[None, :] + stage.side * deep * 1.1 + wind
    reach = unit * (0.14 + 0.12 * rank)
    shadow = np.interp(look, land.columns_of(line), lee) * np.clip(1.15 - deep / reach, 0, 1)
    plane.fill(patch.times(enlarged(shadow.astype(np.float32), rows, columns)), dark, 0.75)
    fine = patch.down[:, None] - line[None, patch.x : patch.x + columns]
    bend = enlarged(stage.clouded(*small, (2, 3), 2) * 2.4, rows, columns)
    ripples = np.clip(np.sin(fine / (unit * (0.0045 + 0.0028 * rank)) + bend), 0, 1)
    plane.fill(patch.times(ripples * np.exp(-np.maximum(fine, 0) / (unit * 0.28))), lit, 0.16)


def meadow(stage: Stage) -> Places:
    sky.sky(stage)
    unit, base, script = stage.unit, stage.horizon, stage.script
    land.mountains(stage, base + unit * 0.04, unit * 0.2, 0.2, 1.3)
    stage.mist(stage.far, base - unit * 0.08, base + unit * 0.06, script.haze, 0.5)
    for depth, drop in ((0.36, -0.01), (0.5, 0.04), (0.64, 0.1)):
        line = _crest(stage, base + unit * drop, unit * stage.pick(-0.04, 0.04), unit * 0.035, 1.8)
        colour = mix(stage.leaf(depth), script.light, 0.12 if not stage.night else 0.04)
        _bushes(stage, line, unit * (0.012 + 0.03 * depth), scale(stage.leaf(depth + 0.14), 0.95))
        land.hill(stage, stage.far, line, depth, colour=colour)
        stage.mist(stage.far, base + unit * (drop - 0.02), base + unit * (drop + 0.08), script.haze, 0.3)
    line = _crest(stage, base + unit * 0.18, unit * -0.06, unit * 0.02, 1.4)
    ground = mix(stage.leaf(0.68), script.light, 0.1 if not stage.night else 0.03)
    x = stage.width * (0.5 + stage.side * 0.27)
    flora.tree(
        stage,
        stage.mid,
        x,
        float(line[int(x)]) + unit * 0.02,
        unit * 0.52,
        stage.leaf(0.82),
        stage.leaf(0.35),
    )
    hill = land.hill(stage, stage.mid, line, 0.74, colour=ground, fall=0.75)
    if hill is not None:
        land.mottle(stage, stage.mid, hill, mix(ground, script.light, 0.3), 4, 0.35)
    petals = [mix(script.accent, script.light, 0.3), script.light, mix(script.accent, script.sky[2], 0.5)]
    flora.flowers(stage, stage.mid, base + unit * 0.22, stage.height * 0.97, petals, 70, unit * 0.007)
    land.foreground(stage, "grass", 0.9)
    return _places(stage, line, unit * 0.14)


def _bushes(stage: Stage, line: Field, size: float, colour: Outline) -> None:
    count = int(70 * max(1, stage.width / stage.unit))
    at = stage.rng.random(count) * (stage.width - 1)
    keep = np.interp(at, np.arange(stage.width), stage.line(5, 0.5, 3)) > 0.0
    at = at[keep]
    patch = stage.far.discs(
        at, line[at.astype(int)].astype(np.float64) + size * 0.2, size * stage.rng.uniform(0.4, 1.1, len(at))
    )
    stage.far.put(patch, colour)


def road(stage: Stage) -> Places:
    sky.sky(stage)
    unit, base, script = stage.unit, stage.horizon, stage.script
    land.mountains(stage, base + unit * 0.05, unit * 0.3, 0.25, 1.6, 0.4 if stage.snowy else 0.0)
    stage.mist(stage.far, base - unit * 0.1, base + unit * 0.06, script.haze, 0.6)
    line = _crest(stage, base + unit * 0.05, 0, unit * 0.018, 2.5)
    ground = stage.leaf(0.62) if not stage.snowy else mix(script.haze, script.sky[1], 0.3)
    flora.treeline(stage, stage.far, line, unit * 0.07, int(80 * stage.width / unit), stage.land(0.62), 0.4)
    land.hill(stage, stage.far, line, 0.6, colour=ground, fall=0.75)
    x = stage.width * 0.5 + stage.side * unit * 0.04
    top = float(line[int(np.clip(x, 0, stage.width - 1))])
    near = np.linspace(0, 1, 40)
    depth = near**2.1
    centre = x + stage.side * unit * (0.13 * np.sin(near * 4.3) * (0.25 + depth))
    half = unit * (0.004 + 0.34 * depth)
    down = top + (stage.height * 1.08 - top) * depth
    left, right = np.stack([centre - half, down], 1), np.stack([centre + half, down], 1)
    asphalt = mix(script.near, script.haze, 0.3)
    way = stage.far.polygon(np.concatenate([left, right[::-1]]))
    stage.far.put(
        way,
        stage.rows(
            [mix(asphalt, script.light, 0.45), asphalt, mix(asphalt, script.near, 0.6)], top, stage.height
        ),
    )
    if way is not None:
        stage.far.fill(way.edge(stage.side * unit * 0.004, 0), mix(script.haze, script.light, 0.6), 0.5)
    marks: list[Outline] = []
    for start in np.linspace(0.16, 0.97, 11):
        t = np.array([start, start + 0.035])
        d, c = t**2.1, np.interp(t, near, centre)
        w, y = unit * 0.011 * d + 0.5, top + (stage.height * 1.08 - top) * d
        marks.append(
            np.array([(c[0] - w[0], y[0]), (c[0] + w[0], y[0]), (c[1] + w[1], y[1]), (c[1] - w[1], y[1])])
        )
    stage.far.put(stage.far.polygon(*marks), mix(script.accent, script.light, 0.4), 0.75)
    spots = stage.rng.random(9)
    shoulders = np.where(stage.rng.random(9) < 0.5, -1, 1) * (0.3 + 0.35 * stage.rng.random(9))
    sizes = unit * (0.1 + 0.2 * spots)
    at, feet = stage.width / 2 + shoulders * max(unit, stage.width * 0.8), base + unit * (0.07 + 0.16 * spots)
    flora.pines(stage, stage.mid, at, feet, sizes, stage.land(0.85))
    land.foreground(stage, "grass", 0.9)
    where = 0.46
    d = where**2.1
    spot = Spot(float(np.interp(where, near, centre)), top + (stage.height * 1.08 - top) * d, unit * 0.13)
    beside = Spot(spot.x + stage.side * unit * 0.24, spot.y + unit * 0.01, unit * 0.13)
    return Places(spot, beside, Spot(x + stage.side * unit * 0.15, top + unit * 0.01, unit * 0.07))


def castle(stage: Stage) -> Places:
    sky.sky(stage)
    unit, base, script = stage.unit, stage.horizon, stage.script
    land.mountains(stage, base + unit * 0.06, unit * 0.42, 0.2, 1.6, 0.5 if stage.snowy else 0.2)
    stage.mist(stage.far, base - unit * 0.2, base + unit * 0.1, script.haze, 0.6)
    across = np.linspace(0, 1, stage.width, dtype=np.float32) * stage.width
    peak_x = stage.width * 0.5 + stage.side * -unit * 0.06
    crag = np.exp(-(((across - peak_x) / (unit * 0.26)) ** 2)) * unit * 0.24
    line = (base + unit * 0.1 - crag - np.abs(stage.line(7, 0.6, 5)) * unit * 0.02).astype(np.float32)
    foot = float(line[int(np.clip(peak_x, 0, stage.width - 1))])
    castle_shape(stage, stage.far, peak_x, foot + unit * 0.03, unit * 0.42, stage.land(0.6))
    hill = land.hill(stage, stage.far, line, 0.62)
    if hill is not None:
        land.mottle(stage, stage.far, hill, stage.land(0.8), 6, 0.5)
    stage.mist(stage.far, base - unit * 0.02, base + unit * 0.2, script.haze, 0.75)
    crest = _crest(stage, base + unit * 0.2, unit * 0.07, unit * 0.025, 1.8)
    flora.treeline(stage, stage.mid, crest, unit * 0.14, int(26 * stage.width / unit), stage.land(0.9), 0.45)
    land.hill(stage, stage.mid, crest, 0.84, fall=0.8)
    land.foreground(stage, "pines", 0.9)
    return _places(stage, crest, unit * 0.13, Spot(peak_x, foot, unit * 0.1))


def village(stage: Stage) -> Places:
    sky.sky(stage)
    unit, base, script = stage.unit, stage.horizon, stage.script
    land.mountains(stage, base, unit * 0.3, 0.2, 1.5, 0.6 if stage.snowy else 0.1)
    stage.mist(stage.far, base - unit * 0.12, base + unit * 0.05, script.haze, 0.55)
    white = mix(script.haze, script.sky[1], 0.25)
    for row, (drop, size, depth) in enumerate(((0.0, 0.075, 0.46), (0.07, 0.11, 0.6), (0.15, 0.15, 0.74))):
        line = _crest(stage, base + unit * drop, unit * 0.05 * (1 if row % 2 else -1), unit * 0.025, 1.7)
        plane = stage.far if row < 2 else stage.mid
        flora.treeline(
            stage, plane, line, unit * size * 0.9, int(22 * stage.width / unit), stage.land(depth + 0.08), 0.5
        )
        count = max(2, int((6 - row * 1.4) * stage.width / unit))
        if row == 1:
            x = stage.width * (0.5 + stage.side * 0.08)
            cottage(stage, plane, x, float(line[int(x)]), unit * size, depth, steeple=True)
        for place in range(count):
            x = (place + stage.pick(0.15, 0.85)) / count * stage.width
            cottage(
                stage,
                plane,
                x,
                float(line[int(np.clip(x, 0, stage.width - 1))]),
                unit * size * stage.pick(0.8, 1.15),
                depth,
            )
        ground = (
            mix(stage.land(depth), stage.leaf(depth), 0.6)
            if not stage.snowy
            else mix(white, stage.land(depth), 0.25)
        )
        land.hill(
            stage,
            plane,
            line + np.float32(unit * size * 0.16),
            depth,
            colour=ground,
            fall=0.7 if not stage.snowy else 0.3,
        )
        stage.mist(
            plane, base + unit * drop, base + unit * (drop + 0.13), script.haze, 0.25
        ) if row < 2 else None
    crest = _crest(stage, base + unit * 0.3, unit * -0.05, unit * 0.015, 1.5)
    ground = stage.land(0.88) if not stage.snowy else mix(white, stage.script.near, 0.2)
    hill = land.hill(stage, stage.mid, crest, 0.88, colour=ground, fall=0.8)
    if hill is not None:
        land.mottle(stage, stage.mid, hill, scale(ground, 0.8), 5, 0.4)
    land.foreground(stage, "grass" if not stage.snowy else "pines", 0.89)
    return _places(stage, crest, unit * 0.13)
