"""The adapter: a film sent to sync.so, and the film that comes back.

Enters: a film and a sound as files. Leaves: the film with its lips moved, whole or not at all. How much was
made, in seconds of film, is counted in `spent`. Patches come of `BaseLipSync`: only the changed span is sent.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from retake.errors import InputError, MediaError, ProviderError, Severity
from retake.fetch import fetch
from retake.generate.lipsync.base import BaseLipSync
from retake.generate.lipsync.sync.client import Client, Generation, Order
from retake.settings import Settings

_ADAPTER = "1"
_LARGEST = 5 << 30  # bytes: the service's own limit for a file
_SPEECH = "speech"  # the name of the sound inside a request

OPTIONS = ("sync_mode", "temperature", "active_speaker_detection", "occlusion_detection_enabled")


class Spending:
    """The generations that were made, and the seconds of film that they are charged by. Threads may share
    it; a generation that was taken up again counts once."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}
        self._lock = threading.Lock()

    def add(self, generation: Generation) -> None:
        with self._lock:
            self._seconds[generation.id] = generation.seconds or 0.0

    @property
    def seconds(self) -> float:
        with self._lock:
            return sum(self._seconds.values())

    @property
    def generations(self) -> tuple[str, ...]:
        with self._lock:
            return tuple(self._seconds)


class SyncLipSync(BaseLipSync):
    """Lips moved by sync.so. Threads may share it.

    `settings` are read from the environment where none are given. `options` are the service's own, of
    `OPTIONS`; by default a sound shorter than the film is followed by silence, so that the length stays.
    """

    name = "sync"

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        options: Mapping[str, Any] | None = None,
        client: Client | None = None,
    ) -> None:
        self._settings = settings or Settings.from_environment(os.environ)
        self._client = client or Client(self._settings)
        self._options = {"sync_mode": "silence"} | dict(options or {})
        if unknown := set(self._options) - set(OPTIONS):
            raise InputError(
                f"sync.so has no option {sorted(unknown)[0]!r}",
                place="options",
                remedy=f"known are {', '.join(OPTIONS)}",
            )
        self.spent = Spending()
        told = json.dumps(self._options, sort_keys=True).encode()
        self.version = f"{_ADAPTER}+{self._settings.sync_model}+{sha256(told).hexdigest()[:8]}"

    def sync(self, video_path: Path, audio_path: Path, output_path: Path, **kwargs: Any) -> None:
        """Writes the film with its mouth following the sound. Of `kwargs`, `span` (start and end in seconds
        of the film) confines it to a part, which the sound then fills; the rest is ignored.

        Raises `ProviderError`, `HostError`.
        """
        order = Order(video_path, audio_path, self._fields(kwargs.get("span")))
        done = self._client.generate(order)
        self.spent.add(done)
        try:
            fetch(done.output, output_path, limit=_LARGEST, settings=self._settings, kinds=("video/",))
        except MediaError as error:
            raise ProviderError(
                f"the film that sync.so made ({done.id}) cannot be fetched: {error.message}",
                severity=Severity.RECOVERABLE,
                place=self.name,
                remedy="run it again: the same film is asked for, and paid once",
            ) from error

    def _fields(self, span: tuple[float, float] | None) -> dict[str, str]:
        """The fields of the form; those of more than one value are JSON."""
        fields = {"model": self._settings.sync_model, "options": json.dumps(self._options, sort_keys=True)}
        if span is None:
            return fields
        start, end = span
        if not 0 <= start < end:
            raise InputError(
                f"{start:g} to {end:g} s is no span", place="span", remedy="its start comes before its end"
            )
        segment = {"startTime": start, "endTime": end, "audioInput": {"refId": _SPEECH}}
        inputs = [{"type": "video"}, {"type": "audio", "refId": _SPEECH}]
        return fields | {"segments": json.dumps([segment]), "input": json.dumps(inputs)}
