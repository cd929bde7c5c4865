"""What a mouth does for a sound: IPA symbols to a mouth's opening, width and pressing at any times.

Enters: phonemes with their times, and the seconds at which the mouth is seen. Leaves: a `MouthTrack`. Each
phoneme pulls the mouth towards its own shape with a strength that falls off in time, and neighbours share
each instant in proportion: the dominance functions of Cohen and Massaro, "Modeling coarticulation in
synthetic visual speech" (1993).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from retake.generate.ports import Phoneme


class Viseme(NamedTuple):
    """`open` 0 to 1, `width` -1 (rounded) to 1 (spread), `press` 0 to 1 (lips on lips or teeth), and how
    strongly the sound insists on it."""

    open: float
    width: float
    press: float = 0.0
    strength: float = 1.0


REST = Viseme(0.02, 0.0, 0.0, 0.8)
_OTHER = Viseme(0.3, 0.0, 0.0, 0.5)
_SHAPES: tuple[tuple[str, Viseme], ...] = (
    ("p b m ɓ ʘ", Viseme(0.0, 0.0, 1.0, 1.6)),
    ("f v ɱ ʋ ɸ β", Viseme(0.10, 0.1, 0.5, 1.3)),
    ("θ ð", Viseme(0.2, 0.1)),
    ("t d n s z l ɾ r ɬ ɮ ʈ ɖ ɳ ɭ ts dz ɗ", Viseme(0.22, 0.25, 0.0, 0.6)),
    ("ʃ ʒ tʃ dʒ ɹ ɻ ʂ ʐ ɕ ʑ tɕ dʑ", Viseme(0.25, -0.5, 0.0, 0.9)),
    ("k ɡ g ŋ h x ɣ q ɢ χ ʁ ħ ʕ ʔ ɦ ʀ ɠ", Viseme(0.3, 0.0, 0.0, 0.4)),
    ("w ʍ ɥ", Viseme(0.12, -1.0, 0.0, 1.2)),
    ("j c ɟ ɲ ʎ ç ʝ", Viseme(0.2, 0.5)),
    ("i ɪ ᵻ ɨ", Viseme(0.28, 0.8)),
    ("e ɛ", Viseme(0.45, 0.5)),
    ("æ a", Viseme(0.85, 0.25)),
    ("ɑ ɐ ʌ ɶ", Viseme(0.8, 0.0)),
    ("ə ɚ ɜ ɘ ɤ ɯ", Viseme(0.38, 0.0, 0.0, 0.7)),
    ("ɔ o ɒ œ ɵ ɞ", Viseme(0.55, -0.6)),
    ("u ʊ y ʏ ø ʉ", Viseme(0.25, -1.0)),
)
VISEMES: dict[str, Viseme] = {symbol: shape for symbols, shape in _SHAPES for symbol in symbols.split()}


LONGEST = 0.35
"""Seconds after which a phoneme that has no successor is over, and the mouth goes to rest."""
_BLOCK = 512  # times looked at together
_REACH = 2.0  # seconds beyond which a phoneme pulls at nothing


@dataclass(frozen=True, eq=False, slots=True)
class MouthTrack:
    """What a mouth does at each of the times asked for: float64 (count,) each, ranges as in `Viseme`."""

    open: NDArray[np.float64]
    width: NDArray[np.float64]
    press: NDArray[np.float64]

    @property
    def features(self) -> NDArray[np.float64]:
        """(count, 3): the three, weighted by how much each is seen."""
        return np.stack([self.open, 0.5 * self.width, 0.8 * self.press], axis=1)

    @classmethod
    def of_features(cls, features: NDArray[np.float64]) -> MouthTrack:
        """The track with these features."""
        opening, width, press = (features / (1, 0.5, 0.8)).T
        return cls(opening, width, press)


def visemes_of(ipa: str) -> tuple[Viseme, ...]:
    """The shapes for a symbol, one after the other: two for a diphthong, one for most. Stress, length and
    other marks are ignored. Nothing, and a pause, is the mouth at rest."""
    letters = "".join(c for c in unicodedata.normalize("NFD", ipa) if unicodedata.category(c)[0] == "L")
    letters = letters.translate({ord(mark): None for mark in "ˈˌːˑʰʲʷˠˤʼ"})
    found: list[Viseme] = []
    while letters:
        length = 2 if letters[:2] in VISEMES else 1
        found.append(VISEMES.get(letters[:length], _OTHER))
        letters = letters[length:]
    return tuple(found) or (REST,)


def track(
    phonemes: Sequence[Phoneme], end: float, times: Sequence[float] | NDArray[np.float64]
) -> MouthTrack:
    """What the mouth does at these seconds (in any order and spacing) while phonemes are spoken; the last one
    lasts until `end`. Before the first and after the last the mouth is at rest."""
    spoken = _with_rests(sorted(phonemes, key=lambda phoneme: phoneme.start), end)
    seconds = np.asarray(times, np.float64)
    starts, shapes = _in_parts(spoken)
    edges = np.append(starts, spoken[-1].start + LONGEST)
    found = np.empty((len(seconds), 3))
    order = np.argsort(seconds, kind="stable")
    for at in range(0, len(order), _BLOCK):
        part = order[at : at + _BLOCK]
        first = max(int(np.searchsorted(edges, seconds[part[0]] - _REACH)) - 1, 0)
        last = min(int(np.searchsorted(edges, seconds[part[-1]] + _REACH)) + 1, len(shapes))
        first = min(first, last - 1)
        found[part] = _blended(shapes[first:last], edges[first : last + 1], seconds[part])
    return MouthTrack(found[:, 0], found[:, 1], found[:, 2])


def _with_rests(spoken: Sequence[Phoneme], end: float) -> list[Phoneme]:
    """The phonemes with the mouth at rest before them, after them, and in pauses between them."""
    begin = spoken[0].start if spoken else end
    found = [Phoneme("", begin - LONGEST)]
    for phoneme, following in zip_longest(spoken, spoken[1:]):
        found.append(phoneme)
        until = following.start if following is not None else end
        if until - phoneme.start > LONGEST:
            found.append(Phoneme("", phoneme.start + LONGEST))
    found.append(Phoneme("", max(end, found[-1].start + 0.03)))
    return found


def _in_parts(spoken: Sequence[Phoneme]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """When each shape begins, and the shapes: those of one phoneme share its time evenly."""
    starts: list[float] = []
    shapes: list[Viseme] = []
    ends = [*(phoneme.start for phoneme in spoken[1:]), spoken[-1].start + LONGEST]
    for phoneme, end in zip(spoken, ends, strict=True):
        parts = visemes_of(phoneme.ipa)
        starts += [phoneme.start + (end - phoneme.start) * i / len(parts) for i in range(len(parts))]
        shapes += parts
    return np.array(starts), np.array(shapes)


def _blended(
    shapes: NDArray[np.float64], edges: NDArray[np.float64], seconds: NDArray[np.float64]
) -> NDArray[np.float64]:
    length = np.maximum(np.diff(edges), 0.03)
    centre = (edges[:-1] + edges[1:]) / 2
    # A long pause pulls evenly while it lasts, and no farther beyond its ends than a short one.
    plateau = np.maximum(length - LONGEST, 0)
    length = length - plateau
    apart = np.maximum(np.abs(seconds[:, None] - centre) - plateau / 2, 0)
    pull = shapes[:, 3] * np.exp(-1.2 * (apart / (0.6 * length + 0.035)) ** 1.6)
    pull += 1e-9 * (apart <= apart.min(1, keepdims=True))  # far from all of them the nearest decides
    opening, width, press = (pull @ shapes[:, :3] / pull.sum(1, keepdims=True)).T
    # Lips that must meet do meet, however strong their neighbours are.
    closing = np.where(shapes[:, 2] >= 1, np.exp(-((apart / (0.5 * length + 0.02)) ** 2)), 0).max(1)
    opening = np.clip(opening * (1 - 0.95 * closing), 0, 1)
    return np.stack([opening, np.clip(width, -1, 1), np.maximum(press, closing)], axis=1)


def track_of_sound(
    speech: NDArray[np.float32], rate: int, times: Sequence[float] | NDArray[np.float64]
) -> MouthTrack:
    """The same by loudness alone, where phonemes are not known: the louder, the wider open."""
    seconds = np.asarray(times, np.float64)
    hop = max(rate // 100, 1)
    count = len(speech) // hop
    blocks = np.asarray(speech[: count * hop], np.float64).reshape(count, hop)
    level = np.sqrt((blocks**2).mean(1)) if count else np.zeros(1)
    level = gaussian_filter1d(level, 2.5)
    loud = max(float(np.percentile(level, 95)), 1e-4)
    opening = 0.7 * np.clip(level / loud, 0, 1) ** 0.7
    opening = np.interp(seconds, (np.arange(len(level)) + 0.5) * hop / rate, opening, left=0.02, right=0.02)
    return MouthTrack(opening, np.zeros_like(opening), np.zeros_like(opening))
