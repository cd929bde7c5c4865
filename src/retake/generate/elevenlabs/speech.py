"""One call of text to speech: what is asked, and the sound with the times of its characters.

Enters: a `Line`. Leaves: a `Reading`, or the service's `Refusal`. Where a model or an answer gives no times,
they are measured by the service's forced alignment. Errors: `ProviderError`, recoverable for rubbish.

Source: ElevenLabs API reference, "Create speech with timing", "Create speech", read November 2026.
"""

from __future__ import annotations

import base64
import binascii
import io
import math
import tempfile
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from retake.errors import MediaError
from retake.generate.elevenlabs.alignment import align
from retake.generate.elevenlabs.client import Answer, Client, rubbish
from retake.generate.elevenlabs.dictionaries import Locator
from retake.generate.elevenlabs.models import Form, Model
from retake.generate.elevenlabs.refusals import Refusal
from retake.generate.elevenlabs.script import CharacterTimes
from retake.media.sound import read_sound

MOST_REQUEST_IDS = 3


@dataclass(frozen=True, slots=True)
class VoiceSettings:
    """How a voice speaks, each 0 to 1; None leaves it as it is set for the voice."""

    stability: float | None = None
    similarity_boost: float | None = None
    style: float | None = None
    use_speaker_boost: bool | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """Text to be spoken by a voice, within what surrounds it: texts, or better the ids of the requests that
    made it (which must be less than two hours old). `speed` is the service's own, 0.7 to 1.2."""

    text: str
    voice: str
    language: str = ""
    seed: int = 0
    speed: float = 1.0
    before: str = ""
    after: str = ""
    before_ids: tuple[str, ...] = ()
    after_ids: tuple[str, ...] = ()
    settings: VoiceSettings = VoiceSettings()
    dictionaries: tuple[Locator, ...] = ()
    normalization: str = "auto"


@dataclass(frozen=True, eq=False)
class Reading:
    """A line as spoken: mono float32 samples, its characters' times, the request's id, for stitching, and the
    characters that were charged."""

    samples: NDArray[np.float32]
    sample_rate: int
    times: CharacterTimes
    request_id: str
    charged: float

    @property
    def duration(self) -> float:
        return len(self.samples) / self.sample_rate


def read_aloud(client: Client, line: Line, model: Model, form: Form) -> Reading | Refusal:
    """Have a line spoken, in that form."""
    path = f"/v1/text-to-speech/{line.voice}" + ("/with-timestamps" if model.timestamps else "")
    answer = client.generate(path, request_body(line, model), {"output_format": form.name})
    if isinstance(answer, Refusal):
        return answer
    sound, times = _sound_and_times(answer) if model.timestamps else (answer.body, None)
    samples = _raw(sound) if form.raw else _decoded(sound, form)
    if not len(samples):
        raise rubbish("a sound without samples")
    if times is None:
        file = _with_header(samples, form) if form.raw else sound
        times = align(client, file, "speech.wav" if form.raw else "speech.mp3", line.text).characters
    cost = answer.headers.get("character-cost", "")
    return Reading(
        samples,
        form.sample_rate,
        times,
        answer.headers.get("request-id", ""),
        float(cost) if cost.isdigit() else len(line.text),
    )


def request_body(line: Line, model: Model) -> dict[str, Any]:
    """The JSON of a request: only what the model takes, and what differs from the voice's own settings."""
    settings = {
        name: getattr(line.settings, name)
        for name in ("stability", "similarity_boost", "style", "use_speaker_boost")
        if getattr(line.settings, name) is not None
    }
    if model.speed and line.speed != 1.0:
        settings["speed"] = line.speed
    body: dict[str, Any] = {
        "text": line.text,
        "model_id": model.name,
        "seed": line.seed % 2**32,
        "apply_text_normalization": line.normalization,
        "voice_settings": settings or None,
        "language_code": line.language if model.language_code else None,
        "pronunciation_dictionary_locators": [locator.body() for locator in line.dictionaries] or None,
    }
    if model.stitching:
        # The service ignores the text where it is given the ids.
        before, after = line.before_ids[-MOST_REQUEST_IDS:], line.after_ids[:MOST_REQUEST_IDS]
        body["previous_request_ids" if before else "previous_text"] = list(before) or line.before
        body["next_request_ids" if after else "next_text"] = list(after) or line.after
    return {name: value for name, value in body.items() if value not in (None, "")}


class _Alignment(BaseModel):
    characters: list[str]
    character_start_times_seconds: list[float]
    character_end_times_seconds: list[float]


class _Timed(BaseModel):
    audio_base64: str
    alignment: _Alignment | None = None


def _sound_and_times(answer: Answer) -> tuple[bytes, CharacterTimes | None]:
    told = answer.read(_Timed)
    try:
        sound = base64.b64decode(told.audio_base64, validate=True)
    except binascii.Error as error:
        raise rubbish(f"a sound that is not base64: {error}") from error
    if told.alignment is None:
        return sound, None
    characters = told.alignment.characters
    starts, ends = told.alignment.character_start_times_seconds, told.alignment.character_end_times_seconds
    if not len(characters) == len(starts) == len(ends):
        raise rubbish(f"{len(characters)} characters with {len(starts)} and {len(ends)} times")
    if not all(math.isfinite(time) and time >= 0 for time in (*starts, *ends)):
        raise rubbish("times that are no times")
    return sound, CharacterTimes(tuple(characters), tuple(starts), tuple(ends))


def _raw(sound: bytes) -> NDArray[np.float32]:
    """16-bit little-endian mono samples."""
    if len(sound) % 2:
        raise rubbish("half a sample at the end of the sound")
    return np.asarray(np.frombuffer(sound, "<i2") / 32768, np.float32)


def _decoded(sound: bytes, form: Form) -> NDArray[np.float32]:
    with tempfile.TemporaryDirectory(prefix="retake-") as folder:
        path = Path(folder) / "speech.mp3"
        path.write_bytes(sound)
        try:
            sides = read_sound(path, form.sample_rate)
        except MediaError as error:
            raise rubbish(f"a sound that cannot be decoded: {error.message}") from error
    return np.asarray(np.clip(sides.mean(axis=1), -1, 1), np.float32)


def _with_header(samples: NDArray[np.float32], form: Form) -> bytes:
    """The samples as a WAV file."""
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(form.sample_rate)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return target.getvalue()
