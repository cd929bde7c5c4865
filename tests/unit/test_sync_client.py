"""sync.so: what is sent, how it is waited for, what is paid once, and what each refusal comes to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.sync_fake import KEY, Answer, SyncFake, sync_fake

from retake.errors import InputError, ProviderError, Severity
from retake.generate.lipsync.base import BaseLipSync, LipSyncRequest
from retake.generate.lipsync.clip import write_clip
from retake.generate.lipsync.faces import FaceBox
from retake.generate.lipsync.sync import SyncLipSync
from retake.generate.lipsync.sync.client import Client
from retake.settings import Settings

FILM = b"a film"


class Time:
    """A clock that passes only while someone sleeps."""

    def __init__(self) -> None:
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def now(self) -> float:
        return sum(self.pauses)


@pytest.fixture
def fake() -> Iterator[SyncFake]:
    with sync_fake(make=lambda film: film) as service:
        yield service


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path, Path]:
    video, audio = tmp_path / "clip.mp4", tmp_path / "speech.wav"
    video.write_bytes(FILM)
    audio.write_bytes(b"a sound")
    return video, audio, tmp_path / "out" / "synced.mp4"


def settings_for(fake: SyncFake, **given: Any) -> Settings:
    known: dict[str, Any] = {"sync_key": KEY, "sync_url": fake.url, "allow_hosts": (fake.host,), "timeout": 5}
    return Settings(**(known | given))


def adapter_for(fake: SyncFake, time: Time, **given: Any) -> SyncLipSync:
    options = given.pop("options", None)
    settings = settings_for(fake, **given)
    client = Client(settings, patience=600, sleep=time.sleep, now=time.now, chance=lambda: 1.0)
    return SyncLipSync(settings, options=options, client=client)


def refused(adapter: SyncLipSync, files: tuple[Path, Path, Path]) -> ProviderError:
    """The error, when it left nothing behind and told no secret."""
    files[2].unlink(missing_ok=True)
    with pytest.raises(ProviderError) as caught:
        adapter.sync(*files)
    assert not files[2].exists()
    assert KEY not in str(caught.value)
    return caught.value


def test_a_film_is_sent_waited_for_and_brought(fake: SyncFake, time: Time, files: Any):
    adapter = adapter_for(fake, time)
    adapter.sync(*files)
    assert files[2].read_bytes() == FILM
    (method, path, headers), *looks, output = fake.asked
    assert (method, path) == ("POST", "/v2/generate")
    assert headers["x-api-key"] == KEY
    assert [look[1] for look in looks] == [f"/v2/generate/{fake.jobs[0].id}"] * 2
    assert fake.jobs[0].fields["model"] == "lipsync-2"
    assert json.loads(fake.jobs[0].fields["options"]) == {"sync_mode": "silence"}
    assert "x-api-key" not in output[2]
    assert time.pauses == [2.0, 3.0]
    assert adapter.spent.seconds == 0.72
    assert adapter.spent.generations == (fake.jobs[0].id,)


def test_looks_become_rarer_and_end(fake: SyncFake, time: Time, files: Any):
    fake.looks = 1000
    error = refused(adapter_for(fake, time), files)
    assert error.severity is Severity.RECOVERABLE
    assert "after 600 s" in error.message
    assert time.pauses[:4] == [2.0, 3.0, 4.5, 6.75]
    assert max(time.pauses) == 15.0
    assert sum(time.pauses) <= 600


def test_a_killed_run_finds_its_generation_again(fake: SyncFake, time: Time, files: Any):
    fake.looks = 1000
    refused(adapter_for(fake, time), files)
    fake.looks = 3
    after = adapter_for(fake, Time())
    after.sync(*files)
    after.sync(*files)
    assert files[2].read_bytes() == FILM
    assert len(fake.jobs) == 1
    assert after.spent.seconds == 0.72


def test_another_film_sound_option_or_model_is_another_generation(fake: SyncFake, time: Time, files: Any):
    fake.looks = 1
    adapter_for(fake, time).sync(*files)
    adapter_for(fake, time, sync_model="lipsync-2-pro").sync(*files)
    adapter_for(fake, time, options={"temperature": 0.9}).sync(*files)
    adapter_for(fake, time).sync(*files, span=(0.1, 0.6))
    files[1].write_bytes(b"another sound")
    adapter_for(fake, time).sync(*files)
    files[0].write_bytes(b"another film")
    adapter_for(fake, time).sync(*files)
    assert len({job.key for job in fake.jobs}) == 6


def test_a_span_becomes_a_segment(fake: SyncFake, time: Time, files: Any):
    adapter_for(fake, time).sync(*files, span=(1.5, 2.25))
    (segment,) = json.loads(fake.jobs[0].fields["segments"])
    assert segment == {"startTime": 1.5, "endTime": 2.25, "audioInput": {"refId": "speech"}}
    with pytest.raises(InputError):
        adapter_for(fake, time).sync(*files, span=(2, 1))


def test_a_lost_answer_is_asked_for_again_and_paid_once(fake: SyncFake, time: Time, files: Any):
    fake.faults = {("POST", 0): Answer(0, after=True), ("GET", 0): Answer(0), ("GET", 2): Answer(502)}
    adapter_for(fake, time).sync(*files)
    assert fake.count("POST") == 2
    assert len(fake.jobs) == 1


def test_an_unknown_outcome_that_names_its_generation_is_followed(fake: SyncFake, time: Time, files: Any):
    name = "6533643b-aceb-4c40-967e-000000000000"
    body = {"errorCode": "IDEMPOTENCY_OUTCOME_UNKNOWN", "message": "Unknown.", "generationId": name}
    fake.faults = {("POST", 0): Answer(503, body, after=True)}
    adapter_for(fake, time).sync(*files)
    assert fake.count("POST") == 1
    assert files[2].exists()


def test_a_full_queue_is_waited_for(fake: SyncFake, time: Time, files: Any):
    full = {"errorCode": "concurrency_limit_reached", "message": "Wait for a generation to finish."}
    fake.faults = {("POST", n): Answer(429, full, {"Retry-After": "20"}) for n in range(5)}
    adapter_for(fake, time).sync(*files)
    assert time.pauses[:5] == [20.0] * 5
    fake.lanes = 0
    files[0].write_bytes(b"another film")
    error = refused(adapter_for(fake, Time()), files)
    assert error.severity is Severity.RECOVERABLE
    assert "concurrency_limit_reached" in error.message


@pytest.mark.parametrize(
    ("code", "word", "severity", "sent"),
    [
        (400, "generation_audio_length_exceeded", Severity.FALLBACK, 1),
        (400, "generation_unsupported_model", Severity.CRITICAL, 1),
        (402, "payment_required", Severity.CRITICAL, 1),
        (404, "", Severity.CRITICAL, 1),
        (409, "IDEMPOTENCY_IN_PROGRESS", Severity.RECOVERABLE, 3),
        (413, "generation_input_validation_failed", Severity.FALLBACK, 1),
        (422, "file_size_exceeds_plan_limit", Severity.FALLBACK, 1),
        (500, "", Severity.RECOVERABLE, 3),
        (503, "", Severity.RECOVERABLE, 3),
        (504, "", Severity.RECOVERABLE, 3),
    ],
)
def test_each_refusal_has_its_severity(
    fake: SyncFake, time: Time, files: Any, code: int, word: str, severity: Severity, sent: int
):
    body = {"statusCode": code, "errorCode": word, "message": "It says why."}
    fake.faults = {("POST", n): Answer(code, body) for n in range(9)}
    error = refused(adapter_for(fake, time), files)
    assert (error.severity, fake.count("POST")) == (severity, sent)
    assert f"{code} {word}".strip() in error.message
    assert "It says why" in error.message


def test_a_wrong_or_missing_key_is_critical_and_never_told(fake: SyncFake, time: Time, files: Any):
    wrong = adapter_for(fake, time, sync_key="sk-wrong-key")
    error = refused(wrong, files)
    assert error.severity is Severity.CRITICAL
    assert "sk-wrong-key" not in str(error)
    assert "SYNC_API_KEY" in error.remedy
    asked = len(fake.asked)
    error = refused(adapter_for(fake, time, sync_key=""), files)
    assert error.severity is Severity.CRITICAL
    assert len(fake.asked) == asked


def test_a_generation_that_fails_in_passing_is_ordered_anew(fake: SyncFake, time: Time, files: Any):
    fake.ends = {0: ("FAILED", "generation_timeout", "It took too long.")}
    adapter_for(fake, time).sync(*files)
    assert files[2].read_bytes() == FILM
    assert len({job.key for job in fake.jobs}) == 2
    fake.ends = dict.fromkeys(range(9), ("FAILED", "", ""))
    files[0].write_bytes(b"another film")
    assert refused(adapter_for(fake, time), files).severity is Severity.RECOVERABLE
    assert len(fake.jobs) == 5


@pytest.mark.parametrize(
    "end", [("REJECTED", "content_moderation", "No."), ("FAILED", "generation_no_face_detected", "No face.")]
)
def test_what_the_service_cannot_make_is_not_ordered_again(
    fake: SyncFake, time: Time, files: Any, end: tuple[str, str, str]
):
    fake.ends = {0: end}
    error = refused(adapter_for(fake, time), files)
    assert error.severity is Severity.FALLBACK
    assert end[1] in error.message and end[2] in str(error)
    assert len(fake.jobs) == 1


@pytest.mark.parametrize("body", ["text", [], {"id": "../../x", "status": "PENDING"}, {"id": "a"}])
def test_rubbish_is_a_recoverable_failure(fake: SyncFake, time: Time, files: Any, body: Any):
    fake.faults = {("POST", 0): Answer(201, body)}
    error = refused(adapter_for(fake, time), files)
    assert error.severity is Severity.RECOVERABLE
    assert "cannot be used" in error.message


def test_a_film_that_cannot_be_brought_is_a_recoverable_failure(fake: SyncFake, time: Time, files: Any):
    closed = adapter_for(fake, time, allow_hosts=())
    error = refused(closed, files)
    assert error.severity is Severity.RECOVERABLE
    assert "cannot be fetched" in error.message


def test_it_is_a_lip_sync_with_a_version_and_known_options(fake: SyncFake, time: Time):
    adapter = adapter_for(fake, time)
    assert isinstance(adapter, BaseLipSync)
    assert adapter.name == "sync"
    assert adapter.version != adapter_for(fake, time, sync_model="sync-3").version
    assert adapter.version != adapter_for(fake, time, options={"sync_mode": "cut_off"}).version
    with pytest.raises(InputError, match="colour"):
        adapter_for(fake, time, options={"colour": 1})


def test_of_a_take_only_the_span_is_sent_and_patches_come_back(tmp_path: Path, time: Time):
    ground = np.random.default_rng(3).integers(120, 150, (160, 192, 3)).astype(np.uint8)
    frames: list[NDArray[np.uint8]] = [ground] * 50
    film = tmp_path / "take.mp4"
    write_clip(film, frames, Fraction(25), np.zeros(96_000, np.float32), 48_000)
    request = LipSyncRequest(
        film, 20, 30, np.zeros(19_200, np.float32), 48_000, boxes=(FaceBox(56, 30, 80, 80),)
    )
    with sync_fake(looks=1) as service:
        patches = list(adapter_for(service, time).patches(request))
        assert len(service.jobs[0].film) < film.stat().st_size
        list(adapter_for(service, time).patches(request))  # as after a kill: the same bytes, the same order
        assert len(service.jobs) == 1
    assert [patch.frame for patch in patches] == list(range(16, 34))
    middle = patches[9]
    x, y = 96 - middle.x, 99 - middle.y
    assert middle.alpha[y, x] == 1
    assert middle.rgb[y, x].max() < 60
