"""The contract of a layer, and what all layers share.

`draw(canvas, n)` draws the shot as it is at frame `n` of the film, in place. `shows(span)` describes, as
plain JSON values, everything that decides what the shot shows on those frames, counted from the span's
start: equal descriptions mean equal pixels, and that is how a span is known to be the same as a master's.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Protocol

from pydantic import JsonValue

from retake.media.picture import Picture
from retake.render.resources import Resources
from retake.timeline.assets import Image, Layers, Video
from retake.timeline.film import Shot
from retake.timeline.time import Span


class Layer(Protocol):
    """Draws one shot."""

    def draw(self, canvas: Picture, n: int) -> None: ...

    def shows(self, span: Span) -> JsonValue: ...


def seconds_at(shot: Shot, n: int, rate: Fraction) -> Fraction:
    """Seconds since the shot's first frame."""
    return (n - shot.span.start) / rate


def even(length: float) -> int:
    """The nearest even number of pixels, at least 2."""
    return max(2, round(length / 2) * 2)


_UNSEEN = {"id", "start", "duration", "condition", "volume", "fade_in", "fade_out"}


def described(shot: Shot, span: Span, resources: Resources) -> JsonValue:
    """The clip itself, its files by their content, and where it stands relative to the span."""
    clip = shot.clip
    files = [src for src in sources_of(shot) if src]
    return {
        "clip": clip.model_dump(mode="json", by_alias=True, exclude=_UNSEEN),
        "files": [resources.hashes[src] for src in files],
        "at": [shot.span.start - span.start, len(shot.span)],
        "enter": [len(shot.enter), len(shot.leave), shot.crossing, shot.yields],
    }


def sources_of(shot: Shot) -> list[str]:
    asset = shot.clip.asset
    found = [shot.clip.mask.src] if shot.clip.mask and shot.clip.mask.src else []
    if isinstance(asset, Image | Video):
        found.append(asset.src)
    if isinstance(asset, Layers):
        found += [plane.src for plane in asset.planes]
    return found
