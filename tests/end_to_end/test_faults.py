"""Whatever breaks, nothing is left half-written, what is finished is used again, and the user is told."""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.timelines import RATE, edited, hidden_in, settings_in, write_document, write_story

from retake.errors import HostError, InputError, ProviderError, RetakeError, Severity
from retake.generate.ports import ImageRequest, SpeechRequest
from retake.media.encode import available_encoders
from retake.produce import produce_story, render_document

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

LIMITED = """
import resource, sys
from retake.cli import main
limit = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
sys.argv = ["retake", *sys.argv[1:]]
main()
"""
"""The command line where no file may grow beyond a limit: what a full disk looks like."""


def started(folder: Path, *arguments: str, workers: int = 1) -> subprocess.Popen[str]:
    environment = {**os.environ, "RETAKE_STORE": str(folder / "store"), "RETAKE_WORKERS": str(workers)}
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip


def stopped_in_the_middle(folder: Path, number: signal.Signals) -> int:
    """Renders six scenes, sends the signal when four are done, and gives the exit code."""
    child = started(folder, "render", str(folder / "timeline.json"), "-o", str(folder / "out" / "f.mp4"))
    assert child.stderr is not None
    for line in child.stderr:
        if line.startswith("render ") and int(line.split()[1]) >= 4 * RATE + 1:
            break
    child.send_signal(number)
    child.communicate(timeout=30)
    return child.returncode


def finished_runs(folder: Path) -> int:
    return len(list((folder / "store" / "work").glob("*/*.run")))


def counted(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every encoder that is opened from now on."""
    assembly = importlib.import_module("retake.assemble.film")
    opened: list[object] = []
    encoder = assembly.SpanEncoder
    monkeypatch.setattr(assembly, "SpanEncoder", lambda settings: opened.append(1) or encoder(settings))
    return opened


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_a_run_that_was_stopped_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals, code: int
) -> None:
    timeline = write_document(tmp_path, scenes=6)
    assert stopped_in_the_middle(tmp_path, number) == code
    assert list((tmp_path / "out").iterdir()) == []
    kept = finished_runs(tmp_path)
    assert kept >= 4
    opened = counted(monkeypatch)
    made = render_document(timeline, tmp_path / "out" / "f.mp4", settings=settings_in(tmp_path))
    assert made.verdict.passed
    assert len(opened) == 6 - kept
    assert finished_runs(tmp_path) == 0 and hidden_in(tmp_path / "out") == []


def test_spans_left_by_a_run_of_another_quality_are_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    timeline = write_document(tmp_path, scenes=6)
    stopped_in_the_middle(tmp_path, signal.SIGKILL)
    opened = counted(monkeypatch)
    out = tmp_path / "out" / "f.mp4"
    render_document(timeline, out, overrides={"crf": 12}, settings=settings_in(tmp_path))
    assert len(opened) == 6


def test_spans_that_were_damaged_are_made_again(tmp_path: Path) -> None:
    timeline = write_document(tmp_path, scenes=6)
    stopped_in_the_middle(tmp_path, signal.SIGKILL)
    for run in (tmp_path / "store" / "work").glob("*/*.run"):
        run.write_bytes(run.read_bytes()[:-7])
    made = render_document(timeline, tmp_path / "out" / "f.mp4", settings=settings_in(tmp_path))
    assert made.verdict.passed


def test_an_encoder_that_is_not_here_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    missing = next(name for name, here in available_encoders().items() if not here)
    with pytest.raises(HostError, match=missing):
        produce_story(write_story(tmp_path), tmp_path / "out", overrides={"encoder": missing},
                      settings=settings_in(tmp_path))  # fmt: skip
    assert not list((tmp_path / "out").iterdir())


def test_two_runs_of_one_command_at_once_both_succeed(tmp_path: Path) -> None:
    write_document(tmp_path, scenes=4)
    out = tmp_path / "out" / "f.mp4"
    runs = [started(tmp_path, "render", str(tmp_path / "timeline.json"), "-o", str(out)) for _ in range(2)]
    told = [run.communicate(timeout=60) for run in runs]
    assert [run.returncode for run in runs] == [0, 0], told
    assert hidden_in(tmp_path / "out") == []


def test_two_runs_of_one_story_at_once_both_succeed(tmp_path: Path) -> None:
    story = write_story(tmp_path, content="A lamp burned on the hill.")
    runs = [started(tmp_path, "story", str(story), "-o", str(tmp_path / "out"), "--json") for _ in range(2)]
    told = [run.communicate(timeout=60) for run in runs]
    assert [run.returncode for run in runs] == [0, 0], told
    copied = sorted(json.loads(out)["films"][0]["frames_copied"] for out, _ in told)
    assert copied[0] == 0 < copied[1]
    assert hidden_in(tmp_path / "out") == []


def limited(folder: Path, limit: int, *arguments: str) -> tuple[int, dict[str, Any]]:
    environment = {**os.environ, "RETAKE_STORE": str(folder / "store"), "RETAKE_WORKERS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(limit), *arguments, "--json"],
        capture_output=True, text=True, env=environment,
    )  # fmt: skip
    return done.returncode, json.loads(done.stdout)


def silent(document: dict[str, Any]) -> None:
    del document["timeline"]["tracks"][1]


@pytest.mark.parametrize("share", [0, 0.2, 0.7, 0.98], ids=["any file", "a span", "the film", "its index"])
@pytest.mark.parametrize("quiet", [False, True], ids=["sound", "silent"])
def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path, share: float, quiet: bool) -> None:
    timeline = write_document(tmp_path, scenes=4)
    if quiet:
        edited(timeline, silent)
    whole = tmp_path / "whole.mp4"
    render_document(timeline, whole, settings=settings_in(tmp_path / "other"))
    limit = max(100, int(whole.stat().st_size * share))
    out = tmp_path / "out" / "f.mp4"
    code, told = limited(tmp_path, limit, "render", str(timeline), "-o", str(out))
    assert (code, told["error"]["kind"]) == (1, "HostError"), told
    assert told["error"]["remedy"]
    assert list(out.parent.iterdir()) == []


@pytest.mark.parametrize("suffix", ["gif", "m4a", "wav", "png"])
def test_a_full_disk_leaves_nothing_of_any_format(tmp_path: Path, suffix: str) -> None:
    timeline, out = write_document(tmp_path, format=suffix), tmp_path / "out" / f"f.{suffix}"
    code, told = limited(tmp_path, 3000, "render", str(timeline), "-o", str(out), "--format", suffix)
    assert (code, told["error"]["kind"]) == (1, "HostError"), told
    assert [path for path in out.parent.rglob("*") if path.is_file()] == []


def test_a_full_disk_leaves_nothing_of_a_story(tmp_path: Path) -> None:
    story = write_story(tmp_path, content="A lamp burned on the hill.")
    code, told = limited(tmp_path, 3000, "story", str(story), "-o", str(tmp_path / "out"))
    assert (code, told["error"]["kind"]) == (1, "HostError"), told
    assert [path.name for path in (tmp_path / "out").iterdir()] in ([], ["story.json"])


def test_a_folder_that_may_not_be_written_is_told_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    timeline = write_document(tmp_path)
    opened = counted(monkeypatch)
    (tmp_path / "out").mkdir()
    (tmp_path / "out").chmod(0o555)
    filming = importlib.import_module("retake.produce.filming")
    monkeypatch.setattr(filming.os, "access", lambda path, mode: mode != os.W_OK)  # root may write anywhere
    with pytest.raises(HostError, match="may not be written"):
        render_document(timeline, tmp_path / "out" / "f.mp4", settings=settings_in(tmp_path))
    assert opened == []


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="there is no folder that refuses even root")
def test_a_folder_that_refuses_the_file_is_the_hosts_fault(tmp_path: Path) -> None:
    with pytest.raises(RetakeError) as caught:
        render_document(write_document(tmp_path), Path("/proc/f.mp4"), settings=settings_in(tmp_path))
    assert caught.value.exit_code == 1


def test_a_place_that_is_a_folder_or_below_a_file_is_bad_input(tmp_path: Path) -> None:
    timeline = write_document(tmp_path)
    (tmp_path / "folder.mp4").mkdir()
    for out in (tmp_path / "folder.mp4", timeline / "f.mp4"):
        with pytest.raises(InputError):
            render_document(timeline, out, settings=settings_in(tmp_path))


def test_an_interrupt_told_by_the_watcher_stops_the_work(tmp_path: Path) -> None:
    def stop(step: Any) -> None:
        if step.stage == "render" and step.done > RATE:
            raise KeyboardInterrupt

    out = tmp_path / "out" / "f.mp4"
    with pytest.raises(KeyboardInterrupt):
        render_document(write_document(tmp_path), out, settings=settings_in(tmp_path), progress=stop)
    assert list(out.parent.iterdir()) == []


class Faulty:
    """A provider of anything that fails in one way."""

    name, version = "faulty", "1"

    def __init__(self, fail: Callable[[], object]) -> None:
        self._fail = fail

    def speak(self, request: SpeechRequest) -> object:
        return self._fail()

    def paint(self, request: ImageRequest) -> object:
        return self._fail()


def too_many() -> object:
    raise ProviderError("429 too many requests", severity=Severity.RECOVERABLE, retry_after=0.01)


FAULTS = {
    "hangs": (lambda: threading.Event().wait(5), "no answer within"),
    "rubbish": (lambda: "noise", "returned str where"),
    "429": (too_many, "429"),
}


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Callable[[], object]], None]:
    """Puts a faulty provider in the place of the usual one of a kind."""
    making = importlib.import_module("retake.produce.making")
    find = making.find

    def put(kind: str, fail: Callable[[], object]) -> None:
        monkeypatch.setattr(
            making, "find", lambda asked, name: Faulty(fail) if asked == kind else find(asked, name)
        )

    return put


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("kind", ["speech", "image"])
def test_a_provider_that_fails_is_replaced_and_that_is_recorded(
    tmp_path: Path, faulty: Callable[[str, Callable[[], object]], None], kind: str, fault: str
) -> None:
    fail, reason = FAULTS[fault]
    faulty(kind, fail)
    # Long enough that the provider which does not fail answers on a busy machine too.
    settings = settings_in(tmp_path, attempts=1, timeout=4)
    (film,) = produce_story(
        write_story(tmp_path, content="A lamp burned on the hill."),
        tmp_path / "out",
        overrides={"thumbnails": False, "music": "none"},
        settings=settings,
    ).films
    assert film.verdict.passed, film.verdict.failures
    told = json.loads(film.files["verdict"].read_text())["fallbacks"]
    assert told == list(film.fallbacks) == json.loads(film.files["metadata"].read_text())["fallbacks"]
    assert told and all(reason in line and kind in line for line in told)
    assert film.film.is_file()


def test_a_provider_that_recovers_leaves_no_trace_of_its_failure(
    tmp_path: Path, faulty: Callable[[str, Callable[[], object]], None]
) -> None:
    painter = importlib.import_module("retake.generate.painted").Painted()
    failures = [1]

    class Recovers(Faulty):
        def paint(self, request: ImageRequest) -> object:
            return too_many() if failures and failures.pop() else painter.paint(request)

    making = importlib.import_module("retake.produce.making")
    with pytest.MonkeyPatch.context() as patch:
        find = making.find
        patch.setattr(
            making, "find", lambda kind, name: Recovers(too_many) if kind == "image" else find(kind, name)
        )
        story = write_story(tmp_path, content="A lamp burned on the hill.")
        (film,) = produce_story(
            story, tmp_path / "out", overrides={"thumbnails": False}, settings=settings_in(tmp_path)
        ).films
    assert film.fallbacks == () and film.verdict.passed


def test_a_wrong_key_stops_the_work(
    tmp_path: Path, faulty: Callable[[str, Callable[[], object]], None]
) -> None:
    def wrong_key() -> object:
        raise ProviderError("401: the key is wrong", severity=Severity.CRITICAL, remedy="set the key")

    faulty("image", wrong_key)
    with pytest.raises(ProviderError, match="401"):
        produce_story(write_story(tmp_path), tmp_path / "out", settings=settings_in(tmp_path))
    assert not list((tmp_path / "out").glob("*.mp4"))


def test_a_film_is_not_lost_for_the_want_of_its_description(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(script: object) -> object:
        raise ValueError("no words")

    monkeypatch.setattr(importlib.import_module("retake.produce.story"), "describe", fail)
    story = write_story(tmp_path, content="A lamp burned on the hill.")
    (film,) = produce_story(
        story, tmp_path / "out", overrides={"thumbnails": False}, settings=settings_in(tmp_path)
    ).films
    told = json.loads(film.files["metadata"].read_text())
    assert told["title"] == "The Lamp" and told["hashtags"] == ["#story"]
    assert told["fallbacks"] == list(film.fallbacks) == list(film.verdict.fallbacks)
    assert any("no words" in line for line in film.fallbacks)
