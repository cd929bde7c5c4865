from __future__ import annotations

import csv
import importlib
import json
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from retake.generate.ports import Phoneme, Word
from retake.recipes.recording.binding import bind_row
from retake.recipes.recording.reading import read_template

SIZE = (192, 108)


@pytest.fixture(scope="module")
def presenter() -> ModuleType:
    folder = str(Path(__file__).parents[2] / "examples")
    sys.path.insert(0, folder)
    try:
        return importlib.import_module("presenter")
    finally:
        sys.path.remove(folder)


@pytest.fixture(scope="module")
def short(presenter: ModuleType):
    lines = ("Hello Maria.", "At Northwind.")
    return presenter.Performance(lines=lines, size=SIZE, noise=0.0, rate=10)


def test_lips_meet_on_bilabials_and_open_on_vowels(presenter: ModuleType):
    motion = sys.modules["presenter.motion"]
    sounds = (Phoneme("m", 0.5), Phoneme("ˈɑː", 0.6), Phoneme("m", 0.85), Phoneme("ˈuː", 0.95))
    opened, width, press = motion.articulate(sounds, (Word("moo", 0.5, 1.2),), 150, 100)
    assert opened[55] < 0.05
    assert press[55] > 0.9
    assert opened[72] > 0.5
    assert width[107] < -0.5
    assert opened[[20, 145]].max() < 0.05


def test_the_same_performance_gives_the_same_frames_in_any_order(presenter: ModuleType, short):
    forward = [frame.copy() for frame, _ in presenter.perform(short, 0, 4)]
    again, truth = next(presenter.perform(short, 3, 4))
    assert forward[0].shape == (SIZE[1], SIZE[0], 3)
    assert np.array_equal(again, forward[3])
    assert not np.array_equal(forward[0], forward[3])
    assert truth.time == pytest.approx(0.3)


def test_the_truth_says_where_the_name_is(presenter: ModuleType, short):
    """A screen without a name differs from one with it inside the card, and hardly anywhere else."""
    frame, truth = next(presenter.perform(short, 0, 1))
    frame = frame.astype(int)
    blank, _ = next(presenter.perform(replace(short, name=" "), 0, 1))
    rows, columns = np.nonzero(np.abs(frame - blank).max(2) > 24)
    xs, ys = zip(*truth.name, strict=True)
    assert len(rows) > 20
    assert min(xs) - 1 <= columns.min()
    assert columns.max() <= max(xs) + 1
    assert min(ys) - 1 <= rows.min()
    assert rows.max() <= max(ys) + 1


def test_no_name_is_seen_once_the_second_slide_is_there(presenter: ModuleType, short):
    """Whoever replaces the name until that frame leaves nothing of the old one."""
    long = replace(short, seconds=9.0, lines=("Hello Maria.",), cat=False)
    truths = [truth for _, truth in presenter.perform(long)]
    change = next(n for n, truth in enumerate(truths) if truth.slide >= 0)
    assert truths[change].time == pytest.approx(7.6)
    assert all(truth.slide >= 0 for truth in truths[change:])
    assert truths[-1].slide == 1
    other = replace(long, name="Bo Li", logo="Kestrel")
    for number, same in ((change - 1, False), (change, True), (change + 2, True), (change + 9, True)):
        ours, theirs = (next(presenter.perform(p, number, number + 1))[0] for p in (long, other))
        assert np.array_equal(ours, theirs) == same
    assert all(truth.slide == -1 for _, truth in presenter.perform(replace(long, slides=False), 75, 78))


def test_the_cat_has_left_the_name_before_the_welcome_ends(presenter: ModuleType, short):
    walk = replace(short, seconds=9.0)
    hidden = [truth.time for _, truth in presenter.perform(walk, 20, 76) if truth.name_hidden]
    assert 3.0 < min(hidden) < max(hidden) < 7.0


def test_a_recording_comes_with_a_template_that_every_row_fills(presenter: ModuleType, short, tmp_path: Path):
    truth = presenter.write_example(tmp_path, short)
    template = read_template((tmp_path / "template.json").read_text("utf-8"))
    assert (tmp_path / template.base_video_path).stat().st_size > 1000
    with (tmp_path / "rows.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        assert row["client_name"] in bind_row(template, row).lines[0].text
        assert (tmp_path / row["logo"]).is_file()
    assert len(rows) == 8
    kept = json.loads((tmp_path / "master.truth.json").read_text("utf-8"))
    assert len(kept["frames"]) == len(truth.frames) == int(truth.duration * 10)
    assert [word["text"] for word in kept["words"]] == ["Hello", "Maria.", "At", "Northwind."]


def test_a_recording_that_is_cut_short_has_a_template_of_what_is_said_in_it(
    presenter: ModuleType, short, tmp_path: Path
):
    presenter.write_example(tmp_path, replace(short, lines=short.lines[:1]))
    template = read_template((tmp_path / "template.json").read_text("utf-8"))
    assert [segment.id for segment in template.voice_segments] == ["greeting"]


def test_the_template_in_the_folder_has_the_times_of_the_usual_script(presenter: ModuleType):
    folder = Path(presenter.__file__).parent
    template = read_template((folder / "template.json").read_text("utf-8"))
    lines = {line.text: line for line in presenter.reading_of(presenter.Performance()).lines}
    assert template.transcript == " ".join(lines)
    assert {float(segment.end_time) for segment in template.visual_segments} == {7.6}
    for segment in template.voice_segments:
        line = lines[segment.original_text]
        assert line.start - 0.2 < segment.start_time < line.start
        assert line.end < segment.end_time < line.end + 0.2
