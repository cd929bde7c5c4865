"""Whether a film is a recording with parts of it taken again: both files' packets, held against each other.

Enters: the master and the film. Leaves: which packets, frames and seconds are the master's own, and whether
the receipt beside the film tells the truth about them. It is not believed: all is found in the files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Literal

from retake.assemble.receipt import file_hash, receipt_path
from retake.assemble.take_receipt import SHORT, TakeReceipt, TrackFacts, run_digest
from retake.media.take import AudioTrack, CodedPacket, Take, VideoTrack, read_take
from retake.produce.alignment import align

_TOLERANCE = 1e-5  # of a share: what rounding in the receipt may change

Standing = Literal["holds", "wrong", "absent"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Seconds [start, stop) of the film, and whether they are the master's own."""

    start: float
    stop: float
    identical: bool


@dataclass(frozen=True, slots=True)
class TrackMatch:
    """A track of the film: how many of its packets the master has too, in the same order."""

    packets: int
    identical: int
    stretches: tuple[Stretch, ...]
    pairs: dict[int, int] = field(repr=False)

    @property
    def share(self) -> float:
        return self.identical / self.packets if self.packets else 0.0

    @property
    def changed(self) -> tuple[Stretch, ...]:
        return tuple(stretch for stretch in self.stretches if not stretch.identical)


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found. A frame counts as identical where all that it is decoded from is the master's own.

    `faults` are what the receipt says and the files do not.
    """

    master: Path
    output: Path
    duration: float
    frames: int
    frames_identical: int
    video: TrackMatch
    sound: TrackMatch | None
    receipt: Standing
    faults: tuple[str, ...] = ()

    @property
    def share_frames(self) -> float:
        return self.frames_identical / self.frames if self.frames else 0.0

    @property
    def true(self) -> bool:
        """Whether no receipt tells anything else than the files do."""
        return self.receipt != "wrong"


def verify(master: Path, output: Path) -> Verification:
    """Compares a film with the recording that it was made of. Raises `MediaError` for a file that cannot be
    read as one."""
    original, film = read_take(master), read_take(output)
    pairs = align(original.video.hashes, film.video.hashes)
    if original.video.extradata != film.video.extradata:
        pairs = {}  # the same bytes under other parameter sets are other pictures
    own = _frames(original.video, film.video, pairs)
    shown = [n for n, packet in enumerate(film.video.packets) if not packet.discard]
    video = _match(film, film.video, pairs, own)
    sound = _sound(original.audio, film) if film.audio else None
    standing, faults = _held_against(original, film)
    return Verification(
        master,
        output,
        float(film.duration),
        len(shown),
        len(own.intersection(shown)),
        video,
        sound,
        standing,
        tuple(faults),
    )


def _frames(master: VideoTrack, film: VideoTrack, pairs: dict[int, int]) -> set[int]:
    """The film's packets that decode to the master's pictures: theirs, and all since the last refresh."""
    refreshes, before = set(film.refreshes), set(master.refreshes)
    found: set[int] = set()
    for n in range(len(film.packets)):
        source = pairs.get(n)
        if source is None:
            continue
        follows = n - 1 in found and pairs[n - 1] == source - 1
        if follows or (n in refreshes and source in before):
            found.add(n)
    return found


def _sound(master: AudioTrack | None, film: Take) -> TrackMatch:
    assert film.audio is not None
    same = master is not None and master.extradata == film.audio.extradata
    pairs = align(_hashes(master.packets), _hashes(film.audio.packets)) if master and same else {}
    return _match(film, film.audio, pairs, set(pairs))


def _hashes(packets: Sequence[CodedPacket]) -> list[bytes]:
    return [sha256(packet.data).digest() for packet in packets]


def _match(film: Take, track: VideoTrack | AudioTrack, pairs: dict[int, int], own: set[int]) -> TrackMatch:
    """A track's packets, and what is seen or heard of them as stretches of time."""
    order = sorted(range(len(track.packets)), key=lambda n: track.packets[n].pts)
    stretches: list[Stretch] = []
    for n in order:
        packet = track.packets[n]
        start, stop = (
            float(max(tick * track.time_base - film.start, Fraction(0)))
            for tick in (packet.pts, packet.pts + packet.duration)
        )
        if packet.discard or stop <= start:
            continue
        if stretches and stretches[-1].identical == (n in own):
            stretches[-1] = Stretch(stretches[-1].start, stop, stretches[-1].identical)
        else:
            stretches.append(Stretch(start, stop, n in own))
    return TrackMatch(len(track.packets), len(pairs), tuple(stretches), pairs)


def _held_against(master: Take, film: Take) -> tuple[Standing, list[str]]:
    """The receipt beside the film, and what in it is not so."""
    try:
        receipt = TakeReceipt.from_json(receipt_path(film.path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return "absent", []
    except (OSError, ValueError) as error:
        return "wrong", [f"the receipt cannot be read: {error}"]
    faults: list[str] = []
    if receipt.output.sha256 != file_hash(film.path):
        faults.append("the film was altered after its receipt was written")
    if receipt.master.sha256 != file_hash(master.path):
        faults.append(f"the receipt is of another master, {receipt.master.name}: compare with that file")
    faults += _track_faults("video", receipt.video, master.video.hashes, film.video.hashes)
    if (receipt.sound is None) != (film.audio is None):
        faults.append("the receipt and the film do not agree on whether there is sound")
    elif receipt.sound and film.audio:
        original = _hashes(master.audio.packets) if master.audio else []
        faults += _track_faults("sound", receipt.sound, original, _hashes(film.audio.packets))
    faults += _share_faults(receipt, master.video, film.video)
    return ("wrong" if faults else "holds"), faults


def _track_faults(name: str, facts: TrackFacts, master: Sequence[bytes], film: Sequence[bytes]) -> list[str]:
    """What a receipt says of a track's packets and is not so."""
    faults: list[str] = []
    if facts.packets != len(film):
        faults.append(f"{name}: the receipt has {facts.packets} packets, the film {len(film)}")
    listed, done = list(facts.hashes), 0
    for run in facts.runs:
        count = run.after - run.first
        if count <= 0 or run.first < done or run.after > len(film) or run.source < 0:
            faults.append(f"{name}: packets {run.first} to {run.after} are no run of the film's")
            break
        here, there = film[run.first : run.after], master[run.source : run.source + count]
        stated, listed, done = listed[:count], listed[count:], run.after
        if list(here) != list(there):
            wrong = next((n for n, (a, b) in enumerate(zip(here, there, strict=False)) if a != b), len(there))
            faults.append(
                f"{name}: packet {run.first + wrong} is said to be the master's packet "
                f"{run.source + wrong}, and is not"
            )
        if stated != [digest.hex()[:SHORT] for digest in here] or run.sha256 != run_digest(here):
            faults.append(f"{name}: the hashes of packets {run.first} to {run.after} are not the film's")
    copied = sum(max(run.after - run.first, 0) for run in facts.runs)
    if facts.copied != copied or len(facts.hashes) != copied:
        faults.append(f"{name}: {facts.copied} packets are said to be copied, {copied} are named")
    return faults


def _share_faults(receipt: TakeReceipt, master: VideoTrack, film: VideoTrack) -> list[str]:
    """Shares and frames that are not what the receipt's own packets come to."""
    shares, pictures = receipt.shares, receipt.video
    copied = sum(s.stop - s.start for s in pictures.spans if s.how == "copy")
    total = sum(s.stop - s.start for s in pictures.spans)
    stated = {
        "packets": (shares.packets, pictures.copied / max(pictures.packets, 1)),
        "frames": (shares.frames, copied / max(total, 1)),
    }
    if receipt.sound and shares.sound_packets is not None:
        stated["sound packets"] = shares.sound_packets, receipt.sound.copied / max(receipt.sound.packets, 1)
    faults = [
        f"the share of {name} is said to be {said:.4%}, and is {found:.4%}"
        for name, (said, found) in stated.items()
        if abs(said - found) > _TOLERANCE
    ]
    pairs = {run.first + n: run.source + n for run in pictures.runs for n in range(run.after - run.first)}
    pairs = {n: source for n, source in pairs.items() if n < len(film.packets)}
    own = [n for n in _frames(master, film, pairs) if not film.packets[n].discard]
    if total != len(film.times):
        faults.append(f"the receipt has {total} frames, the film {len(film.times)}")
    if copied > len(own):
        faults.append(f"{copied} frames are said to be copied, and {len(own)} are the master's own")
    if not shares.frames - _TOLERANCE <= shares.pixels <= 1:
        faults.append(
            f"the share of pixels is said to be {shares.pixels:.4%}: no less than the frames' can be"
        )
    return faults
