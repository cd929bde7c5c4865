"""Workplaces: one run at a time for each target, and nothing abandoned stays for ever."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from tests.timelines import settings_in

from retake.errors import HostError
from retake.produce.workplace import workplace
from retake.progress import Step, silent


def test_what_is_left_in_it_is_there_for_the_next_run(tmp_path: Path) -> None:
    settings, target = settings_in(tmp_path), tmp_path / "f.mp4"
    with workplace(target, settings, silent) as work:
        (work / "a.run").touch()
    with workplace(target, settings, silent) as work:
        assert (work / "a.run").exists()


def test_an_empty_one_goes(tmp_path: Path) -> None:
    with workplace(tmp_path / "f.mp4", settings_in(tmp_path), silent) as work:
        pass
    assert not work.exists()


def test_two_targets_do_not_wait_for_each_other(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    with (
        workplace(tmp_path / "a", settings, silent) as one,
        workplace(tmp_path / "b", settings, silent) as two,
    ):
        assert one != two


def test_a_second_run_waits_and_says_so(tmp_path: Path) -> None:
    settings, target, told = settings_in(tmp_path), tmp_path / "f.mp4", threading.Event()
    order: list[str] = []

    def second() -> None:
        with workplace(target, settings, lambda step: _note(step, told)):
            order.append("second")

    waiting = threading.Thread(target=second)
    with workplace(target, settings, silent):
        waiting.start()
        assert told.wait(10)
        order.append("first")
    waiting.join()
    assert order == ["first", "second"]


def _note(step: Step, told: threading.Event) -> None:
    assert step.stage == "wait"
    told.set()


def test_what_was_abandoned_long_ago_is_removed(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    with workplace(tmp_path / "old", settings, silent) as old:
        (old / "a.run").touch()
    with workplace(tmp_path / "young", settings, silent) as young:
        (young / "a.run").touch()
    os.utime(old, (0, 0))
    with workplace(tmp_path / "new", settings, silent):
        pass
    assert young.exists() and not old.exists()


def test_a_store_that_cannot_hold_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "store" / "work").mkdir(parents=True)
    target = tmp_path / "f.mp4"
    with workplace(target, settings_in(tmp_path), silent) as work:
        lock = work.with_suffix(".lock")
    lock.unlink()
    lock.mkdir()
    with (
        pytest.raises(HostError, match="cannot be written"),
        workplace(target, settings_in(tmp_path), silent),
    ):
        pass
