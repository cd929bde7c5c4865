"""A recording template from text: JSON or YAML in, a checked `RecordingTemplate` out, every problem at once.

What can only be known with the recording at hand (its length, its faces) is checked by `problems_within`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations

from pydantic import TypeAdapter

from retake.errors import DocumentError, Problem
from retake.recipes.recording.binding import fields_of
from retake.recipes.recording.template import RecordingTemplate, VisualSegment, VoiceSegment
from retake.timeline.reading import load, validated

_TEMPLATE = TypeAdapter(RecordingTemplate)
_Segment = VoiceSegment | VisualSegment


def read_template(text: str, *, name: str = "template") -> RecordingTemplate:
    """The template in `text`. Raises `DocumentError` with every problem and its place."""
    raw = load(text, name=name)
    if not isinstance(raw, dict):
        problem = Problem("$", "is not an object", 'start with {"id": ..., "base_video_path": ...}')
        raise DocumentError([problem], place=name)
    template: RecordingTemplate = validated(_TEMPLATE, raw, name=name)
    if problems := [*_problems(template)]:
        raise DocumentError(problems, place=name)
    return template


def _problems(template: RecordingTemplate) -> Iterator[Problem]:
    kinds: tuple[tuple[str, Sequence[_Segment]], ...] = (
        ("voice_segments", template.voice_segments),
        ("visual_segments", template.visual_segments),
    )
    if not any(segments for _, segments in kinds):
        yield Problem("$", "nothing differs in it", "add voice_segments or visual_segments")
    seen: dict[str, str] = {}
    for kind, segments in kinds:
        for i, segment in enumerate(segments):
            place = f"$.{kind}[{i}]"
            if segment.id in seen:
                yield Problem(
                    f"{place}.id", f"{segment.id!r} is the id of {seen[segment.id]} too", "rename it"
                )
            seen.setdefault(segment.id, place)
            yield from _time_problems(segment, place)
    yield from _overlaps(template.voice_segments)
    if template.voice_segments and not template.voice_id:
        yield Problem("$.voice_id", "is missing", "name the cloned voice; `retake clone-voice` makes one")
    for i, segment in enumerate(template.visual_segments):
        yield from _visual_problems(segment, f"$.visual_segments[{i}]")


def _time_problems(segment: _Segment, place: str) -> Iterator[Problem]:
    if segment.start_time < 0:
        yield Problem(f"{place}.start_time", "lies before the recording begins", "start at 0 or later")
    if segment.end_time <= segment.start_time:
        yield Problem(f"{place}.end_time", "does not lie after start_time", "give the time at which it ends")


def _overlaps(segments: Sequence[VoiceSegment]) -> Iterator[Problem]:
    for (i, first), (j, second) in combinations(enumerate(segments), 2):
        if first.start_time < second.end_time and second.start_time < first.end_time:
            message = f"overlaps $.voice_segments[{i}] ({first.id})"
            yield Problem(f"$.voice_segments[{j}]", message, "only one voice speaks at a time: part them")


def _visual_problems(segment: VisualSegment, place: str) -> Iterator[Problem]:
    if max(segment.x + segment.width, segment.y + segment.height) > 1 + 1e-6:
        yield Problem(place, "its box reaches out of the frame", "x + width and y + height are at most 1")
    if segment.segment_type == "image" and not segment.placeholder_key:
        yield Problem(f"{place}.placeholder_key", "is missing", "name the field that holds the picture")
    if segment.segment_type == "text" and not (segment.placeholder_key or fields_of(segment.text)):
        yield Problem(f"{place}.text", "shows no field", "name a placeholder_key, or write text with {field}")
    if segment.segment_type == "custom" and not segment.effect:
        yield Problem(f"{place}.effect", "is missing", "name the replacer that draws it")


def problems_within(template: RecordingTemplate, length: Fraction, frame: Fraction) -> tuple[Problem, ...]:
    """What is wrong with the template for a recording of `length` seconds whose frames last `frame` seconds.

    A visual segment may reach beyond the end: it then ends with the recording, with a warning.
    """
    found: list[Problem] = []
    for kind, segments in (("voice", template.voice_segments), ("visual", template.visual_segments)):
        for i, segment in enumerate(segments):
            place = f"$.{kind}_segments[{i}]"
            told = f"the recording lasts {float(length):.2f} s"
            if segment.start_time >= length:
                found.append(Problem(f"{place}.start_time", "lies after the recording ends", told))
            elif segment.end_time > length:
                warning = kind == "visual" or segment.end_time <= length + frame
                found.append(Problem(f"{place}.end_time", "lies after the recording ends", told, warning))
            if segment.end_time - segment.start_time < frame:
                found.append(Problem(place, "is shorter than a frame", "give it more time"))
    return tuple(found)
