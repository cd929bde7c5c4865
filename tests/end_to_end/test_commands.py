"""The commands as a user runs them: exit codes, what is printed, what `--json` says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.films import moving, write_film
from tests.timelines import SIZE, write_document, write_story

from retake.media.sound import write_wav


def retake(folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "retake", *map(str, arguments)],
        capture_output=True, text=True, cwd=folder, env={**os.environ, "RETAKE_STORE": str(folder / "store")},
    )  # fmt: skip


def told(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    return json.loads(done.stdout)


def test_a_story_is_made_and_told_as_json(tmp_path: Path) -> None:
    write_story(tmp_path, content="A lamp burned on the hill.")
    done = retake(tmp_path, "story", "story.json", "-o", "out", "--no-thumbnails", "--json")
    assert done.returncode == 0, done.stderr
    (film,) = told(done)["films"]
    assert told(done)["passed"] and film["verdict"]["passed"]
    assert (tmp_path / film["film"]).is_file() and (tmp_path / told(done)["story"]).is_file()
    assert all((tmp_path / path).is_file() for path in film["files"].values())


def test_a_timeline_is_rendered_looked_at_and_checked(tmp_path: Path) -> None:
    write_document(tmp_path)
    done = retake(tmp_path, "render", "timeline.json", "-o", "f.mp4")
    assert done.returncode == 0 and "passed" in done.stdout and "render" in done.stderr
    assert retake(tmp_path, "check", "f.mp4", "--against", "timeline.json").returncode == 0
    assert retake(tmp_path, "frame", "timeline.json", "--at", "1.5", "-o", "f.png").returncode == 0
    assert Image.open(tmp_path / "f.png").size == SIZE
    assert retake(tmp_path, "validate", "timeline.json").returncode == 0


@pytest.mark.parametrize("suffix", ["webm", "gif", "m4a", "wav"])
def test_the_name_decides_the_format(tmp_path: Path, suffix: str) -> None:
    write_document(tmp_path, scenes=1)
    done = retake(tmp_path, "render", "timeline.json", "-o", f"f.{suffix}", "--json")
    assert done.returncode == 0, done.stderr
    start = {"webm": b"\x1aE\xdf\xa3", "gif": b"GIF89a", "m4a": b"\0\0\0", "wav": b"RIFF"}[suffix]
    assert (tmp_path / f"f.{suffix}").read_bytes().startswith(start)


def test_a_variable_is_filled_on_the_command_line(tmp_path: Path) -> None:
    path = write_document(tmp_path, scenes=1)
    document = json.loads(path.read_text())
    document["variables"] = [{"id": "colour", "type": "color"}]
    background = {"asset": {"type": "color", "color": "{{ colour }}"}, "duration": 1}
    document["timeline"]["tracks"] = [{"clips": [background]}]
    path.write_text(json.dumps(document))
    assert retake(tmp_path, "frame", path, "-o", "f.png", "--set", "colour=#0000ff").returncode == 0
    red, _, blue = Image.open(tmp_path / "f.png").getpixel((9, 9))  # type: ignore[misc]
    assert blue > 200 > 60 > red


def test_another_folder_is_read_only_with_allow(tmp_path: Path) -> None:
    write_document(tmp_path / "home", scenes=1)
    (tmp_path / "home" / "picture_0.png").rename(tmp_path / "picture_0.png")
    path = tmp_path / "home" / "timeline.json"
    path.write_text(path.read_text().replace("picture_0.png", "../picture_0.png"))
    assert retake(tmp_path, "frame", path, "-o", "f.png").returncode == 2
    assert retake(tmp_path, "frame", path, "-o", "f.png", "--allow", tmp_path).returncode == 0
    done = retake(tmp_path, "render", path, "-o", "f.mp4", "--allow", tmp_path, "--no-check", "--json")
    assert done.returncode == 0
    (film,) = told(done)["films"]
    assert [f["name"] for f in film["verdict"]["findings"]] == ["checked"]


@pytest.mark.parametrize(
    ("arguments", "code", "kind"),
    [
        (("render", "missing.json"), 2, "InputError"),
        (("render", "bad.json"), 2, "DocumentError"),
        (("story", "empty.txt"), 2, "DocumentError"),
        (("frame", "timeline.json", "--at", "99"), 2, "InputError"),
        (("render", "timeline.json", "-o", "/proc/f.mp4"), 1, None),
    ],
)
def test_a_failure_has_its_exit_code_and_its_kind(
    tmp_path: Path, arguments: tuple[str, ...], code: int, kind: str | None
) -> None:
    write_document(tmp_path, scenes=1)
    (tmp_path / "bad.json").write_text('{"timeline": {"tracks": 7}}')
    (tmp_path / "empty.txt").write_text(" \n")
    done = retake(tmp_path, *arguments, "--json")
    assert done.returncode == code, done
    assert told(done)["error"]["exit_code"] == code
    assert kind is None or told(done)["error"]["kind"] == kind
    assert "Traceback" not in done.stderr


def test_a_film_that_fails_its_check_is_exit_code_1(tmp_path: Path) -> None:
    write_film(tmp_path / "f.mp4", moving(12), rate=12)
    write_document(tmp_path)
    done = retake(tmp_path, "check", "f.mp4", "--against", "timeline.json", "--json")
    assert done.returncode == 1
    assert not told(done)["passed"]


def test_a_film_that_fails_is_kept_apart_with_exit_code_1(tmp_path: Path) -> None:
    write_document(tmp_path, scenes=1)
    write_wav(tmp_path / "sound_0.wav", np.zeros((48_000, 2), np.float32), 48_000)
    done = retake(tmp_path, "render", "timeline.json", "-o", "out/f.mp4", "--json")
    assert done.returncode == 1
    assert told(done)["films"][0]["film"] == "out/f.failed.mp4"
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["f.failed.mp4", "f.failed.mp4.receipt.json"]


def test_every_problem_is_told_with_its_place(tmp_path: Path) -> None:
    clips = [{"asset": {"type": "color", "color": "blue-ish"}, "start": -1}, {"asset": {"type": "image"}}]
    (tmp_path / "t.json").write_text(json.dumps({"timeline": {"tracks": [{"clips": clips}]}}))
    done = retake(tmp_path, "validate", "t.json", "--json")
    assert done.returncode == 2
    assert len(told(done)["problems"]) >= 3
    assert all(problem["place"].startswith("$.timeline.tracks[0]") for problem in told(done)["problems"])
