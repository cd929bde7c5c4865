"""The presenter's voice in the room: lines spoken, a small room's echo, the room's own tone.

Enters: lines and a voice of `retake.generate.voices`. Leaves: `Speech` of the whole take with the times of
words and phonemes, and the sound at any rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, resample_poly, sosfilt

from retake.generate.espeak import Espeak
from retake.generate.ports import Phoneme, Speech, SpeechRequest, Word

REVERB = 0.28
"""Seconds in which the room's echo falls by 60 dB."""
_ECHO = 0.16
_LEVEL = 1.1
_TONE = 10 ** (-57 / 20)


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence and where it lies, in seconds."""

    text: str
    start: float
    end: float


@dataclass(frozen=True, eq=False)
class Reading:
    """All lines in one sound, dry; words and phonemes in seconds of the take."""

    speech: Speech
    lines: tuple[Line, ...]


def read_lines(
    lines: Sequence[str],
    *,
    voice: str,
    language: str = "en",
    rate: float = 1.0,
    pitch: float = 1.0,
    lead: float = 0.6,
    pause: float = 0.35,
    tail: float = 0.8,
    seconds: float = 0.0,
) -> Reading:
    """The lines one after another with pauses between them. If `seconds` is given the take lasts that long:
    lines from the second on are said again while they fit."""
    maker = Espeak()
    spoken: dict[str, Speech] = {}
    said: list[Line] = []
    words: list[Word] = []
    phonemes: list[Phoneme] = []
    again = lines[1:] or lines
    at, number = lead, 0
    while number < len(lines) or seconds:
        text = lines[number] if number < len(lines) else again[(number - len(lines)) % len(again)]
        if text not in spoken:
            request = SpeechRequest(text, language, voice, rate=rate, pitch=pitch)
            spoken[text] = maker.speak(request)
        speech = spoken[text]
        if seconds and at + speech.duration + 0.1 > seconds:
            break
        said.append(Line(text, at, at + speech.duration))
        words += [Word(w.text, w.start + at, w.end + at) for w in speech.words]
        phonemes += [Phoneme(p.ipa, p.start + at) for p in speech.phonemes]
        at += speech.duration + pause
        number += 1
    sample_rate = next(iter(spoken.values())).sample_rate
    duration = seconds or at - pause + tail
    samples = np.zeros(round(duration * sample_rate), np.float32)
    for line in said:
        begin = round(line.start * sample_rate)
        part = spoken[line.text].samples[: len(samples) - begin]
        samples[begin : begin + len(part)] += part
    return Reading(Speech(samples, sample_rate, tuple(words), tuple(phonemes)), tuple(said))


def in_the_room(speech: Speech, rate: int, channels: int, seed: int) -> NDArray[np.float32]:
    """The voice as a microphone on the desk hears it: (samples, channels) at `rate`."""
    rng = np.random.default_rng(seed)
    common = gcd(rate, speech.sample_rate)
    dry = resample_poly(speech.samples.astype(np.float64), rate // common, speech.sample_rate // common)
    length = round(len(speech.samples) * rate / speech.sample_rate)
    dry = np.pad(dry, (0, max(length - len(dry), 0)))[:length] * _LEVEL
    out = np.empty((length, channels), np.float32)
    hum = 0.10 * np.sin(2 * np.pi * 100 * np.arange(length) / rate + 1)
    for channel in range(channels):
        wet = fftconvolve(dry, _echo(rate, rng))[:length]
        tone = sosfilt(butter(2, [60, 2600], "bandpass", fs=rate, output="sos"), rng.standard_normal(length))
        tone = tone / max(float(np.sqrt(np.mean(tone**2))), 1e-9) + hum + 0.15 * rng.standard_normal(length)
        out[:, channel] = dry + wet + _TONE * tone
    return np.clip(out, -0.98, 0.98)


def _echo(rate: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """A small room's impulse response without the direct sound: five early echoes, then a decaying tail."""
    t = np.arange(round(REVERB * rate)) / rate
    tail = rng.standard_normal(len(t)) * np.exp(-6.9 * t / REVERB) * (t > 0.012)
    tail = sosfilt(butter(1, 5200, fs=rate, output="sos"), tail)
    response = tail / np.sqrt(np.sum(tail**2)) * _ECHO
    for milliseconds, gain in ((3.1, 0.20), (5.3, -0.13), (8.2, 0.11), (11.9, 0.08), (16.7, -0.06)):
        response[round(milliseconds / 1000 * rate)] += gain
    return response
