"""How good what is taken again is, where the truth is known: the drawn presenter, filmed and spoken by us.

mouth     the default lip sync over new sentences: its opening against the phonemes, closed lips, lag
surface   the corners of the name and the logo as followed, against the camera's own truth
voice     a name spliced into a sentence, against the same sentence really said: naive paste and splice
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, iirpeak, lfilter

from retake.generate.espeak import Espeak
from retake.generate.lipsync.base import LipSyncRequest
from retake.generate.lipsync.library import MouthLibrary, build_library
from retake.generate.lipsync.measure import report
from retake.generate.lipsync.mouth import MouthLipSync
from retake.generate.ports import Phoneme, Speech, SpeechRequest
from retake.media.patch import apply
from retake.media.take import TakeReader, read_take
from retake.produce.speaking import as_spoken
from retake.recording.surface import track
from retake.recording.voice import Spoken, distance, find_slot, splice_voice
from retake.recording.voice import apply as with_edit
from retake.recording.voice.speech import resample
from takes import in_the_room

Floats = NDArray[np.float64]
Sound = NDArray[np.float32]
Room = Callable[[Floats, int], Sound]

NEW_WORDS = "Hello Jonathan, we have moved your meeting to four pm, so please bring both of the maps."
VOICES = ("clara", "arthur", "daniel")
NAMES = (("Maria Lopez", "Jonathan Parker"), ("Peter Schmidt", "Olivia Bennett"))


def mouth(master: Path, truth: dict[str, Any]) -> dict[str, float]:
    """The default lip sync on frames 60 and on, saying other words."""
    phonemes = [Phoneme(p["ipa"], p["start"]) for p in truth["phonemes"]]
    library = build_library(master, phonemes)
    speech = Espeak().speak(SpeechRequest(NEW_WORDS, voice="clara"))
    take = read_take(master)
    start, stop = 60, min(60 + int(speech.duration * float(take.video.rate)), take.length)
    request = LipSyncRequest(
        master, start, stop, speech.samples, speech.sample_rate, speech.phonemes, library=library
    )
    patches = {patch.frame: patch for patch in MouthLipSync().patches(request)}
    new: list[float] = []
    old: list[float] = []
    kept: list[float] = []
    reader = TakeReader(take)
    for n, picture in enumerate(reader.pictures(start, stop), start):
        place = library.places[library.index[n]]
        mended = picture.copy()
        if n in patches:
            apply(mended, patches[n], take.video.look)
        kept.append(float((mended.y == picture.y).mean()))
        for shown, openings in ((mended, new), (picture, old)):
            openings.append(_opening(library, shown, take.video.look, place))
    times = (np.arange(len(new)) + 0.5) / float(take.video.rate)  # the middles of frames on the screen
    found = report(np.array(new), times, speech.phonemes, speech.duration)
    control = report(np.array(old), times, speech.phonemes, speech.duration)
    return {
        "frames": len(new),
        "correlation": round(found.correlation, 3),
        "lag_frames": found.lag,
        "closure": round(found.closure or 0.0, 3),
        "control_correlation": round(control.correlation, 3),
        "control_closure": round(control.closure or 0.0, 3),
        "samples_kept": round(float(np.mean(kept)), 4),
    }


def _opening(library: MouthLibrary, picture: Any, look: Any, place: Any) -> float:
    return library.ruler.opening(library.canon.cut(picture, look, place))


def surface(master: Path, truth: dict[str, Any], until: float) -> dict[str, float]:
    """Corner errors in pixels over the name and the logo, until a second of the film."""
    take = read_take(master)
    width, height = take.size
    frames = truth["frames"]
    stop = take.frame_at(Fraction(until))
    errors: list[float] = []
    for name in ("name", "logo"):
        quad = np.array(frames[0][name])
        (x0, y0), (x1, y1) = quad.min(0) - 4, quad.max(0) + 4
        box = (x0 / width, y0 / height, (x1 - x0) / width, (y1 - y0) / height)
        found = track(TakeReader(take).rgb(0, stop), 0, box, place=name)
        first = np.linalg.inv(np.array(frames[found.reference]["camera"]))
        for n in range(stop):
            if found.at(n).visible:
                true = _carried(np.array(frames[n]["camera"]) @ first, found.corners(found.reference))
                errors.append(float(np.linalg.norm(true - found.corners(n), axis=1).mean()))
    return {
        "frames": len(errors),
        "mean_px": round(float(np.mean(errors)), 3),
        "p95_px": round(float(np.percentile(errors, 95)), 3),
        "max_px": round(float(np.max(errors)), 3),
    }


def _carried(place: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    moved = np.column_stack([points, np.ones(len(points))]) @ place.T
    return moved[:, :2] / moved[:, 2:]


def voice() -> dict[str, dict[str, float]]:
    """Log-mel distances of a new name to the sentence as it would really have been said, in dB.

    The voice is a clone's: the same, but dry, faster, higher and at another level. The recording was made in
    the presenter's quiet room, or in an echoing one through a narrow microphone; there also with a voice that
    is brighter and louder, as a studio's is. `naive` is the name pasted as it is, `spliced` is ours.
    `same_room` is that voice as it is, saying the name in the very room before the very microphone: what is
    left there is that it says it in another way. Means over three voices and two pairs of names.
    """
    scenes = {
        "quiet_room": (_quiet, False),
        "echoing_room": (_echoing, False),
        "echoing_room_bright_voice": (_echoing, True),
    }
    return {name: _spliced(*scene) for name, scene in scenes.items()}


def _spliced(room: Room, bright: bool) -> dict[str, float]:
    found = np.array([_distances(room, bright, speaker, *names) for speaker in VOICES for names in NAMES])
    naive, spliced, same_room = (float(value) for value in found.mean(0))
    return {
        "naive_db": round(naive, 2),
        "spliced_db": round(spliced, 2),
        "same_room_db": round(same_room, 2),
        "ratio": round(spliced / naive, 2),
    }


def _distances(
    room: Room, bright: bool, speaker: str, old_name: str, name: str
) -> tuple[float, float, float]:
    """To the name as really said: of the paste, of the splice, and of the new voice in the same room."""
    rate, first, last = 44_100, 7, 8
    sentence = "Good morning, and a warm welcome to {}, who joins us from Madrid."
    old, oracle = (_said(sentence.format(n), speaker) for n in (old_name, name))
    new = _said(sentence.format(name), speaker, 1.1, 1.08)
    if bright:
        sharp = np.asarray(lfilter([1.0, -0.7], [1.0], new.samples))
        new = replace(new, samples=(sharp / np.abs(sharp).max()).astype(np.float32))
    dry = resample(np.asarray(new.samples, np.float64), new.rate, rate)
    recording, real, there = (
        room(resample(np.asarray(spoken.samples, np.float64), spoken.rate, rate), rate)
        for spoken in (old, oracle, new)
    )
    slot = find_slot(recording, rate, old.words[first].start, old.words[last].end)
    edit = splice_voice(recording, rate, slot, new, range(first, last + 1))
    heard = with_edit(recording, edit)[edit.words_start : edit.words_start + edit.fit.length]
    truth, own = (
        slice(round(said.words[first].start * rate), round(said.words[last].end * rate))
        for said in (oracle, new)
    )
    pasted = (0.9 * dry[own]).astype(np.float32)
    naive, spliced, same_room = (distance(said, real[truth], rate) for said in (pasted, heard, there[own]))
    return naive, spliced, same_room


def _said(text: str, voice: str, rate: float = 1.0, pitch: float = 1.0) -> Spoken:
    return as_spoken(Espeak().speak(SpeechRequest(text, "en", voice, rate, pitch)))


def _quiet(dry: Floats, rate: int) -> Sound:
    heard = in_the_room(Speech(dry.astype(np.float32), rate, ()), rate, 1, 3)
    return np.ascontiguousarray(heard[:, 0], np.float32)


def _echoing(dry: Floats, rate: int) -> Sound:
    """An echo of 0.35 s, a band from 120 to 5200 Hz with a bump at 900, and hiss at -58 dB."""
    rng = np.random.default_rng(1)
    count = round(0.35 * rate)
    tail = rng.standard_normal(count) * np.exp(-6.9 * np.linspace(0, 1, count))
    tail[: rate // 400] = 0
    tail *= 10 ** (-4 / 20) / np.linalg.norm(tail)
    tail[0] = 1
    heard = np.asarray(fftconvolve(0.5 * dry, tail))[: len(dry)]
    heard = np.asarray(lfilter(*butter(2, [120, 5200], "band", fs=rate), heard))
    heard = heard + 0.6 * np.asarray(lfilter(*iirpeak(900, 1.2, fs=rate), heard))
    hiss = np.asarray(lfilter([1], [1, -0.93], rng.standard_normal(len(dry))))
    return (heard + hiss * 10 ** (-58 / 20) / hiss.std()).astype(np.float32)


def truth_of(master: Path) -> dict[str, Any]:
    return json.loads(master.with_suffix(".truth.json").read_text())
