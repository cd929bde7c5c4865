"""A shoot: a document opened for rendering. Its files are found, its frames laid out, its words inspected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from retake.errors import DocumentError, HostError, InputError, Problem
from retake.media.gather import Fingerprints, gather
from retake.render.assets import Plates
from retake.render.captions import CaptionPainter
from retake.render.place import box_size
from retake.render.renderer import Renderer
from retake.render.resources import Resources
from retake.render.text.fonts import FontBook, system_directories
from retake.render.text.inspect import caption_problems, text_problems
from retake.settings import Settings
from retake.timeline.assets import Captions, Text
from retake.timeline.document import Document
from retake.timeline.film import Film, Shot, lay_out, sources
from retake.timeline.reading import parse

_LONGEST_TEXT = 32 << 20


@dataclass(frozen=True, eq=False)
class Shoot:
    """What rendering needs: the film on its frames, its files, and what is worth warning of."""

    film: Film
    resources: Resources
    warnings: tuple[Problem, ...]

    def renderer(self) -> Renderer:
        return Renderer(self.film, self.resources)

    def captions(self) -> tuple[tuple[Shot, CaptionPainter], ...]:
        """Every caption clip with its painter, which knows the screens."""
        return tuple(
            (shot, CaptionPainter(shot.clip.asset, self.resources.frame, self.resources.fonts))
            for track in self.film.layers
            for shot in track
            if isinstance(shot.clip.asset, Captions)
        )


def read_text(path: Path) -> str:
    """A document's text. Raises `InputError`."""
    try:
        if path.stat().st_size > _LONGEST_TEXT:
            raise InputError("is too large for a document", place=str(path), remedy="is it the right file?")
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise InputError("there is no such file", place=str(path), remedy="check the path") from error
    except IsADirectoryError as error:
        raise InputError("is a folder", place=str(path), remedy="name the file in it") from error
    except UnicodeDecodeError as error:
        raise InputError("is not text in UTF-8", place=str(path), remedy="save it as UTF-8") from error
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", place=str(path)) from error


def read_document(path: Path, row: Mapping[str, JsonValue], overrides: Mapping[str, object]) -> Document:
    """A timeline from its file, its variables bound, its output overridden. Raises `DocumentError`."""
    document = parse(read_text(path), name=str(path), row=row)
    return overridden(document, overrides)


def overridden(document: Document, overrides: Mapping[str, object]) -> Document:
    """The document with other values in its `output`. Raises `InputError` for a value that does not fit."""
    if not overrides:
        return document
    output = document.output.model_dump(by_alias=True) | dict(overrides)
    try:
        changed = type(document.output).model_validate(output)
    except ValueError as error:
        raise InputError(str(error).split("\n")[-2].strip(), place="output", remedy="see --help") from error
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


def make_folder(path: Path) -> Path:
    """The folder, made if need be. Raises `InputError` or `HostError`."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise InputError("is not a folder", place=str(path), remedy="choose another place") from error
    except OSError as error:
        remedy = "choose a folder that can be written"
        raise HostError(f"cannot be made: {error.strerror}", place=str(path), remedy=remedy) from error
    return path
