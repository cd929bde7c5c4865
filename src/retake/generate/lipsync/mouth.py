"""The lip sync that needs no key and no weights: the presenter's own mouths, or one of them moved.

Enters: a `LipSyncRequest`. Leaves: patches on lower faces. Where the recording holds enough speech, new words
are put together from the mouths seen in it (`selection`); otherwise the jaw of one of them is moved
(`jaw`), which is less true the wider it opens. Frames whose mouth already fits get no patch.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from retake.errors import InputError
from retake.generate.lipsync.anchor import Anchor, Similarity
from retake.generate.lipsync.base import LipSyncRequest, Moment, PatchLipSync
from retake.generate.lipsync.canon import Canon
from retake.generate.lipsync.clip import pictures_at
from retake.generate.lipsync.faces import Rgb
from retake.generate.lipsync.jaw import Jaw
from retake.generate.lipsync.library import MouthLibrary, context
from retake.generate.lipsync.lips import find_mouth
from retake.generate.lipsync.selection import Wanted, select, shortfall
from retake.generate.lipsync.views import luma
from retake.generate.lipsync.visemes import track, track_of_sound
from retake.media.patch import Patch
from retake.media.take import TakeReader

_STILLS = 24  # pieces among which the one to be moved is chosen
_AJAR = 0.12  # its opening, of the mouth's width
_LOOKS = 40  # moments in which the face is looked for


@dataclass(frozen=True, slots=True)
class Choice:
    """How a span is made: `selection` or `warp`, and why."""

    method: str
    reason: str


class MouthLipSync(PatchLipSync):
    """The default. The same request gives the same patches."""

    name = "mouth"
    version = "1"

    def choose(self, request: LipSyncRequest) -> Choice:
        """Which of the two ways the request will be made in. Raises `InputError`."""
        with request.open() as reader:
            return _choose(request, request.moments(reader.take), reader)[0]

    def patches(self, request: LipSyncRequest) -> Iterator[Patch]:
        """The mended mouths of the span and its buffers. Raises `InputError` for a face of no use."""
        with request.open() as reader:
            moments = request.moments(reader.take)
            _, wanted = _choose(request, moments, reader)
            if wanted is not None and request.library is not None:
                yield from _selected(reader, moments, request.library, wanted)
            else:
                yield from _moved(reader, moments, request)


def _choose(
    request: LipSyncRequest, moments: Sequence[Moment], reader: TakeReader
) -> tuple[Choice, Wanted | None]:
    library = request.library
    if library is None:
        return Choice("warp", "the recording's own mouths were not analysed"), None
    if not request.phonemes:
        return Choice("warp", "the phonemes of the new words are not known"), None
    hidden = sum(moment.source not in library.index for moment in moments)
    if hidden:
        return Choice(
            "warp", f"the face was not seen in {hidden} frames when the recording was analysed"
        ), None
    times = np.array([moment.seconds for moment in moments])
    end = len(request.speech) / request.rate
    wanted = Wanted(
        context(request.phonemes, end, times, library.rate),
        track(request.phonemes, end, times).open,
        np.array([moment.weight for moment in moments]),
        np.array([library.index[moment.source] for moment in moments], np.int64),
    )
    reason = shortfall(library, wanted)
    if reason is not None:
        return Choice("warp", reason), None
    return Choice(
        "selection", f"the recording has {library.seconds_spoken:.0f} s of speech to choose from"
    ), wanted


def _selected(
    reader: TakeReader, moments: Sequence[Moment], library: MouthLibrary, wanted: Wanted
) -> Iterator[Patch]:
    look, mask = reader.take.video.look, library.canon.mask()
    path = select(library, wanted)
    pictures = pictures_at(reader, [moment.source for moment in moments])
    for moment, picture, entry, own in zip(
        moments, pictures, path.tolist(), wanted.own.tolist(), strict=True
    ):
        if entry == own:
            continue
        piece = library.piece(entry).astype(np.float32)
        place = library.places[own]
        patch = library.canon.lay(moment.frame, picture, look, place, piece, mask, moment.weight)
        if patch is not None:
            yield patch


def _moved(reader: TakeReader, moments: Sequence[Moment], request: LipSyncRequest) -> Iterator[Patch]:
    look = reader.take.video.look
    sources = [moment.source for moment in moments]
    times = [moment.seconds for moment in moments]
    end = len(request.speech) / request.rate
    shape = (
        track(request.phonemes, end, times)
        if request.phonemes
        else track_of_sound(request.speech, request.rate, times)
    )
    canon, places, still = _still(reader, request, moments)
    jaw = Jaw(still, find_mouth(still, canon.box, place=str(request.video)))
    mask = canon.mouth_mask()
    for i, (moment, picture, place) in enumerate(
        zip(moments, pictures_at(reader, sources), places, strict=True)
    ):
        random = np.random.default_rng(moment.source)
        piece = jaw.render(float(shape.open[i]), float(shape.width[i]), float(shape.press[i]), random)
        patch = canon.lay(moment.frame, picture, look, place, piece, mask, moment.weight)
        if patch is not None:
            yield patch


def _still(
    reader: TakeReader, request: LipSyncRequest, moments: Sequence[Moment]
) -> tuple[Canon, list[Similarity], Rgb]:
    """Where the lower face is in each moment, and the piece whose jaw is moved."""
    library, place = request.library, str(request.video)
    sources = [moment.source for moment in moments]
    if library is not None and all(source in library.index for source in sources):
        places = [library.places[library.index[source]] for source in sources]
        step = max(len(library) // _STILLS, 1)
        pieces = [library.piece(i) for i in range(0, len(library), step)]
        return library.canon, places, _fittest(pieces, library.canon, place)
    look = reader.take.video.look
    boxes = request.faces(reader, moments[:_LOOKS])
    anchor: Anchor | None = None
    canon = Canon.of(boxes[0])
    places, pieces = list[Similarity](), list[Rgb]()
    step = max(len(moments) // _STILLS, 1)
    for i, picture in enumerate(pictures_at(reader, sources)):
        gray = luma(picture, look)
        if anchor is None:
            anchor = Anchor(gray, boxes[0], place=place)
        places.append(anchor.locate(gray))
        if i % step == 0:
            pieces.append(canon.cut(picture, look, places[-1]))
    return canon, places, _fittest(pieces, canon, place)


def _fittest(pieces: Sequence[Rgb], canon: Canon, place: str) -> Rgb:
    """The piece whose mouth is a little open: it shows teeth of its own, and is stretched least."""

    def misfit(piece: Rgb) -> float:
        try:
            shape = find_mouth(piece, canon.box, place=place)
        except InputError:
            return math.inf
        return abs(float(np.max(shape.lower - shape.upper)) / shape.width - _AJAR)

    return min(pieces, key=misfit)
