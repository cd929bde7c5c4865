"""The user's own files, copied beside the film, so that the folder can be moved and rendered again."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from retake.errors import HostError, InputError
from retake.produce.files import make_folder
from retake.recipes.story.images import with_images
from retake.recipes.story.story import Story

_FOLDER = "media"


def own_files(story: Story, base: Path, given: Mapping[str, object]) -> Story:
    """The story with every own file by its absolute path. `given` may name a folder or files from outside the
    story's folder: the command line may, the document may not. Raises `DocumentError`."""
    found = with_images(story, base)
    options = found.options
    images: tuple[str, ...] = tuple(str((base / name).resolve()) for name in options.images)
    music = options.music
    if music not in ("", "none", "bed"):
        music = str((base / music).resolve())
    if isinstance(folder := given.get("images"), Path):
        chosen = folder.resolve()
        inside = story.model_copy(update={"options": options.model_copy(update={"images": (".",)})})
        if not chosen.is_dir():
            raise InputError("is not a folder", place=str(folder), remedy="name a folder of pictures")
        images = tuple(str(chosen / name) for name in with_images(inside, chosen).options.images)
    if isinstance(sound := given.get("music"), Path):
        if not sound.is_file():
            raise InputError(
                "there is no such file", place=str(sound), remedy="use bed, none, or a sound file"
            )
        music = str(sound.resolve())
    font = options.brand.font_file
    brand = options.brand.model_copy(update={"font_file": str((base / font).resolve()) if font else ""})
    scenes = tuple(
        scene.model_copy(update={"image": str((base / scene.image).resolve()) if scene.image else ""})
        for scene in found.scenes
    )
    options = options.model_copy(update={"images": images, "music": music, "brand": brand})
    return found.model_copy(update={"options": options, "scenes": scenes})


def adopt(story: Story, out: Path) -> Story:
    """The story with its own files copied into `out` and named relative to it. Raises `HostError`."""
    taken: dict[str, str] = {}

    def into(name: str) -> str:
        if not name or name in ("none", "bed"):
            return name
        source = Path(name)
        if source.is_relative_to(out.resolve()):
            return str(source.relative_to(out.resolve()))
        if name not in taken:
            taken[name] = _copy(source, out, set(taken.values()))
        return taken[name]

    return _with_files(story, into)


def _with_files(story: Story, rename: Callable[[str], str]) -> Story:
    options = story.options
    brand = options.brand.model_copy(update={"font_file": rename(options.brand.font_file)})
    changed = options.model_copy(
        update={
            "images": tuple(rename(name) for name in options.images),
            "music": rename(options.music),
            "brand": brand,
        }
    )
    scenes = tuple(scene.model_copy(update={"image": rename(scene.image)}) for scene in story.scenes)
    return story.model_copy(update={"options": changed, "scenes": scenes})


def _copy(source: Path, out: Path, taken: set[str]) -> str:
    folder = make_folder(out / _FOLDER)
    name, count = source.name, 1
    while f"{_FOLDER}/{name}" in taken:
        count += 1
        name = f"{source.stem}-{count}{source.suffix}"
    part = folder / f".{name}.part"
    try:
        shutil.copyfile(source, part)
        part.replace(folder / name)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise HostError(
            f"cannot be copied: {error.strerror}", place=str(source), remedy="free some space"
        ) from error
    return f"{_FOLDER}/{name}"
