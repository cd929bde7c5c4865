"""Sound in and out of files: exact samples, rates, channels, tempo, and encoders that keep time."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from retake.errors import InputError, MediaError
from retake.media.audio_encode import encode_audio, rechunked, write_audio
from retake.media.filters import Samples
from retake.media.sound import iter_sound, read_sound, write_wav

RATE = 48_000


def impulses(length: int, *at: int) -> Samples:
    samples = np.zeros((length, 2), np.float32)
    samples[list(at)] = 0.9
    return samples


def sine(rate: int, channels: int, hertz: float = 440, seconds: float = 0.5) -> Samples:
    wave = 0.5 * np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate)
    return np.repeat(wave.astype(np.float32)[:, None], channels, axis=1)


@pytest.mark.parametrize("ending", [".wav", ".m4a", ".opus"])
def test_an_impulse_is_heard_at_the_sample_where_it_was_put(tmp_path: Path, ending: str) -> None:
    samples = impulses(RATE + 500, 5000, 30_001)
    path = tmp_path / f"impulses{ending}"
    write_audio(path, [samples[:7000], samples[7000:]])

    heard = np.abs(read_sound(path)[:, 0])

    assert len(heard) >= len(samples)
    assert int(heard[:20_000].argmax()) == 5000
    assert int(heard[20_000:].argmax()) + 20_000 == 30_001


def test_a_stretch_begins_at_its_exact_sample_after_priming(tmp_path: Path) -> None:
    write_audio(tmp_path / "a.m4a", [impulses(RATE, 30_001)])

    heard = read_sound(tmp_path / "a.m4a", start=Fraction(25_000, RATE), duration=Fraction(10_000, RATE))

    assert len(heard) == 10_000
    assert int(np.abs(heard[:, 0]).argmax()) == 5001


def test_a_far_start_found_by_seeking_is_the_same_sample(tmp_path: Path) -> None:
    write_wav(tmp_path / "long.wav", impulses(8000 * 40, 8000 * 35 + 17)[:, :1], 8000)

    heard = read_sound(tmp_path / "long.wav", rate=8000, start=34, duration=2)

    assert int(np.abs(heard[:, 0]).argmax()) == 8017


@pytest.mark.parametrize("rate", [8000, 11_025, 44_100, 96_000, 192_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_any_rate_becomes_the_rate_wanted_at_the_same_level(tmp_path: Path, rate: int, channels: int) -> None:
    write_wav(tmp_path / "a.wav", sine(rate, channels), rate)

    heard = read_sound(tmp_path / "a.wav")

    assert abs(len(heard) - RATE // 2) <= 3
    assert np.abs(heard[2000:-2000]).max() == pytest.approx(0.5, abs=0.005)
    np.testing.assert_array_equal(heard[:, 0], heard[:, 1])


@pytest.mark.parametrize("channels", range(3, 9))
def test_more_channels_come_down_to_two(tmp_path: Path, channels: int) -> None:
    write_wav(tmp_path / "a.wav", sine(RATE, channels), RATE)

    heard = read_sound(tmp_path / "a.wav")

    assert heard.shape == (RATE // 2, 2)
    assert np.abs(heard).max() > 0.4


def test_blocks_join_to_the_whole(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", sine(44_100, 2), 44_100)

    joined = np.concatenate(list(iter_sound(tmp_path / "a.wav")))

    np.testing.assert_array_equal(joined, read_sound(tmp_path / "a.wav"))


def test_twice_the_speed_is_half_as_long_at_the_same_pitch(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", sine(RATE, 2, 440, 2), RATE)

    heard = np.concatenate(list(iter_sound(tmp_path / "a.wav", speed=Fraction(2))))

    assert len(heard) == pytest.approx(RATE, rel=0.05)
    spectrum = np.abs(np.fft.rfft(heard[: RATE // 2, 0]))
    assert int(spectrum.argmax()) * 2 == pytest.approx(440, abs=6)


def test_what_is_not_sound_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "noise.mp3").write_bytes(bytes(range(256)) * 40)

    with pytest.raises(MediaError, match=r"noise\.mp3"):
        read_sound(tmp_path / "noise.mp3")


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"\.m4a"):
        write_audio(tmp_path / "a.xyz", [impulses(100, 3)])


@pytest.mark.parametrize("codec", ["aac", "libopus"])
def test_packets_follow_one_another_and_cover_every_sample(codec: str) -> None:
    sound = encode_audio([impulses(20_000, 9)], codec)  # type: ignore[arg-type]

    assert sound.packets[0].pts == -sound.priming < 0
    for packet, following in zip(sound.packets, sound.packets[1:], strict=False):
        assert packet.pts + packet.duration == following.pts
    assert sound.packets[-1].pts + sound.packets[-1].duration == 20_000
    assert sound.extradata


def test_encoding_twice_gives_the_same_bytes_however_the_blocks_are_cut() -> None:
    samples = sine(RATE, 2)

    assert encode_audio([samples]) == encode_audio([samples[:777], samples[777:]])


def test_rechunking_keeps_every_sample_and_fills_up_the_last_block() -> None:
    samples = sine(1000, 2, seconds=1)

    chunks = list(rechunked([samples[:3], samples[3:700], samples[700:]], 128))

    assert {len(c) for c in chunks} == {128}
    np.testing.assert_array_equal(np.concatenate(chunks)[:1000], samples)
    assert not np.concatenate(chunks)[1000:].any()
