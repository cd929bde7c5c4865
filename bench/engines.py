"""Other engines for the bench's two jobs: which are here, their command lines, how to get the others.

FFmpeg is the system's own. MoviePy stands in an environment of its own, since it pins what Retake does not:

    python3 -m venv bench/work/moviepy && bench/work/moviepy/bin/pip install 'moviepy>=2'
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
FONT = HERE.parent / "src" / "retake" / "fonts" / "Inter-Bold.ttf"
MOVIEPY = HERE / "work" / "moviepy" / "bin" / "python"


def found() -> dict[str, str]:
    """What runs each engine's scripts: a Python. Says which engines are missing, and the remedy."""
    here: dict[str, str] = {}
    for name, python, lack in (
        ("ffmpeg", sys.executable, _no_ffmpeg()),
        ("moviepy", str(MOVIEPY), _no_moviepy()),
    ):
        if lack:
            print(f"peer {name} is MISSING: {lack}", flush=True)
        else:
            here[name] = python
    return here


def story(name: str, python: str) -> str:
    """The story's job as NAME=COMMAND."""
    return f"{name}={_line(python, f'story_{name}.py', '{assets}/job.json', '{out}', str(FONT))}"


def row(name: str, python: str) -> str:
    """The row's job as NAME=COMMAND."""
    return f"{name}={_line(python, f'overlay_{name}.py', '{film}', '{job}', '{out}')}"


def _line(python: str, script: str, *rest: str) -> str:
    return shlex.join([python, str(HERE / "peers" / script), *rest])


def _no_ffmpeg() -> str:
    """Why FFmpeg cannot do the jobs; "" where it can."""
    if shutil.which("ffmpeg") is None:
        return "there is no `ffmpeg` on the path. Debian: apt install ffmpeg; macOS: brew install ffmpeg"
    encoders = subprocess.run(["ffmpeg", "-v", "error", "-encoders"], capture_output=True, text=True).stdout
    filters = subprocess.run(["ffmpeg", "-v", "error", "-filters"], capture_output=True, text=True).stdout
    lacks = [part for part, text in (("libx264", encoders), ("drawtext", filters)) if part not in text]
    return f"this `ffmpeg` was built without {' and '.join(lacks)}" if lacks else ""


def _no_moviepy() -> str:
    """Why MoviePy cannot do the jobs; "" where it can."""
    get = f"python3 -m venv {MOVIEPY.parents[1]} && {MOVIEPY.parent}/pip install 'moviepy>=2'"
    if not MOVIEPY.exists():
        return get
    done = subprocess.run([MOVIEPY, "-c", "from moviepy import CompositeVideoClip"], capture_output=True)
    return f"it cannot be imported; {get}" if done.returncode else ""
