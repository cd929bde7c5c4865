"""A generated bed of music: enters a `MusicRequest`, leaves `Music` of exactly that length.

`styles` says what each genre and mood sounds like, `score` writes the notes, `instruments` sounds them,
`room` puts them into a space. Everything is synthesised at 24 kHz, block by block, and brought to 48 kHz at
the end: a bed under speech needs nothing above 10 kHz, and a long one little memory.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from retake.errors import ProviderError, Severity
from retake.generate.bed.instruments import RATE, Orchestra
from retake.generate.bed.room import reverberated
from retake.generate.bed.score import Note, write_score
from retake.generate.bed.styles import style_for
from retake.generate.ports import Music, MusicRequest
from retake.media.filters import SILENCE, Samples, filtered, measure

OUT_RATE = 48_000
LEVEL = -20.0  # LUFS
PEAK = -3.0  # dBTP
LONGEST = 3600.0  # seconds
_BLOCK = 10  # seconds
_FADE = 2.2  # seconds

# Room for the voice: a wide dip where speech is understood; no rumble below, no hiss above.
_TONE = (
    ("highpass", "f=38"),
    ("equalizer", "f=1900:t=q:w=0.6:g=-4"),
    ("equalizer", "f=320:t=q:w=0.8:g=-2"),
    ("lowpass", "f=8500"),
)


class Bed:
    """The default: warm, slow-moving, made to be spoken over. The same request gives the same samples."""

    name = "bed"
    version = "1"

    def play(self, request: MusicRequest) -> Music:
        """Stereo music at 48 kHz that begins softly and ends on the tonic. Raises `ProviderError`."""
        if not 0 < request.duration <= LONGEST:
            raise ProviderError(
                f"a bed can last up to {LONGEST:.0f} s, not {request.duration} s",
                severity=Severity.FALLBACK,
                place=self.name,
                remedy="ask for another length or give a music file",
            )
        samples = np.zeros((max(round(request.duration * OUT_RATE), 1), 2), np.float32)
        at = 0
        for block in filtered(_performed(request), RATE, *_TONE, ("aresample", str(OUT_RATE))):
            part = block[: len(samples) - at]
            samples[at : at + len(part)] = part
            at += len(part)
        _close(samples)
        _level(samples)
        return Music(samples, OUT_RATE)


def _performed(request: MusicRequest) -> Iterator[Samples]:
    """The score played in its room, in blocks at `RATE`, a little longer than asked for."""
    seed = zlib.crc32(f"{request.genre}\0{request.mood}\0{request.seed}".encode())
    random = np.random.default_rng(seed)
    style = style_for(request.genre, request.mood)
    style = replace(style, tonic=style.tonic + int(random.integers(-2, 3)))
    notes = write_score(style, request.duration, random)
    length = int(request.duration * RATE) + RATE // 10
    return reverberated(_played(notes, Orchestra(style), length), style.space)


def _played(notes: list[Note], orchestra: Orchestra, length: int) -> Iterator[tuple[Samples, Samples]]:
    """Blocks of sound, and of what of it goes into the room; a note that rings on goes into the next."""
    size = _BLOCK * RATE
    ringing = np.zeros((2, 0, 2), np.float32)
    waiting = sorted(notes, key=lambda note: note.start)
    for at in range(0, length, size):
        count = min(size, length - at)
        buffer = np.zeros((2, size + orchestra.longest, 2), np.float32)
        buffer[:, : ringing.shape[1]] = ringing
        while waiting and waiting[0].start * RATE < at + count:
            note = waiting.pop(0)
            sound, send = orchestra.sound(note)
            begin = max(int(note.start * RATE) - at, 0)
            buffer[0, begin : begin + len(sound)] += sound
            buffer[1, begin : begin + len(sound)] += sound * np.float32(send)
        yield buffer[0, :count], buffer[1, :count]
        ringing = buffer[:, size:]


def _close(samples: Samples) -> None:
    """The soft beginning and the fade at the end."""
    for edge, seconds in ((samples, 0.4), (samples[::-1], _FADE)):
        count = min(int(seconds * OUT_RATE), len(samples) // 2)
        edge[:count] *= (0.5 - 0.5 * np.cos(np.pi * np.arange(count) / max(count, 1)))[:, None].astype(
            np.float32
        )


def _level(samples: Samples) -> None:
    loudness = measure((samples[at : at + OUT_RATE] for at in range(0, len(samples), OUT_RATE)), OUT_RATE)
    peak = max(float(samples.max()), -float(samples.min()), 1e-9)
    gain = PEAK - 20 * np.log10(peak)
    if loudness.integrated > SILENCE:
        gain = min(gain, LEVEL - loudness.integrated, PEAK - loudness.true_peak)
    samples *= np.float32(10 ** (gain / 20))
