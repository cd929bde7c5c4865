"""The receipt: what each span of a finished film shows, and whether it was copied or encoded.

It lies beside the film as JSON. With it a film is a master: the next render of the same document copies the
packets of every span that shows the same pictures. The receipt is believed only if the film's own hash is the
one it records.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Any, Literal

from retake.media.encode import VideoSettings

SCHEMA = "retake.receipt/1"


@dataclass(frozen=True, slots=True)
class Record:
    """A span [start, end) of frames: its identity, how it came, its packets' SHA-256."""

    start: int
    end: int
    identity: str
    how: Literal["copy", "encode"]
    sha256: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """The whole film: its file's SHA-256, how it was encoded, its spans."""

    file: str
    sha256: str
    settings: dict[str, Any]
    records: tuple[Record, ...]

    @property
    def frames_copied(self) -> int:
        return sum(r.end - r.start for r in self.records if r.how == "copy")

    @property
    def frames(self) -> int:
        return sum(r.end - r.start for r in self.records)

    def to_json(self) -> str:
        share = self.frames_copied / self.frames if self.frames else 0.0
        body = {"schema": SCHEMA, **asdict(self), "frames": self.frames, "share_copied": round(share, 4)}
        return json.dumps(body, indent=2)


@dataclass(frozen=True, slots=True)
class Master:
    """A finished film whose receipt holds."""

    path: Path
    records: tuple[Record, ...]


def receipt_path(film: Path) -> Path:
    return film.with_suffix(film.suffix + ".receipt.json")


def described(settings: VideoSettings, codec: str) -> dict[str, Any]:
    """The settings as the receipt keeps them: what must be equal for packets to be joined."""
    return {
        "encoder": settings.encoder,
        "codec": codec,
        "size": list(settings.size),
        "rate": str(settings.rate),
        "options": settings.options(),
    }


def read_master(film: Path, settings: dict[str, Any]) -> Master | None:
    """The film as a master for these settings; None where it is absent, changed or encoded otherwise."""
    try:
        raw = json.loads(receipt_path(film).read_text(encoding="utf-8"))
        records = tuple(Record(**r) for r in raw["records"])
        if raw["schema"] != SCHEMA or raw["settings"] != settings or raw["sha256"] != file_hash(film):
            return None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Master(film, records)


def file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
