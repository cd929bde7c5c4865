"""Water: the picture above it mirrored, broken by waves, with the path of light across it."""

from __future__ import annotations

import cv2
import numpy as np

from retake.generate.painted.colour import mix, scale
from retake.generate.painted.plane import Outline, Patch, Plane, enlarged
from retake.generate.painted.stage import Stage


def water(stage: Stage, shore: float, calm: float = 0.5) -> None:
    """Fill the far plane below `shore` with water. `calm` is 1 for a mirror and 0 for a rough sea."""
    plane, width, height = stage.far, stage.width, stage.height
    top = int(np.clip(shore, 1, height - 2))
    rows = height - top
    small = (max(2, rows // 3), max(2, width // 3))
    down = np.linspace(0, 1, small[0], dtype=np.float32)[:, None]
    stretch = 1.0 + 0.35 * down
    source = (top - 1 - down * stretch * rows * min(1.0, top / max(rows, 1)) * 0.9).astype(np.float32)
    ripple = stage.clouded(*small, (26 if calm < 0.4 else 40, 5 * width / stage.unit), 3)
    sway = ripple * (0.002 + down * 0.05 * (1.15 - calm)) * stage.unit
    across = np.linspace(0, width - 1, small[1], dtype=np.float32)[None, :] + sway
    look = np.broadcast_to(source, small) + sway * 0.8
    deep = scale(mix(stage.script.sky[0], stage.script.near, 0.45), 0.9)
    fresh = mix(stage.script.sky[2], stage.script.haze, 0.3)
    share = np.clip(0.22 + 0.66 * down**0.8 + ripple * 0.12 * (1.3 - calm), 0, 0.94) * (1.08 - 0.32 * calm)
    crest = np.clip(ripple * 1.5 - 0.35, 0, 1) * (0.3 + 0.4 * down) * (1 - calm * 0.6)
    for index, channel in enumerate(plane.channels):
        mirror = cv2.remap(
            channel, across, look.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
        )
        mirror += (np.float32(deep[index]) - mirror) * share
        mirror += (np.float32(fresh[index]) - mirror) * crest * 0.4
        channel[top:] = cv2.resize(mirror, (width, rows), interpolation=cv2.INTER_CUBIC)
    horizon = Patch(np.ones((max(1, round(stage.unit * 0.0025)), width), np.float32), 0, top)
    plane.fill(horizon, mix(stage.script.haze, stage.script.light, 0.4), 0.5)
    if stage.clear:
        glitter(stage, plane, stage.light_x, shore, stage.script.light, 0.95)


def glitter(
    stage: Stage,
    plane: Plane,
    x: float,
    shore: float,
    colour: Outline,
    strength: float,
    reach: float = 1.0,
) -> None:
    """The path of a light on waves: short strokes, wider and further apart towards the viewer."""
    rng, rows = stage.rng, stage.height - shore
    count = int(520 * reach)
    near = rng.random(count) ** 1.5 * reach
    spread = stage.unit * (0.028 + 0.16 * near) * (1 if reach > 0.6 else 0.35)
    across = x + rng.normal(0, 1, count) * spread
    down = shore + rows * near * 0.94 + 1
    long = stage.unit * (0.006 + 0.05 * near) * rng.uniform(0.4, 1.2, count)
    thick = np.maximum(stage.unit * (0.0007 + 0.0035 * near), 0.7)
    level = (
        np.exp(-(((across - x) / (spread * 1.3 + 1e-6)) ** 2))
        * (1 - 0.55 * near)
        * rng.uniform(0.35, 1, count)
    )
    low = int(np.clip(shore, 0, stage.height - 1))
    mask = np.zeros((stage.height - low, stage.width), np.uint8)
    for cx, cy, half, tall, shade in zip(across, down - low, long, thick, level, strict=True):
        centre, axes = (int(cx * 16), int(cy * 16)), (max(8, int(half * 16)), max(6, int(tall * 16)))
        cv2.ellipse(mask, centre, axes, 0, 0, 360, (int(255 * shade),), -1, cv2.LINE_AA, 4)
    plane.light(Patch(mask.astype(np.float32) * np.float32(1 / 255), 0, low), colour, strength)
    halo = plane.halo(x, shore + rows * 0.12 * reach, stage.unit * 0.42 * reach, 0.75)
    if halo is not None:
        keep = int(np.clip(shore - halo.y, 0, halo.values.shape[0]))
        halo.values[:keep] = 0
        plane.light(halo, colour, 0.4 * strength)


def foam(stage: Stage, plane: Plane, top: float, bottom: float, count: int) -> None:
    """Long thin crests of foam on a rough sea."""
    rng = stage.rng
    low, high = int(np.clip(top, 0, stage.height - 1)), int(np.clip(bottom, 1, stage.height))
    if high - low < 2:
        return
    rows, columns = max(2, (high - low) // 2), max(2, stage.width // 2)
    down = np.linspace(0, 1, rows)[:, None]
    cells = (count, 3 * stage.width / stage.unit)
    waves = stage.clouded(rows, columns, cells, 4) + 0.5 * np.sin(
        down**0.6 * 60 + stage.clouded(rows, columns, (4, 4), 3) * 3
    )
    crest = np.clip(waves * 2.2 - 1.5, 0, 1).astype(np.float32) * np.float32(rng.uniform(0.45, 0.6))
    white = mix(stage.script.haze, np.ones(3, np.float32), 0.4)
    plane.fill(Patch(enlarged(crest, high - low, stage.width), 0, low), white)
