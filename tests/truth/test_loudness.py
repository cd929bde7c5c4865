"""Loudness reached, peaks bounded, silence left alone, also after AAC."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retake.assemble.loudness import HOP, MAX_GAIN, REACHES, Setting, applied, gain_curve
from retake.assemble.mix import MixPlan, PlacedSound, mix
from retake.media.audio_encode import write_audio
from retake.media.filters import SILENCE, Samples, measure
from retake.media.sound import iter_sound, write_wav

RATE = 48_000


def programme(seconds: int = 8, level: float = 0.3) -> Samples:
    """Syllables of a buzzing voice with pauses: peaks far above the mean, as in speech."""
    t = np.arange(seconds * RATE) / RATE
    buzz = sum(np.cos(2 * np.pi * 140 * k * t + k * k) / k for k in range(1, 25))
    syllables = np.maximum(np.sin(2 * np.pi * 3.1 * t), 0) ** 2 * (np.sin(2 * np.pi * 0.2 * t) > -0.6)
    noise = np.random.default_rng(5).standard_normal(len(t)) * 0.02
    wave = level * (buzz / 4 + noise) * syllables
    return np.repeat(wave.astype(np.float32)[:, None], 2, axis=1)


def film(folder: Path, samples: Samples, loudness: float | None = -14.0) -> MixPlan:
    write_wav(folder / "in.wav", samples, RATE)
    return MixPlan(len(samples), RATE, (PlacedSound(folder / "in.wav", role="narration"),), None, loudness)


@pytest.mark.parametrize("level", [0.2, 0.9])
def test_speech_of_any_level_reaches_the_loudness_below_the_ceiling_after_aac(
    tmp_path: Path, level: float
) -> None:
    finished = mix(film(tmp_path, programme(level=level)), tmp_path)
    write_audio(tmp_path / "out.m4a", finished.blocks())

    decoded = measure(iter_sound(tmp_path / "out.m4a"), RATE)

    assert finished.after.integrated == pytest.approx(-14, abs=0.3)
    assert decoded.integrated == pytest.approx(-14, abs=0.5)
    assert decoded.true_peak <= -1.0


def test_white_noise_reaches_the_loudness_below_the_ceiling(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).standard_normal((RATE * 4, 2)).astype(np.float32) * 0.1

    finished = mix(film(tmp_path, noise), tmp_path)

    assert finished.after.integrated == pytest.approx(-14, abs=0.3)
    assert finished.after.true_peak <= -1.0


def test_the_meter_agrees_with_the_reference_tone_of_ebu_tech_3341() -> None:
    t = np.arange(RATE * 5) / RATE
    tone = (10 ** (-23 / 20) * np.sin(2 * np.pi * 1000 * t)).astype(np.float32)

    measured = measure([np.repeat(tone[:, None], 2, axis=1)], RATE)

    assert measured.integrated == pytest.approx(-23, abs=0.1)
    assert measured.true_peak == pytest.approx(-23, abs=0.2)


def test_digital_silence_stays_digital_silence(tmp_path: Path) -> None:
    finished = mix(MixPlan(RATE * 2), tmp_path)

    assert finished.before.integrated == SILENCE and finished.gain == 0
    assert not any(block.any() for block in finished.blocks())


def test_a_whisper_is_raised_by_no_more_than_the_limit(tmp_path: Path) -> None:
    finished = mix(film(tmp_path, programme(level=0.01)), tmp_path)

    assert finished.gain == MAX_GAIN
    assert finished.after.integrated < -30


def test_without_a_loudness_the_mix_is_left_as_it_is(tmp_path: Path) -> None:
    plan = film(tmp_path, programme(2), loudness=None)

    samples = np.concatenate(list(mix(plan, tmp_path).blocks()))

    np.testing.assert_allclose(samples[500:-500], programme(2)[500:-500], atol=2**-15)


def test_without_a_loudness_it_still_does_not_clip(tmp_path: Path) -> None:
    plan = film(tmp_path, programme(2, level=0.7), loudness=None)
    loud = MixPlan(plan.length, RATE, plan.sounds * 3, None, None)

    samples = np.concatenate(list(mix(loud, tmp_path).blocks()))

    assert 0.9 < np.abs(samples).max() <= 1.0


@pytest.mark.parametrize("length", [0, 1, 100, 12_345])
def test_films_shorter_than_the_meter_needs_are_mixed_to_the_sample(tmp_path: Path, length: int) -> None:
    plan = film(tmp_path, programme(1))

    finished = mix(MixPlan(length, RATE, plan.sounds), tmp_path)

    assert sum(len(block) for block in finished.blocks(1000)) == length


@pytest.mark.parametrize("reach", REACHES)
def test_the_limiter_lets_no_peak_pass(reach: int) -> None:
    samples = programme(2, level=2.0)
    peaks = np.abs(samples).reshape(-1, HOP, 2).max(axis=(1, 2))

    curve = gain_curve(peaks, Setting(3.0, -1.0, reach))
    limited = np.concatenate(list(applied([samples[: HOP * 99], samples[HOP * 99 :]], curve)))

    assert np.abs(limited).max() <= 10 ** (-1 / 20) + 1e-6
    assert curve.max() == pytest.approx(10 ** (3 / 20), rel=1e-5)
