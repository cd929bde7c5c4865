"""Speaking with sync.so over HTTP: a generation sent, asked after until it is done, and never paid twice.

Enters: two files and what is to be done. Leaves: a finished `Generation`. A request carries a key made of its
content, so that sending it again, also after this process was killed, finds the generation that the first
one began. Errors: `ProviderError`; no message ever holds the key of the account.

Source: sync. labs API reference, "Create Generation with Files", "Get Generation", "Idempotent generation
requests".
"""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from retake.errors import ProviderError, Severity
from retake.generate.lipsync.sync.refusals import PLACE, Refusal, failed, read_refusal
from retake.settings import Settings

_CONNECT, _UPLOAD = 10.0, 300.0
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0
_FIRST_LOOK, _SLOWEST_LOOK, _SLOWING = 2.0, 15.0, 1.5
_ENDS = ("COMPLETED", "FAILED", "REJECTED")
_TYPES = {".mp4": "video/mp4", ".mov": "video/quicktime", ".webm": "video/webm", ".wav": "audio/wav"}


class Generation(BaseModel):
    """A generation as the service tells of it; `seconds` of film are what it is charged by."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    id: str = Field(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9._~-]+$")
    status: str
    url: str | None = Field(default=None, alias="outputUrl")
    media_url: str | None = Field(default=None, alias="outputMediaUrl")
    seconds: float | None = Field(default=None, alias="outputDuration")
    error: str | None = None
    error_code: str | None = None
    word: str | None = Field(default=None, alias="errorCode")

    @property
    def output(self) -> str:
        return self.media_url or self.url or ""


@dataclass(frozen=True, eq=False)
class Order:
    """What is to be made: a film, the sound that its lips shall follow, and the fields of the request."""

    video: Path
    audio: Path
    fields: Mapping[str, str]

    @cached_property
    def content(self) -> str:
        """The SHA-256 of everything in the order."""
        digest = hashlib.sha256(json.dumps(dict(self.fields), sort_keys=True).encode())
        for path in (self.video, self.audio):
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        return digest.hexdigest()


class Client:
    """A connection with its key. Threads may share it; `patience` is the seconds for one generation."""

    def __init__(
        self,
        settings: Settings,
        *,
        patience: float = 1800.0,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._settings = settings
        self._patience = patience
        self._sleep = sleep
        self._now = now
        self._chance = chance

    def close(self) -> None:
        self._http.close()

    def generate(self, order: Order) -> Generation:
        """The finished generation of an order. What failed in passing is ordered anew, as it costs nothing.

        Raises `ProviderError`.
        """
        until = self._now() + self._patience
        for attempt in range(1, self._settings.attempts + 1):
            done = self._wait(self._submit(order, f"{order.content}-{attempt}"), until)
            if done.status == "COMPLETED":
                return done
            failure = failed(done.status, done.word or done.error_code or "", done.error or "")
            if failure.severity is not Severity.RECOVERABLE or attempt == self._settings.attempts:
                raise failure
        raise AssertionError("settings.attempts is at least 1")

    def _submit(self, order: Order, key: str) -> Generation:
        """The generation that the order began, now or earlier."""

        def send() -> httpx.Response:
            with ExitStack() as stack:
                files = {
                    name: (path.name, stack.enter_context(path.open("rb")), _TYPES.get(path.suffix, ""))
                    for name, path in (("video", order.video), ("audio", order.audio))
                }
                return self._http.post(
                    "/v2/generate", data=order.fields, files=files, headers={"Idempotency-Key": key}
                )

        answer = self._ask(send)
        return self._look(answer.generation) if isinstance(answer, Refusal) else _read(answer)

    def _wait(self, generation: Generation, until: float) -> Generation:
        pause = _FIRST_LOOK
        while generation.status not in _ENDS:
            if self._now() + pause > until:
                raise ProviderError(
                    f"sync.so is not done with {generation.id} after {self._patience:g} s",
                    severity=Severity.RECOVERABLE,
                    place=PLACE,
                    remedy="run it again later: the same generation is taken up, and paid once",
                )
            self._sleep(pause)
            pause = min(pause * _SLOWING, _SLOWEST_LOOK)
            generation = self._look(generation.id)
        return generation

    def _look(self, generation: str) -> Generation:
        answer = self._ask(lambda: self._http.get(f"/v2/generate/{generation}"))
        if isinstance(answer, Refusal):
            raise answer.failure()
        return _read(answer)

    def _ask(self, send: Callable[[], httpx.Response]) -> httpx.Response | Refusal:
        """A success; or a refusal that names the generation which it began. Passing failures are tried
        again, and a full queue is waited for. Raises `ProviderError`."""
        tries, pause, until = 1, _FIRST_PAUSE, self._now() + self._patience
        while True:
            try:
                found = self._send(send)
                if not isinstance(found, Refusal) or found.generation:
                    return found
                failure = found.failure()
            except ProviderError as error:
                failure, found = error, None
            queued = isinstance(found, Refusal) and found.code == 429
            wanted = failure.retry_after if failure.retry_after is not None else pause
            enough = self._now() + wanted > until if queued else tries >= self._settings.attempts
            if failure.severity is not Severity.RECOVERABLE or enough:
                raise failure
            self._sleep(wanted if failure.retry_after is not None else pause * (0.5 + self._chance() / 2))
            tries, pause = tries + (not queued), min(2 * pause, _LONGEST_PAUSE)

    def _send(self, send: Callable[[], httpx.Response]) -> httpx.Response | Refusal:
        try:
            response = send()
        except httpx.TimeoutException as error:
            raise _unreachable(f"did not answer within {self._settings.timeout:g} s") from error
        except httpx.HTTPError as error:
            raise _unreachable(f"cannot be reached: {error or type(error).__name__}") from error
        if response.is_success:
            return response
        return read_refusal(response.status_code, response.headers, response.content, self._key)

    @cached_property
    def _http(self) -> httpx.Client:
        if not self._key:
            raise ProviderError(
                "there is no key for sync.so",
                severity=Severity.CRITICAL,
                place=PLACE,
                remedy="set SYNC_API_KEY to a key from https://sync.so/settings/api-keys",
            )
        return httpx.Client(
            base_url=self._settings.sync_url,
            headers={"x-api-key": self._key},
            timeout=httpx.Timeout(self._settings.timeout, connect=_CONNECT, write=_UPLOAD),
            # A redirect would carry the key to another place.
            follow_redirects=False,
        )

    @property
    def _key(self) -> str:
        return self._settings.sync_key.get_secret_value()


def _read(answer: httpx.Response) -> Generation:
    try:
        return Generation.model_validate_json(answer.content)
    except ValidationError as error:
        first: Any = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ProviderError(
            f"sync.so sent an answer that cannot be used: {place}: {first['msg']}",
            severity=Severity.RECOVERABLE,
            place=PLACE,
            remedy="run it again: what it began is taken up",
        ) from error


def _unreachable(what: str) -> ProviderError:
    return ProviderError(
        f"sync.so {what}",
        severity=Severity.RECOVERABLE,
        place=PLACE,
        remedy="look at the network, and run it again: what it began is taken up",
    )
