"""A voice's pitch is found and changed by a ratio, and its length; not changed, it comes back as it was."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from retake.generate.espeak import Espeak
from retake.generate.ports import SpeechRequest
from retake.recording.voice.measure import distance
from retake.recording.voice.pitch import marks, median, track
from retake.recording.voice.speech import resample
from retake.recording.voice.stretch import revoice

RATE = 22_050


@cache
def voice(name: str) -> NDArray[np.float64]:
    speech = Espeak().speak(SpeechRequest("My name is Jonathan Parker.", "en", name))
    return speech.samples.astype(np.float64)


def said(samples: NDArray[np.float64], stretch: float = 1.0, ratio: float = 1.0) -> NDArray[np.float64]:
    seconds = len(samples) / RATE
    times = np.array([0.0, seconds])
    return revoice(samples, RATE, taken=times, given=times * stretch, ratio=ratio)


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100])
@pytest.mark.parametrize("hertz", [70.0, 123.0, 333.0])
def test_the_pitch_of_a_buzz_is_found_at_any_rate(rate: int, hertz: float):
    time = np.arange(rate) / rate
    buzz = np.sum([np.sin(2 * np.pi * hertz * n * time) / n for n in range(1, 11)], axis=0)
    found = track(np.asarray(buzz), rate)[5:-5]
    assert np.isfinite(found).all()
    assert np.abs(found / hertz - 1).max() < 0.01


def test_noise_and_silence_have_no_pitch():
    noise = np.random.default_rng(1).standard_normal(RATE)
    assert np.isnan(track(noise, RATE)).mean() > 0.95
    assert np.isnan(track(np.zeros(RATE), RATE)).all()
    assert np.isnan(median(track(np.zeros(100), RATE)))


def test_there_is_one_mark_for_each_period_of_the_voice():
    samples = voice("arthur")
    pitch = track(samples, RATE)
    at, voiced = marks(samples, RATE, pitch)
    gaps = np.diff(at)[voiced[:-1] & voiced[1:]]
    here = pitch[np.minimum(at[:-1] * 100 // RATE, len(pitch) - 1)][voiced[:-1] & voiced[1:]]
    assert (np.diff(at) > 0).all()
    assert np.nanmedian(np.abs(gaps * here / RATE - 1)) < 0.03


@pytest.mark.parametrize("name", ["arthur", "clara"])
def test_a_voice_that_is_not_changed_comes_back(name: str):
    samples = voice(name)
    assert np.abs(said(samples) - samples).max() < 1e-6


@pytest.mark.parametrize("name", ["arthur", "clara"])
@pytest.mark.parametrize("ratio", [0.8, 1.2])
def test_the_pitch_changes_by_the_ratio_and_the_length_does_not(name: str, ratio: float):
    samples = voice(name)
    before = track(samples, RATE)
    after = track(said(samples, ratio=ratio), RATE)[: len(before)]
    both = np.isfinite(before) & np.isfinite(after)
    assert both.sum() >= 0.6 * np.isfinite(before).sum()
    assert abs(np.median(after[both] / before[both]) / ratio - 1) < 0.03


@pytest.mark.parametrize("stretch", [0.88, 1.14])
def test_a_stretch_changes_the_length_and_neither_pitch_nor_sounds(stretch: float):
    samples = voice("clara")
    longer = said(samples, stretch=stretch)
    assert len(longer) == round(len(samples) * stretch)
    assert abs(median(track(longer, RATE)) / median(track(samples, RATE)) - 1) < 0.03
    assert distance(samples, longer, RATE) < 2


def test_formants_stay_where_they_are_when_the_pitch_moves():
    samples = voice("arthur")
    higher = said(samples, ratio=1.2)
    # The same ratio by playing faster moves the formants too.
    faster = resample(samples, 120, 100)
    assert distance(samples, higher, RATE) < 0.6 * distance(samples, faster, RATE)


def test_noise_is_stretched_without_becoming_a_tone():
    noise = np.random.default_rng(4).standard_normal(RATE) * 0.1
    longer = said(noise, stretch=1.14)
    assert np.isnan(track(longer, RATE)).mean() > 0.95
    assert abs(10 * np.log10(np.mean(longer**2) / np.mean(noise**2))) < 1.5


def test_nothing_becomes_silence():
    assert not said(np.zeros(500), stretch=1.1).any()
    assert len(revoice(np.zeros(0), RATE, taken=np.zeros(2), given=np.zeros(2))) == 0
