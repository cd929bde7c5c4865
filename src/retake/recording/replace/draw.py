"""Drawing new content on a surface as the recording would have shown it there.

A `Layer` is a plate with its new content, uint8 RGBA in the plate's pixels: alpha is 0 where nothing changes.
It is carried into the frame by the surface's homography, takes its light, blur and grain, and stays behind
whatever stands before the surface.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from retake.media.patch import Patch
from retake.recording.replace.plate import Plate
from retake.recording.surface import SurfaceTrack
from retake.recording.surface.model import SurfaceFrame
from retake.recording.surface.plane import (
    Floats,
    Pixels,
    Window,
    enlarged,
    is_whole_shift,
    project,
    soften,
    window,
)

Layer = NDArray[np.uint8]

_TILE = 256  # pixels of the square of grain from which each frame takes its own part
_SHOWN = 1 / 512  # alpha below changes no sample
_SOLID = 10.0  # what lets through less than a tenth of the surface gives way to the frame's own pixels


def make_layer(plate: Plate, picture: Floats, *, cleaned: bool) -> Layer:
    """The layer that turns the old plate into `picture`, float32 RGB of the plate's size.

    Only what differs from the plate is in it; with `cleaned` also where the old content was, and its
    traces.
    """
    old, clean = plate.old.astype(np.float32), plate.clean.astype(np.float32)
    base = clean if cleaned else old
    changed = (np.abs(picture - base).max(2) > 1.0) | (cleaned & (np.abs(clean - old).max(2) > 0))
    grown = cv2.dilate(changed.astype(np.uint8), np.ones((5, 5), np.uint8))
    alpha = soften(grown.astype(np.float32), 0.8)
    alpha = np.where(changed, 1, alpha) * _inset(alpha.shape)
    rgb = np.clip(np.rint(picture), 0, 255)
    return np.dstack([rgb, np.rint(alpha * 255)]).astype(np.uint8)


def draw(track: SurfaceTrack, layer: Layer, plate: Plate, number: int) -> Patch | None:
    """The patch that shows a layer in a frame of the take; None where the frame does not show the surface.

    Pure: the same arguments give the same patch, whatever was drawn before.
    """
    return Painter(track, layer, plate).draw(number)


class Painter:
    """Draws one layer on many frames; what frames share is made once."""

    def __init__(self, track: SurfaceTrack, layer: Layer, plate: Plate) -> None:
        self._track = track
        self._zoom = plate.zoom
        self._box, self._layer = _cropped(layer)
        self._grain = _grain_tile(track) if track.noise.any() else None
        self._kept: tuple[SurfaceFrame, Window, Floats, Floats] | None = None

    def draw(self, number: int) -> Patch | None:
        """The patch for a frame of the take, or None where it does not show the surface."""
        state = self._track.at(number)
        if not state.visible or self._layer is None:
            return None
        made = self._painted(state)
        if made is None:
            return None
        (x, y, width, height), rgb, alpha = made
        if self._grain is not None:
            rgb = rgb + _grain(self._grain, number, (height, width))
        cover = self._track.cover(number)
        if cover is not None:
            rgb, alpha = self._behind(rgb, alpha, cover, number, (x, y, width, height))
            alpha[alpha < _SHOWN] = 0
        return Patch(number, x, y, np.clip(np.rint(rgb), 0, 255).astype(np.uint8), alpha.astype(np.float32))

    def _painted(self, state: SurfaceFrame) -> tuple[Window, Floats, Floats] | None:
        """Colour and alpha in the frame, in its light and blur; kept for frames that differ in nothing."""
        if self._kept is not None and _same(self._kept[0], state):
            return (self._kept[1], self._kept[2], self._kept[3])
        assert self._layer is not None
        x, y, width, height = self._box
        place = enlarged(state.homography, self._zoom)
        place = place @ np.array([[1, 0, x], [0, 1, y], [0, 0, 1]], np.float64)
        area = window(place, (width, height), self._track.frame_size)
        if area is None:
            return None
        rgb = project(self._layer[..., :3], place, area)
        alpha = project(np.ascontiguousarray(self._layer[..., 3]), place, area, outside=False) / 255
        rgb = rgb * np.array(state.gain, np.float32) + np.array(state.offset, np.float32)
        rgb = soften(rgb, state.blur)
        alpha = np.asarray(np.clip(alpha, 0, 1), np.float32)
        alpha[alpha < _SHOWN] = 0
        self._kept = (state, area, rgb, alpha)
        return area, rgb, alpha

    def _behind(
        self, rgb: Floats, alpha: Floats, cover: Floats, number: int, area: Window
    ) -> tuple[Floats, Floats]:
        """Colour and alpha with what stands before the surface laid over them.

        Where its own colours are known its soft edge is laid on the new content, free of the old; all that
        is solid stays the frame's own.
        """
        place, front = self._track.at(number).homography, self._track.front(number)
        clear = 1 - np.clip(project(cover, place, area), 0, 1)
        if front is None:
            return rgb, alpha * clear
        rgb = rgb * clear[..., None] + np.clip(project(front, place, area), 0, 255)
        return rgb, alpha * np.minimum(clear * _SOLID, 1)


def draw_custom(
    track: SurfaceTrack, shown: Pixels, changed: Pixels, number: int, area: Window
) -> Patch | None:
    """The patch that shows what a custom effect made of the `area` of a frame that holds the surface.

    Only pixels of the surface that the effect has changed, and that nothing covers, become part of it.
    """
    state = track.at(number)
    inside = _inset((track.size[1], track.size[0]))
    alpha = np.clip(project(inside, state.homography, area, outside=False), 0, 1)
    cover = track.cover(number)
    if cover is not None:
        alpha = alpha * (1 - np.clip(project(cover, state.homography, area), 0, 1))
    alpha = np.where((changed != shown).any(2), alpha, 0)
    alpha[alpha < _SHOWN] = 0
    return Patch(number, area[0], area[1], changed, alpha.astype(np.float32)) if alpha.any() else None


def _cropped(layer: Layer) -> tuple[Window, Floats | None]:
    """The part of a layer that shows anything, with a little around it."""
    rows, columns = np.flatnonzero(layer[..., 3].any(1)), np.flatnonzero(layer[..., 3].any(0))
    if not len(rows):
        return (0, 0, 0, 0), None
    around = 8
    top, bottom = max(int(rows[0]) - around, 0), min(int(rows[-1]) + 1 + around, layer.shape[0])
    left, right = max(int(columns[0]) - around, 0), min(int(columns[-1]) + 1 + around, layer.shape[1])
    return (left, top, right - left, bottom - top), layer[top:bottom, left:right].astype(np.float32)


def _inset(shape: tuple[int, ...]) -> Floats:
    """1 inside a plane, falling to 0 over its outermost pixel."""
    inside = np.ones(shape[:2], np.float32)
    inside[[0, -1]] = 0.25
    inside[:, [0, -1]] = 0.25
    return inside


def _same(first: SurfaceFrame, second: SurfaceFrame) -> bool:
    return (
        np.array_equal(first.homography, second.homography)
        and is_whole_shift(first.homography)
        and (first.gain, first.offset, first.blur) == (second.gain, second.offset, second.blur)
    )


def _grain_tile(track: SurfaceTrack) -> Floats:
    """A square of the recording's own kind of noise, float32 RGB, that continues over its edges."""
    noise = np.random.default_rng(7).standard_normal((_TILE, _TILE, 3), np.float32)
    if track.grain > 0.1:
        wrapped = np.pad(noise, ((16, 16), (16, 16), (0, 0)), "wrap")
        noise = soften(np.asarray(wrapped, np.float32), track.grain)[16:-16, 16:-16]
        noise = noise / noise.std()
    values, vectors = np.linalg.eigh(track.noise)
    root = vectors * np.sqrt(np.maximum(values, 0))  # gives independent noise the recording's covariance
    return np.asarray(noise @ root.T.astype(np.float32), np.float32)


def _grain(tile: Floats, number: int, shape: tuple[int, int]) -> Floats:
    """The noise of one frame: the tile from another place each time, the same for the same frame."""
    rng = np.random.default_rng((20, number))
    rows = (np.arange(shape[0]) + rng.integers(_TILE)) % _TILE
    columns = (np.arange(shape[1]) + rng.integers(_TILE)) % _TILE
    turned = tile.transpose(1, 0, 2) if rng.random() < 0.5 else tile
    return turned[rows[:, None], columns]
