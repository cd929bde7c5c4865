"""Sound by packets: what one packet of AAC decodes to, and packets that may stand among another encoder's.

An AAC packet is one MDCT window over 2048 samples; decoded, it gives the first 1024 of them, overlapped with
the second half of the window before. So packet k is whole only after packet k - 1, and a packet that is
heard at p has been made of the samples [p, p + 2048).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, cast

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream
from av.codec.context import Flags
from av.container import OutputContainer
from av.error import FFmpegError
from numpy.typing import NDArray

from retake.errors import HostError, MediaError
from retake.media.take.values import AudioTrack

FRAME = 1024
"""Samples that a packet of AAC-LC lasts."""

RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
"""What AAC can be sampled at, in the order of its sampling frequency index."""

LOW_COMPLEXITY, _SBR, _PS = 2, 5, 29
_EXPLICIT, _ESCAPE = 15, 31
_SYNC_EXTENSION = 0x2B7
_HOLE = 0.02  # seconds; less is a container's rounding of times

Sound = NDArray[np.float32]
"""Samples, float32 (count, channels), full scale 1.0."""


@dataclass(frozen=True, slots=True)
class AacConfig:
    """What an AudioSpecificConfig says. `bandwidth_extended` where it is HE-AAC, signalled in any way."""

    object_type: int
    rate: int
    channels: int
    frame: int
    bandwidth_extended: bool
    dependent: bool


def read_config(extradata: bytes) -> AacConfig | None:
    """Reads an AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1); None where it is not one of plain AAC."""
    bits = _Bits(extradata)
    try:
        kind, rate, channels = bits.object_type(), bits.rate(), bits.take(4)
        extended = kind in (_SBR, _PS)
        if extended:
            bits.rate()
            kind = bits.object_type()
        frame = 960 if bits.take(1) else FRAME
        dependent = bool(bits.take(1)) | bool(bits.take(1))
    except (EOFError, IndexError):
        return None
    try:
        if not extended and bits.take(11) == _SYNC_EXTENSION and bits.object_type() == _SBR:
            extended = bool(bits.take(1))
    except EOFError:
        pass  # what follows is optional
    return AacConfig(kind, rate, channels, frame, extended, dependent)


class _Bits:
    """Bytes read bit by bit. Raises `EOFError` at the end."""

    def __init__(self, data: bytes) -> None:
        self._value, self._left = int.from_bytes(data, "big"), 8 * len(data)

    def take(self, count: int) -> int:
        if count > self._left:
            raise EOFError
        self._left -= count
        return self._value >> self._left & (1 << count) - 1

    def object_type(self) -> int:
        kind = self.take(5)
        return 32 + self.take(6) if kind == _ESCAPE else kind

    def rate(self) -> int:
        index = self.take(4)
        return self.take(24) if index == _EXPLICIT else RATES[index]


def decode_packets(track: AudioTrack, packets: Iterable[bytes]) -> list[Sound]:
    """What each of some packets of a track gives, in order, decoded by themselves.

    The first lacks what the packet before it would add. Raises `MediaError` for a broken one.
    """
    try:
        return [_samples(frame) for frame in _decoded(track, packets)]
    except FFmpegError as error:
        raise MediaError(f"the sound is broken: {error}", remedy="export the recording again") from error


def decode_track(track: AudioTrack, start: Fraction = Fraction(0)) -> Sound:
    """The sound of a whole track of any codec; sample 0 is heard at second `start` of the file's clock.

    An encoder's priming is dropped and holes are silence. Raises `MediaError` where it is broken.
    """
    per_tick, origin = float(track.time_base * track.rate), float(start * track.rate)
    resampler = av.AudioResampler("fltp", track.layout, track.rate)
    pieces: list[_Piece] = []
    try:
        for frame in _decoded(track, [p.data for p in track.packets], [p.pts for p in track.packets]):
            at = None if frame.pts is None else frame.pts * per_tick - origin
            frame.pts = None
            for part in resampler.resample(frame):
                if not pieces or (at is not None and at - pieces[-1].reached > _HOLE * track.rate):
                    pieces.append(_Piece())
                pieces[-1].add(at, _samples(part))
                at = None
    except FFmpegError as error:
        raise MediaError(f"the sound is broken: {error}", remedy="export the recording again") from error
    end = max(((p.pts + p.duration) * per_tick - origin for p in track.packets), default=0.0)
    whole = np.zeros((max(round(end), 0), track.channels), np.float32)
    for n, piece in enumerate(pieces):
        sound, at = np.concatenate(piece.blocks), piece.start
        if n == 0 and not start and abs(at + _pre_skip(track)) <= max(per_tick, 1):
            at = -_pre_skip(track)  # exact, where the times are rounded
        sound = sound[max(-at, 0) :][: max(len(whole) - max(at, 0), 0)]
        whole[max(at, 0) : max(at, 0) + len(sound)] = sound
    return whole


class _Piece:
    """Decoded blocks that follow one another, and where their times say that they begin."""

    def __init__(self) -> None:
        self.blocks: list[Sound] = []
        self._length = self._timed = 0
        self._starts = 0.0

    def add(self, at: float | None, block: Sound) -> None:
        if at is not None:
            self._starts += at - self._length
            self._timed += 1
        self.blocks.append(block)
        self._length += len(block)

    @property
    def start(self) -> int:
        # Times in milliseconds are rounded; over all blocks the rounding averages out.
        return round(self._starts / max(self._timed, 1))

    @property
    def reached(self) -> int:
        return self.start + self._length


def encode_packets(
    samples: Sound,
    rate: int,
    layout: str,
    bitrate: int,
    codec: Literal["aac", "libopus"] = "aac",
) -> tuple[list[tuple[bytes, int]], bytes]:
    """Encodes samples as AAC-LC (or Opus, 48 kHz only): packets, each with the sample at which it is heard,
    and the decoder's configuration. The same samples give the same bytes.

    Of AAC, packet k is heard at (k - 1) * 1024. The last packets may go past the samples' end. Noise
    substitution and the long-term tools stay off: a decoder would put other noise there than was heard.
    Raises `HostError` where the encoder is missing or refuses.
    """
    try:
        context = av.CodecContext.create(codec, "w")
        context.sample_rate, context.layout, context.bit_rate = rate, layout, bitrate
        context.format, context.time_base = ("fltp" if codec == "aac" else "flt"), Fraction(1, rate)
        context.flags |= Flags.global_header | Flags.bitexact
        context.thread_count = 1
        if codec == "aac":
            context.options = {"aac_pns": "0"}
        context.open()
        size = context.frame_size
        padded = np.pad(samples, ((0, -len(samples) % size), (0, 0)))
        made = [p for at in range(0, len(padded), size) for p in context.encode(_frame(padded, at, context))]
        made += context.encode(None)
    except (FFmpegError, ValueError) as error:
        remedy = "see `retake doctor` for the encoders that are here"
        raise HostError(f"cannot encode the sound: {error}", place=codec, remedy=remedy) from error
    return [(bytes(p), p.pts or 0) for p in made], bytes(context.extradata or b"")


def add_sound(output: OutputContainer, track: AudioTrack) -> AudioStream:
    """A stream in a file to be written, for the packets of a track that `encode_packets` made.

    It is described by the same encoder, opened in the same way; the muxer takes what that says of itself.
    """
    stream = output.add_stream("libopus" if track.codec == "opus" else "aac", rate=track.rate)
    stream.layout = track.layout
    stream.time_base = track.time_base
    size = sum(len(packet.data) for packet in track.packets)
    lasts = sum(packet.duration for packet in track.packets) * track.time_base
    stream.bit_rate = round(8 * size / lasts) if lasts else 128_000
    return stream


def _frame(samples: Sound, at: int, context: AudioCodecContext) -> av.AudioFrame:
    part = samples[at : at + context.frame_size]
    shaped = part.T if context.format.is_planar else part.reshape(1, -1)
    name, layout = context.format.name, context.layout.name
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(shaped), format=name, layout=layout)
    frame.sample_rate, frame.pts, frame.time_base = context.sample_rate, at, Fraction(1, context.sample_rate)
    return frame


def _decoded(
    track: AudioTrack, packets: Iterable[bytes], times: Sequence[int] | None = None
) -> Iterable[av.AudioFrame]:
    context = cast(AudioCodecContext, av.CodecContext.create(track.codec, "r"))
    context.extradata = _without_skip(track)
    context.sample_rate, context.layout = track.rate, track.layout
    for n, data in enumerate(packets):
        packet = cast("av.Packet[Any]", av.Packet(data))
        if times is not None:
            packet.pts, packet.time_base = times[n], track.time_base
        yield from context.decode(packet)
    yield from context.decode(None)


def _pre_skip(track: AudioTrack) -> int:
    """Samples at 48 kHz that an Opus encoder put before the sound (RFC 7845, 5.1); 0 for other codecs."""
    return int.from_bytes(track.extradata[10:12], "little") if track.codec == "opus" else 0


def _without_skip(track: AudioTrack) -> bytes:
    """The decoder's configuration; of Opus without its pre-skip, which the packets' times tell already: the
    decoder would drop the samples a second time."""
    if not _pre_skip(track):
        return track.extradata
    return track.extradata[:10] + bytes(2) + track.extradata[12:]


def _samples(frame: av.AudioFrame) -> Sound:
    found = np.asarray(frame.to_ndarray(), np.float32)
    return found.T if frame.format.is_planar else found.reshape(-1, frame.layout.nb_channels)
