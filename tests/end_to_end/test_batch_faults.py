"""Whatever happens to a batch: every film is whole, nothing is made twice, nothing is left behind."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import time
from collections.abc import Callable, Generator
from datetime import date
from pathlib import Path

import pytest
from tests.batches import (
    assert_whole,
    batch,
    films,
    good_rows,
    hidden,
    is_alive,
    logo_server,
    results,
    start,
    states,
    until,
    workers_of,
    write_rows,
)
from tests.elevenlabs_fake import GEORGE, PRO, Fake, Fault, elevenlabs
from tests.takes import Home, prepare, template_of

from retake.jobs.ledger import Ledger
from retake.trust.consent import Agreement, ConsentBook

linux = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes in /proc")


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return prepare(tmp_path_factory.mktemp("ready"))


@pytest.fixture
def home(ready: Home, tmp_path: Path) -> Home:
    return Home(tmp_path, ready.base)


def killed(run: subprocess.Popen[str]) -> list[int]:
    """Kills the batch, and gives its workers."""
    workers = workers_of(run.pid)
    run.kill()
    run.communicate(timeout=30)
    return workers


@linux
def test_a_killed_batch_goes_on_where_it_was(home: Home) -> None:
    with logo_server(home.folder) as logos:
        rows = good_rows(home, 4)
        rows[2] = ("Cy Dorn", f"{logos.url}/wait")
        write_rows(home.folder, rows)
        run = start(home, "--workers", "1", **logos.environment)
        until(lambda: logos.asked)
        workers = killed(run)
        assert workers
        until(lambda: not any(map(is_alive, workers)), 10)
        before = films(home)
        assert list(before) == ["0001-ada-fox", "0002-bo-li"]
        logos.go.set()
        code, told = batch(home, "--workers", "1", **logos.environment)
    assert (code, told["films"], told["made_now"]) == (0, 4, 2)
    assert {name: films(home)[name] for name in before} == before
    assert_whole(home, 4)


@linux
def test_a_batch_may_be_killed_at_any_moment(home: Home) -> None:
    write_rows(home.folder, good_rows(home, 6))
    moments = random.Random(3)
    seen: dict[str, int] = {}
    for _ in range(2):
        run = start(home, "--workers", "2")
        until(lambda run=run: len(workers_of(run.pid)) or run.poll() is not None)
        time.sleep(moments.uniform(0, 2.5))
        workers = killed(run)
        for name, when in seen.items():
            assert films(home)[name] == when
        seen = known(home)
        until(lambda workers=workers: not any(map(is_alive, workers)), 10)
    code, _ = batch(home, "--workers", "2")
    assert code == 0
    assert {name: films(home)[name] for name in seen} == seen
    assert_whole(home, 6)


def known(home: Home) -> dict[str, int]:
    """The films that the ledger counts as done."""
    with Ledger(home.folder / "out" / "ledger.sqlite") as ledger:
        done = {Path(entry.outcome.film).stem for entry in ledger.entries() if entry.state == "done"}
    made = films(home)
    return {name: made[name] for name in done}


def kill_in_the_second_row(home: Home, kill: Callable[[subprocess.Popen[str]], None]) -> list[str]:
    """Makes two rows with two workers, and kills once while the second is under way: the logos asked for."""
    with logo_server(home.folder) as logos:
        write_rows(home.folder, [("Ada Fox", f"{logos.url}/fine"), ("Bo Li", f"{logos.url}/once")])
        run = start(home, "--workers", "2", **logos.environment)

        def kill_once() -> None:
            del logos.acts["/once"]
            until(lambda: films(home))  # the other worker has nothing left to do
            kill(run)

        logos.acts["/once"] = kill_once
        out, err = run.communicate(timeout=90)
    assert (run.returncode, json.loads(out)["films"]) == (0, 2), err
    assert results(home)[1]["attempts"] == 2
    return logos.asked


@linux
def test_a_row_whose_worker_is_killed_is_tried_again(home: Home) -> None:
    asked = kill_in_the_second_row(home, kill_workers)
    assert asked.count("/once") == 2
    assert_whole(home, 2)


@linux
def test_a_row_sent_to_a_worker_that_had_just_died_is_not_held_against_it(home: Home) -> None:
    def kill_one_by_one(run: subprocess.Popen[str]) -> None:
        idle, busy = workers_of(run.pid)
        os.kill(idle, signal.SIGSTOP)  # it cannot begin what is sent to it
        os.kill(busy, signal.SIGKILL)
        until(lambda: busy not in workers_of(run.pid))
        time.sleep(0.2)
        os.kill(idle, signal.SIGKILL)

    kill_in_the_second_row(home, kill_one_by_one)


@linux
def test_a_row_that_kills_every_worker_is_a_named_failure(home: Home) -> None:
    with logo_server(home.folder) as logos:
        write_rows(home.folder, [("Ada Fox", f"{logos.url}/deadly"), ("Bo Li", f"{logos.url}/fine")])
        run = start(home, "--workers", "1", **logos.environment)
        logos.acts["/deadly"] = lambda: kill_workers(run)
        out, err = run.communicate(timeout=90)
    told = json.loads(out)
    assert (run.returncode, told["films"], told["waiting"]) == (1, 1, 0), err
    (failure,) = told["failed"]
    assert failure["row"] == 1 and failure["kind"] == "WorkerDied" and "SIGKILL" in failure["error"]
    assert [record["attempts"] for record in results(home)] == [3, 1]
    assert_whole(home, 1)


def kill_workers(run: subprocess.Popen[str]) -> None:
    for worker in workers_of(run.pid):
        os.kill(worker, signal.SIGKILL)


@linux
def test_an_interrupt_leaves_nothing_half_made(home: Home) -> None:
    with logo_server(home.folder) as logos:
        rows = good_rows(home, 3)
        rows[1] = ("Bo Li", f"{logos.url}/wait")
        write_rows(home.folder, rows)
        run = start(home, "--workers", "1", **logos.environment)
        until(lambda: logos.asked)
        workers = workers_of(run.pid)
        run.send_signal(signal.SIGINT)
        out, _ = run.communicate(timeout=30)
        assert run.returncode == 130 and json.loads(out)["error"]["kind"] == "Interrupted"
        assert not any(map(is_alive, workers))
        assert hidden(home.folder / "out") == []
        assert states(home) == ["done", "waiting", "waiting"]
        before = films(home)
        logos.go.set()
        code, told = batch(home, **logos.environment)
    assert (code, told["made_now"]) == (0, 2)
    assert before.items() <= films(home).items()
    assert_whole(home, 3)


def test_the_same_batch_twice_at_once_is_made_once(home: Home) -> None:
    with logo_server(home.folder) as logos:
        rows = [(name, f"{logos.url}/wait") for name, _ in good_rows(home, 3)]
        write_rows(home.folder, rows)
        first = start(home, "--workers", "2", **logos.environment)
        until(lambda: logos.asked)
        second = start(home, "--workers", "2", **logos.environment)
        assert second.stderr is not None
        assert "another run is at work" in second.stderr.readline()
        logos.go.set()
        told = [json.loads(run.communicate(timeout=90)[0]) for run in (first, second)]
    assert [one["films"] for one in told] == [3, 3]
    assert [one["made_now"] for one in told] == [3, 0]
    assert len(logos.asked) == 3
    assert_whole(home, 3)


@pytest.fixture
def small_disk(tmp_path: Path) -> Generator[Path]:
    """A file system of one megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() != 0 or subprocess.call(["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(disk)]):
        pytest.skip("only root may mount a small disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_stops_the_batch_until_there_is_room(home: Home, small_disk: Path) -> None:
    write_rows(home.folder, good_rows(home, 5))
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(800_000))
    (small_disk / "out").mkdir()
    (home.folder / "out").symlink_to(small_disk / "out")
    code, told = batch(home, "--workers", "1")
    stopped = told.get("stopped") or json.dumps(told["error"])
    assert code == 1 and re.search("No space left|disk is full", stopped), told
    before = known(home)
    assert 0 < len(before) < 5
    ballast.unlink()
    code, told = batch(home, "--workers", "1")
    assert (code, told["films"]) == (0, 5)
    assert before.items() <= films(home).items()
    assert_whole(home, 5)


@pytest.fixture(scope="module")
def speaking(tmp_path_factory: pytest.TempPathFactory) -> Generator[tuple[Home, Fake]]:
    """A template whose sentence is spoken by a service, with the consent of whose voice it is."""
    folder = tmp_path_factory.mktemp("speaking")
    with elevenlabs(PRO) as fake:
        home = Home(folder, folder, fake.environment)
        agreement = Agreement("Maria Berg", ("voice",), date(2999, 1, 1), "show")
        ConsentBook.at_home(folder / "home").add(agreement)
        config = template_of(folder / "recording", voice=f"elevenlabs:{GEORGE}", logo=False)
        made = home.retake("create-template", "-c", config)
        assert made.returncode == 0, made.stderr
        yield home, fake


def test_a_provider_that_fails_for_one_row_costs_only_its_words(
    speaking: tuple[Home, Fake], tmp_path: Path
) -> None:
    ready, fake = speaking
    home = Home(tmp_path, ready.base, ready.more)
    write_rows(tmp_path, good_rows(home, 3))
    fake.faults[fake.speeches + 2] = Fault(422, "content_refused", "this cannot be spoken")
    code, told = batch(home, "--workers", "1")
    assert (code, told["films"]) == (0, 3), told
    first, second, third = results(home)
    assert first["fallbacks"] == third["fallbacks"] == []
    (fallback,) = second["fallbacks"]
    assert "greeting: the original words stay" in fallback and "this cannot be spoken" in fallback
    assert first["cost_usd"] > 0 == second["cost_usd"]
    assert fallback.split(",")[0] in (tmp_path / "out" / "index.html").read_text()
    assert_whole(home, 3)


def test_a_wrong_key_stops_the_batch(speaking: tuple[Home, Fake], tmp_path: Path) -> None:
    ready, _ = speaking
    home = Home(tmp_path, ready.base, {**ready.more, "ELEVENLABS_API_KEY": "sk_wrong"})
    write_rows(tmp_path, [(name, "") for name in ("Ira Jo", "Kim Lo", "Max No")])
    code, told = batch(home, "--workers", "1")
    assert (code, told["films"], told["failed"], told["waiting"]) == (1, 0, [], 3)
    assert told["stopped"].startswith("row 1: ") and "ELEVENLABS_API_KEY" in told["stopped"]
    assert films(home) == {}
    right = Home(tmp_path, ready.base, ready.more)
    code, told = batch(right, "--workers", "1")
    assert (code, told["films"]) == (0, 3), told


def test_a_voice_without_consent_is_refused_before_any_row(tmp_path: Path) -> None:
    home = prepare(tmp_path, voice="espeak:arthur", logo=False)
    template = home.settings.home / "templates" / "show" / "template.json"
    template.write_text(template.read_text().replace("espeak:arthur", f"elevenlabs:{GEORGE}"))
    write_rows(tmp_path, [("Ada Fox", "")])
    code, told = batch(home)
    assert code == 2 and "nobody has recorded" in told["error"]["message"], told
    assert not (tmp_path / "out").exists()
