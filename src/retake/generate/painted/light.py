"""Light in the air: shafts, dust, bokeh."""

from __future__ import annotations

import numpy as np

from retake.generate.painted.colour import Rgb
from retake.generate.painted.plane import Outline, Patch, Plane, blurred, enlarged
from retake.generate.painted.stage import Stage


def shafts(
    stage: Stage, plane: Plane, x: float, y: float, reach: float, colour: Rgb, strength: float, count: int = 6
) -> None:
    """Beams that spread from a point (x, y), which may lie outside the picture, fading over `reach`."""
    step = 6
    rows, columns = max(2, plane.height // step), max(2, plane.width // step)
    across = (np.arange(columns, dtype=np.float32) * step - x)[None, :]
    down = (np.arange(rows, dtype=np.float32) * step - y)[:, None]
    angle = np.arctan2(across, np.maximum(down, 1))
    total = np.zeros((rows, columns), np.float32)
    for _ in range(count):
        centre, wide = stage.pick(-0.75, 0.75), stage.pick(0.015, 0.075)
        total += stage.pick(0.35, 1.0) * np.exp(-(((angle - centre) / wide) ** 2))
    far = np.sqrt(across**2 + down**2) / max(reach, 1)
    total *= np.clip(1.05 - far, 0, 1) ** 1.2 * (down > 0)
    total *= 0.85 + 0.3 * stage.clouded(rows, columns, (5, 5), 3)
    plane.light(
        Patch(enlarged(blurred(np.clip(total, 0, 1.2), 1.5), plane.height, plane.width)), colour, strength
    )


def beam(stage: Stage, plane: Plane, corners: Outline, colour: Rgb, strength: float, soft: float) -> None:
    """One broad beam inside four corners (its two upper ones first), fading downwards."""
    patch = plane.polygon(corners)
    if patch is None:
        return
    rows, columns = patch.values.shape
    fade = np.linspace(1, 0, rows, dtype=np.float32)[:, None] ** 0.8
    uneven = enlarged(
        0.85 + 0.3 * stage.clouded(max(2, rows // 8), max(2, columns // 8), (4, 4), 3), rows, columns
    )
    plane.light(patch.times(fade * uneven).soft(soft), colour, strength)


def dust(
    stage: Stage, plane: Plane, top: float, bottom: float, count: int, colour: Rgb, strength: float = 0.6
) -> None:
    """Specks that float in the light."""
    rng = stage.rng
    across, down = rng.random(count) * stage.width, rng.uniform(top, bottom, count)
    radii = stage.unit * 0.0032 * rng.random(count) ** 2.5 + stage.unit * 0.0008
    patch = plane.discs(across, down, radii, (rng.random(count) ** 1.5).astype(np.float32))
    if patch is not None:
        plane.fill(patch.soft(max(0.5, stage.unit * 0.0007)), colour, strength)


def bokeh(
    stage: Stage,
    plane: Plane,
    top: float,
    bottom: float,
    count: int,
    colours: list[Rgb],
    size: float,
    strength: float,
) -> None:
    """Lights out of focus: soft-edged discs of several sizes."""
    rng = stage.rng
    for colour in colours:
        across, down = rng.random(count) * stage.width, rng.uniform(top, bottom, count)
        for x, y in zip(across.tolist(), down.tolist(), strict=True):
            radius = size * float(rng.uniform(0.35, 1.0))
            halo = plane.halo(x, y, radius, 1.0, 0.22)
            if halo is not None:
                plane.light(halo, colour, strength * float(rng.uniform(0.3, 1.0)))
