"""Still pictures from outside, as sRGB pixels: every mode, orientation and fault."""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from retake.errors import MediaError
from retake.media.still import read_still

RAMP = np.tile(np.arange(256, dtype=np.uint8), (64, 1))
GREY = Image.fromarray(np.dstack([RAMP] * 3))


def close(pixels: np.ndarray, expected: np.ndarray, by: int = 1) -> bool:
    return pixels.shape == expected.shape and bool(np.abs(pixels.astype(int) - expected).max() <= by)


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("height", [1, 64, 150])
def test_every_row_of_a_picture_is_read(tmp_path: Path, height: int, channels: int) -> None:
    pixels = np.random.default_rng(3).integers(0, 256, (height, 20, channels), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "rows.png")
    assert np.array_equal(read_still(tmp_path / "rows.png"), pixels)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        *(("PNG", mode) for mode in ("RGB", "L", "P", "1", "LA", "RGBA")),
        *(("TIFF", mode) for mode in ("RGB", "L", "P", "1", "LA", "RGBA", "CMYK")),
        ("JPEG", "CMYK"),
    ],
)
def test_every_mode_becomes_srgb(tmp_path: Path, kind: str, mode: str) -> None:
    path = tmp_path / "picture"
    (GREY.convert("L") if mode == "P" else GREY).convert(mode).save(path, kind)
    pixels = read_still(path)
    assert pixels.dtype == np.uint8
    assert pixels.shape == (64, 256, 4 if mode.endswith("A") else 3)
    if mode != "1":
        assert close(pixels[..., :3], np.asarray(GREY), by=3)


def test_sixteen_bits_are_scaled_not_cut(tmp_path: Path) -> None:
    deep = RAMP.astype(np.uint16) * 257
    for name in ("deep.png", "deep.tif"):
        Image.fromarray(deep).save(tmp_path / name)
        assert close(read_still(tmp_path / name), np.asarray(GREY), by=0)


def test_float_and_lab_pictures_are_read(tmp_path: Path) -> None:
    Image.fromarray((RAMP / 255).astype(np.float32)).save(tmp_path / "float.tif")
    assert close(read_still(tmp_path / "float.tif"), np.asarray(GREY))
    lab = ImageCms.profileToProfile(
        GREY, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    assert lab is not None
    lab.save(tmp_path / "lab.tif")
    assert close(read_still(tmp_path / "lab.tif"), np.asarray(GREY), by=3)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_turns_the_picture_upright(tmp_path: Path, orientation: int) -> None:
    upright = np.zeros((32, 48, 3), np.uint8)
    upright[:16, :24] = (250, 0, 0)
    upright[16:, 24:] = (0, 0, 250)
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, 1),
        7: upright[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "turned.png"
    Image.fromarray(np.ascontiguousarray(stored)).save(path, exif=exif)
    assert np.array_equal(read_still(path), upright)


def test_an_embedded_profile_is_converted(tmp_path: Path) -> None:
    xyz = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = xyz.replace(b"rXYZ", b"tmp_").replace(b"bXYZ", b"rXYZ").replace(b"tmp_", b"bXYZ")
    path = tmp_path / "profile.png"
    red = Image.new("RGB", (8, 8), (255, 0, 0))
    red.save(path, icc_profile=xyz)
    assert close(read_still(path), np.asarray(red))
    red.save(path, icc_profile=swapped)
    assert close(read_still(path), np.asarray(Image.new("RGB", (8, 8), (0, 0, 255))), by=2)


def test_a_broken_profile_is_ignored(tmp_path: Path) -> None:
    path = tmp_path / "profile.png"
    GREY.save(path, icc_profile=b"junk" * 40)
    assert close(read_still(path), np.asarray(GREY), by=0)


def test_the_content_decides_not_the_name(tmp_path: Path) -> None:
    path = tmp_path / "really_webp.jpg"
    GREY.save(path, "WEBP", lossless=True)
    assert close(read_still(path), np.asarray(GREY), by=0)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_of_an_animation_the_first_frame_is_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "moving"
    first, second = Image.new("RGB", (16, 16), "red"), Image.new("RGB", (16, 16), "blue")
    first.save(path, kind, save_all=True, append_images=[second], duration=100, lossless=True)
    assert close(read_still(path)[..., :3], np.asarray(first), by=2)


def test_a_transparent_colour_becomes_alpha(tmp_path: Path) -> None:
    path = tmp_path / "clear.gif"
    GREY.convert("P").save(path, transparency=0)
    pixels = read_still(path)
    assert pixels[0, 0, 3] == 0
    assert pixels[0, 200, 3] == 255


def test_a_large_jpeg_is_decoded_near_its_target_size(tmp_path: Path) -> None:
    path = tmp_path / "large.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (1600, 800), "teal").save(path, exif=exif)
    assert read_still(path).shape == (1600, 800, 3)
    small = read_still(path, target=(180, 390))
    assert small.shape == (400, 200, 3)


def test_a_bomb_is_refused_before_decoding(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    header = b"IHDR" + (30_000).to_bytes(4) * 2 + bytes([1, 0, 0, 0, 0])
    data = b"IDAT" + zlib.compress(bytes(30_000))
    chunks = (len(part[4:]).to_bytes(4) + part + zlib.crc32(part).to_bytes(4) for part in (header, data))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))
    refused(path, "too large")


def test_the_pixel_limit_can_be_lowered(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    GREY.save(path)
    with pytest.raises(MediaError, match="too large"):
        read_still(path, max_pixels=1000)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "BMP"])
def test_a_picture_cut_off_is_refused(tmp_path: Path, kind: str) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    noise = np.random.default_rng(3).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(whole, kind)
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    refused(cut, "")


@pytest.mark.parametrize("channels", [3, 4])
def test_a_damaged_png_is_refused_without_noise(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], channels: int
) -> None:
    noise = np.random.default_rng(3).integers(0, 256, (64, 64, channels), dtype=np.uint8)
    path = tmp_path / "damaged.png"
    Image.fromarray(noise).save(path)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x55
    path.write_bytes(data)
    refused(path, "")
    assert not "".join(capfd.readouterr())


@pytest.mark.parametrize(
    "content",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/hostname"/></svg>',
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        b"%PDF-1.4\n",
        b"words",
    ],
)
def test_only_raster_formats_are_accepted(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(content)
    refused(path, "accepted kind")


def test_missing_and_empty_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.png").touch()
    refused(tmp_path / "empty.png", "empty")
    refused(tmp_path / "missing.png", "no such file")
    refused(Path("http://localhost/a.png"), "URL")


def refused(path: Path, reason: str) -> None:
    with pytest.raises(MediaError) as caught:
        read_still(path)
    assert reason in caught.value.message
    assert caught.value.place == str(path)
    assert caught.value.remedy
