"""The user's own pictures: names in a story become files that lie where the user may point to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePath

from retake.errors import DocumentError, Problem
from retake.recipes.story.story import Story

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".heic"})
FILMS = frozenset({".mp4", ".mov", ".m4v", ".webm", ".mkv"})


def with_images(story: Story, base: Path) -> Story:
    """The story with a folder of images read as its files in natural order, and every file found.

    Paths are relative to `base`, the folder of the story's file, and may not lead out of it. Raises
    `DocumentError` with each file that is missing or not allowed.
    """
    given = story.options.images
    problems: list[Problem] = []
    names: tuple[str, ...] = (given,) if isinstance(given, str) else given
    if len(names) == 1 and names[0] and (not PurePath(names[0]).suffix or (base / names[0]).is_dir()):
        names = tuple(_folder(names[0], base, problems))
    else:
        for i, name in enumerate(names):
            place = "$.options.images" if isinstance(given, str) else f"$.options.images[{i}]"
            problems += _file_problems(name, base, place)
    for i, scene in enumerate(story.scenes):
        problems += _file_problems(scene.image, base, f"$.scenes[{i}].image")
    if story.options.music not in ("bed", "none", ""):
        problems += _file_problems(story.options.music, base, "$.options.music", pictures=False)
    problems += _file_problems(
        story.options.brand.font_file, base, "$.options.brand.font_file", pictures=False
    )
    if problems:
        raise DocumentError(problems)
    return story.model_copy(update={"options": story.options.model_copy(update={"images": names})})


def is_film(name: str) -> bool:
    """Whether a name is that of a moving picture."""
    return PurePath(name).suffix.lower() in FILMS


def _folder(name: str, base: Path, problems: list[Problem]) -> Iterator[str]:
    if _leads_out(name, base):
        problems.append(_outside("$.options.images", name))
        return
    folder = base / name
    found = sorted(
        (
            f.name
            for f in folder.iterdir()
            if f.suffix.lower() in PICTURES | FILMS and not f.name.startswith(".")
        )
        if folder.is_dir()
        else (),
        key=lambda file: [
            (int(part) if part.isdigit() else 0, part) for part in re.split(r"(\d+)", file.lower())
        ],
    )
    if not found:
        what = "holds no pictures" if folder.is_dir() else "is not a folder or a picture"
        problems.append(
            Problem("$.options.images", f"{name!r} {what}", "name picture files, or a folder of them")
        )
    yield from (str(PurePath(name, file)) for file in found)


def _file_problems(name: str, base: Path, place: str, pictures: bool = True) -> Iterator[Problem]:
    if not name:
        return
    if "://" in name or name.startswith("file:"):
        yield Problem(place, f"{name!r} is an address, not a file", "download it beside the story first")
    elif _leads_out(name, base):
        yield _outside(place, name)
    elif pictures and PurePath(name).suffix.lower() not in PICTURES | FILMS:
        yield Problem(
            place,
            f"{name!r} is not a picture or a film",
            f"give one of {', '.join(sorted(PICTURES | FILMS))}",
        )
    elif not (base / name).is_file():
        yield Problem(place, f"{name!r} is not there", "check the path; it is relative to the story's file")


def _leads_out(name: str, base: Path) -> bool:
    return not (base / name).resolve().is_relative_to(base.resolve())


def _outside(place: str, name: str) -> Problem:
    return Problem(place, f"{name!r} lies outside the story's folder", "copy it beside the story")
