"""New samples in a recording's sound: the packets that they touch are encoded again, all others stay.

Enters: the sound track of a take, and the samples that replace parts of what is heard. Leaves: a sound track
of which almost every packet is the source's own bytes, and which they are.

An AAC packet depends on its neighbours only by the overlap of their windows, so packets of two encoders may
stand side by side where both cut the sound with the same windows. Where that is, is found by listening: each
possible joint is decoded and compared with the samples that should be heard there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Literal

import numpy as np
from scipy.signal import resample_poly

from retake.assemble.sound_grid import Grid
from retake.errors import InputError
from retake.media.take.aac import (
    FRAME,
    LOW_COMPLEXITY,
    RATES,
    Sound,
    decode_packets,
    decode_track,
    encode_packets,
    read_config,
)
from retake.media.take.values import AudioTrack, CodedPacket

Codec = Literal["aac", "libopus"]

WARM_UP = 4
"""Packets encoded before the first that is used: the encoder's model of hearing settles in them."""
REACH = 8
"""Packets further out in which a joint may lie where both encoders' windows agree."""
_GOOD_JOINT = 1.25  # times the error of the same frame in a sound that was encoded in one go
_INAUDIBLE = 1e-4
_PER_CHANNEL = 128_000, 192_000  # bits a second: what is encoded a second time deserves more
_MOST = 6144  # bits that one packet may take in each channel (ISO/IEC 14496-3, 4.5.3)


@dataclass(frozen=True, eq=False, slots=True)
class SoundEdit:
    """`samples` float32 (count, channels) take the place of [start, stop) of what is heard.

    `count` is stop - start, or differs from it by a multiple of 1024: what follows is then moved.
    """

    start: int
    stop: int
    samples: Sound = field(repr=False)

    @property
    def moves(self) -> int:
        """Samples by which it delays what follows; negative where that comes earlier."""
        return len(self.samples) - (self.stop - self.start)


@dataclass(frozen=True, slots=True)
class SoundSpan:
    """Samples [start, stop) of what is heard in the new sound, and how their packets came."""

    start: int
    stop: int
    how: Literal["copy", "encode"]


@dataclass(frozen=True)
class SplicedSound:
    """The new sound. `kept[n]` is the number of the source's packet that packet n is, None for a new one.

    `fallback` tells why the whole sound was encoded anew, "" where it was not. `joints` has, for each place
    where the source's packets and new ones meet, the error there over that of the same frame encoded in one
    go: below 1 a joint is better than that.
    """

    track: AudioTrack
    kept: tuple[int | None, ...] = field(repr=False)
    spans: tuple[SoundSpan, ...]
    fallback: str = ""
    joints: tuple[float, ...] = ()

    @property
    def packets(self) -> tuple[CodedPacket, ...]:
        return self.track.packets

    @property
    def extradata(self) -> bytes:
        return self.track.extradata

    @property
    def share_kept(self) -> float:
        """The part of the packets that are the source's own."""
        return sum(n is not None for n in self.kept) / max(len(self.kept), 1)


def splice_sound(
    track: AudioTrack,
    edits: Sequence[SoundEdit],
    *,
    start: Fraction = Fraction(0),
    codec: Codec | None = None,
) -> SplicedSound:
    """The sound with the edits in it.

    `start` is the second of the track's clock at which sample 0 is heard (`Take.start`). A sound that is not
    mono or stereo AAC-LC cannot be spliced: it is encoded anew as a whole, with `codec` or, without it, Opus
    and Vorbis as Opus and all else as AAC-LC, and `fallback` says so. Raises `InputError` for edits that
    overlap or lie outside the sound, `MediaError` for a broken sound.
    """
    edits = _ordered(edits, track)
    if not edits:
        kept = tuple(range(len(track.packets)))
        return SplicedSound(track, kept, _spans(track, kept, start))
    grid = Grid(track, start)
    if reason := _unfit(track, grid):
        stays = "libopus" if track.codec in ("opus", "vorbis") else "aac"
        return _encoded_anew(track, edits, start, codec or stays, reason)
    _require_inside(edits, grid.end)
    runs = [_Run(track, grid, group) for group in _groups(edits, grid)]
    return _joined(track, grid, runs, start)


def _ordered(edits: Sequence[SoundEdit], track: AudioTrack) -> list[SoundEdit]:
    ordered = sorted(edits, key=lambda edit: (edit.start, edit.stop))
    for edit in ordered:
        if edit.samples.ndim != 2 or edit.samples.shape[1] != track.channels:
            raise ValueError(f"samples of shape {edit.samples.shape} for {track.channels} channels")
        if edit.moves % FRAME:
            raise ValueError(f"an edit that moves the sound by {edit.moves} samples, no multiple of {FRAME}")
    for before, after in pairwise(ordered):
        if after.start < before.stop:
            raise InputError(
                f"two edits of the sound overlap, at sample {after.start}", remedy="move one of their slots"
            )
    return ordered


def _require_inside(edits: Sequence[SoundEdit], end: int) -> None:
    for edit in edits:
        if not 0 <= edit.start <= edit.stop <= end:
            raise InputError(
                f"an edit from sample {edit.start} to {edit.stop} of a sound of {end}",
                remedy="keep the slots inside the recording's sound",
            )


def _unfit(track: AudioTrack, grid: Grid) -> str:
    """Why no packet of ours may stand among the track's; "" where it may."""
    name = track.codec.upper()
    if track.codec != "aac":
        return f"the sound is {name}, and only AAC can be spliced"
    config = read_config(track.extradata)
    if config is None or config.object_type != LOW_COMPLEXITY or config.dependent:
        return "the sound is AAC of another kind than low complexity"
    if config.bandwidth_extended or config.rate != track.rate or config.channels != track.channels:
        return "the sound is HE-AAC, or is described otherwise than it is"
    if config.channels not in (1, 2):
        return f"the sound has {config.channels} channels, and only mono and stereo can be spliced"
    if config.frame != FRAME:
        return f"the sound's packets last {config.frame} samples, not {FRAME}"
    if not grid.regular:
        return "the sound's packets do not follow one another without holes"
    return ""


def _groups(edits: Sequence[SoundEdit], grid: Grid) -> list[list[SoundEdit]]:
    """Edits that are so near each other that no joint fits between them belong together."""
    groups: list[list[SoundEdit]] = []
    for edit in edits:
        near = (
            groups
            and grid.touched(edit.start, edit.stop)[0] - 2 * REACH
            <= (grid.touched(groups[-1][-1].start, groups[-1][-1].stop)[1])
        )
        if near:
            groups[-1].append(edit)
        else:
            groups.append([edit])
    return groups


class _Run:
    """One run of new packets: it takes the place of the source's packets [first, after)."""

    def __init__(self, track: AudioTrack, grid: Grid, edits: Sequence[SoundEdit]) -> None:
        self._track, self._grid = track, grid
        first = grid.touched(edits[0].start, edits[0].stop)[0]
        after = grid.touched(edits[-1].start, edits[-1].stop)[1]
        self.more = sum(edit.moves for edit in edits) // FRAME
        outer = max(first - REACH, 0), min(after + REACH, grid.count)
        self._base = max(outer[0] - WARM_UP, 0)
        self._wanted = self._heard(outer[1] + 2)
        self._edit(edits)
        self._made = self._encode(outer[1] + self.more + 1)
        self.first, left = self._best([*range(first, outer[0] - 1, -1)], self._left_joint)
        self.after, right = self._best([*range(after, outer[1] + 1)], self._right_joint)
        self.joints = tuple(joint for joint in (left, right) if joint is not None)

    @cached_property
    def packets(self) -> list[bytes]:
        return self._made[self.first - self._base : self.after + self.more - self._base]

    def _heard(self, stop: int) -> Sound:
        """What is heard from packet `_base` to `stop`, silence past the end."""
        lead = 1 if self._base else 0
        sources = [p.data for p in self._track.packets[self._base - lead : stop]]
        blocks = decode_packets(self._track, sources)[lead:]
        missing = (stop - self._base) * FRAME - sum(len(block) for block in blocks)
        silence = np.zeros((max(missing, 0), self._track.channels), np.float32)
        return np.concatenate([*blocks, silence])

    def _edit(self, edits: Sequence[SoundEdit]) -> None:
        origin = self._grid.at(self._base)
        parts, done = [], 0
        for edit in edits:
            parts += [self._wanted[done : edit.start - origin], edit.samples]
            done = edit.stop - origin
        self._wanted = np.concatenate([*parts, self._wanted[done:]])

    def _encode(self, stop: int) -> list[bytes]:
        """Packets `_base` to `stop`, counted in the new sound."""
        track = self._track
        # The encoder's packet 0 is heard 1024 samples before what it was given.
        made, _ = encode_packets(self._wanted[FRAME:], track.rate, track.layout, bitrate_for(track))
        return [data for data, _ in made[: stop - self._base]]

    def _best(self, places: Sequence[int], listen: Callable[[int], float | None]) -> tuple[int, float | None]:
        """The first place whose joint is as good as a sound encoded in one go, else the best of them."""
        heard: list[tuple[float, int]] = []
        for place in places:
            error = listen(place)
            if error is None or error <= _GOOD_JOINT:
                return place, error
            heard.append((error, place))
        error, place = min(heard)
        return place, error

    def _left_joint(self, first: int) -> float | None:
        """The error where the source's packet `first` - 1 meets a new one; None where nothing meets."""
        if first == 0:
            return None
        at = first - self._base
        return self._error(at, (self._track.packets[first - 1].data, self._made[at]))

    def _right_joint(self, after: int) -> float | None:
        """The error where a new packet meets the source's packet `after`; None where nothing meets."""
        if after == self._grid.count:
            return None
        at = after + self.more - self._base
        return self._error(at, (self._made[at - 1], self._track.packets[after].data))

    def _error(self, at: int, pair: tuple[bytes, bytes]) -> float:
        """RMS error of the frame `at`, decoded from a pair of packets, over that of the new packets alone."""
        wanted = self._wanted[at * FRAME : (at + 1) * FRAME]

        def rms(packets: Sequence[bytes]) -> float:
            found = decode_packets(self._track, packets)[1]
            return float(np.sqrt(np.mean(np.square(found - wanted))))

        return rms(pair) / max(rms(self._made[at - 1 : at + 1]), _INAUDIBLE)


def bitrate_for(track: AudioTrack) -> int:
    """Bits a second for new packets: the source's own or more, at most what AAC allows at its rate."""
    size = sum(len(p.data) for p in track.packets) * 8
    own = size * track.rate // max(len(track.packets) * FRAME, 1)
    most = _MOST * track.rate // FRAME
    least, enough = _PER_CHANNEL
    return min(max(own // track.channels, least), enough, most * 9 // 10) * track.channels


def _joined(track: AudioTrack, grid: Grid, runs: Sequence[_Run], start: Fraction) -> SplicedSound:
    packets: list[CodedPacket] = []
    kept: list[int | None] = []
    done = moved = 0
    for run in runs:
        copied = range(done, run.first)
        packets += [_moved(track.packets[n], moved, grid) for n in copied]
        kept += copied
        packets += _new(run, track, grid, moved)
        kept += [None] * len(run.packets)
        done, moved = run.after, moved + run.more
    packets += [_moved(packet, moved, grid) for packet in track.packets[done:]]
    kept += range(done, grid.count)
    joined = replace(track, packets=tuple(packets))
    joints = tuple(joint for run in runs for joint in run.joints)
    return SplicedSound(joined, tuple(kept), _spans(joined, kept, start), joints=joints)


def _moved(packet: CodedPacket, frames: int, grid: Grid) -> CodedPacket:
    ticks = round(frames * FRAME / grid.per_tick)
    return replace(packet, pts=packet.pts + ticks, dts=packet.dts + ticks) if frames else packet


def _new(run: _Run, track: AudioTrack, grid: Grid, moved: int) -> list[CodedPacket]:
    """A run's packets, with the times of those that stood there; of another length, with its own."""
    places = range(run.first, run.first + len(run.packets))
    if not run.more:
        stood = [_moved(track.packets[place], moved, grid) for place in places]
    else:
        first, ticks = track.packets[0], round(FRAME / grid.per_tick)
        times = [first.pts + round((place + moved) * FRAME / grid.per_tick) for place in places]
        stood = [CodedPacket(b"", at, at, ticks, key=True) for at in times]
        if run.after == grid.count:
            stood[-1] = replace(stood[-1], duration=track.packets[-1].duration)
    return [replace(packet, data=data) for packet, data in zip(stood, run.packets, strict=True)]


def _spans(track: AudioTrack, kept: Sequence[int | None], start: Fraction) -> tuple[SoundSpan, ...]:
    """Runs of packets by how they came, as samples of what is heard."""
    if not kept:
        return ()
    edges = [0, *(n for n in range(1, len(kept)) if (kept[n] is None) != (kept[n - 1] is None)), len(kept)]

    def heard(tick: int) -> int:
        return max(round((tick * track.time_base - start) * track.rate), 0)

    spans: list[SoundSpan] = []
    for first, after in pairwise(edges):
        last = track.packets[after - 1]
        begin = spans[-1].stop if spans else heard(track.packets[first].pts)
        end = heard(last.pts + last.duration)
        if end > begin:
            spans.append(SoundSpan(begin, end, "encode" if kept[first] is None else "copy"))
    return tuple(spans)


def _encoded_anew(
    track: AudioTrack,
    edits: Sequence[SoundEdit],
    start: Fraction,
    codec: Codec,
    reason: str,
) -> SplicedSound:
    """The whole sound, edited and encoded as one."""
    heard = decode_track(track, start)
    _require_inside(edits, len(heard))
    parts, done = list[Sound](), 0
    for edit in edits:
        parts += [heard[done : edit.start], edit.samples]
        done = edit.stop
    sound = np.concatenate([*parts, heard[done:]])
    rate = 48_000 if codec == "libopus" or track.rate not in RATES else track.rate
    if rate != track.rate:
        shape = Fraction(rate, track.rate)
        sound = np.asarray(resample_poly(sound, shape.numerator, shape.denominator, axis=0), np.float32)
    fresh = replace(track, rate=rate, codec="opus" if codec == "libopus" else "aac")
    # A track of the same codec keeps its clock, so that its packets fit where the old ones stood.
    base = track.time_base if fresh.codec == track.codec else Fraction(1, rate)
    made, extradata = encode_packets(sound, rate, track.layout, bitrate_for(fresh), codec)
    lasts = made[1][1] - made[0][1] if len(made) > 1 else FRAME

    def tick(sample: int) -> int:
        return round((Fraction(sample, rate) + start) / base)

    packets = tuple(
        CodedPacket(data, tick(at), tick(at), tick(min(at + lasts, len(sound))) - tick(at), key=True)
        for data, at in made
        if at < len(sound)
    )
    spliced = replace(fresh, time_base=base, extradata=extradata, packets=packets)
    kept = (None,) * len(packets)
    return SplicedSound(spliced, kept, _spans(spliced, kept, start), f"{reason}: all of it was encoded anew")
