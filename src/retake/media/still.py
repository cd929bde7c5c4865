"""Read a still picture from outside into sRGB pixels.

The content decides what a file is, not its name; only raster formats that refer to nothing outside themselves
are accepted (no SVG, EPS or PDF). Size is checked before anything is decoded, so a small file that unpacks to
gigabytes is refused at once.
"""

from __future__ import annotations

import struct
from collections.abc import Generator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps, PngImagePlugin, TiffImagePlugin, WebPImagePlugin

from retake.errors import MediaError
from retake.media.png import chunks, is_whole, pixels_of
from retake.media.source import plain_file

MAX_PIXELS = 89_000_000  # some 9400 x 9400; Pillow itself warns above it

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP")
# Pillow loads all of its forty plugins for a format that it does not know yet, as it would not know these.
_PLUGINS = (TiffImagePlugin, WebPImagePlugin)
ORIENTATION = 0x0112  # the EXIF tag (EXIF 2.32, table 4)
SIDEWAYS = (5, 6, 7, 8)  # its values for a picture that lies on its side
_TAGS = (b"eXIf", b"iTXt", b"tEXt", b"zTXt")
_ROWS = 64
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, OverflowError, struct.error)
_TOO_LARGE = (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError)


def read_still(
    path: Path, *, max_pixels: int = MAX_PIXELS, target: tuple[int, int] | None = None
) -> NDArray[np.uint8]:
    """Pixels as sRGB uint8 (height, width, 3), or 4 with straight alpha if the file has any.

    Turned upright by its EXIF orientation; the first frame if animated; an embedded ICC profile converted to
    sRGB (perceptual), and ignored if it cannot be used. CMYK without a profile is taken as the complement
    of RGB; 16-bit samples are scaled to 8. `target` (width, height) allows a large JPEG to be decoded at 1/2,
    1/4 or 1/8 of its size, never below the target.

    Raises `MediaError` naming the file if it is missing, cut off, of no accepted kind, or above `max_pixels`.
    """
    with open_still(path, max_pixels=max_pixels) as image:
        if target is not None:
            lying = orientation_of(image, path) in SIDEWAYS
            image.draft(None, target[::-1] if lying else target)  # pyright: ignore[reportArgumentType]
        if (samples := _plain_png(image, path)) is not None:
            return samples
        image.load()
        ImageOps.exif_transpose(image, in_place=True)
        return np.ascontiguousarray(_to_srgb(image))


@contextmanager
def open_still(path: Path, *, max_pixels: int = MAX_PIXELS) -> Generator[Image.Image, None, None]:
    """The picture opened but not decoded. Failures inside the block become `MediaError` too."""
    file = plain_file(path)
    try:
        with Image.open(file, formats=FORMATS) as image:
            width, height = image.size
            if width * height > max_pixels:
                raise _too_large(path, f"{width}x{height} pixels", max_pixels)
            yield image
    except _TOO_LARGE as error:
        raise _too_large(path, "this picture", max_pixels) from error
    except Image.UnidentifiedImageError as error:
        raise MediaError(
            "this is no picture of an accepted kind",
            place=str(path),
            remedy="give a JPEG, PNG, WebP, GIF, TIFF or BMP file",
        ) from error
    except _BROKEN as error:
        raise MediaError(
            f"the picture is broken: {error}", place=str(path), remedy="export or copy it again"
        ) from error


def orientation_of(image: Image.Image, path: Path) -> int:
    """How the picture that was opened from `path` lies: the EXIF tag's value, 1 (upright) to 8.

    Pillow would decode a whole PNG to learn it, as tags may follow the pixels; only a file in which something
    does, or that seems to be cut off, is decoded here.
    """
    if image.format == "PNG" and not _tags_follow(path):
        return Image.Image.getexif(image).get(ORIENTATION, 1)
    return image.getexif().get(ORIENTATION, 1)


def _tags_follow(png: Path) -> bool:
    """Whether text or EXIF follows a PNG's pixels, or its chunks have no proper end."""
    pixels = False
    with png.open("rb") as file:
        for kind, _, _ in chunks(file):
            if kind == b"IEND":
                return False
            pixels = pixels or kind == b"IDAT"
            if pixels and kind in _TAGS:
                return True
    return True


def _plain_png(image: Image.Image, path: Path) -> NDArray[np.uint8] | None:
    """The samples of a whole PNG of 8 bits that says nothing but its pixels, as Retake itself writes them:
    OpenCV takes half of Pillow's time. None for any other file: of what is wrong with one, Pillow tells."""
    if not isinstance(image, PngImagePlugin.PngImageFile) or not image.tile:
        return None
    tile = image.tile[0][3]
    if tile not in ("RGB", "RGBA") or tile != image.mode or image.info:
        return None
    data = path.read_bytes()
    pixels = pixels_of(data) if is_whole(data) else None
    return pixels if pixels is not None and pixels.shape[:2] == image.size[::-1] else None


def _too_large(path: Path, what: str, max_pixels: int) -> MediaError:
    remedy = f"scale it to at most {max_pixels // 1_000_000} megapixels"
    return MediaError(f"{what}: too large to be read safely", place=str(path), remedy=remedy)


def _to_srgb(image: Image.Image) -> NDArray[np.uint8]:
    if image.mode.startswith("I"):
        return _from_deep(np.asarray(image, dtype=np.float64) / 65535)
    if image.mode == "F":
        return _from_deep(np.asarray(image, dtype=np.float64))
    if image.has_transparency_data:
        straight = image if image.mode == "RGBA" else image.convert("RGBA")
        if not image.info.get("icc_profile"):
            return _samples(straight)
        colour = _apply_profile(straight.convert("RGB"), image)
        return np.dstack([np.asarray(colour), np.asarray(straight.getchannel("A"))])
    return _samples(_apply_profile(image, image))


def _samples(image: Image.Image) -> NDArray[np.uint8]:
    """The samples (h, w, channels), by bands of rows: Pillow copies twice whatever it hands out."""
    samples = np.empty((image.height, image.width, len(image.getbands())), np.uint8)
    for top in range(0, image.height, _ROWS):
        bottom = min(top + _ROWS, image.height)
        samples[top:bottom] = np.asarray(image.crop((0, top, image.width, bottom)))
    return samples


def _from_deep(grey: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Grey samples from 0 to 1 of more than 8 bits, as RGB."""
    codes = np.rint(np.clip(np.nan_to_num(grey), 0, 1) * 255).astype(np.uint8)
    return np.repeat(codes[..., None], 3, axis=2)


def _apply_profile(image: Image.Image, source: Image.Image) -> Image.Image:
    """`image` in sRGB, by the ICC profile of the `source` that it was taken from, if that can be used."""
    profile = source.info.get("icc_profile")
    if image.mode in ("1", "P", "PA", "La", "RGBa", "RGBX"):
        image = image.convert("RGB")
    if image.mode == "LAB":
        return _convert(image, _built_in("LAB"))
    if profile and source.mode != "LA":
        try:
            return _convert(image, ImageCms.ImageCmsProfile(BytesIO(profile)))
        except (ImageCms.PyCMSError, OSError):
            pass
    return image if image.mode == "RGB" else image.convert("RGB")


def _convert(image: Image.Image, profile: ImageCms.ImageCmsProfile) -> Image.Image:
    converted = ImageCms.profileToProfile(image, profile, _built_in("sRGB"), outputMode="RGB")
    assert converted is not None  # it is None only where a picture is changed in place
    return converted


def _built_in(space: Literal["LAB", "sRGB"]) -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(space))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
