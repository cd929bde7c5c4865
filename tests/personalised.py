"""A small recording with some frames and words taken again, and its receipt: made for real, in a second."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tests.films import RATE, moving, write_film

from retake.assemble.receipt import receipt_path
from retake.assemble.retakes import Edit, Spliced, splice
from retake.assemble.sound_splice import SoundEdit, SplicedSound, splice_sound
from retake.assemble.take_receipt import Alteration, FileFacts, TakeReceipt, make_take_receipt
from retake.media.picture import Picture
from retake.media.take import Take, read_take

FRAMES, KEYS, EDITED = 48, 8, (16, 22)
SOUND_EDITED = (38_500, 45_000)
VOICE = Alteration("greeting", 16, 22, "espeak", "said: Hello Ada!", generated=True, heard=True)
LOGO = Alteration("logo", 18, 20, "retake", "picture replaced", generated=False)


@dataclass(frozen=True)
class Personalised:
    """The master, the film made of it, and everything between."""

    master: Path
    film: Path
    take: Take
    video: Spliced
    sound: SplicedSound
    receipt: TakeReceipt


def write_master(folder: Path) -> Path:
    rng = np.random.default_rng(1)
    count = FRAMES * RATE // 25
    time = np.arange(count) / RATE
    voice = 0.1 * np.sin(2 * np.pi * 180 * time) * (1 + np.sin(9 * time)) + 0.01 * rng.normal(size=count)
    sound = np.stack([voice, voice], 1).astype(np.float32)
    return write_film(folder / "master.mp4", moving(FRAMES), sound=sound, keys=KEYS)


def brighten(n: int, picture: Picture) -> None:
    picture.y[20:60, 20:60] = 235 - n % 16


def personalise(folder: Path) -> Personalised:
    """Writes master.mp4, film.mp4 and the film's receipt."""
    master, film = write_master(folder), folder / "film.mp4"
    take = read_take(master)
    assert take.audio is not None
    video = splice(take, [Edit(*EDITED, brighten)], preset="ultrafast")
    start, stop = SOUND_EDITED
    new = np.full((stop - start, 2), 0.05, np.float32)
    sound = splice_sound(take.audio, [SoundEdit(start, stop, new)], start=take.start)
    video.write(film, take, sound.packets)
    receipt = make_take_receipt(
        take,
        video,
        sound,
        master=FileFacts.of(master),
        output=FileFacts.of(film),
        template="demo_v1",
        alterations=[VOICE, LOGO],
        pixels_changed=40 * 40 * 6,
        fallbacks=["logo: its colours were limited"],
        measures={"noise_floor_step_db": 0.2},
        consents=["consent-1"],
    )
    receipt_path(film).write_text(receipt.to_json(), encoding="utf-8")
    return Personalised(master, film, take, video, sound, receipt)
