"""What deep interiors in one-point perspective share: the light at their end, floor, measures."""

from __future__ import annotations

import numpy as np

from retake.generate.painted.colour import Rgb, mix, ramp
from retake.generate.painted.light import beam
from retake.generate.painted.plane import Outline, Patch, Plane, enlarged
from retake.generate.painted.stage import Stage


def shell(stage: Stage, x: float, y: float, inner: Rgb, middle: Rgb, outer: Rgb, size: float) -> None:
    """Fill the far plane with light that falls off around (x, y)."""
    rows, columns = max(2, stage.height // 3), max(2, stage.width // 3)
    across = (np.arange(columns, dtype=np.float32) * 3 - x)[None, :] / size
    down = (np.arange(rows, dtype=np.float32) * 3 - y)[:, None] / (size * 1.35)
    far = np.sqrt(across**2 + down**2)
    far += 0.06 * stage.clouded(rows, columns, (5, 5), 4)
    steps = ramp([inner, middle, mix(middle, outer, 0.6), outer], 256, [0, 0.3, 0.62, 1])
    index = np.clip(far * 190, 0, 254)
    low = index.astype(int)
    share = index - low
    for channel in range(3):
        tone = steps[low, channel] * (1 - share) + steps[low + 1, channel] * share
        stage.far.channels[channel] = enlarged(tone.astype(np.float32), stage.height, stage.width)


def eye_level(stage: Stage) -> float:
    return stage.horizon - stage.unit * 0.06


def spread(stage: Stage) -> float:
    return max(1.0, stage.width / stage.unit * 0.72)


def indoor_light(stage: Stage) -> Rgb:
    """What comes in from outside."""
    script = stage.script
    return mix(script.light, script.haze, 0.55) if stage.night else mix(script.light, script.accent, 0.12)


def arch(x: float, foot: float, wide: float, tall: float) -> Outline:
    """The outline of a round-headed opening."""
    turn = np.linspace(np.pi, 0, 18)
    head = np.stack([x + np.cos(turn) * wide / 2, foot - tall + wide / 2 - np.sin(turn) * wide / 2], 1)
    return np.concatenate([np.array([(x - wide / 2, foot)]), head, np.array([(x + wide / 2, foot)])])


def outside(plane: Plane, outline: Outline) -> Patch:
    """Everything but what the outline encloses."""
    cover = np.ones((plane.height, plane.width), np.float32)
    hole = plane.polygon(outline)
    if hole is not None:
        rows, columns = hole.values.shape
        cover[hole.y : hole.y + rows, hole.x : hole.x + columns] -= hole.values
    return Patch(cover)


def paving(stage: Stage, x: float, eye: float, top: float, wide: float, colour: Rgb, strength: float) -> None:
    """Joints of a paved floor that run to the vanishing point and across."""
    unit, bottom = stage.unit, stage.height + 4.0
    lines: list[tuple[Outline, float]] = []
    for step in range(-11, 12):
        slope = step * 0.36 * wide
        lines.append(
            (
                np.array([(x + slope * (top - eye), top), (x + slope * (bottom - eye), bottom)]),
                max(1.0, unit * 0.0022),
            )
        )
    level = top - eye
    while level < bottom - eye:
        level *= 1.3
        reach = level * 4.0 * wide
        lines.append(
            (np.array([(x - reach, eye + level), (x + reach, eye + level)]), max(1.0, unit * 0.0022))
        )
    stage.far.strokes(lines, colour, strength)


def floor_glow(stage: Stage, x: float, top: float, light: Rgb) -> None:
    """The bright opening mirrored on a polished floor."""
    unit = stage.unit
    wedge = np.array(
        [
            (x - unit * 0.07, top),
            (x + unit * 0.07, top),
            (x + unit * 0.24, top + unit * 0.62),
            (x - unit * 0.24, top + unit * 0.62),
        ]
    )
    beam(stage, stage.far, wedge, light, 0.62, unit * 0.02)
