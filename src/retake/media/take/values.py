"""What a recording holds, as values: its coded packets, its tracks, and which frame is shown when."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from hashlib import sha256
from itertools import accumulate
from pathlib import Path

from retake.media.h264.units import IDR, kinds
from retake.media.patch import Look


@dataclass(frozen=True, slots=True)
class CodedPacket:
    """One access unit as the file holds it; times in ticks of its track's time base.

    `duration` runs to the next frame in the order shown. `discard` marks what must be decoded and is not
    shown (what an edit list cuts off at the beginning); `key` is what the container says, which for H.264 is
    not a promise that decoding may start there.
    """

    data: bytes = field(repr=False)
    pts: int
    dts: int
    duration: int
    key: bool
    discard: bool = False


@dataclass(frozen=True, slots=True)
class Colour:
    """Colour tags as ISO/IEC 23091-2 numbers them, 2 where the file says nothing; `range` as FFmpeg's: 0
    unknown, 1 limited, 2 full."""

    primaries: int = 2
    transfer: int = 2
    matrix: int = 2
    range: int = 0


@dataclass(frozen=True)
class VideoTrack:
    """Pictures. `packets` in decoding order; frame n of the take is shown at tick `times[n]`, the last until
    `end`. `size` is as coded, (width, height), rounded down to even; `look` tells how
    `TakeReader`'s pictures are shown. The colour tags are the source's."""

    codec: str
    time_base: Fraction
    extradata: bytes = field(repr=False)
    size: tuple[int, int]
    pixel_format: str
    rate: Fraction
    packets: tuple[CodedPacket, ...] = field(repr=False)
    times: tuple[int, ...] = field(repr=False)
    end: int
    look: Look
    native: bool = True
    aspect: Fraction = Fraction(1)
    colour: Colour = Colour()
    interlaced: bool = False

    @property
    def half(self) -> float:
        """Seconds from the moment that a frame is first shown to the middle of its time."""
        return 0.5 / float(self.rate)

    @cached_property
    def order(self) -> tuple[int, ...]:
        """The ticks of all packets in the order shown, those to be discarded too."""
        return tuple(sorted(packet.pts for packet in self.packets))

    @cached_property
    def lead(self) -> int:
        """How many packets are decoded before frame 0 and not shown: frame n is `order[n + lead]`."""
        return sum(packet.discard and packet.pts < self.times[0] for packet in self.packets)

    @cached_property
    def depth(self) -> int:
        """By how many places a packet may come before its turn to be shown."""
        return reorder_depth([packet.pts for packet in self.packets])

    @cached_property
    def refreshes(self) -> tuple[int, ...]:
        """The packets at which decoding may start to show exactly all that follows in the order shown. For
        H.264 these are the IDR pictures, whatever the container calls a key frame."""
        size = (self.extradata[4] & 3) + 1 if self.codec == "h264" and self.extradata[:1] == b"\1" else 0
        return tuple(
            n
            for n, packet in enumerate(self.packets)
            if packet.key and (not size or IDR in kinds(packet.data, size))
        )

    @cached_property
    def clean(self) -> tuple[int, ...]:
        """The places n, 0 to the number of packets, where decoding order may be cut: all that come before are
        shown before all that come after, so packets [0, n) are `order[:n]`."""
        return tuple(find_clean([packet.pts for packet in self.packets]))

    @cached_property
    def hashes(self) -> tuple[bytes, ...]:
        """The SHA-256 of each packet's data."""
        return tuple(sha256(packet.data).digest() for packet in self.packets)


@dataclass(frozen=True)
class AudioTrack:
    """Sound. Packets before tick 0 are an encoder's priming, which nobody hears."""

    codec: str
    rate: int
    channels: int
    layout: str
    time_base: Fraction
    extradata: bytes = field(repr=False)
    packets: tuple[CodedPacket, ...] = field(repr=False)


@dataclass(frozen=True)
class Take:
    """A recording, read whole. `start` is the second of its clocks that a player shows as 0."""

    path: Path
    container: str
    video: VideoTrack
    audio: AudioTrack | None
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    start: Fraction = Fraction(0)

    @property
    def native(self) -> bool:
        """Whether the frames are 8-bit 4:2:0 and so given as they are; else they are converted to BT.709,
        and no part of such a take can be replaced in its own samples."""
        return self.video.native

    @property
    def length(self) -> int:
        """Frames."""
        return len(self.video.times)

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels of an upright picture."""
        width, height = self.video.size
        return (height, width) if self.video.look.turn % 2 else (width, height)

    @property
    def duration(self) -> Fraction:
        """Seconds until the last frame ends."""
        return self.video.end * self.video.time_base - self.start

    def seconds(self, n: int) -> Fraction:
        """When frame n is shown; `length` gives the end."""
        tick = self.video.end if n == self.length else self.video.times[n]
        return tick * self.video.time_base - self.start

    def frame_at(self, seconds: Fraction | float) -> int:
        """The frame on the screen at a time: the first before the beginning, the last after the end."""
        tick = (Fraction(seconds) + self.start) / self.video.time_base
        return max(bisect_right(self.video.times, tick) - 1, 0)


def rescaled(take: Take, factor: int) -> Take:
    """The same take by a clock `factor` times as fine."""
    video = take.video
    packets = tuple(
        replace(p, pts=p.pts * factor, dts=p.dts * factor, duration=p.duration * factor)
        for p in video.packets
    )
    finer = replace(
        video,
        time_base=video.time_base / factor,
        packets=packets,
        times=tuple(tick * factor for tick in video.times),
        end=video.end * factor,
    )
    return replace(take, video=finer)


OWN_TAGS = ("major_brand", "minor_version", "compatible_brands", "encoder", "ENCODER")
"""The tags that a muxer writes of itself: no part of a recording."""


def find_clean(shown: Sequence[int]) -> Iterator[int]:
    """Where presentation times in decoding order fall apart: earlier ones before, later ones after."""
    latest = list(accumulate(shown, max))
    earliest = list(accumulate(reversed(shown), min))[::-1]
    for n in range(len(shown) + 1):
        if n in (0, len(shown)) or latest[n - 1] < earliest[n]:
            yield n


def reorder_depth(shown: Sequence[int]) -> int:
    """By how many places a packet comes before its turn, for presentation times in decoding order."""
    rank = {tick: n for n, tick in enumerate(sorted(shown))}
    return max((n - rank[tick] for n, tick in enumerate(shown)), default=0)


def decoding_times(shown: Sequence[int]) -> list[int]:
    """A legal ladder of decoding times for presentation times given in decoding order: rising, and never
    after the frame is shown. Packet i takes the i-th presentation time, moved by the depth of reordering."""
    ordered, depth = sorted(shown), reorder_depth(shown)
    if not depth:
        return ordered
    step = max(depth, ordered[min(depth, len(ordered) - 1)] - ordered[0])
    head = [ordered[0] - step + step * n // depth for n in range(depth)]
    return [*head, *ordered[: len(ordered) - depth]]
