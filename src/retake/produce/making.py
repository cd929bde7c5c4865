"""Making a story's assets: speech first, since it decides every duration, then pictures and music.

Everything made is taken from the store when it is there; every fallback is noted in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from retake.generate.crafts import PAINTING, PLAYING, SPEAKING
from retake.generate.make import Made, Maker, Policy
from retake.generate.ports import Artwork, ImageRequest, MusicRequest, Speech
from retake.generate.providers import find
from retake.generate.usage import Usage
from retake.generate.voices import cast_voice
from retake.media.probe import probe
from retake.progress import Progress, Step
from retake.recipes.story.compose import Narration, SceneAssets
from retake.recipes.story.images import is_film
from retake.recipes.story.mood import genre_of
from retake.recipes.story.script import Script
from retake.recipes.story.timing import Schedule, schedule, speaking_rate, speech_requests
from retake.settings import Settings
from retake.store import Store

_OVERSCAN = 1.15
"""How much larger than the frame a picture is painted, so that the camera can move over it."""


@dataclass(frozen=True, eq=False)
class Workshop:
    """The adapters of one production, behind the one mechanism, and what they have used so far."""

    store: Store
    policy: Policy
    progress: Progress
    usages: list[Usage]
    fallbacks: list[str]

    @classmethod
    def open(cls, settings: Settings, progress: Progress) -> Workshop:
        return cls(
            Store(settings.store, settings.store_limit), Policy.from_settings(settings), progress, [], []
        )

    def another(self) -> Workshop:
        """The same workshop with a record of its own."""
        return replace(self, usages=[], fallbacks=[])

    def make_all(self, craft: Any, provider: str, requests: Sequence[Any], stage: str) -> list[Made[Any]]:
        """Every asset in order, with progress, its usage and its fallback noted."""
        maker: Maker[Any, Any] = Maker(craft, find(craft.kind, provider), self.store, self.policy)
        self.progress(Step(stage, 0, len(requests)))
        made = maker.make_all(requests, lambda done, total, _: self.progress(Step(stage, done, total)))
        for i, asset in enumerate(made, 1):
            self.usages.append(asset.usage)
            if asset.fallback:
                self.fallbacks.append(f"{stage} {i}: {asset.fallback}")
        return made


@dataclass(frozen=True, eq=False)
class Telling:
    """A script as it is told: the schedule, and each scene's narration."""

    script: Script
    schedule: Schedule
    narrations: tuple[tuple[Narration, ...], ...]


def cast(script: Script) -> Script:
    """The script with a narrator chosen by language and genre, where the story names none."""
    options = script.story.options
    if options.voice:
        return script
    voice = cast_voice(script.language, genre_of(script.story.metadata.genre)).voice
    story = script.story.model_copy(update={"options": options.model_copy(update={"voice": voice})})
    return replace(script, story=story)


def tell(script: Script, workshop: Workshop, provider: str) -> Telling:
    """Speaks the script: once at the natural speed to measure it, once more at the speed that fits."""
    rate = script.story.options.speech_rate
    spoken = _speak(script, workshop, provider, rate or 1.0)
    if rate is None:
        rate = speaking_rate(script, [[n.duration for n in row] for row in spoken])
        if rate != 1.0:
            spoken = _speak(script, workshop, provider, rate)
    lengths = [[n.duration for n in row] for row in spoken]
    return Telling(script, schedule(script, lengths, rate), spoken)


def _speak(
    script: Script, workshop: Workshop, provider: str, rate: float
) -> tuple[tuple[Narration, ...], ...]:
    rows = speech_requests(script, rate)
    flat = [request for row in rows for request in row]
    made = iter(workshop.make_all(SPEAKING, provider, flat, "voice"))
    spoken: list[tuple[Narration, ...]] = []
    for row in rows:
        assets = [next(made) for _ in row]
        whole = all(asset.paths for asset in assets)
        spoken.append(tuple(_narration(asset) for asset in assets) if whole else ())
    return tuple(spoken)


def _narration(asset: Made[Speech]) -> Narration:
    speech = asset.value
    assert speech is not None
    return Narration(str(asset.paths[0]), speech.duration, speech.words)


def picture(
    script: Script, size: tuple[int, int], out: Path, workshop: Workshop, provider: str
) -> tuple[SceneAssets, ...]:
    """The scenes' pictures for one shape of frame, without narration: the user's own (in `out`), or made from
    the prompts."""
    options, genre = script.story.options, script.story.metadata.genre
    requests = [
        ImageRequest(
            prompt=scene.image_prompt,
            size=tuple(round(side * _OVERSCAN / 2) * 2 for side in size),  # type: ignore[arg-type]
            genre=genre,
            palette=options.brand.colors,
            seed=options.seed,
        )
        for scene in script.scenes
        if not scene.image
    ]
    made = iter(workshop.make_all(PAINTING, provider, requests, "pictures") if requests else ())
    return tuple(
        _own_picture(scene.image, out) if scene.image else _made_picture(next(made))
        for scene in script.scenes
    )


def _own_picture(name: str, out: Path) -> SceneAssets:
    video = probe(out / name).video
    size = video.size if video else None
    return SceneAssets(video=name) if is_film(name) else SceneAssets(image=name, image_size=size)


def _made_picture(asset: Made[Artwork]) -> SceneAssets:
    if asset.fallback:
        return SceneAssets()
    depths: Sequence[float] = asset.details["depths"]
    return SceneAssets(
        planes=tuple((str(path), depth) for path, depth in zip(asset.paths, depths, strict=True))
    )


def play(telling: Telling, workshop: Workshop, provider: str) -> str:
    """The path of the music, "" for none."""
    script = telling.script
    music = script.story.options.music
    if music in ("", "none"):
        return ""
    if music != "bed":
        return music
    request = MusicRequest(
        duration=telling.schedule.duration,
        genre=script.story.metadata.genre,
        mood=script.music_mood,
        seed=script.story.options.seed,
    )
    (made,) = workshop.make_all(PLAYING, provider, [request], "music")
    return str(made.paths[0]) if made.paths else ""
