"""Sound from files, as float32 stereo samples, and samples to WAV files.

Second 0 is where the file's presentation begins, for a film the same as for its picture: an encoder's priming
is dropped, sound that begins after the picture is led by silence, and holes in it are filled with silence.
"""

from __future__ import annotations

import wave
from collections.abc import Generator, Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
from av import AudioFrame, AudioResampler
from av.container import InputContainer
from av.error import FFmpegError

from retake.errors import HostError, MediaError
from retake.media.filters import Samples, as_samples, filtered, tempo
from retake.media.source import open_source, origin, unreadable

BLOCK = 16_384
_HOLE = Fraction(1, 10)  # seconds; less is a container's rounding of times
_LONGEST_HOLE = 3600
_FAR = 30  # seconds; up to here decoding from the beginning is as fast as seeking, and exact in every format
_INDEXED = ("mov", "matroska", "wav", "flac")


def read_sound(
    path: Path, rate: int = 48_000, start: float | Fraction = 0, duration: float | Fraction | None = None
) -> Samples:
    """Samples (count, 2) at `rate` from `start` on, in seconds; mono goes to both sides at its own level.

    Fewer samples than `duration` asks for come back where the sound ends before. Raises `MediaError`.
    """
    blocks = list(iter_sound(path, rate, start, duration))
    return np.concatenate(blocks) if blocks else np.zeros((0, 2), np.float32)


def iter_sound(
    path: Path,
    rate: int = 48_000,
    start: float | Fraction = 0,
    duration: float | Fraction | None = None,
    speed: Fraction = Fraction(1),
) -> Generator[Samples, None, None]:
    """The samples of `read_sound` in blocks of at most `BLOCK`; little is held in memory.

    `speed` changes the tempo and keeps the pitch; `start` counts in the source, `duration` in what comes out.
    Raises `MediaError`.
    """
    skip = round(Fraction(start) * rate)
    left = None if duration is None else round(Fraction(duration) * rate)
    with open_source(path, kind="audio") as container:
        blocks: Iterable[Samples] = _from(_at_rate(container, path, rate, Fraction(start)), skip)
        if speed != 1:
            blocks = filtered(blocks, rate, *tempo(speed))
        for block in blocks:
            for at in range(0, len(block), BLOCK):
                part = block[at : at + BLOCK][:left]
                left = None if left is None else left - len(part)
                if len(part):
                    yield part
                if left == 0:
                    return


def _from(blocks: Iterator[tuple[int, Samples]], first: int) -> Iterator[Samples]:
    """What lies at or after a sample, of blocks that know where they begin."""
    for at, block in blocks:
        yield block[max(first - at, 0) :]


def _at_rate(
    container: InputContainer, path: Path, rate: int, start: Fraction
) -> Iterator[tuple[int, Samples]]:
    """Blocks at the rate wanted, with the sample that each begins at."""
    placed = _without_holes(container, path, start)
    first = next(placed, None)
    if first is None:
        return
    source, begin, samples = first

    def blocks() -> Iterator[Samples]:
        yield samples
        for changed, _, block in placed:
            if changed != source:
                raise MediaError(
                    "the sound changes its sample rate", place=str(path), remedy="export it again"
                )
            yield block

    at = round(Fraction(begin * rate, source))
    for block in blocks() if source == rate else filtered(blocks(), source, ("aresample", str(rate))):
        yield at, block
        at += len(block)


def _without_holes(
    container: InputContainer, path: Path, start: Fraction
) -> Iterator[tuple[int, int, Samples]]:
    """Rate, first sample and samples, as decoded, each block following on the one before."""
    expected = _go_to(container, start)
    for time, frame, samples in _decoded(container, path):
        rate = frame.sample_rate
        position = round(time * rate)
        if expected is None:
            expected = max(position, 0)
        gap = position - expected
        tolerated = Fraction(1, 1000) if expected == 0 else _HOLE
        if gap > _LONGEST_HOLE * rate:
            raise MediaError("the sound's times jump by hours", place=str(path), remedy="export it again")
        if abs(gap) > tolerated * rate:
            for size in _sizes(gap):
                yield rate, expected, np.zeros((size, 2), np.float32)
                expected += size
            samples = samples[max(-gap, 0) :]
        if len(samples):
            yield rate, expected, samples
            expected += len(samples)


def _sizes(count: int) -> Iterator[int]:
    while count > 0:
        yield min(count, BLOCK)
        count -= BLOCK


def _go_to(container: InputContainer, start: Fraction) -> int | None:
    """Seek near a far start, a second early for decoders to settle; the next sample expected, if known."""
    if start <= _FAR or not container.format.name.startswith(_INDEXED):
        return 0
    stream = container.streams.audio[0]
    assert stream.time_base is not None
    container.seek(int((origin(container) + start - 1) / stream.time_base), stream=stream, backward=True)
    return None


def _decoded(container: InputContainer, path: Path) -> Iterator[tuple[Fraction, AudioFrame, Samples]]:
    """Decoded frames as stereo float samples at their own rate, with their presentation time in seconds."""
    stream = container.streams.audio[0]
    begin, after, known = origin(container), Fraction(0), None
    sides = AudioResampler("flt", "stereo")
    try:
        for frame in container.decode(stream):
            if frame.pts is not None and frame.time_base is not None:
                after = frame.pts * frame.time_base - begin
            shape = frame.format.name, frame.layout.name, frame.sample_rate
            if shape != known:
                # FFmpeg's own way from mono to stereo would lower it by 3 dB.
                channels = "mono" if frame.layout.nb_channels == 1 else "stereo"
                known, sides = shape, AudioResampler("flt", channels, frame.sample_rate)
            frame.pts = None
            for packed in sides.resample(frame):
                yield after, frame, as_samples(packed)
            after += Fraction(frame.samples, frame.sample_rate)
    except (FFmpegError, ValueError) as error:
        raise unreadable(path, error, "audio") from error


def write_wav(path: Path, samples: Samples, rate: int) -> None:
    """Writes samples, (count,) or (count, channels) in [-1, 1], as 16-bit PCM. Raises `HostError`."""
    write_wav_blocks(path, [samples], rate, 1 if samples.ndim == 1 else samples.shape[1])


def write_wav_blocks(path: Path, blocks: Iterable[Samples], rate: int, channels: int = 2) -> None:
    """Writes a stream of blocks as 16-bit PCM. Raises `HostError`."""
    try:
        with path.open("wb") as target, wave.open(target, "wb") as file:
            file.setnchannels(channels)
            file.setsampwidth(2)
            file.setframerate(rate)
            for block in blocks:
                levels = np.clip(np.rint(block * 32768.0), -32768, 32767).astype("<i2")
                file.writeframes(levels.tobytes())
    except OSError as error:
        remedy = "check that the disk has space and the folder can be written"
        raise HostError(f"cannot write the sound: {error}", place=str(path), remedy=remedy) from error
