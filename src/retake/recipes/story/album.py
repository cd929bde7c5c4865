"""The user's own pictures shared out over the scenes, in their order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import inf
from pathlib import PurePath

_FEWEST_LETTERS = 4


def shared_out(images: Sequence[str], texts: Sequence[str]) -> list[str]:
    """A picture for each scene: one each while there are enough, else spread evenly, but so that a picture
    whose file is named after what it shows ("3_moon.jpg") comes where the text speaks of it."""
    if not images:
        return [""] * len(texts)
    if len(images) >= len(texts):
        return list(images[: len(texts)])
    last, scenes = len(images) - 1, len(texts)
    best = [[inf] * len(images) for _ in texts]
    came = [[0] * len(images) for _ in texts]
    for scene, text in enumerate(texts):
        for image, name in enumerate(images):
            cost = abs(image - (scene + 0.5) * len(images) / scenes + 0.5) - 1.5 * _speaks_of(text, name)
            if not scene:
                best[0][image] = cost if not image else inf
                continue
            before = image if best[scene - 1][image] <= best[scene - 1][image - 1] or not image else image - 1
            best[scene][image], came[scene][image] = best[scene - 1][before] + cost, before
    chosen = [last]
    for scene in range(scenes - 1, 0, -1):
        chosen.append(came[scene][chosen[-1]])
    return [images[image] for image in reversed(chosen)]


def _speaks_of(text: str, name: str) -> bool:
    """Whether a text has a word of a file's name, or one that begins as it does."""
    named = [
        word for word in re.findall(r"[^\W\d_]+", PurePath(name).stem.lower()) if len(word) >= _FEWEST_LETTERS
    ]
    return any(word.startswith(part) for word in re.findall(r"\w+", text.lower()) for part in named)
