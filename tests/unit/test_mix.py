"""The mix: every sound at its sample, music under speech, memory and bytes."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from retake.assemble.ducking import Ducker, DuckSettings
from retake.assemble.mix import MixPlan, PlacedSound, mix, mixed
from retake.media.filters import Samples
from retake.media.sound import write_wav

RATE = 48_000


def tone(seconds: float, level: float = 0.5, hertz: float = 300) -> Samples:
    wave = level * np.sin(2 * np.pi * hertz * np.arange(int(RATE * seconds)) / RATE)
    return np.repeat(wave.astype(np.float32)[:, None], 2, axis=1)


def saved(path: Path, samples: Samples) -> Path:
    write_wav(path, samples, RATE)
    return path


def heard(*sounds: PlacedSound, length: int = RATE * 3, duck: DuckSettings | None = None) -> Samples:
    return np.concatenate(list(mixed(MixPlan(length, RATE, sounds, duck))))


def test_a_sound_is_heard_at_its_sample(tmp_path: Path) -> None:
    click = np.zeros((4000, 2), np.float32)
    click[2000] = 0.5
    path = saved(tmp_path / "click.wav", click)

    out = heard(PlacedSound(path, start=70_123), PlacedSound(path, start=10, trim=500))

    assert np.flatnonzero(out[:, 0]).tolist() == [1510, 72_123]
    assert len(out) == RATE * 3


def test_length_trim_and_fades_shape_a_sound(tmp_path: Path) -> None:
    path = saved(tmp_path / "flat.wav", np.full((RATE * 2, 2), 0.5, np.float32))

    out = heard(PlacedSound(path, start=1000, length=60_000, fade_in=20_000, fade_out=10_000, volume=0.5))

    assert not out[:1000].any() and not out[61_000:].any()
    assert out[11_000, 0] == pytest.approx(0.125, abs=0.001)
    assert out[40_000, 0] == pytest.approx(0.25, abs=0.001)
    assert out[56_000, 0] == pytest.approx(0.125, abs=0.001)


def test_the_closing_fade_ends_with_a_source_of_unknown_length(tmp_path: Path) -> None:
    path = saved(tmp_path / "flat.wav", np.full((RATE, 2), 0.5, np.float32))

    out = heard(PlacedSound(path, fade_out=20_000))

    assert out[RATE - 10_000, 0] == pytest.approx(0.25, abs=0.001)
    assert abs(out[RATE - 1, 0]) < 0.001


def test_volume_follows_its_points(tmp_path: Path) -> None:
    path = saved(tmp_path / "flat.wav", np.full((RATE * 2, 2), 0.5, np.float32))

    out = heard(PlacedSound(path, start=500, volume=((0, 0.0), (40_000, 1.0), (60_000, 0.2))))

    assert out[20_500, 0] == pytest.approx(0.25, abs=0.001)
    assert out[70_000, 0] == pytest.approx(0.1, abs=0.001)


def test_a_looped_sound_fills_the_film(tmp_path: Path) -> None:
    path = saved(tmp_path / "short.wav", tone(0.4))

    out = heard(PlacedSound(path, role="music", loop=True))

    assert np.abs(out[-RATE // 4 : -1000]).max() > 0.45


def test_a_loop_without_overlap_repeats_the_sound_sample_for_sample(tmp_path: Path) -> None:
    once = np.random.default_rng(1).uniform(-0.3, 0.3, (30_000, 2)).astype(np.float32)
    path = saved(tmp_path / "noise.wav", once)

    out = heard(PlacedSound(path, loop=True, trim=10_000, length=75_000))

    again = np.concatenate([once[10_000:], once, once])[:75_000]
    assert out[1000:74_000] == pytest.approx(again[1000:74_000], abs=1e-4)


def test_the_end_of_looped_music_crosses_its_next_beginning_at_equal_power(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, (RATE, 2)).astype(np.float32)
    path = saved(tmp_path / "noise.wav", noise)
    overlap = RATE // 4

    out = heard(PlacedSound(path, loop=True, overlap=overlap))

    loop = RATE - overlap
    power = np.sqrt((out[4800 : 4800 * 28].reshape(28 - 1, -1) ** 2).mean(axis=1))
    assert power == pytest.approx(0.1, rel=0.04)
    assert out[RATE : RATE + 1000] == pytest.approx(noise[overlap : overlap + 1000], abs=1e-4)
    middle = loop + overlap // 2
    crossed = (noise[middle] + noise[overlap // 2]) * np.sqrt(0.5)
    assert out[middle] == pytest.approx(crossed, abs=1e-3)
    assert out[2 * loop + overlap] == pytest.approx(noise[overlap], abs=1e-4)


@pytest.mark.parametrize("seconds", [0.001, 0.3, 2.5])
def test_a_loop_shorter_than_its_overlap_still_fills_the_film(tmp_path: Path, seconds: float) -> None:
    path = saved(tmp_path / "flat.wav", np.full((int(RATE * seconds), 2), 0.3, np.float32))

    out = heard(PlacedSound(path, loop=True, overlap=2 * RATE))

    assert len(out) == RATE * 3
    assert out[1000:-1000].min() > 0.29


def test_speed_shortens_a_sound(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.wav", tone(2))

    out = heard(PlacedSound(path, speed=Fraction(2)))

    assert np.abs(out[RATE // 2]).max() >= 0 and not out[int(RATE * 1.1) :].any()
    assert np.abs(out[: int(RATE * 0.9)]).max() > 0.4


def test_music_is_down_before_the_first_word_and_comes_back_after_the_last(tmp_path: Path) -> None:
    speech = saved(tmp_path / "speech.wav", tone(1.0, 0.3, 1000))
    music = saved(tmp_path / "music.wav", np.full((RATE * 6, 2), 0.1, np.float32))
    length = RATE * 6
    settings = DuckSettings(depth=12)

    ducked = heard(
        PlacedSound(music, role="music"),
        PlacedSound(speech, start=RATE * 2, role="narration"),
        length=length,
        duck=settings,
    )
    spoken = heard(PlacedSound(speech, start=RATE * 2, role="narration"), length=length)
    gain = 20 * np.log10(np.maximum((ducked - spoken)[:, 0], 1e-9) / 0.1)

    assert gain[int(RATE * 1.7)] == pytest.approx(0, abs=0.1)
    assert gain[RATE * 2 : RATE * 3] == pytest.approx(-12, abs=0.3)
    assert gain[int(RATE * 3.3)] == pytest.approx(-12, abs=0.3)
    assert gain[int(RATE * 4.2)] == pytest.approx(0, abs=0.1)
    assert np.abs(np.diff(gain[RATE : RATE * 5])).max() < 0.02


def test_the_curve_does_not_depend_on_how_the_blocks_are_cut(tmp_path: Path) -> None:
    speech = saved(tmp_path / "speech.wav", tone(0.7, 0.3, 1000))
    music = saved(tmp_path / "music.wav", tone(5, 0.2))
    sounds = (
        PlacedSound(music, role="music", fade_out=30_000),
        PlacedSound(speech, start=RATE - 100, role="narration"),
        PlacedSound(speech, start=RATE * 3, role="narration"),
    )
    plan = MixPlan(RATE * 5 + 77, RATE, sounds, DuckSettings())

    np.testing.assert_array_equal(
        np.concatenate(list(mixed(plan, seconds=1))), np.concatenate(list(mixed(plan, seconds=7)))
    )


def test_a_film_that_opens_with_speech_opens_with_the_music_down() -> None:
    ducker = Ducker(DuckSettings(depth=10), RATE)
    ducker.hear(tone(1))

    assert 20 * np.log10(ducker.gain(0, 480)) == pytest.approx(-10, abs=0.01)


def test_the_same_plan_gives_the_same_bytes(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.wav", tone(1))
    plan = MixPlan(RATE * 2, RATE, (PlacedSound(path, start=333),))

    first = mix(plan, tmp_path).path.read_bytes()

    assert first == mix(plan, tmp_path).path.read_bytes()
    assert len(first) == RATE * 2 * 8
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.wav", "mix.f32"]
