"""The files that a document names: found, allowed, measured and fingerprinted before they are used.

A `src` is a path relative to the document's folder. It may lead out of that folder only into folders that the
caller allows, whatever links lie on the way: a row of data must not be able to show a stranger's file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from hashlib import file_digest
from pathlib import Path
from types import MappingProxyType

from retake.errors import DocumentError, MediaError, Problem
from retake.media.probe import Report, probe
from retake.media.source import plain_file
from retake.timeline.film import Length

_READERS = 4
_FONTS = (".ttf", ".otf", ".ttc", ".woff2")


@dataclass(frozen=True, slots=True)
class Gathered:
    """Each `src` with its file, how long it lasts, and what is worth knowing about it."""

    paths: Mapping[str, Path]
    lengths: Mapping[str, Length]
    warnings: tuple[Problem, ...]


def gather(sources: Iterable[tuple[str, str]], base: Path, allowed: Sequence[Path]) -> Gathered:
    """Finds and measures every (place, src). Raises `DocumentError` with everything that is wrong."""
    roots = [root.resolve() for root in (base, *allowed)]
    first: dict[str, str] = {}
    for place, src in sources:
        first.setdefault(src, place)
    with ThreadPoolExecutor(_READERS) as pool:
        found = list(pool.map(partial(_measured, base=base, roots=roots), first))
    paths: dict[str, Path] = {}
    lengths: dict[str, Length] = {}
    problems: list[Problem] = []
    warnings: list[Problem] = []
    for (src, place), measured in zip(first.items(), found, strict=True):
        if isinstance(measured, MediaError):
            problems.append(Problem(place, f"{src}: {measured.message}", measured.remedy))
            continue
        paths[src], report = measured
        lengths[src] = _length(report) if report else Length(None)
        warnings += [
            Problem(place, f"{src}: {w.message}", w.remedy, warning=True)
            for w in (report.warnings if report else ())
        ]
    if problems:
        raise DocumentError(problems)
    return Gathered(MappingProxyType(paths), MappingProxyType(lengths), tuple(warnings))


def _measured(src: str, base: Path, roots: Sequence[Path]) -> tuple[Path, Report | None] | MediaError:
    """A file and what is known of it, nothing for a font; or what is wrong with it."""
    try:
        path = plain_file(_inside(src, base, roots))
        return path, None if path.suffix.lower() in _FONTS else probe(path)
    except MediaError as error:
        return error


def _inside(src: str, base: Path, roots: Sequence[Path]) -> Path:
    path = base / src
    try:
        real = path.resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise MediaError("is no usable path", place=src, remedy="check it") from error
    if not any(real.is_relative_to(root) for root in roots):
        remedy = "put it into the document's folder, or allow its folder with --allow"
        raise MediaError("lies outside the document's folder", place=src, remedy=remedy)
    return path


def _length(report: Report) -> Length:
    if report.kind == "image":
        return Length(None)
    return Length(report.duration, report.audio is not None)


class Fingerprints(Mapping[str, str]):
    """The SHA-256 of files' bytes, read when first asked for."""

    def __init__(self, paths: Mapping[str, Path]) -> None:
        self._paths = paths
        self._known: dict[str, str] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)

    def __getitem__(self, src: str) -> str:
        if src not in self._known:
            with self._paths[src].open("rb") as file:
                self._known[src] = file_digest(file, "sha256").hexdigest()
        return self._known[src]
