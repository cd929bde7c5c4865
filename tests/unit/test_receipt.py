"""Receipts: what makes a film a master, and what does not."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from retake.assemble.receipt import Receipt, Record, described, file_hash, read_master, receipt_path
from retake.media.encode import VideoSettings

RECORDS = (Record(0, 30, "a", "copy", "1" * 64), Record(30, 90, "b", "encode", "2" * 64))
SETTINGS = described(VideoSettings((64, 64), Fraction(30)), "codec 1")


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"packets")
    receipt_path(path).write_text(Receipt(path.name, file_hash(path), SETTINGS, RECORDS).to_json())
    return path


def test_a_film_with_its_receipt_is_a_master(film: Path) -> None:
    master = read_master(film, SETTINGS)
    assert master is not None
    assert master.records == RECORDS


def test_it_tells_what_share_was_copied(film: Path) -> None:
    told = json.loads(receipt_path(film).read_text())
    assert (told["frames"], told["share_copied"]) == (90, 0.3333)


def test_a_film_that_was_changed_is_no_master(film: Path) -> None:
    film.write_bytes(b"other packets")
    assert read_master(film, SETTINGS) is None


@pytest.mark.parametrize(
    "other",
    [VideoSettings((64, 64), Fraction(30), crf=21), VideoSettings((66, 64), Fraction(30)),
     VideoSettings((64, 64), Fraction(25)), VideoSettings((64, 64), Fraction(30), max_bitrate=1_000_000)],
)  # fmt: skip
def test_a_film_encoded_otherwise_is_no_master(film: Path, other: VideoSettings) -> None:
    assert read_master(film, described(other, "codec 1")) is None


def test_a_film_of_another_build_of_the_encoder_is_no_master(film: Path) -> None:
    assert read_master(film, SETTINGS | {"codec": "codec 2"}) is None


@pytest.mark.parametrize(
    "change",
    [{"schema": "retake.receipt/0"}, {"records": "rubbish"}, {"records": [{"start": 0}]}, {"sha256": ""}],
)
def test_a_receipt_that_is_damaged_is_not_believed(film: Path, change: dict[str, Any]) -> None:
    beside = receipt_path(film)
    beside.write_text(json.dumps(json.loads(beside.read_text()) | change))
    assert read_master(film, SETTINGS) is None


@pytest.mark.parametrize("text", ["", "[]", "null", "{", "\0"])
def test_a_receipt_that_is_none_is_not_believed(film: Path, text: str) -> None:
    receipt_path(film).write_text(text)
    assert read_master(film, SETTINGS) is None


def test_a_film_without_a_receipt_is_no_master(film: Path) -> None:
    receipt_path(film).unlink()
    assert read_master(film, SETTINGS) is None
