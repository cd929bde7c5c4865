"""Pictures to packets: one encoder for one span.

x264 runs with one thread for each encoder and with settings that make its bytes depend on nothing but the
pictures; spans are encoded side by side instead (docs/decisions/0002). Every span of a film is encoded with
the same settings and hence shares one set of parameter sets, so that spans can be joined packet by packet.
Hardware encoders are used only when asked for by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Any, cast

import av
import numpy as np
from av.codec.context import Flags
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext

from retake.errors import HostError
from retake.media.packets import Packet, Run
from retake.media.picture import Picture

REORDER = 2
"""How many frames x264's pyramid of B-frames delays decoding: the decoding time of packet 0 is -REORDER."""

_CODECS: Mapping[str, str] = MappingProxyType(
    {
        "x264": "libx264",
        "nvenc": "h264_nvenc",
        "videotoolbox": "h264_videotoolbox",
        "qsv": "h264_qsv",
        "vp9": "libvpx-vp9",
    }
)


@dataclass(frozen=True, slots=True)
class VideoSettings:
    """How pictures are encoded: `size` in pixels, `rate` in frames and `max_bitrate` in bits a second."""

    size: tuple[int, int]
    rate: Fraction
    encoder: str = "x264"
    preset: str = "veryfast"
    crf: float = 20
    max_bitrate: int | None = None
    cuts: bool = True
    """Whether pictures may cut inside a span. Where none does, looking for cuts costs time and, in a
    dissolve, a needless key frame."""
    lookahead: int | None = None
    """How many frames x264 looks ahead to weigh each block by what will be made of it (its macroblock tree);
    None leaves both to the preset."""

    def options(self) -> dict[str, str]:
        """The encoder's own options."""
        crf = f"{self.crf:g}"
        match self.encoder:
            case "x264":
                tuned = "threads=1:lookahead-threads=1:sliced-threads=0:stitchable=1:force-cfr=1"
                tuned += "" if self.cuts else ":scenecut=0"
                tuned += f":mbtree=1:rc-lookahead={self.lookahead}" if self.lookahead else ""
                found = {"preset": self.preset, "crf": crf, "profile": "high", "x264-params": tuned}
            case "nvenc":
                found = {"preset": "p5", "tune": "hq", "rc": "vbr", "cq": crf, "bf": "0", "profile": "high"}
            case "qsv":
                found = {"preset": "medium", "global_quality": crf, "bf": "0", "profile": "high"}
            case "videotoolbox":
                found = {"q:v": f"{max(1, round(100 - 2 * self.crf))}", "bf": "0", "profile": "high"}
            case _:
                most = str(self.max_bitrate or 0)  # with a CRF, what libvpx calls the target is the cap
                return {"crf": crf, "b": most, "deadline": "good", "cpu-used": "4", "row-mt": "0", "g": "240"}
        if self.max_bitrate:
            found |= {"maxrate": str(self.max_bitrate), "bufsize": str(2 * self.max_bitrate)}
        return found


def available_encoders() -> dict[str, bool]:
    """Every encoder that Retake can use, and whether this machine can open it."""
    return {name: _opens(name) for name in _CODECS}


def require_encoder(name: str) -> None:
    """Raises `HostError` where this machine cannot open the encoder."""
    open_encoder(VideoSettings((256, 256), Fraction(30), name))


def _opens(name: str) -> bool:
    try:
        require_encoder(name)
    except HostError:
        return False
    return True


def configure(context: VideoCodecContext, settings: VideoSettings) -> None:
    """Gives a codec context the settings. Colour is BT.709, limited range, tagged."""
    context.width, context.height = settings.size
    context.pix_fmt = "nv12" if settings.encoder == "qsv" else "yuv420p"
    context.time_base = 1 / settings.rate
    context.framerate = settings.rate
    context.thread_count = 1
    context.flags |= Flags.global_header
    context.color_primaries = context.color_trc = context.colorspace = context.color_range = 1
    context.options = settings.options()


def codec_build() -> str:
    """The build of the encoding libraries: part of what two runs must share to be joined."""
    versions = av.library_versions["libavcodec"]
    return f"PyAV {av.__version__}, libavcodec {'.'.join(map(str, versions))}"


def codec_name(settings: VideoSettings) -> str:
    return _CODECS[settings.encoder]


def open_encoder(settings: VideoSettings) -> VideoCodecContext:
    """An opened encoder. Raises `HostError` where this machine has none such."""
    try:
        context = cast(VideoCodecContext, av.CodecContext.create(codec_name(settings), "w"))
        configure(context, settings)
        context.open()
    except (FFmpegError, ValueError) as error:
        reason = (error.strerror if isinstance(error, FFmpegError) else "") or str(error)
        raise HostError(
            f"the encoder {settings.encoder!r} cannot be used on this machine: {reason.lower()}",
            place="output.encoder",
            remedy="use x264, or see `retake doctor`",
        ) from error
    return context


class SpanEncoder:
    """Encodes one span, picture by picture."""

    def __init__(self, settings: VideoSettings) -> None:
        self._settings = settings
        self._context = open_encoder(settings)
        self._packets: list[Packet] = []
        self._frames = 0
        width, height = settings.size
        self._memory = np.empty((height * 3 // 2, width), np.uint8)
        self._frame = av.VideoFrame.from_numpy_buffer(self._memory, "yuv420p")
        self._frame.time_base = 1 / settings.rate

    @property
    def canvas(self) -> Picture:
        """The encoder's own input picture: draw on it, then `push`."""
        width, height = self._settings.size
        half = self._memory[height:].reshape(2, height // 2, width // 2)
        return Picture(self._memory[:height], half[0], half[1])

    def push(self) -> None:
        """Encodes what the canvas shows as the next frame."""
        frame = self._frame
        if self._settings.encoder == "qsv":
            frame = frame.reformat(format="nv12")
        frame.pts = self._frames
        self._frames += 1
        self._keep(self._context.encode(frame))

    def finish(self) -> Run:
        """The span's packets."""
        self._keep(self._context.encode(None))
        return Run(bytes(self._context.extradata or b""), self._frames, tuple(self._packets))

    def _keep(self, packets: list[av.Packet[Any]]) -> None:
        for packet in packets:
            assert packet.pts is not None
            order = len(self._packets)
            data = bytes(packet) if self._settings.encoder == "vp9" else long_start_codes(bytes(packet))
            self._packets.append(Packet(data, packet.pts, 1, order, packet.is_keyframe))


def long_start_codes(data: bytes) -> bytes:
    """An H.264 Annex B access unit with every start code four bytes long: the one form that survives a
    passage through MP4 unchanged."""
    units = data.split(b"\0\0\1")[1:]
    return b"".join(b"\0\0\0\1" + unit.rstrip(b"\0") for unit in units)
