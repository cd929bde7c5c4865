"""The receipt of a personalised recording: what of it is the original's own, what was changed, by whom.

It lies beside the film as JSON. Whoever has the master can hold both files against it, packet by packet;
`retake verify` does so without believing it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from retake.assemble.receipt import file_hash
from retake.assemble.retakes import Piece, Spliced
from retake.assemble.sound_splice import SplicedSound
from retake.media.take import CodedPacket, Take

SCHEMA = "retake.take-receipt/1"
COMPOSITE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
"""IPTC's digital source type of a recording that a trained model has changed parts of."""

How = Literal["copy", "encode"]
Figure = float | int | str
SHORT = 16
"""Hexadecimal digits of a packet's SHA-256 that the list of packets keeps."""

_STRICT = ConfigDict(extra="forbid")


@checked(config=_STRICT, frozen=True, slots=True)
class FileFacts:
    """A file by its name and the SHA-256 of its bytes."""

    name: str
    sha256: str

    @classmethod
    def of(cls, path: Path) -> FileFacts:
        """Reads the file. Raises `OSError`."""
        return cls(path.name, file_hash(path))


@checked(config=_STRICT, frozen=True, slots=True)
class Alteration:
    """What was changed in frames [start, stop) of the master, in words, and by which provider.

    `generated` where a trained model made it: a cloned voice, a mended mouth; `heard` where the sound changes
    too.
    """

    segment: str
    start: int
    stop: int
    provider: str
    told: str
    generated: bool = False
    heard: bool = False


@checked(config=_STRICT, frozen=True, slots=True)
class SpanFacts:
    """A span of the film: frames of the picture, or samples of the sound, [start, stop), and seconds.

    `master` are the master's frames that stand there, None for the sound.
    """

    start: int
    stop: int
    seconds: tuple[float, float]
    how: How
    why: str
    changed: tuple[Alteration, ...] = ()
    master: tuple[int, int] | None = None


@checked(config=_STRICT, frozen=True, slots=True)
class RunFacts:
    """Packets [first, after) of the film are the master's packets from `source` on.

    `sha256` is the SHA-256 over the SHA-256 of each of them.
    """

    first: int
    after: int
    source: int
    sha256: str


@checked(config=_STRICT, frozen=True, slots=True)
class TrackFacts:
    """A track in decoding order. `hashes` has the first 16 digits of the SHA-256 of every copied packet."""

    codec: str
    packets: int
    copied: int
    runs: tuple[RunFacts, ...]
    spans: tuple[SpanFacts, ...]
    hashes: tuple[str, ...]


@checked(config=_STRICT, frozen=True, slots=True)
class Shares:
    """Parts of the film, 0 to 1, that are the master's own; `seconds` is how much of the picture is."""

    packets: float
    sound_packets: float | None
    frames: float
    pixels: float
    seconds: float


@checked(config=_STRICT, frozen=True, slots=True)
class Disclosure:
    """That trained models had a part in it (EU AI Act, article 50; IPTC digital source type)."""

    digital_source_type: str
    generated: tuple[str, ...]


@checked(config=_STRICT, frozen=True)
class TakeReceipt:
    """The whole film. `disclosure` is None where no trained model made any of it."""

    master: FileFacts
    output: FileFacts
    template: str
    shares: Shares
    video: TrackFacts
    sound: TrackFacts | None
    fallbacks: tuple[str, ...] = ()
    measures: dict[str, Figure] = field(default_factory=dict[str, Figure])
    consents: tuple[str, ...] = ()
    disclosure: Disclosure | None = None

    def to_json(self) -> str:
        return json.dumps({"schema": SCHEMA, **asdict(self)}, ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> TakeReceipt:
        """Raises `ValueError`, saying what is wrong, for what is no receipt of this kind."""
        try:
            raw = json.loads(text)
            if not isinstance(raw, dict) or raw.pop("schema", None) != SCHEMA:
                raise ValueError(f"it is not of the kind {SCHEMA}")
            return _ADAPTER.validate_python(raw)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            raise ValueError(f"its {place} is wrong: {first['msg']}") from error
        except (RecursionError, json.JSONDecodeError) as error:
            raise ValueError("it is not JSON") from error


_ADAPTER = TypeAdapter(TakeReceipt)


def make_take_receipt(
    take: Take,
    video: Spliced,
    sound: SplicedSound | None,
    *,
    master: FileFacts,
    output: FileFacts,
    template: str,
    alterations: Sequence[Alteration] = (),
    pixels_changed: float | None = None,
    fallbacks: Sequence[str] = (),
    measures: Mapping[str, Figure] | None = None,
    consents: Iterable[str] = (),
) -> TakeReceipt:
    """The receipt of a film that was made of `take`. Pure: it reads no file.

    `pixels_changed` is how many pixels of all frames lie under a patch; without it a frame that was encoded
    again counts as changed whole. `fallbacks` are those of the row; those of the splicing are added.
    """
    clock = _Clock(take, video)
    pictures = TrackFacts(
        take.video.codec if video.fallback is None else "h264",
        len(video.packets),
        sum(n is not None for n in video.kept),
        _runs(video.kept, video.hashes),
        tuple(_picture_span(piece, clock, alterations) for piece in video.spans),
        _shorts(video.kept, video.hashes),
    )
    frames = sum(span.stop - span.start for span in pictures.spans)
    area = take.size[0] * take.size[1] * max(frames, 1)
    share_frames = _share(pictures.spans)
    return TakeReceipt(
        master,
        output,
        template,
        Shares(
            _rounded(pictures.copied / max(pictures.packets, 1)),
            None if sound is None else _rounded(sound.share_kept),
            share_frames,
            share_frames if pixels_changed is None else _rounded(1 - pixels_changed / area),
            round(sum(s.seconds[1] - s.seconds[0] for s in pictures.spans if s.how == "copy"), 3),
        ),
        pictures,
        None if sound is None else _sound_facts(sound, clock, alterations),
        tuple(dict.fromkeys([*fallbacks, *filter(None, [video.fallback, sound and sound.fallback])])),
        dict(measures or {}),
        tuple(consents),
        disclosure(alterations),
    )


def disclosure(alterations: Iterable[Alteration]) -> Disclosure | None:
    """What to disclose of these changes; None where no trained model made any."""
    generated = tuple(f"{a.segment}: {a.told} ({a.provider})" for a in alterations if a.generated)
    return Disclosure(COMPOSITE, generated) if generated else None


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment of the film at which a segment's change is seen, in seconds."""

    segment: str
    seconds: float


def changed_moments(receipt: TakeReceipt) -> tuple[Moment, ...]:
    """For each segment that was changed the middle of its change, in the order of time: what a person looks
    at before the film is sent."""
    found: dict[str, tuple[int, Moment]] = {}
    for span in receipt.video.spans:
        if span.master is None:
            continue
        first, after = span.master
        for change in span.changed:
            start, stop = max(change.start, first), min(change.stop, after)
            part = ((start + stop) / 2 - first) / max(after - first, 1)
            seconds = span.seconds[0] + part * (span.seconds[1] - span.seconds[0])
            longest, _ = found.get(change.segment, (0, None))
            if stop - start > longest:
                found[change.segment] = stop - start, Moment(change.segment, round(seconds, 3))
    return tuple(sorted((moment for _, moment in found.values()), key=lambda m: (m.seconds, m.segment)))


class _Clock:
    """Seconds of the new film for its frames, and where the master's frames went in it."""

    def __init__(self, take: Take, video: Spliced) -> None:
        self._base, self._start = video.time_base, take.start
        shown = sorted((p for p in video.packets if not p.discard), key=lambda p: p.pts)
        self._ticks = [p.pts for p in shown] + [p.pts + p.duration for p in shown[-1:]]
        self._pieces = video.spans

    def seconds(self, frame: int) -> float:
        if not self._ticks:
            return 0.0
        tick = self._ticks[min(frame, len(self._ticks) - 1)]
        return round(float(tick * self._base - self._start), 6)

    def around(self, change: Alteration) -> tuple[float, float]:
        """Seconds of the film in which a change to the master's frames is seen or heard."""
        frames = [n for piece in self._pieces if _meets(change, piece) for n in self._within(change, piece)]
        return self.seconds(min(frames, default=0)), self.seconds(max(frames, default=0))

    @staticmethod
    def _within(change: Alteration, piece: Piece) -> tuple[int, int]:
        first, after = piece.frames
        if piece.span.how == "encode":
            return first, after
        moved = first - piece.span.start
        return max(change.start + moved, first), min(change.stop + moved, after)


def _meets(change: Alteration, piece: Piece) -> bool:
    return change.start < piece.span.stop and piece.span.start < change.stop


def _picture_span(piece: Piece, clock: _Clock, alterations: Sequence[Alteration]) -> SpanFacts:
    start, stop = piece.frames
    changed = tuple(a for a in alterations if piece.span.how == "encode" and _meets(a, piece))
    seconds = clock.seconds(start), clock.seconds(stop)
    master = piece.span.start, piece.span.stop
    return SpanFacts(start, stop, seconds, piece.span.how, piece.span.why, changed, master)


def _sound_facts(sound: SplicedSound, clock: _Clock, alterations: Sequence[Alteration]) -> TrackFacts:
    rate = sound.track.rate
    hashes = [_sha(packet) for packet in sound.packets]
    spans: list[SpanFacts] = []
    for span in sound.spans:
        seconds = round(float(Fraction(span.start, rate)), 6), round(float(Fraction(span.stop, rate)), 6)
        changed: tuple[Alteration, ...] = ()
        why = "nothing in it changes"
        if span.how == "encode":
            why = sound.fallback or "its samples change"
            heard = [(a, *clock.around(a)) for a in alterations if a.heard]
            changed = tuple(a for a, begin, end in heard if begin < seconds[1] and seconds[0] < end)
        spans.append(SpanFacts(span.start, span.stop, seconds, span.how, why, changed))
    copied = sum(n is not None for n in sound.kept)
    runs, shorts = _runs(sound.kept, hashes), _shorts(sound.kept, hashes)
    return TrackFacts(sound.track.codec, len(hashes), copied, runs, tuple(spans), shorts)


def _runs(kept: Sequence[int | None], hashes: Sequence[bytes]) -> tuple[RunFacts, ...]:
    runs: list[RunFacts] = []
    first = 0
    for n in range(1, len(kept) + 1):
        source, before = kept[n] if n < len(kept) else None, kept[n - 1]
        if before is not None and source == before + 1:
            continue
        origin = kept[first] if first < len(kept) else None
        if origin is not None:
            runs.append(RunFacts(first, n, origin, run_digest(hashes[first:n])))
        first = n
    return tuple(runs)


def run_digest(hashes: Iterable[bytes]) -> str:
    """The SHA-256 over the SHA-256 of each packet of a run."""
    return sha256(b"".join(hashes)).hexdigest()


def _shorts(kept: Sequence[int | None], hashes: Sequence[bytes]) -> tuple[str, ...]:
    return tuple(h.hex()[:SHORT] for n, h in zip(kept, hashes, strict=True) if n is not None)


def _sha(packet: CodedPacket) -> bytes:
    return sha256(packet.data).digest()


def _share(spans: Sequence[SpanFacts]) -> float:
    whole = sum(span.stop - span.start for span in spans)
    return _rounded(sum(span.stop - span.start for span in spans if span.how == "copy") / max(whole, 1))


def _rounded(share: float) -> float:
    return round(share, 6)
