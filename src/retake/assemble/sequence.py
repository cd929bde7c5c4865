"""Edits of a take, and the frames that they make of it, one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, combinations, pairwise

from retake.errors import InputError
from retake.media.picture import Picture
from retake.media.take import Take, VideoTrack

Draw = Callable[[int, Picture], None]
"""Changes a frame in place, in the take's own samples, given its number."""


@dataclass(frozen=True)
class Edit:
    """Frames [start, stop) of a take, changed.

    `draw(n, picture)` is called for each of them in order; n is the frame's number in the take. With
    `retime`, the span shows other frames instead: for each new frame the number of the take's frame in the
    span that is shown, which never goes back, and for how many ticks; what follows moves by the difference.
    `draw` is then given `start + k` for the k-th new frame. Other edits of the same frames still see the
    take's numbers.
    """

    start: int
    stop: int
    draw: Draw
    retime: tuple[tuple[int, int], ...] | None = None


@dataclass(frozen=True, slots=True)
class Shot:
    """A frame of the new film: which of the take's frames it shows (counted with the lead), for how many
    ticks, and what is drawn on it."""

    shown: int
    duration: int
    draws: tuple[tuple[Draw, int], ...] = ()


def check_edits(take: Take, edits: Sequence[Edit]) -> None:
    """Raises `InputError` for edits outside the take, re-timings that are impossible, or two of one frame."""
    for edit in edits:
        place = f"{take.path}, frames {edit.start} to {edit.stop}"
        if not 0 <= edit.start < edit.stop <= take.length:
            remedy = f"give a span within frames 0 to {take.length}"
            raise InputError("an edit lies outside the take", place=place, remedy=remedy)
        if edit.retime is None:
            continue
        shown = [n for n, _ in edit.retime]
        if (
            not shown
            or min(shown) < edit.start
            or max(shown) >= edit.stop
            or any(a > b for a, b in pairwise(shown))
            or any(duration < 1 for _, duration in edit.retime)
        ):
            remedy = "show frames of the span itself, in order, each for a tick or more"
            raise InputError("an edit cannot be re-timed like this", place=place, remedy=remedy)
    for one, other in combinations((edit for edit in edits if edit.retime), 2):
        if one.start < other.stop and other.start < one.stop:
            remedy = "make one edit of them"
            place = f"{take.path}, frame {max(one.start, other.start)}"
            raise InputError("two edits re-time the same frames", place=place, remedy=remedy)


def sequence(track: VideoTrack, edits: Sequence[Edit], first: int, last: int) -> list[Shot]:
    """What the film shows in place of `track.order[first:last]`."""
    shots: list[Shot] = []
    ends = [*track.order[1:], track.end]
    moved = {edit.start + track.lead: edit for edit in edits if edit.retime}
    at = first
    while at < last:
        edit = moved.get(at)
        if edit and edit.retime:
            for k, (n, duration) in enumerate(edit.retime):
                shots.append(Shot(n + track.lead, duration, _draws(edits, n, edit, k)))
            at = edit.stop + track.lead
        else:
            shots.append(Shot(at, ends[at] - track.order[at], _draws(edits, at - track.lead)))
            at += 1
    return shots


def shown_at(shots: Sequence[Shot]) -> Iterator[int]:
    """The tick of each shot, the first at 0."""
    return accumulate((shot.duration for shot in shots[:-1]), initial=0)


def _draws(
    edits: Sequence[Edit], n: int, retimed: Edit | None = None, k: int = 0
) -> tuple[tuple[Draw, int], ...]:
    return tuple(
        (edit.draw, edit.start + k if edit is retimed else n)
        for edit in edits
        if edit is retimed or edit.start <= n < edit.stop
    )
