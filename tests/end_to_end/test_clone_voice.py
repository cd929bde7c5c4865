"""`retake clone-voice` against the service's stand-in: consent, clone, name; a professional clone's steps."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.elevenlabs_fake import CAPTCHA, FREE, KEY, Fake, elevenlabs

from retake.errors import HostError, InputError
from retake.generate.elevenlabs import ElevenLabs
from retake.generate.ports import SpeechRequest
from retake.media.sound import write_wav
from retake.produce.voices import KnownVoice, clone_instantly, resolve, stored_voices
from retake.progress import silent
from retake.settings import Settings


@pytest.fixture
def fake() -> Iterator[Fake]:
    with elevenlabs() as service:
        yield service


def settings_of(fake: Fake, home: Path) -> Settings:
    return Settings.from_environment({**fake.environment, "RETAKE_HOME": str(home)})


def retake(fake: Fake, home: Path, *arguments: str | Path, **environment: str):
    return subprocess.run(
        [sys.executable, "-m", "retake", *map(str, arguments)], capture_output=True, text=True,
        env={**os.environ, **fake.environment, "RETAKE_HOME": str(home), **environment},
        stdin=subprocess.DEVNULL,
    )  # fmt: skip


def told(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    return json.loads(done.stdout)


def agree(fake: Fake, home: Path, subject: str = "presenter") -> str:
    done = retake(fake, home, "consent", "add", "--subject", subject, "--voice", "--yes", "--json")
    return told(done)["id"]


def recording(path: Path, seconds: float = 2.0) -> Path:
    tone = 0.1 * np.sin(np.arange(round(seconds * 8000)) * 0.3, dtype=np.float32)
    write_wav(path, tone, 8000)
    return path


def test_a_voice_is_cloned_under_its_consent_and_found_by_its_name(fake: Fake, tmp_path: Path) -> None:
    a, b = recording(tmp_path / "a.wav", 40), recording(tmp_path / "b.wav", 30)
    agreed = agree(fake, tmp_path)
    done = retake(fake, tmp_path, "clone-voice", "--name", "presenter", a, b, "--remove-noise", "--json")
    assert done.returncode == 0, done.stderr
    voice = told(done)
    assert (voice["state"], voice["consent"], voice["warnings"]) == ("ready", agreed, [])
    assert voice["id"] in fake.voices
    assert [name for _, name, _ in fake.sent("/v1/voices/add")[0].files] == ["a.wav", "b.wav"]
    assert "check: done" in done.stderr and "clone: done" in done.stderr

    settings = settings_of(fake, tmp_path)
    known = resolve("presenter", settings)
    assert known == KnownVoice(voice["id"], "presenter", "elevenlabs", agreed, "presenter")
    assert resolve(voice["id"], settings) == known
    speech = ElevenLabs(settings).speak(SpeechRequest("Hello Maria.", voice=known.id))
    assert speech.duration > 0.5


def test_without_a_consent_nothing_is_sent(fake: Fake, tmp_path: Path) -> None:
    sample = recording(tmp_path / "a.wav")
    done = retake(fake, tmp_path, "clone-voice", "--name", "presenter", sample)
    assert done.returncode == 2
    assert "retake consent add --subject presenter --voice" in done.stderr
    assert fake.asked == [] and not (tmp_path / "voices.json").exists()
    agree(fake, tmp_path, "Ada Byron")
    done = retake(fake, tmp_path, "clone-voice", "--name", "presenter", "--subject", "Ada Byron", sample)
    assert done.returncode == 0, done.stderr
    assert "presenter" in done.stdout and "voice_id" in done.stdout


def test_a_short_recording_is_cloned_with_a_warning(fake: Fake, tmp_path: Path) -> None:
    agree(fake, tmp_path)
    sample = recording(tmp_path / "a.wav", 5)
    done = retake(fake, tmp_path, "clone-voice", "--name", "presenter", sample, "--json")
    (warning,) = told(done)["warnings"]
    assert "5 s of speech is little" in warning["message"] and "1 min" in warning["remedy"]


@pytest.mark.parametrize(("name", "content"), [("a.mp3", b"<html>"), ("a.wav", b""), ("none.mp3", None)])
def test_what_is_no_recording_is_refused_before_anything_is_sent(
    fake: Fake, tmp_path: Path, name: str, content: bytes | None
) -> None:
    agree(fake, tmp_path)
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = retake(fake, tmp_path, "clone-voice", "--name", "presenter", tmp_path / name)
    assert done.returncode == 2 and name in done.stderr
    assert fake.asked == []


@pytest.mark.parametrize(
    "arguments",
    [("--name", "presenter"), ("--name", "a/b", "x.wav"), ("--name", "p", "--captcha", "x.wav", "x.wav")],
)
def test_a_command_that_cannot_be_meant_is_refused(
    fake: Fake, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    agree(fake, tmp_path)
    assert retake(fake, tmp_path, "clone-voice", *arguments).returncode == 2
    assert fake.asked == []


def test_what_the_service_refuses_is_told_without_the_key(tmp_path: Path) -> None:
    with elevenlabs(FREE) as fake:
        agree(fake, tmp_path)
        sample = recording(tmp_path / "a.wav")
        done = retake(fake, tmp_path, "clone-voice", "--name", "presenter", sample)
        assert done.returncode == 1 and "plan" in done.stderr
        wrong = retake(
            fake, tmp_path, "clone-voice", "--name", "presenter", sample, ELEVENLABS_API_KEY="sk_wrong"
        )
    assert wrong.returncode == 1 and "ELEVENLABS_API_KEY" in wrong.stderr
    assert "sk_wrong" not in wrong.stdout + wrong.stderr and KEY not in done.stderr
    assert not (tmp_path / "voices.json").exists()


def test_a_name_is_given_once(fake: Fake, tmp_path: Path) -> None:
    agree(fake, tmp_path)
    sample = recording(tmp_path / "a.wav")
    assert retake(fake, tmp_path, "clone-voice", "--name", "presenter", sample).returncode == 0
    again = retake(fake, tmp_path, "clone-voice", "--name", "presenter", sample)
    assert again.returncode == 2 and "already" in again.stderr
    assert len(fake.sent("/v1/voices/add")) == 1


def test_a_professional_clone_goes_on_with_each_command(fake: Fake, tmp_path: Path) -> None:
    agree(fake, tmp_path)
    a, b = recording(tmp_path / "a.wav", 20), recording(tmp_path / "b.wav", 10)
    command = ("clone-voice", "--name", "presenter", "--professional", "--json")

    begun = told(retake(fake, tmp_path, *command, a))
    assert begun["state"] == "unverified" and "30 min" in begun["warnings"][0]["remedy"]
    assert Path(begun["captcha"]).read_bytes().startswith(b"\x89PNG")
    assert "--captcha RECORDING" in begun["next"]

    more = told(retake(fake, tmp_path, *command, a, b))
    assert more["id"] == begun["id"]
    assert [sample["file_name"] for sample in fake.voices[more["id"]]["samples"]] == ["a.wav", "b.wav"]

    with pytest.raises(InputError, match="unverified"):
        resolve("presenter", settings_of(fake, tmp_path))

    wrong = retake(fake, tmp_path, *command, "--captcha", a)
    assert wrong.returncode == 1 and "captcha" in told(wrong)["error"]["message"]
    read_aloud = recording(tmp_path / "captcha.wav")
    read_aloud.write_bytes(read_aloud.read_bytes() + CAPTCHA.encode())
    training = told(retake(fake, tmp_path, *command, "--captcha", read_aloud))
    assert training["state"] == "training"

    fake.voices[begun["id"]]["fine_tuning"]["state"]["eleven_multilingual_v2"] = "fine_tuned"
    assert told(retake(fake, tmp_path, *command))["state"] == "ready"
    assert resolve("presenter", settings_of(fake, tmp_path)).id == begun["id"]


def test_a_professional_clone_begins_with_recordings(fake: Fake, tmp_path: Path) -> None:
    agree(fake, tmp_path)
    done = retake(fake, tmp_path, "clone-voice", "--name", "presenter", "--professional")
    assert done.returncode == 2 and "recordings first" in done.stderr


def test_a_template_may_name_a_voice_in_three_ways(fake: Fake, tmp_path: Path) -> None:
    settings = settings_of(fake, tmp_path)
    assert resolve("espeak:arthur", settings) == KnownVoice("arthur", "espeak:arthur", "espeak")
    raw = resolve("JBFqnCBsd6RMkjVDRZzb", settings)
    assert (raw.id, raw.provider, raw.consent) == ("JBFqnCBsd6RMkjVDRZzb", "elevenlabs", "")
    for wrong, said in (("nobody", "no voice named"), ("cloud9:x", "no speech provider"), ("", "no voice")):
        with pytest.raises(InputError, match=said):
            resolve(wrong, settings)


def test_a_list_of_voices_that_is_broken_is_not_written_over(fake: Fake, tmp_path: Path) -> None:
    (tmp_path / "voices.json").write_text('{"voices": [')
    settings = settings_of(fake, tmp_path)
    agree(fake, tmp_path)
    with pytest.raises(HostError, match="not the list of voices"):
        stored_voices(settings)
    with pytest.raises(HostError):
        clone_instantly("presenter", [recording(tmp_path / "a.wav")], settings, silent)
    assert (tmp_path / "voices.json").read_text() == '{"voices": ['
    assert fake.asked == []
