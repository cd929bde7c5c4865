"""How well a mended mouth fits its words: figures for a verdict, and limits beyond which someone must look.

Enters: a request and the patches made for it, by whatever adapter. Leaves: `MouthMeasure`s. Nothing is
decoded: the recording's mouths are in its library, and the patches are laid on them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from retake.generate.lipsync.base import LipSyncRequest
from retake.generate.lipsync.measure import LipSyncReport, compared
from retake.generate.lipsync.visemes import track
from retake.media.patch import Patch

LEAST_CORRELATION = 0.4
"""Of the opening with what the phonemes ask for: a presenter's own words have about 0.9, other words 0.2."""
MOST_LAG = 2
"""Frames that a mouth may come before or after its words, against the rest of the recording."""
MOST_OPEN = 0.2
"""Of the mouth's range, where lips must meet."""
LEGIBLE = 0.5
"""The correlation of the presenter's own mouth below which an opening cannot be read in this recording."""
_FEWEST = 12  # frames that tell something about a correlation
_FEWEST_LAG = 24  # and about a lag


@dataclass(frozen=True, slots=True)
class MouthMeasure:
    """One figure, and in words what was found and what was expected."""

    name: str
    value: float
    measured: str
    expected: str
    passed: bool


def appraise(request: LipSyncRequest, patches: Iterable[Patch]) -> tuple[MouthMeasure, ...]:
    """The measures of a span, without its buffers; none where the recording's mouths or the phonemes are not
    known, where the mouth cannot be read in this recording, or the face is hidden."""
    library = request.library
    own = library.own if library is not None else None
    if library is None or not request.phonemes or (own is not None and own.correlation < LEGIBLE):
        return ()
    by_frame = {patch.frame: patch for patch in patches}
    with request.open() as reader:
        take = reader.take
    openings: list[float] = []
    times: list[float] = []
    for moment in request.moments(take):
        entry = library.index.get(moment.source)
        if entry is None:
            return ()
        if moment.weight < 1:
            continue
        patch, opening = by_frame.get(moment.frame), float(library.openings[entry])
        if patch is not None:
            piece = library.canon.seen(library.piece(entry), patch, library.places[entry])
            opening = library.ruler.opening(piece)
        openings.append(opening)
        times.append(moment.seconds + take.video.half)
    target = track(request.phonemes, len(request.speech) / request.rate, times)
    return _judged(compared(np.array(openings), target, library.extent), own)


def _judged(found: LipSyncReport, own: LipSyncReport | None) -> tuple[MouthMeasure, ...]:
    measures: list[MouthMeasure] = []
    if found.frames >= _FEWEST:
        value = round(found.correlation, 3)
        right = value >= LEAST_CORRELATION
        measures.append(
            MouthMeasure("mouth_correlation", value, f"{value:.2f}", f"at least {LEAST_CORRELATION:g}", right)
        )
    if found.frames >= _FEWEST_LAG and found.correlation_at_lag >= LEAST_CORRELATION:
        lag = found.lag - (own.lag if own is not None else 0)
        right = abs(lag) <= MOST_LAG
        measures.append(
            MouthMeasure("mouth_lag", lag, f"{lag:+d} frames", f"within {MOST_LAG} frames", right)
        )
    if found.closure is not None:
        value = round(found.closure, 3)
        right = value <= MOST_OPEN
        measures.append(
            MouthMeasure("mouth_closure", value, f"{value:.0%} open", f"at most {MOST_OPEN:.0%} open", right)
        )
    return tuple(measures)
