"""How texts and captions look: the bundled Inter, and small parts of Noto fonts for other scripts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from tests.conftest import Golden

from retake.render.captions import CaptionPainter
from retake.render.sprite import Sprite
from retake.render.text import FontBook, TextPainter
from retake.timeline.assets import Captions, Text

BOOK = FontBook(directories=[Path(__file__).parents[1] / "data" / "fonts"])
FRAME = (360, 640)  # a third of 1080x1920
TITLE = {"size": 96, "weight": 900, "outline": 6, "shadow": 18, "highlight": "#ffd700"}
BOXED = {"size": 60, "box": "#101018d0", "highlight": "#ffcc33"}
SCRIPTS = "مرحبا بالعالم!\nनमस्ते दुनिया\n在遥远的山谷里。\nสวัสดีชาวโลก\nשלום abc עולם 123\n👨‍👩‍👧 🇩🇪 👍🏽 🎉 ❤️"


def background(width: int, height: int) -> NDArray[np.uint8]:
    """Bright to dark and warm to cold, so that letters are seen on everything."""
    down, across = np.mgrid[0:height, 0:width] / np.array([[[height]], [[width]]])
    colours = np.stack([60 + 180 * across, 90 + 110 * (1 - down), 220 - 170 * across * down], axis=-1)
    return np.rint(colours).astype(np.uint8)


def over(picture: NDArray[np.uint8], sprites: Sequence[Sprite]) -> NDArray[np.uint8]:
    result = picture.astype(np.float64)
    height, width = picture.shape[:2]
    for sprite in sprites:
        pixels = sprite.raster.rgba.astype(np.float32)
        pixels[..., :3] *= pixels[..., 3:] / 255
        own_height, own_width = pixels.shape[:2]
        away = (1 - sprite.scale) / 2
        place = np.array(
            [[sprite.scale, 0, sprite.x + own_width * away], [0, sprite.scale, sprite.y + own_height * away]]
        )
        layer = cv2.warpAffine(pixels, place, (width, height)) * sprite.opacity
        result = result * (1 - layer[..., 3:] / 255) + layer[..., :3]
    return np.clip(np.rint(result), 0, 255).astype(np.uint8)


def text_sprites(text: str, box: tuple[int, int], moment: float = 1.0, **fields: Any) -> tuple[Sprite, ...]:
    asset = Text.model_validate({"text": text, **fields})
    return TextPainter(asset, box, FRAME, BOOK).sprites(moment, 3.0)


@pytest.mark.parametrize(
    ("name", "text", "style"),
    [
        ("title", "The Lost\n*Artifact*", TITLE),
        ("boxed", "A story about courage, friendship and *light*", BOXED),
        (
            "italic",
            "Tight *lines*\nin italics",
            {**TITLE, "italic": True, "line_height": 1},
        ),
        ("long_word", "Rindfleischetikettierungs\u00adüberwachung", {"size": 80, "shadow": 12}),
        ("scripts", SCRIPTS, {"size": 52, "shadow": 12, "outline": 3}),
    ],
)
def test_text_styles(golden: Golden, name: str, text: str, style: dict[str, Any]):
    size = (360, 220 if name == "scripts" else 140)
    golden(f"text_{name}", over(background(*size), text_sprites(text, size, style=style)))


@pytest.mark.parametrize("animation", ["rise", "pop", "typewriter", "words"])
def test_text_animations(golden: Golden, animation: str):
    size = (240, 90)
    moments = (0.06, 0.16, 0.3, 1.0)
    style = {"size": 72, "weight": 800, "outline": 3, "box": "#00000080" if animation == "words" else None}
    frames = [
        over(
            background(*size), text_sprites("Light on\nthe hill", size, at, style=style, animation=animation)
        )
        for at in moments
    ]
    golden(f"text_{animation}", np.vstack([np.hstack(frames[:2]), np.hstack(frames[2:])]))


@pytest.mark.parametrize("style", ["classic", "karaoke", "pop", "subtitle"])
@pytest.mark.parametrize("frame", [(360, 640), (640, 360)], ids=["upright", "wide"])
def test_caption_styles(golden: Golden, style: str, frame: tuple[int, int]):
    words = ["An", "explorer", "finds", "a", "map,", "and", "nobody", "has", "seen", "it", "for", "years."]
    timed = [{"text": word, "start": i * 0.4, "end": i * 0.4 + 0.38} for i, word in enumerate(words)]
    captions = Captions.model_validate({"style": style, "cues": [{"words": timed}]})
    picture = over(background(*frame), CaptionPainter(captions, frame, BOOK).sprites(0.7, 9.0))
    kept = slice(330, 450) if frame[1] > frame[0] else slice(240, 360)
    golden(f"captions_{style}_{'upright' if frame[1] > frame[0] else 'wide'}", picture[kept])


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("arabic", "هذا نص عربي جميل"),
        ("chinese", "在 遥远 的 山谷 里，"),
        ("emoji", "Hooray 🎉 for 👨‍👩‍👧 you"),
    ],
)
def test_captions_of_other_scripts(golden: Golden, name: str, words: str):
    timed = [{"text": word, "start": i * 0.4, "end": i * 0.4 + 0.38} for i, word in enumerate(words.split())]
    captions = Captions.model_validate({"style": "karaoke", "cues": [{"words": timed}]})
    picture = over(background(*FRAME), CaptionPainter(captions, FRAME, BOOK).sprites(0.7, 9.0))
    golden(f"captions_{name}", picture[330:450])
