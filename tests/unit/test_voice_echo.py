"""The echo of a room: learned from speech alone, and of a known strength."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, sosfilt

from retake.generate.espeak import Espeak
from retake.generate.ports import SpeechRequest
from retake.recording.voice.echo import at_level, learned
from retake.recording.voice.speech import resample

TEXT = "Good morning, and a warm welcome to Maria Lopez, who joins us from Madrid to see the new house."
LATE = (0.03, 0.12)  # seconds


@cache
def speech(rate: int) -> NDArray[np.float64]:
    spoken = Espeak().speak(SpeechRequest(TEXT, "en", "arthur"))
    return resample(0.5 * spoken.samples.astype(np.float64), spoken.sample_rate, rate)


@cache
def room(rate: int) -> NDArray[np.float64]:
    """A decaying echo of 0.35 s that is 4 dB under the direct sound."""
    count = round(0.35 * rate)
    tail = np.random.default_rng(1).standard_normal(count) * np.exp(-6.9 * np.linspace(0, 1, count))
    tail[: rate // 400] = 0
    tail *= 10 ** (-4 / 20) / np.linalg.norm(tail)
    tail[0] = 1
    return tail


def late(response: NDArray[np.float64], rate: int) -> NDArray[np.float64]:
    """The late echo, in the band in which a voice is strong."""
    band = butter(4, [200, 3500], "band", fs=rate, output="sos")
    heard = np.asarray(sosfilt(band, np.pad(response, (0, rate // 2))))
    return heard[round(LATE[0] * rate) : round(LATE[1] * rate)]


def decibels(response: NDArray[np.float64]) -> float:
    return 10 * float(np.log10(np.square(response).sum() + 1e-12))


def noise(count: int) -> NDArray[np.float64]:
    return 1e-3 * np.random.default_rng(2).standard_normal(count)


@pytest.mark.parametrize("rate", [16_000, 22_050, 44_100, 48_000])
def test_a_known_echo_is_found_in_its_shape_and_strength(rate: int):
    heard = fftconvolve(speech(rate), room(rate))[: len(speech(rate))] + noise(len(speech(rate)))
    found, true = late(learned(heard, rate), rate), late(room(rate), rate)
    assert np.dot(found, true) / np.sqrt(np.dot(found, found) * np.dot(true, true)) > 0.7
    assert decibels(found) == pytest.approx(decibels(true), abs=6)


def test_nothing_is_heard_before_the_voice_and_the_voice_itself_stays():
    rate = 44_100
    response = learned(speech(rate) + noise(len(speech(rate))), rate)
    assert response[0] == 1
    assert not response[1 : round(0.008 * rate)].any()
    assert len(response) < 0.2 * rate


def test_dry_speech_has_far_less_of_it_than_speech_in_a_room():
    rate = 22_050
    dry = late(learned(speech(rate) + noise(len(speech(rate))), rate), rate)
    assert decibels(dry) < decibels(late(room(rate), rate)) - 15


@pytest.mark.parametrize("heard", [np.zeros(16_000), noise(16_000), np.zeros(100)])
def test_silence_and_noise_have_a_finite_one(heard: NDArray[np.float64]):
    response = learned(heard, 16_000)
    assert np.isfinite(response).all()
    assert response[1:].any() == heard.any()


def test_its_level_can_be_changed_without_the_direct_sound():
    response = np.array([1.0, 0.0, 0.5, -0.25])
    assert at_level(response, 0.5).tolist() == [1.0, 0.0, 0.25, -0.125]
