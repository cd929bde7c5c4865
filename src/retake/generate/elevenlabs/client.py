"""Speaking with ElevenLabs over HTTP: the key, the time limits, the queue, and what is an answer.

Enters: a path and what is to be sent. Leaves: an `Answer`, or the service's `Refusal`. Errors:
`ProviderError`, recoverable where nothing came back or the answer is rubbish, critical where there is no key.
No message ever holds the key.
"""

from __future__ import annotations

import random
import ssl
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from retake.errors import ProviderError, Severity
from retake.generate.elevenlabs.refusals import Refusal, read_refusal
from retake.settings import Settings

Part = tuple[str, tuple[str, bytes, str]]
"""A file in a form: the field's name, then file name, content and media type."""

_Shape = TypeVar("_Shape", bound=BaseModel)

_CONNECT, _UPLOAD = 10.0, 120.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 8.0
_FEWEST_LANES = 2  # of the free plan; an answer's header tells the real number


@dataclass(frozen=True, eq=False)
class Answer:
    """A success: headers by lower-case name, and the body."""

    headers: Mapping[str, str]
    body: bytes

    def read(self, shape: type[_Shape]) -> _Shape:
        """The body as that shape. Raises a recoverable `ProviderError` where it is another."""
        try:
            return shape.model_validate_json(self.body)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            place = ".".join(str(part) for part in first["loc"])
            raise rubbish(f"{place}: {first['msg']}" if place else first["msg"]) from error


class Lanes:
    """How many requests may be under way at once; the rest wait their turn."""

    def __init__(self, limit: int = _FEWEST_LANES) -> None:
        self.limit = limit
        self._busy = 0
        self._free = threading.Condition()

    @contextmanager
    def taken(self) -> Generator[None]:
        """One lane, for as long as the block lasts."""
        with self._free:
            self._free.wait_for(lambda: self._busy < self.limit)
            self._busy += 1
        try:
            yield
        finally:
            with self._free:
                self._busy -= 1
                self._free.notify_all()

    def set_limit(self, limit: int) -> None:
        with self._free:
            self.limit = max(1, limit)
            self._free.notify_all()


class Client:
    """A connection with its key. Threads may share it; `timeout` is the seconds for one answer."""

    def __init__(
        self,
        settings: Settings,
        *,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.lanes = Lanes()
        self._settings = settings
        self._sleep = sleep
        self._chance = chance

    def close(self) -> None:
        if "_http" in vars(self):
            self._http.close()

    def call(
        self,
        method: str,
        path: str,
        *,
        json: Mapping[str, Any] | None = None,
        form: Mapping[str, str] | None = None,
        files: Sequence[Part] = (),
    ) -> Answer:
        """An answer. Raises `ProviderError`, also for a refusal."""
        answer = self._send(method, path, json=json, data=form, files=list(files) or None)
        if isinstance(answer, Refusal):
            raise answer.failure()
        return answer

    def generate(self, path: str, json: Mapping[str, Any], query: Mapping[str, str]) -> Answer | Refusal:
        """Have something made, in a lane of the plan. Where others hold them all, wait, for at most half of
        the time that an answer may take."""
        patience, pause = self._settings.timeout / 2, _FIRST_PAUSE
        while True:
            with self.lanes.taken():
                answer = self._send("POST", path, json=json, params=query)
            if not (isinstance(answer, Refusal) and answer.crowded):
                return answer
            wanted = answer.retry_after
            length = pause * (0.5 + self._chance() / 2) if wanted is None else wanted
            if length > patience:
                return answer
            self._sleep(length)
            patience, pause = patience - length, min(2 * pause, _LONGEST_PAUSE)

    def _send(self, method: str, path: str, **content: Any) -> Answer | Refusal:
        try:
            response = self._http.request(method, path, **content)
        except httpx.TimeoutException as error:
            raise _unreachable(f"did not answer within {self._settings.timeout:g} s") from error
        except httpx.HTTPError as error:
            raise _unreachable(f"cannot be reached: {error or type(error).__name__}") from error
        if limit := response.headers.get("maximum-concurrent-requests", ""):
            self.lanes.set_limit(int(limit) if limit.isdigit() else _FEWEST_LANES)
        if response.is_success:
            return Answer(response.headers, response.content)
        return read_refusal(response.status_code, response.headers, response.content, self._key)

    @cached_property
    def _http(self) -> httpx.Client:
        if not self._key:
            raise ProviderError(
                "there is no key for ElevenLabs",
                severity=Severity.CRITICAL,
                place="elevenlabs",
                remedy="set ELEVENLABS_API_KEY to a key from https://elevenlabs.io/app/settings/api-keys",
            )
        return httpx.Client(
            base_url=self._settings.elevenlabs_url,
            headers={"xi-api-key": self._key},
            timeout=httpx.Timeout(self._settings.timeout, connect=_CONNECT, write=_UPLOAD),
            # A redirect would carry the key to another place.
            follow_redirects=False,
            verify=_certificates(),
        )

    @property
    def _key(self) -> str:
        return self._settings.elevenlabs_key.get_secret_value()


@cache
def _certificates() -> ssl.SSLContext:
    """The authorities that are trusted; reading them takes a while."""
    return httpx.create_ssl_context()


def rubbish(what: str) -> ProviderError:
    """The error for an answer that cannot be what was asked for."""
    return ProviderError(
        f"ElevenLabs sent an answer that cannot be used: {what}",
        severity=Severity.RECOVERABLE,
        place="elevenlabs",
    )


def _unreachable(what: str) -> ProviderError:
    return ProviderError(
        f"ElevenLabs {what}",
        severity=Severity.RECOVERABLE,
        place="elevenlabs",
        remedy="look at the network and at https://status.elevenlabs.io",
    )
