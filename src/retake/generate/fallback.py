"""The fallbacks: what stands in for an asset that could not be made.

Enters: the request that failed. Leaves: for a picture one plain layer, for speech and music nothing. What the
film then shows is the recipe's: the scene's text as `FALLBACK_TEXT` over the plain picture, and a silent
scene `SILENT_STRETCH` times as long with its text shown prominently.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from retake.generate.ports import ArtLayer, Artwork, ImageRequest, MusicRequest, SpeechRequest

FALLBACK_COLOUR = "#1a1a2e"
SILENT_STRETCH = 1.5


@dataclass(frozen=True, slots=True)
class FallbackText:
    """How a scene's text is shown where its picture failed; sizes in pixels of a 1080-pixel-wide film."""

    size: int = 60
    weight: str = "bold"
    colour: str = "#ffffff"
    max_width: int = 900


FALLBACK_TEXT = FallbackText()


def plain_picture(request: ImageRequest) -> Artwork:
    """One opaque layer of `FALLBACK_COLOUR`, in the size asked for."""
    width, height = request.size
    colour = np.frombuffer(bytes.fromhex(FALLBACK_COLOUR[1:]), np.uint8)
    return Artwork((ArtLayer(np.tile(colour, (height, width, 1)), depth=0.0),))


def silence(request: SpeechRequest | MusicRequest) -> None:
    """Nothing is heard."""
    return
