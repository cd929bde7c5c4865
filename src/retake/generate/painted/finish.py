"""The finish: bloom, vignette and grain, then planes of light become `ArtLayer`s of uint8.

The same vignette goes over every plane, so that they stay together; the grain also dithers, so no band shows.
Colour runs on under transparent pixels, so that no dark seam shows when a plane is scaled.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from retake.generate.painted.noise import Field
from retake.generate.painted.plane import Plane, bands, blurred, enlarged
from retake.generate.painted.stage import Stage
from retake.generate.ports import ArtLayer, Artwork

_GRAIN = 1.5 / 255
_TILE = 512
_BORDER = 0.1


def finish(stage: Stage) -> Artwork:
    """The stage's planes as an artwork; a plane that nothing was painted on is left out."""
    _underpaint(stage.near, stage.mid, stage.far)
    _underpaint(stage.mid, stage.far)
    grain = stage.rng.standard_normal((_TILE, _TILE), dtype=np.float32) * np.float32(_GRAIN)
    shade = _vignette(stage)
    _bloom(stage.far)
    layers = [ArtLayer(_opaque(stage.far, shade, _tiled(grain, stage, 0)), 0.0)]
    for number, (plane, depth) in enumerate(((stage.mid, 0.45), (stage.near, 1.0))):
        if plane.channels[3].max(initial=0) > 0.02:
            layers.append(ArtLayer(_straight(plane, shade, _tiled(grain, stage, number + 1)), depth))
    return Artwork(tuple(layers))


def _underpaint(over: Plane, *under: Plane) -> None:
    """Carry the ground that a plane shows along the lower border to the planes behind it, where it is hidden
    until the camera lifts the plane: then no cut edge comes into view."""
    band = slice(over.height - round(over.height * _BORDER), None)
    through = 1 - over.channels[3, band]
    for plane in under:
        for target, paint in zip(plane.channels, over.channels, strict=False):
            target[band] *= through
            target[band] += paint[band]


def _tiled(grain: Field, stage: Stage, number: int) -> Field:
    moved = np.roll(grain, (number * 171, number * 89), (0, 1))
    down, across = -(-stage.height // _TILE), -(-stage.width // _TILE)
    return np.tile(moved, (down, across))[: stage.height, : stage.width]


def _vignette(stage: Stage) -> Field:
    """What is left of the light at each pixel: 1 in the middle, less in the corners."""
    rows, columns = max(2, stage.height // 8), max(2, stage.width // 8)
    across = np.linspace(-1, 1, columns, dtype=np.float32)[None, :]
    down = np.linspace(-1, 1, rows, dtype=np.float32)[:, None] + np.float32(0.12)
    far = np.sqrt(across**2 * 0.62 + down**2 * 0.55)
    dark = np.clip((far - 0.55) / 0.75, 0, 1) ** 1.7
    return enlarged(1 - np.float32(0.36) * dark, stage.height, stage.width)


def _bloom(plane: Plane) -> None:
    """Bright places shine over their neighbours."""
    height, width = plane.height, plane.width
    small = (max(1, width // 6), max(1, height // 6))
    for channel in plane.channels[:3]:
        bright = np.clip(_shrunk(channel, small) - 0.68, 0, 1)
        shine = enlarged(blurred(bright, max(1.0, small[0] / 26)), height, width)
        shine *= np.float32(0.75)
        shine *= 1 - channel
        channel += shine


def _shrunk(field: Field, size: tuple[int, int]) -> Field:
    return np.asarray(cv2.resize(field, size, interpolation=cv2.INTER_AREA), np.float32)


def _quantised(field: Field, shade: Field, grain: Field) -> NDArray[np.uint8]:
    """One channel as uint8; `field` is used up."""
    field *= shade
    field += grain
    field *= np.float32(255)
    field += np.float32(0.5)
    return np.clip(field, 0, 255, out=field).astype(np.uint8)


def _opaque(plane: Plane, shade: Field, grain: Field) -> NDArray[np.uint8]:
    pixels = np.empty((plane.height, plane.width, 3), np.uint8)
    for rows in bands(plane.height):
        channels = [_quantised(channel[rows], shade[rows], grain[rows]) for channel in plane.channels]
        cv2.merge(channels, pixels[rows])
    return pixels


def _straight(plane: Plane, shade: Field, grain: Field) -> NDArray[np.uint8]:
    """Alpha taken out of the colours; where there is none, the colours of the neighbourhood."""
    small = (max(1, plane.width // 16), max(1, plane.height // 16))
    least = np.float32(1 / 400)
    amount = _shrunk(plane.channels[3], small)
    spread = blurred(amount, 4) + blurred(amount, 24) * 0.02 + 1e-6
    mean = max(float(amount.mean()), 1e-6)
    around: list[Field] = []
    for channel in plane.channels[:3]:
        thin = _shrunk(channel, small)
        near = blurred(thin, 4) + blurred(thin, 24) * 0.02 + 1e-6 * float(thin.mean()) / mean
        around.append(enlarged(near / spread, plane.height, plane.width))
    pixels = np.empty((plane.height, plane.width, 4), np.uint8)
    for rows in bands(plane.height):
        alpha = plane.channels[3, rows]
        over = np.reciprocal(alpha + least)
        channels: list[NDArray[np.uint8]] = []
        for field, channel in zip(around, plane.channels[:3, rows], strict=True):
            straight = field[rows] * least
            straight += channel
            straight *= over
            channels.append(_quantised(straight, shade[rows], grain[rows]))
        soft = np.where((alpha > 0.004) & (alpha < 0.99), grain[rows], np.float32(0))
        cover = np.clip((alpha + soft) * 255 + 0.5, 0, 255).astype(np.uint8)
        cv2.merge([*channels, cover], pixels[rows])
    return pixels
