"""The measures of a splice see the fault that each is for, and nothing in a voice that goes on."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from retake.recording.voice import Measure, distance
from retake.recording.voice.measure import click, floor_step, level_step, measures, pitch_jump

RATE = 16_000
START, STOP = RATE, round(1.5 * RATE)


def voice(hertz: NDArray[np.float64] | float = 120.0, hiss: float = 1e-3) -> NDArray[np.float64]:
    """Three seconds of a buzz in syllables, over a hiss."""
    time = np.arange(3 * RATE) / RATE
    phase = 2 * np.pi * np.cumsum(np.broadcast_to(hertz, time.shape)) / RATE
    buzz = np.sum([np.sin(n * phase) / n for n in range(1, 12)], axis=0)
    syllables = np.clip(np.sin(2 * np.pi * 4.3 * time) + 0.4, 0, 1)
    return np.asarray(0.15 * buzz * syllables + hiss * np.random.default_rng(1).standard_normal(len(time)))


def test_a_voice_that_goes_on_passes_everything():
    assert all(measure.passed for measure in measures(voice(), RATE, START, STOP))


def test_a_limit_holds_for_both_signs():
    assert Measure("level_step", -4, "dB", 5).passed
    assert not Measure("level_step", -6, "dB", 5).passed


@pytest.mark.parametrize(("hiss", "least", "most"), [(0.0, -60, -10), (1e-2, 10, 25)])
def test_a_step_of_the_noise_floor_is_seen_under_the_voice(hiss: float, least: float, most: float):
    heard = voice()
    heard[START:STOP] = voice(hiss=hiss)[START:STOP]
    assert least < floor_step(heard, RATE, START, STOP) < most
    assert abs(floor_step(voice(), RATE, START, STOP)) < 2


def test_a_step_of_the_level_is_told_in_decibels():
    heard = voice()
    heard[START:STOP] *= 2
    step = level_step(heard, RATE, START, STOP) - level_step(voice(), RATE, START, STOP)
    assert step == pytest.approx(6.0, abs=0.3)


def test_a_jump_of_the_pitch_is_told_in_semitones():
    hertz = np.full(3 * RATE, 120.0)
    hertz[START:STOP] *= 2 ** (6 / 12)
    assert abs(pitch_jump(voice(hertz), RATE, START, STOP)) == pytest.approx(6.0, abs=0.5)
    assert abs(pitch_jump(voice(), RATE, START, STOP)) < 0.3


def test_a_broken_wave_clicks_and_a_whole_one_does_not():
    heard = voice()
    at = START + int(np.abs(heard[START : START + 2000]).argmax())
    broken = heard.copy()
    broken[at:] -= heard[at] * 1.2
    assert click(broken, RATE, at) > 4
    assert click(heard, RATE, at) < 2


def test_silence_and_short_sounds_have_no_measures_to_fail():
    assert all(measure.passed for measure in measures(np.zeros(3 * RATE), RATE, START, STOP))
    assert all(measure.passed for measure in measures(np.zeros(40), RATE, 10, 20))


def test_a_distance_is_nothing_to_itself_and_grows_with_the_change():
    heard = voice().astype(np.float32)
    assert distance(heard, heard, RATE) < 1e-3
    assert distance(heard, heard * 2, RATE) == pytest.approx(6.0, abs=0.6)
    assert distance(heard, heard[: RATE // 4], RATE) == float("inf")
