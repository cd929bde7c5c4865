"""Voices: cloning them, instantly or professionally, and looking after them.

Enters: a client, names and sound files. Leaves: voice ids and a voice's state. A professional clone is made
in steps: created, given its samples, verified (its owner reads the text of a picture aloud), trained, ready.

Source: ElevenLabs API reference, "Voices", "IVC", "PVC", read November 2026.
"""

from __future__ import annotations

import base64
import binascii
import json
import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel

from retake.errors import InputError
from retake.generate.elevenlabs.client import Answer, Client, Part, rubbish

READY, FAILED = "fine_tuned", "failed"
VERIFICATION_NEEDED, TRAINING = "not_verified", ("queued", "fine_tuning", "delayed")


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice of the account. `training` is the state of a professional clone by model (`fine_tuned` when it
    is ready), `progress` the share that is done, 0 to 1."""

    id: str
    name: str
    category: str
    training: dict[str, str]
    progress: dict[str, float]
    verified: bool

    def state(self, model: str) -> str:
        """The state of its training for a model; "" for a voice that needs none."""
        return self.training.get(model, "draft") if self.category == "professional" else ""


def clone_instantly(
    client: Client, name: str, files: Sequence[Path], *, description: str = "", remove_noise: bool = False
) -> str:
    """A voice from a minute or more of speech; its id. Raises `ProviderError`, `InputError` for a file."""
    form = {"name": name, "remove_background_noise": _flag(remove_noise), "description": description}
    filled = {field: value for field, value in form.items() if value}
    return client.call("POST", "/v1/voices/add", form=filled, files=_parts(files)).read(_Id).voice_id


def begin_professional(client: Client, name: str, language: str, *, description: str = "") -> str:
    """A professional voice that has no samples yet; its id."""
    body = {"name": name, "language": language} | ({"description": description} if description else {})
    return client.call("POST", "/v1/voices/pvc", json=body).read(_Id).voice_id


def add_sample(client: Client, voice: str, file: Path, *, remove_noise: bool = False) -> None:
    """One more recording for a professional voice."""
    form = {"remove_background_noise": _flag(remove_noise)}
    client.call("POST", f"/v1/voices/pvc/{voice}/samples", form=form, files=_parts([file]))


def captcha(client: Client, voice: str) -> bytes:
    """The picture whose text the voice's owner reads aloud, as a file."""
    return _picture(client.call("GET", f"/v1/voices/pvc/{voice}/captcha"))


def verify(client: Client, voice: str, recording: Path) -> None:
    """Hand in the recording of the captcha. Raises `ProviderError` where it does not match."""
    client.call("POST", f"/v1/voices/pvc/{voice}/captcha", files=_parts([recording], "recording"))


def train(client: Client, voice: str, model: str) -> None:
    """Begin the training of a verified voice; it takes hours."""
    client.call("POST", f"/v1/voices/pvc/{voice}/train", json={"model_id": model})


def get_voice(client: Client, voice: str) -> Voice:
    """A voice as it is now."""
    return _voice(client.call("GET", f"/v1/voices/{voice}").read(_Told))


def list_voices(client: Client) -> tuple[Voice, ...]:
    """The account's voices."""
    return tuple(map(_voice, client.call("GET", "/v1/voices").read(_All).voices))


def delete_voice(client: Client, voice: str) -> None:
    """Delete a voice for good."""
    client.call("DELETE", f"/v1/voices/{voice}")


def _parts(files: Sequence[Path], field: str = "files") -> list[Part]:
    parts: list[Part] = []
    for path in files:
        try:
            content = path.read_bytes()
        except OSError as error:
            raise InputError(
                "cannot be read", place=str(path), remedy=(error.strerror or str(error)).lower()
            ) from error
        parts.append((field, (path.name, content, mimetypes.guess_type(path.name)[0] or "audio/mpeg")))
    return parts


def _flag(value: bool) -> str:
    return "true" if value else ""


def _picture(answer: Answer) -> bytes:
    """A picture, as it is or as base64 in a JSON string."""
    if answer.headers.get("content-type", "").startswith("image/"):
        return answer.body
    try:
        told = json.loads(answer.body)
        return base64.b64decode(str(told).rpartition(",")[2], validate=True)
    except (ValueError, binascii.Error) as error:
        raise rubbish("a captcha that is no picture") from error


def _voice(told: _Told) -> Voice:
    tuning, verification = told.fine_tuning or _Tuning(), told.voice_verification or _Verification()
    return Voice(
        told.voice_id,
        told.name,
        told.category,
        dict(tuning.state or {}),
        dict(tuning.progress or {}),
        verification.is_verified or not verification.requires_verification,
    )


class _Id(BaseModel):
    voice_id: str


class _Tuning(BaseModel):
    state: dict[str, str] | None = None
    progress: dict[str, float] | None = None


class _Verification(BaseModel):
    requires_verification: bool = False
    is_verified: bool = False


class _Told(BaseModel):
    voice_id: str
    name: str = ""
    category: str = ""
    fine_tuning: _Tuning | None = None
    voice_verification: _Verification | None = None


class _All(BaseModel):
    voices: list[_Told]
