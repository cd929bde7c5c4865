"""Land: mountain ridges with lit faces and snow, rolling hills, dunes, and the dark ground in front."""

from __future__ import annotations

import cv2
import numpy as np

from retake.generate.painted import flora, noise
from retake.generate.painted.colour import Rgb, mix, scale
from retake.generate.painted.noise import Field
from retake.generate.painted.plane import Patch, Plane, enlarged
from retake.generate.painted.stage import Stage


def mountains(
    stage: Stage, base: float, height: float, depth: float, cells: float, snow: float = 0.0
) -> Field:
    """One range on the far plane, its foot in haze at `base`. Returns its skyline.

    `snow` is the share of the height that lies under snow, 1 down to the foot.
    """
    count = stage.width
    line = noise.peaks(stage.rng, count, cells * max(1.0, stage.width / stage.unit))
    line = (line - line.min()) / max(float(np.ptp(line)), 1e-3)
    swell = 0.62 + 0.38 * stage.line(1.3, 0.4, 2)
    skyline = (base - height * line * np.clip(swell, 0.25, 1.1)).astype(np.float32)
    patch = stage.far.below(skyline, min(base + height * 0.5, stage.height + 2))
    if patch is None:
        return skyline
    colour = stage.land(depth)
    foot = mix(colour, stage.script.haze, 0.72)
    stage.far.fill(
        patch, stage.rows([scale(colour, 0.96), colour, foot], base - height, base + height * 0.12)
    )
    facets = _facets(stage, skyline, patch)
    sunny = mix(colour, stage.script.light, 0.34 if not stage.night else 0.2)
    fade = np.clip(
        (base - patch.y - np.arange(patch.values.shape[0], dtype=np.float32)) / (height * 0.9), 0, 1
    )
    shown = patch.values * fade[:, None]
    stage.far.fill(Patch(shown * np.clip(facets, 0, 1), patch.x, patch.y), sunny, 0.8)
    stage.far.fill(Patch(shown * np.clip(-facets, 0, 1), patch.x, patch.y), scale(colour, 0.72), 0.65)
    if snow:
        _snow(stage, skyline, patch, facets, base - height * (1 - snow), height)
    return skyline


def columns_of(line: Field) -> Field:
    """x of each value of a line."""
    return np.arange(len(line), dtype=np.float32)


def _facets(stage: Stage, skyline: Field, patch: Patch) -> Field:
    """Light (+1) and shadow (-1) on a mountain's faces: the skyline's slope, carried down the flanks and
    broken by noise."""
    rows, columns = patch.values.shape
    small = (max(2, rows // 3), max(2, columns // 3))
    sigma = max(1.0, stage.unit * 0.006)
    smooth = cv2.GaussianBlur(skyline[None, :], (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)[0]
    slope: Field = np.asarray(np.gradient(smooth), np.float32) * stage.side
    across = np.linspace(patch.x, patch.x + columns - 1, small[1], dtype=np.float32)[None, :]
    down = np.linspace(patch.y, patch.y + rows - 1, small[0], dtype=np.float32)[:, None]
    top = np.asarray(np.interp(across[0], columns_of(skyline), skyline), np.float32)
    under = down - top[None, :]
    warp = stage.clouded(*small, (rows / stage.unit * 14 + 2, columns / stage.unit * 14 + 2), 4)
    lean = np.clip(under, 0, None) * 0.32
    look = across + warp * (np.clip(under, 0, None) * 0.22 + stage.unit * 0.008)
    left = np.interp(look - lean, columns_of(slope), slope)
    right = np.interp(look + lean, columns_of(slope), slope)
    value = np.tanh((left + right) * 0.9 + warp * 0.25).astype(np.float32)
    return enlarged(value, rows, columns)


def _snow(stage: Stage, skyline: Field, patch: Patch, facets: Field, limit: float, height: float) -> None:
    """Snow from the skyline down to a ragged edge about `limit`."""
    rows, columns = patch.values.shape
    ragged = stage.line(16, 0.62, 5) * 0.16 * height
    reach = np.maximum((limit - skyline) * 0.7 + ragged, 0)
    top = skyline[patch.x : patch.x + columns] - patch.y
    deep = top + reach[patch.x : patch.x + columns] + 0.5
    down = np.arange(rows, dtype=np.float32)[:, None]
    rough = facets * np.float32(height * 0.05)
    cover = np.clip((deep[None, :] - down + rough) / 2.5, 0, 1) * patch.values
    white = mix(stage.script.light, np.ones(3, np.float32), 0.4)
    blue = mix(mix(stage.script.sky[1], stage.script.haze, 0.45), white, 0.22)
    if stage.night:
        white, blue = mix(stage.script.haze, white, 0.55), mix(stage.script.sky[2], stage.script.haze, 0.4)
    share = np.clip(0.5 + facets * 0.75, 0, 1)
    tone = np.stack([blue[i] + (white[i] - blue[i]) * share for i in range(3)])
    stage.far.fill(Patch(cover, patch.x, patch.y), tone, 0.92)


def hill(
    stage: Stage, plane: Plane, line: Field, depth: float, *, colour: Rgb | None = None, fall: float = 0.5
) -> Patch | None:
    """A hill from its skyline down to the bottom of the picture, catching light along its top and darkening
    towards the viewer."""
    patch = plane.below(line)
    if patch is None:
        return None
    base = stage.land(depth) if colour is None else colour
    top = float(line.min())
    deep = mix(base, stage.script.near, fall)
    plane.fill(
        patch, stage.rows([mix(base, stage.script.haze, 0.18), base, deep], top, top + stage.height * 0.42)
    )
    rim = np.clip((line.mean() + stage.unit * 0.5 - np.arange(stage.height)) / (stage.unit * 0.5), 0, 1)
    edge = patch.edge(stage.side * stage.unit * 0.002, -stage.unit * 0.005)
    rows = slice(patch.y, patch.y + patch.values.shape[0])
    lit = mix(base, stage.script.light, 0.5 if not stage.night else 0.28)
    plane.fill(edge.times(rim[rows, None].astype(np.float32)), lit, 0.5 if stage.clear else 0.2)
    return patch


def mottle(
    stage: Stage,
    plane: Plane,
    patch: Patch,
    colour: Rgb,
    cells: float,
    strength: float,
    *,
    steep: bool = False,
) -> None:
    """Uneven ground: broad brush marks of a colour, stretched along the ground, or down
    a rock face when `steep`."""
    rows, columns = patch.values.shape
    small = (max(2, rows // 4), max(2, columns // 4))
    down, across = cells * rows / stage.unit, cells * columns / stage.unit
    marks = stage.clouded(
        *small, (down * 2.2 + 1, across * 0.6 + 1) if not steep else (down * 0.5 + 1, across * 2.4 + 1), 5
    )
    cover = enlarged(np.clip(marks * 1.4 - 0.1, 0, 1), rows, columns) * patch.values
    plane.fill(Patch(cover, patch.x, patch.y), colour, strength)


def foreground(stage: Stage, kind: str = "grass", level: float = 0.86) -> None:
    """The near plane: dark ground that frames the picture from below, higher at the sides.

    `kind` is grass, pines, rocks, leaves, snow or plain.
    """
    across = np.linspace(-1, 1, stage.width, dtype=np.float32)
    tall = 1.0 if stage.height > stage.width else 0.75
    high, low = np.clip(-stage.side * across + 0.25, 0, None), np.clip(stage.side * across - 0.35, 0, None)
    rise = (high**1.5 * 0.07 + low**1.3 * 0.05) * tall
    line = stage.height * (level + 0.02 - rise) + stage.line(2.6, 0.5, 6) * stage.unit * 0.032
    colour = mix(stage.script.near, stage.script.far, 0.1)
    if stage.snowy:
        colour = mix(stage.script.near, stage.script.haze, 0.42)
    if kind in ("grass", "leaves"):
        flora.grass(stage, stage.near, line, stage.unit * (0.05 if kind == "grass" else 0.03), colour)
    if kind == "pines":
        for side in (0.0, 1.0):
            for _ in range(3):
                at = float(np.clip(abs(side - stage.rng.beta(1.0, 5) * 0.42), 0, 1)) * (stage.width - 1)
                size = stage.unit * stage.pick(0.28, 0.6)
                flora.pines(
                    stage,
                    stage.near,
                    np.array([at]),
                    np.array([line[int(at)] + size * 0.06]),
                    np.array([size]),
                    colour,
                )
    if kind == "rocks":
        line -= np.abs(noise.ridge(stage.rng, stage.width, 7, 3, 0.6)) * stage.unit * 0.05
    patch = stage.near.below(line)
    if patch is None:
        return
    top = stage.height * (level - 0.08)
    stage.near.fill(patch, stage.rows([colour, scale(stage.script.near, 0.72)], top, stage.height))
    lit = mix(colour, stage.script.light, 0.45)
    stage.near.fill(
        patch.edge(stage.side * stage.unit * 0.002, -stage.unit * 0.004), lit, 0.28 if stage.clear else 0.12
    )
