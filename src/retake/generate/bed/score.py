"""From a style and a length to notes: harmony with voice leading, form, melody.

The piece is whole bars that fill the length: an introduction of chords alone, then verses and bridges of four
chords in changing dress, and a last bar on the tonic.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np

from retake.generate.bed.styles import Style

Voice = Literal["pad", "bass", "piano", "harp", "celesta", "kick", "shaker"]

_DEGREES = {"i": 0, "ii": 2, "iii": 4, "iv": 5, "v": 7, "vi": 9, "vii": 11}
_LAST_CHORD = 4.5  # seconds


@dataclass(frozen=True, slots=True)
class Note:
    """A note to be played: MIDI `pitch`, `start` and `length` in seconds, `level` and `pan` (-1 to 1)."""

    voice: Voice
    pitch: int
    start: float
    length: float
    level: float
    pan: float = 0.0


@dataclass(frozen=True, slots=True)
class Dress:
    """Which voices play in a section."""

    melody: bool = False
    arpeggio: bool = False
    bass: bool = True
    beat: bool = False


_DRESSES = (
    Dress(melody=True),
    Dress(arpeggio=True, beat=True),
    Dress(arpeggio=True, melody=True, beat=True),
    Dress(melody=True, bass=False),
    Dress(arpeggio=True, beat=True),
)


def write_score(style: Style, duration: float, random: np.random.Generator) -> list[Note]:
    """The notes of a piece of `duration` seconds."""
    ending = min(_LAST_CHORD, duration)
    bars = max(round((duration - ending) * style.tempo / 240), 0)
    bar = (duration - ending) / bars if bars else ending
    notes: list[Note] = []
    voicing = voice(chord_tones(style.verse.split()[0], style.tonic), None)
    motif = _motif(style, random)
    for n in range(bars):
        section, step = divmod(n, 4)
        chord = chord_tones(_chords(style, section, n, bars)[step], style.tonic)
        voicing = voice(chord, voicing)
        dress = Dress(bass=step >= 2) if section == 0 else _DRESSES[(section - 1) % len(_DRESSES)]
        notes += _bar(style, dress, chord, voicing, n * bar, bar, random)
        if dress.melody:
            notes += _melody(style, chord, motif[step % 2], n * bar, bar, section, random)
    home = voice(chord_tones(style.verse.split()[0].rstrip("+74"), style.tonic), voicing)
    return notes + _ending(style, home, bars * bar, ending)


def _chords(style: Style, section: int, bar: int, bars: int) -> list[str]:
    """Verse, verse, bridge, verse, ...; the last four bars lead home."""
    if bars - bar <= 1:
        return ["IV" if not style.minor else "iv"] * 4
    return (style.bridge if section % 3 == 2 else style.verse).split()


def chord_tones(numeral: str, tonic: int) -> tuple[int, ...]:
    """MIDI numbers, root first, of a Roman numeral as `Style` writes it."""
    lowered, bare = numeral.startswith("b"), numeral.lstrip("b").rstrip("+74")
    root = tonic + _DEGREES[bare.lower()] - lowered
    minor = bare.islower()
    third = 5 if numeral.endswith("4") else 3 if minor else 4
    major_seventh = not minor and bare != "V"
    extra = {"+": (14,), "7": (11 if major_seventh else 10,)}.get(numeral[-1], ())
    return (root, *(root + interval for interval in (third, 7, *extra)))


def voice(chord: tuple[int, ...], before: tuple[int, ...] | None) -> tuple[int, ...]:
    """The chord's tones in the pad's range, moved as little as possible from the voicing before."""
    options = [[p for p in range(50, 71) if p % 12 == tone % 12] for tone in chord]
    spread = [tuple(sorted(v)) for v in product(*options) if len(set(v)) == len(v)]
    calm = [v for v in spread if min(np.diff(v)) >= 2 and v[-1] - v[0] <= 17] or spread
    centre = before or (54, 58, 61, 65)
    return min(
        calm, key=lambda v: (sum(min(abs(p - q) for q in centre) for p in v) + abs(sum(v) / len(v) - 60), v)
    )


def _bar(
    style: Style,
    dress: Dress,
    chord: tuple[int, ...],
    voicing: tuple[int, ...],
    start: float,
    bar: float,
    random: np.random.Generator,
) -> list[Note]:
    pans = np.linspace(-0.5, 0.5, len(voicing))
    notes = [Note("pad", p, start, bar, 0.9, float(pan)) for p, pan in zip(voicing, pans, strict=True)]
    if dress.bass:
        low = chord[0] - 12 if chord[0] >= 48 else chord[0]
        notes.append(Note("bass", low, start, bar * 0.95, 1.0))
    if dress.arpeggio:
        notes += _arpeggio(style, chord, start, bar / 8, random)
    if dress.beat:
        notes += _beat(style, start, bar / 8)
    return notes


def _arpeggio(
    style: Style, chord: tuple[int, ...], start: float, eighth: float, random: np.random.Generator
) -> list[Note]:
    tones = sorted({_within(tone, 60, 77) for tone in chord} | {_within(chord[0], 67, 79)})
    notes: list[Note] = []
    for n, mark in enumerate(style.arpeggio):
        if mark == ".":
            continue
        late = float(random.uniform(0, 0.012))
        level = float(random.uniform(0.32, 0.42)) * (1.15 if n == 0 else 1.0)
        pan = 0.45 if n % 4 else -0.45
        notes.append(
            Note(style.lead, tones[int(mark) % len(tones)], start + n * eighth + late, 3, level, pan)
        )
    return notes


def _motif(style: Style, random: np.random.Generator) -> list[list[tuple[int, int]]]:
    """Two bars of melody as (eighth, step of the chord), the same all through the piece."""
    bars: list[list[tuple[int, int]]] = []
    for first in (0, 2):
        eighths = [first] + [e for e in (3, 4, 6) if e > first and random.random() < style.busy]
        step = int(random.integers(0, 3))
        line: list[tuple[int, int]] = []
        for eighth in eighths:
            line.append((eighth, step))
            step = int(np.clip(step + random.choice([-1, 1]), 0, 4))
        bars.append(line)
    return bars


def _melody(
    style: Style,
    chord: tuple[int, ...],
    motif: list[tuple[int, int]],
    start: float,
    bar: float,
    section: int,
    random: np.random.Generator,
) -> list[Note]:
    top = sorted({p for tone in chord for p in range(65, 83) if p % 12 == tone % 12})
    shift = (section // 2) % 2
    return [
        Note(
            style.lead,
            top[min(step + shift, len(top) - 1)],
            start + eighth * bar / 8 + float(random.uniform(0, 0.015)),
            4,
            float(random.uniform(0.5, 0.62)),
            0.15,
        )
        for eighth, step in motif
    ]


def _beat(style: Style, start: float, eighth: float) -> list[Note]:
    kicks = {"none": (), "pulse": (0, 4), "march": (0, 3, 4), "shuffle": (0, 4)}[style.beat]
    shakes = {"none": (), "pulse": (2, 6), "march": (2, 5, 6), "shuffle": (1, 2, 3, 5, 6, 7)}[style.beat]
    return [
        *(Note("kick", 36, start + n * eighth, 0.4, 0.55 if n else 0.7) for n in kicks),
        *(Note("shaker", 90, start + n * eighth, 0.12, 0.5 if n % 2 else 0.8, 0.3) for n in shakes),
    ]


def _ending(style: Style, home: tuple[int, ...], start: float, length: float) -> list[Note]:
    """The tonic, rolled upwards and left to ring."""
    rolled = [*home, _within(style.tonic, 72, 84)]
    return [
        *(Note("pad", p, start, length, 0.9, pan) for p, pan in zip(home, (-0.4, 0.0, 0.4), strict=False)),
        Note("bass", style.tonic - 12 if style.tonic >= 48 else style.tonic, start, length, 1.0),
        *(Note(style.lead, p, start + 0.09 * n, 4, 0.5, 0.2 * n - 0.4) for n, p in enumerate(rolled)),
    ]


def _within(pitch: int, low: int, high: int) -> int:
    """The pitch moved by octaves into a range of at least one octave."""
    while pitch < low:
        pitch += 12
    while pitch > high:
        pitch -= 12
    return pitch
