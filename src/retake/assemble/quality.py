"""From a document's output to an encoder's settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from retake.media.encode import VideoSettings
from retake.timeline.assets import Video
from retake.timeline.document import Output, Quality
from retake.timeline.film import Film


@dataclass(frozen=True, slots=True)
class Grade:
    """A named quality: x264's preset and CRF, the cap in bits a second at 1080p30, and how far x264
    looks ahead where the preset's own will not do (docs/decisions/0012)."""

    preset: str
    crf: float
    cap: int
    lookahead: int | None = None


GRADES: Mapping[Quality, Grade] = MappingProxyType(
    {
        "draft": Grade("superfast", 26, 5_000_000),
        "standard": Grade("superfast", 19, 8_000_000, lookahead=10),
        "high": Grade("medium", 18, 8_000_000),
    }
)
_REFERENCE = 1080 * 1920 * 30
_VP9_OFFSET = 12  # VP9's CRF runs from 0 to 63


def may_cut(film: Film) -> bool:
    """Whether a picture may cut inside a span: only footage does."""
    return any(isinstance(shot.clip.asset, Video) for track in film.layers for shot in track)


def video_settings(output: Output, *, cuts: bool = True) -> VideoSettings:
    """The encoder's settings; `cuts` as `may_cut` says.

    A preset or CRF of the user's own lifts the cap, unless one is given.
    """
    grade = GRADES[output.quality]
    cap = output.max_bitrate
    if cap is None and output.crf is None and output.preset is None:
        load = Fraction(output.size[0] * output.size[1]) * output.fps / _REFERENCE
        cap = max(1_000_000, round(grade.cap * float(load) ** 0.75))
    crf = grade.crf if output.crf is None else output.crf
    webm = output.format == "webm"
    return VideoSettings(
        size=output.size,
        rate=output.fps,
        encoder="vp9" if webm else output.encoder,
        preset=output.preset or grade.preset,
        lookahead=None if output.preset else grade.lookahead,
        crf=crf + _VP9_OFFSET if webm else crf,
        max_bitrate=cap,
        cuts=cuts,
    )
