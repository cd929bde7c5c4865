"""The lip sync that needs no key and no weights: the presenter's own mouths, or one of them moved.

Enters: a `LipSyncRequest`. Leaves: patches on lower faces. New words are put together from the mouths seen in
the recording (`selection`): by their sounds where it holds enough speech, otherwise by their opening. Where
it shows one mouth only, its jaw is moved (`jaw`), which is less true the wider it opens. Frames whose mouth
already fits get no patch.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import gaussian_filter1d

from retake.errors import InputError
from retake.generate.lipsync.anchor import Anchor, Similarity
from retake.generate.lipsync.base import LipSyncRequest, Moment, PatchLipSync
from retake.generate.lipsync.canon import Canon
from retake.generate.lipsync.clip import pictures_at
from retake.generate.lipsync.faces import Rgb
from retake.generate.lipsync.jaw import WIDEST, Jaw
from retake.generate.lipsync.library import MouthLibrary, context
from retake.generate.lipsync.lips import find_mouth
from retake.generate.lipsync.measure import Ruler
from retake.generate.lipsync.morph import between
from retake.generate.lipsync.passage import drawn
from retake.generate.lipsync.paste import match_ring
from retake.generate.lipsync.selection import Wanted, select, shortfall, still_mouth
from retake.generate.lipsync.views import luma
from retake.generate.lipsync.visemes import MouthTrack, track, track_of_sound
from retake.media.patch import Patch
from retake.media.take import TakeReader

_STILLS = 24  # pieces among which the one to be moved is chosen
_AJAR = 0.12  # its opening, of the mouth's width
_LOOKS = 40  # moments in which the face is looked for


Method = Literal["selection", "opening", "warp"]


@dataclass(frozen=True, slots=True)
class Choice:
    """How a span is made, and why: by `selection` among the presenter's mouths, among them by their `opening`
    alone, or by a `warp` of one of them."""

    method: Method
    reason: str


class MouthLipSync(PatchLipSync):
    """The default. The same request gives the same patches."""

    name = "mouth"
    version = "1"

    def choose(self, request: LipSyncRequest) -> Choice:
        """Which of the three ways the request will be made in. Raises `InputError`."""
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
    hidden = sum(moment.source not in library.index for moment in moments)
    if hidden:
        return Choice(
            "warp", f"the face was not seen in {hidden} frames when the recording was analysed"
        ), None
    times = _middles(moments, reader)
    end = len(request.speech) / request.rate
    wanted = Wanted(
        context(request.phonemes, end, times, library.rate) if request.phonemes else None,
        _asked(request, times).open,
        np.array([moment.weight for moment in moments]),
        np.array([library.index[moment.source] for moment in moments], np.int64),
    )
    reason = shortfall(library, wanted)
    if reason is None:
        return Choice(
            "selection", f"the recording has {library.seconds_spoken:.0f} s of speech to choose from"
        ), wanted
    still = still_mouth(library)
    if still is None:
        return Choice("opening", reason), replace(wanted, contexts=None)
    return Choice("warp", f"{reason}, and {still}"), None


def _asked(request: LipSyncRequest, times: NDArray[np.float64]) -> MouthTrack:
    """What the mouth should do at some times: by the phonemes, or by loudness where they are not known."""
    if not request.phonemes:
        return track_of_sound(request.speech, request.rate, times)
    return track(request.phonemes, len(request.speech) / request.rate, times)


def _middles(moments: Sequence[Moment], reader: TakeReader) -> NDArray[np.float64]:
    """The middle of the time that each moment is on the screen, in seconds: what its mouth should do."""
    return np.array([moment.seconds + reader.take.video.half for moment in moments])


def _selected(
    reader: TakeReader, moments: Sequence[Moment], library: MouthLibrary, wanted: Wanted
) -> Iterator[Patch]:
    look, mask = reader.take.video.look, library.canon.mask()
    mouths = drawn(library, wanted, select(library, wanted))
    pictures = pictures_at(reader, [moment.source for moment in moments])
    for moment, picture, own, piece in zip(moments, pictures, wanted.own.tolist(), mouths, strict=True):
        if piece is None:
            continue
        patch = library.canon.lay(moment.frame, picture, look, library.places[own], piece, mask, 1.0)
        if patch is not None:
            yield patch


def _moved(reader: TakeReader, moments: Sequence[Moment], request: LipSyncRequest) -> Iterator[Patch]:
    """One mouth moved, on each frame's own face, whose chin goes as the mouth does."""
    look = reader.take.video.look
    sources = [moment.source for moment in moments]
    asked = _asked(request, _middles(moments, reader))
    still = _still(reader, request, moments)
    canon = still.canon
    jaw = Jaw(still.piece, find_mouth(still.piece, canon.box, place=str(request.video)))
    mask, lips = canon.mask(), canon.mouth_mask()
    for i, (moment, picture, place) in enumerate(
        zip(moments, pictures_at(reader, sources), still.places, strict=True)
    ):
        random = np.random.default_rng(moment.source)
        own = canon.cut(picture, look, place)
        # In the buffers the shape comes from the frame's own before the picture does.
        own_opening = float(still.openings[i]) / jaw.gap(1) * WIDEST
        opening = own_opening + moment.weight * (float(asked.open[i]) - own_opening)
        moved = jaw.render(opening, float(asked.width[i]), float(asked.press[i]), random)
        face = jaw.lowered(own, jaw.gap(opening) - float(still.openings[i]))
        mixed = face + (match_ring(own, moved, lips) - face) * lips[..., None]
        piece = between(own.astype(np.float32), np.asarray(mixed, np.float32), moment.weight)
        patch = canon.lay(moment.frame, picture, look, place, piece, mask, 1.0)
        if patch is not None:
            yield patch


@dataclass(frozen=True, eq=False, slots=True)
class _Still:
    """The piece whose jaw is moved; where the face is in each moment, and how far open it is, in pixels."""

    canon: Canon
    piece: Rgb
    places: Sequence[Similarity]
    openings: NDArray[np.float64]


def _still(reader: TakeReader, request: LipSyncRequest, moments: Sequence[Moment]) -> _Still:
    library, place = request.library, str(request.video)
    sources = [moment.source for moment in moments]
    if library is not None and all(source in library.index for source in sources):
        own = [library.index[source] for source in sources]
        step = max(len(library) // _STILLS, 1)
        pieces = [library.piece(i) for i in range(0, len(library), step)]
        places = [library.places[i] for i in own]
        fittest = _fittest(pieces, library.canon, place)
        return _Still(library.canon, fittest, places, _steady(library.openings[own]))
    look = reader.take.video.look
    boxes = request.faces(reader, moments[:_LOOKS])
    anchor: Anchor | None = None
    canon = Canon.of(boxes[0])
    places, pieces = list[Similarity](), list[Rgb]()
    for picture in pictures_at(reader, sources):
        gray = luma(picture, look)
        if anchor is None:
            anchor = Anchor(gray, boxes[0], place=place)
        places.append(anchor.locate(gray))
        pieces.append(canon.cut(picture, look, places[-1]))
    some = pieces[:: max(len(pieces) // _STILLS, 1)]
    fittest = _fittest(some, canon, place)
    ruler = Ruler.of(find_mouth(fittest, canon.box, place=place), some)
    return _Still(canon, fittest, places, _steady([ruler.opening(piece) for piece in pieces]))


def _steady(openings: ArrayLike) -> NDArray[np.float64]:
    """Openings without the noise of their measuring, which a chin would show."""
    return np.asarray(gaussian_filter1d(np.asarray(openings, np.float64), 1.0))


def _fittest(pieces: Sequence[Rgb], canon: Canon, place: str) -> Rgb:
    """The piece whose mouth is a little open: it shows teeth of its own, and is stretched least."""

    def misfit(piece: Rgb) -> float:
        try:
            shape = find_mouth(piece, canon.box, place=place)
        except InputError:
            return math.inf
        return abs(float(np.max(shape.lower - shape.upper)) / shape.width - _AJAR)

    return min(pieces, key=misfit)
