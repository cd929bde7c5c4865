"""What a well-formed document can still get wrong: overlaps, empty films, clips that never show.

Pure: a document in, problems out, each with its JSON path and a remedy.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from retake.errors import Problem
from retake.timeline.assets import Audio, Captions, Gradient, Shape, Text
from retake.timeline.document import Clip, Document, Track
from retake.timeline.motion import extent
from retake.timeline.variables import holds

LONGEST = Fraction(3 * 3600)


def problems_of(document: Document) -> tuple[Problem, ...]:
    """Every problem, in document order."""
    return tuple(_problems(document))


def _problems(document: Document) -> Iterator[Problem]:
    if not any(track.clips for track in document.timeline.tracks):
        yield Problem("$.timeline.tracks", "no clip in any track", "add a clip")
    seen: dict[str, str] = {}
    for t, track in enumerate(document.timeline.tracks):
        for c, clip in enumerate(track.clips):
            place = f"$.timeline.tracks[{t}].clips[{c}]"
            if clip.id and clip.id in seen:
                yield Problem(
                    f"{place}.id", f"{clip.id!r} is already the id of {seen[clip.id]}", "rename one"
                )
            seen.setdefault(clip.id, place)
            yield from _clip_problems(clip, place)
        yield from _overlaps(track, f"$.timeline.tracks[{t}]")
    families = [font.family.lower() for font in document.fonts]
    for i, family in enumerate(families):
        if family in families[:i]:
            yield Problem(f"$.fonts[{i}].family", f"{family!r} is given twice", "remove one")


def _clip_problems(clip: Clip, place: str) -> Iterator[Problem]:
    if clip.duration and clip.start + clip.duration > LONGEST:
        yield Problem(f"{place}.duration", "the film would be longer than 3 hours", "shorten it")
    low, high = extent(clip.opacity)
    if low < 0 or high > 1:
        yield Problem(f"{place}.opacity", "must lie between 0 and 1", "0 is invisible, 1 opaque")
    if extent(clip.scale)[0] < 0 or extent(clip.scale)[1] > 100:
        yield Problem(f"{place}.scale", "must lie between 0 and 100", "1 is the natural size")
    if extent(clip.volume)[0] < 0 or extent(clip.volume)[1] > 16:
        yield Problem(f"{place}.volume", "must lie between 0 and 16", "1 leaves it as it is")
    crop = clip.crop
    for one, other, name in (
        (crop.left, crop.right, "left and right"),
        (crop.top, crop.bottom, "top and bottom"),
    ):
        if min(extent(one)[0], extent(other)[0]) < 0 or extent(one)[1] + extent(other)[1] >= 1:
            yield Problem(
                f"{place}.crop", f"{name} leave nothing", "they are fractions that sum to less than 1"
            )
    for side, transition in (("in", clip.transition.in_), ("out", clip.transition.out)):
        if transition and clip.duration and transition.duration > clip.duration:
            yield Problem(f"{place}.transition.{side}", "is longer than its clip", "shorten it")
    asset = clip.asset
    if isinstance(asset, Gradient) and asset.stops and len(asset.stops) != len(asset.colors):
        yield Problem(
            f"{place}.asset.stops", f"{len(asset.stops)} stops for {len(asset.colors)} colours", "one each"
        )
    if isinstance(asset, Shape):
        least = {"polygon": 3, "line": 2}.get(asset.shape, 0)
        if len(asset.points) < least:
            yield Problem(f"{place}.asset.points", f"a {asset.shape} needs {least} points", "add them")
    if isinstance(asset, Text) and not asset.text.strip():
        yield Problem(f"{place}.asset.text", "is empty", "give it words, or a condition", warning=True)
    if isinstance(asset, Captions):
        yield from _caption_problems(asset, place)


def _caption_problems(asset: Captions, place: str) -> Iterator[Problem]:
    before = Fraction(0)
    for i, cue in enumerate(asset.cues):
        for j, word in enumerate(cue.words):
            at = f"{place}.asset.cues[{i}].words[{j}]"
            if word.end < word.start:
                yield Problem(f"{at}.end", "comes before its start", "swap them")
            if word.start < before:
                yield Problem(f"{at}.start", "comes before the word before it", "keep words in order of time")
            before = max(before, word.start)


def _overlaps(track: Track, place: str) -> Iterator[Problem]:
    """Clips of a track lie side by side; two may overlap only as long as the later one's transition."""
    if track.kind == "audio":
        return
    timed = [
        (clip.start, clip.start + clip.duration, clip.transition.in_, c)
        for c, clip in enumerate(track.clips)
        if clip.duration and holds(clip.condition) and not isinstance(clip.asset, Audio)
    ]
    earlier = last = Fraction(0)
    for start, end, transition, c in sorted(timed, key=lambda entry: entry[0]):
        allowed = transition.duration if transition else Fraction(0)
        if start < earlier or last - start > allowed:
            yield Problem(
                f"{place}.clips[{c}].start",
                f"overlaps what comes before it by {float(max(earlier, last) - start):g} s",
                "start it later, give it transition.in of that duration, or use another track",
            )
        earlier, last = max(earlier, last), end
