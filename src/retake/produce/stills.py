"""A still of every changed moment of a row's film, for whoever skims a batch before it is sent.

The pictures are taken as they are drawn, so that nothing is decoded for them.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from retake.assemble.sequence import Edit
from retake.assemble.stills import write_jpeg
from retake.media.patch import to_rgb
from retake.media.picture import Picture
from retake.media.take import Take
from retake.produce.files import make_folder
from retake.produce.retaking import Changes

_HEIGHT = 360


class Album:
    """The moments of a film, filled while its frames are drawn: the middle of each change of the picture."""

    def __init__(self, take: Take, changes: Changes) -> None:
        self._take = take
        self._moments: dict[int, str] = {}
        for number, change in enumerate(changes.told, 1):
            middle = (change.start + change.stop) // 2
            if not any(edit.start <= middle < edit.stop for edit in changes.picture):
                continue
            told = self._moments.get(middle)
            self._moments[middle] = f"{told}+{change.segment}" if told else f"{number:02d}_{change.segment}"
        self._taken: dict[str, NDArray[np.uint8]] = {}

    def edits(self) -> list[Edit]:
        """Edits that change nothing and look at their frame; they come after all others."""
        return [Edit(n, n + 1, self._take_still) for n in self._moments]

    def _take_still(self, n: int, picture: Picture) -> None:
        shown = to_rgb(picture, self._take.video.look)
        height, width = shown.shape[:2]
        size = round(width * _HEIGHT / height), _HEIGHT
        small = np.asarray(cv2.resize(shown, size, interpolation=cv2.INTER_AREA), np.uint8)
        self._taken[self._moments[n]] = small

    def write(self, folder: Path) -> tuple[Path, ...]:
        """Writes a JPEG for each moment. Raises `HostError`."""
        make_folder(folder)
        found: list[Path] = []
        for name, pixels in sorted(self._taken.items()):
            write_jpeg(folder / f"{name}.jpg", pixels)
            found.append(folder / f"{name}.jpg")
        return tuple(found)
