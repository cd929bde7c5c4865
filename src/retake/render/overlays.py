"""Transitions of what covers only a part of the picture: a title that slides in takes no background along.

A shot of an upper track enters as a plate of the whole canvas and is moved, scaled or blurred on its own;
`transitions.mix` blends whole pictures.
"""

from __future__ import annotations

from dataclasses import replace

from retake.media.picture import Picture
from retake.render.camera import Placement, Window, draw, paste
from retake.render.plate import Plate, faded
from retake.render.resample import Scratch
from retake.render.transitions import behind, blurred, shift
from retake.timeline.document import Transition
from retake.timeline.motion import EASINGS

MOVING = frozenset({"slide", "push", "zoom", "blur"})
"""The transitions that would carry the background along."""

_DEEPEST = 0.035
"""The widest blur, as a part of the shorter side."""


def arrive(canvas: Picture, plate: Plate, progress: float, transition: Transition, scratch: Scratch) -> None:
    """Draws a plate of the canvas's size that has come so far (0 to 1), in place."""
    eased = EASINGS["cubic_in_out"](progress)
    match transition.type:
        case "zoom":
            _scaled(canvas, plate, 1.25 - 0.25 * eased, eased, scratch)
        case "blur":
            _soft(canvas, plate, progress)
        case _:
            paste(canvas, plate, *shift(progress, transition.direction, canvas))


def depart(canvas: Picture, plate: Plate, progress: float, transition: Transition, scratch: Scratch) -> None:
    """Draws a plate that makes way for the next, which comes in by the same transition."""
    eased = EASINGS["cubic_in_out"](progress)
    match transition.type:
        case "zoom":
            _scaled(canvas, plate, 1 + 0.6 * eased, 1 - eased, scratch)
        case "blur":
            _soft(canvas, plate, 1 - progress)
        case _:
            dx, dy = shift(progress, transition.direction, canvas)
            if dx or dy:
                paste(canvas, plate, behind(dx, canvas.width), behind(dy, canvas.height))


def _scaled(canvas: Picture, plate: Plate, scale: float, opacity: float, scratch: Scratch) -> None:
    width, height = canvas.width, canvas.height
    placement = Placement(width / 2, height / 2, width * scale, height * scale, opacity=opacity)
    draw(canvas, plate, Window(0, 0, width, height), placement, scratch)


def _soft(canvas: Picture, plate: Plate, progress: float) -> None:
    eased = EASINGS["sine_in_out"](progress)
    sigma = _DEEPEST * min(canvas.width, canvas.height) * (1 - eased)
    planes = (plate.y, plate.u, plate.v, plate.clear, plate.clear_uv)
    y, u, v, clear, clear_uv = (
        None if plane is None else blurred(plane, sigma if plane.shape == plate.y.shape else sigma / 2)
        for plane in planes
    )
    assert y is not None and u is not None and v is not None
    paste(canvas, faded(replace(plate, y=y, u=u, v=v, clear=clear, clear_uv=clear_uv), eased), 0, 0)
