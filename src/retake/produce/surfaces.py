"""The surfaces of a recording: followed once for a template, drawn on for every row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from retake.errors import InputError, MediaError, Problem
from retake.media.patch import to_rgb
from retake.media.still import read_still
from retake.media.take import Take, TakeReader, read_take
from retake.produce.templates import ShowingFacts
from retake.progress import Progress, Step
from retake.recipes.recording.template import RecordingTemplate, VisualSegment
from retake.recording.replace import clean_plate, plate_frames
from retake.recording.surface import track

Pixels = NDArray[np.uint8]
_STILLS = (".png", ".jpg", ".jpeg", ".webp")


@dataclass(frozen=True, slots=True)
class Surfaces:
    """What was found out about a template's visual segments."""

    facts: tuple[ShowingFacts, ...]
    warnings: tuple[Problem, ...]


def study_surfaces(
    template: RecordingTemplate, base: Path, master: Take, part: Path, progress: Progress
) -> Surfaces:
    """Follows every visual segment's surface through the master and lifts its clean plate; both are kept in
    `part`. Raises `InputError` naming the segment that cannot be followed."""
    facts: list[ShowingFacts] = []
    warnings: list[Problem] = []
    total = len(template.visual_segments)
    for i, segment in enumerate(template.visual_segments):
        progress(Step("surfaces", i, total, note=segment.id))
        start, stop = span_of(segment, master)
        place = f"$.visual_segments[{i}] ({segment.id})"
        reader = TakeReader(master)
        found = track(
            reader.rgb(start, stop),
            start,
            segment.box,
            motion=segment.motion,
            mattes=_mattes(segment, base, master, start, stop, place) if segment.matte else None,
            place=place,
        )
        text = segment.segment_type == "text"
        numbers = plate_frames(found)
        shown = (
            to_rgb(picture, master.video.look)
            for picture in reader.at([master.video.times[n] for n in numbers])
        )
        plate = clean_plate(shown, found, numbers=numbers, text=text, place=place)
        surface, plate_name = f"surface-{segment.id}.npz", f"plate-{segment.id}.npz"
        found.save(part / surface)
        plate.save(part / plate_name)
        facts.append(ShowingFacts(segment.id, start, stop, surface, plate_name, not found.static))
        warnings += found.problems
        if plate.unseen > 0:
            told = (
                f"{max(plate.unseen, 0.001):.1%} of the surface is never seen: it is filled in from around it"
            )
            warnings.append(Problem(place, told, "look at these frames before you send", warning=True))
    if total:
        progress(Step("surfaces", total, total))
    return Surfaces(tuple(facts), tuple(warnings))


def span_of(segment: VisualSegment, take: Take) -> tuple[int, int]:
    """The frames on which a visual segment is seen."""
    return frames_between(take, segment.start_time, segment.end_time)


def frames_between(take: Take, start: Fraction, end: Fraction) -> tuple[int, int]:
    """The frames that begin in [start, end) seconds, at least one."""
    first = take.frame_at(start)
    if take.seconds(first) < start and first + 1 < take.length:
        first += 1
    last = take.frame_at(end)
    if take.seconds(last) < end:
        last += 1
    return first, min(max(last, first + 1), take.length)


def _mattes(
    segment: VisualSegment, base: Path, master: Take, start: int, stop: int, place: str
) -> Iterator[Pixels]:
    """The user's matte for each frame, brought to the master's size: a picture for all of them, or a film."""
    path = (base / segment.matte).absolute()
    width, height = master.size

    def sized(pixels: Pixels) -> Pixels:
        grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
        return np.asarray(cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA), np.uint8)

    if path.suffix.lower() in _STILLS:
        matte = sized(read_still(path)[..., :3])
        for _ in range(start, stop):
            yield matte
        return
    film = read_take(path)
    if film.length < stop - start:
        raise InputError(
            f"the matte has {film.length} frames where the segment has {stop - start}",
            place=place,
            remedy="give a matte as long as the segment, or a picture",
        )
    try:
        for pixels in TakeReader(film).rgb(0, stop - start):
            yield sized(pixels)
    except MediaError as error:
        raise InputError(f"the matte cannot be read: {error.message}", place=place) from error
