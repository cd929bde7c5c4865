"""The sound of a take, decoded from its packets."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retake.errors import MediaError
from retake.media.take.aac import decode_track
from retake.media.take.values import Take


def decode_sound(take: Take) -> NDArray[np.float32]:
    """The sound as float32 (samples, channels) in [-1, 1] at its own rate; sample 0 is second 0 of the take.

    An encoder's priming is dropped, and holes are silence. Raises `MediaError` where there is no sound, or
    it is broken.
    """
    if take.audio is None:
        raise MediaError(
            "there is no sound in it", place=str(take.path), remedy="give a recording with sound"
        )
    try:
        return decode_track(take.audio, take.start)
    except MediaError as error:
        raise MediaError(error.message, place=str(take.path), remedy=error.remedy) from error
