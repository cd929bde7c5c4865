"""Frames of a take encoded anew: decoded once, drawn on, and given to an encoder."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import groupby
from threading import Lock

from retake.assemble.sequence import Shot, shown_at
from retake.media.native import Encoded, NativeEncoder
from retake.media.take import Take, TakeReader
from retake.media.take.frames import Samples
from retake.progress import Progress, Step


class Count:
    """Frames encoded, told to whoever watches; spans in several threads share one."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0
        self._lock = Lock()

    def tell(self) -> None:
        with self._lock:
            self._done += 1
            self._progress(Step("encode", self._done, self._total, frames=True))


def encode_shots(
    take: Take,
    shots: Sequence[Shot],
    encoder: NativeEncoder,
    refresh: Collection[int],
    before: Sequence[int],
    count: Count,
) -> tuple[Encoded, tuple[Samples, ...]]:
    """The shots encoded, at ticks from 0, and the frames of the ticks `before` as the take has them.

    The first show of a frame in `refresh` (counted with the lead) becomes a refresh point.
    """
    order = take.video.order
    shown = sorted({shot.shown for shot in shots})
    frames = TakeReader(take).samples([*before, *(order[n] for n in shown)])
    head = tuple(next(frames) for _ in before)
    ticks = shown_at(shots)
    for n, group in groupby(shots, lambda shot: shot.shown):
        samples, first = next(frames), True
        for shot in group:
            for plane, source in zip(encoder.canvas.planes, samples, strict=True):
                plane[:] = source
            for draw, number in shot.draws:
                draw(number, encoder.canvas)
            encoder.push(next(ticks), refresh=first and n in refresh)
            count.tell()
            first = False
    return encoder.finish(), head
