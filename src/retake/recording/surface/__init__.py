"""Surfaces of a take: a sign, a card, a screen, followed through its frames once.

Enter frames and a box, leaves a `SurfaceTrack`: the surface's place, cover and light in every frame.
"""

from retake.recording.surface.model import SurfaceFrame, SurfaceTrack
from retake.recording.surface.plane import Box, Quad
from retake.recording.surface.track import Motion, track

__all__ = ["Box", "Motion", "Quad", "SurfaceFrame", "SurfaceTrack", "track"]
