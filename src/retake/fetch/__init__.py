"""Fetching: what an address names, brought into a file on this machine.

Enters: an address (`https://`, `http://`, `s3://`, `gs://`, `az://`), the path it goes to, and how many bytes
it may have. Leaves: a `Fetched`; the file appears whole or not at all. Errors: `MediaError` where the
address or what it holds cannot be used, a recoverable `ProviderError` where the other side kept failing,
`HostError` where the disk refuses. What the file really is, its reader decides from the content.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

from retake.errors import MediaError, ProviderError
from retake.fetch.cloud import read_object
from retake.fetch.sink import Fetched, Sink
from retake.fetch.web import address_of, read_web
from retake.settings import Settings

__all__ = ["SCHEMES", "Fetched", "fetch", "is_remote"]

_STORES = ("s3", "gs", "az")
SCHEMES = ("https", "http", *_STORES)

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0


def is_remote(source: str) -> bool:
    """Whether a source is an address to fetch, not a path on this machine."""
    return source.partition("://")[0].lower() in SCHEMES and "://" in source


def fetch(
    url: str,
    target: Path,
    *,
    limit: int,
    settings: Settings,
    kinds: tuple[str, ...] = (),
    sleep: Callable[[float], None] = time.sleep,
    chance: Callable[[], float] = random.random,
) -> Fetched:
    """What `url` names, in the file `target`, at most `limit` bytes of it.

    `kinds` are the beginnings of media types that will do ("image/", "video/"): a server that declares
    another is refused before anything is read; one that declares none, or only bytes, is not. The other
    side may stay silent for `settings.timeout` seconds; `settings.attempts` are made, with exponential
    backoff and full jitter. From private networks nothing is fetched, except from `settings.allow_hosts`.

    It blocks, and runs an event loop of its own: where one already runs, call it from a thread.
    """
    scheme = url.partition("://")[0].lower()
    place = address_of(url)
    if not is_remote(url):
        raise MediaError(
            "this address cannot be fetched", place=place, remedy=f"use one of {', '.join(SCHEMES)}"
        )
    read = read_object if scheme in _STORES else read_web
    pause = _FIRST_PAUSE
    for left in reversed(range(settings.attempts)):
        try:
            with Sink(target, limit=limit, kinds=kinds, place=place) as sink:
                read(url, sink, settings)
                return sink.finish()
        except ProviderError as error:
            if not left or (error.retry_after or 0) > _LONGEST_PAUSE:
                raise
            sleep(error.retry_after if error.retry_after is not None else pause * chance())
            pause = min(2 * pause, _LONGEST_PAUSE)
    raise AssertionError("settings.attempts is at least 1")
