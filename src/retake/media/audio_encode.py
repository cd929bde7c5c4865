"""A stream of samples to encoded packets for a film's file, or to a sound file of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.codec.context import Flags
from av.error import FFmpegError

from retake.errors import HostError, InputError
from retake.media.filters import Samples, as_frame
from retake.media.sound import write_wav_blocks

AudioCodec = Literal["aac", "libopus"]

_FILES: dict[str, tuple[str, AudioCodec]] = {
    ".m4a": ("ipod", "aac"),
    ".opus": ("ogg", "libopus"),
    ".ogg": ("ogg", "libopus"),
}


@dataclass(frozen=True, slots=True)
class AudioPacket:
    """One encoded frame; `pts` and `duration` in samples."""

    data: bytes
    pts: int
    duration: int


@dataclass(frozen=True, slots=True)
class EncodedAudio:
    """Encoded stereo sound. `packets[0].pts` is `-priming`: the decoder drops that many samples, so that
    sample 0 of what was encoded is heard at time 0 (the muxer writes the edit list)."""

    packets: tuple[AudioPacket, ...]
    extradata: bytes
    codec: AudioCodec
    rate: int
    bitrate: int
    priming: int

    @property
    def time_base(self) -> Fraction:
        return Fraction(1, self.rate)


def encode_audio(
    blocks: Iterable[Samples], codec: AudioCodec = "aac", *, rate: int = 48_000, bitrate: int = 192_000
) -> EncodedAudio:
    """Encodes blocks of float32 stereo samples: AAC-LC by FFmpeg's own encoder for MP4, Opus for WebM.

    The packets cover every sample; the last is filled up with silence that its duration does not count. Opus
    takes 48 kHz only. Raises `HostError` where the encoder is missing or refuses.
    """
    try:
        context = av.CodecContext.create(codec, "w")
        context.sample_rate, context.bit_rate = rate, bitrate
        context.format, context.layout = ("fltp" if codec == "aac" else "flt"), "stereo"
        context.time_base = Fraction(1, rate)
        context.flags |= Flags.global_header | Flags.bitexact
        context.thread_count = 1
        context.open()
        counted = _Counted(blocks)
        raw = [(bytes(p), p.pts or 0) for p in _encoded(_frames(counted, context, rate), context)]
    except FFmpegError as error:
        remedy = "see `retake doctor` for the encoders that are here"
        raise HostError(f"cannot encode the sound: {error}", place=codec, remedy=remedy) from error
    # Encoders flush more than they were given: what begins after the last sample is heard by nobody.
    end, size = counted.samples, context.frame_size
    packets = tuple(AudioPacket(data, at, min(size, end - at)) for data, at in raw if at < end)
    priming = -packets[0].pts if packets else 0
    return EncodedAudio(packets, bytes(context.extradata or b""), codec, rate, bitrate, priming)


def _encoded(frames: Iterator[av.AudioFrame], context: AudioCodecContext) -> Iterator[av.Packet[Any]]:
    for frame in frames:
        yield from context.encode(frame)
    yield from context.encode(None)


class _Counted:
    """Blocks, and how many samples have passed."""

    def __init__(self, blocks: Iterable[Samples]) -> None:
        self._blocks, self.samples = blocks, 0

    def __iter__(self) -> Iterator[Samples]:
        for block in self._blocks:
            self.samples += len(block)
            yield block


def _frames(blocks: Iterable[Samples], context: AudioCodecContext, rate: int) -> Iterator[av.AudioFrame]:
    """Frames of exactly the encoder's size, in its sample format."""
    at = 0
    for chunk in rechunked(blocks, context.frame_size):
        if context.format.is_planar:
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(chunk.T), format="fltp", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = rate, at, Fraction(1, rate)
            yield frame
        else:
            yield as_frame(chunk, rate, at)
        at += len(chunk)


def rechunked(blocks: Iterable[Samples], size: int) -> Iterator[Samples]:
    """The same samples in blocks of one size, the last filled up with silence."""
    rest = np.zeros((0, 2), np.float32)
    for block in blocks:
        rest = np.concatenate([rest, block]) if len(rest) else block
        whole = len(rest) // size * size
        for at in range(0, whole, size):
            yield rest[at : at + size]
        rest = rest[whole:]
    if len(rest):
        yield np.concatenate([rest, np.zeros((size - len(rest), 2), np.float32)])


def write_audio(path: Path, blocks: Iterable[Samples], *, rate: int = 48_000, bitrate: int = 192_000) -> None:
    """Writes sound alone, of the kind that the name ends in: .wav (16-bit PCM), .m4a (AAC), .opus or .ogg.

    Raises `InputError` for another ending, `HostError` when the file cannot be written.
    """
    if path.suffix.lower() == ".wav":
        write_wav_blocks(path, blocks, rate)
        return
    if path.suffix.lower() not in _FILES:
        known = ", ".join([".wav", *_FILES])
        raise InputError("sound cannot be written in this format", place=str(path), remedy=f"use {known}")
    container, codec = _FILES[path.suffix.lower()]
    sound = encode_audio(blocks, codec, rate=rate, bitrate=bitrate)
    try:
        with av.open(str(path), "w", format=container) as output:
            stream = output.add_stream(codec, rate=rate, layout="stereo")
            stream.bit_rate = bitrate
            stream.time_base = sound.time_base
            for packet in sound.packets:
                out = av.Packet(packet.data)
                out.stream, out.time_base = stream, sound.time_base
                out.pts = out.dts = packet.pts
                out.duration, out.is_keyframe = packet.duration, True
                output.mux(out)
    except FFmpegError as error:
        remedy = "check that the disk has space and the folder can be written"
        raise HostError(f"cannot write the sound: {error}", place=str(path), remedy=remedy) from error
