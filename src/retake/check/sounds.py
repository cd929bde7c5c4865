"""Is the sound whole? Clipping, silence, loudness and true peak."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from retake.check.expectation import Expectation
from retake.check.verdict import Finding, Severity
from retake.media.filters import SILENCE, Loudness, LoudnessMeter
from retake.media.scan import SoundBlock

_FULL = 0.999  # of full scale
_CLIPPED_RUN = 4  # neighbouring samples at full scale that cannot be a wave's own top
_SILENT = 10 ** (-60 / 20)  # RMS below it is silence: -60 dBFS
_WINDOW = 0.1  # seconds


@dataclass(frozen=True, slots=True)
class SoundFacts:
    """What the sound is: begin and end in the container's clock, in seconds; samples at its own `rate`.

    `clipped` is where runs at full scale begin, `silences` are (start, end), both in seconds of the sound.
    """

    rate: int
    begin: Fraction
    end: Fraction
    samples: int
    loudness: Loudness
    clipped: tuple[float, ...]
    silences: tuple[tuple[float, float], ...]


def listen(blocks: Iterable[SoundBlock]) -> SoundFacts | None:
    """Facts of all samples, one block held at a time; None where there are none."""
    meter: LoudnessMeter | None = None
    rate, count, begin = 0, 0, Fraction(0)
    clipped: list[int] = []
    energies: list[NDArray[np.float32]] = []
    carry = np.zeros((0, 2), np.float32)
    run = np.zeros(2, np.int64)
    for block in blocks:
        if meter is None:
            meter, rate, begin = LoudnessMeter(block.rate), block.rate, block.time
        meter.add(block.samples)
        run = _clip_runs(block.samples, run, count, clipped)
        energy, carry = _energies(np.concatenate([carry, block.samples]), int(rate * _WINDOW))
        energies.append(energy)
        count += len(block.samples)
    if meter is None:
        return None
    return SoundFacts(
        rate,
        begin,
        begin + Fraction(count, rate),
        count,
        meter.finish(),
        tuple(at / rate for at in clipped),
        _silences(np.concatenate(energies) < _SILENT**2, count / rate),
    )


def judge_sounds(facts: SoundFacts | None, expected: Expectation | None) -> list[Finding]:
    """Findings on what is heard."""
    plan = expected or Expectation()
    there = facts is not None
    found: list[Finding] = []
    if plan.has_audio is not None:
        passed = there == plan.has_audio
        words = {True: "sound", False: "no sound"}
        message = "" if passed else f"the film has {words[there]}, it should have {words[plan.has_audio]}"
        found.append(Finding("sound", passed, words[there], words[plan.has_audio], message))
    if facts is None:
        return found
    grave: Severity = "fail" if expected else "warn"
    found.append(_clipping(facts, grave))
    found.append(_silence(facts, plan.longest_silence, grave))
    found.append(_true_peak(facts, plan.true_peak, grave))
    if plan.loudness is not None:
        found.append(_loudness(facts, plan.loudness, plan.loudness_tolerance))
    return found


def _clip_runs(
    samples: NDArray[np.float32], run: NDArray[np.int64], offset: int, found: list[int]
) -> NDArray[np.int64]:
    """Note where runs at full scale reach their length; gives the runs still open at the block's end."""
    full = np.abs(samples) >= _FULL
    if not full.any():
        return np.zeros(2, np.int64)
    ends = np.zeros(2, np.int64)
    for channel in range(2):
        edges = np.flatnonzero(np.diff(np.concatenate([[False], full[:, channel], [False]]).astype(np.int8)))
        for start, end in edges.reshape(-1, 2).tolist():
            before = int(run[channel]) if start == 0 else 0
            if before < _CLIPPED_RUN <= before + end - start:
                found.append(offset + start - before)
            if end == len(samples):
                ends[channel] = before + end - start
    return ends


def _energies(samples: NDArray[np.float32], window: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean square of each whole window (the louder channel's), and the samples left over."""
    whole = len(samples) // window * window
    squares = np.square(samples[:whole]).reshape(-1, window, 2).mean(axis=1)
    return squares.max(axis=1), samples[whole:]


def _silences(silent: NDArray[np.bool_], length: float) -> tuple[tuple[float, float], ...]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], silent, [False]]).astype(np.int8)))
    spans = (edges.reshape(-1, 2) * _WINDOW).tolist()
    return tuple((start, min(end, length)) for start, end in spans)


def _clipping(facts: SoundFacts, severity: Severity) -> Finding:
    count = len(facts.clipped)
    at = min(facts.clipped) if count else None
    message = f"clipped {count} times, first at {at:.2f} s" if count else ""
    return Finding("clipping", not count, f"{count} runs at full scale", "none", message, severity, at)


def _silence(facts: SoundFacts, longest: float, severity: Severity) -> Finding:
    start, end = max(facts.silences, key=lambda span: span[1] - span[0], default=(0.0, 0.0))
    passed = end - start <= longest
    message = "" if passed else f"nothing is heard from {start:.1f} s to {end:.1f} s"
    return Finding(
        "silence",
        passed,
        f"{end - start:.1f} s",
        f"at most {longest:g} s",
        message,
        severity,
        None if passed else start,
    )


def _true_peak(facts: SoundFacts, limit: float, severity: Severity) -> Finding:
    peak = facts.loudness.true_peak
    passed = peak <= limit
    message = "" if passed else "the sound's peaks distort on playback"
    return Finding("true_peak", passed, f"{peak:.1f} dBTP", f"at most {limit:g} dBTP", message, severity)


def _loudness(facts: SoundFacts, target: float, tolerance: float) -> Finding:
    measured = facts.loudness.integrated
    passed = abs(measured - target) <= tolerance
    heard = f"{measured:.1f} LUFS" if measured > SILENCE else "silence"
    message = "" if passed else f"the film measures {heard}, not {target:g} LUFS"
    return Finding("loudness", passed, heard, f"{target:g} ± {tolerance:g} LUFS", message)
