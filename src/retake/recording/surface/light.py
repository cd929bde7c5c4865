"""The light of a surface in a frame, the blur over it, and the recording's noise."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from retake.recording.surface.compare import fit_light, surface_part
from retake.recording.surface.plane import Floats, Matrix, Pixels, Window, project, soften, window
from retake.recording.surface.reference import Reference, luma

_SIGMAS = (0.0, 0.4, 0.6, 0.8, 1.0, 1.3, 1.6, 2.0, 2.5, 3.2)
_SAME_GAIN, _SAME_OFFSET = 0.006, 0.6


@dataclass(frozen=True, slots=True)
class Light:
    """What turns the reference into what a frame shows: see `SurfaceFrame`."""

    gain: tuple[float, float, float] = (1.0, 1.0, 1.0)
    offset: tuple[float, float, float] = (0.0, 0.0, 0.0)
    blur: float = 0.0


def measure_light(reference: Reference, frame: Pixels, homography: Matrix, cover: Floats) -> Light:
    """Gain, offset and blur with which the reference looks most like the frame, where nothing covers it."""
    area = window(homography, reference.size, (frame.shape[1], frame.shape[0]))
    if area is None:
        return Light()
    x, y, width, height = area
    shown = np.asarray(frame[y : y + height, x : x + width], np.float32)
    plain = np.ascontiguousarray(surface_part(reference.picture))
    open_ = (surface_part(cover) < 0.05).astype(np.float32)
    free = project(open_, homography, area, outside=False) > 0.99
    free = cv2.erode(free.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    if free.sum() < 64:
        return Light()
    drawn = project(plain, homography, area)
    gain, offset = fit_light(drawn, shown, free)
    blur = _blur(drawn * gain + offset, shown, free)
    if blur:
        gain, offset = fit_light(soften(drawn, blur), shown, free)
    if np.abs(gain - 1).max() < _SAME_GAIN and np.abs(gain * 128 + offset - 128).max() < _SAME_OFFSET:
        gain, offset = np.ones(3), np.zeros(3)
    return Light(_triple(gain), _triple(offset), blur)


def _blur(drawn: Floats, shown: Floats, free: np.ndarray) -> float:
    """The sigma between the tried ones at which what is drawn is nearest to what is shown."""
    grey, seen = luma(np.asarray(drawn, np.float32)), luma(shown)
    errors: list[float] = []
    for sigma in _SIGMAS:  # beyond the best one they only grow
        errors.append(float(np.mean((soften(grey, sigma) - seen)[free] ** 2)))
        if len(errors) > 2 and errors[-1] > errors[-2] > errors[-3]:
            break
    best = int(np.argmin(errors))
    if best == 0 or errors[0] - errors[best] < 0.02 * errors[0] + 0.02:
        return 0.0
    if best == len(errors) - 1:
        return _SIGMAS[best]
    curve = np.polyfit(_SIGMAS[best - 1 : best + 2], errors[best - 1 : best + 2], 2)
    return float(np.clip(-curve[1] / (2 * curve[0]), _SIGMAS[best - 1], _SIGMAS[best + 1]))


@dataclass(frozen=True, eq=False, slots=True)
class Noise:
    """`covariance` between red, green and blue (3, 3); `grain` the sigma of the Gaussian that shaped it."""

    covariance: Matrix
    grain: float = 0.0


def measure_noise(frame: Pixels, area: Window) -> Noise | None:
    """The noise of the evenest parts of an area of a frame; None where there is no even part.

    What a Gaussian of 2 pixels takes away, in the tenth of the blocks of 8x8 that vary least; burnt-out and
    black ones, which hide their noise, do not count.
    """
    x, y, width, height = area
    near = np.asarray(frame[y : y + height, x : x + width], np.float32)
    rows, columns = height // 8, width // 8
    if rows * columns < 10:
        return None
    rough = (near - soften(near, 2.0))[: rows * 8, : columns * 8]
    blocks = rough.reshape(rows, 8, columns, 8, 3).swapaxes(1, 2).reshape(-1, 8, 8, 3)
    level = near[: rows * 8, : columns * 8].reshape(rows, 8, columns, 8, 3).mean((1, 3, 4)).ravel()
    blocks = blocks[(level > 4) & (level < 247)]
    if len(blocks) < 10:
        return None
    energy = (blocks**2).mean((1, 2, 3))
    even = blocks[np.argsort(energy, kind="stable")[: max(4, len(blocks) // 10)]]
    samples = even.reshape(-1, 3)
    covariance = samples.T @ samples / len(samples) / 0.93
    total = float((even**2).mean())
    beside = float((even[:, :, 1:] * even[:, :, :-1]).mean() + (even[:, 1:] * even[:, :-1]).mean()) / 2
    alike = beside / max(total, 1e-9)
    grain = (-1 / (4 * np.log(alike))) ** 0.5 if 0.08 < alike < 0.95 else 0.0
    return Noise(np.asarray(covariance, np.float64), float(grain))


def typical(noises: list[Noise]) -> Noise:
    """The median noise of several frames; none where it could not be measured or is below rounding."""
    if not noises:
        return Noise(np.zeros((3, 3)))
    covariance = np.median([noise.covariance for noise in noises], axis=0)
    if np.trace(covariance) / 3 < 0.15:
        return Noise(np.zeros((3, 3)))
    return Noise(covariance, float(np.median([noise.grain for noise in noises])))


def _triple(values: Floats | Matrix) -> tuple[float, float, float]:
    red, green, blue = (float(v) for v in values)
    return red, green, blue
