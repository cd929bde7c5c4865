"""The keyless voice: eSpeak NG in a child process, its sound polished, its words and phonemes timed.

Enters: a `SpeechRequest`. Leaves: a `Speech` at eSpeak's own rate, 22.05 kHz. The same request gives the same
samples in any process. Errors: `InputError` for an unknown language or voice; `ProviderError`, to fall back
where the text holds nothing that this voice can say, to try again where the child process failed.
"""

from __future__ import annotations

import contextlib
import json
import struct
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from retake.errors import ProviderError, Severity
from retake.generate.polish import normalise, polish
from retake.generate.ports import Phoneme, Speech, SpeechRequest, Word
from retake.generate.spoken_text import Chunk, chunks_of, speakable, words_of
from retake.generate.timing import Timing, time_words
from retake.generate.voices import find_voice, identifier

Frame: TypeAlias = tuple[dict[str, Any], NDArray[np.int16]]
"""The events and the sound of one chunk; see `espeak_worker`."""

_ADAPTER = "1"
_WORKER = Path(__file__).with_name("espeak_worker.py")
_NO_SUCH_VOICE = 3

_WORDS_PER_MINUTE = 155  # by eSpeak's own count, about 165 by a clock
# eSpeak's pitch parameter against the relative pitch that it gives, measured on two voices.
_PITCH = ((0, 25, 40, 50, 60, 75, 99), (0.70, 0.82, 0.91, 1.0, 1.11, 1.29, 1.68))

_LEAD, _TAIL = 0.04, 0.06  # seconds of silence kept before and after
_SILENCE = 0.004  # of full scale


class Espeak:
    """Speaks some seventy languages, at some hundred times the speed of speech. Threads may share it."""

    name = "espeak"

    def __init__(self, timeout: float = 60.0) -> None:
        self.version = f"{_ADAPTER}+espeakng-loader-{version('espeakng-loader')}"
        self._timeout = timeout

    def speak(self, request: SpeechRequest) -> Speech:
        """Words to sound. The words cover the request's text, those that are not said without duration."""
        voice = find_voice(request.voice)
        language = identifier(request.language)
        _refuse_unreadable(request)
        chunks = list(chunks_of(request.text, request.language))
        job = {
            "voice": f"{language}+{voice.variant}",
            "wpm": round(np.clip(_WORDS_PER_MINUTE * voice.pace * request.rate, 80, 400)),
            "pitch": round(float(np.interp(voice.pitch * request.pitch, _PITCH[1], _PITCH[0]))),
            "range": voice.liveliness,
            "texts": [chunk.text for chunk in chunks],
        }
        with contextlib.closing(self._run(job)) as frames:
            return _assemble(words_of(request.text), chunks, frames, voice.gender)

    def _run(self, job: dict[str, Any]) -> Generator[Frame, None, None]:
        """The child's answers, one for each text, while it speaks the next."""
        limit = self._timeout + sum(len(text) for text in job["texts"]) / 1000
        with _start() as child:
            assert child.stdin is not None
            assert child.stdout is not None
            assert child.stderr is not None
            late = threading.Event()
            watch = threading.Timer(limit, lambda: (late.set(), child.kill()))
            watch.daemon = True
            watch.start()
            try:
                # A child that is gone already says why when it is waited for.
                with contextlib.suppress(BrokenPipeError), child.stdin:
                    child.stdin.write(json.dumps(job).encode())
                for _ in job["texts"]:
                    frame = _read_frame(child.stdout)
                    if frame is None:
                        reason = child.stderr.read().decode(errors="replace").strip()
                        raise _failure(child.wait(), reason, late.is_set())
                    yield frame
            finally:
                watch.cancel()
                child.kill()


def _refuse_unreadable(request: SpeechRequest) -> None:
    if not speakable(request.text):
        raise ProviderError("the text holds no words to speak", severity=Severity.FALLBACK)
    # It would say "Chinese letter", in English, for each of them.
    japanese = identifier(request.language) == "jpx/ja"
    if japanese and any("\u4e00" <= character <= "\u9fff" for character in request.text):
        raise ProviderError(
            "eSpeak NG cannot read kanji",
            severity=Severity.FALLBACK,
            place="language",
            remedy="write the narration in kana, or choose another speech provider",
        )


def _start() -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    try:
        return subprocess.Popen([sys.executable, "-P", str(_WORKER)], stdin=pipe, stdout=pipe, stderr=pipe)
    except OSError as error:
        raise ProviderError(f"eSpeak NG cannot be started: {error}", severity=Severity.RECOVERABLE) from error


def _read_frame(stream: IO[bytes]) -> Frame | None:
    """The next frame of the worker's protocol; None where it is not whole."""
    header = stream.read(8)
    if len(header) < 8:
        return None
    record_size, sound_size = struct.unpack(">II", header)
    record, sound = stream.read(record_size), stream.read(sound_size)
    if len(record) < record_size or len(sound) < sound_size:
        return None
    return json.loads(record), np.frombuffer(sound, np.int16)


def _failure(code: int, reason: str, late: bool) -> ProviderError:
    last = reason.splitlines()[-1] if reason else ""
    if code == _NO_SUCH_VOICE:
        return ProviderError(f"eSpeak NG has no voice {last!r}", severity=Severity.FALLBACK)
    if late:
        what = "did not answer in time"
    elif code == 0:
        what = "gave an answer that is cut off"
    else:
        what = f"was killed by signal {-code}" if code < 0 else f"ended with {code}"
    return ProviderError(f"eSpeak NG {what}" + (f": {last}" if last else ""), severity=Severity.RECOVERABLE)


def _assemble(words: list[str], chunks: Sequence[Chunk], frames: Iterator[Frame], gender: str) -> Speech:
    sample_rate = 0
    sounds: list[NDArray[np.float32]] = []
    timings: list[Timing] = []
    offset = 0
    for chunk, (record, sound) in zip(chunks, frames, strict=True):
        sample_rate = int(record["sample_rate"])
        sounds.append(polish(sound, sample_rate, gender))
        timings.append(time_words(chunk.owners, chunk.text, record, len(sound)).shifted(offset))
        offset += len(sound)
    samples = normalise(np.concatenate(sounds))
    samples, trimmed = _trim(samples, sample_rate)

    def seconds(sample: int) -> float:
        return round(min(max(sample - trimmed, 0), len(samples)) / sample_rate, 6)

    spans: dict[int, tuple[int, int]] = {}
    for timing in timings:
        for index, (start, end) in timing.spans.items():
            # A word longer than a chunk is heard from the first to the last of them.
            spans[index] = (spans.get(index, (start, end))[0], end)
    timed: list[Word] = []
    for index, word in enumerate(words):
        start, end = spans.get(index, (0, 0))
        last = timed[-1].end if timed else 0.0
        start = max(seconds(start), last)
        timed.append(Word(word, start, max(seconds(end), start)))
    phonemes = tuple(Phoneme(ipa, seconds(at)) for timing in timings for ipa, at in timing.phonemes)
    return Speech(samples, sample_rate, tuple(timed), phonemes)


def _trim(samples: NDArray[np.float32], sample_rate: int) -> tuple[NDArray[np.float32], int]:
    """Without most of the silence at its ends, and the samples taken away at the beginning."""
    audible = np.abs(samples) > _SILENCE
    if not audible.any():
        raise ProviderError("eSpeak NG said nothing", severity=Severity.FALLBACK)
    first, last = int(audible.argmax()), len(audible) - 1 - int(audible[::-1].argmax())
    start = max(0, first - round(_LEAD * sample_rate))
    tail = round(_TAIL * sample_rate)
    kept = samples[start : last + tail].copy()
    fade = min(tail, len(kept))
    kept[len(kept) - fade :] *= np.linspace(1, 0, fade, dtype=np.float32) ** 2
    return kept, start
