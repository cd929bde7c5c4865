"""The port of lip sync: what is asked of an adapter, what it gives back, and two classes to start from.

An adapter is found by name through the entry points `retake.lipsync`. The least that one must do is
`sync`: read a film and a sound, write the film with the mouth following the sound. What the house works
with is `patches`: small pictures for the mouth alone, so that everything outside them provably stays what it
was. `BaseLipSync` makes patches out of `sync`; `PatchLipSync` makes `sync` out of patches.

An adapter fails by raising `ProviderError` with a severity, or `InputError` for a face that cannot be used.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from retake.errors import InputError, MediaError, ProviderError, Severity
from retake.generate.lipsync.clip import Clip, frames_at, picked, write_clip
from retake.generate.lipsync.faces import FaceBox, find_faces
from retake.generate.lipsync.paste import face_patch, lay
from retake.generate.lipsync.views import luma
from retake.generate.ports import Phoneme
from retake.media.patch import Patch
from retake.media.sound import read_sound, write_wav
from retake.media.take import Take, TakeReader, read_take

if TYPE_CHECKING:
    from retake.generate.lipsync.library import MouthLibrary


@dataclass(frozen=True, slots=True)
class Moment:
    """One frame whose mouth is mended.

    `frame` is its number in the new picture, `source` the master's frame that it shows, `seconds` its time
    from the beginning of the speech (negative in the buffer before it), `weight` how much of the mended mouth
    is seen: 1 while the speech lasts, falling to 0 through the buffers.
    """

    frame: int
    source: int
    seconds: float
    weight: float


@dataclass(frozen=True, eq=False)
class LipSyncRequest:
    """A span of a recording whose mouth must follow other words.

    `video` is the master, `start` and `stop` the half-open span of its frames. `speech` is the sound of the
    span as it will be heard, mono float32 at `rate`, sample 0 at frame `start`; `phonemes` count from there
    too, and may be empty. `buffer` is the number of frames on each side over which the mended mouth passes
    into the original one.

    `shown` is a re-timed picture: the master's frame that each new frame of the span shows, the first of them
    being new frame `start`; patches then carry the new numbers. `boxes` are the face in each of the master's
    frames, or one box for all of them; without them the face is looked for. `library` is what the master's
    own mouths were found to do; `take` is the recording where it has been read already.
    """

    video: Path
    start: int
    stop: int
    speech: NDArray[np.float32]
    rate: int
    phonemes: tuple[Phoneme, ...] = ()
    buffer: int = 4
    shown: tuple[int, ...] | None = None
    boxes: tuple[FaceBox, ...] | None = None
    library: MouthLibrary | None = None
    take: Take | None = None

    def open(self) -> TakeReader:
        """The master, to read its frames."""
        return TakeReader(self.take or self.video)

    def moments(self, take: Take) -> tuple[Moment, ...]:
        """The frames to mend, buffers included, in order. Raises `InputError` for a span outside the take."""
        if not 0 <= self.start < self.stop <= take.length:
            raise InputError(
                f"frames {self.start} to {self.stop} are no span of a recording of {take.length} frames",
                place=str(self.video),
                remedy="choose a span inside the recording, at least one frame long",
            )
        begin = take.seconds(self.start)
        span = tuple(range(self.start, self.stop)) if self.shown is None else self.shown
        retimed = self.shown is not None
        found: list[Moment] = []
        for source in range(max(self.start - self.buffer, 0), self.start):
            weight = 1 - (self.start - source) / (self.buffer + 1)
            found.append(Moment(source, source, float(take.seconds(source) - begin), weight))
        for index, source in enumerate(span):
            time = index / take.video.rate if retimed else take.seconds(source) - begin
            found.append(Moment(self.start + index, source, float(time), 1.0))
        for source in range(self.stop, min(self.stop + self.buffer, take.length)):
            weight = 1 - (source - self.stop + 1) / (self.buffer + 1)
            end = len(span) / take.video.rate if retimed else take.seconds(self.stop) - begin
            time = end + take.seconds(source) - take.seconds(self.stop)
            found.append(Moment(source + len(span) - (self.stop - self.start), source, float(time), weight))
        return tuple(found)

    def faces(self, reader: TakeReader, moments: Sequence[Moment]) -> tuple[FaceBox, ...]:
        """The face in the master's frame of each moment. Raises `InputError` where there is none to use."""
        if self.boxes is not None and len(self.boxes) == 1:
            return self.boxes * len(moments)
        if self.boxes is not None:
            return tuple(self.boxes[moment.source] for moment in moments)
        sources = [moment.source for moment in moments]
        first, last = min(sources), max(sources)
        look = reader.take.video.look
        found = find_faces(
            (luma(picture, look) for picture in reader.pictures(first, last + 1)), place=str(self.video)
        )
        return tuple(found[source - first] for source in sources)


class BaseLipSync(ABC):
    """An adapter that makes whole films. Extend it, give it a name and a version, and write `sync`."""

    name: str = ""
    version: str = "1"

    @abstractmethod
    def sync(self, video_path: Path, audio_path: Path, output_path: Path, **kwargs: Any) -> None:
        """Writes the film at `video_path` with its mouth following `audio_path` to `output_path`.

        The result has the same size, rate and number of frames; its sound is not used. `kwargs` may be
        ignored: `boxes` (one `FaceBox` for each frame) and `phonemes` (in seconds of the sound).
        Raises `ProviderError`.
        """

    def patches(self, request: LipSyncRequest) -> Iterator[Patch]:
        """The mended mouth of each frame of the span and its buffers, in order.

        Patches lie on upright frames of the new picture; a frame whose mouth need not change has none.
        Here: the span is cut out, given to `sync`, and the lower face of the result, its colour matched,
        is what the patches show.
        """
        with request.open() as reader, TemporaryDirectory(prefix="retake-lipsync-") as folder:
            moments = request.moments(reader.take)
            boxes = request.faces(reader, moments)
            sources = [moment.source for moment in moments]
            clip = Clip.around([moment.seconds for moment in moments], reader.take.video.rate)
            film, sound, result = (Path(folder) / name for name in ("clip.mp4", "speech.wav", "synced.mp4"))
            speech = _heard(request, reader.take, clip)
            write_wav(sound, np.stack([speech, speech], 1), request.rate)
            frames = frames_at(reader, [sources[i] for i in clip.shown])
            write_clip(film, frames, clip.rate, speech, request.rate)
            phonemes = tuple(Phoneme(p.ipa, p.start - clip.start) for p in request.phonemes)
            self.sync(film, sound, result, boxes=tuple(boxes[i] for i in clip.shown), phonemes=phonemes)
            self._refuse_other(result, read_take(film))
            with TakeReader(result) as synced:
                mended = picked(synced.rgb(0, len(clip.shown)), clip.taken)
                for moment, box, old, new in zip(
                    moments, boxes, frames_at(reader, sources), mended, strict=True
                ):
                    patch = face_patch(moment.frame, old, new, box, moment.weight)
                    if patch is not None:
                        yield patch

    def _refuse_other(self, result: Path, clip: Take) -> None:
        """Raises `ProviderError` unless the result has the clip's size and length."""
        try:
            found = read_take(result)
        except (MediaError, FileNotFoundError) as error:
            raise self._broken(f"gave no film that can be read: {error}") from error
        if found.size != clip.size:
            raise self._broken(f"gave a film of {found.size}, not {clip.size} pixels")
        if found.length != clip.length:
            raise self._broken(f"gave a film of {found.length}, not {clip.length} frames")

    def _broken(self, what: str) -> ProviderError:
        return ProviderError(
            f"the lip sync adapter {self.name!r} {what}",
            severity=Severity.RECOVERABLE,
            place=self.name,
            remedy="try again, or use the adapter 'mouth'",
        )


class PatchLipSync(BaseLipSync):
    """An adapter that makes patches. Extend it and write `patches`; `sync` comes of itself."""

    @abstractmethod
    def patches(self, request: LipSyncRequest) -> Iterator[Patch]: ...

    def sync(self, video_path: Path, audio_path: Path, output_path: Path, **kwargs: Any) -> None:
        """Writes the film with its patches and the sound. `kwargs` may give `boxes` (one for each frame of
        the film, or one for all), `phonemes` and `library`."""
        rate = 48_000
        speech = read_sound(audio_path, rate).mean(1, dtype=np.float32)
        with TakeReader(video_path) as reader:
            take = reader.take
            request = LipSyncRequest(
                video_path,
                0,
                take.length,
                speech,
                rate,
                tuple(kwargs.get("phonemes", ())),
                buffer=0,
                boxes=kwargs.get("boxes"),
                library=kwargs.get("library"),
            )
            clip = Clip.around([float(take.seconds(n)) for n in range(take.length)], take.video.rate)
            frames = lay(reader.rgb(0, take.length), self.patches(request))
            write_clip(output_path, picked(frames, clip.shown), clip.rate, speech, rate)


def _heard(request: LipSyncRequest, take: Take, clip: Clip) -> NDArray[np.float32]:
    """What is heard while the clip lasts: the speech, and around it the recording's own sound."""
    rate = request.rate
    length = round(len(clip.shown) * rate / clip.rate)
    heard = np.zeros(length, np.float32)
    lead = min(round(-clip.start * rate), length)
    rest = request.speech[: length - lead]
    heard[lead : lead + len(rest)] = rest
    if take.audio is not None:
        begin, end = take.seconds(request.start), take.seconds(min(request.stop, take.length - 1))
        for at, count, second in ((0, lead, begin - Fraction(lead, rate)), (lead + len(rest), length, end)):
            count = min(count, length - at)
            if count > 0 and second >= 0:
                own = read_sound(request.video, rate, second, count / rate).mean(1, dtype=np.float32)
                heard[at : at + len(own)] = own[:count]
    return heard
