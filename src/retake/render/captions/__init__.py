"""Spoken words to captions: cut into screens, put where platforms leave room, each word lit when spoken.

captions -> screens (when and what) -> place (where) -> painter (sprites at any moment)
"""

from __future__ import annotations

from retake.render.captions.painter import CaptionPainter
from retake.render.captions.screens import Screen, SpokenWord

__all__ = ["CaptionPainter", "Screen", "SpokenWord"]
