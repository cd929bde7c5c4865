"""Which packets of a take must give way for edits, and whether they can."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from retake.assemble.sequence import Edit
from retake.media.h264.transplant import Host, Obstacle
from retake.media.h264.units import IDR, PPS, SLICE, SPS, kind, read_avcc, split
from retake.media.take import Take, VideoTrack


@dataclass(frozen=True, slots=True)
class Range:
    """Packets [first, last) of a take, both clean points of its decoding order, that are replaced."""

    first: int
    last: int
    why: str


def obstacle(take: Take) -> str | None:
    """Why no frame of a take can be replaced alone, in words for its owner; None where each can."""
    track = take.video
    if not take.native:
        return f"its frames ({track.pixel_format}) are not 8-bit 4:2:0"
    if track.interlaced:
        return "it is interlaced"
    if any(packet.discard and packet.pts > track.times[0] for packet in track.packets):
        return "its edit list leaves out frames after the first"
    if not track.refreshes or track.refreshes[0] != 0:
        return "it does not begin with a refresh point"
    if track.codec == "vp9":
        return None
    if track.codec != "h264":
        return f"its codec is {track.codec}, not H.264 or VP9"
    return _h264_obstacle(track)


def _h264_obstacle(track: VideoTrack) -> str | None:
    try:
        sets = read_avcc(track.extradata)
    except ValueError:
        return "its packets are not in MP4's form (Annex B)"
    try:
        Host(sets)
        known = {*sets.sps, *sets.pps}
        if any(unit not in known for unit in _inband_sets(track, sets.length_size)):
            return "its parameter sets change in the middle"
    except (Obstacle, ValueError) as error:
        return str(error)
    return None


def _inband_sets(track: VideoTrack, length_size: int) -> Iterable[bytes]:
    """The parameter sets inside packets: they come before the first slice."""
    for packet in track.packets:
        data, at = packet.data, 0
        while at + length_size < len(data):
            size = int.from_bytes(data[at : at + length_size], "big")
            at += length_size
            if data[at] & 31 in (SLICE, IDR):
                break
            if data[at] & 31 in (SPS, PPS):
                yield data[at : at + size]
            at += size


def touched(track: VideoTrack, edits: Sequence[Edit], refresh: Sequence[int] = ()) -> list[Range]:
    """The ranges that edits touch, and those in which frames become refresh points, in order and apart.

    Each begins at the last clean point at or before the frame and ends at the first refresh point after it.
    """
    lead, count = track.lead, len(track.packets)
    clean, ends = track.clean, [*sorted({*track.refreshes} & {*track.clean}), count]
    refreshed = {track.packets[n].pts for n in track.refreshes}
    wanted = [(e.start + lead, e.stop + lead, f"frames {e.start} to {e.stop} change") for e in edits]
    wanted += [
        (n + lead, n + lead + 1, f"frame {n} becomes a refresh point")
        for n in refresh
        if n < len(track.times) and track.times[n] not in refreshed
    ]
    found: list[Range] = []
    for start, stop, why in sorted(wanted):
        first = clean[bisect_right(clean, start) - 1]
        last = ends[bisect_left(ends, max(stop, first + 1))]
        if first < start or last > stop:
            why += " and what is coded from them" if last > stop else ""
        if found and first <= found[-1].last:
            before = found.pop()
            first, last, why = before.first, max(before.last, last), f"{before.why}; {why}"
        found.append(Range(first, last, why))
    return found


def head_of(track: VideoTrack, first: int) -> int:
    """The last refresh point before packet `first`: where decoding starts to show what is before it.
    `first` itself where it is one."""
    place = bisect_right(track.refreshes, first)
    return track.refreshes[place - 1] if place else 0


def free_ids(track: VideoTrack, host: Host, part: Range) -> tuple[int, int]:
    """Two idr_pic_id that neither picture next to a range has (ITU-T H.264, 7.4.3: they must differ)."""
    taken: set[int | None] = set()
    for n in (part.first - 1, part.last):
        if 0 <= n < len(track.packets):
            units = split(track.packets[n].data, host.length_size)
            taken |= {host.idr_id(unit) for unit in units if kind(unit) == IDR}
    one, other = [n for n in range(2, 8) if n not in taken][:2]
    return one, other
