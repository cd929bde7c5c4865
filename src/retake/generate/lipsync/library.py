"""The presenter's own mouths: every frame of the recording that shows the mouth, and what it does there.

Enters: a recording, the phonemes spoken in it, the face's boxes. Leaves: a `MouthLibrary`, made once for a
recording and kept in one file. From it new words are put together out of real mouths, as in Bregler, Covell
and Slaney, "Video Rewrite" (1997).
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from functools import cached_property
from pathlib import Path
from zipfile import BadZipFile

import cv2
import numpy as np
from numpy.typing import NDArray

from retake.errors import InputError
from retake.generate.lipsync.anchor import Anchor, Similarity
from retake.generate.lipsync.canon import Canon
from retake.generate.lipsync.faces import FaceBox, Rgb, find_faces
from retake.generate.lipsync.lips import find_mouth
from retake.generate.lipsync.measure import LipSyncReport, Ruler, compared
from retake.generate.lipsync.views import luma
from retake.generate.lipsync.visemes import LONGEST, REST, MouthTrack, track, visemes_of
from retake.generate.ports import Phoneme
from retake.media.take import TakeReader

FORMAT = 2
TAPS = ((-2, 0.35), (-1, 0.7), (0, 1.0), (1, 0.7), (2, 0.35))
"""The frames around one whose sounds matter for its mouth, and how much."""
_MIDDLE = TAPS.index((0, 1.0))
THUMB = (32, 20)
_QUALITY = 97  # JPEG, all of the colour: below what the recording's own compression did
_SAMPLES = 60  # pieces that the ruler is made from
_LOOKS = 40  # frames in which the face is looked for


@dataclass(frozen=True, eq=False)
class MouthLibrary:
    """What was found in a recording. Arrays run over its frames in order.

    `frames` are their numbers; `places` (count, 2, 3) where the reference's points lie in each; `pieces` the
    canonical pieces as JPEG; `contexts` (count, 15) what the mouth does there and around it; `openings` in
    pixels; `thumbs` (count, 640) small grey mouths, 0 to 1, and `surroundings` (count, any) what lies
    around them; `spoken` whether somebody speaks; `rate` in
    frames a second.
    """

    canon: Canon
    ruler: Ruler
    rate: float
    frames: NDArray[np.int64]
    places: NDArray[np.float64]
    pieces: tuple[bytes, ...]
    contexts: NDArray[np.float32]
    openings: NDArray[np.float32]
    thumbs: NDArray[np.float32]
    surroundings: NDArray[np.float32]
    spoken: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.frames)

    @cached_property
    def index(self) -> dict[int, int]:
        """From the number of a frame to its place in the arrays."""
        return {int(frame): i for i, frame in enumerate(self.frames)}

    @property
    def seconds_spoken(self) -> float:
        return float(self.spoken.sum()) / self.rate

    @property
    def extent(self) -> tuple[float, float]:
        """From where to where the mouth opens, in pixels, but for rare frames."""
        low, high = np.percentile(self.openings, [2, 98])
        return float(low), float(high)

    @cached_property
    def own(self) -> LipSyncReport | None:
        """How well the recording's own mouth fits its own words, as it is measured; None where no words of it
        are known."""
        if not self.spoken.any():
            return None
        asked = MouthTrack.of_features(self.contexts[:, 3 * _MIDDLE : 3 * _MIDDLE + 3].astype(np.float64))
        return compared(self.openings.astype(np.float64), asked, self.extent)

    def piece(self, i: int) -> Rgb:
        """The canonical piece of entry i."""
        return _decoded(self.pieces[i])

    def save(self, path: Path) -> None:
        """Writes one .npz file, whole or not at all. Raises `OSError`."""
        whole = io.BytesIO()
        lengths = np.array([len(piece) for piece in self.pieces], np.int64)
        np.savez(
            whole,
            format=np.array(FORMAT),
            canon=np.array([self.canon.x, self.canon.y, self.canon.width, self.canon.height], np.int64),
            box=np.array(astuple(self.canon.box)),
            ruler=np.array(astuple(self.ruler), np.float64),
            rate=np.array(self.rate),
            frames=self.frames,
            places=self.places,
            pieces=np.frombuffer(b"".join(self.pieces), np.uint8),
            lengths=lengths,
            contexts=self.contexts,
            openings=self.openings,
            thumbs=np.rint(self.thumbs * 255).astype(np.uint8),
            surroundings=np.rint(self.surroundings * 255).astype(np.uint8),
            spoken=self.spoken,
        )
        part = path.with_name(path.name + ".part")
        try:
            part.write_bytes(whole.getvalue())
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise

    @classmethod
    def load(cls, path: Path) -> MouthLibrary:
        """The library in a file. Raises `InputError` for a file that is none."""
        try:
            with np.load(path, allow_pickle=False) as data:
                if int(data["format"]) != FORMAT:
                    raise ValueError(f"format {int(data['format'])}, not {FORMAT}")
                x, y, width, height = (int(value) for value in data["canon"])
                left, right, top, bottom, light, limit = (float(value) for value in data["ruler"])
                ends = np.cumsum(data["lengths"])
                blob = data["pieces"].tobytes()
                return cls(
                    Canon(x, y, width, height, FaceBox(*(float(value) for value in data["box"]))),
                    Ruler(int(left), int(right), int(top), int(bottom), light, limit),
                    float(data["rate"]),
                    data["frames"],
                    data["places"],
                    tuple(
                        blob[e - n : e] for e, n in zip(ends.tolist(), data["lengths"].tolist(), strict=True)
                    ),
                    data["contexts"],
                    data["openings"],
                    data["thumbs"].astype(np.float32) / np.float32(255),
                    data["surroundings"].astype(np.float32) / np.float32(255),
                    data["spoken"],
                )
        except (OSError, EOFError, ValueError, KeyError, BadZipFile) as error:
            raise InputError(
                f"this is no library of mouths: {error}",
                place=str(path),
                remedy="analyse the recording again (retake create-template)",
            ) from error


def build_library(
    video: Path,
    phonemes: Sequence[Phoneme],
    *,
    spans: Sequence[tuple[int, int]] | None = None,
    boxes: Sequence[FaceBox] | None = None,
) -> MouthLibrary:
    """Reads a recording and keeps its mouths.

    `phonemes` are what is spoken in it, in seconds of the recording; `spans` the half-open stretches of
    frames in which the speaker is seen (all of it, if not given), in order; `boxes` the face in each frame of
    the recording, or one for all. Frames in which the face is hidden are left out. Raises `InputError`.
    """
    with TakeReader(video) as reader:
        take = reader.take
        seen = _stabilised(reader, spans or [(0, take.length)], boxes)
        canon, first = next(seen)
        found = [first, *(entry for _, entry in seen)]
    shape = find_mouth(_decoded(first.jpeg), canon.box, place=str(video))
    step = max(len(found) // _SAMPLES, 1)
    ruler = Ruler.of(shape, [_decoded(entry.jpeg) for entry in found[::step]])
    openings: list[float] = []
    thumbs: list[NDArray[np.float32]] = []
    surroundings: list[NDArray[np.float32]] = []
    for entry in found:
        piece = _decoded(entry.jpeg)
        openings.append(ruler.opening(piece))
        thumbs.append(ruler.thumb(piece, THUMB))
        surroundings.append(canon.surroundings(piece))
    middles = np.array([float(take.seconds(entry.frame)) + take.video.half for entry in found])
    return MouthLibrary(
        canon,
        ruler,
        float(take.video.rate),
        np.array([entry.frame for entry in found], np.int64),
        np.array([entry.place for entry in found]),
        tuple(entry.jpeg for entry in found),
        context(phonemes, float(take.duration), middles, float(take.video.rate)),
        np.array(openings, np.float32),
        np.stack(thumbs),
        np.stack(surroundings),
        _spoken(phonemes, middles),
    )


def context(
    phonemes: Sequence[Phoneme], end: float, times: NDArray[np.float64], rate: float
) -> NDArray[np.float32]:
    """What a mouth does at some times and in the frames around them: (count, 3 for each of `TAPS`)."""
    taps = [weight * track(phonemes, end, times + tap / rate).features for tap, weight in TAPS]
    return np.concatenate(taps, axis=1).astype(np.float32)


@dataclass(frozen=True, eq=False, slots=True)
class _Seen:
    frame: int
    place: Similarity
    jpeg: bytes


def _stabilised(
    reader: TakeReader, spans: Sequence[tuple[int, int]], boxes: Sequence[FaceBox] | None
) -> Iterator[tuple[Canon, _Seen]]:
    """The canonical pieces of the spans' frames. Raises `InputError` where the first one shows no face."""
    look, place = reader.take.video.look, str(reader.take.path)
    anchor: Anchor | None = None
    canon: Canon | None = None
    fault: InputError | None = None
    for start, stop, known in _begun(reader, spans, boxes):
        if anchor is not None:
            anchor.begin(known)
        for number, picture in enumerate(reader.pictures(start, stop), start):
            gray = luma(picture, look)
            try:
                if anchor is None or canon is None:
                    anchor, canon = Anchor(gray, known, place=place), Canon.of(known)
                at = anchor.locate(gray)
            except InputError as error:
                fault = error
                if anchor is not None and boxes is not None:
                    anchor.begin(boxes[min(number, len(boxes) - 1)])
                continue
            yield canon, _Seen(number, at, _jpeg(canon.cut(picture, look, at)))
    if anchor is None and fault is not None:
        raise fault


def _begun(
    reader: TakeReader, spans: Sequence[tuple[int, int]], boxes: Sequence[FaceBox] | None
) -> Iterator[tuple[int, int, FaceBox]]:
    """What is left of each span from the first frame on at which a face was found, and its box there. Spans
    without a face are left out; raises what was wrong with the first of them where there is none at all."""
    look = reader.take.video.look
    faults: list[InputError] = []
    seen = False
    for start, stop in spans:
        if boxes is not None:
            seen = True
            yield start, stop, boxes[min(start, len(boxes) - 1)]
            continue
        for at in range(start, stop, _LOOKS):
            grays = (luma(picture, look) for picture in reader.pictures(at, min(at + _LOOKS, stop)))
            try:
                box = find_faces(grays, place=str(reader.take.path))[0]
            except InputError as error:
                faults.append(error)
                continue
            seen = True
            yield at, stop, box
            break
    if not seen:
        raise faults[0]


def _jpeg(piece: Rgb) -> bytes:
    options = [cv2.IMWRITE_JPEG_QUALITY, _QUALITY, cv2.IMWRITE_JPEG_SAMPLING_FACTOR]
    options.append(cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444)
    _, data = cv2.imencode(".jpg", cv2.cvtColor(piece, cv2.COLOR_RGB2BGR), options)
    return data.tobytes()


def _decoded(jpeg: bytes) -> Rgb:
    return np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR_RGB), np.uint8)


def _spoken(phonemes: Sequence[Phoneme], times: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether a phoneme began shortly before each time."""
    starts = np.array(sorted(p.start for p in phonemes if visemes_of(p.ipa) != (REST,)))
    if not len(starts):
        return np.zeros(len(times), np.bool_)
    last = np.searchsorted(starts, times, side="right") - 1
    return (last >= 0) & (times - starts[np.maximum(last, 0)] < LONGEST)
