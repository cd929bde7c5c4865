"""What producing gives back: films with their files and verdicts. Frozen values."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from retake.check import Verdict
from retake.errors import Problem

if TYPE_CHECKING:
    from retake.assemble.receipt import Receipt
    from retake.produce.shoot import Shoot


@dataclass(frozen=True, slots=True)
class FilmResult:
    """One finished film. `files` are what lies beside it, by name; `frames_copied` came from a master."""

    name: str
    film: Path
    files: Mapping[str, Path]
    verdict: Verdict
    warnings: tuple[Problem, ...]
    fallbacks: tuple[str, ...]
    seconds: float
    frames: int
    frames_copied: int


@dataclass(frozen=True, slots=True)
class Production:
    """Everything that one story became."""

    films: tuple[FilmResult, ...]
    story: Path


def failed_path(out: Path) -> Path:
    """Where a film is kept that failed its check."""
    return out.with_name(f"{out.stem}.failed{out.suffix}")


def film_result(
    name: str,
    film: Path,
    files: Mapping[str, Path],
    shoot: Shoot,
    verdict: Verdict,
    receipt: Receipt | None,
    warnings: Sequence[Problem],
    fallbacks: Sequence[str],
    began: float,
) -> FilmResult:
    path = film if verdict.passed else failed_path(film)
    return FilmResult(
        name=name,
        film=path,
        files=MappingProxyType(dict(files)),
        verdict=verdict,
        warnings=tuple(warnings),
        fallbacks=tuple(fallbacks),
        seconds=time.monotonic() - began,
        frames=shoot.film.length,
        frames_copied=receipt.frames_copied if receipt else 0,
    )
