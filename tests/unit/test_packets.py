"""Runs of packets on disk: whole, or not used."""

from __future__ import annotations

from pathlib import Path

import pytest

from retake.media.packets import Packet, Run, digest, read_run, write_run

RUN = Run(
    b"extra",
    3,
    (Packet(b"one", 0, 1, 0, True), Packet(b"", 2, 1, 1, False), Packet(b"x" * 99, 1, 1, 2, False)),
)


def test_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_run(tmp_path / "a.run", RUN)
    assert read_run(tmp_path / "a.run") == RUN
    assert [path.name for path in tmp_path.iterdir()] == ["a.run"]


@pytest.mark.parametrize("kept", range(0, 250, 23))
def test_a_run_cut_off_anywhere_is_not_used(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "a.run"
    write_run(path, RUN)
    path.write_bytes(path.read_bytes()[:kept])
    assert read_run(path) is None


def test_a_run_with_one_bit_turned_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "a.run"
    write_run(path, RUN)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert read_run(path) is None


@pytest.mark.parametrize("content", [b"", b"RETAKERUN1\n\0\0\0\2[]", b"RETAKERUN1\n\0\0\0\2{}", b"\0" * 64])
def test_rubbish_is_no_run(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.run").write_bytes(content)
    assert read_run(tmp_path / "a.run") is None
    assert read_run(tmp_path / "missing.run") is None


def test_a_run_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "a.run"
    target.mkdir()
    with pytest.raises(OSError):
        write_run(target, RUN)
    assert [path.name for path in tmp_path.iterdir()] == ["a.run"]


def test_the_digest_tells_where_packets_end() -> None:
    def packets(*data: bytes) -> list[Packet]:
        return [Packet(part, 0, 1, 0, True) for part in data]

    assert digest(packets(b"ab", b"c")) != digest(packets(b"a", b"bc"))
    assert digest(packets(b"ab", b"c")) == digest(packets(b"ab", b"c"))
