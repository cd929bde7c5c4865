"""The laws of a spliced sound, for any edits: what is not touched is the source's own, and no joint is heard.

The joints are measured against the same sound encoded in one go at the same bit rate.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retake.assemble.sound_splice import SoundEdit, SplicedSound, bitrate_for, splice_sound
from retake.media.take import AudioTrack, CodedPacket
from retake.media.take.aac import FRAME, Sound, decode_track, encode_packets

RATE, SECONDS = 16_000, 3
LENGTH = RATE * SECONDS

Cut = tuple[int, int, int]
"""Start, length, and by how many packets what comes after is moved."""


@cache
def voice(seed: int) -> Sound:
    """A gliding voice with clicks, which make an encoder change its windows."""
    rng = np.random.default_rng(seed)
    time = np.arange(LENGTH) / RATE
    phase = 2 * np.pi * np.cumsum(110 + 40 * np.sin(2 * np.pi * (0.5 + 0.1 * seed) * time)) / RATE
    samples = 0.08 * sum(np.sin(k * phase) / k for k in range(1, 16)) * (1.2 + np.sin(11 * time + seed))
    for at in rng.integers(0, LENGTH - 200, 14):
        samples[at : at + 120] += rng.normal(size=120) * np.exp(-np.arange(120) / 25) * 0.3
    return samples.astype(np.float32)[:, None]


def encoded(samples: Sound, bitrate: int) -> AudioTrack:
    made, extradata = encode_packets(samples, RATE, "mono", bitrate)
    packets = tuple(CodedPacket(data, at, at, FRAME, key=True) for data, at in made if at < len(samples))
    return AudioTrack("aac", RATE, 1, "mono", Fraction(1, RATE), extradata, packets)


@cache
def source(bitrate: int) -> AudioTrack:
    return encoded(voice(1), bitrate)


@st.composite
def cuts(draw: st.DrawFn) -> list[Cut]:
    """Up to three cuts, in order, that do not overlap."""
    edges = sorted(draw(st.lists(st.integers(0, LENGTH), min_size=2, max_size=6, unique=True)))
    pairs = list(zip(edges[::2], edges[1::2], strict=False))
    return [(a, b - a, draw(st.integers(-min((b - a) // FRAME, 4), 4))) for a, b in pairs]


def edits_of(wanted: list[Cut]) -> list[SoundEdit]:
    return [
        SoundEdit(start, start + length, np.resize(voice(2), (length + moves * FRAME, 1)))
        for start, length, moves in wanted
    ]


def edited(samples: Sound, edits: list[SoundEdit]) -> Sound:
    parts, done = list[Sound](), 0
    for edit in edits:
        parts += [samples[done : edit.start], edit.samples]
        done = edit.stop
    return np.concatenate([*parts, samples[done:]])


def joints_of(spliced: SplicedSound) -> list[int]:
    """The packets at which the source's packets and new ones meet."""
    return [n for n, (a, b) in enumerate(pairwise(spliced.kept), 1) if (a is None) != (b is None)]


@settings(max_examples=25, deadline=None, derandomize=True)
@given(cuts(), st.sampled_from([24_000, 64_000, 96_000]))
def test_packets_that_are_kept_are_the_sources_own_in_order(wanted: list[Cut], bitrate: int) -> None:
    track, edits = source(bitrate), edits_of(wanted)
    spliced = splice_sound(track, edits)
    kept = [n for n in spliced.kept if n is not None]
    assert kept == sorted(set(kept))
    for packet, n in zip(spliced.packets, spliced.kept, strict=True):
        assert n is None or packet.data == track.packets[n].data
    steps = {b.pts - a.pts for a, b in pairwise(spliced.packets)}
    assert steps == {FRAME}
    assert len(spliced.packets) == len(track.packets) + sum(edit.moves for edit in edits) // FRAME
    assert [s.start for s in spliced.spans[1:]] == [s.stop for s in spliced.spans[:-1]]


@settings(max_examples=15, deadline=None, derandomize=True)
@given(cuts(), st.sampled_from([48_000, 96_000]))
def test_new_samples_are_heard_where_they_belong(wanted: list[Cut], bitrate: int) -> None:
    track, edits = source(bitrate), edits_of(wanted)
    found = decode_track(splice_sound(track, edits).track)
    target = edited(decode_track(track), edits)
    assert len(found) == len(target)
    error = float(np.sqrt(np.mean((found - target) ** 2)))
    assert error < 0.15 * float(np.sqrt(np.mean(target**2)))
    moved = float(np.sqrt(np.mean((found[1:] - target[:-1]) ** 2)))
    assert error < moved


@pytest.mark.parametrize("bitrate", [32_000, 64_000])
def test_a_joint_is_no_worse_than_a_sound_encoded_in_one_go(bitrate: int) -> None:
    track = source(bitrate)
    before = decode_track(track)
    spliced_errors, full_errors = list[float](), list[float]()
    for start in range(4_000, 36_000, 3_331):
        edit = SoundEdit(start, start + 4_000, voice(3)[start : start + 4_000])
        spliced = splice_sound(track, [edit])
        target = edited(before, [edit])
        whole = decode_track(encoded(target, bitrate_for(track)))
        found = decode_track(spliced.track)
        for joint in joints_of(spliced):
            at = spliced.packets[joint].pts
            here = slice(at, at + FRAME)
            spliced_errors.append(float(np.mean((found[here] - target[here]) ** 2)))
            full_errors.append(float(np.mean((whole[here] - target[here]) ** 2)))
    assert len(spliced_errors) > 10
    assert np.mean(spliced_errors) <= np.mean(full_errors)
    assert max(spliced_errors) <= 1.1 * max(full_errors)
