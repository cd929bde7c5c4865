"""Making: the one mechanism around every adapter.

Enters: requests of `generate.ports`. Leaves: for each a `Made`, in order: files in the store, the value
read back from them, whether a fallback stands in, and what it took. An asset that the store holds is not made
again; identical requests at the same time are made once. An attempt that fails recoverably (time-out, 429,
rubbish) is repeated with exponential backoff and full jitter; `errors.Severity` says what follows then.
Errors: a critical `ProviderError`, any other `RetakeError` of the adapter or the store; an exception outside
the tree is a mistake in the adapter, and comes out as a critical `ProviderError` with its cause.

Backoff: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015 (full jitter).
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Generic

from retake.beside import beside, settled
from retake.errors import ProviderError, RetakeError, Severity
from retake.generate.crafts import Craft, Request, Value
from retake.generate.providers import Provider
from retake.generate.usage import Usage
from retake.settings import Settings
from retake.store import Store, content_key


@dataclass(frozen=True, slots=True)
class Policy:
    """How hard to try. Times are in seconds; `concurrency` is how many requests are under way at once."""

    attempts: int = 3
    timeout: float = 120.0
    first_delay: float = 0.5
    longest_delay: float = 30.0
    concurrency: int = 4

    @classmethod
    def from_settings(cls, settings: Settings) -> Policy:
        return cls(attempts=settings.attempts, timeout=settings.timeout, concurrency=settings.workers)


@dataclass(frozen=True, slots=True)
class Clock:
    """Time and chance as `Maker` sees them; tests give their own. `random` is uniform in [0, 1)."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = random.random


@dataclass(frozen=True, eq=False)
class Made(Generic[Value]):
    """One asset.

    `paths` are its media files (speech and music one WAV, a picture one PNG for each layer, far to near),
    `details` what they cannot hold: words and phonemes, or size and depths. `fallback` is the reason why
    something else stands in, or None; where nothing can, there are no paths.
    """

    paths: tuple[Path, ...]
    details: Mapping[str, Any]
    key: str
    provider: str
    fallback: str | None
    usage: Usage
    read: Callable[[Sequence[Path], Mapping[str, Any]], Value]

    @property
    def value(self) -> Value | None:
        """The value read from its files, anew at every access: hold on to it only while it is needed."""
        return self.read(self.paths, self.details) if self.paths else None


class Maker(Generic[Request, Value]):
    """Makes assets of one craft by one adapter. Threads may share it."""

    def __init__(
        self,
        craft: Craft[Request, Value],
        adapter: Provider,
        store: Store,
        policy: Policy | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.craft = craft
        self.adapter = adapter
        self.store = store
        self.policy = policy or Policy()
        self._clock = clock or Clock()
        self._under_way: dict[str, Future[Made[Value]]] = {}
        self._lock = threading.Lock()

    def key(self, request: Request) -> str:
        """The key of what this adapter makes of this request."""
        asked = {field.name: getattr(request, field.name) for field in fields(request)}  # pyright: ignore[reportArgumentType]
        return content_key(self.craft.kind, self.craft.schema, self.adapter.name, self.adapter.version, asked)

    def make(self, request: Request) -> Made[Value]:
        """One asset: from the store, made now, or its fallback."""
        key, started = self.key(request), self._clock.now()
        mine = Future[Made[Value]]()
        with self._lock:
            first = self._under_way.setdefault(key, mine)
        if first is not mine:
            made = first.result()
            waited = self._clock.now() - started
            return replace(
                made, usage=replace(made.usage, seconds=waited, attempts=0, cached=True, units=0.0)
            )
        try:
            made = self._from_store(key, started) or self._make(request, key, started)
        except BaseException as error:
            mine.set_exception(error)
            raise
        else:
            mine.set_result(made)
            return made
        finally:
            with self._lock:
                del self._under_way[key]

    def make_all(
        self,
        requests: Sequence[Request],
        progress: Callable[[int, int, Made[Value]], None] | None = None,
    ) -> list[Made[Value]]:
        """Every asset, in the order of the requests, several at once.

        `progress(finished, total, made)` is called in the caller's thread as each one is done. The first
        error is raised; what is then under way ends in the background and stays in the store.
        """
        waiting = deque(enumerate(requests))
        done: SimpleQueue[tuple[int, Future[Made[Value]]]] = SimpleQueue()
        stop = threading.Event()

        def work() -> None:
            while not stop.is_set():
                try:
                    index, request = waiting.popleft()
                except IndexError:
                    return
                done.put((index, settled(partial(self.make, request))))

        for _ in range(min(self.policy.concurrency, len(requests))):
            threading.Thread(target=work, name=f"make-{self.craft.kind}", daemon=True).start()
        made: dict[int, Made[Value]] = {}
        try:
            while len(made) < len(requests):
                index, outcome = done.get()
                made[index] = outcome.result()
                if progress is not None:
                    progress(len(made), len(requests), made[index])
        finally:
            stop.set()
        return [made[index] for index in range(len(requests))]

    def _from_store(self, key: str, started: float) -> Made[Value] | None:
        record = self.store.get(key)
        if record is None:
            return None
        details = json.loads(record.read_bytes())
        paths = tuple(self.store.get(part) for part in details["parts"])
        if any(path is None for path in paths):
            return None
        whole = tuple(path for path in paths if path is not None)
        return self._made(key, whole, details, started, cached=True)

    def _make(self, request: Request, key: str, started: float) -> Made[Value]:
        attempt = 0
        while True:
            attempt += 1
            try:
                value = self._attempt(request)
            except ProviderError as error:
                if error.severity is Severity.CRITICAL:
                    raise
                delay = self._delay(attempt, error)
                if error.severity is Severity.FALLBACK or attempt >= self.policy.attempts or delay is None:
                    return self._fall_back(request, key, started, attempt, error)
                self._clock.sleep(delay)
            else:
                details, paths = self._keep(key, value)
                units = self.craft.units(request)
                return self._made(key, paths, details, started, attempts=attempt, units=units)

    def _attempt(self, request: Request) -> Value:
        """One attempt, in a thread of its own: one that hangs cannot be ended, only left behind."""
        place = f"{self.craft.kind}.{self.adapter.name}"
        answer = beside(partial(self.craft.perform, self.adapter, request), f"attempt-{place}")
        if not wait([answer], self.policy.timeout).done:
            raise ProviderError(
                f"no answer within {self.policy.timeout:g} s", severity=Severity.RECOVERABLE, place=place
            )
        try:
            return self.craft.check(request, answer.result())
        except RetakeError as error:
            error.place = error.place or place
            raise
        except Exception as error:
            raise ProviderError(
                f"a mistake in the adapter: {type(error).__name__}: {error}",
                severity=Severity.CRITICAL,
                place=place,
                remedy="report it to the adapter's authors, or choose another provider",
            ) from error

    def _delay(self, attempt: int, error: ProviderError) -> float | None:
        """Seconds until the next attempt; None where the provider wants longer than we would wait."""
        asked = error.retry_after or 0.0
        if asked > self.policy.longest_delay:
            return None
        ceiling = min(self.policy.longest_delay, self.policy.first_delay * 2 ** (attempt - 1))
        return max(asked, ceiling * self._clock.random())

    def _keep(self, key: str, value: Value) -> tuple[dict[str, Any], tuple[Path, ...]]:
        """Write the media files, then the record that names them, so that no record lacks its files."""
        codec, kind = self.craft.codec, self.craft.store_kind
        parts: list[str] = []
        paths: list[Path] = []
        for index, writer in enumerate(codec.files(value)):
            parts.append(content_key(key, "part", index))
            paths.append(self.store.put(parts[-1], kind, writer, codec.suffix))
        details = codec.details(value) | {"parts": parts}
        self.store.put(key, kind, json.dumps(details).encode(), ".json")
        return details, tuple(paths)

    def _fall_back(
        self, request: Request, key: str, started: float, attempts: int, error: ProviderError
    ) -> Made[Value]:
        times = "" if attempts == 1 else f" after {attempts} attempts"
        reason = f"{self.craft.kind} by {self.adapter.name} failed{times}: {error.message}"
        value = self.craft.stand_in(request)
        # Under a key of its own: the next run tries the provider again.
        details, paths = ({}, ()) if value is None else self._keep(content_key(key, "fallback"), value)
        return self._made(key, paths, details, started, attempts=attempts, reason=reason)

    def _made(
        self,
        key: str,
        paths: tuple[Path, ...],
        details: Mapping[str, Any],
        started: float,
        *,
        attempts: int = 0,
        cached: bool = False,
        reason: str | None = None,
        units: float = 0.0,
    ) -> Made[Value]:
        usage = Usage(
            provider=self.adapter.name,
            version=self.adapter.version,
            kind=self.craft.kind,
            seconds=self._clock.now() - started,
            attempts=attempts,
            cached=cached,
            fallback=reason is not None,
            bytes=sum(path.stat().st_size for path in paths),
            units=units,
            unit=self.craft.unit,
        )
        return Made(
            paths=paths,
            details=details,
            key=key,
            provider=self.adapter.name,
            fallback=reason,
            usage=usage,
            read=self.craft.codec.read,
        )
