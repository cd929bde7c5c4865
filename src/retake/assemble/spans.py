"""The spans of a film and the plan for them: which a master holds already, which must be encoded.

A span begins where a shot of the lowest track begins, so that an edited scene touches its own span and, for
its transition, the next. Long shots are cut into equal spans, which bounds memory and keeps every core busy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from retake.assemble.receipt import Master, Record
from retake.timeline.film import Film
from retake.timeline.time import Span

LONGEST = 8
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Part:
    """A span, what it shows, and the master's record of the same pictures, if it has one."""

    span: Span
    identity: str
    copied: Record | None = None


def cut(film: Film) -> tuple[Span, ...]:
    """The film's spans, in order, covering it without gaps."""
    starts = {0, film.length}
    if film.layers:
        starts |= {shot.span.start for shot in film.layers[0] if shot.span.start < film.length}
    edges = sorted(starts)
    shortest = ceil(film.rate / 2)
    kept = [edges[0]]
    for edge in edges[1:-1]:
        if edge - kept[-1] >= shortest and film.length - edge >= shortest:
            kept.append(edge)
    kept.append(edges[-1])
    longest = ceil(film.rate * LONGEST)
    spans: list[Span] = []
    for start, end in pairwise(kept):
        count = ceil((end - start) / longest)
        steps = [start + (end - start) * i // count for i in range(count + 1)]
        spans += [Span(a, b) for a, b in pairwise(steps)]
    return tuple(spans)


def plan(spans: Sequence[Span], identity: Callable[[Span], str], master: Master | None) -> tuple[Part, ...]:
    """Each span with its identity, and with the master's record where it shows the very same pictures."""
    held = {record.identity: record for record in (master.records if master else ())}
    names = [identity(span) for span in spans]
    return tuple(Part(span, name, held.get(name)) for span, name in zip(spans, names, strict=True))
