"""Work beside other work: its result, or its error, reaches whoever asks."""

from __future__ import annotations

from threading import Event

import pytest

from retake.beside import beside


def test_the_caller_goes_on_until_it_asks() -> None:
    gate = Event()
    found = beside(lambda: gate.wait(10))
    gate.set()
    assert found.result() is True


def test_what_it_raised_is_raised_where_its_result_is_asked_for() -> None:
    def fail() -> None:
        raise ValueError("no")

    found = beside(fail)
    with pytest.raises(ValueError, match="no"):
        found.result()
