"""Where films go: the presets of the platforms as plain data.

Sizes in pixels, durations in seconds, sizes of files in bytes. The limits are those of the specification
(the stricter ones); `newest_*` are the platforms' own since then (about October 2026). `safe_area` is left,
top, right, bottom as fractions of the frame: what the platform's own buttons and texts leave free.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

ASPECTS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"9:16": (1080, 1920), "1:1": (1080, 1080), "4:5": (1080, 1350), "16:9": (1920, 1080)}
)
_MB = 1024 * 1024
_UPRIGHT_SAFE = (120 / 1080, 288 / 1920, 888 / 1080, 1248 / 1920)
_PLAIN_SAFE = (0.06, 0.06, 0.94, 0.92)


@dataclass(frozen=True, slots=True)
class TextLimits:
    """How much a platform takes beside the film, in characters and counts; 0 is no such field.

    `weighted` counts as X does: a character outside Latin and general punctuation counts two.
    `disclosure` is the field that says that the film was made with artificial means.
    """

    title: int
    caption: int
    hashtags: int
    tags: int = 0
    weighted: bool = False
    disclosure: str = ""


@dataclass(frozen=True, slots=True)
class Preset:
    """One way of delivering to a platform."""

    name: str
    platform: str
    size: tuple[int, int]
    aspects: tuple[str, ...]
    least_duration: float
    most_duration: float
    most_bytes: int
    fps: tuple[float, float]
    safe_area: tuple[float, float, float, float]
    thumbnail: tuple[int, int]
    text: TextLimits
    newest_duration: float
    newest_bytes: int


_INSTAGRAM = TextLimits(title=0, caption=2200, hashtags=30, disclosure="is_ai_generated")
_YOUTUBE = TextLimits(title=100, caption=5000, hashtags=15, tags=500, disclosure="containsSyntheticMedia")
_TIKTOK = TextLimits(title=2200, caption=2200, hashtags=30, disclosure="is_aigc")
_FACEBOOK = TextLimits(title=255, caption=2200, hashtags=30, disclosure="is_ai_generated")
_X = TextLimits(title=0, caption=280, hashtags=3, weighted=True, disclosure="made_with_ai")
_LINKEDIN = TextLimits(title=200, caption=3000, hashtags=5, disclosure="is_ai_generated")

_PRESETS = (
    Preset(
        "instagram_reels", "instagram", (1080, 1920), ("9:16",), 3, 90, 100 * _MB, (23, 60),
        _UPRIGHT_SAFE, (1080, 1920), _INSTAGRAM, 900, 300 * _MB,
    ),
    Preset(
        "instagram_story", "instagram", (1080, 1920), ("9:16",), 3, 60, 100 * _MB, (23, 60),
        _UPRIGHT_SAFE, (1080, 1920), _INSTAGRAM, 60, 100 * _MB,
    ),
    Preset(
        "instagram_post", "instagram", (1080, 1080), ("1:1", "4:5"), 3, 60, 100 * _MB, (23, 60),
        _PLAIN_SAFE, (1080, 1080), _INSTAGRAM, 900, 300 * _MB,
    ),
    Preset(
        "instagram_post_4x5", "instagram", (1080, 1350), ("4:5", "1:1"), 3, 60, 100 * _MB, (23, 60),
        _PLAIN_SAFE, (1080, 1080), _INSTAGRAM, 900, 300 * _MB,
    ),
    Preset(
        "youtube_shorts", "youtube", (1080, 1920), ("9:16", "1:1"), 1, 60, 256 * _MB, (23, 60),
        _UPRIGHT_SAFE, (1080, 1920), _YOUTUBE, 180, 256 * 1024 * _MB,
    ),
    Preset(
        "youtube", "youtube", (1920, 1080), ("16:9",), 1, 43200, 256 * 1024 * _MB, (23, 60),
        _PLAIN_SAFE, (1280, 720), _YOUTUBE, 43200, 256 * 1024 * _MB,
    ),
    Preset(
        "tiktok", "tiktok", (1080, 1920), ("9:16",), 3, 60, int(287.6 * _MB), (23, 60),
        _UPRIGHT_SAFE, (1080, 1920), _TIKTOK, 600, 4096 * _MB,
    ),
    Preset(
        "facebook_reels", "facebook", (1080, 1920), ("9:16",), 3, 90, 1024 * _MB, (24, 60),
        _UPRIGHT_SAFE, (1080, 1920), _FACEBOOK, 90, 1024 * _MB,
    ),
    Preset(
        "x", "x", (1920, 1080), ("16:9", "1:1"), 0.5, 140, 512 * _MB, (23, 60),
        _PLAIN_SAFE, (1280, 720), _X, 1200, 8192 * _MB,
    ),
    Preset(
        "linkedin", "linkedin", (1920, 1080), ("16:9", "1:1", "9:16", "4:5"), 3, 600, 5120 * _MB, (10, 60),
        _PLAIN_SAFE, (1280, 720), _LINKEDIN, 900, 5120 * _MB,
    ),
)  # fmt: skip

PLATFORMS: Mapping[str, Preset] = MappingProxyType({preset.name: preset for preset in _PRESETS})
