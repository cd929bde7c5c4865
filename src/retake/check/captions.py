"""Can the captions be read, and do they come with the voice? Judged on the plan's cues, in seconds."""

from __future__ import annotations

from itertools import pairwise

from retake.check.expectation import Cue, CueWord, Expectation
from retake.check.verdict import Finding

_ON_TIME = 0.080  # seconds between a word's highlight and its sound
_SHORTEST = 0.3  # seconds that a cue is seen
_FASTEST = 25.0  # characters a second; the voice sets the pace, so more is only a warning


def judge_captions(plan: Expectation) -> list[Finding]:
    """Findings on the cues; none where the plan has no captions."""
    if not plan.cues:
        return []
    found = [_shortest(plan.cues), _overlap(plan.cues), _pace(plan.cues)]
    if plan.frames and plan.rate:
        found.append(_inside(plan.cues, float(plan.frames / plan.rate)))
    if plan.safe_area:
        found.append(_safe(plan))
    if plan.speech:
        found.append(_on_time(plan))
    return found


def _safe(plan: Expectation) -> Finding:
    area = plan.safe_area
    assert area is not None
    out = [cue for cue in plan.cues if cue.box and not area.holds(cue.box)]
    expected = f"inside {area.x0:g},{area.y0:g} - {area.x1:g},{area.y1:g}"
    message = f"covered by a platform's own buttons: {out[0].text!r}" if out else ""
    return Finding(
        "captions_safe_area", not out, f"{len(out)} cues outside", expected, message, at=_first(out)
    )


def _on_time(plan: Expectation) -> Finding:
    """Each shown word begins with the spoken one; as many are shown as are spoken."""
    shown = [word for cue in plan.cues for word in cue.words]
    if len(shown) != len(plan.speech):
        message = f"{len(shown)} words are shown, {len(plan.speech)} are spoken"
        return Finding("captions_on_time", False, f"{len(shown)} words", f"{len(plan.speech)} words", message)
    pairs = list(zip(shown, plan.speech, strict=True))
    worst, spoken = max(pairs, key=lambda pair: abs(pair[0].start - pair[1].start))
    off = worst.start - spoken.start
    passed = abs(off) <= _ON_TIME
    return Finding(
        "captions_on_time",
        passed,
        f"{off * 1000:+.0f} ms at most",
        f"within {_ON_TIME * 1000:.0f} ms",
        "" if passed else _late(worst, off),
        at=None if passed else worst.start,
    )


def _late(word: CueWord, off: float) -> str:
    return f"{word.text!r} is shown {abs(off):.2f} s {'after' if off > 0 else 'before'} it is spoken"


def _shortest(cues: tuple[Cue, ...]) -> Finding:
    short = [cue for cue in cues if cue.end - cue.start < _SHORTEST]
    least = min(cue.end - cue.start for cue in cues)
    message = f"too short to be read: {short[0].text!r}" if short else ""
    return Finding(
        "captions_length", not short, f"{least:.2f} s", f"at least {_SHORTEST} s", message, at=_first(short)
    )


def _overlap(cues: tuple[Cue, ...]) -> Finding:
    late = [after for before, after in pairwise(cues) if after.start < before.end - 1e-6]
    message = f"it appears while another is seen: {late[0].text!r}" if late else ""
    return Finding("captions_overlap", not late, f"{len(late)} overlaps", "none", message, at=_first(late))


def _pace(cues: tuple[Cue, ...]) -> Finding:
    paces = [(len(cue.text) / max(cue.end - cue.start, 1e-3), cue) for cue in cues]
    pace, cue = max(paces, key=lambda pair: pair[0])
    passed = pace <= _FASTEST
    return Finding(
        "captions_pace",
        passed,
        f"{pace:.0f} characters a second",
        f"at most {_FASTEST:g}",
        "" if passed else f"hard to read in time: {cue.text!r}",
        "warn",
        None if passed else cue.start,
    )


def _inside(cues: tuple[Cue, ...], length: float) -> Finding:
    out = [cue for cue in cues if cue.start < 0 or cue.end > length + 1e-3]
    message = f"outside of the film: {out[0].text!r}" if out else ""
    return Finding("captions_inside", not out, f"{len(out)} cues", "none", message, at=_first(out))


def _first(cues: list[Cue]) -> float | None:
    return cues[0].start if cues else None
