"""A take with some of its frames taken again: the rest stays its own packets, byte for byte.

    edits            which frames change, and how each is drawn
      -> plan        the spans that must be encoded anew, a little wider than the edits, and those copied
      -> encode      each span from the take's own pictures, in its own samples
      -> transplant  in the syntax of the take's own parameter sets
      -> guard       decoded and compared with what the encoder made, across both joints
      -> splice      one list of packets in decoding order

A span that is encoded begins at a clean point of the decoding order and ends before an IDR picture: exactly
at the edit in a take that was conditioned for it, up to a GOP later in any other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from fractions import Fraction
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Literal

from retake.assemble.anew import Count, encode_shots
from retake.assemble.guard import before, guard
from retake.assemble.ranges import Range, free_ids, obstacle, touched
from retake.assemble.sequence import Edit, Shot, check_edits, sequence, shown_at
from retake.media.h264.transplant import Host, Obstacle
from retake.media.h264.units import read_avcc
from retake.media.native import Grade, film_encoder, guest_encoder, in_mp4, transplanted
from retake.media.take import AudioTrack, CodedPacket, Take, VideoTrack, write_take
from retake.media.take.values import decoding_times
from retake.progress import Progress, silent

__all__ = ["Edit", "Piece", "Span", "Spliced", "plan", "splice"]

How = Literal["copy", "encode"]

_UNTOUCHED = "nothing in it changes"


@dataclass(frozen=True, slots=True)
class Span:
    """Frames [start, stop) of the take, whether they are copied or encoded anew, and why."""

    start: int
    stop: int
    how: How
    why: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A span as it became: its frames and packets [start, stop) in the new film, and the SHA-256 over the
    SHA-256 of each of its packets. `span` is in frames of the take."""

    span: Span
    frames: tuple[int, int]
    packets: tuple[int, int]
    sha256: str


@dataclass(frozen=True)
class Spliced:
    """The whole film's packets in decoding order, in ticks of `time_base`.

    `kept[n]` is the number of the take's packet of which packet n is a copy, None where it is new;
    `hashes[n]` is its SHA-256. `fallback` tells why all of it was encoded again, where the
    take could not be spliced; `extradata` is then the new stream's own avcC.
    """

    packets: tuple[CodedPacket, ...] = field(repr=False)
    spans: tuple[Piece, ...]
    kept: tuple[int | None, ...] = field(repr=False)
    hashes: tuple[bytes, ...] = field(repr=False)
    time_base: Fraction
    fallback: str | None = None
    extradata: bytes | None = None

    @property
    def share_kept(self) -> float:
        """Of the packets, by number."""
        return sum(n is not None for n in self.kept) / len(self.kept)

    def write(
        self,
        target: Path,
        take: Take,
        audio: Sequence[CodedPacket] | None,
        tags: Mapping[str, str] | None = None,
        sound: AudioTrack | None = None,
    ) -> None:
        """The film as a file; `audio` and `sound` as `write_take` has them."""
        write_take(
            target,
            take.path,
            _earlier(self.packets, take.start / self.time_base),
            _earlier(audio, take.start / take.audio.time_base) if audio and take.audio else None,
            tags=tags,
            video_time_base=self.time_base,
            extradata=self.extradata,
            turn=take.video.look.turn,
            sound=sound,
        )


def plan(take: Take, edits: Sequence[Edit], refresh: Sequence[int] = ()) -> tuple[Span, ...]:
    """The spans of a take, in order, covering it. Edits whose spans meet share one.

    `refresh` are frames that shall become refresh points, as `splice` has them. Raises `InputError` for edits
    outside the take or in conflict.
    """
    check_edits(take, edits)
    reason = obstacle(take)
    if reason:
        return (Span(0, take.length, "encode", reason),)
    track, spans = take.video, list[Span]()
    parts = touched(track, edits, refresh)
    at = _beginning(track, parts)
    for part in parts:
        if part.first > at:
            spans.append(_span(track, at, part.first, "copy", _UNTOUCHED))
        spans.append(_span(track, part.first, part.last, "encode", part.why))
        at = part.last
    if at < len(track.packets):
        spans.append(_span(track, at, len(track.packets), "copy", _UNTOUCHED))
    return tuple(spans)


def splice(
    take: Take,
    edits: Sequence[Edit],
    *,
    crf: float = 18,
    preset: str = "medium",
    workers: int = 1,
    refresh: Sequence[int] = (),
    progress: Progress = silent,
) -> Spliced:
    """Takes the edited frames again and leaves all else as it is.

    `refresh` are frames at which decoding shall be able to start. `workers` spans are encoded side by side;
    their number changes nothing in the result. A take that cannot be spliced is encoded anew as a whole, with
    the same quality, and the result says why. Raises `InputError` for edits outside the take or in conflict,
    `MediaError` for a broken take, `HostError` without an encoder or where the result does not decode as it
    must.
    """
    check_edits(take, edits)
    grade = Grade(crf, preset)
    reason = obstacle(take)
    if reason is None:
        try:
            return _splice(take, edits, grade, workers, refresh, progress)
        except Obstacle as error:
            reason = str(error)
    return encode_whole(take, edits, reason, grade=grade, refresh=refresh, progress=progress)


def encode_whole(
    take: Take,
    edits: Sequence[Edit],
    reason: str,
    *,
    grade: Grade,
    refresh: Sequence[int] = (),
    progress: Progress = silent,
) -> Spliced:
    """The whole film encoded anew in H.264, with refresh points at the frames `refresh`."""
    track = take.video
    shots = sequence(track, edits, track.lead, track.lead + take.length)
    count = Count(progress, len(shots))
    marks = {n + track.lead for n in refresh}
    made, _ = encode_shots(take, shots, film_encoder(track, grade), marks, (), count)
    packets, extradata = in_mp4(made)
    base = track.times[0]
    shown = [base + packet.pts for packet in packets]
    durations = {base + tick: shot.duration for tick, shot in zip(shown_at(shots), shots, strict=True)}
    timed = tuple(
        replace(packet, pts=pts, dts=dts, duration=durations[pts])
        for packet, pts, dts in zip(packets, shown, decoding_times(shown), strict=True)
    )
    hashes = tuple(sha256(packet.data).digest() for packet in timed)
    span = Span(0, take.length, "encode", reason)
    piece = Piece(span, (0, len(shots)), (0, len(timed)), _digest(hashes))
    return Spliced(timed, (piece,), (None,) * len(timed), hashes, track.time_base, reason, extradata)


@dataclass(frozen=True)
class _Made:
    """A range encoded anew: its packets with ticks of the film before any shift, and how far it moves what
    follows."""

    part: Range
    packets: tuple[CodedPacket, ...]
    shift: int


def _splice(
    take: Take,
    edits: Sequence[Edit],
    grade: Grade,
    workers: int,
    refresh: Sequence[int],
    progress: Progress,
) -> Spliced:
    track = take.video
    parts = touched(track, edits, refresh)
    shots = [sequence(track, edits, part.first, part.last) for part in parts]
    count = Count(progress, sum(map(len, shots)))
    marks = {n + track.lead for n in refresh}

    def make(part: Range, shown: Sequence[Shot]) -> _Made:
        return _make(take, part, shown, grade, marks, count)

    with ThreadPoolExecutor(max(min(workers, len(parts)), 1)) as pool:
        made = list(pool.map(make, parts, shots))
    return _joined(take, made)


def _make(
    take: Take, part: Range, shots: Sequence[Shot], grade: Grade, marks: set[int], count: Count
) -> _Made:
    track = take.video
    host = Host(read_avcc(track.extradata)) if track.codec == "h264" else None
    encoder = guest_encoder(track, host, grade)
    made, head = encode_shots(take, shots, encoder, marks, before(take, part), count)
    own = transplanted(made, host, free_ids(track, host, part)) if host else made.packets
    begin = track.order[part.first]
    packets = tuple(
        replace(packet, pts=begin + packet.pts, dts=begin + packet.dts, duration=shot.duration)
        for packet, shot in zip(own, shots, strict=True)
    )
    guard(take, part, head, made, packets)
    until = track.order[part.last] if part.last < len(track.order) else track.end
    return _Made(part, packets, sum(shot.duration for shot in shots) - (until - begin))


def _joined(take: Take, made: Sequence[_Made]) -> Spliced:
    """The take's packets with the ranges replaced, each moved by what those before it added."""
    track = take.video
    film = _Film(take)
    at, shift = _beginning(track, [new.part for new in made]), 0
    for new in made:
        part = new.part
        film.copy(at, part.first, shift)
        film.insert(new, shift)
        at, shift = part.last, shift + new.shift
    film.copy(at, len(track.packets), shift)
    packets = _decodable(film.packets)
    return Spliced(packets, tuple(film.pieces), tuple(film.kept), tuple(film.hashes), track.time_base)


def _beginning(track: VideoTrack, parts: Sequence[Range]) -> int:
    """The first packet of the film: what only led to a frame 0 that is taken again is of no use."""
    return parts[0].first if parts and parts[0].first <= track.lead else 0


class _Film:
    """The packets of a film as they come together."""

    def __init__(self, take: Take) -> None:
        self._track = take.video
        self.packets: list[CodedPacket] = []
        self.pieces: list[Piece] = []
        self.kept: list[int | None] = []
        self.hashes: list[bytes] = []
        self._frames = 0

    def copy(self, first: int, last: int, shift: int) -> None:
        if first == last:
            return
        own = self._track.packets[first:last]
        moved = [replace(p, pts=p.pts + shift, dts=p.dts + shift) for p in own] if shift else own
        self._add("copy", _UNTOUCHED, first, last, moved, self._track.hashes[first:last])
        self.kept += range(first, last)

    def insert(self, new: _Made, shift: int) -> None:
        """The new packets take the decoding times of those that they replace, where they are as many."""
        part, packets = new.part, new.packets
        replaced = self._track.packets[part.first : part.last]
        lag = self._track.order[part.first] - replaced[0].dts
        times = [p.dts for p in (replaced if len(replaced) == len(packets) else packets)]
        lag = 0 if len(replaced) == len(packets) else lag
        moved = [
            replace(p, pts=p.pts + shift, dts=dts - lag + shift, discard=p.pts < self._track.times[0])
            for p, dts in zip(packets, times, strict=True)
        ]
        hashes = [sha256(packet.data).digest() for packet in moved]
        self._add("encode", part.why, part.first, part.last, moved, hashes)
        self.kept += [None] * len(moved)

    def _add(
        self,
        how: How,
        why: str,
        first: int,
        last: int,
        packets: Sequence[CodedPacket],
        hashes: Sequence[bytes],
    ) -> None:
        begin, frame = len(self.packets), self._frames
        self.packets += packets
        self.hashes += hashes
        self._frames += sum(not packet.discard for packet in packets)
        span = _span(self._track, first, last, how, why)
        self.pieces.append(Piece(span, (frame, self._frames), (begin, len(self.packets)), _digest(hashes)))


def _span(track: VideoTrack, first: int, last: int, how: How, why: str) -> Span:
    """Packets between clean points as frames of the take."""
    start, stop = (min(max(n - track.lead, 0), len(track.times)) for n in (first, last))
    return Span(start, stop, how, why)


def _decodable(packets: Sequence[CodedPacket]) -> tuple[CodedPacket, ...]:
    """With decoding times that rise and are never after the picture is shown: the take's own if possible."""
    rising = all(a.dts < b.dts for a, b in pairwise(packets))
    if rising and all(packet.dts <= packet.pts for packet in packets):
        return tuple(packets)
    times = decoding_times([packet.pts for packet in packets])
    return tuple(replace(packet, dts=dts) for packet, dts in zip(packets, times, strict=True))


def _earlier(packets: Sequence[CodedPacket], ticks: Fraction) -> Sequence[CodedPacket]:
    by = round(ticks)
    return [replace(p, pts=p.pts - by, dts=p.dts - by) for p in packets] if by else packets


def _digest(hashes: Sequence[bytes]) -> str:
    return sha256(b"".join(hashes)).hexdigest()
