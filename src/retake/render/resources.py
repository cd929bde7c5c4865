"""What every layer draws from: the film's frame, its files, fonts and plates. Shared by all threads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from retake.render.assets import Plates
from retake.render.text.fonts import FontBook

_REFERENCE = 1080


@dataclass(frozen=True, eq=False)
class Resources:
    """`paths` gives the file of each `src` of the document, `hashes` the SHA-256 of that file's bytes."""

    frame: tuple[int, int]
    rate: Fraction
    paths: Mapping[str, Path]
    hashes: Mapping[str, str]
    fonts: FontBook
    plates: Plates

    @property
    def unit(self) -> float:
        """Canvas pixels for each pixel of a frame whose shorter side is 1080."""
        return min(self.frame) / _REFERENCE
