"""Frames of a take taken again: plan, re-timing, fall-back, conditioning and guard."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from tests.films import moving, write_film
from tests.recordings import H264, OTHERS, Kind, record

from retake.assemble import retakes
from retake.assemble.condition import condition
from retake.assemble.retakes import Edit, plan, splice
from retake.errors import CheckFailed, InputError
from retake.media.h264.transplant import Transplant
from retake.media.picture import Picture
from retake.media.take import Take, TakeReader, read_take
from retake.progress import Step

CLOSED, OPEN, CAVLC, VARYING, PHONE = H264[0], H264[1], H264[4], H264[9], H264[10]
HEVC, VP9 = OTHERS


def grey(n: int, picture: Picture) -> None:
    picture.y[:40] = 20 + 2 * n


def nothing(n: int, picture: Picture) -> None:
    """Leaves the frame as it is."""


def greys(take: Take, start: int, stop: int) -> list[int]:
    """The numbers that `grey` drew."""
    return [round((float(p.y[8:32].mean()) - 20) / 2) for p in TakeReader(take).pictures(start, stop)]


@pytest.mark.parametrize("kind", [CLOSED, CAVLC, VARYING, PHONE, VP9], ids=lambda kind: kind.name)
def test_of_a_conditioned_take_exactly_the_edited_frames_are_replaced(tmp_path: Path, kind: Kind) -> None:
    source = record(tmp_path, kind, frames=60)
    done = condition(source, tmp_path / f"master-{kind.name}", [(11, 23), (40, 47)], preset="ultrafast")
    assert (done.how, done.reason) == ("spliced", "")
    edits = (Edit(40, 47, grey), Edit(11, 23, grey))
    made = splice(done.take, edits, preset="ultrafast")
    encoded = [(s.span.start, s.span.stop) for s in made.spans if s.span.how == "encode"]
    assert encoded == [(11, 23), (40, 47)]
    assert made.share_kept == (60 - 19) / 60
    assert [piece.span for piece in made.spans] == list(plan(done.take, edits))
    target = tmp_path / f"out-{kind.name}"
    made.write(target, done.take, None)
    assert greys(read_take(target), 11, 23) == list(range(11, 23))


def test_what_conditioning_does_not_touch_stays_as_it_was(tmp_path: Path) -> None:
    source = record(tmp_path, CLOSED, frames=80)
    done = condition(source, tmp_path / "master.mp4", [(25, 30)], preset="ultrafast")
    before, after = (list(TakeReader(read_take(p)).pictures(0, 80)) for p in (source, done.take.path))
    touched = {n for piece in done.splice.spans if piece.span.how == "encode" for n in range(*piece.frames)}
    assert touched <= set(range(20, 40))
    assert all(a.equals(b) for n, (a, b) in enumerate(zip(before, after, strict=True)) if n not in touched)


@pytest.mark.parametrize(("kind", "why"), [(HEVC, "hevc"), (OPEN, "no refresh point")], ids=["hevc", "open"])
def test_what_cannot_be_spliced_is_encoded_once_and_says_why(tmp_path: Path, kind: Kind, why: str) -> None:
    source = record(tmp_path, replace(kind, turn=1), frames=340 if kind is OPEN else 50, size=(64, 48))
    steps: list[Step] = []
    done = condition(source, tmp_path / "master.mp4", [(11, 23)], steps.append, preset="ultrafast")
    own = read_take(source)
    assert done.how == "encoded"
    assert why in done.reason
    assert (done.take.length, done.take.size) == (own.length, own.size)
    assert [done.take.seconds(n) for n in range(51)] == [own.seconds(n) for n in range(51)]
    assert (steps[-1].done, steps[-1].total) == (own.length, own.length)
    made = splice(done.take, [Edit(11, 23, grey)], preset="ultrafast")
    assert made.fallback is None
    assert [(s.start, s.stop) for s in plan(done.take, [Edit(11, 23, grey)]) if s.how == "encode"] == [
        (11, 23)
    ]


@pytest.mark.parametrize(
    ("pixels", "options", "why"),
    [
        ("yuv420p10le", {}, "8-bit"),
        ("yuv420p", {"x264-params": "cqm=jvt"}, "scaling"),
        ("yuv420p", {"x264-params": "tff=1"}, "interlaced"),
        ("yuv420p", {"crf": "0"}, "profile"),
    ],
)
def test_a_take_that_cannot_be_spliced_falls_back_and_says_why(
    tmp_path: Path, pixels: str, options: dict[str, str], why: str
) -> None:
    take = read_take(write_film(tmp_path / "a.mp4", moving(12), pixels=pixels, options=options))
    made = splice(take, [Edit(3, 9, grey)], preset="ultrafast")
    assert made.fallback
    assert why in made.fallback
    assert [s.how for s in plan(take, [Edit(3, 9, grey)])] == ["encode"]
    made.write(tmp_path / "b.mp4", take, None)
    film = read_take(tmp_path / "b.mp4")
    assert film.length == 12
    assert greys(film, 3, 9) == list(range(3, 9))


@pytest.mark.parametrize("shown", [(11, 11, 12, 12, 13, 15, 15, 15), (11, 13, 15)])
def test_a_re_timed_span_moves_what_follows(tmp_path: Path, shown: tuple[int, ...]) -> None:
    source = record(tmp_path, CLOSED, frames=50)
    take = condition(source, tmp_path / "master.mp4", [(11, 16)], preset="ultrafast").take
    track = take.video
    tick = track.times[1] - track.times[0]
    edit = Edit(11, 16, grey, tuple((n, tick) for n in shown))
    made = splice(take, [edit, Edit(13, 14, nothing)], preset="ultrafast")
    made.write(tmp_path / "out.mp4", take, None)
    film = read_take(tmp_path / "out.mp4")
    longer = len(shown) - 5
    assert film.length == 50 + longer
    assert film.video.times == tuple(range(0, film.length * tick, tick))
    assert greys(film, 11, 11 + len(shown)) == [11 + k for k in range(len(shown))]
    tail = TakeReader(take).pictures(16, 50)
    moved = TakeReader(film).pictures(16 + longer, film.length)
    assert all(a.equals(b) for a, b in zip(tail, moved, strict=True))
    assert all(a.dts < b.dts for a, b in pairwise(film.video.packets))
    assert sum(n is None for n in made.kept) == len(shown)


def test_the_number_of_workers_changes_nothing(tmp_path: Path) -> None:
    take = read_take(record(tmp_path, CLOSED, frames=70))
    edits = [Edit(3, 5, grey), Edit(42, 45, grey)]
    assert splice(take, edits, preset="ultrafast") == splice(take, edits, preset="ultrafast", workers=3)


def test_edits_outside_the_take_or_in_conflict_are_refused(tmp_path: Path) -> None:
    take = read_take(record(tmp_path, CLOSED, frames=20))
    held = ((2, 100), (2, 100))
    for wrong in (
        [Edit(5, 5, grey)],
        [Edit(0, 21, grey)],
        [Edit(1, 4, grey, ((5, 100),))],
        [Edit(1, 4, grey, ((2, 100), (1, 100)))],
        [Edit(1, 4, grey, held), Edit(2, 6, grey, held)],
    ):
        with pytest.raises(InputError, match="frame"):
            plan(take, wrong)
    with pytest.raises(InputError, match="window"):
        condition(take.path, tmp_path / "b.mp4", [(10, 30)])


@pytest.mark.parametrize("kind", [CLOSED, CAVLC], ids=lambda kind: kind.name)
def test_the_guard_stops_a_span_that_decodes_otherwise(
    tmp_path: Path, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = read_take(record(tmp_path, kind, frames=40))
    honest = Transplant.packet

    def careless(self: Transplant, data: bytes) -> bytes:
        packet = honest(self, data)
        return packet[:-9] + bytes([packet[-9] ^ 0x10]) + packet[-8:]

    monkeypatch.setattr(Transplant, "packet", careless)
    with pytest.raises(CheckFailed, match="does not decode as it was encoded"):
        retakes.splice(take, [Edit(3, 12, grey)], preset="ultrafast")
