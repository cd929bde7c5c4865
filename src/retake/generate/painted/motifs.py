"""The things that a prompt names, each drawn where the builder of its scene left room."""

from __future__ import annotations

from collections.abc import Callable

from retake.generate.painted import beasts, keepsakes, landmarks, relics, sky
from retake.generate.painted.landmarks import INDOORS
from retake.generate.painted.prompt import Scene
from retake.generate.painted.stage import Places, Spot, Stage

_MAKERS: dict[str, Callable[[Stage, Spot], None]] = {
    "crystal": relics.crystal,
    "orb": relics.orb,
    "lantern": relics.lantern,
    "door": relics.door,
    "book": relics.book,
    "fire": relics.fire,
    "key": keepsakes.key,
    "clock": keepsakes.clock,
    "letter": keepsakes.letter,
    "map": keepsakes.chart,
    "beam": sky.pillar,
    "star": sky.star,
    "lighthouse": landmarks.lighthouse,
    "ship": landmarks.ship,
    "tree": landmarks.tree,
    "bridge": landmarks.bridge,
    "tower": landmarks.tower,
    "train": landmarks.train,
    "birds": landmarks.birds,
    "house": landmarks.house,
    "balloon": landmarks.balloon,
    "rocket": landmarks.rocket,
    "camels": beasts.camels,
    "whale": beasts.whale,
    "dragon": beasts.dragon,
    "dog": beasts.dog,
    "kite": beasts.kite,
}
_OUTSIDE = frozenset({"camels", "dragon", "kite", "beam", "star"})
_AT_LANDMARK = frozenset({"lighthouse", "tower", "ship", "train", "bridge", "house", "beam"})
_AT_PEDESTAL = frozenset(
    {"crystal", "orb", "lantern", "door", "book", "fire", "key", "clock", "letter", "map"}
)
_SHOWN_BY = {"map": "mural", "door": "doorway"}


def at_hand(scene: Scene) -> bool:
    """Whether the first thing of the scene is one to be held or set down."""
    first = scene.motifs[0] if scene.motifs else ""
    return first in _AT_PEDESTAL - {"door", "fire"} and scene.part != _SHOWN_BY.get(first, "-")


def overhead(scene: Scene) -> bool:
    """Whether the first thing of the scene is in the sky."""
    return scene.motifs[:1] == ("star",) and scene.setting not in INDOORS


def afloat(scene: Scene) -> bool:
    return "ship" in scene.motifs and scene.setting in ("sea", "river")


def at_landmark(scene: Scene) -> bool:
    return any(name in _AT_LANDMARK for name in scene.motifs)


def place(stage: Stage, places: Places) -> None:
    """Draw the things of the scene; of those that stand at hand only the first."""
    taken = False
    for name in stage.scene.motifs:
        maker = _MAKERS.get(name)
        if (
            maker is None
            or (name in _OUTSIDE and stage.scene.setting in INDOORS)
            or (name in _AT_PEDESTAL and taken)
            or (stage.scene.shot != "wide" and stage.scene.part == _SHOWN_BY.get(name))
            or (name == "lantern" and stage.scene.person and stage.scene.shot != "close-up")
        ):
            continue
        taken = taken or name in _AT_PEDESTAL
        if name == "dog" and stage.scene.person:
            person, toward = places.person, 1 if places.pedestal.x > places.person.x else -1
            maker(stage, Spot(person.x + toward * person.size * 0.48, person.y, person.size))
            continue
        maker(stage, places.landmark if name in _AT_LANDMARK else places.pedestal)
