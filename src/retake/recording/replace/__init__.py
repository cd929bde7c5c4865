"""Replacing what is on a surface of a take: its plate, the new content fitted to it, and a patch per frame.

Enter frames, a `SurfaceTrack` and new content, leave `Patch` values; no pixel outside the surface changes.
"""

from retake.recording.replace.draw import Layer, Painter, draw
from retake.recording.replace.fit import Letterer
from retake.recording.replace.look import TextLook, read_text_look
from retake.recording.replace.plate import Plate, clean_plate, plate_frames
from retake.recording.replace.replacer import VisualReplacer, find_replacer

__all__ = [
    "Layer",
    "Letterer",
    "Painter",
    "Plate",
    "TextLook",
    "VisualReplacer",
    "clean_plate",
    "draw",
    "find_replacer",
    "plate_frames",
    "read_text_look",
]
