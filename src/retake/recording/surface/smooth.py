"""Taking the trembling out of measured places, without holding back the motion itself."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby, pairwise

import numpy as np
from scipy.ndimage import uniform_filter1d
from scipy.signal import savgol_filter

from retake.recording.surface.model import SurfaceFrame
from retake.recording.surface.plane import Matrix, carry, outline, through

_WINDOW, _ORDER = 5, 2
_TREMBLE = 0.1  # pixels of a corner's restlessness that is thought to be measurement; more is motion


def smooth(frames: tuple[SurfaceFrame, ...], size: tuple[int, int]) -> tuple[SurfaceFrame, ...]:
    """Corners smoothed over time where the surface moves (Savitzky-Golay 1964); light over the same window.

    Frames at rest, and those that do not show the surface, stay as they are.
    """
    done: list[SurfaceFrame] = []
    rests = _resting(frames)
    for moving, group in groupby(
        zip(frames, rests, strict=True), key=lambda pair: pair[0].visible and not pair[1]
    ):
        run = [frame for frame, _ in group]
        done += _smoothed(run, size) if moving and len(run) >= _WINDOW else run
    return tuple(done)


def _resting(frames: tuple[SurfaceFrame, ...]) -> list[bool]:
    """Which frames have exactly the place of a neighbour."""
    same = [np.array_equal(a.homography, b.homography) for a, b in pairwise(frames)]
    return [before or after for before, after in zip([False, *same], [*same, False], strict=True)]


def _smoothed(run: list[SurfaceFrame], size: tuple[int, int]) -> list[SurfaceFrame]:
    places = np.array([carry(frame.homography, outline(size)) for frame in run])
    light = np.array([[*frame.gain, *frame.offset, frame.blur] for frame in run])
    smoother = np.asarray(savgol_filter(places, _WINDOW, _ORDER, axis=0, mode="interp"))
    strayed = uniform_filter1d(((smoother - places) ** 2).mean((1, 2)), _WINDOW, mode="nearest")
    restless = np.sqrt(np.maximum(strayed, 0))  # a running sum may end a hair below zero
    trust = 1 / (1 + (restless / _TREMBLE) ** 4)
    smoother = places + trust[:, None, None] * (smoother - places)
    calmer = np.asarray(savgol_filter(light, _WINDOW, 1, axis=0, mode="interp"))
    calmer[:, 6] = light[:, 6]  # blur comes and goes with single frames
    return [
        _with(frame, through(outline(size), corners), numbers)
        for frame, corners, numbers in zip(run, smoother, calmer, strict=True)
    ]


def _with(frame: SurfaceFrame, homography: Matrix, light: Matrix) -> SurfaceFrame:
    g0, g1, g2, o0, o1, o2, blur = (float(v) for v in light)
    return replace(frame, homography=homography, gain=(g0, g1, g2), offset=(o0, o1, o2), blur=blur)
