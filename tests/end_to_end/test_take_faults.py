"""Whatever breaks while a recording is prepared or personalised, nothing is left half-made under its name."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.commands import Done, run
from tests.takes import Home, prepare, template_of

from retake.media.take import read_take
from retake.produce.speaking import Booth
from retake.produce.templates import open_template

KEYLESS = "espeak:arthur"
COMMAND = """
import sys
from contextlib import contextmanager
from retake.cli import live, main

@contextmanager
def shown(stream):
    yield lambda step: print(step.stage, step.done, file=stream, flush=True)

live.shown = shown
sys.argv = ["retake", *sys.argv[1:]]
main()
"""
"""The command line, telling every step."""


@pytest.fixture(scope="module")
def show(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return prepare(tmp_path_factory.mktemp("show"), voice=KEYLESS, logo=False)


def start(home: Home, *arguments: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, *map(str, arguments)], cwd=home.folder, text=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=os.environ | home.environment,
    )  # fmt: skip


def stopped(home: Home, step: str, number: signal.Signals, *arguments: str | Path) -> int:
    """Runs a command, sends the signal when it tells this step, and gives the exit code."""
    child = start(home, *arguments)
    assert child.stderr is not None
    for line in child.stderr:
        if line.strip() == step:
            child.send_signal(number)
            break
    child.communicate()
    return child.returncode


def personalise(home: Home, out: str | Path, *more: str) -> Done:
    return run(home, "personalize", "-t", "show", "--set", "client_name=Bob", "-o", out, "--json", *more)


@contextmanager
def files_no_larger_than(limit: int) -> Generator[None]:
    """No file may grow beyond a limit in bytes: what a full disk looks like."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize(("step", "number"), [("condition 1", signal.SIGKILL), ("surfaces 0", signal.SIGINT)])
def test_a_template_appears_whole_or_not_at_all(tmp_path: Path, step: str, number: signal.Signals) -> None:
    home = Home(tmp_path, tmp_path)
    config = template_of(tmp_path / "rec", voice=KEYLESS, logo=False)
    code = stopped(home, step, number, "create-template", "-c", config)
    assert code == (130 if number is signal.SIGINT else -signal.SIGKILL)
    templates = tmp_path / "home" / "templates"
    assert "show" not in names(templates)
    assert number is signal.SIGKILL or not names(templates)
    (templates / ".show.part").mkdir(exist_ok=True)
    (templates / ".show.part" / "reading-old.npz").write_bytes(b"half")
    assert run(home, "create-template", "-c", config).code == 0
    assert names(templates) == {"show"} and "reading-old.npz" not in names(templates / "show")


@pytest.mark.parametrize(("step", "number"), [("encode 12", signal.SIGKILL), ("voice 0", signal.SIGINT)])
def test_a_film_appears_whole_or_not_at_all(show: Home, step: str, number: signal.Signals) -> None:
    folder = show.folder / f"{step}-{number.name}"
    arguments = ("-t", "show", "--set", "client_name=Bob", "-o", folder / "out.mp4")
    code = stopped(show, step, number, "personalize", *arguments)
    assert code == (130 if number is signal.SIGINT else -signal.SIGKILL)
    assert not folder.exists() or not [name for name in names(folder) if not name.startswith(".")]
    assert personalise(show, folder / "out.mp4").code == 0
    assert names(folder) == {"out.mp4", "out.mp4.receipt.json", "out.metadata.json", "out.verdict.json"}
    assert read_take(folder / "out.mp4").length > 0


def test_a_template_made_twice_at_once_is_made_once(tmp_path: Path) -> None:
    home = Home(tmp_path, tmp_path)
    config = template_of(tmp_path / "rec", voice=KEYLESS, logo=False)
    both = [start(home, "create-template", "-c", config) for _ in range(2)]
    told = [child.communicate()[1] for child in both]
    assert [child.returncode for child in both] == [0, 0]
    assert sum("surfaces 0" in text for text in told) == 1
    assert personalise(home, "out.mp4").code == 0


@pytest.mark.parametrize("limit", [300, 9_000, 30_000])
def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path, limit: int) -> None:
    home = Home(tmp_path, tmp_path)
    config = template_of(tmp_path / "rec", logo=False)
    with files_no_larger_than(limit):
        done = run(home, "create-template", "-c", config, "--json")
    assert done.code == 1 and "HostError" in done.out, done.said
    assert not names(tmp_path / "home" / "templates")


@pytest.mark.parametrize("limit", [300, 9_000, 60_000])
def test_a_full_disk_keeps_the_film_that_was_there(show: Home, limit: int) -> None:
    folder = show.folder / f"full-{limit}"
    assert personalise(show, folder / "out.mp4").code == 0
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with files_no_larger_than(limit):
        done = run(show, "personalize", "-t", "show", "--set", "client_name=Al", "-o", folder / "out.mp4",
                   "--json")  # fmt: skip
    assert done.code == 1 and "HostError" in done.out, done.said
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_folders_that_cannot_be_written_are_named(show: Home, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert personalise(show, tmp_path / "file" / "out.mp4").code == 2
    done = personalise(show, "/proc/retake/out.mp4")
    assert (done.code, "HostError" in done.out) == (1, True), done.said
    blocked = Home(tmp_path, Path("/proc/retake"))
    done = run(blocked, "create-template", "-c", template_of(tmp_path / "rec", logo=False), "--json")
    assert (done.code, "HostError" in done.out) == (1, True), done.said
    assert personalise(show, show.folder).code == 2
    assert [personalise(show, f"film{end}").code for end in (".avi", ".webm", "", ".gif")] == [2] * 4
    master = open_template("show", show.settings).master
    recording = show.folder / "recording" / "master.mp4"
    for own in (master, recording):
        data = own.read_bytes()
        assert personalise(show, own).code == 2
        assert own.read_bytes() == data


def test_a_voice_that_fails_keeps_the_original_words(show: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Booth, "speak", lambda self, texts, voice: [(None, "the line is dead")] * len(texts))
    done = personalise(show, "dead.mp4")
    assert done.code == 0, done.said
    (told,) = done.json["fallbacks"]
    assert told.startswith("greeting: the original words stay") and "the line is dead" in told
    receipt = (show.folder / "dead.mp4.receipt.json").read_text()
    assert "the line is dead" in receipt and '"sound_packets": 1.0' in receipt
