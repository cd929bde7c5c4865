"""A decoded frame, whatever its colours and orientation, as a `Picture`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar, cast

import numpy as np
from av import VideoFrame
from av.sidedata.sidedata import SideDataContainer, Type
from av.video.plane import VideoPlane
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

from retake.media.colour import rgb_to_picture
from retake.media.picture import Picture, Plane
from retake.media.tone import Primaries, Transfer, to_standard

Sample = TypeVar("Sample", np.uint8, np.uint16)

_EXACT = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.BITEXACT
_MATRICES = {  # ISO/IEC 23091-2 code: swscale's
    1: Colorspace.ITU709,
    4: Colorspace.FCC,
    5: Colorspace.ITU601,
    6: Colorspace.ITU601,
    7: Colorspace.SMPTE240M,
    9: Colorspace.BT2020,
    10: Colorspace.BT2020,
}
_TRANSFERS: dict[int, Transfer] = {16: "pq", 18: "hlg"}
_PRIMARIES: dict[int, Primaries] = {9: "bt2020", 11: "p3", 12: "p3"}


@dataclass(frozen=True, slots=True)
class Orientation:
    """How a decoded frame is turned for display: transposed first, then mirrored."""

    transposed: bool = False
    mirrored_x: bool = False
    mirrored_y: bool = False

    @property
    def degrees(self) -> int:
        """Clockwise, mirroring left out."""
        if self.transposed:
            return 90 if self.mirrored_x else 270
        return 180 if self.mirrored_y else 0

    def apply(self, plane: Plane) -> Plane:
        turned = plane.T if self.transposed else plane
        turned = turned[:, ::-1] if self.mirrored_x else turned
        turned = turned[::-1] if self.mirrored_y else turned
        return np.ascontiguousarray(turned)


def orientation_of(frame: VideoFrame) -> Orientation:
    """From the display matrix (ISO/IEC 14496-12, 6.2.2); upright if there is none."""
    # `frame.side_data` would be kept in the frame, and keep it: a frame that only a rare full round of the
    # garbage collector frees.
    held = cast(Callable[[VideoFrame], Mapping[Type, bytes]], SideDataContainer)(frame)
    data = held.get(Type.DISPLAYMATRIX)
    if data is None:
        return Orientation()
    a, b, _, c, d, *_ = np.frombuffer(bytes(data), np.int32).tolist()
    if abs(b) > abs(a):
        return Orientation(True, mirrored_x=c < 0, mirrored_y=b < 0)
    return Orientation(False, mirrored_x=a < 0, mirrored_y=d < 0)


def transfer_of(frame: VideoFrame) -> Transfer:
    return _TRANSFERS.get(frame.color_trc, "sdr")


class Converter:
    """Frames of one stream to pictures of one `size` (width, height as displayed, both even).

    The frame's own tags decide matrix, range, primaries and transfer; untagged means BT.601 up to 576 lines
    and BT.709 above, limited range. Chroma siting is taken as H.264's default. Transparency is not kept.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        self.size = size
        self._scaler = VideoReformatter()

    def convert(self, frame: VideoFrame) -> Picture:
        orientation = orientation_of(frame)
        width, height = self.size[::-1] if orientation.transposed else self.size
        transfer, primaries = transfer_of(frame), _PRIMARIES.get(frame.color_primaries, "bt709")
        if transfer != "sdr" or primaries != "bt709":
            deep = self._scale(frame, width, height, "rgb48le", ColorRange.JPEG)
            picture = rgb_to_picture(to_standard(_packed(deep), transfer, primaries))
        else:
            picture = _picture(self._scale(frame, width, height, "yuv420p", ColorRange.MPEG))
        if orientation == Orientation():
            return picture
        return Picture(*(orientation.apply(plane) for plane in picture.planes))

    def _scale(
        self, frame: VideoFrame, width: int, height: int, pixels: str, target: ColorRange
    ) -> VideoFrame:
        full = (
            frame.format.is_rgb
            or frame.format.name.startswith("yuvj")
            or frame.color_range == ColorRange.JPEG
        )
        small = frame.height <= 576 and frame.width <= 1024
        untagged = Colorspace.ITU601 if small else Colorspace.ITU709
        return self._scaler.reformat(
            frame,
            width=width,
            height=height,
            format=pixels,
            src_colorspace=_MATRICES.get(frame.colorspace, untagged),
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG if full else ColorRange.MPEG,
            dst_color_range=target,
            interpolation=_EXACT,
            threads=1,
        )


def _picture(frame: VideoFrame) -> Picture:
    y, u, v = (_samples(plane, np.uint8)[:, : plane.width].copy() for plane in frame.planes[:3])
    return Picture(y, u, v)


def _packed(frame: VideoFrame) -> NDArray[np.uint16]:
    rows = _samples(frame.planes[0], np.uint16)
    return rows[:, : frame.width * 3].reshape(frame.height, frame.width, 3)


def _samples(plane: VideoPlane, kind: type[Sample]) -> NDArray[Sample]:
    """The plane's rows with their padding, without a copy."""
    return np.frombuffer(cast(memoryview, plane), kind).reshape(plane.height, -1)
