"""Pictures in a recording's own samples to packets that stand among the recording's own.

Like those of `retake.media.encode`, each encoder runs in one thread, with settings that make its bytes depend
on nothing but the pictures. Ticks are those of the recording's track.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

import av
import numpy as np
from av.codec.context import Flags
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType

from retake.errors import HostError
from retake.media.h264.transplant import PROFILES, Host, Transplant, read_sets
from retake.media.h264.units import PPS, SPS, join, kind, split_annex_b, write_avcc
from retake.media.picture import Picture
from retake.media.take.values import CodedPacket, Colour, VideoTrack

_STEADY = "threads=1:lookahead-threads=1:sliced-threads=0:cpu-independent=1:stitchable=1:open-gop=0"
_INTERVAL = 250  # frames between refresh points where nothing else asks for one
_VP9_OFFSET = 12  # VP9's CRF runs from 0 to 63


@dataclass(frozen=True, slots=True)
class Grade:
    """The quality of what is encoded anew: x264's CRF and preset."""

    crf: float = 18
    preset: str = "medium"


@dataclass(frozen=True)
class Encoded:
    """What an encoder made: packets in decoding order, in its own form, and the extradata to decode them."""

    packets: tuple[CodedPacket, ...]
    extradata: bytes


class NativeEncoder:
    """Encodes what is drawn on its `canvas`, at ticks that rise, the first at 0.

    Raises `HostError` where there is no encoder.
    """

    def __init__(self, track: VideoTrack, options: Mapping[str, str], codec: str = "libx264") -> None:
        self._context = _opened(track, options, codec)
        self._base = track.time_base
        width, height = track.size
        self._memory = np.empty((height * 3 // 2, width), np.uint8)
        self._frame = av.VideoFrame.from_numpy_buffer(self._memory, _pixels(track))
        self._frame.time_base = track.time_base
        half = self._memory[height:].reshape(2, height // 2, width // 2)
        self.canvas = Picture(self._memory[:height], half[0], half[1])
        self._packets: list[CodedPacket] = []

    def push(self, tick: int, *, refresh: bool = False) -> None:
        """What the canvas shows is the next frame; `refresh` makes it one at which decoding may start."""
        self._frame.pts = tick
        self._frame.pict_type = PictureType.I if refresh else PictureType.NONE
        self._keep(self._context.encode(self._frame))

    def finish(self) -> Encoded:
        self._keep(self._context.encode(None))
        return Encoded(tuple(self._packets), bytes(self._context.extradata or b""))

    def _keep(self, packets: list[av.Packet[Any]]) -> None:
        for packet in packets:
            assert packet.pts is not None
            pts = round(packet.pts * (packet.time_base or self._base) / self._base)
            self._packets.append(CodedPacket(bytes(packet), pts, pts, 1, packet.is_keyframe))


def guest_encoder(track: VideoTrack, host: Host | None, grade: Grade) -> NativeEncoder:
    """An encoder for pictures that will stand among a recording's own: in H.264 with a `host`, or in VP9.

    Pictures are coded in the order shown, so that nothing reaches across the joints, and from one reference
    each, which any recording's decoder keeps.
    """
    if host is None:
        options = {"crf": f"{grade.crf + _VP9_OFFSET:g}", "b": "0", "deadline": "good", "cpu-used": "4"}
        options |= {"row-mt": "0", "auto-alt-ref": "0", "lag-in-frames": "0", "g": str(_INTERVAL)}
        return NativeEncoder(track, options, "libvpx-vp9")
    options = _guest_options(host, grade, 0)
    _, pps = read_sets(bytes(_opened(track, options, "libx264").extradata or b""))
    offset = host.pps.chroma_offsets[0] - pps.chroma_offsets[0]  # x264 adds its own to what it is told
    return NativeEncoder(track, _guest_options(host, grade, offset))


def film_encoder(track: VideoTrack, grade: Grade) -> NativeEncoder:
    """An encoder for a whole film in H.264."""
    params = f"{_STEADY}:keyint={_INTERVAL}"
    options = {"preset": grade.preset, "crf": f"{grade.crf:g}", "profile": "high", "forced-idr": "1"}
    return NativeEncoder(track, options | {"x264-params": params})


def transplanted(made: Encoded, host: Host, idr_ids: tuple[int, int]) -> tuple[CodedPacket, ...]:
    """The packets of a guest encoder in their host's syntax. Raises `Obstacle`."""
    graft = Transplant(host, made.extradata, idr_ids)
    return tuple(replace(packet, data=graft.packet(packet.data)) for packet in made.packets)


def in_mp4(made: Encoded) -> tuple[tuple[CodedPacket, ...], bytes]:
    """H.264 packets with lengths instead of start codes, and their avcC."""
    sets = {kind(unit): unit for unit in split_annex_b(made.extradata)}
    packets = tuple(
        replace(p, data=join(unit for unit in split_annex_b(p.data) if kind(unit) not in (SPS, PPS)))
        for p in made.packets
    )
    return packets, write_avcc(sets[SPS], sets[PPS])


def _guest_options(host: Host, grade: Grade, chroma_offset: int) -> dict[str, str]:
    sps, pps = host.sps, host.pps
    interval = _INTERVAL if sps.references else 1
    params = (
        f"{_STEADY}:keyint={interval}:scenecut=0:bframes=0:weightp=0:cabac={pps.cabac:d}"
        f":8x8dct={pps.transform_8x8:d}:constrained-intra={pps.constrained_intra:d}"
        f":chroma-qp-offset={chroma_offset}:ref=1:level={sps.level / 10:.1f}"
    )
    chosen = {"preset": grade.preset, "crf": f"{grade.crf:g}", "profile": PROFILES[sps.profile]}
    return chosen | {"forced-idr": "1", "x264-params": params}


def _opened(track: VideoTrack, options: Mapping[str, str], codec: str) -> VideoCodecContext:
    colour = track.colour if track.native else Colour(1, 1, 1, 1)
    try:
        context = cast(VideoCodecContext, av.CodecContext.create(codec, "w"))
        context.width, context.height = track.size
        context.pix_fmt = _pixels(track)
        context.time_base, context.framerate = track.time_base, track.rate
        context.sample_aspect_ratio = track.aspect
        context.color_primaries, context.color_trc = colour.primaries, colour.transfer
        context.colorspace, context.color_range = colour.matrix, colour.range
        context.thread_count = 1
        context.flags |= Flags.global_header
        context.options = dict(options)
        context.open()
    except (FFmpegError, ValueError) as error:
        remedy = "see `retake doctor` for the encoders that are here"
        raise HostError(f"cannot encode the picture: {error}", place=codec, remedy=remedy) from error
    return context


def _pixels(track: VideoTrack) -> str:
    return track.pixel_format if track.native else "yuv420p"
