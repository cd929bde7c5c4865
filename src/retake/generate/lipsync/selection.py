"""Unit selection: which of the presenter's own mouths to show in each frame, so that they say other words.

Enters: a library and what the mouth should do at each moment. Leaves: one entry of the library for each
moment, or the reason why the library cannot say these words. The best sequence is found by dynamic
programming (Viterbi) over two costs: how far a mouth's sounds, its opening and what lies around it are from
those wanted; and how far a mouth is from the one that really followed the last. Where the sounds of the
recording or of the new words are not known, the opening alone decides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retake.generate.lipsync.library import MouthLibrary

LEAST_SPEECH = 5.0
"""Seconds of speech below which a library has too few mouths."""
LEAST_SEEN = 2.0
"""Seconds of a face below which its mouths are too few to choose from by their opening."""
LEAST_RANGE = 0.05
"""Of the mouth's width, by which its opening must vary, so that there is something to choose."""
POOREST = 0.55
"""The cost of the best mouth, at the 90th percentile of moments, above which some sounds are not in it."""
_WIDE = 0.65  # what speech asks of a mouth as wide open as it ever is in it
_NEAREST = 140  # mouths considered for each moment
_JOIN = 12.0
_CUT = 0.1  # what a joint costs, however alike its mouths are
_OPENING = 3.0
_AROUND = 5.0
_OWN = 8.0  # what leaving the frame's own mouth costs where the buffer fades out
_STAY = 0.02  # what is gained by a frame that may stay as it is
_REACH = 1.5  # frames around a joint over which one run passes into the next


@dataclass(frozen=True, eq=False, slots=True)
class Wanted:
    """What is wanted of each moment: `contexts` (count, 15) as in the library, None where the opening alone
    decides; `open` and `weights` 0 to 1, and `own`, the library's entry of the frame itself (-1 where it has
    none)."""

    contexts: NDArray[np.float32] | None
    open: NDArray[np.float64]
    weights: NDArray[np.float64]
    own: NDArray[np.int64]


def shortfall(library: MouthLibrary, wanted: Wanted) -> str | None:
    """Why the library cannot say this; None where it can."""
    if wanted.contexts is None:
        return "the phonemes of the new words are not known"
    if library.seconds_spoken < LEAST_SPEECH:
        return f"the recording has {library.seconds_spoken:.1f} s of speech, less than {LEAST_SPEECH:.0f} s"
    best = _target_costs(library, wanted).min(1)[wanted.weights == 1]
    poor = float(np.percentile(best, 90)) if len(best) else 0.0
    if poor > POOREST:
        return f"some sounds have no mouth in the recording that is near enough ({poor:.2f}, over {POOREST})"
    return None


def still_mouth(library: MouthLibrary) -> str | None:
    """Why mouths cannot be chosen by their opening; None where they can."""
    seen = len(library) / library.rate
    if seen < LEAST_SEEN:
        return f"the face is seen for {seen:.1f} s, less than {LEAST_SEEN:.0f} s"
    low, high = library.extent
    if high - low < LEAST_RANGE * library.ruler.mouth_width:
        return "the mouth hardly moves in the recording"
    return None


def select(library: MouthLibrary, wanted: Wanted) -> NDArray[np.int64]:
    """The library's entry for each moment."""
    costs = _target_costs(library, wanted)
    thumbs, frames = library.thumbs, library.frames
    follows = np.append(frames[1:] == frames[:-1] + 1, False)
    for t, (own, weight) in enumerate(zip(wanted.own.tolist(), wanted.weights.tolist(), strict=True)):
        if own >= 0:
            around = library.surroundings
            costs[t] += _AROUND * _apart(around, around[own : own + 1])[:, 0]
            costs[t] *= weight
            costs[t] += (1 - weight) * _OWN * _apart(thumbs, thumbs[own : own + 1])[:, 0]
            costs[t, own] -= _STAY
    candidates = _candidates(costs, follows, wanted.own)
    total = costs[0, candidates[0]]
    if wanted.own[0] >= 0 and wanted.weights[0] < 1:  # the frame before it keeps its own mouth
        total = total + _JOIN * _apart(thumbs[candidates[0]], thumbs[wanted.own[:1]])[:, 0]
    back: list[NDArray[np.int64]] = []
    for t in range(1, len(costs)):
        before, here = candidates[t - 1], candidates[t]
        # A mouth is compared with the one that really came after the last; with none after, with the last.
        after = np.where(follows[before], before + 1, before)
        step = total[:, None] + _JOIN * _apart(thumbs[after], thumbs[here]) + _CUT * (after[:, None] != here)
        back.append(step.argmin(0))
        total = step.min(0) + costs[t, here]
    if wanted.own[-1] >= 0 and wanted.weights[-1] < 1:
        total = total + _JOIN * _apart(thumbs[candidates[-1]], thumbs[wanted.own[-1:]])[:, 0]
    at = int(total.argmin())
    path = [int(candidates[-1][at])]
    for t in range(len(back) - 1, -1, -1):
        at = int(back[t][at])
        path.append(int(candidates[t][at]))
    return np.array(path[::-1], np.int64)


def _target_costs(library: MouthLibrary, wanted: Wanted) -> NDArray[np.float64]:
    """(moments, entries): the distance in sounds, and between the opening wanted and the one seen."""
    low, high = library.extent
    seen = np.clip((library.openings - low) / max(high - low, 1e-6), 0, 1.2)
    if wanted.contexts is None:
        return _OPENING * (np.clip(wanted.open / _WIDE, 0, 1)[:, None] - seen) ** 2
    a, b = wanted.contexts.astype(np.float64), library.contexts.astype(np.float64)
    sounds = np.maximum((a**2).sum(1)[:, None] + (b**2).sum(1) - 2 * a @ b.T, 0)
    asked = library.contexts[:, 6].astype(np.float64)  # the middle tap's opening
    slope, offset = np.polyfit(asked, seen, 1) if asked.std() > 1e-6 else (1.0, 0.0)
    expected = np.clip(offset + slope * wanted.open, 0, 1)
    return sounds + _OPENING * (expected[:, None] - seen) ** 2


def _candidates(
    costs: NDArray[np.float64], follows: NDArray[np.bool_], own: NDArray[np.int64]
) -> list[NDArray[np.int64]]:
    """The cheapest entries for each moment, what follows the cheapest of the moment before, and its own."""
    count = min(_NEAREST, costs.shape[1])
    nearest = np.argpartition(costs, count - 1, axis=1)[:, :count]
    found = [np.union1d(nearest[0], own[:1][own[:1] >= 0])]
    for t in range(1, len(costs)):
        after = nearest[t - 1]
        parts = [nearest[t], after[follows[after]] + 1, own[t : t + 1][own[t : t + 1] >= 0]]
        found.append(np.unique(np.concatenate(parts)))
    return found


def _apart(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float64]:
    """The root of the mean squared difference between all pairs of thumbs."""
    squares = (a**2).sum(1)[:, None] + (b**2).sum(1) - 2 * a @ b.T
    return np.sqrt(np.maximum(squares, 0) / a.shape[1]).astype(np.float64)
