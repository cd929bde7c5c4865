"""Skies: gradient, sun or moon with its glow, stars, clouds, aurora. Painted on the far plane."""

from __future__ import annotations

import cv2
import numpy as np

from retake.generate.painted.colour import Rgb, mix, ramp, scale
from retake.generate.painted.noise import Field
from retake.generate.painted.plane import Outline, Patch, blurred, curve, enlarged
from retake.generate.painted.stage import SOFT, Spot, Stage


def sky(stage: Stage, horizon: float | None = None) -> None:
    """Paint the whole far plane as sky; below the horizon its last colour goes on."""
    line = stage.horizon if horizon is None else horizon
    script, height, width = stage.script, stage.height, stage.width
    rows, columns = max(2, height // SOFT), max(2, width // SOFT)
    share = float(np.clip(line / height, 0.1, 1))
    stops = [0, 0.42 * share, 0.8 * share, share]
    colours = list(script.sky)
    if stage.scene.weather in ("rain", "storm", "fog"):
        grey = mix(script.haze, script.far, 0.5)
        colours = [scale(mix(c, grey, 0.55), 0.86 if stage.scene.weather != "fog" else 1.0) for c in colours]
    field = np.repeat(ramp(colours, rows, stops).T[:, :, None], columns, axis=2)
    x, y = stage.light_x / SOFT, stage.light_y / SOFT
    across = (np.arange(columns, dtype=np.float32) - x)[None, :]
    down = (np.arange(rows, dtype=np.float32) - y)[:, None]
    far = np.sqrt(across**2 + (down * 1.15) ** 2) / (stage.unit / SOFT)
    strength = {"dawn": 0.75, "day": 0.5, "golden": 0.9, "dusk": 0.8, "night": 0.42}[stage.scene.time]
    if not stage.clear:
        strength *= 0.55
    glow = strength * (0.62 * np.exp(-far * 2.6) + 0.5 * np.exp(-((far * 5.2) ** 2)))
    _screen(field, glow, script.light)
    _clouds(stage, field, line / SOFT, glow)
    for index in range(3):
        stage.far.channels[index] = cv2.resize(field[index], (width, height), interpolation=cv2.INTER_CUBIC)
    if stage.night and stage.clear:
        stars(stage, line)
    if stage.clear:
        _disc(stage)
    if stage.scene.weather == "storm" and stage.scene.setting not in ("room", "office", "laboratory"):
        lightning(stage)


def stars(stage: Stage, horizon: float, count: float = 1.0) -> None:
    """Stars of all sizes, thicker in a slanting band, thinner towards the horizon."""
    rng = stage.rng
    total = int(min(900, 420 * count * stage.width * horizon / stage.unit**2))
    across = rng.random(total) * stage.width
    down = rng.random(total) ** 1.35 * horizon
    band = rng.random(total) < 0.4
    slant = stage.side * (across / stage.width - 0.5) * 0.5 + 0.35
    down = np.where(band, (slant + rng.normal(0, 0.09, total)) * horizon, down)
    bright = rng.random(total) ** 3.2
    mask = np.zeros((stage.height, stage.width), np.uint8)
    for x, y, strength in zip(across, down, bright, strict=True):
        radius = stage.unit * (0.0005 + 0.0011 * strength)
        fade = float(np.clip(1.15 - y / max(horizon, 1), 0, 1))
        level = int(255 * fade * (0.25 + 0.75 * strength))
        cv2.circle(mask, (int(x * 16), int(y * 16)), max(8, int(radius * 16)), (level,), -1, cv2.LINE_AA, 4)
    rows = int(np.clip(horizon, 1, stage.height))
    stage.far.light(Patch(mask[:rows].astype(np.float32) * np.float32(1 / 255)), stage.script.light, 0.95)
    for index in np.argsort(-bright)[:5]:
        stage.far_light(float(across[index]), float(down[index]), stage.unit * 0.012, stage.script.light, 0.5)


def _screen(field: Field, cover: Field, colour: Rgb) -> None:
    for index in range(3):
        field[index] += (1 - field[index]) * cover * float(colour[index])


def _clouds(stage: Stage, field: Field, horizon: float, glow: Field) -> None:
    """Fractal clouds, lit on the side of the light, dark beneath."""
    rows, columns = field.shape[1:]
    deep = int(np.clip(horizon * 1.05, 2, rows))
    weather = stage.scene.weather
    cover = {"": stage.pick(-0.12, 0.1), "snow": 0.05, "cloud": 0.35, "rain": 0.55, "storm": 0.6, "fog": 0.2}[
        weather
    ]
    wide = columns / max(deep, 1)
    shape = stage.clouded(deep, columns, (4.6, 2.6 * max(wide, 0.35)), 6)
    shape += 0.35 * stage.clouded(deep, columns, (9, 2.5 * max(wide, 0.35)), 4)
    lift = np.linspace(-0.15, 0.32, deep, dtype=np.float32)[:, None]
    body = np.clip((shape + cover - 0.32 + lift * 0.6) * 1.5, 0, 1)
    body = body * body * (3 - 2 * body)
    reach = max(1.0, rows / 60)
    shift = np.array([[1, 0, stage.side * -reach * 0.7], [0, 1, reach]], np.float32)
    moved = cv2.warpAffine(shape, shift, (columns, deep), borderMode=cv2.BORDER_REPLICATE)
    lit = np.clip(0.5 + (shape - moved) * 1.6, 0, 1)
    script = stage.script
    night = stage.night
    bright = mix(script.sky[3], script.light, 0.3 if night else 0.6)
    if night:
        bright = mix(script.sky[2], script.haze, 0.6)
    shadow = mix(script.sky[1], script.haze, 0.5)
    if weather in ("rain", "storm"):
        shadow = scale(mix(script.sky[0], script.far, 0.5), 0.85)
        bright = mix(shadow, script.haze, 0.75)
    elif stage.scene.time == "day":
        bright, shadow = mix(script.light, script.sky[3], 0.2), mix(script.sky[2], script.haze, 0.5)
    strength = {"": 0.8, "cloud": 0.92, "rain": 0.95, "storm": 0.97, "fog": 0.5, "snow": 0.8}[weather]
    fade = np.clip(np.linspace(6.0, 0.2, deep, dtype=np.float32), 0, 1)[:, None]
    alpha = body * fade * strength
    for index in range(3):
        tone = shadow[index] + (bright[index] - shadow[index]) * lit
        tone = tone + (1 - tone) * glow[:deep] * float(script.light[index]) * 0.6
        field[index, :deep] += (tone - field[index, :deep]) * alpha


def _disc(stage: Stage) -> None:
    """The sun, or a moon with its seas."""
    x, y, plane = stage.light_x, stage.light_y, stage.far
    size = {"dawn": 0.055, "day": 0.035, "golden": 0.075, "dusk": 0.085, "night": 0.06}[stage.scene.time]
    radius = max(1.0, stage.unit * size)
    around = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    disc = plane.polygon(np.stack([x + radius * np.cos(around), y + radius * np.sin(around)], 1))
    if disc is None:
        return
    colour = mix(stage.script.light, np.ones(3, np.float32), 0.45)
    if not stage.night:
        plane.fill(disc, colour, 0.94)
        return
    height, width = disc.values.shape
    seas = np.clip(stage.clouded(height, width, (2.2, 2.2), 4) * 1.3 - 0.1, 0, 0.8)
    shade = mix(stage.script.light, stage.script.sky[2], 0.4)
    tone = np.stack([colour[i] + (shade[i] - colour[i]) * seas for i in range(3)])
    plane.fill(disc, tone)


def aurora(stage: Stage, colour: Rgb, horizon: float) -> None:
    """Curtains of light across the upper sky."""
    rows, columns = max(2, int(horizon) // SOFT), max(2, stage.width // SOFT)
    total = np.zeros((rows, columns), np.float32)
    down = np.arange(rows, dtype=np.float32)[:, None]
    for _ in range(3):
        foot = rows * (
            stage.pick(0.35, 0.75)
            + 0.16
            * np.interp(
                np.linspace(0, 1, columns), np.linspace(0, 1, stage.width), stage.line(2.0, 0.4, 3)
            ).astype(np.float32)
        )
        streak = 0.6 + 0.5 * np.interp(
            np.linspace(0, 1, columns), np.linspace(0, 1, stage.width), stage.line(26, 0.6, 3)
        ).astype(np.float32)
        up = (foot[None, :] - down) / rows
        total += np.where(up > 0, np.exp(-up * 5.5), np.exp(up * 60)) * streak[None, :]
    total = blurred(np.clip(total, 0, 1.6), 2)
    stage.far.light(Patch(enlarged(total, rows * SOFT, columns * SOFT)), colour, 0.5)


def lightning(stage: Stage) -> None:
    """A forked bolt from the clouds to the horizon, and its glare."""
    x, top = stage.width * (0.5 - stage.side * stage.pick(0.1, 0.3)), stage.horizon * 0.08
    white = mix(stage.script.light, np.ones(3, np.float32), 0.7)
    forks = [(x, top, stage.horizon * 0.97, 0.0045)]
    glare = stage.far.halo(x, stage.horizon * 0.3, stage.unit * 0.9, 1.2)
    if glare is not None:
        stage.far.light(glare, mix(stage.script.sky[3], white, 0.5), 0.55)
    for number in range(4):
        if number:
            first = forks[0]
            start = stage.pick(0.15, 0.6)
            forks.append(
                (
                    x,
                    first[1] + (first[2] - first[1]) * start,
                    first[1] + (first[2] - first[1]) * (start + 0.3),
                    0.002,
                )
            )
    trunk: Outline | None = None
    for begin, high, low, thick in forks:
        steps = 18
        down = np.linspace(high, low, steps)
        across = begin + np.cumsum(stage.rng.normal(0, stage.unit * 0.017, steps))
        if trunk is not None:
            across += np.interp(high, trunk[:, 1], trunk[:, 0]) - across[0]
            across += np.linspace(0, stage.pick(-0.15, 0.15) * stage.unit, steps)
        bolt = np.stack([across, down], 1)
        trunk = bolt if trunk is None else trunk
        for width, power in ((thick * 5, 0.16), (thick * 2.4, 0.25), (thick, 1.0)):
            stage.far.strokes([(bolt, max(1.0, width * stage.unit))], white, power)


def flock(stage: Stage, x: float, y: float, size: float, count: int = 11) -> None:
    """Birds on the wing, loosely together."""
    colour = mix(stage.script.near, stage.script.far, 0.25)
    for _ in range(count):
        left, up = x + stage.rng.normal(0, size * 3.2), y + stage.rng.normal(0, size * 1.5)
        span, beat = size * stage.pick(0.35, 1.0), stage.pick(0.1, 0.75)
        wing = [(0, 0.1), (0.35, -0.45 * beat), (0.95, -0.2 * beat), (0.4, -0.16 * beat), (0.08, 0.28)]
        outline = wing + [(-dx, dy) for dx, dy in reversed(wing[1:])]
        points = curve([(left + dx * span, up + dy * span) for dx, dy in outline], steps=3)
        stage.far.put(stage.far.polygon(points), colour, 0.9)


def pillar(stage: Stage, spot: Spot) -> None:
    """A beam of light that rises from the land into the sky."""
    unit, colour = stage.unit, stage.tint(stage.script.light)
    x, foot = spot.x, spot.y
    for half, soft, strength in ((0.075, 0.035, 0.35), (0.03, 0.012, 0.6), (0.011, 0.004, 0.95)):
        wide = half * unit
        shape = stage.far.polygon(
            np.array([(x - wide, -4.0), (x + wide, -4.0), (x + wide * 0.55, foot), (x - wide * 0.55, foot)])
        )
        if shape is None:
            continue
        rows = shape.values.shape[0]
        fade = np.linspace(0.55, 1.0, rows, dtype=np.float32)[:, None]
        stage.far.light(
            shape.times(fade).soft(max(0.6, soft * unit)), mix(colour, np.ones(3, np.float32), 0.35), strength
        )
    stage.far_light(x, foot, unit * 0.42, colour, 0.75)
    stage.far_light(x, foot, unit * 0.14, np.ones(3, np.float32), 0.9)


def star(stage: Stage, spot: Spot) -> None:
    """One star that outshines the others, above the spot; in a close-up large, with some about it."""
    near = stage.scene.shot == "close-up"
    unit, plane = stage.unit, stage.far
    x, y = stage.width * (0.5 + stage.side * 0.1), max(stage.horizon, stage.height * 0.4) * 0.62
    colour = stage.tint(mix(stage.script.accent, stage.script.light, 0.5))
    white = mix(colour, np.ones(3, np.float32), 0.75)
    stars = [(x, y, unit * (0.2 if near else 0.055))]
    for _ in range(6 if near else 3):
        size = unit * stage.pick(0.02, 0.06) * (1 if near else 0.4)
        stars.append((x + unit * stage.pick(-0.42, 0.42), y + unit * stage.pick(-0.4, 0.2), size))
    for at, level, size in stars:
        for reach, strength in ((3.2, 0.35), (1.1, 0.7)):
            stage.far_light(at, level, size * reach, colour, strength)
        thin = 0.055
        points = [
            (0, -1),
            (thin, -thin),
            (0.72, 0),
            (thin, thin),
            (0, 1),
            (-thin, thin),
            (-0.72, 0),
            (-thin, -thin),
        ]
        plane.put(plane.polygon(np.array(points) * size + (at, level)), white)
        plane.put(plane.discs(np.array([at]), np.array([level]), np.array([size * 0.13])), white)
