"""Providers: the adapters that are installed, found by name.

Enters: a kind (`speech`, `image`, `music`, `script`) and a name. Leaves: an adapter, made anew. Adapters are
declared as entry points in the group `retake.<kind>`, by Retake itself or by any other package.
"""

from __future__ import annotations

from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Protocol, cast

from retake.errors import InputError


class Provider(Protocol):
    """What every adapter has: its name, and the version that is part of the key of what it makes."""

    name: str
    version: str


def available(kind: str) -> tuple[str, ...]:
    """The names of the installed adapters of a kind, sorted. Loads none of them."""
    return tuple(sorted(_entries(kind)))


def find(kind: str, name: str) -> Any:
    """The adapter of that name, ready for use.

    Raises `InputError` with the known names where there is none, or where its package cannot be imported.
    """
    entries = _entries(kind)
    if name not in entries:
        near = get_close_matches(name, entries, n=1)
        known = ", ".join(sorted(entries)) or "none: is Retake installed (pip install -e .)?"
        raise InputError(
            f"there is no {kind} provider named {name!r}",
            place=kind,
            remedy=(f"did you mean {near[0]!r}? " if near else "") + f"known: {known}",
        )
    try:
        make = entries[name].load()
    except ImportError as error:
        raise InputError(
            f"the {kind} provider {name!r} cannot be loaded: {error}",
            place=kind,
            remedy=f"install what it needs, or choose another of: {', '.join(sorted(entries))}",
        ) from error
    return cast(Provider, make())


def _entries(kind: str) -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=f"retake.{kind}")}
