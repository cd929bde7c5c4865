"""The pictures of the documentation, out of a real master and its variants.

    python -m presenter.pictures MASTER VARIANT... -o DIR --name NAME [--at SECONDS]

`retake.jpg`: the original, the first variant, and what differs between them. `retake_row.jpg`: the same
moment of four variants. The difference is that of the decoded frames, everywhere: nothing is masked, and only
what encoding the same picture twice gives, up to `_QUIET`, is left out.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from retake import fonts
from retake.media.take import TakeReader

Picture = NDArray[np.uint8]
_WIDTH, _GAP, _BAR, _BIG = 1200, 12, 34, 2
_QUIET = 14
"""Levels of 255 below which two frames are taken as equal: encoding the same picture twice gives as much."""
_INK, _GREY, _TEAL, _HOT = (24, 39, 66), (104, 122, 142), (31, 122, 140), (255, 92, 40)


def main() -> None:
    parser = argparse.ArgumentParser(prog="presenter.pictures", description=__doc__)
    parser.add_argument("master", type=Path)
    parser.add_argument("variants", type=Path, nargs="+")
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--name", required=True, help="whom the first variant is for")
    parser.add_argument("--at", type=float, default=1.01, help="seconds of the master")
    options = parser.parse_args()
    original = frame_of(options.master, options.at)
    variants = [frame_of(path, options.at) for path in options.variants]
    taken_again = f"{share(original, variants[0]):.1%} of the pixels"
    panels = [
        (original, "The recording", ""),
        (variants[0], f"Made for {options.name}", "in the same take"),
        (difference(original, variants[0]), "What was taken again", taken_again),
    ]
    panels = [(_closer(picture), label, remark) for picture, label, remark in panels]
    save(in_columns(panels, 3), options.out / "retake.jpg")
    save(in_columns([(variant, "", "") for variant in variants[:4]], 2), options.out / "retake_row.jpg")


def frame_of(path: Path, seconds: float) -> Picture:
    """The picture shown at that time: (h, w, 3) sRGB."""
    with TakeReader(path) as reader:
        n = reader.take.frame_at(seconds)
        return next(iter(reader.rgb(n, n + 1)))


def _changed(before: Picture, after: Picture) -> NDArray[np.float32]:
    """How much each pixel differs, 0 to 255, less the grain of coding."""
    apart = cv2.absdiff(before, after).max(2).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(apart, (0, 0), 1.0), np.float32)


def share(before: Picture, after: Picture) -> float:
    return float((_changed(before, after) > _QUIET).mean())


def difference(before: Picture, after: Picture) -> Picture:
    """The original in pale grey; what differs glows, the more the further it is apart."""
    grey = cv2.cvtColor(before, cv2.COLOR_RGB2GRAY).astype(np.float32)[..., None]
    pale = 176 + 0.36 * (grey - 128) + np.zeros(3, np.float32)
    glow = np.clip((_changed(before, after) - _QUIET) / 40, 0, 1)[..., None]
    return (pale + (np.array(_HOT, np.float32) - pale) * glow).astype(np.uint8)


def _closer(picture: Picture) -> Picture:
    """The part with the presenter and the screen."""
    height, width = picture.shape[:2]
    return picture[round(0.05 * height) : round(0.91 * height), round(0.11 * width) : round(0.97 * width)]


def in_columns(panels: list[tuple[Picture, str, str]], columns: int) -> Image.Image:
    """Pictures beside and below each other, each over its label and a grey remark."""
    width = (_WIDTH * _BIG - _GAP * _BIG * (columns - 1)) // columns
    height = round(width * panels[0][0].shape[0] / panels[0][0].shape[1])
    bar = _BAR * _BIG if any(label for _, label, _ in panels) else 0
    rows = -(-len(panels) // columns)
    whole = (height + bar) * rows + _GAP * _BIG * (rows - 1)
    sheet = Image.new("RGB", (_WIDTH * _BIG, whole), (255, 255, 255))
    pen = ImageDraw.Draw(sheet)
    for k, (picture, label, remark) in enumerate(panels):
        left = (k % columns) * (width + _GAP * _BIG)
        top = (k // columns) * (height + bar + _GAP * _BIG)
        sheet.paste(Image.fromarray(picture).resize((width, height), Image.Resampling.LANCZOS), (left, top))
        middle = top + height + bar // 2 + 2 * _BIG
        pen.text((left + 2, middle), label, font=_font("SemiBold"), fill=_INK, anchor="lm")
        after = left + 2 + pen.textlength(f"{label}  ", font=_font("SemiBold"))
        pen.text((after, middle), remark, font=_font("Regular"), fill=_GREY, anchor="lm")
    return sheet.resize((_WIDTH, round(whole / _BIG)), Image.Resampling.LANCZOS)


def save(picture: Image.Image, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    picture.save(target, quality=88, optimize=True, progressive=True)


def _font(weight: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(Path(fonts.__file__).with_name(f"Inter-{weight}.ttf")), 15 * _BIG)


if __name__ == "__main__":
    main()
