"""New samples in a sound: only the packets that they touch change, and they are heard where they belong."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Literal

import av
import numpy as np
import pytest
from tests.films import moving, write_film

from retake.assemble.sound_grid import MARGIN
from retake.assemble.sound_splice import REACH, SoundEdit, SoundSpan, splice_sound
from retake.errors import InputError, MediaError
from retake.media.sound import read_sound
from retake.media.take import AudioTrack, CodedPacket, decode_sound, read_take, write_take
from retake.media.take.aac import (
    FRAME,
    AacConfig,
    Sound,
    add_sound,
    decode_track,
    encode_packets,
    read_config,
)

RATE = 16_000
LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1"}


def noisy_speech(seconds: float, seed: int = 1, channels: int = 1, rate: int = RATE) -> Sound:
    """A gliding voice with pauses, breath and plosives: float32 (count, channels)."""
    rng = np.random.default_rng(seed)
    time = np.arange(round(seconds * rate)) / rate
    phase = 2 * np.pi * np.cumsum(120 + 30 * np.sin(2 * np.pi * 0.7 * time)) / rate
    voice = sum(np.sin(k * phase) / k for k in range(1, 20)) * np.clip(np.sin(14 * time + seed) + 0.3, 0, 1)
    voice = 0.1 * voice + 0.002 * rng.normal(size=len(time))
    for at in rng.integers(0, len(time) - 400, round(3 * seconds)):
        voice[at : at + 200] += rng.normal(size=200) * np.exp(-np.arange(200) / 40) * 0.3
    return np.stack([np.roll(voice, 5 * n) for n in range(channels)], 1).astype(np.float32)


def track_of(
    samples: Sound,
    rate: int = RATE,
    codec: Literal["aac", "libopus"] = "aac",
    bitrate: int = 64_000,
    time_base: Fraction | None = None,
    delay: int = 0,
) -> AudioTrack:
    channels = samples.shape[1]
    made, extradata = encode_packets(samples, rate, LAYOUTS[channels], bitrate, codec)
    base = time_base or Fraction(1, rate)
    lasts = made[1][1] - made[0][1]
    packets = [
        CodedPacket(data, tick, tick, round(Fraction(lasts, rate) / base), key=True)
        for data, at in made
        for tick in [round(Fraction(at + delay, rate) / base)]
        if at < len(samples)
    ]
    name = "opus" if codec == "libopus" else codec
    return AudioTrack(name, rate, channels, LAYOUTS[channels], base, extradata, tuple(packets))


def lag(found: Sound, wanted: Sound) -> int:
    """Samples by which `found` comes later, where the two fit best."""
    a, b = (x[:, 0].astype(np.float64) for x in (found, wanted))
    size = 1 << (len(a) + len(b)).bit_length()
    cross = np.fft.irfft(np.fft.rfft(a, size) * np.conj(np.fft.rfft(b, size)))
    best = int(cross.argmax())
    return best - size if best > size // 2 else best


@pytest.fixture(scope="module")
def voice() -> AudioTrack:
    return track_of(noisy_speech(4))


@pytest.mark.parametrize(("rate", "channels"), [(16_000, 1), (44_100, 2), (48_000, 1)])
def test_only_the_packets_around_an_edit_are_new(rate: int, channels: int) -> None:
    track = track_of(noisy_speech(2, 1, channels, rate), rate, bitrate=64_000 * channels)
    start, stop = rate + 311, rate + 311 + rate // 4
    new = noisy_speech(2, 2, channels, rate)[start:stop]
    spliced = splice_sound(track, [SoundEdit(start, stop, new)])
    assert not spliced.fallback
    assert len(spliced.packets) == len(track.packets)
    changed = [n for n, source in enumerate(spliced.kept) if source is None]
    touched = [n for n, p in enumerate(track.packets) if p.pts < stop and p.pts + 2 * FRAME > start]
    assert set(touched) <= set(changed)
    assert len(changed) <= len(touched) + 2 * (MARGIN + REACH)
    for n, (packet, source) in enumerate(zip(spliced.packets, spliced.kept, strict=True)):
        assert source is None or packet == track.packets[source]
        assert (packet.pts, packet.duration) == (track.packets[n].pts, track.packets[n].duration)
    found, wanted = decode_track(spliced.track)[start:stop], new
    assert lag(found, wanted) == 0
    assert np.sqrt(np.mean((found - wanted) ** 2)) < 0.1 * np.sqrt(np.mean(wanted**2))


def test_what_lies_outside_is_heard_as_before(voice: AudioTrack) -> None:
    start, stop = 20_000, 27_000
    spliced = splice_sound(voice, [SoundEdit(start, stop, noisy_speech(4, 2)[start:stop])])
    before, after = decode_track(voice), decode_track(spliced.track)
    first, last = (span for span in spliced.spans if span.how == "copy")
    # A frame is whole where both windows that overlap in it are the source's own.
    assert np.array_equal(before[: first.stop], after[: first.stop])
    assert np.array_equal(before[last.start + FRAME :], after[last.start + FRAME :])
    assert not np.allclose(before[start:stop], after[start:stop], atol=0.05)


def test_spans_cover_what_is_heard_once(voice: AudioTrack) -> None:
    edits = [SoundEdit(at, at + 900, np.zeros((900, 1), np.float32)) for at in (8_000, 45_000)]
    spans = splice_sound(voice, edits).spans
    assert [span.how for span in spans] == ["copy", "encode", "copy", "encode", "copy"]
    assert spans[0].start == 0
    assert all(a.stop == b.start for a, b in pairwise(spans))
    assert all(
        any(s.how == "encode" and s.start <= e.start and e.stop <= s.stop for s in spans) for e in edits
    )


@pytest.mark.parametrize("frames", [-3, 2])
def test_longer_and_shorter_words_move_what_follows_by_whole_packets(voice: AudioTrack, frames: int) -> None:
    start, stop = 20_001, 28_001
    new = noisy_speech(4, 3)[: stop - start + frames * FRAME]
    spliced = splice_sound(voice, [SoundEdit(start, stop, new)])
    assert len(spliced.packets) == len(voice.packets) + frames
    times = [p.pts for p in spliced.packets]
    assert times == list(range(times[0], times[0] + FRAME * len(times), FRAME))
    tail = [(n, source) for n, source in enumerate(spliced.kept) if source and n > spliced.kept.index(None)]
    assert tail
    assert all(n == source + frames for n, source in tail if source)
    found, before = decode_track(spliced.track), decode_track(voice)
    assert lag(found[start : start + len(new)], new) == 0
    assert np.array_equal(found[start + len(new) + 12 * FRAME :], before[stop + 12 * FRAME :])


@pytest.mark.parametrize(
    "edit", [(0, 3_000), (61_000, 64_000), (0, 64_000)], ids=["beginning", "end", "everything"]
)
def test_the_edges_of_the_sound_can_be_replaced(voice: AudioTrack, edit: tuple[int, int]) -> None:
    new = noisy_speech(4, 5)[slice(*edit)]
    spliced = splice_sound(voice, [SoundEdit(*edit, new)])
    assert not spliced.fallback
    assert len(spliced.packets) == len(voice.packets)
    found = decode_track(spliced.track)[slice(*edit)]
    assert lag(found, new) == 0
    assert np.sqrt(np.mean((found - new) ** 2)) < 0.2 * np.sqrt(np.mean(new**2))


def test_edits_near_each_other_share_one_run(voice: AudioTrack) -> None:
    quiet = np.zeros((500, 1), np.float32)
    spliced = splice_sound(voice, [SoundEdit(30_000, 30_500, quiet), SoundEdit(20_000, 20_500, quiet)])
    assert [span.how for span in spliced.spans] == ["copy", "encode", "copy"]
    found = decode_track(spliced.track)
    assert all(np.abs(found[at + 100 : at + 400]).max() < 0.02 for at in (20_000, 30_000))


def test_times_in_milliseconds_keep_their_place() -> None:
    track = track_of(noisy_speech(3), time_base=Fraction(1, 1000))
    start, new = 16_000, noisy_speech(3, 2)[16_000:20_000]
    spliced = splice_sound(track, [SoundEdit(start, start + len(new), new)])
    assert not spliced.fallback
    assert [p.pts for p in spliced.packets] == [p.pts for p in track.packets]
    assert lag(decode_track(spliced.track)[start : start + len(new)], new) == 0


def test_no_edit_keeps_every_packet(voice: AudioTrack) -> None:
    spliced = splice_sound(voice, [])
    assert spliced.packets == voice.packets
    assert spliced.spans == (SoundSpan(0, spliced.spans[0].stop, "copy"),)
    assert spliced.share_kept == 1


@pytest.mark.parametrize(
    ("channels", "rate", "codec", "anew", "told"),
    [
        (2, 48_000, "libopus", "libopus", "OPUS"),
        (2, 48_000, "libopus", "aac", "OPUS"),
        (2, 48_000, "libopus", None, "OPUS"),
        (6, 48_000, "aac", None, "6 channels"),
    ],
)
def test_another_sound_is_encoded_anew_and_said_so(
    channels: int,
    rate: int,
    codec: Literal["aac", "libopus"],
    anew: Literal["aac", "libopus"] | None,
    told: str,
) -> None:
    track = track_of(noisy_speech(1, 1, channels, rate), rate, codec, 64_000 * channels)
    new = noisy_speech(1, 2, channels, rate)[20_000:30_000]
    spliced = splice_sound(track, [SoundEdit(20_000, 30_000, new)], codec=anew)
    assert told in spliced.fallback
    assert spliced.share_kept == 0
    assert spliced.track.codec == {"libopus": "opus"}.get(anew or codec, "aac")
    found = decode_track(spliced.track)
    assert lag(found[20_000:30_000], new) == 0
    assert len(found) == pytest.approx(len(decode_track(track)), abs=1)


@pytest.mark.parametrize(
    ("extradata", "read"),
    [
        ("1190", AacConfig(2, 48_000, 2, 1024, False, False)),
        ("118856e500", AacConfig(2, 48_000, 1, 1024, False, False)),
        ("1194", AacConfig(2, 48_000, 2, 960, False, False)),
        ("0990", AacConfig(1, 48_000, 2, 1024, False, False)),
        ("1192", AacConfig(2, 48_000, 2, 1024, False, True)),
        ("131056e598", AacConfig(2, 24_000, 2, 1024, True, False)),
        ("2b118800", AacConfig(2, 24_000, 2, 1024, True, False)),
        ("1780271010", AacConfig(2, 20_000, 2, 1024, False, False)),
        ("", None),
        ("11", None),
        ("ffffff", None),
    ],
)
def test_a_configuration_is_read(extradata: str, read: AacConfig | None) -> None:
    assert read_config(bytes.fromhex(extradata)) == read


@pytest.mark.parametrize(("config", "told"), [("0c08", "another kind"), ("140856e5a8", "HE-AAC")])
def test_aac_of_another_kind_is_encoded_anew(voice: AudioTrack, config: str, told: str) -> None:
    track = replace(voice, extradata=bytes.fromhex(config))
    edit = SoundEdit(100, 200, np.zeros((100, 1), np.float32))
    assert told in splice_sound(track, [edit]).fallback


def test_a_hole_in_the_sound_is_no_place_for_a_splice(voice: AudioTrack) -> None:
    late = [replace(p, pts=p.pts + 8_000, dts=p.dts + 8_000) for p in voice.packets[30:]]
    track = replace(voice, packets=(*voice.packets[:30], *late))
    spliced = splice_sound(track, [SoundEdit(100, 600, np.zeros((500, 1), np.float32))])
    assert "holes" in spliced.fallback
    assert len(decode_track(spliced.track)) == len(decode_track(track))


@pytest.mark.parametrize("edit", [(-5, 100), (100, 70_000)])
def test_an_edit_outside_the_sound_is_refused(voice: AudioTrack, edit: tuple[int, int]) -> None:
    with pytest.raises(InputError, match="of a sound of"):
        splice_sound(voice, [SoundEdit(*edit, np.zeros((edit[1] - edit[0], 1), np.float32))])


def test_edits_that_overlap_are_refused(voice: AudioTrack) -> None:
    quiet = np.zeros((1_000, 1), np.float32)
    with pytest.raises(InputError, match="overlap"):
        splice_sound(voice, [SoundEdit(2_000, 3_000, quiet), SoundEdit(2_999, 3_999, quiet)])


def test_a_broken_packet_is_the_recordings_fault(voice: AudioTrack) -> None:
    packets = [replace(p, data=b"\xff" * 40) if n == 20 else p for n, p in enumerate(voice.packets)]
    with pytest.raises(MediaError, match="the sound is broken"):
        splice_sound(
            replace(voice, packets=tuple(packets)),
            [SoundEdit(20_000, 21_000, np.zeros((1_000, 1), np.float32))],
        )


def test_a_spliced_film_is_heard_in_its_file_as_it_was_made(tmp_path: Path) -> None:
    sound = noisy_speech(1.0, 4, 2, 48_000)
    take = read_take(write_film(tmp_path / "take.mp4", moving(25), sound=sound))
    assert take.audio is not None
    new = noisy_speech(1.0, 5, 2, 48_000)[19_999:29_999]
    spliced = splice_sound(take.audio, [SoundEdit(19_999, 29_999, new)], start=take.start)
    out = tmp_path / "out.mp4"
    write_take(out, take.path, take.video.packets, spliced.packets)
    again = read_take(out)
    assert again.audio is not None
    assert [p.data for p in again.audio.packets] == [p.data for p in spliced.packets]
    found, before = decode_sound(again), decode_sound(take)
    assert len(found) == len(before)
    assert lag(found[19_999:29_999], new) == 0


@pytest.mark.parametrize(
    ("rate", "channels", "codec", "name"),
    [(44_100, 2, "aac", "a.mp4"), (16_000, 1, "aac", "a.mov"), (48_000, 2, "libopus", "a.webm")],
)
def test_sound_that_was_encoded_anew_is_described_in_a_new_file(
    tmp_path: Path, rate: int, channels: int, codec: Literal["aac", "libopus"], name: str
) -> None:
    sound = noisy_speech(1, 1, channels, rate)
    track = track_of(sound, rate, codec, 96_000)
    with av.open(str(tmp_path / name), "w") as output:
        stream = add_sound(output, track)
        output.start_encoding()
        for piece in track.packets:
            packet = av.Packet(piece.data)
            packet.stream, packet.time_base, packet.is_keyframe = stream, track.time_base, True
            packet.pts = packet.dts = piece.pts
            packet.duration = piece.duration
            output.mux(packet)
    with av.open(str(tmp_path / name)) as found:
        stream = found.streams.audio[0]
        assert (stream.codec_context.sample_rate, stream.codec_context.channels) == (rate, channels)
        assert [bytes(p) for p in found.demux(stream) if p.size] == [p.data for p in track.packets]
    heard = read_sound(tmp_path / name, rate)
    assert lag(heard, sound) == 0


def test_the_same_edit_gives_the_same_bytes(voice: AudioTrack) -> None:
    edit = SoundEdit(12_345, 15_000, noisy_speech(4, 9)[12_345:15_000])
    assert splice_sound(voice, [edit]) == splice_sound(voice, [edit])
