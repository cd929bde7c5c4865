"""Known voices: cloned once, then called by name.

Enters: a name and recordings, or what a template says of its voice. Leaves: a `StoredVoice`, kept in the
settings' `home`, or the `KnownVoice` that speaks. A voice is cloned only with a consent in the book. A
professional clone is made in steps; each step is kept, so that the next command goes on from there.
Errors: `InputError`, `HostError`, `ProviderError`.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, cast

from retake.errors import HostError, InputError, Problem
from retake.generate.elevenlabs import cloning
from retake.generate.elevenlabs.client import Client
from retake.generate.elevenlabs.models import model_named
from retake.generate.providers import available
from retake.media.probe import probe
from retake.progress import Progress, Step
from retake.settings import Settings
from retake.trust.consent import Consent, ConsentBook

PROVIDER = "elevenlabs"
ENOUGH = {"instant": 60.0, "professional": 1800.0}
"""Seconds of speech below which a clone is heard to be one."""

State = Literal["unverified", "training", "ready", "failed"]

_NAME = re.compile(r"[A-Za-z0-9][\w .-]{0,63}")
_RAW_ID = re.compile(r"[A-Za-z0-9]{16,64}")
_LEAST = 1.0
_SCHEMA = 1
_TRAINED_FOR = "eleven_multilingual_v2"


@dataclass(frozen=True, slots=True)
class KnownVoice:
    """A voice as it is asked for: the provider's own id, the name it is called by, whose it is, and the
    consent under which it was cloned ("" where Retake did not clone it)."""

    id: str
    name: str
    provider: str
    consent: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class StoredVoice:
    """A voice that was cloned here. `model` is what a professional one is trained for, `samples` are the
    SHA-256 of the recordings that it has."""

    name: str
    id: str
    kind: Literal["instant", "professional"]
    state: State
    subject: str
    consent: str
    made: str
    provider: str = PROVIDER
    model: str = ""
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cloned:
    """What came of a command: the voice, what it is well to know, and the picture of a captcha to be read."""

    voice: StoredVoice
    warnings: tuple[Problem, ...] = ()
    captcha: Path | None = None


def resolve(name: str, settings: Settings) -> KnownVoice:
    """The voice that a template means: `provider:voice`, the name of a stored voice, or an id of ElevenLabs.

    Raises `InputError` for a name that nobody knows, and for a voice that is not ready.
    """
    provider, colon, own = name.partition(":")
    if colon:
        if provider not in available("speech"):
            known = ", ".join(available("speech"))
            raise InputError(
                f"there is no speech provider named {provider!r}", place="voice_id", remedy=f"known: {known}"
            )
        return KnownVoice(own, name, provider)
    stored = stored_voices(settings)
    for voice in stored:
        if name in (voice.name, voice.id):
            if voice.state != "ready":
                raise InputError(
                    f"the voice {voice.name!r} is not ready: {voice.state}",
                    place="voice_id",
                    remedy=f"see `retake clone-voice --name {voice.name} --professional`",
                )
            return KnownVoice(voice.id, voice.name, voice.provider, voice.consent, voice.subject)
    if _RAW_ID.fullmatch(name):
        return KnownVoice(name, name, PROVIDER)
    known = ", ".join(voice.name for voice in stored) or "none"
    raise InputError(
        f"there is no voice named {name!r}",
        place="voice_id",
        remedy=f"stored voices: {known}; make one with `retake clone-voice`, or write espeak:arthur",
    )


def stored_voices(settings: Settings) -> tuple[StoredVoice, ...]:
    """The voices that were cloned here, by name. Raises `HostError` for a file that is not Retake's."""
    path = _book(settings)
    try:
        told: Any = json.loads(path.read_bytes())
        voices = cast(Mapping[str, Mapping[str, Any]], told["voices"])
        return tuple(_stored(voices[name]) for name in sorted(voices))
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise _unwritable(path, error) from error
    except (ValueError, KeyError, TypeError) as error:
        remedy = "restore it from a copy, or move it away and clone the voices anew"
        message = "is not the list of voices that Retake wrote"
        raise HostError(message, place=str(path), remedy=remedy) from error


def _stored(told: Mapping[str, Any]) -> StoredVoice:
    return replace(StoredVoice(**told), samples=tuple(told["samples"]))


def clone_instantly(
    name: str,
    files: Sequence[Path],
    settings: Settings,
    progress: Progress,
    *,
    subject: str = "",
    description: str = "",
    remove_noise: bool = False,
) -> Cloned:
    """Clone a voice from a minute or more of speech. It is ready at once.

    `subject` is whose voice it is, as in the consent; the voice's name by default.
    """
    _check_name(name)
    consent = _consent(subject or name, settings)
    warnings = _check_files(files, "instant", progress)
    with _locked(settings), _client(settings) as client:
        if any(voice.name == name for voice in stored_voices(settings)):
            remedy = "choose another name"
            raise InputError(f"there is a voice named {name!r} already", place="--name", remedy=remedy)
        progress(Step("clone", 0, 1, note="the voice is being cloned"))
        identity = cloning.clone_instantly(
            client, name, files, description=description, remove_noise=remove_noise
        )
        voice = StoredVoice(
            name, identity, "instant", "ready", consent.agreement.subject, consent.id, _now(),
            samples=tuple(map(_sha256, files)),
        )  # fmt: skip
        try:
            _store(voice, settings)
        except HostError as error:
            error.message += f"; the voice was made all the same, its id is {identity}"
            raise
        progress(Step("clone", 1, 1))
    return Cloned(voice, warnings)


def clone_professionally(
    name: str,
    files: Sequence[Path],
    settings: Settings,
    progress: Progress,
    *,
    subject: str = "",
    language: str = "en",
    description: str = "",
    remove_noise: bool = False,
    recording: Path | None = None,
) -> Cloned:
    """Begin a professional clone, or go on with it.

    With `files` it is created and given those recordings that it does not have yet; with `recording`, the
    captcha read aloud, it is verified and its training begun; with neither, its state is asked for.
    """
    _check_name(name)
    with _locked(settings), _client(settings) as client:
        stored = next((voice for voice in stored_voices(settings) if voice.name == name), None)
        if stored is not None and stored.kind != "professional":
            remedy = "choose another name"
            raise InputError(f"{name!r} is an instant clone already", place="--name", remedy=remedy)
        if stored is None and not files:
            remedy = "give the recordings first"
            raise InputError(f"there is no voice named {name!r} yet", place="--name", remedy=remedy)
        consent = _consent(subject or (stored.subject if stored else name), settings)
        warnings = _check_files(files, "professional", progress) if files else ()
        if stored is None:
            identity = cloning.begin_professional(client, name, language, description=description)
            model = settings.elevenlabs_model
            stored = StoredVoice(
                name, identity, "professional", "unverified", consent.agreement.subject, consent.id, _now(),
                model=model if model_named(model).serves_professional else _TRAINED_FOR,
            )  # fmt: skip
            _store(stored, settings)
        voice = _with_samples(client, stored, files, settings, progress, remove_noise)
        if recording is not None:
            _check_files([recording], "", progress)
            cloning.verify(client, voice.id, recording)
            cloning.train(client, voice.id, voice.model)
        voice = replace(voice, state=_state(cloning.get_voice(client, voice.id), voice.model))
        _store(voice, settings)
        picture = _keep_captcha(client, voice, settings) if voice.state == "unverified" else None
    return Cloned(voice, warnings, picture)


def _with_samples(
    client: Client,
    voice: StoredVoice,
    files: Sequence[Path],
    settings: Settings,
    progress: Progress,
    remove_noise: bool,
) -> StoredVoice:
    for done, path in enumerate(files):
        progress(Step("upload", done, len(files), note=path.name))
        digest = _sha256(path)
        if digest not in voice.samples:
            cloning.add_sample(client, voice.id, path, remove_noise=remove_noise)
            voice = replace(voice, samples=(*voice.samples, digest))
            _store(voice, settings)
        progress(Step("upload", done + 1, len(files), note=path.name))
    return voice


def _state(told: cloning.Voice, model: str) -> State:
    training = told.state(model)
    if training == cloning.READY:
        return "ready"
    if training == cloning.FAILED:
        return "failed"
    if training in cloning.TRAINING:
        return "training"
    return "unverified"


def _keep_captcha(client: Client, voice: StoredVoice, settings: Settings) -> Path:
    path = settings.home / f"{voice.name}-captcha.png"
    _write(path, cloning.captcha(client, voice.id))
    return path


def _consent(subject: str, settings: Settings) -> Consent:
    return ConsentBook.at_home(settings.home).require("voice", subject)


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        remedy = "use letters, digits, spaces, dots and hyphens"
        raise InputError(f"{name!r} is not a name for a voice", place="--name", remedy=remedy)


def _check_files(files: Sequence[Path], kind: str, progress: Progress) -> tuple[Problem, ...]:
    """Every file is sound; warns where there is little of it. Raises `InputError`, `MediaError`."""
    if not files:
        raise InputError("no recording was given", place="FILE", remedy="give one or more sound files")
    seconds = 0.0
    for done, path in enumerate(files):
        progress(Step("check", done, len(files), note=path.name))
        report = probe(path)
        if report.audio is None:
            remedy = "give a recording of the voice"
            raise InputError("has no sound", place=str(path), remedy=remedy)
        seconds += float(report.duration)
    progress(Step("check", len(files), len(files)))
    if seconds < _LEAST:
        raise InputError(f"{seconds:.1f} s of sound is no voice", place=str(files[0]), remedy="record more")
    if seconds >= ENOUGH.get(kind, 0.0):
        return ()
    message = f"{seconds:.0f} s of speech is little for a clone: it will be less like the voice"
    remedy = f"give at least {ENOUGH[kind] / 60:.0f} min, of one person, without music"
    return (Problem(str(files[0]), message, remedy, warning=True),)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _book(settings: Settings) -> Path:
    return settings.home / "voices.json"


def _store(voice: StoredVoice, settings: Settings) -> None:
    voices = {known.name: known for known in stored_voices(settings)} | {voice.name: voice}
    told = {"schema": _SCHEMA, "voices": {name: asdict(known) for name, known in sorted(voices.items())}}
    _write(_book(settings), (json.dumps(told, indent=2, ensure_ascii=False) + "\n").encode())


@contextmanager
def _client(settings: Settings) -> Generator[Client]:
    client = Client(settings)
    try:
        yield client
    finally:
        client.close()


@contextmanager
def _locked(settings: Settings) -> Generator[None]:
    """Only one command clones at a time, and none where its result could not be kept."""
    path = settings.home / "voices.lock"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = path.open("a")
    except OSError as error:
        raise _unwritable(path, error) from error
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _write(path: Path, data: bytes) -> None:
    """The whole file or nothing of it."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> HostError:
    reason = (error.strerror or str(error)).lower()
    remedy = "set RETAKE_HOME to a folder that you may write"
    return HostError(f"cannot be used: {reason}", place=str(path), remedy=remedy)
