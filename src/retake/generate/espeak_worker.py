"""A child process that speaks with eSpeak NG and ends. It knows nothing of Retake.

eSpeak NG is GPL-3 and written in C: here it stays in a process of its own, which may crash alone. Every job
gets a new process, so that the sound never depends on what was said before.

Enters on standard input, as JSON: `{"voice", "wpm", "pitch", "range", "texts": [...]}`; `voice` is an
eSpeak identifier (`gmw/en-US+f3`), `pitch` and `range` are 0 to 99.
Leaves on standard output, for every text one frame: the length of a JSON record and of the sound that follows
(two big-endian uint32), the record `{"sample_rate", "words": [[position, length, sample]...],
"phonemes": [[ipa, sample]...], "clauses": [sample...]}` (positions count characters from 0), and the sound,
mono int16 in the machine's own byte order.
Ends with 0, 3 (no such voice) or 4 (the library failed), and the reason on standard error.

API: espeak-ng's `speak_lib.h`, version 1.52.
"""

from __future__ import annotations

import contextlib
import ctypes as c
import json
import os
import struct
import sys
from typing import Any, BinaryIO

import espeakng_loader  # pyright: ignore[reportMissingTypeStubs]

NO_SUCH_VOICE, LIBRARY_FAILED = 3, 4

_SYNCHRONOUS, _PHONEME_EVENTS, _PHONEME_IPA, _DONT_EXIT = 2, 1, 2, 0x8000
_UTF8 = 1  # and neither 0x10 (SSML) nor 0x100 (phonemes in [[ ]]): a text is only ever text
_END_OF_LIST, _WORD, _CLAUSE_END, _PHONEME = 0, 1, 5, 7
_RATE, _VOLUME, _PITCH, _RANGE = 1, 2, 3, 4
_HEADROOM = 60  # of 100: several voices clip at the natural volume


class _Identity(c.Union):
    _fields_ = (("number", c.c_int), ("name", c.c_char_p), ("string", c.c_char * 8))


class _Event(c.Structure):
    _fields_ = (
        ("type", c.c_int),
        ("unique_identifier", c.c_uint),
        ("text_position", c.c_int),
        ("length", c.c_int),
        ("audio_position", c.c_int),
        ("sample", c.c_int),
        ("user_data", c.c_void_p),
        ("id", _Identity),
    )


_CALLBACK = c.CFUNCTYPE(c.c_int, c.POINTER(c.c_short), c.c_int, c.POINTER(_Event))


def _load() -> tuple[c.CDLL, int]:
    library = c.CDLL(espeakng_loader.get_library_path())
    options = _PHONEME_EVENTS | _PHONEME_IPA | _DONT_EXIT
    sample_rate = library.espeak_Initialize(
        _SYNCHRONOUS, 0, os.fsencode(espeakng_loader.get_data_path()), options
    )
    if sample_rate <= 0:
        _stop(LIBRARY_FAILED, f"espeak_Initialize gave {sample_rate}")
    return library, sample_rate


def _speak(library: c.CDLL, texts: list[str], sample_rate: int, out: BinaryIO) -> None:
    sound = bytearray()
    events: dict[str, list[Any]] = {}

    def receive(samples: Any, count: int, event: Any) -> int:
        if samples and count:
            sound.extend(c.string_at(samples, 2 * count))
        for i in range(1 << 30):
            e = event[i]
            if e.type == _END_OF_LIST:
                break
            if e.type == _WORD:
                events["words"].append([e.text_position - 1, e.length, e.sample])
            elif e.type == _CLAUSE_END:
                events["clauses"].append(e.sample)
            elif e.type == _PHONEME:
                symbol = c.string_at(c.addressof(e.id), 8).split(b"\0")[0]
                events["phonemes"].append([symbol.decode("utf-8", "ignore"), e.sample])
        return 0

    callback = _CALLBACK(receive)
    library.espeak_SetSynthCallback(callback)
    for text in texts:
        sound.clear()
        events.update(words=[], clauses=[], phonemes=[])
        # Otherwise the noise in a breathy voice depends on the time of day.
        library.espeak_ng_SetRandSeed(c.c_long(1))
        data = text.encode() + b"\0"
        if library.espeak_Synth(data, len(data), 0, 1, 0, _UTF8, None, None) != 0:
            _stop(LIBRARY_FAILED, "espeak_Synth failed")
        record = json.dumps({"sample_rate": sample_rate, **events}).encode()
        out.write(struct.pack(">II", len(record), len(sound)) + record)
        out.write(sound)
        out.flush()


def _stop(code: int, reason: str) -> None:
    sys.stderr.write(reason)
    sys.exit(code)


def main() -> None:
    # The library may print to descriptor 1; the protocol gets a descriptor of its own.
    protocol = os.dup(1)
    os.dup2(2, 1)
    job = json.load(sys.stdin.buffer)
    library, sample_rate = _load()
    with contextlib.suppress(BrokenPipeError), os.fdopen(protocol, "wb") as out:
        if library.espeak_SetVoiceByName(job["voice"].encode()) != 0:
            _stop(NO_SUCH_VOICE, job["voice"])
        library.espeak_SetParameter(_VOLUME, _HEADROOM, 0)
        for parameter, name in ((_RATE, "wpm"), (_PITCH, "pitch"), (_RANGE, "range")):
            library.espeak_SetParameter(parameter, job[name], 0)
        _speak(library, job["texts"], sample_rate, out)


if __name__ == "__main__":
    main()
