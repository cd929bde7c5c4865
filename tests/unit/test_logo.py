"""A user's logo: every kind of picture is read, and everything else refused with a way out."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from retake.errors import MediaError
from retake.media.logo import check_logo, read_logo

WIDTH, HEIGHT = 96, 64
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/hostname"/></svg>'


@pytest.fixture
def logo() -> Image.Image:
    """A red disc on nothing, with a blue bar at the left."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    disc = (x - 60) ** 2 + (y - 32) ** 2 < 24**2
    pixels = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    pixels[disc] = (220, 30, 40, 255)
    pixels[:, :12] = (20, 40, 200, 255)
    return Image.fromarray(pixels)


def shows(pixels: np.ndarray, tolerance: int = 6) -> bool:
    """Whether the disc and the bar have their colours."""
    disc, bar = pixels[32, 60].astype(int), pixels[20, 5].astype(int)
    apart = np.abs(np.stack([disc - (220, 30, 40, 255), bar - (20, 40, 200, 255)]))
    return pixels.dtype == np.uint8 and pixels.shape == (HEIGHT, WIDTH, 4) and bool(apart.max() <= tolerance)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF", "GIF"])
def test_transparency_is_kept_straight(logo: Image.Image, tmp_path: Path, kind: str):
    path = tmp_path / "logo"
    logo.save(path, kind, lossless=True)
    pixels = read_logo(path)
    assert shows(pixels)
    assert pixels[0, 90, 3] == 0
    assert check_logo(path) == ()


@pytest.mark.parametrize("kind", ["JPEG", "BMP", "PNG"])
def test_what_has_no_transparency_is_opaque(logo: Image.Image, tmp_path: Path, kind: str):
    path = tmp_path / "logo"
    logo.convert("RGB").save(path, kind, quality=98, subsampling=0)
    pixels = read_logo(path)
    assert shows(pixels, 8)
    assert (pixels[..., 3] == 255).all()


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_is_converted(logo: Image.Image, tmp_path: Path, kind: str):
    path = tmp_path / "logo"
    logo.convert("RGB").convert("CMYK").save(path, kind, quality=98)
    assert shows(read_logo(path), 12)


def test_an_embedded_profile_is_followed(logo: Image.Image, tmp_path: Path):
    plain = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = plain.replace(b"rXYZ", b"tmp_").replace(b"bXYZ", b"rXYZ").replace(b"tmp_", b"bXYZ")
    path = tmp_path / "logo.png"
    Image.new("RGBA", (64, 64), (255, 0, 0, 128)).save(path, icc_profile=swapped)
    assert np.abs(read_logo(path)[0, 0].astype(int) - (0, 0, 255, 128)).max() <= 2


def test_palettes_and_sixteen_bits_are_read(logo: Image.Image, tmp_path: Path):
    path = tmp_path / "logo.png"
    logo.convert("P", palette=Image.Palette.ADAPTIVE, colors=8).convert("RGBA").quantize(8).save(path)
    assert shows(read_logo(path), 12)
    Image.fromarray(np.full((64, 64), 0x8000, np.uint16)).save(path)
    assert np.abs(read_logo(path)[0, 0].astype(int) - (128, 128, 128, 255)).max() <= 1


def test_an_exif_turn_is_followed(logo: Image.Image, tmp_path: Path):
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its left side
    path = tmp_path / "logo.jpg"
    logo.convert("RGB").transpose(Image.Transpose.ROTATE_90).save(path, exif=exif, quality=98, subsampling=0)
    assert shows(read_logo(path), 8)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_frame_is_used_with_a_warning(logo: Image.Image, tmp_path: Path, kind: str):
    path = tmp_path / "logo"
    later = Image.new("RGBA", logo.size, "lime")
    logo.save(path, kind, save_all=True, append_images=[later, later], duration=100, lossless=True)
    assert shows(read_logo(path))
    (problem,) = check_logo(path)
    assert problem.warning
    assert "animated" in problem.message


@pytest.mark.parametrize(
    ("content", "what", "remedy"),
    [
        (SVG, "SVG", "export it as PNG"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- made by hand -->\n' + SVG, "SVG", "export it as PNG"),
        (gzip.compress(SVG, mtime=0), "SVGZ", "export it as PNG"),
        (b"\n<!DOCTYPE html><html><body>404</body></html>", "web page", "save the picture itself"),
        (b"<html><svg></svg></html>", "web page", "save the picture itself"),
        (b"%PDF-1.7\n", "PDF", "export it as PNG"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "PostScript", "export it as PNG"),
        (b"8BPS\x00\x01", "Photoshop", "export it as PNG"),
        (b"\x00\x00\x00\x20ftypheic", "HEIC", "export it as PNG"),
        (b"\x00\x00\x00\x20ftypisom", "film", "frame"),
        (b'{"error": "not found"}', "text", "downloaded"),
        (b"words", "no picture", "PNG"),
    ],
)
def test_what_only_has_a_pictures_name_is_told_by_its_content(
    tmp_path: Path, content: bytes, what: str, remedy: str
):
    path = tmp_path / "logo.png"
    path.write_bytes(content)
    error = refused(path)
    assert what in error.message
    assert remedy in error.remedy


def test_huge_pictures_are_refused_before_they_are_decoded(tmp_path: Path):
    for name, (width, height) in {"square": (20_000, 20_000), "strip": (20_000, 10)}.items():
        header = b"IHDR" + width.to_bytes(4) + height.to_bytes(4) + bytes([1, 0, 0, 0, 0])
        data = b"IDAT" + zlib.compress(bytes(20))
        chunks = (len(part[4:]).to_bytes(4) + part + zlib.crc32(part).to_bytes(4) for part in (header, data))
        path = tmp_path / f"{name}.png"
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))
        assert "too large" in refused(path).message


def test_a_single_pixel_is_refused_and_a_small_logo_warned_of(tmp_path: Path):
    path = tmp_path / "logo.png"
    Image.new("RGB", (1, 1), "red").save(path)
    assert "1x1 pixels: too small" in refused(path).message
    Image.new("RGB", (32, 20), "red").save(path)
    assert read_logo(path).shape == (20, 32, 4)
    (problem,) = check_logo(path)
    assert problem.warning
    assert "coarse" in problem.message


def test_an_invisible_logo_is_refused(tmp_path: Path):
    path = tmp_path / "logo.png"
    Image.new("RGBA", (64, 64), (255, 0, 0, 0)).save(path)
    assert "transparent" in refused(path).message


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_cut_off_is_refused(tmp_path: Path, kind: str):
    path = tmp_path / "logo"
    noise = np.random.default_rng(5).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(path, kind)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    refused(path)


def test_missing_and_empty_files_are_refused(tmp_path: Path):
    assert "no such file" in refused(tmp_path / "none.png").message
    (tmp_path / "empty.png").touch()
    assert "empty" in refused(tmp_path / "empty.png").message


def test_a_large_logo_is_scaled_down_and_its_edges_keep_their_colour(tmp_path: Path):
    large = np.zeros((600, 1200, 4), np.uint8)
    large[..., :3] = (0, 255, 0)  # hidden
    large[100:500, 201:999] = (200, 0, 0, 255)
    path = tmp_path / "logo.png"
    Image.fromarray(large).save(path)
    pixels = read_logo(path, longest=100)
    assert pixels.shape == (50, 100, 4)
    seen = pixels[pixels[..., 3] > 20]
    assert np.abs(seen[:, :3].astype(int) - (200, 0, 0)).max() <= 8


def refused(path: Path) -> MediaError:
    with pytest.raises(MediaError) as caught:
        read_logo(path)
    assert caught.value.place == str(path)
    assert caught.value.remedy
    return caught.value
