"""What each genre and mood sounds like: chords, tempo, instruments, space."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

Lead = Literal["piano", "harp", "celesta"]
Beat = Literal["none", "pulse", "march", "shuffle"]


@dataclass(frozen=True, slots=True)
class Style:
    """Chords are Roman numerals over `tonic` (MIDI number of the home note), one a bar: small is minor,
    "b" lowers the root by a semitone, "+" adds the ninth, "7" the seventh, "4" replaces the third."""

    tonic: int
    verse: str
    bridge: str
    tempo: float  # quarter notes a minute
    lead: Lead
    arpeggio: str  # chord tones by eighth: "0", "1", ...; "." rests
    beat: Beat = "none"
    bright: float = 0.5  # 0 dark, 1 bright
    space: float = 2.4  # seconds of reverberation
    busy: float = 0.5  # how often the melody plays

    @property
    def minor(self) -> bool:
        return self.verse.split()[0].islower()


_STYLES: Mapping[str, Style] = MappingProxyType(
    {
        "adventure": Style(
            50, "i bVI bIII bVII", "bVI bVII i bIII", 92,
            "harp", "0.2.1.2.", "march", 0.6,
        ),
        "mystery": Style(
            48, "i+ bVI7 iv+ V4", "iv i+ bII7 V4", 70,
            "piano", "0...2.1.", "pulse", 0.35, 3.0, 0.4,
        ),
        "science fiction": Style(
            45, "i+ bVI7 bIII+ iv+", "bVI7 iv+ i+ bVII4", 78,
            "celesta", "0.2.1.3.", "pulse", 0.55, 3.4, 0.35,
        ),
        "horror": Style(
            44, "i bII i bvi", "iv bII i+ V4", 58,
            "celesta", "0.....1.", "none", 0.15, 3.6, 0.25,
        ),
        "fantasy": Style(
            50, "i+ bVII IV+ i+", "bVI7 bIII+ bVII i+", 80,
            "harp", "0.1.2.3.", "none", 0.6, 3.2, 0.5,
        ),
        "children": Style(
            53, "I+ vi IV+ V4", "IV+ iii ii7 V4", 96,
            "celesta", "0.2.1.2.", "shuffle", 0.7, 1.8, 0.65,
        ),
        "romance": Style(
            51, "I+ vi7 IV7 V4", "ii7 V4 iii7 vi+", 68,
            "piano", "0.1.2.1.", "none", 0.5, 2.8, 0.55,
        ),
        "comedy": Style(
            53, "I vi ii7 V4", "IV+ I ii7 V4", 108,
            "harp", "0.2...2.", "shuffle", 0.65, 1.4, 0.55,
        ),
        "drama": Style(
            50, "i+ bVI7 bIII+ bVII4", "iv+ i bVI7 V4", 64,
            "piano", "0...1.2.", "none", 0.4, 3.0, 0.5,
        ),
        "education": Style(
            48, "I+ IV7 vi7 V4", "ii7 IV+ I+ V4", 88,
            "piano", "0.2.1.2.", "pulse", 0.55, 2.0, 0.4,
        ),
        "business": Style(
            50, "I+ V4 vi7 IV+", "IV+ V4 iii7 vi7", 98,
            "piano", "0.1.2.1.", "pulse", 0.6, 1.8, 0.4,
        ),
        "": Style(
            48, "I+ vi7 IV+ V4", "ii7 vi7 IV+ V4", 76,
            "piano", "0.2.1.2.", "none", 0.45, 2.6, 0.45,
        ),
    }
)  # fmt: skip

_ALIKE: Mapping[str, str] = MappingProxyType(
    {
        "sci-fi": "science fiction",
        "scifi": "science fiction",
        "educational": "education",
        "thriller": "mystery",
    }
)
_BY_MOOD: Mapping[str, str] = MappingProxyType(
    {
        "epic": "adventure", "mysterious": "mystery", "eerie": "horror", "joyful": "children",
        "romantic": "romance", "sad": "drama", "hopeful": "education", "tense": "mystery",
    }
)  # fmt: skip

# Tempo times, brightness plus, melody plus.
_MOODS: Mapping[str, tuple[float, float, float]] = MappingProxyType(
    {
        "epic": (1.06, 0.1, 0.0), "joyful": (1.08, 0.1, 0.1), "tense": (1.08, -0.1, -0.1),
        "hopeful": (1.02, 0.05, 0.05), "mysterious": (0.96, -0.05, -0.05), "eerie": (0.92, -0.15, -0.1),
        "romantic": (0.96, 0.0, 0.1), "sad": (0.9, -0.1, 0.0), "calm": (0.88, -0.05, -0.1),
    }
)  # fmt: skip


def style_for(genre: str, mood: str) -> Style:
    """The style of a genre, coloured by a mood; an unknown genre takes the mood's own."""
    name, feeling = genre.strip().lower(), mood.strip().lower()
    name = _ALIKE.get(name, name)
    style = _STYLES[name if name in _STYLES and name else _BY_MOOD.get(feeling, "")]
    tempo, bright, busy = _MOODS.get(feeling, (1.0, 0.0, 0.0))
    return replace(style, tempo=style.tempo * tempo, bright=style.bright + bright, busy=style.busy + busy)
