"""The chosen mouths as they are drawn: runs of them, each passing into the next.

Enters: a library, what was wanted, and the entry chosen for each moment. Leaves: a canonical piece for each.
Around a joint the run that leaves goes on for a moment, as the presenter did, and passes into the one that
comes, which begins that much earlier. In the buffers the frame's own mouth passes into the chosen one.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from retake.generate.lipsync.library import MouthLibrary
from retake.generate.lipsync.morph import between
from retake.generate.lipsync.selection import Wanted

REACH = 1
"""Frames before and after a joint over which one run passes into the next."""


def drawn(
    library: MouthLibrary, wanted: Wanted, path: NDArray[np.int64]
) -> Iterator[NDArray[np.float32] | None]:
    """The piece for each moment, float32 (height, width, 3); None where the frame keeps its own mouth."""
    joints = joints_of(library, wanted, path)
    for t, (entry, own, weight) in enumerate(
        zip(path.tolist(), wanted.own.tolist(), wanted.weights.tolist(), strict=True)
    ):
        before = max((joint for joint in joints if joint <= t < joint + REACH), default=None)
        after = min((joint for joint in joints if joint - REACH <= t < joint), default=None)
        if entry == own and before is None and after is None:
            yield None
            continue
        piece = _piece(library, entry)
        if before is not None:
            leaving = _continued(library, int(path[before - 1]), t - before + 1)
            piece = between(_piece(library, leaving), piece, _share(t - before))
        if after is not None:
            coming = _continued(library, int(path[after]), t - after)
            piece = between(piece, _piece(library, coming), _share(t - after))
        yield piece if weight == 1 or own < 0 else between(_piece(library, own), piece, weight)


def joints_of(library: MouthLibrary, wanted: Wanted, path: NDArray[np.int64]) -> list[int]:
    """The moments whose mouth is not the one that follows the last, nor both the frames' own."""
    frames = library.frames[path]
    joined = (np.diff(path) == 1) & (np.diff(frames) == 1) | (
        (path == wanted.own)[1:] & (path == wanted.own)[:-1]
    )
    return (np.flatnonzero(~joined) + 1).tolist()


def _share(offset: int) -> float:
    """How far the passage has come, `offset` whole frames after its joint."""
    return (offset + REACH + 1) / (2 * REACH + 1)


def _continued(library: MouthLibrary, entry: int, count: int) -> int:
    """The entry `count` frames after one, or before it; the last that is there where there are fewer."""
    step = 1 if count > 0 else -1
    for _ in range(abs(count)):
        there = entry + step
        if not 0 <= there < len(library) or library.frames[there] != library.frames[entry] + step:
            break
        entry = there
    return entry


def _piece(library: MouthLibrary, entry: int) -> NDArray[np.float32]:
    return library.piece(entry).astype(np.float32)
