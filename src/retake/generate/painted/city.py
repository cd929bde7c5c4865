"""Cities: a skyline of towers over water. The street is in `street`."""

from __future__ import annotations

import numpy as np

from retake.generate.painted import land, sky
from retake.generate.painted.buildings import (
    lamps_lit,
    towers,
)
from retake.generate.painted.stage import Places, Spot, Stage
from retake.generate.painted.street import street
from retake.generate.painted.water import water


def city(stage: Stage) -> Places:
    """A street when the picture is at night or wet, or by chance; else a skyline."""
    wet = stage.scene.weather in ("rain", "storm", "fog")
    if wet or stage.rng.random() < (0.6 if stage.night else 0.35):
        return street(stage)
    return _skyline(stage)


def _skyline(stage: Stage) -> Places:
    unit, script = stage.unit, stage.script
    base = stage.horizon + unit * 0.02
    sky.sky(stage, base)
    lit = 0.5 if lamps_lit(stage) else 0.3
    towers(stage, stage.far, base, unit * 0.52, 0.18, unit * 0.075, lit * 0.5)
    stage.mist(stage.far, base - unit * 0.3, base + unit * 0.1, script.haze, 0.5)
    towers(stage, stage.far, base, unit * 0.4, 0.42, unit * 0.095, lit)
    stage.mist(stage.far, base - unit * 0.14, base + unit * 0.1, script.haze, 0.45)
    towers(stage, stage.far, base, unit * 0.2, 0.66, unit * 0.1, lit)
    water(stage, base, 0.75)
    across = np.linspace(-1, 1, stage.width, dtype=np.float32)
    line = (base + unit * 0.34 - np.clip(-across * stage.side + 0.1, 0, 1) * unit * 0.12).astype(np.float32)
    land.hill(stage, stage.mid, line, 0.9, fall=0.9)
    rail = [
        (np.stack([np.arange(stage.width) * 1.0, line - unit * high], 1), unit * 0.004)
        for high in (0.05, 0.028)
    ]
    posts = [
        (np.array([(x, line[int(x)] - unit * 0.05), (x, line[int(x)] + 3)]), unit * 0.005)
        for x in np.arange(0, stage.width, unit * 0.07)
    ]
    stage.mid.strokes(rail + posts, stage.land(0.95))
    land.foreground(stage, "leaves", 0.92)
    x = stage.width * (0.5 - stage.side * 0.2)
    spot = Spot(x, float(line[int(x)]) + unit * 0.012, unit * 0.15)
    return Places(
        spot,
        Spot(x + stage.side * unit * 0.17, spot.y, unit * 0.15),
        Spot(stage.width * 0.5 + stage.side * unit * 0.2, base + unit * 0.04, unit * 0.06),
    )
