"""The font that comes with Retake: Inter in five weights, under the SIL Open Font License (OFL.txt)."""

from __future__ import annotations

from pathlib import Path

DIRECTORY = Path(__file__).parent
