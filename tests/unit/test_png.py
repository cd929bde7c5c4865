"""PNG as Retake writes it: the same pixels back, and nothing else taken for one."""

from __future__ import annotations

from zlib import crc32

import numpy as np
import pytest

from retake.media.png import is_whole, pixels_of, png_of


def noise(channels: int) -> np.ndarray:
    return np.random.default_rng(5).integers(0, 256, (37, 21, channels), np.uint8)


@pytest.mark.parametrize("channels", [3, 4])
def test_what_is_written_is_read_back(channels: int) -> None:
    pixels = noise(channels)
    png = png_of(pixels)
    assert is_whole(png)
    found = pixels_of(png)
    assert found is not None
    assert np.array_equal(found, pixels)


@pytest.mark.parametrize("at", [20, -30, -6])
def test_a_changed_byte_is_noticed(at: int) -> None:
    png = bytearray(png_of(noise(3)))
    png[at] ^= 1
    assert not is_whole(bytes(png))


@pytest.mark.parametrize("kept", [0, 8, 40, -12, -1])
def test_a_file_cut_off_is_not_whole(kept: int) -> None:
    assert not is_whole(png_of(noise(3))[:kept])


def test_what_follows_the_pixels_is_left_to_others() -> None:
    png = png_of(noise(3))
    text = b"\0\0\0\0tEXt" + crc32(b"tEXt").to_bytes(4, "big")
    assert not is_whole(png[:-12] + text + png[-12:])
