"""A story's way: read, written as scenes, told, pictured, composed, filmed, and delivered in every shape."""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from retake.beside import beside
from retake.generate.providers import find
from retake.generate.usage import Usage, total
from retake.media.encode import require_encoder
from retake.media.memory import recycled
from retake.produce import delivery
from retake.produce.adoption import adopt, own_files
from retake.produce.files import make_folder, read_text, write_json
from retake.produce.filming import film_to
from retake.produce.making import Telling, Workshop, cast, picture, play, tell
from retake.produce.results import FilmResult, Production, failed_path, film_result
from retake.produce.shoot import Shoot, open_shoot, overridden
from retake.produce.targets import Target, platform_problems, targets_of, with_overrides
from retake.produce.workplace import frugal, workplace
from retake.progress import Progress, Step, silent
from retake.recipes.story.compose import SceneAssets, compose
from retake.recipes.story.describe import Description, basic_description, describe
from retake.recipes.story.processed import processed_story
from retake.recipes.story.reading import read_story
from retake.recipes.story.script import Script
from retake.recipes.story.story import Story
from retake.settings import Settings

_NOTHING: Mapping[str, Any] = MappingProxyType({})


def produce_story(
    source: Path,
    out: Path,
    *,
    overrides: Mapping[str, object] = _NOTHING,
    settings: Settings,
    progress: Progress = silent,
) -> Production:
    """Makes the films of a story in the folder `out`, one for each aspect ratio or platform asked for.

    A film that fails its check is in the result with a failed verdict. Two runs for one folder work one after
    the other. Raises `RetakeError`.
    """
    with frugal(), workplace(make_folder(out), settings, progress):
        return _produce_story(source, out, overrides, settings, progress)


def _produce_story(
    source: Path, out: Path, overrides: Mapping[str, object], settings: Settings, progress: Progress
) -> Production:
    progress(Step("story", 0, 1))
    story = with_overrides(read_story(read_text(source), source.suffix, str(source)), overrides)
    require_encoder(str(overrides.get("encoder") or "x264"))  # before minutes are spent on voice and pictures
    story = adopt(own_files(story, source.parent, overrides), out)
    script = cast(find("script", "rules").write(story))
    progress(Step("story", 1, 1))
    targets = targets_of(story, tuple(overrides.get("aspect_ratios") or ()))  # type: ignore[arg-type]
    workshop = Workshop.open(settings, progress)
    with recycled():
        first = beside(lambda: _paint(script, targets[0], out, workshop.another()))
        telling = tell(script, workshop, "espeak")
        music = play(telling, workshop, "bed")
        gallery = first.result()
    edited = write_json(out / "story.json", processed_story(script, telling.schedule))
    sound = _Sound(telling, music, workshop)
    films: list[FilmResult] = []
    for target in targets:
        if target is not targets[0]:
            with recycled():
                gallery = _paint(script, target, out, workshop.another())
        films.append(_film_story(sound, gallery, target, out, overrides, settings, many=len(targets) > 1))
    return Production(tuple(films), edited)


@dataclass(frozen=True, eq=False)
class _Sound:
    """What every film of a story shares: the telling, the music, and the record of their making."""

    telling: Telling
    music: str
    workshop: Workshop


@dataclass(frozen=True, eq=False)
class _Gallery:
    """The pictures for one shape of frame, and the record of their making."""

    scenes: tuple[SceneAssets, ...]
    workshop: Workshop


def _paint(script: Script, target: Target, out: Path, workshop: Workshop) -> _Gallery:
    return _Gallery(picture(script, target.size, out, workshop, "painted"), workshop)


def _film_story(
    sound: _Sound,
    gallery: _Gallery,
    target: Target,
    out: Path,
    overrides: Mapping[str, object],
    settings: Settings,
    *,
    many: bool,
) -> FilmResult:
    """One film of a story, with everything that lies beside it."""
    began = time.monotonic()
    telling, script, story = sound.telling, sound.telling.script, sound.telling.script.story
    progress = sound.workshop.progress
    assets = [
        replace(scene, narrations=narrations)
        for scene, narrations in zip(gallery.scenes, telling.narrations, strict=True)
    ]
    platform = target.platforms[0] if target.platforms else ""
    document = compose(
        script, telling.schedule, assets, music=sound.music, size=target.size, platform=platform
    )
    document = overridden(document, {k: v for k, v in overrides.items() if k in ("encoder", "crf")})
    shoot = open_shoot(document, out, (), settings)
    name = file_name(story) + (f"_{target.name}" if many else "")
    film = out / f"{name}.mp4"
    text, failed = _described(script)
    fallbacks = [*sound.workshop.fallbacks, *gallery.workshop.fallbacks, *failed]
    posters = _posters(shoot, story, settings, progress) if overrides.get("thumbnails") is not False else None
    verdict, receipt = film_to(shoot, film, settings, _labelled(progress, target, many), fallbacks)
    kept = film if verdict.passed else failed_path(film)
    files = {
        "timeline": delivery.write_timeline(document, kept),
        "verdict": delivery.write_verdict(verdict, kept),
    }
    warnings = [*script.problems, *telling.schedule.problems, *shoot.warnings]
    if verdict.passed:
        files |= delivery.write_captions(shoot, film)
        files |= delivery.write_thumbnails(posters.result(), film) if posters else {}
        warnings += platform_problems(target, float(shoot.film.seconds), film.stat().st_size)
        used = (*sound.workshop.usages, *gallery.workshop.usages)
        files["metadata"] = _write_metadata(text, script, target, film, fallbacks, used)
    return film_result(name, film, files, shoot, verdict, receipt, warnings, fallbacks, began)


def _posters(
    shoot: Shoot, story: Story, settings: Settings, progress: Progress
) -> Future[delivery.Thumbnails]:
    """The thumbnails, made while the film is."""
    colors = story.options.brand.colors

    def make() -> delivery.Thumbnails:
        progress(Step("thumbnails", 0, 1))
        made = delivery.thumbnails(shoot, story.title, colors[0] if colors else "#ffd700", settings)
        progress(Step("thumbnails", 1, 1))
        return made

    return beside(make)


def _described(script: Script) -> tuple[Description, tuple[str, ...]]:
    """The texts beside the film, and the reason where only the basic ones could be made."""
    try:
        return describe(script), ()
    except Exception as error:  # noqa: BLE001 - a film is not lost for the want of its description
        reason = f"metadata: {type(error).__name__}: {error}"
        return basic_description(script.story), (reason,)


def _write_metadata(
    text: Description,
    script: Script,
    target: Target,
    film: Path,
    fallbacks: Sequence[str],
    used: Iterable[Usage],
) -> Path:
    extra = {
        "story_id": script.story.story_id,
        "language": script.language,
        "genre": script.story.metadata.genre,
        "fallbacks": list(fallbacks),
        "usage": total(used),
        "ai_generated": True,
    }
    platforms = target.platforms or ("instagram_reels", "youtube_shorts", "tiktok", "x")
    return write_json(film.with_suffix(".metadata.json"), delivery.metadata(text, film, platforms, extra))


def file_name(story: Story) -> str:
    """A file's name from the title and the story's id: plain ASCII, never empty."""
    plain = unicodedata.normalize("NFKD", story.title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:60]
    ident = re.sub(r"[^A-Za-z0-9]+", "_", story.story_id).strip("_")[:40]
    return "_".join(part for part in (slug, ident if ident != "story" else "") if part) or "film"


def _labelled(progress: Progress, target: Target, many: bool) -> Progress:
    if not many:
        return progress
    return lambda step: progress(replace(step, stage=f"{step.stage} {target.name.replace('x', ':', 1)}"))
