"""Small timelines with their files, and stories, that the tests of whole films share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from tests.films import tone

from retake.media.sound import write_wav
from retake.settings import Settings

SIZE = (128, 160)
RATE = 12

STORY: dict[str, Any] = {
    "story_id": "s1",
    "title": "The Lamp",
    "content": "A lamp burned on the hill. Nobody knew who lit it! One night a child climbed up to see.",
    "metadata": {"genre": "mystery"},
    "options": {"size": [128, 224], "fps": RATE, "quality": "draft", "language": "en"},
}


def pattern(seed: int, size: tuple[int, int] = SIZE) -> NDArray[np.uint8]:
    """A bright picture (h, w, 3) with structure at every size, another for every seed."""
    noise = np.random.default_rng(seed)
    out = np.zeros((size[1], size[0], 3))
    for cells in (2, 5, 13):
        coarse = Image.fromarray(noise.integers(0, 255, (cells, cells, 3), dtype=np.uint8))
        out += np.asarray(coarse.resize(size, Image.Resampling.BICUBIC), float) / 3
    return (40 + out * 0.8).clip(0, 255).astype(np.uint8)


def write_document(
    folder: Path, *, scenes: int = 3, seconds: float = 1, rate: object = RATE, **output: Any
) -> Path:
    """A timeline of moving pictures that dissolve into each other, with a sound under each; its path."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures: list[dict[str, Any]] = []
    sounds: list[dict[str, Any]] = []
    for i in range(scenes):
        Image.fromarray(pattern(i)).save(folder / f"picture_{i}.png")
        write_wav(folder / f"sound_{i}.wav", tone(seconds, 0.2, 300 + 90 * i), 48_000)
        length = seconds + (0.25 if i < scenes - 1 else 0)
        pictures.append(
            {
                "asset": {"type": "image", "src": f"picture_{i}.png"},
                "start": i * seconds,
                "duration": length,
                "scale": [{"at": 0, "value": 1}, {"at": length, "value": 1.3}],
                "transition": {"in": {"type": "dissolve", "duration": 0.25}} if i else {},
            }
        )
        sounds.append(
            {
                "asset": {"type": "audio", "src": f"sound_{i}.wav"},
                "start": i * seconds,
                "duration": seconds,
            }
        )
    document = {
        "timeline": {
            "tracks": [{"clips": pictures}, {"kind": "audio", "role": "narration", "clips": sounds}],
            "markers": [
                {"name": f"scene {i}", "start": i * seconds, "duration": seconds} for i in range(scenes)
            ],
        },
        "output": {"size": SIZE, "fps": rate, "quality": "draft"} | output,
    }
    path = folder / "timeline.json"
    path.write_text(json.dumps(document))
    return path


def edited(path: Path, change: Any) -> Path:
    """The document at `path` after `change(document)`."""
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))
    return path


def write_story(folder: Path, **changes: Any) -> Path:
    """A story of three sentences, small and quick to make; its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "story.json"
    path.write_text(json.dumps(STORY | changes))
    return path


def settings_in(folder: Path, workers: int = 2, **more: Any) -> Settings:
    """Settings with a store of their own."""
    return Settings(store=folder / "store", workers=workers, **more)


def receipt_of(film: Path) -> dict[str, Any]:
    return json.loads(film.with_name(f"{film.name}.receipt.json").read_text())


def hidden_in(folder: Path) -> list[str]:
    """What half-written files would be called."""
    return sorted(
        path.name for path in folder.rglob("*") if path.name.startswith(".") or ".part" in path.name
    )
