"""Replacing what is on a surface: a logo, a text, nothing, or an effect of the user's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import entry_points
from typing import Any

import numpy as np

from retake.errors import InputError
from retake.media.patch import Patch
from retake.recording.replace.draw import Layer, draw, draw_custom, make_layer
from retake.recording.replace.fit import Letterer, Rgba, fit_image, fit_text, without_background
from retake.recording.replace.look import TextLook, read_text_look
from retake.recording.replace.plate import Plate, clean_plate
from retake.recording.surface import SurfaceTrack
from retake.recording.surface.plane import Floats, Pixels, soften, window

GROUP = "retake.replacer"


class VisualReplacer:
    """Makes layers for a surface and draws them; extend it to change frames in another way.

    `clean_plate` once for a template; `replace_image`, `replace_text` or `remove` once for a row; `draw` for
    each frame. A subclass with an `apply_custom_effect` of its own is found by its entry point in the group
    `retake.replacer`, or passed in.
    """

    def __init__(self, *, place: str = "surface") -> None:
        self.place = place

    def apply_custom_effect(self, frame: Pixels, params: Mapping[str, Any]) -> Pixels:
        """What a `custom` segment shows: `frame` is the part of the frame that holds the surface, uint8 sRGB
        (height, width, 3); the answer has the same shape. Only pixels of the surface itself are taken from
        it. This one changes nothing."""
        return frame

    def clean_plate(self, frames: Iterable[Pixels], track: SurfaceTrack, *, text: bool = False) -> Plate:
        """The surface without what is on it, or `text` only, from the frames of its track."""
        return clean_plate(frames, track, text=text, place=self.place)

    def read_text_look(self, plate: Plate) -> TextLook:
        """How the old text looked. Raises `InputError` where there is none."""
        return read_text_look(plate, place=self.place)

    def replace_image(
        self, image: Rgba, plate: Plate, *, keep_old: bool = False, cut_background: bool = False
    ) -> Layer:
        """A layer with a logo (RGBA, or RGB) as large as the surface allows, centred.

        `keep_old` lays it on the surface as it is, over the old picture; `cut_background` takes away an even
        colour around the logo. Raises `InputError` where there is nothing to be seen in the image.
        """
        if image.shape[2] == 3:
            image = np.dstack([image, np.full(image.shape[:2], 255, np.uint8)])
        if not image[..., 3].any():
            raise InputError(
                "the picture is wholly transparent",
                place=self.place,
                remedy="give a picture that shows something",
            )
        fitted = fit_image(without_background(image) if cut_background else image, plate.size)
        return self._printed(fitted, plate, cleaned=not keep_old)

    def replace_text(
        self, text: str, plate: Plate, letterer: Letterer, look: TextLook | None = None
    ) -> Layer:
        """A layer with a new text in the place, size, colour and weight of the old one.

        `look` overrides what is read from the plate. Raises `InputError` where there was no text, or the new
        one is empty or far too long.
        """
        look = look or self.read_text_look(plate)
        painted = fit_text(text, look, plate.size, letterer, sharpness=plate.sharpness, place=self.place)
        return self._printed(painted.astype(np.float32), plate, cleaned=True)

    def remove(self, plate: Plate) -> Layer:
        """A layer that leaves the bare surface."""
        return make_layer(plate, plate.clean.astype(np.float32), cleaned=True)

    def draw(self, track: SurfaceTrack, layer: Layer, plate: Plate, number: int) -> Patch | None:
        """The patch for one frame; use `Painter` for many frames of one layer, which is faster."""
        return draw(track, layer, plate, number)

    def draw_custom(
        self, track: SurfaceTrack, frame: Pixels, number: int, params: Mapping[str, Any]
    ) -> Patch | None:
        """The patch of the custom effect on one upright frame, None where it changes nothing that is seen.

        Raises `InputError` where the effect's answer is no picture of the shape it was given.
        """
        state = track.at(number)
        area = window(state.homography, track.size, track.frame_size) if state.visible else None
        if area is None:
            return None
        x, y, width, height = area
        shown = frame[y : y + height, x : x + width]
        changed = np.asarray(self.apply_custom_effect(shown.copy(), params))
        if changed.shape != shown.shape or changed.dtype != np.uint8:
            raise InputError(
                f"apply_custom_effect of {type(self).__name__} gave {changed.dtype} {changed.shape}",
                place=self.place,
                remedy=f"return what it was given, changed: a picture of uint8 {shown.shape}",
            )
        return draw_custom(track, shown, changed, number, area)

    def _printed(self, content: Floats, plate: Plate, *, cleaned: bool) -> Layer:
        """Content, straight RGBA, printed on the plate as softly as the old content was."""
        base = (plate.clean if cleaned else plate.old).astype(np.float32)
        share = content[..., 3:] / 255
        solid = soften(np.asarray(np.dstack([content[..., :3] * share, share]), np.float32), plate.sharpness)
        picture = base * (1 - solid[..., 3:]) + solid[..., :3]
        return make_layer(plate, picture, cleaned=cleaned)


def find_replacer(name: str, *, place: str = "surface") -> VisualReplacer:
    """The replacer with that entry point in the group `retake.replacer`; the plain one for "".

    Raises `InputError` where there is none, or it is no `VisualReplacer`.
    """
    if not name:
        return VisualReplacer(place=place)
    entries = {entry.name: entry for entry in entry_points(group=GROUP)}
    if name not in entries:
        known = ", ".join(sorted(entries)) or "none"
        raise InputError(
            f"there is no replacer named {name!r}",
            place=place,
            remedy=f"declare it as an entry point in the group {GROUP}; known: {known}",
        )
    try:
        made = entries[name].load()(place=place)
    except (ImportError, AttributeError, TypeError) as error:
        raise InputError(
            f"the replacer {name!r} cannot be loaded: {error}", place=place, remedy="check its package"
        ) from error
    if not isinstance(made, VisualReplacer):
        raise InputError(
            f"the replacer {name!r} does not extend VisualReplacer",
            place=place,
            remedy="derive it from VisualReplacer",
        )
    return made
