"""The renderer: (film, frame number) -> picture. A pure function, whatever thread asks in whatever order.

One `Renderer` serves one thread; several share one `Resources`. The picture that `draw` fills is the
caller's, so that an encoder's own memory can be drawn into.
"""

from __future__ import annotations

import json
from hashlib import sha256
from types import MappingProxyType

from pydantic import JsonValue

from retake.media.colour import yuv_of
from retake.media.picture import Picture
from retake.render.camera import drawn
from retake.render.footage import FootageLayer
from retake.render.layer import Layer
from retake.render.lettering import LetteringLayer
from retake.render.overlays import MOVING, arrive, depart
from retake.render.plate import Plate
from retake.render.resample import Scratch
from retake.render.resources import Resources
from retake.render.still import StillLayer
from retake.render.transitions import mix
from retake.timeline.assets import Captions, Text, Video
from retake.timeline.document import Transition
from retake.timeline.film import Film, Shot
from retake.timeline.time import Span

RENDERER_VERSION = 4
"""Part of every span's identity: raise it when the same film would give other pixels."""

_OPPOSITE = MappingProxyType({"left": "right", "right": "left", "up": "down", "down": "up"})

_KEPT = 8
"""How many layers stay open that the last frame did not show: a film's length must not decide its memory."""


class Renderer:
    """Draws the frames of a film."""

    def __init__(self, film: Film, resources: Resources) -> None:
        self._film = film
        self._resources = resources
        self._scratch = Scratch()
        self._ground = yuv_of(film.background)
        self._layers: dict[str, Layer] = {}
        self._spare: list[Picture] = []

    def frame(self, n: int) -> Picture:
        """The picture of frame `n`, in memory of its own."""
        canvas = Picture.blank(*self._film.size)
        self.draw(canvas, n)
        return canvas

    def draw(self, canvas: Picture, n: int) -> None:
        """Fills the canvas with frame `n`. Raises `IndexError` beyond the film and `MediaError`."""
        if not 0 <= n < self._film.length:
            raise IndexError(f"frame {n} of a film of {self._film.length}")
        if len(self._layers) > _KEPT:
            self._drop_all_but(n)
        if not self._hidden(n):
            for plane, value in zip(canvas.planes, self._ground, strict=True):
                plane.fill(value)
        for level, track in enumerate(self._film.layers):
            shots = [shot for shot in track if n in shot.span]
            if len(shots) == 2 and shots[1].crossing and n in shots[1].enter:
                self._cross(canvas, shots[0], shots[1], n, level)
            else:
                for shot in shots:
                    self._show(canvas, shot, n, level)

    def _hidden(self, n: int) -> bool:
        """Whether the lowest track's shot stands alone at frame `n` and hides the ground."""
        shots = [shot for track in self._film.layers[:1] for shot in track if n in shot.span]
        if len(shots) != 1 or n in shots[0].enter or n in shots[0].leave:
            return False
        layer = self._layer(shots[0])
        return isinstance(layer, StillLayer) and layer.hides(n)

    def _drop_all_but(self, n: int) -> None:
        """Closes the layers of shots that frame `n` does not show."""
        shown = {shot.place for track in self._film.layers for shot in track if n in shot.span}
        for place in self._layers.keys() - shown:
            _close(self._layers.pop(place))

    def _cross(self, canvas: Picture, before: Shot, after: Shot, n: int, level: int) -> None:
        """Two shots of a track where one takes over from the other."""
        transition = after.transition_in
        assert transition is not None
        progress = _progress(after.enter, n)
        if level and transition.type in MOVING:
            depart(canvas, self._plate(before, n), progress, transition, self._scratch)
            arrive(canvas, self._plate(after, n), progress, transition, self._scratch)
            return
        here, there = self._copy(canvas), self._copy(canvas)
        beneath = self._copy(canvas) if transition.type == "fade" else here
        self._layer(before).draw(here, n)
        self._layer(after).draw(there, n)
        mix(here, there, beneath, progress, transition, canvas)
        self._spare += [here, there] if beneath is here else [beneath, here, there]

    def _show(self, canvas: Picture, shot: Shot, n: int, level: int) -> None:
        """One shot alone, coming out of what lies beneath or going back into it."""
        if n in shot.enter and not shot.crossing and shot.transition_in:
            self._over(canvas, shot, n, shot.transition_in, _progress(shot.enter, n), level)
        elif n in shot.leave and not shot.yields and shot.transition_out:
            onward = _OPPOSITE[shot.transition_out.direction]  # played backwards, it still moves that way
            transition = shot.transition_out.model_copy(update={"direction": onward})
            self._over(canvas, shot, n, transition, 1 - _progress(shot.leave, n), level)
        else:
            self._layer(shot).draw(canvas, n)

    def _over(
        self, canvas: Picture, shot: Shot, n: int, transition: Transition, progress: float, level: int
    ) -> None:
        if level and transition.type in MOVING:
            arrive(canvas, self._plate(shot, n), progress, transition, self._scratch)
            return
        beneath, shown = self._copy(canvas), self._copy(canvas)
        self._layer(shot).draw(shown, n)
        plain = (
            transition.model_copy(update={"type": "dissolve"}) if transition.type == "fade" else transition
        )
        mix(beneath, shown, beneath, progress, plain, canvas)
        self._spare += [beneath, shown]

    def _plate(self, shot: Shot, n: int) -> Plate:
        return drawn(self._film.size, lambda canvas: self._layer(shot).draw(canvas, n))

    def _copy(self, canvas: Picture) -> Picture:
        if not self._spare:
            return canvas.copy()
        spare = self._spare.pop()
        for plane, target in zip(canvas.planes, spare.planes, strict=True):
            target[...] = plane
        return spare

    def _layer(self, shot: Shot) -> Layer:
        if shot.place not in self._layers:
            match shot.clip.asset:
                case Text() | Captions():
                    kind = LetteringLayer
                case Video():
                    kind = FootageLayer
                case _:
                    kind = StillLayer
            self._layers[shot.place] = kind(shot, self._resources, self._scratch)
        return self._layers[shot.place]

    def identity(self, span: Span) -> str:
        """The SHA-256 of everything that decides these frames: equal identities show equal pictures."""
        film = self._film
        shows: list[JsonValue] = [
            [self._layer(shot).shows(span) for shot in track if shot.span.meets(span)]
            for track in film.layers
        ]
        whole: JsonValue = {
            "version": RENDERER_VERSION,
            "size": list(film.size),
            "rate": str(film.rate),
            "length": len(span),
            "background": film.background,
            "fonts": [[family, self._resources.hashes[src]] for family, src in film.fonts],
            "shows": shows,
        }
        return sha256(json.dumps(whole, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def close(self) -> None:
        """Closes the files that the layers opened."""
        for layer in self._layers.values():
            _close(layer)
        self._layers.clear()


def _close(layer: Layer) -> None:
    if isinstance(layer, FootageLayer):
        layer.close()


def _progress(span: Span, n: int) -> float:
    """How far a transition is at the middle of frame `n`: never quite 0 or 1 while it lasts."""
    return (n - span.start + 0.5) / len(span)
