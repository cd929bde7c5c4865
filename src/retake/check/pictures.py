"""Is every picture there, and does it show something? Black, frozen and broken stretches, missing scenes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from retake.check.expectation import Expectation
from retake.check.verdict import Finding, Severity
from retake.media.scan import LumaFrame
from retake.timeline.time import Span

_BLACK = 24  # luma: 4 % above black
_BLACK_SHARE = 0.98  # of the samples looked at
_STILL_MEAN, _STILL_MOST = 0.5, 16  # luma, against the first frame of the stretch: coding noise stays below
_LONGEST_BLACK = 0.5  # seconds
_LONGEST_STILL = 2.0  # seconds


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What the frames are: their times in seconds, stretches in frames, and how many are damaged."""

    times: tuple[Fraction, ...]
    black: tuple[Span, ...]
    still: tuple[Span, ...]
    corrupt: tuple[int, ...]
    brightness: float


def look(frames: Iterable[LumaFrame]) -> PictureFacts:
    """Facts of all frames; only two pictures are held at a time.

    A still stretch is compared with its own first frame, so that the slowest movement adds up and ends it.
    """
    times: list[Fraction] = []
    black: list[int] = []
    still: list[Span] = []
    corrupt: list[int] = []
    brightness, anchor, begun = 0.0, None, 0
    for index, frame in enumerate(frames):
        times.append(frame.time)
        brightness += float(frame.luma.mean())
        if np.count_nonzero(frame.luma <= _BLACK) >= _BLACK_SHARE * frame.luma.size:
            black.append(index)
        if frame.corrupt:
            corrupt.append(index)
        if anchor is None or not _alike(anchor, frame.luma):
            still.append(Span(begun, index))
            anchor, begun = frame.luma, index
    still.append(Span(begun, len(times)))
    return PictureFacts(
        tuple(times),
        _stretches(black),
        tuple(span for span in still if len(span) > 1),
        tuple(corrupt),
        brightness / max(len(times), 1),
    )


def judge_pictures(facts: PictureFacts, rate: Fraction, expected: Expectation | None) -> list[Finding]:
    """Findings on what is seen. `rate` turns frames into seconds."""
    plan = expected or Expectation()
    grave: Severity = "fail" if expected else "warn"
    seen = tuple(span for span in facts.still if not _dark(span, facts.black))
    found = [
        _damage(facts, rate),
        _stretch("black", facts.black, plan.intended_black, _LONGEST_BLACK, rate, grave),
        _stretch("frozen", seen, plan.allow_still, _LONGEST_STILL, rate, grave),
    ]
    if plan.scenes:
        found.append(_missing_scenes(facts, rate, plan))
    return found


def _alike(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    if one.shape != other.shape:
        return False
    apart = np.abs(one.astype(np.int16) - other)
    return bool(apart.mean() < _STILL_MEAN and apart.max() <= _STILL_MOST)


def _stretches(indices: list[int]) -> tuple[Span, ...]:
    """Runs of neighbouring frames."""
    if not indices:
        return ()
    cuts = np.flatnonzero(np.diff(indices) > 1) + 1
    runs = np.split(np.array(indices), cuts)
    return tuple(Span(int(run[0]), int(run[-1]) + 1) for run in runs)


def _dark(span: Span, black: tuple[Span, ...]) -> bool:
    return any(len(span.common(dark)) > len(span) / 2 for dark in black)


def _outside(span: Span, allowed: tuple[Span, ...]) -> tuple[Span, ...]:
    """The parts of a stretch that no allowed span holds."""
    rest = [span]
    for allow in allowed:
        rest = [
            part
            for left in rest
            for part in (
                Span(left.start, max(left.start, min(left.end, allow.start))),
                Span(min(left.end, max(left.start, allow.end)), left.end),
            )
            if len(part)
        ]
    return tuple(rest)


def _stretch(
    name: str,
    stretches: tuple[Span, ...],
    allowed: tuple[Span, ...],
    longest: float,
    rate: Fraction,
    severity: Severity,
) -> Finding:
    """Whether a kind of stretch stays within its length wherever it is not allowed."""
    parts = [part for span in stretches for part in _outside(span, allowed)]
    worst = max(parts, key=len, default=Span(0, 0))
    seconds = float(len(worst) / rate)
    passed = seconds <= longest
    at = float(worst.start / rate)
    return Finding(
        name,
        passed,
        f"{seconds:.2f} s",
        f"at most {longest:g} s",
        "" if passed else f"the picture is {name} for {seconds:.2f} s from {at:.2f} s on",
        severity,
        None if passed else at,
    )


def _damage(facts: PictureFacts, rate: Fraction) -> Finding:
    count = len(facts.corrupt)
    at = float(facts.corrupt[0] / rate) if count else None
    message = f"{count} frames are damaged, the first at {at:.2f} s" if count else ""
    return Finding("intact", not count, f"{count} damaged frames", "none", message, at=at)


def _missing_scenes(facts: PictureFacts, rate: Fraction, plan: Expectation) -> Finding:
    """A scene is missing when the file ends before it, or when all of it is black without intention."""
    gone = [
        scene
        for scene in plan.scenes
        if scene.span.start >= len(facts.times)
        or any(
            len(part.common(scene.span)) >= 0.9 * len(scene.span)
            for span in facts.black
            for part in _outside(span, plan.intended_black)
        )
    ]
    there = len(plan.scenes) - len(gone)
    message = "missing or black: " + ", ".join(scene.id for scene in gone) if gone else ""
    at = float(gone[0].span.start / rate) if gone else None
    return Finding("scenes", not gone, f"{there} scenes", f"{len(plan.scenes)} scenes", message, at=at)
