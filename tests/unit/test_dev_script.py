"""./dev: found by any shell, clear where it cannot work, and quiet where nothing is to do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


UV = f"""#!/bin/sh
echo "$@" >> uv-was-called-with
mkdir -p .venv/bin
ln -sf {sys.executable} .venv/bin/python
"""


def dev(
    *arguments: str, path: Path | None = None, script: Path = ROOT / "dev"
) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "RETAKE_DEV_PIP"}
    if path is not None:
        environment["PATH"] = str(path)
    shell = shutil.which("sh") or "/bin/sh"
    return subprocess.run([shell, script, *arguments], capture_output=True, text=True, env=environment)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree with the script and what its environment depends on, and nothing else."""
    for name in ("dev", "pyproject.toml", "uv.lock"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_help_needs_no_environment(tree: Path) -> None:
    done = dev("help", script=tree / "dev")
    assert done.returncode == 0
    assert all(name in done.stdout for name in ("demo", "retake", "test", "bench", "golden", "setup"))
    assert not (tree / ".venv").exists()


def test_an_unknown_command_is_bad_input(tree: Path) -> None:
    done = dev("dmeo", script=tree / "dev")
    assert done.returncode == 2
    assert "no command 'dmeo'" in done.stderr


def test_a_machine_without_a_new_python_is_told_so(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    done = dev("help", path=tmp_path)
    assert done.returncode == 1
    assert "needs Python 3.11" in done.stderr


def test_a_python_that_cannot_make_environments_is_told_how_to(tree: Path) -> None:
    folder = tree / "bin"
    folder.mkdir()
    python = folder / "python3"
    # -S leaves out site-packages, -I the user's own; a module of that name that fails hides ensurepip.
    python.write_text(f'#!/bin/sh\nPYTHONPATH="{folder}/hidden" exec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    hidden = folder / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text("import sys\nsys.modules['ensurepip'] = None\n")
    done = dev("setup", path=folder, script=tree / "dev")
    assert done.returncode == 1
    assert "apt install python3-venv" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_environment_is_made_once_and_again_when_what_it_holds_has_changed(tree: Path) -> None:
    folder = tree / "bin"
    folder.mkdir()
    for name, text in (("uv", UV), ("python3", f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    path = Path(f"{folder}{os.pathsep}{os.environ['PATH']}")
    log = tree / "uv-was-called-with"
    for _ in range(2):
        assert dev("setup", path=path, script=tree / "dev").returncode == 0
    assert log.read_text() == "sync --locked --quiet\n"
    with (tree / "pyproject.toml").open("a") as file:
        file.write("# changed\n")
    assert dev("setup", path=path, script=tree / "dev").returncode == 0
    assert log.read_text().count("sync") == 2


RETAKE = """#!/bin/sh
echo "$1 $(basename "${RETAKE_HOME:-user}")" >> "$(dirname "$0")/../../said"
case "$1 $2" in
"consent list") echo '{"consents": ['$(cat consents 2>/dev/null)']}' ;;
"consent add") echo '{"standing": "holds"}' > consents ;;
batch*) mkdir -p demo/personalised && echo '{"file": "films/1.mp4", "receipt": "films/1.mp4.receipt.json", \
"packets_kept": 0.5875, "pixels_kept": 0.9918}' | tr -d '\\\n' > demo/personalised/results.jsonl ;;
esac
"""
PRESENTER = """import sys, pathlib
pathlib.Path("demo/presenter").mkdir(parents=True, exist_ok=True)
pathlib.Path("said").open("a").write("filmed\\n")
"""


def test_the_demo_films_its_presenter_once_and_keeps_to_a_home_of_its_own(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RETAKE_HOME", raising=False)
    tools, bin_folder = tree / "bin", tree / ".venv" / "bin"
    for folder in (tools, bin_folder, tree / "examples" / "presenter"):
        folder.mkdir(parents=True)
    drawing = tree / "examples" / "presenter" / "__main__.py"
    drawing.write_text(PRESENTER)
    programs = {
        tools / "uv": UV,
        tools / "python3": f'#!/bin/sh\nexec "{sys.executable}" "$@"\n',
        bin_folder / "retake": RETAKE,
    }
    for program, text in programs.items():
        program.write_text(text)
        program.chmod(0o755)
    path = Path(f"{tools}{os.pathsep}{os.environ['PATH']}")
    said = tree / "said"

    def demo(*options: str) -> tuple[str, list[str]]:
        said.unlink(missing_ok=True)
        done = dev("demo", *options, path=path, script=tree / "dev")
        assert done.returncode == 0, done.stderr
        return done.stdout, said.read_text().splitlines()

    told, first = demo()
    assert first == [
        "story user", "filmed", "consent home", "consent home", "create-template home", "batch home",
    ]  # fmt: skip
    assert "demo/personalised/films/1.mp4  59% of the packets, 99.2% of the pixels" in told
    assert "demo/personalised/index.html" in told
    assert demo()[1] == ["story user", "consent home", "create-template home", "batch home"]
    drawing.write_text(PRESENTER + "# redrawn\n")
    assert "filmed" in demo()[1]
    told, alone = demo("--no-presenter")
    assert alone == ["story user"]
    assert "personalised" not in told


def test_continuous_integration_runs_the_same_tests() -> None:
    text = (ROOT / ".ci" / "run").read_text()
    assert "exec ./dev test" in text
    assert os.access(ROOT / ".ci" / "run", os.X_OK) and os.access(ROOT / "dev", os.X_OK)
