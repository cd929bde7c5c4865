"""`painted`: pictures made by drawing, from the words of a prompt. No model, no network, the same every time.

prompt -> Scene (prompt) -> colours (palette) -> Stage (stage)
       -> a builder paints the place (outdoors, waterside, forest, city, halls, passages, rooms, workplaces,
              abstract)
       -> the shot moves nearer, or to another part (shots, parts)
       -> things and people (motifs, figures), weather -> light, grain and uint8 (finish)
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from retake.errors import ProviderError, Severity
from retake.generate.painted import (
    abstract,
    city,
    forest,
    halls,
    outdoors,
    palette,
    parts,
    passages,
    rooms,
    waterside,
    workplaces,
)
from retake.generate.painted.figures import person
from retake.generate.painted.finish import finish
from retake.generate.painted.motifs import place
from retake.generate.painted.prompt import read
from retake.generate.painted.shots import framed
from retake.generate.painted.stage import Places, Stage
from retake.generate.painted.suited import FLOATING, suited
from retake.generate.painted.weather import weather
from retake.generate.ports import ArtLayer, Artwork, ImageRequest

BUILDERS: dict[str, Callable[[Stage], Places]] = {
    "mountains": outdoors.mountains,
    "desert": outdoors.desert,
    "meadow": outdoors.meadow,
    "road": outdoors.road,
    "castle": outdoors.castle,
    "village": outdoors.village,
    "sea": waterside.sea,
    "river": waterside.river,
    "underwater": waterside.underwater,
    "forest": forest.forest,
    "city": city.city,
    "hall": halls.hall,
    "library": halls.library,
    "corridor": passages.corridor,
    "cave": passages.cave,
    "room": rooms.room,
    "laboratory": workplaces.laboratory,
    "office": workplaces.office,
    "space": abstract.space,
    "abstract": abstract.abstract,
}
PARTS: dict[str, Callable[[Stage], Places]] = {
    "mural": parts.mural,
    "doorway": parts.doorway,
    "stairway": parts.stairway,
}
_HUES = {"underwater": ("#1a8fb0",)}  # whatever the hour, water is not orange
_LEAST = 64  # pixels: what is to be smaller than this is painted so large, and shrunk
_OPEN_AIR = frozenset(BUILDERS) - {
    "underwater", "hall", "library", "corridor", "cave", "room", "laboratory", "office", "space", "abstract"
}  # fmt: skip


class Painted:
    """Paints what a prompt describes, in two to four planes, for any size."""

    name = "painted"
    version = "2"

    def paint(self, request: ImageRequest) -> Artwork:
        """Raises `ProviderError` (critical) when the size or the brand's palette cannot be used."""
        width, height = request.size
        if width < 1 or height < 1:
            raise ProviderError(
                f"a picture of {width}x{height} pixels cannot be painted",
                severity=Severity.CRITICAL,
                remedy="give a size of at least 1x1",
            )
        scene = read(request.prompt, request.genre, request.seed)
        try:
            hues = request.palette or _HUES.get(scene.setting, ())
            script = palette.script_for(scene.genre, scene.time, hues)
        except ValueError as error:
            raise ProviderError(
                str(error), severity=Severity.CRITICAL, remedy="give the brand's colours as #rrggbb"
            ) from error
        stage = Stage(max(width, _LEAST), max(height, _LEAST), scene, script)
        part = PARTS.get(scene.part) if scene.shot != "wide" else None
        places = (part or BUILDERS[scene.setting])(stage)
        places, someone = framed(stage, places, apart=part is not None)
        place(stage, places)
        if scene.person and someone and scene.setting in FLOATING:
            suited(stage, stage.mid, places.person, scene.person)
        elif scene.person and someone:
            person(
                stage,
                stage.far if places.behind else stage.mid,
                places.person,
                scene.person,
                lantern="lantern" in scene.motifs,
            )
        if scene.setting in _OPEN_AIR:
            weather(stage)
        artwork = finish(stage)
        if (stage.width, stage.height) == request.size:
            return artwork
        return Artwork(
            tuple(ArtLayer(_resized(layer.pixels, request.size), layer.depth) for layer in artwork.layers)
        )


def _resized(pixels: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
