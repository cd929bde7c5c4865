"""The examples in docs/recordings.md work as they are printed there."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.films import moving, write_film

from retake.errors import ProviderError
from retake.generate.lipsync.base import LipSyncRequest
from retake.generate.lipsync.faces import FaceBox
from retake.recipes.recording.binding import needed_fields
from retake.recipes.recording.reading import read_template
from retake.recording.surface import SurfaceTrack, track

GUIDE = Path(__file__).parents[2] / "docs" / "recordings.md"
LIPS = """#!{python}
import sys
from pathlib import Path
import numpy as np
from retake.generate.lipsync.clip import write_clip
from retake.media.take import TakeReader
video, sound, out = map(Path, sys.argv[1:])
with TakeReader(video) as reader:
    frames = [255 - frame for frame in reader.rgb(0, reader.take.length)]
    write_clip(out, frames, reader.take.video.rate, np.zeros(4800, np.float32), 48000)
"""


def example(name: str) -> dict[str, Any]:
    """What the module of that name in the guide holds."""
    blocks = re.findall(r"```python\n# (\w+)\.py\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    found: dict[str, Any] = {}
    exec(dict(blocks)[name], found)
    return found


def test_the_template_of_the_guide_is_one():
    text = GUIDE.read_text("utf-8")
    block = text[text.index('    {"id": "welcome_v1"') : text.index("JSON or YAML")]
    template = read_template(json.dumps(json.loads(block)))
    assert needed_fields(template) == ("client_name", "full_name", "logo")


def test_the_effect_of_the_guide_changes_the_surface_only():
    rng = np.random.default_rng(3)
    frame = rng.integers(0, 256, (80, 120, 3), np.uint8)
    surface: SurfaceTrack = track(iter([frame] * 3), 0, (0.25, 0.25, 0.5, 0.5), motion="static")
    replacer = example("frosting")["Frosted"]()
    patch = replacer.draw_custom(surface, frame, 1, {"strength": 4})
    assert patch is not None
    height, width = patch.alpha.shape
    assert 28 <= patch.x <= 30
    assert 60 <= width <= 64
    assert 40 <= height <= 44
    inside = patch.rgb[patch.alpha > 0.99]
    assert inside.std() < 0.5 * frame.std()


def test_the_lip_sync_of_the_guide_mends_the_lower_face(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    program = tmp_path / "my-lip-sync"
    program.write_text(LIPS.format(python=sys.executable))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    film = write_film(tmp_path / "take.mp4", moving(12))
    speech = np.zeros(4800, np.float32)
    request = LipSyncRequest(film, 4, 6, speech, 48_000, buffer=1, boxes=(FaceBox(20, 10, 60, 70),))
    lips = example("my_lips")["MyLips"]()
    patches = list(lips.patches(request))
    assert [patch.frame for patch in patches] == [3, 4, 5, 6]
    assert all(patch.y > 10 for patch in patches)
    program.write_text("#!/bin/sh\nexit 1\n")
    with pytest.raises(ProviderError, match="my-lip-sync failed"):
        list(lips.patches(request))
