"""The crafts: speaking, painting and playing, each as one record of what `generate.make` must know of it.

A new kind of asset is a port, a contract, a codec, a fallback, and one more `Craft` here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from retake.generate import codecs, contracts, fallback
from retake.generate.ports import Artwork, ImageRequest, Music, MusicRequest, Speech, SpeechRequest

Request = TypeVar("Request")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Craft(Generic[Request, Value]):
    """One kind of making.

    `kind` names the entry points, `store_kind` decides how long the store keeps it; `perform` calls the
    adapter, `check` refuses rubbish, `stand_in` gives the fallback, `units` measures what providers charge
    by. Raise `schema` when the codec or the meaning of a request changes: older entries are then not found.
    """

    kind: str
    store_kind: str
    schema: int
    perform: Callable[[Any, Request], object]
    check: Callable[[Request, object], Value]
    codec: codecs.Codec[Value]
    stand_in: Callable[[Request], Value | None]
    units: Callable[[Request], float]
    unit: str


SPEAKING: Craft[SpeechRequest, Speech] = Craft(
    kind="speech",
    store_kind="audio",
    schema=1,
    perform=lambda maker, request: maker.speak(request),
    check=contracts.check_speech,
    codec=codecs.SPEECH,
    stand_in=fallback.silence,
    units=lambda request: len(request.text),
    unit="characters",
)

PAINTING: Craft[ImageRequest, Artwork] = Craft(
    kind="image",
    store_kind="image",
    schema=1,
    perform=lambda maker, request: maker.paint(request),
    check=contracts.check_artwork,
    codec=codecs.ARTWORK,
    stand_in=fallback.plain_picture,
    units=lambda request: request.size[0] * request.size[1],
    unit="pixels",
)

PLAYING: Craft[MusicRequest, Music] = Craft(
    kind="music",
    store_kind="audio",
    schema=1,
    perform=lambda maker, request: maker.play(request),
    check=contracts.check_music,
    codec=codecs.MUSIC,
    stand_in=fallback.silence,
    units=lambda request: request.duration,
    unit="seconds",
)
