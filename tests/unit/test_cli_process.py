"""The command line as a process: signals, and readers that leave."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

BUSY = """
import sys, time, types
from retake.cli import main
from retake.progress import Step

def produce_story(source, out, *, progress, **given):
    progress(Step("render", 0, 10))
    time.sleep(60)

sys.modules["retake.produce"] = types.ModuleType("retake.produce")
sys.modules["retake.produce"].produce_story = produce_story
sys.argv = ["retake", "story", "tale.json"]
main()
"""


ABANDONING = """
import sys, types
import cv2, numpy as np
from retake.beside import beside
from retake.cli import main
from retake.errors import HostError

def paint():
    picture = np.zeros((400, 400), np.float32)
    while True:
        cv2.GaussianBlur(picture, (0, 0), 3)

def produce_story(source, out, **given):
    for _ in range(8):
        beside(paint)
    raise HostError("the disk is full")

sys.modules["retake.produce"] = types.ModuleType("retake.produce")
sys.modules["retake.produce"].produce_story = produce_story
sys.argv = ["retake", "story", "tale.json"]
main()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_end_interrupts_the_work(number: signal.Signals) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", BUSY],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stderr is not None
    assert child.stderr.readline() == "render: 10 parts\n"
    child.send_signal(number)
    out, said = child.communicate(timeout=20)
    assert child.returncode == 130
    assert out == ""
    assert "interrupted" in said
    assert "Traceback" not in said


def test_a_failure_keeps_its_exit_code_while_other_work_goes_on() -> None:
    done = subprocess.run([sys.executable, "-c", ABANDONING], capture_output=True, text=True, timeout=20)
    assert (done.returncode, done.stdout) == (1, "")
    assert "the disk is full" in done.stderr
    assert "terminate" not in done.stderr


def test_a_reader_who_leaves_early_is_no_failure() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "retake", "schema", "timeline"],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_colours_are_left_out_where_they_are_not_wanted() -> None:
    environment = {**os.environ, "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "retake", "validate"], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 2
    assert "\x1b" not in done.stderr
