"""The recording as a template: what of it differs, eight people to make it for, and their companies' logos.

Leaves `template.json`, `rows.csv` and `logos/` beside a recording. Times and boxes come from its truth.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from presenter.film import Kind, make_recording
from presenter.logos import COMPANIES, draw_logo
from presenter.performance import Performance, Quad, Truth
from presenter.sound import REVERB

ROWS = (
    ("Jonathan", "Jonathan Reed", "Bluepeak"),
    ("Zoë", "Zoë Lindqvist", "Fernhill"),
    ("Priya", "Priya Raman", "Solstice"),
    ("Mateus", "Mateus Oliveira", "Kestrel"),
    ("Amélie", "Amélie Fournier", "Bluepeak"),
    ("Kwame", "Kwame Mensah", "Fernhill"),
    ("Bo", "Bo Li", "Solstice"),
    ("Alexandra", "Alexandra Konstantinou", "Kestrel"),
)
_NAMED = (("greeting", "Maria", "{client_name}"), ("company", "Northwind", "{company_name}"))
_AROUND = 0.10
"""Seconds of pause that a slot takes in on either side of its sentence."""


def write_example(
    folder: Path, performance: Performance | None = None, kind: Kind = "phone", *, threads: int = 1
) -> Truth:
    """All of it: master.mp4, master.truth.json, template.json, rows.csv and logos/ in `folder`."""
    performance = performance or Performance()
    folder.mkdir(parents=True, exist_ok=True)
    truth = make_recording(folder / "master.mp4", performance, kind, threads=threads)
    write_template(folder / "template.json", truth, performance, "master.mp4")
    write_logos(folder / "logos")
    write_rows(folder / "rows.csv")
    return truth


def write_template(target: Path, truth: Truth, performance: Performance, video: str) -> dict[str, Any]:
    """The template of a recording of the usual script; `video` is its path from the template's folder."""
    template = {
        "id": "welcome_v1",
        "name": "Welcome, drawn presenter",
        "base_video_path": video,
        "voice_id": f"espeak:{performance.voice}",
        "voice_segments": list(_voice_segments(truth)),
        "visual_segments": [
            {"id": "name_card", "segment_type": "text", **_where(truth, "name"), "text": "{full_name}"},
            {"id": "logo", "segment_type": "image", **_where(truth, "logo"), "placeholder_key": "logo"},
        ],
        "language": "en",
        "presenter": "presenter",
        "transcript": " ".join(line.text for line in truth.lines),
        "voice_rate": performance.voice_rate,
        "voice_pitch": performance.voice_pitch,
        "reverb": REVERB,
    }
    target.write_text(json.dumps(template, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return template


def write_rows(target: Path) -> None:
    """Eight people; logos are paths from the table's folder."""
    with target.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("client_name", "full_name", "company_name", "logo"))
        table.writerows((*row, f"logos/{row[2].lower()}.png") for row in ROWS)


def write_logos(folder: Path) -> None:
    """Every company's logo, on a transparent ground."""
    folder.mkdir(parents=True, exist_ok=True)
    for company in COMPANIES:
        draw_logo(company, (1020, 280)).save(folder / f"{company.lower()}.png")


def _voice_segments(truth: Truth) -> Iterator[dict[str, Any]]:
    """The lines that name somebody; a recording cut short may lack them."""
    for identity, said, field in _NAMED:
        line = next((line for line in truth.lines if said in line.text), None)
        if line is not None:
            yield {
                "id": identity,
                "start_time": round(line.start - _AROUND, 3),
                "end_time": round(line.end + _AROUND, 3),
                "template_text": line.text.replace(said, field),
                "original_text": line.text,
            }


def _welcomed(truth: Truth) -> float:
    """How long the welcome is on the screen, in seconds."""
    return next((frame.time for frame in truth.frames if frame.slide >= 0), len(truth.frames) / truth.rate)


def _where(truth: Truth, card: str) -> dict[str, float]:
    """While the welcome is shown, and the box round the card in the first frame, in fractions of it."""
    corners: Quad = getattr(truth.frames[0], card)
    xs, ys = [x / truth.size[0] for x, _ in corners], [y / truth.size[1] for _, y in corners]
    return {
        "start_time": 0.0,
        "end_time": round(_welcomed(truth), 3),
        "x": round(min(xs), 4),
        "y": round(min(ys), 4),
        "width": round(max(xs) - min(xs), 4),
        "height": round(max(ys) - min(ys), 4),
    }
