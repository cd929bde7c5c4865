"""What falls and drifts in front of the scene: rain, snow, fog."""

from __future__ import annotations

import cv2
import numpy as np

from retake.generate.painted.colour import mix
from retake.generate.painted.plane import Patch
from retake.generate.painted.stage import Stage


def weather(stage: Stage) -> None:
    """Paint the scene's weather over its planes; nothing in clear weather."""
    kind = stage.scene.weather
    if kind in ("rain", "storm"):
        _rain(stage, 1.0 if kind == "rain" else 1.35)
    elif kind == "snow":
        _snow(stage)
    if kind in ("fog", "rain", "storm"):
        thick = {"fog": 0.62, "rain": 0.25, "storm": 0.2}[kind]
        haze = mix(stage.script.haze, stage.script.light, 0.12)
        unit = stage.unit
        stage.mist(stage.far, stage.horizon - unit * 0.4, stage.horizon + unit * 0.35, haze, thick)
        stage.mist(stage.mid, stage.horizon + unit * 0.05, stage.horizon + unit * 0.5, haze, thick * 0.6, 4)


def _rain(stage: Stage, strength: float) -> None:
    rng = stage.rng
    colour = mix(stage.script.haze, np.ones(3, np.float32), 0.55)
    for plane, count, long, level in ((stage.far, 420, 0.045, 0.2), (stage.mid, 170, 0.085, 0.24)):
        mask = np.zeros((stage.height, stage.width), np.uint8)
        total = int(count * strength * stage.width * stage.height / stage.unit**2 / 1.7)
        x, y = rng.random(total) * stage.width * 1.2 - stage.width * 0.1, rng.random(total) * stage.height
        reach = stage.unit * long * rng.uniform(0.5, 1.2, total)
        ends = np.stack([x, y, x - stage.side * reach * 0.22, y + reach], 1)
        thick = max(1, round(stage.unit * (0.0011 if plane is stage.far else 0.0019)))
        for x0, y0, x1, y1 in np.round(ends * 16).astype(int).tolist():
            cv2.line(mask, (x0, y0), (x1, y1), (200,), thick, cv2.LINE_AA, 4)
        plane.fill(Patch(mask.astype(np.float32) * np.float32(1 / 255)), colour, level)


def _snow(stage: Stage) -> None:
    rng, unit = stage.rng, stage.unit
    white = mix(stage.script.light, np.ones(3, np.float32), 0.6)
    area = stage.width * stage.height / unit**2 / 1.7
    for plane, count, size, level in (
        (stage.far, 380, 0.0022, 0.6),
        (stage.mid, 130, 0.0042, 0.75),
        (stage.near, 26, 0.01, 0.5),
    ):
        total = max(1, int(count * area))
        radii = unit * size * rng.uniform(0.5, 1.2, total)
        patch = plane.discs(rng.random(total) * stage.width, rng.random(total) * stage.height, radii)
        if patch is not None:
            plane.fill(patch.soft(unit * size * 0.6) if plane is not stage.far else patch, white, level)
