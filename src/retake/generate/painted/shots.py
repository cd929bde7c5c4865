"""The shot: how near the viewer is to a painted place, from where he looks, and what stands before it.

A wide shot shows the place as it was built. A medium shot goes nearer, to one side, or looks over a shoulder.
A close-up brings one thing, or one person, to the front of a place that is out of focus. The place is moved
as a picture, so what is drawn afterwards, at the spots that come back, stays sharp.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from retake.generate.painted.colour import mix, scale
from retake.generate.painted.light import bokeh
from retake.generate.painted.motifs import afloat, at_hand, at_landmark, overhead
from retake.generate.painted.plane import Patch, Plane, blurred, enlarged
from retake.generate.painted.portraits import bust
from retake.generate.painted.stage import Places, Spot, Stage
from retake.generate.painted.suited import FLOATING

_WOODEN = frozenset({"room", "library", "office", "laboratory", "village", "city"})
_FIGURE = 0.42  # of the unit: how tall a person stands in a medium shot
_AFLOAT = 0.62  # the same of one who floats, in a close-up
_NEAREST = 1.9
_CAPTIONS = 0.57  # of a tall picture's height: where the captions begin
_MOST_LIFTED = 1.35
_GROWN = 1.6  # how much larger than its place a thing is in a close-up


@dataclass(frozen=True, slots=True)
class _View:
    """A move of the picture: a point (x, y) is seen at zoom * (x, y) + (dx, dy)."""

    zoom: float
    dx: float
    dy: float

    def spot(self, spot: Spot, size: float = 1.0) -> Spot:
        return Spot(spot.x * self.zoom + self.dx, spot.y * self.zoom + self.dy, spot.size * self.zoom * size)

    def places(self, places: Places) -> Places:
        return replace(
            places,
            person=self.spot(places.person),
            pedestal=self.spot(places.pedestal),
            landmark=self.spot(places.landmark),
        )


def framed(stage: Stage, places: Places, *, apart: bool) -> tuple[Places, bool]:
    """The stage as its scene's shot sees it: where things are now, and whether the person is still to be
    drawn. `apart` says that the place was built for this shot and needs no nearer view."""
    scene = stage.scene
    if scene.shot == "close-up":
        if overhead(scene):
            return _upward(stage, places), False
        if at_hand(scene):
            return _still_life(stage, places), False
        if afloat(scene):
            return _upon_water(stage, places), False
        if scene.person and scene.setting in FLOATING:
            seen = _nearer(stage, places, _NEAREST, places.person)
            return replace(seen, person=replace(seen.person, size=_AFLOAT * stage.unit)), True
        if scene.person and not at_landmark(scene) and not apart:
            return _over_shoulder(stage, places, 1.15, 1.45), False
        if apart:
            return _front(stage, places), True
        seen = _nearer(stage, places, 2.1, places.landmark if at_landmark(scene) else places.pedestal)
        large = Spot(seen.pedestal.x, seen.pedestal.y, seen.pedestal.size * _GROWN)
        return replace(seen, pedestal=large), True
    if scene.person and scene.angle == "shoulder" and scene.setting not in FLOATING:
        return _over_shoulder(stage, places, 0.82, 1.25), False
    if apart:
        return places, True
    if scene.shot == "wide":
        return _lifted(stage, places), True
    if not scene.person:
        return _nearer(stage, places, 1.55, places.landmark if at_landmark(scene) else places.pedestal), True
    zoom = float(np.clip(_FIGURE * stage.unit / places.person.size, 1.15, _NEAREST))
    seen = _nearer(stage, places, zoom, replace(places.person, y=_foot(places)))
    grown = Spot(seen.person.x, seen.person.y, max(seen.person.size, _FIGURE * stage.unit))
    return replace(seen, person=grown), True


def _nearer(stage: Stage, places: Places, zoom: float, focus: Spot) -> Places:
    """The picture enlarged, with the focus on one of its thirds."""
    toward = 1 if focus.x > stage.width / 2 else -1
    x = stage.width * (0.5 + (0.12 if stage.height > stage.width else 0.16) * toward)
    view = _window(stage, zoom, focus, (x, stage.height * (_CAPTIONS if stage.height > stage.width else 0.7)))
    _move(stage, view, stage.unit * 0.0012)
    return view.places(places)


def _foot(places: Places) -> float:
    """The height down to which the person is to be seen: the feet, or the table before them."""
    return places.pedestal.y if places.behind else places.person.y


def _lifted(stage: Stage, places: Places) -> Places:
    """The whole place; in a tall picture moved up as far as keeps the person out of the captions."""
    low = max(_foot(places) if stage.scene.person else 0, places.pedestal.y if at_hand(stage.scene) else 0)
    if stage.height < stage.width * 1.4 or low < stage.height * _CAPTIONS:
        return places
    zoom = min((1 - _CAPTIONS + 0.01) * stage.height / max(1.0, stage.height - low), _MOST_LIFTED)
    focus = Spot(stage.width / 2, low, 1)
    view = _window(stage, zoom, focus, (stage.width / 2, stage.height * (_CAPTIONS - 0.01)))
    _move(stage, view, 0)
    return view.places(places)


def _upward(stage: Stage, places: Places) -> Places:
    """The sky, and the top of the place under it."""
    focus = Spot(stage.width / 2, stage.horizon * 0.7, 1)
    view = _window(stage, 1.4, focus, (stage.width / 2, stage.height * 0.6))
    _move(stage, view, stage.unit * 0.004)
    return view.places(places)


def _upon_water(stage: Stage, places: Places) -> Places:
    """Open water, without the shore that the viewer stood on."""
    stage.mid.channels[:] = 0
    stage.near.channels[:] = 0
    focus = Spot(stage.width / 2, stage.horizon, 1)
    view = _window(stage, 1.4, focus, (stage.width / 2, stage.height * 0.48))
    _move(stage, view, stage.unit * 0.002)
    return view.places(places)


def _front(stage: Stage, places: Places) -> Places:
    """A part of a place a little nearer, its middle above the captions."""
    goal = (stage.width * 0.5, stage.height * (0.4 if stage.height > stage.width * 1.3 else 0.33))
    focus = Spot(places.landmark.x, places.landmark.y - stage.unit * 0.42, 1)
    view = _window(stage, 1.16, focus, goal)
    _move(stage, view, 0)
    return view.places(places)


def _over_shoulder(stage: Stage, places: Places, size: float, zoom: float) -> Places:
    """The place as the person sees it, from behind the head."""
    focus = places.landmark if at_landmark(stage.scene) else places.pedestal
    ahead = Spot(focus.x, focus.y - focus.size * 0.5, focus.size)
    tall = stage.height > stage.width
    goal = (stage.width * (0.5 + stage.side * 0.14), stage.height * (0.4 if tall else 0.45))
    view = _window(stage, zoom, ahead, goal)
    _move(stage, view, stage.unit * (0.003 if zoom < 1.4 else 0.008))
    back = Plane(stage.width, stage.height, opaque=False)
    x = stage.width * 0.5 - stage.side * stage.unit * (0.2 if size < 1 else 0.1)
    crown = stage.height * ((0.45 if tall else 0.36) if size < 1 else 0.3)
    bust(stage, back, Spot(x, crown + size * stage.unit, size * stage.unit))
    for target, paint in zip(stage.near.channels, back.channels, strict=True):
        target *= 1 - back.channels[3]
        target += paint
    return view.places(places)


def _still_life(stage: Stage, places: Places) -> Places:
    """One thing on a ledge, and the place behind it out of focus."""
    unit, script = stage.unit, stage.script
    tall = stage.height > stage.width * 1.3
    goal = (stage.width * (0.5 - stage.side * 0.1), stage.height * 0.44)
    view = _window(stage, 1.55, Spot(places.pedestal.x, places.pedestal.y - unit * 0.15, 1), goal)
    _move(stage, view, 0)
    _flatten(stage)
    for channel in stage.far.channels:
        channel[:] = blurred(channel, unit * 0.021)
        channel *= np.float32(0.9)
    if stage.night or stage.scene.setting in ("city", "library", "room", "village"):
        bokeh(stage, stage.far, 0, stage.height * 0.5, 7, [script.accent, script.light], unit * 0.06, 0.3)
    y = stage.height * (0.5 if tall else 0.55 if stage.height > stage.width * 0.8 else 0.62)
    _ledge(stage, y)
    x = stage.width * 0.5 + stage.side * unit * 0.07
    spot = Spot(x, y + unit * 0.075, unit * (0.56 if tall else 0.46))
    halo = stage.mid.halo(x, spot.y, spot.size * 0.62, 0.15, 1.0)
    if halo is not None:
        stage.mid.fill(halo, scale(script.near, 0.6), 0.55)
    return Places(spot, spot, spot)


def _ledge(stage: Stage, y: float) -> None:
    """Stone or wood across the picture, its top lit from behind."""
    unit, script = stage.unit, stage.script
    wooden = stage.scene.setting in _WOODEN
    base = mix(
        mix(script.near, script.accent, 0.2 if wooden else 0.04), script.far, 0.3 if not wooden else 0.12
    )
    front = y + unit * 0.15
    line = np.full(stage.width, y, np.float32)
    if not wooden:
        line += stage.line(10, 0.6, 5) * np.float32(unit * 0.006)
    lit = mix(base, script.light, 0.34)
    patch = stage.mid.put(stage.mid.below(line), stage.rows([lit, mix(base, lit, 0.5), base], y, front))
    face = stage.mid.put(
        stage.mid.below(line + np.float32(unit * 0.15)),
        stage.rows([scale(base, 0.72), scale(script.near, 0.8)], front, front + unit * 0.45),
    )
    if patch is None or face is None:
        return
    rows, columns = max(2, patch.values.shape[0] // 3), max(2, patch.values.shape[1] // 3)
    cells = (26.0, 2.0) if wooden else (9.0, 7.0)
    grain = np.clip(stage.clouded(rows, columns, cells, 5), 0, 1)
    stage.mid.fill(
        Patch(enlarged(grain, *patch.values.shape) * patch.values, patch.x, patch.y), scale(base, 0.55), 0.4
    )
    stage.mid.fill(patch.edge(0, -unit * 0.003), script.light, 0.35)
    stage.mid.fill(face.edge(0, -unit * 0.005), script.light, 0.3)


def _window(stage: Stage, zoom: float, focus: Spot, goal: tuple[float, float]) -> _View:
    """The view that brings the focus to the goal, as nearly as the picture's borders allow."""
    dx = float(np.clip(goal[0] - zoom * focus.x, stage.width * (1 - zoom), 0))
    dy = float(np.clip(goal[1] - zoom * focus.y, stage.height * (1 - zoom), 0))
    return _View(zoom, dx, dy)


def _move(stage: Stage, view: _View, blur: float) -> None:
    """Move every plane; the near one by more, as near things do."""
    for plane, more in ((stage.far, 1.0), (stage.mid, 1.0), (stage.near, 1.12)):
        zoom = view.zoom * more
        dx = float(np.clip(view.dx * more, plane.width * (1 - zoom), 0))
        dy = float(np.clip(view.dy * more, plane.height * (1 - zoom), 0))
        if plane is not stage.far and plane.channels[3].max(initial=0) == 0:
            continue
        shift = np.array([[zoom, 0, dx + (zoom - 1) / 2], [0, zoom, dy + (zoom - 1) / 2]], np.float32)
        for index, channel in enumerate(plane.channels):
            moved = cv2.warpAffine(
                channel, shift, (plane.width, plane.height), flags=cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REPLICATE,
            )  # fmt: skip
            plane.channels[index] = moved if blur < 0.6 else blurred(np.asarray(moved, np.float32), blur)
    stage.light_x = stage.light_x * view.zoom + view.dx
    stage.light_y = stage.light_y * view.zoom + view.dy
    stage.horizon = float(np.clip(stage.horizon * view.zoom + view.dy, 0, stage.height))


def _flatten(stage: Stage) -> None:
    """All planes painted onto the far one."""
    for plane in (stage.mid, stage.near):
        through = 1 - plane.channels[3]
        for target, paint in zip(stage.far.channels, plane.channels, strict=False):
            target *= through
            target += paint
        plane.channels[:] = 0
