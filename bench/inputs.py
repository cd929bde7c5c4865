"""The bench's own inputs: twelve pictures, their narration and a bed of music, made by Retake's own makers.

The job is the one that every engine can do: 60 s, 1080x1920, 30 fps, 12 pictures with Ken Burns, 0.5 s
crossfades, a fading caption each, narration over quiet music; H.264 veryfast CRF 20, AAC 192k.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from retake.generate.bed import Bed
from retake.generate.espeak import Espeak
from retake.generate.painted import Painted
from retake.generate.ports import Artwork, ImageRequest, MusicRequest, SpeechRequest
from retake.media.sound import write_wav

SCENES = (
    (
        "old harbour at dawn, fishing boats, fog",
        "At dawn the harbour wakes before the town that owes it everything.",
    ),
    ("lighthouse on a cliff, storm", "The lighthouse keeper counts the waves, and the storm counts him."),
    (
        "narrow street at night in the rain, lit windows",
        "Rain writes the same sentence on every window of the street.",
    ),
    ("forest path in fog, lantern", "Somebody left a lantern burning where the forest path divides."),
    (
        "mountain pass, snow, lone traveller",
        "The pass is closed from autumn to spring, except to the stubborn.",
    ),
    ("temple interior, shafts of light", "Dust hangs in the temple like music that nobody has played yet."),
    ("desert caravan at dusk, dunes", "The caravan keeps its shadow on the left until the stars come out."),
    (
        "library, tall shelves, warm light",
        "In the library even the ladder knows which book you came to find.",
    ),
    ("garden in spring, flowers", "A garden is a promise that is kept in very small instalments."),
    (
        "river and bridge at golden hour",
        "Under the bridge the river hurries, as if it were late for the sea.",
    ),
    ("city skyline at night", "From up here the city looks as though it had been thought of at once."),
    (
        "spaceship above a blue planet, stars",
        "And the planet turns, patient and blue, like an answer in no hurry.",
    ),
)
SECONDS = 5
CROSSFADE = 0.5
RATE = 48_000


def make(folder: Path) -> None:
    """Writes the inputs into `folder`, unless they are there."""
    if (folder / "texts.json").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    painter, speaker = Painted(), Espeak()
    for i, (prompt, text) in enumerate(SCENES):
        art = painter.paint(ImageRequest(prompt, (1440, 2560), genre="adventure", seed=i))
        Image.fromarray(flat(art)).save(folder / f"image_{i:02d}.jpg", quality=92)
        speech = speaker.speak(SpeechRequest(text))
        count = SECONDS * speech.sample_rate
        padded = np.zeros((count, 2), np.float32)
        padded[: min(count, len(speech.samples))] = speech.samples[:count, None]
        write_wav(folder / f"narration_{i:02d}.wav", padded, speech.sample_rate)
    music = Bed().play(MusicRequest(SECONDS * len(SCENES), "adventure"))
    write_wav(folder / "music.wav", music.samples, music.sample_rate)
    (folder / "texts.json").write_text(json.dumps([text for _, text in SCENES]))


def flat(art: Artwork) -> np.ndarray:
    """A picture's planes laid over each other: uint8 (h, w, 3)."""
    whole = art.layers[0].pixels[..., :3].astype(np.float32)
    for layer in art.layers[1:]:
        alpha = layer.pixels[..., 3:].astype(np.float32) / 255
        whole = whole * (1 - alpha) + layer.pixels[..., :3] * alpha
    return whole.round().astype(np.uint8)


def document(times: int = 1) -> dict[str, Any]:
    """The job as a timeline, its scenes repeated `times` times.

    Repeated scenes are numbered, since Retake encodes equal ones only once.
    """
    texts = [text for _, text in SCENES]
    if times > 1:
        texts = [f"{i + 1}. {text}" for i, text in enumerate(texts * times)]
    pictures: list[dict[str, Any]] = []
    captions: list[dict[str, Any]] = []
    narration: list[dict[str, Any]] = []
    for i, text in enumerate(texts):
        start, last = i * SECONDS, i == len(texts) - 1
        length = SECONDS + (0 if last else CROSSFADE)
        n = i % len(SCENES)
        pictures.append(
            {
                "asset": {"type": "image", "src": f"image_{n:02d}.jpg"},
                "start": start,
                "duration": length,
                "scale": [{"at": 0, "value": 1}, {"at": length, "value": 1.15}],
                **({"transition": {"in": {"type": "dissolve", "duration": CROSSFADE}}} if i else {}),
            }
        )
        style = {"size": 48, "weight": 700, "outline": 3}
        captions.append(
            {
                "asset": {"type": "text", "text": text, "style": style, "animation": "fade"},
                "start": start,
                "duration": SECONDS,
                "box": {"width": 900 / 1080, "height": 200 / 1920},
                "position": {"x": 0.5, "y": 1280 / 1720},
            }
        )
        narration.append(
            {"asset": {"type": "audio", "src": f"narration_{n:02d}.wav"}, "start": start, "duration": SECONDS}
        )
    return {
        "timeline": {
            "tracks": [
                {"clips": pictures},
                {"clips": captions},
                {"kind": "audio", "role": "narration", "clips": narration},
            ]
        },
        "soundtrack": {"src": "music.wav", "volume": 0.3, "duck": False, "loop": True},
        "output": {"size": [1080, 1920], "fps": 30, "preset": "veryfast", "crf": 20, "loudness": None},
    }
