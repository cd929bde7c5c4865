"""One suite for every installed music adapter: what `generate.ports.MusicMaker` promises."""

from __future__ import annotations

import numpy as np
import pytest

from retake.generate.contracts import check_music
from retake.generate.ports import MusicMaker, MusicRequest
from retake.generate.providers import available, find

KEYLESS = "bed"
REQUESTS = [
    MusicRequest(3.0, genre="adventure", mood="tense"),
    MusicRequest(1.0),
    MusicRequest(2.37, genre="no such genre", mood="😀", seed=2**40),
]


@pytest.fixture(params=available("music"))
def maker(request: pytest.FixtureRequest) -> MusicMaker:
    return find("music", request.param)


def test_the_keyless_adapter_is_installed():
    assert KEYLESS in available("music")


def test_it_names_itself(maker: MusicMaker):
    assert isinstance(maker, MusicMaker)
    assert maker.name in available("music")
    assert maker.version


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: f"{request.duration} s")
def test_it_plays_for_as_long_as_asked(maker: MusicMaker, request_: MusicRequest):
    music = check_music(request_, maker.play(request_))
    assert np.abs(music.samples).max() > 0.01


def test_the_same_request_gives_the_same_music(maker: MusicMaker):
    assert np.array_equal(maker.play(REQUESTS[0]).samples, maker.play(REQUESTS[0]).samples)
