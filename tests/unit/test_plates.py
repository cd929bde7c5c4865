"""Plates are made once, shared as long as anyone draws them, and kept within a limit of memory."""

from __future__ import annotations

import gc
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from retake.render.assets import Plates
from retake.render.plate import Plate, from_rgb

BYTES = 64 * 64 * 3 // 2


class Making:
    """Makes plates and counts how often."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> tuple[Plate, ...]:
        self.count += 1
        return (from_rgb(np.full((64, 64, 3), 90, np.uint8)),)


def test_a_plate_is_made_once() -> None:
    plates, making = Plates(), Making()
    assert plates.get("a", making) is plates.get("a", making)
    assert making.count == 1


def test_threads_that_want_the_same_one_wait_for_it() -> None:
    plates, making, together = Plates(), Making(), threading.Barrier(4)

    def ask() -> tuple[Plate, ...]:
        together.wait()
        return plates.get("a", making)

    with ThreadPoolExecutor(4) as pool:
        found = [pool.submit(ask) for _ in range(4)]
    assert making.count == 1
    assert len({id(future.result()[0]) for future in found}) == 1


def test_beyond_the_limit_the_least_recently_used_goes() -> None:
    plates, making = Plates(2 * BYTES), Making()
    for key in ("a", "b", "a", "c"):
        plates.get(key, making)
    gc.collect()
    assert making.count == 3
    plates.get("a", making)
    assert making.count == 3
    plates.get("b", making)
    assert making.count == 4


def test_what_is_still_drawn_is_shared_beyond_the_limit() -> None:
    plates, making = Plates(BYTES), Making()
    drawn = plates.get("a", making)
    for key in "bcd":
        plates.get(key, making)
    assert plates.get("a", making)[0] is drawn[0]
    assert making.count == 4
