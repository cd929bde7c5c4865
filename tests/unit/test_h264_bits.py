"""Bits, units and parameter sets of H.264."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.recordings import H264, Kind, record

from retake.media.h264.bits import BitReader, BitWriter, escape, stop_bit, unescape
from retake.media.h264.sets import read_pps, read_sps
from retake.media.h264.slices import read_slice, write_slice
from retake.media.h264.transplant import Host, Obstacle
from retake.media.h264.units import (
    IDR,
    SLICE,
    Sets,
    annex_b,
    join,
    kind,
    read_avcc,
    split,
    split_annex_b,
    write_avcc,
)
from retake.media.take import read_take


@given(st.lists(st.integers(-(2**20), 2**20)), st.integers(0, 255))
def test_codes_are_read_as_they_were_written(values: list[int], eight: int) -> None:
    writer = BitWriter()
    for value in values:
        writer.se(value)
        writer.ue(abs(value))
    writer.bits(eight, 8)
    writer.bits(1, 1)
    writer.bits(0, -writer.length % 8)
    reader = BitReader(writer.bytes())
    for value in values:
        assert (reader.se(), reader.ue()) == (value, abs(value))
    assert reader.bits(8) == eight
    assert not reader.more
    assert reader.position == stop_bit(writer.bytes())


@given(st.lists(st.sampled_from([0, 0, 0, 1, 2, 3, 4, 255])).map(bytes))
def test_no_start_code_survives_escaping(payload: bytes) -> None:
    unit = b"\x65" + payload + b"\x80"
    escaped = escape(unit)
    assert unescape(escaped) == unit
    assert all(code not in escaped for code in (b"\0\0\0", b"\0\0\1", b"\0\0\2"))


@given(st.lists(st.binary(min_size=1, max_size=9).map(lambda b: b"\x41" + b + b"\x80")))
def test_units_are_framed_both_ways(units: list[bytes]) -> None:
    units = [escape(unit) for unit in units]
    for size in (2, 4):
        assert split(join(units, size), size) == units
        assert split_annex_b(annex_b(join(units, size), size)) == units


def test_lengths_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="beyond"):
        split(b"\0\0\0\x09ab")
    for data in (b"", b"\0\0\0\1", b"\1\x64\0\x1e\xff\xe1\0\x40ab"):
        with pytest.raises(ValueError, match="avcC"):
            read_avcc(data)
    with pytest.raises(ValueError, match="cut off"):
        read_sps(b"\x67\x64\0")


@pytest.mark.parametrize("recording", H264, ids=lambda recording: recording.name)
def test_every_slice_of_a_recording_is_written_as_it_was_read(tmp_path: Path, recording: Kind) -> None:
    track = read_take(record(tmp_path, recording, frames=36, sound=False)).video
    sets = read_avcc(track.extradata)
    sps, pps = read_sps(sets.sps[0]), read_pps(sets.pps[0])
    left, right, top, bottom = sps.crop
    assert (sps.width * 16 - 2 * (left + right), sps.height * 16 - 2 * (top + bottom)) == track.size
    seen = 0
    for packet in track.packets:
        for unit in split(packet.data, sets.length_size):
            if kind(unit) in (SLICE, IDR):
                piece = read_slice(unit, sps, pps)
                again = write_slice(
                    piece, sps, pps, frame_num=piece.frame_num, poc=piece.poc_lsb, idr_id=piece.idr_id
                )
                assert again == unit
                seen += 1
    assert seen == 36


def test_an_avcc_is_written_as_others_write_it(tmp_path: Path) -> None:
    for recording in (H264[0], H264[3]):
        data = read_take(record(tmp_path, recording, frames=3, sound=False)).video.extradata
        sets = read_avcc(data)
        assert write_avcc(sets.sps[0], sets.pps[0]) == data


def test_what_cannot_take_other_slices_is_told(tmp_path: Path) -> None:
    sets = read_avcc(read_take(record(tmp_path, H264[0], frames=3, sound=False)).video.extradata)
    with pytest.raises(Obstacle, match="several"):
        Host(Sets((*sets.sps, *sets.sps), sets.pps, 4))
    high10 = b"\x67\x6e" + sets.sps[0][2:]
    with pytest.raises(Obstacle, match="profile"):
        Host(Sets((high10,), sets.pps, 4))
