"""(film, what it should be) -> verdict, for a recording of which some parts were taken again.

What was copied is the master's own and needs no second look; what was encoded was compared with its encoder's
pictures when it was made. Here the file is opened anew: its frames, lengths and sound against the plan, and
how well the new words sit in the take, and the mouth on them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Protocol

from retake.check.verdict import Finding, Verdict
from retake.errors import MediaError
from retake.media.take import Take, read_take


class Measured(Protocol):
    """One figure on a splice of voice; `limit` is the largest magnitude that passes."""

    @property
    def name(self) -> str: ...
    @property
    def value(self) -> float: ...
    @property
    def unit(self) -> str: ...
    @property
    def limit(self) -> float: ...
    @property
    def passed(self) -> bool: ...


class Watched(Protocol):
    """One figure on a mended mouth, and in words what was found and what was expected."""

    @property
    def name(self) -> str: ...
    @property
    def value(self) -> float: ...
    @property
    def measured(self) -> str: ...
    @property
    def expected(self) -> str: ...
    @property
    def passed(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class TakeExpectation:
    """The plan of a personalised film: frames, seconds of its picture and of its sound (None without one),
    size as shown; and the measures of its new words and of its mended mouths by segment."""

    frames: int
    duration: Fraction
    size: tuple[int, int]
    heard: Fraction | None
    measures: tuple[tuple[str, Measured], ...] = ()
    mouths: tuple[tuple[str, Watched], ...] = ()
    fallbacks: tuple[str, ...] = ()


def check_take(path: Path, expected: TakeExpectation) -> Verdict:
    """The verdict. Never raises for a bad file: that it cannot be read is a finding."""
    try:
        take = read_take(path)
    except MediaError as error:
        broken = Finding("readable", False, "broken", "opens as a film", str(error))
        return Verdict((broken,), expected.fallbacks)
    findings = [*_file_findings(take, expected), *_voice_findings(expected), *_mouth_findings(expected)]
    figures: dict[str, float | int | str] = {
        "frames": take.length,
        "duration": float(take.duration),
        "bytes": path.stat().st_size,
    }
    for segment, measure in (*expected.measures, *expected.mouths):
        figures[f"{segment}.{measure.name}"] = round(measure.value, 3)
    return Verdict(tuple(findings), expected.fallbacks, figures)


def _file_findings(take: Take, expected: TakeExpectation) -> Iterator[Finding]:
    yield _finding("frames", take.length, expected.frames)
    width, height = take.size
    yield _finding("size", f"{width}x{height}", f"{expected.size[0]}x{expected.size[1]}")
    off = abs(take.duration - expected.duration)
    yield Finding(
        "duration",
        off <= take.video.time_base,
        f"{float(take.duration):.4f} s",
        f"{float(expected.duration):.4f} s",
        "" if off <= take.video.time_base else "the picture lasts longer or shorter than planned",
    )
    yield _finding("sound", take.audio is not None, expected.heard is not None)
    if take.audio and expected.heard is not None:
        lasts = sound_seconds(take)
        off = abs(lasts - expected.heard)
        right = off <= take.audio.time_base + Fraction(1, take.audio.rate)
        told = "" if right else "the sound lasts longer or shorter than planned"
        yield Finding("sound lasts", right, f"{float(lasts):.4f} s", f"{float(expected.heard):.4f} s", told)


def sound_seconds(take: Take) -> Fraction:
    """When the last of a take's sound ends; 0 where it has none."""
    if take.audio is None or not take.audio.packets:
        return Fraction(0)
    last = take.audio.packets[-1]
    return (last.pts + last.duration) * take.audio.time_base - take.start


def _voice_findings(expected: TakeExpectation) -> Iterator[Finding]:
    """A step that may be heard is a warning: a person should listen to this row."""
    for segment, measure in expected.measures:
        told = "" if measure.passed else f"the new words of {segment} may stand out: listen to them"
        yield Finding(
            f"{segment} {measure.name.replace('_', ' ')}",
            measure.passed,
            f"{measure.value:+.1f} {measure.unit}",
            f"within {measure.limit:g} {measure.unit}",
            told,
            "warn",
        )


def _mouth_findings(expected: TakeExpectation) -> Iterator[Finding]:
    """A mouth that may not fit is a warning: a person should look at this row."""
    for segment, measure in expected.mouths:
        told = "" if measure.passed else f"the mouth of {segment} may not fit its words: watch it"
        name = f"{segment} {measure.name.replace('_', ' ')}"
        yield Finding(name, measure.passed, measure.measured, measure.expected, told, "warn")


def _finding(name: str, measured: object, wanted: object) -> Finding:
    right = measured == wanted
    return Finding(name, right, str(measured), str(wanted), "" if right else f"the film's {name} differs")
