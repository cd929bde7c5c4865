"""The ledger remembers what became of every row, and forgets what no longer holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from retake.errors import HostError
from retake.jobs.ledger import Ledger, Outcome

KEYS = {1: "a", 2: "b", 3: "c"}


def test_what_was_finished_is_known_to_the_next_run(tmp_path: Path) -> None:
    outcome = Outcome(film="films/1.mp4", stills=("a.jpg",), kept={"pixels": 0.99}, cost_usd=0.1)
    with Ledger(tmp_path / "l.sqlite") as ledger:
        ledger.admit(KEYS)
        ledger.start(1)
        ledger.finish(1, outcome)
        ledger.start(2)
        ledger.finish(2, Outcome(error="no voice", kind="ProviderError"))
    with Ledger(tmp_path / "l.sqlite") as ledger:
        ledger.admit(KEYS)
        first, second, third = ledger.entries()
    assert (first.state, second.state, third.state) == ("done", "failed", "waiting")
    assert first.outcome == outcome
    assert (first.attempts, third.attempts) == (1, 0)


def test_a_row_that_was_under_way_when_the_run_was_killed_waits_again(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l.sqlite") as ledger:
        ledger.admit(KEYS)
        ledger.start(2)
    with Ledger(tmp_path / "l.sqlite") as ledger:
        ledger.admit(KEYS)
        assert [entry.state for entry in ledger.entries()] == ["waiting"] * 3
        assert ledger.entries()[1].attempts == 1


def test_a_row_with_another_key_starts_anew_and_the_others_stay(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l.sqlite") as ledger:
        ledger.admit(KEYS)
        for number in KEYS:
            ledger.finish(number, Outcome(film=f"{number}.mp4"))
        ledger.admit({1: "a", 2: "B"})
        assert [(e.number, e.state) for e in ledger.entries()] == [(1, "done"), (2, "waiting")]


def test_what_was_made_of_a_row_before_is_known_while_it_waits(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l.sqlite") as ledger:
        ledger.admit({1: "a"})
        ledger.finish(1, Outcome(film="1.mp4"))
        ledger.admit({1: "A"})
        (entry,) = ledger.entries()
    assert (entry.former, entry.outcome) == ("1.mp4", Outcome())


def test_a_film_counts_only_as_it_was_written(tmp_path: Path) -> None:
    film, receipt = tmp_path / "1.mp4", tmp_path / "1.json"
    film.write_bytes(b"film")
    receipt.write_text("{}")
    stat = film.stat()
    outcome = Outcome(film="1.mp4", receipt="1.json", bytes=4, modified=stat.st_mtime_ns)
    assert outcome.lies_in(tmp_path)
    film.write_bytes(b"cut")
    assert not outcome.lies_in(tmp_path)
    receipt.unlink()
    film.unlink()
    assert not outcome.lies_in(tmp_path)


def test_a_file_that_is_no_ledger_is_told(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    path.write_text("not a database, and long enough to be looked at " * 40)
    with pytest.raises(HostError, match="ledger"):
        Ledger(path)
