"""The generated bed of music: length, level, ending, harmony, sameness."""

from __future__ import annotations

import numpy as np
import pytest

from retake.errors import ProviderError
from retake.generate.bed import LEVEL, Bed
from retake.generate.bed.score import chord_tones, voice, write_score
from retake.generate.bed.styles import style_for
from retake.generate.ports import MusicMaker, MusicRequest
from retake.media.filters import measure

GENRES = ("adventure", "mystery", "science fiction", "horror", "fantasy", "children", "romance")


def test_it_is_a_music_maker() -> None:
    assert isinstance(Bed(), MusicMaker)


@pytest.mark.parametrize("duration", [0.1, 1.0, 7.77])
def test_it_lasts_exactly_as_long_as_asked(duration: float) -> None:
    music = Bed().play(MusicRequest(duration, "comedy"))

    assert music.samples.shape == (round(duration * music.sample_rate), 2)
    assert music.samples.dtype == np.float32
    assert np.isfinite(music.samples).all()
    assert 0.001 < np.abs(music.samples).max() <= 10 ** (-2.9 / 20)


def test_it_has_its_level_its_stereo_and_leaves_room_for_the_voice() -> None:
    music = Bed().play(MusicRequest(20, "adventure", "epic"))
    power = np.abs(np.fft.rfft(music.samples.mean(axis=1))) ** 2
    hertz = np.fft.rfftfreq(len(music.samples), 1 / music.sample_rate)

    assert measure([music.samples], music.sample_rate).integrated == pytest.approx(LEVEL, abs=0.3)
    assert float(np.corrcoef(music.samples.T).min()) < 0.95
    assert power[(hertz > 1000) & (hertz < 4000)].sum() < 0.05 * power.sum()
    assert power[hertz > 8000].sum() < 0.001 * power.sum()


def test_it_begins_softly_and_fades_to_nothing() -> None:
    samples = Bed().play(MusicRequest(12, "drama")).samples

    assert np.abs(samples[0]).max() < 0.001 and np.abs(samples[-1]).max() < 0.001
    late = [float(np.sqrt(np.mean(part**2))) for part in np.split(samples[-96_000:], 4)]
    assert late == sorted(late, reverse=True)


def test_the_same_request_gives_the_same_samples_and_another_seed_does_not() -> None:
    first, same, other = (Bed().play(MusicRequest(5, "romance", "sad", seed)).samples for seed in (1, 1, 2))

    assert first.tobytes() == same.tobytes()
    assert first.tobytes() != other.tobytes()


@pytest.mark.parametrize("genre", [*GENRES, "comedy", "drama", "education", "business", "", "unheard of"])
@pytest.mark.parametrize("duration", [0.1, 5, 131.4])
def test_every_style_stays_inside_its_length_and_ends_on_the_tonic(genre: str, duration: float) -> None:
    style = style_for(genre, "")

    notes = write_score(style, duration, np.random.default_rng(1))

    assert all(0 <= note.start < max(duration, 0.6) and 24 <= note.pitch <= 96 for note in notes)
    last_bass = max((n for n in notes if n.voice == "bass"), key=lambda n: n.start)
    assert last_bass.pitch % 12 == style.tonic % 12


def test_voices_move_by_small_steps() -> None:
    style = style_for("adventure", "")
    chords = [chord_tones(name, style.tonic) for name in style.verse.split() * 2]
    before = voice(chords[0], None)
    for chord in chords[1:]:
        now = voice(chord, before)
        assert max(min(abs(p - q) for q in before) for p in now) <= 4
        before = now


def test_numerals_name_chords() -> None:
    assert chord_tones("i", 48) == (48, 51, 55)
    assert chord_tones("bVI7", 48) == (56, 60, 63, 67)
    assert chord_tones("V4", 48) == (55, 60, 62)
    assert chord_tones("IV+", 48) == (53, 57, 60, 67)


@pytest.mark.parametrize("duration", [0.0, -1.0, 1e9, float("nan")])
def test_a_length_that_cannot_be_is_refused(duration: float) -> None:
    with pytest.raises(ProviderError):
        Bed().play(MusicRequest(duration))
