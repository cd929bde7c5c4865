"""A film's file: its spans copied from a master or encoded side by side, then joined with one sound.

Every span is rendered and encoded in one thread, with a renderer and an encoder of its own that go when it is
finished, so that memory does not grow with the film; OpenCV and x264 leave Python's lock while they work.
Finished spans are kept in a work folder until the film is whole, so that a run that was killed goes on where
it stopped.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import islice
from pathlib import Path
from threading import Event, Lock
from typing import Any, Protocol

from retake.assemble.mix import MixFile
from retake.assemble.receipt import Receipt, Record, described, file_hash, read_master, receipt_path
from retake.assemble.spans import Part, cut, plan
from retake.errors import HostError, Interrupted
from retake.media.audio_encode import EncodedAudio, encode_audio
from retake.media.encode import SpanEncoder, VideoSettings, codec_build
from retake.media.mux import film_packets, write_film
from retake.media.packets import Packet, Run, digest, read_run, write_run
from retake.media.picture import Picture
from retake.progress import Progress, Step
from retake.timeline.film import Film
from retake.timeline.time import Span


class Pictures(Protocol):
    """A renderer, as the assembly needs it: one for each span."""

    def draw(self, canvas: Picture, n: int) -> None: ...

    def identity(self, span: Span) -> str: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Job:
    """What is assembled: the film, its encoding, where to, and with how many workers.

    `master` is an earlier render that may hold spans of this one; `work` a folder for what is not yet whole.
    """

    film: Film
    settings: VideoSettings
    container: str
    target: Path
    master: Path
    work: Path
    workers: int
    tags: Mapping[str, str]


def assemble(
    job: Job,
    open_pictures: Callable[[], Pictures],
    mix_sound: Callable[[], MixFile | None],
    progress: Progress,
) -> Receipt:
    """Writes the film to `job.target` and returns its receipt; the caller moves it to its place.

    The sound is mixed first, so that what is wrong with it shows early, and encoded last: until then it needs
    no memory, and it keeps busy whoever has no span left.

    Raises `HostError` for a full disk or a missing encoder, and whatever rendering raises.
    """
    encoding = described(job.settings, codec_build())
    pictures = open_pictures()
    try:
        master = read_master(job.master, encoding)
        parts = plan(cut(job.film), pictures.identity, master)
    finally:
        pictures.close()
    crew = _Crew(job, open_pictures, progress, encoding, parts)
    with ThreadPoolExecutor(job.workers, thread_name_prefix="retake") as pool:
        try:
            mixed = pool.submit(mix_sound)
            runs = [pool.submit(crew.encode, part) for part in crew.waiting]
            sound = pool.submit(lambda: _encoded_sound(job, mixed.result()))
            for done in as_completed([mixed, *runs, sound]):
                done.result()
        except BaseException:
            crew.stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    progress(Step("join", 0, 1))
    records: list[Record] = []
    video = _join(job, parts, encoding, records)
    write_film(job.target, job.container, job.settings, video, sound.result(), job.tags)
    progress(Step("join", 1, 1))
    return Receipt(job.target.name, file_hash(job.target), encoding, tuple(records))


class _Crew:
    """What the threads share: the spans that wait, the count of finished frames, and the order to stop."""

    def __init__(
        self,
        job: Job,
        open_pictures: Callable[[], Pictures],
        progress: Progress,
        encoding: Mapping[str, Any],
        parts: Sequence[Part],
    ) -> None:
        self._job = job
        self._open = open_pictures
        self._progress = progress
        self._encoding = encoding
        self._total = sum(len(part.span) for part in parts)
        self._lock = Lock()
        self.waiting = tuple({part.identity: part for part in parts if not part.copied}.values())
        self.stop = Event()
        self._done = self._total - sum(len(part.span) for part in self.waiting)
        progress(Step("render", self._done, self._total, frames=True))

    def encode(self, part: Part) -> None:
        """Encodes a span into the work folder, unless an earlier run left it there."""
        path = run_path(self._job.work, self._encoding, part.identity)
        if read_run(path):
            self._count(len(part.span))
            return
        pictures = self._open()
        try:
            run = self._encode(part.span, pictures)
        finally:
            pictures.close()
        try:
            write_run(path, run)
        except OSError as error:
            remedy = "free some space, or set RETAKE_STORE to another disk"
            raise HostError(
                f"cannot keep a finished span: {error}", place=str(path), remedy=remedy
            ) from error

    def _encode(self, span: Span, pictures: Pictures) -> Run:
        encoder = SpanEncoder(self._job.settings)
        canvas = encoder.canvas
        for n in range(span.start, span.end):
            if self.stop.is_set():
                raise Interrupted("stopped")
            pictures.draw(canvas, n)
            encoder.push()
            if (n - span.start) % 10 == 9:
                self._count(10)
        self._count(len(span) % 10)
        return encoder.finish()

    def _count(self, frames: int) -> None:
        with self._lock:
            self._done += frames
            self._progress(Step("render", self._done, self._total, frames=True))


def _encoded_sound(job: Job, mixed: MixFile | None) -> EncodedAudio | None:
    if mixed is None:
        return None
    codec = "libopus" if job.container == "webm" else "aac"
    return encode_audio(mixed.blocks(1 << 16), codec, bitrate=job.film.output.audio_bitrate)


def run_path(work: Path, encoding: Mapping[str, Any], identity: str) -> Path:
    """Where an encoded span waits: under a name made of what it shows and how it is encoded."""
    name = sha256(json.dumps([encoding, identity], sort_keys=True).encode()).hexdigest()
    return work / f"{name[:32]}.run"


def _join(
    job: Job, parts: Sequence[Part], encoding: Mapping[str, Any], records: list[Record]
) -> Iterator[Packet]:
    """All packets in decoding order, times and order counted through the film; fills `records` on the way."""
    order = 0
    master = _MasterReader(job)
    for part in parts:
        packets = master.read(part.copied) if part.copied else _encoded_packets(job, part, encoding)
        how = "copy" if part.copied else "encode"
        records.append(Record(part.span.start, part.span.end, part.identity, how, digest(packets)))
        for packet in packets:
            yield replace(packet, pts=part.span.start + packet.pts, order=order)
            order += 1


def _encoded_packets(job: Job, part: Part, encoding: Mapping[str, Any]) -> tuple[Packet, ...]:
    run = read_run(run_path(job.work, encoding, part.identity))
    if run is None or run.frames != len(part.span):
        raise HostError("a finished span has disappeared", place=str(job.work), remedy="run again")
    return run.packets


class _MasterReader:
    """Reads records of the master, in one pass as long as they are asked for in order."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._at = 0
        self._packets: Iterator[Packet] = iter(())

    def read(self, record: Record) -> tuple[Packet, ...]:
        """The record's packets, their times counted from its start."""
        if self._at == 0 or record.start < self._at:
            self._packets, self._at = film_packets(self._job.master, self._job.settings.rate), 0
        packets = tuple(islice(self._packets, record.start - self._at, record.end - self._at))
        self._at = record.end
        if digest(packets) != record.sha256:
            receipt_path(self._job.master).unlink(missing_ok=True)
            place = str(self._job.master)
            raise HostError("the earlier film is not what its receipt says", place=place, remedy="run again")
        return tuple(replace(packet, pts=packet.pts - record.start) for packet in packets)
