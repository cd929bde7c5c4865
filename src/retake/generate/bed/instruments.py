"""Notes to sound by additive synthesis; each tone is made once and played again at every level and place."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retake.generate.bed.score import Note
from retake.generate.bed.styles import Style
from retake.media.filters import Samples

RATE = 24_000
Wave = NDArray[np.float32]

_ATTACK, _RELEASE = 0.9, 2.2  # seconds, of a pad
_LONGEST = 12.0  # seconds that a pad's tone can last, release included
_LEVELS = {
    "pad": 0.085,
    "bass": 0.22,
    "piano": 0.34,
    "harp": 0.34,
    "celesta": 0.24,
    "kick": 0.34,
    "shaker": 0.035,
}
_SENDS = {"pad": 0.35, "bass": 0.05, "piano": 0.45, "harp": 0.5, "celesta": 0.6, "kick": 0.12, "shaker": 0.25}


class Orchestra:
    """Plays notes in a style; keeps the tones that it has made."""

    def __init__(self, style: Style) -> None:
        self._bright = float(np.clip(style.bright, 0, 1))
        self._tones: dict[tuple[str, int], NDArray[np.float32]] = {}
        self.longest = int(_LONGEST * RATE) + RATE

    def sound(self, note: Note) -> tuple[Samples, float]:
        """Stereo samples of a note, and how much of it the room gets."""
        level, send = np.float32(note.level * _LEVELS[note.voice]), _SENDS[note.voice]
        tone = self._tones.get((note.voice, note.pitch))
        if tone is None:
            tone = self._tones[note.voice, note.pitch] = self._make(note.voice, note.pitch)
        if note.voice == "pad":
            return (self._held(tone, note) * level).astype(np.float32), send
        wave = tone[: int((note.length + 0.5) * RATE)] if note.voice == "bass" else tone
        if note.voice == "bass":
            wave = wave * _fade(len(wave), int(0.03 * RATE), int(0.5 * RATE))
        angle = np.pi / 4 * (1 + note.pan)
        sides = np.array([np.cos(angle), np.sin(angle)], np.float32) * np.float32(np.sqrt(2)) * level
        return (wave[:, None] * sides).astype(np.float32), send

    def _held(self, tone: Samples, note: Note) -> Samples:
        """A pad's note: its dark part, and its bright part that comes and goes with the film's time."""
        count = min(int((note.length + _RELEASE) * RATE), tone.shape[1])
        t = note.start + np.arange(count, dtype=np.float32) / RATE
        open_ = self._bright * (
            0.55 + 0.45 * np.sin(2 * np.pi * (t / 11.3 + note.pitch / 17.0), dtype=np.float32)
        )
        shape = _fade(count, int(_ATTACK * RATE), int(_RELEASE * RATE))
        wave = (tone[0, :count] + tone[1, :count] * open_[:, None]) * shape[:, None]
        balance = np.array([1 - 0.4 * note.pan, 1 + 0.4 * note.pan], np.float32)
        return (wave * balance).astype(np.float32)

    def _make(self, voice: str, pitch: int) -> NDArray[np.float32]:
        frequency = 440 * 2 ** ((pitch - 69) / 12)
        match voice:
            case "pad":
                return _pad(frequency, pitch)
            case "bass":
                return _bass(frequency)
            case "kick":
                return _kick()
            case "shaker":
                return _shaker()
            case "harp":
                return _struck(frequency, 3.0, 1.1, 1.7, 0.0, 0.002, self._bright)
            case "celesta":
                return _struck(frequency, 3.0, 1.3, 2.4, 0.0012, 0.002, self._bright)
            case _:
                return _struck(frequency, 4.0, 1.9, 1.6, 0.0004, 0.008, self._bright)


def _fade(count: int, attack: int, release: int) -> Wave:
    """Raised-cosine rise and fall; where both do not fit, each takes half."""
    attack, release = min(attack, count // 2), min(release, count - count // 2)
    curve = np.ones(count, np.float32)
    curve[:attack] = 0.5 - 0.5 * np.cos(np.pi * np.arange(attack) / max(attack, 1))
    curve[count - release :] *= 0.5 + 0.5 * np.cos(np.pi * np.arange(release) / max(release, 1))
    return curve


def _pad(frequency: float, pitch: int) -> NDArray[np.float32]:
    """Dark and bright part (2, count, 2): per side two slightly detuned strings of harmonics."""
    count = int(_LONGEST * RATE)
    random = np.random.default_rng(pitch)
    parts = np.zeros((2, count, 2), np.float32)
    for side, cents in ((0, (-6.0, 3.0)), (1, (-3.0, 6.0))):
        for detune in cents:
            own = frequency * 2 ** (detune / 1200)
            turn = np.exp(2j * np.pi * own / RATE * np.arange(count)).astype(np.complex64)
            power = turn * np.complex64(np.exp(2j * np.pi * random.random()))
            for k in range(1, 7):
                if own * k < 3200:
                    dark = k <= 2
                    parts[0 if dark else 1, :, side] += power.imag * np.float32(
                        k**-1.4 * (1 if dark else 1.5)
                    )
                power = power * turn
    return parts


def _bass(frequency: float) -> Wave:
    t = np.arange(int(8 * RATE)) / RATE
    body = np.sin(2 * np.pi * frequency * t) + 0.35 * np.sin(4 * np.pi * frequency * t)
    overtone = 0.12 * np.sin(6 * np.pi * frequency * t) * np.exp(-t * 2.5)
    return ((body + overtone) * (0.45 + 0.55 * np.exp(-t / 1.4))).astype(np.float32)


def _struck(
    frequency: float,
    seconds: float,
    decay: float,
    slope: float,
    stiffness: float,
    attack: float,
    bright: float,
) -> Wave:
    """A struck or plucked string: partials k * sqrt(1 + stiffness k^2) that fade the faster the higher."""
    t = np.arange(int(seconds * RATE)) / RATE
    wave = np.zeros(len(t))
    low = (220 / frequency) ** 0.35
    for k in range(1, 9):
        partial = frequency * k * np.sqrt(1 + stiffness * k * k)
        if partial > 6500:
            break
        loudness = k ** -(slope + 0.9 * (1 - bright))
        wave += (
            loudness * np.sin(2 * np.pi * partial * t + k) * np.exp(-t * (1 + 0.55 * (k - 1)) / (decay * low))
        )
    wave *= _fade(len(t), int(attack * RATE) + 1, int(0.4 * RATE))
    return (wave / 1.3).astype(np.float32)


def _kick() -> Wave:
    t = np.arange(int(0.45 * RATE)) / RATE
    phase = 2 * np.pi * (48 * t + 26 * 0.05 * (1 - np.exp(-t / 0.05)))
    return (np.sin(phase) * np.exp(-t / 0.11) * _fade(len(t), int(0.004 * RATE), int(0.1 * RATE))).astype(
        np.float32
    )


def _shaker() -> Wave:
    count = int(0.12 * RATE)
    noise = np.random.default_rng(7).standard_normal(count + 1)
    t = np.arange(count) / RATE
    return (np.diff(noise) * np.exp(-t / 0.025) * _fade(count, int(0.012 * RATE), count // 3)).astype(
        np.float32
    )
