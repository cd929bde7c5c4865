"""Pictures to packets."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest
from tests.films import moving

from retake.errors import HostError
from retake.media.colour import rgb_to_picture
from retake.media.encode import (
    REORDER,
    SpanEncoder,
    VideoSettings,
    available_encoders,
    long_start_codes,
    open_encoder,
)
from retake.media.packets import Run

SIZE = (128, 96)


def encoded(count: int, settings: VideoSettings | None = None, first: int = 0) -> Run:
    encoder = SpanEncoder(settings or VideoSettings(SIZE, Fraction(25), preset="superfast"))
    for rgb in moving(first + count)[first:]:
        picture = rgb_to_picture(rgb)
        for plane, target in zip(picture.planes, encoder.canvas.planes, strict=True):
            target[...] = plane
        encoder.push()
    return encoder.finish()


@pytest.mark.parametrize("count", [1, 2, 3, 4, 30])
@pytest.mark.parametrize("encoder", ["x264", "vp9"])
def test_every_frame_becomes_one_packet_and_the_span_is_closed(count: int, encoder: str) -> None:
    run = encoded(count, VideoSettings(SIZE, Fraction(25), encoder, "superfast"))
    assert run.frames == len(run.packets) == count
    assert sorted(packet.pts for packet in run.packets) == list(range(count))
    assert [packet.order for packet in run.packets] == list(range(count))
    assert run.packets[0].key and run.packets[0].pts == 0


@pytest.mark.parametrize("preset", ["superfast", "veryfast", "medium"])
def test_decoding_never_waits_longer_than_the_reorder_that_files_count_on(preset: str) -> None:
    run = encoded(40, VideoSettings(SIZE, Fraction(25), preset=preset))
    assert all(packet.order - REORDER <= packet.pts for packet in run.packets)


def test_the_same_pictures_give_the_same_bytes() -> None:
    assert encoded(20) == encoded(20)


def test_spans_share_their_parameter_sets_so_that_they_can_be_joined() -> None:
    assert encoded(5).extradata == encoded(9, first=7).extradata


def test_the_canvas_is_the_encoders_own_memory_with_even_planes() -> None:
    canvas = SpanEncoder(VideoSettings((70, 50), Fraction(25))).canvas
    assert [plane.shape for plane in canvas.planes] == [(50, 70), (25, 35), (25, 35)]


@pytest.mark.parametrize("size", [(16, 16), (18, 34), (70, 50), (130, 98)])
def test_what_was_drawn_is_what_is_decoded_at_any_even_size(size: tuple[int, int]) -> None:
    settings = VideoSettings(size, Fraction(25), preset="superfast", crf=4)
    encoder = SpanEncoder(settings)
    level = np.linspace(40, 200, size[0]).astype(np.uint8)
    for plane, value in zip(encoder.canvas.planes, (level, 100, 150), strict=True):
        plane[...] = value
    encoder.push()
    run = encoder.finish()
    decoder = av.CodecContext.create("h264", "r")
    frames = [*decoder.decode(av.Packet(run.extradata + run.packets[0].data)), *decoder.decode(None)]
    assert (frames[0].width, frames[0].height) == size
    luma = np.asarray(frames[0].to_ndarray(format="yuv420p"))[: size[1]]
    assert np.abs(luma.astype(int) - level).max() <= 6


def test_an_encoder_that_is_not_here_is_the_hosts_fault_and_says_what_to_do() -> None:
    missing = [name for name, here in available_encoders().items() if not here]
    assert available_encoders()["x264"]
    for name in missing:
        with pytest.raises(HostError) as caught:
            open_encoder(VideoSettings(SIZE, Fraction(25), name))
        assert name in caught.value.message and "x264" in caught.value.remedy


def test_an_unknown_preset_is_refused() -> None:
    with pytest.raises(HostError):
        open_encoder(VideoSettings(SIZE, Fraction(25), preset="warp"))


def test_every_start_code_becomes_four_bytes_long() -> None:
    assert long_start_codes(b"\0\0\1a\0\0\0\1b") == b"\0\0\0\1a\0\0\0\1b"
    assert long_start_codes(long_start_codes(b"\0\0\1a")) == b"\0\0\0\1a"
