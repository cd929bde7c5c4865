"""The guard: what was put into a take must decode as its encoder meant it, and leave its neighbours alone.

The new packets are decoded where they stand, in the take's parameter sets, from the refresh point before them
until beyond the first pictures after them. Three things must come out, sample by sample: before the joint the
take's own frames, in the span those that the encoder's own stream decodes to, after it the take's own again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice, zip_longest

import numpy as np

from retake.assemble.ranges import Range, head_of
from retake.errors import CheckFailed
from retake.media.native import Encoded
from retake.media.take import CodedPacket, Take
from retake.media.take.frames import Samples, samples_of

_BEYOND = 2
"""How many packets after a joint are decoded, besides those that reordering may hold back."""


def before(take: Take, part: Range) -> Sequence[int]:
    """The ticks of the last frames before a range that a joint could harm: none where it begins at a refresh
    point of the take."""
    track = take.video
    head = head_of(track, part.first)
    return track.order[max(head, part.first - track.depth - _BEYOND) : part.first]


def guard(
    take: Take, part: Range, head: Sequence[Samples], made: Encoded, packets: Sequence[CodedPacket]
) -> None:
    """`head` are the take's frames at the ticks `before`; `packets` what was made for the range, in the
    take's form. Raises `CheckFailed` at the first frame that differs."""
    track = take.video
    after = track.packets[part.last : part.last + track.depth + _BEYOND]
    start = head_of(track, part.first) if head else part.first
    kept = track.packets[start : part.first]
    result = samples_of(track, [*kept, *packets, *after])
    found = islice(result, len(kept) - len(head), None)
    meant = chain(
        head,
        samples_of(track, made.packets, made.extradata),
        samples_of(track, after) if after else (),
    )
    _compare(take, part, found, meant)


def _compare(take: Take, part: Range, found: Iterator[Samples], meant: Iterator[Samples]) -> None:
    for n, (one, other) in enumerate(zip_longest(found, meant)):
        if one is None or other is None or not all(map(np.array_equal, one, other)):
            raise CheckFailed(
                f"picture {n} at packets {part.first} to {part.last} does not decode as it was encoded",
                place=str(take.path),
                remedy="convert the recording to MP4 (H.264) with another program, and report this one",
            )
