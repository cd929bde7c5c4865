"""Law 3: of a recording only what must change is taken again. Generated edits, every kind of recording."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from tests.recordings import H264, OTHERS, Kind, record

from retake.assemble.retakes import Edit, Spliced, splice
from retake.media.picture import Picture
from retake.media.take import Take, TakeReader, read_take

EDITS = 17  # for each of the twelve kinds that can be spliced: more than two hundred
KINDS = [*H264, *OTHERS]


def marked(seed: int) -> Callable[[int, Picture], None]:
    """Draws a box that tells the frame's number."""

    def draw(n: int, picture: Picture) -> None:
        at = (seed * 7 + n) % (picture.width // 2 - 24)
        picture.y[20:44, at : at + 24] = 40 + (n * 5 + seed) % 160
        picture.u[10:22, at // 2 : at // 2 + 12] = 90

    return draw


def edits_of(length: int, seed: int) -> tuple[Edit, ...]:
    """One edit, or two; of one frame, of a few, or of many; at the beginning, at the end, or between."""
    chance = random.Random(seed)
    found: list[Edit] = []
    for n in range(chance.choice((1, 1, 2))):
        size = min(chance.choice((1, 2, 5, 12, 30)), length)
        start = chance.choice((0, length - size, *(chance.randrange(length - size + 1) for _ in range(6))))
        found.append(Edit(start, start + size, marked(seed + n)))
    return tuple(found)


@pytest.fixture(scope="module")
def takes(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Kind], tuple[Take, list[Picture]]]:
    folder = tmp_path_factory.mktemp("recordings")
    known: dict[str, tuple[Take, list[Picture]]] = {}

    def of(kind: Kind) -> tuple[Take, list[Picture]]:
        if kind.name not in known:
            take = read_take(record(folder, kind))
            known[kind.name] = take, list(TakeReader(take).pictures(0, take.length))
        return known[kind.name]

    return of


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.spliceable], ids=lambda kind: kind.name)
def test_what_is_not_edited_stays_as_it_was(
    kind: Kind, takes: Callable[[Kind], tuple[Take, list[Picture]]], tmp_path: Path
) -> None:
    take, own = takes(kind)
    assert take.audio
    for seed in range(EDITS):
        edits = edits_of(take.length, seed)
        made = splice(take, edits, preset="ultrafast", crf=24)
        assert made.fallback is None
        target = tmp_path / kind.name
        made.write(target, take, take.audio.packets)
        film = read_take(target)
        holds(take, own, film, made, edits, f"{kind.name}, seed {seed}")


def holds(
    take: Take, own: list[Picture], film: Take, made: Spliced, edits: tuple[Edit, ...], case: str
) -> None:
    """The law, on the file itself."""
    assert film.audio
    assert take.audio
    video = film.video
    assert [p.data for p in video.packets] == [p.data for p in made.packets], case
    for packet, source in zip(video.packets, made.kept, strict=True):
        assert source is None or packet.data == take.video.packets[source].data, case
    assert [n * video.time_base for n in video.times] == [
        n * take.video.time_base for n in take.video.times
    ], case
    assert video.end * video.time_base == take.video.end * take.video.time_base, case
    assert video.extradata == take.video.extradata, case
    assert film.audio.packets == take.audio.packets, case
    decoding = [p.dts for p in video.packets]
    assert all(a < b for a, b in pairwise(decoding)), case
    assert all(p.dts <= p.pts for p in video.packets), case
    touched = {n for piece in made.spans if piece.span.how == "encode" for n in range(*piece.frames)}
    edited = {n for edit in edits for n in range(edit.start, edit.stop)}
    assert edited <= touched, case
    for n, (picture, before) in enumerate(zip(TakeReader(film).pictures(0, film.length), own, strict=True)):
        if n not in touched:
            assert picture.equals(before), (case, n)
        else:
            meant = before.copy()
            for edit in edits:
                if edit.start <= n < edit.stop:
                    edit.draw(n, meant)
            assert np.abs(picture.y.astype(int) - meant.y).mean() < 8, (case, n)
