"""What a finished film should be. Whatever is left at its default is not compared.

Frames and samples are integers, spans half-open; times of captions and words are in seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from retake.timeline.time import Span


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the film, `x1` and `y1` outside of it."""

    x0: float
    y0: float
    x1: float
    y1: float

    def holds(self, other: Box) -> bool:
        return self.x0 <= other.x0 and self.y0 <= other.y0 and other.x1 <= self.x1 and other.y1 <= self.y1


@dataclass(frozen=True, slots=True)
class SceneSpan:
    """A scene and its frames."""

    id: str
    span: Span


@dataclass(frozen=True, slots=True)
class CueWord:
    """A word as it is highlighted or spoken, in seconds."""

    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Cue:
    """A caption: when it is seen, the largest box it is drawn in, and its words."""

    start: float
    end: float
    box: Box | None
    words: tuple[CueWord, ...]

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class Expectation:
    """The plan of a film, as far as it can be checked on the file.

    `samples` count at 48 kHz. `loudness` is in LUFS, met within `loudness_tolerance` LU; `true_peak` is a
    limit in dBTP after encoding. `megabytes_per_minute` is a range (least, most). `speech` are the words as
    they were really spoken, against which `cues` are timed. `intended_black` and `allow_still` are frames in
    which black or a still picture is no fault.
    """

    size: tuple[int, int] | None = None
    rate: Fraction | None = None
    frames: int | None = None
    samples: int | None = None
    has_audio: bool | None = None
    loudness: float | None = None
    loudness_tolerance: float = 1.0
    true_peak: float = -0.5
    megabytes_per_minute: tuple[float, float] | None = None
    longest_silence: float = 5.0
    scenes: tuple[SceneSpan, ...] = ()
    cues: tuple[Cue, ...] = ()
    speech: tuple[CueWord, ...] = ()
    safe_area: Box | None = None
    intended_black: tuple[Span, ...] = ()
    allow_still: tuple[Span, ...] = ()
    fallbacks: tuple[str, ...] = ()
