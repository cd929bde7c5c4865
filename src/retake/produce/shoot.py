"""A shoot: a document opened for rendering. Its files are found, its frames laid out, its words inspected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from pydantic import JsonValue, TypeAdapter

from retake.errors import DocumentError, Problem
from retake.media.gather import Fingerprints, gather
from retake.produce.files import read_text
from retake.render.assets import Plates
from retake.render.captions import CaptionPainter
from retake.render.place import box_size
from retake.render.renderer import Renderer
from retake.render.resources import Resources
from retake.render.text.fonts import FontBook, system_directories
from retake.render.text.inspect import caption_problems, text_problems
from retake.settings import Settings
from retake.timeline.assets import Captions, Text
from retake.timeline.document import Document, Output
from retake.timeline.film import Film, Shot, lay_out, sources
from retake.timeline.reading import parse, validated


@dataclass(frozen=True, eq=False)
class Shoot:
    """What rendering needs: the film on its frames, its files, and what is worth warning of."""

    film: Film
    resources: Resources
    warnings: tuple[Problem, ...]

    def renderer(self) -> Renderer:
        return Renderer(self.film, self.resources)

    def smaller(self, divisor: int) -> Shoot:
        """The same film in a smaller frame, for looking at."""
        width, height = (max(2, side // divisor // 2 * 2) for side in self.film.size)
        film = replace(self.film, size=(width, height))
        return replace(self, film=film, resources=replace(self.resources, frame=film.size, plates=Plates()))

    def captions(self) -> tuple[tuple[Shot, CaptionPainter], ...]:
        """Every caption clip with its painter, which knows the screens."""
        return tuple(
            (shot, CaptionPainter(shot.clip.asset, self.resources.frame, self.resources.fonts))
            for track in self.film.layers
            for shot in track
            if isinstance(shot.clip.asset, Captions)
        )


def read_document(path: Path, row: Mapping[str, JsonValue], overrides: Mapping[str, object]) -> Document:
    """A timeline from its file, its variables bound, its output overridden. Raises `DocumentError`."""
    document = parse(read_text(path), name=str(path), row=row)
    return overridden(document, overrides)


def overridden(document: Document, overrides: Mapping[str, object]) -> Document:
    """The document with other values in its `output`. Raises `DocumentError` for values that do not fit."""
    if not overrides:
        return document
    output = document.output.model_dump(by_alias=True) | dict(overrides)
    changed = validated(TypeAdapter(Output), cast(JsonValue, output), name="options", at="$.output")
    return document.model_copy(update={"output": changed})


def open_shoot(document: Document, base: Path, allowed: Sequence[Path], settings: Settings) -> Shoot:
    """Opens a document whose sources lie under `base` or the allowed folders.

    Raises `DocumentError` with every file that is missing, every text that does not fit, every glyph that no
    font has.
    """
    gathered = gather(sources(document), base, (*allowed, settings.store))
    film = lay_out(document, gathered.lengths)
    own = {family: gathered.paths[src] for family, src in film.fonts}
    fonts = FontBook(own, (*settings.fonts, *system_directories()))
    resources = Resources(
        frame=film.size,
        rate=film.rate,
        paths=gathered.paths,
        hashes=Fingerprints(gathered.paths),
        fonts=fonts,
        plates=Plates(),
    )
    found = tuple(
        problem for track in film.layers for shot in track for problem in _word_problems(shot, resources)
    )
    if wrong := [problem for problem in found if not problem.warning]:
        raise DocumentError(wrong)
    return Shoot(film, resources, (*gathered.warnings, *found))


def _word_problems(shot: Shot, resources: Resources) -> tuple[Problem, ...]:
    asset, frame, fonts = shot.clip.asset, resources.frame, resources.fonts
    if isinstance(asset, Text):
        return text_problems(asset, box_size(shot.clip, frame), frame, fonts, f"{shot.place}.asset")
    if isinstance(asset, Captions):
        return caption_problems(asset, frame, fonts, f"{shot.place}.asset")
    return ()
