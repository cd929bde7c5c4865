"""What a row shows on the surfaces of a recording: texts set as the old ones were, pictures, effects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from retake.errors import DocumentError, Problem, RetakeError
from retake.fetch import fetch, is_remote
from retake.media.colour import parse_color
from retake.media.logo import check_logo, read_logo
from retake.media.patch import Look, Patch, to_rgb
from retake.media.picture import Picture
from retake.produce.templates import ShowingFacts
from retake.produce.type_setting import letterer, missing_glyphs
from retake.recipes.recording.binding import Bound, Showing
from retake.recipes.recording.template import VisualSegment
from retake.recording.replace import Painter, Plate, TextLook, VisualReplacer, find_replacer
from retake.recording.replace.draw import Layer
from retake.recording.surface import SurfaceTrack
from retake.render.text import FontBook
from retake.settings import Settings

Draw = Callable[[int, Picture], Patch | None]
_LARGEST_LOGO = 50_000_000


@dataclass(frozen=True, eq=False)
class Surface:
    """A surface and its plate, read once for all rows."""

    facts: ShowingFacts
    folder: Path

    @cached_property
    def track(self) -> SurfaceTrack:
        return SurfaceTrack.load(self.folder / self.facts.surface)

    @cached_property
    def plate(self) -> Plate:
        return Plate.load(self.folder / self.facts.plate)

    @cached_property
    def text_look(self) -> TextLook:
        """How the old text looked. Raises `InputError` where there is none."""
        return VisualReplacer(place=self.facts.segment).read_text_look(self.plate)


def draw_showing(
    surface: Surface, showing: Showing, logos: Mapping[str, NDArray[np.uint8]], fonts: FontBook, look: Look
) -> Draw:
    """A function from a frame's number and samples to the patch that shows this row's content there.

    Raises `InputError` for a text that does not fit or a picture that shows nothing.
    """
    segment = showing.segment
    replacer = find_replacer(segment.effect if segment.segment_type == "custom" else "", place=segment.id)
    track, plate = surface.track, surface.plate
    if segment.segment_type == "custom":
        return _custom(replacer, track, segment.params, look)
    layer = _layer(replacer, showing, surface, logos, fonts)
    painter = Painter(track, layer, plate)

    def draw(n: int, picture: Picture) -> Patch | None:
        return painter.draw(n)

    return draw


def _layer(
    replacer: VisualReplacer,
    showing: Showing,
    surface: Surface,
    logos: Mapping[str, NDArray[np.uint8]],
    fonts: FontBook,
) -> Layer:
    segment, plate = showing.segment, surface.plate
    if segment.segment_type == "remove":
        return replacer.remove(plate)
    if segment.segment_type == "image":
        return replacer.replace_image(
            logos[showing.content],
            plate,
            keep_old=segment.keep_old,
            cut_background=segment.cut_background,
        )
    look = _adjusted(surface.text_look, segment)
    return replacer.replace_text(showing.content, plate, letterer(fonts, segment.font), look)


def _adjusted(look: TextLook, segment: VisualSegment) -> TextLook:
    """The old text's look with the template's own colour and alignment, if it gives them."""
    if segment.color:
        look = replace(look, colour=parse_color(segment.color)[:3])
    if segment.align != "auto":
        anchors = {"left": look.left, "center": (look.left + look.right) / 2, "right": look.right}
        look = replace(look, align=segment.align, anchor=anchors[segment.align])
    return look


def _custom(replacer: VisualReplacer, track: SurfaceTrack, params: Mapping[str, object], look: Look) -> Draw:
    def draw(n: int, picture: Picture) -> Patch | None:
        return replacer.draw_custom(track, to_rgb(picture, look), n, params)

    return draw


def read_logos(bound: Bound, base: Path, settings: Settings, name: str) -> dict[str, NDArray[np.uint8]]:
    """The pictures that the row names, straight RGBA: files counted from `base`, or addresses.

    Raises `DocumentError` naming the row's field of each that cannot be used.
    """
    found: dict[str, NDArray[np.uint8]] = {}
    problems: list[Problem] = []
    for showing in bound.showings:
        where = showing.content
        if showing.segment.segment_type != "image" or where in found:
            continue
        try:
            found[where] = _read_logo(where, base, settings)
        except RetakeError as error:
            if error.exit_code != 2:
                raise
            place = f"{name}.{showing.segment.placeholder_key}"
            problems.append(Problem(place, f"{where[:80]!r} cannot be used: {error.message}", error.remedy))
    if problems:
        raise DocumentError(problems, place=name)
    return found


def _read_logo(where: str, base: Path, settings: Settings) -> NDArray[np.uint8]:
    if not is_remote(where):
        return read_logo((base / Path(where).expanduser()).absolute())
    with TemporaryDirectory(prefix="retake-logo-") as folder:
        target = Path(folder) / "logo"
        fetch(where, target, limit=_LARGEST_LOGO, settings=settings, kinds=("image/",))
        return read_logo(target)


def logo_problems(bound: Bound, base: Path, name: str) -> list[Problem]:
    """Pictures on this machine that cannot be used; addresses are looked at only when they are fetched."""
    problems: list[Problem] = []
    for showing in bound.showings:
        if showing.segment.segment_type == "image" and not is_remote(showing.content):
            try:
                check_logo((base / Path(showing.content).expanduser()).absolute())
            except RetakeError as error:
                place = f"{name}.{showing.segment.placeholder_key}"
                message = f"{showing.content[:80]!r} cannot be used: {error.message}"
                problems.append(Problem(place, message, error.remedy))
    return problems


def text_problems(bound: Bound, fonts: FontBook, name: str) -> list[Problem]:
    """Characters that no font here has."""
    problems: list[Problem] = []
    for showing in bound.showings:
        if showing.segment.segment_type == "text" and (lacking := missing_glyphs(showing.content, fonts)):
            remedy = (
                "install a font that has them (`retake doctor` names one), or name a folder in RETAKE_FONTS"
            )
            message = f"no font has {', '.join(map(repr, lacking[:4]))}"
            problems.append(Problem(f"{name} ({showing.segment.id})", message, remedy))
    return problems
