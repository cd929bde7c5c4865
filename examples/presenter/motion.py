"""How the presenter moves: the mouth from phonemes, the rest from slow seeded noise.

Enters: phonemes with times, a frame rate, a seed. Leaves: one `Pose` for each frame. The mouth follows
M. Cohen and D. Massaro, "Modeling coarticulation in synthetic visual speech" (1993): each sound pulls at it
with a strength that fades in time, lips that must meet do meet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from presenter.eyes import Look
from presenter.mouth import Shape
from retake.generate.ports import Phoneme, Word

Track = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pose:
    """Everything that moves in one frame. Lengths in head units, angles in degrees."""

    mouth: Shape
    look: Look
    brows: float
    """0 at rest, 1 raised."""
    yaw: float
    pitch: float
    roll: float
    shift: tuple[float, float]
    breath: float
    """-1 breathed out, 1 breathed in."""
    camera: tuple[float, float, float, float]
    """Shift x, y in thousandths of the frame's height, turn in degrees, zoom less 1."""
    light: float
    """Gain, near 1."""
    cat: float
    """Where the cat is: 0 to 1 across the desk; -1 where there is none."""
    slide: float
    """-1 while the monitor shows the welcome; then how far the second slide's steps have come, 0 to 1."""


_TARGETS: dict[str, tuple[float, float, float, float]] = {}
"""IPA to (open, width, press, strength)."""


def _put(symbols: str, opened: float, width: float, press: float = 0.0, strength: float = 1.0) -> None:
    for symbol in symbols.split():
        _TARGETS[symbol] = (opened, width, press, strength)


_put("p b m", 0.0, 0.0, 1.0, 1.7)
_put("f v", 0.09, 0.1, 0.45, 1.4)
_put("θ ð", 0.20, 0.10)
_put("t d n s z l ɾ", 0.20, 0.22, 0, 0.6)
_put("ʃ ʒ ɹ r", 0.24, -0.50, 0, 0.9)
_put("k ɡ ŋ h x ʔ", 0.28, 0.0, 0, 0.4)
_put("w", 0.12, -0.95, 0, 1.3)
_put("j", 0.18, 0.5)
_put("i ɪ ᵻ", 0.26, 0.8)
_put("e ɛ", 0.45, 0.5)
_put("æ a", 0.82, 0.25)
_put("ɑ ɐ ʌ", 0.76, 0.0)
_put("ə ɚ ɜ", 0.36, 0.0, 0, 0.7)
_put("ɔ o ɒ", 0.55, -0.6)
_put("u ʊ", 0.24, -0.95)
_SILENT = (0.0, 0.05, 0.15, 0.9)
_DIPHTHONGS = {"aɪ": ("a", "ɪ"), "aʊ": ("a", "ʊ"), "eɪ": ("e", "ɪ"), "oʊ": ("o", "ʊ"), "ɔɪ": ("ɔ", "ɪ")}


def articulate(
    phonemes: Sequence[Phoneme], words: Sequence[Word], frames: int, rate: float
) -> tuple[Track, Track, Track]:
    """`open`, `width` and `press` for each frame, at its middle."""
    sounds = list(_sounds(phonemes, words, frames / rate))
    t = (np.arange(frames) + 0.5) / rate
    pulled, strength = np.zeros((frames, 2)), np.full(frames, 1e-6)
    press = np.zeros(frames)
    for symbol, start, end in sounds:
        opened, width, pressed, weight = _TARGETS.get(symbol, _SILENT if not symbol else (0.3, 0, 0, 0.5))
        length = max(end - start, 0.03)
        middle = (start + end) / 2
        if symbol:
            pull = weight * np.exp(-1.2 * (np.abs(t - middle) / (0.6 * length + 0.035)) ** 1.6)
        else:
            # A pause keeps the mouth shut for as long as it lasts, but for a moment before and after.
            away = np.maximum(np.maximum(start + 0.05 - t, t - (end - 0.07)), 0)
            pull = weight * np.exp(-((away / 0.055) ** 2))
        pulled += pull[:, None] * np.array([opened, width])
        strength += pull
        if pressed >= 0.4:
            press = np.maximum(press, pressed * np.exp(-(((t - middle) / (0.5 * length + 0.028)) ** 2)))
    opened, width = (pulled / strength[:, None]).T
    # Full vowels are opened further than the blend of their neighbours lets them.
    opened = np.clip(opened * 1.4, 0, 1) * (1 - 0.98 * np.clip(press, 0, 1) ** 0.7)
    return opened, np.clip(width, -1, 1), np.clip(press, 0, 1)


def _sounds(
    phonemes: Sequence[Phoneme], words: Sequence[Word], duration: float
) -> Sequence[tuple[str, float, float]]:
    """(symbol, start, end); "" for silence. A sound ends with its word where no other follows."""
    out: list[tuple[str, float, float]] = []
    ends = np.array([word.end for word in words])
    last = 0.0
    for k, phoneme in enumerate(phonemes):
        begin = phoneme.start
        following = phonemes[k + 1].start if k + 1 < len(phonemes) else duration
        later = ends[ends > begin + 0.01]
        end = min(following, float(later[0]) if len(later) else following, begin + 0.35)
        end = max(end, min(begin + 0.04, following))
        if begin - last > 0.12:
            out.append(("", last, begin))
        symbol = phoneme.ipa.translate({ord(mark): None for mark in "ˈˌː ˑ̩̃ˀ"})
        parts = _DIPHTHONGS.get(symbol) or tuple(symbol[:2] if symbol in ("tʃ", "dʒ") else symbol[:1])
        parts = tuple(part for part in parts if part)
        for i, part in enumerate(parts):
            span = (end - begin) / len(parts)
            out.append((part, begin + i * span, begin + (i + 1) * span))
        last = end if parts else last
    if duration - last > 0.05:
        out.append(("", last, duration))
    return out


def act(
    phonemes: Sequence[Phoneme],
    words: Sequence[Word],
    frames: int,
    rate: float,
    *,
    seed: int,
    sway: float,
    liveliness: float,
    cat: tuple[float, float] | None,
    fade: tuple[float, float] | None,
) -> tuple[Pose, ...]:
    """One pose for each frame. `sway` scales the camera's hand, `liveliness` the head; `cat` is when the
    cat walks past, and `fade` when the second slide's steps come, from and to, in seconds."""
    rng = np.random.default_rng(seed)
    opened, width, press = articulate(phonemes, words, frames, rate)

    def drift(slowness: float, size: float) -> Track:
        """Smooth noise of deviation `size`, that turns in about `slowness` seconds."""
        sigma = slowness * rate
        pad = int(4 * sigma) + 2
        noise = gaussian_filter1d(rng.standard_normal(frames + 2 * pad), sigma)[pad:-pad]
        return noise * size * np.sqrt(2 * sigma * np.sqrt(np.pi))

    t = np.arange(frames) / rate
    stress = np.zeros(frames)
    for word in words:
        if word.end - word.start > 0.28 and rng.random() < 0.5:
            stress += np.exp(-(((t - (word.start + 0.12)) / 0.11) ** 2)) * rng.uniform(0.5, 1.0)
    stress = np.clip(stress, 0, 1.2)
    talk = gaussian_filter1d(np.clip(opened * 2, 0, 1), 0.25 * rate)
    yaw = drift(0.6, 1.3 * liveliness) + drift(0.16, 0.25 * liveliness) * talk
    pitch = drift(0.55, 0.7 * liveliness) + stress * 0.9 * liveliness
    roll = drift(0.7, 1.3 * liveliness)
    lids = 1 - _blinks(t, rng) + 0.10 * stress
    gaze = _glances(t, rng)
    smile = np.clip(0.58 + drift(0.8, 0.10), 0.3, 0.85) * (1 - 0.4 * np.clip(-width, 0, 1))
    brows = np.clip(0.15 * drift(0.5, 1.0) + 0.9 * stress, -0.3, 1.2)
    across = np.full(frames, -1.0) if cat is None else (t - cat[0]) / max(cat[1] - cat[0], 1e-6)
    slide = np.full(frames, -1.0) if fade is None else (t - fade[0]) / (fade[1] - fade[0])
    slide = np.where(slide < -1e-9, -1.0, np.clip(slide, 0, 1) ** 2 * (3 - 2 * np.clip(slide, 0, 1)))
    shifts = drift(0.55, 0.022 * liveliness), drift(0.6, 0.012 * liveliness) + 0.016 * liveliness * stress
    camera = [
        drift(0.6, 1.9 * sway) + drift(0.12, 0.25 * sway),
        drift(0.55, 1.5 * sway) + drift(0.12, 0.2 * sway),
    ]
    camera += [drift(0.8, 0.10 * sway), drift(1.2, 0.0012 * sway)]
    light = 1 + drift(1.5, 0.012) + drift(0.2, 0.0015)
    breath = np.sin(2 * np.pi * t / 3.7 + rng.uniform(0, 6)) * 0.8 + drift(0.8, 0.15)
    return tuple(
        Pose(
            Shape(float(opened[i]), float(width[i]), float(press[i]), float(smile[i])),
            Look(float(lids[i]), (float(gaze[i, 0]), float(gaze[i, 1]))),
            float(brows[i]),
            float(yaw[i]),
            float(pitch[i]),
            float(roll[i]),
            (float(shifts[0][i]), float(shifts[1][i])),
            float(breath[i]),
            (float(camera[0][i]), float(camera[1][i]), float(camera[2][i]), float(camera[3][i])),
            float(light[i]),
            float(across[i]) if 0 <= across[i] <= 1 else -1.0,
            float(slide[i]),
        )
        for i in range(frames)
    )


def _blinks(t: Track, rng: np.random.Generator) -> Track:
    """1 where the lids are shut: down in 60 ms, up in 120."""
    shut = np.zeros(len(t))
    at = rng.uniform(0.8, 2.0)
    while len(t) and at < t[-1]:
        away = t - at
        shut = np.maximum(shut, np.exp(-((away / np.where(away < 0, 0.040, 0.075)) ** 2)))
        at += rng.uniform(2.2, 4.6)
    return shut


def _glances(t: Track, rng: np.random.Generator) -> NDArray[np.float64]:
    """Where the eyes rest: mostly in the lens, now and then a little beside it."""
    gaze = np.zeros((len(t), 2))
    at, here = 0.0, np.zeros(2)
    while len(t) and at < t[-1]:
        away = rng.random() < 0.3
        here = rng.uniform((-0.035, -0.012), (0.035, 0.016)) if away else rng.normal(0, 0.003, 2)
        gaze[t >= at] = here
        at += rng.uniform(0.3, 0.7) if away else rng.uniform(0.6, 1.8)
    return gaussian_filter1d(gaze, 0.6, axis=0) if len(t) else gaze
