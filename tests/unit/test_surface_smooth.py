"""Smoothing of a followed surface: trembling goes, motion stays."""

from __future__ import annotations

import numpy as np
import pytest

from retake.recording.surface.model import SurfaceFrame
from retake.recording.surface.smooth import smooth

SIZE = (84, 48)


def _at(*places: float) -> tuple[SurfaceFrame, ...]:
    """A surface in one frame after another, moved to the right by so many pixels."""
    return tuple(SurfaceFrame(np.array([[1, 0, x], [0, 1, 0], [0, 0, 1]], np.float64)) for x in places)


def _x(frames: tuple[SurfaceFrame, ...]) -> list[float]:
    return [float(frame.homography[0, 2]) for frame in frames]


def test_trembling_is_taken_out_of_an_even_slide() -> None:
    even = 0.5 * np.arange(40)
    shaken = even + np.random.default_rng(1).normal(0, 0.05, 40)
    strayed = np.abs(_x(smooth(_at(*shaken), SIZE)) - even)
    assert strayed[2:-2].mean() < 0.75 * np.abs(shaken - even)[2:-2].mean()


def test_a_leap_stays_a_leap() -> None:
    places = [0.3 * n for n in range(10)] + [200 + 0.3 * n for n in range(10)]
    assert _x(smooth(_at(*places), SIZE)) == pytest.approx(places, abs=0.01)


@pytest.mark.parametrize("seed", range(20))
def test_wild_places_before_an_even_slide_are_no_fault(seed: int) -> None:
    wild = np.random.default_rng(seed).uniform(0, 300, 6)
    slide = 0.25 * np.arange(30)
    assert _x(smooth(_at(*wild, *slide), SIZE))[-10:] == pytest.approx(list(slide[-10:]), abs=1e-6)
