"""One suite for every installed image adapter: what `generate.ports.ImageMaker` promises."""

from __future__ import annotations

import numpy as np
import pytest

from retake.generate.contracts import check_artwork
from retake.generate.ports import ImageMaker, ImageRequest
from retake.generate.providers import available, find

KEYLESS = "painted"
REQUESTS = [
    ImageRequest("a lighthouse above a stormy sea at night", (108, 192), genre="mystery"),
    ImageRequest(
        "a market street in the morning", (192, 108), genre="adventure", palette=("#204060", "#f0c040")
    ),
    ImageRequest("", (96, 96)),
    ImageRequest("😀 {{ name }} ../../etc " * 50, (90, 112), genre="no such genre", seed=2**40),
]


@pytest.fixture(params=available("image"))
def maker(request: pytest.FixtureRequest) -> ImageMaker:
    return find("image", request.param)


def test_the_keyless_adapter_is_installed():
    assert KEYLESS in available("image")


def test_it_names_itself(maker: ImageMaker):
    assert isinstance(maker, ImageMaker)
    assert maker.name in available("image")
    assert maker.version


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: request.prompt[:20])
def test_it_paints_any_prompt_in_any_shape(maker: ImageMaker, request_: ImageRequest):
    artwork = check_artwork(request_, maker.paint(request_))
    assert artwork.layers[0].pixels.std() > 0


def test_the_same_request_gives_the_same_picture(maker: ImageMaker):
    first, second = (maker.paint(REQUESTS[0]) for _ in range(2))
    assert len(first.layers) == len(second.layers)
    for one, other in zip(first.layers, second.layers, strict=True):
        assert np.array_equal(one.pixels, other.pixels)
        assert one.depth == other.depth
