"""The film: a document laid out in frames and samples. This is what rendering, sound and checks work from.

`lay_out(document, lengths)` is pure: the caller has measured how long each video and sound is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from retake.errors import DocumentError, Problem
from retake.timeline.assets import Audio, Captions, Image, Layers, Soundtrack, Video
from retake.timeline.document import Clip, Document, Output, Track, Transition
from retake.timeline.time import Span, to_units
from retake.timeline.variables import holds

SAMPLE_RATE = 48_000


@dataclass(frozen=True, slots=True)
class Shot:
    """A visual clip on its frames.

    `enter` and `leave` are the frames in which it comes and goes; where `crossing` is set, the entrance is
    shared with the shot before it on its track.
    """

    clip: Clip
    place: str
    span: Span
    enter: Span
    leave: Span
    crossing: bool = False
    yields: bool = False
    """Its last frames are shared with the next shot, whose entrance decides how both are seen."""

    @property
    def transition_in(self) -> Transition | None:
        return self.clip.transition.in_

    @property
    def transition_out(self) -> Transition | None:
        return self.clip.transition.out


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound on its samples (48 kHz): `span` on the film, `trim` samples into its source."""

    src: str
    clip: Clip
    place: str
    span: Span
    trim: int
    role: str


@dataclass(frozen=True, slots=True)
class Scene:
    """A named stretch of frames, from the document's markers."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Film:
    """Everything on its frames. `layers` are the video tracks from bottom to top, each its shots in order."""

    title: str
    language: str
    size: tuple[int, int]
    rate: Fraction
    length: int
    background: str
    layers: tuple[tuple[Shot, ...], ...]
    sounds: tuple[Sound, ...]
    soundtrack: Soundtrack | None
    scenes: tuple[Scene, ...]
    output: Output
    fonts: tuple[tuple[str, str], ...]
    tags: tuple[tuple[str, str], ...]

    @property
    def samples(self) -> int:
        return to_units(self.length / self.rate, SAMPLE_RATE)

    @property
    def seconds(self) -> Fraction:
        return self.length / self.rate


@dataclass(frozen=True, slots=True)
class Length:
    """How long a source lasts, and whether it has sound."""

    seconds: Fraction | None
    sound: bool = False


def sources(document: Document) -> tuple[tuple[str, str], ...]:
    """Every (place, path) that the document names, in order."""
    found: list[tuple[str, str]] = [(f"$.fonts[{i}].src", font.src) for i, font in enumerate(document.fonts)]
    for t, track in enumerate(document.timeline.tracks):
        for c, clip in enumerate(track.clips):
            place = f"$.timeline.tracks[{t}].clips[{c}]"
            if isinstance(clip.asset, Image | Video | Audio):
                found.append((f"{place}.asset.src", clip.asset.src))
            if isinstance(clip.asset, Layers):
                found += [(f"{place}.asset.planes[{i}].src", p.src) for i, p in enumerate(clip.asset.planes)]
            if clip.mask and clip.mask.src:
                found.append((f"{place}.mask.src", clip.mask.src))
    if document.soundtrack:
        found.append(("$.soundtrack.src", document.soundtrack.src))
    return tuple(found)


def lay_out(document: Document, lengths: Mapping[str, Length]) -> Film:
    """The document on its frames. `lengths` gives each video and sound by its `src`.

    Raises `DocumentError` where a clip's length cannot be known or is nothing.
    """
    rate = document.output.fps
    problems: list[Problem] = []
    timed: list[tuple[Track, list[tuple[str, Clip, Fraction | None]]]] = []
    end = Fraction(0)
    for t, track in enumerate(document.timeline.tracks):
        row: list[tuple[str, Clip, Fraction | None]] = []
        for c, clip in enumerate(track.clips):
            if not holds(clip.condition):
                continue
            place = f"$.timeline.tracks[{t}].clips[{c}]"
            duration = clip.duration or _natural(clip, lengths)
            if duration is not None and duration <= 0:
                problems.append(Problem(f"{place}.trim", "nothing is left of the source", "trim less"))
                continue
            row.append((place, clip, duration))
            end = max(end, clip.start + (duration or 0))
        timed.append((track, row))
    length = to_units(end, rate)
    if length == 0 and not problems:
        problems.append(Problem("$.timeline", "no clip says how long the film is", "give a still a duration"))
    if problems:
        raise DocumentError(problems)
    layers = (_shots(row, length, rate) for track, row in timed if track.kind == "video")
    sounds = tuple(
        sound for track, row in timed for entry in row if (sound := _sound(track, entry, end, lengths))
    )
    return Film(
        title=document.title,
        language=document.language,
        size=document.output.size,
        rate=rate,
        length=length,
        background=document.timeline.background,
        layers=tuple(shots for shots in layers if shots),
        sounds=sounds,
        soundtrack=document.soundtrack,
        scenes=tuple(
            Scene(m.name, Span(to_units(m.start, rate), min(length, to_units(m.start + m.duration, rate))))
            for m in document.timeline.markers
            if to_units(m.start, rate) <= min(length, to_units(m.start + m.duration, rate))
        ),
        output=document.output,
        fonts=tuple((font.family, font.src) for font in document.fonts),
        tags=tuple(sorted(document.tags.items())),
    )


def _natural(clip: Clip, lengths: Mapping[str, Length]) -> Fraction | None:
    """How long a clip lasts when it does not say: its source's rest, its captions, or (None) the film."""
    if isinstance(clip.asset, Captions):
        ends = [word.end for cue in clip.asset.cues for word in cue.words]
        return max(ends) + Fraction(1, 2) if ends else None
    if isinstance(clip.asset, Video | Audio) and not clip.loop:
        seconds = lengths[clip.asset.src].seconds
        return None if seconds is None else (seconds - clip.trim) / clip.speed
    return None


def _shots(row: list[tuple[str, Clip, Fraction | None]], length: int, rate: Fraction) -> tuple[Shot, ...]:
    row = sorted((entry for entry in row if not isinstance(entry[1].asset, Audio)), key=lambda e: e[1].start)
    placed = [
        (place, clip, span)
        for place, clip, duration in row
        if len(span := _span(clip.start, duration, length, rate))
    ]
    shots: list[Shot] = []
    for i, (place, clip, span) in enumerate(placed):
        entrance = span.start + _frames(clip.transition.in_, rate)
        crossing = bool(i and placed[i - 1][2].end > span.start and clip.transition.in_)
        if crossing:
            entrance = min(entrance, placed[i - 1][2].end)
        enter = Span(span.start, min(span.end, entrance))
        shared = 0
        if i + 1 < len(placed) and placed[i + 1][1].transition.in_:
            shared = max(0, span.end - placed[i + 1][2].start)
        own = 0 if shared else _frames(clip.transition.out, rate)
        leave = Span(max(span.start, span.end - max(shared, own)), span.end)
        shots.append(Shot(clip, place, span, enter, leave, crossing, yields=shared > 0))
    return tuple(shots)


def _span(start: Fraction, duration: Fraction | None, length: int, rate: Fraction) -> Span:
    first = min(length, to_units(start, rate))
    return Span(first, length if duration is None else min(length, to_units(start + duration, rate)))


def _frames(transition: Transition | None, rate: Fraction) -> int:
    return to_units(transition.duration, rate) if transition else 0


def _sound(
    track: Track, entry: tuple[str, Clip, Fraction | None], end: Fraction, lengths: Mapping[str, Length]
) -> Sound | None:
    place, clip, duration = entry
    if not isinstance(clip.asset, Video | Audio) or not lengths[clip.asset.src].sound:
        return None
    stop = end if duration is None else clip.start + duration
    span = Span(to_units(clip.start, SAMPLE_RATE), to_units(max(stop, clip.start), SAMPLE_RATE))
    return Sound(clip.asset.src, clip, place, span, to_units(clip.trim, SAMPLE_RATE), track.role)
