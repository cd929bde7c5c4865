"""A story's way: read, written as scenes, told, pictured, composed, filmed, and delivered in every shape."""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from retake.generate.providers import find
from retake.generate.usage import total
from retake.media.encode import require_encoder
from retake.media.memory import recycled
from retake.produce import delivery
from retake.produce.adoption import adopt, own_files
from retake.produce.files import make_folder, read_text, write_json
from retake.produce.filming import film_to
from retake.produce.making import Telling, Workshop, cast, picture, play, tell
from retake.produce.results import FilmResult, Production, failed_path, film_result
from retake.produce.shoot import open_shoot, overridden
from retake.produce.targets import Target, platform_problems, targets_of, with_overrides
from retake.produce.workplace import frugal, workplace
from retake.progress import Progress, Step, silent
from retake.recipes.story.compose import compose
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
    workshop = Workshop.open(settings, progress)
    with recycled():
        telling = tell(script, workshop, "espeak")
        music = play(telling, workshop, "bed")
    edited = write_json(out / "story.json", processed_story(script, telling.schedule))
    targets = targets_of(story, tuple(overrides.get("aspect_ratios") or ()))  # type: ignore[arg-type]
    films = tuple(
        _film_story(telling, music, target, out, overrides, workshop, settings, many=len(targets) > 1)
        for target in targets
    )
    return Production(films, edited)


def _film_story(
    telling: Telling,
    music: str,
    target: Target,
    out: Path,
    overrides: Mapping[str, object],
    workshop: Workshop,
    settings: Settings,
    *,
    many: bool,
) -> FilmResult:
    """One film of a story, with everything that lies beside it."""
    began = time.monotonic()
    script, story = telling.script, telling.script.story
    before = len(workshop.fallbacks)
    with recycled():
        assets = picture(telling, target.size, out, workshop, "painted")
    platform = target.platforms[0] if target.platforms else ""
    document = compose(script, telling.schedule, assets, music=music, size=target.size, platform=platform)
    document = overridden(document, {k: v for k, v in overrides.items() if k in ("encoder", "crf")})
    shoot = open_shoot(document, out, (), settings)
    name = file_name(story) + (f"_{target.name}" if many else "")
    film = out / f"{name}.mp4"
    shared, own = workshop.fallbacks[:before], workshop.fallbacks[before:]
    text, failed = _described(script)
    fallbacks = [*(f for f in shared if not f.startswith("pictures")), *own, *failed]
    verdict, receipt = film_to(shoot, film, settings, _labelled(workshop.progress, target, many), fallbacks)
    kept = film if verdict.passed else failed_path(film)
    files = {
        "timeline": delivery.write_timeline(document, kept),
        "verdict": delivery.write_verdict(verdict, kept),
    }
    warnings = [*script.problems, *telling.schedule.problems, *shoot.warnings]
    if verdict.passed:
        files |= delivery.write_captions(shoot, film)
        if overrides.get("thumbnails") is not False:
            workshop.progress(Step("thumbnails", 0, 1))
            accent = story.options.brand.colors[0] if story.options.brand.colors else "#ffd700"
            files |= delivery.write_thumbnails(shoot, story.title, film, accent, settings)
            workshop.progress(Step("thumbnails", 1, 1))
        warnings += platform_problems(target, float(shoot.film.seconds), film.stat().st_size)
        files["metadata"] = _write_metadata(text, script, target, film, fallbacks, workshop)
    return film_result(name, film, files, shoot, verdict, receipt, warnings, fallbacks, began)


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
    workshop: Workshop,
) -> Path:
    extra = {
        "story_id": script.story.story_id,
        "language": script.language,
        "genre": script.story.metadata.genre,
        "fallbacks": list(fallbacks),
        "usage": total(workshop.usages),
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
